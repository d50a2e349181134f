"""Components are consumed for what was built, cumulatively, and never below zero."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, BuildLine, BuildOutput, Movement, PurchaseOrder, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import cancel_build, reopen_build
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply, supply_everything
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.supply import Supply


@pytest.fixture
def board(shop):
    """Three resistors in each, 5 % and 10 pieces lost, in strips of 25."""
    board = shop.assembly("BOARD", {"R-10K": 3}, is_trackable=True)
    BomLine.objects.update(attrition=Decimal(5), setup=Decimal(10), rounding=Decimal(25))
    return board


@pytest.fixture
def build(shop, board):
    return shop.external(board, 100)


def consumed(build, number="R-10K"):
    return build.lines.get(part__number=number).consumed


def booked(build):
    """Used and lost so far."""
    sums = {Kind.USED: Decimal(0), Kind.LOST: Decimal(0)}
    for one in Movement.objects.filter(build=build, kind__in=sums):
        sums[Kind(one.kind)] += one.quantity
    return sums[Kind.USED], sums[Kind.LOST]


def test_it_works(shop, build):
    """40 + 35 + 25 units consume what 100 at once need: set-up and strips are borne once."""
    assert build.lines.get().quantity == 325
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 400), 400)
    seen = []
    for units in (40, 35, 25):
        shop.received(line, units, accept=True)
        seen.append((consumed(build), *booked(build)))
    # What was lost for the first strips is not lost any more when their rest is used: less goes as used then.
    assert seen == [(150, 120, 30), (250, 220, 30), (325, 295, 30)]
    shop.recount()


def test_received_at_once_it_is_the_same_in_all(shop, build):
    shop.allocate(build.reference, shop.put("R-10K", 400), 400)
    shop.received(shop.ordered(build), 100, accept=True)
    assert (consumed(build), *booked(build)) == (325, 300, 25)
    shop.recount()


@pytest.fixture
def simple(shop):
    """Ten boards of four resistors and two capacitors, outside."""
    return shop.external(shop.assembly("SIMPLE", {"R-10K": 4, "C-100N": 2}), 10)


def take(shop, build, item, quantity, output=None):
    line = build.lines.get(part=item.part)
    allocate(build=build, takes=[Take(line.pk, item.pk, quantity, output)], **shop.by_bo)


def test_stock_at_the_manufacturer_goes_first_then_ours(shop, simple):
    line = shop.ordered(simple)
    take(shop, simple, shop.put("R-10K", 100, batch="ours"), 20)
    take(shop, simple, shop.put("R-10K", 20, "Acme Assembly", batch="there"), 20)
    shop.received(line, 6, accept=True)
    shop.expect("""
        SIMPLE   Goods in     6
        R-10K    batch ours   Main shelf   16   for BO-0001
        R-10K    batch ours   Main shelf   80
    """)
    shop.recount()


def test_each_manufacturer_consumes_from_its_own_stock_or_ours(shop, simple):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, simple.part)
    first = shop.ordered(simple, 5)
    done = order_build(build=simple, manufacturer=other, **shop.by_ada)
    order = PurchaseOrder.objects.get(pk=done.data["order"])
    place_order(order=order, **shop.by_ada)
    supply_everything(build=simple, supply=Supply.WE_SEND, **shop.by_ada)
    take(shop, simple, shop.put("R-10K", 40, "Acme Assembly"), 40)
    take(shop, simple, shop.put("C-100N", 100), 20)
    line = order.lines.get()
    done = shop.received(line, 5)
    said = accept_outputs(build=simple, decisions=[Decision(done[0].pk)], **shop.by_bo).said
    assert [(one["part"], one["manufacturer"], one["quantity"]) for one in said] == [("R-10K", other.pk, "20")]
    assert (consumed(simple), consumed(simple, "C-100N")) == (0, 10)
    shop.received(first, 5, accept=True)
    assert (consumed(simple), consumed(simple, "C-100N")) == (20, 20)
    shop.expect("""
        SIMPLE   Goods in        10
        R-10K    Acme Assembly   20   for BO-0001
        C-100N   Main shelf      80
    """)
    shop.recount()


def test_an_item_used_up_whole_keeps_its_number_and_one_used_in_part_is_split(shop, simple):
    line = shop.ordered(simple)
    whole, reel = shop.put("R-10K", 40, value="4.00"), shop.put("C-100N", 100, value="5.00")
    take(shop, simple, whole, 40)
    take(shop, simple, reel, 20)
    shop.received(line, 10, accept=True)
    whole.refresh_from_db()
    assert (whole.place, whole.used_by, whole.quantity, whole.allocated) == (PlaceKind.USED, simple, 40, 0)
    used = StockItem.objects.get(split_from=reel)
    assert (used.place, used.used_by, used.quantity, used.value) == (PlaceKind.USED, simple, 20, 1)
    shop.recount()


def test_what_is_left_of_an_item_used_in_part_goes_the_same_way(shop, simple):
    line = shop.ordered(simple)
    item = shop.put("R-10K", 40, value="4.00")
    take(shop, simple, item, 40)
    shop.received(line, 4, accept=True)
    shop.received(line, 6, accept=True)
    used = StockItem.objects.get(split_from=item)
    item.refresh_from_db()
    assert (used.quantity, used.value, item.quantity, item.value) == (40, 4, 0, 0)
    shop.recount()


def test_a_kit_that_was_split_off_a_reel_and_the_reel_itself(shop, simple):
    """The kit's last pieces are used whole; the reel it came from feeds the same build later."""
    line = shop.ordered(simple)
    reel = shop.put("R-10K", 100, batch="A", value="10.00")
    take(shop, simple, reel, 16)
    send_kit(build=simple, **shop.by_bo)
    shop.received(line, 4, accept=True)
    take(shop, simple, reel, 24)
    shop.received(line, 6, accept=True)
    assert consumed(simple) == 40
    reel.refresh_from_db()
    assert (reel.quantity, reel.value) == (60, 6)
    shop.recount()


def test_a_shortfall_is_settled_when_stock_is_there(shop, simple):
    line = shop.ordered(simple)
    shop.received(line, 10, accept=True)
    assert [one["quantity"] for one in settle_shortfalls(build=simple, **shop.by_bo).said] == ["40", "20"]
    take(shop, simple, shop.put("R-10K", 100), 30)
    take(shop, simple, shop.put("C-100N", 100), 25)
    done = settle_shortfalls(build=simple, **shop.by_bo)
    assert done.ids == [one.pk for one in simple.lines.all()]
    assert [(one["part"], one["quantity"]) for one in done.said] == [("R-10K", "10")]
    assert (consumed(simple), consumed(simple, "C-100N")) == (30, 20)
    simple.refresh_from_db()
    shop.recount()


def test_a_line_that_the_manufacturer_buys_is_never_short(shop, simple):
    supply_everything(build=simple, supply=Supply.THEY_BUY, **shop.by_ada)
    line = shop.ordered(simple)
    outputs = shop.received(line, 10)
    assert accept_outputs(build=simple, decisions=[Decision(outputs[0].pk)], **shop.by_bo).said == []
    assert shop.refused(settle_shortfalls, build=simple) == [("nothing_due", ())]
    assert not Movement.objects.filter(kind__in=(Kind.USED, Kind.LOST)).exists()


def test_a_line_that_only_this_manufacturer_buys_is_not_short_there(shop, simple):
    line = simple.lines.get(part__number="C-100N")
    state_supply(build=simple, choices=[Choice(line.pk, Supply.THEY_BUY, simple.manufacturer_id)], **shop.by_ada)
    outputs = shop.received(shop.ordered(simple), 10)
    done = accept_outputs(build=simple, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
    assert [one["part"] for one in done.said] == ["R-10K"]


def test_optional_lines_are_used_as_far_as_allocated_and_consumable_ones_never(shop):
    board = shop.assembly("BOARD", {"LABEL": 1, "PASTE": 1})
    BomLine.objects.filter(part__number="LABEL").update(is_optional=True)
    BomLine.objects.filter(part__number="PASTE").update(is_consumable=True)
    build = shop.external(board, 10)
    take(shop, build, shop.put("LABEL", 100), 6)
    line = shop.ordered(build)
    outputs = shop.received(line, 10)
    assert accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo).said == []
    assert (consumed(build, "LABEL"), consumed(build, "PASTE")) == (6, 0)
    shop.recount()


def test_stock_that_was_quarantined_since_is_not_used(shop, simple):
    line = shop.ordered(simple)
    item = shop.put("R-10K", 40)
    take(shop, simple, item, 40)
    StockItem.objects.filter(pk=item.pk).update(status=75)
    shop.received(line, 10, accept=True)
    assert consumed(simple) == 0


def test_a_serial_number_meant_for_one_unit_is_fitted_into_it(shop):
    shop.part("MODULE", is_trackable=True)
    device = shop.assembly("DEVICE", {"MODULE": 1, "SCREW": 4}, is_trackable=True)
    build = shop.external(device, 3)
    outputs = shop.received(shop.ordered(build), 3, serials="1-3")
    modules = [shop.put("MODULE", 1, serial=f"M{number}", value="5.00") for number in (1, 2)]
    for output, module in zip(outputs, modules, strict=False):
        take(shop, build, module, 1, output.pk)
    take(shop, build, shop.put("SCREW", 100, value="1.00"), 12)
    done = accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
    modules[0].refresh_from_db()
    assert (modules[0].place, modules[0].inside, modules[0].used_by) == (PlaceKind.INSIDE, outputs[0].item, build)
    modules[1].refresh_from_db()
    assert modules[1].place == PlaceKind.LOCATION
    assert done.said == []
    done = accept_outputs(
        build=build,
        decisions=[Decision(one.pk) for one in outputs[1:]],
        accept_incomplete_allocation=True,
        note="The last one has none",
        **shop.by_bo,
    )
    modules[1].refresh_from_db()
    assert modules[1].inside == outputs[1].item
    assert [(one["part"], one["quantity"]) for one in done.said] == [("MODULE", "1")]
    shop.recount()


def test_stock_meant_for_a_batch_is_used_by_the_build_and_is_inside_no_item(shop, simple):
    """Such allocations are refused now; those made before must not end up inside the rest of the batch."""
    batch = shop.received(shop.ordered(simple), 10)[0]
    resistors = shop.put("R-10K", 40, value="4.00")
    take(shop, simple, resistors, 40)
    take(shop, simple, shop.put("C-100N", 20, value="2.00"), 20)
    Allocation.objects.update(output=batch)
    accepted = accept_outputs(build=simple, decisions=[Decision(batch.pk, 4)], **shop.by_bo).ids[0]
    assert (consumed(simple), consumed(simple, "C-100N")) == (16, 8)
    assert not StockItem.objects.filter(inside__isnull=False).exists()
    assert set(Movement.objects.filter(kind=Kind.USED).values_list("output", flat=True)) == {accepted}
    assert shop.item_of(BuildOutput.objects.get(pk=accepted)).value == Decimal("42.40")
    accept_outputs(build=simple, decisions=[Decision(batch.pk)], **shop.by_bo)
    assert (consumed(simple), shop.item_of(batch).value) == (40, Decimal("63.60"))
    shop.recount()


def test_an_unknown_value_of_one_component_makes_the_unit_unknown(shop, simple):
    line = shop.ordered(simple)
    take(shop, simple, shop.put("R-10K", 40), 40)
    take(shop, simple, shop.put("C-100N", 20, value="1.00"), 20)
    outputs = shop.received(line, 10, accept=True)
    assert outputs[0].item.value is None
    shop.recount()


def test_units_beyond_the_plan_are_due_too(shop, simple):
    line = shop.ordered(simple, 12)
    take(shop, simple, shop.put("R-10K", 100), 100)
    shop.received(line, 12, accept=True)
    assert consumed(simple) == 48


def test_scrap_and_outputs_made_by_us_consume_by_their_maker(shop, simple):
    shop.ordered(simple)
    take(shop, simple, shop.put("R-10K", 40, "Acme Assembly"), 40)
    report_scrap(build=simple, units=2, reason="Burnt", **shop.by_bo)
    assert consumed(simple) == 8
    ours = shop.build(simple.part, 5)
    take(shop, ours, shop.put("R-10K", 20), 20)
    take(shop, ours, shop.put("C-100N", 10), 10)
    made = make_outputs(build=ours, units=5, **shop.by_bo)
    accept_outputs(build=ours, decisions=[Decision(made.ids[0])], **shop.by_bo)
    assert consumed(ours) == 0
    settle_shortfalls(build=ours, **shop.by_bo)
    assert consumed(ours) == 20
    shop.recount()


def test_refuses_builds_that_are_not_being_built(shop, simple):
    assert shop.refused(settle_shortfalls, build=simple) == [("wrong_state", ())]
    cancel_build(build=simple, **shop.by_ada)
    assert shop.refused(settle_shortfalls, build=simple) == [("wrong_state", ())]


def test_a_shortfall_of_a_complete_build_is_mended_by_reopening_it(shop, simple):
    """Nothing is allocated to a complete build, and nothing consumed for it: that would be refused."""
    line = shop.ordered(simple)
    shop.received(line, 4, accept=True)
    done = finish_build(build=simple, accept_incomplete=True, accept_unallocated=True, **shop.by_ada)
    reopening = ["reopen the build, then allocate stock and consume it"]
    assert [one["mends"] for one in done.said if one["code"] == "shortfall"] == [reopening, reopening]
    reopen_build(build=simple, reason="Reels found", **shop.by_ada)
    BuildLine.objects.update(supply=Supply.WE_SEND)
    take(shop, simple, shop.put("R-10K", 100), 16)
    take(shop, simple, shop.put("C-100N", 100), 8)
    assert settle_shortfalls(build=simple, **shop.by_bo).said == []
    assert consumed(simple) == 16


def test_a_shortfall_of_a_cancelled_build_has_no_mend(shop, simple):
    shop.received(shop.ordered(simple), 4, accept=True)
    said = cancel_build(build=simple, **shop.by_ada).said
    assert said[0]["mends"] == ["the build is cancelled and stays so"]
