"""The last word in a race: a broken database constraint becomes the refusal that a check would have given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import IntegrityError, models

from outwork.rules.refusals import Reason, Refusal

_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(\w+)'|(.+))")
_REASONS: dict[str, Callable[[str], Reason]] = {}


def name_constraint(constraint: str, reason: Callable[[str], Reason]) -> None:
    """Say which reason a broken constraint is; it is given the database's detail, which may be empty."""
    assert constraint not in _REASONS, f"constraint {constraint} is named twice"
    _REASONS[constraint] = reason


@contextmanager
def naming_constraints() -> Iterator[None]:
    """Turn a broken constraint that has a name into its refusal; others pass as they are.

    Put it around the writing beat. The transaction is lost either way.
    """
    try:
        yield
    except IntegrityError as error:
        constraint, detail = broken_constraint(error)
        if constraint not in _REASONS:
            raise
        raise Refusal(_REASONS[constraint](detail)) from error


def broken_constraint(error: IntegrityError) -> tuple[str, str]:
    """The name of the constraint that an error is about, and what the database says of the row."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or "", diagnosis.message_detail or ""
    if found := _CHECK.search(str(error)):
        return found[1], ""
    if found := _UNIQUE.search(str(error)):
        return found[1] or _unique_constraints().get(found[2], ""), ""
    return "", ""


@cache
def _unique_constraints() -> dict[str, str]:
    """Names by columns, for SQLite names the columns of a unique index and not the index."""
    names: dict[str, str] = {}
    for model in apps.get_app_config("outwork").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
                columns = (getattr(model._meta.get_field(name), "column", name) for name in constraint.fields)
                names[", ".join(f"{model._meta.db_table}.{column}" for column in columns)] = constraint.name
    return names
