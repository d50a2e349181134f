"""Measure on one database, in a process of its own, and print each figure as JSON; `run.py` starts it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.databases import database

if TYPE_CHECKING:
    from benchmarks.measuring import Figures


def main() -> None:
    """Tell the story at one size (lines x serial numbers), or do the readings; then say what it ran on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", help="1000x1000, readings, numbers or growth")
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as found:
        from benchmarks.readings import explode, trace
        from benchmarks.story import Story

        if options.what == "readings":
            for reading in (explode, trace):
                if options.only in reading.__name__:
                    _print(reading(options.runs))
        elif options.what == "numbers":
            from benchmarks.readings import numbers

            _print(numbers(found, options.runs))
        elif options.what == "growth":
            from benchmarks.growth import growth

            _print(growth(found, options.runs, options.only))
        else:
            lines, serials = (int(number) for number in options.what.split("x"))
            _print(Story(found, lines, serials, options.runs, options.only).tell())
        print(json.dumps({"python": platform.python_version(), "database": _version()}))


def _print(figures: Iterable[Figures]) -> None:
    for one in figures:
        print(json.dumps({**dataclasses.asdict(one), "ratio": one.ratio}), flush=True)


def _version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


if __name__ == "__main__":
    main()
