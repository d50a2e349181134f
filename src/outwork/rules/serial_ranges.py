"""Ranges of serial numbers that are reserved: a prefix, then the numbers from first to last."""

from __future__ import annotations

from dataclasses import dataclass

from outwork.rules.refusals import Where, declare, refuse
from outwork.rules.serials import NUMBER_LIMIT, SERIALS_LIMIT, split_serial

declare(
    serials_range_without_number="{serial} does not end in digits from 1 on, so no range can start with it",
    serials_range_too_large="{count} serial numbers from {serial} on cannot be reserved: at most {limit} at once",
)


@dataclass(frozen=True, slots=True)
class SerialRange:
    """The serial numbers `prefix` + first to `prefix` + last, filled up with zeros to `width` digits."""

    prefix: str
    first: int
    last: int
    width: int = 0

    @classmethod
    def starting(cls, serial: str, count: int, *, where: Where = ()) -> SerialRange:
        """So many serial numbers from this one on. Refuses serials_range_without_number, serials_range_too_large."""
        prefix, digits = split_serial(serial)
        if not digits or len(digits) > 18 or int(digits) < 1:
            refuse("serials_range_without_number", serial=serial[:40], where=where)
        first = int(digits)
        if not 1 <= count <= SERIALS_LIMIT or first + count > NUMBER_LIMIT:
            refuse("serials_range_too_large", serial=serial[:40], count=count, limit=SERIALS_LIMIT, where=where)
        return cls(prefix, first, first + count - 1, len(digits))

    def __contains__(self, serial: str) -> bool:
        prefix, digits = split_serial(serial)
        if prefix != self.prefix or not digits or len(digits) > 18:
            return False
        return self.first <= int(digits) <= self.last and self.serial(int(digits)) == serial

    def __str__(self) -> str:
        first, last = self.serial(self.first), self.serial(self.last)
        return first if first == last else f"{first} to {last}"

    def __len__(self) -> int:
        return self.last - self.first + 1

    def serial(self, number: int) -> str:
        """The serial number with this number, whether it is of the range or not."""
        return f"{self.prefix}{number:0{self.width}d}"

    def serials(self) -> list[str]:
        """All of them, in order."""
        return [self.serial(number) for number in range(self.first, self.last + 1)]

    def overlaps(self, other: SerialRange) -> bool:
        """Whether the two have numbers in common; 7 and 007 are near enough to be kept apart."""
        return self.prefix == other.prefix and self.first <= other.last and other.first <= self.last
