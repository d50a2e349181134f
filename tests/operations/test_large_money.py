"""Money beyond what the books hold is refused where it is said, with the numbers, and never breaks anything."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from outwork.models import ExchangeRate, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal

LARGEST = Decimal(1_000_000_000)


def order(shop, **line) -> PurchaseLine:
    """A placed order for a part of a supplier in dollars."""
    supplier = shop.company("Parts Shop", currency="USD")
    sold = shop.sells(supplier, shop.part("R-10K"), None)
    made = PurchaseOrder.objects.get(pk=create_order(supplier=supplier, **shop.by_ada).ids[0])
    done = add_lines(order=made, lines=[NewLine(sold.pk, **line)], **shop.by_ada)
    place_order(order=made, **shop.by_ada)
    return PurchaseLine.objects.select_related("order").get(pk=done.ids[0])


def test_it_works(shop):
    line = order(shop, quantity=1000, price=LARGEST)
    assert line.price == LARGEST


def test_refuses_an_order_line_that_is_worth_too_much(shop):
    with pytest.raises(Refusal) as refusal:
        order(shop, quantity=LARGEST, price=LARGEST)
    assert refusal.value.codes == ["money_too_large"]
    assert refusal.value.reasons[0].where == (0, "price")
    assert not PurchaseLine.objects.exists()


def test_refuses_a_receipt_that_a_rate_makes_worth_too_much(shop):
    line = order(shop, quantity=1000, price=LARGEST)
    ExchangeRate.objects.create(currency="USD", day=datetime.date(2026, 1, 1), rate=Decimal(1_000_000))
    before = shop.movements()
    with pytest.raises(Refusal) as refusal:
        receive(order=line.order, arrivals=[Arrival(line.pk, 1000)], location=shop.location("Main shelf"), **shop.by_bo)
    assert refusal.value.codes == ["money_too_large"]
    assert shop.movements() == before
    shop.recount()


def test_refuses_an_item_that_grows_too_dear(shop):
    part, shelf = shop.part("R-10K"), shop.location("Main shelf")
    new = NewStock(part=part.pk, quantity=LARGEST, location=shelf.pk, value=Decimal(1000))
    item = add_stock(rows=[new], **shop.by_bo).ids[0]
    with pytest.raises(Refusal) as refusal:
        add_to_stock(rows=[More(item, LARGEST)], **shop.by_bo)
    assert refusal.value.codes == ["money_too_large"]
    assert StockItem.objects.get().quantity == LARGEST
    shop.recount()
