from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.allocation import (
    Candidate,
    LinePlan,
    Order,
    Policy,
    Rank,
    Take,
    Verdict,
    Wanted,
    Why,
    plan_allocation,
)

D = Decimal
ACME, OTHER = 7, 8
START = datetime(2026, 1, 1, tzinfo=UTC)
ANY = Policy(interchangeable=True, manufacturer_ids=frozenset({ACME}))
CHOOSY = Policy(manufacturer_ids=frozenset({ACME}))


def lot(item_id: int, free: int | str, **more: Any) -> Candidate:
    return Candidate(item_id, 1, D(free), **more)


def line(need: int | str, *candidates: Candidate, policy: Policy = ANY) -> LinePlan:
    [plan] = plan_allocation([Wanted(1, 1, D(need))], {1: candidates}, policy)
    return plan


def taken(plan: LinePlan) -> dict[int, int]:
    return {take.item_id: int(take.quantity) for take in plan.takes}


def verdicts(plan: LinePlan) -> dict[int | None, str]:
    return {said.item_id: said.verdict for said in plan.explanation}


def test_it_works():
    plan = line(40, lot(1, 30), lot(2, 30), lot(3, 30))
    assert plan.takes == (Take(1, D(30), Why.OUR_STOCK), Take(2, D(10), Why.OUR_STOCK))
    assert plan.missing == 0
    assert [(said.item_id, said.text()) for said in plan.explanation] == [
        (1, "30 of 30 taken"),
        (2, "10 of 30 taken"),
        (3, "30 free, not needed"),
    ]


def test_what_lies_at_the_manufacturer_goes_first_even_a_substitute():
    plan = line(40, lot(1, 100), lot(2, 30, company_id=ACME, rank=Rank.SUBSTITUTE))
    assert plan.takes == (Take(2, D(30), Why.AT_MANUFACTURER), Take(1, D(10), Why.OUR_STOCK))


def test_stock_at_another_manufacturer_is_never_taken():
    plan = line(40, lot(1, 100, company_id=OTHER, location_name="Other Works"))
    assert (plan.takes, plan.missing) == ((), 40)
    assert plan.explanation[0].text() == "at another manufacturer: Other Works"


def test_the_part_itself_comes_before_its_variants_and_substitutes():
    plan = line(25, lot(1, 10, rank=Rank.SUBSTITUTE), lot(2, 10, rank=Rank.VARIANT), lot(3, 10))
    assert list(taken(plan).items()) == [(3, 10), (2, 10), (1, 5)]


def test_ten_pieces_are_never_given_twice():
    wanted = [Wanted(1, 1, D(10)), Wanted(2, 1, D(10))]
    first, second = plan_allocation(wanted, {1: [lot(5, 10)], 2: [lot(5, 10)]}, CHOOSY)
    assert (taken(first), taken(second)) == ({5: 10}, {})
    assert second.missing == 10
    assert second.explanation[0].text() == "all 10 went to lines before this one"


def test_a_lot_that_other_lines_used_up_is_no_choice_any_more():
    wanted = [Wanted(1, 1, D(10)), Wanted(2, 1, D(5))]
    _, second = plan_allocation(wanted, {1: [lot(5, 10)], 2: [lot(5, 10), lot(6, 10)]}, CHOOSY)
    assert taken(second) == {6: 5}


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (Order.OLDEST, 2),
        (Order.NEWEST, 1),
        (Order.SMALLEST, 3),
        (Order.LARGEST, 2),
        (Order.EXPIRY, 1),
        (Order.UPDATED, 3),
        (Order.RECENTLY_UPDATED, 2),
    ],
)
def test_orders(order: Order, first: int):
    lots = [
        lot(1, 20, received_at=START + timedelta(9), expiry=date(2027, 1, 1), updated_at=START + timedelta(5)),
        lot(2, 30, received_at=START, expiry=date(2028, 1, 1), updated_at=START + timedelta(8)),
        lot(3, 10, received_at=START + timedelta(5), updated_at=START),
        lot(4, 25),
    ]
    policy = Policy(order=order, interchangeable=True)
    assert next(iter(taken(line(85, *lots, policy=policy)))) == first
    assert taken(line(85, *lots, policy=policy)) == taken(line(85, *reversed(lots), policy=policy))


@pytest.mark.parametrize("order", [Order.OLDEST, Order.NEWEST, Order.EXPIRY, Order.UPDATED, Order.RECENTLY_UPDATED])
def test_what_has_no_date_comes_last_and_the_lower_id_first(order: Order):
    dated = lot(9, 1, received_at=START, expiry=date(2027, 1, 1), updated_at=START)
    plan = line(3, lot(5, 1), lot(4, 1), dated, policy=Policy(order=order, interchangeable=True))
    assert list(taken(plan)) == [9, 4, 5]


def test_lots_that_are_not_interchangeable_are_left_to_people():
    plan = line(10, lot(1, 50), lot(2, 50), lot(3, 0), policy=CHOOSY)
    assert (plan.takes, plan.missing) == ((), 10)
    assert plan.explanation[0].text() == "several lots fit (2): choose one, or say that they are interchangeable"
    assert verdicts(plan) == {
        None: Verdict.SEVERAL_FIT,
        1: Verdict.SEVERAL_FIT,
        2: Verdict.SEVERAL_FIT,
        3: Verdict.NOTHING_FREE,
    }


def test_one_lot_that_is_too_little_is_taken_all_the_same():
    plan = line(10, lot(1, 4), policy=CHOOSY)
    assert (taken(plan), plan.missing) == ({1: 4}, 6)


def test_the_only_lot_at_the_manufacturer_is_taken_if_it_covers_the_line():
    plan = line(10, lot(1, 50), lot(2, 10, company_id=ACME), policy=CHOOSY)
    assert taken(plan) == {2: 10}
    assert verdicts(plan) == {2: Verdict.TAKEN, 1: Verdict.NOT_NEEDED}


@pytest.mark.parametrize("there", [[9], [10, 10], [50, 50]])
def test_otherwise_several_lots_at_the_manufacturer_are_a_choice_too(there: list[int]):
    lots = [lot(number, free, company_id=ACME) for number, free in enumerate(there, start=2)]
    assert taken(line(10, lot(1, 50), *lots, policy=CHOOSY)) == {}


def test_lots_that_cannot_serve_do_not_make_it_a_choice():
    plan = line(10, lot(1, 50), lot(2, 50, company_id=OTHER), lot(3, 0), policy=CHOOSY)
    assert taken(plan) == {1: 10}


def test_substitutes_can_be_left_out():
    policy = Policy(substitutes=False, interchangeable=True)
    plan = line(10, lot(1, 4), lot(2, 50, rank=Rank.SUBSTITUTE), policy=policy)
    assert (taken(plan), plan.missing) == ({1: 4}, 6)
    assert verdicts(plan)[2] == Verdict.SUBSTITUTE_NOT_WANTED


def test_what_has_expired_is_left_unless_it_is_wanted():
    old, last_day = lot(1, 10, expiry=date(2026, 5, 1)), lot(2, 10, expiry=date(2026, 5, 2))
    policy = Policy(interchangeable=True, today=date(2026, 5, 2))
    plan = line(20, old, last_day, policy=policy)
    assert (taken(plan), verdicts(plan)[1]) == ({2: 10}, Verdict.EXPIRED)
    assert plan.explanation[1].text() == "expired on 2026-05-01"
    policy = Policy(interchangeable=True, today=date(2026, 5, 2), use_expired=True)
    assert taken(line(20, old, last_day, policy=policy)) == {1: 10, 2: 10}


@pytest.mark.parametrize("need", ["0", "-3"])
@pytest.mark.parametrize("policy", [ANY, CHOOSY])
def test_a_line_that_needs_nothing_gets_nothing(need: str, policy: Policy):
    plan = line(need, lot(1, 4), lot(2, 5), policy=policy)
    assert (plan.takes, plan.missing) == ((), 0)
    assert verdicts(plan) == {1: Verdict.NOT_NEEDED, 2: Verdict.NOT_NEEDED}


def test_no_stock_is_said():
    assert verdicts(line(5)) == {None: Verdict.NO_STOCK}
    assert line(0).explanation == ()
    assert plan_allocation([], {}, ANY) == []


lots_strategy = st.lists(
    st.builds(
        Candidate,
        item_id=st.integers(1, 6),
        part_id=st.just(1),
        free=st.just(D(0)),
        company_id=st.sampled_from([None, ACME, OTHER]),
        rank=st.sampled_from(Rank),
    ),
    max_size=5,
    unique_by=lambda candidate: candidate.item_id,
)


@given(
    needs=st.lists(st.integers(0, 30), max_size=5),
    lots=st.lists(lots_strategy, min_size=5, max_size=5),
    stock=st.lists(st.integers(0, 40), min_size=7, max_size=7),
    interchangeable=st.booleans(),
    order=st.sampled_from(Order),
)
def test_what_is_planned_adds_up(
    needs: list[int], lots: list[list[Candidate]], stock: list[int], interchangeable: bool, order: Order
):
    wanted = [Wanted(number, 1, D(need)) for number, need in enumerate(needs)]
    by_line = {
        number: [lot(one.item_id, stock[one.item_id], company_id=one.company_id, rank=one.rank) for one in candidates]
        for number, candidates in enumerate(lots)
    }
    policy = Policy(order=order, interchangeable=interchangeable, manufacturer_ids=frozenset({ACME}))
    plans = plan_allocation(wanted, by_line, policy)
    given_out = [0] * 7
    for want, plan in zip(wanted, plans, strict=True):
        assert sum(take.quantity for take in plan.takes) + plan.missing == want.need
        assert all(take.quantity > 0 for take in plan.takes)
        spoken_of = [said.item_id for said in plan.explanation if said.item_id is not None]
        assert sorted(spoken_of) == sorted(candidate.item_id for candidate in by_line[want.line_id])
        assert all(said.text() for said in plan.explanation)
        for take in plan.takes:
            given_out[take.item_id] += int(take.quantity)
        if interchangeable and plan.missing:
            usable = [one for one in by_line[want.line_id] if one.company_id != OTHER]
            assert all(given_out[one.item_id] == stock[one.item_id] for one in usable)
    assert all(given <= there for given, there in zip(given_out, stock, strict=True))


def test_a_thousand_lines_are_no_matter():
    wanted = [Wanted(number, number, D(10)) for number in range(1000)]
    by_line = {
        number: [
            lot(
                number * 3 + at, 7, received_at=START + timedelta(hours=number * at), company_id=(None, ACME, OTHER)[at]
            )
            for at in range(3)
        ]
        for number in range(1000)
    }
    plans = plan_allocation(wanted, by_line, ANY)
    assert sum(len(plan.takes) for plan in plans) == 2000


def test_a_lot_is_taken_whole_and_shared_by_the_lines_of_one_build():
    reel = lot(1, 5000)
    wanted = [Wanted(1, 1, D(40)), Wanted(2, 1, D(60))]
    first, second = plan_allocation(wanted, {1: [reel], 2: [reel]}, Policy(whole_items=True))
    assert [(one.item_id, one.quantity) for one in first.takes] == [(1, 40)]
    assert [(one.item_id, one.quantity) for one in second.takes] == [(1, 4960)]
    assert [one.text() for one in second.explanation] == ["4960 taken whole, 4900 more than needed"]


def test_a_lot_that_others_have_a_part_of_is_not_taken_whole():
    shared = lot(1, 100, for_others=D(20))
    (plan,) = plan_allocation([Wanted(1, 1, D(40))], {1: [shared]}, Policy(whole_items=True))
    assert (plan.takes, plan.missing) == ((), 40)
    assert [one.text() for one in plan.explanation] == ["20 of it are for others, and lots are taken whole"]
