"""Quantities and money as exact decimals: five places for pieces and metres, six for money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from outwork.rules.refusals import Reasons, Refusal, Where, declare, refuse

declare(
    number_invalid="{value} is not a number",
    quantity_not_positive="{value} is not a quantity: it must be more than 0",
    quantity_negative="{value} is not a quantity: it must be 0 or more",
    quantity_too_fine="{value} has {places} decimal places; a quantity has at most {allowed}",
    quantity_too_large="{value} is more than a quantity can be ({limit})",
    money_too_fine="{value} has {places} decimal places; an amount has at most {allowed}",
    money_too_large="{value} is more than an amount can be ({limit})",
    quantity_not_whole="{value} is not a whole number of pieces",
)

QUANTITY_PLACES = 5
MONEY_PLACES = 6
QUANTITY_STEP = Decimal(1).scaleb(-QUANTITY_PLACES)
MONEY_STEP = Decimal(1).scaleb(-MONEY_PLACES)
# Scaled by 1e5, ninety thousand of the largest quantity still add up within 63 bits.
QUANTITY_LIMIT = Decimal(1_000_000_000)
MONEY_LIMIT = Decimal(1_000_000_000)
# What stock and lines may be worth: scaled by 1e6 it fits 63 bits nine times.
VALUE_LIMIT = MONEY_LIMIT * 1000
ZERO = Decimal(0)


def decimal(value: Any, *, where: Where = ()) -> Decimal:
    """Read a number exactly; refuses NaN, infinity and what is no number. A float is read as it prints.

    What Decimal reads beyond what people write is refused too: 1_0 is a slip of the hand, not ten.
    """
    if isinstance(value, bool) or value is None:
        refuse("number_invalid", value=value, where=where)
    try:
        text = str(value).strip()
        if "_" in text or not text.isascii():
            raise ValueError(text)
        number = value if isinstance(value, Decimal) else Decimal(text)
    except (InvalidOperation, ValueError):
        refuse("number_invalid", value=str(value)[:40], where=where)
    if not number.is_finite():
        refuse("number_invalid", value=str(value), where=where)
    return number


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def quantity(value: Any, *, where: Where = (), zero: bool = False) -> Decimal:
    """Read a quantity: more than 0 (or 0 with `zero`), at most five decimals, at most a thousand million."""
    number = decimal(value, where=where)
    if number > QUANTITY_LIMIT:
        refuse("quantity_too_large", value=f"{number:.6g}", limit=QUANTITY_LIMIT, where=where)
    if number < 0 and zero:
        refuse("quantity_negative", value=number, where=where)
    if number <= 0 and not zero:
        refuse("quantity_not_positive", value=number, where=where)
    if _places(number) > QUANTITY_PLACES:
        refuse("quantity_too_fine", value=number, places=_places(number), allowed=QUANTITY_PLACES, where=where)
    return number


def quantities(values: Sequence[Any], *, name: str = "quantity", zero: bool = False) -> list[Decimal]:
    """Read the quantities of a list of rows, naming every bad one by its row."""
    reasons = Reasons()
    numbers = []
    for index, value in enumerate(values):
        try:
            numbers.append(quantity(value, where=(index, name), zero=zero))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    reasons.raise_any()
    return numbers


def money(value: Any, *, where: Where = ()) -> Decimal:
    """Read an amount of money, which may be negative; at most six decimals, below a thousand million."""
    number = decimal(value, where=where)
    if abs(number) > MONEY_LIMIT:
        refuse("money_too_large", value=f"{number:.6g}", limit=MONEY_LIMIT, where=where)
    if _places(number) > MONEY_PLACES:
        refuse("money_too_fine", value=number, places=_places(number), allowed=MONEY_PLACES, where=where)
    return number


def whole(number: Decimal, *, where: Where = ()) -> int:
    """A count of pieces; refuses a fraction."""
    if number != number.to_integral_value():
        refuse("quantity_not_whole", value=number, where=where)
    return int(number)


def rounded_money(number: Decimal) -> Decimal:
    """Round an amount to six places, half up."""
    return number.quantize(MONEY_STEP, rounding=ROUND_HALF_UP)


def rounded_quantity(number: Decimal) -> Decimal:
    """Round a quantity to five places, half up."""
    return number.quantize(QUANTITY_STEP, rounding=ROUND_HALF_UP)


def as_text(number: Decimal) -> str:
    """A number as people write it: 40, not 40.00000 and not 4E+1."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount as people write it: two decimals, more where they are significant, and its currency."""
    text = as_text(amount)
    return f"{amount:.2f} {currency}" if len(text.partition(".")[2]) < 2 else f"{text} {currency}"


def worth(count: Decimal, price: Decimal, *, where: Where = ()) -> Decimal:
    """What a quantity is worth at a price per unit, to six places, half up; refuses what the books cannot hold."""
    value = count * price
    check_value(value, where=where)
    return rounded_money(value)


def check_value(value: Decimal, *, where: Where = ()) -> None:
    """Refuse a value that the books cannot hold: money_too_large."""
    if abs(value) > VALUE_LIMIT:
        refuse("money_too_large", value=f"{value:.6g}", limit=VALUE_LIMIT, where=where)


def shares(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights so that the parts add up to it exactly.

    Each part is the rounded running total less the one before it (six places, half up); weights
    must not be negative and not all zero.
    """
    whole_weight = sum(weights, ZERO)
    assert whole_weight > 0
    parts, weight_so_far, given = [], ZERO, ZERO
    for weight in weights:
        weight_so_far += weight
        upto = rounded_money(total * weight_so_far / whole_weight)
        parts.append(upto - given)
        given = upto
    return parts
