"""Announced deliveries: what a supplier says is on its way, listed by day, changed and cancelled."""

from __future__ import annotations

import datetime
from typing import Any

import click
from django.utils import timezone

from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY, day_or_none, note_option, order_argument, reason_option
from outwork.cli.order_receiving import Arrived, named_lines, one_each
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.models import AnnouncedDelivery, PurchaseOrder
from outwork.operations.announcing import (
    DeliveryChange,
    NewDelivery,
    announce_deliveries,
    cancel_deliveries,
    change_deliveries,
)
from outwork.queries.deliveries import announced
from outwork.queries.delivery_record import supplier_records
from outwork.queries.naming import company_named, order_named
from outwork.rules.delivering import TransportMode
from outwork.rules.refusals import refuse
from outwork.rules.serials import serial_text

_MODES = click.Choice([mode.value for mode in TransportMode])


@click.command("announce")
@order_argument
@click.argument("deliveries", nargs=-1, required=True, type=Arrived(), metavar="LINE=QUANTITY...")
@click.option("--units", "in_units", is_flag=True, help="QUANTITY is in the part's unit, not in packs.")
@click.option("--expected", "expected_date", type=DAY, metavar="DATE", help="When it should be here.")
@click.option("--mode", type=_MODES, metavar="MODE", help="air, sea, rail, road or courier.")
@click.option("--carrier", default="", help="Who brings it.")
@click.option("--tracking", "tracking_number", default="", metavar="NUMBER", help="Its tracking number.")
@click.option("--serials", multiple=True, metavar="TEXT", help="Serial numbers in it; once for each LINE=QUANTITY.")
@click.option("--batch", "batches", multiple=True, metavar="CODE", help="Batch code; once for all or for each.")
@note_option
@doing
def announce(
    asked: Asked,
    order: str,
    deliveries: tuple[tuple[str, str], ...],
    in_units: bool,
    serials: tuple[str, ...],
    batches: tuple[str, ...],
    mode: str | None,
    **facts: Any,
) -> Answer:
    """Note what the supplier says is on its way; several deliveries may make up a line."""
    found = order_named(order)
    lines = named_lines(found, [name for name, _ in deliveries])
    texts = one_each(serials, len(lines), "--serials", for_all=False)
    codes = one_each(batches, len(lines), "--batch", for_all=True)
    done = announce_deliveries(
        order=found,
        deliveries=[
            NewDelivery(line.pk, quantity, in_units=in_units, mode=mode or "", serials=text, batch=code or "", **facts)
            for line, (_, quantity), text, code in zip(lines, deliveries, texts, codes, strict=True)
        ],
        **asked,
    )
    made = AnnouncedDelivery.objects.filter(pk__any=done.ids).select_related("line__part").order_by("pk")
    return Answer(done, [_told(found, one) for one in made])


@click.command("announcements")
@click.argument("order", metavar="[ORDER]", required=False)
@click.option("--supplier", metavar="COMPANY", help="Only what comes from this company.")
@click.option("--until", type=DAY, metavar="DATE", help="Only what is expected up to this day.")
@click.option("--all", "everything", is_flag=True, help="What is here, closed or cancelled too.")
@reading
def announcements(
    order: str | None, supplier: str | None, until: datetime.date | None, everything: bool, as_json: bool
) -> None:
    """List announced deliveries by the day they are expected."""
    rows = announced(
        today=timezone.now().astimezone(company_zone()).date(),
        order_id=order_named(order).pk if order else None,
        supplier_id=company_named(supplier, where=("supplier",)).pk if supplier else None,
        until=until,
        expected_only=not everything,
    )
    if as_json:
        print_json(rows)
        return
    cells = [
        [
            row.id,
            f"{row.expected or ''}{' late' if row.is_late else ''}",
            row.order,
            row.supplier,
            row.part,
            shown(row.quantity),
            shown(row.received) if row.received else "",
            row.state,
            " ".join(filter(None, (row.mode, row.carrier, row.tracking_number))),
            serial_text(row.serials) if row.serials else row.batch,
        ]
        for row in rows
    ]
    headers = ["delivery", "expected", "order", "supplier", "part", "announced", "here", "", "by", "serials or batch"]
    for line in table(headers, cells) or ["No such deliveries are announced."]:
        click.echo(line)


@click.command("change-announcement")
@click.argument("delivery", type=int, metavar="DELIVERY")
@click.option("--quantity", metavar="N", help="How much comes, in the part's unit.")
@click.option("--expected", "expected_date", metavar="DATE|none", help="When it should be here.")
@click.option("--mode", type=_MODES, metavar="MODE")
@click.option("--carrier")
@click.option("--tracking", "tracking_number", metavar="NUMBER")
@click.option("--serials", metavar="TEXT", help="Serial numbers in it.")
@click.option("--batch", metavar="CODE")
@click.option("--note")
@reason_option
@doing
def change(asked: Asked, delivery: int, reason: str, **given: Any) -> Answer:
    """Change an announced delivery that is still expected."""
    facts = {name: value for name, value in given.items() if value is not None}
    if not facts:
        raise click.UsageError("Say what is to change, such as --expected DATE.")
    if "expected_date" in facts:
        facts["expected_date"] = day_or_none(facts["expected_date"])
    if "quantity" in facts:
        facts["in_units"] = True
    order = _order_of(delivery)
    done = change_deliveries(order=order, changes=[DeliveryChange(delivery, facts)], reason=reason, **asked)
    return Answer(done, _told(order, AnnouncedDelivery.objects.select_related("line__part").get(pk=delivery)))


@click.command("cancel-announcement")
@click.argument("delivery", type=int, metavar="DELIVERY")
@reason_option
@doing
def cancel(asked: Asked, delivery: int, reason: str) -> Answer:
    """Say that an announced delivery, or the rest of it, does not come. Its line stays on order."""
    order = _order_of(delivery)
    done = cancel_deliveries(order=order, deliveries=[delivery], reason=reason, **asked)
    return Answer(done, f"{order.reference}: nothing more of delivery {delivery} is expected.")


@click.command("delivery-record")
@click.argument("supplier", metavar="[COMPANY]", required=False)
@reading
def delivery_record(supplier: str | None, as_json: bool) -> None:
    """Show how suppliers keep what they promise.

    A line is on time if the last of it came no later than promised first; it is late now if it is open and its latest
    promise is over.
    """
    who = company_named(supplier, where=("supplier",)).pk if supplier else None
    today = timezone.now().astimezone(company_zone()).date()
    rows = supplier_records(today=today, supplier_ids=None if who is None else [who])
    if as_json:
        print_json(rows)
        return
    cells = [
        [
            row.supplier,
            row.lines,
            row.on_time,
            row.not_on_time,
            "" if row.percent_on_time is None else f"{row.percent_on_time} %",
            "" if row.average_days is None else f"{row.average_days} days",
            row.late_now,
            row.slips,
        ]
        for row in rows
    ]
    headers = ["supplier", "lines", "on time", "not on time", "", "late by", "late now", "slips"]
    for line in table(headers, cells) or ["Nothing was ordered yet."]:
        click.echo(line)


def _order_of(delivery: int) -> PurchaseOrder:
    order = PurchaseOrder.objects.filter(lines__announced_deliveries=delivery).first()
    return order or refuse("delivery_not_on_order", delivery=delivery, order="any order", where=("delivery",))


def _told(order: PurchaseOrder, one: AnnouncedDelivery) -> str:
    when = f", expected {one.expected_date}" if one.expected_date else ""
    how = f" by {one.mode}" if one.mode else ""
    return f"{order.reference}: delivery {one.pk}, {shown(one.quantity)} of {one.line.part.label}{how}{when}."


COMMANDS = (announce, announcements, change, cancel, delivery_record)
