"""A part on one page: where it lies, what is on order, who sells and makes it, what it goes into."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import ManufacturerPart, Part, PurchaseLine
from outwork.queries import bom, listing, stock
from outwork.queries.supplier_parts import Offer, offers


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What is still expected of a part on one order line, in base units."""

    order: str
    line: int
    supplier: str
    open: Decimal
    expected: datetime.date | None
    build: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What a manufacturer calls a part."""

    manufacturer: str
    mpn: str


@dataclass(frozen=True, slots=True)
class PartOverview:
    """A part and all that hangs on it."""

    part: Part
    stock: list[stock.OnHand]
    on_order: list[OnOrder]
    offers: list[Offer]
    makers: list[Made]
    used_in: list[bom.Used]
    bom_lines: int


def overview(part_id: int) -> PartOverview:
    """All that the page of a part says; eleven statements at most."""
    part = listing.one(Part, part_id)
    waiting = PurchaseLine.objects.on_order().filter(part=part).select_related("order__supplier", "build")
    makers = ManufacturerPart.objects.filter(part=part).order_by("manufacturer__name", "mpn")
    return PartOverview(
        part=part,
        stock=stock.by_location(part_ids=[part.pk]),
        on_order=[_on_order(line) for line in waiting.order_by("order__reference_number", "order", "position")],
        offers=offers(part_id=part.pk),
        makers=[Made(*row) for row in makers.values_list("manufacturer__name", "mpn")],
        used_in=bom.where_used(part),
        bom_lines=part.bom_lines.count() if part.is_assembly else 0,
    )


def _on_order(line: PurchaseLine) -> OnOrder:
    return OnOrder(
        order=line.order.reference,
        line=line.position,
        supplier=line.order.supplier.name,
        open=line.open_quantity,
        expected=line.promised_date or line.confirmed_date or line.requested_date,
        build=line.build.reference if line.build else None,
    )
