"""Serial numbers: the short way people write many of them, which one comes next, and how to show a lot of them.

The grammar is InvenTree's (semantics D2), with the first `~` of a part without serials mended to 1 (G28):

    4 7 12, 13      these, separated by blanks or commas
    1-5             a range; width and prefix stay: 001-010, A001-A003
    5+              from 5 on, as many as are still wanted
    2+2             2 and the two after it
    ~               the next free one; ~+ and ~+2 count on from there

As many groups as units are taken literally, so that `1-5` for one unit is the serial "1-5"; only the + of `5+` is
no part of a serial number. A group with several
hyphens is always literal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.texts import in_short

declare(
    serials_not_kept="{part} is not trackable: it has no serial numbers",
    serials_missing="no serial numbers were given for {count} units",
    serials_count="{found} serials for {count} units",
    serials_range='{group} is not a range of serials: it does not count up from "{first}" to "{last}"',
    serials_range_too_long="{group} is {found} serials, but only {left} of {count} are still wanted",
    serials_sequence="{group} is not a sequence of serials",
    serials_uncountable="{serial} does not end in digits, so no serial follows it",
    serials_duplicate="serials given twice: {serials}",
    serials_too_many="{count} serials at once are too many; at most {limit}",
    serial_invalid="{serial} is not a serial number: it is empty or has blanks or control characters in it",
    serial_too_long="the serial {serial} has {length} characters; at most {limit}",
)

SERIALS_LIMIT = 100_000
SERIAL_LENGTH_LIMIT = 100
# Serial numbers and the numbers in references are kept in 63 bits, to be sorted by.
NUMBER_LIMIT = 2**63 - 1

_SEPARATORS = re.compile(r"[\s,]+")
_COUNTED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)
_SEQUENCE = re.compile(r"([^+]*)\+([0-9]{0,18})")
_LEADING = re.compile(r"[0-9]+")


def split_serial(serial: str) -> tuple[str, str]:
    """The text before the last digits, and those digits, which may be none."""
    match = _COUNTED.fullmatch(serial)
    return (match[1], match[2]) if match else (serial, "")


def increment(serial: str | None) -> str:
    """The serial after this one: its last digits plus one, as wide as before (099 -> 100, AB09 -> AB10).

    The first of all is 1. A serial that does not end in digits has no successor and comes back unchanged.
    """
    if not serial:
        return "1"
    prefix, digits = split_serial(serial)
    return f"{prefix}{int(digits) + 1:0{len(digits)}d}" if digits else serial


def serial_number(serial: str) -> int:
    """The number to sort a serial by, at most 2**63 - 1.

    Its leading digits; if it starts with none, its last run of digits; else 0 (InvenTree's reading of a reference,
    semantics D1). Leading digits first because of serials like 2026-0007, where the year counts for more.
    """
    leading = _LEADING.match(serial)
    found = leading[0] if leading else (_LEADING.findall(serial) or ["0"])[-1]
    # No run of more than 19 digits is below the limit, and int() refuses very long ones.
    digits = found.lstrip("0") or "0"
    return NUMBER_LIMIT if len(digits) > 19 else min(int(digits), NUMBER_LIMIT)


def parse_serials(text: str, *, count: int, latest: str | None = None) -> list[str]:
    """Read the serial numbers of `count` units, in the order they were written.

    `latest` is the highest serial of the part's family, for `~`. Refuses with every reason found: `serials_missing`,
    `serials_count`, `serials_range`, `serials_range_too_long`, `serials_sequence`, `serials_uncountable`,
    `serials_duplicate`, `serials_too_many`, `serial_too_long`, `serial_invalid`.
    """
    if count > SERIALS_LIMIT:
        refuse("serials_too_many", count=count, limit=SERIALS_LIMIT)
    groups = [group for group in _SEPARATORS.split(text) if group]
    if not groups:
        refuse("serials_missing", count=count)
    reading = _Reading(count, latest)
    for group in groups:
        if not group.isprintable():
            reading.reasons.add("serial_invalid", serial=in_short(group))
    reading.reasons.raise_any()
    for group in groups:
        if len(groups) == count:
            # One unit "from 8 on" is 8; everything else is what it says.
            start = group[:-1] if _SEQUENCE.fullmatch(group) and group.endswith("+") else group
            reading.take([reading.filled(start or group)])
        else:
            reading.expand(group)
    reading.finish()
    return list(reading.found)


class _Reading:
    """The serials read so far, and what was wrong with them."""

    def __init__(self, count: int, latest: str | None) -> None:
        self.count = count
        self.latest = latest
        self.found: dict[str, None] = {}  # an ordered set
        self.twice: dict[str, None] = {}
        self.reasons = Reasons()

    @property
    def left(self) -> int:
        return max(0, self.count - len(self.found))

    def filled(self, text: str) -> str:
        """The text with each `~` replaced by the next serial after the latest.

        Replaced after the group was taken apart: next after SN-0007 is not a range from SN to 0008.
        """
        first, *rest = text.split("~")
        for piece in rest:
            following = increment(self.latest)
            if following == self.latest:
                self.reasons.add("serials_uncountable", serial=self.latest)
                return text
            self.latest = following
            first += following + piece
        return first

    def take(self, serials: list[str]) -> None:
        for serial in serials:
            if len(serial) > SERIAL_LENGTH_LIMIT:
                shown = f"{serial[:20]}..."
                self.reasons.add("serial_too_long", serial=shown, length=len(serial), limit=SERIAL_LENGTH_LIMIT)
            elif serial in self.found:
                self.twice[serial] = None
            else:
                self.found[serial] = None

    def expand(self, group: str) -> None:
        """Read one group of the text as a range, a sequence or a serial."""
        hyphens = group.count("-")
        sequence = _SEQUENCE.fullmatch(group)
        if hyphens > 1:
            self.take([self.filled(group)])
        elif sequence:
            self.take_sequence(group, sequence[1], sequence[2])
        elif hyphens == 1:
            first, last = group.split("-")
            self.take_range(group, self.filled(first), self.filled(last))
        elif "+" in group:
            self.reasons.add("serials_sequence", group=group[:40])
        else:
            self.take([self.filled(group)])

    def take_range(self, group: str, first: str, last: str) -> None:
        prefix, digits = split_serial(first)
        last_prefix, last_digits = split_serial(last)
        long = max(len(digits), len(last_digits)) > SERIAL_LENGTH_LIMIT
        if long or not digits or not last_digits or prefix != last_prefix or int(last_digits) <= int(digits):
            self.refuse_range(group, first, last)
            return
        length = int(last_digits) - int(digits) + 1
        if f"{int(last_digits):0{len(digits)}d}" != last_digits:  # 9-011: 9 counts up to 11, never to 011
            self.refuse_range(group, first, last)
        elif length > self.left:
            self.refuse_length(group, length)
        else:
            self.take(list(_counted(prefix, digits, length)))

    def take_sequence(self, group: str, start: str, more: str) -> None:
        start = self.filled(start)
        if not start and not more:
            self.reasons.add("serials_sequence", group=group[:40])
            return
        # InvenTree counts the blank start of +3 as one of its n + 1 and then drops it: 1, 2, 3.
        length = (int(more) + 1 if start else int(more)) if more else self.left
        prefix, digits = split_serial(start or "1")
        if length > self.left:
            self.refuse_length(group, length)
        elif length > 1 and not digits:
            self.reasons.add("serials_uncountable", serial=start[:40])
        elif len(start) > SERIAL_LENGTH_LIMIT or not digits:
            self.take([start] if length else [])
        else:
            self.take(list(_counted(prefix, digits, length)))

    def refuse_range(self, group: str, first: str, last: str) -> None:
        self.reasons.add("serials_range", group=group[:40], first=first[:40], last=last[:40])

    def refuse_length(self, group: str, length: int) -> None:
        self.reasons.add("serials_range_too_long", group=group[:40], found=length, left=self.left, count=self.count)

    def finish(self) -> None:
        if self.twice:
            self.reasons.add("serials_duplicate", serials=list(self.twice))
        self.reasons.raise_any()
        if len(self.found) != self.count:
            refuse("serials_count", found=len(self.found), count=self.count)


def _counted(prefix: str, digits: str, length: int) -> Iterator[str]:
    start, width = int(digits), len(digits)
    return (f"{prefix}{number:0{width}d}" for number in range(start, start + length))


def named_serials(word: str, known: Collection[str]) -> list[str]:
    """The serials that one word means where one chooses among known ones: itself, or each of a range.

    A range counts only if the word is not itself a serial: 1-40, SN-001-SN-040. Serials of a range that are not known
    are in the answer too, so that whoever asks can refuse them by name.
    """
    middle = [place for place, sign in enumerate(word) if sign == "-"] if word not in known else []
    for place in middle:
        (prefix, first), (last_prefix, last) = split_serial(word[:place]), split_serial(word[place + 1 :])
        if not first or not last or last_prefix not in ("", prefix) or max(len(first), len(last)) > 18:
            continue
        length = int(last) - int(first) + 1
        if 1 < length <= SERIALS_LIMIT:
            return list(_counted(prefix, first, length))
    return [word]


def serial_text(serials: Collection[str]) -> str:
    """Show many serials in little room, sorted: "1-5, 9".

    Three or more in a row become a range. For serials without hyphen, plus and tilde the text reads back as itself.
    """

    def order(serial: str) -> tuple[str, int, str]:
        prefix, digits = split_serial(serial)
        return prefix, int(digits or 0), serial

    runs: list[list[str]] = []
    for serial in sorted(serials, key=order):
        if runs and increment(runs[-1][-1]) == serial != runs[-1][-1]:
            runs[-1].append(serial)
        else:
            runs.append([serial])
    shown = []
    for run in runs:
        if len(run) < 3:
            shown += run
        else:
            shown.append(f"{run[0]} to {run[-1]}" if "-" in run[0] else f"{run[0]}-{run[-1]}")
    return ", ".join(shown)
