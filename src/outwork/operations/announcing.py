"""Announced deliveries: what a supplier says is on its way, for a line of an order; several make up a line."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.ledger.serials import read_serials
from outwork.models import AnnouncedDelivery, PurchaseLine, PurchaseOrder, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.rules import states
from outwork.rules.delivering import TransportMode
from outwork.rules.packs import packs_to_base
from outwork.rules.quantities import ZERO, as_text, quantity, whole
from outwork.rules.refusals import Reasons, Refusal, Where, declare, refuse
from outwork.rules.states import OrderStatus

declare(
    no_deliveries_named="Name at least one delivery",
    delivery_not_on_order="{order} has no announced delivery {delivery}",
    delivery_named_twice="Announced delivery {delivery} is named twice",
    delivery_not_expected="Announced delivery {delivery} is {state}: nothing of it is expected",
    delivery_below_received="Announced delivery {delivery}: {received} came already, so it cannot be {asked}",
    delivery_fact_unknown="An announced delivery has no {field}; there are {choices}",
    transport_unknown="{mode} is no way of transport; it is one of {known}",
)

_EXPECTING = {OrderStatus.PLACED, OrderStatus.ON_HOLD}
_TEXTS = ("carrier", "tracking_number", "batch", "note")
_COLUMNS = ("quantity", "mode", "carrier", "tracking_number", "expected_date", "serials", "batch", "note")


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What comes of a line: in packs, or in base units with `in_units`; `serials` as a list or the short way."""

    line_id: int
    quantity: Any
    in_units: bool = False
    mode: str = ""
    carrier: str = ""
    tracking_number: str = ""
    expected_date: datetime.date | None = None
    serials: str | Sequence[str] | None = None
    batch: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryChange:
    """New facts of an announced delivery, named as those of `NewDelivery`; what is not named stays."""

    delivery_id: int
    facts: Mapping[str, Any]


FACTS = tuple(field.name for field in fields(NewDelivery) if field.name != "line_id")


@operation
def announce_deliveries(
    *,
    order: PurchaseOrder,
    deliveries: Sequence[NewDelivery],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Note what is on its way for lines of an order that is placed or on hold; `ids` holds the deliveries.

    Several may be for one line. More than the line has open is noted, and said. Refuses wrong_state,
    no_deliveries_named, line_not_on_order, line_closed, transport_unknown, serials_not_kept, bad quantities,
    serial numbers and long texts.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, _EXPECTING, order.reference)
    if not deliveries:
        refuse("no_deliveries_named", where=("deliveries",))
    lines = _lines(order)
    read = _read(order, lines, list(enumerate(deliveries)))
    told = [{"line": one.line_id, "quantity": as_text(row[0])} for one, row in zip(deliveries, read, strict=True)]
    event = record("order.deliveries announced", order, actor=actor, at=at, data={"deliveries": told})
    ids = rows.take_ids(AnnouncedDelivery, len(read))
    rows.insert(
        AnnouncedDelivery,
        ("id", "line_id", "event_id", *_COLUMNS),
        [(pk, one.line_id, event.pk, *row) for pk, one, row in zip(ids, deliveries, read, strict=True)],
    )
    _touch(order)
    return Done(event.pk, ids, said=_more_than_open(lines, {one.line_id for one in deliveries}))


@operation
def change_deliveries(
    *,
    order: PurchaseOrder,
    changes: Sequence[DeliveryChange],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Change announced deliveries that are still expected; `ids` holds them. The event keeps what they were.

    Refuses wrong_state, no_deliveries_named, delivery_not_on_order, delivery_named_twice, delivery_not_expected,
    delivery_fact_unknown, delivery_below_received, and what `announce_deliveries` refuses.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, _EXPECTING, order.reference)
    known = _named(order, [change.delivery_id for change in changes])
    reasons = Reasons()
    for index, change in enumerate(changes):
        if unknown := [name for name in change.facts if name not in FACTS]:
            reasons.add("delivery_fact_unknown", field=unknown, choices=FACTS, where=(index, unknown[0]))
    reasons.raise_any()
    asked = [replace(_as_new(known[one.delivery_id]), **one.facts) for one in changes]
    lines = _lines(order)
    read = _read(order, lines, list(enumerate(asked)))
    for index, (change, row) in enumerate(zip(changes, read, strict=True)):
        received = known[change.delivery_id].received
        if row[0] < received:
            params = {"delivery": change.delivery_id, "received": received, "asked": row[0]}
            reasons.add("delivery_below_received", **params, where=(index, "quantity"))
    reasons.raise_any()

    before = [{"delivery": pk, **_told(one)} for pk, one in known.items()]
    event = record("order.deliveries changed", order, actor=actor, at=at, reason=reason, data={"before": before})
    ids = [change.delivery_id for change in changes]
    rows.update(AnnouncedDelivery, _COLUMNS, [(pk, *row) for pk, row in zip(ids, read, strict=True)])
    _touch(order)
    return Done(event.pk, ids, said=_more_than_open(lines, {one.line_id for one in asked}))


@operation
def cancel_deliveries(
    *,
    order: PurchaseOrder,
    deliveries: Sequence[int],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Say that no more of announced deliveries comes, whatever the order's state; `ids` holds them.

    One of which something came is closed, another is cancelled. What is open on the line stays on order.
    Refuses no_deliveries_named, delivery_not_on_order, delivery_named_twice, delivery_not_expected.
    """
    order = lock_order(order, expected_version=expected_version)
    known = _named(order, deliveries)
    missing = {str(pk): as_text(one.quantity - one.received) for pk, one in known.items()}
    data = {"will not come": missing}
    event = record("order.deliveries cancelled", order, actor=actor, at=at, reason=reason, data=data)
    rows.update(
        AnnouncedDelivery,
        ("is_cancelled", "is_closed"),
        [(pk, not one.received, bool(one.received)) for pk, one in known.items()],
    )
    _touch(order)
    return Done(event.pk, list(deliveries))


def _lines(order: PurchaseOrder) -> dict[int, PurchaseLine]:
    return {line.pk: line for line in order.lines.select_related("part")}


def _read(
    order: PurchaseOrder, lines: Mapping[int, PurchaseLine], asked: Sequence[tuple[int, NewDelivery]]
) -> list[tuple[Any, ...]]:
    """Deliveries checked, as rows in the order of _COLUMNS; refuses all that is wrong at once."""
    reasons, found = Reasons(), []
    for index, one in asked:
        line = lines.get(one.line_id)
        if line is None:
            reasons.add("line_not_on_order", line=one.line_id, order=order.reference, where=(index, "line"))
            continue
        if line.is_closed:
            reasons.add("line_closed", part=line.part.label, where=(index, "line"))
        modes = [mode.value for mode in TransportMode]
        if one.mode and one.mode not in modes:
            reasons.add("transport_unknown", mode=one.mode, known=modes, where=(index, "mode"))
        check_texts(AnnouncedDelivery, {name: getattr(one, name) for name in _TEXTS}, reasons, where=(index,))
        try:
            units, serials = _read_units(line, one, (index,))
        except Refusal as refusal:
            reasons.found += refusal.reasons
            continue
        texts = (one.mode, one.carrier, one.tracking_number, one.expected_date)
        found.append((units, *texts, serials, one.batch, one.note))
    reasons.raise_any()
    return found


def _read_units(line: PurchaseLine, one: NewDelivery, where: Where) -> tuple[Decimal, list[str]]:
    """How many units come, and their serial numbers if the supplier sent them ahead."""
    at = (*where, "quantity")
    units = quantity(one.quantity, where=at)
    if not one.in_units:
        units = quantity(packs_to_base(units, line.pack_size), where=at)
    if line.part.is_trackable:
        whole(units, where=at)
    if not one.serials:
        return units, []
    if not line.part.is_trackable:
        refuse("serials_not_kept", part=line.part.label, where=(*where, "serials"))
    return units, read_serials(one.serials, count=int(units), where=(*where, "serials"))


def _named(order: PurchaseOrder, deliveries: Sequence[int]) -> dict[int, AnnouncedDelivery]:
    """The deliveries named, in their order, each of which is still expected."""
    if not deliveries:
        refuse("no_deliveries_named", where=("deliveries",))
    known = {one.pk: one for one in AnnouncedDelivery.objects.filter(line__order=order)}
    reasons, found = Reasons(), {}
    for index, pk in enumerate(deliveries):
        if pk not in known:
            reasons.add("delivery_not_on_order", delivery=pk, order=order.reference, where=(index, "delivery"))
        elif pk in found:
            reasons.add("delivery_named_twice", delivery=pk, where=(index, "delivery"))
        elif not known[pk].is_expected:
            reasons.add("delivery_not_expected", delivery=pk, state=known[pk].state, where=(index, "delivery"))
        else:
            found[pk] = known[pk]
    reasons.raise_any()
    return found


def _as_new(one: AnnouncedDelivery) -> NewDelivery:
    return NewDelivery(one.line_id, in_units=True, **{name: getattr(one, name) for name in FACTS if name != "in_units"})


def _told(one: AnnouncedDelivery) -> dict[str, Any]:
    date = one.expected_date.isoformat() if one.expected_date else None
    texts = {name: getattr(one, name) for name in ("mode", *_TEXTS, "serials")}
    return {**texts, "quantity": as_text(one.quantity), "expected_date": date}


def _more_than_open(lines: Mapping[int, PurchaseLine], touched: set[int]) -> list[dict[str, Any]]:
    """Lines for which more is announced by now than is open: noted, but said."""
    coming: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in AnnouncedDelivery.objects.filter(line__any=touched).expected():
        coming[one.line_id] += one.quantity - one.received
    return [
        {
            "code": "announced_more_than_open",
            "part": lines[line_id].part.label,
            "announced": as_text(units),
            "open": as_text(lines[line_id].open_quantity),
        }
        for line_id, units in sorted(coming.items())
        if units > lines[line_id].open_quantity
    ]


def _touch(order: PurchaseOrder) -> None:
    order.version += 1
    order.save(update_fields=["version"])
