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

from outwork.models import Allocation, BuildLine, Part
from outwork.models.part import PART_DETAILS, BomLine
from outwork.queries import builds, fitting
from outwork.queries.fitting import ITSELF, SUBSTITUTE, VARIANT
from outwork.queries.part_numbers import Where, where
from outwork.queries.supply_demand import NOTHING, Flows, Lying, flows, lying, meant_for, rows_of
from outwork.rules.quantities import ZERO
from outwork.rules.requirement import can_build, required
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
    lines = list(
        BuildLine.objects.filter(build__any=build_ids)
        .select_related("part")
        .defer(*PART_DETAILS)
        .order_by("build", "position", "pk")
    )
    ids = [line.pk for line in lines]
    fits = fitting.onto_build_lines(ids)
    parts = fitting.parts_in(fits)
    lots, moving = lying(parts, today=today), flows({line.part_id for line in lines})
    makers, sources = makers_of(build_ids), sources_of(build_ids)
    allocated, meant = _allocated(ids), meant_for(ids)
    found = []
    for line in lines:
        makers_, source = makers[line.build_id], sources.get(line.build_id)
        free = _free(fits[line.pk], lots, makers_, source)
        mine, flow = allocated.get(line.pk, ZERO), moving.get(line.part_id, NOTHING)
        left = max(ZERO, line.quantity - line.consumed)
        usable = mine + free[ITSELF].reachable + free[VARIANT].reachable + free[SUBSTITUTE].reachable
        found.append(
            LineNumbers(
                line_id=line.pk,
                build_id=line.build_id,
                part_id=line.part_id,
                part=line.part.label,
                open=left,
                allocated=mine,
                short=max(ZERO, left - mine),
                on_hand=where(lots.get(line.part_id, ()), makers_, "quantity"),
                available=free[ITSELF],
                available_variants=free[VARIANT].reachable,
                available_substitutes=free[SUBSTITUTE].reachable,
                on_order=flow.on_order,
                on_draft=flow.on_draft,
                on_order_for_it=meant[line.pk][True],
                on_draft_for_it=meant[line.pk][False],
                in_production=flow.in_production,
                scheduled=flow.scheduled,
                can_build=can_build(usable, builds.need_of(line)),
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
        free = _free(fits[line.pk], lots, manufacturer_ids, None)
        flow = moving.get(line.part_id, NOTHING)
        found.append(
            BomNumbers(
                line_id=line.pk,
                part_id=line.part_id,
                part=line.part.label,
                required=required(builds.need_of(line), units),
                on_hand=where(lots.get(line.part_id, ()), manufacturer_ids, "quantity"),
                available=free[ITSELF],
                available_variants=free[VARIANT].reachable,
                available_substitutes=free[SUBSTITUTE].reachable,
                on_order=flow.on_order,
                on_draft=flow.on_draft,
                in_production=flow.in_production,
                scheduled=flow.scheduled,
                can_build=_units(line, free),
            )
        )
    return found


def can_build_of(
    part_ids: Collection[int], *, manufacturer_ids: Collection[int] = (), today: datetime.date | None = None
) -> dict[int, int | None]:
    """How many whole units of each assembly the free stock suffices for, each by itself; four statements.

    The least over its lines, consumable, optional and virtual ones aside; None for a part without such lines.
    """
    boms = builds.boms_to_build(part_ids)
    lots, _, fits = _of_bom([line for lines in boms.values() for line in lines], today, with_flows=False)
    found: dict[int, int | None] = {}
    for part_id, lines in boms.items():
        counted = [line for line in lines if not (line.is_optional or line.is_consumable or line.part.is_consumable)]
        units = [_units(line, _free(fits[line.pk], lots, manufacturer_ids, None)) for line in counted]
        found[part_id] = min((one for one in units if one is not None), default=None)
    return found


Lots = Mapping[int, list[Lying]]


def _of_bom(
    lines: Iterable[BomLine], today: datetime.date | None, *, with_flows: bool = True
) -> tuple[Lots, dict[int, Flows], fitting.Fitting]:
    known = list(lines)
    fits = fitting.onto_bom_lines([line.pk for line in known])
    moving = flows({line.part_id for line in known}) if with_flows else {}
    return lying(fitting.parts_in(fits), today=today), moving, fits


def _units(line: BomLine, free: Mapping[int, Where]) -> int | None:
    return can_build(sum((one.reachable for one in free.values()), ZERO), builds.need_of(line))


def _free(
    fits: Mapping[int, int], lots: Lots, makers: Collection[int], source: Collection[int] | None
) -> dict[int, Where]:
    """What is free for a line, by rank: the part itself, its variants, its substitutes."""
    sums = {ITSELF: Where(), VARIANT: Where(), SUBSTITUTE: Where()}
    for part_id, rank in fits.items():
        mine = lots.get(part_id)
        if not mine:
            continue
        if source is not None:
            mine = [one for one in mine if one.company_id is not None or one.location_id in source]
        more, so_far = where(mine, makers), sums[rank]
        sums[rank] = (
            more
            if rank == ITSELF
            else Where(so_far.here + more.here, so_far.there + more.there, so_far.elsewhere + more.elsewhere)
        )
    return sums


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
