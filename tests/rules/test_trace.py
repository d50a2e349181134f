"""Which lots are in a unit, and how sure that is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from outwork.rules.states import OutputState
from outwork.rules.trace import Certainty, Fed, Judged, counts, holds, judge, made_until, surest

CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE
DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fed(lot: int, used: int = 5, *, day: int = 0, lost: int = 0, waiting: int = 0) -> Fed:
    return Fed(lot, DAY + timedelta(days=day), Decimal(used), Decimal(lost), Decimal(waiting))


def judged(
    *lots: Fed, until: int | None = 5, wanted: int = 1, unknown: int = 0, is_only_unit: bool = False
) -> dict[int, Certainty]:
    end = None if until is None else DAY + timedelta(days=until)
    found = judge(lots, until=end, wanted=Decimal(wanted), unknown=Decimal(unknown), is_only_unit=is_only_unit)
    return dict(found.lots)


def test_one_lot_is_certain_and_of_several_each_is_possible() -> None:
    assert judged(fed(1)) == {1: CERTAIN}
    assert judged(fed(1), fed(2)) == {1: POSSIBLE, 2: POSSIBLE}
    assert judged() == {}


def test_a_lot_that_came_after_the_unit_is_not_in_it() -> None:
    lots = fed(1), fed(2, day=6)
    assert judged(*lots) == {1: CERTAIN}
    assert judge(lots, until=DAY + timedelta(days=5), wanted=Decimal(1), unknown=Decimal(0)).late == (2,)
    assert judged(fed(1), fed(2, day=5)) == {1: POSSIBLE, 2: POSSIBLE}
    assert judged(fed(2, day=6)) == {}


def test_while_a_unit_is_worked_on_no_lot_is_too_late_and_an_unknown_time_rules_nothing_out() -> None:
    assert judged(fed(1), fed(2, day=60), until=None) == {1: POSSIBLE, 2: POSSIBLE}
    assert judged(Fed(1, None, Decimal(5))) == {1: CERTAIN}


def test_what_waits_may_be_in_the_unit_too_for_acceptance_books_in_the_order_of_allocations() -> None:
    assert judged(fed(1), fed(2, 0, waiting=40)) == {1: POSSIBLE, 2: POSSIBLE}
    assert judged(fed(1, waiting=40)) == {1: CERTAIN}
    assert judged(fed(1, 0, waiting=40)) == {1: POSSIBLE}


def test_a_lot_of_which_only_losses_were_booked_was_on_the_machine() -> None:
    assert judged(fed(1), fed(2, 0, lost=3)) == {1: POSSIBLE, 2: POSSIBLE}


@pytest.mark.parametrize(("unknown", "sure"), [(0, CERTAIN), (99, CERTAIN), (100, POSSIBLE), (500, POSSIBLE)])
def test_a_lot_is_certain_as_long_as_a_unit_cannot_do_without_it(unknown: int, sure: Certainty) -> None:
    assert judged(fed(1, 500), wanted=100, unknown=unknown) == {1: sure}


def test_everything_used_is_in_the_only_unit() -> None:
    assert judged(fed(1), fed(2), is_only_unit=True) == {1: CERTAIN, 2: CERTAIN}
    assert judged(fed(1), fed(2, 0, waiting=5), is_only_unit=True) == {1: POSSIBLE, 2: POSSIBLE}
    assert judged(fed(1), unknown=1, is_only_unit=True) == {1: CERTAIN}


def test_a_unit_that_has_all_it_takes_allocated_to_it_has_nothing_of_the_rest() -> None:
    assert judged(fed(1), wanted=0) == {}


def test_a_unit_holds_what_all_its_possible_lots_hold() -> None:
    two = Judged(((1, POSSIBLE), (2, POSSIBLE)), is_closed=True)
    assert holds(two, certain={1}, possible=set()) is POSSIBLE
    assert holds(two, certain={1, 2}, possible=set()) is CERTAIN
    assert holds(two, certain={1}, possible={2}) is POSSIBLE
    assert holds(two, certain=set(), possible={2}) is POSSIBLE
    assert holds(two, certain={3}, possible={4}) is None
    assert holds(Judged(two.lots), certain={1, 2}, possible=set()) is POSSIBLE
    assert holds(Judged(((1, CERTAIN),), is_closed=True), certain=set(), possible={1}) is POSSIBLE
    assert holds(Judged(), certain={1}, possible={1}) is None


def test_certainty_goes_through_every_level() -> None:
    assert CERTAIN.through(CERTAIN) is CERTAIN
    assert CERTAIN.through(POSSIBLE) is POSSIBLE.through(CERTAIN) is POSSIBLE.through(POSSIBLE) is POSSIBLE


def test_the_surest_way_counts() -> None:
    assert surest([POSSIBLE, None, CERTAIN]) is CERTAIN
    assert surest([None, POSSIBLE]) is POSSIBLE
    assert surest([None]) is None


def test_a_received_unit_was_complete_when_it_came_and_ours_when_it_was_accepted() -> None:
    later = DAY + timedelta(days=3)
    accepted, open_ = OutputState.ACCEPTED, OutputState.IN_PRODUCTION
    assert made_until(state=accepted, made_at=DAY, decided_at=later, came_by_receipt=True) == DAY
    assert made_until(state=open_, made_at=DAY, decided_at=None, came_by_receipt=True) == DAY
    assert made_until(state=accepted, made_at=DAY, decided_at=later, came_by_receipt=False) == later
    assert made_until(state=open_, made_at=DAY, decided_at=later, came_by_receipt=False) is None


def test_a_line_counts_from_its_first_to_its_last_revision() -> None:
    assert counts(1, None, 3)
    assert counts(2, 3, 3)
    assert not counts(2, 3, 1)
    assert not counts(2, 3, 4)
