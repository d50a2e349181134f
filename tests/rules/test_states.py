from enum import IntEnum

import pytest

from outwork.rules import states
from outwork.rules.refusals import Refusal
from outwork.rules.states import (
    AVAILABLE_STOCK,
    BUILD,
    OPEN_BUILD,
    OPEN_ORDER,
    OUTPUT,
    PURCHASE_ORDER,
    BuildStatus,
    OrderStatus,
    OutputState,
    StockStatus,
)


def test_it_works():
    states.require_move(BUILD, BuildStatus.PENDING, BuildStatus.PRODUCTION, document="BO-0007")
    states.require_move(PURCHASE_ORDER, 10, OrderStatus.PLACED, document="PO-0001")
    states.require(BuildStatus.ON_HOLD, OPEN_BUILD, "BO-0007")


@pytest.mark.parametrize(
    ("enum", "numbers"),
    [
        (BuildStatus, {"PENDING": 10, "PRODUCTION": 20, "ON_HOLD": 25, "CANCELLED": 30, "COMPLETE": 40}),
        (
            OrderStatus,
            {
                "DRAFT": 10,
                "PLACED": 20,
                "ON_HOLD": 25,
                "COMPLETE": 30,
                "CANCELLED": 40,
                "LOST": 50,
                "RETURNED": 60,
            },
        ),
        (
            StockStatus,
            {
                "OK": 10,
                "ATTENTION": 50,
                "DAMAGED": 55,
                "DESTROYED": 60,
                "REJECTED": 65,
                "LOST": 70,
                "QUARANTINED": 75,
                "RETURNED": 85,
            },
        ),
    ],
)
def test_numbers_are_those_of_inventree(enum: type[IntEnum], numbers: dict[str, int]):
    assert {member.name: member.value for member in enum} == numbers


def test_available_stock_is_what_may_be_allocated():
    assert set(AVAILABLE_STOCK) == {10, 50, 55, 85}


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (BuildStatus.PENDING, [BuildStatus.PRODUCTION, BuildStatus.ON_HOLD, BuildStatus.CANCELLED]),
        (BuildStatus.PRODUCTION, [BuildStatus.ON_HOLD, BuildStatus.CANCELLED, BuildStatus.COMPLETE]),
        (BuildStatus.ON_HOLD, [BuildStatus.PRODUCTION, BuildStatus.CANCELLED]),
        (BuildStatus.CANCELLED, []),
        (BuildStatus.COMPLETE, [BuildStatus.PRODUCTION]),
    ],
)
def test_the_life_of_a_build(state: BuildStatus, after: list[BuildStatus]):
    assert states.next_states(BUILD, state) == after


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (OrderStatus.DRAFT, [OrderStatus.PLACED, OrderStatus.ON_HOLD, OrderStatus.CANCELLED]),
        (
            OrderStatus.PLACED,
            [
                OrderStatus.ON_HOLD,
                OrderStatus.COMPLETE,
                OrderStatus.CANCELLED,
                OrderStatus.LOST,
                OrderStatus.RETURNED,
            ],
        ),
        (OrderStatus.ON_HOLD, [OrderStatus.PLACED, OrderStatus.CANCELLED]),
        (OrderStatus.COMPLETE, [OrderStatus.PLACED, OrderStatus.RETURNED]),
        (OrderStatus.CANCELLED, []),
        (OrderStatus.LOST, [OrderStatus.PLACED]),
        (OrderStatus.RETURNED, []),
    ],
)
def test_the_life_of_a_purchase_order(state: OrderStatus, after: list[OrderStatus]):
    assert states.next_states(PURCHASE_ORDER, state) == after


def test_a_withdrawn_output_is_the_end_and_a_scrapped_one_can_be_taken_back():
    assert states.next_states(OUTPUT, OutputState.WITHDRAWN) == []
    assert states.next_states(OUTPUT, OutputState.SCRAPPED) == [OutputState.IN_PRODUCTION]


def test_no_table_moves_a_document_to_where_it_is():
    for table in (BUILD, PURCHASE_ORDER, OUTPUT):
        assert all(before != after for before, after in table)


def test_a_repeated_move_is_told_apart():
    assert states.is_repeat(BuildStatus.CANCELLED, BuildStatus.CANCELLED)
    assert not states.is_repeat(BuildStatus.PENDING, BuildStatus.CANCELLED)


def test_refuses_a_move_that_is_not_in_the_table():
    with pytest.raises(Refusal) as caught:
        states.require_move(BUILD, 40, BuildStatus.PENDING, document="BO-0007")
    assert caught.value.codes == ["transition_impossible"]
    assert str(caught.value) == "BO-0007 is complete and cannot become pending"


def test_refuses_a_move_to_the_same_state_when_nobody_asked_for_the_repeat():
    with pytest.raises(Refusal):
        states.require_move(BUILD, BuildStatus.COMPLETE, BuildStatus.COMPLETE, document="BO-0007")


def test_refuses_work_in_the_wrong_state_and_names_the_right_ones():
    with pytest.raises(Refusal) as caught:
        states.require(30, OPEN_BUILD, "BO-0007")
    assert caught.value.codes == ["wrong_state"]
    assert str(caught.value) == "BO-0007 is cancelled; this needs it pending, in production or on hold"


@pytest.mark.parametrize(
    ("state", "allowed", "mend"),
    [
        (OrderStatus.COMPLETE, {OrderStatus.PLACED}, "reopen it first"),
        (OrderStatus.DRAFT, {OrderStatus.PLACED, OrderStatus.ON_HOLD}, "place it first"),
        (OrderStatus.LOST, OPEN_ORDER, "place it again first"),
        (BuildStatus.COMPLETE, OPEN_BUILD, "reopen it first"),
        (BuildStatus.PENDING, {BuildStatus.PRODUCTION}, "issue it first"),
    ],
)
def test_the_wrong_state_names_the_way_out(state, allowed, mend):
    with pytest.raises(Refusal) as caught:
        states.require(state, allowed, "X")
    assert str(caught.value).endswith(f": {mend}")


def test_refuses_with_one_allowed_state():
    with pytest.raises(Refusal, match=r"^PO-0001 is on hold; this needs it placed: place it again first$"):
        states.require(OrderStatus.ON_HOLD, {OrderStatus.PLACED}, "PO-0001")
