"""What happened to a build order, day by day, read from its events and those of its purchase orders."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from outwork.cli.tables import money, several, shown
from outwork.models import Build, BuildOutput, Event, ExtraLine, Movement, PromiseChange, PurchaseLine
from outwork.rules.places import Kind
from outwork.rules.states import OutputState


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, in a sentence."""

    at: datetime.datetime
    who: str
    event: str
    text: str


@dataclass(slots=True)
class _Files:
    """All that the sentences need, read at once: by event."""

    build: Build
    lines: list[PurchaseLine]
    promises: dict[int, list[PromiseChange]] = field(default_factory=lambda: defaultdict(list))
    movements: dict[int, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    extras: dict[int, ExtraLine] = field(default_factory=dict)
    scrapped: dict[int, Decimal] = field(default_factory=dict)


def timeline(build: Build) -> list[Moment]:
    """The moments of a build in order; a fixed number of statements."""
    lines = list(PurchaseLine.objects.filter(build=build).select_related("order__supplier"))
    orders = {line.order_id for line in lines}
    about = Q(build=build) | Q(order__any=orders)
    events = list(Event.objects.filter(about).select_related("actor", "order").order_by("pk"))
    files = _Files(build, lines)
    ids = [event.pk for event in events]
    for change in PromiseChange.objects.filter(event__any=ids, line__build=build):
        files.promises[change.event_id].append(change)
    for movement in Movement.objects.filter(event__any=ids).exclude(kind=Kind.REVALUED):
        files.movements[movement.event_id].append(movement)
    files.extras = {extra.pk: extra for extra in ExtraLine.objects.filter(order__any=orders)}
    scrapped = BuildOutput.objects.filter(build=build, state=OutputState.SCRAPPED)
    files.scrapped = dict(scrapped.values_list("made_event", "quantity"))
    moments = []
    for event in events:
        tell = _TELL.get(event.kind)
        text = tell(event, files) if tell else ""
        if text:
            moments.append(Moment(event.at, event.actor.first_name or event.actor.username, event.kind, text))
    return moments


def in_a_row(serials: Sequence[str]) -> str:
    """Serial numbers as people say them: the first to the last where they are many."""
    ordered = sorted(serials)
    return ", ".join(ordered) if len(ordered) < 3 else f"{ordered[0]} to {ordered[-1]}"


def _planned(event: Event, files: _Files) -> str:
    return f"Planned: {shown(files.build.quantity)} units"


def _placed(event: Event, files: _Files) -> str:
    told = []
    for line in files.lines:
        if line.order_id == event.order_id:
            packs = shown(line.ordered / line.pack_size)
            price = "at an unknown price" if line.price is None else f"at {money(line.price, line.currency)}"
            wanted = f", wanted by {line.requested_date}" if line.requested_date else ""
            told.append(f"{packs} {price} each{wanted}")
    order = event.order
    return f"{order.reference} placed with {order.supplier.name}: {'; '.join(told)}" if order else ""


def _extra(event: Event, files: _Files) -> str:
    extras = [files.extras[pk] for pk in event.data.get("ids", []) if pk in files.extras]
    told = [f"{one.description or one.kind}, {money(one.price, one.currency)}" for one in extras]
    late = " (after the receipt: what came is worth more now)" if event.order and _came_before(event, files) else ""
    return f"Extra cost: {'; '.join(told)}{late}" if told else "Extra cost"


def _came_before(event: Event, files: _Files) -> bool:
    return any(one.kind == Kind.RECEIVED for pk, moved in files.movements.items() if pk < event.pk for one in moved)


def _promised(event: Event, files: _Files) -> str:
    told = []
    for change in files.promises[event.pk]:
        if change.before and change.after and change.after > change.before:
            told.append(f"The {change.which} date slips from {change.before} to {change.after}: {change.reason}")
        else:
            told.append(f"{change.which.capitalize()} for {change.after}")
    return "; ".join(told)


def _sent(event: Event, files: _Files) -> str:
    moved = files.movements[event.pk]
    pieces = sum((one.quantity for one in moved), Decimal(0))
    values = [one.value for one in moved]
    worth = None if None in values else sum((value for value in values if value is not None), Decimal(0))
    value = "of unknown value" if worth is None else f"worth {worth:.2f} EUR"
    note = f" ({event.reason})" if event.reason else ""
    return f"Kit sent: {several(len(moved), 'lot')}, {shown(pieces)} pieces, {value}{note}"


def _received(event: Event, files: _Files) -> str:
    moved = [one for one in files.movements[event.pk] if one.kind == Kind.RECEIVED and one.build_id == files.build.pk]
    units = sum((one.quantity for one in moved), Decimal(0))
    serials = [one.serial for one in moved if one.serial]
    batches = sorted({one.batch for one in moved if one.batch})
    told = in_a_row(serials) if serials else f"batch {', '.join(batches)}" if batches else ""
    return f"{several(units, 'unit')} received{f', {told}' if told else ''}" if moved else ""


def _accepted(event: Event, files: _Files) -> str:
    moved = [one for one in files.movements[event.pk] if one.kind == Kind.ACCEPTED]
    used = sum((one.quantity for one in files.movements[event.pk] if one.kind in (Kind.USED, Kind.LOST)), Decimal(0))
    units = sum((one.quantity for one in moved), Decimal(0))
    return f"{several(units, 'unit')} accepted; {shown(used)} components booked as used"


def _rejected(event: Event, files: _Files) -> str:
    moved = [one for one in files.movements[event.pk] if one.kind == Kind.REJECTED]
    units = sum((one.quantity for one in moved), Decimal(0))
    which = in_a_row([one.serial for one in moved if one.serial])
    return f"{shown(units)} rejected{f', {which}' if which else ''}: {event.reason}"


def _scrapped(event: Event, files: _Files) -> str:
    units = files.scrapped.get(event.pk)
    return f"{shown(units)} scrapped at the manufacturer: {event.reason}" if units else ""


def _with_reason(word: str) -> Callable[[Event, _Files], str]:
    def tell(event: Event, files: _Files) -> str:
        return f"{word}: {event.reason}" if event.reason else word

    return tell


_TELL: dict[str, Callable[[Event, _Files], str]] = {
    "build.created": _planned,
    "order.placed": _placed,
    "order.extra lines added": _extra,
    "order.dates stated": _promised,
    "build.kit sent": _sent,
    "order.received": _received,
    "build.outputs accepted": _accepted,
    "build.outputs rejected": _rejected,
    "build.units scrapped": _scrapped,
    "order.lines closed": _with_reason("Closed short"),
    "build.held": _with_reason("On hold"),
    "build.cancelled": _with_reason("Cancelled"),
    "build.finished": _with_reason("Finished"),
}
