"""What fed the lines of builds: lots booked and waiting, by line and manufacturer, beside what the units made took."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from outwork.models import Allocation, BuildLine, BuildOutput, ReportedLot, SupplyChoice
from outwork.queries.lineage import Arrivals, standing
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.states import OutputState
from outwork.rules.supply import is_ours
from outwork.rules.trace import Fed, Judged, counts, judge, made_until

ONE = Decimal(1)
Pool = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Made:
    """An output of a build, as a trace sees it."""

    id: int
    build_id: int
    build: str
    item_id: int | None
    quantity: Decimal
    state: int
    manufacturer_id: int | None
    manufacturer: str
    revision: int
    made_at: datetime.datetime
    decided_at: datetime.datetime | None
    purchase_line_id: int | None
    order: str
    has_components: bool

    @property
    def until(self) -> datetime.datetime | None:
        """The time after which nothing went into it any more."""
        return made_until(
            state=self.state,
            made_at=self.made_at,
            decided_at=self.decided_at,
            came_by_receipt=self.purchase_line_id is not None,
        )

    @property
    def is_decided(self) -> bool:
        """Accepted, rejected or scrapped: what went into it is due to be booked."""
        return self.state != OutputState.IN_PRODUCTION


@dataclass(frozen=True, slots=True)
class Line:
    """A build line, as a trace sees it."""

    id: int
    build_id: int
    part_id: int
    part: str
    designators: str
    per_unit: Decimal
    is_optional: bool
    is_consumable: bool
    supply: str | None
    since: int
    until: int | None
    deviation: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A piece that was allocated to one output and is inside it: `item_id` came from `source_id`."""

    source_id: int
    item_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reported:
    """What a manufacturer reported about a line that he supplied; None as output is all his units."""

    id: int
    output_id: int | None
    mpn: str
    lot: str
    date_code: str
    quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one line of an output. `needed` and `booked` are in the component's unit.

    For an output that was decided on they are those of all units decided on at its manufacturer, for one in
    production its own. `is_theirs`: the manufacturer supplied the line, or what is not booked of it.
    """

    judged: Judged
    needed: Decimal
    booked: Decimal
    is_theirs: bool

    @property
    def missing(self) -> Decimal:
        """What the units took and nobody booked."""
        return max(ZERO, self.needed - self.booked)


@dataclass(slots=True)
class Sources:
    """Quantities of one lot on one line at one manufacturer, and the items they were taken from."""

    items: set[int] = field(default_factory=set)
    used: Decimal = ZERO
    lost: Decimal = ZERO
    waiting: Decimal = ZERO


@dataclass(slots=True)
class Feeds:
    """Everything about some build lines that a trace asks, read in a fixed number of statements."""

    lines: dict[int, Line]
    lots: dict[Pool, dict[int, Sources]]
    assigned: dict[tuple[int, int], list[Assigned]]
    booked: dict[Pool, Decimal]
    units: dict[tuple[int, int | None], list[tuple[int, bool, Decimal]]]
    choices: dict[Pool, str | None]
    reported: dict[Pool, list[Reported]]
    arrivals: Arrivals
    _fed: dict[Pool, list[Fed]] = field(default_factory=dict)
    _memo: dict[tuple[Any, ...], Verdict] = field(default_factory=dict)

    def lines_of(self, made: Made) -> list[Line]:
        """The lines that count for an output; none if nothing of ours went into it."""
        if not made.has_components or made.state == OutputState.WITHDRAWN:
            return []
        return [
            line
            for line in self.lines.values()
            if line.build_id == made.build_id and counts(line.since, line.until, made.revision)
        ]

    def fed(self, pool: Pool) -> list[Fed]:
        """The lots that fed a line at a manufacturer, in the order in which they came."""
        if pool not in self._fed:
            found = []
            for lot, sources in self.lots.get(pool, {}).items():
                if sources.used <= 0 and sources.lost <= 0 and sources.waiting <= 0:
                    continue
                came = [self.arrivals.at(item, pool[1]) for item in sources.items]
                first = min((at for at in came if at is not None), default=None)
                found.append(Fed(lot, first, sources.used, sources.lost, sources.waiting))
            self._fed[pool] = sorted(found, key=lambda one: (one.came_at is None, one.came_at, one.lot))
        return self._fed[pool]

    def verdict(self, line: Line, made: Made) -> Verdict:
        """Which lots of a line are in a unit of an output; outputs that are alike are judged once."""
        of_it = sum((one.quantity for one in self.assigned.get((line.id, made.id), ())), ZERO)
        until = made.until
        key = (line.id, made.manufacturer_id, until, made.quantity, of_it, made.is_decided)
        if key not in self._memo:
            self._memo[key] = self._judge(line, made, until, of_it)
        return self._memo[key]

    def _judge(self, line: Line, made: Made, until: datetime.datetime | None, of_it: Decimal) -> Verdict:
        pool = (line.id, made.manufacturer_id)
        units = [
            (is_decided, quantity)
            for revision, is_decided, quantity in self.units.get((line.build_id, made.manufacturer_id), ())
            if counts(line.since, line.until, revision)
        ]
        decided = sum((quantity for is_decided, quantity in units if is_decided), ZERO)
        everything = sum((quantity for _, quantity in units), ZERO)
        fed, booked = self.fed(pool), self.booked.get(pool, ZERO)
        waiting = sum((one.waiting for one in fed), ZERO)
        took = line.per_unit * (decided if made.is_decided else everything)
        judged = judge(
            fed,
            until=until,
            wanted=min(line.per_unit * min(ONE, made.quantity), line.per_unit * made.quantity - of_it),
            unknown=max(ZERO, took - booked - waiting),
            is_only_unit=everything == made.quantity == ONE,
        )
        needed = line.per_unit * (decided if made.is_decided else made.quantity)
        booked = min(needed, booked) if made.is_decided else of_it
        if line.is_consumable or (line.is_optional and needed > booked):
            needed = booked
        supply = self.choices.get(pool, line.supply)
        theirs = made.manufacturer_id is not None and not is_ours(supply) and needed > booked
        return Verdict(judged, needed, booked, theirs)


_MADE = (
    "pk",
    "build",
    "build__reference",
    "item",
    "quantity",
    "state",
    "manufacturer",
    "maker",
    "revision",
    "made_at",
    "decided_at",
    "purchase_line",
    "order",
    "has_components",
)


def read_outputs(condition: Q) -> list[Made]:
    """The outputs that meet a condition, without those that never were; one statement."""
    query = BuildOutput.objects.filter(condition).exclude(state=OutputState.WITHDRAWN).order_by("pk")
    query = query.annotate(
        maker=Coalesce("manufacturer__name", Value("")), order=Coalesce("purchase_line__order__reference", Value(""))
    )
    rows: Iterable[Any] = query.values_list(*_MADE)
    return [Made(*row) for row in rows]


def read_feeds(build_ids: Collection[int], *, only_lines: Collection[int] | None = None) -> Feeds:
    """What fed the lines of these builds, or only the lines named; nine statements."""
    lines = _lines(build_ids, only_lines)
    lots: dict[Pool, dict[int, Sources]] = defaultdict(lambda: defaultdict(Sources))
    booked: dict[Pool, Decimal] = defaultdict(Decimal)
    _read_booked(lines, lots, booked)
    _read_waiting(lines, lots)
    sources = {item for by_lot in lots.values() for one in by_lot.values() for item in one.items}
    return Feeds(
        lines=lines,
        lots=lots,
        assigned=_assigned(lines),
        booked=booked,
        units=_units({line.build_id for line in lines.values()}),
        choices={
            (line, manufacturer): supply
            for line, manufacturer, supply in SupplyChoice.objects.filter(build_line__any=list(lines)).values_list(
                "build_line", "manufacturer", "supply"
            )
        },
        reported=_reported(lines),
        arrivals=Arrivals(sources),
    )


_LINE = (
    *("pk", "build", "part", "label", "designators", "per_unit", "is_optional"),
    *("is_consumable", "supply", "since_revision", "until_revision", "deviation"),
)


def _lines(build_ids: Collection[int], only: Collection[int] | None) -> dict[int, Line]:
    wanted = Q(build__any=build_ids) if only is None else Q(pk__any=only)
    label = Case(When(part__number="", then=F("part__name")), default=F("part__number"))
    query = BuildLine.objects.filter(wanted).annotate(label=label).order_by("build", "position", "pk")
    rows: Iterable[Any] = query.values_list(*_LINE)
    return {row[0]: Line(*row) for row in rows}


def _read_booked(lines: Iterable[int], lots: dict[Pool, dict[int, Sources]], booked: dict[Pool, Decimal]) -> None:
    """Used and lost by lot, less what was taken back; what was allocated to one output counts only as booked."""
    inside = When(target_place=PlaceKind.INSIDE, then=Value(None))
    query = (
        standing()
        .filter(build_line__any=list(lines), kind__in=(Kind.USED, Kind.LOST, Kind.UNUSED))
        .annotate(taken_from=Case(inside, default=F("source_item")), lot=Coalesce("source_item__root", "source_item"))
        .annotate(from_lot=Case(inside, default=F("lot")))
        .values_list("build_line", "manufacturer", "kind", "from_lot", "taken_from")
        .annotate(Sum("quantity"))
        .order_by()
    )
    for line, manufacturer, kind, lot, item, quantity in query:
        pool = (line, manufacturer)
        if kind == Kind.USED:
            booked[pool] += quantity
        elif kind == Kind.UNUSED:
            booked[pool] -= quantity
        if lot is None:
            continue
        sources = lots[pool][lot]
        if kind == Kind.UNUSED:
            sources.used -= quantity
            continue
        sources.items.add(item)
        if kind == Kind.USED:
            sources.used += quantity
        else:
            sources.lost += quantity


def _read_waiting(lines: Iterable[int], lots: dict[Pool, dict[int, Sources]]) -> None:
    """What is allocated and lies where the units are made: at the manufacturer, or with us for what we make."""
    query = Allocation.objects.filter(build_line__any=list(lines), output__isnull=True).values_list(
        "build_line", "item__location__company", "item", "item__root", "quantity"
    )
    for line, company, item, root, quantity in query:
        sources = lots[line, company][root or item]
        sources.items.add(item)
        sources.waiting += quantity


def _assigned(lines: Iterable[int]) -> dict[tuple[int, int], list[Assigned]]:
    """The pieces that are still inside the output they were allocated to, by line and output."""
    found: dict[tuple[int, int], list[Assigned]] = defaultdict(list)
    query = standing().filter(
        build_line__any=list(lines),
        kind__in=(Kind.USED, Kind.LOST),
        target_place=PlaceKind.INSIDE,
        target_item__inside=F("output__item"),
    )
    for line, output, source, item, quantity in query.order_by("pk").values_list(
        "build_line", "output", "source_item", "target_item", "quantity"
    ):
        found[line, output].append(Assigned(source, item, quantity))
    return found


def _units(build_ids: Collection[int]) -> dict[tuple[int, int | None], list[tuple[int, bool, Decimal]]]:
    """Units into which components went or go, by build and manufacturer: revision, decided on, how many."""
    found: dict[tuple[int, int | None], list[tuple[int, bool, Decimal]]] = defaultdict(list)
    query = (
        BuildOutput.objects.filter(build__any=build_ids, has_components=True)
        .exclude(state=OutputState.WITHDRAWN)
        .values_list("build", "manufacturer", "revision", "state")
        .annotate(Sum("quantity"))
        .order_by()
    )
    for build, manufacturer, revision, state, quantity in query:
        found[build, manufacturer].append((revision, state != OutputState.IN_PRODUCTION, quantity))
    return found


def _reported(lines: Iterable[int]) -> dict[Pool, list[Reported]]:
    found: dict[Pool, list[Reported]] = defaultdict(list)
    rows: Iterable[Any] = (
        ReportedLot.objects.filter(build_line__any=list(lines))
        .order_by("pk")
        .values_list("build_line", "manufacturer", "pk", "output", "mpn", "lot", "date_code", "quantity")
    )
    for line, manufacturer, *rest in rows:
        found[line, manufacturer].append(Reported(*rest))
    return found
