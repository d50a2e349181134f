"""Whether bills of materials are as they were when somebody last validated them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from outwork.models import BomLine, Part
from outwork.queries.bom import links, templates_above
from outwork.rules.bom_checksum import Content, checksum, line_checksum


@dataclass(frozen=True, slots=True)
class Validity:
    """The BOM of one part: its checksum now, whether it is the validated one, and who validated when."""

    part_id: int
    checksum: str
    is_valid: bool
    validated_at: datetime.datetime | None
    validated_by: str


def content_of(line: BomLine) -> Content:
    """What counts of a BOM line."""
    return Content(
        line.part_id,
        line.quantity,
        line.attrition,
        line.setup,
        line.rounding,
        line.designators,
        line.is_fitted,
        line.is_optional,
        line.is_consumable,
        line.is_inherited,
        line.allows_variants,
    )


def boms_of(part_ids: Collection[int]) -> dict[int, list[BomLine]]:
    """The BOM of each part, own lines and inherited ones, in the order of their ids; two statements."""
    variant_of = links()
    holders = {part: [part, *templates_above(part, variant_of)] for part in part_ids}
    wanted = {holder for found in holders.values() for holder in found}
    by_holder: dict[int, list[BomLine]] = defaultdict(list)
    for line in BomLine.objects.filter(assembly__any=wanted).order_by("pk"):
        by_holder[line.assembly_id].append(line)
    return {
        part: [
            line
            for holder in found
            for line in by_holder.get(holder, ())
            if line.assembly_id == part or line.is_inherited
        ]
        for part, found in holders.items()
    }


def checksum_of(lines: Iterable[BomLine]) -> str:
    """The checksum of a BOM given by its lines."""
    return checksum(line_checksum(content_of(line)) for line in lines)


def validity(part_ids: Collection[int]) -> dict[int, Validity]:
    """Each part's BOM against the one that was validated; three statements, however many parts and lines."""
    boms = boms_of(part_ids)
    columns = ("pk", "bom_checksum", "bom_validated_at", "bom_validated_by__username")
    found = {}
    for pk, stored, at, by in Part.objects.filter(pk__any=list(part_ids)).values_list(*columns):
        now = checksum_of(boms[pk])
        found[pk] = Validity(pk, now, bool(stored) and stored == now, at, by or "")
    return found


def is_valid(part: Part) -> bool:
    """Whether the BOM of one part is the validated one; three statements."""
    return validity([part.pk])[part.pk].is_valid


def valid_lines(lines: Iterable[BomLine]) -> set[int]:
    """Which of these lines are as they were when they were validated; no statement."""
    return {line.pk for line in lines if line.checksum and line.checksum == line_checksum(content_of(line))}
