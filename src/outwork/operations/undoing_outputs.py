"""Take back what was decided about units of a build: they are in production again, and what went into them is stock."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_late_builds
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reserved
from outwork.ledger.reverse import Back
from outwork.models import Build, BuildLine, BuildOutput, Event, User
from outwork.operations.build_states import touch
from outwork.operations.chosen import OF_DECISION
from outwork.operations.recording import Done
from outwork.operations.remembering import facts_before
from outwork.operations.undoing_build import moves_units, note_later_units, open_undoing, units_of
from outwork.rules import states
from outwork.rules.places import Kind
from outwork.rules.quantities import as_text
from outwork.rules.refusals import declare
from outwork.rules.states import OPEN_BUILD, BuildStatus, OutputState, StockStatus

declare(
    decided_otherwise_since="{item} is {state} with event {later} by now; take that back first",
    rest_decided_since="{item}: the units it was split from are {state} with event {later} by now; take that back first",
    units_wait_in_complete_build="{build} is complete, and {units} of its units would be in production again: reopen it first",
)

_DECIDED = frozenset({Kind.ACCEPTED, Kind.REJECTED})
_BUILT = frozenset({OutputState.ACCEPTED, OutputState.REJECTED, OutputState.SCRAPPED})
_FACTS = ("item_id", "quantity", *OF_DECISION)
# As units are that nobody decided on yet, in the order of OF_DECISION.
_FRESH = (OutputState.IN_PRODUCTION, None, None, "", True, "", False)


def take_back_decisions(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Units that were accepted or rejected are what they were before, mostly in production; `ids` holds the items.

    What was consumed for them goes back into the items that it came from and is allocated to the build's lines again;
    a part of a batch joins the batch it was split from. What the other units of the build cost is settled anew. What
    is allocated to the build that this one was made for is freed, and that is said. Refuses wrong_state for a cancelled
    build, units_wait_in_complete_build, build_busy, and each condition that is not met: units that went on or are
    allocated otherwise, what is decided of them or of the rest of their batch since, and later_units_depend.
    """
    decided = set(BuildOutput.objects.filter(decided_event=event).values_list("pk", flat=True))
    undoing = open_undoing(
        event,
        goes_back=lambda moved: moves_units(moved) or (moved.kind is Kind.COSTED and moved.about.output_id in decided),
    )
    build, back = undoing.build, undoing.back
    states.require(build.status, {*OPEN_BUILD, BuildStatus.COMPLETE}, build.reference)
    undecided = Undecided(event, back)
    fed = _fed(build, undecided, back)
    undecided.note(build, back, fed)
    note_later_units(build, back, undecided.units)
    said = [{"quantity": as_text(one.quantity), "item": back.name(one.item_id)} for one in fed]
    undoing.begin("build.decision taken back", reason=reason, actor=actor, at=at, freed=fed)
    undecided.write(undoing.posting)
    if not fed:
        return undoing.end()
    assert build.parent_id is not None
    parent = lock_late_builds([build.parent_id])[build.parent_id]
    touch(parent)
    return undoing.end({"code": "allocation_shrunk", **one, "build": parent.reference} for one in said)


def _fed(build: Build, undecided: Undecided, back: Back) -> list[Reserved]:
    """What of the units is allocated to the build that they were made for, as acceptance does; one statement, or none."""
    items = {one.target_id for one in undecided.movements}
    mine = [one for one in back.reserved.values() if one.item_id in items and one.output_id is None]
    if not mine or not build.feeds_parent or build.parent_id is None:
        return []
    lines = set(BuildLine.objects.filter(build=build.parent_id).values_list("pk", flat=True))
    return [one for one in mine if one.build_line_id in lines]


def take_back_scrap(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Units that were reported as scrapped were never built; what was consumed for them is stock again.

    Refuses wrong_state for a build that is closed, later_units_depend, and where what was consumed is elsewhere.
    """
    undoing = open_undoing(event)
    build, back = undoing.build, undoing.back
    states.require(build.status, OPEN_BUILD, build.reference)
    outputs = list(BuildOutput.objects.filter(decided_event=event, state=OutputState.SCRAPPED))
    note_later_units(build, back, units_of(outputs))
    undoing.begin("build.scrap taken back", reason=reason, actor=actor, at=at)
    rows.update(BuildOutput, ("state",), [(one.pk, OutputState.WITHDRAWN) for one in outputs])
    return undoing.end()


@dataclass(frozen=True, slots=True)
class _Before:
    """What an output was before it was decided, and its item's condition then."""

    facts: tuple[Any, ...] = _FRESH
    status: int = StockStatus.OK
    in_production: bool = True

    @property
    def was_built(self) -> bool:
        """Whether its components had gone in by then: decided before, and perhaps set aside since."""
        return self.facts[0] in _BUILT or self.facts[1] is not None


class Undecided:
    """The outputs that an event decided: what each was before, and which joins the output it was split from."""

    def __init__(self, event: Event, back: Back) -> None:
        self.event = event
        self.before: dict[int, _Before] = {}
        self.was_in: dict[int, int] = {}
        split: dict[int, int] = {}
        for row in event.data.get("outputs", ()):
            self.before[row["became"]] = _Before(facts_before(row), row["status"], row["in_production"])
            if row["became"] != row["output"]:
                split[row["became"]] = row["output"]
            elif "item" in row:
                self.was_in[row["became"]] = row["item"]
        self.movements = [one for one in back.movements if one.kind in _DECIDED]
        ids = {one.about.output_id or 0 for one in self.movements}
        items = {one.source_id or 0 for one in self.movements}
        named = BuildOutput.objects.filter(pk__any=ids | {row["output"] for row in event.data.get("outputs", ())})
        self.outputs = {one.pk: one for one in named}
        self.parts = set(split) if "outputs" in event.data else {one for one in ids if self._is_part(one)}
        self.rest = {became: self.outputs[output_id] for became, output_id in split.items()}
        if self.parts and "outputs" not in event.data:
            others = BuildOutput.objects.filter(item__any=items).exclude(state=OutputState.WITHDRAWN)
            by_item = {one.item_id or 0: one for one in others.exclude(pk__any=ids)}
            for one in self.movements:
                if one.about.output_id in self.parts and one.source_id in by_item:
                    self.rest[one.about.output_id] = by_item[one.source_id]

    def _is_part(self, output_id: int) -> bool:
        return any(not one.is_whole for one in self.movements if one.about.output_id == output_id)

    @property
    def units(self) -> dict[tuple[int | None, int], Decimal]:
        """The units that count as built no longer."""
        ids = {one.about.output_id or 0 for one in self.movements}
        return units_of(self.outputs[pk] for pk in ids if not self._before(pk).was_built)

    def _before(self, output_id: int) -> _Before:
        return self.before.get(output_id, _Before())

    def note(self, build: Build, back: Back, fed: Iterable[Reserved] = ()) -> None:
        """Note what stands in the way: another decision since, of the units or of what they were split from.

        What is `fed` to the build's parent is going to be free.
        """
        free: dict[int, Decimal] = defaultdict(Decimal)
        for one in fed:
            free[one.item_id] += one.quantity
        for moved in self.movements:
            output = self.outputs[moved.about.output_id or 0]
            item = back.held[moved.target_id or 0]
            if output.decided_event_id != self.event.pk or output.state == OutputState.IN_PRODUCTION:
                back.reasons.add("decided_otherwise_since", item=back.name(item.id), **_told(output))
            if item.allocated > free[item.id]:
                back.reasons.add("units_allocated", item=back.name(item.id), allocated=item.allocated, left=0)
            rest = self.rest.get(output.pk)
            is_of_event = rest is not None and rest.decided_event_id == self.event.pk
            if rest is not None and not is_of_event and rest.state != self._before(output.pk).facts[0]:
                back.reasons.add("rest_decided_since", item=back.name(item.id), **_told(rest))
        waiting = sum(self.units.values(), Decimal(0))
        if build.status == BuildStatus.COMPLETE and waiting:
            back.reasons.add("units_wait_in_complete_build", build=build.reference, units=waiting)

    def write(self, posting: Posting) -> None:
        """Give outputs and items back what they were; one statement, and what the posting writes."""
        changed: dict[int, list[Any]] = {}
        for one in self.rest.values():
            changed[one.pk] = [getattr(one, name) for name in _FACTS]
        for moved in self.movements:
            output = self.outputs[moved.about.output_id or 0]
            before = self._before(output.pk)
            facts = changed.setdefault(output.pk, [getattr(output, name) for name in _FACTS])
            if output.pk in self.parts:
                facts[_FACTS.index("state")] = OutputState.WITHDRAWN
                changed[self.rest[output.pk].pk][1] += output.quantity
            else:
                facts[0] = self.was_in.get(output.pk, moved.source_id or 0)
                facts[2:] = before.facts
                item = posting.held[moved.source_id or 0]
                item.is_in_production, item.status = before.in_production, before.status
                posting.touch(item)
        rows.update(BuildOutput, _FACTS, [(pk, *facts) for pk, facts in changed.items()])


def _told(output: BuildOutput) -> dict[str, Any]:
    return {"state": OutputState(output.state).word, "later": output.decided_event_id}
