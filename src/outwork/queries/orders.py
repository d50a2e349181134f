"""Purchase orders in a list and on one page: what came, what is open, what is late, what it costs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from outwork.models import ExtraLine, PromiseChange, PurchaseLine, PurchaseOrder
from outwork.queries.deliveries import DeliveryRow, announced
from outwork.queries.delivery_record import Promise, arrived_on, dates_of, is_awaited, promises
from outwork.queries.rates import known_rates
from outwork.rules.currency import in_currency
from outwork.rules.delivering import punctuality
from outwork.rules.next_steps import OrderFacts, Step, after_order
from outwork.rules.packs import base_to_packs
from outwork.rules.pricing import net_price
from outwork.rules.quantities import ZERO, as_text, rounded_money
from outwork.rules.states import OrderStatus


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list. `totals`: by currency, lines and extra lines; None where a price is not known.

    `total` and `total_base` are all of it in the order's and in base currency, at the rates of the day it was placed
    (a draft: of today); None where a price or a rate is missing.
    """

    id: int
    reference: str
    supplier: str
    status: str
    description: str
    lines: int
    open_lines: int
    builds: list[str]
    totals: dict[str, Decimal | None]
    total: Decimal | None
    total_base: Decimal | None
    expected: datetime.date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """One line of an order. Quantities in base units, `packs` as ordered; `price` per pack, `total` after discount.

    Late is measured against `expected`, on time (None: not known) against `first_promise`.
    """

    id: int
    position: int
    sku: str
    part: str
    build: str | None
    ordered: Decimal
    packs: Decimal
    pack_size: Decimal
    received: Decimal
    open: Decimal
    is_closed: bool
    price: Decimal | None
    currency: str
    discount: Decimal
    total: Decimal | None
    requested: datetime.date | None
    confirmed: datetime.date | None
    promised: datetime.date | None
    confirmation: str
    destination: int | None
    expected: datetime.date | None
    first_promise: datetime.date | None
    came_on: datetime.date | None
    is_late: bool
    is_on_time: bool | None


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A cost of an order that is no part; `total` is price times quantity after discount."""

    id: int
    kind: str
    description: str
    quantity: Decimal
    price: Decimal | None
    currency: str
    discount: Decimal
    total: Decimal | None
    spread: str
    line: int | None
    over_units: Decimal | None


@dataclass(frozen=True, slots=True)
class DateRow:
    """One change of a date of a line, with its reason."""

    line: int
    which: str
    before: datetime.date | None
    after: datetime.date | None
    reason: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class OrderOverview:
    """An order with its lines, extra lines, changed dates and announced deliveries, and what is to be done next.

    `total` and `total_base` as in a list of orders.
    """

    order: PurchaseOrder
    lines: list[OrderLineRow]
    extras: list[ExtraRow]
    dates: list[DateRow]
    totals: dict[str, Decimal | None]
    total: Decimal | None
    total_base: Decimal | None
    base_currency: str
    deliveries: list[DeliveryRow]
    next: list[Step]


def list_orders(
    *,
    today: datetime.date,
    statuses: Collection[int] | None = None,
    supplier_id: int | None = None,
    build_id: int | None = None,
) -> list[OrderRow]:
    """Orders by their numbers, all or those in the states named, from one supplier, or delivering a build; five statements."""
    query = PurchaseOrder.objects.select_related("supplier").order_by("reference_number", "pk")
    if statuses is not None:
        query = query.filter(status__in=sorted(statuses))
    if supplier_id is not None:
        query = query.filter(supplier=supplier_id)
    if build_id is not None:
        query = query.filter(Exists(PurchaseLine.objects.filter(order=OuterRef("pk"), build=build_id)))
    orders = list(query)
    lines, extras = defaultdict(list), defaultdict(list)
    for line in _lines().filter(order__any=[order.pk for order in orders]):
        lines[line.order_id].append(line)
    for extra in ExtraLine.objects.filter(order__any=[order.pk for order in orders]):
        extras[extra.order_id].append(_extra_row(extra))
    known = known_rates()
    rows = []
    for order in orders:
        mine = [_line_row(line, order, today) for line in lines[order.pk]]
        waiting = [row for row in mine if row.open]
        totals = _totals(mine, extras[order.pk])
        day = known.day(order.placed_at) if order.placed_at else today
        rows.append(
            OrderRow(
                id=order.pk,
                reference=order.reference,
                supplier=order.supplier.name,
                status=OrderStatus(order.status).word,
                description=order.description,
                lines=len(mine),
                open_lines=len(waiting),
                builds=list(dict.fromkeys(row.build for row in mine if row.build)),
                totals=totals,
                total=in_currency(totals, known.rates, currency=order.currency, day=day),
                total_base=in_currency(totals, known.rates, currency=known.rates.base, day=day),
                expected=min((row.expected for row in waiting if row.expected), default=order.target_date),
                is_late=any(row.is_late for row in mine),
            )
        )
    return rows


def overview(order: PurchaseOrder, *, today: datetime.date) -> OrderOverview:
    """All that the page of an order says, whatever its size; eight statements. The order comes with its supplier."""
    known = known_rates()
    found = list(_lines().filter(order=order))
    stated, came = promises(line.pk for line in found), arrived_on((line.pk for line in found), known.zone)
    lines = [_line_row(line, order, today, stated.get(line.pk, ()), came.get(line.pk)) for line in found]
    positions = {row.id: row.position for row in lines}
    extras = [
        _extra_row(extra, positions) for extra in ExtraLine.objects.filter(order=order).order_by("position", "pk")
    ]
    changes = PromiseChange.objects.filter(line__order=order).select_related("event").order_by("pk")
    dates = [
        DateRow(positions[one.line_id], one.which, one.before, one.after, one.reason, one.event.at) for one in changes
    ]
    totals = _totals(lines, extras)
    day = known.day(order.placed_at) if order.placed_at else today
    return OrderOverview(
        order=order,
        lines=lines,
        extras=extras,
        dates=dates,
        totals=totals,
        total=in_currency(totals, known.rates, currency=order.currency, day=day),
        total_base=in_currency(totals, known.rates, currency=known.rates.base, day=day),
        base_currency=known.rates.base,
        deliveries=announced(today=today, order_id=order.pk),
        next=_next(order, lines),
    )


def _lines() -> QuerySet[PurchaseLine]:
    return PurchaseLine.objects.select_related("part", "supplier_part", "build").order_by("order", "position", "pk")


def _line_row(
    line: PurchaseLine,
    order: PurchaseOrder,
    today: datetime.date,
    stated: Sequence[Promise] = (),
    came_on: datetime.date | None = None,
) -> OrderLineRow:
    waiting = line.open_quantity if order.is_open else ZERO
    packs = base_to_packs(line.ordered, line.pack_size)
    dates = dates_of(line, order, stated)
    judged = punctuality(dates, is_open=is_awaited(line, order), came_on=came_on, today=today)
    return OrderLineRow(
        id=line.pk,
        position=line.position,
        sku=line.supplier_part.sku,
        part=line.part.label,
        build=line.build.reference if line.build else None,
        ordered=line.ordered,
        packs=packs,
        pack_size=line.pack_size,
        received=line.received,
        open=waiting,
        is_closed=line.is_closed,
        price=line.price,
        currency=line.currency,
        discount=line.discount,
        total=None if line.price is None else rounded_money(net_price(line.price, line.discount) * packs),
        requested=line.requested_date,
        confirmed=line.confirmed_date,
        promised=line.promised_date,
        confirmation=line.supplier_confirmation,
        destination=line.destination_id,
        expected=dates.expected,
        first_promise=dates.due if stated else None,
        came_on=came_on,
        is_late=judged.is_late,
        is_on_time=judged.is_on_time,
    )


def _extra_row(extra: ExtraLine, positions: dict[int, int] | None = None) -> ExtraRow:
    total = None if extra.price is None else rounded_money(net_price(extra.price, extra.discount) * extra.quantity)
    return ExtraRow(
        id=extra.pk,
        kind=extra.kind,
        description=extra.description,
        quantity=extra.quantity,
        price=extra.price,
        currency=extra.currency,
        discount=extra.discount,
        total=total,
        spread=extra.spread,
        line=(positions or {}).get(extra.line_id) if extra.line_id is not None else None,
        over_units=extra.over_units,
    )


def _totals(lines: list[OrderLineRow], extras: list[ExtraRow]) -> dict[str, Decimal | None]:
    """What the order comes to, by currency; None where a price is not known."""
    totals: dict[str, Decimal | None] = {}
    amounts = [(row.currency, row.total) for row in lines] + [(row.currency, row.total) for row in extras]
    for currency, amount in amounts:
        so_far = totals.get(currency, ZERO)
        totals[currency] = None if so_far is None or amount is None else so_far + amount
    return totals


def _next(order: PurchaseOrder, lines: list[OrderLineRow]) -> list[Step]:
    waiting = [row for row in lines if row.open]
    return after_order(
        OrderFacts(
            status=order.status,
            line_count=len(lines),
            open=[f"{row.part} ({as_text(row.open)})" for row in waiting],
            late=[f"{row.part} ({as_text(row.open)})" for row in waiting if row.is_late],
            expected=min((row.expected for row in waiting if row.expected), default=None),
        )
    )
