"""Reference designators: taking lists apart, expanding ranges, sorting them as people do."""

from __future__ import annotations

import re

# More than any range on a board; a slip such as R1-R99999999 must not fill the memory.
RANGE_LIMIT = 10_000

_SEPARATORS = re.compile(r"[\s,;]+")
_SPACED_DASH = re.compile(r"(?<=\d)\s*(?:[-–—]|\.{2,3}|…)\s*(?=[A-Za-z_]*\d)|(?<=\d)\s+to\s+(?=[A-Za-z_]+\d)")
_RANGE = re.compile(r"([A-Za-z_]+)(\d+)-([A-Za-z_]*)(\d+)")
_NUMBER = re.compile(r"(\d+)")


class LongRangeError(ValueError):
    """A range that no board has: R1-R99999999."""


def split(text: str, quantity: int | None = None) -> tuple[str, ...]:
    """Take a cell apart at blanks, commas and semicolons and expand R1-R4; each designator once.

    R1-4 is a range only where `quantity` agrees, for J1-2 may be a name. Raises LongRangeError.
    """
    if text.isalnum():
        return (text,)
    has_range = "-" in text or not text.isascii() or ".." in text or " to " in text
    names = [name for name in _SEPARATORS.split(_SPACED_DASH.sub("-", text) if has_range else text) if name]
    if not has_range:
        return tuple(dict.fromkeys(names))
    full = _expand_all(names, short=False)
    if quantity is not None and len(full) < quantity:
        short = _expand_all(names, short=True)
        if len(short) == quantity:
            return tuple(short)
    return tuple(full)


def _expand_all(names: list[str], *, short: bool) -> dict[str, None]:
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_expanded(name, short=short)))
        if len(found) > len(names) + RANGE_LIMIT:
            raise LongRangeError(name)
    return found


def _expanded(name: str, *, short: bool) -> list[str]:
    match = _RANGE.fullmatch(name)
    if not match:
        return [name]
    prefix, first, other_prefix, last = match.groups()
    is_range = other_prefix == prefix or (short and not other_prefix)
    if not is_range or max(len(first), len(last)) > 9 or int(last) < int(first):
        return [name]
    if int(last) - int(first) >= RANGE_LIMIT:
        raise LongRangeError(name)
    width = len(first) if first.startswith("0") else 0
    return [f"{prefix}{number:0{width}d}" for number in range(int(first), int(last) + 1)]


def natural_key(designator: str) -> list[tuple[int, str]]:
    """Sort key that puts C2 before C10: words by letter, numbers by length first."""
    parts = _NUMBER.split(designator)
    return [(len(part), part) if index % 2 else (0, part) for index, part in enumerate(parts)]


def look_like_designators(text: str) -> bool:
    """Whether a cell is a list of designators rather than a sentence: most words have letters and digits."""
    names = [name for name in _SEPARATORS.split(text) if name]
    good = sum(len(name) <= 24 and any(map(str.isdigit, name)) and any(map(str.isalpha, name)) for name in names)
    return good * 2 > len(names)
