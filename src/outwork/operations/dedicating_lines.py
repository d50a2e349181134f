"""Say which build lines an order line is bought for; what is left of it is for stock."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds, lock_order
from outwork.models import BuildLine, Demand, PurchaseLine, PurchaseOrder, User
from outwork.operations.recording import Done, operation, record
from outwork.queries import fitting
from outwork.rules import states
from outwork.rules.quantities import as_text, quantity
from outwork.rules.refusals import Reasons, Refusal, Where, declare
from outwork.rules.states import OPEN_BUILD, OPEN_ORDER

declare(
    build_line_unknown="There is no build line {line}",
    part_does_not_fit_line="{part} does not go onto the line for {wanted} of {build}",
    dedicated_more_than_ordered="{part}: {dedicated} are meant for builds, and only {ordered} are ordered",
    dedication_named_twice="{part} is named twice for {build}",
)


@dataclass(frozen=True, slots=True)
class Dedication:
    """So much of an order line is for a build line, in the part's unit; 0 for nothing any more."""

    line_id: int
    build_line_id: int
    quantity: Any


@operation
def dedicate_lines(
    *,
    order: PurchaseOrder,
    dedications: Sequence[Dedication],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State how much of the lines of an open order is for which build lines; `ids` holds the order lines.

    What is not named stays. Quantities in the part's unit, five places. Refuses wrong_state, rows_missing,
    line_not_on_order, build_line_unknown, wrong_state of a build that is over, part_does_not_fit_line,
    dedication_named_twice, dedicated_more_than_ordered, and bad quantities.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER, order.reference)
    known = {line.pk: line for line in order.lines.select_related("part")}
    targets = lock_build_lines(one.build_line_id for one in dedications)
    reasons = Reasons()
    if not dedications:
        reasons.add("rows_missing")
    wanted = _read(order, known, targets, dedications, reasons)
    reasons.raise_any()

    standing = {(one.line_id, one.build_line_id): one for one in _standing(known)}
    after = {pair: one.quantity for pair, one in standing.items()} | wanted
    _check_sums(known, after, reasons)
    reasons.raise_any()
    told = [[line, target, as_text(units)] for (line, target), units in wanted.items()]
    event = record("order.lines dedicated", order, actor=actor, at=at, reason=reason, data={"dedications": told})
    write(standing, wanted)
    order.version += 1
    order.save(update_fields=["version"])
    return Done(event.pk, sorted({line for line, _ in wanted}))


def lock_build_lines(ids: Iterable[int]) -> dict[int, BuildLine]:
    """Lock the builds of build lines, and read the lines as they are then; three statements."""
    wanted = list(ids)
    lock_builds(BuildLine.objects.filter(pk__any=wanted).values_list("build", flat=True))
    return find_build_lines(wanted)


def find_build_lines(ids: Iterable[int]) -> dict[int, BuildLine]:
    """Build lines with their builds and parts; one statement."""
    query = BuildLine.objects.filter(pk__any=list(ids)).select_related("build", "part")
    return {line.pk: line for line in query}


def check_fit(
    line: BuildLine | None, line_id: int, part_id: int, part: str, fits: fitting.Fitting, reasons: Reasons, where: Where
) -> None:
    """Note why a part cannot be bought for a build line."""
    if line is None:
        reasons.add("build_line_unknown", line=line_id, where=where)
        return
    try:
        states.require(line.build.status, OPEN_BUILD, line.build.reference)
    except Refusal as refusal:
        reasons.found += refusal.reasons
    if part_id not in fits[line_id]:
        wanted = line.part.label
        reasons.add("part_does_not_fit_line", part=part, wanted=wanted, build=line.build.reference, where=where)


Pair = tuple[int, int]


def _read(
    order: PurchaseOrder,
    known: Mapping[int, PurchaseLine],
    targets: Mapping[int, BuildLine],
    dedications: Sequence[Dedication],
    reasons: Reasons,
) -> dict[Pair, Decimal]:
    fits = fitting.onto_build_lines(list(targets))
    wanted: dict[Pair, Decimal] = {}
    for index, one in enumerate(dedications):
        line, target = known.get(one.line_id), targets.get(one.build_line_id)
        if line is None:
            reasons.add("line_not_on_order", line=one.line_id, order=order.reference, where=(index, "line"))
            continue
        check_fit(target, one.build_line_id, line.part_id, line.part.label, fits, reasons, (index, "build_line"))
        pair = (one.line_id, one.build_line_id)
        if target is not None and pair in wanted:
            part, build = line.part.label, target.build.reference
            reasons.add("dedication_named_twice", part=part, build=build, where=(index, "build_line"))
        try:
            wanted[pair] = quantity(one.quantity, where=(index, "quantity"), zero=True)
        except Refusal as refusal:
            reasons.found += refusal.reasons
    return wanted


def _check_sums(known: Mapping[int, PurchaseLine], after: Mapping[Pair, Decimal], reasons: Reasons) -> None:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for (line_id, _), units in after.items():
        sums[line_id] += units
    for line_id, units in sums.items():
        line = known[line_id]
        if units > line.ordered:
            reasons.add("dedicated_more_than_ordered", part=line.part.label, dedicated=units, ordered=line.ordered)


def _standing(line_ids: Collection[int]) -> list[Demand]:
    return list(Demand.objects.filter(line__any=line_ids).order_by("pk"))


def add_dedications(wanted: Mapping[Pair, Decimal]) -> None:
    """Add to what (order line, build line) pairs are bought for; four statements at most."""
    standing = {(one.line_id, one.build_line_id): one for one in _standing({line for line, _ in wanted})}
    write(
        standing, {pair: units + (standing[pair].quantity if pair in standing else 0) for pair, units in wanted.items()}
    )


def write(standing: Mapping[Pair, Demand], wanted: Mapping[Pair, Decimal]) -> None:
    """Write what pairs are bought for, over what stands; nothing where it is 0."""
    rows.delete(Demand, [standing[pair].pk for pair, units in wanted.items() if not units and pair in standing])
    changed = [(standing[pair].pk, units) for pair, units in wanted.items() if units and pair in standing]
    rows.update(Demand, ("quantity",), changed)
    new = [(*pair, units) for pair, units in wanted.items() if units and pair not in standing]
    rows.insert(Demand, ("line_id", "build_line_id", "quantity"), new)


def told_of(line_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """What order lines are bought for, to be kept in an event before it goes; one statement."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in _standing(line_ids):
        found[one.line_id].append({"build_line": one.build_line_id, "quantity": as_text(one.quantity)})
    return found


def forget(line_ids: Collection[int]) -> None:
    """Take away what order lines are bought for, because they go; one statement."""
    rows.delete_where(Demand, "line", line_ids)


def trim(ordered: Mapping[int, Decimal]) -> list[dict[str, Any]]:
    """Let lines of which fewer are ordered now be bought for no more than that, the newest giving way; it is said.

    Three statements at most.
    """
    wanted: dict[Pair, Decimal] = {}
    standing = {(one.line_id, one.build_line_id): one for one in _standing(ordered)}
    left = dict(ordered)
    for pair, one in standing.items():
        keeps = min(one.quantity, left[one.line_id])
        left[one.line_id] -= keeps
        if keeps < one.quantity:
            wanted[pair] = keeps
    if not wanted:
        return []
    targets = find_build_lines(build_line for _, build_line in wanted)
    write(standing, wanted)
    return [
        {
            "code": "dedication_shrunk",
            "part": targets[pair[1]].part.label,
            "build": targets[pair[1]].build.reference,
            "quantity": as_text(standing[pair].quantity - units),
        }
        for pair, units in wanted.items()
    ]
