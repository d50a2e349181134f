"""Freight, stencils and credits on an order: what each unit bears of them, before and after it came."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import ExchangeRate, ExtraLine, Part, StockItem
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.master_data.writing import create
from outwork.operations.order_states import cancel_order
from outwork.operations.receiving import receive
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.receiving import Arrival
from outwork.rules.saying import sentence
from outwork.rules.states import OrderStatus
from tests.purchases import build_all, come, order_of, total, values

D = Decimal


def add(shop, order, *extras, **facts):
    return add_extra_lines(order=order, extras=list(extras), **{**shop.by_ada, **facts})


FREIGHT = NewExtra(ExtraKind.FREIGHT, "37.00")


def test_it_works(shop):
    """100 at 12.50 less 4 %, and 50 at 1.00; freight of 37.00 falls on both by their value."""
    order, (first, second) = order_of(shop, ("BOARD", 100, "12.50", "4"), ("CABLE", 50, "1.00", "0"))
    done = add(shop, order, FREIGHT)
    assert ExtraLine.objects.get(pk=done.ids[0]).spread == SpreadMode.BY_VALUE
    ids = come(shop, order, (first, 100), (second, 50))
    assert values(ids) == [D("1235.52"), D("51.48")]
    assert total(values(ids)) == D("1250") + 37
    shop.recount()


def test_it_comes_late_and_follows_what_came(shop):
    order, (first, second) = order_of(shop, ("BOARD", 100, "12.50", "4"), ("CABLE", 50, "1.00", "0"))
    ids = come(shop, order, (first, 100), (second, 50))
    assert order.status == OrderStatus.COMPLETE
    part = split_stock(rows=[Split(ids[0], 30)], **shop.by_bo).ids[0]
    remove_stock(rows=[Removal(ids[0], 20)], **shop.by_bo)
    assert values([ids[0], part]) == [D(600), D(360)]
    done = add(shop, order, FREIGHT)
    assert values([ids[0], part, ids[1]]) == [D("617.76"), D("370.656"), D("51.48")]
    assert done.said == [
        {"code": "receipts_restated", "order": order.reference, "before": "1250", "after": "1287", "currency": "EUR"},
    ]
    assert (
        sentence(done.said[0]) == f"What was received on {order.reference} is worth 1287.00 EUR now; it was 1250.00 EUR"
    )
    shop.recount()


def test_late_freight_reaches_the_units_of_a_closed_build_of_a_higher_level(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "1.00", "0"))
    (reel,) = come(shop, order, (line, 100))
    board = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 4)
    build_all(shop, board)
    device = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 2)
    build_all(shop, device)
    add(shop, order, FREIGHT)
    outputs = {one.build_id: one.item for one in [*board.outputs.all(), *device.outputs.all()]}
    assert values([reel]) == [D("82.20")]
    assert outputs[board.pk].value == D("27.40")
    assert outputs[device.pk].value == D("27.40")
    used = StockItem.objects.filter(used_by=device).get()
    assert used.value == D("27.40")
    shop.recount()


def test_a_credit_lowers_what_the_units_cost(shop):
    order, (line,) = order_of(shop, ("BOARD", 10, "12.00", "0"))
    ids = come(shop, order, (line, 10))
    add(shop, order, NewExtra(ExtraKind.CREDIT, "-6.00", spread=SpreadMode.ON_LINE, line_id=line))
    assert values(ids) == [D(114)]
    shop.recount()


def test_a_stencil_is_paid_off_over_so_many_units_and_a_deposit_is_never_cost(shop):
    order, (line,) = order_of(shop, ("BOARD", 100, "10.00", "0"))
    stencil = NewExtra(ExtraKind.STENCIL, "90.00", spread=SpreadMode.OVER_UNITS, over_units=500)
    add(shop, order, stencil, NewExtra(ExtraKind.DEPOSIT, "400.00"))
    ids = come(shop, order, (line, 40))
    assert values(ids) == [D("407.20")]
    assert ExtraLine.objects.get(kind=ExtraKind.DEPOSIT).spread == SpreadMode.NOT_IN_COST
    shop.recount()


def test_by_quantity_on_a_line_and_not_in_cost(shop):
    order, (first, second) = order_of(shop, ("BOARD", 10, "5.00", "0"), ("CABLE", 30, "1.00", "0"))
    ids = come(shop, order, (first, 10), (second, 30))
    add(shop, order, NewExtra(ExtraKind.EXPEDITE, "8.00", spread=SpreadMode.BY_QUANTITY))
    assert values(ids) == [D(52), D(36)]
    add(shop, order, NewExtra(ExtraKind.TOOLING, "3.00", spread=SpreadMode.ON_LINE, line_id=first))
    add(shop, order, NewExtra(ExtraKind.TEST, "99.00", spread=SpreadMode.NOT_IN_COST))
    assert values(ids) == [D(55), D(36)]
    shop.recount()


def test_several_receipts_add_up_to_the_whole_cost(shop):
    order, (line,) = order_of(shop, ("BOARD", 3, "10.00", "0"))
    add(shop, order, NewExtra(ExtraKind.FREIGHT, "1.00"))
    ids = [one for units in (1, 1, 1) for one in come(shop, order, (line, units))]
    assert values(ids) == [D("10.333333"), D("10.333334"), D("10.333333")]
    shop.recount()


def test_units_that_come_beyond_the_order_share_its_freight(shop):
    order, (line,) = order_of(shop, ("BOARD", 4, "10.00", "0"))
    add(shop, order, NewExtra(ExtraKind.FREIGHT, "10.00"))
    first, second = come(shop, order, (line, 2)), come(shop, order, (line, 3))
    assert values(first + second) == [D(24), D(36)]
    shop.recount()


def test_a_line_added_later_shares_the_freight_with_what_came(shop):
    order, (line,) = order_of(shop, ("BOARD", 4, "10.00", "0"))
    add(shop, order, NewExtra(ExtraKind.FREIGHT, "10.00"))
    ids = come(shop, order, (line, 2))
    supplier = order.supplier
    add_lines(
        order=order, lines=[NewLine(shop.sells(supplier, shop.part("CABLE"), None).pk, 10, price="4.00")], **shop.by_ada
    )
    assert values(ids) == [D("22.50")]
    shop.recount()


def test_an_unknown_rate_makes_the_cost_unknown_and_the_rate_of_the_day_makes_it_known(shop):
    order, (line,) = order_of(shop, ("BOARD", 10, "12.00", "0"))
    ids = come(shop, order, (line, 10))
    (part,) = split_stock(rows=[Split(ids[0], 4)], **shop.by_bo).ids
    done = add(shop, order, NewExtra(ExtraKind.DUTY, "11.00", currency="USD"))
    assert done.said[0]["after"] == "unknown"
    day = shop.now.date().isoformat()
    assert done.said[1] == {"code": "rate_missing", "order": order.reference, "currency": "USD", "day": day}
    assert sentence(done.said[0]).endswith("is worth unknown now; it was 120.00 EUR")
    assert sentence(done.said[1]) == (
        f"No rate for USD on {day}: what was received on {order.reference} is worth unknown until one is entered"
        f" (outwork rate set USD {day} RATE)"
    )
    again = add(shop, order, NewExtra(ExtraKind.FREIGHT, "5.00", spread=SpreadMode.NOT_IN_COST))
    assert [one["code"] for one in again.said] == ["rate_missing"]
    assert values([ids[0], part]) == [None, None]
    shop.recount()

    rate = {"currency": "USD", "day": shop.now.date(), "rate": "0.90"}
    create(model=ExchangeRate, rows=[rate], **shop.by_ada)
    assert values([ids[0], part]) == [D("77.94"), D("51.96")]
    shop.recount()


@pytest.mark.parametrize(
    ("extra", "refused"),
    [
        (NewExtra("petrol", "1"), [("extra_kind_unknown", (0, "kind"))]),
        (NewExtra(ExtraKind.FREIGHT, "-1"), [("price_negative", (0, "price"))]),
        (NewExtra(ExtraKind.CREDIT, "1"), [("credit_positive_price", (0, "price"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", spread="evenly"), [("extra_spread_unknown", (0, "spread"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", spread=SpreadMode.ON_LINE), [("extra_spread_needs_line", (0, "line"))]),
        (
            NewExtra(ExtraKind.STENCIL, "1", spread=SpreadMode.OVER_UNITS),
            [("extra_spread_needs_units", (0, "over_units"))],
        ),
        (NewExtra(ExtraKind.FREIGHT, "1", line_id=999), [("extra_line_of_another_order", (0, "line"))]),
        (NewExtra(ExtraKind.DEPOSIT, "1", spread=SpreadMode.BY_QUANTITY), [("deposit_is_not_cost", (0, "spread"))]),
        (NewExtra(ExtraKind.FREIGHT, "nan"), [("number_invalid", (0, "price"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", quantity=0), [("quantity_not_positive", (0, "quantity"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", discount=101), [("discount_not_a_percentage", (0, "discount"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", currency="EURO"), [("currency_code_invalid", (0, "currency"))]),
        (NewExtra(ExtraKind.FREIGHT, "1", "x" * 251), [("text_too_long", (0, "description"))]),
    ],
)
def test_refuses_what_is_no_cost(shop, extra, refused):
    order, _ = order_of(shop, ("BOARD", 10, "12.00", "0"))
    assert shop.refused(add_extra_lines, order=order, extras=[extra]) == refused
    assert not ExtraLine.objects.exists()


def test_refuses_all_that_is_wrong_at_once(shop):
    order, _ = order_of(shop, ("BOARD", 10, "12.00", "0"))
    extras = [NewExtra("petrol", "1"), FREIGHT, NewExtra(ExtraKind.CREDIT, "1")]
    assert [code for code, _ in shop.refused(add_extra_lines, order=order, extras=extras)] == [
        "extra_kind_unknown",
        "credit_positive_price",
    ]
    assert shop.refused(add_extra_lines, order=order, extras=[]) == [("no_extras_named", ("extras",))]


def test_refuses_a_cancelled_order(shop):
    order, _ = order_of(shop, ("BOARD", 10, "12.00", "0"))
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(add_extra_lines, order=order, extras=[FREIGHT]) == [("wrong_state", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, statements, count):
    order, (line,) = order_of(shop, ("BOARD", count, "12.00", "0"))
    Part.objects.filter(number="BOARD").update(is_trackable=True)
    arrival = Arrival(line, count, serials=[str(number) for number in range(count)])
    receive(order=order, arrivals=[arrival], location=shop.location("Main shelf"), **shop.by_bo)
    extras = [NewExtra(ExtraKind.FREIGHT, "3.70") for _ in range(count)]
    with statements() as seen:
        add(shop, order, *extras)
    assert seen == 20
    assert total(StockItem.objects.values_list("value", flat=True)) == count * D("15.70")
    shop.recount()
