"""Who bears what a build cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.costing import Consumed, Decided, bear_build, bear_event, landed_value, share

D = Decimal
FIRST, SECOND, LAST = 1, 2, 3


def good(output: int, units: int, service: str | None = "0") -> Decided:
    return Decided(output, D(units), True, None if service is None else D(service))


def bad(output: int, units: int, service: str | None = "0") -> Decided:
    return Decided(output, D(units), False, None if service is None else D(service))


def used(event: int, value: str | None, output: int | None = None) -> Consumed:
    return Consumed(event, output, None if value is None else D(value))


def test_it_works():
    """Each output bears what its own event consumed, and the rest falls on all good ones by their number."""
    consumed = [used(FIRST, "8"), used(SECOND, "6"), used(LAST, "1")]
    decisions = {FIRST: {10: D(4)}, SECOND: {11: D(2), 12: D(1)}}
    outputs = [good(10, 4), good(11, 2), bad(12, 1, "3")]
    assert bear_build(consumed, decisions, outputs, is_final=False) == {10: D(8), 11: D(4), 12: D(2)}
    assert bear_build(consumed, decisions, outputs, is_final=True) == {10: D(12), 11: D(6), 12: D(-3)}


def test_what_went_into_one_unit_is_borne_by_it():
    consumed = [used(FIRST, "5", 10), used(FIRST, "4")]
    assert bear_event(consumed, {10: D(1), 11: D(1)}) == {10: D(7), 11: D(2)}
    outputs = [good(10, 1), good(11, 1)]
    decisions = {FIRST: {10: D(1), 11: D(1)}}
    assert bear_build(consumed, decisions, outputs, is_final=False) == {10: D(7), 11: D(2)}


def test_what_went_into_units_that_never_came_falls_on_all():
    assert bear_build([used(FIRST, "3", 99)], {}, [good(10, 1), good(11, 2)], is_final=True) == {10: D(1), 11: D(2)}


def test_an_unknown_lot_makes_unknown_only_the_units_that_have_it():
    consumed = [used(FIRST, "8"), used(SECOND, None)]
    decisions = {FIRST: {10: D(1)}, SECOND: {11: D(1)}}
    assert bear_build(consumed, decisions, [good(10, 1), good(11, 1)], is_final=True) == {10: D(8), 11: None}
    assert bear_build(consumed, decisions, [good(10, 1), bad(11, 1)], is_final=True) == {10: None, 11: D(0)}
    assert bear_build([], {}, [good(10, 1), bad(11, 1, None)], is_final=True) == {10: None, 11: None}


def test_without_good_units_the_rejected_keep_what_they_cost():
    outputs = [bad(10, 1, "3"), bad(11, 1, "3")]
    assert bear_build([used(LAST, "1")], {}, outputs, is_final=True) == {10: D("0.5"), 11: D("0.5")}
    assert bear_build([used(LAST, "1")], {}, [], is_final=True) == {}


def test_unknown_is_for_all():
    assert share(None, {1: D(1), 2: D(1)}) == {1: None, 2: None}
    assert share(D("0.01"), {2: D(1), 1: D(2)}) == {1: D("0.006667"), 2: D("0.003333")}
    assert share(D(5), {}) == {}


@pytest.mark.parametrize("receipts", [(40, 35, 25), (1,) * 100, (100,)])
def test_receipts_of_a_line_add_up_to_its_cost(receipts):
    unit, before, total = D(37) / 3, D(0), D(0)
    for units in receipts:
        value = landed_value(unit, before, D(units))
        assert value is not None
        before, total = before + units, total + value
    assert total == D("1233.333333")
    assert landed_value(None, D(0), D(1)) is None


amounts = st.decimals("0", "10000", places=6)


@given(
    st.lists(st.tuples(st.integers(1, 3), amounts), max_size=6),
    st.lists(st.tuples(st.integers(1, 50), st.booleans(), amounts, st.integers(1, 3)), max_size=6),
)
def test_good_units_bear_all_of_it_exactly(consumed, units):
    outputs = [Decided(n, D(count), is_good, service) for n, (count, is_good, service, _) in enumerate(units)]
    decisions: dict[int, dict[int, Decimal]] = {}
    for number, (count, _, _, event) in enumerate(units):
        decisions.setdefault(event, {})[number] = D(count)
    borne = bear_build([Consumed(e, None, v) for e, v in consumed], decisions, outputs, is_final=True)
    total = sum((v for _, v in consumed), D(0)) + sum((one.service or D(0) for one in outputs), D(0))
    values = {one.output_id: (one.service or D(0)) + (borne[one.output_id] or D(0)) for one in outputs}
    if outputs:
        assert sum(values.values(), D(0)) == total
    if any(one.is_good for one in outputs):
        assert all(values[one.output_id] == 0 for one in outputs if not one.is_good)
