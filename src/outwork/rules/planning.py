"""Netting what is needed against what there is and what is coming: oldest need first, each unit once, at the right place.

Everything is of one unit of measure per part (the part's own). Places are companies; None is us.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from outwork.rules.quantities import ZERO

AT_US = frozenset({None})


class Source(StrEnum):
    """Where something comes from. A draft is an order line that nobody has placed yet."""

    STOCK = "stock"
    ORDER = "order"
    BUILD = "build"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity of a part that must lie at one of the places on a day; no day: nobody has said when.

    `key` is the build line that it is for; None is our shelf, which is to be filled up to its minimum.
    """

    key: int | None
    part: int
    quantity: Decimal
    places: frozenset[int | None] = AT_US
    day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A quantity of a part that is there (stock) or comes to a place on a day; no day: it is not known.

    `meant_for` says for which needs so much of it was bought; what those do not need is for all. `id` names the
    order line or build.
    """

    part: int
    quantity: Decimal
    source: Source
    place: int | None = None
    day: datetime.date | None = None
    id: int = 0
    meant_for: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cover:
    """So much of something serves a need; `is_late` if it comes after the day of the need."""

    coming: Coming
    quantity: Decimal
    is_late: bool


@dataclass(frozen=True, slots=True)
class Netted:
    """A need with what serves it; `short` is what nothing serves."""

    need: Need
    covers: tuple[Cover, ...]
    short: Decimal

    def from_source(self, *sources: Source) -> Decimal:
        """How much of it comes from there."""
        return sum((one.quantity for one in self.covers if one.coming.source in sources), ZERO)


@dataclass(frozen=True, slots=True)
class Netting:
    """Every need, the oldest first, and what is left of everything that is there or coming."""

    needs: tuple[Netted, ...]
    left: tuple[tuple[Coming, Decimal], ...]


def net(needs: Iterable[Need], coming: Iterable[Coming]) -> Netting:
    """Serve the needs in the order of their days (those without a day last, equals as given).

    A need takes first what was bought for it, then stock at its manufacturer, our stock, then what comes, the
    earliest first: orders and builds, those without a date, drafts. What comes too late serves all the same, marked
    late: it is to be chased, and what is bought anew is for a later need, which has the time. No unit serves twice,
    and none serves at a place that is not the need's.
    """
    wanted = sorted(needs, key=lambda one: (one.day is None, one.day or datetime.date.max))
    there = sorted(coming, key=_preference)
    left = [one.quantity for one in there]
    of_part: dict[int, list[int]] = defaultdict(list)
    for index, one in enumerate(there):
        of_part[one.part].append(index)
    taken: list[dict[int, Decimal]] = [{} for _ in wanted]
    missing = [one.quantity for one in wanted]

    def take(which: int, index: int, most: Decimal) -> None:
        quantity = min(missing[which], left[index], most)
        if quantity > 0 and there[index].place in wanted[which].places:
            taken[which][index] = taken[which].get(index, ZERO) + quantity
            missing[which] -= quantity
            left[index] -= quantity

    for which, need in enumerate(wanted):
        if need.key is not None:
            for index in of_part[need.part]:
                if need.key in there[index].meant_for:
                    take(which, index, there[index].meant_for[need.key])
    for which, need in enumerate(wanted):
        for index in of_part[need.part]:
            if missing[which] <= 0:
                break
            take(which, index, left[index])
    netted = tuple(
        Netted(need, tuple(_cover(need, there[index], mine[index]) for index in sorted(mine)), short)
        for need, mine, short in zip(wanted, taken, missing, strict=True)
    )
    return Netting(netted, tuple((one, rest) for one, rest in zip(there, left, strict=True) if rest))


def _preference(one: Coming) -> tuple[int, bool, datetime.date, int]:
    """What is taken first: what lies at a manufacturer, what lies here, what comes, what nobody placed yet."""
    rank = {Source.STOCK: 0 if one.place is not None else 1, Source.DRAFT: 3}.get(one.source, 2)
    return rank, one.day is None, one.day or datetime.date.max, one.id


def _cover(need: Need, coming: Coming, quantity: Decimal) -> Cover:
    is_late = bool(
        coming.source is not Source.STOCK and need.day is not None and coming.day is not None and coming.day > need.day
    )
    return Cover(coming, quantity, is_late)


def still_open(ordered: Decimal, received: Decimal, meant: Sequence[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """How much of what an order line was bought for is still to come: (need, quantity) in the order they were meant.

    What came serves them in that order. A line that was cut below what it was bought for gives the first ones theirs.
    """
    open_for: dict[int, Decimal] = {}
    before = ZERO
    for key, quantity in meant:
        after = min(before + quantity, ordered)
        waiting = after - max(before, min(received, after))
        if waiting > 0:
            open_for[key] = open_for.get(key, ZERO) + waiting
        before = after
    return open_for


def needed_on(
    *,
    start: datetime.date | None,
    target: datetime.date | None,
    promised: datetime.date | None = None,
    lead_days: int | None = None,
) -> datetime.date | None:
    """The day on which a build's components must lie ready.

    Where a manufacturer promised units for a day and his lead time is known, that much before it; else the build's
    start; else its target less the lead time (0 where it is not known). None where nobody has said anything.
    """
    if promised is not None and lead_days is not None:
        return promised - datetime.timedelta(days=lead_days)
    if start is not None:
        return start
    end = target or promised
    return None if end is None else end - datetime.timedelta(days=lead_days or 0)


def in_parts(whole: Coming, announced: Sequence[tuple[datetime.date | None, Decimal]]) -> list[Coming]:
    """What comes on one order line, split into the deliveries that were announced (day, quantity) and the rest.

    What was announced beyond what is open is not believed. What the line was bought for goes to the first deliveries.
    """
    left, found = whole.quantity, []
    meant = dict(whole.meant_for)
    dated = sorted(announced, key=lambda one: (one[0] is None, one[0] or datetime.date.max))
    for day, quantity in [*dated, (whole.day, left)]:
        taken = min(quantity, left)
        if taken <= 0:
            continue
        left -= taken
        kept, room = {}, taken
        for key in list(meant):
            kept[key] = min(meant[key], room)
            room -= kept[key]
            meant[key] -= kept[key]
        wanted = {key: part for key, part in kept.items() if part > 0}
        found.append(Coming(whole.part, taken, whole.source, whole.place, day or whole.day, whole.id, wanted))
    return found
