"""Which lots are in a unit, and how sure that is: decided from what fed its build line, and when that came.

Pure: frozen facts in, a verdict out. Decision paper 0008 says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from outwork.rules.quantities import ZERO
from outwork.rules.states import OutputState


class Certainty(StrEnum):
    """Whether a lot is in a unit beyond doubt, or may be."""

    CERTAIN = "certain"
    POSSIBLE = "possible"

    def through(self, other: Certainty) -> Certainty:
        """How sure something is that rests on both: a possible lot in a certain unit is possible."""
        return Certainty.CERTAIN if self is other is Certainty.CERTAIN else Certainty.POSSIBLE


def surest(found: Iterable[Certainty | None]) -> Certainty | None:
    """The surest of several ways in which a unit may have a lot; None if there is none."""
    ways = set(found)
    return next((one for one in Certainty if one in ways), None)


@dataclass(frozen=True, slots=True)
class Fed:
    """What one lot fed a build line at one manufacturer.

    `came_at` is when its first units came to the manufacturer, or to us if they never left our shelf (None: not
    known). `used` and `lost` are booked; `waiting` is allocated there and not booked yet.
    """

    lot: int
    came_at: datetime | None
    used: Decimal = ZERO
    lost: Decimal = ZERO
    waiting: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Judged:
    """The lots that are or may be in a unit, and those that came too `late`.

    `is_closed`: one of the lots named is in the unit for sure, even where it is open which one.
    """

    lots: tuple[tuple[int, Certainty], ...] = ()
    late: tuple[int, ...] = ()
    is_closed: bool = False


def made_until(*, state: int, made_at: datetime, decided_at: datetime | None, came_by_receipt: bool) -> datetime | None:
    """The time after which nothing went into a unit any more; None while somebody still works on it.

    A unit that was received was complete when it came. One that we make is booked when work on it begins and is
    complete when it is accepted or rejected.
    """
    if came_by_receipt:
        return made_at
    return None if state == OutputState.IN_PRODUCTION else decided_at


def judge(
    fed: Sequence[Fed], *, until: datetime | None, wanted: Decimal, unknown: Decimal, is_only_unit: bool = False
) -> Judged:
    """Say which lots of a line are in one of its units.

    `wanted` is what one unit takes besides what was allocated to that very unit, `unknown` how much of what the
    line's units took comes from no known lot. Which event booked a lot proves nothing: acceptance books from the
    allocations in their order, not from the reel that was on the machine. So every lot that fed the line and was
    there in time may be in every unit. One lot alone is certain as long as what is unknown is less than what a unit
    takes. In the only unit of a build everything is that was used.
    """
    if wanted <= 0:
        return Judged()
    late = tuple(one.lot for one in fed if until is not None and one.came_at is not None and one.came_at > until)
    left = [one for one in fed if one.lot not in late]
    is_used = any(one.used > 0 for one in left)
    is_closed = is_used and unknown < wanted
    if is_only_unit and all(one.used > 0 for one in left):
        return Judged(tuple((one.lot, Certainty.CERTAIN) for one in left), late, is_closed=is_used)
    sure = Certainty.CERTAIN if is_closed and len(left) == 1 else Certainty.POSSIBLE
    return Judged(tuple((one.lot, sure) for one in left), late, is_closed)


def holds(judged: Judged, *, certain: Collection[int], possible: Collection[int]) -> Certainty | None:
    """Whether a unit holds any of some lots: the `certain` ones are what is looked for, the `possible` ones may be.

    It does for sure if a lot looked for is in it for sure, or if all that it may consist of is looked for.
    """
    lots = dict(judged.lots)
    if any(lot in certain for lot, sure in lots.items() if sure is Certainty.CERTAIN):
        return Certainty.CERTAIN
    if judged.is_closed and lots and all(lot in certain for lot in lots):
        return Certainty.CERTAIN
    if any(lot in certain or lot in possible for lot in lots):
        return Certainty.POSSIBLE
    return None


def counts(since_revision: int, until_revision: int | None, revision: int) -> bool:
    """Whether a build line is part of the units built to that revision."""
    return since_revision <= revision and (until_revision is None or revision <= until_revision)
