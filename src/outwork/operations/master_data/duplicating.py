"""Make parts like others: with their bill of materials, parameters, tests and notes, as far as asked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from outwork.ledger import rows as bulk
from outwork.models import BomLine, BomSubstitute, Parameter, Part, TestTemplate, User
from outwork.operations.master_data.batch import Batch
from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.writing import check_new, insert, lock_master_data, values_of
from outwork.operations.recording import Done, operation, record
from outwork.queries.settings import several
from outwork.rules.refusals import Reason, Reasons, declare, refuse
from outwork.rules.subjects import SubjectKind
from outwork.rules.texts import in_short

declare(
    original_unknown="There is no part {id} to copy",
)

ORIGINAL = "original"
# What a copy does not have from its original unless it is said: what tells parts apart, and what was done to that one.
_OWN = frozenset({"number", "revision", "revision_of", "is_locked", "is_active"})
Given = Mapping[str, Any]


@operation
def duplicate_parts(
    *,
    rows: Sequence[Given],
    actor: User,
    at: datetime.datetime,
    copy_bom: bool | None = None,
    copy_parameters: bool | None = None,
    copy_tests: bool | None = None,
    copy_notes: bool = True,
    key: str | None = None,
) -> Done:
    """Make a part like each `original` (a part or its id), with the other fields of the row instead; `ids` holds them.

    A copy has no number, revision or lock of its original. BOM (with substitutes), parameters and tests come along as
    PART_COPY_BOM, PART_COPY_PARAMETERS and PART_COPY_TESTS say, unless it is said here; the BOM only of what stays an
    assembly, tests only of what stays testable. A BOM that was validated is to be validated anew. Refuses
    original_unknown and what `create` refuses of parts and tests.
    """
    lock_master_data()
    originals = _originals(rows)
    noun = NOUNS[Part]
    batch = check_new(
        noun,
        [_merged(originals[index], row, copy_notes=copy_notes) for index, row in enumerate(rows)],
        at,
    )
    batch.reasons.raise_any()
    ids = insert(noun, batch)
    wanted = several("PART_COPY_BOM", "PART_COPY_PARAMETERS", "PART_COPY_TESTS")
    made = list(zip(ids, (one.pk for one in originals), batch.rows, strict=True))
    if _said(copy_bom, wanted["PART_COPY_BOM"]):
        _copy_bom([(pk, original) for pk, original, row in made if row["is_assembly"]])
    if _said(copy_parameters, wanted["PART_COPY_PARAMETERS"]):
        _copy_parameters([(pk, original) for pk, original, _ in made])
    if _said(copy_tests, wanted["PART_COPY_TESTS"]):
        _copy_tests([(pk, original, row.index) for pk, original, row in made if row["is_testable"]], at)
    copied = [{"id": pk, ORIGINAL: original} for pk, original, _ in made]
    document = [Part(pk=ids[0])] if len(ids) == 1 else []
    return Done(record("part.duplicated", *document, actor=actor, at=at, data={"rows": copied}).pk, ids)


def _said(asked: bool | None, setting: bool) -> bool:
    return setting if asked is None else asked


def _originals(rows: Sequence[Given]) -> list[Part]:
    """The part that each row copies; one statement."""
    if not rows:
        refuse("rows_missing", noun=NOUNS[Part].word)
    named = [getattr(row.get(ORIGINAL), "pk", row.get(ORIGINAL)) for row in rows]
    ids = [pk for pk in named if isinstance(pk, int) and not isinstance(pk, bool)]
    found: dict[Any, Part] = {part.pk: part for part in Part.objects.filter(pk__any=ids)}
    reasons = Reasons()
    for index, pk in enumerate(named):
        if pk not in found:
            reasons.add("original_unknown", id=in_short(pk), where=(index, ORIGINAL))
    reasons.raise_any()
    return [found[pk] for pk in named]


def _merged(original: Part, row: Given, *, copy_notes: bool) -> dict[str, Any]:
    """The fields of the original, with those of the row instead."""
    derived = NOUNS[Part].derived | _OWN | {ORIGINAL, "created_at"} | (frozenset() if copy_notes else {"note"})
    values = {
        field.name: getattr(original, field.attname)
        for field in Part._meta.concrete_fields
        if not field.primary_key and field.name not in derived
    }
    given = {name.removesuffix("_id"): value for name, value in row.items() if name != ORIGINAL}
    return {**values, **given}


def _copies(model: type[Model], name: str, made: Sequence[tuple[int, int]], **only: Any) -> list[tuple[int, Any]]:
    """(new owner, row of the original) for all rows that name an original; one statement."""
    copies: dict[int, list[int]] = {}
    for pk, original in made:
        copies.setdefault(original, []).append(pk)
    query = model._default_manager.filter(**{f"{name}__any": copies}, **only).order_by("pk")
    return [(pk, one) for one in query for pk in copies[getattr(one, name)]] if copies else []


def _write(model: type[Model], pairs: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[int]:
    """Write rows like others, with some values instead; two statements."""
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    ids = bulk.take_ids(model, len(pairs))
    bulk.insert(
        model,
        ("id", *names),
        [
            (pk, *(changed[name] if name in changed else getattr(one, name) for name in names))
            for pk, (one, changed) in zip(ids, pairs, strict=True)
        ],
    )
    return ids


def _copy_bom(made: Sequence[tuple[int, int]]) -> None:
    lines = _copies(BomLine, "assembly_id", made)
    ids = _write(BomLine, [(line, {"assembly_id": owner, "checksum": ""}) for owner, line in lines])
    stands_for = [(pk, line.pk) for pk, (_, line) in zip(ids, lines, strict=True)]
    substitutes = _copies(BomSubstitute, "bom_line_id", stands_for)
    _write(BomSubstitute, [(one, {"bom_line_id": line}) for line, one in substitutes])


def _copy_parameters(made: Sequence[tuple[int, int]]) -> None:
    said = _copies(Parameter, "subject_id", made, subject_kind=SubjectKind.PART.value)
    _write(Parameter, [(one, {"subject_id": owner}) for owner, one in said])


def _copy_tests(made: Sequence[tuple[int, int, int]], at: datetime.datetime) -> None:
    """Tests are checked like new ones: the copy may be a variant of a part that has them already."""
    tests = _copies(TestTemplate, "part_id", [(pk, original) for pk, original, _ in made])
    if not tests:
        return
    noun = NOUNS[TestTemplate]
    kept = [field.name for field in TestTemplate._meta.concrete_fields if field.name not in noun.derived | {"id"}]
    fresh = []
    for owner, test in tests:
        values = {name.removesuffix("_id"): value for name, value in values_of(noun, test).items()}
        fresh.append({**{name: values[name] for name in kept}, "part": owner})
    batch = check_new(noun, fresh, at)
    _raise_at(batch, {pk: index for pk, _, index in made}, [owner for owner, _ in tests])
    insert(noun, batch)


def _raise_at(batch: Batch, rows: Mapping[int, int], owners: Sequence[int]) -> None:
    """Refuse with the row of the request that the test was to be copied for."""
    moved = Reasons()
    for reason in batch.reasons.found:
        index = rows[owners[int(reason.where[0])]]
        moved.found.append(Reason(reason.code, reason.params, (index, "tests", *reason.where[1:])))
    moved.raise_any()
