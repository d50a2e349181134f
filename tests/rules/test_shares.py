from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from outwork.rules.shares import in_shares

D = Decimal
SIXTY_FORTY = {1: D(60), 2: D(40)}


def test_it_works():
    assert in_shares(D(100), SIXTY_FORTY, {}) == {1: 60, 2: 40}
    assert in_shares(D(10), SIXTY_FORTY, {1: D(60), 2: D(40)}) == {1: 6, 2: 4}


def test_whole_totals_are_made_of_whole_pieces():
    assert in_shares(D(1), SIXTY_FORTY, {}) == {1: 1}
    assert in_shares(D(1), SIXTY_FORTY, {1: D(1)}) == {2: 1}
    assert in_shares(D(7), {1: D(1), 2: D(1)}, {}) == {1: 4, 2: 3}
    assert in_shares(D("0.5"), SIXTY_FORTY, {}) == {1: D("0.3"), 2: D("0.2")}


def test_a_part_that_is_ahead_waits():
    assert in_shares(D(10), SIXTY_FORTY, {1: D(60)}) == {2: 10}


def test_nothing_is_nothing():
    assert in_shares(D(0), SIXTY_FORTY, {}) == {}
    assert in_shares(D(5), {}, {}) == {}


@given(
    totals=st.lists(st.integers(1, 500), min_size=1, max_size=20),
    shares=st.dictionaries(st.integers(1, 4), st.integers(1, 100).map(D), min_size=1),
)
def test_every_sum_is_exact_and_stays_within_a_piece_of_the_shares(totals: list[int], shares: dict[int, D]):
    consumed = dict.fromkeys(shares, D(0))
    for total in totals:
        parts = in_shares(D(total), shares, consumed)
        assert sum(parts.values()) == total
        assert all(one > 0 and one == one.to_integral_value() for one in parts.values())
        for part, one in parts.items():
            consumed[part] += one
    everything, weight = sum(consumed.values()), sum(shares.values())
    for part, share in shares.items():
        assert abs(consumed[part] - everything * share / weight) <= len(shares)
