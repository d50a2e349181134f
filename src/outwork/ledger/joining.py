"""How PostgreSQL is to join when the whole ledger is read: never row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def joining_sets() -> Iterator[None]:
    """Join by hash or by merging while this lasts.

    Right after much was written PostgreSQL still takes the tables for small and joins every row with every row: a
    recount of ten thousand movements then took eight minutes instead of a moment.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")
