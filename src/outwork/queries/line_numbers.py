"""The numbers that people look at, line by line: of builds, and of bills of materials for so many units.

What variants and substitutes could give stands in columns of its own. Every number is read in one statement for any
number of lines; how many units can be built is computed from them in `rules/requirement.py`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from outwork.models import Allocation, BomLine, BuildLine, Part
from outwork.queries import builds, fitting
from outwork.queries.fitting import ITSELF, SUBSTITUTE, VARIANT
from outwork.queries.part_numbers import Where, where
from outwork.queries.supply_demand import NOTHING, Flows, Lying, flows, lying, meant_for, rows_of
from outwork.rules.quantities import ZERO
from outwork.rules.requirement import Need, can_build, can_build_from, required
from outwork.rules.states import FAILED_ORDER


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """The numbers of one build line, in the unit of its part.

    `open` is what it needs and has not consumed; `allocated` what is reserved for it, `short` the rest of it.
    `on_hand` and `available` are of the part itself: with us, at the manufacturers of the build, elsewhere; with us is
    only where the build takes its stock from. `available_variants` and `available_substitutes` could serve it too.
    `on_order` is in general; `on_order_for_it` and `on_draft_for_it` what was bought for this line and is still to come.
    `can_build`: units of the assembly for which it suffices; None where no number would use it up.
    """

    line_id: int
    build_id: int
    part_id: int
    part: str
    open: Decimal
    allocated: Decimal
    short: Decimal
    on_hand: Where
    available: Where
    available_variants: Decimal
    available_substitutes: Decimal
    on_order: Decimal
    on_draft: Decimal
    on_order_for_it: Decimal
    on_draft_for_it: Decimal
    in_production: Decimal
    scheduled: Decimal
    can_build: int | None


@dataclass(frozen=True, slots=True)
class BomNumbers:
    """The numbers of one BOM line for so many units of its assembly, in the unit of its part; as LineNumbers."""

    line_id: int
    part_id: int
    part: str
    required: Decimal
    on_hand: Where
    available: Where
    available_variants: Decimal
    available_substitutes: Decimal
    on_order: Decimal
    on_draft: Decimal
    in_production: Decimal
    scheduled: Decimal
    can_build: int | None


def build_line_numbers(build_ids: Collection[int], *, today: datetime.date | None = None) -> list[LineNumbers]:
    """The numbers of all lines of builds; eight statements."""
    lines = list(BuildLine.objects.filter(build__any=build_ids).order_by("build", "position", "pk").values_list(*_LINE))
    ids = [row[0] for row in lines]
    fits = fitting.onto_build_lines(ids)
    lots, moving = lying(fitting.parts_in(fits), today=today), flows({row[2] for row in lines})
    makers, sources = makers_of(build_ids), sources_of(build_ids)
    allocated, meant = _allocated(ids), meant_for(ids)
    found = []
    for line_id, build_id, part_id, number, name, quantity, consumed, *need in lines:
        free = _free(part_id, fits[line_id], lots, makers[build_id], sources.get(build_id))
        mine, flow = allocated.get(line_id, ZERO), moving.get(part_id, NOTHING)
        left = max(ZERO, quantity - consumed)
        bought = meant.get(line_id, _NOTHING_BOUGHT)
        found.append(
            LineNumbers(
                line_id=line_id,
                build_id=build_id,
                part_id=part_id,
                part=number or name,
                open=left,
                allocated=mine,
                short=max(ZERO, left - mine),
                on_hand=free.on_hand,
                available=free.itself,
                available_variants=free.variants,
                available_substitutes=free.substitutes,
                on_order=flow.on_order,
                on_draft=flow.on_draft,
                on_order_for_it=bought[True],
                on_draft_for_it=bought[False],
                in_production=flow.in_production,
                scheduled=flow.scheduled,
                can_build=can_build(mine + free.reachable, Need(*need)),
            )
        )
    return found


def bom_numbers(
    part: Part, units: Decimal | int, *, manufacturer_ids: Collection[int] = (), today: datetime.date | None = None
) -> list[BomNumbers]:
    """The numbers of the lines that so many units of a part are built from; five statements."""
    lines = builds.bom_to_build(part.pk)
    lots, moving, fits = _of_bom(lines, today)
    found = []
    for line in lines:
        free = _free(line.part_id, fits[line.pk], lots, manufacturer_ids, None)
        flow = moving.get(line.part_id, NOTHING)
        found.append(
            BomNumbers(
                line_id=line.pk,
                part_id=line.part_id,
                part=line.part.label,
                required=required(builds.need_of(line), units),
                on_hand=free.on_hand,
                available=free.itself,
                available_variants=free.variants,
                available_substitutes=free.substitutes,
                on_order=flow.on_order,
                on_draft=flow.on_draft,
                in_production=flow.in_production,
                scheduled=flow.scheduled,
                can_build=can_build(free.reachable, builds.need_of(line)),
            )
        )
    return found


def can_build_of(
    part_ids: Collection[int], *, manufacturer_ids: Collection[int] = (), today: datetime.date | None = None
) -> dict[int, int | None]:
    """How many whole units of each assembly the free stock suffices for, each by itself; four statements.

    For all its lines together, consumable, optional and virtual ones aside: what two of them could take is counted
    once. None for a part without such lines.
    """
    boms = builds.boms_to_build(part_ids)
    lots, _, fits = _of_bom([line for lines in boms.values() for line in lines], today, with_flows=False)
    stock = {part_id: where(mine, manufacturer_ids)[1].reachable for part_id, mine in lots.items()}
    found: dict[int, int | None] = {}
    for part_id, lines in boms.items():
        counted = [line for line in lines if not (line.is_optional or line.is_consumable or line.part.is_consumable)]
        found[part_id] = can_build_from(stock, [(builds.need_of(line), fits[line.pk]) for line in counted])
    return found


Lots = Mapping[int, list[Lying]]
_NOTHING_BOUGHT = {True: ZERO, False: ZERO}
_LINE = (
    *("pk", "build", "part", "part__number", "part__name", "quantity", "consumed"),
    *("per_unit", "attrition", "setup", "rounding"),
)


def _of_bom(
    lines: Iterable[BomLine], today: datetime.date | None, *, with_flows: bool = True
) -> tuple[Lots, dict[int, Flows], fitting.Fitting]:
    known = list(lines)
    fits = fitting.onto_bom_lines([line.pk for line in known])
    moving = flows({line.part_id for line in known}) if with_flows else {}
    return lying(fitting.parts_in(fits), today=today), moving, fits


@dataclass(frozen=True, slots=True)
class _Free:
    """What is there for a line: all of the part itself, what is free of it, and what its stand-ins could give."""

    on_hand: Where
    itself: Where
    variants: Decimal
    substitutes: Decimal

    @property
    def reachable(self) -> Decimal:
        return self.itself.reachable + self.variants + self.substitutes


def _free(
    part_id: int, fits: Mapping[int, int], lots: Lots, makers: Collection[int], source: Collection[int] | None
) -> _Free:
    on_hand, itself = where(lots.get(part_id, ()), makers)
    if source is not None:
        itself = where(_within(lots.get(part_id, ()), source), makers)[1]
    others = {VARIANT: ZERO, SUBSTITUTE: ZERO}
    for other, rank in fits.items():
        if rank != ITSELF and other in lots:
            mine = lots[other] if source is None else _within(lots[other], source)
            others[rank] += where(mine, makers)[1].reachable
    return _Free(on_hand, itself, others[VARIANT], others[SUBSTITUTE])


def _within(lots: Iterable[Lying], source: Collection[int]) -> list[Lying]:
    """What lies at others, and with us only where the build takes its stock from."""
    return [one for one in lots if one.company_id is not None or one.location_id in source]


def _allocated(line_ids: Collection[int]) -> dict[int, Decimal]:
    """What is reserved for each build line, wherever it lies; one statement."""
    query = Allocation.objects.filter(build_line__any=line_ids).values_list("build_line")
    return dict(query.annotate(Sum("quantity")).order_by())


_MAKERS = f"""
WITH wanted AS ({{parts}})
SELECT id, manufacturer_id FROM outwork_build WHERE id IN (SELECT id FROM wanted) AND manufacturer_id IS NOT NULL
UNION
SELECT line.build_id, purchase.supplier_id
FROM outwork_purchaseline AS line JOIN outwork_purchaseorder AS purchase ON purchase.id = line.order_id
WHERE line.build_id IN (SELECT id FROM wanted)
      AND (line.received > 0 OR purchase.status NOT IN ({", ".join(str(int(one)) for one in sorted(FAILED_ORDER))}))
"""

_SOURCES = """
WITH RECURSIVE below (build_id, id) AS (
    SELECT build.id, build.take_from_id FROM outwork_build AS build
    WHERE build.id IN ({parts}) AND build.take_from_id IS NOT NULL
    UNION
    SELECT below.build_id, location.id FROM outwork_location AS location JOIN below ON location.parent_id = below.id
)
SELECT build_id, id FROM below
"""


def makers_of(build_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Who makes each build, as `builds.manufacturers_of` says of one; one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    for build_id, company_id in rows_of(_MAKERS, build_ids):
        found[build_id].add(company_id)
    return {build_id: frozenset(found[build_id]) for build_id in build_ids}


def sources_of(build_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The locations that a build takes our stock from, where it names one; one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    for build_id, location_id in rows_of(_SOURCES, build_ids):
        found[build_id].add(location_id)
    return {build_id: frozenset(locations) for build_id, locations in found.items()}
