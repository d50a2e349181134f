"""What a frozen build would be built from today: its lines against the BOM as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outwork.models import BomLine, Build, BuildLine
from outwork.queries.builds import bom_to_build, lines_of

_SAME = ("per_unit", "attrition", "setup", "rounding", "is_optional", "is_consumable", "allows_variants", "designators")


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs: `line` is frozen in the build (None: new), `bom_line` stands in the BOM (None: gone)."""

    line: BuildLine | None
    bom_line: BomLine | None
    changes: dict[str, tuple[Any, Any]]

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.line is None else "removed" if self.bom_line is None else "changed"

    @property
    def part(self) -> str:
        """The part the line is about: the new one where it changed."""
        line = self.bom_line or self.line
        assert line is not None
        return line.part.label


def bom_difference(build: Build) -> list[Difference]:
    """Where the current lines of a build differ from its BOM, line by line; three statements.

    What differs on purpose does not count: see `deviations`.
    """
    lines = [line for line in lines_of(build.pk) if line.until_revision is None]
    wanted = bom_to_build(build.part_id)
    matched = match_lines(lines, wanted)
    differences = []
    seen = set()
    for bom_line in wanted:
        line = matched.get(bom_line.pk)
        if line is not None and line.deviation:
            continue
        if line is None:
            differences.append(Difference(None, bom_line, {}))
            continue
        seen.add(line.pk)
        changes = _changes(line, bom_line)
        if changes:
            differences.append(Difference(line, bom_line, changes))
    gone = [line for line in lines if line.pk not in seen and not line.deviation]
    return differences + [Difference(line, None, {}) for line in gone]


def deviations(build: Build) -> list[BuildLine]:
    """The current lines of a build that are no part of the BOM, or another part than it asks for; one statement."""
    return [line for line in lines_of(build.pk) if line.until_revision is None and line.deviation]


def match_lines(lines: list[BuildLine], wanted: list[BomLine]) -> dict[int, BuildLine]:
    """The build line of each BOM line: the one copied from it; where that was made anew, one of the same part."""
    matched = {line.bom_line_id: line for line in lines if line.bom_line_id is not None}
    orphans = {line.part_id: line for line in lines if line.bom_line_id is None and not line.deviation}
    for bom_line in wanted:
        if bom_line.pk not in matched and bom_line.part_id in orphans:
            matched[bom_line.pk] = orphans.pop(bom_line.part_id)
    return matched


def _changes(line: BuildLine, bom_line: BomLine) -> dict[str, tuple[Any, Any]]:
    now = {
        "part": bom_line.part_id,
        "per_unit": bom_line.quantity,
        "attrition": bom_line.attrition,
        "setup": bom_line.setup,
        "rounding": bom_line.rounding,
        "is_optional": bom_line.is_optional,
        "is_consumable": bom_line.is_consumable or bom_line.part.is_consumable,
        "allows_variants": bom_line.allows_variants,
        "designators": bom_line.designators,
    }
    frozen = {"part": line.part_id, **{name: getattr(line, name) for name in _SAME}}
    return {name: (frozen[name], now[name]) for name in now if frozen[name] != now[name]}
