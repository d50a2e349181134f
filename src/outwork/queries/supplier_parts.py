"""What is sold to us: supplier parts with their prices, of a part, of a supplier or as they are listed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import PriceBreak, SupplierPart
from outwork.rules.quantities import as_text


@dataclass(frozen=True, slots=True)
class PriceRow:
    """From so many packs on, a pack costs this much."""

    quantity: Decimal
    price: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{as_text(self.quantity)}: {as_text(self.price)} {self.currency}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier part as people name it, with its prices from the smallest quantity up; `available` is in packs."""

    id: int
    part_id: int
    part: str
    supplier: str
    sku: str
    manufacturer: str
    mpn: str
    pack_quantity: str
    multiple: int
    base_cost: Decimal
    lead_time_days: int | None
    available: Decimal | None
    available_at: datetime.datetime | None
    is_active: bool
    is_primary: bool
    prices: list[PriceRow]


def offers(*, part_id: int | None = None, supplier_id: int | None = None) -> list[Offer]:
    """All that is sold of a part, primary first, or by a supplier; two statements."""
    query = SupplierPart.objects.select_related("part", "supplier", "manufacturer_part__manufacturer")
    if part_id is not None:
        query = query.filter(part=part_id)
    if supplier_id is not None:
        query = query.filter(supplier=supplier_id)
    found = list(query.order_by("-is_primary" if supplier_id is None else "sku", "supplier__name", "sku", "pk"))
    prices = prices_of([sold.pk for sold in found])
    return [
        Offer(
            id=sold.pk,
            part_id=sold.part_id,
            part=sold.part.label,
            supplier=sold.supplier.name,
            sku=sold.sku,
            manufacturer=sold.manufacturer_part.manufacturer.name if sold.manufacturer_part else "",
            mpn=sold.manufacturer_part.mpn if sold.manufacturer_part else "",
            pack_quantity=sold.pack_quantity,
            multiple=sold.multiple,
            base_cost=sold.base_cost,
            lead_time_days=sold.lead_time_days,
            available=sold.available,
            available_at=sold.available_at,
            is_active=sold.is_active,
            is_primary=sold.is_primary,
            prices=prices[sold.pk],
        )
        for sold in found
    ]


def prices_of(supplier_part_ids: Collection[int]) -> dict[int, list[PriceRow]]:
    """The prices of supplier parts from the smallest quantity up; one statement."""
    found: dict[int, list[PriceRow]] = defaultdict(list)
    query = PriceBreak.objects.filter(supplier_part__any=supplier_part_ids).order_by("supplier_part", "quantity")
    for pk, *price in query.values_list("supplier_part", "quantity", "price", "currency"):
        found[pk].append(PriceRow(*price))
    return found
