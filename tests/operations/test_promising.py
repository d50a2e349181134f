"""What was requested, confirmed and promised for order lines, with every change and its reason."""

import datetime

import pytest

from outwork.models import PromiseChange
from outwork.operations.order_states import cancel_order
from outwork.operations.promising import DateChange, state_dates


def day(number):
    return datetime.date(2026, 5, number)


@pytest.fixture
def line(shop):
    return shop.ordered(shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10))


def history(line):
    return list(PromiseChange.objects.filter(line=line).values_list("which", "before", "after", "reason"))


def test_it_works(shop, line):
    order, version = line.order, line.order.version
    first = [
        DateChange(line.pk, "confirmed", day(4), supplier_confirmation="AB-17"),
        DateChange(line.pk, "promised", day(5)),
    ]
    done = state_dates(order=order, changes=first, **shop.by_ada)
    assert done.ids == [line.pk]
    state_dates(order=order, changes=[DateChange(line.pk, "promised", day(9), "No reels")], **shop.by(shop.ada, days=1))
    line.refresh_from_db()
    assert (line.confirmed_date, line.promised_date, line.supplier_confirmation) == (day(4), day(9), "AB-17")
    assert history(line) == [
        ("confirmed", None, day(4), ""),
        ("promised", None, day(5), ""),
        ("promised", day(5), day(9), "No reels"),
    ]
    order.refresh_from_db()
    assert order.version == version + 2
    shop.recount()


def test_an_earlier_promise_needs_no_reason_and_one_may_be_taken_back(shop, line):
    for date in (day(9), day(5), None):
        state_dates(order=line.order, changes=[DateChange(line.pk, "promised", date)], **shop.by_ada)
    line.refresh_from_db()
    assert line.promised_date is None
    assert [after for _, _, after, _ in history(line)] == [day(9), day(5), None]


def test_a_promise_that_was_taken_back_slips_when_the_next_one_is_later(shop, line):
    """Taking it back in between is no way round the reason."""
    for date in (day(5), None):
        state_dates(order=line.order, changes=[DateChange(line.pk, "promised", date)], **shop.by_ada)
    changes = [DateChange(line.pk, "promised", day(9))]
    assert shop.refused(state_dates, order=line.order, changes=changes) == [
        ("promise_slip_without_reason", (0, "reason"))
    ]
    changes = [DateChange(line.pk, "promised", day(9), "No reels")]
    state_dates(order=line.order, changes=changes, **shop.by_ada)


def test_a_confirmation_number_may_come_after_its_date(shop, line):
    state_dates(order=line.order, changes=[DateChange(line.pk, "confirmed", day(4))], **shop.by_ada)
    changes = [DateChange(line.pk, "confirmed", day(4), supplier_confirmation="AB-17")]
    state_dates(order=line.order, changes=changes, **shop.by_ada)
    line.refresh_from_db()
    assert (line.supplier_confirmation, len(history(line))) == ("AB-17", 1)


def test_refuses_what_is_no_date_or_no_change(shop, line):
    state_dates(order=line.order, changes=[DateChange(line.pk, "promised", day(5))], **shop.by_ada)
    changes = [
        DateChange(47110815, "promised", day(5)),
        DateChange(line.pk, "guessed", day(5)),
        DateChange(line.pk, "promised", day(5)),
        DateChange(line.pk, "confirmed", None),
        DateChange(line.pk, "requested", day(1), supplier_confirmation="x" * 101, reason="y" * 501),
        DateChange(line.pk, "requested", day(2)),
    ]
    assert sorted(shop.refused(state_dates, order=line.order, changes=changes), key=lambda one: one[1]) == [
        ("line_not_on_order", (0, "line")),
        ("promise_unknown", (1, "which")),
        ("promise_unchanged", (2, "date")),
        ("promise_unchanged", (3, "date")),
        ("text_too_long", (4, "reason")),
        ("text_too_long", (4, "supplier_confirmation")),
        ("line_named_twice", (5, "line")),
    ]


def test_refuses_a_slip_without_a_reason(shop, line):
    state_dates(order=line.order, changes=[DateChange(line.pk, "promised", day(5))], **shop.by_ada)
    changes = [DateChange(line.pk, "promised", day(6), "  ")]
    assert shop.refused(state_dates, order=line.order, changes=changes) == [
        ("promise_slip_without_reason", (0, "reason"))
    ]


def test_refuses_nothing_and_orders_that_are_over(shop, line):
    assert shop.refused(state_dates, order=line.order, changes=[]) == [("no_lines_named", ())]
    cancel_order(order=line.order, **shop.by_ada)
    changes = [DateChange(line.pk, "promised", day(5))]
    assert shop.refused(state_dates, order=line.order, changes=changes) == [("wrong_state", ())]
