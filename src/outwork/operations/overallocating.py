"""Stock that is allocated beyond what the lines of a build need: found, refused or used up when the build ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import BuildLine
from outwork.operations.consuming import Consumption
from outwork.queries.builds import lines_of, manufacturers_of
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare
from outwork.rules.requirement import Due

declare(
    build_overallocated="{part}: {allocated} are allocated, {needed} are needed; free the rest, or say what became of it",
)


@dataclass(frozen=True, slots=True)
class Excess:
    """A line that has more than it needs, net of what it consumed before (G19)."""

    line: BuildLine
    allocated: Decimal
    needed: Decimal

    @property
    def quantity(self) -> Decimal:
        """What is too much, in the component's unit."""
        return self.allocated - self.needed


def overallocated_lines(consumption: Consumption) -> list[Excess]:
    """The lines that have more allocated than they still need before anything more is consumed; one statement."""
    by_line = consumption.reservations.by_line()
    found = []
    for line in lines_of(consumption.build.pk):
        allocated = sum((one.quantity for one in by_line.get(line.pk, ())), ZERO)
        needed = max(ZERO, line.quantity - line.consumed)
        if allocated > needed:
            found.append(Excess(line, allocated, needed))
    return found


def note_overallocated(excess: Sequence[Excess], reasons: Reasons) -> None:
    """Note every line that has too much."""
    for one in excess:
        reasons.add(
            "build_overallocated",
            part=one.line.part.label,
            allocated=one.allocated,
            needed=one.needed,
            where=("lines", one.line.pk),
        )


def use_up(consumption: Consumption, excess: Sequence[Excess]) -> None:
    """Book what is too much as process loss, at whichever manufacturer it lies."""
    makers: list[int | None] = [*sorted(manufacturers_of(consumption.build))] or [None]
    for one in excess:
        left = Due(ZERO, one.quantity)
        for maker in makers:
            if left.total:
                left = consumption.take(one.line, maker, left)
