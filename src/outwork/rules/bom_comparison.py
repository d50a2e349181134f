"""Two bills of materials side by side: what came, what went, what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One BOM line as it is compared; `substitutes` are ids of parts in their order of preference."""

    part_id: int
    quantity: Decimal
    attrition: Decimal
    setup: Decimal
    rounding: Decimal | None
    designators: tuple[str, ...]
    is_fitted: bool
    is_optional: bool
    is_consumable: bool
    is_inherited: bool
    allows_variants: bool
    note: str
    substitutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line that differs: only on the right (`added`), only on the left (`removed`), or with changes by field."""

    kind: str
    part_id: int
    left: ComparedLine | None
    right: ComparedLine | None
    changes: dict[str, tuple[Any, Any]]


_COMPARED = tuple(field.name for field in fields(ComparedLine) if field.name != "part_id")


def compare(left: Iterable[ComparedLine], right: Iterable[ComparedLine]) -> list[LineDifference]:
    """Where two BOMs differ, in the order of the left one, then what is new on the right.

    Lines of one part are matched by what they share most: equal ones first, then those with a designator in
    common, then in their order.
    """
    others: dict[int, list[ComparedLine]] = defaultdict(list)
    for line in right:
        others[line.part_id].append(line)
    mine: dict[int, list[ComparedLine]] = defaultdict(list)
    for line in left:
        mine[line.part_id].append(line)
    found: list[LineDifference] = []
    for part_id, lines in mine.items():
        pairs, rest = _pair(lines, others.pop(part_id, []))
        for one, other in pairs:
            changes = {} if other is None else _changes(one, other)
            if other is None or changes:
                found.append(LineDifference("changed" if other else "removed", part_id, one, other, changes))
        found += [LineDifference("added", part_id, None, other, {}) for other in rest]
    for part_id, lines in others.items():
        found += [LineDifference("added", part_id, None, other, {}) for other in lines]
    return found


def _pair(
    lines: Sequence[ComparedLine], others: list[ComparedLine]
) -> tuple[list[tuple[ComparedLine, ComparedLine | None]], list[ComparedLine]]:
    """Each line with its partner (None: it has none), and the others that are left."""
    left = list(others)
    partner: dict[int, ComparedLine] = {}
    for likes in (_is_equal, _shares_designator, _is_any):
        for index, line in enumerate(lines):
            if index not in partner and (match := next((other for other in left if likes(line, other)), None)):
                left.remove(match)
                partner[index] = match
    return [(line, partner.get(index)) for index, line in enumerate(lines)], left


def _is_equal(one: ComparedLine, other: ComparedLine) -> bool:
    return one == other


def _shares_designator(one: ComparedLine, other: ComparedLine) -> bool:
    return not set(one.designators).isdisjoint(other.designators)


def _is_any(_one: ComparedLine, _other: ComparedLine) -> bool:
    return True


def _changes(one: ComparedLine, other: ComparedLine) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in _COMPARED}
    return {name: values for name, values in pairs.items() if values[0] != values[1]}
