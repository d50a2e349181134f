"""References of documents: a pattern such as BO-{ref:04d} that makes them, checks them and reads their number.

The patterns are InvenTree's (semantics D1): fields `ref` (needed), `date` with a format such as {date:%Y%m}, and `?`
with a text that is written but may be anything ({?:A}); outside of fields `?` stands for any character and `#` for a
digit. Widths are not enforced: BO-123 and BO-12345 both match BO-{ref:04d}.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from string import Formatter

from outwork.rules.refusals import declare, refuse
from outwork.rules.serials import NUMBER_LIMIT, serial_number

declare(
    pattern_broken="{pattern} is not a reference pattern: {problem}",
    pattern_unknown_field='{pattern} has a field "{field}"; only ref, date and ? are known',
    pattern_repeated_field='{pattern} has the field "{field}" twice',
    pattern_without_ref="{pattern} has no field ref, so references would not be told apart",
    pattern_bad_format='{pattern} cannot write {field} as "{format}"',
    reference_mismatch="{reference} does not look like {pattern}",
    reference_too_long="the reference {reference} is {length} characters long; at most {limit}",
    reference_number_too_large="the number in {reference} is too large to count on from",
)

REFERENCE_LENGTH_LIMIT = 64

# What a date format may hold, and what it writes: enough to find the number beside it again.
_DATE_CODES = {
    **dict.fromkeys("YG", r"\d{4}"),
    **dict.fromkeys("ymdUWV", r"\d{2}"),
    **dict.fromkeys("bBaA", r"\w+"),
    "j": r"\d{3}",
    "u": r"\d",
    "%": "%",
}
_REF_FORMAT = re.compile(r"0?([0-9]{0,2})d?")
_DATE_FORMAT = re.compile(r"%(.)|([^%]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of a pattern: literal text, or a field with its format."""

    literal: str
    field: str | None = None
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked reference pattern; make one with `Pattern.parse`."""

    text: str
    _pieces: tuple[_Piece, ...]
    _exact: re.Pattern[str]
    _loose: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read a pattern. Refuses `pattern_broken`, `pattern_unknown_field`, `pattern_repeated_field`,
        `pattern_without_ref` and `pattern_bad_format`.
        """
        pieces = _pieces(text)
        return cls(text, pieces, _expression(pieces, _exactly), _expression(pieces, _loosely))

    def format(self, number: int, *, on: date) -> str:
        """Write the reference with this number; refuses `reference_too_long`. It always matches the pattern."""
        reference = "".join(_written(piece, number, on) for piece in self._pieces)
        _check_length(reference)
        return reference

    @property
    def has_date(self) -> bool:
        """Whether a reference says on what day it was given."""
        return any(piece.field == "date" for piece in self._pieces)

    def matches(self, text: str) -> bool:
        """Whether a reference looks like this pattern, whatever the widths."""
        return len(text) <= REFERENCE_LENGTH_LIMIT and self._loose.fullmatch(text) is not None

    def require(self, text: str) -> None:
        """Refuse what does not look like this pattern: `reference_mismatch`, `reference_too_long`."""
        _check_length(text)
        if not self.matches(text):
            refuse("reference_mismatch", reference=text, pattern=self.text)

    def number(self, text: str) -> int:
        """The number in a reference, which the next one counts on from.

        Read from the place of `ref`, or from the whole text if it does not match: its leading digits, else its last
        ones, else 0. Refuses what 63 bits do not hold (`reference_number_too_large`).
        """
        found = self._exact.fullmatch(text) or self._loose.fullmatch(text)
        number = serial_number(found["ref"] if found else text)
        if number == NUMBER_LIMIT:
            refuse("reference_number_too_large", reference=text[:REFERENCE_LENGTH_LIMIT])
        return number


def _pieces(text: str) -> tuple[_Piece, ...]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        refuse("pattern_broken", pattern=text, problem=str(error))
    pieces: list[_Piece] = []
    for literal, field, spec, conversion in parsed:
        pieces += [_Piece(literal)] if literal else []
        if field is None:
            continue
        if field not in ("ref", "date", "?"):
            refuse("pattern_unknown_field", pattern=text, field=field)
        if any(piece.field == field for piece in pieces):
            refuse("pattern_repeated_field", pattern=text, field=field)
        piece = _Piece("", field, spec or "")
        if conversion or not _is_writable(piece):
            refuse("pattern_bad_format", pattern=text, field=field, format=spec or f"!{conversion}")
        pieces.append(piece)
    if not any(piece.field == "ref" for piece in pieces):
        refuse("pattern_without_ref", pattern=text)
    return tuple(pieces)


def _is_writable(piece: _Piece) -> bool:
    if piece.field == "ref":
        return _REF_FORMAT.fullmatch(piece.spec) is not None
    if piece.field == "date":
        codes = [code for code, _ in _DATE_FORMAT.findall(piece.spec) if code]
        return all(code in _DATE_CODES for code in codes) and piece.spec.count("%") == len(codes) + codes.count("%")
    return piece.spec != "" and "{" not in piece.spec


def _written(piece: _Piece, number: int, on: date) -> str:
    if piece.field == "ref":
        return format(number, piece.spec)
    if piece.field == "date":
        return format(on, piece.spec)
    # A literal # asks for a digit and ? for anything, so that what is written matches.
    return piece.spec if piece.field else piece.literal.replace("#", "0")


def _literally(text: str) -> str:
    return re.escape(text).replace(r"\?", ".").replace(r"\#", "[0-9]")


def _loosely(piece: _Piece) -> str:
    """As InvenTree checks: digits for a field that ends in d, anything for the others."""
    return "[0-9]+" if piece.spec.endswith("d") and piece.field == "ref" else ".+"


def _exactly(piece: _Piece) -> str:
    """As `format` writes it: in PO-{date:%Y%m}{ref:04d} the loose reading would take most of the number for the date."""
    if piece.field == "ref":
        width = _REF_FORMAT.fullmatch(piece.spec)
        return f"[0-9]{{{max(1, int((width and width[1]) or 1))},}}" if piece.spec else ".+"
    if piece.field == "date":
        written = [
            _DATE_CODES[code] if code else re.escape(literal) for code, literal in _DATE_FORMAT.findall(piece.spec)
        ]
        return "".join(written) or r"\d{4}-\d{2}-\d{2}"
    return re.escape(piece.spec)


def _expression(pieces: tuple[_Piece, ...], reading: Callable[[_Piece], str]) -> re.Pattern[str]:
    return re.compile(
        "".join(
            (f"(?P<ref>{reading(piece)})" if piece.field == "ref" else reading(piece))
            if piece.field
            else _literally(piece.literal)
            for piece in pieces
        )
    )


def _check_length(reference: str) -> None:
    if len(reference) > REFERENCE_LENGTH_LIMIT:
        refuse(
            "reference_too_long",
            reference=f"{reference[:20]}...",
            length=len(reference),
            limit=REFERENCE_LENGTH_LIMIT,
        )
