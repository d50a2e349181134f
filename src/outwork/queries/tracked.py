"""Tracked components: what goes into which unit of a build, and which units still miss some of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from outwork.models import Allocation, BuildLine, BuildOutput, Movement
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO
from outwork.rules.states import OutputState

_GOES_IN = frozenset({Kind.USED})
_COMES_OUT = frozenset({Kind.UNUSED, Kind.UNINSTALLED})


@dataclass(frozen=True, slots=True)
class Unit:
    """Units of a build that were not decided yet: one with a serial number, or a batch."""

    output_id: int
    serial: str | None
    quantity: Decimal
    revision: int
    manufacturer_id: int | None

    @property
    def name(self) -> str:
        """How people name it: its serial number, else the number of the output."""
        return self.serial or f"output {self.output_id}"


def units_in_production(build_id: int) -> list[Unit]:
    """The units of a build that are in production, by serial number; one statement."""
    query = BuildOutput.objects.filter(build=build_id, state=OutputState.IN_PRODUCTION)
    columns = ("pk", "item__serial", "quantity", "revision", "manufacturer")
    return [Unit(*row) for row in query.order_by("item__serial_number", "pk").values_list(*columns)]


def tracked_lines(lines: Iterable[BuildLine]) -> list[BuildLine]:
    """The lines whose components go into one unit each and are told apart there."""
    return [line for line in lines if line.is_tracked and not line.is_consumable]


def in_units(output_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """What is in a unit or allocated to it, by (output, build line), in the component's unit; two statements."""
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    allocated = Allocation.objects.filter(output__any=output_ids).values_list("output", "build_line")
    for output_id, line_id, quantity in allocated.annotate(Sum("quantity")).order_by():
        sums[output_id, line_id] += quantity
    for key, quantity in used_in_units(output_ids).items():
        sums[key] += quantity
    return sums


def used_in_units(output_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """What was used up into units and not taken out again, by (output, build line); one statement."""
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    moved = Movement.objects.filter(
        output__any=output_ids, build_line__isnull=False, kind__in=sorted({*_GOES_IN, *_COMES_OUT, Kind.REVERSED})
    ).values_list("output", "build_line", "kind", "reverses__kind")
    for output_id, line_id, kind, reversed_kind, quantity in moved.annotate(Sum("quantity")).order_by():
        if kind in _GOES_IN or reversed_kind in _COMES_OUT:
            sums[output_id, line_id] += quantity
        elif kind in _COMES_OUT or reversed_kind in _GOES_IN:
            sums[output_id, line_id] -= quantity
    return sums


@dataclass(frozen=True, slots=True)
class Unfitted:
    """A unit that misses components of a line, in the component's unit."""

    unit: Unit
    line: BuildLine
    there: Decimal
    needed: Decimal


def unfitted(units: Sequence[Unit], lines: Sequence[BuildLine], *, optional: bool = False) -> list[Unfitted]:
    """Which of the units miss tracked components: per unit x the quantity of the output; two statements at most.

    What is allocated to the unit and what is in it already counts. Optional lines only where asked for.
    """
    meant = [line for line in tracked_lines(lines) if optional or not line.is_optional]
    if not meant or not units:
        return []
    there = in_units([unit.output_id for unit in units])
    found = [
        Unfitted(unit, line, there.get((unit.output_id, line.pk), ZERO), line.per_unit * unit.quantity)
        for unit in units
        for line in meant
        if line.counts_for(unit.revision)
    ]
    return [one for one in found if one.there < one.needed]
