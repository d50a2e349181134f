"""What is to be ordered: the shortages of all open builds by the day they are needed, and what could mend them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import Build, Company, ExchangeRate, Part, PriceBreak, SupplierPart
from outwork.queries import fitting, planning_facts, settings
from outwork.queries.planning_facts import BuildPlan, LineNeed, OrderFact
from outwork.rules.buying import Offered, Purchase, purchases
from outwork.rules.currency import Rate, Rates, rate_on
from outwork.rules.planning import Coming, Cover, Netted, Netting, Source, net
from outwork.rules.pricing import Break
from outwork.rules.quantities import ZERO


@dataclass(frozen=True, slots=True)
class Serving:
    """Something that serves a line: stock, an order line or a build, named as people name it; `place_id` is the company it is at."""

    source: str
    name: str
    quantity: Decimal
    day: datetime.date | None
    is_late: bool
    is_overdue: bool = False
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class LineShort:
    """One build line, what serves it and what is short; `needed` is the day it must lie ready."""

    line_id: int
    build_id: int
    build: str
    part_id: int
    part: str
    needed: datetime.date | None
    open: Decimal
    served: tuple[Serving, ...]
    short: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another part that could serve, with what of it nothing else needs; `rank` is "variant" or "substitute"."""

    part_id: int
    part: str
    rank: str
    free_here: Decimal
    free_there: Decimal


@dataclass(frozen=True, slots=True)
class Shortage:
    """So much of a part is to be ordered, for these build lines and for our shelf (`for_stock`).

    `ship_to` is the manufacturer that the supplier delivers to directly, None for us. `elsewhere` is what lies free
    at other companies. `purchases` are what the suppliers would be ordered, the best first.
    """

    part_id: int
    part: str
    name: str
    unit: str
    ship_to_id: int | None
    ship_to: str
    short: Decimal
    for_stock: Decimal
    needed: datetime.date | None
    lines: list[LineShort]
    alternatives: list[Alternative]
    elsewhere: list[tuple[str, Decimal]]
    purchases: list[Purchase]
    is_assembly: bool
    is_purchaseable: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines of open builds that are not filled by what is allocated, and all that is to be ordered."""

    lines: list[LineShort]
    shortages: list[Shortage]


def plan(*, today: datetime.date, with_purchases: bool = True) -> Plan:
    """Net all open builds against stock at the right place, orders by their dates, drafts and builds.

    Twenty statements, however many builds and parts there are. Where a build takes its stock from within
    our locations does not matter here: within our walls it can be carried.
    """
    lines = planning_facts.line_needs()
    plans = planning_facts.build_plans({one.build_id for one in lines})
    minimum = planning_facts.minimum_needs()
    fits = fitting.onto_build_lines([one.line_id for one in lines])
    parts = fitting.parts_in(fits) | {one.part for one in minimum}
    ordered, orders = planning_facts.on_order(parts, today)
    coming = [*planning_facts.in_stock(parts, today), *ordered, *planning_facts.being_made(parts, lines, today)]
    netting = net([*planning_facts.needs(lines, plans), *minimum], coming)
    left: dict[int, list[tuple[Coming, Decimal]]] = defaultdict(list)
    for one, rest in netting.left:
        if one.source is Source.STOCK:
            left[one.part].append((one, rest))
    picture = _Picture(lines, plans, fits, orders, netting, left, today)
    return picture.plan(with_purchases=with_purchases)


@dataclass(frozen=True, slots=True)
class _Picture:
    """What was netted, to be told in words."""

    lines: list[LineNeed]
    plans: Mapping[int, BuildPlan]
    fits: fitting.Fitting
    orders: Mapping[int, OrderFact]
    netting: Netting
    left: Mapping[int, list[tuple[Coming, Decimal]]]
    today: datetime.date

    def plan(self, *, with_purchases: bool) -> Plan:
        known = {one.line_id: one for one in self.lines}
        meant = {one.need.part for one in self.netting.needs} | fitting.parts_in(self.fits)
        parts = {part.pk: part for part in Part.objects.filter(pk__any=meant)}
        builds = dict(Build.objects.filter(pk__any=self._builds()).values_list("pk", "reference"))
        told: list[LineShort] = []
        short: dict[tuple[int, int | None], list[tuple[Netted, LineShort | None]]] = defaultdict(list)
        for one in self.netting.needs:
            line = None if one.need.key is None else known[one.need.key]
            row = None if line is None else self._line(one, line, parts[line.part_id], builds)
            if row is not None:
                told.append(row)
            if one.short > 0:
                ship_to = None if line is None else line.ship_to(self.plans[line.build_id])
                short[one.need.part, ship_to].append((one, row))
        companies = dict(Company.objects.filter(pk__any=self._companies()).values_list("pk", "name"))
        offers = offered({part for part, _ in short}, self.today) if with_purchases and short else {}
        rows = [
            self._shortage(parts[part], ship_to, several, parts, companies, offers.get(part, ()))
            for (part, ship_to), several in short.items()
        ]
        rows.sort(key=lambda row: (row.needed is None, row.needed or datetime.date.max, row.part, row.ship_to))
        return Plan(told, rows)

    def _builds(self) -> set[int]:
        made = {c.coming.id for one in self.netting.needs for c in one.covers if c.coming.source is Source.BUILD}
        return made | set(self.plans)

    def _companies(self) -> set[int]:
        return {place for one in self.netting.needs for place in one.need.places if place is not None} | {
            one.place for one, _ in self.netting.left if one.place is not None
        }

    def _line(self, one: Netted, line: LineNeed, part: Part, builds: Mapping[int, str]) -> LineShort:
        return LineShort(
            line_id=line.line_id,
            build_id=line.build_id,
            build=self.plans[line.build_id].reference,
            part_id=part.pk,
            part=part.label,
            needed=one.need.day,
            open=one.need.quantity,
            served=tuple(self._serving(cover, builds) for cover in one.covers),
            short=one.short,
        )

    def _serving(self, cover: Cover, builds: Mapping[int, str]) -> Serving:
        one = cover.coming
        order = self.orders.get(one.id) if one.source in (Source.ORDER, Source.DRAFT) else None
        name = order.reference if order else builds.get(one.id, "") if one.source is Source.BUILD else ""
        is_overdue = order is not None and order.is_overdue
        return Serving(one.source.value, name, cover.quantity, one.day, cover.is_late, is_overdue, one.place)

    def _shortage(
        self,
        part: Part,
        ship_to: int | None,
        several: list[tuple[Netted, LineShort | None]],
        parts: Mapping[int, Part],
        companies: Mapping[int, str],
        offers: Iterable[Offered],
    ) -> Shortage:
        short = sum((one.short for one, _ in several), ZERO)
        needed = min((one.need.day for one, _ in several if one.need.day is not None), default=None)
        lines = [row for _, row in several if row is not None]
        reachable = frozenset(place for one, _ in several for place in one.need.places)
        return Shortage(
            part_id=part.pk,
            part=part.label,
            name=part.name,
            unit=part.unit,
            ship_to_id=ship_to,
            ship_to=companies.get(ship_to, "") if ship_to is not None else "",
            short=short,
            for_stock=sum((one.short for one, row in several if row is None), ZERO),
            needed=needed,
            lines=lines,
            alternatives=self._alternatives(part.pk, lines, reachable, parts),
            elsewhere=[
                (companies[one.place], rest)
                for one, rest in self.left.get(part.pk, ())
                if one.place is not None and one.place not in reachable
            ],
            purchases=purchases(short, offers, needed=needed, today=self.today),
            is_assembly=part.is_assembly,
            is_purchaseable=part.is_purchaseable,
        )

    def _alternatives(
        self,
        part_id: int,
        lines: Iterable[LineShort],
        reachable: Collection[int | None],
        parts: Mapping[int, Part],
    ) -> list[Alternative]:
        ranks: dict[int, int] = {}
        for line in lines:
            for other, rank in self.fits.get(line.line_id, {}).items():
                if other != part_id:
                    ranks[other] = min(rank, ranks.get(other, rank))
        found = []
        for other, rank in sorted(ranks.items(), key=lambda one: (one[1], one[0])):
            left = [(one, rest) for one, rest in self.left.get(other, ()) if one.place in reachable]
            here = sum((rest for one, rest in left if one.place is None), ZERO)
            there = sum((rest for one, rest in left if one.place is not None), ZERO)
            if here or there:
                word = "variant" if rank == fitting.VARIANT else "substitute"
                found.append(Alternative(other, parts[other].label, word, here, there))
        return found


def offered(part_ids: Collection[int], today: datetime.date) -> dict[int, list[Offered]]:
    """What active suppliers sell of parts, with the rates of the day; four statements."""
    sold = list(
        SupplierPart.objects.filter(part__any=part_ids, is_active=True, supplier__is_active=True)
        .select_related("supplier")
        .order_by("pk")
    )
    breaks: dict[int, list[PriceBreak]] = defaultdict(list)
    for one in PriceBreak.objects.filter(supplier_part__any=[each.pk for each in sold]).order_by("quantity"):
        breaks[one.supplier_part_id].append(one)
    stored = ExchangeRate.objects.values_list("currency", "day", "rate")
    rates = Rates.of(settings.get("BASE_CURRENCY"), (Rate(*row) for row in stored))
    found: dict[int, list[Offered]] = defaultdict(list)
    for each in sold:
        mine = breaks[each.pk]
        currency = mine[0].currency if mine else each.supplier.currency
        found[each.part_id].append(
            Offered(
                id=each.pk,
                supplier=each.supplier.name,
                sku=each.sku,
                pack_size=each.pack_size,
                multiple=each.multiple,
                base_cost=each.base_cost,
                breaks=tuple(Break(one.quantity, one.price) for one in mine if one.currency == currency),
                currency=currency,
                rate=rate_on(rates, currency=currency, day=today),
                lead_days=each.lead_time_days,
                is_primary=each.is_primary,
            )
        )
    return found
