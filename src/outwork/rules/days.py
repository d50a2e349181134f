"""Days: which one it is at a moment, where the company is."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo


def day_in(at: datetime.datetime, time_zone: str) -> datetime.date:
    """The day of a moment in a time zone such as Europe/Berlin: half past midnight there is still yesterday in UTC."""
    return at.astimezone(ZoneInfo(time_zone)).date()
