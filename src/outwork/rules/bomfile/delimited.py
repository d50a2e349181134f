"""Text files of rows: finding the encoding, the separator, the use of quotes, and the header."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from outwork.rules.bomfile.normal import Dialect
from outwork.rules.refusals import Reasons, refuse

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 40
# Many times the largest board; a file of line ends only must not fill the memory.
ROW_LIMIT = 200_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_KINDS = (
    (b"PK\x03\x04", "a workbook or archive (zip)"),
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls)"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells as found; `header` is the index of the row of column names."""

    rows: list[list[str]]
    header: int
    dialect: Dialect


def read_sheet(data: bytes, *, name: str, score: Callable[[Sequence[str]], int], warnings: Reasons) -> Sheet:
    """Read rows of cells; `score` says how much a row reads like a header.

    Refuses what is no text, what is empty, and a file in which no row scores.
    """
    text, encoding = decoded(data, name=name)
    if encoding not in {"UTF-8", "UTF-16", "UTF-32"}:
        warnings.add("bom_encoding", encoding=encoding)
    if not text.strip("\ufeff \t\r\n\x1a\x00,;|"):
        refuse("bom_empty", name=name)
    delimiters: Sequence[str] = DELIMITERS
    if text[:5].casefold().startswith("sep=") and len(text) > 4:
        delimiters = (text[4],)
    delimiter, header = _find_header(text, delimiters, name=name, score=score)
    rows, quoted = _parse(text, delimiter, header, name=name, warnings=warnings)
    return Sheet(rows, header, Dialect("text", delimiter, encoding, header + 1, quoted))


def decoded(data: bytes, *, name: str) -> tuple[str, str]:
    """Bytes as text, and the encoding found: by its mark, else UTF-8, else ISO-8859-1 or Windows-1252."""
    for start, kind in _KINDS:
        if data.startswith(start):
            refuse("bom_not_text", name=name, kind=kind)
    for mark, codec, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), encoding
            except UnicodeDecodeError as error:
                refuse("bom_not_decodable", name=name, byte=f"0x{data[error.start]:02X}", position=error.start)
    if b"\x00" in data:
        refuse("bom_not_text", name=name, kind="a binary file")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if data.translate(None, _CONTROLS) != data:
        refuse("bom_not_text", name=name, kind="a binary file")
    # Both agree but for 0x80 to 0x9F, which are invisible controls in ISO-8859-1.
    if not any(byte in data for byte in range(0x80, 0xA0)):
        return data.decode("latin-1"), "ISO-8859-1"
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        refuse("bom_not_decodable", name=name, byte=f"0x{data[error.start]:02X}", position=error.start)


def clean(cell: str) -> str:
    """A cell without blanks around it, hard blanks inside, and a spreadsheet's ="0402" protection."""
    if not cell.isascii():
        cell = cell.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        cell = cell[2:-1].replace('""', '"').strip()
    return cell


def _records(text: str, delimiter: str, *, name: str, quoted: bool, strict: bool = False) -> list[list[str]]:
    """All rows; raises csv.Error where `strict` and the quotes do not match."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        skipinitialspace=True,
        strict=strict,
    )
    rows = list(islice(reader, ROW_LIMIT + 1))
    if len(rows) > ROW_LIMIT:
        refuse("bom_too_many_rows", name=name, limit=ROW_LIMIT)
    return rows


def _find_header(
    text: str, delimiters: Sequence[str], *, name: str, score: Callable[[Sequence[str]], int]
) -> tuple[str, int]:
    """The separator and the row under which most columns are known."""
    best, found, seen = (0, 0), ("", 0), [""]
    for delimiter in delimiters:
        for index, row in enumerate(_first_records(text, delimiter)):
            cells = [clean(cell) for cell in row]
            fit = (score(cells), sum(map(bool, cells)))
            if fit[0] and fit > best:
                best, found = fit, (delimiter, index)
            if index < 1 and sum(map(bool, cells)) > sum(map(bool, seen)):
                seen = cells
    if not found[0]:
        shown = [cell[:40] for cell in seen if cell]
        refuse("bom_header_unknown", name=name, seen=shown)
    return found


def _first_records(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
            rows.append(row)
            if len(rows) == HEADER_WITHIN:
                break
    except csv.Error:
        pass
    return rows


def _parse(text: str, delimiter: str, header: int, *, name: str, warnings: Reasons) -> tuple[list[list[str]], bool]:
    """All rows, with quotes as quotes unless the rows fit their header better when quotes are inch signs."""
    try:
        rows = _records(text, delimiter, name=name, quoted=True, strict=True)
        if '"' not in text or not any("\n" in cell or "\r" in cell for row in rows for cell in row):
            return rows, True
    except csv.Error:
        try:
            rows = _records(text, delimiter, name=name, quoted=True)
        except csv.Error:
            rows = []
    try:
        bare = [[_unquoted(cell) for cell in row] for row in _records(text, delimiter, name=name, quoted=False)]
    except csv.Error:
        bare = []
    if not rows and not bare:
        refuse("bom_cell_too_long", name=name)
    is_quoted = _fit(rows, header) >= _fit(bare, header)
    if row := _open_quote(text, delimiter):
        if not is_quoted:
            raw = _records(text, delimiter, name=name, quoted=False)
            row = next((number for number, cells in enumerate(raw, 1) if any(map(_is_open, cells))), row)
        reading = "one cell to the end of the file" if is_quoted else "part of the text"
        warnings.add("bom_quote_open", row=row, reading=reading)
    return (rows, True) if is_quoted else (bare, False)


def _open_quote(text: str, delimiter: str) -> int:
    """The row whose quote is still open at the end of the file, or 0: a line put below the file is then no row."""
    below = "\x00"
    row, last = 0, [""]
    try:
        reader = csv.reader(io.StringIO(f"{text}\n{below}", newline=""), delimiter=delimiter, skipinitialspace=True)
        for row, last in enumerate(reader, 1):  # noqa: B007 - the last one is wanted
            pass
    except csv.Error:  # a cell too long to read
        return row + 1
    return 0 if last == [below] else row


def _is_open(cell: str) -> bool:
    return cell.startswith('"') and cell.count('"') % 2 == 1


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell.startswith('"') and cell.endswith('"') else cell


def _fit(rows: list[list[str]], header: int) -> float:
    """The share of rows as wide as the header."""
    if header >= len(rows):
        return -1.0
    width = len(rows[header])
    filled = [row for row in rows if row]
    return sum(len(row) == width for row in filled) / len(filled)
