"""The life of a purchase order: place, hold, cancel, complete, reopen."""

from functools import partial

import pytest

from outwork.models import Build, Event, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.build_states import cancel_build, hold_build
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import cancel_order, complete_order, hold_order, place_order, reopen_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OrderStatus


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)


@pytest.fixture
def line(shop, build):
    return shop.ordered(build, placed=False)


@pytest.fixture
def order(line):
    return line.order


def at_status(order, status):
    PurchaseOrder.objects.filter(pk=order.pk).update(status=status)
    return order


def status(order):
    return OrderStatus(PurchaseOrder.objects.get(pk=order.pk).status)


def test_it_works(shop, build, line, order):
    order.refresh_from_db()
    version = order.version
    done = place_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    assert (order.status, order.placed_at, order.version) == (OrderStatus.PLACED, shop.now, version + 1)
    assert done.said == [{"code": "build_issued", "build": build.reference}]
    assert Event.objects.get(kind="build.issued").data == {"by": order.reference}
    hold_order(order=order, reason="Price is being asked", **shop.by_ada)
    assert status(order) == OrderStatus.ON_HOLD
    place_order(order=order, **shop.by(shop.ada, days=1))
    order.refresh_from_db()
    assert (order.status, order.placed_at) == (OrderStatus.PLACED, shop.now)
    shop.received(line, 10)
    order.refresh_from_db()
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETE, shop.now)
    shop.recount()


def test_repeating_changes_nothing(shop, order):
    for operation in (place_order, hold_order, place_order, partial(complete_order, accept_incomplete=True)):
        operation(order=order, **shop.by_ada)
        order.refresh_from_db()
        version = order.version
        operation(order=order, **shop.by_ada)
        order.refresh_from_db()
        assert order.version == version
        assert Event.objects.latest("pk").data == {"repeated": True}


def test_a_build_on_hold_stays_on_hold_and_is_said(shop, build, order):
    hold_build(build=build, **shop.by_ada)
    assert place_order(order=order, **shop.by_ada).said == [{"code": "build_on_hold", "build": build.reference}]
    assert Build.objects.get(pk=build.pk).status == BuildStatus.ON_HOLD


def test_what_exists_can_be_placed_with_the_setting_off(shop, order):
    shop.switch_on(value=False)
    place_order(order=order, **shop.by_ada)
    assert status(order) == OrderStatus.PLACED


def test_what_came_stays_when_the_rest_is_cancelled(shop, line, order):
    place_order(order=order, **shop.by_ada)
    shop.received(line, 4, accept=True)
    cancel_order(order=order, reason="Too late", **shop.by_ada)
    order.refresh_from_db()
    assert (order.status, order.completed_at) == (OrderStatus.CANCELLED, shop.now)
    shop.expect("BOARD   Goods in   4")
    cancel_order(order=order, **shop.by_ada)
    shop.recount()


def test_an_order_is_completed_short_only_when_that_is_accepted(shop, line, order):
    place_order(order=order, **shop.by_ada)
    shop.received(line, 4)
    assert shop.refused(complete_order, order=order) == [("order_lines_open", ())]
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    assert status(order) == OrderStatus.COMPLETE


def test_a_complete_order_is_reopened_with_a_reason_and_goes_on(shop, line, order):
    place_order(order=order, **shop.by_ada)
    shop.received(line, 4)
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    arrivals = [Arrival(line.pk, 1)]
    assert shop.refused(receive, order=order, arrivals=arrivals) == [("wrong_state", ())]
    reopen_order(order=order, reason="They come after all", **shop.by_ada)
    order.refresh_from_db()
    assert (order.status, order.completed_at) == (OrderStatus.PLACED, None)
    shop.received(line, 6)
    assert status(order) == OrderStatus.COMPLETE
    shop.recount()


IMPOSSIBLE = [
    (place_order, OrderStatus.COMPLETE),
    (place_order, OrderStatus.CANCELLED),
    (hold_order, OrderStatus.COMPLETE),
    (hold_order, OrderStatus.CANCELLED),
    (cancel_order, OrderStatus.COMPLETE),
    (complete_order, OrderStatus.DRAFT),
    (complete_order, OrderStatus.ON_HOLD),
    (complete_order, OrderStatus.CANCELLED),
]


@pytest.mark.parametrize(("operation", "before"), IMPOSSIBLE)
def test_refuses_impossible_transitions(shop, order, operation, before):
    """A complete order goes on only through `reopen_order`, which asks for a reason."""
    at_status(order, before)
    assert shop.refused(operation, order=order) == [("transition_impossible", ())]


def test_refuses_to_place_an_order_of_nothing(shop):
    order = PurchaseOrder.objects.get(pk=create_order(supplier=shop.company("Acme"), **shop.by_ada).ids[0])
    assert shop.refused(place_order, order=order) == [("order_empty", ())]


def test_refuses_to_place_what_delivers_a_cancelled_build(shop, build, order):
    other = shop.sells(build.manufacturer, shop.part("STENCIL"))
    add_lines(order=order, lines=[NewLine(other.pk, 1)], **shop.by_ada)
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(place_order, order=order) == [("build_not_open", (0, "build"))]


def test_refuses_to_place_with_who_manufactures_no_more(shop, build, order):
    build.manufacturer.is_manufacturer = False
    build.manufacturer.save()
    assert shop.refused(place_order, order=order) == [("company_not_manufacturer", (0, "build"))]


def test_refuses_to_reopen_without_need_or_reason(shop, order):
    assert shop.refused(reopen_order, order=order, reason="Again") == [("wrong_state", ())]
    at_status(order, OrderStatus.COMPLETE)
    assert shop.refused(reopen_order, order=order, reason=" ") == [("reason_missing", ("reason",))]


def test_refuses_orders_that_others_changed_or_that_are_none(shop, order):
    assert shop.refused(place_order, order=order, expected_version=9) == [("version_changed", ())]
    assert shop.refused(place_order, order=PurchaseOrder(pk=47110815)) == [("order_unknown", ())]
