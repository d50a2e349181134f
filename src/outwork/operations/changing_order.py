"""Change what a purchase order says about itself: dates, people, places, terms."""

from __future__ import annotations

import datetime
from typing import Any

from outwork.ledger.documents import lock_order
from outwork.models import PurchaseOrder, User
from outwork.operations.creating_order import check_order_facts
from outwork.operations.recording import Done, operation, record
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import OPEN_ORDER, OrderStatus

declare(
    order_field_unknown="An order has no field {field} that can be changed; it is one of {known}",
    order_locked="{order} is complete: reopen it to change it (setting PURCHASEORDER_EDIT_COMPLETED_ORDERS)",
)

CHANGEABLE = (
    "supplier_reference",
    "description",
    "destination",
    "start_date",
    "target_date",
    "responsible",
    "contact",
    "address",
    "project_code",
    "payment_terms",
    "incoterm",
    "link",
    "note",
)


@operation
def change_order(
    *,
    order: PurchaseOrder,
    changes: dict[str, Any],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Change fields (CHANGEABLE) of an order that is open, or complete where the setting allows it; `ids` holds it.

    Refuses wrong_state, order_locked, order_field_unknown, and what `create_order` refuses about the same fact.
    """
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        refuse("order_field_unknown", field=unknown, known=CHANGEABLE, where=(unknown[0],))
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER | {OrderStatus.COMPLETE}, order.reference)
    settings, reasons = all_settings(), Reasons()
    if order.status == OrderStatus.COMPLETE and not settings["PURCHASEORDER_EDIT_COMPLETED_ORDERS"]:
        refuse("order_locked", order=order.reference)
    before = {name: getattr(order, name) for name in changes}
    facts = dict(changes)
    if facts.keys() & {"start_date", "target_date"}:
        facts = {"start_date": order.start_date, "target_date": order.target_date, **facts}
    check_order_facts(facts, order.supplier, settings, reasons)
    reasons.raise_any()

    told = {name: [str(before[name] or ""), str(value or "")] for name, value in changes.items()}
    event = record("order.changed", order, actor=actor, at=at, reason=reason, data={"changes": told})
    for name, value in changes.items():
        setattr(order, name, value)
    order.version += 1
    order.save(update_fields=[*changes, "version"])
    return Done(event.pk, [order.pk])
