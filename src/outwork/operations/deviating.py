"""Build otherwise than the BOM says, for one build and on the record: another part, an extra one, a substitute."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build
from outwork.models import Allocation, Build, BuildLine, BuildLineSubstitute, Event, Part, User
from outwork.operations.following_bom import COPIED, drop_lines
from outwork.operations.recording import Done, operation, record
from outwork.operations.taking_over_bom import close_lines, hand_over, units_that_came
from outwork.operations.text_limits import check_texts
from outwork.queries.bom import edges_below, labels
from outwork.queries.builds import lines_of
from outwork.rules import states
from outwork.rules.bom import Edge, find_cycle
from outwork.rules.quantities import ZERO, quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.requirement import Need, required
from outwork.rules.states import OPEN_BUILD

declare(
    deviation_without_reason="Say why {build} is built otherwise than its BOM says",
    deviation_unapproved="Say who approved it",
    deviation_changes_nothing="{part} is the part of that line already",
    deviation_too_late="All {units} units of {build} have come: nothing is left to be built otherwise",
    substitute_allowed_already="{part} may stand in on that line already",
    substitute_not_of_build="{part} was not allowed for this build only",
    substitute_in_use="{part}: {quantity} are allocated to that line of {build}; free them first",
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A part that goes into the units still to be built: so much per unit, instead of a line (by id) or besides."""

    part: Part
    per_unit: Any = None
    instead_of: int | None = None
    designators: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A part that may stand in on one line (by id) of one build."""

    line_id: int
    part: Part


@operation
def deviate_from_bom(
    *,
    build: Build,
    deviations: Sequence[Deviation],
    reason: str,
    approved_by: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Build the units that have not come yet with other or further parts; `ids` holds the new lines.

    `per_unit` is left out where a line is replaced in its own quantity. The BOM stays; the lines say why they
    deviate and who approved it, and following the BOM leaves them alone. What was allocated to a replaced line and
    is not needed for units that came is free again. Refuses wrong_state, rows_missing, deviation_without_reason,
    deviation_unapproved, line_unknown, line_named_twice, deviation_changes_nothing, part_not_component, bom_cycle,
    deviation_too_late, bad quantities and texts.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    current = {line.pk: line for line in lines_of(build.pk) if line.until_revision is None}
    reasons = Reasons()
    _check_words(build, reason, approved_by, reasons)
    if not deviations:
        reasons.add("rows_missing")
    wanted = _read(build, deviations, current, reasons)
    _check_cycle(build, [one.part for one in deviations], reasons)
    came = units_that_came(build)
    left = max(ZERO, build.quantity - sum(came.values(), ZERO))
    if not left:
        reasons.add("deviation_too_late", build=build.reference, units=build.quantity)
    reasons.raise_any()

    replaced = [current[one.instead_of] for one in deviations if one.instead_of is not None]
    event = record("build.deviated", build, actor=actor, at=at, reason=reason, data={"approved_by": approved_by})
    build.version += 1
    is_frozen = build.issued_at is not None
    if is_frozen:
        build.revision += 1
    build.save(update_fields=["revision", "version"])
    ids = _insert(build, wanted, left if is_frozen else build.quantity, reason, approved_by)
    freed = []
    if is_frozen:
        close_lines(build, replaced, came)
        freed = _free(build, replaced, came, event)
    else:
        drop_lines(replaced, event)
    return Done(event.pk, ids, data={"freed": freed, "revision": build.revision})


@operation
def allow_substitutes(
    *,
    build: Build,
    rows_allowed: Sequence[Allowed],
    approved_by: str,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allow parts to stand in on lines of this build only; `ids` holds the lines.

    Refuses wrong_state, rows_missing, deviation_unapproved, line_unknown, deviation_changes_nothing,
    substitute_allowed_already, part_not_component, bom_cycle, bad texts.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    lines = {line.pk: line for line in lines_of(build.pk)}
    known = set(BuildLineSubstitute.objects.filter(build_line__any=list(lines)).values_list("build_line", "part"))
    reasons = Reasons()
    if not rows_allowed:
        reasons.add("rows_missing")
    if not approved_by.strip():
        reasons.add("deviation_unapproved", where=("approved_by",))
    check_texts(BuildLineSubstitute, {"approved_by": approved_by, "note": reason}, reasons)
    for index, one in enumerate(rows_allowed):
        line = lines.get(one.line_id)
        if line is None:
            reasons.add("line_unknown", build=build.reference, line=one.line_id, where=(index, "line"))
            continue
        _check_component(one.part, index, reasons)
        if line.part_id == one.part.pk:
            reasons.add("deviation_changes_nothing", part=one.part.label, where=(index, "part"))
        elif (line.pk, one.part.pk) in known:
            reasons.add("substitute_allowed_already", part=one.part.label, where=(index, "part"))
        known.add((line.pk, one.part.pk))
    _check_cycle(build, [one.part for one in rows_allowed], reasons)
    reasons.raise_any()
    told = {"approved_by": approved_by, "parts": sorted({one.part.label for one in rows_allowed})}
    event = record("build.substitutes allowed", build, actor=actor, at=at, reason=reason, data=told)
    rows.insert(
        BuildLineSubstitute,
        ("build_line_id", "part_id", "rank", "is_for_this_build", "note", "approved_by"),
        [(one.line_id, one.part.pk, _LAST + n, True, reason, approved_by) for n, one in enumerate(rows_allowed)],
    )
    build.version += 1
    build.save(update_fields=["version"])
    return Done(event.pk, [one.line_id for one in rows_allowed])


@operation
def disallow_substitutes(
    *,
    build: Build,
    rows_allowed: Sequence[Allowed],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Take parts off again that were allowed for this build only; `ids` holds the lines.

    What was consumed of them stays consumed. Refuses wrong_state, rows_missing, substitute_not_of_build,
    substitute_in_use (while some are allocated).
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    own = BuildLineSubstitute.objects.filter(build_line__build=build, is_for_this_build=True)
    standing = {(line, part): pk for pk, line, part in own.values_list("pk", "build_line", "part")}
    allocated: dict[tuple[int, int], Decimal] = {}
    for line_id, part_id, count in Allocation.objects.filter(build_line__build=build).values_list(
        "build_line", "item__part", "quantity"
    ):
        allocated[line_id, part_id] = allocated.get((line_id, part_id), ZERO) + count
    reasons = Reasons()
    if not rows_allowed:
        reasons.add("rows_missing")
    for index, one in enumerate(rows_allowed):
        pair = (one.line_id, one.part.pk)
        if pair not in standing:
            reasons.add("substitute_not_of_build", part=one.part.label, where=(index, "part"))
        elif pair in allocated:
            numbers = {"quantity": allocated[pair], "build": build.reference}
            reasons.add("substitute_in_use", part=one.part.label, **numbers, where=(index, "part"))
    reasons.raise_any()
    event = record("build.substitutes disallowed", build, actor=actor, at=at, reason=reason)
    rows.delete(BuildLineSubstitute, [standing[one.line_id, one.part.pk] for one in rows_allowed])
    build.version += 1
    build.save(update_fields=["version"])
    return Done(event.pk, [one.line_id for one in rows_allowed])


_LAST = 1000  # what was allowed for one build comes after what the BOM prefers


def _check_words(build: Build, reason: str, approved_by: str, reasons: Reasons) -> None:
    if not reason.strip():
        reasons.add("deviation_without_reason", build=build.reference, where=("reason",))
    if not approved_by.strip():
        reasons.add("deviation_unapproved", where=("approved_by",))
    check_texts(BuildLine, {"deviation": reason, "approved_by": approved_by}, reasons)


def _check_component(part: Part, index: int, reasons: Reasons) -> None:
    if not part.is_component:
        reasons.add("part_not_component", part=part.label, where=(index, "part"))


def _read(
    build: Build, deviations: Sequence[Deviation], current: dict[int, BuildLine], reasons: Reasons
) -> list[dict[str, Any]]:
    """The new lines by attribute name; what is wrong is noted."""
    wanted: list[dict[str, Any]] = []
    seen: set[int] = set()
    last = max((line.position for line in current.values()), default=0)
    for index, one in enumerate(deviations):
        line = None if one.instead_of is None else current.get(one.instead_of)
        if one.instead_of is not None and line is None:
            reasons.add("line_unknown", build=build.reference, line=one.instead_of, where=(index, "line"))
        if one.instead_of is not None and one.instead_of in seen:
            reasons.add("line_named_twice", line=one.instead_of, where=(index, "line"))
        if line is not None:
            seen.add(line.pk)
            if line.part_id == one.part.pk:
                reasons.add("deviation_changes_nothing", part=one.part.label, where=(index, "part"))
        _check_component(one.part, index, reasons)
        check_texts(BuildLine, {"designators": one.designators}, reasons, where=(index,))
        per_unit = _per_unit(one, line, index, reasons)
        wanted.append(
            {
                "bom_line_id": line.bom_line_id if line else None,
                "part_id": one.part.pk,
                "position": line.position if line else last + 1 + index,
                "per_unit": per_unit,
                "attrition": line.attrition if line else ZERO,
                "setup": line.setup if line else ZERO,
                "rounding": line.rounding if line else None,
                "designators": one.designators or (line.designators if line else ""),
                "is_optional": False,
                "is_consumable": one.part.is_consumable,
                "is_tracked": one.part.is_trackable,
                "allows_variants": False,
                "supply": line.supply if line else None,
            }
        )
    return wanted


def _per_unit(one: Deviation, line: BuildLine | None, index: int, reasons: Reasons) -> Decimal:
    if one.per_unit is None and line is not None:
        return line.per_unit
    try:
        per_unit = quantity(one.per_unit, where=(index, "quantity"))
        if one.part.is_trackable:
            whole(per_unit, where=(index, "quantity"))
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return Decimal(1)
    return per_unit


def _check_cycle(build: Build, parts: Sequence[Part], reasons: Reasons) -> None:
    """The assembly itself may not go into its units by a deviation either."""
    need = Need(per_unit=Decimal(1))
    adding = [Edge(build.part_id, part.pk, need) for part in parts]
    cycle = find_cycle(edges_below({part.pk for part in parts}), adding)
    if cycle:
        path = [int(pk) for pk in cycle]
        names = labels(path)
        reasons.add("bom_cycle", path=" > ".join(names[pk] for pk in path), where=("part",))


def _insert(build: Build, wanted: Sequence[dict[str, Any]], units: Decimal, reason: str, approved_by: str) -> list[int]:
    ids = rows.take_ids(BuildLine, len(wanted))
    said = ("since_revision", "supply", "deviation", "approved_by")
    fresh = []
    for pk, line in zip(ids, wanted, strict=True):
        need = Need(
            per_unit=line["per_unit"],
            attrition_percent=line["attrition"],
            setup=line["setup"],
            rounding=line["rounding"],
        )
        values = {**line, "quantity": required(need, units)}
        fresh.append(
            (
                *(pk, build.pk, *(values[name] for name in COPIED)),
                *(build.revision if build.issued_at else 1, line["supply"], reason, approved_by),
            )
        )
    rows.insert(BuildLine, ("id", "build_id", *COPIED, *said), fresh)
    return ids


def _free(build: Build, replaced: Sequence[BuildLine], came: dict[int, Decimal], event: Event) -> list[dict[str, str]]:
    """Free what was allocated to replaced lines beyond what the units that came still need."""
    if not replaced:
        return []
    held, reserved = hold_for_build(build.pk)
    reservations = Reservations(Posting(event, held), reserved)
    freed = hand_over(replaced, {}, came, reservations)
    reservations.posting.write()
    reservations.write()
    return freed
