"""Reading a bill of materials file: one reader per kind of file, one normal form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from outwork.rules.bomfile import columns as headers_of
from outwork.rules.bomfile import contents
from outwork.rules.bomfile.checks import check_lines
from outwork.rules.bomfile.delimited import clean, read_sheet
from outwork.rules.bomfile.normal import BomFile
from outwork.rules.bomfile.refusals import TOLD_LIMIT
from outwork.rules.bomfile.tabular import LineReader
from outwork.rules.refusals import Reason, Reasons, refuse

SIZE_LIMIT = 20_000_000


def read_bom(data: bytes, *, name: str, columns: Mapping[str, str] | None = None) -> BomFile:
    """Read a file of lines and columns; `columns` says what a column is ({"mpn": "Field2"}), "" for none.

    Numbers of rows count from 1, as a spreadsheet shows them. Refuses a file that is too large, empty,
    no text or without a recognised header, and names every row with a wrong quantity or too many cells.
    """
    wanted = dict(columns or {})
    reasons = Reasons()
    for role in wanted:
        if role not in headers_of.ROLES:
            reasons.add("bom_role_unknown", where=("columns", role), role=role, roles=list(headers_of.ROLES))
    reasons.raise_any()
    if len(data) > SIZE_LIMIT:
        refuse("bom_too_large", name=name, size=len(data), limit=SIZE_LIMIT)
    return _read_rows(data, name=name, wanted=wanted)


def _read_rows(data: bytes, *, name: str, wanted: Mapping[str, str]) -> BomFile:
    warnings = Reasons()
    sheet = read_sheet(data, name=name, score=lambda cells: headers_of.score(cells, wanted), warnings=warnings)
    headers = [clean(cell) for cell in sheet.rows[sheet.header]]
    below = sheet.rows[sheet.header + 1 :]
    headers_of.check_wanted(headers, wanted, name).raise_any()
    sample = [[clean(cell) for cell in row] for row in below[: contents.SAMPLE]]
    found = contents.recognise(headers, sample, wanted)
    if not {"designators", "quantity"} & set(found.roles):
        refuse("bom_header_unknown", name=name, seen=headers)
    warnings.found += contents.guess(found, sample, wanted).found
    warnings.found += headers_of.check_headers(found).found
    reader = LineReader(found, name=name, warnings=warnings)
    lines = reader.read(below, first=sheet.header + 2)
    if not lines:
        refuse("bom_no_lines", name=name, row=sheet.header + 1)
    warnings.found += check_lines(lines, found, counted=reader.counted).found
    return BomFile(name, tuple(lines), found.found, sheet.dialect, not_too_many(warnings.found))


def not_too_many(warnings: list[Reason]) -> tuple[Reason, ...]:
    """The first fifty of each kind; the others are counted."""
    seen = Counter(warning.code for warning in warnings)
    told: Counter[str] = Counter()
    kept = []
    for warning in warnings:
        told[warning.code] += 1
        if told[warning.code] <= TOLD_LIMIT:
            kept.append(warning)
    kept += [
        Reason("bom_more_warnings", {"count": count - TOLD_LIMIT, "code": code})
        for code, count in seen.items()
        if count > TOLD_LIMIT
    ]
    return tuple(kept)
