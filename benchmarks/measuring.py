"""Measure one operation and, beside it, its floor: the rows that it wrote, written again by plain `executemany`."""

from __future__ import annotations

import gc
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from benchmarks.databases import Database
from tests.statements import Statements

WRITES = ("INSERT", "UPDATE", "DELETE")
_INSERT = re.compile(r"(INSERT INTO .+ \(.+\)) SELECT \* FROM unnest\(.+\)", re.DOTALL)
_UPDATE = re.compile(r"(UPDATE \S+ SET .+?) FROM unnest\(.+\) AS fresh\((.+)\) WHERE", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in milliseconds: CPU of this process, and the clock on the wall."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one operation costs on one database for so many lines and serial numbers."""

    operation: str
    lines: int
    serials: int
    statements: int
    rows: int
    cost: Times
    floor: Times | None

    @property
    def ratio(self) -> float | None:
        """How many times its floor an operation takes; in CPU on SQLite, where all the work is in this process."""
        if self.floor is None:
            return None
        if connection.vendor == "sqlite":
            return self.cost.cpu / self.floor.cpu
        return self.cost.wall / self.floor.wall


class Recorder:
    """Notes what an operation writes, statement by statement, with the rows in it."""

    def __init__(self) -> None:
        self.writes: list[tuple[str, Sequence[Any], bool]] = []

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Remember one statement and let it pass."""
        if sql.startswith(WRITES):
            self.writes.append(as_executemany(sql, list(params or ()), many))
        return execute(sql, params, many, context)

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return sum(len(params) if many else 1 for _, params, many in self.writes)

    def replay(self) -> None:
        """Write the same rows into the same tables."""
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params, many in self.writes:
                if many:
                    cursor.executemany(sql, params)
                else:
                    cursor.execute(sql, params)


def as_executemany(sql: str, params: Sequence[Any], many: bool) -> tuple[str, Sequence[Any], bool]:
    """A statement that takes its rows as arrays, as the plain one that takes them row by row."""
    if found := _INSERT.match(sql):
        marks = ", ".join(["%s"] * len(params))
        return f"{found[1]} VALUES ({marks})", list(zip(*params, strict=True)), True
    if found := _UPDATE.match(sql):
        setting = re.sub(r"fresh\.\S+?(?=,|$)", "%s", found[1])
        ids, *columns = params
        return f"{setting} WHERE id = %s", list(zip(*columns, ids, strict=True)), True
    return sql, params, many


def measure(
    operation: str, call: Callable[[], Any], database: Database, *, lines: int, serials: int, runs: int
) -> Figures:
    """Run a writing operation and its floor `runs` times, each from the same state; it stays done."""
    database.keep()
    recorder, statements = Recorder(), Statements()
    database.restore()
    with connection.execute_wrapper(recorder.note), connection.execute_wrapper(statements.note):
        call()
    floor = _median(recorder.replay, runs, before=database.restore)
    cost = _median(call, runs, before=database.restore)
    return Figures(operation, lines, serials, len(statements), recorder.rows, cost, floor)


def measure_reading(operation: str, call: Callable[[], Any], *, lines: int, serials: int, runs: int) -> Figures:
    """Run something that only reads; it has no floor."""
    statements = Statements()
    with connection.execute_wrapper(statements.note):
        call()
    return Figures(operation, lines, serials, len(statements), 0, _median(call, runs), None)


def measure_rolled_back(operation: str, call: Callable[[], Any], *, lines: int, serials: int, runs: int) -> Figures:
    """Run an operation `runs` times inside a transaction that is rolled back: without its commit, in any database."""

    def once() -> None:
        with transaction.atomic():
            call()
            transaction.set_rollback(True)

    statements = Statements()
    with connection.execute_wrapper(statements.note):
        once()
    return Figures(operation, lines, serials, len(statements), 0, _median(once, runs), None)


def _median(call: Callable[[], Any], runs: int, *, before: Callable[[], None] = lambda: None) -> Times:
    cpu, wall = [], []
    for _ in range(runs):
        before()
        gc.collect()
        started_cpu, started_wall = time.process_time(), time.perf_counter()
        call()
        cpu.append((time.process_time() - started_cpu) * 1000)
        wall.append((time.perf_counter() - started_wall) * 1000)
    return Times(statistics.median(cpu), statistics.median(wall))
