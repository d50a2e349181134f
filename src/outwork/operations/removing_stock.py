"""Remove units from stock items: they broke, went for a sample, or were never there."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outwork.models import User
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import read_row_quantity, take_in_hand
from outwork.rules.places import Kind
from outwork.rules.refusals import Reasons


@dataclass(frozen=True, slots=True)
class Removal:
    """So much less of an item, in the part's unit."""

    item: int
    quantity: Any


@operation
def remove_stock(
    *, rows: Sequence[Removal], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Take units out of stock, free ones first; `ids` holds the items in the order of the rows.

    What is then allocated beyond what is there gives way, newest allocations first, and is said
    (`allocation_shrunk`). An item of which nothing is left stays, empty, unless it was said of it that it goes then.
    Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, item_in_production, item_of_others, item_short
    and bad quantities.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    quantities = []
    for index, row in enumerate(rows):
        item = hand.held[row.item]
        pieces = hand.is_counted_in_pieces(row.item)
        quantity = read_row_quantity(row.quantity, reasons, where=(index, "quantity"), pieces=pieces)
        if quantity is not None and quantity > item.quantity:
            short = {"item": hand.name(row.item), "there": item.quantity, "wanted": quantity}
            reasons.add("item_short", **short, where=(index, "quantity"))
        quantities.append(quantity)
    reasons.raise_any()

    event = record("stock.removed", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    for row, quantity in zip(rows, quantities, strict=True):
        item = hand.held[row.item]
        assert quantity is not None
        hand.shrink(book, item, item.quantity - quantity)
        posting.leave(item, quantity, kind=Kind.REMOVED)
    posting.write()
    book.write()
    return Done(event.pk, [row.item for row in rows], hand.spoken())
