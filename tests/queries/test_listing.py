"""Master data in pages."""

import pytest

from outwork.models import Company, ExchangeRate, Location, ManufacturerPart, Part, SupplierPart
from outwork.queries import listing


def found(model, text, **page):
    return [str(row) for row in listing.listed(model, text=text, **page).rows]


def test_it_works(shop):
    resistor = shop.part("R-10K", name="Resistor", description="10k 0603 1%")
    shop.part("C-100N", name="Capacitor", description="100n 0603")
    yageo, mouser = shop.company("Yageo", is_manufacturer=True), shop.company("Mouser")
    ManufacturerPart.objects.create(part=resistor, manufacturer=yageo, mpn="RC0603FR")
    shop.sells(mouser, resistor, sku="603-RC")
    assert found(Part, "") == ["C-100N", "R-10K"]
    assert found(Part, "0603") == ["C-100N", "R-10K"]
    assert found(Part, "resistor 0603") == found(Part, "rc0603fr") == found(Part, "603-rc 1%") == ["R-10K"]
    assert found(Part, "resistor 100n") == []
    assert found(Company, "mous") == ["Mouser"]
    assert found(SupplierPart, "mouser") == found(SupplierPart, "r-10k") == ["603-RC"]
    assert found(ManufacturerPart, "yageo resistor") == ["RC0603FR"]
    assert found(ExchangeRate, "usd") == []


def test_pages_say_how_many_there_are(shop):
    for number in range(7):
        shop.location(f"Shelf {number}")
    page = listing.listed(Location, text="shelf", limit=3, number=3)
    assert ([str(row) for row in page.rows], page.total) == (["Shelf 6"], 7)
    assert listing.listed(Location, limit=3, number=4).rows == []


@pytest.mark.parametrize("count", [1, 10, 100])
def test_a_page_costs_two_statements(shop, statements, count):
    mouser = shop.company("Mouser")
    for number in range(count):
        shop.sells(mouser, shop.part(f"P-{number}"))
    with statements() as spent:
        assert len(found(SupplierPart, "mouser p-")) == count
    assert spent == 2
