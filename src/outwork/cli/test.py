"""Tests of units on the command line: record results, one or a table of many, and show how units stand."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.options import build_argument, note_option
from outwork.cli.output import print_json
from outwork.cli.tables import several, table
from outwork.models import StockItem
from outwork.operations.testing import Result, record_results
from outwork.queries.naming import build_named, part_named
from outwork.queries.test_results import UnitWithTests, units_with_tests
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OutputState

declare(
    tested_unit_unknown="{part} has no unit {serial}",
    test_outcome_unknown="{outcome} is neither pass nor fail",
    test_columns_missing="The table has no column {columns}",
)

_OUTCOMES = {
    "pass": True,
    "passed": True,
    "yes": True,
    "1": True,
    "fail": False,
    "failed": False,
    "no": False,
    "0": False,
}
_NEEDED = ("serial", "test", "result")


@click.group("test")
def command() -> None:
    """Tests of units: record results and see what is missing. Which tests there are: outwork test-template."""


@command.command("record")
@click.argument("part", metavar="PART")
@click.argument("what", nargs=-1, metavar="[SERIAL TEST pass|fail]")
@click.option("--value", default="", metavar="TEXT", help="What was measured.")
@click.option("--station", default="", metavar="TEXT", help="Where it was tested.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV table with the columns serial, test, result, and if need be value, note, station.",
)
@note_option
@doing
def record(
    asked: Asked, part: str, what: tuple[str, ...], value: str, station: str, path: Path | None, note: str
) -> Answer:
    """Record the result of one test of a unit, or of a whole table. The latest result counts."""
    if (path is None) == (len(what) != 3) or (path is not None and what):
        raise click.UsageError("Name SERIAL TEST pass|fail, or a table with --file.")
    named = part_named(part)
    if path is None:
        rows: list[Mapping[str, str]] = [
            {"serial": what[0], "test": what[1], "result": what[2], "value": value, "note": note, "station": station}
        ]
    else:
        rows = list(_table(path))
    done = record_results(results=_results(named.pk, named.label, rows), note=note, **asked)
    failed = done.data["failed"]
    ending = f", {failed} failed" if failed else ", all passed"
    return Answer(done, f"Recorded {several(len(done.ids), 'result')} of {named.label}{ending}.")


def _table(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            reasons = Reasons()
            reasons.add("test_columns_missing", columns=missing, where=("file",))
            reasons.raise_any()
        for row in reader:
            yield {name: text or "" for name, text in row.items() if name}


def _results(part_id: int, label: str, rows: list[Mapping[str, str]]) -> list[Result]:
    """The rows as results; every unknown unit or outcome is refused at once. One statement."""
    serials = {row["serial"].strip() for row in rows}
    found = StockItem.objects.filter(part=part_id, serial__any=serials).exclude(place=PlaceKind.GONE)
    items = dict(found.values_list("serial", "pk"))
    reasons, results = Reasons(), []
    for index, row in enumerate(rows):
        serial, outcome = row["serial"].strip(), row["result"].strip().lower()
        if serial not in items:
            reasons.add("tested_unit_unknown", part=label, serial=serial, where=(index, "serial"))
        elif outcome not in _OUTCOMES:
            reasons.add("test_outcome_unknown", outcome=row["result"], where=(index, "result"))
        else:
            value, note, station = (row.get(name, "").strip() for name in ("value", "note", "station"))
            test, passed = row["test"].strip(), _OUTCOMES[outcome]
            results.append(Result(items[serial], test, passed=passed, value=value, note=note, station=station))
    reasons.raise_any()
    return results


@command.command("show")
@build_argument
@reading
def show(build: str, as_json: bool) -> None:
    """Show the units of a build with their tests: what passed, failed, or is missing."""
    found = build_named(build)
    units = units_with_tests(found.pk)
    if as_json:
        print_json([_as_data(one) for one in units])
        return
    names = list(dict.fromkeys(cell.name for one in units for cell in one.cells))
    rows = []
    for one in units:
        cells = {cell.name: cell for cell in one.cells}
        texts = [(cells[name].lacks or "passed") if name in cells else None for name in names]
        rows.append((one.serial or one.batch or f"output {one.output_id}", OutputState(one.state).word, *texts))
    for line in table(("unit", "state", *names), rows) or [f"{found.reference} has no units yet."]:
        click.echo(line)


def _as_data(unit: UnitWithTests) -> dict[str, Any]:
    return {
        "output": unit.output_id,
        "item": unit.item_id,
        "serial": unit.serial,
        "batch": unit.batch,
        "state": OutputState(unit.state).word,
        "tests": [
            {
                "test": cell.name,
                "required": cell.is_required,
                "passed": cell.passed,
                "lacks": cell.lacks,
                "value": cell.value,
                "note": cell.note,
                "station": cell.station,
                "result": cell.result_id,
                "at": cell.tested_at,
            }
            for cell in unit.cells
        ],
    }
