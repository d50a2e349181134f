"""Say in which proportion parts that stand in for each other are used up on a line, and consume in it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Sum

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.models import Build, BuildLine, Movement, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.queries.bom import labels
from outwork.queries.builds import fitting_parts, lines_of
from outwork.rules import states
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, as_text, quantity
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.requirement import Due
from outwork.rules.shares import in_shares
from outwork.rules.states import OPEN_BUILD

declare(
    share_of_wrong_part="{part} cannot stand on the line of {build} for {wanted}",
    share_of_tracked_line="{part} is tracked on {build}: what is in which unit says how much of each is used",
)


@dataclass(frozen=True, slots=True)
class Share:
    """The parts of a line and the share of each, such as 60 and 40; none at all is the order of allocation."""

    line_id: int
    parts: Mapping[int, Any]


@operation
def share_lines(
    *,
    build: Build,
    shares: Sequence[Share],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State in which proportion the parts of lines are used up from now on; `ids` holds the lines.

    Where less of a part is allocated than its share the others make up for it. Refuses wrong_state, no_lines_named,
    line_unknown, line_named_twice, share_of_wrong_part, share_of_tracked_line and shares that are no quantities.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    read = _read(build, shares)
    event = record("build.lines shared", build, actor=actor, at=at, data={"shares": [list(one) for one in read]})
    rows.update(BuildLine, ("shares",), read)
    build_states.touch(build)
    return Done(event.pk, [line for line, _ in read])


def _read(build: Build, shares: Sequence[Share]) -> list[tuple[int, dict[str, str] | None]]:
    reasons, read = Reasons(), []
    lines = {line.pk: line for line in lines_of(build.pk)}
    fitting = fitting_parts(list(lines.values()))
    names = labels({part for one in shares for part in one.parts})
    if not shares:
        reasons.add("no_lines_named")
    seen: set[int] = set()
    for index, one in enumerate(shares):
        line = lines.get(one.line_id)
        if line is None:
            reasons.add("line_unknown", build=build.reference, line=one.line_id, where=(index, "line"))
            continue
        if line.pk in seen:
            reasons.add("line_named_twice", line=line.pk, where=(index, "line"))
        seen.add(line.pk)
        if line.is_tracked and one.parts:
            where = (index, "line")
            reasons.add("share_of_tracked_line", part=line.part.label, build=build.reference, where=where)
        told: dict[str, str] = {}
        for part_id, share in one.parts.items():
            if part_id not in fitting[line.pk]:
                reasons.add(
                    "share_of_wrong_part",
                    part=names.get(part_id, str(part_id)),
                    build=build.reference,
                    wanted=line.part.label,
                    where=(index, "part"),
                )
            try:
                told[str(part_id)] = as_text(quantity(share, where=(index, "share")))
            except Refusal as refusal:
                reasons.found += refusal.reasons
        read.append((line.pk, told or None))
    reasons.raise_any()
    return read


class Taker(Protocol):
    """Takes what is due of a line from its allocations, of one part or of any; gives what was missing."""

    def take(self, line: BuildLine, manufacturer_id: int | None, wanted: Due, part_id: int | None = None) -> Due: ...


def consumed_by_part(lines: Sequence[BuildLine]) -> dict[tuple[int, int], Decimal]:
    """What lines with shares consumed of each part, by (line, part); one statement where there are such lines."""
    shared = [line.pk for line in lines if line.shares]
    if not shared:
        return {}
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    kinds = (Kind.USED, Kind.LOST, Kind.UNUSED, Kind.REVERSED)
    moved = Movement.objects.filter(build_line__any=shared, kind__in=kinds)
    columns = ("build_line", "part", "kind", "reverses__kind")
    for line_id, part_id, kind, of, units in moved.values_list(*columns).annotate(Sum("quantity")).order_by():
        if kind in (Kind.USED, Kind.LOST) or of == Kind.UNUSED:
            sums[line_id, part_id] += units
        elif kind == Kind.UNUSED or of in (Kind.USED, Kind.LOST):
            sums[line_id, part_id] -= units
    return sums


def take_in_shares(
    taker: Taker,
    line: BuildLine,
    manufacturer_id: int | None,
    wanted: Due,
    consumed: Mapping[tuple[int, int], Decimal],
) -> Due:
    """Take what is due in the proportion told, the rest from whatever is allocated; gives what was missing."""
    if not line.shares:
        return taker.take(line, manufacturer_id, wanted)
    shares = {int(part): Decimal(share) for part, share in line.shares.items()}
    so_far = {part: consumed.get((line.pk, part), ZERO) for part in shares}
    used = in_shares(wanted.used, shares, so_far)
    lost = in_shares(wanted.lost, shares, {part: so_far[part] + used.get(part, ZERO) for part in shares})
    missing = Due(ZERO, ZERO)
    for part in shares:
        mine = Due(used.get(part, ZERO), lost.get(part, ZERO))
        if mine.total:
            less = taker.take(line, manufacturer_id, mine, part)
            missing = Due(missing.used + less.used, missing.lost + less.lost)
    return taker.take(line, manufacturer_id, missing) if missing.total else missing
