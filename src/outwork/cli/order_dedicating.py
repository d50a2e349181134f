"""For which builds the lines of an order are bought, on the command line."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.options import order_argument, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.operations.dedicating_lines import Dedication, dedicate_lines
from outwork.queries.builds import lines_of
from outwork.queries.dedications import dedications
from outwork.queries.naming import build_line_named, build_named, lines_to_name, order_line_named, order_named


@click.command("dedicate")
@order_argument
@click.argument("line", metavar="LINE")
@click.argument("build", metavar="BUILD")
@click.argument("quantity", metavar="QUANTITY")
@click.option("--for", "build_line", metavar="PART", help="The part of the build's line, if it is another one.")
@reason_option
@doing
def dedicate(
    asked: Asked, order: str, line: str, build: str, quantity: str, build_line: str | None, reason: str
) -> Answer:
    """Say how much of a line is bought for a build; 0 for nothing. QUANTITY is in the part's unit."""
    found = order_named(order)
    row = order_line_named(line, lines_to_name(found), found)
    target = build_named(build)
    wanted = build_line_named(build_line or row.part.label, lines_of(target.pk), target)
    done = dedicate_lines(order=found, dedications=[Dedication(row.pk, wanted.pk, quantity)], reason=reason, **asked)
    return Answer(
        done, f"{found.reference} line {row.position}: {quantity} of {row.part.label} are for {target.reference}."
    )


@click.command("dedications")
@order_argument
@reading
def list_dedications(order: str, as_json: bool) -> None:
    """List which builds the lines of an order are bought for; what is not listed is for stock."""
    found = order_named(order)
    rows = dedications(found)
    if as_json:
        print_json(rows)
        return
    cells = [[row.position, row.part, row.build, row.quantity, row.open or ""] for row in rows]
    headers = ["line", "part", "build", "for it", "still to come"]
    for line in table(headers, cells) or [f"All of {found.reference} is for stock."]:
        click.echo(line)


COMMANDS = (dedicate, list_dedications)
