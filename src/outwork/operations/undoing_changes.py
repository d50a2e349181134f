"""Take back what was done around a build: a kit that was sent, units made by hand, a BOM taken over, reported lots."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build
from outwork.models import Allocation, Build, BuildLine, BuildOutput, Event, ReportedLot, StockItem, User
from outwork.operations.build_states import touch
from outwork.operations.recording import Done, record
from outwork.operations.taking_over_bom import needed_from_now, units_that_came
from outwork.operations.undoing_build import open_undoing
from outwork.rules import states
from outwork.rules.quantities import ZERO, as_text, quantity
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import OPEN_BUILD, OutputState

declare(
    bom_taken_over_since="{build} is built to revision {now} of its lines by now, and this made revision {revision}",
    units_of_revision="{build}: {units} units are built to revision {revision} of its lines; take those back first",
    lines_consumed="{build}: {consumed} of {part} were consumed for revision {revision} of its lines; take that back first",
    take_over_unknown="Event {event} does not say which lines it changed: it was recorded by an older release",
)


def take_back_sending(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """What was sent lies again where it was sent from, allocated as it is by now; `ids` holds the items.

    For a kit that never left or came back as it was. Refuses where some of it was consumed or went elsewhere since.
    """
    undoing = open_undoing(event)
    undoing.begin("build.sending taken back", reason=reason, actor=actor, at=at)
    return undoing.end()


def take_back_made(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Units that were made by hand never were; `ids` holds the items. Their serial numbers are free again.

    What was allocated to one of them is free; a build that they issued stays issued. Refuses what was decided or
    moved since.
    """
    made = BuildOutput.objects.filter(made_event=event).exclude(state=OutputState.WITHDRAWN)
    meant = Allocation.objects.filter(output__made_event=event).values_list("item", flat=True)
    undoing = open_undoing(event, also=lambda: set(meant.all()))
    outputs = {one.pk for one in made}
    undoing.begin("build.outputs taken back", reason=reason, actor=actor, at=at)
    for one in list(undoing.book.rows.values()):
        if one.output_id in outputs:
            undoing.book.release(one)
    rows.update(BuildOutput, ("state",), [(pk, OutputState.WITHDRAWN) for pk in sorted(outputs)])
    return undoing.end()


def take_back_lots(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """What a manufacturer reported with this event is forgotten; the new event keeps what it was. `ids`: the reports."""
    assert event.build is not None
    build = lock_build(event.build)
    columns = ("pk", "build_line", "output", "manufacturer", "mpn", "lot", "date_code", "quantity")
    reports = list(ReportedLot.objects.filter(event=event).order_by("pk").values_list(*columns))
    kept = [[as_text(one) if isinstance(one, Decimal) else one for one in report] for report in reports]
    new = record(
        "build.lots taken back", build, actor=actor, at=at, reason=reason, reverses=event, data={"reports": kept}
    )
    rows.delete(ReportedLot, [report[0] for report in reports])
    touch(build)
    return Done(new.pk, [report[0] for report in reports])


def take_back_take_over(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The build goes back to the lines it had before; `ids` holds those lines.

    The lines that came with it count for nothing from here on; what is allocated to them goes back to the lines of the
    same part, the rest is free. What had been freed is allocated again as far as it is still there, else it is said.
    Refuses wrong_state for a build that is closed, bom_taken_over_since, units_of_revision, lines_consumed, take_over_unknown.
    """
    assert event.build is not None
    build = lock_build(event.build)
    states.require(build.status, OPEN_BUILD, build.reference)
    if "closed" not in event.data:
        refuse("take_over_unknown", event=event.pk, where=("event",))
    told = event.data
    lines = {line.pk: line for line in BuildLine.objects.filter(build=build).select_related("part")}
    came = units_that_came(build)
    _check_take_over(build, told, lines, came)

    new = record("build.bom taken back", build, actor=actor, at=at, reason=reason, reverses=event)
    build.revision -= 1
    build.version += 1
    build.save(update_fields=["revision", "version"])
    closed = [lines[pk] for pk in told["closed"]]
    opened = [lines[pk] for pk in told["opened"]]
    facts = ("until_revision", "quantity")
    rows.update(BuildLine, facts, [(one.pk, None, needed_from_now(build, one, came)) for one in closed])
    rows.update(BuildLine, facts, [(one.pk, one.since_revision - 1, ZERO) for one in opened])
    held, reserved = hold_for_build(build.pk, also={item_id for _, item_id, _, _ in told["freed"]})
    reservations = Reservations(Posting(new, held), reserved)
    before = {new_line: old for old, new_line in told["successors"]}
    for one in [one for one in reserved.values() if one.build_line_id in set(told["opened"])]:
        item, units = held[one.item_id], one.quantity
        reservations.release(one)
        if one.build_line_id in before:
            reservations.add(before[one.build_line_id], item, units, output_id=one.output_id)
    missing: list[tuple[int, Decimal]] = []
    for line_id, item_id, units, output_id in told["freed"]:
        item = held[item_id]
        wanted = quantity(units)
        there = min(wanted, item.free) if item.is_on_hand else ZERO
        if there:
            reservations.add(line_id, item, there, output_id=output_id)
        if there < wanted:
            missing.append((item.id, wanted - there))
    reservations.posting.write()
    reservations.write()
    return Done(new.pk, [one.pk for one in closed], said=_not_restored(build, missing))


def _check_take_over(build: Build, told: Any, lines: dict[int, BuildLine], came: dict[int, Decimal]) -> None:
    reasons, revision = Reasons(), told["revision"]
    if build.revision != revision:
        reasons.add("bom_taken_over_since", build=build.reference, now=build.revision, revision=revision)
    elif came.get(revision):
        reasons.add("units_of_revision", build=build.reference, units=came[revision], revision=revision)
    for line in (lines[pk] for pk in told["opened"]):
        if line.consumed:
            numbers = {"consumed": line.consumed, "part": line.part.label, "revision": revision}
            reasons.add("lines_consumed", build=build.reference, **numbers)
    reasons.raise_any()


def _not_restored(build: Build, missing: Sequence[tuple[int, Decimal]]) -> list[dict[str, Any]]:
    """What could not be allocated again of which items; one statement, or none."""
    if not missing:
        return []
    found = StockItem.objects.select_related("part").filter(pk__any={item_id for item_id, _ in missing})
    names = {item.pk: f"{item.part.label} {item.serial or item.batch}".strip() for item in found}
    return [
        {
            "code": "allocation_not_restored",
            "quantity": as_text(units),
            "item": names[item_id],
            "build": build.reference,
        }
        for item_id, units in missing
    ]
