"""Count stock: say what is there, and the ledger books the difference."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.held import Held
from outwork.models import User
from outwork.operations.adding_stock import unit_value
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_row_quantity, take_in_hand
from outwork.rules.places import Kind
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody found of an item, in the part's unit; 0 is a count too."""

    item: int
    quantity: Any


@operation
def count_stock(
    *, rows: Sequence[Counted], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Book what was counted; `data["differences"]` says by item how much more (or less) there was.

    Found units are worth what the item's units are worth; of an empty item that is unknown. A count below
    what is allocated takes the newest allocations back and says so (`allocation_shrunk`). A count that
    finds what was known moves nothing, but stands in the event; every item keeps when it was counted last, and by
    whom. Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, item_in_production, item_of_others,
    item_has_serial (more than one) and bad quantities.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    found = [_read(row, index, hand, reasons) for index, row in enumerate(rows)]
    reasons.raise_any()

    differences = {row.item: quantity - hand.held[row.item].quantity for row, quantity in zip(rows, found, strict=True)}
    counts = [{"item": row.item, "counted": as_text(quantity)} for row, quantity in zip(rows, found, strict=True)]
    seen = [_note_count(hand.held[row.item], actor, at) for row in rows]
    data = {"counts": counts, "counted": [one for one in seen if one is not None]}
    event = record("stock.counted", *hand.documents(), actor=actor, at=at, reason=reason, data=data)
    posting, book = hand.open(event)
    for item_id, difference in differences.items():
        item = hand.held[item_id]
        if difference > 0:
            posting.grow(item, difference, kind=Kind.COUNTED, value=unit_value(item, difference))
        elif difference < 0:
            hand.shrink(book, item, item.quantity + difference)
            posting.leave(item, -difference, kind=Kind.COUNTED)
        else:
            posting.touch(item)
    posting.write()
    book.write()
    changed = {str(item_id): as_text(difference) for item_id, difference in differences.items() if difference}
    return Done(event.pk, [row.item for row in rows], hand.spoken(), {"differences": changed})


def _note_count(item: Held, actor: User, at: datetime.datetime) -> dict[str, Any] | None:
    """Keep the count with the item, unless it was counted later than this; gives what was known before."""
    if item.counted_at is not None and item.counted_at > at:
        return None
    before = {"counted_at": item.counted_at and item.counted_at.isoformat(), "counted_by": item.counted_by_id}
    item.counted_at, item.counted_by_id = at, actor.pk
    return {"item": item.id, **before}


def _read(row: Counted, index: int, hand: Hand, reasons: Reasons) -> Decimal:
    where = (index, "quantity")
    pieces = hand.is_counted_in_pieces(row.item)
    quantity = read_row_quantity(row.quantity, reasons, where=where, pieces=pieces, zero=True)
    if quantity is not None and quantity > 1 and hand.held[row.item].serial:
        reasons.add("item_has_serial", item=hand.name(row.item), where=where)
    return Decimal(0) if quantity is None else quantity
