"""What all stock operations share: their items taken in hand under locks, and allocations that give way or follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from outwork.ledger.held import Held, item_name, lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_items
from outwork.models import BuildLine, Event, Part, StockItem, User
from outwork.operations.owning import check_owners
from outwork.queries.settings import all_settings
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import as_text
from outwork.rules.quantities import quantity as read_quantity
from outwork.rules.quantities import whole as read_whole
from outwork.rules.refusals import Reason, Reasons, Refusal, Where, declare

declare(
    item_repeated="Stock item {item} stands in the list twice",
    item_not_on_hand="{item} is not on hand: it is {place}",
    item_in_production="{item} is in production: accept it first",
    item_empty="Nothing is left of {item}",
    item_has_serial="{item} is one piece with a serial number",
    item_short="{item}: {there} there, {wanted} wanted",
    units_not_free="{item}: {free} are not allocated, {wanted} wanted",
    item_elsewhere="{item} is {place}, not {wanted}",
)

PLACE_WORDS = {
    PlaceKind.UNPLACED: "on hand",
    PlaceKind.LOCATION: "on hand",
    PlaceKind.INSIDE: "inside another item",
    PlaceKind.CUSTOMER: "at a customer",
    PlaceKind.USED: "used up by a build",
    PlaceKind.GONE: "gone",
}


@dataclass(slots=True)
class Hand:
    """The items of a request as they are under their locks, with their parts and allocations."""

    held: dict[int, Held]
    parts: dict[int, Part]
    reserved: dict[Key, Reserved]
    settings: dict[str, Any] = field(default_factory=dict)
    said: list[tuple[str, int, int, Decimal, int | None]] = field(default_factory=list)

    def name(self, item_id: int) -> str:
        """How people name an item: its part, and its batch or serial number."""
        return item_name(self.held[item_id], self.parts)

    def is_counted_in_pieces(self, item_id: int) -> bool:
        """Whether its quantity is a whole number."""
        return self.parts[self.held[item_id].part_id].is_trackable

    def documents(self) -> list[models.Model]:
        """What the event is about: the item where it is one, the part where all are of one."""
        items: list[models.Model] = [StockItem(pk=item_id) for item_id in self.held] if len(self.held) == 1 else []
        return items + (list(self.parts.values()) if len(self.parts) == 1 else [])

    def open(self, event: Event) -> tuple[Posting, Reservations]:
        """The posting and the allocations to write with."""
        posting = Posting(event, self.held)
        return posting, Reservations(posting, self.reserved)

    def shrink(self, book: Reservations, item: Held, down_to: Decimal) -> None:
        """Let the newest allocations give way, and remember whose they were."""
        for line_id, quantity in book.shrink(item, down_to):
            self.said.append(("allocation_shrunk", item.id, line_id, quantity, None))

    def let_follow(self, book: Reservations, item: Held, quantity: Decimal, into: Held) -> None:
        """Let the newest allocations follow so many of the units that were split off, and remember whose they were."""
        for line_id, taken in book.follow(item, quantity, into):
            self.said.append(("allocation_moved", item.id, line_id, taken, into.id))

    def spoken(self) -> list[dict[str, Any]]:
        """What happened to allocations, with the builds named; one statement, none if nothing happened."""
        if not self.said:
            return []
        lines = BuildLine.objects.filter(pk__any=[line_id for _, _, line_id, _, _ in self.said])
        builds = dict(lines.values_list("pk", "build__reference"))
        return [
            {
                "code": code,
                "item": self.name(item_id),
                "item_id": item_id,
                "build": builds[line_id],
                "build_line": line_id,
                "quantity": as_text(quantity),
                **({"into": into} if into is not None else {}),
            }
            for code, item_id, line_id, quantity, into in self.said
        ]


ON_HAND = frozenset({PlaceKind.LOCATION, PlaceKind.UNPLACED})


def take_in_hand(
    item_ids: Sequence[int],
    reasons: Reasons,
    *,
    actor: User,
    may_be_in_production: bool = False,
    places: frozenset[PlaceKind] = ON_HAND,
    if_allowed: frozenset[PlaceKind] = frozenset(),
    also: Iterable[int] = (),
    held: dict[int, Held] | None = None,
) -> Hand:
    """Lock the items of a request once, in id order; read their parts and allocations and all settings.

    At most four statements, more where ownership is controlled. `also` are further items to lock, of which nothing is
    asked but that they exist; `held` are items the caller has locked; places `if_allowed` count where the setting
    STOCK_ALLOW_OUT_OF_STOCK_TRANSFER is on. Notes `item_repeated`, `item_not_on_hand` (for
    other `places` `item_elsewhere`), `item_in_production` and `item_of_others`; refuses at once, with all that was
    noted so far, an empty list (`rows_missing`), `item_unknown` and `item_gone`.
    """
    if not item_ids:
        reasons.add("rows_missing")
    seen: set[int] = set()
    for index, item_id in enumerate(item_ids):
        if item_id in seen:
            reasons.add("item_repeated", item=item_id, where=(index, "item"))
        seen.add(item_id)
    held = _lock(item_ids, also, reasons) if held is None else held
    parts = {part.pk: part for part in Part.objects.filter(pk__any={one.part_id for one in held.values()})}
    allocated = [one.id for one in held.values() if one.allocated]
    hand = Hand(held, parts, read_for_items(allocated) if allocated else {}, all_settings())
    beyond = if_allowed if hand.settings["STOCK_ALLOW_OUT_OF_STOCK_TRANSFER"] else frozenset[PlaceKind]()
    for index, item_id in enumerate(item_ids):
        item, where = held[item_id], (index, "item")
        if item.place not in places | beyond:
            place, name = PLACE_WORDS[PlaceKind(item.place)], hand.name(item_id)
            if places == ON_HAND:
                reasons.add("item_not_on_hand", item=name, place=place, where=where)
            else:
                reasons.add("item_elsewhere", item=name, place=place, wanted=PLACE_WORDS[min(places)], where=where)
        elif item.is_in_production and not may_be_in_production:
            reasons.add("item_in_production", item=hand.name(item_id), where=where)
    asked = [(held[item_id], (index, "item")) for index, item_id in enumerate(item_ids)]
    is_on = hand.settings["STOCK_OWNERSHIP_CONTROL"]
    check_owners(asked, actor, reasons, named=hand.name, is_on=is_on)
    return hand


def read_row_quantity(
    value: Any, reasons: Reasons, *, where: Where, pieces: bool = False, zero: bool = False
) -> Decimal | None:
    """The quantity of a row; None when it is none, and then the reason is noted."""
    try:
        number = read_quantity(value, where=where, zero=zero)
        if pieces:
            read_whole(number, where=where)
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return None
    return number


def read_part_of(hand: Hand, item_id: int, quantity: Any, index: int, reasons: Reasons) -> Decimal:
    """How many units of an item are meant, all of them where no quantity is named; notes what cannot be.

    Notes item_empty, item_short and bad quantities; then the answer is the whole item.
    """
    item, where = hand.held[item_id], (index, "quantity")
    if item.quantity == 0:
        reasons.add("item_empty", item=hand.name(item_id), where=(index, "item"))
    if item.quantity == 0 or quantity is None:
        return item.quantity
    number = read_row_quantity(quantity, reasons, where=where, pieces=hand.is_counted_in_pieces(item_id))
    if number is not None and number > item.quantity:
        reasons.add("item_short", item=hand.name(item_id), there=item.quantity, wanted=number, where=where)
    return item.quantity if number is None else min(number, item.quantity)


def parts_of(rows: Iterable[Part]) -> list[models.Model]:
    """The part that an event is about, where all rows are of one."""
    parts = {part.pk: part for part in rows}
    return list(parts.values()) if len(parts) == 1 else []


def _lock(item_ids: Sequence[int], also: Iterable[int], reasons: Reasons) -> dict[int, Held]:
    try:
        held = lock_items([*item_ids, *also])
    except Refusal as refusal:
        where = {item_id: index for index, item_id in enumerate(item_ids)}
        for one in refusal.reasons:
            index = where.get(one.params["item"])
            reasons.found.append(Reason(one.code, one.params, ("item",) if index is None else (index, "item")))
        held = {}
    if not held:
        reasons.raise_any()
    return held
