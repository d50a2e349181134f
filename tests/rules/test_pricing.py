from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.pricing import (
    Break,
    CostLine,
    ExtraCost,
    ExtraKind,
    Price,
    Spread,
    SpreadMode,
    Unspread,
    net_price,
    next_break_hint,
    ordered_packs,
    price_for,
    spread,
)
from outwork.rules.refusals import Refusal

D = Decimal
BREAKS = [Break(D(100), D("1.50")), Break(D(1), D("2.00")), Break(D(10), D("1.80"))]


@pytest.mark.parametrize(
    ("packs", "unit_price", "break_quantity", "total"),
    [
        ("1", "2", 1, "2"),
        ("9", "2", 1, "18"),
        ("10", "1.8", 10, "18"),
        ("99", "1.8", 10, "178.2"),
        ("250", "1.5", 100, "375"),
    ],
)
def test_it_works(packs: str, unit_price: str, break_quantity: int, total: str):
    price = price_for(D(packs), BREAKS)
    assert price == Price(D(unit_price), D(break_quantity), D(unit_price), D(total), D(packs))


def test_the_quantity_is_rounded_up_to_the_multiple_before_the_break_is_chosen():
    assert price_for(D(8), BREAKS, multiple=5) == Price(D("1.8"), D(10), D("1.8"), D(18), D(10))


def test_the_base_cost_is_in_the_total_and_in_the_price_per_pack():
    assert price_for(D(3), BREAKS, base_cost=D(1)) == Price(D("2.333333"), D(1), D(2), D(7), D(3))


def test_no_breaks_is_an_unknown_price_and_not_0():
    assert price_for(D(3), []) is None
    assert price_for(D(3), [Break(D(1), None)]) is None


def test_below_the_smallest_break_nobody_has_named_a_price():
    assert price_for(D(50), [Break(D(100), D(1))]) is None


def test_a_break_without_a_price_is_passed_over():
    price = price_for(D(20), [*BREAKS, Break(D(20), None)])
    assert price is not None
    assert price.break_quantity == 10


def test_a_price_of_0_is_known():
    price = price_for(D(20), [Break(D(1), D(0))])
    assert price is not None
    assert price.total == 0


@pytest.mark.parametrize(
    ("packs", "multiple", "ordered"), [("7", 5, "10"), ("10", 5, "10"), ("0.3", 1, "1"), ("7", 1, "7")]
)
def test_order_multiples(packs: str, multiple: int, ordered: str):
    assert ordered_packs(D(packs), multiple) == D(ordered)


@pytest.mark.parametrize(
    ("packs", "multiple", "code"), [("0", 1, "quantity_not_positive"), ("5", 0, "multiple_not_positive")]
)
def test_refuses_no_quantity_and_no_multiple(packs: str, multiple: int, code: str):
    with pytest.raises(Refusal) as caught:
        price_for(D(packs), BREAKS, multiple=multiple)
    assert caught.value.codes == [code]


def test_ordering_more_can_be_cheaper_in_total():
    hint = next_break_hint(D(90), BREAKS)
    assert hint is not None
    assert (hint.quantity, hint.total, hint.unit_price) == (100, 150, D("1.5"))
    assert hint.is_cheaper_in_total
    assert hint.is_cheaper_per_pack


def test_ordering_more_for_the_same_money_counts_as_cheaper():
    hint = next_break_hint(D(9), BREAKS)
    assert hint is not None
    assert (hint.quantity, hint.total) == (10, 18)
    assert hint.is_cheaper_in_total


def test_ordering_more_can_be_cheaper_per_pack_only():
    hint = next_break_hint(D(20), BREAKS)
    assert hint is not None
    assert (hint.quantity, hint.total, hint.is_cheaper_in_total) == (100, 150, False)
    assert hint.is_cheaper_per_pack


def test_the_hint_keeps_the_multiple():
    hint = next_break_hint(D(8), [Break(D(1), D(2)), Break(D(10), D(1))], multiple=4)
    assert hint is not None
    assert (hint.quantity, hint.total) == (12, 12)


def test_below_the_smallest_break_the_hint_is_that_break():
    hint = next_break_hint(D(50), [Break(D(100), D(1)), Break(D(1000), D("0.5"))])
    assert hint is not None
    assert (hint.quantity, hint.total, hint.is_cheaper_in_total, hint.is_cheaper_per_pack) == (100, 100, False, False)


@pytest.mark.parametrize("breaks", [[], [Break(D(1), D(2))], [Break(D(1), D(2)), Break(D(10), D(2))]])
def test_there_is_no_hint_when_nothing_is_gained(breaks: list[Break]):
    assert next_break_hint(D(5), breaks) is None


def test_net_price():
    assert net_price(D(10), D("12.5")) == D("8.75")
    assert net_price(D("0.000001"), D(50)) == D("0.000001")
    assert net_price(D(10), D(100)) == 0


@pytest.mark.parametrize("discount", ["-1", "100.01"])
def test_refuses_an_impossible_discount(discount: str):
    with pytest.raises(Refusal) as caught:
        net_price(D(10), D(discount))
    assert caught.value.codes == ["discount_out_of_range"]


LINES = [CostLine(1, D(300), D(10)), CostLine(2, D(100), D(20)), CostLine(3, D(200), D(30))]


def freight(amount: str, mode: SpreadMode, **more: D | int) -> ExtraCost:
    return ExtraCost(D(amount), ExtraKind.FREIGHT, mode, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extra", "parts", "unassigned"),
    [
        (freight("60", SpreadMode.BY_VALUE), ["30", "10", "20"], "0"),
        (freight("60", SpreadMode.BY_QUANTITY), ["10", "20", "30"], "0"),
        (freight("60", SpreadMode.ON_LINE, line_id=2), ["0", "60", "0"], "0"),
        (freight("100", SpreadMode.OVER_UNITS, over_units=D(100)), ["10", "20", "30"], "40"),
        (freight("100", SpreadMode.OVER_UNITS, over_units=D(100), units_before=D(60)), ["10", "20", "10"], "0"),
        (freight("100", SpreadMode.OVER_UNITS, over_units=D(100), units_before=D(100)), ["0", "0", "0"], "0"),
        (freight("100", SpreadMode.OVER_UNITS, over_units=D(25)), ["40", "60", "0"], "0"),
        (freight("0.00001", SpreadMode.BY_QUANTITY), ["0.000002", "0.000003", "0.000005"], "0"),
        (ExtraCost(D(-60), ExtraKind.CREDIT, SpreadMode.BY_VALUE), ["-30", "-10", "-20"], "0"),
    ],
)
def test_spread(extra: ExtraCost, parts: Sequence[str], unassigned: str):
    result = spread(extra, LINES)
    assert result.shares == tuple(D(part) for part in parts)
    assert (result.unassigned, result.outside) == (D(unassigned), 0)


@pytest.mark.parametrize("mode", list(SpreadMode))
def test_a_deposit_is_never_cost(mode: SpreadMode):
    result = spread(ExtraCost(D(25), ExtraKind.DEPOSIT, mode), LINES)
    assert result == Spread((D(0),) * 3, outside=D(25), why=Unspread.NOT_COST)


def test_what_is_not_in_cost_stays_outside():
    assert spread(freight("60", SpreadMode.NOT_IN_COST), LINES).outside == 60


def test_by_value_is_unknown_for_all_when_one_value_is_unknown():
    result = spread(freight("60", SpreadMode.BY_VALUE), [*LINES, CostLine(4, None, D(5))])
    assert result == Spread(None, unassigned=D(60), why=Unspread.VALUE_UNKNOWN)
    assert spread(freight("60", SpreadMode.BY_QUANTITY), [CostLine(4, None, D(5))]).shares == (D(60),)


@pytest.mark.parametrize("lines", [[], [CostLine(1, D(0), D(0))]])
@pytest.mark.parametrize("mode", [SpreadMode.BY_VALUE, SpreadMode.BY_QUANTITY])
def test_nothing_bears_the_cost_where_there_is_nothing(lines: list[CostLine], mode: SpreadMode):
    result = spread(freight("60", mode), lines)
    assert (result.unassigned, result.why) == (60, Unspread.NOTHING_TO_BEAR_IT)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (ExtraCost(D(5), ExtraKind.CREDIT, SpreadMode.BY_VALUE), "credit_positive"),
        (freight("5", SpreadMode.ON_LINE), "spread_line_missing"),
        (freight("5", SpreadMode.ON_LINE, line_id=9), "spread_line_missing"),
        (freight("5", SpreadMode.OVER_UNITS), "spread_units_missing"),
        (freight("5", SpreadMode.OVER_UNITS, over_units=D(0)), "spread_units_missing"),
    ],
)
def test_refuses_to_spread(extra: ExtraCost, code: str):
    with pytest.raises(Refusal) as caught:
        spread(extra, LINES)
    assert caught.value.codes == [code]


@pytest.mark.parametrize("mode", [SpreadMode.BY_VALUE, SpreadMode.BY_QUANTITY, SpreadMode.OVER_UNITS])
def test_refuses_negative_weights(mode: SpreadMode):
    with pytest.raises(Refusal) as caught:
        spread(freight("5", mode, over_units=D(7)), [CostLine(1, D(-1), D(-1))])
    assert caught.value.codes == ["spread_weight_negative"]


amounts = st.decimals("-100000", "100000", places=6)
lines_strategy = st.lists(
    st.builds(
        CostLine,
        line_id=st.integers(1, 5),
        value=st.one_of(st.none(), st.decimals("0", "100000", places=6)),
        quantity=st.decimals("0", "100000", places=5),
    ),
    max_size=6,
)


@given(amount=amounts, kind=st.sampled_from(ExtraKind), mode=st.sampled_from(SpreadMode), lines=lines_strategy)
def test_nothing_is_lost_in_spreading(amount: Decimal, kind: ExtraKind, mode: SpreadMode, lines: list[CostLine]):
    amount = -abs(amount) if kind is ExtraKind.CREDIT else amount
    line_id = lines[0].line_id if lines else 1
    if mode is SpreadMode.ON_LINE and not lines:
        return
    result = spread(ExtraCost(amount, kind, mode, line_id=line_id, over_units=D(70)), lines)
    assert sum(result.shares or (), D(0)) + result.unassigned + result.outside == amount
    assert result.shares is None or len(result.shares) == len(lines)


@given(
    amount=amounts,
    batches=st.lists(st.decimals("0.00001", "40", places=5), min_size=1, max_size=8),
)
def test_a_tool_is_paid_off_by_its_units_and_no_others(amount: Decimal, batches: list[Decimal]):
    borne, units = D(0), D(0)
    for batch in batches:
        extra = ExtraCost(amount, ExtraKind.TOOLING, SpreadMode.OVER_UNITS, over_units=D(100), units_before=units)
        result = spread(extra, [CostLine(1, None, batch)])
        assert result.shares is not None
        borne, units = borne + result.shares[0], units + batch
        assert borne + result.unassigned == amount
    if units >= 100:
        assert borne == amount


def test_packs_that_have_no_end_are_rounded_up():
    """31 pieces in packs of 15."""
    assert ordered_packs(Decimal(31) / Decimal(15)) == 3
    assert ordered_packs(Decimal(31) / Decimal(15), 2) == 4
    assert ordered_packs(Decimal(30) / Decimal(15), 2) == 2
