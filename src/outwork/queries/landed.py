"""What a unit of an order line costs when it stands on the shelf: price after discount and its share of the extras."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from outwork.models import ExchangeRate, ExtraLine, PurchaseLine
from outwork.queries import settings
from outwork.rules.currency import Rate, Rates, rate_on
from outwork.rules.pricing import CostLine, ExtraCost, ExtraKind, SpreadMode, net_price, spread
from outwork.rules.quantities import rounded_money


@dataclass(frozen=True, slots=True)
class LandedCost:
    """The cost of one base unit: `value` in base currency (28 digits; None: unknown), and where it comes from.

    `price` is per base unit after discount in `currency`, `rate` its base currency on the day.
    """

    value: Decimal | None
    price: Decimal | None
    currency: str
    rate: Decimal | None


def rates() -> Rates:
    """All exchange rates, ready to be asked; two statements."""
    base = settings.get("BASE_CURRENCY")
    found = ExchangeRate.objects.values_list("currency", "day", "rate")
    return Rates.of(base, (Rate(currency, day, rate) for currency, day, rate in found))


def landed_costs(order_ids: Iterable[int], day: datetime.date) -> dict[int, LandedCost]:
    """The cost of one base unit of every line of these orders; four statements.

    Each line bears its price and its share of the order's extra lines. Unknown where a price, a rate or the
    value of a line that a cost is spread by is unknown.
    """
    wanted = list(order_ids)
    lines = list(PurchaseLine.objects.filter(order__any=wanted).order_by("order", "position", "pk"))
    extras = list(ExtraLine.objects.filter(order__any=wanted))
    known = rates()
    costs = {}
    for order_id in wanted:
        mine = [line for line in lines if line.order_id == order_id]
        costs.update(_of_order(mine, [extra for extra in extras if extra.order_id == order_id], known, day))
    return costs


def _of_order(
    lines: list[PurchaseLine], extras: list[ExtraLine], known: Rates, day: datetime.date
) -> dict[int, LandedCost]:
    own, bearing = {}, []
    with localcontext(prec=40):
        for line in lines:
            rate = rate_on(known, currency=line.currency, day=day)
            price = None if line.price is None else net_price(line.price, line.discount) / line.pack_size
            value = None if price is None or rate is None else price * rate
            own[line.pk] = LandedCost(value, price, line.currency, rate)
            units = expected_units(line)
            worth = None if value is None else rounded_money(value * units)
            bearing.append(CostLine(line.pk, worth, units))
        shares = _shares(extras, bearing, known, day)
        return {
            line.line_id: _with_share(own[line.line_id], share, line.quantity)
            for line, share in zip(bearing, shares, strict=True)
        }


def expected_units(line: PurchaseLine) -> Decimal:
    """The units that bear the extras: those received once the line is closed, else all that were ordered or came."""
    return line.received if line.is_closed else max(line.ordered, line.received)


def _with_share(cost: LandedCost, share: Decimal | None, units: Decimal) -> LandedCost:
    if cost.value is None or share is None:
        return LandedCost(None, cost.price, cost.currency, cost.rate)
    return LandedCost(cost.value + (share / units if units else 0), cost.price, cost.currency, cost.rate)


def _shares(extras: list[ExtraLine], lines: list[CostLine], known: Rates, day: datetime.date) -> list[Decimal | None]:
    """What each line bears of all extras together, in base currency; None where it is not known."""
    totals: list[Decimal | None] = [Decimal(0)] * len(lines)
    for extra in extras:
        kind, mode = ExtraKind(extra.kind), SpreadMode(extra.spread)
        if kind is ExtraKind.DEPOSIT or mode is SpreadMode.NOT_IN_COST:
            continue
        rate = rate_on(known, currency=extra.currency, day=day)
        amount = None
        if extra.price is not None and rate is not None:
            amount = rounded_money(net_price(extra.price, extra.discount) * extra.quantity * rate)
        if amount is None:
            return [None] * len(lines)
        given = spread(
            ExtraCost(amount=amount, kind=kind, mode=mode, line_id=extra.line_id, over_units=extra.over_units), lines
        )
        if given.shares is None:
            return [None] * len(lines)
        totals = [None if t is None else t + s for t, s in zip(totals, given.shares, strict=True)]
    return totals
