"""Receive from an announced delivery: it proposes what is in the box, and the difference to what came is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.serials import find_used, scopes
from outwork.models import AnnouncedDelivery, Event, PurchaseLine, PurchaseOrder
from outwork.rules.quantities import ZERO, as_text, quantity
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.serials import serial_text

declare(delivery_of_another_line="Announced delivery {delivery} is not of the line that it is received for")


@dataclass(slots=True)
class Announced:
    """The deliveries that a receipt starts from, and which of the serial numbers listed were here before."""

    deliveries: dict[int, AnnouncedDelivery] = field(default_factory=dict)
    here: dict[int, set[str]] = field(default_factory=dict)

    def listed(self, delivery_id: int) -> list[str]:
        """The serial numbers that the supplier listed and that are not here yet, in the order of the list."""
        here = self.here.get(delivery_id, set())
        return [serial for serial in self.deliveries[delivery_id].serials if serial not in here]


def fill_in(
    order: PurchaseOrder, lines: Mapping[int, PurchaseLine], arrivals: Sequence[Arrival]
) -> tuple[list[Arrival], Announced]:
    """Let arrivals have what their announced delivery says and they do not; no statement where none is named, else three.

    Quantity: what of it is still expected; batch: its own; serial numbers: those listed that are not here yet, if
    they are as many as the units. Refuses delivery_not_on_order, delivery_not_expected, delivery_of_another_line.
    """
    wanted = {one.announcement_id for one in arrivals if one.announcement_id is not None}
    if not wanted:
        return list(arrivals), Announced()
    known = {one.pk: one for one in AnnouncedDelivery.objects.filter(pk__any=wanted, line__order=order)}
    announced = Announced(known, _here(lines, known.values()))
    left = {pk: one.quantity - one.received for pk, one in known.items()}
    reasons, filled = Reasons(), []
    for index, arrival in enumerate(arrivals):
        if arrival.announcement_id is None:
            filled.append(arrival)
            continue
        found = known.get(arrival.announcement_id)
        where = (index, "announcement")
        if found is None:
            reasons.add("delivery_not_on_order", delivery=arrival.announcement_id, order=order.reference, where=where)
            continue
        if not found.is_expected:
            reasons.add("delivery_not_expected", delivery=found.pk, state=found.state, where=where)
        if found.line_id != arrival.line_id:
            reasons.add("delivery_of_another_line", delivery=found.pk, where=where)
        one = replace(arrival, batch=arrival.batch or found.batch)
        if one.quantity is None:
            one = replace(one, quantity=left[found.pk], in_units=True)
        units = _units(one, lines.get(one.line_id))
        left[found.pk] -= units
        listed = announced.listed(found.pk)
        if one.serials is None and listed and len(listed) == units:
            one = replace(one, serials=tuple(listed))
        filled.append(one)
    reasons.raise_any()
    return filled, announced


def _units(arrival: Arrival, line: PurchaseLine | None) -> Decimal:
    """How many units an arrival is; nothing where that cannot be read, which is refused with all else later."""
    try:
        count = quantity(arrival.quantity)
    except Refusal:
        return ZERO
    return count if arrival.in_units or line is None else count * line.pack_size


def _here(lines: Mapping[int, PurchaseLine], deliveries: Any) -> dict[int, set[str]]:
    """Which of the listed serial numbers are in stock already, by delivery; two statements."""
    listing = [one for one in deliveries if one.serials and one.line_id in lines]
    if not listing:
        return {}
    scope = scopes([lines[one.line_id].part for one in listing])
    used = find_used((scope[lines[one.line_id].part_id], serial) for one in listing for serial in one.serials)
    return {
        one.pk: {serial for serial in one.serials if (scope[lines[one.line_id].part_id], serial) in used}
        for one in listing
    }


def count_deliveries(
    announced: Announced, arrived: Sequence[tuple[Arrival, PurchaseLine, Decimal, Sequence[str]]]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Count what came (arrival, line, units, serial numbers) against the deliveries; one statement, or none.

    Gives the units by delivery for the event, and says what is missing, too much, or has another serial number than
    was listed.
    """
    units: dict[int, Decimal] = defaultdict(lambda: ZERO)
    serials: dict[int, list[str]] = defaultdict(list)
    parts: dict[int, str] = {}
    for arrival, line, count, names in arrived:
        if arrival.announcement_id is not None:
            units[arrival.announcement_id] += count
            serials[arrival.announcement_id] += names
            parts[arrival.announcement_id] = line.part.label
    said = []
    for pk, count in sorted(units.items()):
        delivery = announced.deliveries[pk]
        delivery.received += count
        said += _difference(delivery, parts[pk], announced.listed(pk), serials[pk])
    rows.update(AnnouncedDelivery, ("received",), [(pk, announced.deliveries[pk].received) for pk in sorted(units)])
    return {str(pk): as_text(count) for pk, count in units.items()}, said


def _difference(
    delivery: AnnouncedDelivery, part: str, listed: Sequence[str], came: Sequence[str]
) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    numbers = {"part": part, "delivery": delivery.pk, "announced": as_text(delivery.quantity)}
    difference = delivery.received - delivery.quantity
    absent = [serial for serial in listed if serial not in set(came)]
    if difference < 0:
        names = f" ({serial_text(absent)})" if came and absent else ""
        said.append({"code": "announced_missing", **numbers, "missing": as_text(-difference), "serials": names})
    elif difference > 0:
        said.append({"code": "announced_exceeded", **numbers, "more": as_text(difference)})
    others = [serial for serial in came if serial not in set(delivery.serials)] if delivery.serials else []
    if others:
        said.append(
            {"code": "announced_other_serials", "part": part, "delivery": delivery.pk, "serials": serial_text(others)}
        )
    return said


def count_deliveries_back(receipt: Event) -> None:
    """A receipt is taken back: what it counted against deliveries is expected again; two statements, or none."""
    told = {int(pk): Decimal(units) for pk, units in receipt.data.get("announced", {}).items()}
    if told:
        found = AnnouncedDelivery.objects.filter(pk__any=told).values_list("pk", "received")
        rows.update(AnnouncedDelivery, ("received",), [(pk, received - told[pk]) for pk, received in found])
