"""Cost known late: rates, prices and closed lines change what is worth what, wherever it went meanwhile."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Allocation, ExchangeRate, Movement, StockItem
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build, reopen_build
from outwork.operations.changing_order_lines import LineChange, change_lines
from outwork.operations.closing_short import close_short, reopen_lines
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.master_data.writing import create
from outwork.operations.order_states import cancel_order, complete_order, reopen_order
from outwork.operations.receiving import receive
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.unreceiving import unreceive
from outwork.rules.places import Kind
from outwork.rules.pricing import ExtraKind
from outwork.rules.receiving import Arrival
from outwork.rules.states import OrderStatus
from tests.purchases import build_all, come, order_of, total, values

D = Decimal


def rate(shop, value, *, days=0, currency="USD"):
    day = shop.by(shop.ada, days=days)["at"].date()
    create(model=ExchangeRate, rows=[{"currency": currency, "day": day, "rate": value}], **shop.by_ada)


def price(shop, order, line, value, **facts):
    return change_lines(order=order, changes=[LineChange(line, {"price": value, **facts})], **shop.by_ada)


def outputs_worth(build):
    return list(build.outputs.order_by("pk").values_list("item__value", flat=True))


def test_it_works(shop):
    """The invoice says another price than the order: what is left, split off and used up is worth that."""
    order, (line,) = order_of(shop, ("R-10K", 100, "1.00", "0"))
    (reel,) = come(shop, order, (line, 100))
    board = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 4)
    build_all(shop, board)
    (part,) = split_stock(rows=[Split(reel, 25)], **shop.by_bo).ids
    done = price(shop, order, line, "1.50")
    assert total(values([reel, part])) == 90
    assert outputs_worth(board) == [D(60)]
    assert [one["code"] for one in done.said] == ["receipts_restated", "build_cost_restated"]
    assert done.said[1]["builds"] == [board.reference]
    shop.recount()


def test_a_rate_makes_known_what_was_unknown_up_to_the_finished_units(shop):
    """Dollars without a rate: the resistors are unknown, so are the boards, so are the devices; then all are known."""
    order, (line,) = order_of(shop, ("R-10K", 100, "1.00", "0"), currency="USD")
    (reel,) = come(shop, order, (line, 100))
    known = shop.put("C-100N", 8, value="4.00")
    board = shop.build(shop.assembly("BOARD", {"R-10K": 10, "C-100N": 2}), 4)
    build_all(shop, board)
    item = StockItem.objects.get(outputs__build=board).pk
    remove_stock(rows=[Removal(item, 1)], **shop.by_bo)
    device = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 2)
    build_all(shop, device)
    assert values([reel, known.pk, item]) == [None, D(4), None]
    assert outputs_worth(device) == [None]
    shop.recount()

    rate(shop, "0.90", days=5)
    assert values([reel]) == [None]
    rate(shop, "0.80", days=-1)
    assert values([reel, item]) == [D(48), D(9)]
    assert outputs_worth(device) == [D(18)]
    gone = Movement.objects.get(kind=Kind.REMOVED)
    assert [(one.value, one.quantity) for one in gone.corrections.all()] == [(D(9), 0)]
    shop.recount()


def test_each_receipt_is_valued_at_the_rate_of_its_day(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "1.00", "0"), currency="USD")
    first, second = come(shop, order, (line, 40)), come(shop, order, (line, 60), days=10)
    rate(shop, "0.90")
    rate(shop, "0.95", days=10)
    assert values(first + second) == [D(36), D(54)]
    price(shop, order, line, "2.00")
    assert values(first + second) == [D(72), D(114)]
    shop.recount()


def test_the_day_is_that_of_the_company(shop):
    """Half past midnight in Berlin is still the day before in Greenwich."""
    shop.switch_on("TIME_ZONE", "Europe/Berlin")
    order, (line,) = order_of(shop, ("R-10K", 10, "1.00", "0"), currency="USD")
    rate(shop, "0.90")
    rate(shop, "0.50", days=1)
    ids = come(shop, order, (line, 10), days=11 / 24)
    assert values(ids) == [D(5)]
    movements = shop.movements()
    price(shop, order, line, "1.00")
    assert shop.movements() == movements


def test_an_order_that_delivers_a_build_changes_what_its_units_cost(shop):
    """Ordered 10 at 10.00, one rejected, two used in a device; the invoice says 9.00 less 10 %."""
    part = shop.assembly("BOARD", {"R-10K": 1}, is_purchaseable=True)
    build = shop.external(part, 10)
    line = shop.ordered(build)
    receive(order=line.order, arrivals=[Arrival(line.pk, 10)], location=shop.location("Dock"), **shop.by_bo)
    (output,) = build.outputs.all()
    accept_outputs(build=build, decisions=[Decision(output.pk, 9)], **shop.by_bo)
    reject_outputs(build=build, decisions=[Decision(output.pk)], reason="bent", **shop.by_bo)
    finish_build(build=build, accept_incomplete=True, accept_unallocated=True, **shop.by_bo)
    device = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 3)
    build_all(shop, device)
    assert outputs_worth(build) == [D(0), D("66.666667")]
    assert outputs_worth(device) == [D("33.333333")]

    line.order.refresh_from_db()
    price(shop, line.order, line.pk, "9.00", discount="10")
    assert outputs_worth(build) == [D(0), D(54)]
    assert outputs_worth(device) == [D(27)]
    shop.recount()


def test_while_a_build_is_open_the_units_that_had_the_lot_bear_it(shop):
    order, (line,) = order_of(shop, ("R-10K", 4, "1.00", "0"))
    (dear,) = come(shop, order, (line, 4))
    cheap = shop.put("R-10K", 6, value="0.60")
    part = shop.assembly("BOARD", {"R-10K": 1}, is_purchaseable=True)
    build = shop.external(part, 10, price="0")
    ordered = shop.ordered(build)
    for item, units in ((dear, 4), (cheap.pk, 6)):
        receive(
            order=ordered.order, arrivals=[Arrival(ordered.pk, units)], location=shop.location("Dock"), **shop.by_bo
        )
        allocate(build=build, takes=[Take(build.lines.get().pk, item, units)], **shop.by_bo)
        output = build.outputs.order_by("-pk")[0]
        accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    assert outputs_worth(build) == [D(4), D("0.60")]
    price(shop, order, line, "2.50")
    assert outputs_worth(build) == [D(10), D("0.60")]
    finish_build(build=build, **shop.by_bo)
    assert outputs_worth(build) == [D(10), D("0.60")]
    reopen_build(build=build, reason="a mistake", **shop.by_ada)
    price(shop, order, line, "2.00")
    assert outputs_worth(build) == [D(8), D("0.60")]
    shop.recount()


def test_units_that_come_after_the_build_was_finished_share_its_cost(shop):
    part = shop.assembly("BOARD", {"R-10K": 1}, is_purchaseable=True)
    build = shop.external(part, 4)
    line = shop.ordered(build)
    dock = shop.location("Dock")
    receive(order=line.order, arrivals=[Arrival(line.pk, 2)], location=dock, accept=True, **shop.by_bo)
    receive(order=line.order, arrivals=[Arrival(line.pk, 1)], location=dock, **shop.by_bo)
    rejected = build.outputs.order_by("-pk")[0]
    reject_outputs(build=build, decisions=[Decision(rejected.pk)], reason="bent", **shop.by_bo)
    finish_build(build=build, accept_incomplete=True, accept_unallocated=True, **shop.by_bo)
    assert outputs_worth(build) == [D(30), D(0)]
    receive(order=line.order, arrivals=[Arrival(line.pk, 1)], location=dock, **shop.by_bo)
    assert outputs_worth(build) == [D("26.666667"), D(0), D("13.333333")]
    shop.recount()


def test_a_cancelled_build_lets_its_good_units_bear_what_it_cost(shop):
    part = shop.assembly("BOARD", {"R-10K": 1}, is_purchaseable=True)
    build = shop.external(part, 4)
    line = shop.ordered(build)
    receive(order=line.order, arrivals=[Arrival(line.pk, 2)], location=shop.location("Dock"), **shop.by_bo)
    (output,) = build.outputs.all()
    accept_outputs(build=build, decisions=[Decision(output.pk, 1)], **shop.by_bo)
    reject_outputs(build=build, decisions=[Decision(output.pk)], reason="bent", **shop.by_bo)
    cancel_build(build=build, **shop.by_ada)
    assert outputs_worth(build) == [D(0), D(20)]
    shop.recount()


def freight_on(shop, *lines):
    order, ids = order_of(shop, *lines)
    add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "10.00")], **shop.by_ada)
    return order, ids


def test_what_came_bears_the_freight_alone_when_the_rest_will_not_come(shop):
    order, (line,) = freight_on(shop, ("R-10K", 10, "1.00", "0"))
    ids = come(shop, order, (line, 5))
    assert values(ids) == [D(10)]
    done = close_short(order=order, lines=[line], reason="sold out", **shop.by_ada)
    assert values(ids) == [D(15)]
    assert done.said[0]["code"] == "receipts_restated"
    reopen_lines(order=order, lines=[line], reason="they come", **shop.by_ada)
    assert values(ids) == [D(10)]
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    assert values(ids) == [D(15)]
    reopen_order(order=order, reason="they come", **shop.by_ada)
    assert values(ids) == [D(10)]
    cancel_order(order=order, **shop.by_ada)
    assert values(ids) == [D(15)]
    shop.recount()


def test_a_receipt_taken_back_bears_nothing(shop):
    order, (line,) = freight_on(shop, ("R-10K", 4, "1.00", "0"))
    come(shop, order, (line, 2))
    ids = come(shop, order, (line, 4))
    assert order.status == OrderStatus.COMPLETE
    first = Movement.objects.filter(kind=Kind.RECEIVED).order_by("pk")[0].event
    unreceive(receipt=first, reason="counted twice", **shop.by_bo)
    assert values(ids) == [D(14)]
    shop.recount()


def test_a_price_that_is_not_known_any_more_makes_the_worth_unknown(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "1.00", "0"))
    (reel,) = come(shop, order, (line, 100))
    board = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 4)
    build_all(shop, board)
    price(shop, order, line, None)
    assert values([reel]) + outputs_worth(board) == [None, None]
    shop.recount()
    price(shop, order, line, "1.10")
    assert values([reel]) + outputs_worth(board) == [D(66), D(44)]
    shop.recount()


def test_refuses_units_that_went_in_a_circle(shop):
    """A board went into a device, and the device into the next board, which was rejected: who pays for whom?"""
    board = shop.assembly("BOARD", is_purchaseable=True)
    device = shop.assembly("DEVICE", {"BOARD": 1})
    shop.assembly("BOARD", {"DEVICE": 1})
    build = shop.external(board, 2)
    line = shop.ordered(build)
    receive(order=line.order, arrivals=[Arrival(line.pk, 1)], location=shop.location("Dock"), accept=True, **shop.by_bo)
    higher = shop.build(device, 1)
    build_all(shop, higher)
    assert outputs_worth(higher) == [D(10)]
    allocate(build=build, takes=[Take(build.lines.get().pk, higher.outputs.get().item_id, 1)], **shop.by_bo)
    receive(order=line.order, arrivals=[Arrival(line.pk, 1)], location=shop.location("Dock"), **shop.by_bo)
    last = build.outputs.order_by("-pk")[0]
    reject_outputs(build=build, decisions=[Decision(last.pk)], reason="bent", **shop.by_bo)
    assert outputs_worth(build) == [D(10), D(20)]
    facts = {"build": build, "accept_incomplete": True, "accept_unallocated": True}
    assert shop.refused(finish_build, **facts) == [("cost_in_circles", ())]
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow_with_the_units(shop, statements, count):
    order, (line,) = order_of(shop, ("R-10K", count, "1.00", "0"))
    come(shop, order, (line, count))
    shop.assembly("BOARD", {"R-10K": 1}, is_trackable=True)
    board = shop.build(shop.part("BOARD"), count)
    made = make_outputs(build=board, units=count, serials=[str(number) for number in range(count)], **shop.by_bo).ids
    auto_allocate(build=board, **shop.by_bo)
    accept_outputs(build=board, decisions=[Decision(one) for one in made], **shop.by_bo)
    finish_build(build=board, **shop.by_bo)
    assert not Allocation.objects.exists()
    with statements() as seen:
        price(shop, order, line, "2.00")
    assert seen == 34
    assert total(StockItem.objects.filter(part__number="BOARD").values_list("value", flat=True)) == 2 * count
    shop.recount()
