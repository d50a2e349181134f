"""Create, change and remove rows of master data, any number at once, each noun by its rules in the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

from outwork.ledger import rows as bulk
from outwork.models import Event, User
from outwork.models.subject import OnSubject
from outwork.operations.master_data.batch import Batch, Row, named
from outwork.operations.master_data.nouns import Noun, Turn
from outwork.operations.master_data.reading import Reader
from outwork.operations.master_data.references import check_references, release
from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.unique import check_unique
from outwork.operations.recording import Done, operation, record
from outwork.queries.subjects import MODELS
from outwork.rules.refusals import Reasons, declare, refuse

declare(
    row_named_twice="{noun} {id} stands twice in this request",
    row_id_invalid="A row of a change names the id of its {noun}",
)

Given = Mapping[str, Any]
# Master data change seldom and take milliseconds; one after the other they cannot make a cycle together.
_LOCK = 6_811_204_317


@operation
def create(
    *, model: type[Model], rows: Sequence[Given], actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Create rows, given as {field: value}; what they refer to is given as an id or an object. `ids` is in their order.

    Refuses unknown fields, values that a field cannot hold, what exists already, and what the noun's checks
    refuse, with the row and field of each reason. The number of statements does not depend on that of rows.
    """
    noun = NOUNS[model]
    lock_master_data()
    batch = check_new(noun, rows, at)
    batch.reasons.raise_any()
    ids = insert(noun, batch)
    values = [{**row.values, "id": pk} for row, pk in zip(batch.rows, ids, strict=True)]
    event = record(_kind(noun, "created"), *documents_of(noun, values), actor=actor, at=at, data={"ids": ids})
    _follow(noun, values, event)
    note(noun, [(None, one) for one in values], event)
    return Done(event.pk, ids)


@operation
def change(
    *, model: type[Model], rows: Sequence[Given], actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Change rows, given as {"id": ..., field: value}; fields that are not named stay. Refuses as `create` does.

    The event keeps what each changed field was and became; a row that is as asked for already is left alone.
    """
    noun = NOUNS[model]
    lock_master_data()
    batch = check_changed(noun, rows, at)
    batch.reasons.raise_any()
    changed = {row.id: differences(row) for row in batch.rows}
    update(noun, batch)
    before = [values_of(noun, row.before) for row in batch.rows]
    data = {"rows": [{"id": pk, **values} for pk, values in changed.items() if values]}
    event = record(_kind(noun, "changed"), *documents_of(noun, before), actor=actor, at=at, data=data)
    after = [{**was, **row.values} for was, row in zip(before, batch.rows, strict=True)]
    _follow(noun, after, event)
    note(noun, list(zip(before, after, strict=True)), event)
    return Done(event.pk, [row.before.pk for row in batch.rows])


@operation
def remove(
    *, model: type[Model], ids: Sequence[int], actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Remove rows that nothing refers to; the event keeps what they were.

    Refuses row_unknown, still_referred_to (with what refers to it, and how many), and what the noun says.
    """
    noun = NOUNS[model]
    lock_master_data()
    reasons = Reasons()
    before = _standing(noun, list(ids), reasons)
    batch = Batch(model, [Row(index, before[pk], {}) for index, pk in enumerate(ids) if pk in before], at, reasons)
    batch.load()
    for check in noun.removal:
        check(batch)
    check_references(batch)
    reasons.raise_any()
    gone = [values_of(noun, row.before) for row in batch.rows]
    delete(noun, [row.before for row in batch.rows])
    kept = [{"name": named(row.before), **_plain(values)} for row, values in zip(batch.rows, gone, strict=True)]
    documents = [one for one in documents_of(noun, gone) if type(one) is not model]
    event = record(_kind(noun, "removed"), *documents, actor=actor, at=at, data={"rows": kept})
    _follow(noun, gone, event)
    note(noun, [(one, None) for one in gone], event)
    return Done(event.pk, list(ids))


def note(noun: Noun, turns: Sequence[Turn], event: Event) -> None:
    """Keep what the noun keeps of changes beside the event."""
    for keep in noun.noted:
        keep(turns, event)


def _follow(noun: Noun, values: Sequence[Given], event: Event) -> None:
    for follow in noun.followed:
        follow(values, event)


def lock_master_data() -> None:
    """Let one change of master data at a time go on to its end (SQLite has one writer anyway)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def check_new(noun: Noun, given: Sequence[Given], at: datetime.datetime) -> Batch:
    """Read and check rows that are to be made; the reasons are in the batch."""
    if not given:
        refuse("rows_missing", noun=noun.word)
    batch = Batch(noun.model, [], at)
    reader = Reader(noun, batch.reasons)
    for index, one in enumerate(given):
        values, bad = reader.read(index, one)
        said = frozenset(values)
        reader.complete(index, values, bad)
        batch.rows.append(Row(index, None, values, said, frozenset(bad)))
    _check(noun, batch)
    return batch


def check_changed(noun: Noun, given: Sequence[Given], at: datetime.datetime) -> Batch:
    """Read and check what is asked of rows that stand, which are locked; the reasons are in the batch."""
    if not given:
        refuse("rows_missing", noun=noun.word)
    batch = Batch(noun.model, [], at)
    before = _standing(noun, [one.get("id") for one in given], batch.reasons)
    reader = Reader(noun, batch.reasons)
    for index, one in enumerate(given):
        values, bad = reader.read(index, {name: value for name, value in one.items() if name != "id"})
        row = before.get(one.get("id"))
        if row is not None:
            differing = {name: value for name, value in values.items() if getattr(row, name) != value}
            _refuse_fixed(noun, batch, index, differing)
            batch.rows.append(Row(index, row, differing, frozenset(values), frozenset(bad)))
    _check(noun, batch)
    return batch


def _refuse_fixed(noun: Noun, batch: Batch, index: int, differing: Mapping[str, Any]) -> None:
    for name in differing:
        field = noun.model._meta.get_field(name).name
        if field in noun.fixed:
            batch.reasons.add("field_fixed", noun=noun.word, field=field, where=(index, field))


def _standing(noun: Noun, ids: Sequence[Any], reasons: Reasons) -> dict[Any, Any]:
    """The rows of these ids, locked; one statement."""
    if not ids:
        refuse("rows_missing", noun=noun.word)
    wanted: dict[int, int] = {}
    for index, pk in enumerate(ids):
        if not isinstance(pk, int) or isinstance(pk, bool) or not 0 < pk < 2**63:
            reasons.add("row_id_invalid", noun=noun.word, where=(index, "id"))
        elif pk in wanted:
            reasons.add("row_named_twice", noun=noun.word, id=pk, where=(index, "id"))
        else:
            wanted[pk] = index
    query = noun.model._default_manager.select_for_update(no_key=True).filter(pk__any=wanted)
    found = {one.pk: one for one in query.order_by("pk")}
    for pk, index in wanted.items():
        if pk not in found:
            reasons.add("row_unknown", noun=noun.word, id=pk, where=(index, "id"))
    return found


def _check(noun: Noun, batch: Batch) -> None:
    batch.load()
    for check in noun.checks:
        check(batch)
    check_unique(batch, noun)


def insert(noun: Noun, batch: Batch) -> list[int]:
    """Write the checked new rows; gives their ids."""
    for write in noun.before:
        write(batch)
    ids = bulk.take_ids(noun.model, len(batch.rows))
    names = [
        field.attname
        for field in noun.model._meta.concrete_fields
        if not field.primary_key and any(field.attname in row.values for row in batch.rows)
    ]
    is_dated = any(field.name == "created_at" for field in noun.model._meta.concrete_fields)
    dated = ("created_at",) if is_dated else ()
    bulk.insert(
        noun.model,
        ("id", *names, *dated),
        [
            (pk, *(row.values.get(name) for name in names), *(batch.at for _ in dated))
            for pk, row in zip(ids, batch.rows, strict=True)
        ],
    )
    for write in noun.after:
        write(batch)
    return ids


def update(noun: Noun, batch: Batch) -> None:
    """Write what differs in the checked rows."""
    for write in noun.before:
        write(batch)
    changed = [row for row in batch.rows if row.values]
    names = sorted({name for row in changed for name in row.values})
    bulk.update(noun.model, names, [(row.before.pk, *(row[name] for name in names)) for row in changed])
    for write in noun.after:
        write(batch)


def delete(noun: Noun, gone: Sequence[Any]) -> None:
    """Delete rows that nothing refers to, with what lives only with them."""
    ids = [one.pk for one in gone]
    release(noun.model, ids)
    bulk.delete(noun.model, ids)
    for write in noun.after_removal:
        write(list(gone))


def _kind(noun: Noun, done: str) -> str:
    return f"{noun.word.lower().replace(' ', '_')}.{done}"


def documents_of(noun: Noun, values: Sequence[Given]) -> list[Model]:
    """What the rows belong to, where all of them belong to one."""
    found = []
    for model, name in noun.documents:
        ids = {one.get(name) for one in values}
        only = next(iter(ids)) if len(ids) == 1 else None
        if only is not None:
            found.append(model(pk=only))
    return [*found, *(_subject(values) if issubclass(noun.model, OnSubject) else ())]


def _subject(values: Sequence[Given]) -> list[Model]:
    """What all of the rows hang on, if it is one thing."""
    subjects = {(one["subject_kind"], one["subject_id"]) for one in values}
    return [MODELS[kind](pk=pk) for kind, pk in subjects] if len(subjects) == 1 else []


def values_of(noun: Noun, one: Any) -> dict[str, Any]:
    """All fields of a row by attribute name."""
    return {field.attname: getattr(one, field.attname) for field in noun.model._meta.concrete_fields}


def differences(row: Row) -> dict[str, list[Any]]:
    """What each field of a row was and becomes, as an event keeps it."""
    return {
        name: [_simple(getattr(row.before, name)), _simple(value)]
        for name, value in row.values.items()
        if getattr(row.before, name) != value
    }


def _plain(values: Given) -> dict[str, Any]:
    return {name: _simple(value) for name, value in values.items()}


def _simple(value: Any) -> Any:
    """A value as an event keeps it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value
