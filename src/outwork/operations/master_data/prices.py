"""Prices: of what is sold to us, with the history of each, and those that we reckon with among ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outwork.ledger import rows as bulk
from outwork.models import Company, Event, PriceChange
from outwork.operations.master_data.batch import Batch
from outwork.operations.master_data.companies import check_currency
from outwork.operations.master_data.nouns import Turn, Values
from outwork.queries.settings import get
from outwork.rules.refusals import declare

declare(internal_prices_off="Parts have no internal prices here: the setting PART_INTERNAL_PRICE is off")


def check_price_break(batch: Batch) -> None:
    """A price is in the supplier's currency unless it says another."""
    blank = [row for row in batch.rows if "currency" not in row.values and row.before is None]
    suppliers = {row.index: batch.one(row, "supplier_part_id") for row in blank}
    ids = {one.supplier_id for one in suppliers.values() if one is not None}
    currencies = dict(Company.objects.filter(pk__any=ids).values_list("pk", "currency")) if ids else {}
    for row in blank:
        sold = suppliers[row.index]
        row.values["currency"] = currencies[sold.supplier_id] if sold is not None else "EUR"
    check_currency(batch)


def check_internal_price(batch: Batch) -> None:
    """What we reckon with is in the base currency unless it says another; new ones need the setting."""
    new = [row for row in batch.rows if row.before is None]
    if new and not get("PART_INTERNAL_PRICE"):
        for row in new:
            batch.refuse(row, "part", "internal_prices_off")
    blank = [row for row in batch.rows if "currency" not in row.values and row.before is None]
    if blank:
        base = get("BASE_CURRENCY")
        for row in blank:
            row.values["currency"] = base
    check_currency(batch)


def keep_prices(turns: Sequence[Turn], event: Event) -> None:
    """Write down what each price break was and is; two statements, none where no price changed.

    A break that was taken away and stated again for the same quantity is one change, and none if it is as it was.
    """
    prices: dict[tuple[int, Any], list[Values | None]] = {}
    for before, after in turns:
        for side, values in enumerate((before, after)):
            if values is not None:
                prices.setdefault((values["supplier_part_id"], values["quantity"]), [None, None])[side] = values
    changes = [
        (sold, quantity, *_price(before), *_price(after), event.pk)
        for (sold, quantity), (before, after) in prices.items()
        if _price(before) != _price(after)
    ]
    ids = bulk.take_ids(PriceChange, len(changes))
    bulk.insert(
        PriceChange,
        (
            *("id", "supplier_part_id", "quantity", "before", "before_currency"),
            *("after", "after_currency", "event_id"),
        ),
        [(pk, *change) for pk, change in zip(ids, changes, strict=True)],
    )


def _price(values: Values | None) -> tuple[Any, str]:
    return (None, "") if values is None else (values["price"], values["currency"])
