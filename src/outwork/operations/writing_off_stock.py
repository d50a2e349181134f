"""Write stock items off: nothing of them is left, and they no longer exist for anybody but the ledger."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from outwork.models import StockItem, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import take_in_hand
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare

declare(
    item_has_contents="There is something inside {item} ({count}): take it out first",
    serial_stays="{item} has a serial number: it cannot be written off while STOCK_ALLOW_DELETE_SERIALIZED is off",
)


@operation
def write_off_stock(
    *, rows: Sequence[int], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Write whole items off, given by id; this is what DELETE does.

    A movement takes what is left to the outside world, the item is marked gone, and its serial number is
    free again. Its allocations are released, which is said (`allocation_shrunk`). Refuses item_unknown,
    item_gone, item_repeated, item_not_on_hand, item_in_production, item_of_others, item_has_contents, serial_stays.
    """
    reasons = Reasons()
    hand = take_in_hand(rows, reasons, actor=actor)
    contents = StockItem.objects.filter(inside__any=rows).exclude(place=PlaceKind.GONE)
    inside = Counter(contents.values_list("inside_id", flat=True))
    for index, item_id in enumerate(rows):
        if hand.held[item_id].serial and not hand.settings["STOCK_ALLOW_DELETE_SERIALIZED"]:
            reasons.add("serial_stays", item=hand.name(item_id), where=(index, "item"))
        if inside[item_id]:
            where = (index, "item")
            reasons.add("item_has_contents", item=hand.name(item_id), count=inside[item_id], where=where)
    reasons.raise_any()

    # Nothing moves out of an empty item, so where it lay stands in the event, for who takes it back.
    empty = [item for item in hand.held.values() if item.quantity == 0]
    data = {"empty": [{"item": item.id, "location": item.location_id} for item in empty]}
    event = record("stock.written off", *hand.documents(), actor=actor, at=at, reason=reason, data=data)
    posting, book = hand.open(event)
    for item_id in rows:
        item = hand.held[item_id]
        if item.quantity > 0:
            hand.shrink(book, item, ZERO)
            posting.leave(item, item.quantity, kind=Kind.WRITTEN_OFF)
        posting.mark_gone(item)
    posting.write()
    book.write()
    return Done(event.pk, list(rows), hand.spoken())
