"""Decide on outputs: accept whole or in part, reject, report what was scrapped at the manufacturer."""

from decimal import Decimal

import pytest

from outwork.models import BuildOutput, Event, Movement, StockItem
from outwork.operations.build_states import hold_build
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.making_outputs import make_outputs
from outwork.operations.ordering_build import order_build
from outwork.queries.builds import progress
from outwork.rules.places import Kind
from outwork.rules.states import BuildStatus, OutputState, StockStatus


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    build = shop.external(board, 10)
    shop.allocate(build.reference, shop.put("R-10K", 100, value="10.00"), 40)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def decisions(outputs, **facts):
    return [Decision(one.pk, **facts) for one in outputs]


def made_of(build):
    made = progress(build)
    return (made.in_production, made.accepted, made.rejected, made.scrapped)


def consumed(build):
    return build.lines.get().consumed


def test_it_works(shop, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    done = accept_outputs(
        build=build, decisions=decisions([first]), location=shop.location("Lab"), note="Fine", **shop.by_bo
    )
    assert (done.ids, done.said) == ([first.pk], [])
    first.refresh_from_db()
    assert (first.state, first.decided_event_id, first.decided_at) == (OutputState.ACCEPTED, done.event_id, shop.now)
    item = first.item
    assert (item.location.name, item.status, item.is_in_production) == ("Lab", StockStatus.OK, False)
    assert (item.value, consumed(build)) == (Decimal("10.40"), 4)
    assert Event.objects.get(pk=done.event_id).reason == "Fine"
    assert made_of(build) == (1, 1, 0, 0)
    accept_outputs(build=build, decisions=decisions([second]), **shop.by_bo)
    assert made_of(build) == (0, 2, 0, 0)
    second.refresh_from_db()
    assert second.item.location.name == "Goods in"
    shop.recount()


def test_part_of_a_batch_is_accepted_and_the_rest_waits(shop, build, line):
    (batch,) = shop.received(line, 10, batch="A")
    done = accept_outputs(build=build, decisions=decisions([batch], quantity=6), **shop.by_bo)
    part = BuildOutput.objects.get(pk=done.ids[0])
    batch.refresh_from_db()
    assert (part.quantity, part.state, batch.quantity, batch.state) == (
        6,
        OutputState.ACCEPTED,
        4,
        OutputState.IN_PRODUCTION,
    )
    assert (shop.item_of(part).split_from, shop.item_of(part).batch, part.manufacturer, part.purchase_line) == (
        batch.item,
        "A",
        build.manufacturer,
        line,
    )
    assert consumed(build) == 24
    assert set(Movement.objects.filter(kind=Kind.USED).values_list("output", flat=True)) <= {part.pk, None}
    reject_outputs(build=build, decisions=decisions([batch]), reason="Scratched", **shop.by_bo)
    assert (made_of(build), consumed(build)) == ((0, 6, 4, 0), 40)
    shop.recount()


def test_part_of_a_batch_and_part_of_a_reel_in_one_step(shop, build, line):
    """Both split an item: neither may get the other's number."""
    batch, other = (shop.received(line, units, batch=name)[0] for units, name in ((5, "A"), (5, "B")))
    accept_outputs(build=build, decisions=[Decision(batch.pk, 2), Decision(other.pk, 3)], **shop.by_bo)
    assert (made_of(build), consumed(build)) == ((5, 5, 0, 0), 20)
    shop.recount()


def test_the_second_acceptance_uses_the_same_used_up_item(shop, build, line):
    for serial in "123":
        shop.received(line, 1, serials=[serial], accept=True)
    used = StockItem.objects.get(used_by=build)
    assert (used.quantity, used.value) == (12, Decimal("1.2"))
    assert StockItem.objects.get(splits=used).quantity == 88
    shop.recount()


def test_rejected_units_are_built_too_unless_nothing_of_ours_went_in(shop, build, line):
    outputs = shop.received(line, 3, serials="1-3")
    done = reject_outputs(build=build, decisions=decisions(outputs[:1]), reason="Bridges", **shop.by_bo)
    assert (made_of(build), consumed(build)) == ((2, 0, 1, 0), 4)
    rejected = BuildOutput.objects.get(pk=done.ids[0])
    assert (rejected.reason, rejected.has_components, shop.item_of(rejected).status) == (
        "Bridges",
        True,
        StockStatus.REJECTED,
    )
    reject_outputs(
        build=build, decisions=decisions(outputs[1:2]), reason="Bare board", has_components=False, **shop.by_bo
    )
    assert (made_of(build), consumed(build)) == ((1, 0, 2, 0), 4)
    accept_outputs(build=build, decisions=decisions(outputs[2:]), **shop.by_bo)
    assert consumed(build) == 8
    shop.recount()


def test_refuses_to_scrap_more_than_is_still_to_be_built_unless_said(shop, build, line):
    shop.received(line, 7, serials="1-7")
    report_scrap(build=build, units=1, reason="Burnt", **shop.by_bo)
    asked = {"build": build, "units": 3, "reason": "Burnt"}
    assert shop.refused(report_scrap, **asked) == [("scrap_beyond_open", ("quantity",))]
    report_scrap(**asked, accept_beyond_open=True, **shop.by_bo)
    assert made_of(build) == (7, 0, 0, 4)


def test_units_scrapped_at_the_manufacturer_consume_and_never_come(shop, build, line):
    done = report_scrap(build=build, units=2, reason="Burnt", line=line, **shop.by_bo)
    output = BuildOutput.objects.get(pk=done.ids[0])
    assert (output.item, output.manufacturer, output.purchase_line, output.state) == (
        None,
        build.manufacturer,
        line,
        OutputState.SCRAPPED,
    )
    assert (made_of(build), consumed(build)) == ((0, 0, 0, 2), 8)
    line.refresh_from_db()
    assert line.received == 0
    shop.recount()


def test_a_decision_names_its_own_place_and_status(shop, build, line):
    outputs = shop.received(line, 2)
    lab = shop.location("Lab")
    chosen = [Decision(outputs[0].pk, 1, location_id=lab.pk, status=StockStatus.ATTENTION)]
    done = accept_outputs(build=build, decisions=chosen, **shop.by_bo)
    item = shop.item_of(BuildOutput.objects.get(pk=done.ids[0]))
    assert (item.location, item.status) == (lab, StockStatus.ATTENTION)
    assert StockItem.objects.usable().filter(pk=item.pk).exists()


def test_on_hold_units_can_be_decided(shop, build, line):
    outputs = shop.received(line, 2)
    hold_build(build=build, **shop.by_ada)
    accept_outputs(build=build, decisions=decisions(outputs), **shop.by_bo)
    build.refresh_from_db()
    assert (build.status, made_of(build)) == (BuildStatus.ON_HOLD, (0, 2, 0, 0))


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-1, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
        (11, "output_smaller"),
        ("2.5", "quantity_not_whole"),
    ],
)
def test_refuses_bad_quantities(shop, build, line, quantity, code):
    outputs = shop.received(line, 10)
    for operation, extra in ((accept_outputs, {}), (reject_outputs, {"reason": "Bad"})):
        assert shop.refused(operation, build=build, decisions=decisions(outputs, quantity=quantity), **extra) == [
            (code, (0, "quantity"))
        ]
    if code != "output_smaller":
        assert shop.refused(report_scrap, build=build, units=quantity, reason="Burnt") == [(code, ("quantity",))]


def test_refuses_outputs_that_cannot_be_decided(shop, board, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    other = shop.build(board, 1)
    strange = make_outputs(build=other, units=1, serials="9", **shop.by_bo).ids[0]
    accept_outputs(build=build, decisions=decisions([first]), **shop.by_bo)
    chosen = [*decisions([first, second, second]), Decision(strange), Decision(47110815)]
    expected = [
        ("output_decided", (0, "output")),
        ("output_named_twice", (2, "output")),
        ("output_not_of_build", (3, "output")),
        ("output_not_of_build", (4, "output")),
    ]
    assert shop.refused(accept_outputs, build=build, decisions=chosen) == expected
    assert shop.refused(reject_outputs, build=build, decisions=chosen, reason="Bad") == expected[1:]
    assert shop.refused(accept_outputs, build=build, decisions=[]) == [("nothing_decided", ())]
    assert shop.refused(reject_outputs, build=build, decisions=[], reason="Bad") == [("nothing_decided", ())]


def test_refuses_places_and_statuses_that_cannot_be(shop, build, line):
    outputs = shop.received(line, 3, serials="1-3")
    warehouse = shop.location("Warehouse", is_structural=True)
    chosen = [
        Decision(outputs[0].pk, location_id=warehouse.pk),
        Decision(outputs[1].pk, location_id=47110815),
        Decision(outputs[2].pk, status=11),
    ]
    assert shop.refused(accept_outputs, build=build, decisions=chosen) == [
        ("location_structural", (0, "location")),
        ("location_unknown", (1, "location")),
        ("stock_status_unknown", (2, "status")),
    ]
    assert shop.refused(accept_outputs, build=build, decisions=decisions(outputs[:1]), location=warehouse) == [
        ("location_structural", (0, "location"))
    ]


def test_refuses_to_reject_or_scrap_without_a_reason(shop, build, line):
    outputs = shop.received(line, 1)
    chosen = decisions(outputs)
    where = ("reason",)
    assert shop.refused(reject_outputs, build=build, decisions=chosen, reason=" ") == [
        ("rejection_without_reason", where)
    ]
    assert shop.refused(report_scrap, build=build, units=1, reason="") == [("scrap_without_reason", where)]
    long = "x" * 501
    assert shop.refused(reject_outputs, build=build, decisions=chosen, reason=long) == [("text_too_long", where)]
    assert shop.refused(report_scrap, build=build, units=1, reason=long) == [("text_too_long", where)]


def test_refuses_scrap_at_who_does_not_build_it(shop, board, build, line):
    stranger = shop.manufacturer("Stranger")
    request = {"build": build, "units": 1, "reason": "Burnt"}
    assert shop.refused(report_scrap, **request, manufacturer=stranger) == [
        ("manufacturer_not_of_build", ("manufacturer",))
    ]
    shop.sells(stranger, board)
    order_build(build=build, manufacturer=stranger, units=1, **shop.by_ada)
    assert shop.refused(report_scrap, **request) == [("manufacturer_undecided", ("manufacturer",))]
    other = shop.ordered(shop.external(board, 1))
    assert shop.refused(report_scrap, **request, line=other) == [("line_of_another_build", ("line",))]
    report_scrap(**request, manufacturer=stranger, **shop.by_bo)


@pytest.mark.parametrize("status", [BuildStatus.PENDING, BuildStatus.CANCELLED])
def test_refuses_builds_that_are_not_being_built(shop, build, line, status):
    outputs = shop.received(line, 1)
    type(build).objects.filter(pk=build.pk).update(status=status)
    chosen = decisions(outputs)
    assert shop.refused(accept_outputs, build=build, decisions=chosen) == [("wrong_state", ())]
    assert shop.refused(reject_outputs, build=build, decisions=chosen, reason="Bad") == [("wrong_state", ())]
    assert shop.refused(report_scrap, build=build, units=1, reason="Burnt") == [("wrong_state", ())]


def test_refuses_a_build_that_others_changed(shop, build, line):
    outputs = shop.received(line, 1)
    assert shop.refused(accept_outputs, build=build, decisions=decisions(outputs), expected_version=99) == [
        ("version_changed", ())
    ]
