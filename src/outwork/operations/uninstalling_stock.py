"""Take installed stock out again, whoever put it in: by hand, or a build that fitted it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from outwork.ledger.locations import find_locations
from outwork.models import StockItem, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.returning_used import Unusing, about, hold_used
from outwork.operations.settling_cost import settle
from outwork.operations.stock_rows import take_in_hand
from outwork.queries.used_stock import bookings_of, worth_put_in
from outwork.rules.places import Kind, PlaceKind, at_location
from outwork.rules.refusals import Reasons
from outwork.rules.states import StockStatus


@dataclass(frozen=True, slots=True)
class Removed:
    """An installed item comes out to a location (None: not placed); `status` None keeps its condition."""

    item: int
    location: int | None
    status: int | None = None


@operation
def uninstall_stock(
    *, rows: Sequence[Removed], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Take whole items out of what they are installed in; `ids` holds them in the order of the rows.

    What was put in by hand takes out of the container what it had put into it. What a build fitted was consumed by
    one of its lines: that line counts it no more, the component is due again, and the build's outputs bear so much less
    (semantics A14, G21). Refuses item_unknown, item_gone, item_repeated, item_elsewhere (not installed),
    item_of_others, location_unknown, location_structural, stock_status_unknown.
    """
    reasons = Reasons()
    find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    wanted = [row.item for row in rows]
    holding = hold_used(
        wanted, also=lambda: StockItem.objects.filter(contents__any=wanted).values_list("pk", flat=True)
    )
    hand = take_in_hand(wanted, reasons, actor=actor, places=frozenset({PlaceKind.INSIDE}), held=holding.items)
    for index, row in enumerate(rows):
        if row.status is not None and row.status not in set(StockStatus):
            reasons.add("stock_status_unknown", status=row.status, where=(index, "status"))
    reasons.raise_any()
    bookings, worths = bookings_of(wanted), worth_put_in(wanted)

    shares = [bookings[item_id][:1] for item_id in wanted]
    back = Unusing(holding, shares)
    changes = [
        {"item": row.item, "before": {"status": hand.held[row.item].status}, "after": {"status": row.status}}
        for row in rows
        if row.status is not None and row.status != hand.held[row.item].status
    ]
    documents = [*back.documents(), *(StockItem(pk=item_id) for item_id in wanted[:1] if len(wanted) == 1)]
    event = record("stock.uninstalled", *documents, actor=actor, at=at, reason=reason, data={"changes": changes})
    posting, _ = hand.open(event)
    for row, share in zip(rows, shares, strict=True):
        item = hand.held[row.item]
        container = hand.held[item.inside_id or 0]
        item.status = item.status if row.status is None else row.status
        if share:
            posting.carry(item, at_location(row.location), kind=Kind.UNUSED, about=about(share[0][0]))
        else:
            posting.carry(item, at_location(row.location), kind=Kind.UNINSTALLED)
        item.used_by_id = None
        if row.item in worths:
            posting.revalue(container, item, worths[row.item], corrects=None, kind=Kind.COSTED)
    posting.write()
    back.write()
    settle(event, hand.held, builds=back.builds)
    return Done(event.pk, wanted, back.said(hand))
