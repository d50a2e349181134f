"""Change a build: its facts, the BOM it is built to, and what its manufacturer reports about lots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from outwork.cli.actor import find_actor
from outwork.cli.build_outputs import named_outputs, outputs_of
from outwork.cli.build_stock import named_lines
from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.field_options import row_named
from outwork.cli.options import Pair, build_argument, day_or_none, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import several, shown, table
from outwork.models import BuildLine, ProjectCode
from outwork.operations.changing_build import change_build
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.taking_over_bom import take_over_bom
from outwork.queries.bom_difference import Difference, bom_difference, deviations
from outwork.queries.naming import build_named, company_named, location_named
from outwork.rules.supply import ConsumeWhen

NONE = "none"
_READERS: dict[str, Callable[[str], Any]] = {
    "manufacturer": lambda text: company_named(text, where=("manufacturer",)),
    "take_from": lambda text: location_named(text, where=("take_from",)),
    "destination": lambda text: location_named(text, where=("destination",)),
    "parent": lambda text: build_named(text, where=("parent",)),
    "responsible": find_actor,
    "project_code": lambda text: row_named(ProjectCode, text, where=("project_code",)),
    "start_date": day_or_none,
    "target_date": day_or_none,
    "consume": ConsumeWhen,
}


@click.command("change")
@build_argument
@click.option("--quantity", metavar="N", help="How many units.")
@click.option("--title", help="What it is for.")
@click.option("--external/--internal", "is_external", default=None, help="Made outside, or by us.")
@click.option("--manufacturer", metavar="NAME", help="Who is meant to make it; none for nobody.")
@click.option("--target", "target_date", metavar="DATE", help="When it should be done; none for no date.")
@click.option("--start", "start_date", metavar="DATE", help="When it should begin; none for no date.")
@click.option("--consume", type=click.Choice([when.value for when in ConsumeWhen]), help="When components are used up.")
@click.option("--take-from", metavar="LOCATION", help="Where its stock comes from; none for anywhere.")
@click.option("--destination", metavar="LOCATION", help="Where its units go; none for nowhere.")
@click.option("--batch", help="The batch code of its units.")
@click.option("--parent", metavar="BUILD", help="The build that it is part of; none for none.")
@click.option(
    "--feeds-parent/--feeds-nobody", "feeds_parent", default=None, help="Whether its units are allocated to its parent."
)
@click.option("--priority", type=click.IntRange(0))
@click.option("--responsible", metavar="USERNAME", help="Who looks after it; none for nobody.")
@click.option("--project", "project_code", metavar="CODE", help="The project that it is booked to; none for none.")
@click.option("--link", metavar="URL", help="Where more is to be found.")
@click.option("--release-excess", is_flag=True, help="Free what is allocated beyond a smaller need.")
@click.option("--note", metavar="TEXT", help="A note, kept with the build.")
@doing
def change(asked: Asked, build: str, release_excess: bool, **given: Any) -> Answer:
    """Change an open build. What is not named stays as it is."""
    named = {name: value for name, value in given.items() if value is not None}
    if not named:
        raise click.UsageError("Say what is to change, such as --quantity N or --target DATE.")
    found = build_named(build)
    changes = {name: _read(name, value) for name, value in named.items()}
    done = change_build(build=found, changes=changes, release_excess=release_excess, **asked)
    words = ", ".join(f"{name.removeprefix('is_').replace('_', ' ')} {value}" for name, value in named.items())
    return Answer(done, f"{found.reference} is changed: {words}.")


def _read(name: str, value: Any) -> Any:
    if name not in _READERS:
        return value
    return None if value == NONE else _READERS[name](value)


@click.command("bom-difference")
@build_argument
@reading
def difference(build: str, as_json: bool) -> None:
    """Show where the frozen lines of a build differ from its BOM as it is now."""
    found = build_named(build)
    differences, meant = bom_difference(found), deviations(found)
    if as_json:
        told = [{"part": one.part, "kind": one.kind, "changes": one.changes} for one in differences]
        print_json(told + [_deviation(line) for line in meant])
        return
    for one in meant:
        click.echo(f"{one.part.label} is a deviation: {one.deviation} (approved by {one.approved_by})")
    if not differences:
        click.echo(f"{found.reference} is built to its BOM as it is now.")
        return
    for line in table(["part", "", "change"], [[other.part, other.kind, _changes(other)] for other in differences]):
        click.echo(line)
    click.echo(f"next: take it over for units not yet received   [outwork build take-over-bom {found.reference}]")


def _deviation(line: BuildLine) -> dict[str, Any]:
    names = ("per_unit", "deviation", "approved_by")
    return {"part": line.part.label, "kind": "deviation", **{name: getattr(line, name) for name in names}}


def _changes(one: Difference) -> str:
    words = [
        f"{name.replace('_', ' ')} {shown(before) or 'none'} -> {shown(after) or 'none'}"
        for name, (before, after) in one.changes.items()
        if name != "part"
    ]
    return ", ".join((["another part"] if "part" in one.changes else []) + words)


@click.command("take-over-bom")
@build_argument
@reason_option
@doing
def take_over(asked: Asked, build: str, reason: str) -> Answer:
    """Build what has not come yet to the BOM as it is now. Units received before keep their lines."""
    found = build_named(build)
    done = take_over_bom(build=found, reason=reason, **asked)
    changed = done.data["differences"]
    text = [f"{found.reference} is at revision {done.data['revision']}; {several(len(changed), 'line')} taken over:"]
    return Answer(done, [*text, *(f"  {one['part']}: {one['kind']}" for one in changed)])


class Lot(Pair):
    """The lot that was fitted on a line."""

    name = "LINE=LOT"


@click.command("report-lots")
@build_argument
@click.argument("lots", nargs=-1, required=True, type=Lot(), metavar="LINE=LOT...")
@click.option("--manufacturer", metavar="NAME", help="Who reports it, where the build has several.")
@click.option("--unit", metavar="SERIAL|OUTPUT", help="In this unit only; by default in all of its units.")
@click.option("--mpn", default="", help="The manufacturer part number that was fitted.")
@click.option("--date-code", default="", help="The date code of the lot.")
@click.option("--quantity", metavar="N", help="How much of the lot.")
@doing
def report(
    asked: Asked,
    build: str,
    lots: tuple[tuple[str, str], ...],
    manufacturer: str | None,
    unit: str | None,
    mpn: str,
    date_code: str,
    quantity: str | None,
) -> Answer:
    """Note which lots the manufacturer fitted on lines that it buys. `outwork trace` then shows them."""
    found = build_named(build)
    lines = named_lines(found, [name for name, _ in lots])
    maker = company_named(manufacturer, where=("manufacturer",)).pk if manufacturer else None
    output_id = named_outputs(found, [unit], outputs_of(found))[0][0] if unit else None
    rows = [
        LotReport(line.pk, maker, output_id, mpn=mpn, lot=lot, date_code=date_code, quantity=quantity)
        for line, (_, lot) in zip(lines, lots, strict=True)
    ]
    done = report_lots(build=found, rows=rows, **asked)
    text = [f"{line.part.label}: lot {lot} is noted." for line, (_, lot) in zip(lines, lots, strict=True)]
    return Answer(done, text)


COMMANDS = (change, difference, take_over, report)
