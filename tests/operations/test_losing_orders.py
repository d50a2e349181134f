"""Orders that were lost on the way or went back as a whole."""

from decimal import Decimal

import pytest

from outwork.models import Event, PurchaseLine
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.order_states import complete_order, lose_order, place_order, return_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.states import OrderStatus
from tests.purchases import come, order_of, values


@pytest.fixture
def order(shop):
    return order_of(shop, ("R-10K", 10, "1", "0"))[0]


def status(order):
    order.refresh_from_db()
    return OrderStatus(order.status)


def test_it_works(shop, order):
    """What came bears the freight alone while the rest is lost; it shares it again when the parcel turns up."""
    line = order.lines.get()
    add_extra_lines(order=order, extras=[NewExtra("freight", "10")], **shop.by_ada)
    [item] = come(shop, order, (line.pk, 4))
    assert values([item]) == [8]
    lost = lose_order(order=order, reason="The parcel is gone", **shop.by_ada)
    assert (status(order), values([item])) == (OrderStatus.LOST, [14])
    assert Event.objects.get(pk=lost.event_id).reason == "The parcel is gone"
    assert not PurchaseLine.objects.on_order().exists()
    place_order(order=order, **shop.by_ada)
    assert (status(order), values([item]), order.completed_at) == (OrderStatus.PLACED, [8], None)
    come(shop, order, (line.pk, 6))
    assert status(order) == OrderStatus.COMPLETE
    shop.recount()


def test_a_complete_order_goes_back_as_a_whole(shop, order):
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    return_order(order=order, reason="Wrong revision", **shop.by_ada)
    assert status(order) == OrderStatus.RETURNED
    assert return_order(order=order, reason="", **shop.by_ada).said == []
    assert shop.refused(place_order, order=order) == [("transition_impossible", ())]


def test_refuses_without_a_reason_and_from_a_draft(shop, order):
    draft, _ = order_of(shop, ("C-100N", 10, "1", "0"), placed=False)
    for operation in (lose_order, return_order):
        assert shop.refused(operation, order=order, reason=" ") == [("failing_without_reason", ("reason",))]
        assert shop.refused(operation, order=draft, reason="x") == [("transition_impossible", ())]
    lose_order(order=order, reason="Gone", **shop.by_ada)
    arrivals = [Arrival(order.lines.get().pk, Decimal(1))]
    assert shop.refused(receive, order=order, arrivals=arrivals) == [("wrong_state", ())]
