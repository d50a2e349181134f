"""Ranges of serial numbers."""

import pytest

from outwork.rules.refusals import Refusal
from outwork.rules.serial_ranges import SerialRange


def test_it_works():
    found = SerialRange.starting("SN-098", 4)
    assert (found.prefix, found.first, found.last, found.width) == ("SN-", 98, 101, 3)
    assert found.serials() == ["SN-098", "SN-099", "SN-100", "SN-101"]
    assert (str(found), len(found)) == ("SN-098 to SN-101", 4)
    assert str(SerialRange.starting("7", 1)) == "7"


@pytest.mark.parametrize(
    ("serial", "is_in"),
    [("SN-098", True), ("SN-101", True), ("SN-102", False), ("SN-097", False), ("SN-98", False), ("098", False)],
)
def test_what_is_in_it(serial, is_in):
    assert (serial in SerialRange.starting("SN-098", 4)) is is_in


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        (("1", 10), ("10", 5), True),
        (("1", 10), ("11", 5), False),
        (("A1", 10), ("B1", 10), False),
        (("001", 10), ("5", 1), True),
    ],
)
def test_overlapping(one, other, do):
    first, second = SerialRange.starting(*one), SerialRange.starting(*other)
    assert first.overlaps(second) is second.overlaps(first) is do


@pytest.mark.parametrize(
    ("serial", "count", "code"),
    [
        ("ABC", 2, "serials_range_without_number"),
        ("SN-0", 2, "serials_range_without_number"),
        ("", 2, "serials_range_without_number"),
        ("1", 0, "serials_range_too_large"),
        ("1", 100_001, "serials_range_too_large"),
    ],
)
def test_refuses_what_is_no_range(serial, count, code):
    with pytest.raises(Refusal) as refusal:
        SerialRange.starting(serial, count)
    assert refusal.value.codes == [code]
