"""Announced deliveries by day."""

import datetime

import pytest

from outwork.operations.announcing import NewDelivery, announce_deliveries, cancel_deliveries
from outwork.queries.deliveries import announced
from tests.purchases import order_of

TODAY = datetime.date(2026, 5, 10)


def day(number):
    return datetime.date(2026, 5, number)


@pytest.fixture
def order(shop):
    order, [first, second] = order_of(shop, ("R-10K", 30, "12", "0"), ("C-100N", 30, "12", "0"))
    done = announce_deliveries(
        order=order,
        deliveries=[
            NewDelivery(first, 10, mode="sea", expected_date=day(20)),
            NewDelivery(first, 20),
            NewDelivery(second, 5, mode="air", expected_date=day(9), tracking_number="JD01"),
            NewDelivery(second, 6, expected_date=day(10)),
        ],
        **shop.by_ada,
    )
    cancel_deliveries(order=order, deliveries=[done.ids[3]], **shop.by_ada)
    return order


def test_it_works(order, statements):
    with statements() as count:
        rows = announced(today=TODAY)
    assert count == 1
    assert [(row.part, row.open, row.expected, row.is_late, row.state) for row in rows] == [
        ("C-100N", 5, day(9), True, "expected"),
        ("R-10K", 10, day(20), False, "expected"),
        ("R-10K", 20, None, False, "expected"),
    ]
    assert (rows[0].order, rows[0].supplier, rows[0].position, rows[0].tracking_number) == (
        "PO-0001",
        "Reichelt",
        2,
        "JD01",
    )


def test_only_what_is_asked_for(shop, order):
    assert [row.part for row in announced(today=TODAY, until=day(10))] == ["C-100N"]
    assert len(announced(today=TODAY, expected_only=False)) == 4
    assert announced(today=TODAY, order_id=order.pk + 1) == []
    assert len(announced(today=TODAY, supplier_id=order.supplier_id)) == 3
    other, _ = order_of(shop, ("R-10K", 30, "12", "0"))
    assert announced(today=TODAY, order_id=other.pk) == []
