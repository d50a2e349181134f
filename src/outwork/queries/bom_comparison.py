"""Compare two bills of materials: of two parts, of a part and a snapshot, or of two snapshots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.models import BomLine, BomSnapshot, BomSubstitute, Part
from outwork.queries.bom import labels
from outwork.queries.bom_validity import boms_of
from outwork.rules.bom_comparison import ComparedLine, LineDifference, compare

Source = Part | BomSnapshot


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two BOMs, and how the parts in it are named."""

    differences: list[LineDifference]
    names: dict[int, str]


def compare_boms(left: Source, right: Source) -> Comparison:
    """Compare line by line, inherited lines included; five statements at most."""
    parts = [one for one in (left, right) if isinstance(one, Part)]
    current = _current(parts) if parts else {}
    differences = compare(*(_lines(one, current) for one in (left, right)))
    named = {one.part_id for one in differences}
    for one in differences:
        for line in (one.left, one.right):
            named |= set(line.substitutes) if line else set()
    return Comparison(differences, labels(named) if named else {})


def snapshots_of(part: Part) -> list[BomSnapshot]:
    """The snapshots of an assembly, newest first, with who took them when; one statement."""
    return list(BomSnapshot.objects.filter(assembly=part).select_related("event__actor").order_by("-number"))


def _lines(source: Source, current: dict[int, list[ComparedLine]]) -> list[ComparedLine]:
    if isinstance(source, Part):
        return current[source.pk]
    return [_kept(line) for line in source.lines]


def _current(parts: Iterable[Part]) -> dict[int, list[ComparedLine]]:
    boms = boms_of([part.pk for part in parts])
    ids = {line.pk for lines in boms.values() for line in lines}
    substitutes: dict[int, list[int]] = defaultdict(list)
    stated = BomSubstitute.objects.filter(bom_line__any=ids).order_by("rank", "pk")
    for line_id, part_id in stated.values_list("bom_line", "part"):
        substitutes[line_id].append(part_id)
    return {part: [_line(line, substitutes[line.pk]) for line in lines] for part, lines in boms.items()}


def _line(line: BomLine, substitutes: list[int]) -> ComparedLine:
    return ComparedLine(
        part_id=line.part_id,
        quantity=line.quantity,
        attrition=line.attrition,
        setup=line.setup,
        rounding=line.rounding,
        designators=_designators(line.designators),
        is_fitted=line.is_fitted,
        is_optional=line.is_optional,
        is_consumable=line.is_consumable,
        is_inherited=line.is_inherited,
        allows_variants=line.allows_variants,
        note=line.note,
        substitutes=tuple(substitutes),
    )


def _kept(line: dict[str, Any]) -> ComparedLine:
    flags = ("is_fitted", "is_optional", "is_consumable", "is_inherited", "allows_variants")
    return ComparedLine(
        part_id=line["part"],
        quantity=Decimal(line["quantity"]),
        attrition=Decimal(line["attrition"]),
        setup=Decimal(line["setup"]),
        rounding=None if line["rounding"] is None else Decimal(line["rounding"]),
        designators=_designators(line["designators"]),
        **{name: line[name] for name in flags},
        note=line["note"],
        substitutes=tuple(one["part"] for one in line["substitutes"]),
    )


def _designators(text: str) -> tuple[str, ...]:
    return tuple(sorted(text.replace(",", " ").split()))
