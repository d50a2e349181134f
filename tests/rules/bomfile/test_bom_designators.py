"""Lists and ranges of designators, and their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.bomfile.designators import LongRangeError, look_like_designators, natural_key, split


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("C1", "C1"),
        ("C1 C14 C19 ", "C1 C14 C19"),
        ("R33, R34,R36;R41", "R33 R34 R36 R41"),
        ("R1\nR2", "R1 R2"),
        ("C4-C6,C8,C11-C13", "C4 C5 C6 C8 C11 C12 C13"),
        ("TP2 - TP4", "TP2 TP3 TP4"),
        ("R1..R3", "R1 R2 R3"),
        ("D1\N{EN DASH}D3", "D1 D2 D3"),
        ("R1 to R3", "R1 R2 R3"),
        ("C01-C03", "C01 C02 C03"),
        ("J1-2", "J1-2"),
        ("TP-1", "TP-1"),
        ("R4-R1", "R4-R1"),
        ("R1-C4", "R1-C4"),
        ("rU4,U4", "rU4 U4"),
        ("R1 R1", "R1"),
        ("", ""),
    ],
)
def test_lists_are_taken_apart(cell: str, names: str) -> None:
    assert split(cell) == tuple(names.split())


def test_a_short_range_needs_the_quantity_to_agree() -> None:
    assert split("R1-4", 4) == ("R1", "R2", "R3", "R4")
    assert split("J1-2", 1) == ("J1-2",)
    assert split("R1-4, R9", 5) == ("R1", "R2", "R3", "R4", "R9")


@pytest.mark.parametrize("cell", ["R1-R99999999", " ".join(f"{letter}1-{letter}9999" for letter in "ABC")])
def test_refuses_ranges_no_board_has(cell: str) -> None:
    with pytest.raises(LongRangeError):
        split(cell)


def test_long_digits_are_no_range() -> None:
    assert split(f"R1-R{'9' * 5000}") == (f"R1-R{'9' * 5000}",)


def test_the_order_is_that_of_people() -> None:
    names = ["C10", "C2", "C1", "R1", "C1A", "D" + "9" * 5000]
    assert sorted(names, key=natural_key)[:5] == ["C1", "C1A", "C2", "C10", "D" + "9" * 5000]


@given(st.integers(1, 999), st.integers(0, 200), st.sampled_from(["R", "TP", "rC", "U_"]))
def test_a_range_has_as_many_as_it_says(first: int, more: int, prefix: str) -> None:
    names = split(f"{prefix}{first}-{prefix}{first + more}")
    assert len(names) == more + 1
    assert list(names) == sorted(names, key=natural_key)


@pytest.mark.parametrize(("cell", "yes"), [("P2,C24,FB8", True), ("NOT USED: P7,FB6", False), ("SMT parts", False)])
def test_lists_are_told_from_sentences(cell: str, yes: bool) -> None:
    assert look_like_designators(cell) is yes
