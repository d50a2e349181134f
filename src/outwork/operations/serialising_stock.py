"""Give units of a trackable part serial numbers: of a quantity that came without, every unit becomes an item of its own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import serials
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.locations import find_locations
from outwork.ledger.post import new_ids
from outwork.ledger.serial_counting import count_on
from outwork.models import User
from outwork.operations.moving_stock import part_off
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, read_part_of, take_in_hand
from outwork.rules.places import Kind, at_location
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.serials import serial_number

declare(serial_already="{item} has its serial number")

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Serialisation:
    """So many units of an item get these serial numbers (the short way of writing them, or a list).

    Without a quantity all units do, or as many as the list has. They go to `location`, or stay where they lie.
    """

    item: int
    serials: str | Sequence[str]
    quantity: Any = None
    location: int | None = None


@operation
def serialise_stock(
    *, rows: Sequence[Serialisation], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Give units serial numbers; `ids` holds the new items, row by row, in the order of their numbers.

    Each is one piece of the same lot with its part of the value; free units go first, then the newest allocations go
    along, which is said (`allocation_moved`). An item all of whose units were numbered is gone. Refuses item_unknown,
    item_gone, item_repeated, item_not_on_hand, item_in_production, item_of_others, item_empty, item_short,
    serial_already, serials_not_kept, serials_used, location_unknown, location_structural and bad serial numbers and
    quantities (semantics A14).
    """
    reasons = Reasons()
    find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    quantities = [_count(hand, row, index, reasons) for index, row in enumerate(rows)]
    reasons.raise_any()
    scopes = serials.scopes(hand.parts.values())
    numbers = _numbers(rows, hand, quantities, scopes, reasons)
    reasons.raise_any()

    event = record("stock.serialised", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    fresh = iter(new_ids(sum(len(given) for given in numbers)))
    ids = []
    for row, given in zip(rows, numbers, strict=True):
        item = hand.held[row.item]
        place = item.where if row.location is None else at_location(row.location)
        scope = scopes[item.part_id]
        for serial in given:
            unit = part_off(hand, posting, book, item, ONE, place, next(fresh), kind=Kind.SERIALISED, serial=serial)
            unit.serial_number, unit.serial_scope = serial_number(serial), scope
            ids.append(unit.id)
        if item.quantity == 0:
            posting.mark_gone(item)
    with naming_constraints():
        posting.write()
    book.write()
    return Done(event.pk, ids, hand.spoken())


def _count(hand: Hand, row: Serialisation, index: int, reasons: Reasons) -> Decimal:
    item, part = hand.held[row.item], hand.parts[hand.held[row.item].part_id]
    if not part.is_trackable:
        reasons.add("serials_not_kept", part=part.label, where=(index, "item"))
    if item.serial is not None:
        reasons.add("serial_already", item=hand.name(row.item), where=(index, "item"))
    quantity = row.quantity
    if quantity is None and not isinstance(row.serials, str):
        quantity = len(row.serials)
    return read_part_of(hand, row.item, quantity, index, reasons)


def _numbers(
    rows: Sequence[Serialisation],
    hand: Hand,
    quantities: Sequence[Decimal],
    scopes: dict[int, int],
    reasons: Reasons,
) -> list[list[str]]:
    """The serial numbers of every row, each free and named once."""
    last: dict[int, str] = {}
    if any(isinstance(row.serials, str) and "~" in row.serials for row in rows):
        last = count_on(set(scopes.values())).last
    numbers, claims = [], []
    for index, (row, quantity) in enumerate(zip(rows, quantities, strict=True)):
        scope, where, given = scopes[hand.held[row.item].part_id], (index, "serials"), list[str]()
        try:
            given = serials.read_serials(row.serials, count=int(quantity), latest=last.get(scope), where=where)
        except Refusal as refusal:
            reasons.found += refusal.reasons
        if given and isinstance(row.serials, str) and "~" in row.serials:
            last[scope] = given[-1]  # the next row counts on from this one
        numbers.append(given)
        claims.append(serials.Claim(scope, given, where))
    serials.check_free(claims, reasons)
    return numbers
