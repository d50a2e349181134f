"""Take back that units were set aside: held, released, put to rework, sent away to be reworked, or fetched from there."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from outwork.ledger import rows
from outwork.ledger.post import Posting
from outwork.ledger.reverse import Back
from outwork.models import BuildOutput, Event, User
from outwork.operations.chosen import OF_DECISION
from outwork.operations.recording import Done
from outwork.operations.remembering import facts_before
from outwork.operations.undoing_build import open_undoing
from outwork.rules import states
from outwork.rules.refusals import declare
from outwork.rules.states import DECIDABLE_BUILD, OutputState, WaitsFor

declare(
    set_aside_otherwise_since="{item} is {state} by now; take that back first",
    rest_set_aside_since="{item}: the units it was split from are {state} by now; take that back first",
)

# What units wait for after each kind of event.
LEFT_WAITING: Mapping[str, str] = {
    "build.outputs held": WaitsFor.INSPECTION,
    "build.outputs released": "",
    "build.outputs reworked": WaitsFor.REWORK,
    "return.sent": WaitsFor.REWORK,
    "return.came back": "",
}
_FACTS = ("item_id", "quantity", *OF_DECISION)


def take_back_aside(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Units are again what they were before they were set aside or released; `ids` holds the items.

    What was split off joins its batch. Refuses wrong_state for a cancelled build, and units that went on or were
    decided on or set aside otherwise since.
    """
    items = BuildOutput.objects.filter(pk__any=[row["became"] for row in event.data["outputs"]])
    undoing = open_undoing(event, also=lambda: [pk for pk in items.values_list("item", flat=True) if pk is not None])
    states.require(undoing.build.status, DECIDABLE_BUILD, undoing.build.reference)
    aside = PutAside(event, undoing.back)
    aside.note(undoing.back)
    undoing.begin("build.disposition taken back", reason=reason, actor=actor, at=at)
    aside.write(undoing.posting)
    return undoing.end()


class PutAside:
    """The outputs that an event set aside or fetched back: what each was before, and which joins another again."""

    def __init__(self, event: Event, back: Back) -> None:
        self.waits_for = LEFT_WAITING[event.kind]
        self.rows: list[dict[str, Any]] = list(event.data.get("outputs", ()))
        ids = {row[name] for row in self.rows for name in ("output", "became")}
        self.outputs = BuildOutput.objects.filter(pk__any=ids).in_bulk() if ids else {}
        self.sources = {one.about.output_id: one.source_id for one in back.movements if one.source_id is not None}

    def note(self, back: Back) -> None:
        """Note what stands in the way: another decision since, of the units or of what they were split from."""
        # Where the last of its units went with it, an output is no rest any more.
        entire = {row["became"] for row in self.rows if row["became"] == row["output"]}
        for row in self.rows:
            output, rest = self.outputs[row["became"]], self.outputs[row["output"]]
            is_as_left = output.state == OutputState.IN_PRODUCTION and output.waits_for == self.waits_for
            if not is_as_left or output.decided_event_id != row["facts"][1]:
                name = back.name(output.item_id or 0)
                back.reasons.add("set_aside_otherwise_since", item=name, state=_word(output))
            elif rest.pk not in entire and [rest.state, rest.decided_event_id] != row["facts"][:2]:
                name = back.name(output.item_id or 0)
                back.reasons.add("rest_set_aside_since", item=name, state=_word(rest))

    def write(self, posting: Posting) -> None:
        """Give outputs and items back what they were; one statement, and what the posting writes."""
        changed: dict[int, list[Any]] = {}
        for row in self.rows:
            output = self.outputs[row["became"]]
            if row["became"] == row["output"]:
                item_id = self.sources.get(output.pk, output.item_id)
                item = posting.held[item_id or 0]
                item.status, item.is_in_production = row["status"], row["in_production"]
                posting.touch(item)
                mine = changed.setdefault(output.pk, [None, output.quantity])
                changed[output.pk] = [row.get("item", item_id), mine[1], *facts_before(row)]
                continue
            facts = [getattr(output, name) for name in _FACTS]
            facts[_FACTS.index("state")] = OutputState.WITHDRAWN
            changed[output.pk] = facts
            rest = self.outputs[row["output"]]
            mine = changed.setdefault(rest.pk, [getattr(rest, name) for name in _FACTS])
            mine[1] += output.quantity
        rows.update(BuildOutput, _FACTS, [(pk, *facts) for pk, facts in changed.items()])


def _word(output: BuildOutput) -> str:
    word = OutputState(output.state).word
    return f"{word}, waiting for {output.waits_for}" if output.waits_for else word
