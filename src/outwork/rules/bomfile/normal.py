"""The normal form of a bill of materials: what every reader makes of its file, whatever the file looked like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from outwork.rules.refusals import Reason

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a part can be bought: the supplier ("" when the file does not say) and its order number."""

    supplier: str
    sku: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another part that may be fitted instead."""

    manufacturer: str
    mpn: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file was written; `header_row` counts from 1, `quoted` is false where quotes are inch signs."""

    format: str
    delimiter: str
    encoding: str
    header_row: int
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line in the file's own grain; text the file does not give is "".

    `quantity` is the number of designators where the file has none. `mpn` is as published, or what
    the library name and comment make likely where the file has no column for it.
    """

    row: int
    designators: tuple[str, ...]
    quantity: Decimal
    value: str = ""
    footprint: str = ""
    manufacturer: str = ""
    mpn: str = ""
    internal_number: str = ""
    offers: tuple[Offer, ...] = ()
    description: str = ""
    specification: str = ""
    library_name: str = ""
    datasheet: str = ""
    note: str = ""
    do_not_fit: bool = False
    alternates: tuple[Alternate, ...] = ()
    other: tuple[tuple[str, str], ...] = ()

    @property
    def supplier(self) -> str:
        """The first supplier."""
        return self.offers[0].supplier if self.offers else ""

    @property
    def sku(self) -> str:
        """The first supplier's order number."""
        return self.offers[0].sku if self.offers else ""


@dataclass(frozen=True, slots=True)
class BomFile:
    """A file as read; `columns` says which headers were read as what, `warnings` what a person should look at."""

    name: str
    lines: tuple[FileLine, ...]
    columns: Mapping[str, tuple[str, ...]]
    dialect: Dialect
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class BomLine:
    """One component of the assembly: all lines of the file with the same identity and do-not-fit flag.

    `identity` is empty where the file says too little to make a part of it; `rows` are the file's.
    """

    identity: tuple[str, ...]
    do_not_fit: bool
    designators: tuple[str, ...]
    quantity: Decimal
    rows: tuple[int, ...]
    value: str = ""
    footprint: str = ""
    manufacturer: str = ""
    mpn: str = ""
    internal_number: str = ""
    offers: tuple[Offer, ...] = ()
    description: str = ""
    specification: str = ""
    library_name: str = ""
    datasheet: str = ""
    note: str = ""
    alternates: tuple[Alternate, ...] = ()

    @property
    def names_part(self) -> bool:
        """Whether the file says enough to find or make a part."""
        return bool(self.identity)

    @property
    def part_name(self) -> str:
        """A name for the part if it has to be made: its MPN, else value and footprint; at most 100 characters."""
        return (self.mpn or self._in_words() or self.description or self.internal_number)[:NAME_LENGTH].strip()

    @property
    def part_description(self) -> str:
        """The file's description, else value, specification and footprint."""
        return self.description or self._in_words()

    def _in_words(self) -> str:
        words = (self.value or self.library_name, self.specification, self.footprint.rpartition(":")[2])
        if not words[0] and not words[1] and self.description:
            return ""
        return " ".join(word for word in words if word)


class Counts(TypedDict):
    """The numbers of a file in its own grain."""

    lines: int
    placements: int | Decimal
    dnp_lines: int
    distinct_mpns: int | None


def counts(bom_file: BomFile) -> Counts:
    """Count a file in its own grain.

    `placements` is the sum of quantities of all lines that are fitted (an int where it is whole);
    `distinct_mpns` counts alternates too and is None where the file has no column of part numbers.
    """
    lines = bom_file.lines
    placements = sum((line.quantity for line in lines if not line.do_not_fit), Decimal(0))
    mpns = {line.mpn for line in lines} | {other.mpn for line in lines for other in line.alternates}
    return {
        "lines": len(lines),
        "placements": int(placements) if placements == placements.to_integral_value() else placements,
        "dnp_lines": sum(line.do_not_fit for line in lines),
        "distinct_mpns": len(mpns - {""}) if "mpn" in bom_file.columns else None,
    }
