"""Allocate stock to all lines of a build by a policy, and explain every choice."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held, lock_where
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_lines
from outwork.models import Build, BuildLine, Location, StockItem, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.operations.supplying import needed_from_us
from outwork.queries.builds import fitting_parts, lines_of, manufacturers_of, need_of, units_built
from outwork.queries.locations import subtree
from outwork.queries.settings import company_day
from outwork.rules import states
from outwork.rules.allocation import Candidate, LinePlan, Order, Policy, Rank, Wanted, plan_allocation
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
    lines: Collection[int] | None = None,
    dry_run: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allocate what the build's lines still need; `ids` holds the items taken.

    From `location` and below (by default where the build takes its stock from), never from
    `exclude_location`; stock at the build's manufacturer first, never at another's. Consumable lines, lines
    that the manufacturer buys and (unless asked) optional ones are passed over, as are tracked ones with serial
    numbers. `data["lines"]` explains each line: what was taken and why, what not and why not, what is missing.
    Units beyond the plan are served too. With `dry_run` nothing is allocated. Refuses wrong_state, line_unknown.
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
    fitting = fitting_parts(all_lines)
    needs = _needs(build, meant)
    in_need = {one.line_id for one in _wanted(meant, needs, read_for_lines(build.pk))}
    held = _lock_candidates(build, makers, in_need, fitting, location, exclude_location)
    # A count may have shrunk an allocation before the lock; now nothing moves any more.
    reserved = read_for_lines(build.pk)
    wanted = [one for one in _wanted(meant, needs, reserved) if one.line_id in in_need]
    policy = Policy(
        order=order,
        interchangeable=interchangeable,
        substitutes=substitutes,
        manufacturer_ids=makers,
        today=company_day(at),
        use_expired=use_expired,
    )
    plans = plan_allocation(wanted, _candidates(wanted, fitting, held, order), policy)

    told = _told(plans, {line.pk: line for line in meant}, held)
    event = record("build.allocated", build, actor=actor, at=at, data={"automatic": True, "dry run": dry_run})
    if not dry_run:
        _allocate(plans, Posting(event, held), reserved)
        build_states.touch(build)
    taken = sorted({take.item_id for plan in plans for take in plan.takes})
    return Done(event.pk, taken, data={"lines": told})


def _check_lines(build: Build, known: list[BuildLine], named: Collection[int]) -> None:
    reasons, ids = Reasons(), {line.pk for line in known}
    for index, line_id in enumerate(named):
        if line_id not in ids:
            reasons.add("line_unknown", build=build.reference, line=line_id, where=(index, "line"))
    reasons.raise_any()


def _needs(build: Build, lines: list[BuildLine]) -> dict[int, Decimal]:
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


def _wanted(lines: list[BuildLine], needs: dict[int, Decimal], reserved: dict[Key, Reserved]) -> list[Wanted]:
    """What each line still needs: required less consumed less allocated."""
    allocated: dict[int, Decimal] = defaultdict(Decimal)
    for one in reserved.values():
        allocated[one.build_line_id] += one.quantity
    return [
        Wanted(line.pk, line.part_id, need)
        for line in lines
        if (need := needs[line.pk] - line.consumed - allocated[line.pk]) > 0
    ]


def _lock_candidates(
    build: Build,
    makers: Collection[int],
    in_need: Collection[int],
    fitting: dict[int, dict[int, int]],
    location: Location | None,
    exclude: Location | None,
) -> dict[int, Held]:
    """Lock all usable stock that could serve, in id order: what is planned is what is there."""
    parts = {part_id for line_id in in_need for part_id in fitting[line_id]}
    condition = Q(part__any=parts, quantity__gt=F("allocated"), serial__isnull=True)
    source = location.pk if location is not None else build.take_from_id
    if source is not None:
        ours = subtree(source)
        theirs = Location.objects.filter(company__in=makers).values_list("pk", flat=True)
        condition &= Q(location__any={*ours, *theirs} if location is None else ours)
    if exclude is not None:
        condition &= ~Q(location__any=subtree(exclude.pk)) | Q(location__isnull=True)
    return lock_where(condition) if parts else {}


def _candidates(
    wanted: list[Wanted], fitting: dict[int, dict[int, int]], held: dict[int, Held], order: Order
) -> dict[int, list[Candidate]]:
    places = {one.location_id for one in held.values() if one.location_id is not None}
    locations = {
        pk: (company, path)
        for pk, company, path in Location.objects.filter(pk__any=places).values_list("pk", "company", "path")
    }
    changed: dict[int, datetime.datetime] = {}
    if order in (Order.UPDATED, Order.RECENTLY_UPDATED):
        changed = dict(StockItem.objects.filter(pk__any=list(held)).values_list("pk", "updated_at"))
    of_part: dict[int, list[Held]] = defaultdict(list)
    for item in held.values():
        of_part[item.part_id].append(item)
    found: dict[int, list[Candidate]] = {}
    for line in wanted:
        found[line.line_id] = [
            Candidate(
                item_id=item.id,
                part_id=part_id,
                free=item.free,
                company_id=locations.get(item.location_id or 0, (None, ""))[0],
                location_name=locations.get(item.location_id or 0, (None, ""))[1],
                batch=item.batch,
                expiry=item.expiry_date,
                received_at=item.received_at,
                updated_at=changed.get(item.id),
                rank=Rank(rank),
            )
            for part_id, rank in fitting[line.line_id].items()
            for item in of_part[part_id]
        ]
    return found


def _allocate(plans: list[LinePlan], posting: Posting, reserved: dict[Key, Reserved]) -> None:
    reservations = Reservations(posting, reserved)
    for plan in plans:
        for take in plan.takes:
            reservations.add(plan.line_id, posting.held[take.item_id], take.quantity)
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
