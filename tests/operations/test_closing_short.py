"""Lines are closed short when the rest will not come, and opened again when it does."""

import pytest

from outwork.models import Event, PurchaseLine, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.closing_short import close_short, reopen_lines
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import hold_order, place_order
from outwork.queries.builds import progress
from outwork.rules.states import OrderStatus


@pytest.fixture
def order(shop):
    """An order of 100 resistors and 50 capacitors, placed."""
    acme = shop.company("Acme")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    lines = [
        NewLine(shop.sells(acme, shop.part(number)).pk, count) for number, count in (("R-10K", 100), ("C-100N", 50))
    ]
    add_lines(order=order, lines=lines, **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    return order


@pytest.fixture
def resistors(order):
    return order.lines.get(part__number="R-10K")


def seen(order):
    order.refresh_from_db()
    return OrderStatus(order.status), [(one.received, one.open_quantity, one.is_closed) for one in order.lines.all()]


def test_it_works(shop, order, resistors):
    shop.received(resistors, 98)
    done = close_short(order=order, lines=[resistors.pk], reason="Two were lost", **shop.by_ada)
    assert done.ids == [resistors.pk]
    assert seen(order) == (OrderStatus.PLACED, [(98, 0, True), (0, 50, False)])
    event = Event.objects.get(pk=done.event_id)
    assert (event.reason, event.data["open"]) == ("Two were lost", {str(resistors.pk): "2"})
    close_short(order=order, lines=[order.lines.last().pk], reason="Not needed", **shop.by_ada)
    assert seen(order) == (OrderStatus.COMPLETE, [(98, 0, True), (0, 0, True)])
    assert order.completed_at == shop.now
    shop.recount()


def test_the_order_completes_with_the_last_receipt_after_that(shop, order, resistors):
    close_short(order=order, lines=[resistors.pk], reason="Cancelled by Acme", **shop.by_ada)
    shop.received(order.lines.last())
    assert seen(order)[0] == OrderStatus.COMPLETE


def test_it_completes_only_by_itself_where_the_setting_says_so(shop, order):
    shop.switch_on("PURCHASEORDER_AUTO_COMPLETE", value=False)
    close_short(order=order, lines=[line.pk for line in order.lines.all()], reason="All off", **shop.by_ada)
    assert seen(order)[0] == OrderStatus.PLACED


def test_a_held_order_stays_on_hold(shop, order):
    hold_order(order=order, **shop.by_ada)
    close_short(order=order, lines=[line.pk for line in order.lines.all()], reason="All off", **shop.by_ada)
    assert seen(order)[0] == OrderStatus.ON_HOLD


def test_a_build_is_ordered_no_further_than_what_came(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 100)
    line = shop.ordered(build)
    shop.received(line, 98)
    close_short(order=line.order, lines=[line.pk], reason="Two lost", **shop.by_ada)
    made = progress(build)
    assert (made.planned, made.ordered, made.received) == (100, 98, 98)
    assert PurchaseOrder.objects.get(pk=line.order_id).status == OrderStatus.COMPLETE


def test_opening_again_places_a_complete_order_again(shop, order):
    lines = [line.pk for line in order.lines.all()]
    close_short(order=order, lines=lines, reason="All off", **shop.by_ada)
    done = reopen_lines(order=order, lines=lines[:1], reason="Found after all", **shop.by_ada)
    assert done.ids == lines[:1]
    assert seen(order) == (OrderStatus.PLACED, [(0, 100, False), (0, 0, True)])
    assert order.completed_at is None
    shop.received(PurchaseLine.objects.get(pk=lines[0]))
    assert seen(order)[0] == OrderStatus.COMPLETE
    shop.recount()


def test_refuses_lines_that_have_nothing_to_close(shop, order, resistors):
    capacitors = order.lines.last()
    shop.received(resistors)
    close_short(order=order, lines=[capacitors.pk], reason="Off", **shop.by_ada)
    PurchaseOrder.objects.filter(pk=order.pk).update(status=OrderStatus.PLACED)
    lines = [resistors.pk, capacitors.pk, 47110815]
    assert sorted(shop.refused(close_short, order=order, lines=lines, reason="Off"), key=lambda one: one[1]) == [
        ("line_has_nothing_open", (0, "line")),
        ("line_closed", (1, "line")),
        ("line_not_on_order", (2, "line")),
    ]
    assert shop.refused(reopen_lines, order=order, lines=[resistors.pk, 47110815], reason="On") == [
        ("line_not_on_order", (1, "line")),
        ("line_not_closed", (0, "line")),
    ]


def test_refuses_without_lines_or_reason(shop, order, resistors):
    assert shop.refused(close_short, order=order, lines=[], reason="Off") == [("no_lines_named", ("lines",))]
    assert shop.refused(reopen_lines, order=order, lines=[], reason="On") == [("no_lines_named", ("lines",))]
    lines = [resistors.pk]
    assert shop.refused(close_short, order=order, lines=lines, reason=" ") == [("closing_without_reason", ("reason",))]
    assert shop.refused(reopen_lines, order=order, lines=lines, reason="") == [("reason_missing", ("reason",))]
    lines = [resistors.pk, resistors.pk]
    assert shop.refused(close_short, order=order, lines=lines, reason="Off") == [("line_named_twice", (1, "line"))]


@pytest.mark.parametrize("status", [OrderStatus.DRAFT, OrderStatus.COMPLETE, OrderStatus.CANCELLED])
def test_refuses_orders_that_expect_nothing(shop, order, resistors, status):
    PurchaseOrder.objects.filter(pk=order.pk).update(status=status)
    assert shop.refused(close_short, order=order, lines=[resistors.pk], reason="Off") == [("wrong_state", ())]
    if status != OrderStatus.COMPLETE:
        assert shop.refused(reopen_lines, order=order, lines=[resistors.pk], reason="On") == [("wrong_state", ())]


def test_refuses_an_order_that_others_changed(shop, order, resistors):
    assert shop.refused(close_short, order=order, lines=[resistors.pk], reason="Off", expected_version=99) == [
        ("version_changed", ())
    ]
