"""Recognising columns by what is in them, where their headers mislead or say nothing (Field1, Field2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from outwork.rules.bomfile import columns as headers_of
from outwork.rules.bomfile.columns import Columns
from outwork.rules.bomfile.designators import look_like_designators, split
from outwork.rules.bomfile.marks import is_do_not_fit, is_nothing, looks_like_part_number
from outwork.rules.refusals import Reasons

SAMPLE = 500
_PLAIN_DESIGNATOR = re.compile(r"[A-Za-z]{1,4}\d{1,4}[A-Za-z]?")


def recognise(header: Sequence[str], rows: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> Columns:
    """Assign roles by the headers, corrected by the cells: designators that are none, item numbers that are names."""
    barred: set[int] = set()
    while True:
        columns = headers_of.recognise(header, wanted, barred)
        index = columns.first("designators")
        cells = _cells(rows, index)
        if index < 0 or "designators" in wanted or index in barred or _share(cells, look_like_designators) >= 0.5:
            break
        barred.add(index)
    for index in sorted(barred | set(columns.all("line_number"))):
        if columns.roles[index] in {"", "line_number"}:
            columns.roles[index] = _plain_role(columns, _cells(rows, index), wanted)
    return columns


def _plain_role(columns: Columns, cells: list[str], wanted: Mapping[str, str]) -> str:
    """What a column called Item, Part or Index holds: numbers, designators or names."""
    if _share(cells, str.isdecimal) >= 0.5:
        return "line_number"
    if _share(cells, _are_plain_designators) >= 0.5 and _is_free("designators", columns, wanted):
        return "designators"
    return next((role for role in ("value", "description") if _is_free(role, columns, wanted)), "")


def guess(columns: Columns, rows: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> Reasons:
    """Give columns without a telling name a role by their cells, in place; a warning names each."""
    warnings = Reasons()
    if "mpn" in columns.roles or "internal_number" in columns.roles:
        return warnings
    for index in columns.unassigned():
        if not headers_of.is_unnamed(columns.headers[index]):
            continue
        cells = _cells(rows, index)
        role = next((role for role, fits in GUESSES.items() if fits(cells) and _is_free(role, columns, wanted)), "")
        if role:
            columns.roles[index] = role
            warnings.add("bom_column_guessed", header=columns.headers[index] or f"#{index + 1}", role=role)
    return warnings


def _are_plain_designators(cell: str) -> bool:
    """R1, R2 rather than P-100, which may be a part number."""
    return all(_PLAIN_DESIGNATOR.fullmatch(name) for name in split(cell))


def _is_free(role: str, columns: Columns, wanted: Mapping[str, str]) -> bool:
    return role not in columns.roles and role not in wanted


def _cells(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    if index < 0:
        return []
    return [row[index] for row in rows[:SAMPLE] if index < len(row) and row[index]]


def _share(cells: list[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 1.0


def _only_marks(cells: list[str]) -> bool:
    return bool(cells) and all(map(is_do_not_fit, cells))


def _part_numbers(cells: list[str]) -> bool:
    telling = _telling(cells)
    return bool(telling) and _share(telling, looks_like_part_number) >= 0.7


def _names(cells: list[str]) -> bool:
    """Manufacturers: letters only, few words, and fewer names than lines."""
    telling = _telling(cells)
    if not telling or (len(telling) >= 10 and len(set(telling)) * 2 > len(telling)):
        return False
    return (
        _share(telling, lambda cell: not any(map(str.isdigit, cell)) and len(cell) > 1 and cell.count(" ") < 4) >= 0.9
    )


def _sentences(cells: list[str]) -> bool:
    telling = _telling(cells)
    return bool(telling) and _share(telling, lambda cell: cell.count(" ") >= 2) >= 0.6


def _telling(cells: list[str]) -> list[str]:
    return [cell for cell in cells if not is_do_not_fit(cell) and not is_nothing(cell)]


GUESSES: dict[str, Callable[[list[str]], bool]] = {
    "do_not_fit": _only_marks,
    "mpn": _part_numbers,
    "description": _sentences,
    "manufacturer": _names,
}
