"""Post movements: the one place where stock changes. A list goes in, five statements come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.held import COLUMNS, Held, as_row, changed_columns
from outwork.models import Event, Movement, StockItem
from outwork.rules.places import GONE, VALUE_ONLY, Kind, Place, PlaceKind
from outwork.rules.quantities import ZERO, check_value, rounded_money

_MOVEMENT = (
    "event_id",
    "kind",
    "quantity",
    "source_item_id",
    "target_item_id",
    "source_place",
    "target_place",
    "source_location_id",
    "target_location_id",
    "container_id",
    "customer_id",
    "part_id",
    "batch",
    "serial",
    "build_id",
    "build_line_id",
    "output_id",
    "manufacturer_id",
    "purchase_line_id",
    "supplier_return_id",
    "value",
    "amount",
    "currency",
    "rate",
    "reverses_id",
    "corrects_id",
    "at",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class About:
    """The documents a movement belongs to, and where its value came from."""

    build_id: int | None = None
    build_line_id: int | None = None
    output_id: int | None = None
    manufacturer_id: int | None = None
    purchase_line_id: int | None = None
    supplier_return_id: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    rate: Decimal | None = None
    reverses_id: int | None = None
    corrects_id: int | None = None


NOTHING = About()


@dataclass(slots=True)
class Posting:
    """Movements being gathered for one event over items held under a lock; `write` posts them all.

    Every method changes the working copies at once, so that a later movement of the same post sees
    what an earlier one left. Value travels with the units in proportion; an unknown value stays unknown.
    """

    event: Event
    held: dict[int, Held]
    _new: dict[int, Held] = field(default_factory=dict)
    _touched: set[int] = field(default_factory=set)
    _movements: list[tuple[Any, ...]] = field(default_factory=list)

    def arrive(self, item: Held, *, kind: Kind, value: Decimal | None, about: About = NOTHING) -> Held:
        """A new item comes from outside: `item` carries its id, place and quantity."""
        assert item.quantity > 0
        item.value = value
        self._new[item.id] = item
        self._note(kind, item.quantity, None, None, item, item.where, value, about)
        return item

    def grow(self, item: Held, quantity: Decimal, *, kind: Kind, value: Decimal | None, about: About = NOTHING) -> None:
        """More of an item comes from outside."""
        assert quantity > 0
        item.quantity += quantity
        item.value = None if value is None or item.value is None else item.value + value
        self._note(kind, quantity, None, None, item, item.where, value, about)

    def leave(
        self, item: Held, quantity: Decimal, *, kind: Kind, worth: Decimal | None = None, about: About = NOTHING
    ) -> None:
        """Some or all of an item goes to the outside world, with its share of the value or with what it is `worth`."""
        assert 0 < quantity <= item.quantity
        source = item.where
        value = self._take(item, quantity, worth)
        self._note(kind, quantity, item, source, None, None, value, about)

    def carry(self, item: Held, place: Place, *, kind: Kind, about: About = NOTHING) -> None:
        """Move a whole item; it keeps its id and its allocations."""
        source = item.where
        item.put(place)
        self._note(kind, item.quantity, item, source, item, item.where, item.value, about)

    def split(
        self,
        item: Held,
        quantity: Decimal,
        place: Place,
        *,
        into: Held,
        kind: Kind,
        worth: Decimal | None = None,
        about: About = NOTHING,
    ) -> Held:
        """Move part of an item into another one: a fresh one from `Held.part_off`, or one that is held.

        It takes its share of the value along, or exactly what it is `worth` where the caller knows.
        """
        assert 0 < quantity <= item.quantity
        assert into.id != item.id
        source = item.where
        value = self._take(item, quantity, worth)
        if into.id not in self.held:
            self._new[into.id] = into
        into.put(place)
        into.quantity += quantity
        into.value = None if value is None or into.value is None else into.value + value
        self._note(kind, quantity, item, source, into, into.where, value, about)
        return into

    def revalue(
        self,
        source: Held | None,
        target: Held | None,
        delta: Decimal | None,
        *,
        corrects: int | None,
        kind: Kind = Kind.REVALUED,
        about: About = NOTHING,
    ) -> None:
        """Change the value that an earlier movement carried, or cost an output; no unit moves.

        An unknown delta (None) makes the value of the items unknown.
        """
        assert kind in VALUE_ONLY
        if source is not None:
            source.value = None if source.value is None or delta is None else source.value - delta
        if target is not None:
            target.value = None if target.value is None or delta is None else target.value + delta
        part = target or source
        assert part is not None
        self._note(
            kind,
            ZERO,
            source,
            source.where if source else None,
            target,
            target.where if target else None,
            delta,
            About(**{**_as_dict(about), "corrects_id": corrects}),
        )

    def mark_gone(self, item: Held) -> None:
        """An item of which nothing is left no longer exists: its serial number is free again."""
        assert item.quantity == 0
        item.put(GONE)
        self._touched.add(item.id)

    def touch(self, item: Held) -> None:
        """Write an item back although nothing moved: a fact about it changed (status, batch, serial)."""
        self._touched.add(item.id)

    def write(self) -> None:
        """Write new items, changed items and movements: three statements, however many there are."""
        now = self.event.recorded_at
        # Sorted by serial: two transactions that want the same serials then wait for each other, not in a circle.
        fresh = sorted(self._new.values(), key=lambda one: (one.serial_scope or 0, one.serial or ""))
        touched = [self.held[item_id] for item_id in sorted(self._touched) if item_id in self.held]
        for one in (*fresh, *touched):
            if one.value is not None:
                check_value(one.value, where=("items", one.id))
        rows.insert(StockItem, (*COLUMNS, "updated_at"), [(*as_row(one), now) for one in fresh])
        # Only the columns that changed: the databases then leave the indexes and keys of all others alone.
        changed = {**changed_columns(touched), "updated_at": [now] * len(touched)}
        ids = [one.id for one in touched]
        rows.update(StockItem, tuple(changed), list(zip(ids, *changed.values(), strict=True)))
        rows.insert(Movement, _MOVEMENT, self._movements)
        for one in (*fresh, *touched):
            one.stored = as_row(one)
        self.held.update(self._new)
        self._new, self._touched, self._movements = {}, set(), []

    def _take(self, item: Held, quantity: Decimal, worth: Decimal | None) -> Decimal | None:
        """Take units and their share of the value off an item; the last ones take all that is left.

        What then is empty no longer exists, if that was said of it.
        """
        if item.value is None:
            value = worth
        elif quantity == item.quantity:
            value = item.value
        elif worth is not None:
            value = worth
        else:
            value = rounded_money(item.value * quantity / item.quantity)
        item.quantity -= quantity
        if item.quantity == 0:
            item.value = ZERO
            if item.goes_when_empty:
                item.put(GONE)
        elif item.value is not None and value is not None:
            item.value -= value
        return value

    def _note(
        self,
        kind: Kind,
        quantity: Decimal,
        source: Held | None,
        source_place: Place | None,
        target: Held | None,
        target_place: Place | None,
        value: Decimal | None,
        about: About,
    ) -> None:
        moved = target or source
        assert moved is not None
        self._touched.update(one.id for one in (source, target) if one is not None)
        places = [place for place in (source_place, target_place) if place is not None]
        self._movements.append(
            (
                self.event.pk,
                kind,
                quantity,
                source.id if source else None,
                target.id if target else None,
                source_place.kind if source_place else None,
                target_place.kind if target_place else None,
                source_place.id if source_place and source_place.kind == PlaceKind.LOCATION else None,
                target_place.id if target_place and target_place.kind == PlaceKind.LOCATION else None,
                next((place.id for place in places if place.kind == PlaceKind.INSIDE), None),
                next((place.id for place in places if place.kind == PlaceKind.CUSTOMER), None),
                moved.part_id,
                moved.batch,
                moved.serial,
                about.build_id,
                about.build_line_id,
                about.output_id,
                about.manufacturer_id,
                about.purchase_line_id,
                about.supplier_return_id,
                value,
                about.amount,
                about.currency,
                about.rate,
                about.reverses_id,
                about.corrects_id,
                self.event.at,
                self.event.recorded_at,
            )
        )


def _as_dict(about: About) -> dict[str, Any]:
    return {name: getattr(about, name) for name in About.__slots__}


def new_ids(count: int) -> Sequence[int]:
    """Ids for items that a post will make; one statement."""
    return rows.take_ids(StockItem, count)
