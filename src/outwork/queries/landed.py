"""What a unit of an order line costs when it stands on the shelf: price after discount and its share of the extras."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from outwork.models import ExtraLine, PurchaseLine
from outwork.queries.rates import known_rates
from outwork.rules.currency import Rates, rate_on
from outwork.rules.pricing import CostLine, ExtraCost, ExtraKind, SpreadMode, net_price, spread
from outwork.rules.quantities import ZERO, rounded_money
from outwork.rules.valuation import Value, plus


@dataclass(frozen=True, slots=True)
class LandedCost:
    """The cost of one base unit: `value` in base currency (28 digits; None: unknown), and where it comes from.

    `price` is per base unit after discount in `currency`, `rate` its base currency on the day, `own` the price in
    base currency and `extras` what comes on top of it by kind of extra line.
    """

    value: Decimal | None
    price: Decimal | None
    currency: str
    rate: Decimal | None
    own: Decimal | None
    extras: Mapping[str, Decimal | None]


@dataclass(slots=True)
class Landed:
    """The lines, extra lines and rates of some orders, to be asked for the cost of a unit on a day."""

    lines: dict[int, list[PurchaseLine]]
    extras: dict[int, list[ExtraLine]]
    rates: Rates
    zone: ZoneInfo
    _days: dict[datetime.date, dict[int, LandedCost]] = field(default_factory=dict)

    def day(self, at: datetime.datetime) -> datetime.date:
        """The company's day of a moment."""
        return at.astimezone(self.zone).date()

    def at(self, at: datetime.datetime) -> dict[int, LandedCost]:
        """The cost of one base unit of every line, at the rates of the company's day.

        Each line bears its price and its share of the order's extra lines. Unknown where a price, a rate or the
        value of a line that a cost is spread by is unknown.
        """
        day = self.day(at)
        if day not in self._days:
            costs: dict[int, LandedCost] = {}
            for order_id, lines in self.lines.items():
                costs.update(_of_order(lines, self.extras.get(order_id, []), self.rates, day))
            self._days[day] = costs
        return self._days[day]

    def missing_rates(self, order_id: int, at: datetime.datetime) -> set[tuple[str, datetime.date]]:
        """The currencies in which something on an order costs and that have no rate on the company's day, with the day."""
        day = self.day(at)
        costs = [*self.lines.get(order_id, ()), *filter(_is_cost, self.extras.get(order_id, ()))]
        currencies = {one.currency for one in costs if one.price is not None}
        return {(code, day) for code in currencies if rate_on(self.rates, currency=code, day=day) is None}


def landed(order_ids: Iterable[int]) -> Landed:
    """What the units of these orders cost; four statements."""
    wanted = list(order_ids)
    lines: dict[int, list[PurchaseLine]] = defaultdict(list)
    extras: dict[int, list[ExtraLine]] = defaultdict(list)
    query = PurchaseLine.objects.filter(order__any=wanted).select_related("order")
    for line in query.order_by("order", "position", "pk"):
        lines[line.order_id].append(line)
    for extra in ExtraLine.objects.filter(order__any=wanted).order_by("position", "pk"):
        extras[extra.order_id].append(extra)
    known = known_rates()
    return Landed(lines, extras, known.rates, known.zone)


def _of_order(
    lines: list[PurchaseLine], extras: list[ExtraLine], known: Rates, day: datetime.date
) -> dict[int, LandedCost]:
    costs: dict[int, LandedCost] = {}
    bearing: list[CostLine] = []
    prices: list[tuple[Decimal | None, Decimal | None]] = []
    with localcontext(prec=40):
        for line in lines:
            rate = rate_on(known, currency=line.currency, day=day)
            price = None if line.price is None else net_price(line.price, line.discount) / line.pack_size
            own = None if price is None or rate is None else price * rate
            units = expected_units(line)
            bearing.append(CostLine(line.pk, None if own is None else rounded_money(own * units), units))
            prices.append((price, own))
        shares = [(extra.kind, _shares(extra, bearing, known, day)) for extra in extras if _is_cost(extra)]
        for place, (line, (price, own), borne) in enumerate(zip(lines, prices, bearing, strict=True)):
            by_kind: dict[str, Value] = {}
            for kind, parts in shares:
                part = None if parts is None else parts[place] / borne.quantity if borne.quantity else ZERO
                by_kind[kind] = plus(by_kind.get(kind, ZERO), part)
            value = own
            for each in by_kind.values():
                value = plus(value, each)
            rate = rate_on(known, currency=line.currency, day=day)
            costs[line.pk] = LandedCost(value, price, line.currency, rate, own, by_kind)
    return costs


def expected_units(line: PurchaseLine) -> Decimal:
    """The units that bear the extras: those received once no more are expected, else all that were ordered or came."""
    is_over = line.is_closed or not line.order.is_open
    return line.received if is_over else max(line.ordered, line.received)


def _is_cost(extra: ExtraLine) -> bool:
    return extra.kind != ExtraKind.DEPOSIT and extra.spread != SpreadMode.NOT_IN_COST


def _shares(extra: ExtraLine, lines: list[CostLine], known: Rates, day: datetime.date) -> tuple[Decimal, ...] | None:
    """What each line bears of an extra line, in base currency; None where it is not known."""
    rate = rate_on(known, currency=extra.currency, day=day)
    if extra.price is None or rate is None:
        return None
    amount = rounded_money(net_price(extra.price, extra.discount) * extra.quantity * rate)
    kind, mode = ExtraKind(extra.kind), SpreadMode(extra.spread)
    return spread(
        ExtraCost(amount=amount, kind=kind, mode=mode, line_id=extra.line_id, over_units=extra.over_units), lines
    ).shares
