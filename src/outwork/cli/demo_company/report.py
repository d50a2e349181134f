"""The story of one external build as data: what happened, what it cost, what is in a unit, what is left where."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from outwork.cli.demo_company.timeline import Moment, timeline
from outwork.models import Build, BuildOutput, ExtraLine, Movement, PurchaseLine, StockItem
from outwork.queries.build_costs import CONSUMING
from outwork.queries.builds import Progress, progress
from outwork.queries.landed import Landed, LandedCost, expected_units, landed
from outwork.queries.trace import Unit, trace_items_down
from outwork.queries.values import effective
from outwork.rules.currency import rate_on
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.pricing import CostLine as BearingLine
from outwork.rules.pricing import ExtraCost, ExtraKind, SpreadMode, net_price, spread
from outwork.rules.quantities import ZERO, rounded_money
from outwork.rules.states import BuildStatus, OutputState


@dataclass(frozen=True, slots=True)
class CostLine:
    """One part of a build's cost in base currency; None is unknown."""

    what: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a build cost by now; `is_final` once it is closed. `borne` is what its good units are worth in stock."""

    lines: list[CostLine]
    total: Decimal | None
    good_units: Decimal
    per_good_unit: Decimal | None
    borne: Decimal | None
    is_final: bool


@dataclass(frozen=True, slots=True)
class LotInUnit:
    """A lot of a component in a unit."""

    part: str
    name: str
    batch: str
    supplier: str
    mpn: str
    order: str
    received: datetime.date
    certainty: str


@dataclass(frozen=True, slots=True)
class UnitStory:
    """One serial number: what it sits in, from the inside out, and the lots in it."""

    serial: str
    inside: list[str]
    lots: list[LotInUnit]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Stock of ours at the manufacturer; `allocated` is wanted by other builds."""

    part: str
    name: str
    batch: str
    quantity: Decimal
    allocated: Decimal
    value: Decimal | None
    packaging: str


@dataclass(frozen=True, slots=True)
class Story:
    """The whole report."""

    reference: str
    title: str
    part: str
    name: str
    manufacturer: str
    state: str
    progress: Progress
    moments: list[Moment]
    cost: Cost
    unit: UnitStory | None
    left_over: list[LeftOver]


def story_of(build: Build) -> Story:
    """Read the story of an external build."""
    made = progress(build)
    maker = build.manufacturer
    return Story(
        reference=build.reference,
        title=build.title,
        part=build.part.label,
        name=build.part.name,
        manufacturer=maker.name if maker else "",
        state=BuildStatus(build.status).word,
        progress=made,
        moments=timeline(build),
        cost=cost_of(build, made),
        unit=_unit(build),
        left_over=_left_over(maker.pk) if maker else [],
    )


def cost_of(build: Build, made: Progress) -> Cost:
    """Components used and lost, the service price and the extra lines, from the ledger and the orders as they are now."""
    query = Movement.objects.filter(build=build).order_by("pk")
    rows = list(query.values_list("pk", "corrects", "value", "kind", "output__state", "reverses"))
    values = effective(row[:3] for row in rows)
    back = {row[5] for row in rows if row[5] is not None}
    sums: dict[str, list[Decimal | None]] = defaultdict(list)
    good: list[Decimal | None] = []
    for pk, corrects, _, kind, state, _ in rows:
        if corrects is not None or pk in back:
            continue
        if kind in CONSUMING:
            sums["Components lost in the process" if kind == Kind.LOST else "Components in the units"].append(
                values[pk]
            )
        elif kind in (Kind.RECEIVED, Kind.COSTED) and state == OutputState.ACCEPTED:
            good.append(values[pk])
    lines = [CostLine(what, _sum(found)) for what, found in sums.items()]
    lines += _service(build)
    total = _sum([line.value for line in lines])
    per_unit = rounded_money(total / made.accepted) if total is not None and made.accepted else None
    is_final = build.status in (BuildStatus.COMPLETE, BuildStatus.CANCELLED)
    return Cost(lines, total, made.accepted, per_unit, _sum(good), is_final)


def _service(build: Build) -> list[CostLine]:
    """The price of the units received and their part of every extra line, in base currency at the rate of each receipt."""
    sums: dict[str, list[Decimal | None]] = defaultdict(list)
    for line in PurchaseLine.objects.filter(build=build, received__gt=0).select_related("order"):
        books = landed([line.order_id])
        for at, units in _receipts(line):
            costs, day = books.at(at), at.astimezone(books.zone).date()
            cost = costs[line.pk]
            price = None if cost.price is None or cost.rate is None else cost.price * cost.rate * units
            sums[f"Service, {line.order.reference}"].append(price)
            for extra in books.extras[line.order_id]:
                label = extra.description or extra.kind.replace("_", " ").capitalize()
                share = _share(extra, line, books, costs, day)
                sums[label].append(None if share is None else share * units / expected_units(line))
    lines = [CostLine(what, _sum(values)) for what, values in sums.items()]
    return [
        CostLine(one.what, None if one.value is None else rounded_money(one.value)) for one in lines if one.value != 0
    ]


def _receipts(line: PurchaseLine) -> list[tuple[datetime.datetime, Decimal]]:
    """When how many units of a line came and were not sent back in the books."""
    received = Movement.objects.filter(purchase_line=line, kind=Kind.RECEIVED).exclude(
        pk__in=Movement.objects.filter(kind=Kind.REVERSED, reverses__isnull=False).values("reverses")
    )
    return list(received.values_list("at").annotate(Sum("quantity")).order_by("at"))


def _share(
    extra: ExtraLine, line: PurchaseLine, books: Landed, costs: dict[int, LandedCost], day: datetime.date
) -> Decimal | None:
    """What all units of a line bear of an extra line, at the rate of a day."""
    rate = rate_on(books.rates, currency=extra.currency, day=day)
    if extra.price is None or rate is None:
        return None
    bearing = []
    for one in books.lines[line.order_id]:
        cost, units = costs[one.pk], expected_units(one)
        own = None if cost.price is None or cost.rate is None else rounded_money(cost.price * cost.rate * units)
        bearing.append(BearingLine(one.pk, own, units))
    cost_of_extra = ExtraCost(
        amount=rounded_money(net_price(extra.price, extra.discount) * extra.quantity * rate),
        kind=ExtraKind(extra.kind),
        mode=SpreadMode(extra.spread),
        line_id=extra.line_id,
        over_units=extra.over_units,
    )
    given = spread(cost_of_extra, bearing)
    if given.shares is None:
        return None
    return dict(zip((one.line_id for one in bearing), given.shares, strict=True))[line.pk]


def _unit(build: Build) -> UnitStory | None:
    """The story of one unit: one that went furthest into other things, else the first good one."""
    outputs = BuildOutput.objects.filter(build=build, state=OutputState.ACCEPTED, item__serial__isnull=False)
    items = [output.item for output in outputs.select_related("item").order_by("pk") if output.item is not None]
    if not items:
        return None
    chosen, chain = max(((item, _containers(item)) for item in items[:60]), key=lambda pair: len(pair[1]))
    units = trace_items_down([chosen.pk])
    return UnitStory(
        serial=chosen.serial or "",
        inside=[f"{one.part.label} {one.serial or one.batch}".strip() for one in chain],
        lots=_lots(units[0]) if units else [],
    )


def _containers(item: StockItem) -> list[StockItem]:
    chain: list[StockItem] = []
    while item.place == PlaceKind.INSIDE and item.inside_id is not None:
        item = StockItem.objects.select_related("part").get(pk=item.inside_id)
        chain.append(item)
    return chain


def _lots(unit: Unit) -> list[LotInUnit]:
    return [
        LotInUnit(
            part=found.lot.part,
            name=found.lot.name,
            batch=found.lot.batch,
            supplier=found.lot.supplier,
            mpn=found.lot.mpn,
            order=found.lot.order,
            received=found.lot.received_at.date(),
            certainty=str(found.certainty),
        )
        for found in unit.found()
    ]


def _left_over(company_id: int) -> list[LeftOver]:
    items = StockItem.objects.on_hand().filter(location__company=company_id, is_in_production=False)
    return [
        LeftOver(item.part.label, item.part.name, item.batch, item.quantity, item.allocated, item.value, item.packaging)
        for item in items.select_related("part").order_by("part__number", "pk")
    ]


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total
