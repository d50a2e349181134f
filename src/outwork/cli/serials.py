"""Serial numbers: which come next, which are kept for whom, and given to units that came without."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.options import reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.ledger.serial_numbers import next_serials, reservations_of
from outwork.models import PurchaseLine, SerialReservation, StockItem
from outwork.operations.assigning_serials import Assignment, assign_serials
from outwork.operations.reserving_serials import reserve_serials, void_serials
from outwork.queries.naming import build_named, lines_to_name, order_line_named, order_named, part_named
from outwork.rules.serials import serial_text


@click.group("serials")
def command() -> None:
    """Serial numbers: which come next, and which are reserved for a build or an order line."""


@command.command("next")
@click.argument("part", metavar="PART")
@click.argument("count", type=click.IntRange(1, 1000), default=1, metavar="[N]")
@reading
def next_(part: str, count: int, as_json: bool) -> None:
    """Show the next serial numbers of a part that are free. Nothing is kept: reserve them, or use them."""
    found = next_serials(part_named(part), count)
    if as_json:
        print_json({"serials": found})
    else:
        click.echo(serial_text(found))


@command.command("list")
@click.argument("part", metavar="PART")
@click.option("--all", "everything", is_flag=True, help="What is void or over too.")
@reading
def list_(part: str, everything: bool, as_json: bool) -> None:
    """List the serial numbers that are reserved in the family of a part."""
    rows = reservations_of(part_named(part), standing_only=not everything)
    if as_json:
        print_json(rows)
        return
    cells = [
        [
            row.id,
            row.serials,
            row.count,
            row.used,
            row.build or f"{row.order} line {row.line}",
            "" if row.is_standing else "free again",
        ]
        for row in rows
    ]
    for line in table(["reservation", "serials", "count", "used", "for", ""], cells) or ["None are reserved."]:
        click.echo(line)


@command.command("reserve")
@click.option("--build", metavar="BUILD", help="For the units of a build.")
@click.option("--order", metavar="ORDER", help="For the units of an order line; with --line.")
@click.option("--line", metavar="LINE", help="The line of the order, by number, part or SKU.")
@click.option("--count", metavar="N", help="How many; by default as many as are to come.")
@click.option("--start", metavar="SERIAL", help="The first of them; by default the next one.")
@doing
def reserve(
    asked: Asked, build: str | None, order: str | None, line: str | None, count: str | None, start: str | None
) -> Answer:
    """Reserve serial numbers in a row for a build or an order line."""
    if (build is None) == (order is None) or (order is None) != (line is None):
        raise click.UsageError("Say --build BUILD, or --order ORDER and --line LINE.")
    row: PurchaseLine | None = None
    if order is not None:
        found = order_named(order)
        row = order_line_named(line or "", lines_to_name(found), found)
        row.order = found
    done = reserve_serials(
        build=build_named(build) if build else None, order_line=row, count=count, start=start, **asked
    )
    whom = f"{order} line {row.position}" if row else build
    return Answer(done, f"{done.data['serials']} are reserved for {whom} (reservation {done.ids[0]}).")


@command.command("assign")
@click.argument("build", metavar="BUILD")
@click.argument("output", type=int, metavar="OUTPUT")
@click.argument("serials", metavar="SERIALS")
@click.option("--count", metavar="N", help="So many of its units; by default all.")
@reason_option
@doing
def assign(asked: Asked, build: str, output: int, serials: str, count: str | None, reason: str) -> Answer:
    """Give units in production that came as a quantity their serial numbers (1-40, SN-001+, ~+).

    Units in stock are numbered by `outwork stock serialise`.
    """
    found = build_named(build)
    assignment = Assignment(output, serials, count)
    done = assign_serials(build=found, assignments=[assignment], reason=reason, **asked)
    made = StockItem.objects.filter(outputs__pk__any=done.ids).values_list("serial", flat=True)
    return Answer(done, f"{found.reference}: serial numbers {serial_text([one for one in made if one])}.")


@command.command("void")
@click.argument("reservations", nargs=-1, required=True, type=int, metavar="RESERVATION...")
@reason_option
@doing
def void(asked: Asked, reservations: tuple[int, ...], reason: str) -> Answer:
    """Let go of reserved serial numbers. What no unit has is free again."""
    done = void_serials(reservations=reservations, reason=reason, **asked)
    known = SerialReservation.objects.in_bulk(reservations)
    return Answer(done, [f"{known[pk]} are free again." for pk in reservations])
