"""Say that bills of materials are right as they are now, or take that back; keep numbered snapshots of them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from outwork.ledger import rows
from outwork.models import BomLine, BomSnapshot, BomSubstitute, Event, Part, User
from outwork.operations.master_data.writing import lock_master_data
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.bom_validity import boms_of, checksum_of, content_of
from outwork.rules.bom_checksum import line_checksum
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare

declare(
    bom_missing="{part} has no BOM",
    bom_line_unknown="There is no BOM line {line}",
    parts_missing="Name at least one assembly",
)

_FLAGS = ("is_fitted", "is_optional", "is_consumable", "is_inherited", "allows_variants")


@operation
def validate_bom(
    *, parts: Sequence[Part], actor: User, at: datetime.datetime, note: str = "", key: str | None = None
) -> Done:
    """Say that the BOMs of these assemblies are right; `ids` holds the assemblies, `data` the snapshots.

    A BOM is valid as long as its own and inherited lines say what they say now; undoing a change makes it valid
    again. Each BOM that differs from its last snapshot gets a new one. Refuses parts_missing, bom_of_no_assembly,
    bom_missing, a long note.
    """
    lock_master_data()
    boms = _readable(parts, note)
    event = record("bom.validated", *_only(parts), actor=actor, at=at, reason=note)
    sums = {part.pk: checksum_of(boms[part.pk]) for part in parts}
    rows.update(
        Part,
        ("bom_checksum", "bom_validated_at", "bom_validated_by_id"),
        [(part.pk, sums[part.pk], at, actor.pk) for part in parts],
    )
    own = [line for part in parts for line in boms[part.pk] if line.assembly_id == part.pk]
    rows.update(BomLine, ("checksum",), [(line.pk, line_checksum(content_of(line))) for line in own])
    taken = _snapshots(parts, boms, event, note, only_changed=True)
    return Done(event.pk, [part.pk for part in parts], data={"snapshots": taken})


@operation
def invalidate_bom(*, parts: Sequence[Part], actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take it back that these BOMs are right; refuses parts_missing."""
    lock_master_data()
    reasons = Reasons()
    if not parts:
        reasons.add("parts_missing")
    reasons.raise_any()
    event = record("bom.invalidated", *_only(parts), actor=actor, at=at)
    rows.update(
        Part,
        ("bom_checksum", "bom_validated_at", "bom_validated_by_id"),
        [(part.pk, "", None, None) for part in parts],
    )
    BomLine.objects.filter(assembly__any=[part.pk for part in parts]).update(checksum="")
    return Done(event.pk, [part.pk for part in parts])


@operation
def validate_bom_lines(
    *, lines: Sequence[int], actor: User, at: datetime.datetime, is_valid: bool = True, key: str | None = None
) -> Done:
    """Say of single lines, given by id, that they are right (or no longer); refuses bom_line_unknown."""
    lock_master_data()
    found = {line.pk: line for line in BomLine.objects.filter(pk__any=list(lines))}
    reasons = Reasons()
    for index, line_id in enumerate(lines):
        if line_id not in found:
            reasons.add("bom_line_unknown", line=line_id, where=(index, "line"))
    if not lines:
        reasons.add("rows_missing", noun="BOM line")
    reasons.raise_any()
    assemblies = {line.assembly_id for line in found.values()}
    documents = [Part(pk=assemblies.pop())] if len(assemblies) == 1 else []
    event = record("bom.lines validated", *documents, actor=actor, at=at, data={"lines": sorted(found)})
    sums = [(pk, line_checksum(content_of(line)) if is_valid else "") for pk, line in found.items()]
    rows.update(BomLine, ("checksum",), sums)
    return Done(event.pk, list(lines))


@operation
def take_bom_snapshots(
    *, parts: Sequence[Part], actor: User, at: datetime.datetime, note: str = "", key: str | None = None
) -> Done:
    """Keep the BOMs as they are now under the next number of each assembly; `ids` holds the snapshots.

    Refuses parts_missing, bom_of_no_assembly, bom_missing, a long note.
    """
    lock_master_data()
    boms = _readable(parts, note)
    event = record("bom.snapshot taken", *_only(parts), actor=actor, at=at, reason=note)
    taken = _snapshots(parts, boms, event, note, only_changed=False)
    return Done(event.pk, [one["id"] for one in taken], data={"snapshots": taken})


def _readable(parts: Sequence[Part], note: str) -> dict[int, list[BomLine]]:
    boms = boms_of([part.pk for part in parts]) if parts else {}
    reasons = Reasons()
    if not parts:
        reasons.add("parts_missing")
    for index, part in enumerate(parts):
        if not part.is_assembly:
            reasons.add("bom_of_no_assembly", part=part.label, where=(index, "part"))
        elif not boms[part.pk]:
            reasons.add("bom_missing", part=part.label, where=(index, "part"))
    check_texts(BomSnapshot, {"note": note}, reasons)
    reasons.raise_any()
    return boms


def _only(parts: Sequence[Part]) -> list[Part]:
    return list(parts) if len(parts) == 1 else []


def _snapshots(
    parts: Sequence[Part], boms: Mapping[int, list[BomLine]], event: Event, note: str, *, only_changed: bool
) -> list[dict[str, Any]]:
    """Write the snapshots; gives {id, part, number} of each. Six statements at most."""
    ids = [part.pk for part in parts]
    last = dict(
        BomSnapshot.objects.filter(assembly__any=ids).order_by().values_list("assembly").annotate(Max("number"))
    )
    newest = BomSnapshot.objects.filter(assembly__any=ids).order_by("number").values_list("assembly", "checksum")
    standing = dict(newest)
    sums = {part.pk: checksum_of(boms[part.pk]) for part in parts}
    wanted = [part for part in parts if not (only_changed and standing.get(part.pk) == sums[part.pk])]
    lines = [line for part in wanted for line in boms[part.pk]]
    substitutes: dict[int, list[int]] = defaultdict(list)
    stated = BomSubstitute.objects.filter(bom_line__any=[line.pk for line in lines]).order_by("rank", "pk")
    for line_id, part_id in stated.values_list("bom_line", "part") if lines else ():
        substitutes[line_id].append(part_id)
    named = {line.part_id for line in lines} | {pk for found in substitutes.values() for pk in found}
    labels = {part.pk: part for part in Part.objects.filter(pk__any=named)} if named else {}
    taken = [
        {"id": pk, "part": part.label, "number": last.get(part.pk, 0) + 1}
        for pk, part in zip(rows.take_ids(BomSnapshot, len(wanted)), wanted, strict=True)
    ]
    rows.insert(
        BomSnapshot,
        ("id", "assembly_id", "number", "note", "checksum", "lines", "event_id"),
        [
            (
                *(one["id"], part.pk, one["number"], note, sums[part.pk]),
                [_kept(line, labels, substitutes[line.pk]) for line in boms[part.pk]],
                event.pk,
            )
            for one, part in zip(taken, wanted, strict=True)
        ],
    )
    return taken


def _kept(line: BomLine, labels: Mapping[int, Part], substitutes: Sequence[int]) -> dict[str, Any]:
    """One line as a snapshot keeps it: ids that hold, and names as they were then."""
    part = labels[line.part_id]
    return {
        "bom_line": line.pk,
        "assembly": line.assembly_id,
        "part": line.part_id,
        "number": part.number,
        "name": part.name,
        "position": line.position,
        **{name: as_text(getattr(line, name)) for name in ("quantity", "attrition", "setup")},
        "rounding": None if line.rounding is None else as_text(line.rounding),
        "designators": line.designators,
        **{name: getattr(line, name) for name in _FLAGS},
        "note": line.note,
        "substitutes": [{"part": pk, "name": labels[pk].label} for pk in substitutes],
    }
