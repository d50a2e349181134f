"""The exchange rates that were stated, and the company's base currency and time zone beside them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from outwork.models import ExchangeRate
from outwork.queries import settings
from outwork.rules.currency import Rate, Rates


@dataclass(frozen=True, slots=True)
class KnownRates:
    """All rates, to be asked for a day of the company."""

    rates: Rates
    zone: ZoneInfo

    def day(self, at: datetime.datetime) -> datetime.date:
        """The company's day of a moment."""
        return at.astimezone(self.zone).date()


def known_rates() -> KnownRates:
    """Every rate that was stated; two statements."""
    known = settings.all_settings()
    found = ExchangeRate.objects.values_list("currency", "day", "rate")
    rates = Rates.of(known["BASE_CURRENCY"], (Rate(currency, day, rate) for currency, day, rate in found))
    return KnownRates(rates, ZoneInfo(known["TIME_ZONE"]))
