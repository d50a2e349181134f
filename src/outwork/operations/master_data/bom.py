"""What must hold of BOM lines and substitutes: no part goes into itself, whole numbers of what is tracked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Max

from outwork.models import BomLine, Event, Part
from outwork.operations.following_bom import follow_pending
from outwork.operations.master_data.batch import Batch, Row
from outwork.operations.master_data.locking import refuse_locked
from outwork.queries.bom import edges_below, labels, links, variants_below
from outwork.rules.bom import Edge, PartKey, find_cycle
from outwork.rules.quantities import whole
from outwork.rules.refusals import Refusal, declare
from outwork.rules.requirement import Need

declare(
    bom_of_no_assembly="{part} is not an assembly, so it has no BOM",
    bom_of_its_template="{part} and {assembly} are variants of one template: neither goes into the other",
    attrition_too_large="{value} is not a percentage: attrition is 100 at most",
    substitute_of_itself="{part} is the part of the line already",
)

_ANY = Need(per_unit=Decimal(1))


def check_bom_line(batch: Batch) -> None:
    """All of a BOM line; the cycle check reads the structure below the new parts in one statement."""
    for row in batch.rows:
        assembly, part = batch.one(row, "assembly_id"), batch.one(row, "part_id")
        if assembly is not None and row.changes("assembly_id") and not assembly.is_assembly:
            batch.refuse(row, "assembly", "bom_of_no_assembly", part=assembly.label)
        if part is not None:
            _check_component(batch, row, part)
        if row["attrition"] > 100:
            batch.refuse(row, "attrition", "attrition_too_large", value=row["attrition"])
    refuse_locked(batch, "assembly", "bom_locked", lambda row: batch.one(row, "assembly_id") if row.values else None)
    _check_cycle(batch)
    _place_last(batch)


def _check_component(batch: Batch, row: Row, part: Part) -> None:
    if row.changes("part_id") and not part.is_component:
        batch.refuse(row, "part", "part_not_component", part=part.label)
    if row.changes("part_id", "quantity") and part.is_trackable:
        try:
            whole(row["quantity"], where=(row.index, "quantity"))
        except Refusal as refusal:
            batch.reasons.found += refusal.reasons


def _check_cycle(batch: Batch) -> None:
    rows = [
        row for row in batch.changing("assembly_id", "part_id", "is_inherited") if row["part_id"] and row["assembly_id"]
    ]
    if not rows:
        return
    variant_of = links()
    variants = variants_below(variant_of)
    _check_templates(batch, rows, variant_of)
    changed = {row.id for row in rows}
    standing = [edge for edge in edges_below({row["part_id"] for row in rows}) if edge.line_id not in changed]
    adding: list[Edge] = []
    at: dict[tuple[int, int], Row] = {}
    for row in rows:
        owners = (row["assembly_id"], *(variants.get(row["assembly_id"], ()) if row["is_inherited"] else ()))
        for owner in owners:
            adding.append(Edge(owner, row["part_id"], _ANY))
            at[owner, row["part_id"]] = row
    cycle = find_cycle(standing, adding)
    if cycle:
        _refuse_cycle(batch, cycle, at)


def _refuse_cycle(batch: Batch, cycle: list[PartKey], at: dict[tuple[int, int], Row]) -> None:
    """Name the whole path, at the row that closes it."""
    path = [int(pk) for pk in cycle]
    names = labels(path)
    closing = next(at[step] for step in pairwise(path) if step in at)
    batch.refuse(closing, "part", "bom_cycle", path=" > ".join(names[pk] for pk in path))


def _check_templates(batch: Batch, rows: Iterable[Row], variant_of: Mapping[int, int]) -> None:
    """Neither a template nor another of its variants goes into a variant."""
    for row in rows:
        assembly, part = row["assembly_id"], row["part_id"]
        if (
            assembly != part
            and (assembly in variant_of or part in variant_of)
            and _root(assembly, variant_of) == _root(part, variant_of)
        ):
            names = {"part": batch.one(row, "part_id"), "assembly": batch.one(row, "assembly_id")}
            if all(names.values()):
                shown = {key: one.label for key, one in names.items()}
                batch.refuse(row, "part", "bom_of_its_template", **shown)


def _root(part: int, variant_of: Mapping[int, int]) -> int:
    seen = {part}
    while (above := variant_of.get(part)) is not None and above not in seen:
        part = above
        seen.add(part)
    return part


def _place_last(batch: Batch) -> None:
    """A new line that names no position comes after the last one of its assembly."""
    rows = [row for row in batch.rows if row.before is None and "position" not in row.given and row["assembly_id"]]
    if not rows:
        return
    assemblies = {row["assembly_id"] for row in rows}
    query = (
        BomLine.objects.filter(assembly__any=assemblies).order_by().values_list("assembly").annotate(Max("position"))
    )
    last: dict[int, int] = defaultdict(int, query)
    for row in rows:
        last[row["assembly_id"]] += 1
        row.values["position"] = last[row["assembly_id"]]


def check_substitute(batch: Batch) -> None:
    """A substitute is a component other than the line's own part, and does not contain the assembly."""
    adding: list[Edge] = []
    at: dict[tuple[int, int], Row] = {}
    assemblies = _assemblies(batch)
    for row in batch.rows:
        line, part = batch.one(row, "bom_line_id"), batch.one(row, "part_id")
        if line is None:
            continue
        if part is None or not row.changes("part_id", "bom_line_id"):
            continue
        if not part.is_component:
            batch.refuse(row, "part", "part_not_component", part=part.label)
        if part.pk == line.part_id:
            batch.refuse(row, "part", "substitute_of_itself", part=part.label)
        adding.append(Edge(line.assembly_id, part.pk, _ANY))
        at[line.assembly_id, part.pk] = row
    refuse_locked(
        batch, "bom_line", "bom_locked", lambda row: _assembly_of(batch, row, assemblies) if row.values else None
    )
    cycle = find_cycle(edges_below({int(edge.part) for edge in adding}), adding)
    if cycle:
        _refuse_cycle(batch, cycle, at)


def _assemblies(batch: Batch) -> dict[int, Part]:
    ids = {line.assembly_id for line in batch.found.get(BomLine, {}).values()}
    return {part.pk: part for part in Part.objects.filter(pk__any=ids)} if ids else {}


def _assembly_of(batch: Batch, row: Row, assemblies: Mapping[int, Part]) -> Part | None:
    line = batch.one(row, "bom_line_id")
    return None if line is None else assemblies[line.assembly_id]


def check_line_removal(batch: Batch) -> None:
    """Lines of a locked assembly stay."""
    refuse_locked(batch, "id", "bom_locked", lambda row: batch.one(row, "assembly_id"))


def check_substitute_removal(batch: Batch) -> None:
    """Substitutes of a locked assembly stay."""
    assemblies = _assemblies(batch)
    refuse_locked(batch, "id", "bom_locked", lambda row: _assembly_of(batch, row, assemblies))


def let_builds_follow(values: Sequence[Mapping[str, Any]], event: Event) -> None:
    """Builds that are not issued yet follow the BOM lines just written or removed."""
    follow_pending({one["assembly_id"] for one in values}, event)


def let_builds_follow_substitutes(values: Sequence[Mapping[str, Any]], event: Event) -> None:
    """The same for substitutes of BOM lines."""
    lines = {one["bom_line_id"] for one in values}
    follow_pending(set(BomLine.objects.filter(pk__any=lines).values_list("assembly_id", flat=True)), event)
