"""The demo company's calendar: days counted back from today, working days only, and no moment twice."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TIME_ZONE = "Europe/Berlin"
_STEP = datetime.timedelta(minutes=7)


def time_zone() -> str:
    """The company's time zone; UTC on a machine that knows no other."""
    try:
        ZoneInfo(TIME_ZONE)
    except ZoneInfoNotFoundError:
        return "UTC"
    return TIME_ZONE


class Clock:
    """Turns "333 days ago, ten past nine" into a moment, each later than the one before and none in the future."""

    def __init__(self, now: datetime.datetime) -> None:
        self.zone = ZoneInfo(time_zone())
        self.now = now.astimezone(self.zone)
        self.today = self.now.date()
        self.last = self.now - datetime.timedelta(days=500)
        self.ago = 0

    def date(self, ago: int) -> datetime.date:
        """The working day so many days ago; a negative number lies ahead. Weekends count as the Friday before."""
        day = self.today - datetime.timedelta(days=ago)
        return day - datetime.timedelta(days=max(0, day.weekday() - 4))

    def moment(self, hour: int, minute: int) -> datetime.datetime:
        """A time of the day that the story has come to."""
        wanted = datetime.datetime.combine(self.date(self.ago), datetime.time(hour, minute), self.zone)
        self.last = min(max(wanted, self.last + _STEP), self.now)
        return self.last
