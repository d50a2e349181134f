"""What cells say: do not fit, nothing at all, a manufacturer part number, a value."""

from __future__ import annotations

import re
import unicodedata

from outwork.rules.bomfile.designators import look_like_designators

_VERBS = r"(?:populate|place|install|fit|mount|stuff|assemble|load|solder)"
_DONE = r"(?:populated|placed|installed|fitted|mounted|stuffed|assembled|loaded|fit)"
_MARK = rf"(?:dn[pifm]|do[ -]?n[o']t[ -]?{_VERBS}|no[ -]?(?:stuff|pop(?:ulate)?|load|mount|fit)|(?:not[ -]|un){_DONE})"

_WHOLE = re.compile(rf"[\W_]*{_MARK}[\W_]*", re.IGNORECASE)
_WORD = re.compile(rf"(?<![^\W_]){_MARK}(?![^\W_])", re.IGNORECASE)
_LEADING = re.compile(rf"\W*{_MARK}\s*(?:$|[-–—:,;.(/!])", re.IGNORECASE)
_HEADING = re.compile(rf"[\W_]*{_MARK}(?![^\W_])", re.IGNORECASE)

_YES = {"1", "x", "y", "yes", "true", "t", "np", "nf", "nm", "ns", "nc", "ja", "excluded", "dns", "✓", "✗"}
_NO = {"", "0", "n", "no", "false", "f", "-", "~", "none", "nein", "included"}
_FITTED = re.compile(r"(?:fit|fitted|populate|populated|place|placed|install|installed|mount|mounted)", re.IGNORECASE)

_NOTHING = {"any", "tbd", "n/a", "na", "none", "null", "-", "--", "---", "~", "?", "??", "???", "tba", "unknown", "."}

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_VALUE = re.compile(
    r"[±+-]?(?:\d{1,5}(?:[.,]\d{1,4})?|[.,]\d{1,4})\s*(?:[pnu\u00b5\u03bcmkKMGRrΩ]\d{0,4})?\s*"
    r"(?:F|H|Hz|HZ|V|A|W|[Oo]hms?|OHM|R|Ω|%|mm|m)?(?:[ /,_].*)?"
)
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./,:*=+#_()-]*")


def is_do_not_fit(text: str) -> bool:
    """Whether a cell says do-not-fit and nothing else: DNP, DNI, "Do not populate", "no stuff"."""
    return bool(_WHOLE.fullmatch(text))


def without_mark(value: str) -> tuple[str, bool]:
    """Take a do-not-fit word out of a value: "10k DNP" is ("10k", True)."""
    if not _WORD.search(value):
        return value, False
    return " ".join(_WORD.sub(" ", value).strip(" -_/()[]{},;:*").split()), True


def opens_do_not_fit(text: str) -> bool:
    """Whether a note begins with the mark: "DNP, bring-up only", but not "DNP if R5 is fitted"."""
    return bool(_LEADING.match(text))


def mentions_do_not_fit(text: str) -> bool:
    """Whether a do-not-fit word stands somewhere in a text."""
    return bool(_WORD.search(text))


def is_do_not_fit_heading(text: str) -> bool:
    """Whether a lone cell is a heading over lines that are not fitted: not "DNP: R1, R2", which is a list."""
    match = _HEADING.match(text)
    return match is not None and not look_like_designators(text[match.end() :])


def answer(text: str) -> bool | None:
    """Read a cell of a do-not-fit column: yes, no, or None where it is neither."""
    word = text.casefold()
    if word in _NO or _FITTED.fullmatch(word):
        return False
    return True if word in _YES or is_do_not_fit(text) else None


def fitted_answer(text: str) -> bool | None:
    """Read a cell of a fitted column; blank is fitted."""
    word = text.casefold()
    if not word or _FITTED.fullmatch(word):
        return True
    if word in _NO or word in {"np", "nf", "nm", "ns", "nc", "dns"} or is_do_not_fit(text):
        return False
    return True if word in _YES else None


def is_nothing(text: str) -> bool:
    """Whether a manufacturer or part number cell names none: blank, any, TBD, n/a, ~."""
    return not text or text.casefold() in _NOTHING


def sameness(text: str) -> str:
    """The form in which two spellings are one: letter case, kinds of dash and micro sign, runs of blanks."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(unicodedata.normalize("NFKC", text.translate(_DASHES)).casefold().split())


def looks_like_value(text: str) -> bool:
    """Whether a text is a component value: 100nF, 4k7, 0.6r, 0402."""
    return bool(_VALUE.fullmatch(text))


def looks_like_part_number(text: str) -> bool:
    """Whether a text reads like a manufacturer part number, for files that do not say.

    Letters with digits, or five and more digits, five characters at least; blanks only between
    words in capitals; a value or a placeholder is none.
    """
    first, *words = text.split() or [""]
    if len(first) < 5 or "tbd" in text.casefold() or not _TOKEN.fullmatch(first):
        return False
    digits = sum(character.isdigit() for character in first)
    letters = sum(character.isalpha() for character in first)
    if any(word != word.upper() or not _TOKEN.fullmatch(word) for word in words):
        return False
    return (digits >= 5 if not letters else digits >= 1) and not looks_like_value(text)


def is_specification(text: str) -> bool:
    """Whether a part number cell holds a description: "Box header 2x5, 2.54mm pitch".

    Part numbers do hold commas (74HC00D,653), but no comma with a blank after it and words around.
    """
    return ", " in text and any(" " in piece.strip() for piece in text.split(", "))


def odd_characters(text: str) -> str:
    """The characters outside ASCII by name, or "": U+2212 MINUS SIGN."""
    if text.isascii():
        return ""
    odd = dict.fromkeys(character for character in text if not character.isascii())
    return ", ".join(f"U+{ord(one):04X} {unicodedata.name(one, 'unnamed')}" for one in odd)
