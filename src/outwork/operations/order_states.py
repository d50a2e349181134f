"""Move a purchase order through its life: place it, hold it, cancel it, complete it, reopen it."""

from __future__ import annotations

import datetime

from outwork.ledger.documents import lock_builds, lock_order
from outwork.models import Build, Part, PurchaseLine, PurchaseOrder, User
from outwork.operations import build_states
from outwork.operations.creating_build import company_facts
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import revalue_orders
from outwork.rules import states
from outwork.rules.external import BuildFacts, check_link
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import PURCHASE_ORDER, OrderStatus

declare(
    order_empty="{order} has no lines: there is nothing to order",
    failing_without_reason="{order} becomes {state} only with a reason",
    order_lines_open="{order} still waits for {parts}. Receive it, close it short, or say that you accept it",
)


@operation
def place_order(
    *,
    order: PurchaseOrder,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Place a draft or held order, or one that was lost and turned up. Pending builds that it feeds are issued, which freezes their lines.

    A build on hold stays on hold, and that is said. Repeating it changes nothing. Refuses
    transition_impossible, order_empty, and each bad link as `add_lines` does (a build may have been
    cancelled since).
    """
    order, lines, builds = _lock(order, expected_version)
    if states.is_repeat(order.status, OrderStatus.PLACED):
        return _nothing("order.placed", order, actor, at)
    if order.status == OrderStatus.COMPLETE:  # that is reopened, with a reason
        states.refuse_move(order.status, OrderStatus.PLACED, document=order.reference)
    states.require_move(PURCHASE_ORDER, order.status, OrderStatus.PLACED, document=order.reference)
    if not lines:
        refuse("order_empty", order=order.reference)
    _check_links(order, lines, builds)

    event = record("order.placed", order, actor=actor, at=at)
    said = build_states.issue_ordered(builds.values(), order.reference, event)
    was_lost = order.status == OrderStatus.LOST
    order.placed_at, order.completed_at = order.placed_at or at, None
    _move(order, OrderStatus.PLACED)
    if was_lost:
        said += revalue_orders([order.pk], event)  # what comes after all shares the extra costs
    return Done(event.pk, [order.pk], said=said)


@operation
def hold_order(
    *,
    order: PurchaseOrder,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Put an order on hold. Repeating it changes nothing. Refuses transition_impossible."""
    order = lock_order(order, expected_version=expected_version)
    if states.is_repeat(order.status, OrderStatus.ON_HOLD):
        return _nothing("order.held", order, actor, at)
    states.require_move(PURCHASE_ORDER, order.status, OrderStatus.ON_HOLD, document=order.reference)
    event = record("order.held", order, actor=actor, at=at, reason=reason)
    _move(order, OrderStatus.ON_HOLD)
    return Done(event.pk, [order.pk])


@operation
def cancel_order(
    *,
    order: PurchaseOrder,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Cancel an order; what was received stays, and bears the order's extra costs alone.

    Repeating it changes nothing. Refuses transition_impossible.
    """
    order = lock_order(order, expected_version=expected_version)
    if states.is_repeat(order.status, OrderStatus.CANCELLED):
        return _nothing("order.cancelled", order, actor, at)
    states.require_move(PURCHASE_ORDER, order.status, OrderStatus.CANCELLED, document=order.reference)
    event = record("order.cancelled", order, actor=actor, at=at, reason=reason)
    order.completed_at = at
    _move(order, OrderStatus.CANCELLED)
    return Done(event.pk, [order.pk], said=revalue_orders([order.pk], event))


@operation
def complete_order(
    *,
    order: PurchaseOrder,
    actor: User,
    at: datetime.datetime,
    accept_incomplete: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Complete a placed order; open lines are no longer on order once that is accepted, and what came bears
    the order's extra costs alone.

    Repeating it changes nothing. Refuses transition_impossible, order_lines_open.
    """
    order = lock_order(order, expected_version=expected_version)
    if states.is_repeat(order.status, OrderStatus.COMPLETE):
        return _nothing("order.completed", order, actor, at)
    states.require_move(PURCHASE_ORDER, order.status, OrderStatus.COMPLETE, document=order.reference)
    waiting = [line for line in order.lines.select_related("part") if line.open_quantity]
    if waiting and not accept_incomplete:
        parts = [f"{line.part.label}: {line.open_quantity.normalize():f}" for line in waiting]
        refuse("order_lines_open", order=order.reference, lines=len(waiting), parts=parts)
    event = record("order.completed", order, actor=actor, at=at)
    finish(order, at)
    return Done(event.pk, [order.pk], said=revalue_orders([order.pk], event))


@operation
def lose_order(
    *,
    order: PurchaseOrder,
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Give a placed order up for lost, with a reason: what is open no longer comes. Placing it again finds it.

    What was received stays, and bears the order's extra costs alone. Repeating it changes nothing. Refuses
    transition_impossible, failing_without_reason.
    """
    return _fail(order, OrderStatus.LOST, "order.lost", reason, actor, at, expected_version)


@operation
def return_order(
    *,
    order: PurchaseOrder,
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Say that a placed or complete order went back as a whole, with a reason; it is the end of the order.

    It moves no stock: what is here goes back by a return to the supplier. Repeating it changes nothing. Refuses
    transition_impossible, failing_without_reason.
    """
    return _fail(order, OrderStatus.RETURNED, "order.returned", reason, actor, at, expected_version)


def _fail(
    order: PurchaseOrder,
    status: OrderStatus,
    kind: str,
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None,
) -> Done:
    order = lock_order(order, expected_version=expected_version)
    if states.is_repeat(order.status, status):
        return _nothing(kind, order, actor, at)
    states.require_move(PURCHASE_ORDER, order.status, status, document=order.reference)
    if not reason.strip():
        refuse("failing_without_reason", order=order.reference, state=status.word, where=("reason",))
    event = record(kind, order, actor=actor, at=at, reason=reason)
    order.completed_at = at
    _move(order, status)
    return Done(event.pk, [order.pk], said=revalue_orders([order.pk], event))


def finish(order: PurchaseOrder, at: datetime.datetime) -> None:
    """Make a locked order complete."""
    order.completed_at = at
    _move(order, OrderStatus.COMPLETE)


@operation
def reopen_order(
    *,
    order: PurchaseOrder,
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Reopen a complete order, with a reason: what is open on its lines is on order again.

    Refuses wrong_state, reason_missing.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, {OrderStatus.COMPLETE}, order.reference)
    if not reason.strip():
        refuse("reason_missing", document=order.reference, where=("reason",))
    event = record("order.reopened", order, actor=actor, at=at, reason=reason)
    reopen(order)
    return Done(event.pk, [order.pk], said=revalue_orders([order.pk], event))


def reopen(order: PurchaseOrder) -> None:
    """Make a locked, complete order placed again."""
    order.completed_at = None
    _move(order, OrderStatus.PLACED)


def _lock(
    order: PurchaseOrder, expected_version: int | None
) -> tuple[PurchaseOrder, list[PurchaseLine], dict[int, Build]]:
    order = lock_order(order, expected_version=expected_version)
    lines = list(order.lines.select_related("part"))
    builds = lock_builds({line.build_id for line in lines if line.build_id is not None})
    return order, lines, builds


def _check_links(order: PurchaseOrder, lines: list[PurchaseLine], builds: dict[int, Build]) -> None:
    """Every link once more; with the setting off an order that exists can still be placed."""
    parts = {part.pk: part for part in Part.objects.filter(pk__any=[build.part_id for build in builds.values()])}
    reasons = Reasons()
    for index, line in enumerate(lines):
        if line.build_id is None:
            continue
        build = builds[line.build_id]
        facts = BuildFacts(build.reference, build.status, build.is_external, build.part_id, parts[build.part_id].label)
        reasons.found += check_link(
            facts,
            part_id=line.part_id,
            part=line.part.label,
            supplier=company_facts(order.supplier),
            switched_on=True,
            where=(index, "build"),
        ).found
    reasons.raise_any()


def _move(order: PurchaseOrder, status: OrderStatus) -> None:
    order.status = status
    order.version += 1
    order.save(update_fields=["status", "version", "placed_at", "completed_at"])


def _nothing(kind: str, order: PurchaseOrder, actor: User, at: datetime.datetime) -> Done:
    """A repeated transition: noted, nothing changed."""
    event = record(kind, order, actor=actor, at=at, data={"repeated": True})
    return Done(event.pk, [order.pk])
