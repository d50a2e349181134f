"""Netting needs against what is there and coming: known answers, and what must always hold."""

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.planning import Coming, Need, Source, needed_on, net, still_open

ACME, BETA = 1, 2
R, C = 10, 11


def day(number: int) -> datetime.date:
    return datetime.date(2026, 4, number)


def need(key, quantity, on=None, *makers, part=R):
    return Need(key, part, Decimal(quantity), frozenset({None, *makers}), on and day(on))


def stock(quantity, place=None, part=R):
    return Coming(part, Decimal(quantity), Source.STOCK, place)


def order(quantity, on=None, *, source=Source.ORDER, place=None, pk=1, meant=None):
    wanted = {key: Decimal(units) for key, units in (meant or {}).items()}
    return Coming(R, Decimal(quantity), source, place, on and day(on), pk, wanted)


def told(needs, coming):
    """Per need: key, short, and (source, quantity, late) of what serves it."""
    return [
        (one.need.key, one.short, [(c.coming.source.value, c.quantity, c.is_late) for c in one.covers])
        for one in net(needs, coming).needs
    ]


def test_it_works():
    needs = [need(1, 100, 20, ACME), need(2, 50, 10)]
    coming = [stock(60), stock(30, ACME), stock(500, BETA), order(40, 15)]
    assert told(needs, coming) == [
        (2, 0, [("stock", 50, False)]),
        (1, 20, [("stock", 30, False), ("stock", 10, False), ("order", 40, False)]),
    ]
    assert [(one.place, rest) for one, rest in net(needs, coming).left] == [(BETA, 500)]


def test_what_comes_late_serves_the_oldest_need_and_is_marked():
    assert told([need(1, 40, 5), need(2, 40, 25)], [order(50, 20)]) == [
        (1, 0, [("order", 40, True)]),
        (2, 30, [("order", 10, False)]),
    ]


def test_what_was_bought_for_a_need_is_kept_for_it_and_the_rest_is_for_all():
    needs = [need(1, 40, 5), need(2, 10, 25)]
    assert told(needs, [order(50, 20, meant={2: 30})]) == [
        (1, 0, [("order", 40, True)]),
        (2, 0, [("order", 10, False)]),
    ]


def test_drafts_come_last_and_undated_orders_before_them():
    coming = [order(10, 1, source=Source.DRAFT, pk=3), order(10, pk=2), order(10, 8, pk=1), stock(10)]
    [(_, short, covers)] = told([need(1, 100, 10)], coming)
    assert (short, [source for source, _, _ in covers]) == (60, ["stock", "order", "order", "draft"])


def test_stock_at_a_manufacturer_does_not_serve_our_shelf_nor_another_manufacturer():
    assert told([need(None, 10)], [stock(30, ACME)]) == [(None, 10, [])]
    assert told([need(1, 10, 1, BETA)], [stock(30, ACME)]) == [(1, 10, [])]


def test_needs_without_a_day_come_last():
    assert [key for key, _, _ in told([need(1, 1), need(2, 1, 9), need(3, 1, 2)], [])] == [3, 2, 1]


@pytest.mark.parametrize(
    ("received", "expected"),
    [(0, {1: 40, 2: 60}), (30, {1: 10, 2: 60}), (40, {2: 60}), (90, {2: 10}), (100, {}), (120, {})],
)
def test_what_came_serves_in_the_order_it_was_meant(received, expected):
    assert still_open(Decimal(120), Decimal(received), [(1, Decimal(40)), (2, Decimal(60))]) == expected


def test_a_line_that_was_cut_gives_the_first_ones_theirs():
    assert still_open(Decimal(50), Decimal(0), [(1, Decimal(40)), (2, Decimal(60))]) == {1: 40, 2: 10}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"start": day(1), "target": day(20)}, day(1)),
        ({"start": None, "target": day(20)}, day(20)),
        ({"start": None, "target": day(20), "lead_days": 9}, day(11)),
        ({"start": day(1), "target": day(20), "promised": day(25), "lead_days": 10}, day(15)),
        ({"start": None, "target": None, "promised": day(25)}, day(25)),
        ({"start": None, "target": None, "lead_days": 9}, None),
    ],
)
def test_the_day_components_must_lie_ready(facts, expected):
    assert needed_on(**facts) == expected


places = st.sampled_from([None, ACME, BETA])
days = st.none() | st.integers(1, 28).map(day)
amounts = st.decimals(min_value=0, max_value=200, places=2)
needs_ = st.lists(
    st.builds(
        Need,
        st.integers(1, 5),
        st.sampled_from([R, C]),
        amounts,
        st.frozensets(places).map(lambda one: one | {None}),
        days,
    ),
    max_size=6,
)
comings = st.lists(
    st.builds(
        Coming,
        st.sampled_from([R, C]),
        amounts,
        st.sampled_from(Source),
        places,
        days,
        st.integers(1, 9),
        st.dictionaries(st.integers(1, 5), amounts, max_size=2),
    ),
    max_size=6,
)


@given(needs_, comings)
def test_nothing_serves_twice_nor_elsewhere_nor_too_much(needs, coming):
    found = net(needs, coming)
    used: dict[int, Decimal] = defaultdict(Decimal)
    for one in found.needs:
        assert one.short + sum((c.quantity for c in one.covers), Decimal(0)) == one.need.quantity
        assert one.short >= 0
        for cover in one.covers:
            assert cover.quantity > 0
            assert cover.coming.place in one.need.places
            assert cover.coming.part == one.need.part
            used[id(cover.coming)] += cover.quantity
    for left, rest in found.left:
        used[id(left)] += rest
    # Equal supplies may be one object; all that there was is used or left.
    assert sum(used.values(), Decimal(0)) == sum((one.quantity for one in coming), Decimal(0))


@given(needs_, comings)
def test_no_need_is_short_while_something_that_would_do_is_left(needs, coming):
    found = net(needs, coming)
    for one in found.needs:
        if one.short:
            assert not [c for c, _ in found.left if c.part == one.need.part and c.place in one.need.places]


@given(needs_, comings)
def test_at_one_place_an_older_need_is_never_short_for_a_younger_one(needs, coming):
    ours = [Need(one.key, one.part, one.quantity, day=one.day) for one in needs]
    meant_for_nobody = [Coming(c.part, c.quantity, c.source, c.place, c.day, c.id) for c in coming]
    for part in (R, C):
        short = [one for one in net(ours, meant_for_nobody).needs if one.need.part == part and one.need.quantity]
        seen = False
        for one in short:
            assert not (seen and one.covers)
            seen = seen or one.short > 0
