"""Change what a purchase order says about itself, and order the same once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from outwork.cli.actor import find_actor
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.field_options import row_named
from outwork.cli.options import day_or_none, order_argument, reason_option
from outwork.models import Address, Contact, ProjectCode
from outwork.operations.changing_order import CHANGEABLE, change_order
from outwork.operations.duplicating_order import duplicate_order
from outwork.queries.naming import location_named, order_named

NONE = "none"
READERS: dict[str, Callable[[str], Any]] = {
    "destination": lambda text: location_named(text, where=("destination",)),
    "responsible": find_actor,
    "contact": lambda text: row_named(Contact, text, where=("contact",)),
    "address": lambda text: row_named(Address, text, where=("address",)),
    "project_code": lambda text: row_named(ProjectCode, text, where=("project_code",)),
    "start_date": day_or_none,
    "target_date": day_or_none,
}
_PEOPLE = (
    click.option("--responsible", metavar="USERNAME", help="Who looks after it."),
    click.option("--contact", metavar="CONTACT", help="Whom at the supplier we talk to."),
    click.option("--address", metavar="ADDRESS", help="The supplier's site that it goes to."),
    click.option("--project", "project_code", metavar="CODE", help="The project that it is booked to."),
    click.option("--terms", "payment_terms", metavar="TEXT", help="Payment terms."),
    click.option("--incoterm", metavar="TEXT", help="Who bears the transport, such as DAP."),
    click.option("--link", metavar="URL", help="Where more is to be found."),
)


def people_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of an order about people, sites and terms."""
    for option in reversed(_PEOPLE):
        command = option(command)
    return command


def read_facts(given: dict[str, Any]) -> dict[str, Any]:
    """The facts that were named, each as the operation takes it; "none" for no longer any."""
    return {
        name: value if name not in READERS else None if value == NONE else READERS[name](value)
        for name, value in given.items()
        if value is not None
    }


@click.command("change")
@order_argument
@click.option("--description", help="What it is for.")
@click.option("--supplier-reference", help="The supplier's own number for it.")
@click.option("--destination", metavar="LOCATION", help="Where what comes goes; none for nowhere.")
@click.option("--start", "start_date", metavar="DATE", help="When it begins; none for no date.")
@click.option("--target", "target_date", metavar="DATE", help="When all should be there; none for no date.")
@people_options
@click.option("--note", metavar="TEXT", help="A note, kept with the order.")
@reason_option
@doing
def change(asked: Asked, order: str, reason: str, **given: Any) -> Answer:
    """Change an order. What is not named stays; people and places may be none."""
    facts = read_facts(given)
    if not facts:
        raise click.UsageError("Say what is to change, such as --target DATE.")
    found = order_named(order)
    done = change_order(order=found, changes=facts, reason=reason, **asked)
    words = ", ".join(f"{name.replace('_', ' ')} {given[name]}" for name in CHANGEABLE if name in facts)
    return Answer(done, f"{found.reference} is changed: {words}.")


@click.command("duplicate")
@order_argument
@click.option("--lines/--no-lines", "copy_lines", default=True, show_default=True, help="With its lines.")
@click.option("--extras/--no-extras", "copy_extra_lines", default=False, show_default=True, help="With extra costs.")
@click.option("--reference", help="The reference of the new order; by default the next number.")
@doing
def duplicate(asked: Asked, order: str, copy_lines: bool, copy_extra_lines: bool, reference: str | None) -> Answer:
    """Make a draft like an order. Its lines deliver no build until they are linked to one."""
    found = order_named(order)
    done = duplicate_order(
        order=found, copy_lines=copy_lines, copy_extra_lines=copy_extra_lines, reference=reference, **asked
    )
    count = len(done.data["lines"])
    return Answer(done, f"{done.data['reference']}: a draft like {found.reference}, {count} lines.")


COMMANDS = (change, duplicate)
