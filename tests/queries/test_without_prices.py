"""Who may not see prices is shown quantities and no money."""

import dataclasses
import importlib
import pkgutil
import re
from decimal import Decimal

from django.utils import timezone

from outwork import queries
from outwork.models import PurchaseOrder
from outwork.queries import build_explained, orders, parts, to_order
from outwork.queries.costs import build_cost
from outwork.queries.without_prices import AMOUNTS, without_prices
from outwork.rules import buying

# Amounts go by these names; what else has one of them is a quantity, a text or an inner working of a query.
MONEY = re.compile(r"price|cost|value|total|credit|^rate$|^rest$|^service$|^components$|^estimated$|^actual$|^unborne$")
OTHER = {
    ("Cell", "value"), ("Cell", "needs_value"), ("Costing", "value"), ("Landed", "rates"), ("LandedLine", "value"),
    ("Needed", "total"), ("OutputFacts", "credit"), ("Page", "total"), ("PartOverview", "internal_prices"),
    ("Test", "needs_value"), ("ServiceEstimate", "service"), ("BuildCost", "estimated"), ("BuildCost", "actual"),
    ("BuildBooks", "costings"), ("Offers", "costs"), ("Property", "value"),
}  # fmt: skip


def test_every_amount_that_is_shown_is_in_the_table() -> None:
    missed = set()
    names_of = [module.name for module in pkgutil.iter_modules(queries.__path__, f"{queries.__name__}.")]
    for loaded in map(importlib.import_module, [*names_of, buying.__name__]):
        for kind in vars(loaded).values():
            is_row = isinstance(kind, type) and dataclasses.is_dataclass(kind)
            if is_row and kind.__module__ == loaded.__name__ and kind.__name__[0] != "_":
                names = {one.name for one in dataclasses.fields(kind) if MONEY.search(one.name)}
                missed |= {(kind.__name__, name) for name in names - AMOUNTS.get(kind, frozenset())}
    assert missed - OTHER == set()


def test_every_amount_in_the_table_is_there() -> None:
    for kind, names in AMOUNTS.items():
        assert names <= {one.name for one in dataclasses.fields(kind)}, kind


def test_what_a_build_costs(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    shop.put("R-10K", 100, value="10.00")
    build = shop.external(board, 10, price="12.00")
    shop.received(shop.ordered(build), 10, batch="A")
    found = build_cost(build, at=timezone.now())
    hidden = without_prices(found)
    assert found.actual.total is not None
    assert (hidden.planned_units, hidden.lines[0].planned) == (found.planned_units, found.lines[0].planned)
    assert (hidden.actual.total, hidden.estimated.total, hidden.good_value, hidden.lines[0].actual) == (None,) * 4
    assert (hidden.per_good_unit, hidden.estimated_per_unit) == (None, None)


def test_an_order_and_its_lines(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10, price="12.00")
    line = shop.ordered(build)
    found = orders.overview(PurchaseOrder.objects.get(pk=line.order_id), today=timezone.now().date())
    hidden = without_prices(found)
    assert (found.total, found.lines[0].price) == (120, 12)
    assert (hidden.total, hidden.total_base, set(hidden.totals.values())) == (None, None, {None})
    assert (hidden.lines[0].price, hidden.lines[0].total) == (None, None)
    assert hidden.lines[0].ordered == found.lines[0].ordered


def test_what_is_to_be_ordered_and_what_stands_in_the_way(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    shop.sells(shop.company("Reichelt"), shop.part("R-10K"), price="0.77")
    today = timezone.now().date()
    for found in (to_order.plan(today=today), build_explained.explained(build, today=today)):
        assert "0.77" in str(found) or "30.8" in str(found)
        hidden = without_prices(found)
        assert [text for text in ("0.77", "30.8") if text in str(hidden)] == []
    assert to_order.plan(today=today).lines == without_prices(to_order.plan(today=today)).lines


def test_a_part_with_its_stock_and_offers(shop):
    part = shop.part("R-10K")
    shop.sells(shop.company("Reichelt"), part, price="0.77")
    shop.put("R-10K", 100, value="10.00")
    found = parts.overview(part.pk)
    hidden = without_prices(found)
    assert (found.stock[0].value, found.offers[0].prices[0].price) == (10, Decimal("0.77"))
    assert (hidden.stock[0].value, hidden.offers[0].prices) == (None, [])
    assert hidden.stock[0].quantity == 100
