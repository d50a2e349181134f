"""What movements are worth: as booked, with all corrections since."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from outwork.models import Movement


def effective(rows: Iterable[tuple[int, int | None, Decimal | None]]) -> dict[int, Decimal | None]:
    """The value of each movement by its id, from rows (id, corrects, value) in the order of the ids.

    A correction adds to what it corrects. Of an unknown value the first correction states the whole; a
    correction of an unknown amount makes the value unknown, and the next one states the whole again.
    """
    values: dict[int, Decimal | None] = {}
    for pk, corrects, value in rows:
        if corrects is None or corrects not in values:
            values[corrects or pk] = value
        else:
            before = values[corrects]
            values[corrects] = value if before is None or value is None else before + value
    return values


def movement_values(ids: Iterable[int]) -> dict[int, Decimal | None]:
    """What these movements are worth by now, in base currency; None: unknown. One statement."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = Movement.objects.filter(Q(pk__any=wanted) | Q(corrects__any=wanted)).order_by("pk")
    return effective(query.values_list("pk", "corrects", "value"))
