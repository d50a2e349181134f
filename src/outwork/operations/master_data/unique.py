"""What no two rows share: checked against what stands and within the request, before the constraint does."""

from __future__ import annotations

from typing import Any

from outwork.operations.master_data.batch import Batch, Row, named
from outwork.operations.master_data.nouns import Noun, Unique
from outwork.rules.refusals import declare

declare(
    exists_already="There is a {noun} like this already ({shown})",
    twice_in_request="Row {other} of this request is the same {noun} ({shown})",
    part_number_used="Part number {shown} is used already",
)


def check_unique(batch: Batch, noun: Noun) -> None:
    """Refuse what exists already or stands twice in the request; one statement for each set of fields."""
    for unique in noun.unique:
        rows = [row for row in batch.changing(*unique.fields) if not row.bad & set(unique.fields)]
        keys = [(row, _key(unique, [row[name] for name in unique.fields])) for row in rows]
        keys = [(row, key) for row, key in keys if unique.nulls or None not in key]
        wanted = {row[unique.by] for row, _ in keys}
        if not wanted:
            continue
        query = batch.model._default_manager.order_by()
        if not (unique.ignores_case and isinstance(next(iter(wanted)), str)):
            query = query.filter(**{f"{unique.by}__any": wanted})  # SQLite folds the case of ASCII only, so read all
        standing: dict[Any, int] = {_key(unique, key): pk for pk, *key in query.values_list("pk", *unique.fields)}
        _compare(batch, noun, unique, keys, standing)


def _compare(
    batch: Batch, noun: Noun, unique: Unique, keys: list[tuple[Row, tuple[Any, ...]]], standing: dict[Any, int]
) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row, key in keys:
        if row.before is not None and standing.get(key) == row.id:
            continue
        if key in standing:
            batch.refuse(row, unique.fields[-1], unique.code, noun=noun.word, shown=_shown(batch, row, unique))
        elif key in seen:
            params = {"noun": noun.word, "other": seen[key] + 1, "shown": _shown(batch, row, unique)}
            batch.refuse(row, unique.fields[-1], "twice_in_request", **params)
        seen.setdefault(key, row.index)


def _key(unique: Unique, values: list[Any]) -> tuple[Any, ...]:
    if not unique.ignores_case:
        return tuple(values)
    return tuple(value.casefold() if isinstance(value, str) else value for value in values)


def _shown(batch: Batch, row: Row, unique: Unique) -> str:
    if unique.fields == ("number_key",):
        return " ".join(filter(None, (row["number"], row["revision"])))
    texts = [row[name] for name in unique.fields if not name.endswith("_id")]
    shown = [str(text) for text in texts if text not in (None, "")]
    shown = shown or [named(batch.one(row, name)) for name in unique.fields if row[name] is not None]
    return ", ".join(shown)
