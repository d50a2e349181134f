"""What a build will cost as far as anybody can know: components at their best known value, service, extra costs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from django.db.models import Sum

from outwork.models import (
    Allocation,
    Build,
    BuildLine,
    InternalPrice,
    PriceBreak,
    PurchaseLine,
    StockItem,
    SupplierPart,
)
from outwork.queries.landed import Landed, expected_units
from outwork.queries.settings import get
from outwork.rules.currency import rate_on
from outwork.rules.packs import base_to_packs
from outwork.rules.pricing import Break, price_for
from outwork.rules.quantities import ZERO, rounded_money
from outwork.rules.valuation import Value, plus

Have = tuple[Decimal, Value]


@dataclass(frozen=True, slots=True)
class Offers:
    """What suppliers ask for parts: supplier parts with their breaks, and the rates of the day.

    `internal` are the prices that parts are reckoned at among ourselves, where the estimates take them.
    """

    sold: Mapping[int, Sequence[SupplierPart]]
    breaks: Mapping[int, Sequence[PriceBreak]]
    costs: Landed
    at: datetime.datetime
    internal: Mapping[int, Sequence[InternalPrice]]

    def reckoned(self, part_id: int, units: Decimal) -> Value:
        """What so many units are reckoned at among ourselves, in base currency; None where nothing is stated."""
        stated = self.internal.get(part_id, ())
        rate = self._rate(stated[0].currency) if stated else None
        if rate is None:
            return None
        steps = [Break(each.quantity, each.price) for each in stated if each.currency == stated[0].currency]
        with localcontext(prec=40):
            price = price_for(units, steps)
            return None if price is None else rounded_money(price.unit_price * units * rate)

    def _rate(self, currency: str) -> Decimal | None:
        return rate_on(self.costs.rates, currency=currency, day=self.at.astimezone(self.costs.zone).date())

    def price(self, part_id: int, units: Decimal, *, supplier_id: int | None = None) -> Value:
        """The least that so many units of a part cost, in base currency; None where no price or rate is known."""
        found = []
        for one in self.sold.get(part_id, ()):
            breaks = self.breaks.get(one.pk, ())
            rate = self._rate(breaks[0].currency) if breaks else None
            if rate is None or supplier_id not in (None, one.supplier_id):
                continue
            usable = [Break(each.quantity, each.price) for each in breaks if each.currency == breaks[0].currency]
            with localcontext(prec=40):
                packs = base_to_packs(units, one.pack_size)
                offer = price_for(packs, usable, multiple=one.multiple, base_cost=one.base_cost)
                if offer is not None:
                    found.append(rounded_money(offer.unit_price / one.pack_size * units * rate))
        return min(found, default=None)


def read_offers(part_ids: Collection[int], costs: Landed, at: datetime.datetime) -> Offers:
    """What suppliers ask for some parts, and what they are reckoned at if PART_BOM_USE_INTERNAL_PRICE is on.

    Three statements, or four.
    """
    sold: dict[int, list[SupplierPart]] = defaultdict(list)
    for one in SupplierPart.objects.filter(part__any=list(part_ids), is_active=True).order_by("-is_primary", "pk"):
        sold[one.part_id].append(one)
    ids = [one.pk for several in sold.values() for one in several]
    breaks: dict[int, list[PriceBreak]] = defaultdict(list)
    for each in PriceBreak.objects.filter(supplier_part__any=ids).order_by("supplier_part", "quantity"):
        breaks[each.supplier_part_id].append(each)
    internal: dict[int, list[InternalPrice]] = defaultdict(list)
    if get("PART_BOM_USE_INTERNAL_PRICE"):
        for stated in InternalPrice.objects.filter(part__any=list(part_ids)).order_by("part", "quantity"):
            internal[stated.part_id].append(stated)
    return Offers(sold, breaks, costs, at, internal)


def estimate_components(lines: Sequence[BuildLine], consumed: Mapping[int, Have], offers: Offers) -> dict[int, Value]:
    """What each line will cost for all units planned; two statements.

    Consumed components at what they cost, then what is allocated at its value, then what they are reckoned at among
    ourselves where that is asked for, else stock on hand at the average of what is known, else the best price of a
    supplier; unknown where there is none.
    """
    allocated: dict[int, list[Have]] = defaultdict(list)
    query = Allocation.objects.filter(build_line__any=[line.pk for line in lines])
    for line_id, units, there, value in query.values_list("build_line", "quantity", "item__quantity", "item__value"):
        allocated[line_id].append((units, None if value is None or there is None else value * units / there))
    stock = (
        StockItem.objects.usable()
        .filter(part__any=[line.part_id for line in lines], value__isnull=False)
        .values_list("part")
        .annotate(Sum("quantity"), Sum("value"))
        .order_by()
    )
    on_hand = {part_id: (quantity, value) for part_id, quantity, value in stock}
    found: dict[int, Value] = {}
    for line in lines:
        units, value = consumed.get(line.pk, (ZERO, ZERO))
        for more, worth in allocated[line.pk]:
            units, value = units + more, plus(value, worth)
        left = max(ZERO, line.quantity - units)
        if left:
            there, total = on_hand.get(line.part_id, (ZERO, None))
            rest = offers.reckoned(line.part_id, left)
            if rest is None:
                rest = total * left / there if there and total is not None else offers.price(line.part_id, left)
            value = plus(value, rest)
        found[line.pk] = None if value is None else rounded_money(value)
    return found


@dataclass(frozen=True, slots=True)
class ServiceEstimate:
    """What the units ordered and still to be ordered will cost without components; `units` they are."""

    service: Value
    extras: dict[str, Value]
    units: Decimal
    unknown: tuple[str, ...]


def estimate_service(build: Build, lines: Sequence[PurchaseLine], offers: Offers) -> ServiceEstimate:
    """The price and extra costs of the lines that deliver a build; what is not ordered at its maker's price."""
    service: Value = ZERO
    extras: dict[str, Value] = {}
    units, unknown = ZERO, []
    costs = offers.costs.at(offers.at)
    for line in lines:
        cost, expected = costs[line.pk], expected_units(line)
        units += expected
        own = None if cost.own is None else rounded_money(cost.own * expected)
        service = plus(service, own)
        for kind, each in cost.extras.items():
            extras[kind] = plus(extras.get(kind, ZERO), None if each is None else rounded_money(each * expected))
        if cost.value is None:
            unknown.append(f"{line.order.reference}, {line.part.label}")
    left = build.quantity - units
    if build.is_external and left > 0:
        price = offers.price(build.part_id, left, supplier_id=build.manufacturer_id)
        service = plus(service, price)
        units += left
        if price is None:
            unknown.append(f"{build.part.label}: price of the {left.normalize():f} that are not ordered")
    return ServiceEstimate(service, extras, max(units, build.quantity), tuple(unknown))
