"""Allocate stock to the lines of a build, exactly as told, and take it back."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build, read_for_lines
from outwork.models import Build, BuildLine, BuildOutput, Location, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.operations.supplying import needed_from_us
from outwork.queries.bom import labels as labels_of
from outwork.queries.builds import fitting_parts, lines_of, manufacturers_of
from outwork.rules import states
from outwork.rules.quantities import ZERO, as_text, quantities, quantity
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import OPEN_BUILD, OutputState

declare(
    line_is_consumable="{part} is consumable on {build}: it is never allocated",
    line_supplied_by_manufacturer="{part} is bought by the manufacturer on {build}: it needs no stock of ours",
    item_wrong_part="Item {item} is {found}; the line of {build} wants {part}",
    item_not_usable="{part}, item {item}: it is not in usable stock",
    item_at_another_manufacturer="{part}, item {item} lies at {company}, which does not build {build}",
    item_not_free="{part}, item {item}: {free} free, {asked} asked for",
    output_unknown="{build} has no output {output}",
    output_without_serial="Output {output} of {build} is a batch without serial numbers: allocate for the build instead",
    nothing_allocated="Line {line} of {build} has nothing allocated of what was to be freed",
    allocated_less="{allocated} are allocated to line {line} of that, {asked} were to be freed",
)


@dataclass(frozen=True, slots=True)
class Take:
    """So much of an item for a line, in the part's unit; `output_id` for one unit (a serial number) of the build only."""

    line_id: int
    item_id: int
    quantity: Any
    output_id: int | None = None


@operation
def allocate(
    *,
    build: Build,
    takes: Sequence[Take],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allocate exactly these quantities; `ids` holds the items. More than a line needs is allowed and said.

    Refuses wrong_state, rows_missing, line_unknown, line_is_consumable, line_supplied_by_manufacturer,
    item_unknown, item_wrong_part, item_not_usable, item_at_another_manufacturer, item_not_free, output_unknown,
    output_decided, output_without_serial, bad quantities (of a serial number only the whole).
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    asked = quantities([take.quantity for take in takes])
    lines = {line.pk: line for line in lines_of(build.pk)}
    held = lock_items(take.item_id for take in takes)
    _check(build, lines, takes, asked, held)

    event = record(
        "build.allocated",
        build,
        actor=actor,
        at=at,
        data={"takes": [[one.line_id, one.item_id, str(units)] for one, units in zip(takes, asked, strict=True)]},
    )
    posting = Posting(event, held)
    reservations = Reservations(posting, read_for_lines(build.pk))
    for take, units in zip(takes, asked, strict=True):
        reservations.add(take.line_id, held[take.item_id], units, output_id=take.output_id)
    posting.write()
    reservations.write()
    build_states.touch(build)
    named = {take.line_id: lines[take.line_id] for take in takes}
    return Done(event.pk, sorted(held), said=_overallocated(named, reservations))


@dataclass(frozen=True, slots=True)
class Release:
    """An allocation to take back: a line, an item of it (all if None), a quantity of it (all if None)."""

    line_id: int
    item_id: int | None = None
    quantity: Any = None


@operation
def deallocate(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    releases: Sequence[Release] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Free allocations: those named, or all of the build; `ids` holds the items. Stock stays where it is.

    Refuses line_unknown, nothing_allocated, allocated_less, bad quantities.
    """
    build = lock_build(build, expected_version=expected_version)
    held, reserved = hold_for_build(build.pk)
    lines = set(BuildLine.objects.filter(build=build).values_list("pk", flat=True))
    event = record("build.deallocated", build, actor=actor, at=at)
    reservations = Reservations(Posting(event, held), reserved)
    if releases is None:
        freed = {one.item_id for one in reserved.values()}
        for one in list(reserved.values()):
            reservations.release(one)
    else:
        freed = _release(build, lines, releases, reservations)
    reservations.posting.write()
    reservations.write()
    build_states.touch(build)
    return Done(event.pk, sorted(freed))


def _release(build: Build, lines: set[int], releases: Sequence[Release], reservations: Reservations) -> set[int]:
    """Free what is named, the newest allocations first; gives the items."""
    reasons = Reasons()
    freed: set[int] = set()
    by_line = reservations.by_line()
    for index, one in enumerate(releases):
        if one.line_id not in lines:
            reasons.add("line_unknown", build=build.reference, line=one.line_id, where=(index, "line"))
            continue
        mine = [r for r in by_line.get(one.line_id, []) if one.item_id in (None, r.item_id) and r.quantity]
        there = sum((r.quantity for r in mine), ZERO)
        try:
            asked = there if one.quantity is None else quantity(one.quantity, where=(index, "quantity"))
        except Refusal as refusal:
            reasons.found += refusal.reasons
            continue
        if not mine and (one.item_id is not None or one.quantity is not None):
            reasons.add("nothing_allocated", line=one.line_id, build=build.reference, where=(index, "item"))
        elif asked > there:
            reasons.add(
                "allocated_less",
                allocated=there,
                line=one.line_id,
                build=build.reference,
                asked=asked,
                where=(index, "quantity"),
            )
        for reserved in reversed(mine):
            taken = min(asked, reserved.quantity)
            if taken:
                reservations.release(reserved, taken)
                freed.add(reserved.item_id)
                asked -= taken
    reasons.raise_any()
    return freed


def _check(
    build: Build,
    lines: dict[int, BuildLine],
    takes: Sequence[Take],
    asked: Sequence[Decimal],
    held: dict[int, Held],
) -> None:
    """Every reason why these allocations may not be."""
    reasons = Reasons()
    if not takes:
        reasons.add("rows_missing")
    fitting = fitting_parts(list(lines.values()))
    companies = manufacturers_of(build)
    ours = needed_from_us(list(lines.values()), companies)
    at_company = locations_at_companies(held.values())
    labels = labels_of(one.part_id for one in held.values())
    outputs = {take.output_id for take in takes if take.output_id is not None}
    columns = ("pk", "state", "item__serial")
    made = list(BuildOutput.objects.filter(build=build, pk__any=outputs).values_list(*columns)) if outputs else []
    states_of, serials = {pk: state for pk, state, _ in made}, {pk: serial for pk, _, serial in made}
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for index, (take, units) in enumerate(zip(takes, asked, strict=True)):
        item, line = held[take.item_id], lines.get(take.line_id)
        part = labels[item.part_id]
        if line is None:
            reasons.add("line_unknown", build=build.reference, line=take.line_id, where=(index, "line"))
            continue
        if line.is_consumable:
            reasons.add("line_is_consumable", part=line.part.label, build=build.reference, where=(index, "line"))
        elif line.pk not in ours:
            reasons.add(
                "line_supplied_by_manufacturer", part=line.part.label, build=build.reference, where=(index, "line")
            )
        if item.part_id not in fitting[line.pk]:
            reasons.add(
                "item_wrong_part",
                item=item.id,
                found=part,
                part=line.part.label,
                build=build.reference,
                where=(index, "item"),
            )
        if not item.is_usable:
            reasons.add("item_not_usable", part=part, item=item.id, where=(index, "item"))
        company = at_company.get(item.location_id)
        if company is not None and company[0] not in companies:
            reasons.add(
                "item_at_another_manufacturer",
                part=part,
                item=item.id,
                company=company[1],
                build=build.reference,
                where=(index, "item"),
            )
        if take.output_id is not None and take.output_id not in states_of:
            reasons.add("output_unknown", build=build.reference, output=take.output_id, where=(index, "output"))
        elif take.output_id is not None and states_of[take.output_id] != OutputState.IN_PRODUCTION:
            word = OutputState(states_of[take.output_id]).word
            reasons.add(
                "output_decided", build=build.reference, output=take.output_id, state=word, where=(index, "output")
            )
        elif take.output_id is not None and serials[take.output_id] is None:
            reasons.add("output_without_serial", build=build.reference, output=take.output_id, where=(index, "output"))
        if item.serial is not None and units != units.to_integral_value():
            reasons.add("quantity_not_whole", value=units, where=(index, "quantity"))
        taken[item.id] += units
        if taken[item.id] > item.free:
            reasons.add(
                "item_not_free",
                part=part,
                item=item.id,
                free=item.free,
                asked=taken[item.id],
                where=(index, "quantity"),
            )
    reasons.raise_any()


def locations_at_companies(held: Any) -> dict[int | None, tuple[int, str]]:
    """The locations of these items that lie at a company: its id and name; one statement."""
    ids = {one.location_id for one in held if one.location_id is not None}
    found = Location.objects.filter(pk__any=ids, company__isnull=False).values_list("pk", "company", "company__name")
    return {pk: (company, name) for pk, company, name in found}


def _overallocated(lines: dict[int, BuildLine], reservations: Reservations) -> list[dict[str, Any]]:
    said = []
    by_line = reservations.by_line()
    for line_id, line in lines.items():
        allocated = sum((one.quantity for one in by_line[line_id]), ZERO)
        if allocated + line.consumed > line.quantity:
            said.append(
                {
                    "code": "line_overallocated",
                    "part": line.part.label,
                    "allocated": as_text(allocated),
                    "needed": as_text(line.quantity - line.consumed),
                }
            )
    return said
