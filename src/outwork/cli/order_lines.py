"""The lines of an order that is written already: link them to builds, change them, take them off."""

from __future__ import annotations

from typing import Any

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import order_argument, reason_option
from outwork.operations.changing_order_lines import LineChange, change_lines, remove_lines
from outwork.operations.linking_lines import Link, link_lines
from outwork.queries.naming import build_named, lines_to_name, location_named, order_line_named, order_named

NONE = "none"


@click.command("link")
@order_argument
@click.argument("line", metavar="LINE")
@click.option("--build", required=True, metavar="BUILD|none", help="The external build that it delivers, or none.")
@doing
def link(asked: Asked, order: str, line: str, build: str) -> Answer:
    """Link a line to the external build that it delivers, or take the link away."""
    found = order_named(order)
    row = order_line_named(line, lines_to_name(found), found)
    target = None if build == NONE else build_named(build)
    done = link_lines(order=found, links=[Link(row.pk, target.pk if target else None)], **asked)
    what = f"delivers {target.reference}" if target else "delivers no build"
    return Answer(done, f"{found.reference} line {row.position}, {row.part.label}: {what}.")


@click.command("change-line")
@order_argument
@click.argument("line", metavar="LINE")
@click.option("--ordered", metavar="N", help="How many are ordered, in the part's unit.")
@click.option("--price", metavar="P", help="Per pack; none where it is not known.")
@click.option("--currency", metavar="CODE", help="Of the price.")
@click.option("--discount", metavar="PERCENT")
@click.option("--destination", metavar="LOCATION", help="Where it goes when it comes; none for the order's.")
@click.option("--reference", help="A reference of the line.")
@click.option("--note", help="A note of the line.")
@reason_option
@doing
def change_line(asked: Asked, order: str, line: str, reason: str, **given: Any) -> Answer:
    """Change a line. What came of it already is worth what it costs now."""
    named = {name: value for name, value in given.items() if value is not None}
    if not named:
        raise click.UsageError("Say what is to change, such as --ordered N or --price P.")
    found = order_named(order)
    row = order_line_named(line, lines_to_name(found), found)
    facts = {**named, **{name: None for name in ("price", "destination") if named.get(name) == NONE}}
    if facts.get("destination") is not None:
        facts["destination"] = location_named(facts["destination"], where=("destination",)).pk
    done = change_lines(order=found, changes=[LineChange(row.pk, facts)], reason=reason, **asked)
    words = ", ".join(f"{name} {value}" for name, value in named.items())
    return Answer(done, f"{found.reference} line {row.position}, {row.part.label}: {words}.")


@click.command("remove-line")
@order_argument
@click.argument("line", metavar="LINE")
@reason_option
@doing
def remove_line(asked: Asked, order: str, line: str, reason: str) -> Answer:
    """Take a line off an order. Nothing may have come of it."""
    found = order_named(order)
    row = order_line_named(line, lines_to_name(found), found)
    done = remove_lines(order=found, lines=[row.pk], reason=reason, **asked)
    return Answer(done, f"{found.reference} line {row.position}, {row.part.label}, is taken off.")


COMMANDS = (link, change_line, remove_line)
