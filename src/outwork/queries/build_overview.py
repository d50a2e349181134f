"""A build on one page: where it stands, what is short, what is still to come."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

from outwork.models import Allocation, Build, BuildLine, BuildOutput, PurchaseLine, StockItem, SupplyChoice
from outwork.queries.builds import (
    Booked,
    Progress,
    consumed_so_far,
    fitting_parts,
    lines_of,
    manufacturers_of,
    need_of,
    progress,
    units_built,
)
from outwork.queries.supply_demand import meant_for
from outwork.rules.next_steps import BuildFacts, Step, after_build
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.requirement import due, required
from outwork.rules.states import OPEN_BUILD, OrderStatus, OutputState, WaitsFor
from outwork.rules.supply import ConsumeWhen, Supply, is_ours


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a build. `supply` names all ways if manufacturers differ in it, none if one is undecided. `there` is what of it is allocated at a manufacturer of the build.

    `short` is what is neither consumed nor allocated and has to come from us; `due` what should have been
    consumed for the units built and was not; `free_here` and `free_there` the stock of the part itself that
    could be allocated, `free_others` that of variants and substitutes. `to_send` lies with us and is missing at a
    manufacturer for the units that are its share; `on_order` was bought for this line and is still to come,
    `on_draft` is on drafts.
    """

    id: int
    position: int
    part: str
    supply: str | None
    is_optional: bool
    is_consumable: bool
    per_unit: Decimal
    required: Decimal
    consumed: Decimal
    allocated: Decimal
    there: Decimal
    short: Decimal
    due: Decimal
    free_here: Decimal
    free_there: Decimal
    free_others: Decimal
    to_send: Decimal
    on_order: Decimal
    on_draft: Decimal

    @property
    def has_free_stock(self) -> bool:
        """Whether anything can be allocated to it."""
        return bool(self.free_here or self.free_there or self.free_others)


@dataclass(frozen=True, slots=True)
class OrderedRow:
    """An order line that delivers the build."""

    id: int
    order: str
    position: int
    supplier_id: int
    supplier: str
    status: str
    ordered: Decimal
    received: Decimal
    open: Decimal
    is_closed: bool
    price: Decimal | None
    currency: str
    pack_size: Decimal
    expected: datetime.date | None
    is_confirmed: bool

    @property
    def counted(self) -> Decimal:
        """What it stands for: what is ordered while more may come, else what came."""
        return self.received + self.open


@dataclass(frozen=True, slots=True)
class OutputRow:
    """Units of a build in one state, "held" or "in rework" if set aside; a serial number is an output of its own."""

    id: int
    state: str
    quantity: Decimal
    serial: str | None
    batch: str
    made_at: datetime.datetime
    decided_at: datetime.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class BuildOverview:
    """A build with its lines, order lines and outputs, and what is to be done next."""

    build: Build
    progress: Progress
    lines: list[LineRow]
    ordered: list[OrderedRow]
    outputs: list[OutputRow]
    next: list[Step]


def overview(build: Build, *, today: datetime.date) -> BuildOverview:
    """All that the page of a build says, whatever its size; fourteen statements, twelve for an internal one.

    The build comes with its part and manufacturer.
    """
    makers = manufacturers_of(build)
    ordered = _order_lines(build) if build.is_external else []
    lines = _lines(build, makers, _shares(build, makers, ordered))
    made, outputs = progress(build), _outputs(build)
    aside = sum((row.quantity for row in outputs if row.state in _ASIDE), ZERO)
    return BuildOverview(build, made, lines, ordered, outputs, _next(build, made, aside, lines, ordered, today))


def _shares(build: Build, makers: Collection[int], ordered: Iterable[OrderedRow]) -> dict[int, Decimal]:
    """The units that each manufacturer builds; who is intended and has no order yet builds what the others do not."""
    shares: dict[int, Decimal] = defaultdict(Decimal)
    for row in ordered:
        if row.supplier_id in makers:
            shares[row.supplier_id] += row.counted
    intended = build.manufacturer_id
    if intended is not None and intended not in shares:
        shares[intended] = max(ZERO, build.quantity - sum(shares.values(), ZERO))
    return shares


def _lines(build: Build, makers: Collection[int], shares: Mapping[int, Decimal]) -> list[LineRow]:
    lines = lines_of(build.pk)
    allocated = _allocated(build)
    fitting = fitting_parts(lines)
    free = _free({part_id for parts in fitting.values() for part_id in parts}, makers)
    choices = _choices(build)
    booked = consumed_so_far(build.pk)
    missing, bought = _due(build, lines, choices, booked), meant_for([line.pk for line in lines])
    rows = []
    for line in lines:
        mine = allocated[line.pk]
        all_of_it = sum(mine.values(), ZERO)
        there = sum((units for company, units in mine.items() if company in makers), ZERO)
        sending = _missing_there(line, mine, shares, choices, booked) if build.is_open else ZERO
        supplies = {choices.get((line.pk, maker), line.supply) for maker in makers} or {line.supply}
        is_wanted = any(map(is_ours, supplies)) and not line.is_consumable and not line.is_optional
        left = line.quantity - line.consumed - all_of_it
        free_here, free_there = free[line.part_id]
        rows.append(
            LineRow(
                id=line.pk,
                position=line.position,
                part=line.part.label,
                supply=None if None in supplies else ", ".join(sorted(map(str, supplies))),
                is_optional=line.is_optional,
                is_consumable=line.is_consumable,
                per_unit=line.per_unit,
                required=line.quantity,
                consumed=line.consumed,
                allocated=all_of_it,
                there=there,
                short=max(ZERO, left) if is_wanted and build.is_open else ZERO,
                due=missing[line.pk],
                free_here=free_here,
                free_there=free_there,
                free_others=sum((sum(free[one], ZERO) for one in fitting[line.pk] if one != line.part_id), ZERO),
                to_send=min(mine.get(None, ZERO), sending),
                on_order=bought[line.pk][True],
                on_draft=bought[line.pk][False],
            )
        )
    return rows


def _missing_there(
    line: BuildLine,
    allocated: Mapping[int | None, Decimal],
    shares: Mapping[int, Decimal],
    choices: Mapping[tuple[int, int], str | None],
    booked: Mapping[tuple[int, int | None], Booked],
) -> Decimal:
    """What the manufacturers need of a line that we send, and neither have nor have used up."""
    missing = ZERO
    for maker, units in shares.items():
        if choices.get((line.pk, maker), line.supply) not in (None, Supply.WE_SEND):
            continue
        so_far = booked.get((line.pk, maker), Booked())
        have = allocated.get(maker, ZERO) + so_far.used + so_far.lost
        missing += max(ZERO, required(need_of(line), units) - have)
    return missing


def _allocated(build: Build) -> dict[int, dict[int | None, Decimal]]:
    """What of each line is allocated, by the company it lies at (None: with us); one statement."""
    sums: dict[int, dict[int | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    query = (
        Allocation.objects.filter(build_line__build=build)
        .values_list("build_line", "item__location__company")
        .annotate(Sum("quantity"))
        .order_by()
    )
    for line_id, company, quantity in query:
        sums[line_id][company] += quantity
    return sums


def _free(part_ids: Iterable[int], makers: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Usable stock of parts that is not allocated, with us and at the manufacturers; one statement."""
    sums: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    query = (
        StockItem.objects.usable()
        .filter(part__any=part_ids)
        .filter(Q(location__company__isnull=True) | Q(location__company__any=makers))
        .values_list("part", "location__company")
        .annotate(Sum("quantity"), Sum("allocated"))
        .order_by()
    )
    for part_id, company, quantity, allocated in query:
        here, there = sums[part_id]
        free = quantity - allocated
        sums[part_id] = (here + free, there) if company is None else (here, there + free)
    return sums


def _choices(build: Build) -> dict[tuple[int, int], str | None]:
    """What was stated for single manufacturers, by line and manufacturer; one statement."""
    query = SupplyChoice.objects.filter(build_line__build=build)
    return {(line, maker): supply for line, maker, supply in query.values_list("build_line", "manufacturer", "supply")}


def _due(
    build: Build,
    lines: list[BuildLine],
    choices: Mapping[tuple[int, int], str | None],
    booked: Mapping[tuple[int, int | None], Booked],
) -> dict[int, Decimal]:
    """What should have been consumed for the units built and was not, by line; one statement."""
    missing: dict[int, Decimal] = defaultdict(Decimal)
    built = units_built(build.pk)
    for maker in {maker for maker, _ in built}:
        for line in lines:
            supply = choices.get((line.pk, maker), line.supply) if maker is not None else line.supply
            if line.is_consumable or line.is_optional or not is_ours(supply):
                continue
            units = sum((q for (m, rev), q in built.items() if m == maker and line.counts_for(rev)), ZERO)
            so_far = booked.get((line.pk, maker), Booked())
            wanted = due(need_of(line), built=units, consumed_used=so_far.used, consumed_lost=so_far.lost)
            missing[line.pk] += wanted.total
    return missing


def _order_lines(build: Build) -> list[OrderedRow]:
    query = PurchaseLine.objects.filter(build=build).select_related("order__supplier").order_by("order", "position")
    return [
        OrderedRow(
            id=line.pk,
            order=line.order.reference,
            position=line.position,
            supplier_id=line.order.supplier_id,
            supplier=line.order.supplier.name,
            status=OrderStatus(line.order.status).word,
            ordered=line.ordered,
            received=line.received,
            open=line.open_quantity if line.order.is_open else ZERO,
            is_closed=line.is_closed,
            price=line.price,
            currency=line.currency,
            pack_size=line.pack_size,
            expected=line.promised_date or line.confirmed_date or line.requested_date,
            is_confirmed=bool(line.promised_date or line.confirmed_date or line.supplier_confirmation),
        )
        for line in query
    ]


def _outputs(build: Build) -> list[OutputRow]:
    query = BuildOutput.objects.filter(build=build).order_by(
        "state", F("item__serial_number").asc(nulls_last=True), "pk"
    )
    columns = ("state", "waits_for", "pk", "quantity", "item__serial", "item__batch", "made_at", "decided_at", "reason")
    return [
        OutputRow(pk, _word(state, waits_for), quantity, serial, batch or "", made_at, decided_at, reason)
        for state, waits_for, pk, quantity, serial, batch, made_at, decided_at, reason in query.values_list(*columns)
    ]


_ASIDE = frozenset(waits_for.word for waits_for in WaitsFor)


def _word(state: int, waits_for: str) -> str:
    return WaitsFor(waits_for).word if waits_for else OutputState(state).word


def _next(
    build: Build, made: Progress, aside: Decimal, lines: list[LineRow], ordered: list[OrderedRow], today: datetime.date
) -> list[Step]:
    coming = [row for row in ordered if row.open and row.status == OrderStatus.PLACED.word]
    is_now = build.status in OPEN_BUILD
    at_acceptance = build.consume == ConsumeWhen.ACCEPTANCE
    return after_build(
        BuildFacts(
            status=build.status,
            is_external=build.is_external,
            manufacturer=build.manufacturer.name if build.manufacturer else "",
            planned=made.planned,
            ordered=made.ordered,
            on_order=sum((row.open for row in coming), ZERO),
            in_production=made.in_production,
            set_aside=aside,
            accepted=made.accepted,
            built=made.built,
            undecided=[row.part for row in lines if row.supply is None and not row.is_consumable],
            short=[f"{row.part} ({as_text(row.short)})" for row in lines if row.short and row.has_free_stock],
            out_of_stock=[
                f"{row.part} ({as_text(left)})"
                for row in lines
                if not row.has_free_stock and (left := row.short - row.on_order - row.on_draft) > 0
            ],
            coming=[
                f"{row.part} ({as_text(min(row.short, row.on_order + row.on_draft))})"
                for row in lines
                if row.short and not row.has_free_stock and row.on_order + row.on_draft
            ],
            to_send=[row.part for row in lines if row.to_send],
            to_consume=[
                f"{row.part} ({as_text(row.due)})"
                for row in lines
                if row.due and row.allocated and is_now and at_acceptance
            ],
            drafts=sorted({row.order for row in ordered if row.status == OrderStatus.DRAFT.word}),
            orders=sorted({row.order for row in coming}),
            expected=min((row.expected for row in coming if row.expected), default=None),
            today=today,
        )
    )
