"""Record what tests of units brought, one by one or a table of many."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from outwork.ledger import rows as bulk
from outwork.models import Part, StockItem, TestResult, TestTemplate, User
from outwork.operations.master_data.testing import test_key
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.test_results import templates_of
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Reasons, declare

declare(
    test_unknown="{part} has no test {test}; it has {known}",
    test_value_missing="{test} of {unit} needs a value",
    test_value_not_a_choice="{test} of {unit} is one of {choices}, not {value}",
    test_times_reversed="{test} of {unit} ended before it started",
)

_COLUMNS = (
    "id",
    "item_id",
    "template_id",
    "passed",
    "value",
    "note",
    "station",
    "started_at",
    "finished_at",
    "tested_at",
    "tested_by_id",
    "event_id",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a test of one item brought. `test` is the template's id, its name or its key ("Leak Test" is leaktest)."""

    item: int
    test: int | str
    passed: bool
    value: str = ""
    note: str = ""
    station: str = ""
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None


@operation
def record_results(
    *, results: Sequence[Result], actor: User, at: datetime.datetime, note: str = "", key: str | None = None
) -> Done:
    """Record test results; `ids` holds them in the order given. The latest of an item and test counts.

    A result is never changed: test again. Files are attached to a result afterwards. Refuses rows_missing, item_unknown,
    item_gone, test_unknown, test_value_missing, test_value_not_a_choice, test_times_reversed, time_without_zone, long
    texts.
    """
    reasons = Reasons()
    if not results:
        reasons.add("rows_missing")
    items = StockItem.objects.filter(pk__any=[one.item for one in results]).select_related("part")
    known = {item.pk: item for item in items}
    tests = _tests_of({item.part_id for item in known.values()})
    read = [_read(one, index, known, tests, reasons) for index, one in enumerate(results)]
    reasons.raise_any()

    event = record("tests.recorded", *_documents(known), actor=actor, at=at, reason=note)
    ids = bulk.take_ids(TestResult, len(results))
    made = [
        (
            *(pk, one.item, template.pk, one.passed, one.value.strip(), one.note, one.station),
            *(one.started_at, one.finished_at, one.finished_at or at, actor.pk, event.pk),
        )
        for pk, one, template in zip(ids, results, read, strict=True)
        if template is not None
    ]
    bulk.insert(TestResult, _COLUMNS, made)
    failed = sum(not one.passed for one in results)
    return Done(event.pk, ids, data={"failed": failed})


def _tests_of(part_ids: set[int]) -> dict[int, dict[int | str, TestTemplate]]:
    """The tests of parts by id and by key; two statements."""
    of_part = templates_of(part_ids)
    wanted = {pk for ids in of_part.values() for pk in ids}
    templates = TestTemplate.objects.filter(pk__any=wanted).in_bulk() if wanted else {}
    found: dict[int, dict[int | str, TestTemplate]] = {}
    for part_id, ids in of_part.items():
        mine = [templates[pk] for pk in ids]
        found[part_id] = {**{one.pk: one for one in mine}, **{one.key: one for one in mine}}
    return found


def _read(
    row: Result,
    index: int,
    known: dict[int, StockItem],
    tests: dict[int, dict[int | str, TestTemplate]],
    reasons: Reasons,
) -> TestTemplate | None:
    item = known.get(row.item)
    if item is None:
        reasons.add("item_unknown", item=row.item, where=(index, "item"))
        return None
    if item.place == PlaceKind.GONE:
        reasons.add("item_gone", item=row.item, where=(index, "item"))
    mine = tests.get(item.part_id, {})
    template = mine.get(row.test if isinstance(row.test, int) else test_key(row.test))
    if template is None:
        names = sorted({one.name for one in mine.values()}) or ["none"]
        reasons.add("test_unknown", part=item.part.label, test=row.test, known=names, where=(index, "test"))
        return None
    about: dict[str, Any] = {"test": template.name, "unit": item.serial or item.batch or f"item {item.pk}"}
    if template.needs_value and not row.value.strip():
        reasons.add("test_value_missing", **about, where=(index, "value"))
    elif template.choices and row.value.strip() and row.value.strip() not in template.choices:
        choices = list(template.choices)
        reasons.add("test_value_not_a_choice", **about, choices=choices, value=row.value, where=(index, "value"))
    _check_times(row, index, about, reasons)
    texts = {"value": row.value, "note": row.note, "station": row.station}
    check_texts(TestResult, texts, reasons, where=(index,))
    return template


def _check_times(row: Result, index: int, about: dict[str, Any], reasons: Reasons) -> None:
    times = {"started_at": row.started_at, "finished_at": row.finished_at}
    naive = [name for name, time in times.items() if time is not None and time.tzinfo is None]
    for name in naive:
        reasons.add("time_without_zone", at=str(times[name]), where=(index, name))
    if not naive and row.started_at and row.finished_at and row.started_at > row.finished_at:
        reasons.add("test_times_reversed", **about, where=(index, "finished_at"))


def _documents(items: dict[int, StockItem]) -> list[models.Model]:
    """What the event is about: the item where it is one, the part where all are of one."""
    parts: dict[int, Part] = {item.part_id: item.part for item in items.values()}
    one_item = list(items.values()) if len(items) == 1 else []
    return [*one_item, *(parts.values() if len(parts) == 1 else [])]
