"""The big readings: a product of five levels and ten thousand lines exploded, and a unit traced through five levels."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from benchmarks.databases import Database
from benchmarks.measuring import Figures, measure_reading
from benchmarks.story import AT, Story
from outwork.ledger import rows
from outwork.models import BomLine, Build, Part, StockItem, User
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_build import create_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.queries.bom import explosion
from outwork.queries.build_explained import explained
from outwork.queries.line_numbers import bom_numbers, build_line_numbers, can_build_of
from outwork.queries.naming import build_named
from outwork.queries.part_numbers import part_numbers
from outwork.queries.to_order import plan
from outwork.queries.trace import every_lot, trace_down

LEVELS = 5
ASSEMBLIES_UP_TO = (0, 1, 5, 20, 50, 100)  # level by level; each has a hundred lines
LEAVES, LINES = 2000, 100
UNITS, COMPONENTS = 20, 40


def explode(runs: int) -> Iterator[Figures]:
    """Explode a product whose sub-assemblies are shared: a path for each would be millions."""
    assemblies = _parts("A", ASSEMBLIES_UP_TO[-1], is_assembly=True)
    leaves = _parts("L", LEAVES)
    lines = []
    for level in range(LEVELS):
        below = assemblies[slice(*ASSEMBLIES_UP_TO[level + 1 : level + 3])] if level + 1 < LEVELS else []
        for number, assembly in enumerate(assemblies[slice(*ASSEMBLIES_UP_TO[level : level + 2])]):
            parts = below + [leaves[(number * 37 + step) % LEAVES] for step in range(LINES - len(below))]
            lines += [(assembly, part, place, Decimal(2)) for place, part in enumerate(parts)]
    rows.insert(BomLine, ("assembly_id", "part_id", "position", "quantity"), lines)
    top = Part.objects.get(pk=assemblies[0])
    name = f"explode {LEVELS} levels"
    yield measure_reading(name, lambda: explosion(top, 100), lines=len(lines), serials=0, runs=runs)


def trace(runs: int) -> Iterator[Figures]:
    """Trace a unit down whose sub-assembly has a sub-assembly, five levels deep; each was built with many components."""
    by: dict[str, Any] = {"actor": User.objects.create(username="tracer", is_superuser=True), "at": AT}
    assemblies = _parts("T", LEVELS, is_assembly=True, is_trackable=True)
    leaves = _parts("C", COMPONENTS)
    add_stock(rows=[NewStock(leaf, 10_000, batch=f"lot {leaf}", value="0.01") for leaf in leaves], **by)
    for level, assembly in reversed(list(enumerate(assemblies))):
        below = assemblies[level + 1 : level + 2]
        bom = [(assembly, part, place, Decimal(1)) for place, part in enumerate([*below, *leaves])]
        rows.insert(BomLine, ("assembly_id", "part_id", "position", "quantity"), bom)
        build = Build.objects.get(pk=create_build(part=Part(pk=assembly), quantity=UNITS, **by).ids[0])
        made = make_outputs(build=build, units=UNITS, serials=f"1-{UNITS}", **by)
        if below:
            _install(build, below[0], made.ids, by)
        auto_allocate(build=build, interchangeable=True, **by)
        accept_outputs(build=build, decisions=[Decision(one) for one in made.ids], **by)
        finish_build(build=build, **by)
    unit = StockItem.objects.get(part=assemblies[0], serial="1")
    assert len(every_lot(trace_down(unit))) >= COMPONENTS
    lines = LEVELS * (COMPONENTS + 1) - 1
    yield measure_reading(f"trace {LEVELS} levels", lambda: trace_down(unit), lines=lines, serials=UNITS, runs=runs)


def numbers(database: Database, runs: int) -> Iterator[Figures]:
    """The numbers people look at, of a build of a thousand lines of which nothing is allocated yet."""
    story = Story(database, 1000, 100, runs)
    story.prepare()
    story.create()
    story.build = Build.objects.get()
    story.ordered()
    build, today = story.build.pk, datetime.date(2026, 3, 2)
    parts = list(Part.objects.values_list("pk", flat=True))
    calls: dict[str, Callable[[], Any]] = {
        "numbers of parts": lambda: part_numbers(parts, today=today),
        "numbers of build lines": lambda: build_line_numbers([build], today=today),
        "numbers of BOM lines": lambda: bom_numbers(story.part, 100, today=today),
        "how many can be built": lambda: can_build_of([story.part.pk], today=today),
        "what is to be ordered": lambda: plan(today=today),
        "explain a build": lambda: explained(build_named("BO-0001"), today=today),
    }
    for name, call in calls.items():
        yield measure_reading(name, call, lines=1000, serials=100, runs=runs)


def _install(build: Build, part: int, outputs: list[int], by: dict[str, Any]) -> None:
    """Mean one unit of a sub-assembly for each output."""
    line = build.lines.get(part=part)
    units = StockItem.objects.filter(part=part).order_by("pk").values_list("pk", flat=True)
    takes = [Take(line.pk, item, 1, output) for item, output in zip(units, outputs, strict=True)]
    allocate(build=build, takes=takes, **by)


def _parts(letter: str, count: int, **flags: bool) -> list[int]:
    ids = rows.take_ids(Part, count)
    names = [f"{letter}-{number:04}" for number in range(count)]
    columns = ("id", "number", "name", "created_at", *flags)
    rows.insert(Part, columns, [(pk, name, name, AT, *flags.values()) for pk, name in zip(ids, names, strict=True)])
    return ids
