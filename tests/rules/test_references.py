from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.references import Pattern
from outwork.rules.refusals import Refusal

TODAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("pattern", "number", "reference"),
    [
        ("BO-{ref:04d}", 7, "BO-0007"),
        ("BO-{ref:04d}", 12345, "BO-12345"),
        ("PO-{date:%Y%m}-{ref:03d}", 12, "PO-202603-012"),
        ("PO-{date:%Y%m}{ref:04d}", 12, "PO-2026030012"),
        ("{ref}", 5, "5"),
        ("{ref:d}/{date}", 5, "5/2026-03-09"),
        ("X{?:A}-{ref:02d}", 3, "XA-03"),
        ("BO#?-{ref:03d}", 3, "BO0?-003"),
        ("{{{ref}}}", 3, "{3}"),
        ("W{date:%G-%V}-{ref}", 3, "W2026-11-3"),
        ("100%-{ref}", 3, "100%-3"),
        ("{date:%y%%}-{ref}", 3, "26%-3"),
    ],
)
def test_it_works(pattern: str, number: int, reference: str):
    parsed = Pattern.parse(pattern)
    assert parsed.format(number, on=TODAY) == reference
    assert parsed.matches(reference)
    assert parsed.number(reference) == number


@pytest.mark.parametrize("reference", ["BO-123", "BO-12345", "BO-0001"])
def test_widths_are_not_enforced(reference: str):
    assert Pattern.parse("BO-{ref:04d}").matches(reference)


@pytest.mark.parametrize(
    "reference", ["BO-1234x", "BO1234", "OB-1234", "BO--1234", "", "BO-", "BO-1\n", "BO-" + "1" * 62]
)
def test_other_references_do_not_match(reference: str):
    pattern = Pattern.parse("BO-{ref:04d}")
    assert not pattern.matches(reference)
    with pytest.raises(Refusal):
        pattern.require(reference)


def test_a_mark_stands_for_one_character_and_a_hash_for_a_digit():
    pattern = Pattern.parse("B?#-{ref:02d}")
    assert pattern.matches("BX7-01")
    assert not pattern.matches("BXX-01")
    assert not pattern.matches("B7-01")


@pytest.mark.parametrize(
    ("pattern", "reference", "fits"),
    [
        ("BO-{ref:04d}", "BO-٣٤", False),  # digits of another script are no digits of ours
        ("BO-{ref}", "BO-anything at all", True),
        ("BO-{ref}", "BO-", False),
        ("BO.{ref:d}", "BOx12", False),  # literal text is escaped
        ("{date:%Y%m}-{ref:03d}", "some time-7", True),
        ("#-{ref:d}", "x-1", False),
        ("?{ref:d}", "1", False),
    ],
)
def test_what_stands_for_what(pattern: str, reference: str, fits: bool):
    assert Pattern.parse(pattern).matches(reference) is fits


def test_a_field_with_a_default_matches_anything():
    assert Pattern.parse("{?:A}-{ref:02d}").matches("whatever-17")


@pytest.mark.parametrize(
    ("pattern", "reference", "number"),
    [
        ("BO-{ref:04d}", "BO-0123", 123),
        ("BO-{ref}", "BO-123ABC", 123),
        ("BO-{ref}", "BO-ABC123", 123),
        ("BO-{ref}", "BO-ABC", 0),
        ("BO-{ref:04d}", "old order 88", 88),  # from before the pattern was changed
        ("PO-{date:%Y%m}{ref:04d}", "PO-20260312345", 12345),
        ("PO-{date:%Y%m}-{ref:04d}", "PO-March-0044", 44),
        ("{ref:03d}{date:%Y}", "0172026", 17),
        ("PO-{ref:04d}", "PO-9223372036854775806", 2**63 - 2),
    ],
)
def test_the_number_of_a_reference(pattern: str, reference: str, number: int):
    assert Pattern.parse(pattern).number(reference) == number


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("BO-{ref:04d", "pattern_broken"),
        ("BO-{ref}}", "pattern_broken"),
        ("BO-0001", "pattern_without_ref"),
        ("", "pattern_without_ref"),
        ("{date}", "pattern_without_ref"),
        ("{number}", "pattern_unknown_field"),
        ("{}-{ref}", "pattern_unknown_field"),
        ("{ref.__class__}", "pattern_unknown_field"),
        ("{ref[0]}", "pattern_unknown_field"),
        ("{ref}-{ref}", "pattern_repeated_field"),
        ("{ref:04x}", "pattern_bad_format"),
        ("{ref:999999999d}", "pattern_bad_format"),
        ("{ref!r}", "pattern_bad_format"),
        ("{ref:{date}}", "pattern_bad_format"),
        ("{ref}{date:%Q}", "pattern_bad_format"),
        ("{ref}{date:%Y%}", "pattern_bad_format"),
        ("{ref}{?}", "pattern_bad_format"),
    ],
)
def test_refuses_a_bad_pattern(pattern: str, code: str):
    with pytest.raises(Refusal) as caught:
        Pattern.parse(pattern)
    assert caught.value.codes == [code]
    assert str(caught.value)


def test_refuses_a_reference_that_does_not_match():
    with pytest.raises(Refusal) as caught:
        Pattern.parse("BO-{ref:04d}").require("BX-1")
    assert caught.value.codes == ["reference_mismatch"]
    assert str(caught.value) == "BX-1 does not look like BO-{ref:04d}"


def test_refuses_a_reference_that_is_too_long():
    with pytest.raises(Refusal) as caught:
        Pattern.parse("x" * 62 + "{ref:04d}").format(1, on=TODAY)
    assert caught.value.codes == ["reference_too_long"]


def test_refuses_a_number_that_63_bits_do_not_hold():
    with pytest.raises(Refusal) as caught:
        Pattern.parse("BO-{ref:04d}").number("BO-9223372036854775808")
    assert caught.value.codes == ["reference_number_too_large"]


@given(
    pattern=st.sampled_from(
        ["BO-{ref:04d}", "{date:%Y%m%d}{ref:03d}", "{ref:05d}.{date:%y}", "#{?:B2}-{ref}", "PO?{date}/{ref:d}"]
    ),
    number=st.integers(0, 10**12),
    on=st.dates(date(2000, 1, 1), date(2999, 12, 31)),
)
def test_what_is_written_matches_and_reads_back(pattern: str, number: int, on: date):
    parsed = Pattern.parse(pattern)
    reference = parsed.format(number, on=on)
    assert parsed.matches(reference)
    assert parsed.number(reference) == number
