"""Allocate stock to the lines of a build, exactly as told, and take it back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build, read_for_lines
from outwork.models import Build, BuildLine, User
from outwork.operations import build_states
from outwork.operations.checking_allocations import Check, Take, outputs_named
from outwork.operations.owning import check_owners
from outwork.operations.recording import Done, operation, record
from outwork.queries.builds import lines_of
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.days import day_in
from outwork.rules.expiry import unfit_before
from outwork.rules.quantities import ZERO, as_text, quantities, quantity
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import OPEN_BUILD

__all__ = ["Release", "Take", "allocate", "deallocate"]

declare(
    nothing_allocated="Line {line} of {build} has nothing allocated of what was to be freed",
    allocated_less="{allocated} are allocated to line {line} of that, {asked} were to be freed",
)


@operation
def allocate(
    *,
    build: Build,
    takes: Sequence[Take],
    actor: User,
    at: datetime.datetime,
    accept_without_unit: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allocate exactly these quantities; `ids` holds the items. More than a line needs is allowed and said.

    What a line has allocated of an item already is given to the unit that a take names. A tracked component of our
    own build goes into one unit each, unless `accept_without_unit`; those of an external build are sent before there
    are units. Refuses wrong_state, rows_missing, line_unknown, line_is_consumable, line_supplied_by_manufacturer,
    item_unknown, item_wrong_part, item_not_usable, item_expired, item_of_others, item_at_another_manufacturer,
    item_not_free, output_unknown,
    output_decided, output_without_serial, unit_missing, bad quantities (of a serial number only the whole).
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    return book(build, takes, actor=actor, at=at, accept_without_unit=accept_without_unit)


def book(
    build: Build, takes: Sequence[Take], *, actor: User, at: datetime.datetime, accept_without_unit: bool = False
) -> Done:
    """Allocate for a locked, open build; see `allocate`."""
    asked = quantities([take.quantity for take in takes])
    lines = {line.pk: line for line in lines_of(build.pk)}
    held = lock_items(take.item_id for take in takes)
    reserved = read_for_lines(build.pk)
    known = all_settings()
    check = Check(
        build,
        lines,
        held,
        reserved,
        outputs_named(build, takes),
        accept_without_unit=accept_without_unit,
        unfit_before=unfit_before(known, day_in(at, known["TIME_ZONE"])),
    )
    named_items = [(held[take.item_id], (index, "item")) for index, take in enumerate(takes)]
    is_on = known["STOCK_OWNERSHIP_CONTROL"]
    check_owners(named_items, actor, check.reasons, named=check.name, is_on=is_on)
    check.all(takes, asked)

    event = record(
        "build.allocated",
        build,
        actor=actor,
        at=at,
        data={"takes": [[one.line_id, one.item_id, str(units)] for one, units in zip(takes, asked, strict=True)]},
    )
    posting = Posting(event, held)
    reservations = Reservations(posting, reserved)
    for take, units in zip(takes, asked, strict=True):
        give(reservations, take.line_id, held[take.item_id], units, take.output_id)
    posting.write()
    reservations.write()
    build_states.touch(build)
    named = {take.line_id: lines[take.line_id] for take in takes}
    return Done(event.pk, sorted(held), said=overallocated(named.values(), reservations))


def give(reservations: Reservations, line_id: int, item: Held, quantity: Decimal, output_id: int | None = None) -> None:
    """Allocate an item to a line, or to a unit of it: first what the line has of it already without a unit."""
    mine = reservations.rows.get((line_id, item.id, None)) if output_id is not None else None
    if mine is not None:
        reservations.release(mine, min(quantity, mine.quantity))
    reservations.add(line_id, item, quantity, output_id=output_id)


@dataclass(frozen=True, slots=True)
class Release:
    """An allocation to take back: a line, an item of it, a quantity of it, those for one unit; all where it is None."""

    line_id: int
    item_id: int | None = None
    quantity: Any = None
    output_id: int | None = None


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
        mine = [
            reserved
            for reserved in by_line.get(one.line_id, [])
            if one.item_id in (None, reserved.item_id)
            and one.output_id in (None, reserved.output_id)
            and reserved.quantity
        ]
        there = sum((r.quantity for r in mine), ZERO)
        try:
            asked = there if one.quantity is None else quantity(one.quantity, where=(index, "quantity"))
        except Refusal as refusal:
            reasons.found += refusal.reasons
            continue
        if not mine and (one.item_id, one.quantity, one.output_id) != (None, None, None):
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


def overallocated(lines: Iterable[BuildLine], reservations: Reservations) -> list[dict[str, Any]]:
    """Say which of the lines have more than they need, net of what they consumed."""
    said = []
    by_line = reservations.by_line()
    for line in lines:
        allocated = sum((one.quantity for one in by_line.get(line.pk, ())), ZERO)
        if allocated + line.consumed > line.quantity:
            said.append(
                {
                    "code": "line_overallocated",
                    "part": line.part.label,
                    "allocated": as_text(allocated),
                    "needed": as_text(max(ZERO, line.quantity - line.consumed)),
                }
            )
    return said
