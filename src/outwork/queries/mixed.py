"""What was poured together: the outputs and order lines that the units of an item may be of, through splits and merges."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection

from outwork.rules.places import Kind
from outwork.rules.states import OutputState

_STARTS = {"sqlite": "SELECT value AS id FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[]) AS id"}

# Back through splits as far as to an item with outputs, and through all that was merged into one on the way.
_OUTPUTS = """
WITH RECURSIVE up (item_id, id) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION
    SELECT up.item_id,
           CASE WHEN way.is_merge = 1 THEN merged.source_item_id
                WHEN NOT EXISTS (SELECT 1 FROM outwork_buildoutput AS made WHERE made.item_id = up.id AND made.state <> %s)
                THEN item.split_from_id END
    FROM up
    JOIN outwork_stockitem AS item ON item.id = up.id
    CROSS JOIN (SELECT 0 AS is_merge UNION ALL SELECT 1) AS way
    LEFT JOIN outwork_movement AS merged
           ON way.is_merge = 1 AND merged.target_item_id = up.id AND merged.kind = %s
          AND NOT EXISTS (SELECT 1 FROM outwork_movement AS back WHERE back.reverses_id = merged.id)
)
SELECT DISTINCT up.item_id, made.id
FROM up JOIN outwork_buildoutput AS made ON made.item_id = up.id AND made.state <> %s
ORDER BY up.item_id, made.id
"""

# What was merged into an item, or into one that it was split from, by the order line that it came on.
_LINES = """
WITH RECURSIVE up (item_id, id) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION
    SELECT up.item_id, CASE WHEN way.is_merge = 1 THEN merged.source_item_id ELSE item.split_from_id END
    FROM up
    JOIN outwork_stockitem AS item ON item.id = up.id
    CROSS JOIN (SELECT 0 AS is_merge UNION ALL SELECT 1) AS way
    LEFT JOIN outwork_movement AS merged
           ON way.is_merge = 1 AND merged.target_item_id = up.id AND merged.kind = %s
          AND NOT EXISTS (SELECT 1 FROM outwork_movement AS back WHERE back.reverses_id = merged.id)
)
SELECT up.item_id, source.purchase_line_id, merged.quantity
FROM up
JOIN outwork_movement AS merged ON merged.target_item_id = up.id AND merged.kind = %s
     AND NOT EXISTS (SELECT 1 FROM outwork_movement AS back WHERE back.reverses_id = merged.id)
JOIN outwork_stockitem AS source ON source.id = merged.source_item_id
WHERE source.purchase_line_id IS NOT NULL
ORDER BY merged.id
"""


def outputs_within(item_ids: Collection[int]) -> dict[int, list[int]]:
    """The outputs that the units of each item may be of, the oldest first; one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    withdrawn = int(OutputState.WITHDRAWN)
    for item_id, output_id in _rows(_OUTPUTS, item_ids, withdrawn, Kind.MERGED.value, withdrawn):
        found[item_id].append(output_id)
    return found


def lines_merged_in(item_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """How many units of which order lines were merged into each item, whatever became of them; one statement."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item_id, line_id, units in _rows(_LINES, item_ids, Kind.MERGED.value, Kind.MERGED.value):
        found[item_id][line_id] += Decimal(str(units))
    return found


def _rows(sql: str, ids: Collection[int], *params: Any) -> list[tuple[Any, ...]]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    listed = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{starts}", _STARTS[connection.vendor]), [listed, *params])
        return list(cursor.fetchall())
