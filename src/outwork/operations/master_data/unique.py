"""What no two rows share: checked against what stands and within the request, before the constraint does."""

from __future__ import annotations

from typing import Any

from outwork.operations.master_data.batch import Batch, Row
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
        keys = [(row, tuple(row[name] for name in unique.fields)) for row in rows]
        keys = [(row, key) for row, key in keys if unique.nulls or None not in key]
        wanted = {row[unique.by] for row, _ in keys}
        if not wanted:
            continue
        query = batch.model._default_manager.filter(**{f"{unique.by}__any": wanted}).order_by()
        standing: dict[Any, int] = {
            key: pk for pk, *key in query.values_list("pk", *unique.fields) for key in [tuple(key)]
        }
        _compare(batch, noun, unique, keys, standing)


def _compare(
    batch: Batch, noun: Noun, unique: Unique, keys: list[tuple[Row, tuple[Any, ...]]], standing: dict[Any, int]
) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row, key in keys:
        if row.before is not None and standing.get(key) == row.id:
            continue
        if key in standing:
            batch.refuse(row, unique.fields[-1], unique.code, noun=noun.word, shown=_shown(row, unique))
        elif key in seen:
            params = {"noun": noun.word, "other": seen[key] + 1, "shown": _shown(row, unique)}
            batch.refuse(row, unique.fields[-1], "twice_in_request", **params)
        seen.setdefault(key, row.index)


def _shown(row: Row, unique: Unique) -> str:
    if unique.fields == ("number_key",):
        return " ".join(filter(None, (row["number"], row["revision"])))
    texts = [row[name] for name in unique.fields if not name.endswith("_id")]
    return ", ".join(str(text) for text in texts if text not in (None, ""))
