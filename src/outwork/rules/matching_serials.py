"""Which tracked component goes into which unit: by equal serial numbers, where exactly one fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from outwork.rules.allocation import Candidate, LinePlan, Policy, Said, Take, Verdict, Why, unusable
from outwork.rules.quantities import ZERO

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A unit with that serial number still misses so much of a line, in the component's unit."""

    line_id: int
    output_id: int
    serial: str
    need: Decimal


def match_serials(
    slots: Sequence[Slot], candidates_by_line: Mapping[int, Sequence[Candidate]], policy: Policy
) -> list[LinePlan]:
    """Give each unit the one component that has its serial number (semantics A7); a piece goes into one unit only.

    Where several have it the unit is left to people; every unit that gets nothing is explained.
    """
    left: dict[int, Decimal] = {}
    takes: dict[int, list[Take]] = defaultdict(list)
    said: dict[int, list[Said]] = defaultdict(list)
    missing: dict[int, Decimal] = defaultdict(Decimal)
    by_serial: dict[tuple[int, str], list[Candidate]] = defaultdict(list)
    for line_id, candidates in candidates_by_line.items():
        for one in candidates:
            by_serial[line_id, one.serial].append(one)
    for slot in slots:
        usable, why_not = [], []
        for one in by_serial[slot.line_id, slot.serial]:
            reason = unusable(one, left.setdefault(one.item_id, one.free), policy)
            if reason is None:
                usable.append(one)
            else:
                why_not.append(reason)
        taken = ZERO
        if len(usable) == 1:
            (one,) = usable
            taken = _ONE
            where = Why.OUR_STOCK if one.company_id is None else Why.AT_MANUFACTURER
            takes[slot.line_id].append(Take(one.item_id, _ONE, where, slot.output_id))
            said[slot.line_id].append(Said(one.item_id, Verdict.FITS, {"serial": slot.serial}))
            left[one.item_id] -= _ONE
        elif usable:
            numbers = {"serial": slot.serial, "lots": len(usable)}
            said[slot.line_id] += [Said(one.item_id, Verdict.SEVERAL_HAVE_SERIAL, numbers) for one in usable]
        elif not why_not:
            said[slot.line_id].append(Said(None, Verdict.NO_SERIAL, {"serial": slot.serial}))
        said[slot.line_id] += why_not
        missing[slot.line_id] += slot.need - taken
    return [
        LinePlan(line_id, tuple(takes[line_id]), missing[line_id], tuple(said[line_id]))
        for line_id in dict.fromkeys(slot.line_id for slot in slots)
    ]
