"""Allocate stock to all lines of a build by a policy, and explain every choice."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_lines
from outwork.models import Build, BuildLine, Location, User
from outwork.operations import build_states
from outwork.operations.allocating import give
from outwork.operations.finding_stock import Search
from outwork.operations.owning import of_others
from outwork.operations.recording import Done, operation, record
from outwork.operations.supplying import needed_from_us
from outwork.queries.builds import fitting_parts, lines_of, manufacturers_of, need_of, units_built
from outwork.queries.settings import all_settings
from outwork.queries.tracked import unfitted, units_in_production
from outwork.rules import states
from outwork.rules.allocation import Components, LinePlan, Order, Policy, Wanted, plan_allocation
from outwork.rules.days import day_in
from outwork.rules.expiry import unfit_before
from outwork.rules.matching_serials import Slot, match_serials
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons
from outwork.rules.requirement import required
from outwork.rules.states import OPEN_BUILD


@operation
def auto_allocate(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    exclude_location: Location | None = None,
    interchangeable: bool = False,
    substitutes: bool = True,
    optional_lines: bool = False,
    order: Order = Order.OLDEST,
    use_expired: bool = False,
    components: Components = Components.UNTRACKED,
    whole_items: bool = False,
    lines: Collection[int] | None = None,
    dry_run: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allocate what the build's lines still need; `ids` holds the items taken.

    From `location` and below (by default where the build takes its stock from), never from
    `exclude_location`; stock at the build's manufacturer first, never at another's. Consumable lines, lines
    that the manufacturer buys and (unless asked) optional ones are passed over. Tracked `components` go into the unit
    in production that has their serial number, where exactly one fits; without a unit they are allocated for an
    external build only. With `whole_items` a lot is taken whole, and none that others have a part of.
    `data["lines"]` explains each line: what was taken and why, what not and why not, what is missing. Units beyond
    the plan are served too. With `dry_run` nothing is allocated. Refuses wrong_state, line_unknown.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    all_lines = lines_of(build.pk)
    _check_lines(build, all_lines, lines or ())
    makers = manufacturers_of(build)
    ours = needed_from_us(all_lines, makers)
    meant = [
        line
        for line in all_lines
        if (lines is None or line.pk in lines)
        and not line.is_consumable
        and line.pk in ours
        and (optional_lines or not line.is_optional)
    ]
    search = Search(build, makers, fitting_parts(all_lines), location, exclude_location)
    held, lots, slots, reserved = _lock(search, meant, components, optional=optional_lines)
    known = all_settings()
    strange = of_others(held.values(), actor, is_on=known["STOCK_OWNERSHIP_CONTROL"])
    held = {item_id: item for item_id, item in held.items() if item_id not in strange}
    policy = Policy(
        order=order,
        interchangeable=interchangeable,
        substitutes=substitutes,
        manufacturer_ids=frozenset(makers),
        today=unfit_before(known, day_in(at, known["TIME_ZONE"])),
        use_expired=use_expired,
        whole_items=whole_items,
    )
    among = {item_id: item for item_id, item in held.items() if item.serial is None}
    plans = plan_allocation(lots, search.candidates([one.line_id for one in lots], among, reserved, order), policy)
    if slots:
        pieces = {item_id: item for item_id, item in held.items() if item.serial is not None}
        found = search.candidates({slot.line_id for slot in slots}, pieces, reserved, Order.OLDEST)
        plans += match_serials(slots, found, replace(policy, whole_items=False))

    told = _told(plans, {line.pk: line for line in meant}, held)
    event = record("build.allocated", build, actor=actor, at=at, data={"automatic": True, "dry run": dry_run})
    if not dry_run:
        _allocate(plans, Posting(event, held), reserved)
        build_states.touch(build)
    taken = sorted({take.item_id for plan in plans for take in plan.takes})
    return Done(event.pk, taken, data={"lines": told})


def _lock(
    search: Search, meant: Sequence[BuildLine], components: Components, *, optional: bool
) -> tuple[dict[int, Held], list[Wanted], list[Slot], dict[Key, Reserved]]:
    """Lock what could serve the lines; gives it, what lines and units need, and what is allocated already."""
    build, needs = search.build, _needs(search.build, meant)
    in_lots = [line for line in meant if build.is_external or not line.is_tracked]
    in_lots = [] if components == Components.TRACKED else in_lots
    slots = [] if components == Components.UNTRACKED else _slots(build, meant, optional=optional)
    in_need = {one.line_id for one in _wanted(in_lots, needs, read_for_lines(build.pk))}
    held = search.lock(in_need, {slot.line_id for slot in slots}, {slot.serial for slot in slots})
    # A count may have shrunk an allocation before the lock; now nothing moves any more.
    reserved = read_for_lines(build.pk)
    lots = [one for one in _wanted(in_lots, needs, reserved) if one.line_id in in_need]
    return held, lots, slots, reserved


def _slots(build: Build, meant: Sequence[BuildLine], *, optional: bool) -> list[Slot]:
    """What the units in production that have serial numbers still miss of tracked lines."""
    units = [unit for unit in units_in_production(build.pk) if unit.serial is not None]
    return [
        Slot(one.line.pk, one.unit.output_id, one.unit.serial or "", one.needed - one.there)
        for one in unfitted(units, meant, optional=optional)
    ]


def _check_lines(build: Build, known: list[BuildLine], named: Collection[int]) -> None:
    reasons, ids = Reasons(), {line.pk for line in known}
    for index, line_id in enumerate(named):
        if line_id not in ids:
            reasons.add("line_unknown", build=build.reference, line=line_id, where=(index, "line"))
    reasons.raise_any()


def _needs(build: Build, lines: Sequence[BuildLine]) -> dict[int, Decimal]:
    """What each line asks for: for the units planned, or for those that are there where that is more."""
    there = units_built(build.pk, waiting=True)
    needs = {}
    for line in lines:
        units: dict[int | None, Decimal] = defaultdict(Decimal)
        for (maker, revision), count in there.items():
            if line.counts_for(revision):
                units[maker] += count
        needs[line.pk] = max(line.quantity, sum((required(need_of(line), count) for count in units.values()), ZERO))
    return needs


def _wanted(lines: Sequence[BuildLine], needs: dict[int, Decimal], reserved: dict[Key, Reserved]) -> list[Wanted]:
    """What each line still needs: required less consumed less allocated."""
    allocated: dict[int, Decimal] = defaultdict(Decimal)
    for one in reserved.values():
        allocated[one.build_line_id] += one.quantity
    return [
        Wanted(line.pk, line.part_id, need)
        for line in lines
        if (need := needs[line.pk] - line.consumed - allocated[line.pk]) > 0
    ]


def _allocate(plans: list[LinePlan], posting: Posting, reserved: dict[Key, Reserved]) -> None:
    reservations = Reservations(posting, reserved)
    for plan in plans:
        for take in plan.takes:
            give(reservations, plan.line_id, posting.held[take.item_id], take.quantity, take.output_id)
    posting.write()
    reservations.write()


def _told(plans: list[LinePlan], lines: dict[int, BuildLine], held: dict[int, Held]) -> list[dict[str, Any]]:
    """Every choice in words: JSON-able, one entry a line."""
    return [
        {
            "line": plan.line_id,
            "part": lines[plan.line_id].part.label,
            "allocated": f"{sum((take.quantity for take in plan.takes), ZERO).normalize():f}",
            "missing": f"{plan.missing.normalize():f}",
            "choices": [
                {
                    "item": said.item_id,
                    "batch": held[said.item_id].batch if said.item_id is not None else "",
                    "verdict": said.verdict.value,
                    "text": said.text(),
                }
                for said in plan.explanation
            ],
        }
        for plan in plans
    ]
