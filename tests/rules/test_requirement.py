from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.refusals import Refusal
from outwork.rules.requirement import Due, Need, can_build, can_build_from, due, required

D = Decimal


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[D]:
    return st.decimals(D(low), D(high), places=places, allow_nan=False, allow_infinity=False)


needs = st.builds(
    Need,
    per_unit=decimals("0", "500", 5),
    attrition_percent=st.one_of(st.just(D(0)), decimals("0", "100", 3)),
    setup=st.one_of(st.just(D(0)), decimals("0", "300", 5)),
    rounding=st.one_of(st.none(), st.just(D(0)), decimals("0.00001", "500", 5)),
)
built_in_steps = st.lists(decimals("0.00001", "60", 5), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("need", "units", "total"),
    [
        (Need(D(3)), 7, "21"),
        (Need(D(3), rounding=D(17)), 21, "68"),  # the example of semantics A11
        (Need(D(3), rounding=D(17)), 0, "0"),
        (Need(D(1), setup=D(22)), 350, "372"),
        (Need(D(1), setup=D(22)), 0, "0"),
        (Need(D(1), attrition_percent=D(2)), 350, "357"),
        (Need(D(2), attrition_percent=D("2.5"), setup=D(10), rounding=D(50)), 100, "250"),
        (Need(D(2), attrition_percent=D("2.5"), setup=D(10), rounding=D(0)), 100, "215"),
        (Need(D("0.125")), 3, "0.375"),
        (Need(D("0.00001"), attrition_percent=D("0.001")), 1, "0.00002"),  # up, not half
        (Need(D(0), setup=D(5)), 1, "5"),
        (Need(D(17), rounding=D(17)), 4, "68"),  # a whole multiple stays
        (Need(D("0.1"), rounding=D("0.3")), 7, "0.9"),
    ],
)
def test_it_works(need: Need, units: int, total: str):
    assert required(need, units) == D(total)


def test_refuses_more_than_a_quantity_can_be():
    with pytest.raises(Refusal) as caught:
        required(Need(D(1_000_000)), 1_000_000)
    assert caught.value.codes == ["requirement_too_large"]
    assert str(caught.value) == "1000000 units at 1000000 each need more than a quantity can be (1000000000)"


def test_due_is_split_into_used_and_lost():
    need = Need(D(1), setup=D(22))
    assert due(need, built=350, consumed_used=D(0), consumed_lost=D(0)) == Due(used=D(350), lost=D(22))


def test_set_up_is_borne_once_over_several_receipts():
    need = Need(D(2), attrition_percent=D(10), setup=D(5))
    first = due(need, built=10, consumed_used=D(0), consumed_lost=D(0))
    second = due(need, built=30, consumed_used=first.used, consumed_lost=first.lost)
    assert (first, second) == (Due(D(20), D(7)), Due(D(40), D(4)))
    assert first.total + second.total == required(need, 30) == D(71)


def test_rounding_up_at_the_first_receipt_pays_for_the_second():
    need = Need(D(3), rounding=D(50))
    first = due(need, built=10, consumed_used=D(0), consumed_lost=D(0))
    assert first == Due(used=D(30), lost=D(20))
    assert due(need, built=16, consumed_used=D(30), consumed_lost=D(20)) == Due(used=D(0), lost=D(0))


def test_nothing_is_due_when_more_was_consumed_than_needed():
    assert due(Need(D(1)), built=5, consumed_used=D(8), consumed_lost=D(0)) == Due(D(0), D(0))


def test_an_open_shortfall_is_due_again():
    """Acceptance books what is there; the rest stays due until it is there."""
    assert due(Need(D(4)), built=10, consumed_used=D(25), consumed_lost=D(0)) == Due(used=D(15), lost=D(0))


@pytest.mark.parametrize(
    ("available", "need", "units"),
    [
        ("68", Need(D(3), rounding=D(17)), 22),
        ("67", Need(D(3), rounding=D(17)), 17),
        ("372", Need(D(1), setup=D(22)), 350),
        ("21", Need(D(1), setup=D(22)), 0),
        ("100", Need(D(1), attrition_percent=D(2)), 98),
        ("0", Need(D(3)), 0),
        ("2.99999", Need(D(3)), 0),
    ],
)
def test_can_build(available: str, need: Need, units: int):
    assert can_build(D(available), need) == units


def test_can_build_has_no_answer_when_units_need_nothing():
    assert can_build(D(5), Need(D(0), setup=D(5))) is None
    assert can_build(D(4), Need(D(0), setup=D(5))) == 0


@given(need=needs, units=decimals("0", "500", 5), more=decimals("0", "500", 5))
def test_more_units_never_need_less(need: Need, units: D, more: D):
    assert required(need, units) <= required(need, units + more)


@given(need=needs, units=st.integers(1, 500))
def test_required_is_enough_and_no_more_than_a_step_and_a_multiple_too_much(need: Need, units: int):
    exact = need.per_unit * units * (1 + need.attrition_percent / 100) + need.setup
    assert exact <= required(need, units) < exact + D("0.00001") + (need.rounding or 0)


@given(need=needs, available=decimals("0", "20000", 5))
def test_can_build_is_the_most_that_the_stock_allows(need: Need, available: D):
    units = can_build(available, need)
    if units is not None and units < 1_000_000:
        assert required(need, units) <= available
        assert required(need, units + 1) > available


@given(need=needs, steps=built_in_steps)
def test_receipts_together_consume_what_one_receipt_would(need: Need, steps: list[D]):
    built, used, lost = D(0), D(0), D(0)
    for step in steps:
        built += step
        now = due(need, built=built, consumed_used=used, consumed_lost=lost)
        assert now.used >= 0
        assert now.lost >= 0
        used, lost = used + now.used, lost + now.lost
        assert used + lost == required(need, built)
        assert used <= required(Need(need.per_unit), built)


@given(need=needs, steps=built_in_steps, shares=st.lists(st.integers(0, 100), min_size=6, max_size=6))
def test_what_could_not_be_consumed_stays_due_and_nothing_is_consumed_twice(
    need: Need, steps: list[D], shares: list[int]
):
    built, used, lost = D(0), D(0), D(0)
    for step, percent in zip(steps, shares, strict=False):
        built += step
        now = due(need, built=built, consumed_used=used, consumed_lost=lost)
        used += (now.used * percent / 100).quantize(D("0.00001"), rounding="ROUND_DOWN")
        lost += (now.lost * percent / 100).quantize(D("0.00001"), rounding="ROUND_DOWN")
        assert used + lost <= required(need, built)
    last = due(need, built=built, consumed_used=used, consumed_lost=lost)
    assert used + lost + last.total == required(need, built)


def fitted(*lines: tuple[int, str]) -> list[tuple[Need, set[int]]]:
    return [(Need(D(per_unit)), {ord(part) for part in parts}) for per_unit, parts in lines]


@pytest.mark.parametrize(
    ("stock", "lines", "units"),
    [
        ({"a": 8}, [(4, "a"), (4, "a")], 1),
        ({"a": 8, "b": 3}, [(4, "a"), (1, "b")], 2),
        ({"a": 10, "b": 10}, [(1, "ab"), (1, "ab")], 10),
        ({"a": 10, "b": 10}, [(1, "ab"), (1, "b")], 10),
        ({"a": 4, "b": 10}, [(1, "ab"), (1, "b")], 7),
        ({"a": 5, "b": 5, "c": 5}, [(1, "ab"), (1, "bc"), (1, "ac")], 5),
        ({"a": 6, "b": 6, "c": 0}, [(1, "ab"), (1, "bc"), (1, "ac")], 4),
        ({"b": 8}, [(1, "ab"), (1, "bc")], 4),
        ({}, [(1, "a"), (1, "a")], 0),
        ({"a": 3}, [(0, "a"), (0, "a")], None),
        ({"a": 3}, [], None),
    ],
)
def test_what_two_lines_could_take_is_counted_once(stock: dict[str, int], lines: list[tuple[int, str]], units: int):
    assert can_build_from({ord(part): D(units) for part, units in stock.items()}, fitted(*lines)) == units


def test_setup_of_lines_that_share_a_part_is_wanted_for_each():
    setup = Need(D(0), setup=D(2))
    assert can_build_from({1: D(3)}, [(setup, {1}), (setup, {1})]) == 0
    assert can_build_from({1: D(4)}, [(setup, {1}), (setup, {1})]) is None
    assert can_build_from({1: D(9)}, [(setup, {1}), (Need(D(2)), {1})]) == 3


def test_more_than_a_quantity_can_be_lies_there():
    assert can_build_from({1: D(10) ** 12}, [(Need(D(1)), {1}), (Need(D(1)), {1})]) == 5 * 10**11


@given(
    stock=st.lists(st.integers(0, 12), min_size=4, max_size=4),
    lines=st.lists(st.tuples(st.integers(1, 3), st.sets(st.integers(0, 3), min_size=1)), min_size=1, max_size=5),
)
def test_no_set_of_lines_takes_more_than_fits_it(stock: list[int], lines: list[tuple[int, set[int]]]):
    """Hall: so many units can be built as long as whatever set of lines needs no more than all that fits any of them."""
    found = can_build_from(
        {part: D(units) for part, units in enumerate(stock)}, [(Need(D(per_unit)), parts) for per_unit, parts in lines]
    )
    chosen = [one for size in range(1, len(lines) + 1) for one in combinations(lines, size)]
    most = min(
        sum(stock[part] for part in set().union(*(parts for _, parts in some))) // sum(need for need, _ in some)
        for some in chosen
    )
    assert found == most
