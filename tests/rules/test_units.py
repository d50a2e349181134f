"""Units of parameters: what a value is as a number in the unit of its template."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.refusals import Refusal
from outwork.rules.units import UNITS, measure, unit_of


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("4700", "ohm", "4700"),
        ("4.7k", "ohm", "4700"),
        ("4k7", "ohm", "4700"),
        ("4K7", "Ω", "4700"),
        ("0R05", "ohm", "0.05"),
        ("4.7 kohm", "ohm", "4700"),
        ("4.7kΩ", "kohm", "4.7"),
        ("10m", "ohm", "0.01"),
        ("10 m", "mm", "10000"),
        ("100nF", "uF", "0.1"),
        ("100 nF", "F", "1e-7"),
        ("1/4 W", "mW", "250"),
        ("1e-6 farad", "pF", "1000000"),
        ("2 microfarads", "nF", "2000"),
        ("-40 °C", "degC", "-40"),
        ("25 °C", "K", "298.15"),
        ("212 degF", "celsius", "100"),
        ("5 V/us", "V/s", "5000000"),
        ("20 mm²", "mm^2", "20"),
        ("2 in", "mm", "50.8"),
        ("50 ppm/K", "ppm/K", "50"),
        ("5 %", "", "0.05"),
        ("5", "%", "5"),
        ("3 kHz", "Hz", "3000"),
        ("2 Ah", "mAh", "2000"),
        ("1 W", "VA", "1"),
        ("30 min", "h", "0.5"),
        ("3 dB", "dB", "3"),
    ],
)
def test_a_value_is_a_number_in_the_unit(text, unit, number):
    assert measure(text, unit) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("about ten", "ohm", "measure_unreadable"),
        ("", "ohm", "measure_unreadable"),
        ("1e999", "ohm", "measure_unreadable"),
        ("1/0", "ohm", "measure_unreadable"),
        ("10 parsnips", "ohm", "measure_unit_unknown"),
        ("10 V", "ohm", "measure_unit_incompatible"),
        ("10 V", "", "measure_unit_incompatible"),
        ("10", "parsnip", "measure_unit_unknown"),
        ("10k", "", "measure_unit_unknown"),
    ],
)
def test_refuses_what_is_no_value_in_the_unit(text, unit, code):
    with pytest.raises(Refusal) as refusal:
        measure(text, unit)
    assert [one.code for one in refusal.value.reasons] == [code]
    assert str(refusal.value)


def test_a_name_of_its_own_goes_before_a_prefix():
    """min is a minute and no milli-inch, and inches have no prefixes at all."""
    assert unit_of("min") == unit_of("minute")
    assert unit_of("min") != unit_of("in")
    assert unit_of("cin") is None
    assert unit_of("*m") is None
    assert unit_of("m/") is None


@given(st.sampled_from(sorted(UNITS)), st.decimals(-(10**9), 10**9, places=3))
def test_every_unit_reads_its_own_values(unit, number):
    assert measure(f"{number} {unit}", unit) == measure(str(number), unit) == number


@given(st.sampled_from(["ohm", "F", "H", "V", "A", "W", "Hz", "m", "g"]), st.integers(1, 10**6))
def test_a_prefix_goes_there_and_back(unit, number):
    for prefix in ("k", "M", "m", "u", "n"):
        there = measure(f"{number} {unit}", f"{prefix}{unit}")
        assert measure(f"{there} {prefix}{unit}", unit) == number
