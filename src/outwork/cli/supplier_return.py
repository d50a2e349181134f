"""Returns on the command line: send goods back, receive them again, credits, and what is away."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import click

from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY, Pair, location_option, note_option, reason_option
from outwork.cli.output import print_json
from outwork.cli.stock_items import items_text, whole_items_argument
from outwork.cli.tables import day, money, shown, table
from outwork.models import SupplierReturn, SupplierReturnLine
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.crediting import Credit, credit_return
from outwork.operations.returning import ReturnRow, close_return, create_return
from outwork.queries.naming import company_named, location_named
from outwork.queries.returns import ReturnLine, list_returns, return_named, return_page, units_away
from outwork.rules.refusals import Reasons
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import ReturnStatus

return_argument = click.argument("document", metavar="RETURN")


class LineAmount(Pair):
    """So much for a line."""

    name = "LINE=AMOUNT"


@click.group("return")
def command() -> None:
    """Returns: what goes back to a supplier or manufacturer to be replaced, reworked or credited."""


@command.command("create")
@click.argument("supplier", metavar="COMPANY")
@click.argument("purpose", type=click.Choice([one.value for one in ReturnPurpose]), metavar="PURPOSE")
@whole_items_argument
@click.option("--reason", required=True, metavar="TEXT", help="What is wrong.")
@click.option("--paid-by", type=click.Choice([one.value for one in PaidBy]), default="supplier", show_default=True)
@click.option("--credit", metavar="AMOUNT", help="What is credited, where one item goes back; else say it later.")
@click.option("--keep", "is_kept", is_flag=True, help="The units stay; only the credit is for them.")
@click.option("--currency", metavar="CODE", help="Of credits and costs; by default the supplier's.")
@click.option("--supplier-reference", default="", metavar="TEXT", help="The supplier's number for it.")
@click.option("--tracking", "tracking_number", default="", metavar="NUMBER")
@click.option("--expected", "expected_date", type=DAY, metavar="DATE", help="When it should be back.")
@click.option("--reference", help="Its reference; by default the next number.")
@location_option
@note_option
@doing
def create(
    asked: Asked,
    supplier: str,
    purpose: str,
    rows: tuple[tuple[int, str | None], ...],
    reason: str,
    paid_by: str,
    credit: str | None,
    is_kept: bool,
    currency: str | None,
    supplier_reference: str,
    tracking_number: str,
    expected_date: datetime.date | None,
    reference: str | None,
    location: str | None,
    note: str,
) -> Answer:
    """Send items back to COMPANY.

    PURPOSE is replacement (received goes down, the order owes them again), rework (the same units come back) or credit.
    """
    if credit is not None and len(rows) > 1:
        raise click.UsageError("With several items state the credit by line: outwork return credit.")
    done = create_return(
        supplier=company_named(supplier, where=("supplier",)),
        purpose=purpose,
        reason=reason,
        rows=[ReturnRow(item, quantity, credit=credit, is_kept=is_kept) for item, quantity in rows],
        paid_by=paid_by,
        currency=currency,
        location=location_named(location) if location else None,
        reference=reference,
        supplier_reference=supplier_reference,
        tracking_number=tracking_number,
        expected_date=expected_date,
        note=note,
        **asked,
    )
    made = SupplierReturn.objects.select_related("supplier").get(pk=done.ids[0])
    went = items_text([item for item, _ in rows])
    return Answer(done, f"{made.reference}: {went} to {made.supplier.name} for {made.purpose}.")


@command.command("receive")
@return_argument
@click.argument("rows", nargs=-1, type=LineAmount(), metavar="[LINE=QUANTITY]...")
@click.option("--all", "everything", is_flag=True, help="All that is away.")
@click.option(
    "--cost", "costs", multiple=True, type=LineAmount(), metavar="LINE=AMOUNT", help="What the rework cost us."
)
@location_option
@note_option
@doing
def receive(
    asked: Asked,
    document: str,
    rows: tuple[tuple[str, str], ...],
    everything: bool,
    costs: tuple[tuple[str, str], ...],
    location: str | None,
    note: str,
) -> Answer:
    """Receive reworked units back. What replaces others is received on its order line as usual."""
    if everything == bool(rows):
        raise click.UsageError("Name LINE=QUANTITY, or say --all.")
    found = return_named(document)
    lines = _lines_of(found)
    if everything:
        rows = tuple(
            (str(one.position), str(one.quantity - one.came_back)) for one in lines if one.came_back < one.quantity
        )
    numbers = _named_lines(found, lines, [name for name, _ in (*rows, *costs)])
    cost_of = {numbers[name]: amount for name, amount in costs}
    done = receive_back(
        document=found,
        rows=[ComingBack(numbers[name], units, cost_of.get(numbers[name])) for name, units in rows],
        location=location_named(location) if location else None,
        note=note,
        **asked,
    )
    found.refresh_from_db()
    state = "closed" if found.status == ReturnStatus.CLOSED else "still open"
    return Answer(done, f"{found.reference}: {items_text(done.ids)} came back; it is {state}.")


@command.command("credit")
@return_argument
@click.argument("rows", nargs=-1, required=True, type=LineAmount(), metavar="LINE=AMOUNT...")
@click.option("--supplier-reference", default="", metavar="TEXT", help="The number of the credit note.")
@doing
def credit(asked: Asked, document: str, rows: tuple[tuple[str, str], ...], supplier_reference: str) -> Answer:
    """State what was credited for lines; stated again, it is corrected."""
    found = return_named(document)
    numbers = _named_lines(found, _lines_of(found), [name for name, _ in rows])
    credits = [Credit(numbers[name], amount) for name, amount in rows]
    done = credit_return(document=found, credits=credits, supplier_reference=supplier_reference, **asked)
    return Answer(done, f"{found.reference}: credit of {len(rows)} lines is booked.")


@command.command("close")
@return_argument
@click.option("--accept-missing", is_flag=True, help="What went to be reworked and is not back will not come.")
@reason_option
@doing
def close(asked: Asked, document: str, accept_missing: bool, reason: str) -> Answer:
    """Close a return of which nothing more is awaited."""
    found = return_named(document)
    done = close_return(document=found, reason=reason, accept_missing=accept_missing, **asked)
    return Answer(done, f"{found.reference} is closed.")


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed and cancelled ones too.")
@click.option("--supplier", metavar="COMPANY", help="Of one supplier only.")
@reading
def list_(everything: bool, supplier: str | None, as_json: bool) -> None:
    """List returns that are open."""
    supplier_id = company_named(supplier, where=("supplier",)).pk if supplier else None
    found = list_returns(statuses=ReturnStatus if everything else (ReturnStatus.SENT,), supplier_id=supplier_id)
    if as_json:
        print_json([{**_plain(row), "status": ReturnStatus(row.status).word} for row in found])
        return
    zone = company_zone()
    rows = [
        (
            *(one.reference, one.supplier, one.purpose, ReturnStatus(one.status).word, day(one.created_at, zone)),
            *(one.lines, one.awaited or None, one.expected_date, one.reason),
        )
        for one in found
    ]
    headers = ("return", "to", "for", "state", "sent", "lines", "awaited", "expected", "reason")
    for line in table(headers, rows) or ["No returns."]:
        click.echo(line)


@command.command("away")
@click.option("--supplier", metavar="COMPANY", help="At one supplier only.")
@reading
def away(supplier: str | None, as_json: bool) -> None:
    """List units that are away to be reworked."""
    found = units_away(supplier_id=company_named(supplier, where=("supplier",)).pk if supplier else None)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    zone = company_zone()
    rows = [
        (
            *(one.supplier, one.document, one.part, one.serial or one.batch, one.quantity),
            *(day(one.since, zone), one.expected_date),
        )
        for one in found
    ]
    for line in table(("at", "return", "part", "units", "quantity", "since", "expected"), rows) or ["Nothing is away."]:
        click.echo(line)


@command.command("show")
@return_argument
@reading
def show(document: str, as_json: bool) -> None:
    """Show a return: its lines, and what was done about it."""
    found = return_page(return_named(document))
    head = found.document
    if as_json:
        names = ("reference", "purpose", "paid_by", "reason", "currency", "tracking_number", "expected_date", "note")
        print_json(
            {
                **{name: getattr(head, name) for name in names},
                "supplier": head.supplier.name,
                "status": ReturnStatus(head.status).word,
                "lines": [_plain(one) for one in found.lines],
                "events": [
                    {"id": one.pk, "kind": one.kind, "at": one.at, "by": str(one.actor)} for one in found.events
                ],
            }
        )
        return
    word = ReturnStatus(head.status).word
    click.echo(f"{head.reference} to {head.supplier.name} for {head.purpose}, {head.paid_by} pays. It is {word}.")
    click.echo(f"Why: {head.reason}")
    headers = (
        "line",
        "item",
        "part",
        "units",
        "quantity",
        "back",
        "awaited",
        "kept",
        "credit",
        "cost",
        "order",
        "build",
    )
    for line in table(headers, [_cells(one, head.currency) for one in found.lines]):
        click.echo(line)
    zone = company_zone()
    for event in found.events:
        click.echo(f"{day(event.at, zone)}  {event.kind}  by {event.actor}  (event {event.pk})")


def _cells(line: ReturnLine, currency: str) -> tuple[Any, ...]:
    return (
        *(line.position, str(line.item_id), line.part, line.serial or line.batch, line.quantity),
        *(line.came_back or None, line.awaited or None, line.is_kept),
        *(None if amount is None else money(amount, currency) for amount in (line.credit, line.cost)),
        *(line.order, line.build),
    )


def _lines_of(document: SupplierReturn) -> list[SupplierReturnLine]:
    return list(document.lines.order_by("position"))


def _named_lines(document: SupplierReturn, lines: list[SupplierReturnLine], names: list[str]) -> dict[str, int]:
    """The lines by their numbers on the document; refuses return_line_unknown."""
    known = {str(line.position): line.pk for line in lines}
    reasons = Reasons()
    for index, name in enumerate(names):
        if name not in known:
            reasons.add("return_line_unknown", document=document.reference, line=name, where=(index, "line"))
    reasons.raise_any()
    return {name: known[name] for name in names}


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(getattr(row, name)) for name in row.__slots__}


def _value(value: Any) -> Any:
    return shown(value) if isinstance(value, Decimal) else value
