"""Companies, part numbers, prices and rates."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import (
    Company,
    ExchangeRate,
    ManufacturerPart,
    Part,
    PriceBreak,
    PurchaseLine,
    PurchaseOrder,
    SupplierPart,
)
from outwork.operations.creating_build import create_build
from outwork.operations.master_data import create
from outwork.rules.states import OrderStatus


@pytest.fixture
def order(shop):
    """An open order for two packs of a supplier part."""

    def placed(sold):
        order = PurchaseOrder.objects.create(
            reference="PO-0001", supplier=sold.supplier, currency="EUR", status=OrderStatus.PLACED, created_at=shop.now
        )
        return PurchaseLine.objects.create(
            order=order, supplier_part=sold, part=sold.part, ordered=Decimal(2), currency="EUR"
        )

    return placed


def test_it_works(shop, make):
    wire = shop.part("WIRE", unit="m")
    yageo = make(Company, name="Yageo", is_supplier=False, is_manufacturer=True)
    number = make(ManufacturerPart, part=wire, manufacturer=yageo, mpn="RC0402")
    digi = make(Company, name="Digi", currency="usd", email="sales@digi.example")
    sold = make(SupplierPart, part=wire, supplier=digi, sku="D-1", manufacturer_part=number, pack_quantity="2.5 km")
    assert (digi.currency, sold.pack_size, sold.is_primary) == ("USD", 2500, True)
    price = make(PriceBreak, supplier_part=sold, quantity=10, price="0.0123")
    assert (price.currency, price.price) == ("USD", Decimal("0.0123"))
    rate = make(ExchangeRate, currency="usd", day="2026-03-01", rate="0.8765432101")
    assert (rate.currency, rate.day, rate.rate) == ("USD", datetime.date(2026, 3, 1), Decimal("0.8765432101"))


def test_the_first_supplier_part_is_primary_and_there_is_one(shop, make, amend, drop):
    part, acme = shop.part("R-10K"), shop.company("Acme")
    first = make(SupplierPart, part=part, supplier=acme, sku="1", is_primary=False)
    second = make(SupplierPart, part=part, supplier=acme, sku="2")
    third = make(SupplierPart, part=part, supplier=acme, sku="3", is_primary=True)

    def primary():
        return list(SupplierPart.objects.filter(is_primary=True).values_list("sku", flat=True))

    assert primary() == ["3"]
    amend(second, is_primary=True)
    assert primary() == ["2"]
    drop(second)
    assert primary() == ["1"]
    drop(first)
    assert primary() == ["3"]
    amend(third, is_primary=False)
    assert primary() == ["3"]


def test_one_request_may_make_the_first_ones_of_many_parts(shop):
    acme = shop.company("Acme")
    rows = [
        {"part": shop.part(f"P-{number % 3}"), "supplier": acme, "sku": f"{number}", "pack_quantity": "100"}
        for number in range(6)
    ]
    create(model=SupplierPart, rows=rows, **shop.by_ada)
    assert list(SupplierPart.objects.order_by("pk").values_list("is_primary", flat=True)) == [True] * 3 + [False] * 3


def test_refuses_two_primaries(shop, refusing):
    part, acme = shop.part("R-10K"), shop.company("Acme")
    rows = [{"part": part, "supplier": acme, "sku": sku, "is_primary": True} for sku in "ab"]
    assert refusing(lambda: create(model=SupplierPart, rows=rows, **shop.by_ada)).code == "primary_twice"


def test_refuses_the_wrong_company_or_part(shop, make, refusing):
    part, own = shop.part("R-10K"), shop.part("OWN", is_purchaseable=False)
    acme, maker = shop.company("Acme"), shop.company("Maker", is_supplier=False, is_manufacturer=True)
    assert refusing(make, SupplierPart, part=part, supplier=maker, sku="1").code == "company_sells_nothing"
    assert refusing(make, SupplierPart, part=own, supplier=acme, sku="1").code == "part_not_bought"
    assert refusing(make, ManufacturerPart, part=own, manufacturer=maker, mpn="1").code == "part_not_bought"
    assert refusing(make, ManufacturerPart, part=part, manufacturer=acme, mpn="1").code == "company_makes_nothing"
    number = make(ManufacturerPart, part=part, manufacturer=maker, mpn="1")
    other = shop.part("R-1K")
    reason = refusing(make, SupplierPart, part=other, supplier=acme, sku="1", manufacturer_part=number)
    assert reason.code == "manufacturer_part_of_another_part"
    assert refusing(make, ManufacturerPart, part=part, manufacturer=maker, mpn=" ").code == "value_missing"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "quantity_not_positive"),
        ("a reel", "amount_unreadable"),
        ("3 furlong", "unit_unknown"),
        ("3 kg", "unit_incompatible"),
        ("1 um", "amount_too_fine"),
        ("x" * 26, "text_too_long"),
    ],
)
def test_refuses_a_pack_that_the_part_cannot_be_counted_in(shop, make, refusing, text, code):
    wire, acme = shop.part("WIRE", unit="m"), shop.company("Acme")
    reason = refusing(make, SupplierPart, part=wire, supplier=acme, sku="1", pack_quantity=text)
    assert (reason.code, reason.where) == (code, (0, "pack_quantity"))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": "0", "price": "1"}, "quantity_not_positive"),
        ({"quantity": "1", "price": "-1"}, "amount_negative"),
        ({"quantity": "1", "price": "0.0000001"}, "money_too_fine"),
        ({"quantity": "1", "price": "NaN"}, "number_invalid"),
        ({"quantity": "1", "price": "1e10"}, "money_too_large"),
        ({"quantity": "1", "price": "1", "currency": "euro"}, "text_too_long"),
        ({"quantity": "1", "price": "1", "currency": "E1"}, "currency_code_invalid"),
    ],
)
def test_refuses_a_price_that_is_none(shop, make, refusing, values, code):
    sold = shop.sells(shop.company("Acme"), shop.part("R-10K"), None)
    assert refusing(make, PriceBreak, supplier_part=sold, **values).code == code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"currency": "EUR", "rate": "1"}, "rate_of_base_currency"),
        ({"currency": "USD", "rate": "0"}, "rate_not_positive"),
        ({"currency": "USD", "rate": "1.00000000001"}, "rate_too_fine"),
        ({"currency": "USD", "rate": "1", "day": "1.3.2026"}, "date_invalid"),
    ],
)
def test_refuses_a_rate_that_is_none(make, refusing, values, code):
    assert refusing(make, ExchangeRate, **{"day": "2026-03-01", **values}).code == code


def test_a_rate_is_said_once_a_day(make, amend, refusing):
    rate = make(ExchangeRate, currency="USD", day="2026-03-01", rate="0.9")
    assert refusing(make, ExchangeRate, currency="usd", day="2026-03-01", rate="0.8").code == "exists_already"
    assert amend(rate, rate="0.8").rate == Decimal("0.8")


def test_refuses_to_take_a_flag_that_orders_and_builds_rely_on(shop, amend, refusing, order):
    shop.switch_on()
    acme = shop.manufacturer()
    board = shop.assembly("BOARD", {"R-10K": 1})
    create_build(part=board, quantity=1, is_external=True, manufacturer=acme, **shop.by_ada)
    assert refusing(amend, acme, is_manufacturer=False).params["reliers"] == "open builds"
    sold = shop.sells(acme, board)
    assert refusing(amend, acme, is_supplier=False).params["reliers"] == "active supplier parts"
    order(sold)
    SupplierPart.objects.update(is_active=False)
    assert refusing(amend, acme, is_supplier=False).params["reliers"] == "open orders"


def test_refuses_to_give_an_ordered_number_to_another(shop, amend, drop, refusing, order):
    sold = shop.sells(shop.company("Acme"), shop.part("R-10K"))
    order(sold)
    assert refusing(amend, sold, supplier=shop.company("Other")).code == "number_relied_on"
    assert refusing(drop, sold).params["counts"] == {"purchase lines": 1}
    assert amend(sold, sku="NEW").sku == "NEW"


def test_refuses_a_bad_address_and_a_double_name(shop, make, refusing):
    assert refusing(make, Company, name="Acme", email="not an address").code == "email_invalid"
    make(Company, name="Acme")
    assert refusing(make, Company, name="Acme ").code == "exists_already"
    assert refusing(make, Company, name="").code == "value_missing"
    assert not Part.objects.exists()
