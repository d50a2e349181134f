"""Take back what was done: an event of stock by the movements back, others as their own file says.

An operation that does more than move stock registers how its events are taken back with `takes_back`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import models

from outwork.ledger import serials
from outwork.ledger.constraints import name_constraint, naming_constraints
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.reverse import Back, lock_event, plan_back, post_back, settle_back
from outwork.models import Event, Part, StockItem, User
from outwork.operations.changing_stock import apply_facts, plain_fact
from outwork.operations.recording import Done, operation, record
from outwork.rules.places import PlaceKind, at_location
from outwork.rules.refusals import Reason, declare, refuse

declare(
    event_not_reversible="Event {event} ({kind}) cannot be taken back",
    event_moved_nothing="Event {event} ({kind}) changed nothing that could be taken back",
    reversal_without_reason="Taking something back needs a reason",
    event_reversed_meanwhile="The event was taken back by somebody else meanwhile",
    fact_changed_since="{item}: {field} is {now} by now, event {event} made it {was}",
)

Way = Callable[..., Done]
_WAYS: dict[str, Way] = {}
STOCK_KINDS = (
    "stock.opened",
    "stock.added",
    "stock.increased",
    "stock.removed",
    "stock.counted",
    "stock.moved",
    "stock.split",
    "stock.written off",
)


def takes_back(*kinds: str) -> Callable[[Way], Way]:
    """Register how events of these kinds are taken back: `way(event, *, reason, actor, at)`, the event locked.

    The way locks its documents, calls `plan_back`, adds its own reasons, raises them, records an event that
    `reverses` this one, posts and changes its documents.
    """

    def register(way: Way) -> Way:
        for kind in kinds:
            assert kind not in _WAYS, f"two ways to take back {kind}"
            _WAYS[kind] = way
        return way

    return register


@operation
def reverse_event(*, event: int, reason: str, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take an event back, given by id; `ids` holds the items that it was about.

    Everything moves back exactly, value included, or nothing does. An event is taken back once, and what
    took it back cannot be taken back: do it again instead. Allocations that had given way to it do not come
    back. Refuses event_unknown, event_reversed_already, event_is_reversal, event_not_reversible,
    event_moved_nothing, reversal_without_reason, and each condition that is not met: units_went_on,
    units_elsewhere, units_short, units_allocated, item_gone_since, serials_used, fact_changed_since.
    """
    if not reason.strip():
        refuse("reversal_without_reason", where=("reason",))
    found = lock_event(event)
    if found.kind not in _WAYS:
        refuse("event_not_reversible", event=found.pk, kind=found.kind, where=("event",))
    with naming_constraints():
        return _WAYS[found.kind](found, reason=reason, actor=actor, at=at)


def record_back(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Event:
    """Record the event that takes another one back, on the same item and part."""
    documents: list[models.Model] = []
    if event.item_id is not None:
        documents.append(StockItem(pk=event.item_id))
    if event.part_id is not None:
        documents.append(Part(pk=event.part_id))
    return record("stock.reversed", *documents, actor=actor, at=at, reason=reason, reverses=event)


@takes_back(*STOCK_KINDS)
def _take_back_movements(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    empty = {row["item"]: row["location"] for row in event.data.get("empty", ())}
    back = plan_back(event, also=empty)
    if not back.movements and not empty:
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    for item_id in empty:
        if back.held[item_id].place != PlaceKind.GONE:
            back.reasons.add("units_elsewhere", item=back.name(item_id), event=event.pk)
    back.reasons.raise_any()

    posting = Posting(record_back(event, reason=reason, actor=actor, at=at), back.held)
    book = Reservations(posting, back.reserved)
    post_back(back, posting, book)
    for item_id, location_id in empty.items():
        back.held[item_id].put(at_location(location_id))
        posting.touch(back.held[item_id])
    posting.write()
    book.write()
    settle_back(back)
    return Done(posting.event.pk, sorted(back.held))


@takes_back("stock.changed")
def _take_back_facts(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    changes = {row["item"]: row for row in event.data["changes"]}
    if not changes:
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    back = plan_back(event, also=changes)
    for item_id, change in changes.items():
        _note_changed_facts(back, item_id, change["after"])
    scopes = _check_old_serials(back, changes)
    back.reasons.raise_any()

    posting = Posting(record_back(event, reason=reason, actor=actor, at=at), back.held)
    for item_id, change in changes.items():
        item = back.held[item_id]
        facts = dict(change["before"])
        if facts.get("expiry_date"):
            facts["expiry_date"] = datetime.date.fromisoformat(facts["expiry_date"])
        apply_facts(item, facts, scopes.get(item.part_id))
        posting.touch(item)
    posting.write()
    return Done(posting.event.pk, sorted(changes))


def _note_changed_facts(back: Back, item_id: int, after: dict[str, Any]) -> None:
    item = back.held[item_id]
    if item.place == PlaceKind.GONE:
        back.reasons.add("item_gone_since", item=back.name(item_id))
    for name, was in after.items():
        now = plain_fact(getattr(item, "supplier_part_id" if name == "supplier_part" else name))
        if now != was:
            numbers = {"item": back.name(item_id), "field": name, "now": now, "was": was, "event": back.event.pk}
            back.reasons.add("fact_changed_since", **numbers)


def _check_old_serials(back: Back, changes: dict[int, dict[str, Any]]) -> dict[int, int]:
    """The serial numbers that items get back must still be free."""
    old = {item_id: row["before"]["serial"] for item_id, row in changes.items() if row["before"].get("serial")}
    if not old:
        return {}
    scopes = serials.scopes(back.parts.values())
    claims = [serials.Claim(scopes[back.held[item_id].part_id], [serial]) for item_id, serial in old.items()]
    serials.check_free(claims, back.reasons)
    return scopes


name_constraint("event_is_reversed_at_most_once", lambda detail: Reason("event_reversed_meanwhile"))
