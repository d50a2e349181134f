"""What amounts in another currency are worth in base currency on the company's day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from outwork.models import ExchangeRate
from outwork.queries.settings import several
from outwork.rules.days import day_in
from outwork.rules.quantities import rounded_money


def rate_of_day(currency: str, at: datetime.datetime) -> Decimal | None:
    """Base currency for one unit of a currency, by the latest rate until the company's day; None: there is none."""
    known = several("BASE_CURRENCY", "TIME_ZONE")
    if currency == known["BASE_CURRENCY"]:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(currency=currency, day__lte=day_in(at, known["TIME_ZONE"]))
    return rates.order_by("-day").values_list("rate", flat=True).first()


def credit_value(amounts: Sequence[Decimal | None], currency: str, at: datetime.datetime) -> list[Decimal | None]:
    """The amounts in base currency, to six places, half up; None is unknown. Two statements, none without an amount."""
    if all(one is None for one in amounts):
        return [None] * len(amounts)
    rate = rate_of_day(currency, at)
    return [None if one is None or rate is None else rounded_money(one * rate) for one in amounts]
