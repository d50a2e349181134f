"""Keep the lines of a pending build as its BOM says; from the issue on they are frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds
from outwork.ledger.held import lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, read_for_lines
from outwork.models import (
    BomLine,
    BomSubstitute,
    Build,
    BuildLine,
    BuildLineSubstitute,
    Event,
    Movement,
    ReportedLot,
    SupplyChoice,
)
from outwork.queries.bom_difference import match_lines
from outwork.queries.builds import bom_to_build, need_of
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


def follow_bom(build: Build, event: Event) -> None:
    """Copy the BOM into the build's lines: new ones, changed ones, and those that are gone with their allocations.

    Quantities are for the whole build. A line keeps its supply and its allocations as long as its BOM line
    is there and asks for the same part; one that a kit was sent for is closed, and opened again when the BOM asks
    for its part again. The caller holds the build's lock. A fixed number of statements.
    """
    wanted = bom_to_build(build.part_id)
    found = list(BuildLine.objects.filter(build=build))
    lines = [line for line in found if line.until_revision is None]
    closed = {line.part_id: line for line in found if line.until_revision is not None}
    known = match_lines(lines, wanted)
    fresh, changed, kept = [], [], set()
    for position, bom_line in enumerate(wanted, start=1):
        values = copy_line(build, bom_line, position)
        line = known.get(bom_line.pk)
        if line is None or line.part_id != bom_line.part_id:
            line = closed.pop(bom_line.part_id, None)
        if line is None:
            fresh.append(values)
        else:
            kept.add(line.pk)
            if line.until_revision is not None or tuple(getattr(line, name) for name in COPIED) != values:
                changed.append((line.pk, *values, None))
    _drop([line.pk for line in lines if line.pk not in kept], build, event)
    rows.update(BuildLine, (*COPIED, "until_revision"), changed)
    ids = rows.take_ids(BuildLine, len(fresh))
    rows.insert(
        BuildLine,
        ("id", "build_id", *COPIED),
        [(line_id, build.pk, *values) for line_id, values in zip(ids, fresh, strict=True)],
    )
    copy_substitutes(build, wanted)


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

    A fixed number of statements for each such build, however long the BOM is; gives the builds.
    """
    wanted = sorted(assembly_ids)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PENDING.format(assemblies=", ".join(["%s"] * len(wanted))), wanted)
        pending = [row[0] for row in cursor.fetchall()]
    for build in lock_builds(pending).values():
        if build.issued_at is None:
            follow_bom(build, event)
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


def _drop(line_ids: list[int], build: Build, event: Event) -> None:
    """Take lines out whose BOM line is gone; what was allocated to them is free again.

    A kit may be sent for a build that is not issued yet, and what a movement or a reported lot points at is never
    deleted: such a line is closed before the build's first revision and counts for nothing.
    """
    if not line_ids:
        return
    dropped = set(line_ids)
    book = read_for_lines(build.pk)
    held = lock_items(key[1] for key in book)
    posting = Posting(event, held)
    reservations = Reservations(posting, read_for_lines(build.pk))
    for reserved in list(reservations.rows.values()):
        if reserved.build_line_id in dropped:
            reservations.release(reserved)
    posting.write()
    reservations.write()
    rows.delete_where(SupplyChoice, "build_line_id", line_ids)
    rows.delete_where(BuildLineSubstitute, "build_line_id", line_ids)
    told = set(Movement.objects.filter(build=build, build_line__any=dropped).values_list("build_line", flat=True))
    told |= set(ReportedLot.objects.filter(build_line__any=dropped).values_list("build_line", flat=True))
    rows.update(
        BuildLine,
        ("bom_line_id", "quantity", "until_revision"),
        [(line_id, None, ZERO, build.revision - 1) for line_id in sorted(told)],
    )
    rows.delete(BuildLine, dropped - told)


def copy_substitutes(build: Build, wanted: list[BomLine]) -> None:
    """Let the current lines of a build have the substitutes that their BOM lines have now."""
    current = BuildLine.objects.filter(build=build, until_revision__isnull=True)
    lines = dict(current.values_list("bom_line_id", "pk"))
    meant: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for bom_line_id, part_id, rank in BomSubstitute.objects.filter(
        bom_line__any=[line.pk for line in wanted]
    ).values_list("bom_line_id", "part_id", "rank"):
        meant[bom_line_id].append((part_id, rank))
    rows.delete_where(BuildLineSubstitute, "build_line_id", list(lines.values()))
    rows.insert(
        BuildLineSubstitute,
        ("build_line_id", "part_id", "rank"),
        [(lines[bom_line_id], part, rank) for bom_line_id, parts in meant.items() for part, rank in parts],
    )
