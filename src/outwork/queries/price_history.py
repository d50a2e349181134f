"""What prices were and became: each change of a price break, with who said it and when."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import PriceChange


@dataclass(frozen=True, slots=True)
class PriceTurn:
    """One change: from so many packs on a pack cost `before` and costs `after`; None where there was or is no price."""

    supplier_part_id: int
    supplier: str
    sku: str
    quantity: Decimal
    before: Decimal | None
    before_currency: str
    after: Decimal | None
    after_currency: str
    at: datetime.datetime
    who: str


_COLUMNS = (
    *("supplier_part", "supplier_part__supplier__name", "supplier_part__sku", "quantity"),
    *("before", "before_currency", "after", "after_currency", "event__at", "event__actor__username"),
)


def price_history(
    *, supplier_part_ids: Collection[int] | None = None, part_ids: Collection[int] | None = None
) -> list[PriceTurn]:
    """The changes of prices of supplier parts, or of all that is sold of parts, latest first; one statement."""
    changes = PriceChange.objects.all()
    if supplier_part_ids is not None:
        changes = changes.filter(supplier_part__any=supplier_part_ids)
    if part_ids is not None:
        changes = changes.filter(supplier_part__part__any=part_ids)
    return [PriceTurn(*row) for row in changes.order_by("-event__at", "-pk").values_list(*_COLUMNS)]
