"""Prices and their history, and what we reckon with among ourselves."""

from decimal import Decimal

import pytest

from outwork.models import InternalPrice, PriceBreak, PriceChange, SupplierPart
from outwork.operations.master_data import change, create, remove
from outwork.operations.master_data.offers import offer_parts
from outwork.queries.price_history import price_history


@pytest.fixture
def reel(shop):
    return shop.sells(shop.company("Mouser"), shop.part("R-10K"), None)


def turns():
    names = ("quantity", "before", "before_currency", "after", "after_currency")
    rows = PriceChange.objects.order_by("pk").values_list(*names)
    return [tuple(one.normalize() if isinstance(one, Decimal) else one for one in row) for row in rows]


def test_every_change_of_a_price_is_kept(shop, make, amend, drop, reel):
    price = make(PriceBreak, supplier_part=reel, quantity=10, price="1.20")
    amend(price, price="1.30")
    amend(price, price="1.30")
    amend(price, currency="USD")
    amend(price, quantity=20)
    drop(price)
    assert turns() == [
        (10, None, "", Decimal("1.2"), "EUR"),
        (10, Decimal("1.2"), "EUR", Decimal("1.3"), "EUR"),
        (10, Decimal("1.3"), "EUR", Decimal("1.3"), "USD"),
        (10, Decimal("1.3"), "USD", None, ""),
        (20, None, "", Decimal("1.3"), "USD"),
        (20, Decimal("1.3"), "USD", None, ""),
    ]
    shop.recount()


def test_prices_stated_with_a_supplier_part_are_kept_too(shop, reel):
    offer = {"id": reel.pk, "prices": [{"quantity": 1, "price": "2"}, {"quantity": 10, "price": "1.5"}]}
    offer_parts(rows=[offer], **shop.by_ada)
    offer_parts(rows=[offer], **shop.by_ada)
    offer["prices"] = [{"quantity": 1, "price": "2"}, {"quantity": 10, "price": "1.4", "currency": "USD"}]
    offer_parts(rows=[offer], **shop.by(shop.bo, days=0.5))
    assert turns() == [
        (1, None, "", 2, "EUR"),
        (10, None, "", Decimal("1.5"), "EUR"),
        (10, Decimal("1.5"), "EUR", Decimal("1.4"), "USD"),
    ]
    latest = price_history(supplier_part_ids=[reel.pk])[0]
    assert (latest.supplier, latest.sku, latest.who, latest.after) == ("Mouser", reel.sku, "bo", Decimal("1.4"))
    assert price_history(part_ids=[reel.part_id]) == price_history(supplier_part_ids=[reel.pk])
    assert price_history(supplier_part_ids=[]) == []


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_history_is_one_statement(shop, reel, statements, count):
    rows = [{"supplier_part": reel, "quantity": number + 1, "price": "1"} for number in range(count)]
    create(model=PriceBreak, rows=rows, **shop.by_ada)
    with statements() as spent:
        assert len(price_history(part_ids=[reel.part_id])) == count
    assert spent == 1


def test_the_history_goes_with_the_supplier_part(shop, make, drop, reel):
    make(PriceBreak, supplier_part=reel, quantity=10, price="1.20")
    drop(reel)
    assert (SupplierPart.objects.count(), PriceChange.objects.count()) == (0, 0)


def test_internal_prices_are_in_the_base_currency_and_need_the_setting(shop, make, refusing):
    part = shop.part("R-10K")
    reason = refusing(make, InternalPrice, part=part, quantity=1, price="0.02")
    assert reason.code == "internal_prices_off"
    shop.switch_on("PART_INTERNAL_PRICE")
    made = make(InternalPrice, part=part, quantity=1, price="0.02")
    assert (made.currency, made.price) == ("EUR", Decimal("0.02"))
    assert refusing(make, InternalPrice, part=part, quantity=1, price="0.03").code == "exists_already"
    assert refusing(make, InternalPrice, part=part, quantity=2, price="-1").code == "amount_negative"
    shop.switch_on("PART_INTERNAL_PRICE", False)
    change(model=InternalPrice, rows=[{"id": made.pk, "price": "0.01"}], **shop.by_ada)
    remove(model=InternalPrice, ids=[made.pk], **shop.by_ada)
    assert not InternalPrice.objects.exists()
