from collections import defaultdict
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.valuation import Correction, Flow, corrections

D = Decimal
LOT, SPLIT, THIRD = 1, 2, 3


def flows(*rows: tuple[int | None, int | None, int | str]) -> list[Flow]:
    return [
        Flow(number, source, target, D(quantity)) for number, (source, target, quantity) in enumerate(rows, start=1)
    ]


def deltas(found: list[Correction]) -> dict[int, str]:
    return {one.flow_id: f"{one.delta.normalize():f}" for one in found}


def test_it_works():
    """A lot of 100 gets 10.00 more; 30 were split off, and 10 of those were used."""
    history = flows((None, LOT, 100), (LOT, SPLIT, 30), (SPLIT, None, 10))
    assert deltas(corrections(history, {1: D(10)})) == {2: "3", 3: "1"}


def test_a_lower_cost_follows_the_units_too():
    history = flows((None, LOT, 100), (LOT, None, 25))
    assert deltas(corrections(history, {1: D(-10)})) == {2: "-2.5"}


def test_a_whole_move_carries_nothing():
    history = flows((None, LOT, 100), (LOT, LOT, 100), (LOT, SPLIT, 50))
    assert deltas(corrections(history, {1: D(10)})) == {3: "5"}


def test_the_last_units_out_take_what_is_left():
    history = flows((None, LOT, 3), (LOT, None, 1), (LOT, None, 1), (LOT, None, 1))
    assert deltas(corrections(history, {1: D("0.00001")})) == {2: "0.000003", 3: "0.000004", 4: "0.000003"}


def test_units_that_left_before_the_value_came_bear_nothing():
    history = flows((None, LOT, 10), (LOT, None, 4), (None, LOT, 6), (LOT, None, 3))
    assert deltas(corrections(history, {3: D(12)})) == {4: "3"}


def test_value_follows_a_merge_and_a_way_back():
    history = flows(
        (None, LOT, 10),
        (None, SPLIT, 10),
        (LOT, SPLIT, 10),  # merged: 20 in all, half of them with the value
        (SPLIT, LOT, 5),  # and a quarter of them back
        (LOT, None, 5),
    )
    assert deltas(corrections(history, {1: D(8)})) == {3: "8", 4: "2", 5: "2"}


def test_value_can_enter_on_several_movements_and_on_a_whole_move():
    history = flows((None, LOT, 10), (LOT, LOT, 10), (None, SPLIT, 5), (LOT, SPLIT, 5))
    assert deltas(corrections(history, {1: D(1), 2: D(3), 3: D(7)})) == {4: "2"}


def test_value_on_a_movement_out_of_an_item_leaves_the_item_as_it_is():
    history = flows((None, LOT, 10), (LOT, SPLIT, 5), (SPLIT, None, 1), (LOT, None, 5))
    assert deltas(corrections(history, {2: D(5)})) == {3: "1"}
    assert corrections(history, {3: D(5)}) == []


def test_items_that_the_value_comes_past_need_no_history():
    """B was filled from an item whose own history is of no concern."""
    history = flows((99, SPLIT, 10), (None, SPLIT, 10), (SPLIT, None, 5))
    assert deltas(corrections(history, {2: D(4)})) == {3: "1"}


def test_no_value_no_corrections():
    assert corrections(flows((None, LOT, 10), (LOT, None, 4)), {}) == []
    assert corrections([], {}) == []
    assert corrections(flows((None, LOT, 10), (LOT, SPLIT, 0)), {1: D(5)}) == []


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (flows((None, LOT, 10), (LOT, None, 11)), "history of item 1 is not complete"),
        (list(reversed(flows((None, LOT, 10), (LOT, None, 4)))), "order of their ids"),
    ],
)
def test_a_broken_history_is_noticed(history: list[Flow], message: str):
    with pytest.raises(AssertionError, match=message):
        corrections(history, {1: D(1), 2: D(0)})


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Flow], dict[int, Decimal]]:
    """Anything that can happen to five items without going below 0."""
    there: dict[int | None, Decimal] = defaultdict(Decimal)
    found: list[Flow] = []
    for number in range(draw(st.integers(1, 15))):
        source = draw(st.sampled_from([None, 1, 2, 3, 4, 5]))
        target = draw(st.sampled_from([None, 1, 2, 3, 4, 5]))
        if source is None:
            quantity = draw(st.decimals("0.00001", "1000", places=5))
        elif there[source] > 0:
            quantity = draw(st.one_of(st.just(there[source]), st.decimals("0.00001", there[source], places=5)))
        else:
            continue
        there[source] -= quantity
        there[target] += quantity
        found.append(Flow(number, source, target, quantity))
    start = {flow.id: draw(st.decimals("-1000", "1000", places=6)) for flow in found if draw(st.integers(0, 2)) == 0}
    return found, start


@given(histories())
def test_nothing_is_lost_or_made_up(drawn: tuple[list[Flow], dict[int, Decimal]]):
    """What rests in the items and what left them is what came, and an empty item holds nothing of it."""
    history, start = drawn
    borne = {one.flow_id: one.delta for one in corrections(history, start)}
    at_rest: dict[int, Decimal] = defaultdict(Decimal)
    there: dict[int, Decimal] = defaultdict(Decimal)
    left = D(0)
    for flow in history:
        delta = borne.get(flow.id, D(0))
        if flow.source_item is not None:
            at_rest[flow.source_item] -= delta
            there[flow.source_item] -= flow.quantity
        if flow.target_item is not None:
            at_rest[flow.target_item] += delta + start.get(flow.id, D(0))
            there[flow.target_item] += flow.quantity
        else:
            left += delta + start.get(flow.id, D(0))
        if flow.source_item is not None and flow.source_item != flow.target_item and not there[flow.source_item]:
            assert at_rest[flow.source_item] == 0
    assert sum(at_rest.values(), D(0)) + left == sum(start.values(), D(0))
    assert all(delta == round(delta, 6) for delta in borne.values())


def test_ten_thousand_movements_take_no_time():
    history = flows((None, LOT, 100_000), *((LOT, 2 + number, 10) for number in range(10_000)))
    started = process_time()
    found = corrections(history, {1: D("1234.567891")})
    assert process_time() - started < 0.2
    assert sum(one.delta for one in found) == D("1234.567891")
