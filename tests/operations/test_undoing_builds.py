"""What was done around a build taken back: its finish, settled shortfalls, a kit, units made, lots, a BOM taken over."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, Build, BuildOutput, Event, ReportedLot, StockItem, SupplyChoice
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import allocate, deallocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build, hold_build, issue_build, reopen_build
from outwork.operations.checking_allocations import Take
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply
from outwork.operations.taking_back import reverse_event
from outwork.operations.taking_over_bom import take_over_bom
from outwork.queries.output_costs import output_cost
from outwork.rules.states import BuildStatus, OutputState
from outwork.rules.supply import ConsumeWhen, Supply
from tests.operations.test_undoing_outputs import back, state
from tests.stories import Stories


@pytest.fixture
def build(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 60, batch="A", value="6.00"), 50)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def accepted(shop, build, output, units=None):
    return accept_outputs(build=build, decisions=[Decision(output.pk, units)], **shop.by_bo)


def finished(shop, build, **facts):
    return finish_build(build=build, **{**shop.by_bo, **facts})


def test_a_finish_taken_back(shop, build, line):
    output = shop.received(line, 10)[0]
    bad = reject_outputs(build=build, decisions=[Decision(output.pk, 2)], reason="Bent", **shop.by_bo).ids[0]
    accepted(shop, build, output)
    before = state(build)
    done = finished(shop, build, accept_incomplete=True)
    assert shop.item_of(output).value == 104
    undone = back(shop, done)
    assert state(build) == before
    assert build.status == BuildStatus.PRODUCTION
    assert build.completed_at is None
    assert shop.item_of(BuildOutput.objects.get(pk=bad)).value == Decimal("20.80")
    cost = output_cost(output)
    assert cost is not None
    assert not cost.is_final
    assert Event.objects.get(pk=undone.event_id).kind == "build.finish taken back"
    shop.recount()
    finished(shop, build, accept_incomplete=True)
    assert shop.item_of(output).value == 104
    shop.recount()


def test_a_build_that_consumed_at_its_end(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.build(board, 10, consume=ConsumeWhen.FINISH)
    shop.allocate(build.reference, shop.put("R-10K", 60, batch="A", value="6.00"), 50)
    output = BuildOutput.objects.get(pk=make_outputs(build=build, units=10, **shop.by_bo).ids[0])
    decided = accepted(shop, build, output)
    before = state(build)
    done = finished(shop, build)
    assert shop.item_of(output).value == 4
    assert ("later_units_depend", ()) in shop.refused(reverse_event, event=decided.event_id, reason="Wrong")
    back(shop, done)
    assert state(build) == before
    back(shop, decided)
    assert shop.item_of(output).is_in_production
    shop.recount()


def test_units_that_were_sold_since_lose_what_the_finish_made_them_bear(shop, build, line):
    """A finish can go back although the units went on: their cost follows them."""
    output = shop.received(line, 10)[0]
    reject_outputs(build=build, decisions=[Decision(output.pk, 5)], reason="Bent", **shop.by_bo)
    accepted(shop, build, output)
    done = finished(shop, build, accept_incomplete=True)
    moved = transfer_stock(rows=[Transfer(output.item_id, shop.location("Shelf").pk, 2)], **shop.by_bo).ids[0]
    assert StockItem.objects.get(pk=moved).value == Decimal("41.60")
    back(shop, done)
    assert StockItem.objects.get(pk=moved).value == Decimal("20.80")
    shop.recount()


def test_what_was_freed_and_went_elsewhere_is_said(shop, build, line):
    accepted(shop, build, shop.received(line, 10)[0])
    done = finished(shop, build)
    item = StockItem.objects.get(batch="A", used_by=None)
    other = shop.build(build.part, 4)
    shop.allocate(other.reference, item, 16)
    undone = back(shop, done)
    assert undone.said == [
        {"code": "allocation_not_restored", "quantity": "6", "item": "R-10K batch A", "build": build.reference}
    ]
    assert Allocation.objects.get(build_line__build=build).quantity == 4
    shop.recount()


def test_supply_that_the_finish_stated_is_undecided_again(shop, build, line):
    deallocate(build=build, **shop.by_bo)
    accepted(shop, build, shop.received(line, 10)[0])
    before = state(build)
    done = finished(shop, build, accept_unallocated=True)
    assert build.lines.get().supply == Supply.THEY_BUY
    back(shop, done)
    assert state(build) == before
    shop.recount()


def test_of_two_manufacturers_too(shop, build, line):
    deallocate(build=build, **shop.by_bo)
    other = shop.manufacturer("Bolt Boards")
    shop.sells(other, build.part)
    Stories(shop).order_from(build, other, 2)
    accepted(shop, build, shop.received(line, 10)[0])
    done = finished(shop, build, accept_unallocated=True)
    assert SupplyChoice.objects.count() == 1
    back(shop, done)
    assert not SupplyChoice.objects.exists()


def test_refuses_a_finish_repeated_or_finished_again(shop, build, line):
    accepted(shop, build, shop.received(line, 10)[0])
    done = finished(shop, build)
    repeated = finished(shop, build)
    assert shop.refused(reverse_event, event=repeated.event_id, reason="Wrong") == [("event_moved_nothing", ("event",))]
    reopen_build(build=build, reason="More", **shop.by_bo)
    again = finished(shop, build)
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [("finished_again_since", ())]
    back(shop, again)
    back(shop, done)
    shop.recount()


def test_refuses_a_finish_of_a_build_cancelled_since(shop, build, line):
    accepted(shop, build, shop.received(line, 10)[0])
    done = finished(shop, build)
    reopen_build(build=build, reason="More", **shop.by_bo)
    cancel_build(build=build, **shop.by_bo)
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [("wrong_state", ())]


def test_a_build_cancelled_by_mistake(shop, build, line):
    accepted(shop, build, shop.received(line, 4)[0])
    hold_build(build=build, **shop.by_bo)
    before = state(build)
    done = cancel_build(build=build, **shop.by_bo)
    back(shop, done)
    assert state(build) == before
    assert (build.status, build.completed_at) == (BuildStatus.ON_HOLD, None)
    shop.recount()
    issue_build(build=build, **shop.by_bo)
    accepted(shop, build, shop.received(line, 6)[0])
    finished(shop, build)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_what_was_consumed_at_the_cancelling_is_stock_again(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10, consume=ConsumeWhen.FINISH)
    shop.allocate(build.reference, shop.put("R-10K", 60, value="6.00"), 40)
    output = BuildOutput.objects.get(pk=make_outputs(build=build, units=3, **shop.by_bo).ids[0])
    accepted(shop, build, output)
    before = state(build)
    done = cancel_build(build=build, **shop.by_bo)
    assert build.lines.get().consumed == 12
    repeated = cancel_build(build=build, **shop.by_bo)
    assert shop.refused(reverse_event, event=repeated.event_id, reason="No") == [("event_moved_nothing", ("event",))]
    back(shop, done)
    assert state(build) == before
    shop.recount()


def test_refuses_while_units_came_for_the_cancelled_build(shop, build, line):
    done = cancel_build(build=build, **shop.by_bo)
    shop.received(line, 1)
    came = Event.objects.filter(kind="order.received").latest("pk")
    assert shop.refused(reverse_event, event=done.event_id, reason="No") == [("received_since_cancelled", ())]
    reverse_event(event=came.pk, reason="Not ours", **shop.by_bo)
    back(shop, done)
    shop.recount()


def test_a_settled_shortfall_is_open_again(shop, build, line):
    deallocate(build=build, **shop.by_bo)
    accepted(shop, build, shop.received(line, 10)[0])
    shop.allocate(build.reference, StockItem.objects.get(batch="A"), 40)
    before = state(build)
    done = settle_shortfalls(build=build, **shop.by_bo)
    assert build.lines.get().consumed == 40
    back(shop, done)
    assert state(build) == before
    settle_shortfalls(build=build, **shop.by_bo)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_settled_after_reopening_the_good_units_bear_it_at_once(shop, build, line):
    deallocate(build=build, **shop.by_bo)
    output = shop.received(line, 10)[0]
    accepted(shop, build, output)
    finished(shop, build, accept_unallocated=True)
    reopen_build(build=build, reason="Count was wrong", **shop.by_bo)
    state_supply(build=build, choices=[Choice(build.lines.get().pk, Supply.WE_SEND)], **shop.by_bo)
    shop.allocate(build.reference, StockItem.objects.get(batch="A"), 40)
    done = settle_shortfalls(build=build, **shop.by_bo)
    assert shop.item_of(output).value == 104
    back(shop, done)
    assert shop.item_of(output).value == 100
    shop.recount()


@pytest.mark.parametrize("whole", [True, False])
def test_a_kit_that_was_never_sent(shop, build, line, whole):
    before = state(build)
    done = send_kit(build=build, whole_items=whole, **shop.by_bo)
    back(shop, done)
    assert state(build) == before
    shop.recount()


def test_refuses_a_kit_that_was_used_since(shop, build, line):
    done = send_kit(build=build, **shop.by_bo)
    decided = accepted(shop, build, shop.received(line, 10)[0], 1)
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [("units_went_on", ())]
    back(shop, decided)
    back(shop, done)
    shop.recount()


def test_units_made_by_hand_that_never_were(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.build(board, 10)
    done = make_outputs(build=build, units=3, serials="1-3", **shop.by_bo)
    back(shop, done)
    assert set(BuildOutput.objects.values_list("state", flat=True)) == {OutputState.WITHDRAWN}
    shop.expect("")
    make_outputs(build=build, units=3, serials="1-3", **shop.by_bo)
    shop.recount()


def test_refuses_units_made_that_were_decided_since(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10, consume=ConsumeWhen.ACCEPTANCE)
    done = make_outputs(build=build, units=10, **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(done.ids[0], 4)], **shop.by_bo)
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [("units_went_on", ())]


def test_reported_lots_are_forgotten(shop, build, line):
    deallocate(build=build, **shop.by_bo)
    state_supply(build=build, choices=[Choice(build.lines.get().pk, Supply.THEY_BUY)], **shop.by_bo)
    done = report_lots(build=build, rows=[LotReport(build.lines.get().pk, lot="L1", quantity=3)], **shop.by_bo)
    undone = back(shop, done)
    assert not ReportedLot.objects.exists()
    kept = Event.objects.get(pk=undone.event_id).data["reports"]
    assert [(row[5], row[7]) for row in kept] == [("L1", "3")]


def test_a_bom_taken_over_by_mistake(shop, build, line):
    accepted(shop, build, shop.received(line, 4)[0])
    before = state(build)
    BomLine.objects.filter(assembly=build.part).update(quantity=5)
    BomLine.objects.create(assembly=build.part, part=shop.part("C-1U"), quantity=1, position=2)
    done = take_over_bom(build=build, **shop.by_ada)
    assert build.lines.count() == 3
    back(shop, done)
    after = state(build)
    assert after["lines"][:1] == before["lines"]
    assert [row[1:] for row in after["lines"][1:]] == [(0, 0, None, 1), (0, 0, None, 1)]
    assert {**after, "lines": None} == {**before, "lines": None}
    shop.recount()
    accepted(shop, build, shop.received(line, 6)[0])
    assert build.lines.first().consumed == 40
    take_over_bom(build=build, **shop.by_ada)
    shop.recount()


def test_what_a_removed_line_had_is_allocated_again(shop, build, line):
    before = state(build)
    BomLine.objects.filter(assembly=build.part).update(part=shop.part("C-1U"))
    done = take_over_bom(build=build, **shop.by_ada)
    assert not Allocation.objects.exists()
    back(shop, done)
    assert state(build)["allocations"] == before["allocations"]
    shop.recount()


def test_refuses_a_bom_that_units_were_built_to(shop, build, line):
    BomLine.objects.filter(assembly=build.part).update(quantity=5)
    done = take_over_bom(build=build, **shop.by_ada)
    output = shop.received(line, 4)[0]
    scrap = report_scrap(build=build, units=1, reason="Burnt", **shop.by_bo)
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [
        ("units_of_revision", ()),
        ("lines_consumed", ()),
    ]
    back(shop, scrap)
    reverse_event(event=output.made_event_id, reason="Wrong", **shop.by_bo)
    back(shop, done)
    assert state(build)["build"][1] == 1
    BomLine.objects.filter(assembly=build.part).update(quantity=6)
    second = take_over_bom(build=build, **shop.by_ada)
    BomLine.objects.filter(assembly=build.part).update(quantity=7)
    take_over_bom(build=build, **shop.by_ada)
    assert shop.refused(reverse_event, event=second.event_id, reason="Wrong") == [("bom_taken_over_since", ())]
    shop.recount()


@pytest.mark.parametrize("lines", [1, 10, 1000])
@pytest.mark.parametrize(("what", "statements_of"), [("finish", 35), ("sending", 26), ("bom", 16)])
def test_it_costs_the_same_for_any_number_of_lines(shop, statements, lines, what, statements_of):
    numbers = [f"P{number}" for number in range(lines)]
    board = shop.assembly("BOARD", dict.fromkeys(numbers, 1))
    build = shop.external(board, 1, destination=shop.location("Lab"), consume=ConsumeWhen.FINISH)
    Stories(shop).stock(numbers, 5)
    order = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)
    if what == "sending":
        done = send_kit(build=build, **shop.by_bo)
    elif what == "finish":
        accepted(shop, build, shop.received(order, 1)[0])
        done = finished(shop, build)
    else:
        BomLine.objects.update(quantity=2)
        done = take_over_bom(build=build, **shop.by_ada)
    with statements() as count:
        back(shop, done)
    assert count == statements_of
    shop.recount()


@pytest.mark.parametrize("items", [1, 10, 1000])
def test_what_is_not_there_any_more_costs_the_same_for_any_number_of_items(shop, statements, items):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 1000)
    shop.ordered(build)
    part, shelf = shop.part("R-10K"), shop.location("Main shelf")
    fresh = [NewStock(part.pk, 1, location=shelf.pk, batch=str(number)) for number in range(items)]
    batches = add_stock(rows=fresh, **shop.by_bo).ids
    line = build.lines.get()
    takes = [Take(line.pk, item, 1) for item in batches]
    allocate(build=Build.objects.get(pk=build.pk), takes=takes, **shop.by_bo)
    BomLine.objects.filter(assembly=build.part).update(part=shop.part("C-1U"))
    done = take_over_bom(build=Build.objects.get(pk=build.pk), **shop.by_ada)
    remove_stock(rows=[Removal(item, 1) for item in batches], reason="Lost", **shop.by_bo)
    with statements() as count:
        said = reverse_event(event=done.event_id, reason="Wrong", **shop.by_ada).said
    assert [(one["code"], one["quantity"]) for one in said] == [("allocation_not_restored", "1")] * items
    assert said[-1]["item"] == f"R-10K {items - 1}"
    assert count == 14
    shop.recount()
