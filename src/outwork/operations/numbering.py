"""References: the next number of a kind of document, given out once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import connection, models

from outwork.queries.settings import company_day
from outwork.rules.references import Pattern
from outwork.rules.refusals import declare, refuse
from outwork.rules.serials import NUMBER_LIMIT

declare(reference_used="{reference} exists already")

_NEXT = f"""
INSERT INTO outwork_counter (name, last) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET last = CASE
    WHEN outwork_counter.last = {NUMBER_LIMIT} THEN {NUMBER_LIMIT} ELSE outwork_counter.last + 1 END
RETURNING last
"""
_NEXT_MANY = f"""
INSERT INTO outwork_counter (name, last) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last = CASE
    WHEN outwork_counter.last > {NUMBER_LIMIT} - excluded.last THEN {NUMBER_LIMIT}
    ELSE outwork_counter.last + excluded.last END
RETURNING last
"""
_AT_LEAST = """
INSERT INTO outwork_counter (name, last) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last = CASE
    WHEN outwork_counter.last > excluded.last THEN outwork_counter.last ELSE excluded.last END
RETURNING last
"""


def take_reference(
    model: type[models.Model], pattern_text: str, *, at: datetime.datetime, given: str | None = None
) -> tuple[str, int]:
    """The reference of a new document and its number: the one given, if it fits and is new, else the next.

    The counter's row is locked until the transaction ends, so two documents never get one number; the
    counter jumps over numbers that were given by hand. A date in the pattern is the company's day.
    """
    name = str(model._meta.model_name)
    pattern = Pattern.parse(pattern_text)
    if given is not None:
        pattern.require(given)
        number = pattern.number(given)
        _count(_AT_LEAST, [name, number])
        if model._default_manager.filter(reference=given).exists():
            refuse("reference_used", reference=given, where=("reference",))
        return given, number
    day = company_day(at) if pattern.has_date else at.date()
    while True:
        number = _count(_NEXT, [name])
        reference = pattern.format(number, on=day)
        if number == NUMBER_LIMIT:
            refuse("reference_number_too_large", reference=reference)
        if not model._default_manager.filter(reference=reference).exists():
            return reference, number


def take_references(
    model: type[models.Model], pattern_text: str, count: int, *, at: datetime.datetime
) -> list[tuple[str, int]]:
    """The references of so many new documents and their numbers, as `take_reference` gives them; few statements."""
    name = str(model._meta.model_name)
    pattern = Pattern.parse(pattern_text)
    day = company_day(at) if pattern.has_date else at.date()
    taken: list[tuple[str, int]] = []
    while len(taken) < count:
        missing = count - len(taken)
        last = _count(_NEXT_MANY, [name, missing])
        if last == NUMBER_LIMIT:
            refuse("reference_number_too_large", reference=pattern.format(last, on=day))
        fresh = {pattern.format(number, on=day): number for number in range(last - missing + 1, last + 1)}
        used = set(model._default_manager.filter(reference__any=list(fresh)).values_list("reference", flat=True))
        taken += [(reference, number) for reference, number in fresh.items() if reference not in used]
    return taken


def _count(sql: str, params: Sequence[str | int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
