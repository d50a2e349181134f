"""Where parts go when nobody says where: their own default location, else that of their category or the next above it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from outwork.models import Part

# (category, ancestor, how far up): of the ancestors that name a location the nearest counts.
_UP = """
WITH RECURSIVE up (start_id, id, parent_id, location_id, level) AS (
    SELECT start.id, start.id, start.parent_id, start.default_location_id, 0
    FROM outwork_category AS start WHERE start.id IN ({starts})
    UNION ALL
    SELECT up.start_id, above.id, above.parent_id, above.default_location_id, up.level + 1
    FROM up JOIN outwork_category AS above ON above.id = up.parent_id
    WHERE up.location_id IS NULL
)
SELECT start_id, location_id FROM up WHERE location_id IS NOT NULL
"""
_STARTS = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}


def default_locations(parts: Iterable[Part]) -> dict[int, int | None]:
    """The id of the default location of each part by its id, or None.

    One statement, none where every part names its own or stands in no category.
    """
    parts = list(parts)
    wanted = {part.category_id for part in parts if part.default_location_id is None and part.category_id is not None}
    of_category: dict[int, int] = {}
    if wanted:
        ids = sorted(wanted)
        with connection.cursor() as cursor:
            given = json.dumps(ids) if connection.vendor == "sqlite" else ids
            cursor.execute(_UP.format(starts=_STARTS[connection.vendor]), [given])
            of_category = dict(cursor.fetchall())
    return {
        part.pk: part.default_location_id
        if part.default_location_id is not None or part.category_id is None
        else of_category.get(part.category_id)
        for part in parts
    }
