"""One purchase order as a page of plain text: where it stands, line by line, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from outwork.cli.build_page import steps
from outwork.cli.tables import day, money, shown, table
from outwork.queries.deliveries import DeliveryRow
from outwork.queries.orders import DateRow, ExtraRow, OrderLineRow, OrderOverview
from outwork.rules.states import OrderStatus

# Which command does what is to be done next.
COMMANDS = {
    "add_lines": "outwork order add {order} SKU QUANTITY",
    "place_this": "outwork order place {order}",
    "resume_order": "outwork order place {order}",
    "receive": "outwork order receive {order} LINE=QUANTITY",
    "complete": "outwork order complete {order}",
}


def totals(amounts: Mapping[str, Decimal | None]) -> str:
    """What an order comes to, by currency."""
    return " + ".join(money(amount, currency) for currency, amount in amounts.items())


def page(found: OrderOverview, zone: ZoneInfo) -> Iterator[str]:
    """The lines of the page."""
    order = found.order
    yield f"{order.reference} to {order.supplier.name}{f' - {order.description}' if order.description else ''}"
    words = [
        ("created", day(order.created_at, zone)),
        ("placed", day(order.placed_at, zone)),
        ("wanted by", order.target_date),
        ("cancelled" if order.status == OrderStatus.CANCELLED else "completed", day(order.completed_at, zone)),
        ("the supplier's number", order.supplier_reference),
    ]
    yield f"It is {OrderStatus(order.status).word}{''.join(f', {word} {when}' for word, when in words if when)}."
    yield ""
    yield from _lines(found.lines)
    yield from _extras(found.extras)
    if found.totals:
        yield f"Total: {totals(found.totals)}{_in_other_words(found)}"
        yield ""
    yield from _dates(found.dates, zone)
    yield from _deliveries(found.deliveries)
    yield from steps(found.next, COMMANDS, order=order.reference)


def _in_other_words(found: OrderOverview) -> str:
    """The total in the currencies of the order and of the company, where it is not in that one alone."""
    amounts = {found.order.currency: found.total, found.base_currency: found.total_base}
    others = [
        f"unknown in {code}" if amount is None else money(amount, code)
        for code, amount in amounts.items()
        if list(found.totals) != [code]
    ]
    return f" ({', '.join(others)})" if others else ""


def _deliveries(rows: Sequence[DeliveryRow]) -> Iterator[str]:
    for row in rows:
        when = f" on {row.expected}{' (late)' if row.is_late else ''}" if row.expected else ""
        how = " ".join(filter(None, (row.mode and f"by {row.mode}", row.carrier, row.tracking_number)))
        yield f"Delivery {row.id}: {shown(row.open)} of {row.part} announced{when}{f', {how}' if how else ''}"
    if rows:
        yield ""


def _lines(rows: Sequence[OrderLineRow]) -> Iterator[str]:
    if not rows:
        yield "It has no lines."
        yield ""
        return
    cells = [
        [
            row.position,
            row.sku,
            row.part,
            row.build,
            row.ordered,
            f"{shown(row.packs)} of {shown(row.pack_size)}" if row.pack_size != 1 else "",
            row.received,
            row.open or "",
            "closed short" if row.is_closed else "",
            money(row.price, row.currency),
            f"{shown(row.discount)} %" if row.discount else "",
            money(row.total, row.currency),
            f"{row.expected or ''}{' late' if row.is_late else ''}",
        ]
        for row in rows
    ]
    headers = ["line", "SKU", "part", "for", "ordered", "packs", "received", "open", "", "price", "discount", "total"]
    yield from table([*headers, "expected"], cells, indent="  ")
    yield ""


def _extras(rows: Sequence[ExtraRow]) -> Iterator[str]:
    if not rows:
        return
    cells = [
        [
            row.kind.replace("_", " "),
            row.description,
            row.quantity if row.quantity != 1 else "",
            money(row.total, row.currency),
            row.spread.replace("_", " "),
            f"line {row.line}" if row.line else f"{shown(row.over_units)} units" if row.over_units else "",
        ]
        for row in rows
    ]
    yield from table(["extra", "", "times", "total", "spread", ""], cells, indent="  ")
    yield ""


def _dates(rows: Sequence[DateRow], zone: ZoneInfo) -> Iterator[str]:
    for row in rows:
        change = f"from {row.before} to {row.after or 'no date'}" if row.before else f"for {row.after}"
        reason = f": {row.reason}" if row.reason else ""
        yield f"Line {row.line} was {row.which} {change} on {day(row.at, zone)}{reason}"
    if rows:
        yield ""
