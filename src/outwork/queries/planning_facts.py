"""What planning goes by: what open builds need on which day, what lies where, what comes when; all of it at once.

Each is one statement for the whole company. Quantities are in the part's unit; a place is a company, None is us.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import F

from outwork.models import AnnouncedDelivery, Build, Part, PurchaseLine, SupplierPart
from outwork.queries.line_numbers import makers_of
from outwork.queries.supply_demand import OURS, lying, meant_on, no_expired, rows_of, scaled
from outwork.rules.planning import Coming, Need, Source, in_parts, needed_on
from outwork.rules.quantities import ZERO
from outwork.rules.states import OPEN_BUILD, OPEN_ORDER, OrderStatus, OutputState
from outwork.rules.supply import Supply

_BUILDS = ", ".join(str(int(one)) for one in sorted(OPEN_BUILD))
_ORDERS = ", ".join(str(int(one)) for one in sorted(OPEN_ORDER))

# What open builds still need from us and have neither consumed nor allocated.
_NEEDS = f"""
WITH needed AS (
    SELECT line.id, line.build_id, line.part_id, line.supply, line.position, line.quantity - line.consumed - COALESCE((
        SELECT SUM(allocation.quantity) FROM outwork_allocation AS allocation WHERE allocation.build_line_id = line.id
    ), 0) AS units
    FROM outwork_buildline AS line JOIN outwork_build AS build ON build.id = line.build_id
    WHERE build.status IN ({_BUILDS}) AND line.consumed < line.quantity AND NOT line.is_consumable
          AND NOT line.is_optional AND {OURS}
)
SELECT id, build_id, part_id, supply, units FROM needed WHERE units > 0 ORDER BY build_id, position, id
"""

# Units that open builds made and nobody decided on, and those that they are still to make beyond what is ordered.
_MAKING = f"""
SELECT build.id, build.part_id, build.target_date, location.company_id,
       CASE WHEN build.feeds_parent THEN build.parent_id END, build.quantity,
       COALESCE((SELECT SUM(output.quantity) FROM outwork_buildoutput AS output
                 WHERE output.build_id = build.id AND output.state = {int(OutputState.ACCEPTED)}), 0),
       COALESCE((SELECT SUM(output.quantity) FROM outwork_buildoutput AS output
                 WHERE output.build_id = build.id AND output.state = {int(OutputState.IN_PRODUCTION)}), 0),
       COALESCE((SELECT SUM(line.ordered - line.received) FROM outwork_purchaseline AS line
                 JOIN outwork_purchaseorder AS purchase ON purchase.id = line.order_id
                 WHERE line.build_id = build.id AND purchase.status IN ({_ORDERS})
                       AND NOT line.is_closed AND line.received < line.ordered), 0)
FROM outwork_build AS build LEFT JOIN outwork_location AS location ON location.id = build.destination_id
WHERE build.part_id IN ({{parts}}) AND build.status IN ({_BUILDS})
"""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What planning knows of a build: who makes it, when its components must lie ready, and when its units come."""

    id: int
    reference: str
    priority: int
    makers: frozenset[int]
    needed: datetime.date | None


@dataclass(frozen=True, slots=True)
class LineNeed:
    """A build line that is not filled. `ship_to` is the manufacturer that a supplier delivers it to directly."""

    line_id: int
    build_id: int
    part_id: int
    units: Decimal
    supply: str | None

    def ship_to(self, plan: BuildPlan) -> int | None:
        """The one manufacturer it goes to straight from the supplier, None where it comes to us."""
        return next(iter(plan.makers)) if self.supply == Supply.SHIPPED_DIRECT and len(plan.makers) == 1 else None


@dataclass(frozen=True, slots=True)
class OrderFact:
    """The order line behind something that comes."""

    reference: str
    line: int
    supplier: str
    is_confirmed: bool
    is_overdue: bool


def line_needs() -> list[LineNeed]:
    """Every line of an open build that needs something of us beyond what is consumed and allocated; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NEEDS)
        found = cursor.fetchall()
    return [LineNeed(pk, build, part, scaled(units), supply) for pk, build, part, supply, units in found]


def build_plans(build_ids: Collection[int]) -> dict[int, BuildPlan]:
    """When the components of builds must lie ready; four statements.

    Of an external build the earliest promise of an order line counts, less the manufacturer's lead time.
    """
    makers = makers_of(build_ids)
    builds = list(Build.objects.filter(pk__any=build_ids).order_by("pk"))
    sold = SupplierPart.objects.filter(
        part__any={build.part_id for build in builds}, supplier__any={one for mine in makers.values() for one in mine}
    )
    leads = {
        (part, supplier): days
        for part, supplier, days in sold.filter(is_active=True)
        .order_by("is_primary", "-pk")
        .values_list("part", "supplier", "lead_time_days")
        if days is not None
    }
    promised: dict[int, datetime.date] = {}
    waiting = PurchaseLine.objects.on_order().filter(build__any=build_ids)
    for build_id, promise, confirmed in waiting.values_list("build", "promised_date", "confirmed_date"):
        day = promise or confirmed
        if build_id is not None and day is not None:
            promised[build_id] = min(day, promised.get(build_id, day))
    plans = {}
    for build in builds:
        days = [leads[build.part_id, one] for one in makers[build.pk] if (build.part_id, one) in leads]
        needed = needed_on(
            start=build.start_date,
            target=build.target_date,
            promised=promised.get(build.pk),
            lead_days=max(days, default=None),
        )
        plans[build.pk] = BuildPlan(build.pk, build.reference, build.priority, makers[build.pk], needed)
    return plans


def needs(lines: Iterable[LineNeed], plans: dict[int, BuildPlan]) -> list[Need]:
    """The needs of build lines, those of the more urgent build first among equal days."""
    ordered = sorted(lines, key=lambda one: (-plans[one.build_id].priority, one.build_id))
    return [
        Need(one.line_id, one.part_id, one.units, plans[one.build_id].makers | {None}, plans[one.build_id].needed)
        for one in ordered
    ]


def minimum_needs() -> list[Need]:
    """What should be on our shelf at least, of parts that are in use; one statement."""
    query = Part.objects.filter(minimum_stock__gt=0, is_active=True, is_virtual=False).order_by("pk")
    return [Need(None, pk, minimum) for pk, minimum in query.values_list("pk", "minimum_stock")]


def in_stock(part_ids: Collection[int], today: datetime.date) -> list[Coming]:
    """What is free of parts, by whose place it lies at; two statements. What expired is left out, unless it may be used."""
    found: dict[tuple[int, int | None], Decimal] = defaultdict(Decimal)
    for part_id, lots in lying(part_ids, today=no_expired(today)).items():
        for lot in lots:
            found[part_id, lot.company_id] += lot.free
    return [Coming(part, units, Source.STOCK, place) for (part, place), units in found.items() if units]


def on_order(part_ids: Collection[int], today: datetime.date) -> tuple[list[Coming], dict[int, OrderFact]]:
    """What comes on open order lines and drafts, in its announced deliveries, and the lines by id; three statements.

    A day that is past and brought nothing is today: it may come any moment. Without a date of its own a line comes
    when the order should be there.
    """
    lines = PurchaseLine.objects.filter(
        part__any=part_ids, order__status__in=sorted(OPEN_ORDER), is_closed=False, received__lt=F("ordered")
    )
    found = list(lines.select_related("order__supplier", "destination", "order__destination", "build").order_by("pk"))
    ids = [line.pk for line in found]
    meant = meant_on(ids)
    announced: dict[int, list[tuple[datetime.date | None, Decimal]]] = defaultdict(list)
    deliveries = AnnouncedDelivery.objects.filter(
        line__any=ids, is_cancelled=False, is_closed=False, received__lt=F("quantity")
    )
    for line_id, day, units, received in deliveries.values_list("line", "expected_date", "quantity", "received"):
        announced[line_id].append((_not_past(day, today), units - received))
    comings: list[Coming] = []
    facts = {}
    for line in found:
        order, is_draft = line.order, line.order.status == OrderStatus.DRAFT
        day = line.promised_date or line.confirmed_date or line.requested_date or order.target_date
        place = line.destination or order.destination
        whole = Coming(
            part=line.part_id,
            quantity=line.open_quantity,
            source=Source.DRAFT if is_draft else Source.ORDER,
            place=place.company_id if place else None,
            day=_not_past(day, today),
            id=line.pk,
            meant_for=meant.get(line.pk, {}),
        )
        comings += in_parts(whole, announced[line.pk])
        facts[line.pk] = OrderFact(
            reference=order.reference,
            line=line.position,
            supplier=order.supplier.name,
            is_confirmed=bool(line.confirmed_date or line.promised_date or line.supplier_confirmation),
            is_overdue=bool(day and day < today and not is_draft),
        )
    return comings, facts


def being_made(part_ids: Collection[int], lines: Iterable[LineNeed], today: datetime.date) -> list[Coming]:
    """What open builds will bring of parts beyond what order lines deliver; one statement.

    Units that wait for a decision come today, the rest on the build's target day. A build that feeds its parent
    makes them for the parent's line.
    """
    wanted = {(one.build_id, one.part_id): one.line_id for one in lines}
    found = []
    for row in rows_of(_MAKING, part_ids):
        build_id, part_id, target, company_id, parent_id = row[:5]
        planned, accepted, waiting, ordered = map(scaled, row[5:])
        line_id = wanted.get((parent_id, part_id)) if parent_id is not None else None
        for units, day in ((waiting, today), (planned - accepted - waiting - ordered, _not_past(_day(target), today))):
            if units > ZERO:
                meant = {} if line_id is None else {line_id: units}
                found.append(Coming(part_id, units, Source.BUILD, company_id, day, build_id, meant))
    return found


def _day(value: datetime.date | str | None) -> datetime.date | None:
    """A day as SQLite (text) or PostgreSQL gives it."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _not_past(day: datetime.date | None, today: datetime.date) -> datetime.date | None:
    return None if day is None else max(day, today)
