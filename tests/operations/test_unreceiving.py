"""Take a receipt back: the goods were never here, or were booked on the wrong line."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BuildOutput, Event, Movement, PurchaseOrder, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.taking_back import reverse_event
from outwork.operations.unreceiving import unreceive
from outwork.queries.builds import progress
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.receiving import Arrival
from outwork.rules.states import OrderStatus, OutputState
from tests.operations.test_undoing_outputs import state
from tests.purchases import come, order_of


@pytest.fixture
def build(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    return shop.external(board, 10, destination=shop.location("Lab"))


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def receipt(shop, line, *arrivals, **facts):
    done = receive(order=line.order, arrivals=arrivals, **{**shop.by_bo, **facts})
    return Event.objects.get(pk=done.event_id)


def order_status(line):
    line.order.refresh_from_db()
    return OrderStatus(line.order.status)


def test_it_works(shop, build, line):
    event = receipt(shop, line, Arrival(line.pk, 3, serials="1-3"), Arrival(line.pk, 7, batch="B"))
    assert order_status(line) == OrderStatus.COMPLETE
    build.refresh_from_db()
    before = build.version
    done = unreceive(receipt=event, reason="Wrong order", **shop.by(shop.ada, days=1))
    line.refresh_from_db()
    assert (line.received, order_status(line)) == (0, OrderStatus.PLACED)
    shop.expect("")
    assert set(StockItem.objects.values_list("place", "quantity", "value")) == {(PlaceKind.GONE, 0, 0)}
    assert set(BuildOutput.objects.values_list("state", flat=True)) == {OutputState.WITHDRAWN}
    assert (progress(build).received, progress(build).in_production) == (0, 0)
    back = Event.objects.get(pk=done.event_id)
    assert (back.reverses, back.reason) == (event, "Wrong order")
    assert len(done.ids) == 4
    assert Movement.objects.filter(kind=Kind.REVERSED, reverses__event=event).count() == 4
    build.refresh_from_db()
    assert build.version == before + 1
    shop.recount()
    receipt(shop, line, Arrival(line.pk, 10, serials="1-10"))
    shop.recount()


def test_the_build_goes_on_to_its_end(shop, build, line):
    """What was taken back is gone; nothing that happens later may stumble over it."""
    shop.allocate(build.reference, shop.put("R-10K", 40, value="4.00"), 40)
    event = receipt(shop, line, Arrival(line.pk, 10, serials="1-10"))
    unreceive(receipt=event, reason="Wrong serials", **shop.by_ada)
    shop.received(line, 10, serials="11-20", accept=True)
    finish_build(build=build, **shop.by_ada)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_what_came_with_another_receipt_stays(shop, build, line):
    first = receipt(shop, line, Arrival(line.pk, 3))
    receipt(shop, line, Arrival(line.pk, 4, batch="B"))
    unreceive(receipt=first, reason="Counted twice", **shop.by_ada)
    line.refresh_from_db()
    assert line.received == 4
    assert shop.item_of(BuildOutput.objects.get(state=OutputState.IN_PRODUCTION)).batch == "B"
    shop.recount()


def test_parts_and_virtual_parts_of_an_ordinary_order(shop):
    acme = shop.company("Acme")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    parts = [shop.part("R-10K"), shop.part("SERVICE", is_virtual=True)]
    lines = add_lines(order=order, lines=[NewLine(shop.sells(acme, one).pk, 5) for one in parts], **shop.by_ada).ids
    place_order(order=order, **shop.by_ada)
    done = receive(
        order=order,
        arrivals=[Arrival(lines[0], 2), Arrival(lines[0], 3), Arrival(lines[1], 5)],
        location=shop.location("Main shelf"),
        **shop.by_bo,
    )
    unreceive(receipt=Event.objects.get(pk=done.event_id), reason="Not ours", **shop.by_ada)
    assert list(order.lines.values_list("received", flat=True)) == [0, 0]
    order.refresh_from_db()
    assert order.status == OrderStatus.PLACED
    shop.recount()


def test_refuses_what_a_credit_was_taken_for(shop):
    """The credit lowers the cost of units that would never have come."""
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    event = Event.objects.get(kind="order.received")
    done = create_return(
        supplier=order.supplier,
        purpose="credit",
        reason="Scratched",
        rows=[ReturnRow(item, credit=2, is_kept=True)],
        **shop.by_bo,
    )
    refused = shop.refused(unreceive, receipt=event, reason="Wrong order")
    assert refused == [("receipt_returned", ("items", item))]
    reverse_event(event=done.event_id, reason="Not scratched", **shop.by_ada)
    unreceive(receipt=event, reason="Wrong order", **shop.by_ada)
    assert StockItem.objects.get().value == 0
    shop.recount()


def test_stock_meant_for_units_that_never_came_is_free_again(shop):
    shop.part("MODULE", is_trackable=True)
    build = shop.external(shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True), 2)
    line = shop.ordered(build)
    event = receipt(shop, line, Arrival(line.pk, 1, serials="1"), location=shop.location("Lab"))
    module = shop.put("MODULE", 1, serial="M1")
    take = Take(build.lines.get().pk, module.pk, 1, BuildOutput.objects.get().pk)
    allocate(build=build, takes=[take], **shop.by_bo)
    unreceive(receipt=event, reason="Never here", **shop.by_ada)
    assert not Allocation.objects.exists()
    module.refresh_from_db()
    assert module.allocated == 0
    shop.recount()


@pytest.mark.parametrize("value", ["8.00", None])
@pytest.mark.parametrize("serials", ["1-5", None])
def test_units_accepted_with_the_receipt(shop, build, line, serials, value):
    """What was consumed for them lies where it lay, allocated as it was, and worth what it was."""
    shop.allocate(build.reference, shop.put("R-10K", 48, "Acme Assembly", value=value), 44)
    before = state(build)
    event = receipt(shop, line, Arrival(line.pk, 5, serials=serials, batch="B"), accept=True)
    assert build.lines.get().consumed == 20
    unreceive(receipt=event, reason="Wrong order", **shop.by_ada)
    assert {**state(build), "build": None} == {**before, "build": None}
    shop.recount()
    shop.received(line, 10, serials="1-10", accept=True)
    finish_build(build=build, **shop.by_ada)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_one_of_two_accepted_receipts(shop, build, line):
    shop.allocate(build.reference, shop.put("R-10K", 40, "Acme Assembly", value="4.00"), 40)
    first = receipt(shop, line, Arrival(line.pk, 4, serials="1-4"), accept=True)
    receipt(shop, line, Arrival(line.pk, 6, serials="5-10"), accept=True)
    unreceive(receipt=first, reason="Wrong order", **shop.by_ada)
    assert build.lines.get().consumed == 24
    assert {one.value for one in StockItem.objects.filter(serial__isnull=False, quantity=1)} == {Decimal("10.40")}
    shop.recount()


def test_parts_fitted_on_receipt_are_free_again(shop):
    shop.part("MODULE", is_trackable=True)
    board = shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True)
    build = shop.external(board, 2)
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("MODULE", 1, serial="M1", value="3.00"), 1)
    event = receipt(shop, line, Arrival(line.pk, 1, serials="1"), location=shop.location("Lab"), accept=True)
    unreceive(receipt=event, reason="Never here", **shop.by_ada)
    shop.expect(f"MODULE   serial M1   Main shelf   1   for {build.reference}")
    shop.recount()


def test_units_for_a_complete_build(shop, build, line):
    """They were accepted at once, and the others bear their own cost again."""
    shop.allocate(build.reference, shop.put("R-10K", 48, "Acme Assembly", value="4.80"), 48)
    shop.received(line, 8, serials="1-8", accept=True)
    finish_build(build=build, accept_incomplete=True, **shop.by_ada)
    before = state(build)
    shop.allocate(build.reference, StockItem.objects.get(part__number="R-10K", used_by=None), 8)
    event = receipt(shop, line, Arrival(line.pk, 2, serials="9-10"))
    assert build.lines.get().consumed == 40
    unreceive(receipt=event, reason="Wrong", **shop.by_ada)
    assert state(build) == before
    shop.recount()


def test_refuses_what_was_accepted_with_it_and_went_on(shop, build, line):
    shop.allocate(build.reference, shop.put("R-10K", 40, "Acme Assembly"), 40)
    event = receipt(shop, line, Arrival(line.pk, 2, serials="1-2"), accept=True)
    first = BuildOutput.objects.earliest("pk")
    assert first.item_id is not None
    transfer_stock(rows=[Transfer(first.item_id, shop.location("Main shelf").pk)], **shop.by_bo)
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [("receipt_moved_on", ("items", first.item_id))]


def test_refuses_while_later_units_depend_on_it(shop, build, line):
    build.lines.update(setup=7)
    shop.allocate(build.reference, shop.put("R-10K", 50, "Acme Assembly"), 47)
    event = receipt(shop, line, Arrival(line.pk, 2, serials="1-2"), accept=True)
    receipt(shop, line, Arrival(line.pk, 2, serials="3-4"), accept=True)
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [("later_units_depend", ())]


def test_refuses_what_was_decided(shop, build, line):
    event = receipt(shop, line, Arrival(line.pk, 2, serials="1-2"))
    first = BuildOutput.objects.earliest("pk")
    accept_outputs(build=build, decisions=[Decision(first.pk)], **shop.by_bo)
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [
        ("receipt_output_decided", ("items", first.item_id))
    ]


def test_refuses_what_moved_on_or_is_promised(shop):
    acme = shop.company("Acme")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    add_lines(order=order, lines=[NewLine(shop.sells(acme, shop.part("R-10K")).pk, 100)], **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    line = order.lines.select_related("order").get()
    event = receipt(shop, line, Arrival(line.pk, 60), Arrival(line.pk, 40), location=shop.location("Goods in"))
    first, second = StockItem.objects.order_by("pk")
    shop.build(shop.assembly("BOARD", {"R-10K": 1}), 5)
    shop.allocate("BO-0001", second, 5)
    transfer_stock(rows=[Transfer(first.pk, shop.location("Main shelf").pk, 10)], **shop.by_bo)
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [
        ("receipt_moved_on", ("items", first.pk)),
        ("receipt_allocated", ("items", second.pk)),
    ]


def test_refuses_twice_and_without_reason(shop, line):
    event = receipt(shop, line, Arrival(line.pk, 1))
    assert shop.refused(unreceive, receipt=event, reason=" ") == [("taking_back_without_reason", ("reason",))]
    unreceive(receipt=event, reason="Wrong", **shop.by_ada)
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [("receipt_taken_back", ())]


def test_refuses_events_that_are_no_receipt(shop, line):
    event = Event.objects.get(kind="order.placed")
    assert shop.refused(unreceive, receipt=event, reason="Wrong") == [("event_not_a_receipt", ())]
