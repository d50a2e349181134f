"""What people say that a unit is worth: an amount in base currency or in another one at the rate of the day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger.post import NOTHING, About
from outwork.models import ExchangeRate
from outwork.rules.currency import Rate, Rates, currency_code, rate_on
from outwork.rules.days import day_in
from outwork.rules.quantities import money, worth
from outwork.rules.refusals import Reasons, Refusal, declare

declare(value_negative="{value} is not a value: it must be 0 or more")


@dataclass(frozen=True, slots=True)
class Stated:
    """What one unit is worth as somebody said it; `price` None is unknown, and so is a `rate` of None."""

    price: Decimal | None
    currency: str
    rate: Decimal | None

    def of(self, quantity: Decimal) -> Decimal | None:
        """What so many units are worth in base currency, six places, half up; None if that is unknown."""
        if self.price is None or self.rate is None:
            return None
        return worth(quantity, self.price * self.rate)

    def about(self, quantity: Decimal) -> About:
        """Where the value comes from, for the movement: the amount as it was said, its currency and rate."""
        if self.price is None:
            return NOTHING
        return About(amount=worth(quantity, self.price), currency=self.currency, rate=self.rate)


@dataclass(slots=True)
class Worths:
    """Reads what people say that units are worth, at the rates of the company's day."""

    rates: Rates
    day: datetime.date
    _missing: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, settings: Mapping[str, Any], at: datetime.datetime, currencies: Iterable[str]) -> Worths:
        """With the rates of these currencies; one statement where one is not the base currency, else none."""
        base = settings["BASE_CURRENCY"]
        wanted = {one.strip().upper() for one in currencies} - {"", base}
        found = ExchangeRate.objects.filter(currency__in=sorted(wanted)) if wanted else ExchangeRate.objects.none()
        rows = found.values_list("currency", "day", "rate")
        return cls(Rates.of(base, (Rate(*row) for row in rows)), day_in(at, settings["TIME_ZONE"]))

    def read(self, value: Any, currency: str, index: int, reasons: Reasons) -> Stated:
        """The value of a unit in a row; notes bad amounts, `value_negative` and currency_code_invalid."""
        if value is None:
            return Stated(None, "", None)
        try:
            price = money(value, where=(index, "value"))
            code = currency_code(currency, where=(index, "currency")) if currency else self.rates.base
        except Refusal as refusal:
            reasons.found += refusal.reasons
            return Stated(None, "", None)
        if price < 0:
            reasons.add("value_negative", value=price, where=(index, "value"))
        rate = rate_on(self.rates, currency=code, day=self.day)
        if rate is None:
            self._missing.add(code)
        return Stated(price, code, rate)

    def said(self) -> list[dict[str, Any]]:
        """The currencies for which no rate was there, so that the values are unknown."""
        day = self.day.isoformat()
        return [{"code": "value_rate_missing", "currency": code, "day": day} for code in sorted(self._missing)]
