"""Stock that goes to a customer, and what comes back from one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from outwork.ledger.locations import find_locations
from outwork.ledger.post import new_ids
from outwork.models import Company, User
from outwork.operations.moving_stock import part_off
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_part_of, take_in_hand
from outwork.rules.places import Kind, Place, PlaceKind, at_location
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import AVAILABLE_STOCK, StockStatus

declare(
    company_not_customer="{company} is not a customer",
    part_not_salable="{part} is not salable",
    item_not_deliverable="{item} is {status}: it is not given to a customer",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item goes to a customer, all of it or so much of it."""

    item: int
    customer: int
    quantity: Any = None


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """An item comes back from a customer to a location (None: not placed), all of it or so much of it.

    `status` None keeps its condition.
    """

    item: int
    location: int | None
    quantity: Any = None
    status: int | None = StockStatus.RETURNED


@operation
def deliver_stock(
    *, rows: Sequence[Delivery], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Give items to customers; `ids` holds, in the order of the rows, the items that are there now.

    They keep their value, but are not ours to use any more. Refuses item_unknown, item_gone, item_repeated,
    item_not_on_hand, item_in_production, item_of_others, item_empty, item_short, units_not_free, company_unknown,
    company_not_customer, part_not_salable, item_not_deliverable and bad quantities (semantics A14).
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    customers = {one.pk: one for one in Company.objects.filter(pk__in={row.customer for row in rows})}
    quantities = [read_part_of(hand, row.item, row.quantity, index, reasons) for index, row in enumerate(rows)]
    for index, row in enumerate(rows):
        item, customer = hand.held[row.item], customers.get(row.customer)
        name, part = hand.name(item.id), hand.parts[item.part_id]
        if customer is None:
            reasons.add("company_unknown", company=row.customer, where=(index, "customer"))
        elif not customer.is_customer:
            reasons.add("company_not_customer", company=customer.name, where=(index, "customer"))
        if not part.is_salable:
            reasons.add("part_not_salable", part=part.label, where=(index, "item"))
        if item.status not in AVAILABLE_STOCK:
            word = StockStatus(item.status).word
            reasons.add("item_not_deliverable", item=name, status=word, where=(index, "item"))
        if quantities[index] > item.free:
            numbers = {"free": item.free, "wanted": quantities[index]}
            reasons.add("units_not_free", item=name, **numbers, where=(index, "quantity"))
    reasons.raise_any()

    documents = [*hand.documents(), *(customers.values() if len(customers) == 1 else ())]
    places = [Place(PlaceKind.CUSTOMER, row.customer) for row in rows]
    moves = [(row.item, quantity, place) for row, quantity, place in zip(rows, quantities, places, strict=True)]
    event = record("stock.delivered", *documents, actor=actor, at=at, reason=reason)
    return _move(hand, event, moves, Kind.DELIVERED)


@operation
def bring_back_stock(
    *, rows: Sequence[BroughtBack], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Take items back from customers; `ids` holds, in the order of the rows, the items that are here now.

    They are marked as returned unless something else is said. Refuses item_unknown, item_gone, item_repeated,
    item_elsewhere (not at a customer), item_of_others, item_short, location_unknown, location_structural,
    stock_status_unknown and bad quantities.
    """
    reasons = Reasons()
    find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor, places=frozenset({PlaceKind.CUSTOMER}))
    quantities = [read_part_of(hand, row.item, row.quantity, index, reasons) for index, row in enumerate(rows)]
    for index, row in enumerate(rows):
        if row.status is not None and row.status not in set(StockStatus):
            reasons.add("stock_status_unknown", status=row.status, where=(index, "status"))
    reasons.raise_any()

    changes = [
        {"item": row.item, "before": {"status": hand.held[row.item].status}, "after": {"status": int(row.status)}}
        for row, quantity in zip(rows, quantities, strict=True)
        if row.status not in (None, hand.held[row.item].status) and quantity == hand.held[row.item].quantity
    ]
    ids = {hand.held[row.item].customer_id for row in rows}
    documents: list[models.Model] = [*hand.documents(), *(Company(pk=pk) for pk in ids if len(ids) == 1)]
    moves = [(row.item, quantity, at_location(row.location)) for row, quantity in zip(rows, quantities, strict=True)]
    event = record("stock.brought back", *documents, actor=actor, at=at, reason=reason, data={"changes": changes})
    return _move(hand, event, moves, Kind.CAME_BACK, statuses=[row.status for row in rows])


def _move(
    hand: Hand, event: Any, moves: Sequence[tuple[int, Any, Place]], kind: Kind, statuses: Sequence[int | None] = ()
) -> Done:
    """Move items whole or in part, and say in which condition they are then."""
    posting, book = hand.open(event)
    fresh = iter(new_ids(sum(quantity < hand.held[item_id].quantity for item_id, quantity, _ in moves)))
    ids = []
    for index, (item_id, quantity, place) in enumerate(moves):
        item = hand.held[item_id]
        if quantity < item.quantity:
            item = part_off(hand, posting, book, item, quantity, place, next(fresh), kind=kind)
        else:
            posting.carry(item, place, kind=kind)
        status = statuses[index] if statuses else None
        item.status = item.status if status is None else status
        ids.append(item.id)
    posting.write()
    book.write()
    return Done(event.pk, ids)
