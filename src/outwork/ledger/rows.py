"""Many rows in one statement: ids, inserts and updates for lists of any length, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

from outwork.models.fields import ScaledField

Row = Sequence[Any]


def take_ids(model: type[Model], count: int) -> list[int]:
    """Reserve ids for `count` new rows; one statement. No id is given out twice."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
            found = cursor.fetchone()
            if found is None:  # a table that was made anew and never had a row
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
            last = found[0] if found else count
            return list(range(last - count + 1, last + 1))
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def insert(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows given as tuples in the order of `names` (attribute names: `part_id`, not `part`).

    Model defaults of columns that are not named are filled in, as the database has none.
    """
    if not rows:
        return
    named, filled = _with_defaults(model, names, rows)
    fields = [_field(model, name) for name in named]
    prepared = _prepared(fields, filled)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", prepared)
        else:
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})",
                [list(column) for column in zip(*prepared, strict=True)],
            )


def update(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Update rows given as (id, value, ...) with the values in the order of `names`; one statement."""
    if not rows:
        return
    key = model._meta.pk
    assert key is not None
    fields = [_field(model, name) for name in names]
    prepared = _prepared([key, *fields], rows)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [connection.ops.quote_name(str(field.column)) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            setting = ", ".join(f"{column} = %s" for column in columns)
            cursor.executemany(
                f"UPDATE {table} SET {setting} WHERE id = %s", [(*values, pk) for pk, *values in prepared]
            )
        else:
            setting = ", ".join(f"{column} = fresh.{column}" for column in columns)
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in [key, *fields])
            cursor.execute(
                f"UPDATE {table} SET {setting} FROM unnest({arrays}) AS fresh(id, {', '.join(columns)}) "
                f"WHERE {table}.id = fresh.id",
                [list(column) for column in zip(*prepared, strict=True)],
            )


def delete(model: type[Model], ids: Iterable[int]) -> None:
    """Delete rows by id in one statement, without looking for what hangs on them."""
    delete_where(model, "pk", ids)


def delete_where(model: type[Model], name: str, values: Iterable[int]) -> None:
    """Delete the rows whose column `name` is one of the values; one statement."""
    wanted = list(values)
    if wanted:
        manager = model._default_manager.filter(**{f"{name}__any": wanted})
        manager._raw_delete(manager.db)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)  # by attribute name too
    assert isinstance(field, Field)
    return field


def _with_defaults(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> tuple[list[str], list[Row]]:
    given = set(names)
    missing = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in given and not field.primary_key and field.has_default()
    ]
    if not missing:
        return list(names), list(rows)
    extra = tuple(field.get_default() for field in missing)
    return [*names, *(field.attname for field in missing)], [(*row, *extra) for row in rows]


def _prepared(fields: Sequence[Field[Any, Any]], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """The rows as the database driver wants them, converted column by column."""
    columns = []
    for field, values in zip(fields, zip(*rows, strict=True), strict=True):
        convert = _converter(field)
        columns.append(values if convert is None else _converted(values, convert))
    return list(zip(*columns, strict=True))


def _converted(values: Sequence[Any], convert: Callable[[Any], Any]) -> Sequence[Any]:
    """A column converted: one object all the way down (an event, a time, None) once, equal ones once each."""
    first = values[0]
    if all(one is first for one in values):
        return [None if first is None else convert(first)] * len(values)
    if convert is int:
        return [one if one is None or type(one) is int else int(one) for one in values]
    if convert is str:
        return [one if one is None or type(one) is str else str(one) for one in values]
    if convert is json.dumps:
        return [None if one is None else json.dumps(one) for one in values]
    known: dict[Any, Any] = {None: None}
    return [known[one] if one in known else known.setdefault(one, convert(one)) for one in values]


def _converter(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, ScaledField):
        return field.steps
    if isinstance(field, JSONField):
        return json.dumps
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value
    if kind == "DateField":
        return connection.ops.adapt_datefield_value
    if kind.endswith(("IntegerField", "AutoField")):
        return int
    if kind in ("CharField", "TextField"):
        return str
    return None
