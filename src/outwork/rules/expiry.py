"""Expiry: from which day on stock is expired or stale, and whether that keeps it out of builds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any


def is_expired(expiry: datetime.date | None, today: datetime.date) -> bool:
    """Whether its day is over: stock is good on the day that it expires."""
    return expiry is not None and expiry < today


def stale_before(today: datetime.date, days: int) -> datetime.date | None:
    """Stock that expires before this day is stale, what is expired included; None where nothing is ever stale."""
    return today + datetime.timedelta(days=days) if days else None


def unfit_before(settings: Mapping[str, Any], today: datetime.date) -> datetime.date | None:
    """Stock that expired before this day does not go into builds; None where expiry keeps nothing out.

    By STOCK_ENABLE_EXPIRY and STOCK_ALLOW_EXPIRED_BUILD, which InvenTree has and does not look at (semantics G27).
    """
    is_minded = settings["STOCK_ENABLE_EXPIRY"] and not settings["STOCK_ALLOW_EXPIRED_BUILD"]
    return today if is_minded else None
