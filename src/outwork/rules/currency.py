"""Exchange rates: which one holds on a day, and what an amount is in base currency by it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from outwork.rules.quantities import decimal, rounded_money
from outwork.rules.refusals import Where, declare, refuse

declare(
    currency_code_invalid='"{currency}" is not a currency code such as EUR',
    rate_not_positive="{rate} is not an exchange rate: it must be more than 0",
    rate_too_fine="{rate} has more than the {places} decimal places of an exchange rate",
    rate_too_large="{rate} is more than an exchange rate can be ({limit})",
)

RATE_PLACES = 10
RATE_LIMIT = Decimal(100_000_000)
_ONE = Decimal(1)
_CODE = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Rate:
    """From this day on, one unit of the currency is `rate` units of base currency."""

    currency: str
    day: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of an installation, ready to be asked; make one with `Rates.of`."""

    base: str
    _by_currency: Mapping[str, tuple[tuple[date, ...], tuple[Decimal, ...]]]

    @classmethod
    def of(cls, base: str, rates: Iterable[Rate]) -> Rates:
        """Arrange rates, given in any order; of two for one day the later given holds."""
        by_day: dict[str, dict[date, Decimal]] = {}
        for rate in rates:
            by_day.setdefault(rate.currency, {})[rate.day] = rate.rate
        arranged = {}
        for currency, found in by_day.items():
            days = tuple(sorted(found))
            arranged[currency] = days, tuple(found[day] for day in days)
        return cls(base, arranged)


def currency_code(text: str, *, where: Where = ()) -> str:
    """Read a currency code: three letters, made upper case. Refuses `currency_code_invalid`."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        refuse("currency_code_invalid", currency=text[:20], where=where)
    return code


def exchange_rate(value: Any, *, where: Where = ()) -> Decimal:
    """Read a rate: more than 0, at most ten decimals. Refuses `rate_not_positive`, `rate_too_fine`, `rate_too_large`."""
    rate = decimal(value, where=where)
    if rate <= 0:
        refuse("rate_not_positive", rate=rate, where=where)
    if rate > RATE_LIMIT:
        refuse("rate_too_large", rate=f"{rate:.6g}", limit=RATE_LIMIT, where=where)
    if rate != round(rate, RATE_PLACES):
        refuse("rate_too_fine", rate=rate, places=RATE_PLACES, where=where)
    return rate


def rate_on(rates: Rates, *, currency: str, day: date) -> Decimal | None:
    """The latest rate on or before the day, in base currency per unit; 1 for the base currency, None if there is none."""
    if currency == rates.base:
        return _ONE
    if currency not in rates._by_currency:
        return None
    days, values = rates._by_currency[currency]
    position = bisect_right(days, day)
    return values[position - 1] if position else None


def in_currency(amounts: Mapping[str, Decimal | None], rates: Rates, *, currency: str, day: date) -> Decimal | None:
    """Amounts by their currency as one amount, at the rates of a day, to six places, half up.

    None, not 0, where an amount is not known or a rate is missing.
    """
    target = rate_on(rates, currency=currency, day=day)
    total = Decimal(0)
    for each, amount in amounts.items():
        rate = _ONE if each == currency else rate_on(rates, currency=each, day=day)
        if amount is None or rate is None or (target is None and each != currency):
            return None
        total += amount if each == currency else amount * rate / (target or _ONE)
    return rounded_money(total)
