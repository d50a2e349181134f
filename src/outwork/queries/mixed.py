"""What was poured together: the outputs that the units of an item may be of, through splits and merges."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection

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


def outputs_within(item_ids: Collection[int]) -> dict[int, list[int]]:
    """The outputs that the units of each item may be of, the oldest first; one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    wanted = sorted(set(item_ids))
    if not wanted:
        return found
    listed = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    withdrawn = int(OutputState.WITHDRAWN)
    with connection.cursor() as cursor:
        sql = _OUTPUTS.replace("{starts}", _STARTS[connection.vendor])
        cursor.execute(sql, [listed, withdrawn, Kind.MERGED.value, withdrawn])
        for item_id, output_id in cursor.fetchall():
            found[item_id].append(output_id)
    return found
