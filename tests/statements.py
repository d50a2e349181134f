"""Counting SQL statements, so that a test can pin what an operation costs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TRUNCATE")


class Statements:
    """The statements seen; equals their number, and shows them when an assertion fails.

    One `executemany` counts as one. Transaction control (BEGIN, COMMIT, SAVEPOINT, SET, PRAGMA) does not count, and
    neither does the look at the closed period: all tests are back-dated, and what happens now goes without it.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Remember one statement and let it pass (a wrapper for Django's `execute_wrapper`)."""
        is_period = not many and "CLOSED_UNTIL" in (params or ())
        if sql.lstrip("( \n\t").upper().startswith(COUNTED) and not is_period:
            self.seen.append(sql)
        return execute(sql, params, many, context)

    def __len__(self) -> int:
        return len(self.seen)

    def __eq__(self, other: object) -> bool:
        return len(self) == (len(other) if isinstance(other, Statements) else other)

    def __lt__(self, other: int) -> bool:
        return len(self) < other

    def __le__(self, other: int) -> bool:
        return len(self) <= other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = [f"  {number:3} {' '.join(sql.split())[:160]}" for number, sql in enumerate(self.seen, 1)]
        return "\n".join([f"{len(self)} statements", *shown])


@contextmanager
def counting(connection: BaseDatabaseWrapper) -> Iterator[Statements]:
    """Count the statements that this connection executes in the block."""
    statements = Statements()
    with connection.execute_wrapper(statements.note):
        yield statements
