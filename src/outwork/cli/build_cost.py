"""What a build costs, as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from django.utils import timezone

from outwork.cli.doing import reading
from outwork.cli.options import build_argument
from outwork.cli.output import print_json
from outwork.cli.tables import money, shown, table
from outwork.queries.costs import Amounts, BuildCost, CostState, build_cost
from outwork.queries.naming import build_named

_TOLD = {
    CostState.ESTIMATED: "estimated: nothing came and nothing was used yet",
    CostState.PROVISIONAL: "provisional: it changes until the build is finished",
    CostState.FINAL: "final",
}


@click.command("cost")
@build_argument
@reading
def cost(build: str, as_json: bool) -> None:
    """Show what a build costs: estimated before, provisional while it is open, final when it is closed."""
    found = build_cost(build_named(build), at=timezone.now())
    if as_json:
        print_json(as_data(found))
        return
    for line in page(found):
        click.echo(line)


def as_data(found: BuildCost) -> dict[str, Any]:
    """All of it, the totals and averages too."""
    names = [name for name in found.__slots__ if name not in ("estimated", "actual")]
    averages = ("per_good_unit", "estimated_per_unit", "rejected_per_good_unit")
    return {
        **{name: getattr(found, name) for name in (*names, *averages)},
        "estimated": _amounts(found.estimated),
        "actual": _amounts(found.actual),
    }


def _amounts(amounts: Amounts) -> dict[str, Any]:
    return {name: getattr(amounts, name) for name in ("components", "service", "extras", "total")}


def page(found: BuildCost) -> Iterator[str]:
    """The lines of the page."""

    def amount(value: Any) -> str:
        return money(value, found.currency)

    yield f"{found.build}: {shown(found.planned_units)} of {found.part}. The cost is {_TOLD[found.state]}."
    yield ""
    rows = [
        [name, amount(getattr(found.estimated, name)), amount(getattr(found.actual, name))]
        for name in ("components", "service", "extras", "total")
    ]
    yield from table(["", "estimated", "so far" if found.state != CostState.FINAL else "final"], rows)
    yield ""
    if found.good_units:
        yield f"A good unit costs {amount(found.per_good_unit)}: {shown(found.good_units)} good ones."
    else:
        yield f"A unit will cost {amount(found.estimated_per_unit)} if all are good."
    if found.rejected_units:
        per_unit = f", {amount(found.rejected_per_good_unit)} on each good one" if found.good_units else ""
        yield f"{shown(found.rejected_units)} rejected cost {amount(found.rejected)}{per_unit}."
    if found.unborne:
        yield f"{amount(found.unborne)} went into no unit that came."
    yield ""
    lines = [
        [one.part, one.planned, one.consumed, amount(one.estimated), amount(one.actual), one.supply or ""]
        for one in found.lines
    ]
    yield from table(["component", "planned", "used", "estimated", "so far", "supply"], lines)
    extras = [[one.kind.replace("_", " "), amount(one.estimated), amount(one.actual)] for one in found.extras]
    if extras:
        yield ""
        yield from table(["extra cost", "estimated", "so far"], extras)
    if found.unknown:
        yield ""
        yield "Unknown: " + "; ".join(found.unknown) + "."


COMMANDS = (cost,)
