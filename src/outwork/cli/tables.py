"""How commands lay out what they print: columns of text, numbers as people write them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from outwork.rules.quantities import amount_text, as_text


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], *, indent: str = "") -> list[str]:
    """Columns side by side, numbers and amounts to the right; columns in which nothing stands are left out."""
    cells = [[shown(cell) for cell in row] for row in rows]
    kept = [column for column in range(len(headers)) if any(row[column] for row in cells)]
    numeric = {column for column in kept if all(_is_number(row[column]) for row in rows)}
    widths = {column: max(len(headers[column]), *(len(row[column]) for row in cells)) for column in kept}

    def line(texts: Sequence[str]) -> str:
        laid = [
            texts[column].rjust(widths[column]) if column in numeric else texts[column].ljust(widths[column])
            for column in kept
        ]
        return (indent + "  ".join(laid)).rstrip()

    return [line(headers), *(line(row) for row in cells)] if rows else []


def _is_number(cell: Any) -> bool:
    """Whether a cell stands to the right: a number, an amount of money, or nothing."""
    return not cell or isinstance(cell, (Decimal, int)) or _AMOUNT.fullmatch(str(cell)) is not None


_AMOUNT = re.compile(r"-?[0-9.]+ [A-Z]{3}|unknown")


def shown(value: Any) -> str:
    """A cell as text: nothing for None, 40 for 40.00000, yes for a fact that holds."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return as_text(value) if isinstance(value, Decimal) else str(value)


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with at least two decimals and its currency; "unknown" if it is not known."""
    return "unknown" if amount is None else amount_text(amount, currency)


def day(moment: datetime.datetime | None, zone: ZoneInfo) -> str:
    """The day of a moment in the company's time zone."""
    return "" if moment is None else moment.astimezone(zone).date().isoformat()


def several(count: Decimal | int, one: str, many: str | None = None) -> str:
    """1 line, 3 lines."""
    return f"{shown(count)} {one if count == 1 else many or one + 's'}"
