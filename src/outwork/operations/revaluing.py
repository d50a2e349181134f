"""Cost that is known late: what was received is worth what it costs by now, and everything it went into too."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from outwork.ledger.documents import lock_orders
from outwork.ledger.holding import hold
from outwork.ledger.revalue import Reach, Statement, downstream
from outwork.models import Event, ExtraLine, Movement, PurchaseOrder
from outwork.operations.settling_cost import settle
from outwork.queries.builds import references
from outwork.queries.landed import Landed, landed
from outwork.queries.values import effective
from outwork.rules.costing import landed_value
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, as_text


def revalue_orders(order_ids: Iterable[int], event: Event) -> list[dict[str, Any]]:
    """Let the receipts of orders be worth their landed cost as it is now, each at the rates of its own day.

    The difference follows the units into stock, used-up components, builds and their outputs. Call it after
    anything that changes what units cost: prices, discounts, extra lines, lines added, closed short or opened,
    more received than ordered, rates. The caller holds the orders; builds and items are locked here, in order. So
    who locks builds or items before holds all of `reach_of_orders` with them. Says what changed. A constant number of statements for each level of builds.
    """
    wanted = sorted(set(order_ids))
    received = _received(wanted)
    if not received:
        return []
    costs = landed(wanted)
    differing = _differing(received, costs)
    if not differing:
        return _rates_missing(received, costs)
    statements = [statement for _, _, statement in differing]
    items = [one.item_id for one in statements]
    builds = {one.build_id for one, _, _ in differing if one.build_id is not None}
    holding = hold(lambda: downstream(items=items, builds=builds))
    met = settle(event, holding.items, statements=statements)
    return _said(differing, met, costs.rates.base) + _rates_missing(received, costs)


def reach_of_orders(order_ids: Iterable[int]) -> Reach:
    """All that a change of what orders cost may reach: what came on them, the builds it came for, and on from there.

    A statement, and two for each level of builds.
    """
    query = Movement.objects.filter(purchase_line__order__any=sorted(set(order_ids)), kind=Kind.RECEIVED)
    found = list(query.values_list("target_item", "build"))
    items = {item_id for item_id, _ in found if item_id is not None}
    return downstream(items=items, builds={build_id for _, build_id in found if build_id is not None})


def revalue_unknown(currencies: Iterable[str], event: Event) -> list[dict[str, Any]]:
    """Value what was received at an unknown cost, now that there are rates for these currencies; locks the orders."""
    codes = sorted(set(currencies))
    of_order = ExtraLine.objects.filter(order=OuterRef("purchase_line__order"), currency__in=codes)
    unknown = Movement.objects.filter(corrects=OuterRef("pk"), value__isnull=True)
    query = Movement.objects.filter(
        Q(purchase_line__currency__in=codes) | Exists(of_order),
        Q(value__isnull=True) | Exists(unknown),
        kind=Kind.RECEIVED,
    )
    found = sorted(set(query.values_list("purchase_line__order", flat=True)))
    orders = [order_id for order_id in found if order_id is not None]
    if not orders:
        return []
    lock_orders(orders)
    waiting = {one.order_id for one in _received(orders) if one.value is None}
    return revalue_orders(waiting, event)


class _Receipt:
    """A movement that received units of an order line and was not taken back."""

    __slots__ = ("at", "build_id", "id", "item_id", "line_id", "order_id", "quantity", "value")

    def __init__(self, row: Sequence[Any], value: Decimal | None) -> None:
        self.id, _, _, _, self.quantity, self.line_id, self.order_id, self.item_id, self.at, *others = row
        self.build_id: int | None = others[0]
        self.value = value


def _received(order_ids: Sequence[int]) -> list[_Receipt]:
    """What was received on orders and what it is worth by now, in the order of the movements; one statement."""
    query = Movement.objects.filter(
        purchase_line__order__any=order_ids, kind__in=[Kind.RECEIVED, Kind.REVALUED, Kind.REVERSED]
    ).order_by("pk")
    names = ("pk", "corrects", "value", "kind", "quantity", "purchase_line", "purchase_line__order", "target_item")
    rows = list(query.values_list(*names, "at", "build", "reverses"))
    values = effective(row[:3] for row in rows)
    back = {row[-1] for row in rows if row[-1] is not None}
    return [_Receipt(row, values[row[0]]) for row in rows if row[3] == Kind.RECEIVED and row[0] not in back]


def _differing(received: Sequence[_Receipt], costs: Landed) -> list[tuple[_Receipt, Decimal | None, Statement]]:
    """Receipts that are not worth what they cost, each with what it should be worth."""
    before: dict[int, Decimal] = defaultdict(Decimal)
    found = []
    for one in received:
        value = landed_value(costs.at(one.at)[one.line_id].value, before[one.line_id], one.quantity)
        before[one.line_id] += one.quantity
        if value != one.value:
            found.append((one, value, Statement(one.item_id, value, one.id)))
    return found


def _said(
    differing: Sequence[tuple[_Receipt, Decimal | None, Statement]], builds: Iterable[int], currency: str
) -> list[dict[str, Any]]:
    names = dict(
        PurchaseOrder.objects.filter(pk__any=[one.order_id for one, _, _ in differing]).values_list("pk", "reference")
    )
    said: list[dict[str, Any]] = []
    for order_id, name in sorted(names.items()):
        values = [(one.value, value) for one, value, _ in differing if one.order_id == order_id]
        before, after = [one for one, _ in values], [one for _, one in values]
        worth = {"before": _sum(before), "after": _sum(after), "currency": currency}
        said.append({"code": "receipts_restated", "order": name, **worth})
    changed = list(builds)
    named = sorted(references(changed).values()) if changed else []
    return said + ([{"code": "build_cost_restated", "builds": named}] if named else [])


def _rates_missing(received: Sequence[_Receipt], costs: Landed) -> list[dict[str, Any]]:
    """Which currencies have no rate, each with the earliest day it is missing on: a rate from then on mends it."""
    missing: dict[tuple[int, str], datetime.date] = {}
    for one in received:
        if costs.at(one.at)[one.line_id].value is None:
            for currency, day in costs.missing_rates(one.order_id, one.at):
                missing[one.order_id, currency] = min(day, missing.get((one.order_id, currency), day))
    if not missing:
        return []
    names = dict(PurchaseOrder.objects.filter(pk__any={order for order, _ in missing}).values_list("pk", "reference"))
    return [
        {"code": "rate_missing", "order": names[order_id], "currency": currency, "day": day.isoformat()}
        for (order_id, currency), day in sorted(missing.items())
    ]


def _sum(values: Sequence[Decimal | None]) -> str:
    return "unknown" if None in values else as_text(sum((one for one in values if one is not None), ZERO))
