"""Announced deliveries in a list, by the day they are expected; and which one is meant by a number."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from outwork.models import AnnouncedDelivery
from outwork.rules.quantities import ZERO


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One announced delivery; quantities in base units. Late: it was expected before today and is not here."""

    id: int
    order: str
    supplier: str
    position: int
    part: str
    build: str | None
    quantity: Decimal
    received: Decimal
    open: Decimal
    state: str
    mode: str
    carrier: str
    tracking_number: str
    expected: datetime.date | None
    is_late: bool
    serials: list[str]
    batch: str
    note: str


def announced(
    *,
    today: datetime.date,
    order_id: int | None = None,
    supplier_id: int | None = None,
    until: datetime.date | None = None,
    expected_only: bool = True,
) -> list[DeliveryRow]:
    """Announced deliveries, the earliest first, those without a day last; one statement.

    Of one order, of one supplier, expected up to a day; with all that are here, closed and cancelled if asked for.
    """
    query = AnnouncedDelivery.objects.select_related("line__order__supplier", "line__part", "line__build")
    if expected_only:
        query = query.expected()
    if order_id is not None:
        query = query.filter(line__order=order_id)
    if supplier_id is not None:
        query = query.filter(line__order__supplier=supplier_id)
    if until is not None:
        query = query.filter(expected_date__lte=until)
    return [_row(one, today) for one in query.order_by(F("expected_date").asc(nulls_last=True), "pk")]


def _row(one: AnnouncedDelivery, today: datetime.date) -> DeliveryRow:
    line = one.line
    is_expected = one.is_expected
    return DeliveryRow(
        id=one.pk,
        order=line.order.reference,
        supplier=line.order.supplier.name,
        position=line.position,
        part=line.part.label,
        build=line.build.reference if line.build else None,
        quantity=one.quantity,
        received=one.received,
        open=one.quantity - one.received if is_expected else ZERO,
        state=one.state,
        mode=one.mode,
        carrier=one.carrier,
        tracking_number=one.tracking_number,
        expected=one.expected_date,
        is_late=bool(is_expected and one.expected_date and one.expected_date < today),
        serials=list(one.serials),
        batch=one.batch,
        note=one.note,
    )
