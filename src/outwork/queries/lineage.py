"""Where items come from: which output an item was split from, what was split from it, and when it came to whom."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from outwork.models import Movement
from outwork.rules.places import Kind
from outwork.rules.states import OutputState

_STARTS = {"sqlite": "SELECT value AS id FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[]) AS id"}

# An item belongs to the nearest output among itself and those it was split from; the newest where an item had two.
_OUTPUTS = """
WITH RECURSIVE up (item_id, id) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION ALL
    SELECT up.item_id, item.split_from_id
    FROM up JOIN outwork_stockitem AS item ON item.id = up.id
    WHERE item.split_from_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM outwork_buildoutput AS made WHERE made.item_id = up.id AND made.state <> %s)
)
SELECT up.item_id, MAX(made.id)
FROM up JOIN outwork_buildoutput AS made ON made.item_id = up.id AND made.state <> %s
GROUP BY up.item_id
"""

# What was split from an item, down to what was split from that; a part that became an output of its own is left out.
_PIECES = """
WITH RECURSIVE down (item_id, id) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION ALL
    SELECT down.item_id, item.id
    FROM down JOIN outwork_stockitem AS item ON item.split_from_id = down.id
    WHERE NOT EXISTS (SELECT 1 FROM outwork_buildoutput AS made WHERE made.item_id = item.id AND made.state <> %s)
)
SELECT item_id, id FROM down ORDER BY item_id, id
"""

_ANCESTORS = """
WITH RECURSIVE up (id) AS (
    SELECT start.id FROM ({starts}) AS start
    UNION
    SELECT item.split_from_id FROM up JOIN outwork_stockitem AS item ON item.id = up.id
    WHERE item.split_from_id IS NOT NULL
)
SELECT id FROM up
"""

# From each item out through what it is in; the last row of an item is the outermost.
_AROUND = """
WITH RECURSIVE out (item_id, id, depth) AS (
    SELECT item.id, item.inside_id, 1 FROM ({starts}) AS start JOIN outwork_stockitem AS item ON item.id = start.id
    WHERE item.inside_id IS NOT NULL
    UNION ALL
    SELECT out.item_id, item.inside_id, out.depth + 1
    FROM out JOIN outwork_stockitem AS item ON item.id = out.id
    WHERE item.inside_id IS NOT NULL AND out.depth < 100
)
SELECT item_id, id FROM out ORDER BY item_id, depth
"""


def standing() -> QuerySet[Movement]:
    """The movements that were not taken back, without those that took others back."""
    back = Movement.objects.filter(reverses=OuterRef("pk"))
    # A cost that is taken back is one again, so the kind alone does not tell.
    return Movement.objects.filter(~Exists(back), reverses__isnull=True).exclude(kind=Kind.REVERSED)


def outputs_of(item_ids: Collection[int]) -> dict[int, int]:
    """The output that each item belongs to, for those that a build made; one statement."""
    withdrawn = int(OutputState.WITHDRAWN)
    return dict(_rows(_OUTPUTS, item_ids, withdrawn, withdrawn))


def pieces_of(item_ids: Collection[int]) -> dict[int, list[int]]:
    """Each item and what was split from it, without the parts that are outputs of their own; one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    for item_id, piece in _rows(_PIECES, item_ids, int(OutputState.WITHDRAWN)):
        found[item_id].append(piece)
    return found


def around(item_ids: Collection[int]) -> dict[int, list[int]]:
    """What each item is in, from the nearest container to the outermost; one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    for item_id, container in _rows(_AROUND, item_ids):
        found[item_id].append(container)
    return found


class Arrivals:
    """When units of items came to a manufacturer, or to us where they were never at his; two statements."""

    def __init__(self, item_ids: Collection[int]) -> None:
        self._inbound: dict[int, list[tuple[int | None, int | None, int | None, datetime.datetime]]] = defaultdict(list)
        self._memo: dict[tuple[int, int | None], datetime.datetime | None] = {}
        ancestors = [row[0] for row in _rows(_ANCESTORS, item_ids)]
        if not ancestors:
            return
        found = standing().filter(target_item__any=ancestors, quantity__gt=0).exclude(kind=Kind.UNUSED)
        for target, source, company_before, company, at in found.values_list(
            "target_item", "source_item", "source_location__company", "target_location__company", "at"
        ):
            self._inbound[target].append((source, company_before, company, at))

    def at(self, item_id: int, manufacturer_id: int | None) -> datetime.datetime | None:
        """The first time that units of the item came to the manufacturer; None if nothing tells it."""
        if manufacturer_id is None:
            return self._first(item_id, None)
        return self._first(item_id, manufacturer_id) or self._first(item_id, None)

    def _first(self, item_id: int, company_id: int | None) -> datetime.datetime | None:
        """The earliest arrival at a company (None: with us), following splits made there back; no recursion."""
        key = (item_id, company_id)
        if key in self._memo:
            return self._memo[key]
        first: datetime.datetime | None = None
        seen, todo = {item_id}, [item_id]
        while todo:
            current = todo.pop()
            for source, company_before, company, at in self._inbound.get(current, ()):
                if company_id is not None and company != company_id:
                    continue
                was_there = source is not None and (company_id is None or company_before == company_id)
                if not was_there:
                    first = at if first is None else min(first, at)
                elif source is not None and source not in seen:
                    seen.add(source)
                    todo.append(source)
        self._memo[key] = first
        return first


def _rows(sql: str, ids: Iterable[int], *params: Any) -> list[tuple[Any, ...]]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    listed = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{starts}", _STARTS[connection.vendor]), [listed, *params])
        return list(cursor.fetchall())
