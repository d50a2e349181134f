"""How commands name stock items: by number, with so much of them, and in which condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from outwork.cli.tables import several
from outwork.rules.states import StockStatus

STATUSES = {status.word: status for status in StockStatus}


class ItemQuantity(click.ParamType):
    """ITEM=QUANTITY, or ITEM alone where the whole item may be meant."""

    def __init__(self, *, may_be_whole: bool = False) -> None:
        self.may_be_whole = may_be_whole
        self.name = "ITEM[=QUANTITY]" if may_be_whole else "ITEM=QUANTITY"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, str | None]:
        if isinstance(value, tuple):
            return value
        item, equals, quantity = str(value).partition("=")
        if not item.isdecimal() or (not equals and not self.may_be_whole) or (equals and not quantity.strip()):
            self.fail(f"{value} is not {self.name}; `outwork stock list` shows the numbers of items.")
        return int(item), quantity.strip() or None


quantities_argument = click.argument("rows", nargs=-1, required=True, type=ItemQuantity(), metavar="ITEM=QUANTITY...")
whole_items_argument = click.argument(
    "rows", nargs=-1, required=True, type=ItemQuantity(may_be_whole=True), metavar="ITEM[=QUANTITY]..."
)


def items_text(ids: Sequence[int]) -> str:
    """Items as people read them: "items 7, 8 and 3 more"."""
    shown = ", ".join(str(one) for one in ids[:10])
    return f"{'item' if len(ids) == 1 else 'items'} {shown}" + (
        f" and {several(len(ids) - 10, 'more', 'more')}" if len(ids) > 10 else ""
    )
