"""Receive purchase order lines: what arrived becomes stock and is counted against its lines."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Event, Location, Movement, PurchaseLine, PurchaseOrder, StockItem, SupplierPart
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.closing_short import close_short
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import cancel_order, hold_order, place_order
from outwork.operations.receiving import receive
from outwork.rules.places import Kind
from outwork.rules.receiving import Arrival
from outwork.rules.saying import sentence
from outwork.rules.states import OrderStatus, StockStatus


@pytest.fixture
def acme(shop):
    return shop.company("Acme")


@pytest.fixture
def order(shop, acme):
    """An order of 100 resistors and 20 modules with serial numbers, placed."""
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    module = shop.part("MODULE", is_trackable=True)
    lines = [
        NewLine(shop.sells(acme, shop.part("R-10K"), "0.10", packaging="reel").pk, 100),
        NewLine(shop.sells(acme, module, "25.00").pk, 20),
    ]
    add_lines(order=order, lines=lines, **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    return order


@pytest.fixture
def resistors(order):
    return order.lines.get(part__number="R-10K")


@pytest.fixture
def modules(order):
    return order.lines.get(part__number="MODULE")


@pytest.fixture
def shelf(shop):
    return shop.location("Main shelf")


def counted(order):
    return list(order.lines.values_list("received", flat=True))


def test_it_works(shop, order, resistors, modules, shelf):
    version = order.version
    done = receive(
        order=order,
        arrivals=[
            Arrival(resistors.pk, 40, batch="A", note="torn box"),
            Arrival(resistors.pk, "9.5", batch="B", location_id=shop.location("Goods in").pk),
            Arrival(modules.pk, 3, serials="7-9"),
        ],
        location=shelf,
        reason="DHL 47110815",
        **shop.by_bo,
    )
    shop.expect("""
        R-10K    batch A    Main shelf   40
        R-10K    batch B    Goods in     9.5
        MODULE   serial 7   Main shelf   1
        MODULE   serial 8   Main shelf   1
        MODULE   serial 9   Main shelf   1
    """)
    assert counted(order) == [Decimal("49.5"), 3]
    assert done.data == {"outputs": []}
    first = StockItem.objects.get(pk=done.ids[0])
    assert (first.value, first.packaging, first.note, first.status) == (4, "reel", "torn box", StockStatus.OK)
    assert (first.supplier_part, first.purchase_line, first.received_at) == (
        resistors.supplier_part,
        resistors,
        shop.now,
    )
    movement = Movement.objects.get(target_item=first)
    assert (movement.kind, movement.quantity, movement.value, movement.amount, movement.currency) == (
        Kind.RECEIVED,
        40,
        4,
        4,
        "EUR",
    )
    event = Event.objects.get(pk=done.event_id)
    assert (event.kind, event.reason, event.data["over"]) == ("order.received", "DHL 47110815", [])
    order.refresh_from_db()
    assert (order.status, order.version) == (OrderStatus.PLACED, version + 1)
    shop.recount()


def test_the_receipt_that_leaves_nothing_open_completes_the_order(shop, order, resistors, modules, shelf):
    arrivals = [Arrival(resistors.pk, 100), Arrival(modules.pk, 20)]
    receive(order=order, arrivals=arrivals, location=shelf, **shop.by(shop.bo, days=1))
    order.refresh_from_db()
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETE, shop.now + datetime.timedelta(days=1))


def test_it_stays_open_where_the_setting_says_so(shop, order, resistors, modules, shelf):
    shop.switch_on("PURCHASEORDER_AUTO_COMPLETE", value=False)
    receive(order=order, arrivals=[Arrival(resistors.pk, 100), Arrival(modules.pk, 20)], location=shelf, **shop.by_bo)
    order.refresh_from_db()
    assert order.status == OrderStatus.PLACED


def test_packs_or_units(shop, acme, shelf):
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    reel = shop.sells(acme, shop.part("R-10K"), "12.00", pack_size=Decimal(5000))
    done = add_lines(order=order, lines=[NewLine(reel.pk, 3)], **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    SupplierPart.objects.filter(pk=reel.pk).update(pack_size=Decimal(4000))
    line = done.ids[0]
    receive(
        order=order, arrivals=[Arrival(line, "1.5"), Arrival(line, 3412, in_units=True)], location=shelf, **shop.by_bo
    )
    assert counted(order) == [10_912]
    assert list(StockItem.objects.order_by("pk").values_list("quantity", "value")) == [
        (7500, 18),
        (3412, Decimal("8.1888")),
    ]
    shop.recount()


def test_serials_count_on_over_several_boxes(shop, order, modules, shelf):
    boxes = [
        Arrival(modules.pk, 2, serials="~+"),
        Arrival(modules.pk, 2, serials="~+"),
        Arrival(modules.pk, 1, serials=["X1"]),
    ]
    receive(order=order, arrivals=boxes, location=shelf, **shop.by_bo)
    assert list(StockItem.objects.order_by("pk").values_list("serial", flat=True)) == ["1", "2", "3", "4", "X1"]


def test_the_first_that_names_a_location_is_where_it_goes(shop, order, resistors):
    """Arrival, request, line, order, part; a build comes between line and order."""
    places = {name: shop.location(name) for name in ("part", "order", "line", "request", "arrival")}
    part = resistors.part
    part.default_location = places["part"]
    part.save()

    def where(arrival=None, request=None):
        done = receive(
            order=order, arrivals=[Arrival(resistors.pk, 1, location_id=arrival)], location=request, **shop.by_bo
        )
        return Location.objects.get(stock_items=done.ids[0]).name

    assert where() == "part"
    PurchaseOrder.objects.filter(pk=order.pk).update(destination=places["order"])
    assert where() == "order"
    PurchaseLine.objects.filter(pk=resistors.pk).update(destination=places["line"])
    assert where() == "line"
    assert where(request=places["request"]) == "request"
    assert where(places["arrival"].pk, places["request"]) == "arrival"


def test_status_and_expiry_come_along(shop, order, resistors, shelf):
    part = resistors.part
    part.default_expiry_days = 30
    part.save()
    day = datetime.date(2027, 1, 1)
    arrivals = [
        Arrival(resistors.pk, 1, status=StockStatus.QUARANTINED, packaging="tube"),
        Arrival(resistors.pk, 1, expiry_date=day),
    ]
    receive(order=order, arrivals=arrivals, location=shelf, **shop.by_bo)
    assert list(StockItem.objects.order_by("pk").values_list("status", "packaging", "expiry_date")) == [
        (StockStatus.QUARANTINED, "tube", shop.now.date() + datetime.timedelta(days=30)),
        (StockStatus.OK, "reel", day),
    ]


def test_a_virtual_part_is_counted_and_lies_nowhere(shop, acme):
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    service = shop.sells(acme, shop.part("SERVICE", is_virtual=True))
    line = add_lines(order=order, lines=[NewLine(service.pk, 2)], **shop.by_ada).ids[0]
    place_order(order=order, **shop.by_ada)
    done = receive(order=order, arrivals=[Arrival(line, 2)], **shop.by_bo)
    assert (done.ids, counted(order), StockItem.objects.count()) == ([], [2], 0)
    assert shop.refused(receive, order=order, arrivals=[Arrival(line, 1, serials="1")])[0][0] == "wrong_state"
    shop.recount()


def test_more_than_ordered_is_accepted_with_a_reason(shop, order, resistors, shelf):
    request = {"order": order, "arrivals": [Arrival(resistors.pk, 60), Arrival(resistors.pk, 41)], "location": shelf}
    assert shop.refused(receive, **request) == [("over_receipt", (0, "quantity"))]
    assert shop.refused(receive, **request, accept_overreceipt=True) == [("over_receipt_reason", (0, "quantity"))]
    done = receive(**request, accept_overreceipt=True, reason="They sent one more", **shop.by_bo)
    assert counted(order) == [101, 0]
    assert Event.objects.get(pk=done.event_id).data["over"] == [{"line": resistors.pk, "open": "100", "arrived": "101"}]
    shop.recount()


def test_a_tolerance_allows_some_more_over_all_receipts(shop, order, resistors, shelf):
    shop.switch_on("PURCHASEORDER_OVERRECEIPT_TOLERANCE", "2.5")
    receive(order=order, arrivals=[Arrival(resistors.pk, 102)], location=shelf, **shop.by_bo)
    arrivals = [Arrival(resistors.pk, 1)]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [("over_receipt", (0, "quantity"))]
    receive(order=order, arrivals=[Arrival(resistors.pk, "0.5")], location=shelf, **shop.by_bo)
    assert counted(order) == [Decimal("102.5"), 0]


def test_a_closed_line_receives_only_what_is_accepted(shop, order, resistors, shelf):
    close_short(order=order, lines=[resistors.pk], reason="Off", **shop.by_ada)
    request = {"order": order, "arrivals": [Arrival(resistors.pk, 1)], "location": shelf}
    assert shop.refused(receive, **request) == [("over_receipt", (0, "quantity"))]
    receive(**request, accept_overreceipt=True, reason="Came after all", **shop.by_bo)
    assert counted(order) == [1, 0]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-1, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        (float("inf"), "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
        (None, "number_invalid"),
    ],
)
def test_refuses_bad_quantities(shop, order, resistors, shelf, quantity, code):
    arrivals = [Arrival(resistors.pk, 1), Arrival(resistors.pk, quantity)]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [(code, (1, "quantity"))]


def test_refuses_serials_that_do_not_fit(shop, order, resistors, modules, shelf):
    shop.put("MODULE", 1, serial="7")
    where = (0, "serials")
    cases = [
        (Arrival(modules.pk, 2, serials="7-8"), "serials_used"),
        (Arrival(modules.pk, 3, serials="8, 9"), "serials_count"),
        (Arrival(modules.pk, 1, serials=["8", "9"]), "serials_count"),
        (Arrival(modules.pk, 2, serials="8-11"), "serials_range_too_long"),
        (Arrival(modules.pk, 2, serials=["8", "8"]), "serials_duplicate"),
        (Arrival(modules.pk, 2, serials=""), "serials_missing"),
        (Arrival(resistors.pk, 1, serials="8"), "serials_not_kept"),
    ]
    for arrival, code in cases:
        assert shop.refused(receive, order=order, arrivals=[arrival], location=shelf) == [(code, where)]
    arrivals = [Arrival(modules.pk, "1.5", serials="8-9")]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [
        ("quantity_not_whole", (0, "quantity"))
    ]
    arrivals = [Arrival(modules.pk, 2, serials="8-9"), Arrival(modules.pk, 2, serials="9-10")]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [
        ("serials_repeated", (1, "serials"))
    ]


def test_refuses_everything_wrong_at_once(shop, order, resistors, modules, shelf):
    warehouse = shop.location("Warehouse", is_structural=True)
    arrivals = [
        Arrival(resistors.pk, 1, location_id=warehouse.pk),
        Arrival(resistors.pk, 1, location_id=47110815),
        Arrival(resistors.pk, 1),
        Arrival(modules.pk, 2, serials="1", location_id=shelf.pk),
        Arrival(modules.pk, 2, serials="2", location_id=shelf.pk),
        Arrival(resistors.pk, 1, batch="x" * 101, packaging="y" * 51, location_id=shelf.pk),
    ]
    assert sorted(shop.refused(receive, order=order, arrivals=arrivals), key=lambda one: one[1]) == [
        ("location_structural", (0, "location")),
        ("location_unknown", (1, "location")),
        ("location_missing", (2, "location")),
        ("serials_count", (3, "serials")),
        ("serials_count", (4, "serials")),
        ("text_too_long", (5, "batch")),
        ("text_too_long", (5, "packaging")),
    ]
    arrivals = [Arrival(resistors.pk, 1, status=11), Arrival(resistors.pk, 0)]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [
        ("stock_status_unknown", (0, "status")),
        ("quantity_not_positive", (1, "quantity")),
    ]


def test_refuses_lines_of_another_order(shop, order, acme, shelf):
    other = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    sold = SupplierPart.objects.earliest("pk")
    strange = add_lines(order=other, lines=[NewLine(sold.pk, 1)], **shop.by_ada).ids[0]
    arrivals = [Arrival(strange, 1), Arrival(47110815, 1)]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [
        ("line_not_on_order", (0, "line")),
        ("line_not_on_order", (1, "line")),
    ]
    assert shop.refused(receive, order=order, arrivals=[], location=shelf) == [("nothing_arrived", ("arrivals",))]


def test_refuses_orders_that_are_not_placed(shop, order, resistors, shelf):
    request = {"order": order, "arrivals": [Arrival(resistors.pk, 1)], "location": shelf}
    hold_order(order=order, **shop.by_ada)
    assert shop.refused(receive, **request) == [("wrong_state", ())]
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(receive, **request) == [("wrong_state", ())]
    assert shop.refused(receive, **request, expected_version=99) == [("version_changed", ())]


def test_refuses_serials_of_what_is_virtual(shop, acme):
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    service = shop.sells(acme, shop.part("SERVICE", is_virtual=True))
    line = add_lines(order=order, lines=[NewLine(service.pk, 2)], **shop.by_ada).ids[0]
    place_order(order=order, **shop.by_ada)
    assert shop.refused(receive, order=order, arrivals=[Arrival(line, 1, serials="1")]) == [
        ("virtual_serials", (0, "serials"))
    ]


def test_trackable_units_without_serial_numbers_and_batch_are_said(shop, shelf):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True), 10, destination=shelf)
    line = shop.ordered(build)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
    assert {"code": "without_serials", "part": "BOARD", "quantity": "4"} in done.said
    assert "neither serial numbers nor a batch" in sentence(done.said[-1])
    for named in (Arrival(line.pk, 3, serials="1-3"), Arrival(line.pk, 3, batch="A")):
        line.order.refresh_from_db()
        done = receive(order=line.order, arrivals=[named], **shop.by_bo)
        assert [one for one in done.said if one["code"] == "without_serials"] == []


def test_expiry_counts_from_the_day_of_the_company(shop, order, resistors, shelf):
    shop.switch_on("TIME_ZONE", "Europe/Berlin")
    part = resistors.part
    part.default_expiry_days = 30
    part.save()
    late = datetime.datetime(2026, 3, 31, 22, 30, tzinfo=datetime.UTC)  # half past midnight in April there
    receive(order=order, arrivals=[Arrival(resistors.pk, 1)], location=shelf, actor=shop.bo, at=late)
    assert StockItem.objects.get().expiry_date == datetime.date(2026, 5, 1)
