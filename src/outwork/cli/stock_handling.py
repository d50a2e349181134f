"""What is done to stock now and then: merge, number, convert, install, give to a customer, value, bring back."""

from __future__ import annotations

from collections.abc import Sequence

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import reason_option
from outwork.cli.stock_items import STATUSES, items_text, whole_items_argument
from outwork.cli.tables import several
from outwork.operations.converting_stock import Conversion, convert_stock
from outwork.operations.delivering_stock import BroughtBack, Delivery, bring_back_stock, deliver_stock
from outwork.operations.installing_stock import Installation, install_stock
from outwork.operations.merging_stock import merge_stock
from outwork.operations.returning_used import Returned, return_used
from outwork.operations.serialising_stock import Serialisation, serialise_stock
from outwork.operations.uninstalling_stock import Removed, uninstall_stock
from outwork.operations.valuing_stock import Valued, value_stock
from outwork.queries import naming
from outwork.rules.states import StockStatus

items_argument = click.argument("rows", nargs=-1, required=True, type=int, metavar="ITEM...")
to_option = click.option("--to", "location", metavar="LOCATION", help="Where they go: a path, or a name.")


def _place(location: str | None) -> int | None:
    return None if location is None else naming.location_named(location, where=("to",)).pk


@click.command("merge")
@items_argument
@to_option
@click.option("--other-suppliers", is_flag=True, help="Also where their suppliers differ.")
@click.option("--other-status", is_flag=True, help="Also where their condition differs.")
@click.option("--other-batches", is_flag=True, help="Also where their batches differ: nobody can tell them apart then.")
@reason_option
@doing
def merge(
    asked: Asked,
    rows: Sequence[int],
    location: str | None,
    other_suppliers: bool,
    other_status: bool,
    other_batches: bool,
    reason: str,
) -> Answer:
    """Merge items of one part into the first of them."""
    done = merge_stock(
        items=list(rows),
        location=_place(location),
        allow_mismatched_suppliers=other_suppliers,
        allow_mismatched_status=other_status,
        allow_mismatched_batches=other_batches,
        reason=reason,
        **asked,
    )
    return Answer(done, f"Merged {several(len(rows), 'item')} into {items_text(done.ids)}.")


@click.command("serialise")
@click.argument("item", type=int, metavar="ITEM")
@click.argument("serials", metavar="SERIALS")
@click.option("--quantity", metavar="N", help="So many units of it. Default: all.")
@to_option
@reason_option
@doing
def serialise(asked: Asked, item: int, serials: str, quantity: str | None, location: str | None, reason: str) -> Answer:
    """Give units of an item serial numbers: 7-9, or A1,A2,A5, or ~+ for the next ones."""
    row = Serialisation(item, serials, quantity, _place(location))
    done = serialise_stock(rows=[row], reason=reason, **asked)
    units = several(len(done.ids), "unit has its serial number", "units have their serial numbers")
    return Answer(done, f"{units}: {items_text(done.ids)}.")


@click.command("convert")
@items_argument
@click.option("--to", "part", required=True, metavar="PART", help="The variant that they become.")
@reason_option
@doing
def convert(asked: Asked, rows: Sequence[int], part: str, reason: str) -> Answer:
    """Convert whole items into another variant of their part."""
    named = naming.part_named(part, where=("to",))
    done = convert_stock(rows=[Conversion(item, named.pk) for item in rows], reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} now {named.label}.")


@click.command("install")
@whole_items_argument
@click.option("--into", required=True, type=int, metavar="ITEM", help="The item that they go into.")
@reason_option
@doing
def install(asked: Asked, rows: Sequence[tuple[int, str | None]], into: int, reason: str) -> Answer:
    """Install items into another one, whole or so much of them."""
    installations = [Installation(item, into, quantity) for item, quantity in rows]
    done = install_stock(rows=installations, reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} now inside item {into}.")


@click.command("uninstall")
@items_argument
@to_option
@click.option("--status", type=click.Choice(list(STATUSES)), help="Their condition. Default: as it was.")
@reason_option
@doing
def uninstall(asked: Asked, rows: Sequence[int], location: str | None, status: str | None, reason: str) -> Answer:
    """Take items out of what they are installed in; what a build had fitted it counts as not used any more."""
    place, condition = _place(location), None if status is None else STATUSES[status]
    done = uninstall_stock(rows=[Removed(item, place, condition) for item in rows], reason=reason, **asked)
    return Answer(done, f"Took {items_text(done.ids)} out.")


@click.command("assign")
@whole_items_argument
@click.option("--customer", required=True, metavar="COMPANY", help="Who gets them.")
@reason_option
@doing
def assign(asked: Asked, rows: Sequence[tuple[int, str | None]], customer: str, reason: str) -> Answer:
    """Give items to a customer, whole or so much of them."""
    company = naming.company_named(customer, where=("customer",))
    deliveries = [Delivery(item, company.pk, quantity) for item, quantity in rows]
    done = deliver_stock(rows=deliveries, reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} now at {company.name}.")


@click.command("take-back")
@whole_items_argument
@to_option
@click.option(
    "--status",
    type=click.Choice(list(STATUSES)),
    default=StockStatus.RETURNED.word,
    show_default=True,
    help="Their condition.",
)
@reason_option
@doing
def take_back(
    asked: Asked, rows: Sequence[tuple[int, str | None]], location: str | None, status: str, reason: str
) -> Answer:
    """Take items back from a customer, whole or so much of them."""
    place = _place(location)
    wanted = [BroughtBack(item, place, quantity, STATUSES[status]) for item, quantity in rows]
    done = bring_back_stock(rows=wanted, reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} came back.")


@click.command("return")
@whole_items_argument
@to_option
@reason_option
@doing
def return_to_stock(asked: Asked, rows: Sequence[tuple[int, str | None]], location: str | None, reason: str) -> Answer:
    """Return to stock what a build had used; its line counts so much less, and its units cost less."""
    place = _place(location)
    wanted = [Returned(item, place, quantity) for item, quantity in rows]
    done = return_used(rows=wanted, reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} in stock again.")


@click.command("value")
@items_argument
@click.option("--each", "value", required=True, metavar="AMOUNT", help="What one unit was worth when it came.")
@click.option("--currency", default="", metavar="CODE", help="The currency of the amount. Default: base currency.")
@reason_option
@doing
def value(asked: Asked, rows: Sequence[int], value: str, currency: str, reason: str) -> Answer:
    """Say what stock is worth that no order brought; it follows the units into what was built of them."""
    done = value_stock(rows=[Valued(item, value, currency) for item in rows], reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()}: {value} each.")


COMMANDS = (merge, serialise, convert, install, uninstall, assign, take_back, return_to_stock, value)
