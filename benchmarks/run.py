"""Measure the operations on both databases and print a table: `make bench`, or `python -m benchmarks.run --help`.

SQLite is a file in write-ahead mode in a temporary folder; PostgreSQL is the server in DATABASE_URL, on which a database
is made and dropped, or a private one. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# BOM lines x serial numbers. What depends on the lines is read in the first three, what on the units in the others.
SIZES = ["20x1000", "200x1000", "1000x1000", "20x20", "20x200"]
READINGS = ["readings", "numbers"]
GROWTH = "growth"  # minutes, and a gigabyte of disk: asked for by name


def main() -> int:
    """Measure, print, and write the JSON if asked."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    parser.add_argument(
        "--size", action="append", help="lines x serial numbers, as 1000x1000, or readings, numbers, growth"
    )
    parser.add_argument("--only", default="", help="measure only operations whose name has this in it")
    parser.add_argument("--runs", type=int, default=5, help="of how many runs to take the median (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too; - is the output")
    options = parser.parse_args()
    quiet = options.json == Path("-")
    found: dict[str, Any] = {"machine": machine(), "databases": {}, "figures": []}
    for database in options.database or ["sqlite", "postgresql"]:
        figures, version = measure(database, options.size or [*SIZES, *READINGS], options.only, options.runs)
        found["databases"][database] = version["database"]
        found["figures"] += [{"database": database, **one} for one in figures]
        if not quiet:
            print(table(f"{version['database']}, Python {version['python']}", figures))
    if quiet:
        print(json.dumps(found, indent=1))
    elif options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(database: str, sizes: list[str], only: str, runs: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The figures of one database, and the versions it was measured with."""
    program = [sys.executable, "-m", "benchmarks.measure", "--runs", str(runs), "--only", only]
    environment = dict(os.environ)
    if database == "sqlite":
        environment.pop("DATABASE_URL", None)
    else:
        program = [sys.executable, str(ROOT / "tests" / "postgres.py"), *program]
    figures, version = [], {}
    for size in sizes:
        done = subprocess.run(
            [*program, size], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        *lines, last = map(json.loads, done.stdout.splitlines())
        figures += lines
        version = last
    return figures, version


def table(title: str, figures: list[dict[str, Any]]) -> str:
    """The figures as plain text, times in milliseconds."""
    head = ("operation", "lines", "units", "SQL", "rows", "CPU", "wall", "floor CPU", "floor wall", "ratio")
    rows = [head]
    for one in figures:
        floor = one["floor"] or {}
        what = (
            one["operation"],
            *(str(one[name]) for name in ("lines", "serials", "statements")),
            str(one["rows"] or "-"),
        )
        times = (_time(part.get(kind)) for part in (one["cost"], floor) for kind in ("cpu", "wall"))
        rows.append((*what, *times, "-" if one["ratio"] is None else f"{one['ratio']:.1f}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" if place == 0 else f"{cell:>{width}}" for place, (cell, width) in enumerate(row))
        for row in (list(zip(cells, widths, strict=True)) for cells in rows)
    ]
    return "\n".join([f"\n{title}: milliseconds", lines[0], "-" * len(lines[0]), *lines[1:]])


def _time(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:.0f}"


def machine() -> dict[str, Any]:
    """What it was measured on; nothing that names the machine."""
    model = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return {"cores": os.cpu_count(), "cpu": model, "system": platform.system()}


if __name__ == "__main__":
    sys.exit(main())
