from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.quantities import rounded_money
from outwork.rules.valuation import Flow, Replay, Value, plus, replay

D = Decimal
LOT, SPLIT, THIRD = 1, 2, 3
ALL = range(20_000)


def flows(*rows: tuple[int | None, int | None, int | str, str | None]) -> list[Flow]:
    return [
        Flow(number, source, target, D(quantity), None if value is None else D(value))
        for number, (source, target, quantity, value) in enumerate(rows, start=1)
    ]


def after(found: Replay) -> dict[int, str | None]:
    return {one.flow_id: None if one.after is None else f"{one.after.normalize():f}" for one in found.restated}


def test_it_works():
    """A lot of 100 at 20.00 cost 30.00; 30 were split off, and 10 of those were used."""
    history = flows((None, LOT, 100, "20"), (LOT, SPLIT, 30, "6"), (SPLIT, None, 10, "2"))
    found = replay(history, {1: D(30)}, ALL)
    assert after(found) == {1: "30", 2: "9", 3: "3"}
    assert found.values == {LOT: D(21), SPLIT: D(6)}


def test_a_lower_cost_follows_the_units_too():
    history = flows((None, LOT, 100, "20"), (LOT, None, 25, "5"))
    assert after(replay(history, {1: D(10)}, ALL)) == {1: "10", 2: "2.5"}


def test_the_last_units_out_take_what_is_left():
    history = flows((None, LOT, 3, "0"), (LOT, None, 1, "0"), (LOT, None, 1, "0"), (LOT, None, 1, "0"))
    found = replay(history, {1: D("0.00001")}, ALL)
    assert after(found) == {1: "0.00001", 2: "0.000003", 3: "0.000004", 4: "0.000003"}


def test_units_that_left_before_the_value_came_bear_nothing():
    history = flows((None, LOT, 10, "1"), (LOT, None, 4, "0.4"), (None, LOT, 6, "0"), (LOT, None, 3, "0.15"))
    assert after(replay(history, {3: D(12)}, ALL)) == {3: "12", 4: "3.15"}


def test_value_follows_a_merge_and_a_way_back():
    history = flows(
        (None, LOT, 10, "0"),
        (None, SPLIT, 10, "0"),
        (LOT, SPLIT, 10, "0"),  # merged: 20 in all, half of them with the value
        (SPLIT, LOT, 5, "0"),  # and a quarter of them back
        (LOT, None, 5, "0"),
    )
    assert after(replay(history, {1: D(8)}, ALL)) == {1: "8", 3: "8", 4: "2", 5: "2"}


def test_a_whole_move_is_restated_only_where_its_value_is_read_later():
    history = flows((None, LOT, 10, "1"), (LOT, LOT, 10, "1"), (LOT, SPLIT, 5, "0.5"))
    assert after(replay(history, {1: D(3)}, ALL)) == {1: "3", 3: "1.5"}
    used = [history[0], Flow(2, LOT, LOT, D(10), D(1), is_kept=True)]
    assert after(replay(used, {1: D(3)}, ALL)) == {1: "3", 2: "3"}


def test_what_was_unknown_gets_its_part_of_the_whole_and_not_of_the_difference():
    """Units of unknown price that bore known components: the first split took nothing known along."""
    history = flows((None, LOT, 10, None), (None, LOT, 0, "5"), (LOT, SPLIT, 4, None), (SPLIT, None, 1, None))
    found = replay(history, {1: D(30)}, ALL)
    assert after(found) == {1: "30", 3: "14", 4: "3.5"}
    assert found.values == {LOT: D(21), SPLIT: D("10.5")}


def test_what_becomes_unknown_is_unknown_everywhere_until_the_item_is_empty():
    history = flows((None, LOT, 10, "1"), (LOT, SPLIT, 4, "0.4"), (LOT, None, 6, "0.6"), (None, LOT, 5, "7"))
    found = replay(history, {1: None}, ALL)
    assert after(found) == {1: None, 2: None, 3: None}
    assert found.values == {LOT: D(7), SPLIT: None}


def test_what_units_were_said_to_be_worth_stays_although_the_rest_was_unknown():
    history = flows((None, LOT, 10, None), (LOT, None, 4, "9"), (LOT, None, 6, None))
    assert after(replay(history, {1: D(20)}, ALL)) == {1: "20", 3: "11"}


def test_items_beside_the_way_need_no_history():
    """The second item was filled from one whose own history is of no concern."""
    history = flows((99, SPLIT, 10, "1"), (None, SPLIT, 10, "1"), (SPLIT, None, 5, "0.5"))
    assert after(replay(history, {2: D(5)}, {SPLIT})) == {2: "5", 3: "1.5"}


def test_nothing_stated_nothing_restated():
    history = flows((None, LOT, 10, "1"), (LOT, None, 4, "0.4"))
    assert replay(history, {}, ALL).restated == []
    assert replay(history, {1: D(1)}, ALL).restated == []
    assert replay([], {}, ALL) == Replay([], {})


def test_a_broken_history_is_noticed():
    with pytest.raises(AssertionError, match="history of item 1 is not complete"):
        replay(flows((None, LOT, 10, "1"), (LOT, None, 11, "1")), {1: D(2)}, ALL)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Flow], dict[int, Value]]:
    """Anything that can happen to four items, booked as the ledger books it; and what it should have been."""
    there: dict[int, Decimal] = defaultdict(Decimal)
    worth: dict[int, Value] = defaultdict(Decimal)
    values = st.one_of(st.none(), st.decimals("0", "1000", places=6))
    found: list[Flow] = []
    for number in range(draw(st.integers(1, 15))):
        source, target = draw(st.sampled_from([None, 1, 2, 3, 4])), draw(st.sampled_from([None, 1, 2, 3, 4]))
        if source == target:
            continue
        if source is None:
            quantity, value = draw(st.decimals("0.00001", "1000", places=5)), draw(values)
        elif there[source] > 0:
            quantity = draw(st.one_of(st.just(there[source]), st.decimals("0.00001", there[source], places=5)))
            value, held = worth[source], worth[source]
            if quantity != there[source] and held is not None:
                value = rounded_money(held * quantity / there[source])
            there[source] -= quantity
            worth[source] = plus(worth[source], value, sign=-1) if there[source] else D(0)
        else:
            continue
        if target is not None:
            there[target] += quantity
            worth[target] = plus(worth[target], value)
        found.append(Flow(number, source, target, quantity, value))
    stated = {flow.id: draw(values) for flow in found if flow.source_item is None and draw(st.booleans())}
    return found, stated


@given(histories())
def test_nothing_is_lost_or_made_up(drawn: tuple[list[Flow], dict[int, Value]]):
    """Once all is known, what rests in the items and what left them is what came; an empty item is worth nothing."""
    history, stated = drawn
    found = replay(history, stated, ALL)
    restated = {one.flow_id: one.after for one in found.restated}
    second = [Flow(f.id, f.source_item, f.target_item, f.quantity, restated.get(f.id, f.value)) for f in history]
    assert replay(second, stated, ALL) == Replay([], found.values)

    known = {flow.id: D(flow.id) for flow in second if flow.source_item is None}
    last = replay(second, known, ALL)
    worth = {flow.id: flow.value for flow in second} | {one.flow_id: one.after for one in last.restated}
    assert None not in worth.values()
    left = sum((worth[flow.id] or D(0) for flow in history if flow.target_item is None), D(0))
    rest = sum((value or D(0) for value in last.values.values()), D(0))
    came = sum((worth[flow.id] or D(0) for flow in history if flow.source_item is None), D(0))
    assert (
        left + rest
        == came
        == sum(known.values(), D(0))
        + sum((worth[f.id] or D(0) for f in history if f.source_item is None and f.id not in known), D(0))
    )


def test_ten_thousand_movements_are_no_matter():
    rows = [(LOT, 2 + number, 10, "0") for number in range(10_000)]
    history = flows((None, LOT, 100_000, "0"), *rows)
    found = replay(history, {1: D("1234.567891")}, ALL)
    assert sum(one.after or D(0) for one in found.restated[1:]) == D("1234.567891")
