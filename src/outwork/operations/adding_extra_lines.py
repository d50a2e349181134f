"""Put extra costs on a purchase order: freight, a stencil, a deposit; also after the goods came."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.models import ExtraLine, PurchaseOrder, User
from outwork.operations.adding_order_lines import read_discount
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import revalue_orders
from outwork.operations.text_limits import check_texts
from outwork.rules import states
from outwork.rules.currency import currency_code
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.quantities import money, quantity
from outwork.rules.refusals import Reasons, Refusal, declare, refuse
from outwork.rules.states import OPEN_ORDER, OrderStatus

declare(
    extra_kind_unknown="{kind} is no kind of extra line; it is one of {known}",
    extra_spread_unknown="{spread} is no way to spread a cost; it is one of {known}",
    extra_line_of_another_order="Line {line} is not on {order}",
    extra_spread_needs_line="A cost spread on a line names the line",
    extra_spread_needs_units="A cost spread over units says over how many",
    deposit_is_not_cost="A deposit is never cost: its spread is {spread}",
    credit_positive_price="A credit is negative; {price} is not",
    no_extras_named="Name at least one extra line",
)

# Freight comes when the goods are long there; an order that failed costs nothing more.
COSTABLE = OPEN_ORDER | {OrderStatus.COMPLETE}


@dataclass(frozen=True, slots=True)
class NewExtra:
    """An extra cost: `price` per piece in `currency`; how it bears on the units says `spread`."""

    kind: str
    price: Any
    description: str = ""
    quantity: Any = 1
    currency: str | None = None
    discount: Any = 0
    spread: str = SpreadMode.BY_VALUE
    line_id: int | None = None
    over_units: Any = None
    reference: str = ""
    note: str = ""


_TEXTS = ("description", "reference", "note")


@operation
def add_extra_lines(
    *,
    order: PurchaseOrder,
    extras: Sequence[NewExtra],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Add extra costs to an order that is open or complete; `ids` holds them. What came already bears its share.

    Refuses wrong_state, no_extras_named, extra_kind_unknown, extra_spread_unknown, extra_line_of_another_order,
    extra_spread_needs_line, extra_spread_needs_units, credit_positive_price, price_negative and bad quantities,
    prices, discounts and currencies.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, COSTABLE, order.reference)
    if not extras:
        refuse("no_extras_named", where=("extras",))
    ready = read_extras(extras, order)
    ids = rows.take_ids(ExtraLine, len(ready))
    event = record("order.extra lines added", order, actor=actor, at=at, data={"ids": list(ids)})
    last = order.extra_lines.order_by("-position").values_list("position", flat=True).first() or 0
    rows.insert(
        ExtraLine,
        ("id", "order_id", "position", *EXTRA_COLUMNS),
        [(pk, order.pk, last + place, *row) for place, (pk, row) in enumerate(zip(ids, ready, strict=True), start=1)],
    )
    order.version += 1
    order.save(update_fields=["version"])
    return Done(event.pk, ids, said=revalue_orders([order.pk], event))


def read_extras(extras: Sequence[NewExtra], order: PurchaseOrder) -> list[tuple[Any, ...]]:
    """Extra lines checked, as rows in the order of EXTRA_COLUMNS; refuses all that is wrong at once. One statement."""
    lines = set(order.lines.values_list("pk", flat=True))
    reasons, ready = Reasons(), []
    for index, extra in enumerate(extras):
        try:
            ready.append(read_extra(extra, index, order, lines))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    reasons.raise_any()
    return ready


def read_extra(extra: NewExtra, index: int, order: PurchaseOrder, lines: set[int]) -> tuple[Any, ...]:
    """One extra line checked, as a row in the order of EXTRA_COLUMNS."""
    reasons = Reasons()
    kinds, spreads = [one.value for one in ExtraKind], [one.value for one in SpreadMode]
    spread = SpreadMode.NOT_IN_COST if extra.kind == ExtraKind.DEPOSIT else extra.spread
    if extra.kind not in kinds:
        reasons.add("extra_kind_unknown", kind=extra.kind, known=kinds, where=(index, "kind"))
    if spread not in spreads:
        reasons.add("extra_spread_unknown", spread=spread, known=spreads, where=(index, "spread"))
    if extra.line_id is not None and extra.line_id not in lines:
        reasons.add("extra_line_of_another_order", line=extra.line_id, order=order.reference, where=(index, "line"))
    if spread == SpreadMode.ON_LINE and extra.line_id is None:
        reasons.add("extra_spread_needs_line", where=(index, "line"))
    if extra.kind == ExtraKind.DEPOSIT and extra.spread not in (SpreadMode.BY_VALUE, SpreadMode.NOT_IN_COST):
        reasons.add("deposit_is_not_cost", spread=SpreadMode.NOT_IN_COST, where=(index, "spread"))
    check_texts(ExtraLine, {name: getattr(extra, name) for name in _TEXTS}, reasons, where=(index,))
    if spread == SpreadMode.OVER_UNITS and extra.over_units is None:
        reasons.add("extra_spread_needs_units", where=(index, "over_units"))
    price = None if extra.price is None else money(extra.price, where=(index, "price"))
    if extra.kind == ExtraKind.CREDIT and price is not None and price > 0:
        reasons.add("credit_positive_price", price=price, where=(index, "price"))
    elif extra.kind != ExtraKind.CREDIT and price is not None and price < 0:
        reasons.add("price_negative", price=price, where=(index, "price"))
    reasons.raise_any()
    return (
        str(extra.kind),
        extra.description,
        quantity(extra.quantity, where=(index, "quantity")),
        price,
        currency_code(extra.currency or order.currency, where=(index, "currency")),
        read_discount(extra.discount, index),
        str(spread),
        extra.line_id,
        None if extra.over_units is None else quantity(extra.over_units, where=(index, "over_units")),
        extra.reference,
        extra.note,
    )


EXTRA_COLUMNS = (
    "kind",
    "description",
    "quantity",
    "price",
    "currency",
    "discount",
    "spread",
    "line_id",
    "over_units",
    "reference",
    "note",
)
assert all(ExtraLine._meta.get_field(name.removesuffix("_id")) for name in EXTRA_COLUMNS)
