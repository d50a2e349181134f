"""Reserve stock for build lines: the only writer of allocations and of what an item has allocated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from outwork.ledger import rows
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import Posting
from outwork.models import Allocation, StockItem
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import ZERO

Key = tuple[int, int, int | None]
_COLUMNS = ("id", "build_line_id", "item_id", "quantity", "output_id")


@dataclass(slots=True)
class Reserved:
    """One allocation as the transaction sees it; `id` is None until it is written."""

    id: int | None
    build_line_id: int
    item_id: int
    quantity: Decimal
    output_id: int | None = None

    @property
    def key(self) -> Key:
        """A line has one row for an item and output."""
        return (self.build_line_id, self.item_id, self.output_id)


@dataclass(slots=True)
class Reservations:
    """The allocations of some lines or items, changed in memory and written in at most three statements.

    Every change also changes `allocated` of the held item, which the posting writes back; the database
    refuses an item that has more allocated than it has.
    """

    posting: Posting
    rows: dict[Key, Reserved] = field(default_factory=dict)
    _changed: set[Key] = field(default_factory=set)
    _dropped: list[int] = field(default_factory=list)

    def of_line(self, build_line_id: int) -> list[Reserved]:
        """The allocations of a line, oldest first."""
        return [one for one in self.rows.values() if one.build_line_id == build_line_id]

    def by_line(self) -> dict[int, list[Reserved]]:
        """All allocations by line, oldest first."""
        found: dict[int, list[Reserved]] = {}
        for one in self.rows.values():
            found.setdefault(one.build_line_id, []).append(one)
        return found

    def add(self, build_line_id: int, item: Held, quantity: Decimal, *, output_id: int | None = None) -> Reserved:
        """Allocate more of an item to a line."""
        assert 0 < quantity <= item.free, f"{quantity} of {item.free} free"
        item.allocated += quantity
        self.posting.touch(item)
        return self._enter(build_line_id, item.id, quantity, output_id)

    def release(self, reserved: Reserved, quantity: Decimal | None = None) -> None:
        """Take some or all of an allocation back."""
        taken = reserved.quantity if quantity is None else quantity
        assert 0 < taken <= reserved.quantity
        item = self.posting.held[reserved.item_id]
        item.allocated -= taken
        self.posting.touch(item)
        reserved.quantity -= taken
        self._changed.add(reserved.key)
        if reserved.quantity == 0:
            del self.rows[reserved.key]
            self._changed.discard(reserved.key)
            if reserved.id is not None:
                self._dropped.append(reserved.id)

    def shift(self, reserved: Reserved, quantity: Decimal, to: Held) -> Reserved:
        """Let part of an allocation follow its units into the item they were split into."""
        line, output = reserved.build_line_id, reserved.output_id
        self.release(reserved, quantity)
        to.allocated += quantity
        self.posting.touch(to)
        return self._enter(line, to.id, quantity, output)

    def shrink(self, item: Held, down_to: Decimal) -> list[tuple[int, Decimal]]:
        """Take the newest allocations of an item back until it has `down_to`; says (line, quantity) of each."""
        taken = []
        mine = [one for one in self.rows.values() if one.item_id == item.id]
        for reserved in sorted(mine, key=lambda one: one.id or 0, reverse=True):
            too_much = item.allocated - down_to
            if too_much <= 0:
                break
            quantity = min(too_much, reserved.quantity)
            taken.append((reserved.build_line_id, quantity))
            self.release(reserved, quantity)
        return taken

    def follow(self, item: Held, quantity: Decimal, to: Held) -> list[tuple[int, Decimal]]:
        """Let the newest allocations follow so many units that were split off; says (line, quantity) of each."""
        followed = []
        left = quantity
        mine = [one for one in self.rows.values() if one.item_id == item.id]
        for reserved in sorted(mine, key=lambda one: one.id or 0, reverse=True):
            if left <= 0:
                break
            taken = min(left, reserved.quantity)
            self.shift(reserved, taken, to)
            followed.append((reserved.build_line_id, taken))
            left -= taken
        return followed

    def write(self) -> None:
        """Write what changed: at most one delete, one update and one insert."""
        rows.delete(Allocation, self._dropped)
        # In the order in which they were asked for: that is the order in which they are used.
        changed = [one for key, one in self.rows.items() if key in self._changed]
        rows.update(Allocation, ("quantity",), sorted((one.id, one.quantity) for one in changed if one.id is not None))
        rows.insert(
            Allocation,
            _COLUMNS[1:],
            [(one.build_line_id, one.item_id, one.quantity, one.output_id) for one in changed if one.id is None],
        )
        self._changed, self._dropped = set(), []

    def _enter(self, build_line_id: int, item_id: int, quantity: Decimal, output_id: int | None) -> Reserved:
        key = (build_line_id, item_id, output_id)
        reserved = self.rows.get(key)
        if reserved is None:
            reserved = self.rows[key] = Reserved(None, build_line_id, item_id, ZERO, output_id)
        reserved.quantity += quantity
        self._changed.add(key)
        return reserved


def read_for_lines(build_id: int) -> dict[Key, Reserved]:
    """The allocations of a build, oldest first; one statement."""
    query = Allocation.objects.filter(build_line__build=build_id).order_by("pk")
    return _keyed(query.values_list(*_COLUMNS))


def read_for_items(item_ids: Iterable[int]) -> dict[Key, Reserved]:
    """The allocations of some items, oldest first; one statement."""
    query = Allocation.objects.filter(item__any=list(item_ids)).order_by("pk")
    return _keyed(query.values_list(*_COLUMNS))


def read_for_outputs(output_ids: Iterable[int]) -> dict[Key, Reserved]:
    """What is allocated to single units of a build, oldest first; one statement."""
    query = Allocation.objects.filter(output__any=list(output_ids)).order_by("pk")
    return _keyed(query.values_list(*_COLUMNS))


def hold_for_build(build_id: int, *, also: Iterable[int] = ()) -> tuple[dict[int, Held], dict[Key, Reserved]]:
    """Lock all items allocated to a build (and those named, gone or not), then read its allocations as they are now.

    Between reading and locking a transfer may carry an allocation into a new item; then that one is
    locked too (its id is higher than all before) and the allocations are read again.
    """
    wanted = {key[1] for key in read_for_lines(build_id)} | set(also)
    held = lock_items(wanted, existing=False)
    reserved = read_for_lines(build_id)
    while missing := {key[1] for key in reserved} - held.keys():
        held.update(lock_items(missing))
        reserved = read_for_lines(build_id)
    return held, reserved


def items_for_builds(build_ids: Iterable[int]) -> set[int]:
    """All items that are allocated to some builds or were used up by them; two statements.

    They are locked together before each build takes its own: taken build by build, two transactions with the same
    parts would wait for each other.
    """
    wanted = list(build_ids)
    ids = set(Allocation.objects.filter(build_line__build__any=wanted).values_list("item", flat=True))
    return ids | set(StockItem.objects.filter(used_by__any=wanted, place=PlaceKind.USED).values_list("pk", flat=True))


def _keyed(found: Iterable[tuple[int, int, int, Decimal, int | None]]) -> dict[Key, Reserved]:
    return {(row[1], row[2], row[4]): Reserved(*row) for row in found}
