"""A company on one page."""

import datetime

import pytest

from outwork.models import ManufacturerPart
from outwork.queries import companies

TODAY = datetime.date(2026, 3, 2)


def test_it_works(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    acme = shop.manufacturer()
    shop.ordered(shop.external(radio, 10, acme, price="12.50"))
    shop.ordered(shop.external(shop.assembly("OTHER"), 1, shop.manufacturer("Volt")))
    shop.put("R-10K", 40, "Acme Assembly")
    ManufacturerPart.objects.create(part=radio, manufacturer=acme, mpn="M-1")
    found = companies.overview(acme.pk, today=TODAY)
    assert (found.company, found.locations, found.made) == (acme, ["Acme Assembly"], 1)
    assert [(row.reference, row.builds, row.status) for row in found.open_orders] == [
        ("PO-0001", ["BO-0001"], "placed")
    ]
    assert [(row.part, row.quantity) for row in found.stock] == [("R-10K", 40)]
    assert [(one.part, [str(price) for price in one.prices]) for one in found.offers] == [("RADIO", ["1: 12.5 EUR"])]


@pytest.mark.parametrize("count", [1, 10])
def test_a_page_costs_a_fixed_number_of_statements(shop, statements, count):
    acme = shop.manufacturer()
    for number in range(count):
        shop.ordered(shop.external(shop.assembly(f"A-{number}"), 5, acme))
        shop.put(f"P-{number}", 5, "Acme Assembly")
    with statements() as spent:
        companies.overview(acme.pk, today=TODAY)
    assert spent == 13
