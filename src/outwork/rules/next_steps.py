"""What to do next with a build or an order: one sentence each, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from outwork.rules.quantities import ZERO
from outwork.rules.refusals import shown
from outwork.rules.states import BuildStatus, OrderStatus

STEPS: dict[str, str] = {
    "decide_supply": "say who supplies {parts}",
    "issue_build": "issue it, which freezes its lines",
    "resume_build": "it is on hold: issue it again to go on",
    "order_build": "order {quantity} units from {manufacturer}",
    "place_order": "place {orders}",
    "allocate": "allocate stock for {parts}",
    "order_parts": "order {parts}: there is no free stock",
    "await_parts": "{parts} are ordered for it and still to come",
    "send": "send the kit: {parts} are allocated and still lie with us",
    "await_units": "{quantity} units are still to come on {orders}{when}",
    "chase_units": "ask where they stay: {quantity} units on {orders} were expected by {expected}",
    "decide_units": "accept or reject the {quantity} units in production",
    "decide_aside": "look after the {quantity} units that are held or in rework",
    "consume": "consume what was built and not booked yet: {parts}",
    "make_units": "make {quantity} units",
    "missing_units": "{units} missing and nothing is on order: order more, or finish it as it is",
    "finish": "finish it",
    "add_lines": "add lines",
    "place_this": "place it",
    "resume_order": "it is on hold: place it again to go on",
    "receive": "{parts} are still to come{when}: receive them, or close them short",
    "chase_lines": "ask where they stay: {parts} are late",
    "complete": "everything came: complete it",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a stable code and its numbers."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence for people."""
        return translate(STEPS[self.code]).format(**{key: shown(value) for key, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """Where a build stands; what is short can be allocated, is out of stock, or is coming (ordered for it). Parts are texts such as "R-10K (40)"; units are in the assembly's unit."""

    status: int
    is_external: bool
    manufacturer: str
    planned: Decimal
    ordered: Decimal
    on_order: Decimal
    in_production: Decimal
    set_aside: Decimal
    accepted: Decimal
    built: Decimal
    undecided: Sequence[str] = ()
    short: Sequence[str] = ()
    out_of_stock: Sequence[str] = ()
    coming: Sequence[str] = ()
    to_send: Sequence[str] = ()
    to_consume: Sequence[str] = ()
    drafts: Sequence[str] = ()
    orders: Sequence[str] = ()
    expected: date | None = None
    today: date | None = None


def after_build(facts: BuildFacts) -> list[Step]:
    """What is to be done for a build now; nothing for one that is complete or cancelled."""
    if facts.status in (BuildStatus.COMPLETE, BuildStatus.CANCELLED):
        return []
    steps = []
    if facts.status == BuildStatus.ON_HOLD:
        steps.append(Step("resume_build"))
    if facts.is_external and facts.undecided:
        steps.append(Step("decide_supply", {"parts": facts.undecided}))
    if facts.is_external and facts.drafts:
        steps.append(Step("place_order", {"orders": facts.drafts}))
    elif facts.is_external and facts.ordered < facts.planned and not facts.built + facts.in_production:
        who = facts.manufacturer or "a manufacturer"
        steps.append(Step("order_build", {"quantity": facts.planned - facts.ordered, "manufacturer": who}))
    if not facts.is_external and facts.status == BuildStatus.PENDING:
        steps.append(Step("issue_build"))
    if facts.short:
        steps.append(Step("allocate", {"parts": facts.short}))
    if facts.out_of_stock:
        steps.append(Step("order_parts", {"parts": facts.out_of_stock}))
    if facts.coming:
        steps.append(Step("await_parts", {"parts": facts.coming}))
    if facts.to_send:
        steps.append(Step("send", {"parts": facts.to_send}))
    if waiting := facts.in_production - facts.set_aside:
        steps.append(Step("decide_units", {"quantity": waiting}))
    if facts.set_aside:
        steps.append(Step("decide_aside", {"quantity": facts.set_aside}))
    if facts.to_consume:
        steps.append(Step("consume", {"parts": facts.to_consume}))
    return steps + _units_to_come(facts)


def _good_units(quantity: Decimal) -> str:
    return "1 good unit is" if quantity == 1 else f"{shown(quantity)} good units are"


def _units_to_come(facts: BuildFacts) -> list[Step]:
    missing = max(ZERO, facts.planned - facts.accepted - facts.in_production)
    if facts.on_order:
        params = {"quantity": facts.on_order, "orders": facts.orders}
        if facts.expected and facts.today and facts.expected < facts.today:
            return [Step("chase_units", {**params, "expected": facts.expected})]
        return [Step("await_units", {**params, "when": f", expected by {facts.expected}" if facts.expected else ""})]
    if facts.status != BuildStatus.PRODUCTION:
        return []
    if not facts.is_external and missing:
        return [Step("make_units", {"quantity": missing})]
    if facts.in_production:
        return []
    if missing and facts.built:
        return [Step("missing_units", {"quantity": missing, "units": _good_units(missing)})]
    return [] if missing else [Step("finish")]


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Where an order stands; parts are texts such as "BOARD (25)"."""

    status: int
    line_count: int
    open: Sequence[str] = ()
    late: Sequence[str] = ()
    expected: date | None = None


def after_order(facts: OrderFacts) -> list[Step]:
    """What is to be done for an order now; nothing for one that is complete or has failed."""
    if facts.status == OrderStatus.ON_HOLD:
        return [Step("resume_order")]
    if facts.status == OrderStatus.DRAFT:
        return [Step("place_this") if facts.line_count else Step("add_lines")]
    if facts.status != OrderStatus.PLACED:
        return []
    if not facts.open:
        return [Step("complete")]
    when = f", expected by {facts.expected}" if facts.expected and not facts.late else ""
    steps = [Step("receive", {"parts": facts.open, "when": when})]
    return [Step("chase_lines", {"parts": facts.late}), *steps] if facts.late else steps
