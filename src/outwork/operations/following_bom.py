"""Keep the lines of a pending build as its BOM says; from the issue on they are frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Key, Reservations, Reserved
from outwork.models import (
    Allocation,
    BomLine,
    BomSubstitute,
    Build,
    BuildLine,
    BuildLineSubstitute,
    Demand,
    Event,
    Movement,
    ReportedLot,
    SupplyChoice,
)
from outwork.queries.bom_difference import match_lines
from outwork.queries.builds import boms_to_build, need_of
from outwork.rules.quantities import ZERO
from outwork.rules.requirement import required

COPIED = (
    "bom_line_id",
    "part_id",
    "position",
    "per_unit",
    "attrition",
    "setup",
    "rounding",
    "designators",
    "is_optional",
    "is_consumable",
    "is_tracked",
    "allows_variants",
    "quantity",
)


@dataclass(slots=True)
class _Change:
    """What the lines of all builds become; rows as (id, values of COPIED) and (build, values of COPIED)."""

    fresh: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    gone: list[BuildLine] = field(default_factory=list)


def follow_bom(build: Build, event: Event) -> None:
    """Let one build follow; see `follow_boms`."""
    follow_boms([build], event)


def follow_boms(builds: Collection[Build], event: Event) -> None:
    """Copy the BOM into the lines of builds: new ones, changed ones, and those that are gone with their allocations.

    Quantities are for the whole build. A line keeps its supply and its allocations as long as its BOM line
    is there and asks for the same part; one that a kit was sent for is closed, and opened again when the BOM asks
    for its part again. A deviation stays what it is, and so do substitutes allowed for one build only. The caller holds the builds' locks. A fixed number of statements.
    """
    boms = boms_to_build({build.part_id for build in builds})
    lines: dict[int, list[BuildLine]] = defaultdict(list)
    for line in BuildLine.objects.filter(build__any=[build.pk for build in builds]):
        lines[line.build_id].append(line)
    change = _Change()
    for build in builds:
        _compare(build, lines[build.pk], boms[build.part_id], change)
    drop_lines(change.gone, event)
    rows.update(BuildLine, (*COPIED, "until_revision"), change.changed)
    ids = rows.take_ids(BuildLine, len(change.fresh))
    rows.insert(
        BuildLine,
        ("id", "build_id", *COPIED),
        [(line_id, *values) for line_id, values in zip(ids, change.fresh, strict=True)],
    )
    copy_substitutes(builds)


def _compare(build: Build, found: list[BuildLine], wanted: list[BomLine], change: _Change) -> None:
    """Note what has to change in one build."""
    lines = [line for line in found if line.until_revision is None]
    closed = {line.part_id: line for line in found if line.until_revision is not None}
    known, kept = match_lines(lines, wanted), set()
    for position, bom_line in enumerate(wanted, start=1):
        values = copy_line(build, bom_line, position)
        line = known.get(bom_line.pk)
        if line is not None and line.deviation:
            continue
        if line is None or line.part_id != bom_line.part_id:
            line = closed.pop(bom_line.part_id, None)
        if line is None:
            change.fresh.append((build.pk, *values))
        else:
            kept.add(line.pk)
            if line.until_revision is not None or tuple(getattr(line, name) for name in COPIED) != values:
                change.changed.append((line.pk, *values, None))
    change.gone += [line for line in lines if line.pk not in kept and not line.deviation]


_PENDING = """
WITH RECURSIVE down (id) AS (
    SELECT id FROM outwork_part WHERE id IN ({assemblies})
    UNION
    SELECT part.id FROM outwork_part part JOIN down ON part.variant_of_id = down.id
)
SELECT build.id FROM outwork_build build JOIN down ON build.part_id = down.id
WHERE build.issued_at IS NULL AND build.status IN (10, 25)
"""


def follow_pending(assembly_ids: Collection[int], event: Event) -> list[int]:
    """Let the builds that are not issued yet follow a BOM that just changed, those of variants too.

    A fixed number of statements, however many builds there are and however long the BOM is; gives the builds.
    """
    wanted = sorted(assembly_ids)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PENDING.format(assemblies=", ".join(["%s"] * len(wanted))), wanted)
        pending = [row[0] for row in cursor.fetchall()]
    builds = [build for build in lock_builds(pending).values() if build.issued_at is None]
    if builds:
        follow_boms(builds, event)
    return pending


def copy_line(build: Build, line: BomLine, position: int) -> tuple[Any, ...]:
    """What a build line copies from a BOM line, in the order of COPIED; the quantity is for the whole build."""
    return (
        line.pk,
        line.part_id,
        position,
        line.quantity,
        line.attrition,
        line.setup,
        line.rounding,
        line.designators,
        line.is_optional,
        line.is_consumable or line.part.is_consumable,
        line.part.is_trackable,
        line.allows_variants,
        required(need_of(line), build.quantity),
    )


def drop_lines(gone: list[BuildLine], event: Event) -> None:
    """Take lines out whose BOM line is gone; what was allocated to them is free again.

    A kit may be sent for a build that is not issued yet, and what a movement or a reported lot points at is never
    deleted: such a line is closed before the build's first revision and counts for nothing.
    """
    if not gone:
        return
    dropped = {line.pk for line in gone}
    held, reserved = _hold_for_lines(dropped)
    reservations = Reservations(Posting(event, held), reserved)
    for one in list(reserved.values()):
        reservations.release(one)
    reservations.posting.write()
    reservations.write()
    rows.delete_where(SupplyChoice, "build_line_id", dropped)
    rows.delete_where(BuildLineSubstitute, "build_line_id", dropped)
    rows.delete_where(Demand, "build_line_id", dropped)
    moved = Movement.objects.filter(build__any={line.build_id for line in gone}, build_line__any=dropped)
    told = set(moved.values_list("build_line", flat=True))
    told |= set(ReportedLot.objects.filter(build_line__any=dropped).values_list("build_line", flat=True))
    rows.update(
        BuildLine,
        ("bom_line_id", "quantity", "until_revision"),
        [(line.pk, None, ZERO, line.since_revision - 1) for line in gone if line.pk in told],
    )
    rows.delete(BuildLine, dropped - told)


def _hold_for_lines(line_ids: Collection[int]) -> tuple[dict[int, Held], dict[Key, Reserved]]:
    """Lock what is allocated to lines of however many builds once, in id order, and read the allocations anew.

    While we waited a transfer may have carried one into a new item, which has a higher id than all of them.
    """
    held: dict[int, Held] = {}
    reserved = _reserved(line_ids)
    while missing := {key[1] for key in reserved} - held.keys():
        held.update(lock_items(missing))
        reserved = _reserved(line_ids)
    return held, reserved


def _reserved(line_ids: Collection[int]) -> dict[Key, Reserved]:
    found = Allocation.objects.filter(build_line__any=line_ids).order_by("pk")
    columns = ("id", "build_line_id", "item_id", "quantity", "output_id")
    return {one.key: one for one in (Reserved(*row) for row in found.values_list(*columns))}


def copy_substitutes(builds: Collection[Build]) -> None:
    """Let the current lines of builds have the substitutes that their BOM lines have now."""
    current = BuildLine.objects.filter(build__any=[build.pk for build in builds], until_revision__isnull=True)
    lines = list(current.filter(deviation="").values_list("pk", "bom_line_id"))
    meant: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for bom_line_id, *values in BomSubstitute.objects.filter(
        bom_line__any={bom_line_id for _, bom_line_id in lines if bom_line_id is not None}
    ).values_list("bom_line_id", "part_id", "rank", "note", "approved_by"):
        meant[bom_line_id].append(tuple(values))
    standing = BuildLineSubstitute.objects.filter(build_line__any=[line_id for line_id, _ in lines])
    own, from_bom = set(), []
    for pk, line_id, part_id, is_own in standing.values_list("pk", "build_line", "part", "is_for_this_build"):
        if is_own:
            own.add((line_id, part_id))
        else:
            from_bom.append(pk)
    rows.delete(BuildLineSubstitute, from_bom)
    rows.insert(
        BuildLineSubstitute,
        ("build_line_id", "part_id", "rank", "note", "approved_by"),
        [
            (line, *values)
            for line, bom_line in lines
            for values in meant.get(bom_line or 0, ())
            if (line, values[0]) not in own
        ],
    )
