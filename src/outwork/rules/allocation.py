"""Planning which stock goes to which build line, and saying about every lot why it was taken or left.

InvenTree's auto-allocation (semantics A7), mended: one stock is never promised twice (G20), stock that already lies at
the manufacturer goes first, and what was left out is explained instead of passed over (E10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reason, declare

declare(
    allocation_taken="{quantity} of {free} taken",
    allocation_elsewhere="at another manufacturer: {location}",
    allocation_nothing_free="nothing of it is free",
    allocation_given_to_other_lines="all {free} went to lines before this one",
    allocation_not_needed="{free} free, not needed",
    allocation_expired="expired on {expiry}",
    allocation_substitute_not_wanted="a substitute, and substitutes are not wanted",
    allocation_several_fit="several lots fit ({lots}): choose one, or say that they are interchangeable",
    allocation_no_stock="there is no stock of it",
    allocation_fits="goes into unit {serial}",
    allocation_no_serial="there is none with the serial number {serial}",
    allocation_several_have_serial="{lots} have the serial number {serial}: choose one",
    allocation_not_whole="{allocated} of it are for others, and lots are taken whole",
    allocation_taken_whole="{quantity} taken whole, {left} more than needed",
)


class Rank(IntEnum):
    """How near a part is to the one that is wanted; the nearer is taken first."""

    SAME = 0
    VARIANT = 1
    SUBSTITUTE = 2


class Order(StrEnum):
    """Which lot comes first among equals; what has no date comes last, then the lower id."""

    OLDEST = "oldest"
    NEWEST = "newest"
    SMALLEST = "smallest"
    LARGEST = "largest"
    EXPIRY = "expiry"
    UPDATED = "updated"
    RECENTLY_UPDATED = "recently_updated"


class Components(StrEnum):
    """Which components are allocated: those without serial numbers, tracked ones by equal serial number, or both."""

    UNTRACKED = "untracked"
    TRACKED = "tracked"
    ALL = "all"


class Verdict(StrEnum):
    """What became of a lot, or of a whole line."""

    TAKEN = "taken"
    ELSEWHERE = "elsewhere"
    NOTHING_FREE = "nothing_free"
    GIVEN_TO_OTHER_LINES = "given_to_other_lines"
    NOT_NEEDED = "not_needed"
    EXPIRED = "expired"
    SUBSTITUTE_NOT_WANTED = "substitute_not_wanted"
    SEVERAL_FIT = "several_fit"
    NO_STOCK = "no_stock"
    NOT_WHOLE = "not_whole"
    TAKEN_WHOLE = "taken_whole"
    FITS = "fits"
    NO_SERIAL = "no_serial"
    SEVERAL_HAVE_SERIAL = "several_have_serial"


class Why(StrEnum):
    """Why a lot was the right one: where it lies."""

    AT_MANUFACTURER = "at_manufacturer"
    OUR_STOCK = "our_stock"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lot that may serve a line. `free`: not allocated yet; `company_id`: whose location it lies at, None is ours.

    `for_others`: what of it is allocated to other builds.
    """

    item_id: int
    part_id: int
    free: Decimal
    company_id: int | None = None
    location_name: str = ""
    batch: str = ""
    expiry: date | None = None
    received_at: datetime | None = None
    updated_at: datetime | None = None
    rank: Rank = Rank.SAME
    for_others: Decimal = ZERO
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line still needs: required less consumed less allocated."""

    line_id: int
    part_id: int
    need: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """How to choose. `manufacturer_ids`: who builds this; stock at anybody else's is not for it.

    `today`: lots that expired before it are left, unless `use_expired`. With `whole_items` a lot is taken whole and
    for this build alone: a reel cannot lie on two machines.
    """

    order: Order = Order.OLDEST
    interchangeable: bool = False
    substitutes: bool = True
    manufacturer_ids: frozenset[int] = frozenset()
    today: date | None = None
    use_expired: bool = False
    whole_items: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """Allocate this much of a lot; `output_id` for one unit only."""

    item_id: int
    quantity: Decimal
    why: Why
    output_id: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a lot, or about the whole line where `item_id` is None."""

    item_id: int | None
    verdict: Verdict
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence for people."""
        return Reason(f"allocation_{self.verdict}", dict(self.numbers)).text(translate)


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What a line gets, what it still misses, and one sentence about every lot looked at."""

    line_id: int
    takes: tuple[Take, ...]
    missing: Decimal
    explanation: tuple[Said, ...]


def plan_allocation(
    wanted: Sequence[Wanted],
    candidates_by_line: Mapping[int, Sequence[Candidate]],
    policy: Policy,
) -> list[LinePlan]:
    """Choose stock for every line, in the order of the lines; a lot given to one line is gone for the next.

    First what lies at the build's manufacturer, then our own; there the part itself, its variants, its substitutes;
    then by the policy's order. Where lots are not interchangeable, a line that several fit is left to people, unless
    exactly one lies at the manufacturer and covers it all. One lot that is too little is taken all the same.
    """
    left: dict[int, Decimal] = {}
    key = _sort_key(policy)
    plans = []
    for line in wanted:
        candidates = candidates_by_line.get(line.line_id, ())
        usable: list[Candidate] = []
        said: list[Said] = []
        for candidate in candidates:
            free = left.setdefault(candidate.item_id, candidate.free)
            reason = unusable(candidate, free, policy)
            if reason:
                said.append(reason)
            else:
                usable.append(candidate)
        if len(usable) > 1:
            usable.sort(key=key)
        plans.append(_plan_line(line, usable, said, left, policy))
    return _whole(plans, left) if policy.whole_items else plans


def _whole(plans: Sequence[LinePlan], left: Mapping[int, Decimal]) -> list[LinePlan]:
    """Give what is left of every lot that was taken from to the last line that takes of it."""
    last = {take.item_id: plan.line_id for plan in plans for take in plan.takes}
    whole = []
    for plan in plans:
        rest = {
            take.item_id: left[take.item_id]
            for take in plan.takes
            if left[take.item_id] and last[take.item_id] == plan.line_id
        }
        takes = tuple(replace(one, quantity=one.quantity + rest.get(one.item_id, ZERO)) for one in plan.takes)
        quantities = {one.item_id: one.quantity for one in takes}
        said = tuple(
            Said(one.item_id, Verdict.TAKEN_WHOLE, {"quantity": quantities[one.item_id], "left": rest[one.item_id]})
            if one.item_id in rest
            else one
            for one in plan.explanation
        )
        whole.append(LinePlan(plan.line_id, takes, plan.missing, said))
    return whole


def _sort_key(policy: Policy) -> Callable[[Candidate], tuple[int | float, ...]]:
    value, sign = {
        Order.OLDEST: (_received, 1),
        Order.NEWEST: (_received, -1),
        Order.SMALLEST: (_free, 1),
        Order.LARGEST: (_free, -1),
        Order.EXPIRY: (_expiry, 1),
        Order.UPDATED: (_updated, 1),
        Order.RECENTLY_UPDATED: (_updated, -1),
    }[policy.order]

    def key(candidate: Candidate) -> tuple[int | float, ...]:
        number = value(candidate)
        return (
            candidate.company_id is None,
            candidate.rank,
            number is None,
            sign * (number or 0),
            candidate.item_id,
        )

    return key


def _received(candidate: Candidate) -> float | None:
    return candidate.received_at.timestamp() if candidate.received_at else None


def _updated(candidate: Candidate) -> float | None:
    return candidate.updated_at.timestamp() if candidate.updated_at else None


def _expiry(candidate: Candidate) -> float | None:
    return candidate.expiry.toordinal() if candidate.expiry else None


def _free(candidate: Candidate) -> float | None:
    # Quantities have five places and fifteen digits: they are told apart as floats too.
    return float(candidate.free)


def unusable(candidate: Candidate, free: Decimal, policy: Policy) -> Said | None:
    """Why a lot cannot serve at all."""
    if candidate.company_id is not None and candidate.company_id not in policy.manufacturer_ids:
        return Said(candidate.item_id, Verdict.ELSEWHERE, {"location": candidate.location_name})
    if candidate.rank == Rank.SUBSTITUTE and not policy.substitutes:
        return Said(candidate.item_id, Verdict.SUBSTITUTE_NOT_WANTED)
    if candidate.expiry and policy.today and candidate.expiry < policy.today and not policy.use_expired:
        return Said(candidate.item_id, Verdict.EXPIRED, {"expiry": candidate.expiry})
    if candidate.free <= 0:
        return Said(candidate.item_id, Verdict.NOTHING_FREE)
    if policy.whole_items and candidate.for_others:
        return Said(candidate.item_id, Verdict.NOT_WHOLE, {"allocated": candidate.for_others})
    if free <= 0:
        return Said(candidate.item_id, Verdict.GIVEN_TO_OTHER_LINES, {"free": candidate.free})
    return None


def _plan_line(
    line: Wanted,
    usable: Sequence[Candidate],
    said: list[Said],
    left: dict[int, Decimal],
    policy: Policy,
) -> LinePlan:
    """Take from the usable lots, which are in their order; lowers what is left of them."""
    need = max(line.need, ZERO)
    if not usable and not said:
        return LinePlan(line.line_id, (), need, (Said(None, Verdict.NO_STOCK),) if need else ())
    if need and len(usable) > 1 and not policy.interchangeable and not _one_is_there(usable, need, left):
        several = {"lots": len(usable)}
        left_to_people = [Said(None, Verdict.SEVERAL_FIT, several)]
        left_to_people += [Said(one.item_id, Verdict.SEVERAL_FIT, several) for one in usable]
        return LinePlan(line.line_id, (), need, (*left_to_people, *said))
    takes: list[Take] = []
    about: list[Said] = []
    for candidate in usable:
        item_id = candidate.item_id
        free = left[item_id]
        if not need:
            about.append(Said(item_id, Verdict.NOT_NEEDED, {"free": free}))
            continue
        quantity = min(free, need)
        takes.append(Take(item_id, quantity, Why.OUR_STOCK if candidate.company_id is None else Why.AT_MANUFACTURER))
        about.append(Said(item_id, Verdict.TAKEN, {"quantity": quantity, "free": free}))
        left[item_id] = free - quantity
        need -= quantity
    return LinePlan(line.line_id, tuple(takes), need, (*about, *said))


def _one_is_there(usable: Sequence[Candidate], need: Decimal, left: Mapping[int, Decimal]) -> bool:
    """Whether exactly one lot lies at the manufacturer and covers the line; it stands first then."""
    there = [candidate for candidate in usable if candidate.company_id is not None]
    return len(there) == 1 and left[there[0].item_id] >= need
