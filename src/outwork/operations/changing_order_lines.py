"""Correct order lines, from the confirmation or the invoice, and take lines off that nothing hangs on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.ledger.locations import find_locations
from outwork.models import (
    AnnouncedDelivery,
    Build,
    BuildOutput,
    ExtraLine,
    Movement,
    PromiseChange,
    PurchaseLine,
    PurchaseOrder,
    SerialReservation,
    StockItem,
    User,
)
from outwork.operations import dedicating_lines, order_states
from outwork.operations.adding_extra_lines import COSTABLE
from outwork.operations.adding_order_lines import overordered, read_discount
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import revalue_orders
from outwork.operations.text_limits import check_texts
from outwork.queries.settings import get
from outwork.rules import states
from outwork.rules.currency import currency_code
from outwork.rules.quantities import as_text, money, quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare, refuse
from outwork.rules.states import OPEN_ORDER, OrderStatus

declare(
    line_fact_unknown="An order line has no {field} that could be changed; there are {choices}",
    ordered_below_received="{part}: {received} came already, so {asked} cannot be ordered",
    order_complete_quantity=(
        "{order} is complete, so only the cost of its lines changes: reopen it, or allow it"
        " (setting PURCHASEORDER_EDIT_COMPLETED_ORDERS)"
    ),
    line_in_use="{part}: the line cannot go, {count} {what} hang on it",
    order_left_empty="{order} would have no lines left: cancel it instead",
)

FACTS = ("ordered", "price", "currency", "discount", "destination", "reference", "note")
# What the invoice says is known when the goods are long here; everything else of a complete order is locked.
_OF_COST = frozenset({"price", "currency", "discount"})
_COLUMNS = ("ordered", "price", "currency", "discount", "destination_id", "reference", "note")


@dataclass(frozen=True, slots=True)
class LineChange:
    """New facts of a line (FACTS); those not named stay. `ordered` in base units, `price` per pack or None (not known)."""

    line_id: int
    facts: Mapping[str, Any]


@operation
def change_lines(
    *,
    order: PurchaseOrder,
    changes: Sequence[LineChange],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Change lines of an order that is open, or (price, currency and discount; all where the setting
    PURCHASEORDER_EDIT_COMPLETED_ORDERS allows it) complete; `ids` holds them.

    What came already is worth what it costs now, with all that it went into; that is said, and so is what a line that
    was cut is no longer bought for (the newest builds give way). A placed order of which
    nothing is open any more becomes complete, if the setting says so. Refuses wrong_state, no_lines_named,
    line_not_on_order, line_named_twice, line_fact_unknown, order_complete_quantity, ordered_below_received,
    price_negative, location_unknown, location_structural, bad quantities, discounts, currencies and texts.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, COSTABLE, order.reference)
    known = {line.pk: line for line in order.lines.select_related("part")}
    _check_named(order, known, [change.line_id for change in changes])
    before = {one.line_id: _facts(known[one.line_id]) for one in changes}
    _apply(order, known, changes)

    told = [
        {"line": pk, name: [_told(old), _told(_facts(known[pk])[name])]}
        for pk, facts in before.items()
        for name, old in facts.items()
        if old != _facts(known[pk])[name]
    ]
    event = record("order.lines changed", order, actor=actor, at=at, reason=reason, data={"changes": told})
    rows.update(PurchaseLine, _COLUMNS, [(pk, *_facts(known[pk]).values()) for pk in sorted(before)])
    cut = {pk: known[pk].ordered for pk, facts in before.items() if known[pk].ordered < facts["ordered"]}
    said = dedicating_lines.trim(cut) if cut else []
    _close(order, known, at, closes=any("ordered" in change.facts for change in changes))
    linked = {known[pk].build_id for pk in before if "ordered" in _changed(told, pk)}
    builds = Build.objects.in_bulk([pk for pk in linked if pk is not None]) if linked else {}
    return Done(event.pk, list(before), said=said + overordered(builds) + revalue_orders([order.pk], event))


@operation
def remove_lines(
    *,
    order: PurchaseOrder,
    lines: Sequence[int],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Take lines off an open order that nothing hangs on; the event keeps what they were.

    Serial numbers that were reserved for them are free again.

    Refuses wrong_state, no_lines_named, line_not_on_order, line_named_twice, line_in_use (receipts, also ones
    that were taken back; an extra line or an announced delivery of it), order_left_empty (it was placed: cancel it).
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER, order.reference)
    known = {line.pk: line for line in order.lines.select_related("part")}
    _check_named(order, known, lines)
    reasons = Reasons()
    uses: tuple[tuple[str, Any, str], ...] = (
        ("receipts", Movement, "purchase_line"),
        ("stock items", StockItem, "purchase_line"),
        ("outputs", BuildOutput, "purchase_line"),
        ("extra lines", ExtraLine, "line"),
        ("announced deliveries", AnnouncedDelivery, "line"),
    )
    for what, model, name in uses:
        found = list(model.objects.filter(**{f"{name}__any": list(lines)}).values_list(name, flat=True))
        for index, line_id in enumerate(lines):
            if line_id in found:
                count = found.count(line_id)
                reasons.add(
                    "line_in_use", part=known[line_id].part.label, what=what, count=count, where=(index, "line")
                )
    if order.placed_at is not None and len(lines) == len(known):
        reasons.add("order_left_empty", order=order.reference)
    reasons.raise_any()

    dedicated = dedicating_lines.told_of(lines)
    gone = [
        {
            "line": pk,
            "part": known[pk].part_id,
            **{name: _told(value) for name, value in _facts(known[pk]).items()},
            **({"dedicated": dedicated[pk]} if pk in dedicated else {}),
        }
        for pk in lines
    ]
    event = record("order.lines removed", order, actor=actor, at=at, reason=reason, data={"lines": gone})
    rows.delete_where(PromiseChange, "line", lines)
    dedicating_lines.forget(lines)
    rows.delete_where(SerialReservation, "purchase_line", lines)
    rows.delete(PurchaseLine, lines)
    _close(order, {pk: line for pk, line in known.items() if pk not in lines}, at, closes=True)
    return Done(event.pk, list(lines), said=revalue_orders([order.pk], event))


def _check_named(order: PurchaseOrder, known: Mapping[int, PurchaseLine], lines: Sequence[int]) -> None:
    reasons = Reasons()
    if not lines:
        reasons.add("no_lines_named", where=("lines",))
    seen: set[int] = set()
    for index, line_id in enumerate(lines):
        if line_id not in known:
            reasons.add("line_not_on_order", line=line_id, order=order.reference, where=(index, "line"))
        elif line_id in seen:
            reasons.add("line_named_twice", line=line_id, where=(index, "line"))
        seen.add(line_id)
    reasons.raise_any()


def _apply(order: PurchaseOrder, known: Mapping[int, PurchaseLine], changes: Sequence[LineChange]) -> None:
    """Put the new facts on the lines; refuses all that is wrong at once."""
    reasons = Reasons()
    may_edit = order.status in OPEN_ORDER or get("PURCHASEORDER_EDIT_COMPLETED_ORDERS")
    targets = [
        (one.facts["destination"], (index, "destination"))
        for index, one in enumerate(changes)
        if "destination" in one.facts
    ]
    find_locations([(target, where) for target, where in targets if target is not None], reasons)
    for index, one in enumerate(changes):
        if unknown := [name for name in one.facts if name not in FACTS]:
            reasons.add("line_fact_unknown", field=unknown, choices=FACTS, where=(index, unknown[0]))
        if order.status not in OPEN_ORDER and not may_edit and (locked := sorted(one.facts.keys() - _OF_COST)):
            reasons.add("order_complete_quantity", order=order.reference, where=(index, locked[0]))
        texts = {name: str(one.facts[name]) for name in ("reference", "note") if name in one.facts}
        check_texts(PurchaseLine, texts, reasons, where=(index,))
        for name in FACTS:
            if name in one.facts:
                try:
                    _set(known[one.line_id], name, one.facts[name], index)
                except Refusal as refusal:
                    reasons.found += refusal.reasons
    reasons.raise_any()


def _set(line: PurchaseLine, name: str, value: Any, index: int) -> None:
    """Read one new fact and put it on the line."""
    where = (index, name)
    if name == "ordered":
        line.ordered = quantity(value, where=where)
        if line.part.is_trackable:
            whole(line.ordered, where=where)
        if line.ordered < line.received:
            part = line.part.label
            refuse("ordered_below_received", part=part, received=line.received, asked=line.ordered, where=where)
    elif name == "price":
        line.price = None if value is None else money(value, where=where)
        if line.price is not None and line.price < 0:
            refuse("price_negative", price=line.price, where=where)
    elif name == "currency":
        line.currency = currency_code(value, where=where)
    elif name == "discount":
        line.discount = read_discount(value, index)
    elif name == "destination":
        line.destination_id = value
    else:
        setattr(line, name, str(value))


def _facts(line: PurchaseLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _COLUMNS}


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int)) else as_text(value)


def _changed(told: Sequence[Mapping[str, Any]], line_id: int) -> set[str]:
    return {name for one in told if one["line"] == line_id for name in one}


def _close(order: PurchaseOrder, lines: Mapping[int, PurchaseLine], at: datetime.datetime, *, closes: bool) -> None:
    """Note the change; a placed order of which everything came is complete, if the setting says so."""
    is_placed = closes and order.status == OrderStatus.PLACED
    if is_placed and not any(line.open_quantity for line in lines.values()) and get("PURCHASEORDER_AUTO_COMPLETE"):
        order_states.finish(order, at)
    else:
        order.version += 1
        order.save(update_fields=["version"])
