"""Ordering a build says when a larger order were cheaper, and only where prices can be compared."""

from decimal import Decimal

import pytest

from outwork.models import PriceBreak, SupplierPart
from outwork.operations.ordering_build import order_build


@pytest.fixture
def build(shop):
    """Ninety boards; a hundred are cheaper in all."""
    build = shop.external(shop.assembly("BOARD"), 90, price="10.00")
    sold = SupplierPart.objects.get()
    PriceBreak.objects.create(supplier_part=sold, quantity=Decimal(100), price=Decimal("8.50"), currency="EUR")
    return build


def said(shop, build, **asked):
    return order_build(build=build, manufacturer=build.manufacturer, **asked, **shop.by_ada).said


def test_it_works(shop, build):
    assert said(shop, build) == [{"code": "more_is_cheaper", "packs": "100", "total": "850", "currency": "EUR"}]


def test_a_price_named_by_hand_is_not_compared_with_the_breaks(shop, build):
    assert said(shop, build, price="8.00") == []


def test_breaks_in_another_currency_are_not_compared(shop, build):
    PriceBreak.objects.filter(quantity=100).update(currency="USD")
    assert said(shop, build) == []
