"""Close order lines short: what is still open will not come; or open them again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.models import PurchaseLine, PurchaseOrder, User
from outwork.operations import order_states
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import revalue_orders
from outwork.queries.settings import get
from outwork.rules import states
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import OrderStatus

declare(
    line_has_nothing_open="{part}: all {ordered} came, there is nothing to close",
    line_not_closed="{part}: the line is not closed short",
    closing_without_reason="Closing a line short needs a reason",
)


@operation
def close_short(
    *,
    order: PurchaseOrder,
    lines: Sequence[int],
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Close lines of a placed or held order short: what is open is no longer on order; `ids` holds the lines.

    The order completes by itself when nothing else is open and the setting says so. Refuses wrong_state,
    no_lines_named, line_not_on_order, line_named_twice, line_closed, line_has_nothing_open, closing_without_reason.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, {OrderStatus.PLACED, OrderStatus.ON_HOLD}, order.reference)
    if not reason.strip():
        refuse("closing_without_reason", where=("reason",))
    known = {line.pk: line for line in order.lines.select_related("part")}
    reasons = Reasons()
    chosen = _chosen(order, known, lines, reasons)
    for index, line in chosen:
        if line.is_closed:
            reasons.add("line_closed", part=line.part.label, where=(index, "line"))
        elif not line.open_quantity:
            reasons.add("line_has_nothing_open", part=line.part.label, ordered=line.ordered, where=(index, "line"))
    reasons.raise_any()

    open_now = {str(line.pk): as_text(line.open_quantity) for _, line in chosen}
    event = record("order.lines closed", order, actor=actor, at=at, reason=reason, data={"open": open_now})
    for _, line in chosen:
        line.is_closed = True
    rows.update(PurchaseLine, ("is_closed",), [(line.pk, True) for _, line in chosen])
    if (
        order.status == OrderStatus.PLACED
        and get("PURCHASEORDER_AUTO_COMPLETE")
        and not any(line.open_quantity for line in known.values())
    ):
        order_states.finish(order, at)
    else:
        _touch(order)
    return Done(event.pk, [line.pk for _, line in chosen], said=revalue_orders([order.pk], event))


@operation
def reopen_lines(
    *,
    order: PurchaseOrder,
    lines: Sequence[int],
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Open lines again that were closed short: they come after all. A complete order is placed again.

    Refuses wrong_state, no_lines_named, line_not_on_order, line_not_closed, reason_missing.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, {OrderStatus.PLACED, OrderStatus.ON_HOLD, OrderStatus.COMPLETE}, order.reference)
    if not reason.strip():
        refuse("reason_missing", document=order.reference, where=("reason",))
    known = {line.pk: line for line in order.lines.select_related("part")}
    reasons = Reasons()
    chosen = _chosen(order, known, lines, reasons)
    for index, line in chosen:
        if not line.is_closed:
            reasons.add("line_not_closed", part=line.part.label, where=(index, "line"))
    reasons.raise_any()
    event = record("order.lines reopened", order, actor=actor, at=at, reason=reason)
    rows.update(PurchaseLine, ("is_closed",), [(line.pk, False) for _, line in chosen])
    if order.status == OrderStatus.COMPLETE:
        order_states.reopen(order)
    else:
        _touch(order)
    return Done(event.pk, [line.pk for _, line in chosen], said=revalue_orders([order.pk], event))


def _chosen(
    order: PurchaseOrder, known: dict[int, PurchaseLine], lines: Sequence[int], reasons: Reasons
) -> list[tuple[int, PurchaseLine]]:
    if not lines:
        reasons.add("no_lines_named", where=("lines",))
    seen: set[int] = set()
    for index, line_id in enumerate(lines):
        if line_id not in known:
            reasons.add("line_not_on_order", line=line_id, order=order.reference, where=(index, "line"))
        elif line_id in seen:
            reasons.add("line_named_twice", line=line_id, where=(index, "line"))
        seen.add(line_id)
    return [(index, known[line_id]) for index, line_id in enumerate(lines) if line_id in known]


def _touch(order: PurchaseOrder) -> None:
    order.version += 1
    order.save(update_fields=["version"])
