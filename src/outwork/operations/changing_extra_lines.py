"""Correct the extra costs of an order, and take them off; what came already costs more or less with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.models import ExtraLine, PurchaseOrder, User
from outwork.operations.adding_extra_lines import COSTABLE, EXTRA_COLUMNS, NewExtra, read_extras
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import revalue_orders
from outwork.rules import states
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare

declare(
    extra_not_on_order="Extra line {extra} is not on {order}",
    extra_named_twice="Extra line {extra} is named twice",
    extra_fact_unknown="An extra line has no {field}; there are {choices}",
)

FACTS = tuple(field.name for field in fields(NewExtra))


@dataclass(frozen=True, slots=True)
class ExtraChange:
    """New facts of an extra line, named as those of `NewExtra`; what is not named stays."""

    extra_id: int
    facts: Mapping[str, Any]


@operation
def change_extra_lines(
    *,
    order: PurchaseOrder,
    changes: Sequence[ExtraChange],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Change extra lines of an order that is open or complete; `ids` holds them. What came already bears its share.

    Refuses wrong_state, no_extras_named, extra_not_on_order, extra_named_twice, extra_fact_unknown, and what
    `add_extra_lines` refuses.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, COSTABLE, order.reference)
    known = _named(order, [change.extra_id for change in changes])
    reasons = Reasons()
    for index, change in enumerate(changes):
        if unknown := [name for name in change.facts if name not in FACTS]:
            reasons.add("extra_fact_unknown", field=unknown, choices=FACTS, where=(index, unknown[0]))
    reasons.raise_any()
    asked = [replace(_as_new(known[change.extra_id]), **change.facts) for change in changes]
    ready = read_extras(asked, order)

    told = [
        {"extra": change.extra_id, "before": _told(known[change.extra_id]), "facts": sorted(change.facts)}
        for change in changes
    ]
    event = record("order.extra lines changed", order, actor=actor, at=at, reason=reason, data={"changes": told})
    changed = [(change.extra_id, *row) for change, row in zip(changes, ready, strict=True)]
    rows.update(ExtraLine, EXTRA_COLUMNS, changed)
    return _done(order, event, [change.extra_id for change in changes])


@operation
def remove_extra_lines(
    *,
    order: PurchaseOrder,
    extras: Sequence[int],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Take extra lines off an order that is open or complete; the event keeps what they were.

    What came already no longer bears them. Refuses wrong_state, no_extras_named, extra_not_on_order,
    extra_named_twice.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, COSTABLE, order.reference)
    known = _named(order, extras)
    gone = [{"extra": pk, **_told(known[pk])} for pk in extras]
    event = record("order.extra lines removed", order, actor=actor, at=at, reason=reason, data={"extras": gone})
    rows.delete(ExtraLine, extras)
    return _done(order, event, list(extras))


def _done(order: PurchaseOrder, event: Any, ids: list[int]) -> Done:
    order.version += 1
    order.save(update_fields=["version"])
    return Done(event.pk, ids, said=revalue_orders([order.pk], event))


def _named(order: PurchaseOrder, extras: Sequence[int]) -> dict[int, ExtraLine]:
    known = {one.pk: one for one in order.extra_lines.all()}
    reasons = Reasons()
    if not extras:
        reasons.add("no_extras_named", where=("extras",))
    seen: set[int] = set()
    for index, pk in enumerate(extras):
        if pk not in known:
            reasons.add("extra_not_on_order", extra=pk, order=order.reference, where=(index, "extra"))
        elif pk in seen:
            reasons.add("extra_named_twice", extra=pk, where=(index, "extra"))
        seen.add(pk)
    reasons.raise_any()
    return known


def _as_new(extra: ExtraLine) -> NewExtra:
    return NewExtra(**{name: getattr(extra, name) for name in FACTS})


def _told(extra: ExtraLine) -> dict[str, Any]:
    values = {name: getattr(extra, name) for name in FACTS}
    return {
        name: value if value is None or isinstance(value, (str, int)) else as_text(value)
        for name, value in values.items()
    }
