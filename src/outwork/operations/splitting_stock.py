"""Split a stock item where it lies: a second item of the same lot, to be treated on its own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.post import new_ids
from outwork.models import User
from outwork.operations.moving_stock import part_off
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_row_quantity, take_in_hand
from outwork.rules.refusals import Reasons, declare

declare(split_of_everything="{item} has {there}; splitting off {wanted} leaves nothing behind")


@dataclass(frozen=True, slots=True)
class Split:
    """So much of an item becomes an item of its own."""

    item: int
    quantity: Any


@operation
def split_stock(
    *, rows: Sequence[Split], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Split items where they lie; `ids` holds the new ones in the order of the rows.

    Free units go first; if they are not enough the newest allocations go along, which is said
    (`allocation_moved`). Refuses item_unknown, item_gone, item_repeated, item_not_on_hand,
    item_in_production, item_short, split_of_everything and bad quantities.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    quantities = [_read(row, index, hand, reasons) for index, row in enumerate(rows)]
    reasons.raise_any()

    event = record("stock.split", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    ids = []
    for row, quantity, new_id in zip(rows, quantities, new_ids(len(rows)), strict=True):
        item = hand.held[row.item]
        ids.append(part_off(hand, posting, book, item, quantity, item.where, new_id).id)
    posting.write()
    book.write()
    return Done(event.pk, ids, hand.spoken())


def _read(row: Split, index: int, hand: Hand, reasons: Reasons) -> Decimal:
    item, where = hand.held[row.item], (index, "quantity")
    pieces = hand.is_counted_in_pieces(row.item)
    quantity = read_row_quantity(row.quantity, reasons, where=where, pieces=pieces)
    if quantity is None:
        return item.quantity
    numbers = {"item": hand.name(row.item), "there": item.quantity, "wanted": quantity}
    if quantity > item.quantity:
        reasons.add("item_short", **numbers, where=where)
    elif quantity == item.quantity:
        reasons.add("split_of_everything", **numbers, where=where)
    return quantity
