"""Take back what was done: one table says for every kind of event which way it is taken back."""

from __future__ import annotations

import datetime
from typing import Protocol

from outwork.ledger.constraints import name_constraint, naming_constraints
from outwork.ledger.reverse import lock_event
from outwork.models import Event, User
from outwork.operations.owning import refuse_taking_back_of_others
from outwork.operations.recording import Done, operation
from outwork.operations.reversing import STOCK_KINDS, take_back_facts, take_back_movements
from outwork.operations.undoing_aside import take_back_aside
from outwork.operations.undoing_changes import (
    take_back_lots,
    take_back_made,
    take_back_sending,
    take_back_take_over,
)
from outwork.operations.undoing_closing import take_back_closing
from outwork.operations.undoing_finish import take_back_cancelling, take_back_consumption, take_back_finish
from outwork.operations.undoing_outputs import take_back_decisions, take_back_scrap
from outwork.operations.undoing_returns import take_back_coming_back, take_back_credit, take_back_return
from outwork.operations.undoing_serials import take_back_serials
from outwork.operations.undoing_stock import MOVED_AND_CHANGED, take_back_stock, take_back_unused
from outwork.operations.unreceiving import take_back_receipt
from outwork.operations.valuing_stock import take_back_value
from outwork.rules.refusals import Reason, declare, refuse

declare(
    event_not_reversible="Event {event} ({kind}) cannot be taken back",
    reversal_without_reason="Taking something back needs a reason",
    event_reversed_meanwhile="The event was taken back by somebody else meanwhile",
)


class Way(Protocol):
    """How an event that is locked is taken back.

    The way locks its documents, plans what goes back, adds its own reasons, raises them, records an event that
    `reverses` this one, posts and changes its documents. It is named `take_back_...` and stands in WAYS.
    """

    def __call__(self, event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done: ...


# A kind that is not here cannot be taken back, whatever else is loaded.
WAYS: dict[str, Way] = {
    **dict.fromkeys(STOCK_KINDS, take_back_movements),
    "stock.changed": take_back_facts,
    **dict.fromkeys(MOVED_AND_CHANGED, take_back_stock),
    "stock.uninstalled": take_back_unused,
    "stock.returned by builds": take_back_unused,
    "stock.valued": take_back_value,
    "order.received": take_back_receipt,
    "build.outputs accepted": take_back_decisions,
    "build.outputs rejected": take_back_decisions,
    "build.outputs accepted after all": take_back_decisions,
    "build.outputs rejected later": take_back_decisions,
    "build.outputs scrapped": take_back_decisions,
    **dict.fromkeys(("build.outputs held", "build.outputs released", "build.outputs reworked"), take_back_aside),
    "return.sent": take_back_return,
    "return.came back": take_back_coming_back,
    "return.credited": take_back_credit,
    "return.closed": take_back_closing,
    "build.units scrapped": take_back_scrap,
    "build.consumed": take_back_consumption,
    "build.finished": take_back_finish,
    "build.cancelled": take_back_cancelling,
    "build.serials assigned": take_back_serials,
    "build.kit sent": take_back_sending,
    "build.outputs made": take_back_made,
    "build.lots reported": take_back_lots,
    "build.bom taken over": take_back_take_over,
}


@operation
def reverse_event(*, event: int, reason: str, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take an event back, given by id; `ids` holds the items that it was about.

    Everything moves back exactly, value included, or nothing does. An event is taken back once, and what
    took it back cannot be taken back: do it again instead. Allocations that had given way to it do not come
    back. Refuses event_unknown, event_reversed_already, event_is_reversal, event_not_reversible,
    event_moved_nothing, item_of_others, reversal_without_reason, and each condition that is not met: units_went_on,
    units_elsewhere, units_short, units_allocated, item_gone_since, serials_used, fact_changed_since; for a receipt
    what `unreceive` refuses.
    """
    if not reason.strip():
        refuse("reversal_without_reason", where=("reason",))
    found = lock_event(event)
    if found.kind not in WAYS:
        refuse("event_not_reversible", event=found.pk, kind=found.kind, where=("event",))
    refuse_taking_back_of_others(found, actor)
    with naming_constraints():
        return WAYS[found.kind](found, reason=reason, actor=actor, at=at)


name_constraint("event_is_reversed_at_most_once", lambda detail: Reason("event_reversed_meanwhile"))
