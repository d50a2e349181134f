"""Take back that a build was finished, or that a shortfall was settled: nothing of it was consumed after all."""

from __future__ import annotations

import datetime
from typing import Any

from outwork.ledger import rows
from outwork.models import BuildLine, Event, Movement, SupplyChoice, User
from outwork.operations.recording import Done
from outwork.operations.undoing_build import Undoing, open_undoing
from outwork.rules import states
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, as_text, quantity
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import OPEN_BUILD, BuildStatus
from outwork.rules.supply import Supply

declare(
    received_since_cancelled=(
        "Units of {build} came with event {later} and became ordinary stock, for it was cancelled; take that back first"
    ),
    state_before_unknown="Event {event} does not say what was before it: it was recorded by an older release",
    finished_again_since="{build} was finished again with event {later}; take that back first",
)


def take_back_finish(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The build is in production again, and its cost is provisional; `ids` holds the items.

    What was settled at the end goes back into the items that it came from and is allocated again, and so is what was
    freed, as far as it is still there (else it is said). Lines for which it was stated that the manufacturer supplied
    them are undecided again. Refuses event_moved_nothing, wrong_state for a build cancelled since, finished_again_since,
    and where what was consumed is elsewhere.
    """
    if event.data.get("repeated"):
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    freed = [_Freed(*row) for row in event.data.get("freed", ())]
    undoing = open_undoing(event, also=lambda: {one.item_id for one in freed})
    build = undoing.build
    states.require(build.status, {*OPEN_BUILD, BuildStatus.COMPLETE}, build.reference)
    ends = Event.objects.filter(build=build, kind="build.finished", pk__gt=event.pk, reversals__isnull=True)
    later = next((one for one in ends.order_by("-pk") if not one.data.get("repeated")), None)
    if later is not None:
        undoing.back.reasons.add("finished_again_since", build=build.reference, later=later.pk)
    if build.status == BuildStatus.COMPLETE:
        build.status, build.completed_at = BuildStatus.PRODUCTION, None
    undoing.begin("build.finish taken back", reason=reason, actor=actor, at=at)
    said = [told for one in freed if (told := one.allocate_again(undoing)) is not None]
    _undecide_supply(event.data.get("supplied", ()))
    return undoing.end(said)


def take_back_cancelling(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The build is in the state it was cancelled in; `ids` holds the items.

    What was consumed at the end goes back and is allocated again, and so is what was freed, as far as it is still
    there (else it is said). Refuses event_moved_nothing, state_before_unknown for an event of an older release,
    received_since_cancelled, and where what was consumed is elsewhere.
    """
    if event.data.get("repeated"):
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    if "was" not in event.data:
        refuse("state_before_unknown", event=event.pk, where=("event",))
    freed = [_Freed(*row) for row in event.data["freed"]]
    undoing = open_undoing(event, also=lambda: {one.item_id for one in freed})
    build = undoing.build
    came = Movement.objects.filter(purchase_line__build=build, kind=Kind.RECEIVED, event__gt=event.pk)
    later = came.filter(event__reversals__isnull=True).order_by("event").values_list("event", flat=True).first()
    if later is not None:
        undoing.back.reasons.add("received_since_cancelled", build=build.reference, later=later)
    build.status, build.completed_at = event.data["was"], None
    undoing.begin("build.cancelling taken back", reason=reason, actor=actor, at=at)
    said = [told for one in freed if (told := one.allocate_again(undoing)) is not None]
    return undoing.end(said)


def take_back_consumption(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """What a shortfall was settled with is stock again, allocated as it was; what is due for the units is open again.

    Refuses event_moved_nothing, wrong_state for a build that is closed, and where what was consumed is elsewhere.
    """
    undoing = open_undoing(event)
    states.require(undoing.build.status, OPEN_BUILD, undoing.build.reference)
    if not undoing.back.movements:
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    undoing.begin("build.consumption taken back", reason=reason, actor=actor, at=at)
    return undoing.end()


class _Freed:
    """An allocation that finishing freed, as its event noted it."""

    def __init__(self, line_id: int, item_id: int, units: str, output_id: int | None) -> None:
        self.line_id, self.item_id, self.output_id = line_id, item_id, output_id
        self.units = quantity(units)

    def allocate_again(self, undoing: Undoing) -> dict[str, Any] | None:
        """Allocate what of it is still free; says what is not."""
        item = undoing.back.held[self.item_id]
        there = min(self.units, item.free) if item.is_on_hand else ZERO
        if there:
            undoing.book.add(self.line_id, item, there, output_id=self.output_id)
        if there == self.units:
            return None
        missing = {"quantity": as_text(self.units - there), "item": undoing.back.name(item.id)}
        return {"code": "allocation_not_restored", **missing, "build": undoing.build.reference}


def _undecide_supply(supplied: Any) -> None:
    """Lines that finishing stated to be supplied by the manufacturer are undecided again, unless stated otherwise since."""
    everywhere = [line for line, manufacturer in supplied if manufacturer is None]
    stated = BuildLine.objects.filter(pk__any=everywhere, supply=Supply.THEY_BUY).values_list("pk", flat=True)
    rows.update(BuildLine, ("supply",), [(pk, None) for pk in (sorted(stated) if everywhere else ())])
    at_one = {(line, manufacturer) for line, manufacturer in supplied if manufacturer is not None}
    if at_one:
        found = SupplyChoice.objects.filter(build_line__any={line for line, _ in at_one}, supply=Supply.THEY_BUY)
        mine = [pk for pk, *key in found.values_list("pk", "build_line", "manufacturer") if tuple(key) in at_one]
        rows.delete(SupplyChoice, mine)
