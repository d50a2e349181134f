"""Which parts may go onto lines: the part itself, its substitutes, and the variants of both where the line allows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from outwork.queries.supply_demand import rows_of

# Rank as in rules/allocation: 0 the part itself, 1 a variant of it, 2 a substitute.
_FITTING = """
WITH RECURSIVE line AS (
    SELECT id, part_id, allows_variants FROM {lines} WHERE id IN ({parts})
),
other AS (
    SELECT line.id, substitute.part_id, line.allows_variants
    FROM line JOIN {substitutes} AS substitute ON substitute.{key} = line.id
),
top AS (
    SELECT part_id FROM line WHERE allows_variants UNION SELECT part_id FROM other WHERE allows_variants
),
below (top_id, id) AS (
    SELECT part_id, part_id FROM top
    UNION
    SELECT below.top_id, part.id FROM outwork_part AS part JOIN below ON part.variant_of_id = below.id
)
SELECT id, part_id, 0 FROM line
UNION ALL
SELECT line.id, below.id, 1 FROM line JOIN below ON below.top_id = line.part_id
WHERE line.allows_variants AND below.id <> line.part_id
UNION ALL
SELECT id, part_id, 2 FROM other
UNION ALL
SELECT other.id, below.id, 2 FROM other JOIN below ON below.top_id = other.part_id
WHERE other.allows_variants AND below.id <> other.part_id
"""
_OF_BUILDS = _FITTING.replace("{lines}", "outwork_buildline").replace("{substitutes}", "outwork_buildlinesubstitute")
_OF_BUILDS = _OF_BUILDS.replace("{key}", "build_line_id")
_OF_BOMS = _FITTING.replace("{lines}", "outwork_bomline").replace("{substitutes}", "outwork_bomsubstitute")
_OF_BOMS = _OF_BOMS.replace("{key}", "bom_line_id")

ITSELF, VARIANT, SUBSTITUTE = 0, 1, 2
Fitting = dict[int, dict[int, int]]


def onto_build_lines(line_ids: Collection[int]) -> Fitting:
    """The parts that may go onto each build line, with their rank; one statement."""
    return _fitting(_OF_BUILDS, line_ids)


def onto_bom_lines(line_ids: Collection[int]) -> Fitting:
    """The parts that may go onto each BOM line, with their rank; one statement."""
    return _fitting(_OF_BOMS, line_ids)


def parts_in(fitting: Fitting) -> set[int]:
    """All parts that are named in it."""
    return {part_id for parts in fitting.values() for part_id in parts}


def _fitting(statement: str, line_ids: Collection[int]) -> Fitting:
    found: Fitting = defaultdict(dict)
    for line_id, part_id, rank in sorted(rows_of(statement, line_ids), key=lambda row: row[2]):
        found[line_id].setdefault(part_id, rank)
    return found
