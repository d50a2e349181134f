"""Purchase orders in a list and on one page: known answers, and a fixed number of statements."""

import datetime
from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import ExchangeRate, ExtraLine, PurchaseLine, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.closing_short import close_short
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.receiving import receive
from outwork.queries.naming import order_named
from outwork.queries.orders import list_orders, overview
from outwork.rules.receiving import Arrival
from outwork.rules.states import OrderStatus

TODAY = datetime.date(2026, 3, 2)


@pytest.fixture
def order(shop):
    """PO-0001: two reels of resistors and thirty cases."""
    mouser = shop.company("Mouser", currency="USD")
    reel = shop.sells(mouser, shop.part("R-10K"), "20.00", sku="RC0603", pack_size=4000)
    case = shop.sells(mouser, shop.part("CASE"), None, sku="HM-1455")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=mouser, **shop.by_ada).ids[0])
    lines = [NewLine(reel.pk, 2, discount=5), NewLine(case.pk, 30, requested_date=datetime.date(2026, 3, 1))]
    add_lines(order=order, lines=lines, **shop.by_ada)
    return order


def steps(order):
    return [step.code for step in overview(order_named(order.reference), today=TODAY).next]


def test_it_works(shop, order):
    found = overview(order, today=TODAY)
    columns = ("position", "sku", "ordered", "packs", "price", "total", "is_late")
    assert [tuple(getattr(row, name) for name in columns) for row in found.lines] == [
        (1, "RC0603", 8000, 2, 20, 38, False),
        (2, "HM-1455", 30, 30, None, None, False),
    ]
    assert found.totals == {"USD": None}
    assert steps(order) == ["place_this"]
    place_order(order=order, **shop.by_ada)
    assert steps(order) == ["chase_lines", "receive"]
    assert [row.is_late for row in overview(order_named("PO-0001"), today=TODAY).lines] == [False, True]


def test_what_came_and_what_will_not_come_is_no_longer_open(shop, order):
    place_order(order=order, **shop.by_ada)
    reel, case = order.lines.order_by("position")
    receive(order=order, arrivals=[Arrival(reel.pk, 1)], location=shop.location("Main shelf"), **shop.by_bo)
    close_short(order=order, lines=[case.pk], reason="sold out", **shop.by_ada)
    found = overview(order_named("PO-0001"), today=TODAY)
    assert [(row.received, row.open, row.is_closed, row.is_late) for row in found.lines] == [
        (4000, 4000, False, False),
        (0, 0, True, False),
    ]
    assert steps(order) == ["receive"]


def test_extra_lines_and_changed_dates_are_on_the_page(shop, order):
    line = order.lines.get(position=1)
    ExtraLine.objects.create(
        order=order, kind="stencil", price=Decimal("180"), currency="EUR", spread="on_line", line=line, position=1
    )
    ExtraLine.objects.create(order=order, kind="freight", currency="EUR", spread="by_value", position=2)
    state_dates(order=order, changes=[DateChange(line.pk, "promised", datetime.date(2026, 4, 1))], **shop.by_ada)
    found = overview(order, today=TODAY)
    assert [(row.kind, row.total, row.line) for row in found.extras] == [("stencil", 180, 1), ("freight", None, None)]
    assert found.totals == {"USD": None, "EUR": None}
    assert [(row.line, row.which, row.after) for row in found.dates] == [(1, "promised", datetime.date(2026, 4, 1))]
    assert found.lines[0].expected == datetime.date(2026, 4, 1)


def test_a_list_says_what_is_open_and_late(shop, order):
    shop.switch_on()
    board = shop.assembly("BOARD")
    shop.ordered(shop.external(board, 10), requested_date=datetime.date(2026, 4, 1))
    place_order(order=order, **shop.by_ada)
    columns = ("reference", "supplier", "status", "lines", "open_lines", "builds", "totals", "is_late")
    assert [tuple(getattr(row, name) for name in columns) for row in list_orders(today=TODAY)] == [
        ("PO-0001", "Mouser", "placed", 2, 2, [], {"USD": None}, True),
        ("PO-0002", "Acme Assembly", "placed", 1, 1, ["BO-0001"], {"EUR": 100}, False),
    ]
    assert list_orders(today=TODAY, statuses={OrderStatus.DRAFT}) == []
    build = board.builds.get()
    assert [row.reference for row in list_orders(today=TODAY, build_id=build.pk)] == ["PO-0002"]
    assert [row.reference for row in list_orders(today=TODAY, supplier_id=order.supplier_id)] == ["PO-0001"]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_line_and_for_many(shop, order, statements, count):
    line = order.lines.get(position=1)
    facts = (order.pk, line.supplier_part_id, line.part_id, Decimal(1), Decimal(5), Decimal(2), "USD")
    columns = ("order_id", "supplier_part_id", "part_id", "pack_size", "ordered", "price", "currency", "position")
    rest = ("received", "discount", "is_closed", "reference", "note", "supplier_confirmation")
    zeros = (Decimal(0), Decimal(0), False, "", "", "")
    rows.insert(PurchaseLine, (*columns, *rest), [(*facts, place, *zeros) for place in range(3, count + 2)])
    with statements() as spent:
        found = overview(order_named("PO-0001"), today=TODAY)
    assert len(found.lines) == count + 1
    assert spent == 9
    with statements() as spent:
        assert [row.lines for row in list_orders(today=TODAY)] == [count + 1]
    assert spent == 5


def test_the_total_in_the_currencies_of_the_order_and_of_the_company(shop, order):
    """38.00 USD and 9 EUR freight, at 0.90 on the day it is placed; unknown without a rate or a price."""
    case = order.lines.get(position=2)
    case.price = Decimal(0)
    case.save()
    ExtraLine.objects.create(
        order=order, kind="freight", price=Decimal(9), currency="EUR", spread="by_value", position=1
    )
    assert (overview(order, today=TODAY).total, list_orders(today=TODAY)[0].total_base) == (None, None)
    ExchangeRate.objects.create(currency="USD", day=TODAY, rate=Decimal("0.9"))
    ExchangeRate.objects.create(currency="USD", day=TODAY + datetime.timedelta(days=1), rate=Decimal("0.5"))
    place_order(order=order, **shop.by_ada)
    later = TODAY + datetime.timedelta(days=9)
    found = overview(order_named("PO-0001"), today=later)
    assert (found.totals, found.total, found.total_base) == ({"USD": 38, "EUR": 9}, 48, Decimal("43.2"))
    [row] = list_orders(today=later)
    assert (row.total, row.total_base) == (48, Decimal("43.2"))


def test_first_and_last_promise_and_the_day_it_came_are_on_the_page(shop, order):
    place_order(order=order, **shop.by_ada)
    reel = order.lines.get(position=1)
    for number, reason in ((1, ""), (9, "No boat")):
        change = DateChange(reel.pk, "promised", datetime.date(2026, 3, number), reason)
        state_dates(order=order, changes=[change], **shop.by_ada)
    receive(order=order, arrivals=[Arrival(reel.pk, 2)], location=shop.location("Main shelf"), **shop.by_bo)
    row = overview(order_named("PO-0001"), today=TODAY).lines[0]
    day = datetime.date(2026, 3, 9)
    assert (row.expected, row.first_promise, row.came_on, row.is_late, row.is_on_time) == (
        day,
        datetime.date(2026, 3, 1),
        TODAY,
        False,
        False,
    )
