"""Which builds the lines of an order are bought for."""

from decimal import Decimal

import pytest

from outwork.models import Demand, PurchaseLine
from outwork.operations.order_states import cancel_order
from outwork.queries.dedications import dedications
from tests.purchases import come, order_of


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_works_in_one_statement(shop, statements, count):
    board = shop.assembly("BOARD", {"R-10K": 4})
    order, [line] = order_of(shop, ("R-10K", 10 * count, "1.00", "0"))
    target = shop.build(board, 10 * count).lines.get()
    Demand.objects.create(line_id=line, build_line=target, quantity=Decimal(7 * count))
    with statements() as seen:
        [found] = dedications(order)
    assert seen == 1
    assert (found.part, found.build, found.quantity, found.open) == ("R-10K", "BO-0001", 7 * count, 7 * count)


def test_what_came_and_what_was_closed_or_cancelled_is_not_still_to_come(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    order, [line] = order_of(shop, ("R-10K", 100, "1.00", "0"))
    for units in (40, 30):
        target = shop.build(board, 10).lines.get()
        Demand.objects.create(line_id=line, build_line=target, quantity=Decimal(units))
    come(shop, order, (line, 50))
    assert [one.open for one in dedications(order)] == [0, 20]
    PurchaseLine.objects.filter(pk=line).update(is_closed=True)
    assert [one.open for one in dedications(order)] == [0, 0]
    PurchaseLine.objects.filter(pk=line).update(is_closed=False)
    cancel_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    assert [one.open for one in dedications(order)] == [0, 0]
