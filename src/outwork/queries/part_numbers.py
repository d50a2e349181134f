"""The numbers that people look at, part by part: on hand, allocated, available, on order, being made, required."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import Part
from outwork.queries.supply_demand import NOTHING, Flows, Lying, flows, lying, rows_of
from outwork.rules.quantities import ZERO


@dataclass(frozen=True, slots=True)
class Where:
    """A quantity by where it lies: with us, at the manufacturers that are meant, at other companies."""

    here: Decimal = ZERO
    there: Decimal = ZERO
    elsewhere: Decimal = ZERO

    @property
    def reachable(self) -> Decimal:
        """What can be used: with us and at the manufacturers meant."""
        return self.here + self.there


@dataclass(frozen=True, slots=True)
class PartNumbers:
    """The numbers of one part, in its unit.

    `on_hand` is all that lies somewhere, whatever its status, without what is in production; it is `allocated`,
    `available` (usable and not allocated) or `unusable` (by its status or its date). `variants_*` are those of the
    variants below the part, never mixed in. `on_order` and what follows are disjoint: see `supply_demand.Flows`.
    """

    part_id: int
    part: str
    unit: str
    on_hand: Where
    available: Where
    allocated: Decimal
    unusable: Decimal
    on_order: Decimal
    on_draft: Decimal
    in_production: Decimal
    scheduled: Decimal
    required: Decimal
    minimum: Decimal
    variants_on_hand: Decimal
    variants_available: Decimal

    @property
    def expected(self) -> Decimal:
        """All that comes: on order, in production, scheduled; drafts are not counted."""
        return self.on_order + self.in_production + self.scheduled

    @property
    def short(self) -> Decimal:
        """What open builds need beyond what is allocated, available and expected, wherever it lies with us."""
        have = self.allocated + self.available.here + self.available.there + self.expected
        return max(ZERO, self.required - have)


def part_numbers(
    part_ids: Collection[int], *, manufacturer_ids: Collection[int] = (), today: datetime.date | None = None
) -> dict[int, PartNumbers]:
    """The numbers of parts; four statements. `there` is at the manufacturers named; `today` leaves out what expired."""
    below = _variants(part_ids)
    everything = {*part_ids, *(one for variants in below.values() for one in variants)}
    there, moving = lying(everything, today=today), flows(part_ids)
    names = Part.objects.filter(pk__any=part_ids).values_list("pk", "number", "name", "unit", "minimum_stock")
    found = {}
    for pk, number, name, unit, minimum in names:
        mine = there.get(pk, [])
        variants = [one for variant in below.get(pk, ()) for one in there.get(variant, ())]
        found[pk] = _numbers(
            pk, number or name, unit, minimum, mine, variants, moving.get(pk, NOTHING), manufacturer_ids
        )
    return found


NOWHERE = Where()


def where(lots: Iterable[Lying], manufacturer_ids: Collection[int]) -> tuple[Where, Where]:
    """Add up what lies somewhere and what of it is free, by where it lies."""
    here = there = elsewhere = ZERO
    free_here = free_there = free_elsewhere = ZERO
    for one in lots:
        if one.company_id is None:
            here += one.quantity
            free_here += one.free
        elif one.company_id in manufacturer_ids:
            there += one.quantity
            free_there += one.free
        else:
            elsewhere += one.quantity
            free_elsewhere += one.free
    return Where(here, there, elsewhere), Where(free_here, free_there, free_elsewhere)


def _numbers(
    part_id: int,
    part: str,
    unit: str,
    minimum: Decimal,
    mine: list[Lying],
    variants: list[Lying],
    moving: Flows,
    manufacturer_ids: Collection[int],
) -> PartNumbers:
    on_hand, available = where(mine, manufacturer_ids)
    return PartNumbers(
        part_id=part_id,
        part=part,
        unit=unit,
        on_hand=on_hand,
        available=available,
        allocated=sum((one.allocated for one in mine), ZERO),
        unusable=sum((one.unusable for one in mine), ZERO),
        on_order=moving.on_order,
        on_draft=moving.on_draft,
        in_production=moving.in_production,
        scheduled=moving.scheduled,
        required=moving.required,
        minimum=minimum,
        variants_on_hand=sum((one.quantity for one in variants), ZERO),
        variants_available=sum((one.free for one in variants), ZERO),
    )


def _variants(part_ids: Collection[int]) -> dict[int, set[int]]:
    """All variants below each part, at any depth; one statement."""
    below: dict[int, set[int]] = {}
    for top, variant in rows_of(_VARIANTS, part_ids):
        below.setdefault(top, set()).add(variant)
    return below


_VARIANTS = """
WITH RECURSIVE below (top_id, id) AS (
    SELECT start.id, start.id FROM ({parts}) AS start
    UNION
    SELECT below.top_id, part.id FROM outwork_part AS part JOIN below ON part.variant_of_id = below.id
)
SELECT top_id, id FROM below WHERE id <> top_id
"""
