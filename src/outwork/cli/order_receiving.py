"""What comes of a purchase order: receive it, or close a line short that will not come in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import Pair, location_option, order_argument
from outwork.cli.tables import shown
from outwork.models import AnnouncedDelivery, BuildOutput, Event, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.closing_short import close_short, reopen_lines
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.queries.naming import lines_to_name, location_named, order_line_named, order_named
from outwork.rules.receiving import Arrival, Disposition
from outwork.rules.refusals import Reasons, Refusal, refuse
from outwork.rules.serials import serial_text
from outwork.rules.states import OutputState, StockStatus

NONE = "-"
STATUSES = {status.word: status for status in StockStatus}


class Arrived(Pair):
    """So much of a line arrived."""

    name = "LINE=QUANTITY"


def named_lines(order: PurchaseOrder, names: Sequence[str]) -> list[PurchaseLine]:
    """The lines of an order by number, part or SKU, every unknown one refused at once; one statement."""
    known, reasons, found = lines_to_name(order), Reasons(), []
    for index, name in enumerate(names):
        try:
            found.append(order_line_named(name, known, order, where=(index, "line")))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    reasons.raise_any()
    return found


def announced_lines(order: PurchaseOrder, deliveries: Sequence[int]) -> list[PurchaseLine]:
    """The lines of announced deliveries of an order, every unknown one refused at once; two statements."""
    lines = {line.pk: line for line in lines_to_name(order)}
    known = dict(AnnouncedDelivery.objects.filter(line__order=order).values_list("pk", "line"))
    reasons = Reasons()
    for index, pk in enumerate(deliveries):
        if pk not in known:
            reasons.add("delivery_not_on_order", delivery=pk, order=order.reference, where=(index, "announcement"))
    reasons.raise_any()
    return [lines[known[pk]] for pk in deliveries]


def one_each(given: Sequence[str], count: int, option: str, *, for_all: bool) -> list[str | None]:
    """An option given once for each arrival in their order, or (where it may be) once for all; - is none."""
    if not given:
        return [None] * count
    if for_all and len(given) == 1:
        given = [given[0]] * count
    if len(given) != count:
        raise click.UsageError(f"Say {option} once for each LINE=QUANTITY, in their order ({NONE} for none).")
    return [None if text == NONE else text for text in given]


@click.command("receive")
@order_argument
@click.argument("arrivals", nargs=-1, type=Arrived(), metavar="LINE=QUANTITY...")
@click.option("--all", "everything", is_flag=True, help="All that is open.")
@click.option(
    "--announced",
    "deliveries",
    multiple=True,
    type=int,
    metavar="DELIVERY",
    help="What was announced as this delivery; may be repeated.",
)
@click.option("--units", "in_units", is_flag=True, help="QUANTITY is in the part's unit, not in packs.")
@click.option("--serials", multiple=True, metavar="TEXT", help="Serial numbers (1-40, SN-001+); once for each arrival.")
@click.option("--batch", "batches", multiple=True, metavar="CODE", help="Batch code; once for all or for each.")
@click.option("--status", default=StockStatus.OK.word, show_default=True, type=click.Choice(list(STATUSES)))
@click.option("--packaging", default="", help="How it is packed: reel, tray.")
@location_option
@click.option("--accept/--no-accept", default=None, help="Accept units of a build at once, or not.")
@click.option(
    "--disposition",
    "dispositions",
    multiple=True,
    metavar="accept|hold|reject",
    help="What is decided about it as it comes; once for all or for each. To hold or reject takes a reason.",
)
@click.option("--accept-overreceipt", is_flag=True, help="More than ordered is all right; with a reason.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the event.")
@doing
def receive_command(
    asked: Asked,
    order: str,
    arrivals: tuple[tuple[str, str], ...],
    everything: bool,
    deliveries: tuple[int, ...],
    in_units: bool,
    serials: tuple[str, ...],
    batches: tuple[str, ...],
    status: str,
    packaging: str,
    location: str | None,
    accept: bool | None,
    dispositions: tuple[str, ...],
    accept_overreceipt: bool,
    reason: str,
) -> Answer:
    """Receive lines.

    Parts become stock, external builds units in production. A line may be named several times. What was announced
    comes with its quantity, serial numbers and batch; with one LINE=QUANTITY for each, so much of it.
    """
    if everything == bool(arrivals or deliveries) or (arrivals and deliveries and len(arrivals) != len(deliveries)):
        raise click.UsageError("Name LINE=QUANTITY, or say --all or --announced DELIVERY.")
    if everything and asked["key"] is not None:
        raise click.UsageError("With --key name LINE=QUANTITY: what --all means changes with each request.")
    found = order_named(order)
    if everything:
        lines = [line for line in lines_to_name(found) if line.open_quantity]
        counts: list[Decimal | str | None] = [line.open_quantity for line in lines]
    elif deliveries and not arrivals:
        lines = announced_lines(found, deliveries)
        counts = [None] * len(lines)
    else:
        lines = named_lines(found, [name for name, _ in arrivals])
        counts = [quantity for _, quantity in arrivals]
    texts = one_each(serials, len(lines), "--serials", for_all=False)
    codes = one_each(batches, len(lines), "--batch", for_all=True)
    verdicts = [_disposition(word) for word in one_each(dispositions, len(lines), "--disposition", for_all=True)]
    done = receive(
        order=found,
        arrivals=[
            Arrival(
                line_id=line.pk,
                quantity=count,
                in_units=in_units or everything,
                serials=text,
                batch=code or "",
                status=STATUSES[status],
                packaging=packaging,
                announcement_id=delivery,
                disposition=verdict,
                disposition_reason=reason if verdict else "",
            )
            for line, count, text, code, verdict, delivery in zip(
                lines, counts, texts, codes, verdicts, deliveries or [None] * len(lines), strict=True
            )
        ],
        location=location_named(location) if location else None,
        accept=accept,
        accept_overreceipt=accept_overreceipt,
        reason=reason,
        **asked,
    )
    back = f"  To take it back: outwork order unreceive {done.event_id} --reason TEXT"
    return Answer(done, [*_received(found, done.ids), back])


def _disposition(word: str | None) -> Disposition | None:
    if word is None:
        return None
    if word not in set(Disposition):
        raise click.UsageError(f"--disposition is accept, hold or reject, not {word}.")
    return Disposition(word)


def _received(order: PurchaseOrder, item_ids: Sequence[int]) -> Iterator[str]:
    """What came and where it lies, line by line; two statements."""
    query = StockItem.objects.filter(pk__any=item_ids).select_related("part", "location").order_by("pk")
    states = dict(BuildOutput.objects.filter(item__any=item_ids).values_list("item", "state"))
    grouped: dict[tuple[str, str, str, str], list[StockItem]] = {}
    for item in query:
        state = f", {OutputState(states[item.pk]).word}" if item.pk in states else ""
        place = str(item.location) if item.location else "no location"
        grouped.setdefault((item.part.label, item.batch, place, state), []).append(item)
    yield f"Received from {order.supplier.name} on {order.reference}:"
    for (part, batch, place, state), items in grouped.items():
        units = sum((item.quantity for item in items), Decimal(0))
        serials = serial_text([item.serial for item in items if item.serial is not None])
        names = f", serial numbers {serials}" if serials else f", item {', '.join(str(item.pk) for item in items)}"
        yield f"  {shown(units)} of {part}{f', batch {batch}' if batch else ''}{names}, at {place}{state}"


@click.command("close-short")
@order_argument
@click.argument("lines", nargs=-1, required=True, metavar="LINE...")
@click.option("--reason", required=True, metavar="TEXT", help="Why no more will come.")
@doing
def close(asked: Asked, order: str, lines: tuple[str, ...], reason: str) -> Answer:
    """Close lines short. What is still open is no longer on order."""
    found = order_named(order)
    chosen = named_lines(found, lines)
    done = close_short(order=found, lines=[line.pk for line in chosen], reason=reason, **asked)
    return Answer(done, [f"{line.part.label}: {shown(line.open_quantity)} will not come." for line in chosen])


@click.command("open-again")
@order_argument
@click.argument("lines", nargs=-1, required=True, metavar="LINE...")
@click.option("--reason", required=True, metavar="TEXT", help="Why it comes after all.")
@doing
def open_again(asked: Asked, order: str, lines: tuple[str, ...], reason: str) -> Answer:
    """Open lines again that were closed short. A complete order is placed again."""
    found = order_named(order)
    chosen = named_lines(found, lines)
    done = reopen_lines(order=found, lines=[line.pk for line in chosen], reason=reason, **asked)
    left = [(line.part.label, line.ordered - line.received) for line in chosen]
    return Answer(done, [f"{part}: {shown(units)} are on order again." for part, units in left])


@click.command("unreceive")
@click.argument("event", type=int, metavar="EVENT")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the event.")
@doing
def unreceive_command(asked: Asked, event: int, reason: str) -> Answer:
    """Take a whole receipt back. `outwork order receive` prints the number of its event."""
    receipt = Event.objects.filter(pk=event).first()
    if receipt is None:
        refuse("event_unknown", event=event, where=("event",))
    done = unreceive(receipt=receipt, reason=reason, **asked)
    of_order = f" on {receipt.order.reference}" if receipt.order else ""
    return Answer(done, f"What came with event {event}{of_order} is taken back; it is open again.")


COMMANDS = (receive_command, unreceive_command, close, open_again)
