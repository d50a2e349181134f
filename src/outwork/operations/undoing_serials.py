"""Take back that units in production were given their serial numbers: they are a quantity again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from outwork.ledger import rows
from outwork.ledger.reverse import Back
from outwork.models import Allocation, BuildOutput, Event, ReportedLot, StockItem, User
from outwork.operations.recording import Done
from outwork.operations.undoing_build import open_undoing
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import declare
from outwork.rules.states import OutputState

declare(
    numbered_unit_changed_since="{item} is {state} by now; take that back first",
    numbered_unit_holds_components=(
        "{item}: components are meant for it, fitted into it or reported of it; take them off first"
    ),
    rest_changed_since="{item}: the units it was split from are {state} by now; take that back first",
    rest_numbered_since="{item}: the last unit it was split from was given serial number {serial} since; take that back first",
)


def take_back_serials(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The units join the item and the output that they were split from; their serial numbers are free again.

    Refuses units that went on, that were decided on or set aside otherwise since, or that hold components of their own.
    """
    undoing = open_undoing(event)
    numbered = _Numbered(event, undoing.back)
    numbered.note(undoing.back)
    undoing.begin("build.serials taken back", reason=reason, actor=actor, at=at)
    for moved in undoing.back.movements:
        if moved.is_whole:
            item = undoing.posting.held[moved.target_id or 0]
            item.serial = item.serial_number = item.serial_scope = None
            undoing.posting.touch(item)
    numbered.write()
    return undoing.end()


class _Numbered:
    """The outputs of single units, each with the output that it was split from; the last unit may have stayed in that."""

    def __init__(self, event: Event, back: Back) -> None:
        firsts = [int(pk) for pk in event.data["serials"]]
        ids = {one.about.output_id or 0 for one in back.movements}
        self.outputs = BuildOutput.objects.filter(pk__any=ids | set(firsts)).in_bulk()
        of_item = {self.outputs[pk].item_id: self.outputs[pk] for pk in firsts}
        self.rests = [
            (self.outputs[one.about.output_id or 0], of_item[one.source_id])
            for one in back.movements
            if one.source_id in of_item
        ]
        # What was decided on since may lie in another item.
        self.strays = {one.source_id or 0 for one in back.movements} - of_item.keys()
        self.whole = {one.about.output_id for one in back.movements if one.is_whole}

    def note(self, back: Back) -> None:
        """Note what stands in the way: what was decided or set aside since, and what went into the units."""
        ids, items = list(self.outputs), [one.item_id for one in self.outputs.values() if one.item_id is not None]
        filled = set(Allocation.objects.filter(output__any=ids).values_list("output", flat=True))
        filled |= set(ReportedLot.objects.filter(output__any=ids).values_list("output", flat=True))
        inside = StockItem.objects.filter(inside__any=items, place=PlaceKind.INSIDE)
        holding = set(inside.values_list("inside", flat=True))
        for item_id in sorted(self.strays):
            back.reasons.add("units_elsewhere", item=back.name(item_id), event=back.event.pk)
        for unit, rest in self.rests:
            name = back.name(unit.item_id or 0)
            is_other = unit.waits_for != rest.waits_for
            if _is_decided(unit) or (is_other and unit.waits_for):
                back.reasons.add("numbered_unit_changed_since", item=name, state=_word(unit))
            elif _is_decided(rest) or is_other:
                back.reasons.add("rest_changed_since", item=name, state=_word(rest))
            serial = back.held[rest.item_id or 0].serial
            if serial is not None and rest.pk not in self.whole:
                back.reasons.add("rest_numbered_since", item=name, serial=serial)
            if {unit.pk, rest.pk} & filled or {unit.item_id, rest.item_id} & holding:
                back.reasons.add("numbered_unit_holds_components", item=name)

    def write(self) -> None:
        """Withdraw the outputs of the units that join another one, which has so many more; two statements."""
        joined: dict[int, Decimal] = defaultdict(Decimal)
        for unit, rest in self.rests:
            if unit.pk != rest.pk:
                joined[rest.pk] += unit.quantity
        gone = [(unit.pk, OutputState.WITHDRAWN) for unit, rest in self.rests if unit.pk != rest.pk]
        rows.update(BuildOutput, ("state",), gone)
        rows.update(BuildOutput, ("quantity",), [(pk, self.outputs[pk].quantity + more) for pk, more in joined.items()])


def _is_decided(output: BuildOutput) -> bool:
    return output.state != OutputState.IN_PRODUCTION or output.decided_event_id is not None


def _word(output: BuildOutput) -> str:
    word = OutputState(output.state).word
    return f"{word}, waiting for {output.waits_for}" if output.waits_for else word
