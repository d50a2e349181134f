"""Stock on the command line: what lies where, what happened to it, and everything that is done to it by hand."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Any

import click

from outwork.cli import stock_where
from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY, day_or_none, location_option, note_option, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import day, several, table
from outwork.models import StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries import locations, naming, stock
from outwork.queries.trace_subject import subject_named
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import StockStatus

declare(item_of_another_part="Stock item {item} is {part}, not {named}")

GROUPINGS: dict[str, Callable[..., list[stock.OnHand]]] = {
    "part": stock.by_part,
    "location": stock.by_location,
    "company": stock.by_company,
}
STATUSES = {status.word: status for status in StockStatus}


class ItemQuantity(click.ParamType):
    """ITEM=QUANTITY, or ITEM alone where the whole item may be meant."""

    def __init__(self, *, may_be_whole: bool = False) -> None:
        self.may_be_whole = may_be_whole
        self.name = "ITEM[=QUANTITY]" if may_be_whole else "ITEM=QUANTITY"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[int, str | None]:
        if isinstance(value, tuple):
            return value
        item, equals, quantity = str(value).partition("=")
        if not item.isdecimal() or (not equals and not self.may_be_whole) or (equals and not quantity.strip()):
            self.fail(f"{value} is not {self.name}; `outwork stock list` shows the numbers of items.")
        return int(item), quantity.strip() or None


quantities_argument = click.argument("rows", nargs=-1, required=True, type=ItemQuantity(), metavar="ITEM=QUANTITY...")


@click.group("stock")
def command() -> None:
    """What lies where, what happened to it, and everything that is done to it by hand.

    Items are named by their number, as `outwork stock list` prints it; quantities are in the part's unit.
    """


for _command in stock_where.COMMANDS:
    command.add_command(_command)


@command.command("list")
@click.option("--part", metavar="PART", help="Only of this part: its number or name.")
@click.option("--location", metavar="LOCATION", help="Only there and in the locations below.")
@click.option("--company", metavar="COMPANY", help="Only what lies at this company.")
@click.option("--find", "text", metavar="TEXT", help="Only this serial number or batch.")
@click.option("--all", "is_all", is_flag=True, help="Also what is empty, used up, installed or at a customer.")
@reading
def list_items(
    part: str | None, location: str | None, company: str | None, text: str | None, is_all: bool, as_json: bool
) -> None:
    """List stock items with their numbers."""
    items = stock.find_items(
        part_ids=None if part is None else [naming.part_named(part).pk],
        location_ids=None if location is None else locations.subtree(naming.location_named(location).pk),
        company_id=None if company is None else naming.company_named(company).pk,
        text=text,
        is_on_hand=not is_all,
    )
    if as_json:
        print_json([_as_data(item) for item in items])
        return
    headers = ("Item", "Part", "Batch", "Serial", "Place", "Quantity", "Allocated", "Status")
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


@command.command("add")
@click.argument("part", metavar="PART")
@click.argument("quantity", metavar="QUANTITY")
@click.option("--to", "item", type=int, metavar="ITEM", help="Add to this item instead of making a new one.")
@location_option
@click.option("--batch", default="", help="Batch code.")
@click.option("--serials", metavar="SERIALS", help="Serial numbers: 7-9, or A1,A2,A5, or ~+ for the next ones.")
@click.option("--status", type=click.Choice(list(STATUSES)), default="ok", show_default=True, help="Its condition.")
@click.option("--value", metavar="AMOUNT", help="What one unit is worth, in base currency. Default: unknown.")
@click.option("--packaging", default="", help="Reel, tray, box ...")
@click.option("--expires", type=DAY, help="The day after which it should not be used.")
@click.option("--opening", is_flag=True, help="It was there before Outwork was.")
@note_option
@reason_option
@doing
def add(
    asked: Asked,
    part: str,
    quantity: str,
    item: int | None,
    location: str | None,
    batch: str,
    serials: str | None,
    status: str,
    value: str | None,
    packaging: str,
    expires: datetime.date | None,
    opening: bool,
    note: str,
    reason: str,
) -> Answer:
    """Add stock that no order brought: opening stock, or what was found."""
    named = naming.part_named(part)
    if item is not None:
        _require_part(item, named.pk, named.label)
        done = add_to_stock(rows=[More(item, quantity, value)], reason=reason, **asked)
        return Answer(done, f"Added {quantity} to item {item}.")
    row = NewStock(
        part=named.pk,
        quantity=quantity,
        serials=serials,
        location=named.default_location_id if location is None else naming.location_named(location).pk,
        batch=batch,
        status=STATUSES[status],
        packaging=packaging,
        expiry_date=expires,
        value=value,
        note=note,
    )
    done = add_stock(rows=[row], is_opening=opening, reason=reason, **asked)
    return Answer(done, f"Added {quantity} of {named.label} as {_items(done.ids)}.")


@command.command("remove")
@quantities_argument
@reason_option
@doing
def remove(asked: Asked, rows: Sequence[tuple[int, str]], reason: str) -> Answer:
    """Take units out of stock, free ones first."""
    done = remove_stock(rows=[Removal(*row) for row in rows], reason=reason, **asked)
    return Answer(done, [f"Removed {quantity} from item {item}." for item, quantity in rows])


@command.command("count")
@quantities_argument
@reason_option
@doing
def count(asked: Asked, rows: Sequence[tuple[int, str]], reason: str) -> Answer:
    """Say what was counted; the difference is booked."""
    done = count_stock(rows=[Counted(*row) for row in rows], reason=reason, **asked)
    differences = done.data["differences"]
    texts = [
        f"Item {item}: {differences[str(item)]} booked." if str(item) in differences else f"Item {item}: as known."
        for item, _ in rows
    ]
    return Answer(done, texts)


@command.command("transfer")
@click.argument("rows", nargs=-1, required=True, type=ItemQuantity(may_be_whole=True), metavar="ITEM[=QUANTITY]...")
@click.option("--to", "location", required=True, metavar="LOCATION", help="Where they go: a path, or a name.")
@reason_option
@doing
def transfer(asked: Asked, rows: Sequence[tuple[int, str | None]], location: str, reason: str) -> Answer:
    """Move items to a location, whole or so much of them."""
    place = naming.location_named(location, where=("to",))
    transfers = [Transfer(item, place.pk, quantity) for item, quantity in rows]
    done = transfer_stock(rows=transfers, reason=reason, **asked)
    return Answer(done, f"{_items(done.ids).capitalize()} now at {place}.")


@command.command("change")
@click.argument("item", type=int, metavar="ITEM")
@click.option("--status", type=click.Choice(list(STATUSES)), help="Its condition.")
@click.option("--batch", metavar="CODE", help="Its batch code.")
@click.option("--serial", metavar="NUMBER", help='Its serial number; nothing ("") for none.')
@click.option("--packaging", help="How it is packed: reel, tray.")
@click.option("--expires", metavar="DATE", help="When it expires; none for never.")
@click.option("--note", metavar="TEXT", help="A note, kept with the item.")
@reason_option
@doing
def change(
    asked: Asked, item: int, status: str | None, expires: str | None, reason: str, **given: str | None
) -> Answer:
    """Change what is known of an item: its condition, batch, serial number, expiry."""
    facts: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if status is not None:
        facts["status"] = STATUSES[status]
    if expires is not None:
        facts["expiry_date"] = day_or_none(expires)
    if not facts:
        raise click.UsageError("Say what is to change, such as --status quarantined or --batch CODE.")
    done = change_stock(rows=[Change(item, facts)], reason=reason, **asked)
    row = StockItem.objects.select_related("part").get(pk=item)
    words = [
        f"status {StockStatus(row.status).word}" if name == "status" else f"{name.replace('_', ' ')} {value}"
        for name, value in facts.items()
    ]
    return Answer(done, f"Item {item}, {row.part.label}: {', '.join(words)}.")


@command.command("split")
@quantities_argument
@reason_option
@doing
def split(asked: Asked, rows: Sequence[tuple[int, str]], reason: str) -> Answer:
    """Make so much of an item an item of its own, where it lies."""
    done = split_stock(rows=[Split(*row) for row in rows], reason=reason, **asked)
    texts = [
        f"Split {quantity} off item {item}: item {new}." for (item, quantity), new in zip(rows, done.ids, strict=True)
    ]
    return Answer(done, texts)


@command.command("write-off")
@click.argument("rows", nargs=-1, required=True, type=int, metavar="ITEM...")
@reason_option
@doing
def write_off(asked: Asked, rows: Sequence[int], reason: str) -> Answer:
    """Write whole items off: they are gone from all lists, and their serial numbers are free again."""
    done = write_off_stock(rows=list(rows), reason=reason, **asked)
    return Answer(done, f"Wrote off {_items(done.ids)}.")


def _items(ids: Sequence[int]) -> str:
    shown = ", ".join(str(one) for one in ids[:10])
    return f"{'item' if len(ids) == 1 else 'items'} {shown}" + (
        f" and {several(len(ids) - 10, 'more', 'more')}" if len(ids) > 10 else ""
    )


def _require_part(item: int, part_id: int, label: str) -> None:
    found = StockItem.objects.filter(pk=item).select_related("part").first()
    if found is not None and found.part_id != part_id:
        refuse("item_of_another_part", item=item, part=found.part.label, named=label, where=("to",))


def _where(item: StockItem) -> str:
    words = {
        PlaceKind.UNPLACED: "not placed",
        PlaceKind.LOCATION: str(item.location),
        PlaceKind.INSIDE: f"inside item {item.inside_id}",
        PlaceKind.CUSTOMER: "at a customer",
        PlaceKind.USED: f"used by {item.used_by}",
    }
    return words[PlaceKind(item.place)]


def _cells(item: StockItem) -> tuple[Any, ...]:
    status = "in production" if item.is_in_production else StockStatus(item.status).word
    return (
        *(item.pk, item.part.label, item.batch, item.serial, _where(item), item.quantity),
        *(item.allocated or None, "" if status == "ok" else status),
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
        "note": item.note,
    }


def _facts(after: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in after.items())
