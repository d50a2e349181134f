"""Reading the demo company's tables: text that lines up, columns two or more blanks apart."""

from __future__ import annotations

import re
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_GAP = re.compile(r"\s{2,}")


def read(name: str) -> list[dict[str, str]]:
    """The rows of a table by column; "-" is an empty cell. Lines that begin with # are for the reader."""
    text = (_DATA / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    columns = _GAP.split(lines[0])
    rows = []
    for line in lines[1:]:
        cells = _GAP.split(line)
        if len(cells) != len(columns):
            raise ValueError(f"{name}.txt: {len(cells)} cells in a table of {len(columns)} columns: {line}")
        rows.append({column: "" if cell == "-" else cell for column, cell in zip(columns, cells, strict=True)})
    return rows
