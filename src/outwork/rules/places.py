"""Where stock can be, and what kinds of movement take it there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from outwork.rules.refusals import declare

declare(
    location_unknown="There is no location {location}",
    location_structural="{location} is structural: nothing lies in it",
)


class PlaceKind(IntEnum):
    """The kinds of place. The outside world (supplier, count difference, loss) is no place: it is null."""

    UNPLACED = 0
    LOCATION = 1
    INSIDE = 2
    CUSTOMER = 3
    USED = 4
    GONE = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One place: its kind and the id of the location, containing item, customer or using build."""

    kind: PlaceKind
    id: int | None = None


UNPLACED = Place(PlaceKind.UNPLACED)
GONE = Place(PlaceKind.GONE)


def at_location(location_id: int | None) -> Place:
    """A location, or "not placed" where none is known."""
    return UNPLACED if location_id is None else Place(PlaceKind.LOCATION, location_id)


def inside(item_id: int) -> Place:
    """Installed in another item."""
    return Place(PlaceKind.INSIDE, item_id)


def used_by(build_id: int) -> Place:
    """Used up by a build."""
    return Place(PlaceKind.USED, build_id)


class Kind(StrEnum):
    """What a movement was."""

    OPENING = "opening"
    RECEIVED = "received"
    ADDED = "added"
    REMOVED = "removed"
    COUNTED = "counted"
    MOVED = "moved"
    SPLIT = "split"
    SENT = "sent"
    MADE = "made"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    USED = "used"
    LOST = "lost"
    INSTALLED = "installed"
    UNUSED = "unused"
    UNINSTALLED = "uninstalled"
    RETURNED = "returned"
    CAME_BACK = "came back"
    DELIVERED = "delivered"
    MERGED = "merged"
    SERIALISED = "serialised"
    CONVERTED = "converted"
    WRITTEN_OFF = "written off"
    REVERSED = "reversed"
    REVALUED = "revalued"
    COSTED = "costed"


VALUE_ONLY = frozenset({Kind.REVALUED, Kind.COSTED})
