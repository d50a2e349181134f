"""A moving bar on the terminal while something long is under way; nothing where no terminal looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that work goes on, and for how long; the bar is gone when it ends. On stderr, only in a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    # Imported here, for it takes as long as a short command.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=None)
        yield
