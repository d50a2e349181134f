"""The reference that the next document would get, for forms that propose it; nothing is given out."""

from __future__ import annotations

import datetime

from django.db import connection, models

from outwork.queries.settings import company_day
from outwork.rules.references import Pattern


def next_reference(model: type[models.Model], pattern_text: str, *, at: datetime.datetime) -> str:
    """What `take_reference` would give now, unless another document comes first; three statements where it is free."""
    pattern = Pattern.parse(pattern_text)
    day = company_day(at) if pattern.has_date else at.date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM outwork_counter WHERE name = %s", [str(model._meta.model_name)])
        row = cursor.fetchone()
    number = row[0] if row else 0
    while True:
        number += 1
        reference = pattern.format(number, on=day)
        if not model._default_manager.filter(reference=reference).exists():
            return reference
