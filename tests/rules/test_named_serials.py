"""Which of the known serial numbers a word means."""

import pytest

from outwork.rules.serials import named_serials


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("7", {"7"}, ["7"]),
        ("7", set(), ["7"]),
        ("1-3", set(), ["1", "2", "3"]),
        ("1-3", {"1-3"}, ["1-3"]),
        ("008-010", set(), ["008", "009", "010"]),
        ("SN-008-SN-010", set(), ["SN-008", "SN-009", "SN-010"]),
        ("SN-008-010", {"SN-008", "SN-010"}, ["SN-008", "SN-009", "SN-010"]),
        ("A1-B3", set(), ["A1-B3"]),
        ("3-1", set(), ["3-1"]),
        ("1-999999999", set(), ["1-999999999"]),
        ("-", set(), ["-"]),
        ("", set(), [""]),
    ],
)
def test_it_works(word, known, expected) -> None:
    assert named_serials(word, known) == expected
