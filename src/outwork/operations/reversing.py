"""The ways in which events of stock are taken back: by the movements back, or by the facts as they were."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models

from outwork.ledger import serials
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.reverse import Back, plan_back, post_back, settle_back
from outwork.models import Event, Part, StockItem, User
from outwork.operations.changing_stock import apply_facts, attribute_of, plain_fact
from outwork.operations.recording import Done, record
from outwork.rules.places import PlaceKind, at_location
from outwork.rules.refusals import declare, refuse

declare(
    event_moved_nothing="Event {event} ({kind}) changed nothing that could be taken back",
    fact_changed_since="{item}: {field} is {now} by now, event {event} made it {was}",
)

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


def record_back(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Event:
    """Record the event that takes another one back, on the same item and part."""
    documents: list[models.Model] = []
    if event.item_id is not None:
        documents.append(StockItem(pk=event.item_id))
    if event.part_id is not None:
        documents.append(Part(pk=event.part_id))
    return record("stock.reversed", *documents, actor=actor, at=at, reason=reason, reverses=event)


def take_back_movements(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Move everything back; what was empty lies again where it lay."""
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


def take_back_facts(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Give the items the facts that they had, unless somebody changed them since."""
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
        now = plain_fact(getattr(item, attribute_of(name)))
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
