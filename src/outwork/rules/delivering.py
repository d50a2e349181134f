"""How deliveries travel, and whether they came when they were to come."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class TransportMode(StrEnum):
    """By what a delivery comes; empty is not said."""

    AIR = "air"
    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    COURIER = "courier"


@dataclass(frozen=True, slots=True)
class LineDates:
    """The dates of an order line: as requested, confirmed and promised, first and last; `target` is the order's."""

    requested: datetime.date | None = None
    confirmed: datetime.date | None = None
    promised: datetime.date | None = None
    first_promise: datetime.date | None = None
    target: datetime.date | None = None

    @property
    def expected(self) -> datetime.date | None:
        """When it will come: as promised last, else as confirmed, else as requested, else as the order wants it."""
        return self.promised or self.confirmed or self.requested or self.target

    @property
    def due(self) -> datetime.date | None:
        """When it was to come: as promised first, else as `expected`."""
        return self.first_promise or self.expected


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Late is what is open and was expected before today; `days` so long, or so long after the first promise it came.

    `is_on_time` is None while that is not known: nothing was promised, or it is open and still has time.
    """

    is_late: bool
    days: int
    is_on_time: bool | None


def punctuality(dates: LineDates, *, is_open: bool, came_on: datetime.date | None, today: datetime.date) -> Punctuality:
    """Whether a line is late, measured against the latest promise, and on time, against the first.

    A line is on time if the last of it came no later than on the day promised first. The day itself is in time
    (semantics G38). One that is open past that day cannot be on time any more, whatever was promised since.
    """
    expected, due = dates.expected, dates.due
    if is_open:
        late = expected is not None and expected < today
        missed = due is not None and due < today
        return Punctuality(late, (today - expected).days if late and expected else 0, False if missed else None)
    if due is None or came_on is None:
        return Punctuality(False, 0, None)
    return Punctuality(False, max(0, (came_on - due).days), came_on <= due)
