"""One build as a page of plain text: where it stands, line by line, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from outwork.cli.tables import day, money, several, shown, table
from outwork.queries.build_overview import BuildOverview, LineRow, OrderedRow, OutputRow
from outwork.rules.next_steps import Step
from outwork.rules.serials import serial_text
from outwork.rules.states import BuildStatus

# Which command does what is to be done next.
COMMANDS = {
    "decide_supply": "outwork build supply {build}",
    "issue_build": "outwork build issue {build}",
    "resume_build": "outwork build issue {build}",
    "order_build": "outwork build order {build}",
    "allocate": "outwork build auto-allocate {build}",
    "order_parts": "outwork to-order order --all --build {build}",
    "send": "outwork build send {build}",
    "decide_units": "outwork build accept {build} --rest",
    "consume": "outwork build consume {build}",
    "make_units": "outwork build make {build} UNITS",
    "missing_units": "outwork build finish {build} --accept-incomplete",
    "finish": "outwork build finish {build}",
}


def page(found: BuildOverview, zone: ZoneInfo) -> Iterator[str]:
    """The lines of the page."""
    build, made = found.build, found.progress
    who = ""
    if build.is_external:
        who = f", made by {build.manufacturer.name}" if build.manufacturer else ", made outside"
    title = f" - {build.title}" if build.title else ""
    yield f"{build.reference}: {several(build.quantity, 'unit')} of {build.part.label}{who}{title}"
    yield f"It is {BuildStatus(build.status).word}{_dates(found, zone)}."
    counts = [
        ("ordered", made.ordered if build.is_external else Decimal(0)),
        ("received", made.received if build.is_external else Decimal(0)),
        ("in production", made.in_production),
        ("accepted", made.accepted),
        ("rejected", made.rejected),
        ("scrapped at the manufacturer", made.scrapped),
        ("good unit still open" if made.open == 1 else "good units still open", made.open),
    ]
    yield "; ".join(f"{shown(quantity)} {word}" for word, quantity in counts if quantity) + "."
    yield ""
    yield from _lines(found.lines, is_external=build.is_external)
    yield from _ordered(found.ordered)
    yield from _outputs(found.outputs, zone)
    yield from steps(found.next, COMMANDS, build=build.reference)


def steps(next_steps: Sequence[Step], commands: dict[str, str], **names: str) -> Iterator[str]:
    """What to do next, each with the command that does it; the page ends with it."""
    if not next_steps:
        yield "next: nothing"
    for step in next_steps:
        template = commands.get(step.code)
        yield f"next: {step.text()}" + (f"   [{template.format(**names)}]" if template else "")


def _dates(found: BuildOverview, zone: ZoneInfo) -> str:
    build = found.build
    words = [
        ("created", day(build.created_at, zone)),
        ("issued", day(build.issued_at, zone)),
        ("to be done by", build.target_date),
        ("cancelled" if build.status == BuildStatus.CANCELLED else "completed", day(build.completed_at, zone)),
    ]
    return "".join(f", {word} {when}" for word, when in words if when)


def _lines(rows: Sequence[LineRow], *, is_external: bool) -> Iterator[str]:
    if not rows:
        yield "It has no lines: its BOM is empty."
        yield ""
        return
    cells = [
        [
            row.position,
            row.part,
            (row.supply or "undecided") if is_external else "",
            row.required,
            row.allocated or "",
            row.there or "",
            row.consumed or "",
            row.short or "",
            row.due or "",
            row.free_here or "",
            row.free_there or "",
            row.on_order or "",
            row.on_draft or "",
            ", ".join(
                word for word, holds in (("optional", row.is_optional), ("consumable", row.is_consumable)) if holds
            ),
        ]
        for row in rows
    ]
    headers = ["line", "part", "supply", "required", "allocated", "of it there", "consumed", "short", "due and missing"]
    yield from table(
        [*headers, "free with us", "free there", "on order for it", "on drafts for it", ""], cells, indent="  "
    )
    yield ""


def _ordered(rows: Sequence[OrderedRow]) -> Iterator[str]:
    if not rows:
        return
    cells = [
        [
            f"{row.order}/{row.position}",
            row.supplier,
            row.status,
            row.ordered,
            row.received,
            row.open or "",
            "closed short" if row.is_closed else "",
            money(row.price, row.currency) + ("" if row.pack_size == 1 else f" for {shown(row.pack_size)}"),
            row.expected,
        ]
        for row in rows
    ]
    yield from table(
        ["order line", "from", "status", "ordered", "received", "open", "", "price", "expected"], cells, indent="  "
    )
    yield ""


def _outputs(rows: Sequence[OutputRow], zone: ZoneInfo) -> Iterator[str]:
    if not rows:
        return
    grouped: dict[tuple[str, str, str, str], list[OutputRow]] = defaultdict(list)
    for row in rows:
        grouped[row.state, day(row.decided_at or row.made_at, zone), row.batch, row.reason].append(row)
    cells = []
    for (state, when, batch, reason), mine in grouped.items():
        serials = [row.serial for row in mine if row.serial is not None]
        ids = [str(row.id) for row in mine if row.serial is None]
        cells.append(
            [
                state,
                sum((row.quantity for row in mine), Decimal(0)),
                when,
                serial_text(serials),
                batch,
                ", ".join(ids),
                reason,
            ]
        )
    yield from table(["units", "", "since", "serial numbers", "batch", "output", "reason"], cells, indent="  ")
    yield ""
