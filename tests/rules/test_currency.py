from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.currency import Rate, Rates, currency_code, exchange_rate, in_currency, rate_on
from outwork.rules.refusals import Refusal

D = Decimal
MAY = date(2026, 5, 1)
RATES = Rates.of(
    "EUR",
    [
        Rate("USD", date(2026, 6, 1), D("0.95")),
        Rate("USD", MAY, D("0.9")),
        Rate("JPY", MAY, D("0.0061234567")),
        Rate("EUR", MAY, D(7)),
    ],
)


@pytest.mark.parametrize(
    ("currency", "day", "rate"),
    [
        ("USD", MAY, "0.9"),
        ("USD", date(2026, 5, 31), "0.9"),
        ("USD", date(2026, 6, 1), "0.95"),
        ("USD", date(2030, 1, 1), "0.95"),
        ("USD", date(2026, 4, 30), None),
        ("CHF", MAY, None),
        ("EUR", date(1999, 1, 1), "1"),  # the base currency is 1, whatever is written down
        ("EUR", MAY, "1"),
    ],
)
def test_it_works(currency: str, day: date, rate: str | None):
    assert rate_on(RATES, currency=currency, day=day) == (rate and D(rate))


def test_the_later_of_two_rates_for_one_day_holds():
    rates = Rates.of("EUR", [Rate("USD", MAY, D(1)), Rate("USD", MAY, D(2))])
    assert rate_on(rates, currency="USD", day=MAY) == 2


def test_a_currency_code_is_three_letters():
    assert currency_code(" eur ") == "EUR"
    for text in ("", "EU", "EURO", "E1R", "€"):
        with pytest.raises(Refusal) as caught:
            currency_code(text)
        assert caught.value.codes == ["currency_code_invalid"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "rate_not_positive"),
        ("-1", "rate_not_positive"),
        ("0.00000000001", "rate_too_fine"),
        ("1e9", "rate_too_large"),
        ("x", "number_invalid"),
        ("nan", "number_invalid"),
    ],
)
def test_refuses_what_is_no_rate(value: str, code: str):
    with pytest.raises(Refusal) as caught:
        exchange_rate(value)
    assert caught.value.codes == [code]


def test_a_rate_has_up_to_ten_places():
    assert exchange_rate("0.0061234567") == D("0.0061234567")


@given(
    days=st.lists(st.integers(0, 300), unique=True, min_size=1),
    asked=st.integers(-5, 305),
)
def test_the_rate_is_the_latest_on_or_before_the_day(days: list[int], asked: int):
    rates = Rates.of("EUR", [Rate("USD", MAY + timedelta(day), D(day + 1)) for day in days])
    before = [day for day in days if day <= asked]
    expected = D(max(before) + 1) if before else None
    assert rate_on(rates, currency="USD", day=MAY + timedelta(asked)) == expected


@pytest.mark.parametrize(
    ("amounts", "currency", "total"),
    [
        ({"EUR": D(10), "USD": D(20)}, "EUR", "28"),
        ({"EUR": D(9), "USD": D(20)}, "USD", "30"),
        ({"CHF": D(5)}, "CHF", "5"),
        ({"CHF": D(5)}, "EUR", None),
        ({"EUR": D(5)}, "CHF", None),
        ({"EUR": D(5), "USD": None}, "EUR", None),
        ({}, "EUR", "0"),
    ],
)
def test_amounts_in_one_currency(amounts, currency, total):
    assert in_currency(amounts, RATES, currency=currency, day=MAY) == (total and D(total))
