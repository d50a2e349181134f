"""Extra costs of an order from the command line."""

from decimal import Decimal

import pytest

from outwork.models import ExtraLine


@pytest.fixture
def order(shop, radio, program):
    """PO-0001: ten radios from Acme, as a draft."""
    return shop.ordered(shop.external(radio, 10), placed=False).order


def extras():
    return list(ExtraLine.objects.order_by("position").values_list("kind", "price", "spread"))


def test_it_works(shop, order, program):
    assert program("order", "extra", "PO-0001", "freight", "84.20", "--description", "air") == [
        "PO-0001: freight 84.20 EUR."
    ]
    program("order", "extra", "PO-0001", "one-off-engineering", "350", "--over-units", "100")
    program("order", "extra", "PO-0001", "stencil", "180", "--line", "RADIO", "--quantity", "2")
    program("order", "extra", "PO-0001", "credit", "-12.5", "--spread", "by-quantity")
    program("order", "extra", "PO-0001", "deposit", "40", "--currency", "USD")
    assert extras() == [
        ("freight", Decimal("84.2"), "by_value"),
        ("one_off_engineering", 350, "over_units"),
        ("stencil", 180, "on_line"),
        ("credit", -12.5, "by_quantity"),
        ("deposit", 40, "not_in_cost"),
    ]
    page = [" ".join(line.split()) for line in program("order", "show", "PO-0001")]
    assert "freight air 84.20 EUR by value" in page
    assert "stencil 2 360.00 EUR on line line 1" in page
    assert "Total: 906.70 EUR + 40.00 USD (unknown in EUR)" in page


def test_refuses_with_every_reason(shop, order, program):
    assert program.codes("order", "extra", "PO-0001", "credit", "12.5", "--spread", "over-units") == [
        "extra_spread_needs_units",
        "credit_positive_price",
    ]
    assert program.codes("order", "extra", "PO-0001", "freight", "1", "--line", "9") == ["line_name_unknown"]
    assert program("order", "extra", "PO-0001", "bribe", "1", status=2)
    assert program("order", "extra", "PO-0001", "freight", "1", "--no-such-option", status=2)
    assert extras() == []
