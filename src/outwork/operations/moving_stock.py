"""Move stock to another location, whole items or part of them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.held import Held
from outwork.ledger.locations import find_locations
from outwork.ledger.post import Posting, new_ids
from outwork.ledger.reserve import Reservations
from outwork.models import Part, StockItem, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_row_quantity, take_in_hand
from outwork.rules.places import Kind, Place, PlaceKind, at_location
from outwork.rules.refusals import Reasons


@dataclass(frozen=True, slots=True)
class Transfer:
    """An item goes to a location (None: not placed), all of it or so much of it."""

    item: int
    location: int | None
    quantity: Any = None


@operation
def transfer_stock(
    *,
    rows: Sequence[Transfer],
    actor: User,
    at: datetime.datetime,
    merge: bool = False,
    reason: str = "",
    key: str | None = None,
) -> Done:
    """Move stock; `ids` holds, in the order of the rows, the items that are now at the target.

    A whole item keeps its id and its allocations. Of a part, free units go first; if they are not enough
    the newest allocations go along, which is said (`allocation_moved`). A whole item that lies there
    already stays, and is said (`already_there`). One in production may be moved whole. With `merge` (the pages and the
    command line ask for it where STOCK_MERGE_ON_TRANSFER is on) units are added to an item that lies there and is like
    them: of the same part, batch, status, supplier part, expiry and owner, without serial number. Where the setting
    STOCK_ALLOW_OUT_OF_STOCK_TRANSFER is on, an item at a customer may be moved too. Refuses item_unknown, item_gone,
    item_repeated, item_not_on_hand, item_of_others, item_empty, item_in_production (a part of it), item_short,
    location_unknown, location_structural and bad quantities.
    """
    reasons = Reasons()
    locations = find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    hand = take_in_hand(
        [row.item for row in rows],
        reasons,
        actor=actor,
        may_be_in_production=True,
        if_allowed=frozenset({PlaceKind.CUSTOMER}),
        also=_lying_there(rows) if merge else (),
    )
    oldest_last = sorted(hand.held.values(), key=lambda one: -one.id)
    alike = {_likeness(one): one for one in oldest_last if merge and _may_grow(one, rows)}
    quantities = [_read(row, index, hand, reasons) for index, row in enumerate(rows)]
    reasons.raise_any()

    event = record("stock.moved", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    twins = [alike.get(_likeness(hand.held[row.item], at=row.location)) for row in rows]
    parts = [
        twin is None and _is_part(hand, row, quantity)
        for row, quantity, twin in zip(rows, quantities, twins, strict=True)
    ]
    fresh = iter(new_ids(sum(parts)))
    ids, said = [], []
    for row, quantity, twin, is_part in zip(rows, quantities, twins, parts, strict=True):
        item, place = hand.held[row.item], at_location(row.location)
        if twin is not None:
            ids.append(_merge(hand, posting, book, item, quantity, twin))
        elif is_part:
            ids.append(part_off(hand, posting, book, item, quantity, place, next(fresh)).id)
        elif item.where == place:
            ids.append(item.id)
            location = str(locations[row.location]) if row.location else "no location"
            said.append({"code": "already_there", "item": hand.name(item.id), "item_id": item.id, "location": location})
        else:
            ids.append(item.id)
            posting.carry(item, place, kind=Kind.MOVED if item.customer_id is None else Kind.CAME_BACK)
    posting.write()
    book.write()
    return Done(event.pk, ids, said + hand.spoken())


def _lying_there(rows: Sequence[Transfer]) -> list[int]:
    """The items without serial numbers at the targets that units of the same parts may be added to; one statement."""
    moved = [row.item for row in rows]
    places = {row.location for row in rows if row.location is not None}
    query = StockItem.objects.usable().filter(location__any=places, serial__isnull=True)
    found = query.filter(part__in=Part.objects.filter(stock_items__any=moved)).values_list("pk", flat=True)
    return sorted(set(found) - set(moved))


def _may_grow(item: Held, rows: Sequence[Transfer]) -> bool:
    return item.id not in {row.item for row in rows} and item.serial is None and item.is_usable


def _likeness(item: Held, *, at: int | None = None) -> tuple[Any, ...]:
    """What two items have to agree in to become one; a serial number, and what is in production, is like nothing."""
    own = (item.id,) if item.serial is not None or item.is_in_production else ()
    facts = (item.part_id, item.batch, item.status, item.supplier_part_id, item.expiry_date, item.owner_id)
    return (*facts, item.location_id if at is None else at, *own)


def _merge(hand: Hand, posting: Posting, book: Reservations, item: Held, quantity: Decimal, twin: Held) -> int:
    """Add units to an item that is like them: free ones first, then the newest allocations go along."""
    followers = quantity - item.free
    posting.split(item, quantity, twin.where, into=twin, kind=Kind.MERGED)
    if followers > 0:
        hand.let_follow(book, item, followers, twin)
    if item.quantity == 0:
        posting.mark_gone(item)
    return twin.id


def part_off(
    hand: Hand,
    posting: Posting,
    book: Reservations,
    item: Held,
    quantity: Decimal,
    place: Place,
    new_id: int,
    *,
    kind: Kind = Kind.SPLIT,
    serial: str | None = None,
) -> Held:
    """Split units off into a new item at a place: free ones first, then the newest allocations follow."""
    followers = quantity - item.free
    into = item.part_off(new_id, quantity)
    if serial is not None:
        into.serial, into.goes_when_empty = serial, False
    posting.split(item, quantity, place, into=into, kind=kind)
    if followers > 0:
        hand.let_follow(book, item, followers, into)
    return into


def _is_part(hand: Hand, row: Transfer, quantity: Decimal) -> bool:
    return quantity < hand.held[row.item].quantity


def _read(row: Transfer, index: int, hand: Hand, reasons: Reasons) -> Decimal:
    item = hand.held[row.item]
    if item.quantity == 0:
        reasons.add("item_empty", item=hand.name(row.item), where=(index, "item"))
        return item.quantity
    if row.quantity is None:
        return item.quantity
    where = (index, "quantity")
    pieces = hand.is_counted_in_pieces(row.item)
    quantity = read_row_quantity(row.quantity, reasons, where=where, pieces=pieces)
    if quantity is None:
        return item.quantity
    if quantity > item.quantity:
        reasons.add("item_short", item=hand.name(row.item), there=item.quantity, wanted=quantity, where=where)
    elif quantity < item.quantity and item.is_in_production:
        reasons.add("item_in_production", item=hand.name(row.item), where=(index, "item"))
    return quantity
