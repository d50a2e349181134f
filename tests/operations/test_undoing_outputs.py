"""Acceptance, rejection and scrap taken back: units in production again, components where they came from."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, Build, BuildOutput, Event, Movement, PurchaseLine, StockItem
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import hold_build
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.making_sub_builds import make_sub_builds
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.sending import send_kit
from outwork.operations.taking_back import reverse_event
from outwork.queries.builds import progress
from outwork.rules.places import PlaceKind
from outwork.rules.states import OutputState
from tests.purchases import come, order_of

STATEMENTS = 34


@pytest.fixture
def build(shop):
    """Ten boards of four resistors, fed with a reel of fifty that lies at the manufacturer."""
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 50, "Acme Assembly", batch="A", value="5.00"), 44)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def back(shop, done, **more):
    return reverse_event(event=done.event_id, **{"reason": "Wrong button", **shop.by_bo, **more})


def accepted(shop, build, outputs, units=None):
    decisions = [Decision(one.pk, units) for one in outputs]
    return accept_outputs(build=build, decisions=decisions, **shop.by_bo)


def state(build):
    """All that a build is about, without ids of rows that come and go and without versions."""
    build.refresh_from_db()
    return {
        "build": (build.status, build.revision, build.quantity),
        "lines": list(build.lines.order_by("pk").values_list("pk", "quantity", "consumed", "supply", "until_revision")),
        "outputs": list(
            BuildOutput.objects.filter(build=build)
            .exclude(state=OutputState.WITHDRAWN)
            .order_by("pk")
            .values_list("pk", "state", "quantity", "item", "reason", "waits_for", "decided_event")
        ),
        "allocations": sorted(Allocation.objects.values_list("build_line", "item", "quantity", "output")),
        "items": list(
            StockItem.objects.exclude(place=PlaceKind.GONE)
            .order_by("pk")
            .values_list(
                "pk", "quantity", "allocated", "value", "place", "location", "status", "used_by", "is_in_production"
            )
        ),
        "orders": list(PurchaseLine.objects.order_by("pk").values_list("ordered", "received", "order__status")),
    }


def test_it_works(shop, build, line):
    outputs = shop.received(line, 3, serials="1-3")
    before = state(build)
    done = accepted(shop, build, outputs)
    assert build.lines.get().consumed == 12
    undone = back(shop, done)
    assert state(build) == before
    event = Event.objects.get(pk=undone.event_id)
    assert (event.kind, event.reverses_id, event.reason) == ("build.decision taken back", done.event_id, "Wrong button")
    assert (progress(build).in_production, progress(build).accepted) == (3, 0)
    shop.recount()
    accepted(shop, build, outputs)
    assert build.lines.get().consumed == 12
    assert StockItem.objects.get(serial="1").value == Decimal("10.40")
    shop.recount()


@pytest.mark.parametrize("value", ["5.00", None])
@pytest.mark.parametrize("units", [None, 4])
@pytest.mark.parametrize("decide", ["accept", "reject", "bare"])
def test_a_batch_whole_or_in_part_comes_back_with_its_value(shop, decide, units, value):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 50, "Acme Assembly", value=value), 40)
    outputs = shop.received(shop.ordered(build), 10, batch="B")
    before = state(build)
    decisions = [Decision(outputs[0].pk, units, location_id=shop.location("Shelf").pk if decide == "reject" else None)]
    if decide == "accept":
        done = accept_outputs(build=build, decisions=decisions, **shop.by_bo)
    else:
        facts = {"reason": "Bent", "has_components": decide == "reject"}
        done = reject_outputs(build=build, decisions=decisions, **facts, **shop.by_bo)
    back(shop, done)
    assert state(build) == before
    shop.recount()
    accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
    finish_build(build=build, **shop.by_bo)
    assert build.lines.get().consumed == 40
    assert shop.item_of(outputs[0]).value == (None if value is None else 104)
    shop.recount()


def test_a_reel_used_up_whole_and_one_used_in_part(shop, line, build):
    shop.allocate(build.reference, shop.put("R-10K", 6, batch="B", value="6.00"), 6)
    outputs = shop.received(line, 10, batch="X")
    before = state(build)
    first = accepted(shop, build, outputs, 5)
    second = accepted(shop, build, outputs)
    back(shop, second)
    back(shop, first)
    assert state(build) == before
    shop.recount()


def test_the_condition_in_which_units_came_is_theirs_again(shop, build, line):
    outputs = shop.received(line, 1, serials="7", status=50)
    done = accepted(shop, build, outputs)
    assert StockItem.objects.get(serial="7").status == 10
    back(shop, done)
    assert StockItem.objects.get(serial="7").status == 50


def test_parts_fitted_into_units_are_meant_for_them_again(shop):
    shop.part("MODULE", is_trackable=True)
    build = shop.external(shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True), 2)
    outputs = shop.received(shop.ordered(build), 2, serials="1-2", location=shop.location("Lab"))
    modules = [shop.put("MODULE", 1, serial=f"M{number}", value="3.00") for number in (1, 2)]
    line = build.lines.get()
    takes = [Take(line.pk, module.pk, 1, output.pk) for module, output in zip(modules, outputs, strict=True)]
    allocate(build=build, takes=takes, **shop.by_bo)
    before = state(build)
    done = accepted(shop, build, outputs)
    assert StockItem.objects.get(serial="M1").inside == StockItem.objects.get(serial="1")
    back(shop, done)
    assert state(build) == before
    shop.recount()


def test_scrap_that_never_was(shop, build, line):
    before = state(build)
    done = report_scrap(build=build, units=2, reason="Burnt", **shop.by_bo)
    assert build.lines.get().consumed == 8
    back(shop, done)
    assert {**state(build), "build": None} == {**before, "build": None}
    assert BuildOutput.objects.get().state == OutputState.WITHDRAWN
    shop.recount()


def test_late_freight_goes_back_with_the_components(shop, build, line):
    """What the components cost by now is what returns, not what they cost when they were used."""
    order, ids = order_of(shop, ("C-1U", 100, "0.10", "0"))
    caps = come(shop, order, (ids[0], 100))[0]
    BomLine.objects.create(assembly=build.part, part=shop.part("C-1U"), quantity=5, position=2)
    other = shop.build(build.part, 4, destination=shop.location("Lab"), consume="acceptance")
    shop.allocate(other.reference, StockItem.objects.get(pk=caps), 20)
    made = make_outputs(build=other, units=4, batch="Z", **shop.by_bo).ids
    done = accept_outputs(build=other, decisions=[Decision(made[0])], **shop.by_bo)
    add_extra_lines(order=order, extras=[NewExtra(kind="freight", quantity=1, price="10.00")], **shop.by_ada)
    assert StockItem.objects.get(pk=caps).value == 16
    back(shop, done)
    assert StockItem.objects.get(pk=caps).value == 20
    shop.recount()


def test_refuses_while_later_units_depend_on_it(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    BomLine.objects.update(setup=7)
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 50, value="5.00"), 47)
    outputs = shop.received(shop.ordered(build), 10, batch="X")
    first = accepted(shop, build, outputs, 5)
    second = accepted(shop, build, outputs)
    assert shop.refused(reverse_event, event=first.event_id, reason="Wrong") == [
        ("rest_decided_since", ()),
        ("later_units_depend", ()),
    ]
    back(shop, second)
    back(shop, first)
    assert build.lines.get().consumed == 0
    shop.recount()


def test_without_setup_the_order_does_not_matter(shop, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    done = accepted(shop, build, [first])
    accepted(shop, build, [second])
    back(shop, done)
    assert build.lines.get().consumed == 4
    assert progress(build).accepted == 1
    shop.recount()


def test_a_shortfall_settled_with_later_units_keeps_its_order(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(board, 10, destination=shop.location("Lab"))
    outputs = shop.received(shop.ordered(build), 10, batch="X")
    first = accepted(shop, build, outputs[:1], 2)
    shop.allocate(build.reference, shop.put("R-10K", 20, value="5.00"), 20)
    second = accepted(shop, build, outputs[:1], 3)
    assert build.lines.get().consumed == 20
    assert shop.refused(reverse_event, event=first.event_id, reason="Wrong") == [("later_units_depend", ())]
    back(shop, second)
    back(shop, first)
    assert build.lines.get().consumed == 0
    shop.recount()


def test_refuses_what_moved_on_or_is_promised(shop, build, line):
    outputs = shop.received(line, 2, serials="1-2")
    done = accepted(shop, build, outputs)
    transfer_stock(rows=[Transfer(outputs[0].item_id, shop.location("Shelf").pk)], **shop.by_bo)
    other = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 1)
    shop.allocate(other.reference, StockItem.objects.get(pk=outputs[1].item_id), 1)
    assert sorted(code for code, _ in shop.refused(reverse_event, event=done.event_id, reason="Wrong")) == [
        "units_allocated",
        "units_went_on",
    ]


def test_what_fed_the_parent_is_free_again(shop):
    """As where a receipt is taken back: what acceptance allocated by itself need not be freed by hand."""
    shop.assembly("BOARD", {"R-10K": 4})
    parent = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 4)
    child = Build.objects.get(pk=make_sub_builds(build=parent, **shop.by_ada).ids[0])
    shop.allocate(child.reference, shop.put("R-10K", 16), 16)
    output = make_outputs(build=child, units=4, location=shop.location("Main shelf"), **shop.by_bo).ids[0]
    first = accept_outputs(build=child, decisions=[Decision(output, 3)], **shop.by_bo)
    parent.refresh_from_db()
    before = parent.version
    said = back(shop, first).said
    assert said == [{"code": "allocation_shrunk", "quantity": "3", "item": "BOARD", "build": "BO-0001"}]
    parent.refresh_from_db()
    assert parent.version == before + 1
    assert not Allocation.objects.filter(build_line__build=parent).exists()
    done = accept_outputs(build=child, decisions=[Decision(output)], **shop.by_bo)
    back(shop, done)
    assert not Allocation.objects.filter(build_line__build=parent).exists()
    assert BuildOutput.objects.get(pk=output).state == OutputState.IN_PRODUCTION
    shop.recount()


def test_refuses_in_a_finished_build(shop, build, line):
    outputs = shop.received(line, 10, serials="1-10")
    done = accepted(shop, build, outputs)
    finish_build(build=build, **shop.by_bo)
    assert ("units_wait_in_complete_build", ()) in shop.refused(reverse_event, event=done.event_id, reason="Wrong")


def test_on_hold_it_can_be_taken_back(shop, build, line):
    done = accepted(shop, build, shop.received(line, 1, serials="1"))
    hold_build(build=build, **shop.by_bo)
    back(shop, done)
    assert build.lines.get().consumed == 0
    shop.recount()


def test_sent_with_it_the_kit_stays_where_it_is(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 50, value="5.00"), 40)
    send_kit(build=build, **shop.by_bo)
    outputs = shop.received(shop.ordered(build), 10)
    done = accepted(shop, build, outputs, 6)
    back(shop, done)
    shop.expect(f"""
        R-10K   Acme Assembly   40   for {build.reference}
        R-10K   Main shelf      10
        BOARD   Goods in        10
    """)
    shop.recount()


@pytest.mark.parametrize("units", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, units):
    board = shop.assembly("BOARD", {"R-10K": 1}, is_trackable=True)
    build = shop.external(board, units, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", units, value="5.00"), units)
    outputs = shop.received(shop.ordered(build), units, serials=f"1-{units}" if units > 1 else "1")
    done = accepted(shop, build, outputs)
    with statements() as count:
        back(shop, done)
    assert count == STATEMENTS
    assert not Movement.objects.filter(event=done.event_id, quantity__gt=0).exclude(
        pk__in=Movement.objects.filter(reverses__isnull=False).values("reverses")
    )
    shop.recount()
