"""From rows of cells under a header to the normal form; whatever has rows and columns is read here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest

from outwork.rules.bomfile import marks
from outwork.rules.bomfile.columns import Columns
from outwork.rules.bomfile.delimited import clean
from outwork.rules.bomfile.designators import RANGE_LIMIT, LongRangeError, look_like_designators, split
from outwork.rules.bomfile.normal import Alternate, FileLine, Offer
from outwork.rules.bomfile.refusals import TOLD_LIMIT
from outwork.rules.quantities import QUANTITY_PLACES, quantity
from outwork.rules.refusals import Reasons, Refusal, refuse

DESIGNATOR_LIMIT = 1_000_000

_COMMA_DECIMAL = re.compile(r"\d+,\d{1,2}")
_TOTAL = re.compile(r"(?:grand |sub)?-?totals?\b.*|sum\b.*|summe\b.*", re.IGNORECASE)
_RULE = re.compile(r"[-=_*# ]+")
_QUANTITY_CODES = {
    "number_invalid": "bom_quantity_no_number",
    "quantity_not_positive": "bom_quantity_not_positive",
    "quantity_too_fine": "bom_quantity_too_fine",
    "quantity_too_large": "bom_quantity_too_large",
}


class Mistakes(Reasons):
    """Reasons of many rows: the first fifty are told, the others counted."""

    def raise_any(self) -> None:
        """Refuse if there is a reason."""
        more = len(self.found) - TOLD_LIMIT
        if more > 0:
            del self.found[TOLD_LIMIT:]
            self.add("bom_more_rows_wrong", count=more)
        super().raise_any()


class LineReader:
    """Reads rows one after the other; a row may be a line, an alternate of the line above, a heading or a remark."""

    def __init__(self, columns: Columns, *, name: str, warnings: Reasons) -> None:
        self.name = name
        self.columns = columns
        self.warnings = warnings
        self.mistakes = Mistakes()
        self.lines: list[FileLine] = []
        self.counted: list[int] = []  # rows whose quantity cell is blank
        self.below: dict[int, list[Alternate]] = {}  # alternates on rows of their own, by the line above
        self.empty: list[int] = []  # rows with nothing in a known column
        self.under_heading = False  # below a heading such as DO NOT INSTALL
        self.designators_read = 0
        self.at = {role: columns.first(role) for role in set(columns.roles) if role}
        self.mpns, self.makers = columns.all("mpn"), columns.all("manufacturer")
        self.specifications = columns.all("specification")
        self.offers = _offer_columns(columns)
        self.others = [(columns.headers[index], index) for index in columns.unassigned()]
        self.has_library = columns.has_library_reference

    def read(self, rows: Sequence[Sequence[str]], *, first: int) -> list[FileLine]:
        """Read all rows; `first` is the number of the first. Refuses with every row that has a mistake."""
        width = len(self.columns.headers)
        for number, raw in enumerate(rows, first):
            cells = [clean(cell) for cell in raw]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if len(cells) > width:
                self.mistakes.add("bom_row_too_long", where=(number,), row=number, cells=len(cells), columns=width)
            elif any(cells) and cells != self.columns.headers and not all(map(_RULE.fullmatch, filter(None, cells))):
                self._row(number, cells + [""] * (width - len(cells)))
            if self.designators_read > DESIGNATOR_LIMIT:
                refuse("bom_too_many_designators", name=self.name, limit=DESIGNATOR_LIMIT)
        self.mistakes.raise_any()
        for index, alternates in self.below.items():
            line = self.lines[index]
            self.lines[index] = replace(line, alternates=(*line.alternates, *alternates))
        if self.empty:
            self.warnings.add("bom_rows_not_read", rows=self.empty)
        return self.lines

    def _cell(self, cells: list[str], role: str) -> str:
        index = self.at.get(role, -1)
        return cells[index] if index >= 0 else ""

    def _row(self, row: int, cells: list[str]) -> None:
        filled = [index for index, cell in enumerate(cells) if cell]
        if len(filled) == 1 and len(cells) > 1 and self._is_remark(row, cells[filled[0]], filled[0]):
            return
        try:
            names, marked = self._designators(row, cells)
            if not names and not self._cell(cells, "quantity"):
                self._unquantified(row, cells)
                return
            if _TOTAL.fullmatch(next(filter(None, cells))) and len(filled) <= 3:
                self._not_read(row, cells)
                return
            self.lines.append(self._line(row, cells, names, marked))
        except Refusal as refusal:
            self.mistakes.found += refusal.reasons

    def _is_remark(self, row: int, text: str, index: int) -> bool:
        """Whether a lone cell is a heading or a remark, and not a line or an alternate."""
        role = self.columns.roles[index]
        if role in {"do_not_fit", "fitted"}:
            return False
        if marks.is_do_not_fit_heading(text):
            self.under_heading = True
            self.warnings.add("bom_section_do_not_fit", row=row, text=text[:80])
            return True
        if role == "mpn" or (role == "designators" and look_like_designators(text)):
            return False
        code = "bom_section_ends" if self.under_heading else "bom_row_not_read"
        self.under_heading = False
        self.warnings.add(code, row=row, text=text[:80])
        return True

    def _not_read(self, row: int, cells: list[str]) -> None:
        if not any(cells[index] for index in self.at.values()):
            self.empty.append(row)
            return
        self.warnings.add("bom_row_not_read", row=row, text=" | ".join(filter(None, cells))[:80])

    def _designators(self, row: int, cells: list[str]) -> tuple[tuple[str, ...], bool]:
        """The designators, and whether the cell says "DNP: R1, R2"."""
        cell, marked = marks.without_mark(self._cell(cells, "designators"))
        count = self._cell(cells, "quantity")
        try:
            names = split(cell, int(count) if count.isdecimal() and len(count) < 7 else None) if cell else ()
        except LongRangeError as error:
            refuse("bom_range_too_long", where=(row,), row=row, text=str(error)[:80], limit=RANGE_LIMIT)
        self.designators_read += len(names)
        return names, marked

    def _unquantified(self, row: int, cells: list[str]) -> None:
        """A row without designators and quantity: an alternate of the line above, a mistake, or a remark."""
        mpn = next((cells[index] for index in self.mpns if not marks.is_nothing(cells[index])), "")
        own = self._cell(cells, "internal_number")
        says_what = any(self._cell(cells, role) for role in ("value", "description", "footprint")) or own
        if mpn and not says_what and self.lines:
            maker = next((cells[index] for index in self.makers if not marks.is_nothing(cells[index])), "")
            self.below.setdefault(len(self.lines) - 1, []).append(Alternate(maker, mpn))
        elif mpn or own:
            refuse("bom_quantity_missing", where=(row, "quantity"), row=row, text=mpn or own)
        else:
            self._not_read(row, cells)

    def _line(self, row: int, cells: list[str], names: tuple[str, ...], marked: bool) -> FileLine:
        value, value_marked = marks.without_mark(self._cell(cells, "value"))
        note = self._cell(cells, "note")
        do_not_fit = self._is_do_not_fit(row, cells, note) or marked or value_marked
        pairs = [(_named(cells, maker), _named(cells, mpn)) for maker, mpn in zip_longest(self.makers, self.mpns)]
        pairs = [pair for pair in pairs if pair[1]] or pairs[:1]
        specifications = [cells[index] for index in self.specifications if cells[index]]
        (manufacturer, mpn), *more = pairs or [("", "")]
        if mpn and marks.is_specification(mpn):
            self.warnings.add("bom_mpn_is_text", row=row, mpn=mpn)
            specifications.append(mpn)
            mpn = ""
        library_name = self._cell(cells, "library_name")
        if self.has_library:
            mpn = next(filter(marks.looks_like_part_number, (value, library_name)), "")
        return FileLine(
            row=row,
            designators=names,
            quantity=self._quantity(row, cells, len(names), do_not_fit),
            value="" if marks.is_nothing(value) else value,
            footprint=self._cell(cells, "footprint"),
            manufacturer=manufacturer,
            mpn=mpn,
            internal_number=_text(self._cell(cells, "internal_number")),
            offers=self._offers(cells),
            description=_text(self._cell(cells, "description")),
            specification=", ".join(specifications),
            library_name=library_name,
            datasheet=_text(self._cell(cells, "datasheet")),
            note="" if marks.is_do_not_fit(note) else note,
            do_not_fit=do_not_fit,
            alternates=tuple(Alternate(*pair) for pair in more),
            other=tuple((header, cells[index]) for header, index in self.others if cells[index]),
        )

    def _offers(self, cells: list[str]) -> tuple[Offer, ...]:
        found = []
        for name, supplier, sku in self.offers:
            if not marks.is_nothing(cells[sku]) and not marks.is_do_not_fit(cells[sku]):
                found.append(Offer(name or (_named(cells, supplier) if supplier >= 0 else ""), cells[sku]))
        return tuple(found)

    def _is_do_not_fit(self, row: int, cells: list[str], note: str) -> bool:
        """Whether the file marks the line: a column for it, a heading above, or a mark where the maker should be."""
        marked = self.under_heading
        for role, read in (("do_not_fit", marks.answer), ("fitted", _not_fitted)):
            if index := self.at.get(role, -1) + 1:
                said = read(cells[index - 1])
                marked = marked or bool(said)
                if said is None:
                    marked = marked or role == "do_not_fit"
                    self._unclear(row, cells, index - 1, marked)
        if note and marks.mentions_do_not_fit(note):
            if marks.opens_do_not_fit(note):
                return True
            if not marked:
                self.warnings.add("bom_note_mentions", row=row, text=note[:80])
        looked_at = [*self.makers, *self.mpns, self.at.get("description", -1), *(index for _, index in self.others)]
        return marked or any(marks.is_do_not_fit(cells[index]) for index in looked_at if index >= 0 and cells[index])

    def _unclear(self, row: int, cells: list[str], index: int, marked: bool) -> None:
        reading = "do-not-fit" if marked else "fitted"
        header = self.columns.headers[index]
        self.warnings.add("bom_do_not_fit_unclear", row=row, header=header, text=cells[index][:80], reading=reading)

    def _quantity(self, row: int, cells: list[str], designators: int, do_not_fit: bool) -> Decimal:
        """The quantity cell, else the number of designators; a do-not-fit line may say 0."""
        text = self._cell(cells, "quantity")
        if not text:
            if "quantity" in self.at:
                self.counted.append(row)
            return Decimal(designators)
        if _COMMA_DECIMAL.fullmatch(text):
            text = text.replace(",", ".")
        if do_not_fit and designators and text.strip("0.") == "":
            return Decimal(designators)
        try:
            return quantity(text.replace("_", "?"))
        except Refusal as refusal:
            code = _QUANTITY_CODES[refusal.code]
            refuse(code, where=(row, "quantity"), row=row, text=text[:40], places=QUANTITY_PLACES)


def _not_fitted(text: str) -> bool | None:
    said = marks.fitted_answer(text)
    return None if said is None else not said


def _text(cell: str) -> str:
    return "" if cell in {"~", "-"} or marks.is_do_not_fit(cell) else cell


def _named(cells: list[str], index: int | None) -> str:
    """A manufacturer, supplier or part number cell, "" where it names none."""
    cell = cells[index] if index is not None else ""
    return "" if marks.is_nothing(cell) or marks.is_do_not_fit(cell) else cell


def _offer_columns(columns: Columns) -> list[tuple[str, int, int]]:
    """Each order number column with its supplier: by name in the header, or the column of suppliers beside it."""
    free = columns.all("supplier")
    found = []
    for index in columns.all("sku"):
        name = columns.suppliers.get(index, "")
        found.append((name, -1 if name or not free else free.pop(0), index))
    return found
