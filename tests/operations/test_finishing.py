"""Finish a build: what is due is consumed, what is left over is free again."""

import pytest

from outwork.models import Allocation, Build, Event, PurchaseOrder, StockItem
from outwork.operations.build_states import hold_build, reopen_build
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.supplying import Choice, state_supply, supply_at, supply_everything
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen, Supply


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4})


@pytest.fixture
def build(shop, board):
    return shop.external(board, 10)


def allocated(shop, build, quantity):
    item = shop.put("R-10K", quantity + 100)
    shop.allocate(build.reference, item, quantity)
    return item


def status(build):
    return BuildStatus(Build.objects.get(pk=build.pk).status)


def test_it_works(shop, build):
    line = shop.ordered(build)
    item = allocated(shop, build, 50)
    shop.received(line, accept=True)
    before = Build.objects.get(pk=build.pk).version
    done = finish_build(build=build, reason="All here", **shop.by(shop.ada, days=2))
    build.refresh_from_db()
    assert (build.status, build.completed_at.date().day, build.version) == (BuildStatus.COMPLETE, 4, before + 1)
    assert (done.ids, done.said) == ([build.pk], [])
    assert done.data == {"freed": [{"item": item.pk, "quantity": "10"}], "supplied": []}
    assert (build.lines.get().consumed, Allocation.objects.count()) == (40, 0)
    assert Event.objects.get(pk=done.event_id).reason == "All here"
    shop.recount()


def test_repeating_changes_nothing(shop, build):
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    shop.received(shop.ordered(build), accept=True)
    finish_build(build=build, **shop.by_ada)
    build.refresh_from_db()
    version, movements = build.version, shop.movements()
    finish_build(build=build, **shop.by_ada)
    build.refresh_from_db()
    assert (build.version, shop.movements()) == (version, movements)


@pytest.mark.parametrize("external", [True, False])
def test_a_build_that_consumes_at_its_end(shop, board, external):
    if external:
        build = shop.external(board, 10, consume=ConsumeWhen.FINISH)
        outputs = [one.pk for one in shop.received(shop.ordered(build))]
    else:
        build = shop.build(board, 10)
        outputs = make_outputs(build=build, units=10, **shop.by_bo).ids
    allocated(shop, build, 40)
    accept_outputs(build=build, decisions=[Decision(one) for one in outputs], **shop.by_bo)
    assert build.lines.get().consumed == 0
    finish_build(build=build, **shop.by_ada)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_turnkey_needs_no_allocation_at_all(shop, build):
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    shop.received(shop.ordered(build), accept=True)
    finish_build(build=build, **shop.by_ada)
    assert (status(build), build.lines.get().consumed) == (BuildStatus.COMPLETE, 0)
    shop.recount()


@pytest.mark.parametrize("supply", [None, Supply.WE_SEND, Supply.ALREADY_THERE, Supply.SHIPPED_DIRECT])
def test_a_line_of_ours_that_is_short_is_to_be_accepted(shop, build, supply):
    line = build.lines.get()
    state_supply(build=build, choices=[Choice(line.pk, supply)], **shop.by_ada)
    shop.received(shop.ordered(build), accept=True)
    assert shop.refused(finish_build, build=build) == [("build_short", ("lines", line.pk))]
    done = finish_build(build=build, accept_unallocated=True, **shop.by_ada)
    line.refresh_from_db()
    assert (line.supply, done.data["supplied"]) == ((Supply.THEY_BUY, [line.pk]) if supply is None else (supply, []))
    assert [(one["code"], one["quantity"]) for one in done.said] == [("shortfall", "40")]
    shop.recount()


def test_an_internal_build_that_is_short_states_no_supplier(shop, board):
    build = shop.build(board, 10)
    made = make_outputs(build=build, units=10, **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(made.ids[0])], **shop.by_bo)
    done = finish_build(build=build, accept_unallocated=True, **shop.by_ada)
    assert (build.lines.get().supply, done.data["supplied"]) == (None, [])


def test_of_two_manufacturers_only_the_one_that_was_short_supplied_it(shop, build):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    first = shop.ordered(build, 5)
    order = PurchaseOrder.objects.get(pk=order_build(build=build, manufacturer=other, **shop.by_ada).data["order"])
    place_order(order=order, **shop.by_ada)
    item = shop.put("R-10K", 20, "Acme Assembly")
    shop.allocate(build.reference, item, 20)
    for line in (first, order.lines.get()):
        shop.received(line, accept=True)
    finish_build(build=build, accept_unallocated=True, **shop.by_ada)
    line = build.lines.get()
    assert line.consumed == 20
    assert supply_at([line], other.pk) == {line.pk: Supply.THEY_BUY}
    assert supply_at([line], build.manufacturer_id) == {line.pk: None}
    shop.recount()


def test_fewer_good_units_than_planned_are_to_be_accepted(shop, build):
    line = shop.ordered(build)
    allocated(shop, build, 40)
    (batch,) = shop.received(line)
    reject_outputs(build=build, decisions=[Decision(batch.pk, 2)], reason="Bridges", **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(batch.pk)], **shop.by_bo)
    assert shop.refused(finish_build, build=build) == [("build_incomplete", ())]
    finish_build(build=build, accept_incomplete=True, **shop.by_ada)
    assert (status(build), build.lines.get().consumed) == (BuildStatus.COMPLETE, 40)
    shop.recount()


def test_everything_that_stands_in_the_way_is_said_at_once(shop, build):
    line = build.lines.get()
    shop.received(shop.ordered(build), 4, accept=True)
    assert shop.refused(finish_build, build=build) == [
        ("build_incomplete", ()),
        ("build_short", ("lines", line.pk)),
    ]


def test_what_is_still_on_order_is_said(shop, build):
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    line = shop.ordered(build)
    shop.received(line, 6, accept=True)
    done = finish_build(build=build, accept_incomplete=True, **shop.by_ada)
    assert done.said == [{"code": "still_on_order", "order": line.order.reference, "quantity": "4"}]


def test_reopened_it_settles_what_comes_late_and_is_finished_again(shop, build):
    line = shop.ordered(build)
    allocated(shop, build, 24)
    shop.received(line, 6, accept=True)
    finish_build(build=build, accept_incomplete=True, **shop.by_ada)
    shop.received(line, 4)
    assert build.lines.get().consumed == 24
    reopen_build(build=build, reason="Four came late", **shop.by_ada)
    shop.allocate(build.reference, StockItem.objects.filter(place=1, part__number="R-10K").get(), 16)
    settle_shortfalls(build=build, **shop.by_bo)
    finish_build(build=build, **shop.by_ada)
    assert (status(build), build.lines.get().consumed) == (BuildStatus.COMPLETE, 40)
    shop.recount()


def test_refuses_with_units_in_production(shop, build):
    outputs = shop.received(shop.ordered(build))
    assert shop.refused(finish_build, build=build, accept_unallocated=True) == [("outputs_open", ())]
    accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
    finish_build(build=build, accept_unallocated=True, **shop.by_ada)


def test_refuses_builds_that_are_not_in_production(shop, build):
    assert shop.refused(finish_build, build=build) == [("transition_impossible", ())]
    hold_build(build=build, **shop.by_ada)
    assert shop.refused(finish_build, build=build) == [("transition_impossible", ())]
    Build.objects.filter(pk=build.pk).update(status=BuildStatus.CANCELLED)
    assert shop.refused(finish_build, build=build) == [("transition_impossible", ())]
    assert shop.refused(finish_build, build=build, expected_version=99) == [("version_changed", ())]
