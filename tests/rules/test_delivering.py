"""Late against the latest promise, on time against the first."""

import datetime

import pytest

from outwork.rules.delivering import LineDates, Punctuality, punctuality


def day(number):
    return datetime.date(2026, 5, number)


def test_it_works():
    """Promised for the 5th, then for the 12th; it came on the 11th: never late, yet not on time."""
    dates = LineDates(requested=day(1), confirmed=day(4), promised=day(12), first_promise=day(5))
    assert (dates.expected, dates.due) == (day(12), day(5))
    assert punctuality(dates, is_open=True, came_on=None, today=day(5)) == Punctuality(False, 0, None)
    assert punctuality(dates, is_open=True, came_on=None, today=day(6)) == Punctuality(False, 0, False)
    assert punctuality(dates, is_open=True, came_on=None, today=day(12)) == Punctuality(False, 0, False)
    assert punctuality(dates, is_open=True, came_on=None, today=day(14)) == Punctuality(True, 2, False)
    assert punctuality(dates, is_open=False, came_on=day(11), today=day(20)) == Punctuality(False, 6, False)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"promised": day(4), "confirmed": day(3), "requested": day(2), "target": day(1)}, day(4)),
        ({"confirmed": day(3), "requested": day(2), "target": day(1)}, day(3)),
        ({"requested": day(2), "target": day(1)}, day(2)),
        ({"target": day(1)}, day(1)),
        ({}, None),
    ],
)
def test_the_surest_date_counts(dates, expected):
    assert LineDates(**dates).expected == expected
    assert LineDates(**dates).due == expected


def test_on_the_day_is_in_time():
    dates = LineDates(promised=day(5), first_promise=day(5))
    assert punctuality(dates, is_open=False, came_on=day(5), today=day(9)) == Punctuality(False, 0, True)
    assert punctuality(dates, is_open=False, came_on=day(6), today=day(9)) == Punctuality(False, 1, False)


def test_without_a_date_nothing_is_late_and_nothing_on_time():
    assert punctuality(LineDates(), is_open=True, came_on=None, today=day(9)) == Punctuality(False, 0, None)
    assert punctuality(LineDates(), is_open=False, came_on=day(1), today=day(9)) == Punctuality(False, 0, None)
    promised = LineDates(promised=day(5), first_promise=day(5))
    assert punctuality(promised, is_open=False, came_on=None, today=day(9)) == Punctuality(False, 0, None)
