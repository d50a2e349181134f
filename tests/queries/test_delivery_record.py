"""The delivery record with known answers."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Event, PurchaseLine
from outwork.operations.order_states import cancel_order
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.queries.delivery_record import line_records, supplier_records
from outwork.rules.receiving import Arrival
from tests.purchases import order_of


def day(number):
    return datetime.date(2026, 3, number)


@pytest.fixture
def line(shop):
    order, ids = order_of(shop, *((part, 10, "1", "0") for part in ("A", "B", "C", "D")))
    lines = {one.part.number: one for one in PurchaseLine.objects.filter(pk__in=ids).select_related("order", "part")}
    for part, *promised in (("A", 5), ("B", 5, 12), ("C", 9)):
        for number in promised:
            change = DateChange(lines[part].pk, "promised", day(number), "Late again")
            state_dates(order=order, changes=[change], **shop.by_ada)
    return lines


def arrive(shop, line, units, date):
    at = datetime.datetime(2026, 3, date, 12, tzinfo=datetime.UTC)
    shelf = shop.location("Main shelf")
    return receive(order=line.order, arrivals=[Arrival(line.pk, units)], location=shelf, actor=shop.bo, at=at)


def facts(today, **which):
    return [
        (
            one.line.part.number,
            one.dates.due and one.dates.due.day,
            one.dates.expected and one.dates.expected.day,
            one.came_on and one.came_on.day,
            one.slips,
            one.punctuality.is_late,
            one.punctuality.days,
            one.punctuality.is_on_time,
        )
        for one in line_records(today=today, **which)
    ]


def test_it_works(shop, line, statements):
    """A came in two boxes, the last on its day; B slipped and kept the second promise; C is open and late; D has no date."""
    arrive(shop, line["A"], 4, 3)
    arrive(shop, line["A"], 6, 5)
    arrive(shop, line["B"], 10, 11)
    arrive(shop, line["D"], 10, 11)
    with statements() as count:
        found = facts(day(12))
    assert count == 4
    assert found == [
        ("A", 5, 5, 5, 0, False, 0, True),
        ("B", 5, 12, 11, 1, False, 6, False),
        ("C", 9, 9, None, 0, True, 3, False),
        ("D", None, None, 11, 0, False, 0, None),
    ]
    with statements() as count:
        [record] = supplier_records(today=day(12))
    assert count == 4
    assert (record.supplier, record.lines, record.on_time, record.not_on_time, record.late_now, record.slips) == (
        "Reichelt",
        4,
        1,
        2,
        1,
        1,
    )
    assert (record.percent_on_time, record.average_days) == (Decimal("33.3"), Decimal("4.5"))


def test_the_day_is_that_of_the_company(shop, line):
    shop.switch_on("TIME_ZONE", "Europe/Berlin")
    late = datetime.datetime(2026, 3, 5, 23, 30, tzinfo=datetime.UTC)  # half past midnight on the 6th
    receive(
        order=line["A"].order,
        arrivals=[Arrival(line["A"].pk, 10)],
        location=shop.location("Main shelf"),
        actor=shop.bo,
        at=late,
    )
    assert facts(day(12))[0] == ("A", 5, 5, 6, 0, False, 1, False)


def test_a_receipt_that_was_taken_back_did_not_come(shop, line):
    done = arrive(shop, line["A"], 10, 3)
    unreceive(receipt=Event.objects.get(pk=done.event_id), reason="Not ours", **shop.by_bo)
    assert facts(day(5))[0] == ("A", 5, 5, None, 0, False, 0, None)


def test_the_target_of_the_order_counts_where_nothing_else_was_said(shop, line):
    order = line["D"].order
    order.target_date = day(10)
    order.save()
    assert facts(day(12))[3] == ("D", 10, 10, None, 0, True, 2, False)


def test_cancelled_orders_and_drafts_do_not_count(shop, line):
    order_of(shop, ("E", 10, "1", "0"), placed=False)
    assert len(facts(day(12))) == 4
    assert facts(day(12), order_ids=[line["A"].order_id + 1]) == []
    assert facts(day(12), supplier_ids=[]) == []
    cancel_order(order=line["A"].order, **shop.by_ada)
    assert supplier_records(today=day(12)) == []
