"""Which component is in which unit, and in which proportion parts that stand in for each other are used up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from outwork.cli.build_stock import named_lines
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import Pair, build_argument
from outwork.cli.tables import several
from outwork.models import Build
from outwork.operations.fitting_components import Fit, fit_components
from outwork.operations.sharing_lines import Share, share_lines
from outwork.queries.naming import build_named, part_named


class Fitted(Pair):
    """A component in a unit, both by serial number."""

    name = "UNIT=COMPONENT"


class Shared(Pair):
    """A part of a line and its share."""

    name = "PART=SHARE"


@click.command("fit")
@build_argument
@click.argument("pairs", nargs=-1, type=Fitted(), metavar="[UNIT=COMPONENT]...")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table of serial numbers: unit and component in each row, in its first two columns; a third names the line.",
)
@click.option("--line", metavar="LINE", help="The line they are for, where a serial number stands for several parts.")
@doing
def fit(asked: Asked, build: str, pairs: tuple[tuple[str, str], ...], source: Path | None, line: str | None) -> Answer:
    """Say which tracked component goes into which unit, both by serial number."""
    found = build_named(build)
    rows = [*((unit, component, line) for unit, component in pairs), *(_table(source, line) if source else ())]
    if not rows:
        raise click.UsageError("Say UNIT=COMPONENT, or --file TABLE.")
    done = fit_components(build=found, fits=_fits(found, rows), **asked)
    return Answer(done, f"{several(len(rows), 'component')} in the units of {found.reference}.")


def _table(source: Path, line: str | None) -> list[tuple[str, str, str | None]]:
    """The rows of a table; commas, semicolons or tabs. A first row that says what the columns are is passed over."""
    text = source.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=separator)]
    filled = [row for row in rows if any(row)]
    if filled and filled[0][0].casefold() in ("unit", "output", "serial"):
        filled = filled[1:]
    for number, row in enumerate(filled, 1):
        if len(row) < 2 or not (row[0] and row[1]):
            raise click.UsageError(f"Row {number} of {source} does not name a unit and a component.")
    return [(row[0], row[1], row[2] if len(row) > 2 and row[2] else line) for row in filled]


def _fits(build: Build, rows: list[tuple[str, str, str | None]]) -> list[Fit]:
    names = sorted({name for _, _, name in rows if name})
    lines = {name: line.pk for name, line in zip(names, named_lines(build, names), strict=True)} if names else {}
    return [Fit(unit, component, lines[name] if name else None) for unit, component, name in rows]


@click.command("share")
@build_argument
@click.argument("line", metavar="LINE")
@click.argument("shares", nargs=-1, type=Shared(), metavar="[PART=SHARE]...")
@click.option("--none", "without", is_flag=True, help="No proportion: in the order of allocation.")
@doing
def share(asked: Asked, build: str, line: str, shares: tuple[tuple[str, str], ...], without: bool) -> Answer:
    """Say in which proportion the parts of a line are used up, such as R-10K=60 R-9K9=40."""
    if without == bool(shares):
        raise click.UsageError("Say PART=SHARE for each part, or --none.")
    found = build_named(build)
    meant = named_lines(found, [line])[0]
    parts: dict[int, Any] = {part_named(name).pk: value for name, value in shares}
    done = share_lines(build=found, shares=[Share(meant.pk, parts)], **asked)
    told = " : ".join(f"{value} {name}" for name, value in shares) or "in the order of allocation"
    return Answer(done, f"{meant.part.label} of {found.reference} is used up {told}.")


COMMANDS = (fit, share)
