"""Returns: which are open, what is away, and what went back of orders and builds."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from outwork.models import Event, SupplierReturn, SupplierReturnLine
from outwork.queries.naming import only_one
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Where, declare, refuse
from outwork.rules.returning import ReturnPurpose
from outwork.rules.states import ReturnStatus

declare(return_reference_unknown="There is no return {document}")


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A line of a return; quantities in the part's unit, amounts in the document's currency.

    `awaited` is what is still to come back: reworked units that are away, or replacements that their order line still
    has open.
    """

    id: int
    position: int
    part: str
    item_id: int
    serial: str | None
    batch: str
    quantity: Decimal
    came_back: Decimal
    awaited: Decimal
    is_kept: bool
    credit: Decimal | None
    credit_value: Decimal | None
    cost: Decimal | None
    order: str | None
    build: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return with its lines and what was done about it."""

    document: SupplierReturn
    lines: list[ReturnLine]
    events: list[Event]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return in a list."""

    id: int
    reference: str
    supplier: str
    purpose: str
    paid_by: str
    status: int
    lines: int
    awaited: Decimal
    expected_date: datetime.date | None
    created_at: datetime.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """Units that are at a supplier's to be reworked."""

    supplier: str
    document: str
    part: str
    serial: str | None
    batch: str
    quantity: Decimal
    since: datetime.datetime
    expected_date: datetime.date | None


@dataclass(frozen=True, slots=True)
class WentBack:
    """Units of one part that went back with one document, in the part's unit."""

    document: str
    purpose: str
    status: str
    part: str
    quantity: Decimal
    came_back: Decimal


def return_named(reference: str, *, where: Where = ("return",)) -> SupplierReturn:
    """The return of that reference, in any case; one statement. Refuses return_reference_unknown."""
    found = SupplierReturn.objects.filter(reference__iexact=reference.strip()).select_related("supplier")
    document = only_one(found, reference, "reference")
    return document if document is not None else refuse("return_reference_unknown", document=reference, where=where)


def list_returns(
    *, statuses: Iterable[ReturnStatus] = (ReturnStatus.SENT,), supplier_id: int | None = None
) -> list[ReturnRow]:
    """Returns in these states, newest first; two statements."""
    documents = SupplierReturn.objects.filter(status__in=list(statuses)).select_related("supplier").order_by("-pk")
    if supplier_id is not None:
        documents = documents.filter(supplier=supplier_id)
    found = list(documents)
    lines: dict[int, list[ReturnLine]] = defaultdict(list)
    for document_id, line in _read(SupplierReturnLine.objects.filter(document__any=[one.pk for one in found])):
        lines[document_id].append(line)
    return [
        ReturnRow(
            id=one.pk,
            reference=one.reference,
            supplier=one.supplier.name,
            purpose=one.purpose,
            paid_by=one.paid_by,
            status=one.status,
            lines=len(lines[one.pk]),
            awaited=sum((line.awaited for line in lines[one.pk]), ZERO),
            expected_date=one.expected_date,
            created_at=one.created_at,
            reason=one.reason,
        )
        for one in found
    ]


def return_page(document: SupplierReturn) -> ReturnPage:
    """All about one return; two statements."""
    lines = [line for _, line in _read(SupplierReturnLine.objects.filter(document=document))]
    events = Event.objects.filter(supplier_return=document).select_related("actor").order_by("pk")
    return ReturnPage(document, lines, list(events))


def units_away(*, supplier_id: int | None = None) -> list[Away]:
    """What is away to be reworked, by supplier and since when, the longest first; one statement."""
    lines = SupplierReturnLine.objects.filter(
        document__status=ReturnStatus.SENT, document__purpose=ReturnPurpose.REWORK, came_back__lt=F("quantity")
    )
    if supplier_id is not None:
        lines = lines.filter(document__supplier=supplier_id)
    columns = (
        *("document__supplier__name", "document__reference", "part__number", "part__name", "item__serial"),
        *("item__batch", "quantity", "came_back", "document__created_at", "document__expected_date"),
    )
    found = lines.order_by("document__supplier__name", "document__created_at", "pk").values_list(*columns)
    return [
        Away(supplier, document, number or name, serial, batch, sent - back, since, expected)
        for supplier, document, number, name, serial, batch, sent, back, since, expected in found
    ]


def returns_of_order(order_id: int) -> list[WentBack]:
    """What went back of an order; one statement. Sendings that were taken back do not count."""
    return _went_back(Q(purchase_line__order=order_id))


def returns_of_build(build_id: int) -> list[WentBack]:
    """Units of a build that went back; one statement. Sendings that were taken back do not count."""
    return _went_back(Q(build=build_id))


def _went_back(condition: Q) -> list[WentBack]:
    lines = SupplierReturnLine.objects.filter(condition, is_kept=False).exclude(document__status=ReturnStatus.CANCELLED)
    columns = ("document__reference", "document__purpose", "document__status", "part__number", "part__name")
    sums = lines.values_list(*columns).annotate(Sum("quantity"), Sum("came_back"))
    return [
        WentBack(reference, purpose, ReturnStatus(status).word, number or name, quantity, came_back)
        for reference, purpose, status, number, name, quantity, came_back in sums.order_by("document", "part")
    ]


def _read(lines: QuerySet[SupplierReturnLine]) -> list[tuple[int, ReturnLine]]:
    """Lines with their documents' ids; one statement."""
    found = lines.select_related("document", "part", "item", "purchase_line__order", "build")
    return [
        (
            one.document_id,
            ReturnLine(
                id=one.pk,
                position=one.position,
                part=one.part.label,
                item_id=one.item_id,
                serial=one.item.serial,
                batch=one.item.batch,
                quantity=one.quantity,
                came_back=one.came_back,
                awaited=_awaited(one),
                is_kept=one.is_kept,
                credit=one.credit,
                credit_value=one.credit_value,
                cost=one.cost,
                order=one.purchase_line.order.reference if one.purchase_line else None,
                build=one.build.reference if one.build else None,
                reason=one.reason,
            ),
        )
        for one in found.order_by("document", "position", "pk")
    ]


def _awaited(line: SupplierReturnLine) -> Decimal:
    document = line.document
    if document.status != ReturnStatus.SENT or document.purpose == ReturnPurpose.CREDIT:
        return ZERO
    if document.purpose == ReturnPurpose.REWORK or line.purchase_line is None:
        return line.quantity - line.came_back
    return min(line.quantity, line.purchase_line.open_quantity)
