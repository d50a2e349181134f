"""What an order costs: price breaks, discounts, and how freight and other extra cost falls on the lines.

Prices are per pack (order unit), in whatever currency the breaks are in. What is not known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from enum import StrEnum

from outwork.rules.quantities import QUANTITY_STEP, ZERO, quantity, rounded_money, shares, worth
from outwork.rules.refusals import declare, refuse

declare(
    multiple_not_positive="{multiple} is not an order multiple: it must be more than 0",
    discount_out_of_range="a discount of {discount} % is not between 0 and 100",
    credit_positive="a credit lowers the cost: {amount} must be 0 or less",
    spread_line_missing="the extra cost of {amount} names no line of this order that could bear it",
    spread_units_missing="the extra cost of {amount} is spread over units, but over how many is not said",
    spread_weight_negative="{value} is less than 0, so no cost can be spread by it",
)


@dataclass(frozen=True, slots=True)
class Break:
    """From this many packs on, one pack costs `price`; None where the supplier has not said."""

    quantity: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Price:
    """What an order of `ordered_packs` costs. `unit_price` is the total per pack, base cost included (six places)."""

    unit_price: Decimal
    break_quantity: Decimal
    break_price: Decimal
    total: Decimal
    ordered_packs: Decimal


@dataclass(frozen=True, slots=True)
class NextBreak:
    """What ordering more would cost, and what is gained by it."""

    quantity: Decimal
    total: Decimal
    unit_price: Decimal
    is_cheaper_in_total: bool
    is_cheaper_per_pack: bool


def ordered_packs(quantity_packs: Decimal, multiple: Decimal | int = 1) -> Decimal:
    """The quantity rounded up to the order multiple. Refuses `multiple_not_positive`, and no or negative quantity.

    31 pieces in packs of 15 are 2.0666... packs, which has no end: what is finer than a quantity is rounded up too.
    """
    with localcontext(prec=60):
        wanted = quantity(Decimal(quantity_packs).quantize(QUANTITY_STEP, rounding=ROUND_CEILING))
    step = Decimal(multiple)
    if step <= 0:
        refuse("multiple_not_positive", multiple=step)
    with localcontext(prec=60):
        return (wanted / step).to_integral_value(rounding=ROUND_CEILING) * step


def price_for(
    quantity_packs: Decimal,
    breaks: Sequence[Break],
    *,
    multiple: Decimal | int = 1,
    base_cost: Decimal = ZERO,
) -> Price | None:
    """What this many packs cost: rounded up to the multiple, at the largest break they reach, plus the base cost.

    The total is rounded to six places, half up. None where no break with a price is reached: below the smallest
    break nobody has named a price, and an unknown price is not 0 (semantics B5; InvenTree rounds up silently there).
    """
    ordered = ordered_packs(quantity_packs, multiple)
    reached = [(one.quantity, one.price) for one in breaks if one.price is not None and one.quantity <= ordered]
    if not reached:
        return None
    break_quantity, break_price = max(reached, key=lambda one: one[0])
    total = worth(ordered, break_price) + base_cost
    return Price(
        unit_price=rounded_money(total / ordered),
        break_quantity=break_quantity,
        break_price=break_price,
        total=total,
        ordered_packs=ordered,
    )


def next_break_hint(
    quantity_packs: Decimal,
    breaks: Sequence[Break],
    *,
    multiple: Decimal | int = 1,
    base_cost: Decimal = ZERO,
) -> NextBreak | None:
    """Whether ordering more is cheaper: the order with the smallest total, else the next one that is cheaper per pack.

    Below the smallest break it is that break, with nothing to compare it with. None where there is nothing to gain.
    """
    now = price_for(quantity_packs, breaks, multiple=multiple, base_cost=base_cost)
    ordered = now.ordered_packs if now else ordered_packs(quantity_packs, multiple)
    larger = []
    for one in sorted(breaks, key=lambda one: one.quantity):
        if one.quantity > ordered and one.price is not None:
            price = price_for(one.quantity, breaks, multiple=multiple, base_cost=base_cost)
            assert price is not None
            larger.append(price)
    if now is None:
        return _hint(larger[0], None) if larger else None
    cheaper = [price for price in larger if price.total <= now.total]
    if cheaper:
        return _hint(min(cheaper, key=lambda price: (price.total, -price.ordered_packs)), now)
    return next((_hint(price, now) for price in larger if price.unit_price < now.unit_price), None)


def _hint(price: Price, now: Price | None) -> NextBreak:
    return NextBreak(
        quantity=price.ordered_packs,
        total=price.total,
        unit_price=price.unit_price,
        is_cheaper_in_total=now is not None and price.total <= now.total,
        is_cheaper_per_pack=now is not None and price.unit_price < now.unit_price,
    )


def net_price(price: Decimal, discount_percent: Decimal) -> Decimal:
    """The price after the discount, to six places, half up; refuses `discount_out_of_range` outside 0 to 100.

    Stock gets this price, not the one before the discount (semantics G16).
    """
    if not 0 <= discount_percent <= 100:
        refuse("discount_out_of_range", discount=discount_percent)
    return rounded_money(price * (100 - discount_percent) / 100)


class ExtraKind(StrEnum):
    """What an extra order line is for. A credit is negative; a deposit comes back, so it is never cost."""

    FREIGHT = "freight"
    DUTY = "duty"
    ONE_OFF_ENGINEERING = "one_off_engineering"
    STENCIL = "stencil"
    TOOLING = "tooling"
    TEST = "test"
    EXPEDITE = "expedite"
    CREDIT = "credit"
    DEPOSIT = "deposit"


class SpreadMode(StrEnum):
    """How an extra cost falls on the goods."""

    BY_VALUE = "by_value"
    BY_QUANTITY = "by_quantity"
    ON_LINE = "on_line"
    OVER_UNITS = "over_units"
    NOT_IN_COST = "not_in_cost"


@dataclass(frozen=True, slots=True)
class ExtraCost:
    """An extra line of an order. `line_id` for ON_LINE.

    `over_units` for OVER_UNITS: how many units a tool is paid off over; `units_before` of them have borne theirs.
    """

    amount: Decimal
    kind: ExtraKind
    mode: SpreadMode
    line_id: int | None = None
    over_units: Decimal | None = None
    units_before: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CostLine:
    """A line that can bear cost: what it is worth (None: not known) and how many units it is."""

    line_id: int
    value: Decimal | None
    quantity: Decimal


class Unspread(StrEnum):
    """Why a cost, or a part of it, is on no line."""

    VALUE_UNKNOWN = "value_unknown"
    NOTHING_TO_BEAR_IT = "nothing_to_bear_it"
    FOR_LATER_UNITS = "for_later_units"
    NOT_COST = "not_cost"


@dataclass(frozen=True, slots=True)
class Spread:
    """What each line bears, in the order of the lines; None where that cannot be known yet, which is not 0.

    The shares, `unassigned` (for later units, or until values are known) and `outside` (never cost) add up to the
    amount exactly.
    """

    shares: tuple[Decimal, ...] | None
    unassigned: Decimal = ZERO
    outside: Decimal = ZERO
    why: Unspread | None = None


def spread(extra: ExtraCost, lines: Sequence[CostLine]) -> Spread:
    """Let an extra cost fall on the lines, to six places, the running total rounded half up so that nothing is lost.

    By value with a line of unknown value, the answer is unknown for all: a share of a guess would look like a cost.
    Refuses `credit_positive`, `spread_line_missing`, `spread_units_missing`, `spread_weight_negative`.
    """
    if extra.kind is ExtraKind.CREDIT and extra.amount > 0:
        refuse("credit_positive", amount=extra.amount)
    nothing = (ZERO,) * len(lines)
    if extra.kind is ExtraKind.DEPOSIT or extra.mode is SpreadMode.NOT_IN_COST:
        return Spread(nothing, outside=extra.amount, why=Unspread.NOT_COST)
    if extra.mode is SpreadMode.OVER_UNITS:
        return _over_units(extra, lines)
    weights = _weights(extra, lines)
    if weights is None:
        return Spread(None, unassigned=extra.amount, why=Unspread.VALUE_UNKNOWN)
    for weight in weights:
        if weight < 0:
            refuse("spread_weight_negative", value=weight)
    if not any(weights):
        return Spread(nothing, unassigned=extra.amount, why=Unspread.NOTHING_TO_BEAR_IT)
    return Spread(tuple(shares(extra.amount, weights)))


def _weights(extra: ExtraCost, lines: Sequence[CostLine]) -> list[Decimal] | None:
    if extra.mode is SpreadMode.BY_QUANTITY:
        return [line.quantity for line in lines]
    if extra.mode is SpreadMode.ON_LINE:
        if all(line.line_id != extra.line_id for line in lines):
            refuse("spread_line_missing", amount=extra.amount)
        return [Decimal(line.line_id == extra.line_id) for line in lines]
    values = [line.value for line in lines if line.value is not None]
    return values if len(values) == len(lines) else None


def _over_units(extra: ExtraCost, lines: Sequence[CostLine]) -> Spread:
    """Each unit bears its part of the whole; units beyond `over_units` bear nothing."""
    if extra.over_units is None or extra.over_units <= 0:
        refuse("spread_units_missing", amount=extra.amount)

    def borne_by(units: Decimal) -> Decimal:
        assert extra.over_units is not None
        return rounded_money(extra.amount * min(units, extra.over_units) / extra.over_units)

    units, given, parts = extra.units_before, borne_by(extra.units_before), []
    for line in lines:
        if line.quantity < 0:
            refuse("spread_weight_negative", value=line.quantity)
        units += line.quantity
        parts.append(borne_by(units) - given)
        given += parts[-1]
    left = extra.amount - given
    return Spread(tuple(parts), unassigned=left, why=Unspread.FOR_LATER_UNITS if left else None)
