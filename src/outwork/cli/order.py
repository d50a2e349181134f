"""Purchase orders: list them, show one, create one and fill it; what is done with them stands in order_*.py."""

from __future__ import annotations

import datetime
from typing import Any

import click
from django.utils import timezone

from outwork.cli import (
    order_changes,
    order_dedicating,
    order_deliveries,
    order_extra,
    order_lines,
    order_receiving,
    order_states,
)
from outwork.cli.actor import money_for
from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY, note_option, order_argument
from outwork.cli.order_changes import people_options, read_facts
from outwork.cli.order_page import page, totals
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.cli.went_back import went_back
from outwork.models import PurchaseLine
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.promising import WHICH, DateChange, state_dates
from outwork.queries.naming import (
    build_named,
    company_named,
    lines_to_name,
    location_named,
    order_line_named,
    order_named,
    supplier_part_named,
)
from outwork.queries.orders import OrderOverview, list_orders, overview
from outwork.queries.returns import returns_of_order
from outwork.rules.states import OPEN_ORDER, OrderStatus

STATUSES = {status.word.replace(" ", "-"): [status] for status in OrderStatus} | {"open": sorted(OPEN_ORDER)}


@click.group("order")
def command() -> None:
    """Purchase orders: what was ordered from whom, what came, what is late.

    An ORDER is named by its reference, such as PO-0003; a LINE by its number, its part or its SKU.
    """


for _module in (
    order_extra,
    order_lines,
    order_states,
    order_receiving,
    order_deliveries,
    order_dedicating,
    order_changes,
):
    for _command in _module.COMMANDS:
        command.add_command(_command)


@command.command("list")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(list(STATUSES)), help="Only these; may be repeated."
)
@click.option("--supplier", metavar="COMPANY", help="Only orders to this company.")
@click.option("--build", metavar="BUILD", help="Only orders with a line that delivers this build.")
@reading
def list_(statuses: tuple[str, ...], supplier: str | None, build: str | None, as_json: bool) -> None:
    """List the purchase orders, by their numbers."""
    wanted = {one for word in statuses for one in STATUSES[word]} if statuses else None
    rows = list_orders(
        today=timezone.now().astimezone(company_zone()).date(),
        statuses=wanted,
        supplier_id=company_named(supplier, where=("supplier",)).pk if supplier else None,
        build_id=build_named(build).pk if build else None,
    )
    if as_json:
        print_json(rows)
        return
    cells = [
        [
            row.reference,
            row.supplier,
            row.status,
            row.lines,
            row.open_lines or "",
            totals(row.totals),
            f"{row.expected or ''}{' late' if row.is_late else ''}",
            ", ".join(row.builds),
            row.description,
        ]
        for row in rows
    ]
    headers = ["order", "supplier", "status", "lines", "open", "total", "expected", "builds", ""]
    for line in table(headers, cells) or ["There are no such orders."]:
        click.echo(line)


@command.command("show")
@order_argument
@reading
def show(order: str, as_json: bool) -> None:
    """Show where an order stands and what to do next."""
    zone = company_zone()
    found = overview(order_named(order), today=timezone.now().astimezone(zone).date())
    gone = returns_of_order(found.order.pk)
    if as_json:
        print_json({**as_data(found), "returns": gone})
        return
    for line in (*page(found, zone), *went_back(gone)):
        click.echo(line)


def as_data(found: OrderOverview) -> dict[str, Any]:
    """The overview of an order as `--json` prints it."""
    order = found.order
    return {
        "id": order.pk,
        "reference": order.reference,
        "supplier": order.supplier.name,
        "supplier_reference": order.supplier_reference,
        "status": OrderStatus(order.status).word,
        "currency": order.currency,
        "description": order.description,
        "created_at": order.created_at,
        "placed_at": order.placed_at,
        "completed_at": order.completed_at,
        "start_date": order.start_date,
        "target_date": order.target_date,
        "lines": found.lines,
        "extra_lines": found.extras,
        "date_changes": found.dates,
        "totals": found.totals,
        "total": found.total,
        "total_base": found.total_base,
        "announced_deliveries": found.deliveries,
        "next": [{"code": step.code, "message": step.text()} for step in found.next],
    }


@command.command("create")
@click.argument("supplier", metavar="SUPPLIER")
@click.option("--currency", metavar="CODE", help="By default the supplier's.")
@click.option("--description", default="", help="What it is for.")
@click.option("--supplier-reference", default="", help="The supplier's own number for it.")
@click.option("--destination", metavar="LOCATION", help="Where what comes goes.")
@click.option("--start", "start_date", type=DAY, metavar="DATE")
@click.option("--target", "target_date", type=DAY, metavar="DATE", help="When all should be there.")
@people_options
@click.option("--reference", help="Its reference; by default the next number.")
@note_option
@doing
def create(
    asked: Asked,
    supplier: str,
    currency: str | None,
    description: str,
    supplier_reference: str,
    destination: str | None,
    start_date: datetime.date | None,
    target_date: datetime.date | None,
    reference: str | None,
    note: str,
    **people: Any,
) -> Answer:
    """Create a draft order."""
    company = company_named(supplier, where=("supplier",))
    done = create_order(
        supplier=company,
        currency=currency,
        reference=reference,
        supplier_reference=supplier_reference,
        description=description,
        destination=location_named(destination, where=("destination",)) if destination else None,
        start_date=start_date,
        target_date=target_date,
        note=note,
        **read_facts(people),
        **asked,
    )
    return Answer(done, f"{done.data['reference']}: a draft order to {company.name}.")


@command.command("add")
@order_argument
@click.argument("sku", metavar="SKU")
@click.argument("quantity", metavar="QUANTITY")
@click.option("--units", "in_units", is_flag=True, help="QUANTITY is in the part's unit, not in packs.")
@click.option("--build", metavar="BUILD", help="The external build that it delivers.")
@click.option("--price", metavar="P", help="Per pack; by default from the price breaks.")
@click.option("--currency", metavar="CODE", help="Of the price; by default the order's.")
@click.option("--discount", default="0", metavar="PERCENT")
@click.option("--destination", metavar="LOCATION", help="Where it goes when it comes.")
@click.option("--requested", "requested_date", type=DAY, metavar="DATE", help="When it is wanted.")
@click.option("--reference", default="", help="A reference of the line.")
@click.option("--exact", is_flag=True, help="Just so many, and not whole packs up to the multiple.")
@click.option("--merge/--no-merge", default=None, help="Add to an equal line of a draft, or not; as the setting says.")
@note_option
@doing
def add(
    asked: Asked,
    order: str,
    sku: str,
    quantity: str,
    in_units: bool,
    build: str | None,
    price: str | None,
    currency: str | None,
    discount: str,
    destination: str | None,
    requested_date: datetime.date | None,
    reference: str,
    exact: bool,
    merge: bool | None,
    note: str,
) -> Answer:
    """Add a line. It is for what the supplier sells under that SKU; QUANTITY is in packs."""
    found = order_named(order)
    line = NewLine(
        supplier_part_id=supplier_part_named(sku, found.supplier_id).pk,
        quantity=quantity,
        in_units=in_units,
        build_id=build_named(build).pk if build else None,
        price=price,
        currency=currency,
        discount=discount,
        destination_id=location_named(destination, where=("destination",)).pk if destination else None,
        requested_date=requested_date,
        reference=reference,
        note=note,
        exact=exact,
    )
    done = add_lines(order=found, lines=[line], merge=merge, **asked)
    made = PurchaseLine.objects.select_related("part").get(pk=done.ids[0])
    text = f"{found.reference} line {made.position}: {shown(made.ordered)} of {made.part.label} at "
    return Answer(done, f"{text}{money_for(asked['actor'], made.price, made.currency)}.", {"line": made.position})


@command.command("promise")
@order_argument
@click.argument("line", metavar="LINE")
@click.argument("date", metavar="DATE")
@click.option("--which", default="promised", show_default=True, type=click.Choice(WHICH))
@click.option("--reason", default="", metavar="TEXT", help="Why; needed when a promise slips.")
@click.option("--confirmation", metavar="TEXT", help="The supplier's number of its confirmation.")
@doing
def promise(
    asked: Asked, order: str, line: str, date: str, which: str, reason: str, confirmation: str | None
) -> Answer:
    """Note what the supplier promises. DATE "none" takes it back; the history is kept."""
    found = order_named(order)
    row = order_line_named(line, lines_to_name(found), found)
    when = None if date == "none" else DAY.convert(date, None, None)
    change = DateChange(row.pk, which, when, reason, confirmation)
    done = state_dates(order=found, changes=[change], **asked)
    what = f"{which} for {when}" if when else f"not {which} any more"
    return Answer(done, f"{found.reference} line {row.position}, {row.part.label}: {what}.")
