"""A part on one page."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import ManufacturerPart, PriceBreak
from outwork.operations.promising import DateChange, state_dates
from outwork.queries import parts
from outwork.queries.supplier_parts import PriceRow


def test_it_works(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    resistor = shop.part("R-10K")
    shop.given("""
        R-10K   batch A   Main shelf      3412
        R-10K   batch B   Second shelf    88
    """)
    mouser, yageo = shop.company("Mouser"), shop.company("Yageo", is_manufacturer=True)
    sold = shop.sells(mouser, resistor, "0.10", sku="603-RC", is_primary=True)
    PriceBreak.objects.create(supplier_part=sold, quantity=Decimal(100), price=Decimal("0.02"), currency="USD")
    sold.manufacturer_part = ManufacturerPart.objects.create(part=resistor, manufacturer=yageo, mpn="RC0603")
    sold.save()
    shop.sells(shop.company("Arrow"), resistor, None, sku="A-1")
    found = parts.overview(resistor.pk)
    assert [(row.location, row.quantity) for row in found.stock] == [("Main shelf", 3412), ("Second shelf", 88)]
    assert [(one.supplier, one.sku, one.manufacturer, one.mpn, one.prices) for one in found.offers] == [
        ("Mouser", "603-RC", "Yageo", "RC0603", [PriceRow(Decimal(1), Decimal("0.1"), "EUR"), PriceRow(Decimal(100), Decimal("0.02"), "USD")]),
        ("Arrow", "A-1", "", "", []),
    ]  # fmt: skip
    assert found.makers == [parts.Made("Yageo", "RC0603")]
    assert [(used.number, used.quantity) for used in found.used_in] == [("RADIO", 4)]
    assert (found.on_order, found.bom_lines) == ([], 0)
    assert parts.overview(radio.pk).bom_lines == 1


def test_what_is_on_order(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    line = shop.ordered(shop.external(radio, 10))
    day = datetime.date(2026, 4, 1)
    state_dates(order=line.order, changes=[DateChange(line.pk, "promised", day)], **shop.by_ada)
    assert parts.overview(radio.pk).on_order == [
        parts.OnOrder("PO-0001", 1, "Acme Assembly", Decimal(10), day, "BO-0001")
    ]
    shop.received(line)
    assert parts.overview(radio.pk).on_order == []


@pytest.mark.parametrize("count", [1, 10, 100])
def test_a_page_costs_a_fixed_number_of_statements(shop, statements, count):
    part = shop.assembly("R-10K", {"DIE": 1})
    for number in range(count):
        shop.assembly(f"A-{number}", {"R-10K": 1})
        shop.sells(shop.company(f"Shop {number}"), part)
        shop.put(part, 5, f"Shelf {number}")
    with statements() as spent:
        parts.overview(part.pk)
    assert spent == 13
