"""Merge items of one part into the first of them: boxes poured together, rests put on one reel."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence

from outwork.ledger.held import Held
from outwork.ledger.locations import find_locations
from outwork.models import StockItem, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, take_in_hand
from outwork.rules.places import Kind, PlaceKind, at_location
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import StockStatus

declare(
    merge_of_one="Merging takes at least two items",
    merge_of_other_part="{item} is another part than {first}",
    merge_of_serial="{item} is one piece with a serial number: it is not merged",
    merge_of_container="There is something inside {item} ({count}): it is not merged",
    merge_supplier_differs="{item} is of another supplier than {first}; merge them only if you accept that",
    merge_status_differs="{item} is {status}, {first} is {wanted}; merge them only if you accept that",
    merge_batch_differs="{item} is of another batch than {first}; nobody can tell them apart afterwards",
)


@operation
def merge_stock(
    *,
    items: Sequence[int],
    actor: User,
    at: datetime.datetime,
    location: int | None = None,
    allow_mismatched_suppliers: bool = False,
    allow_mismatched_status: bool = False,
    allow_mismatched_batches: bool = False,
    reason: str = "",
    key: str | None = None,
) -> Done:
    """Merge items, given by id, into the first one; `ids` holds that one, the others are gone.

    The first keeps its batch, status, supplier part and expiry; it goes to the location where one is named. The values
    add up (unknown where one of them is), and allocations follow. An earlier expiry of another item becomes that of
    the first: nothing is made younger by merging. Refuses item_unknown, item_gone, item_repeated, item_not_on_hand,
    item_in_production, item_of_others, item_empty, merge_of_one, merge_of_other_part, merge_of_serial,
    merge_of_container, location_unknown, location_structural, and unless it is accepted merge_supplier_differs,
    merge_status_differs, merge_batch_differs (batch codes decide which units a lot went into, so InvenTree's silence
    about them is not repeated; semantics A14).
    """
    reasons = Reasons()
    find_locations([(location, ("location",))], reasons)
    hand = take_in_hand(items, reasons, actor=actor)
    if len(items) < 2:
        reasons.add("merge_of_one", where=("items",))
    _check(items, hand, reasons)
    first = hand.held[items[0]]
    for index, item_id in enumerate(items[1:], start=1):
        _compare(
            hand,
            first,
            hand.held[item_id],
            index,
            reasons,
            supplier=not allow_mismatched_suppliers,
            status=not allow_mismatched_status,
            batch=not allow_mismatched_batches,
        )
    reasons.raise_any()

    expiry = min((one.expiry_date for one in hand.held.values() if one.expiry_date is not None), default=None)
    changes = []
    if expiry != first.expiry_date and expiry is not None:
        before = first.expiry_date.isoformat() if first.expiry_date else None
        changes.append(
            {"item": first.id, "before": {"expiry_date": before}, "after": {"expiry_date": expiry.isoformat()}}
        )
    event = record(
        "stock.merged",
        StockItem(pk=first.id),
        *hand.parts.values(),
        actor=actor,
        at=at,
        reason=reason,
        data={"merged": list(items), "changes": changes},
    )
    posting, book = hand.open(event)
    place = first.where if location is None else at_location(location)
    if first.where != place and first.quantity > 0:
        posting.carry(first, place, kind=Kind.MOVED)
    first.expiry_date = expiry
    for item_id in items[1:]:
        item = hand.held[item_id]
        posting.split(item, item.quantity, place, into=first, kind=Kind.MERGED)
        book.follow(item, item.allocated, first)
        posting.mark_gone(item)
    posting.write()
    book.write()
    return Done(event.pk, [first.id])


def _check(items: Sequence[int], hand: Hand, reasons: Reasons) -> None:
    contents = StockItem.objects.filter(inside__any=list(items)).exclude(place=PlaceKind.GONE)
    inside = Counter(contents.values_list("inside", flat=True))
    for index, item_id in enumerate(items):
        item, where = hand.held[item_id], (index, "item")
        if item.serial is not None:
            reasons.add("merge_of_serial", item=hand.name(item_id), where=where)
        if inside[item_id]:
            reasons.add("merge_of_container", item=hand.name(item_id), count=inside[item_id], where=where)
        if item.quantity == 0 and index:
            reasons.add("item_empty", item=hand.name(item_id), where=where)


def _compare(
    hand: Hand, first: Held, item: Held, index: int, reasons: Reasons, *, supplier: bool, status: bool, batch: bool
) -> None:
    """Note in what an item differs from the first one."""
    where, names = (index, "item"), {"item": hand.name(item.id), "first": hand.name(first.id)}
    if item.part_id != first.part_id:
        reasons.add("merge_of_other_part", **names, where=where)
        return
    if supplier and item.supplier_part_id != first.supplier_part_id:
        reasons.add("merge_supplier_differs", **names, where=where)
    if status and item.status != first.status:
        words = {"status": StockStatus(item.status).word, "wanted": StockStatus(first.status).word}
        reasons.add("merge_status_differs", **names, **words, where=where)
    if batch and item.batch != first.batch:
        reasons.add("merge_batch_differs", **names, where=where)
