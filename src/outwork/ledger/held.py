"""Stock items held under a lock: the working copies that a post changes and writes back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db.models import Q

from outwork.models import Part, StockItem
from outwork.rules.places import Place, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import AVAILABLE_STOCK, StockStatus

declare(
    item_unknown="There is no stock item {item}",
    item_gone="Stock item {item} no longer exists: it was written off",
    item_busy="Somebody is moving stock that this would change as well (items {items}); repeat it in a moment",
)


@dataclass(slots=True)
class Held:
    """One stock item as the transaction sees it; `stored` is its row as the database has it."""

    id: int
    part_id: int
    quantity: Decimal
    received_at: datetime.datetime
    allocated: Decimal = ZERO
    value: Decimal | None = None
    batch: str = ""
    serial: str | None = None
    serial_number: int | None = None
    serial_scope: int | None = None
    status: int = StockStatus.OK
    place: int = PlaceKind.UNPLACED
    location_id: int | None = None
    inside_id: int | None = None
    customer_id: int | None = None
    used_by_id: int | None = None
    build_id: int | None = None
    is_in_production: bool = False
    supplier_part_id: int | None = None
    purchase_line_id: int | None = None
    split_from_id: int | None = None
    root_id: int | None = None
    packaging: str = ""
    expiry_date: datetime.date | None = None
    note: str = ""
    owner_id: int | None = None
    link: str = ""
    goes_when_empty: bool = False
    counted_at: datetime.datetime | None = None
    counted_by_id: int | None = None
    stored: tuple[object, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def free(self) -> Decimal:
        """What is not allocated."""
        return self.quantity - self.allocated

    @property
    def is_on_hand(self) -> bool:
        """Ours, lying somewhere, and more than nothing."""
        return self.quantity > 0 and self.place in (PlaceKind.LOCATION, PlaceKind.UNPLACED)

    @property
    def is_usable(self) -> bool:
        """On hand, of a status that may be used, and no longer in production."""
        return self.is_on_hand and self.status in AVAILABLE_STOCK and not self.is_in_production

    @property
    def lot(self) -> int:
        """The item it was first split from: items of one lot share it."""
        return self.root_id or self.id

    @property
    def where(self) -> Place:
        """Its place as one value."""
        kind, key = _PLACES[self.place]
        return Place(kind, getattr(self, key) if key else None)

    def put(self, place: Place) -> None:
        """Change the place; the build that uses it stays known when it is taken out again by hand only."""
        self.place = place.kind
        self.location_id = place.id if place.kind == PlaceKind.LOCATION else None
        self.inside_id = place.id if place.kind == PlaceKind.INSIDE else None
        self.customer_id = place.id if place.kind == PlaceKind.CUSTOMER else None
        if place.kind == PlaceKind.USED:
            self.used_by_id = place.id

    def part_off(self, new_id: int, quantity: Decimal) -> Held:
        """The working copy of an item split off this one: same lot, nothing in it yet."""
        part = Held(*as_row(self))
        part.id, part.split_from_id, part.root_id = new_id, self.id, self.lot
        part.quantity = part.allocated = part.value = ZERO
        return part


COLUMNS = tuple(field.name for field in fields(Held) if field.name != "stored")
as_row = attrgetter(*COLUMNS)
_PLACE_KEYS = {
    PlaceKind.LOCATION: "location_id",
    PlaceKind.INSIDE: "inside_id",
    PlaceKind.CUSTOMER: "customer_id",
    PlaceKind.USED: "used_by_id",
}
_PLACES: dict[int, tuple[PlaceKind, str | None]] = {kind: (kind, _PLACE_KEYS.get(kind)) for kind in PlaceKind}


def lock_items(ids: Iterable[int], *, existing: bool = True) -> dict[int, Held]:
    """Lock stock items once, in id order, and hold them; refuses, in the order asked, what is unknown or written off."""
    wanted = dict.fromkeys(ids)
    if not wanted:
        return {}
    query = StockItem.objects.filter(pk__any=sorted(wanted)).order_by("pk").select_for_update(no_key=True)
    held = _hold(query.values_list(*COLUMNS))
    reasons = Reasons()
    for item_id in wanted:
        if item_id not in held:
            reasons.add("item_unknown", item=item_id)
        elif existing and held[item_id].place == PlaceKind.GONE:
            reasons.add("item_gone", item=item_id)
    reasons.raise_any()
    return held


def read_items(ids: Iterable[int]) -> dict[int, Held]:
    """Stock items as they are, without a lock: only to ask about them, never to post; one statement."""
    return _hold(StockItem.objects.filter(pk__any=sorted(set(ids))).values_list(*COLUMNS))


def lock_late_items(ids: Iterable[int]) -> dict[int, Held]:
    """Lock items that were found only after others were locked, without waiting; refuses item_busy."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = StockItem.objects.filter(pk__any=wanted).order_by("pk").select_for_update(no_key=True, skip_locked=True)
    held = _hold(query.values_list(*COLUMNS))
    if len(held) < len(wanted):
        refuse("item_busy", items=[item_id for item_id in wanted if item_id not in held])
    return held


def lock_where(condition: Q) -> dict[int, Held]:
    """Lock the usable items that meet a condition, in id order, and hold them; one statement."""
    query = StockItem.objects.usable().filter(condition).order_by("pk").select_for_update(no_key=True)
    return _hold(query.values_list(*COLUMNS))


def changed_columns(held: Sequence[Held]) -> dict[str, Sequence[object]]:
    """The columns in which any of the items differs from what is stored, each with the values of all items."""
    if not held:
        return {}
    now = zip(*map(as_row, held), strict=True)
    before = zip(*(one.stored or _NOT_STORED for one in held), strict=True)
    columns = zip(COLUMNS, now, before, strict=True)
    return {name: values for name, values, stored in columns if values != stored}


def _hold(found: Iterable[tuple[Any, ...]]) -> dict[int, Held]:
    held = {}
    for row in found:
        one = held[row[0]] = Held(*row)
        one.stored = row
    return held


_NOT_STORED = (object(),) * len(COLUMNS)


def item_name(item: Held, parts: Mapping[int, Part]) -> str:
    """How people name an item: its part, and its batch or serial number."""
    what = f" serial {item.serial}" if item.serial else f" batch {item.batch}" if item.batch else ""
    return f"{parts[item.part_id].label}{what}"
