"""What stock is worth, recounted from its movements; the only place that knows what makes a value unknown."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from outwork.ledger import rows
from outwork.ledger.joining import joining_sets
from outwork.models import StockItem

# The value of an item: what came in less what went out. A correction counts where the movement stands that it
# corrects, and what takes a movement back stands beside it: together they are as if neither had been. An unknown
# value in or out makes the item's unknown until the item is empty once, unless a correction has stated it or the
# movement was taken back; a correction of an unknown amount makes unknown what stood before it. So items that saw
# something unknown are summed from the last time on that they were empty; all others over their whole life, which is
# quicker and finds more.
_RECOUNT = """
    WITH side AS (
        SELECT target_item_id AS item_id, id, corrects_id, reverses_id, quantity AS units, value FROM outwork_movement
        WHERE target_item_id IS NOT NULL AND (source_item_id IS NULL OR source_item_id <> target_item_id)
              {of_target}
        UNION ALL
        SELECT source_item_id, id, corrects_id, reverses_id, -quantity, -value FROM outwork_movement
        WHERE source_item_id IS NOT NULL AND (target_item_id IS NULL OR source_item_id <> target_item_id)
              {of_source}
    ), forgotten AS (
        SELECT corrects_id AS movement_id, MAX(id) AS id FROM outwork_movement
        WHERE corrects_id IS NOT NULL AND value IS NULL
        GROUP BY corrects_id
    ), judged AS (
        SELECT item_id, COALESCE(corrects_id, reverses_id, side.id) AS position, side.id, reverses_id, units,
               CASE WHEN value IS NULL OR side.id < forgotten.id THEN 0 ELSE value END AS value,
               CASE WHEN value IS NULL AND reverses_id IS NULL
                         AND NOT EXISTS (SELECT 1 FROM outwork_movement AS later
                                         WHERE later.corrects_id = COALESCE(side.corrects_id, side.id)
                                               AND later.id > side.id)
                         AND NOT EXISTS (SELECT 1 FROM outwork_movement AS later
                                         WHERE later.reverses_id = COALESCE(side.corrects_id, side.id))
                    THEN 1 ELSE 0 END AS unknown
        FROM side
        LEFT JOIN forgotten ON forgotten.movement_id = COALESCE(side.corrects_id, side.id)
    ), summed AS (
        SELECT item_id, SUM(value) AS value, MAX(unknown) AS unknown FROM judged GROUP BY item_id
    ), lasting AS (
        SELECT item_id, position, id, value, unknown,
               CASE WHEN reverses_id IS NULL
                         AND NOT EXISTS (SELECT 1 FROM outwork_movement AS later WHERE later.reverses_id = judged.id)
                    THEN units ELSE 0 END AS units
        FROM judged
        WHERE item_id IN (SELECT item_id FROM summed WHERE unknown = 1)
    ), running AS (
        SELECT item_id, position, value, unknown, units,
               SUM(units) OVER (PARTITION BY item_id ORDER BY position, id ROWS UNBOUNDED PRECEDING) AS there
        FROM lasting
    ), emptied AS (
        SELECT item_id, MAX(position) AS position FROM running WHERE there = 0 AND units <> 0 GROUP BY item_id
    ), since AS (
        SELECT running.item_id, SUM(running.value) AS value, MAX(running.unknown) AS unknown
        FROM running
        LEFT JOIN emptied ON emptied.item_id = running.item_id
        WHERE emptied.position IS NULL OR running.position > emptied.position
        GROUP BY running.item_id
    ), recounted AS (
        SELECT item.id, item.value AS recorded,
               CASE WHEN summed.item_id IS NULL OR (summed.unknown = 1 AND item.quantity = 0) THEN 0
                    WHEN summed.unknown = 0 THEN summed.value
                    WHEN since.unknown = 1 THEN NULL
                    ELSE COALESCE(since.value, 0) END AS value
        FROM outwork_stockitem AS item
        LEFT JOIN summed ON summed.item_id = item.id
        LEFT JOIN since ON since.item_id = item.id
    )
    SELECT id, recorded, value FROM recounted
    WHERE (recorded <> value OR (recorded IS NULL) <> (value IS NULL)) {of_id}
    ORDER BY id
"""

# The recount of all items, and of some: their ids come once for each side and once for the items.
VALUES = _RECOUNT.format(of_target="", of_source="", of_id="")
_SOME = {
    "sqlite": _RECOUNT.format(
        of_target="AND target_item_id IN (SELECT value FROM json_each(%s))",
        of_source="AND source_item_id IN (SELECT value FROM json_each(%s))",
        of_id="AND id IN (SELECT value FROM json_each(%s))",
    ),
    "postgresql": _RECOUNT.format(
        of_target="AND target_item_id = ANY(%s)", of_source="AND source_item_id = ANY(%s)", of_id="AND id = ANY(%s)"
    ),
}


def restore_values(item_ids: Iterable[int]) -> None:
    """Set the values of items to what their movements say; for when an unknown value was taken back.

    The items are locked and their movements written. Two statements.
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        return
    given = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    convert = StockItem._meta.get_field("value").from_db_value
    with joining_sets(), connection.cursor() as cursor:
        cursor.execute(_SOME[connection.vendor], [given, given, given])
        found = [(item_id, convert(value, None, connection)) for item_id, _, value in cursor.fetchall()]
    rows.update(StockItem, ("value",), found)
