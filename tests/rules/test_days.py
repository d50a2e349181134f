"""The company's day."""

import datetime

from outwork.rules.days import day_in


def test_it_works():
    late = datetime.datetime(2026, 3, 2, 23, 30, tzinfo=datetime.UTC)
    assert day_in(late, "UTC") == datetime.date(2026, 3, 2)
    assert day_in(late, "Europe/Berlin") == datetime.date(2026, 3, 3)
    assert day_in(late, "America/New_York") == datetime.date(2026, 3, 2)
    assert day_in(late - datetime.timedelta(hours=20), "America/New_York") == datetime.date(2026, 3, 1)
