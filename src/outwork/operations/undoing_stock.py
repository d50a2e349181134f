"""Take back what was done to stock: the movements back, the facts as they were, and when it was counted last."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from outwork.ledger import rows, serials
from outwork.ledger.holding import hold
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.revalue import Reach, downstream
from outwork.ledger.reverse import Back, plan_back, post_back, settle_back
from outwork.models import Build, Event, Movement, User
from outwork.operations.changing_stock import apply_facts, attribute_of, plain_fact
from outwork.operations.recording import Done
from outwork.operations.returning_used import add_consumed
from outwork.operations.reversing import record_back
from outwork.operations.settling_cost import settle
from outwork.rules.places import Kind
from outwork.rules.refusals import refuse

MOVED_AND_CHANGED = (
    "stock.counted",
    "stock.merged",
    "stock.serialised",
    "stock.converted",
    "stock.installed",
    "stock.delivered",
    "stock.brought back",
)


def take_back_stock(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Move everything back and give the items the facts that they had, unless somebody changed them since."""
    changes = {row["item"]: row for row in event.data.get("changes", ())}
    counted = {row["item"]: row for row in event.data.get("counted", ())}
    back = plan_back(event, also={*changes, *counted})
    if not back.movements and not changes:
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    note_changed_facts(back, changes)
    _check_scopes(back, changes)
    back.reasons.raise_any()

    posting = Posting(record_back(event, reason=reason, actor=actor, at=at), back.held)
    book = Reservations(posting, back.reserved)
    restore_facts(back, changes, posting)
    for item_id, row in counted.items():
        item = back.held[item_id]
        if item.counted_at == event.at:
            before = row["counted_at"]
            item.counted_at = None if before is None else datetime.datetime.fromisoformat(before)
            item.counted_by_id = row["counted_by"]
            posting.touch(item)
    post_back(back, posting, book)
    posting.write()
    book.write()
    settle_back(back)
    return Done(posting.event.pk, sorted(back.held))


def take_back_unused(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """What came back from builds, or out of what it was installed in, is used and installed again, value included."""
    changes = {row["item"]: row for row in event.data.get("changes", ())}
    moved = Movement.objects.filter(event=event).values_list("build", "source_item", "target_item")
    builds = {build for build, _, _ in moved if build is not None}
    items = {item for _, *both in moved for item in both if item is not None}
    holding = hold(lambda: _with(downstream(builds=builds), items))
    back = plan_back(event, also=changes)
    note_changed_facts(back, changes)
    back.reasons.raise_any()

    posting = Posting(record_back(event, reason=reason, actor=actor, at=at), back.held)
    book = Reservations(posting, back.reserved)
    restore_facts(back, changes, posting)
    post_back(back, posting, book)
    used: dict[int, Decimal] = defaultdict(Decimal)
    for one in back.movements:
        if one.kind == Kind.UNUSED:
            used[one.about.build_line_id or 0] += one.quantity
            if one.is_whole:
                back.held[one.target_id or 0].used_by_id = one.about.build_id
    posting.write()
    book.write()
    add_consumed(used)
    rows.update(Build, ("version",), [(pk, holding.builds[pk].version + 1) for pk in sorted(builds)])
    settle_back(back)
    settle(posting.event, back.held, builds=builds)
    return Done(posting.event.pk, sorted(back.held))


def _with(reach: Reach, items: set[int]) -> Reach:
    return Reach(reach.items | items, reach.builds)


def note_changed_facts(back: Back, changes: dict[int, dict[str, Any]]) -> None:
    """Note every fact that somebody changed since: `fact_changed_since`."""
    for item_id, change in changes.items():
        item = back.held[item_id]
        for name, was in change["after"].items():
            now = plain_fact(getattr(item, attribute_of(name)))
            if now != was:
                numbers = {"item": back.name(item_id), "field": name, "now": now, "was": was, "event": back.event.pk}
                back.reasons.add("fact_changed_since", **numbers)


def restore_facts(back: Back, changes: dict[int, dict[str, Any]], posting: Posting) -> None:
    """Give the items the facts that they had."""
    for item_id, change in changes.items():
        item = back.held[item_id]
        facts = dict(change["before"])
        if facts.get("expiry_date"):
            facts["expiry_date"] = datetime.date.fromisoformat(facts["expiry_date"])
        apply_facts(item, facts, item.serial_scope)
        if "scope" in change:
            item.serial_scope = change["scope"][0]
        posting.touch(item)


def _check_scopes(back: Back, changes: dict[int, dict[str, Any]]) -> None:
    """Serial numbers that go back into another scope must still be free there."""
    wanted = []
    for item_id, change in changes.items():
        item = back.held[item_id]
        before, after = change.get("scope", (None, None))
        if before != after and before is not None and item.serial is not None:
            wanted.append((before, item.serial))
    used = serials.find_used(wanted)
    if used:
        back.reasons.add("serials_used", serials=sorted(serial for _, serial in used))
