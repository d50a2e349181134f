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
from outwork.models import User
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_row_quantity, take_in_hand
from outwork.rules.places import Kind, Place, at_location
from outwork.rules.refusals import Reasons


@dataclass(frozen=True, slots=True)
class Transfer:
    """An item goes to a location (None: not placed), all of it or so much of it."""

    item: int
    location: int | None
    quantity: Any = None


@operation
def transfer_stock(
    *, rows: Sequence[Transfer], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Move stock; `ids` holds, in the order of the rows, the items that are now at the target.

    A whole item keeps its id and its allocations. Of a part, free units go first; if they are not enough
    the newest allocations go along, which is said (`allocation_moved`). A whole item that lies there
    already stays, and is said (`already_there`). One in production may be moved whole. Refuses item_unknown,
    item_gone, item_repeated, item_not_on_hand, item_empty, item_in_production (a part of it), item_short,
    location_unknown, location_structural and bad quantities.
    """
    reasons = Reasons()
    locations = find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    hand = take_in_hand([row.item for row in rows], reasons, may_be_in_production=True)
    quantities = [_read(row, index, hand, reasons) for index, row in enumerate(rows)]
    reasons.raise_any()

    event = record("stock.moved", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    fresh = iter(new_ids(sum(1 for row, part in zip(rows, quantities, strict=True) if _is_part(hand, row, part))))
    ids, said = [], []
    for row, quantity in zip(rows, quantities, strict=True):
        item, place = hand.held[row.item], at_location(row.location)
        if _is_part(hand, row, quantity):
            ids.append(part_off(hand, posting, book, item, quantity, place, next(fresh)).id)
            continue
        ids.append(item.id)
        if item.where == place:
            location = str(locations[row.location]) if row.location else "no location"
            said.append({"code": "already_there", "item": hand.name(item.id), "item_id": item.id, "location": location})
        else:
            posting.carry(item, place, kind=Kind.MOVED)
    posting.write()
    book.write()
    return Done(event.pk, ids, said + hand.spoken())


def part_off(
    hand: Hand, posting: Posting, book: Reservations, item: Held, quantity: Decimal, place: Place, new_id: int
) -> Held:
    """Split units off into a new item at a place: free ones first, then the newest allocations follow."""
    followers = quantity - item.free
    into = posting.split(item, quantity, place, into=item.part_off(new_id, quantity), kind=Kind.SPLIT)
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
