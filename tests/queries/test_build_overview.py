"""A build on one page and builds in a list: known answers, and a fixed number of statements."""

import datetime
from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import (
    Allocation,
    BomLine,
    Build,
    BuildLine,
    BuildLineSubstitute,
    BuildOutput,
    Part,
    PurchaseLine,
    PurchaseOrder,
)
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.disposing import hold_outputs, rework_outputs
from outwork.operations.order_states import complete_order, place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.ordering_shortages import Pick, order_shortages
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.build_list import BuildFilter, list_builds
from outwork.queries.build_overview import overview
from outwork.queries.naming import build_named
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OrderStatus
from outwork.rules.supply import Supply

TODAY = datetime.date(2026, 3, 2)


@pytest.fixture
def radio(shop):
    return shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7, "CASE": 1}, is_trackable=True)


@pytest.fixture
def build(shop, radio):
    """Ten radios at Acme; they buy the cases, all else is ours."""
    build = shop.external(radio, 10, destination=shop.location("Finished goods"))
    ways = [Supply.WE_SEND, Supply.WE_SEND, Supply.THEY_BUY]
    choices = [Choice(line.pk, way) for line, way in zip(build.lines.order_by("position"), ways, strict=True)]
    state_supply(build=build, choices=choices, **shop.by_ada)
    return build


def seen(build, *columns):
    return [tuple(getattr(row, name) for name in columns) for row in overview(build, today=TODAY).lines]


def steps(build):
    return [step.code for step in overview(build_named(build.reference), today=TODAY).next]


def test_it_works(shop, build):
    shop.given("""
        R-10K    batch A   Main shelf       25
        R-10K    batch B   Acme Assembly    10
        C-100N   batch C   Main shelf      100
    """)
    columns = ("part", "required", "allocated", "there", "short", "free_here", "free_there")
    assert seen(build, *columns) == [
        ("R-10K", 40, 0, 0, 40, 25, 10),
        ("C-100N", 70, 0, 0, 70, 100, 0),
        ("CASE", 10, 0, 0, 0, 0, 0),
    ]
    assert steps(build) == ["order_build", "allocate"]
    line = shop.ordered(build, requested_date=datetime.date(2026, 4, 1))
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert seen(build, *columns) == [
        ("R-10K", 40, 35, 10, 5, 0, 0),
        ("C-100N", 70, 70, 0, 0, 30, 0),
        ("CASE", 10, 0, 0, 0, 0, 0),
    ]
    assert steps(build) == ["order_parts", "send", "await_units"]
    send_kit(build=build, **shop.by_bo)
    receive(order=line.order, arrivals=[Arrival(line.pk, 10, serials="1-10")], **shop.by_bo)
    outputs = list(BuildOutput.objects.order_by("item__serial_number"))
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs[:8]], **shop.by_bo)
    reject_outputs(build=build, decisions=[Decision(outputs[8].pk)], reason="bent", **shop.by_bo)
    assert seen(build, "part", "consumed", "there", "due") == [
        ("R-10K", 35, 0, 1),
        ("C-100N", 63, 7, 0),
        ("CASE", 0, 0, 0),
    ]
    assert steps(build) == ["order_parts", "decide_units"]
    found = overview(build_named("BO-0001"), today=TODAY)
    assert [(row.order, row.status, row.ordered, row.received, row.open) for row in found.ordered] == [
        ("PO-0001", "complete", 10, 10, 0)
    ]
    assert [(row.state, row.serial, row.reason) for row in found.outputs[-2:]] == [
        ("accepted", "8", ""),
        ("rejected", "9", "bent"),
    ]
    shop.recount()


def test_stock_at_another_manufacturer_is_not_counted(shop, build):
    shop.manufacturer("Far East EMS")
    shop.given("R-10K   batch X   Far East EMS   500")
    assert seen(build, "free_here", "free_there")[0] == (0, 0)


def test_what_is_due_knows_who_supplies_a_line_at_whom(shop, build):
    line = shop.ordered(build)
    case = BuildLine.objects.get(part__number="C-100N")
    state_supply(build=build, choices=[Choice(case.pk, Supply.THEY_BUY, build.manufacturer_id)], **shop.by_ada)
    receive(order=line.order, arrivals=[Arrival(line.pk, 10, serials="1-10")], accept=True, **shop.by_bo)
    assert seen(build, "part", "due") == [("R-10K", 40), ("C-100N", 0), ("CASE", 0)]


def test_a_list_counts_what_is_where(shop, radio, build):
    shop.build(radio, 3, target_date=datetime.date(2026, 3, 1))
    line = shop.ordered(build, 6)
    receive(order=line.order, arrivals=[Arrival(line.pk, 4, serials="1-4")], accept=True, **shop.by_bo)
    columns = ("reference", "status", "quantity", "ordered", "received", "accepted", "is_late")
    found = [tuple(getattr(row, name) for name in columns) for row in list_builds(today=TODAY)]
    assert found == [
        ("BO-0001", "in production", 10, 6, 4, 4, False),
        ("BO-0002", "pending", 3, 0, 0, 0, True),
    ]
    assert [row.reference for row in list_builds(today=TODAY, wanted=BuildFilter(statuses={BuildStatus.PENDING}))] == [
        "BO-0002"
    ]
    assert [row.reference for row in list_builds(today=TODAY, wanted=BuildFilter(is_external=True))] == ["BO-0001"]
    assert list_builds(today=TODAY, wanted=BuildFilter(statuses=[])) == []


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_page_costs_the_same_for_one_line_and_for_many(shop, statements, count):
    ids = rows.take_ids(Part, count)
    now = shop.now
    rows.insert(Part, ("id", "number", "name", "created_at"), [(pk, f"P-{pk}", f"P-{pk}", now) for pk in ids])
    board = shop.assembly("BOARD", is_trackable=True)
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity"),
        [(board.pk, pk, place, Decimal(2)) for place, pk in enumerate(ids, start=1)],
    )
    build = shop.external(board, count, destination=shop.location("Finished goods"))
    line = shop.ordered(build)
    shop.put(f"P-{ids[0]}", 5)
    auto_allocate(build=build, **shop.by_bo)
    receive(order=line.order, arrivals=[Arrival(line.pk, count, serials="1+")], accept=True, **shop.by_bo)
    assert Allocation.objects.count() + BuildOutput.objects.count() >= count
    with statements() as spent:
        found = overview(build_named("BO-0001"), today=TODAY)
    assert len(found.lines) == len(found.outputs) == count
    assert spent == 15


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_list_costs_the_same_for_one_build_and_for_many(shop, radio, statements, count):
    first = shop.external(radio, 10)
    shop.ordered(first)
    columns = ("reference", "reference_number", "part_id", "quantity", "status", "consume", "created_at")
    copied = ("is_external", "batch", "title", "link", "note", "revision", "version", "priority")
    rows.insert(
        Build,
        (*columns, *copied),
        [
            (f"BO-{number:04d}", number, radio.pk, Decimal(1), 10, "finish", shop.now, False, "", "", "", "", 1, 1, 0)
            for number in range(2, count + 1)
        ],
    )
    assert PurchaseLine.objects.count() == 1
    with statements() as spent:
        assert len(list_builds(today=TODAY)) == count
    assert spent == 3


def test_list_and_page_say_the_same_of_an_order_completed_incomplete(shop, build):
    """98 of 100 came, and the order is complete: two are not on order any more."""
    line = shop.ordered(build)
    shop.received(line, 8)
    complete_order(order=line.order, accept_incomplete=True, **shop.by_ada)
    row = list_builds(today=TODAY)[0]
    made = overview(build, today=TODAY).progress
    assert (row.ordered, row.received) == (made.ordered, made.received) == (8, 8)


def test_what_came_of_an_order_cancelled_later_counts_in_both(shop, build):
    line = shop.ordered(build)
    shop.received(line, 3)
    PurchaseOrder.objects.update(status=OrderStatus.CANCELLED)
    row = list_builds(today=TODAY)[0]
    made = overview(build, today=TODAY).progress
    assert (row.ordered, row.received) == (made.ordered, made.received) == (3, 3)


def test_a_line_that_the_only_manufacturer_buys_is_not_short(shop, build):
    """It was stated for that manufacturer alone; the line itself still says that we send it."""
    line = build.lines.get(part__number="R-10K")
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY, build.manufacturer_id)], **shop.by_ada)
    assert seen(build, "part", "supply", "short")[0] == ("R-10K", "they buy", 0)
    assert all("R-10K" not in step.text() for step in overview(build, today=TODAY).next)


def test_a_line_that_one_of_two_manufacturers_buys_is_short_for_the_other(shop, build):
    line = build.lines.get(part__number="R-10K")
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY, build.manufacturer_id)], **shop.by_ada)
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    order_build(build=build, manufacturer=other, **shop.by_ada)
    assert seen(build, "part", "supply", "short")[0] == ("R-10K", "they buy, we send", 40)


def test_stock_is_to_be_allocated_where_a_substitute_is_free_and_ordered_where_nothing_is(shop, build):
    assert steps(build) == ["order_build", "order_parts"]
    line = build.lines.get(part__number="R-10K")
    BuildLineSubstitute.objects.create(build_line=line, part=shop.part("R-10K-ALT"))
    shop.put("R-10K-ALT", 100)
    found = overview(build_named(build.reference), today=TODAY)
    assert [step.text() for step in found.next[1:]] == [
        "allocate stock for R-10K (40)",
        "order C-100N (70): there is no free stock",
    ]
    assert seen(build, "free_here", "free_others")[0] == (0, 100)


def test_only_the_share_of_the_units_ordered_is_to_be_sent(shop, build):
    """Two manufacturers, 6 and 3 of 10 units: when both have their share, the rest waits for an order."""
    shop.given("""
        R-10K    batch A   Main shelf       40
        C-100N   batch C   Main shelf       70
    """)
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    shop.ordered(build, 6)
    line = PurchaseLine.objects.get(pk=order_build(build=build, manufacturer=other, units=3, **shop.by_ada).ids[0])
    place_order(order=line.order, **shop.by_ada)
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert seen(build, "part", "to_send") == [("R-10K", 36), ("C-100N", 63), ("CASE", 0)]
    send_kit(build=build, manufacturer=build.manufacturer, **shop.by_bo)
    assert seen(build, "part", "to_send") == [("R-10K", 12), ("C-100N", 21), ("CASE", 0)]
    assert "send" in steps(build)
    send_kit(build=build, manufacturer=other, **shop.by_bo)
    assert seen(build, "part", "allocated", "there", "to_send")[0] == ("R-10K", 40, 36, 0)
    assert "send" not in steps(build)
    shop.recount()


def test_what_is_on_order_for_the_build_is_told_from_what_is_on_order(shop, build):
    reel = shop.sells(shop.company("Reichelt"), shop.part("R-10K"))
    target = build.lines.get(part__number="R-10K").pk
    done = order_shortages(picks=[Pick(100, part_id=reel.part_id, build_lines={target: 30})], **shop.by_ada)
    assert seen(build, "part", "short", "on_order", "on_draft")[0] == ("R-10K", 40, 0, 30)
    place_order(order=PurchaseOrder.objects.get(pk=done.data["orders"][0]), **shop.by_ada)
    assert seen(build, "part", "short", "on_order", "on_draft")[0] == ("R-10K", 40, 30, 0)
    assert [step.text() for step in overview(build_named(build.reference), today=TODAY).next[1:]] == [
        "order R-10K (10), C-100N (70): there is no free stock",
        "R-10K (30) are ordered for it and still to come",
    ]


def test_units_set_aside_are_named_so_and_not_among_those_to_be_decided(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 3)
    line = shop.ordered(build)
    held, reworked, _ = (shop.received(line, 1)[0] for _ in range(3))
    hold_outputs(build=build, decisions=[Decision(held.pk)], reason="bent", **shop.by_bo)
    rework_outputs(build=build, decisions=[Decision(reworked.pk)], reason="bent", **shop.by_bo)
    found = overview(Build.objects.get(pk=build.pk), today=TODAY)
    assert sorted(row.state for row in found.outputs) == ["held", "in production", "in rework"]
    steps = {step.code: step.params.get("quantity") for step in found.next}
    assert (steps["decide_units"], steps["decide_aside"]) == (1, 2)
