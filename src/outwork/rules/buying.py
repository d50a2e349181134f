"""How much to order from whom: packs, multiples, price breaks, and the day by which the order must go out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

from outwork.rules.packs import packs_to_base
from outwork.rules.pricing import Break, NextBreak, next_break_hint, ordered_packs, price_for


@dataclass(frozen=True, slots=True)
class Offered:
    """What one supplier sells. `pack_size` in the part's unit, prices per pack, `multiple` in packs.

    `rate` turns the currency into base currency, None where it is not known; then offers cannot be compared.
    """

    id: int
    supplier: str
    sku: str
    pack_size: Decimal = Decimal(1)
    multiple: int = 1
    base_cost: Decimal = Decimal(0)
    breaks: tuple[Break, ...] = ()
    currency: str = ""
    rate: Decimal | None = None
    lead_days: int | None = None
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of `packs` (`units` in the part's unit, `over` more than is short); prices are per pack, None if unknown.

    `order_by` is the last day to order so that it comes in time; `comes` when it comes if ordered today. `larger` is
    a larger order that is cheaper, or the smallest one that has a price.
    """

    offer: Offered
    packs: Decimal
    units: Decimal
    over: Decimal
    price: Decimal | None
    total: Decimal | None
    order_by: datetime.date | None
    comes: datetime.date | None
    is_late: bool
    larger: NextBreak | None


def purchase(
    short: Decimal, offer: Offered, *, needed: datetime.date | None = None, today: datetime.date | None = None
) -> Purchase:
    """What to order from this supplier for what is short: whole packs, up to the multiple, at the break it reaches."""
    with localcontext(prec=60):
        whole = (short / offer.pack_size).to_integral_value(rounding=ROUND_CEILING)
    packs = ordered_packs(whole, offer.multiple)
    units = packs_to_base(packs, offer.pack_size)
    price = price_for(packs, offer.breaks, multiple=offer.multiple, base_cost=offer.base_cost)
    lead = None if offer.lead_days is None else datetime.timedelta(days=offer.lead_days)
    order_by = None if needed is None or lead is None else needed - lead
    return Purchase(
        offer=offer,
        packs=packs,
        units=units,
        over=units - short,
        price=None if price is None else price.unit_price,
        total=None if price is None else price.total,
        order_by=order_by,
        comes=None if today is None or lead is None else today + lead,
        is_late=order_by is not None and today is not None and order_by < today,
        larger=next_break_hint(packs, offer.breaks, multiple=offer.multiple, base_cost=offer.base_cost),
    )


def purchases(
    short: Decimal,
    offers: Iterable[Offered],
    *,
    needed: datetime.date | None = None,
    today: datetime.date | None = None,
) -> list[Purchase]:
    """What every supplier would be ordered, the best first: the primary one, in time, the cheapest in base currency."""
    found = [purchase(short, offer, needed=needed, today=today) for offer in offers]
    return sorted(found, key=_preference)


def _preference(one: Purchase) -> tuple[bool, bool, bool, Decimal, int]:
    total = None if one.total is None or one.offer.rate is None else one.total * one.offer.rate
    return not one.offer.is_primary, one.is_late, total is None, total or Decimal(0), one.offer.id
