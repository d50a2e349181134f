"""Locations as a tree."""

from __future__ import annotations

from django.db import connection

_SUBTREE = """
WITH RECURSIVE below (id) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT location.id FROM outwork_location location JOIN below ON location.parent_id = below.id
)
SELECT id FROM below
"""


def subtree(location_id: int) -> set[int]:
    """A location and all below it; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, [location_id])
        return {row[0] for row in cursor.fetchall()}
