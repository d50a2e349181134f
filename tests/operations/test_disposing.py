"""Set units aside: hold, release, rework, scrap; a sample first and then the rest; decide once more."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from outwork.models import Allocation, Build, BuildOutput, Movement, StockItem
from outwork.operations.allocating import Release, deallocate
from outwork.operations.deciding import Decision, accept_outputs, accept_rest, reject_outputs
from outwork.operations.disposing import hold_outputs, release_outputs, rework_outputs, scrap_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.queries.builds import progress
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.states import BuildStatus, OutputState, StockStatus, WaitsFor
from tests.races import at_once

D = Decimal


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    """Ten boards at 10.00, four resistors at 0.10 on each."""
    build = shop.external(board, 10)
    shop.allocate(build.reference, shop.put("R-10K", 100, value="10.00"), 40)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def decisions(outputs, **facts):
    return [Decision(one.pk, **facts) for one in outputs]


def fresh(build):
    return Build.objects.get(pk=build.pk)


def finish(shop, build):
    finish_build(build=fresh(build), accept_incomplete=True, accept_unallocated=True, **shop.by_bo)


def made_of(build):
    made = progress(build)
    return (made.in_production, made.accepted, made.rejected, made.scrapped)


def worth(build):
    """What the units are worth that lie in stock, by serial number."""
    items = StockItem.objects.filter(outputs__build=build, quantity__gt=0).order_by("serial_number")
    return dict(items.values_list("serial", "value"))


def test_it_works(shop, build, line):
    """A sample is accepted, one unit is held, the rest goes through at once, and the held one is released later."""
    outputs = shop.received(line, 10, serials="1-10")
    accept_outputs(build=build, decisions=decisions(outputs[:2]), **shop.by_bo)
    held = hold_outputs(
        build=build, decisions=decisions(outputs[2:3]), reason="Scratched", location=shop.location("Cage"), **shop.by_bo
    )
    assert held.ids == [outputs[2].pk]
    unit = BuildOutput.objects.get(pk=held.ids[0])
    item = shop.item_of(unit)
    assert (unit.state, unit.waits_for, unit.reason) == (OutputState.IN_PRODUCTION, WaitsFor.INSPECTION, "Scratched")
    assert (item.status, item.location.name, item.is_in_production) == (StockStatus.QUARANTINED, "Cage", True)
    rest = accept_rest(build=build, **shop.by_bo)
    assert len(rest.ids) == 7
    assert made_of(build) == (1, 9, 0, 0)
    release_outputs(build=build, decisions=[Decision(unit.pk)], **shop.by_bo)
    unit.refresh_from_db()
    assert (unit.waits_for, shop.item_of(unit).status) == ("", StockStatus.OK)
    accept_rest(build=build, **shop.by_bo)
    assert (made_of(build), build.lines.get().consumed) == ((0, 10, 0, 0), 40)
    shop.recount()


def test_one_bad_unit_of_a_batch_is_set_aside_and_not_the_box(shop, build, line):
    (batch,) = shop.received(line, 10, batch="A")
    held = hold_outputs(build=build, decisions=[Decision(batch.pk, 1)], reason="Bent", status=50, **shop.by_bo)
    unit = BuildOutput.objects.get(pk=held.ids[0])
    batch.refresh_from_db()
    assert (unit.quantity, unit.waits_for, batch.quantity, batch.waits_for) == (1, WaitsFor.INSPECTION, 9, "")
    assert (shop.item_of(unit).quantity, shop.item_of(unit).status) == (1, StockStatus.ATTENTION)
    assert accept_rest(build=build, line=line, **shop.by_bo).ids == [batch.pk]
    reject_outputs(build=build, decisions=[Decision(unit.pk)], reason="Bent", **shop.by_bo)
    unit.refresh_from_db()
    assert (unit.state, unit.waits_for, made_of(build)) == (OutputState.REJECTED, "", (0, 9, 1, 0))
    shop.recount()


def test_the_rest_of_one_receipt(shop, build, line):
    first, second = shop.received(line, 1, serials="1")[0], shop.received(line, 1, serials="2")[0]
    done = accept_rest(build=build, receipt=second.made_event, **shop.by_bo)
    assert done.ids == [second.pk]
    first.refresh_from_db()
    assert first.state == OutputState.IN_PRODUCTION


def test_reworked_in_house_consumes_nothing_twice(shop, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    accept_outputs(build=build, decisions=decisions([first]), **shop.by_bo)
    rework_outputs(build=build, decisions=decisions([first]), reason="Wrong firmware", **shop.by_bo)
    first.refresh_from_db()
    assert (first.state, first.waits_for, made_of(build)) == (OutputState.IN_PRODUCTION, WaitsFor.REWORK, (2, 0, 0, 0))
    assert not StockItem.objects.usable().filter(pk=first.item_id).exists()
    accept_outputs(build=build, decisions=decisions([second]), **shop.by_bo)
    assert build.lines.get().consumed == 8
    accept_outputs(build=build, decisions=decisions([first]), **shop.by_bo)
    assert (build.lines.get().consumed, worth(build)) == (8, {"1": D("10.40"), "2": D("10.40")})
    finish(shop, build)
    assert worth(build) == {"1": D("10.40"), "2": D("10.40")}
    shop.recount()


@pytest.mark.parametrize("closed", [False, True])
def test_accepted_units_are_rejected_later_and_the_good_ones_bear_it(shop, build, line, closed):
    first, second = shop.received(line, 2, serials="1-2")
    accept_outputs(build=build, decisions=decisions([first, second]), **shop.by_bo)
    if closed:
        finish(shop, build)
    reject_outputs(build=fresh(build), decisions=decisions([first]), reason="Dead on arrival", **shop.by_bo)
    first.refresh_from_db()
    assert (first.state, shop.item_of(first).status) == (OutputState.REJECTED, StockStatus.REJECTED)
    assert build.lines.get().consumed == 8
    if not closed:
        finish(shop, build)
    assert worth(build) == {"1": D(0), "2": D("20.80")}
    assert fresh(build).status == BuildStatus.COMPLETE
    shop.recount()


def test_part_of_a_batch_is_rejected_after_the_build_is_complete(shop, build, line):
    (batch,) = shop.received(line, 10, batch="A")
    accept_outputs(build=build, decisions=decisions([batch]), **shop.by_bo)
    finish(shop, build)
    done = reject_outputs(build=fresh(build), decisions=[Decision(batch.pk, 3)], reason="Bad", **shop.by_bo)
    bad = BuildOutput.objects.get(pk=done.ids[0])
    assert (shop.item_of(bad).value, shop.item_of(batch).value) == (D(0), D(104))
    shop.recount()


def test_rejected_units_are_accepted_with_a_concession(shop, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    reject_outputs(build=build, decisions=decisions([first, second]), reason="Scratched", **shop.by_bo)
    assert shop.refused(accept_outputs, build=build, decisions=decisions([first])) == [
        ("output_decided", (0, "output"))
    ]
    accept_outputs(build=build, decisions=decisions([first]), concession="Customer agrees", **shop.by_bo)
    first.refresh_from_db()
    assert (first.state, first.has_concession, first.reason) == (OutputState.ACCEPTED, True, "Customer agrees")
    assert shop.item_of(first).status == StockStatus.OK
    finish(shop, build)
    assert worth(build) == {"1": D("20.80"), "2": D(0)}
    shop.recount()


@pytest.mark.parametrize("rejected", [False, True])
def test_units_that_came_are_scrapped(shop, build, line, rejected):
    first, _ = shop.received(line, 2, serials="1-2")
    if rejected:
        reject_outputs(build=build, decisions=decisions([first]), reason="Bad", **shop.by_bo)
    scrap_outputs(build=build, decisions=decisions([first]), reason="Burnt", **shop.by_bo)
    first.refresh_from_db()
    assert (first.state, first.item.place, first.reason) == (OutputState.SCRAPPED, PlaceKind.GONE, "Burnt")
    assert (build.lines.get().consumed, made_of(build)) == (4, (1, 0, 0, 1))
    assert Movement.objects.get(kind=Kind.WRITTEN_OFF).quantity == 1
    shop.recount()
    accept_rest(build=build, **shop.by_bo)
    finish(shop, build)
    assert worth(build) == {"2": D("20.80")}
    line.refresh_from_db()
    assert line.received == 2
    shop.recount()


def test_refuses_units_that_went_on_or_that_somebody_counts_on(shop, build, line):
    (batch,) = shop.received(line, 10, batch="A")
    accept_outputs(build=build, decisions=decisions([batch]), **shop.by_bo)
    device = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 8)
    shop.allocate(device.reference, batch.item, 8)
    request = {"build": build, "reason": "Bad"}
    for operation in (rework_outputs, reject_outputs):
        assert shop.refused(operation, **request, decisions=[Decision(batch.pk, 3)]) == [
            ("output_allocated", (0, "output"))
        ]
    transfer_stock(rows=[Transfer(batch.item_id, shop.location("Elsewhere").pk, 9)], **shop.by_bo)
    assert shop.refused(reject_outputs, **request, decisions=[Decision(batch.pk)]) == [
        ("output_not_there", (0, "output"))
    ]


def test_refuses_what_makes_no_sense(shop, build, line):
    first, second = shop.received(line, 2, serials="1-2")
    accept_outputs(build=build, decisions=decisions([first]), **shop.by_bo)
    one, two = decisions([first]), decisions([second])
    where = ("reason",)
    assert shop.refused(hold_outputs, build=build, decisions=two, reason=" ") == [("holding_without_reason", where)]
    assert shop.refused(rework_outputs, build=build, decisions=two, reason="") == [("rework_without_reason", where)]
    assert shop.refused(scrap_outputs, build=build, decisions=two, reason="") == [("scrap_without_reason", where)]
    assert shop.refused(hold_outputs, build=build, decisions=one, reason="x") == [("output_decided", (0, "output"))]
    assert shop.refused(scrap_outputs, build=build, decisions=one, reason="x") == [("output_decided", (0, "output"))]
    assert shop.refused(release_outputs, build=build, decisions=two) == [("output_not_set_aside", (0, "output"))]
    hold_outputs(build=build, decisions=two, reason="x", **shop.by_bo)
    assert shop.refused(hold_outputs, build=build, decisions=two, reason="x") == [
        ("output_held_already", (0, "output"))
    ]
    assert shop.refused(accept_rest, build=build) == [("nothing_to_accept", ())]
    assert shop.refused(reject_outputs, build=build, decisions=one, reason="x", has_components=False) == [
        ("components_went_in", (0, "output"))
    ]
    other = shop.ordered(shop.external(build.part, 1))
    assert shop.refused(accept_rest, build=build, line=other) == [("line_of_another_build", ("line",))]


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_at_once(shop):
    """One accepts the unit while the other scraps it: one of them is refused, and the ledger agrees."""
    build = shop.external(shop.assembly("BARE", {}, is_trackable=True), 1)
    (unit,) = shop.received(shop.ordered(build), 1, serials="1")
    outcomes = at_once(
        lambda: accept_outputs(build=build, decisions=[Decision(unit.pk)], **shop.by_bo),
        lambda: scrap_outputs(build=build, decisions=[Decision(unit.pk)], reason="Burnt", **shop.by_ada),
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [getattr(one, "codes", one) for one in refused] == [["output_decided"]]
    assert made_of(build) in ((0, 1, 0, 0), (0, 0, 0, 1))
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, build, line, statements, count):
    deallocate(
        build=build,
        releases=[Release(one.build_line_id, one.item_id) for one in Allocation.objects.all()],
        **shop.by_bo,
    )
    shop.allocate(build.reference, shop.put("R-10K", 9000, value="9.00"), 8001)
    Build.objects.filter(pk=build.pk).update(quantity=count)
    line.ordered = 2 * count
    line.save(update_fields=["ordered"])
    outputs = shop.received(line, 2 * count, serials=[str(number) for number in range(2 * count)])
    first, rest = outputs[:count], outputs[count:]
    counted = []
    calls: tuple[Callable[[Build], Any], ...] = (
        lambda one: hold_outputs(build=one, decisions=decisions(first), reason="x", **shop.by_bo),
        lambda one: release_outputs(build=one, decisions=decisions(first), **shop.by_bo),
        lambda one: rework_outputs(build=one, decisions=decisions(first), reason="x", **shop.by_bo),
        lambda one: scrap_outputs(build=one, decisions=decisions(rest), reason="x", **shop.by_bo),
    )
    for call in calls:
        build = fresh(build)
        with statements() as seen:
            call(build)
        counted.append(len(seen))
    build = fresh(build)
    with statements() as seen:
        release_outputs(build=build, decisions=decisions(first), **shop.by_bo)
    build = fresh(build)
    with statements() as seen:
        accept_rest(build=build, **shop.by_bo)
    assert [*counted, len(seen)] == [14, 14, 14, 22, 23]
    shop.recount()
