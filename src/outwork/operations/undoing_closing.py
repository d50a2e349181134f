"""Take back that a return was closed: what is away may be received back again."""

from __future__ import annotations

import datetime

from outwork.models import Event, SupplierReturn, User
from outwork.operations.locking_returns import lock_return
from outwork.operations.recording import Done, record
from outwork.rules import states
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import SUPPLIER_RETURN, ReturnStatus

declare(return_closed_anew="{document}: event {later} ({kind}) came after it was closed; take that back first")


def take_back_closing(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The return is open as before; `ids` holds it.

    Refuses event_moved_nothing where it had been closed before, return_closed_anew (it was credited or closed again
    since), transition_impossible.
    """
    if event.data.get("repeated"):
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    document = lock_return(SupplierReturn(pk=event.supplier_return_id))
    later = Event.objects.filter(supplier_return=document, pk__gt=event.pk, reverses__isnull=True, reversals=None)
    later = later.filter(kind__in=("return.credited", "return.came back"))
    found = later.order_by("-pk").values_list("pk", "kind").first()
    if found is not None:
        refuse("return_closed_anew", document=document.reference, later=found[0], kind=found[1], where=("event",))
    states.require_move(SUPPLIER_RETURN, document.status, ReturnStatus.SENT, document=document.reference)
    new = record("return.closing taken back", document, actor=actor, at=at, reason=reason, reverses=event)
    document.status, document.closed_at = ReturnStatus.SENT, None
    document.version += 1
    document.save(update_fields=["status", "closed_at", "version"])
    return Done(new.pk, [document.pk])
