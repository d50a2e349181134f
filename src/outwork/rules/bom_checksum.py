"""What a bill of materials says, as one number: ids and quantities, never names, so that renaming changes nothing.

The order of the lines, notes and substitutes do not count either (semantics G31: a hash over names un-validated every
BOM in which a part was renamed).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from outwork.rules.quantities import as_text


@dataclass(frozen=True, slots=True)
class Content:
    """What counts of one BOM line."""

    part_id: int
    quantity: Decimal
    attrition: Decimal
    setup: Decimal
    rounding: Decimal | None
    designators: str
    is_fitted: bool
    is_optional: bool
    is_consumable: bool
    is_inherited: bool
    allows_variants: bool


def line_checksum(content: Content) -> str:
    """SHA-256 of one line as hexadecimal; blanks and the order of designators do not matter."""
    numbers = (content.quantity, content.attrition, content.setup)
    flags = (
        *(content.is_fitted, content.is_optional, content.is_consumable),
        *(content.is_inherited, content.allows_variants),
    )
    said = [
        content.part_id,
        *(as_text(number) for number in numbers),
        None if content.rounding is None else as_text(content.rounding),
        sorted(content.designators.replace(",", " ").split()),
        *flags,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def checksum(lines: Iterable[str]) -> str:
    """SHA-256 of a whole BOM from the checksums of its lines, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
