"""The delivery record: which order lines came on time, which are late, and how suppliers keep what they promise."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef

from outwork.models import Movement, PromiseChange, PurchaseLine, PurchaseOrder
from outwork.queries.settings import get
from outwork.rules.delivering import LineDates, Punctuality, punctuality
from outwork.rules.places import Kind
from outwork.rules.states import OPEN_ORDER, OrderStatus

# What a promise was before (None: the first) and what it became.
Promise = tuple[datetime.date | None, datetime.date]


@dataclass(frozen=True, slots=True)
class LineRecord:
    """An order line against its promises. `came_on` is the company's day of the last receipt; `slips` how often it slipped."""

    line: PurchaseLine
    dates: LineDates
    came_on: datetime.date | None
    slips: int
    punctuality: Punctuality


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    """How a supplier keeps its promises; lines without any date count only in `lines`.

    `percent_on_time` is of the lines of which that is known (one decimal, half up); `average_days` how late those
    that came late were on average.
    """

    supplier_id: int
    supplier: str
    lines: int
    on_time: int
    not_on_time: int
    percent_on_time: Decimal | None
    average_days: Decimal | None
    late_now: int
    slips: int


def line_records(
    *, today: datetime.date, order_ids: Collection[int] | None = None, supplier_ids: Collection[int] | None = None
) -> list[LineRecord]:
    """The lines that were ordered (of some orders, or from some suppliers), by order and position; four statements.

    Drafts and cancelled orders do not count, nor do lines closed short of which nothing came.
    """
    query = PurchaseLine.objects.exclude(order__status__in=(OrderStatus.DRAFT, OrderStatus.CANCELLED))
    query = query.exclude(is_closed=True, received=0)
    if order_ids is not None:
        query = query.filter(order__any=order_ids)
    if supplier_ids is not None:
        query = query.filter(order__supplier__any=supplier_ids)
    lines = list(query.select_related("order__supplier", "part").order_by("order", "position", "pk"))
    stated = promises(line.pk for line in lines)
    came = arrived_on((line.pk for line in lines), ZoneInfo(get("TIME_ZONE")))
    return [_record(line, stated.get(line.pk, []), came.get(line.pk), today) for line in lines]


def promises(line_ids: Iterable[int]) -> dict[int, list[Promise]]:
    """What was promised for lines, oldest first: what it was before, and what it became; one statement."""
    query = PromiseChange.objects.filter(line__any=list(line_ids), which="promised", after__isnull=False)
    found: dict[int, list[Promise]] = defaultdict(list)
    for line_id, before, after in query.order_by("pk").values_list("line", "before", "after"):
        if after is not None:
            found[line_id].append((before, after))
    return found


def arrived_on(line_ids: Iterable[int], zone: ZoneInfo) -> dict[int, datetime.date]:
    """The company's day on which something last came of lines, receipts that were taken back aside; one statement."""
    back = Movement.objects.filter(reverses=OuterRef("pk"))
    query = Movement.objects.filter(purchase_line__any=list(line_ids), kind=Kind.RECEIVED).exclude(Exists(back))
    found = query.order_by().values_list("purchase_line").annotate(last=Max("at"))
    return {line_id: last.astimezone(zone).date() for line_id, last in found if line_id is not None}


def dates_of(
    line: PurchaseLine,
    order: PurchaseOrder,
    stated: Iterable[Promise],
) -> LineDates:
    """The dates of a line with the first of the promises stated for it."""
    first = next((after for _, after in stated), line.promised_date)
    return LineDates(line.requested_date, line.confirmed_date, line.promised_date, first, order.target_date)


def is_awaited(line: PurchaseLine, order: PurchaseOrder) -> bool:
    """Whether something of a line is still to come."""
    return bool(line.open_quantity) and order.status in OPEN_ORDER and order.status != OrderStatus.DRAFT


def _record(
    line: PurchaseLine,
    stated: list[Promise],
    came_on: datetime.date | None,
    today: datetime.date,
) -> LineRecord:
    dates = dates_of(line, line.order, stated)
    slips = sum(1 for before, after in stated if before is not None and after > before)
    found = punctuality(dates, is_open=is_awaited(line, line.order), came_on=came_on, today=today)
    return LineRecord(line, dates, came_on, slips, found)


def supplier_records(*, today: datetime.date, supplier_ids: Collection[int] | None = None) -> list[SupplierRecord]:
    """The record of suppliers from whom something was ordered, by name; four statements."""
    grouped: dict[int, list[LineRecord]] = defaultdict(list)
    for one in line_records(today=today, supplier_ids=supplier_ids):
        grouped[one.line.order.supplier_id].append(one)
    records = [_sum(mine) for mine in grouped.values()]
    return sorted(records, key=lambda one: (one.supplier, one.supplier_id))


def _sum(lines: list[LineRecord]) -> SupplierRecord:
    supplier = lines[0].line.order.supplier
    judged = [one for one in lines if one.punctuality.is_on_time is not None]
    good = sum(1 for one in judged if one.punctuality.is_on_time)
    behind = [one.punctuality.days for one in judged if not one.punctuality.is_on_time and one.punctuality.days]
    tenth = Decimal("0.1")
    return SupplierRecord(
        supplier_id=supplier.pk,
        supplier=supplier.name,
        lines=len(lines),
        on_time=good,
        not_on_time=len(judged) - good,
        percent_on_time=(Decimal(100 * good) / len(judged)).quantize(tenth, "ROUND_HALF_UP") if judged else None,
        average_days=(Decimal(sum(behind)) / len(behind)).quantize(tenth, "ROUND_HALF_UP") if behind else None,
        late_now=sum(1 for one in lines if one.punctuality.is_late),
        slips=sum(one.slips for one in lines),
    )
