"""What is done to stock by hand every day: add, remove, count, move, split, change, write off."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import DAY, day_or_none, location_option, note_option, reason_option
from outwork.cli.stock_items import STATUSES, ItemQuantity, items_text, quantities_argument
from outwork.models import StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries import naming, settings
from outwork.queries.naming_facts import owner_named
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import StockStatus

declare(item_of_another_part="Stock item {item} is {part}, not {named}")


@click.command("add")
@click.argument("part", metavar="PART")
@click.argument("quantity", metavar="QUANTITY")
@click.option("--to", "item", type=int, metavar="ITEM", help="Add to this item instead of making a new one.")
@location_option
@click.option("--batch", help='Batch code; nothing ("") for none. Default: by the template of the settings.')
@click.option("--serials", metavar="SERIALS", help="Serial numbers: 7-9, or A1,A2,A5, or ~+ for the next ones.")
@click.option("--status", type=click.Choice(list(STATUSES)), default="ok", show_default=True, help="Its condition.")
@click.option("--value", metavar="AMOUNT", help="What one unit is worth. Default: unknown.")
@click.option("--currency", default="", metavar="CODE", help="The currency of the value. Default: base currency.")
@click.option("--owner", metavar="NAME", help="The user or group whose it is.")
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
    batch: str | None,
    serials: str | None,
    status: str,
    value: str | None,
    currency: str,
    owner: str | None,
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
        done = add_to_stock(rows=[More(item, quantity, value, currency)], reason=reason, **asked)
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
        currency=currency,
        owner=None if owner is None else owner_named(owner).pk,
        note=note,
    )
    done = add_stock(rows=[row], is_opening=opening, reason=reason, **asked)
    return Answer(done, f"Added {quantity} of {named.label} as {items_text(done.ids)}.")


@click.command("remove")
@quantities_argument
@reason_option
@doing
def remove(asked: Asked, rows: Sequence[tuple[int, str]], reason: str) -> Answer:
    """Take units out of stock, free ones first."""
    done = remove_stock(rows=[Removal(*row) for row in rows], reason=reason, **asked)
    return Answer(done, [f"Removed {quantity} from item {item}." for item, quantity in rows])


@click.command("count")
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


@click.command("transfer")
@click.argument("rows", nargs=-1, required=True, type=ItemQuantity(may_be_whole=True), metavar="ITEM[=QUANTITY]...")
@click.option("--to", "location", required=True, metavar="LOCATION", help="Where they go: a path, or a name.")
@click.option(
    "--merge/--no-merge",
    default=None,
    help="Add them to an item there that is like them. Default: as the setting STOCK_MERGE_ON_TRANSFER says.",
)
@reason_option
@doing
def transfer(
    asked: Asked, rows: Sequence[tuple[int, str | None]], location: str, merge: bool | None, reason: str
) -> Answer:
    """Move items to a location, whole or so much of them."""
    joins = settings.get("STOCK_MERGE_ON_TRANSFER") if merge is None else merge
    place = naming.location_named(location, where=("to",))
    transfers = [Transfer(item, place.pk, quantity) for item, quantity in rows]
    done = transfer_stock(rows=transfers, merge=joins, reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()} now at {place}.")


@click.command("change")
@click.argument("item", type=int, metavar="ITEM")
@click.option("--status", type=click.Choice(list(STATUSES)), help="Its condition.")
@click.option("--batch", metavar="CODE", help="Its batch code.")
@click.option("--serial", metavar="NUMBER", help='Its serial number; nothing ("") for none.')
@click.option("--packaging", help="How it is packed: reel, tray.")
@click.option("--expires", metavar="DATE", help="When it expires; none for never.")
@click.option("--owner", metavar="NAME", help="The user or group whose it is; none for nobody.")
@click.option("--link", metavar="ADDRESS", help="Where more about it can be found.")
@click.option("--goes-when-empty/--stays-when-empty", default=None, help="What happens when nothing is left of it.")
@click.option("--note", metavar="TEXT", help="A note, kept with the item.")
@reason_option
@doing
def change(
    asked: Asked,
    item: int,
    status: str | None,
    expires: str | None,
    owner: str | None,
    goes_when_empty: bool | None,
    reason: str,
    **given: str | None,
) -> Answer:
    """Change what is known of an item: its condition, batch, serial number, expiry."""
    facts: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if status is not None:
        facts["status"] = STATUSES[status]
    if expires is not None:
        facts["expiry_date"] = day_or_none(expires)
    if owner is not None:
        facts["owner"] = None if owner == "none" else owner_named(owner).pk
    if goes_when_empty is not None:
        facts["goes_when_empty"] = goes_when_empty
    if not facts:
        raise click.UsageError("Say what is to change, such as --status quarantined or --batch CODE.")
    done = change_stock(rows=[Change(item, facts)], reason=reason, **asked)
    row = StockItem.objects.select_related("part").get(pk=item)
    words = [
        f"status {StockStatus(row.status).word}" if name == "status" else f"{name.replace('_', ' ')} {value}"
        for name, value in facts.items()
    ]
    return Answer(done, f"Item {item}, {row.part.label}: {', '.join(words)}.")


@click.command("status")
@click.argument("status", type=click.Choice(list(STATUSES)), metavar="STATUS")
@click.argument("rows", nargs=-1, required=True, type=int, metavar="ITEM...")
@reason_option
@doing
def status(asked: Asked, status: str, rows: Sequence[int], reason: str) -> Answer:
    """Say in which condition items are: ok, attention, damaged, destroyed, rejected, lost, quarantined, returned."""
    done = change_stock(rows=[Change(item, {"status": STATUSES[status]}) for item in rows], reason=reason, **asked)
    return Answer(done, f"{items_text(done.ids).capitalize()}: {status}.")


@click.command("split")
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


@click.command("write-off")
@click.argument("rows", nargs=-1, required=True, type=int, metavar="ITEM...")
@reason_option
@doing
def write_off(asked: Asked, rows: Sequence[int], reason: str) -> Answer:
    """Write whole items off: they are gone from all lists, and their serial numbers are free again."""
    done = write_off_stock(rows=list(rows), reason=reason, **asked)
    return Answer(done, f"Wrote off {items_text(done.ids)}.")


def _require_part(item: int, part_id: int, label: str) -> None:
    found = StockItem.objects.filter(pk=item).select_related("part").first()
    if found is not None and found.part_id != part_id:
        refuse("item_of_another_part", item=item, part=found.part.label, named=label, where=("to",))


COMMANDS = (add, remove, count, transfer, change, status, split, write_off)
