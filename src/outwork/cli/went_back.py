"""What went back of an order or a build, as its page says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outwork.cli.tables import shown
from outwork.queries.returns import WentBack


def went_back(rows: Sequence[WentBack]) -> Iterator[str]:
    """One line for each part and document; nothing where nothing went back."""
    for row in rows:
        back = f", {shown(row.came_back)} came back" if row.came_back else ""
        yield f"Went back with {row.document} for {row.purpose}: {shown(row.quantity)} of {row.part}{back} ({row.status})"
