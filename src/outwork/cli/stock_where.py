"""Where stock of a part lies, on the command line: with us, at manufacturers, elsewhere."""

from __future__ import annotations

import click

from outwork.cli.doing import reading
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.queries.naming import part_named
from outwork.queries.stock import by_location
from outwork.rules.quantities import ZERO


@click.command("where")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@reading
def where(parts: tuple[str, ...], as_json: bool) -> None:
    """Show where stock of parts lies: at which of our locations, and at whom."""
    rows = by_location(part_ids=[part_named(part).pk for part in parts])
    if as_json:
        print_json(rows)
        return
    headers = ["part", "location", "at", "on hand", "usable", "allocated", "free", "in production"]
    cells = [
        [
            *(row.part, row.location or "not placed", row.company, row.quantity, row.usable),
            *(row.allocated or "", row.free, row.in_production or ""),
        ]
        for row in rows
    ]
    for line in table(headers, cells) or ["There is none."]:
        click.echo(line)
    ours = sum((row.quantity for row in rows if row.company_id is None), ZERO)
    if len(rows) > 1 and len(parts) == 1:
        theirs = sum((row.quantity for row in rows), ZERO) - ours
        click.echo(f"{shown(ours)} with us, {shown(theirs)} at others.")


COMMANDS = (where,)
