"""The next serial number: after the last one there is and past what is reserved, one asker after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from outwork.ledger.serials import Scope, find_used, latest
from outwork.models import SerialReservation
from outwork.rules.serial_ranges import SerialRange
from outwork.rules.serials import serial_number

_TURN = 0x5E51A1  # "serial": advisory locks of other kinds have other first keys


@dataclass(frozen=True, slots=True)
class Reserved:
    """A range that is kept for an order line, or for a build."""

    id: int
    scope: Scope
    range: SerialRange
    purchase_line_id: int | None
    build_id: int | None

    def is_for(self, purchase_line_id: int | None, build_id: int | None) -> bool:
        """Whether units of that order line or build may have these numbers."""
        if self.purchase_line_id is not None:
            return self.purchase_line_id == purchase_line_id
        return self.build_id == build_id


def wait_for_turn(scopes: Iterable[Scope]) -> None:
    """Let only one at a time ask for next numbers in these scopes, until its transaction ends.

    On SQLite writers take turns anyway; on PostgreSQL two would read the same last number.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for scope in sorted(set(scopes)):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TURN, scope % 2**31])


def reservations(scopes: Iterable[Scope]) -> list[Reserved]:
    """The ranges that are kept in these scopes, oldest first; one statement."""
    query = SerialReservation.objects.standing().filter(scope__any=list(scopes)).order_by("pk")
    return [Reserved(one.pk, one.scope, one.range, one.purchase_line_id, one.build_id) for one in query]


@dataclass(slots=True)
class Counting:
    """What `~` stands for, scope by scope, and for whom: see `count_on`."""

    last: dict[Scope, str]
    kept: list[Reserved]
    at: dict[int, int] = field(default_factory=dict)

    def latest(self, scope: Scope, *, purchase_line_id: int | None = None, build_id: int | None = None) -> str | None:
        """The serial number that the next one follows: in the range kept for the line or build as long as it lasts."""
        own = self._own(scope, purchase_line_id, build_id)
        if own is None:
            return self.last.get(scope)
        return own.range.serial(self._at(own))

    def used(
        self, scope: Scope, serials: Sequence[str], *, purchase_line_id: int | None = None, build_id: int | None = None
    ) -> None:
        """Count on from these the next time."""
        own = self._own(scope, purchase_line_id, build_id)
        for serial in serials:
            if own is not None and serial in own.range:
                self.at[own.id] = max(self._at(own), _number(serial))
            else:
                self.last[scope] = serial

    def _own(self, scope: Scope, purchase_line_id: int | None, build_id: int | None) -> Reserved | None:
        mine = (one for one in self.kept if one.scope == scope and one.is_for(purchase_line_id, build_id))
        return next((one for one in mine if self._at(one) < one.range.last), None)

    def _at(self, own: Reserved) -> int:
        return self.at.get(own.id, own.range.first - 1)


def count_on(scopes: Collection[Scope]) -> Counting:
    """Take turns, and find what the next serial numbers of these scopes are; three statements at most.

    The next one follows the highest number in stock and every range that is kept, except for whom a range is kept: in
    it theirs follows the highest used.
    """
    wait_for_turn(scopes)
    kept = reservations(scopes)
    last = latest(scopes)
    used: dict[Scope, set[str]] = defaultdict(set)
    for scope, serial in find_used((one.scope, serial) for one in kept for serial in one.range.serials()):
        used[scope].add(serial)
    counting = Counting(last, kept)
    for one in kept:
        numbers = [_number(serial) for serial in used[one.scope] if serial in one.range]
        counting.at[one.id] = max(numbers, default=one.range.first - 1)
        end = one.range.serial(one.range.last)
        if one.scope not in last or serial_number(end) > serial_number(last[one.scope]):
            last[one.scope] = end
    return counting


def _number(serial: str) -> int:
    """The number at the end of a serial number of a range."""
    digits = serial[len(serial.rstrip("0123456789")) :]
    return int(digits)
