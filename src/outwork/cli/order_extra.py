"""Extra costs on a purchase order: freight, a stencil, a deposit."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import note_option, order_argument
from outwork.cli.tables import money
from outwork.models import ExtraLine
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.queries.naming import lines_to_name, order_line_named, order_named
from outwork.rules.pricing import ExtraKind, SpreadMode


def dashed(word: str) -> str:
    """A word of the rules as one types it: one-off-engineering."""
    return word.replace("_", "-")


@click.command("extra", context_settings={"ignore_unknown_options": True})
@order_argument
@click.argument("kind", type=click.Choice([dashed(kind) for kind in ExtraKind]), metavar="KIND")
@click.argument("price", metavar="PRICE")
@click.option("--description", default="", help="What it is.")
@click.option("--quantity", default="1", metavar="N")
@click.option("--currency", metavar="CODE", help="Of the price; by default the order's.")
@click.option("--discount", default="0", metavar="PERCENT")
@click.option(
    "--spread",
    type=click.Choice([dashed(mode) for mode in SpreadMode]),
    help="How it bears on the cost of the units; by default by value.",
)
@click.option("--line", metavar="LINE", help="The line it lies on; --spread on-line by itself.")
@click.option("--over-units", metavar="N", help="Spread over so many units; --spread over-units by itself.")
@click.option("--reference", default="", help="A reference of the line.")
@note_option
@doing
def extra(
    asked: Asked,
    order: str,
    kind: str,
    price: str,
    description: str,
    quantity: str,
    currency: str | None,
    discount: str,
    spread: str | None,
    line: str | None,
    over_units: str | None,
    reference: str,
    note: str,
) -> Answer:
    """Add a cost that is no part. A credit has a negative price.

    \b
    KIND is one of freight, duty, one-off-engineering, stencil, tooling, test, expedite, credit, deposit.
    """
    found = order_named(order)
    implied = SpreadMode.ON_LINE if line else SpreadMode.OVER_UNITS if over_units else SpreadMode.BY_VALUE
    new = NewExtra(
        kind=kind.replace("-", "_"),
        price=price,
        description=description,
        quantity=quantity,
        currency=currency,
        discount=discount,
        spread=spread.replace("-", "_") if spread else implied,
        line_id=order_line_named(line, lines_to_name(found), found).pk if line else None,
        over_units=over_units,
        reference=reference,
        note=note,
    )
    done = add_extra_lines(order=found, extras=[new], **asked)
    made = ExtraLine.objects.get(pk=done.ids[0])
    return Answer(done, f"{found.reference}: {made.kind.replace('_', ' ')} {money(made.price, made.currency)}.")


COMMANDS = (extra,)
