"""Many rows in one statement."""

from __future__ import annotations

from outwork.ledger import rows
from outwork.models import StockItem


def test_ids_are_given_out_once(shop, statements):
    """Two takes before the first insert once gave the same ids, and two items became one."""
    first, second = rows.take_ids(StockItem, 3), rows.take_ids(StockItem, 2)
    assert len({*first, *second}) == 5
    assert first == sorted(first)
    item = shop.put("R-10K", 1)
    assert item.pk not in {*first, *second}
    with statements() as seen:
        third = rows.take_ids(StockItem, 1000)
    assert seen == 1
    assert min(third) > item.pk
