"""One of several is primary: of the supplier parts of a part, of the addresses of a company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from outwork.operations.master_data.batch import Batch, Check, Row
from outwork.rules.refusals import declare

declare(primary_twice="There is one primary {noun}; this request names two for the same {owner}")


def choose_primary(owner: str) -> Check:
    """The first one of an owner is primary, and a new primary takes the place of the old one."""

    def choose(batch: Batch) -> None:
        rows = [row for row in batch.changing("is_primary", f"{owner}_id") if row[f"{owner}_id"]]
        if not rows:
            return
        others = _others(batch, owner, rows)
        primary = _named_primary(batch, owner, rows)
        for row in rows:
            key = row[f"{owner}_id"]
            if key not in primary and not others[key]:
                row.values["is_primary"] = True
                primary[key] = row
            elif primary.get(key) is not row:
                row.values["is_primary"] = False
        batch.notes["with_a_new_primary"] = list(primary)
        was = {getattr(row.before, f"{owner}_id") for row in rows if row.before is not None and row.before.is_primary}
        batch.notes["without_a_primary"] = {key: [row.id for row in rows] for key in was - set(primary)}

    return choose


def _others(batch: Batch, owner: str, rows: Iterable[Row]) -> dict[int, set[int]]:
    """What else the owners have, by owner; one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    mine = {row.id for row in rows}
    query = batch.model._default_manager.filter(**{f"{owner}__any": {row[f"{owner}_id"] for row in rows}})
    for pk, key in query.values_list("pk", owner):
        if pk not in mine:
            found[key].add(pk)
    return found


def _named_primary(batch: Batch, owner: str, rows: Iterable[Row]) -> dict[int, Row]:
    primary: dict[int, Row] = {}
    for row in rows:
        key = row[f"{owner}_id"]
        if row["is_primary"] and ("is_primary" in row.given or row.before is None):
            if key in primary:
                noun = str(batch.model._meta.verbose_name)
                batch.refuse(row, "is_primary", "primary_twice", noun=noun, owner=owner)
            primary[key] = row
    return primary


def clear_primary(owner: str) -> Check:
    """Make room for the new primaries: the database allows one at any moment."""

    def clear(batch: Batch) -> None:
        if keys := batch.notes.get("with_a_new_primary"):
            batch.model._default_manager.filter(**{f"{owner}__any": keys}, is_primary=True).update(is_primary=False)

    return clear


def settle_primary(owner: str) -> Check:
    """Where the primary one was taken back or went elsewhere, the oldest of the others takes its place; two statements."""

    def settle(batch: Batch) -> None:
        left = batch.notes.get("without_a_primary")
        if left:
            _promote(batch.model, owner, left)

    return settle


def next_primary(owner: str) -> Any:
    """Where the primary one was removed, the oldest of the others takes its place; two statements."""

    def promote(removed: list[Any]) -> None:
        keys = {getattr(one, f"{owner}_id"): () for one in removed if one.is_primary}
        if keys:
            _promote(type(removed[0]), owner, keys)

    return promote


def _promote(model: type[Model], owner: str, keys: dict[int, Any]) -> None:
    """Make the oldest one of each owner primary, rather one that is not among those named."""
    first: dict[int, tuple[bool, int]] = {}
    for pk, key in model._default_manager.filter(**{f"{owner}__any": keys}).values_list("pk", owner):
        rank = (pk in keys[key], pk)
        first[key] = min(first.get(key, rank), rank)
    if first:
        model._default_manager.filter(pk__any=[pk for _, pk in first.values()]).update(is_primary=True)
