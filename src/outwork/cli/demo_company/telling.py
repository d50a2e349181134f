"""The story of one external build as a page of text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from outwork.cli.demo_company.report import Cost, LeftOver, Story, UnitStory
from outwork.cli.tables import day, shown, table


def tell(story: Story, zone: ZoneInfo) -> Iterator[str]:
    """The lines of the report."""
    made = story.progress
    heading = f"{story.reference}: {shown(made.planned)} x {story.name} ({story.part}), built by {story.manufacturer}"
    yield heading
    yield "=" * len(heading)
    yield (
        f"It is {story.state}: {shown(made.ordered)} ordered, {shown(made.received)} received, "
        f"{shown(made.accepted)} accepted, {shown(made.rejected)} rejected."
    )
    yield ""
    yield "What happened"
    yield from table(
        ("Day", "Who", "What"),
        [(day(one.at, zone), one.who, one.text) for one in story.moments],
        indent="  ",
    )
    yield ""
    yield from _cost(story.cost)
    if story.unit:
        yield ""
        yield from _unit(story.unit, story.part)
    if story.left_over:
        yield ""
        yield from _left_over(story.left_over, story.manufacturer)


def euros(value: Decimal | None) -> str:
    """An amount in cents and finer where it is small."""
    return "unknown" if value is None else f"{value:,.2f}"


def _cost(cost: Cost) -> Iterator[str]:
    yield f"What it cost ({'final' if cost.is_final else 'provisional'}, in euros)"
    rows = [(line.what, euros(line.value)) for line in cost.lines]
    rows += [
        ("Total", euros(cost.total)),
        (f"For each of {shown(cost.good_units)} good units", euros(cost.per_good_unit)),
    ]
    width, digits = max(len(what) for what, _ in rows), max(len(value) for _, value in rows)
    for what, value in rows:
        yield f"  {what.ljust(width)}  {value.rjust(digits)}"


def _unit(unit: UnitStory, part: str) -> Iterator[str]:
    where = " in ".join(("", *unit.inside))
    yield f"What is in {part} {unit.serial}{', which is now' + where if where else ''}"
    rows = [
        (one.certainty, one.part, one.batch, one.mpn, one.supplier or "opening stock", one.order) for one in unit.lots
    ]
    yield from table(("", "Part", "Batch", "Maker's number", "From", "Order"), rows, indent="  ")


def _left_over(left: list[LeftOver], manufacturer: str) -> Iterator[str]:
    """What no build wants, largest value first; what builds wait for only as a number."""
    total = sum((one.value for one in left if one.value is not None), Decimal(0))
    free = sorted((one for one in left if one.quantity > one.allocated), key=lambda one: -(one.value or 0))
    yield f"What lies at {manufacturer} today and is ours: {len(left)} lots worth {euros(total)} euros"
    rows = [(one.part, one.batch, one.quantity, one.allocated or None, one.packaging) for one in free]
    yield from table(("Left over", "Batch", "There", "Wanted by builds", "Packed as"), rows, indent="  ")
    if len(free) < len(left):
        yield f"  ... and {len(left) - len(free)} lots that builds want whole"
