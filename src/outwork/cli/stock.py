"""Stock on the command line: what lies where, what happened to it, and everything that is done to it by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import click
from django.utils import timezone

from outwork.cli import stock_doing, stock_handling, stock_where
from outwork.cli.doing import company_zone, reading
from outwork.cli.output import print_json
from outwork.cli.stock_items import STATUSES
from outwork.cli.tables import day, table
from outwork.models import StockItem
from outwork.queries import locations, naming, stock
from outwork.queries.naming_facts import owner_named
from outwork.queries.settings import all_settings
from outwork.queries.trace_subject import subject_named
from outwork.rules.days import day_in
from outwork.rules.expiry import stale_before
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import refuse
from outwork.rules.states import StockStatus

GROUPINGS: dict[str, Callable[..., list[stock.OnHand]]] = {
    "part": stock.by_part,
    "location": stock.by_location,
    "company": stock.by_company,
}


@click.group("stock")
def command() -> None:
    """What lies where, what happened to it, and everything that is done to it by hand.

    Items are named by their number, as `outwork stock list` prints it; quantities are in the part's unit.
    """


for _module in (stock_doing, stock_handling, stock_where):
    for _command in _module.COMMANDS:
        command.add_command(_command)


@command.command("list")
@click.option("--part", metavar="PART", help="Only of this part: its number or name.")
@click.option("--location", metavar="LOCATION", help="Only there and in the locations below.")
@click.option("--company", metavar="COMPANY", help="Only what lies at this company.")
@click.option("--find", "text", metavar="TEXT", help="Only this serial number or batch.")
@click.option("--batch", metavar="CODE", help="Only of this batch.")
@click.option("--serial", metavar="NUMBER", help="Only with this serial number.")
@click.option("--status", type=click.Choice(list(STATUSES)), help="Only in this condition.")
@click.option("--owner", metavar="NAME", help="Only what belongs to this user or group.")
@click.option("--customer", metavar="COMPANY", help="Only what this customer has.")
@click.option("--inside", type=int, metavar="ITEM", help="Only what is installed in this item.")
@click.option("--expired", is_flag=True, help="Only what is expired today.")
@click.option("--stale", is_flag=True, help="Only what is stale: it expires within the days of STOCK_STALE_DAYS.")
@click.option("--all", "is_all", is_flag=True, help="Also what is empty, used up, installed or at a customer.")
@reading
def list_items(
    part: str | None,
    location: str | None,
    company: str | None,
    text: str | None,
    batch: str | None,
    serial: str | None,
    status: str | None,
    owner: str | None,
    customer: str | None,
    inside: int | None,
    expired: bool,
    stale: bool,
    is_all: bool,
    as_json: bool,
) -> None:
    """List stock items with their numbers."""
    known = all_settings()
    today = day_in(timezone.now(), known["TIME_ZONE"])
    limit = stale_before(today, known["STOCK_STALE_DAYS"]) if stale else None
    if stale and limit is None:
        raise click.UsageError("Nothing is ever stale: set STOCK_STALE_DAYS first.")
    items = stock.find_items(
        part_ids=None if part is None else [naming.part_named(part).pk],
        location_ids=None if location is None else locations.subtree(naming.location_named(location).pk),
        company_id=None if company is None else naming.company_named(company).pk,
        text=text,
        batch=batch,
        serial=serial,
        statuses=None if status is None else [STATUSES[status]],
        owner_ids=None if owner is None else [owner_named(owner).pk],
        customer_id=None if customer is None else naming.company_named(customer, where=("customer",)).pk,
        inside_id=inside,
        expired_on=today if expired else None,
        stale_before=limit,
        is_on_hand=not is_all,
    )
    if as_json:
        print_json([_as_data(item) for item in items])
        return
    headers = ("Item", "Part", "Batch", "Serial", "Place", "Quantity", "Allocated", "Status", "Expires", "Owner")
    for line in table(headers, [_cells(item) for item in items]) or ["No stock."]:
        click.echo(line)


@command.command("show")
@click.option("--part", metavar="PART", help="Only this part.")
@click.option(
    "--by",
    "grouping",
    type=click.Choice(list(GROUPINGS)),
    default="part",
    show_default=True,
    help="What is added up.",
)
@reading
def show(part: str | None, grouping: str, as_json: bool) -> None:
    """Add up what is on hand, by part, location or company."""
    parts = None if part is None else [naming.part_named(part).pk]
    found = GROUPINGS[grouping](part_ids=parts)
    if as_json:
        print_json(found)
        return
    headers = (
        "Company",
        "Location",
        "Part",
        "On hand",
        "Usable",
        "Allocated",
        "Free",
        "In production",
        "Unit",
        "Value",
    )
    rows = [
        (
            *(one.company, one.location, one.part, one.quantity, one.usable, one.allocated, one.free),
            *(one.in_production or None, one.unit, "unknown" if one.value is None else one.value),
        )
        for one in found
    ]
    for line in table(headers, rows) or ["No stock."]:
        click.echo(line)


@command.command("history")
@click.argument("what", metavar="ITEM|SERIAL|BATCH")
@click.option("--part", metavar="PART", help="Of which part, where several have such a serial number or batch.")
@reading
def history(what: str, part: str | None, as_json: bool) -> None:
    """Say what happened to a stock item, oldest first, or to each item of a batch.

    A number is first that of an item, as everywhere here; a serial number or batch may be written instead.
    """
    items = _items_named(what, None if part is None else naming.part_named(part).pk)
    told = [(item, stock.history(item)) for item in items]
    if as_json:
        print_json([{"item": item.pk, **dataclasses.asdict(step)} for item, steps in told for step in steps])
        return
    for item, steps in told:
        if len(told) > 1:
            click.echo(f"Item {item.pk}, {item.part.label}")
        for line in _told(steps):
            click.echo(line)


def _items_named(text: str, part_id: int | None) -> list[StockItem]:
    """The item of that number, else the items of a serial number or batch."""
    known = StockItem.objects.select_related("part")
    number = text.strip().removeprefix("#")
    if part_id is None and number.isdecimal() and len(number) < 19 and (item := known.filter(pk=int(number)).first()):
        return [item]
    subject = subject_named(text, part_id=part_id)
    if not subject.items:
        refuse("lot_unknown", name=text.strip(), where=("what",))
    return list(known.filter(pk__any=subject.items).order_by("pk"))


def _told(steps: Sequence[stock.Step]) -> list[str]:
    zone = company_zone()
    headers = ("Event", "Day", "What", "Change", "There", "From", "To", "Item", "Document", "By", "Reason")
    rows = [
        (
            *(one.event_id, day(one.at, zone), one.kind, one.change or None, one.quantity, one.source),
            *(one.target or _facts(one.after), one.other_item, one.build or one.order, one.actor, one.reason),
        )
        for one in steps
    ]
    return table(headers, rows)


def _where(item: StockItem) -> str:
    words = {
        PlaceKind.UNPLACED: "not placed",
        PlaceKind.LOCATION: str(item.location),
        PlaceKind.INSIDE: f"inside item {item.inside_id}",
        PlaceKind.CUSTOMER: f"at {item.customer}",
        PlaceKind.USED: f"used by {item.used_by}",
    }
    return words[PlaceKind(item.place)]


def _cells(item: StockItem) -> tuple[Any, ...]:
    status = "in production" if item.is_in_production else StockStatus(item.status).word
    return (
        *(item.pk, item.part.label, item.batch, item.serial, _where(item), item.quantity),
        *(item.allocated or None, "" if status == "ok" else status, item.expiry_date, item.owner),
    )


def _as_data(item: StockItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "part": item.part.label,
        "batch": item.batch,
        "serial": item.serial,
        "place": _where(item),
        "location": item.location_id,
        "company": item.location.company.name if item.location and item.location.company else None,
        "quantity": item.quantity,
        "allocated": item.allocated,
        "value": item.value,
        "status": StockStatus(item.status).word,
        "is_in_production": item.is_in_production,
        "build": item.build.reference if item.build else None,
        "supplier_part": item.supplier_part.sku if item.supplier_part else None,
        "expiry_date": item.expiry_date,
        "packaging": item.packaging,
        "owner": str(item.owner) if item.owner else None,
        "customer": item.customer.name if item.customer else None,
        "inside": item.inside_id,
        "link": item.link,
        "counted_at": item.counted_at,
        "goes_when_empty": item.goes_when_empty,
        "note": item.note,
    }


def _facts(after: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in after.items())
