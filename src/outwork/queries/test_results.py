"""Tests of units: which each has to go through, and what came out by now."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from outwork.models import BuildOutput
from outwork.rules.states import OutputState

_STARTS = {"sqlite": "SELECT value AS id FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[]) AS id"}

# The tests of each item's part and of the parts it is a variant of, each with the latest result. What was tested before
# units were split off counts for them as well; what was tested of the rest afterwards does not.
_MATRIX = """
WITH RECURSIVE wanted (id) AS ({starts}),
family (item_id, part_id) AS (
    SELECT item.id, item.part_id FROM wanted JOIN outwork_stockitem AS item ON item.id = wanted.id
    UNION
    SELECT family.item_id, part.variant_of_id
    FROM family JOIN outwork_part AS part ON part.id = family.part_id
    WHERE part.variant_of_id IS NOT NULL
),
lot (item_id, id, until) AS (
    SELECT wanted.id, wanted.id, CAST(NULL AS bigint) FROM wanted
    UNION ALL
    SELECT lot.item_id, item.split_from_id,
           (SELECT MIN(moved.event_id) FROM outwork_movement AS moved
            WHERE moved.target_item_id = item.id AND moved.source_item_id = item.split_from_id)
    FROM lot JOIN outwork_stockitem AS item ON item.id = lot.id
    WHERE item.split_from_id IS NOT NULL
),
latest (item_id, template_id, id) AS (
    SELECT lot.item_id, result.template_id, MAX(result.id)
    FROM lot JOIN outwork_testresult AS result ON result.item_id = lot.id
    WHERE lot.until IS NULL OR result.event_id < lot.until
    GROUP BY lot.item_id, result.template_id
)
SELECT family.item_id, template.id, template.key, template.name, template.is_required,
       template.needs_value, template.needs_attachment,
       result.id, result.passed, result.value, result.note, result.station, result.tested_at,
       EXISTS (SELECT 1 FROM outwork_attachment AS file
               WHERE file.subject_kind = 'test result' AND file.subject_id = result.id)
FROM family
JOIN outwork_testtemplate AS template ON template.part_id = family.part_id AND template.is_active
LEFT JOIN latest ON latest.item_id = family.item_id AND latest.template_id = template.id
LEFT JOIN outwork_testresult AS result ON result.id = latest.id
ORDER BY family.item_id, template.id
"""

_OF_PARTS = """
WITH RECURSIVE family (start_id, part_id) AS (
    SELECT start.id, start.id FROM ({starts}) AS start
    UNION
    SELECT family.start_id, part.variant_of_id
    FROM family JOIN outwork_part AS part ON part.id = family.part_id
    WHERE part.variant_of_id IS NOT NULL
)
SELECT family.start_id, template.id
FROM family JOIN outwork_testtemplate AS template ON template.part_id = family.part_id AND template.is_active
ORDER BY family.start_id, template.id
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of one item; `passed` is None where it was not done yet."""

    item_id: int
    template_id: int
    key: str
    name: str
    is_required: bool
    needs_value: bool
    needs_attachment: bool
    result_id: int | None
    passed: bool | None
    value: str
    note: str
    station: str
    tested_at: datetime.datetime | None
    has_attachment: bool

    @property
    def lacks(self) -> str:
        """What keeps the unit from having passed: "missing", "failed", "without its file"; empty if nothing does."""
        if self.passed is None:
            return "missing"
        if not self.passed:
            return "failed"
        return "without its file" if self.needs_attachment and not self.has_attachment else ""


def matrix(item_ids: Iterable[int]) -> dict[int, list[Cell]]:
    """Every test of every item with its latest result, by item; one statement. Items without tests are left out."""
    found: dict[int, list[Cell]] = defaultdict(list)
    for row in _rows(_MATRIX, item_ids):
        found[row[0]].append(_cell(row))
    return dict(found)


def _cell(row: tuple[Any, ...]) -> Cell:
    item_id, template_id, key, name, required, with_value, with_file, result_id, passed, *others = row
    value, note, station, tested_at, has_file = others
    return Cell(
        item_id=item_id,
        template_id=template_id,
        key=key,
        name=name,
        is_required=bool(required),
        needs_value=bool(with_value),
        needs_attachment=bool(with_file),
        result_id=result_id,
        passed=None if passed is None else bool(passed),
        value=value or "",
        note=note or "",
        station=station or "",
        tested_at=_time(tested_at),
        has_attachment=bool(has_file),
    )


def unmet(item_ids: Iterable[int]) -> dict[int, list[str]]:
    """By item, its required tests that were not passed, as "Leak test missing"; one statement."""
    lacking = {
        item_id: [f"{one.name} {one.lacks}" for one in cells if one.is_required and one.lacks]
        for item_id, cells in matrix(item_ids).items()
    }
    return {item_id: tests for item_id, tests in lacking.items() if tests}


def templates_of(part_ids: Iterable[int]) -> dict[int, list[int]]:
    """The active tests of parts, those of what they are variants of included, by part; one statement."""
    found: dict[int, list[int]] = defaultdict(list)
    for part_id, template_id in _rows(_OF_PARTS, part_ids):
        found[part_id].append(template_id)
    return dict(found)


@dataclass(frozen=True, slots=True)
class UnitWithTests:
    """A unit of a build and its tests."""

    output_id: int
    item_id: int
    serial: str | None
    batch: str
    state: int
    cells: list[Cell]


def units_with_tests(build_id: int) -> list[UnitWithTests]:
    """The units of a build, each with its tests in one order; two statements."""
    columns = ("pk", "item", "item__serial", "item__batch", "state")
    outputs = BuildOutput.objects.filter(build=build_id, item__isnull=False).exclude(state=OutputState.WITHDRAWN)
    found = list(outputs.order_by("item__serial_number", "pk").values_list(*columns))
    cells = matrix(row[1] for row in found if row[1] is not None)
    return [
        UnitWithTests(output_id, item_id, serial, batch, state, cells.get(item_id, []))
        for output_id, item_id, serial, batch, state in found
        if item_id is not None
    ]


def _rows(sql: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    wanted = sorted(set(ids))
    given = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(sql.format(starts=_STARTS[connection.vendor]), [given])
        return cursor.fetchall()


def _time(value: Any) -> datetime.datetime | None:
    """A time as the database gives it: SQLite keeps no zone, only UTC."""
    time = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    return time.replace(tzinfo=datetime.UTC) if time is not None and time.tzinfo is None else time
