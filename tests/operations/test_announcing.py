"""Announced deliveries: several for a line, by air and by sea, changed, cancelled, and received from."""

import datetime
from decimal import Decimal
from functools import partial

import pytest

from outwork.models import AnnouncedDelivery, Event, PurchaseLine, StockItem
from outwork.operations.announcing import (
    DeliveryChange,
    NewDelivery,
    announce_deliveries,
    cancel_deliveries,
    change_deliveries,
)
from outwork.operations.closing_short import close_short
from outwork.operations.order_states import cancel_order, hold_order
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.rules.receiving import Arrival
from outwork.rules.saying import sentence
from tests.purchases import order_of
from tests.scenarios.racing import race, rounds


def day(number):
    return datetime.date(2026, 5, number)


@pytest.fixture
def line(shop):
    """Ten boards on order at Acme, who sends serial numbers ahead."""
    return shop.ordered(shop.external(shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True), 10))


def announce(shop, line, *deliveries):
    return announce_deliveries(order=line.order, deliveries=deliveries, **shop.by_ada)


def arrive(shop, line, *arrivals):
    return receive(order=line.order, arrivals=arrivals, location=shop.location("Goods in"), **shop.by_bo)


def facts(names=("quantity", "received", "mode", "expected_date", "is_cancelled", "is_closed")):
    return list(AnnouncedDelivery.objects.order_by("pk").values_list(*names))


def test_it_works(shop, line):
    version = line.order.version
    done = announce(
        shop,
        line,
        NewDelivery(line.pk, 4, mode="air", carrier="DHL", tracking_number="JD01", expected_date=day(4), serials="1-4"),
        NewDelivery(line.pk, 6, mode="sea", expected_date=day(28), batch="B2", note="in two boxes"),
    )
    assert done.said == []
    assert facts() == [(4, 0, "air", day(4), False, False), (6, 0, "sea", day(28), False, False)]
    air, sea = AnnouncedDelivery.objects.order_by("pk")
    assert (air.pk, sea.pk) == tuple(done.ids)
    assert (air.serials, air.carrier, air.tracking_number, sea.batch, sea.note, sea.serials) == (
        ["1", "2", "3", "4"],
        "DHL",
        "JD01",
        "B2",
        "in two boxes",
        [],
    )
    assert Event.objects.get(pk=done.event_id).kind == "order.deliveries announced"
    line.order.refresh_from_db()
    assert line.order.version == version + 1
    shop.recount()


def test_packs_are_announced_as_packs(shop):
    reichelt = shop.company("Reichelt")
    shop.sells(reichelt, shop.part("R-10K"), None, pack_size=Decimal(5000), pack_quantity="5000")
    _, [pk] = order_of(shop, ("R-10K", 3, "12", "0"))
    line = PurchaseLine.objects.select_related("order").get(pk=pk)
    announce(shop, line, NewDelivery(pk, 1), NewDelivery(pk, 7000, in_units=True))
    assert facts(("quantity",)) == [(5000,), (7000,)]


def test_more_than_is_open_is_noted_and_said(shop, line):
    announce(shop, line, NewDelivery(line.pk, 8))
    done = announce(shop, line, NewDelivery(line.pk, 3))
    assert done.said == [{"code": "announced_more_than_open", "part": "BOARD", "announced": "11", "open": "10"}]
    assert sentence(done.said[0]) == "BOARD: 11 are announced by now, and 10 are open"


def test_a_receipt_takes_quantity_serials_and_batch_from_it(shop, line):
    done = announce(shop, line, NewDelivery(line.pk, 4, serials="7-10", batch="B1"))
    got = arrive(shop, line, Arrival(line.pk, None, announcement_id=done.ids[0]))
    assert got.said == []
    items = StockItem.objects.filter(pk__in=got.ids).order_by("serial_number")
    assert [(item.serial, item.batch) for item in items] == [(str(number), "B1") for number in range(7, 11)]
    assert facts(("quantity", "received")) == [(4, 4)]
    assert AnnouncedDelivery.objects.get().state == "here"
    shop.recount()


def test_what_is_missing_too_much_or_otherwise_is_said(shop, line):
    one, other = announce(
        shop, line, NewDelivery(line.pk, 4, serials="1-4"), NewDelivery(line.pk, 2, serials="21,22")
    ).ids
    got = arrive(
        shop,
        line,
        Arrival(line.pk, 3, serials="1,2,9", announcement_id=one),
        Arrival(line.pk, 3, serials="21-23", announcement_id=other),
    )
    assert [sentence(each) for each in got.said] == [
        f"BOARD: 1 of the 4 announced did not come (3, 4) (delivery {one})",
        f"BOARD: 9 came and were not listed (delivery {one})",
        f"BOARD: 1 more came than the 2 announced (delivery {other})",
        f"BOARD: 23 came and were not listed (delivery {other})",
    ]
    assert facts(("quantity", "received")) == [(4, 3), (2, 3)]


def test_the_rest_of_it_may_come_in_a_second_box(shop, line):
    [one] = announce(shop, line, NewDelivery(line.pk, 4, serials="1-4")).ids
    arrive(shop, line, Arrival(line.pk, 2, serials="1,3", announcement_id=one))
    got = arrive(shop, line, Arrival(line.pk, None, announcement_id=one))
    assert set(StockItem.objects.filter(pk__in=got.ids).values_list("serial", flat=True)) == {"2", "4"}
    assert facts(("received",)) == [(4,)]


def test_two_boxes_of_it_share_what_it_has(shop, line):
    [one] = announce(shop, line, NewDelivery(line.pk, 4)).ids
    got = arrive(
        shop,
        line,
        Arrival(line.pk, 3, batch="A", announcement_id=one),
        Arrival(line.pk, None, batch="B", announcement_id=one),
    )
    items = StockItem.objects.filter(pk__in=got.ids).order_by("batch")
    assert [(item.batch, item.quantity) for item in items] == [("A", 3), ("B", 1)]


def test_a_receipt_taken_back_is_expected_again(shop, line):
    [one] = announce(shop, line, NewDelivery(line.pk, 4, serials="1-4")).ids
    got = arrive(shop, line, Arrival(line.pk, None, announcement_id=one))
    unreceive(receipt=Event.objects.get(pk=got.event_id), reason="Not ours", **shop.by_bo)
    assert facts(("received",)) == [(0,)]
    got = arrive(shop, line, Arrival(line.pk, None, announcement_id=one))
    assert len(got.ids) == 4
    shop.recount()


def test_a_delivery_is_changed_and_the_event_keeps_what_it_was(shop, line):
    [one] = announce(shop, line, NewDelivery(line.pk, 4, mode="air", expected_date=day(4))).ids
    change = DeliveryChange(one, {"quantity": 5, "in_units": True, "expected_date": day(9), "mode": "sea"})
    done = change_deliveries(order=line.order, changes=[change], reason="Bumped", **shop.by_ada)
    assert facts(("quantity", "mode", "expected_date")) == [(5, "sea", day(9))]
    event = Event.objects.get(pk=done.event_id)
    before = event.data["before"][0]
    assert (event.reason, before["quantity"], before["expected_date"]) == ("Bumped", "4", "2026-05-04")


def test_what_does_not_come_is_cancelled_and_a_rest_is_closed(shop, line):
    one, other = announce(shop, line, NewDelivery(line.pk, 4), NewDelivery(line.pk, 6)).ids
    arrive(shop, line, Arrival(line.pk, 1, batch="A", announcement_id=one))
    cancel_deliveries(order=line.order, deliveries=[one, other], reason="Lost at sea", **shop.by_ada)
    assert facts(("is_cancelled", "is_closed")) == [(False, True), (True, False)]
    assert [each.state for each in AnnouncedDelivery.objects.order_by("pk")] == ["closed", "cancelled"]
    line.refresh_from_db()
    assert line.open_quantity == 9


def test_refuses_what_is_no_delivery(shop, line):
    resistors = PurchaseLine.objects.get(pk=order_of(shop, ("R-10K", 3, "12", "0"))[1][0])
    deliveries = [
        NewDelivery(resistors.pk, 1),
        NewDelivery(line.pk, 0),
        NewDelivery(line.pk, "1.5"),
        NewDelivery(line.pk, 1, mode="rocket", carrier="x" * 101),
        NewDelivery(line.pk, 2, serials="1-3"),
    ]
    assert sorted(shop.refused(announce_deliveries, order=line.order, deliveries=deliveries)) == [
        ("line_not_on_order", (0, "line")),
        ("quantity_not_positive", (1, "quantity")),
        ("quantity_not_whole", (2, "quantity")),
        ("serials_range_too_long", (4, "serials")),
        ("text_too_long", (3, "carrier")),
        ("transport_unknown", (3, "mode")),
    ]
    assert shop.refused(announce_deliveries, order=line.order, deliveries=[]) == [
        ("no_deliveries_named", ("deliveries",))
    ]
    untracked = [NewDelivery(resistors.pk, 1, serials="1")]
    assert shop.refused(announce_deliveries, order=resistors.order, deliveries=untracked) == [
        ("serials_not_kept", (0, "serials"))
    ]
    assert not AnnouncedDelivery.objects.exists()


def test_refuses_lines_and_orders_of_which_nothing_comes(shop, line):
    close_short(order=line.order, lines=[line.pk], reason="Enough", **shop.by_ada)
    announced = [NewDelivery(line.pk, 1)]
    assert [code for code, _ in shop.refused(announce_deliveries, order=line.order, deliveries=announced)] == [
        "wrong_state"
    ]
    other, [first, second] = order_of(shop, ("R-10K", 3, "12", "0"), ("C-100N", 3, "12", "0"))
    close_short(order=other, lines=[first], reason="Enough", **shop.by_ada)
    assert shop.refused(announce_deliveries, order=other, deliveries=[NewDelivery(first, 1)]) == [
        ("line_closed", (0, "line"))
    ]
    hold_order(order=other, **shop.by_ada)
    [pk] = announce_deliveries(order=other, deliveries=[NewDelivery(second, 1)], **shop.by_ada).ids
    cancel_order(order=other, **shop.by_ada)
    assert shop.refused(change_deliveries, order=other, changes=[DeliveryChange(pk, {"note": "x"})]) == [
        ("wrong_state", ())
    ]
    cancel_deliveries(order=other, deliveries=[pk], **shop.by_ada)


def test_refuses_changes_of_what_is_here_or_unknown(shop, line):
    one, other = announce(shop, line, NewDelivery(line.pk, 4), NewDelivery(line.pk, 2)).ids
    arrive(shop, line, Arrival(line.pk, 3, batch="A", announcement_id=one))
    arrive(shop, line, Arrival(line.pk, 2, batch="B", announcement_id=other))
    changes = [
        DeliveryChange(other, {"note": "x"}),
        DeliveryChange(47110815, {"note": "x"}),
        DeliveryChange(one, {"note": "x"}),
        DeliveryChange(one, {"note": "x"}),
    ]
    assert shop.refused(change_deliveries, order=line.order, changes=changes) == [
        ("delivery_not_expected", (0, "delivery")),
        ("delivery_not_on_order", (1, "delivery")),
        ("delivery_named_twice", (3, "delivery")),
    ]
    assert shop.refused(change_deliveries, order=line.order, changes=[DeliveryChange(one, {"colour": "red"})]) == [
        ("delivery_fact_unknown", (0, "colour"))
    ]
    assert shop.refused(change_deliveries, order=line.order, changes=[DeliveryChange(one, {"quantity": 2})]) == [
        ("delivery_below_received", (0, "quantity"))
    ]
    assert shop.refused(cancel_deliveries, order=line.order, deliveries=[other]) == [
        ("delivery_not_expected", (0, "delivery"))
    ]
    arrivals = [
        Arrival(line.pk, None, announcement_id=other),
        Arrival(line.pk, 1, announcement_id=47110815),
    ]
    assert shop.refused(receive, order=line.order, arrivals=arrivals) == [
        ("delivery_not_expected", (0, "announcement")),
        ("delivery_not_on_order", (1, "announcement")),
    ]


def test_refuses_to_receive_it_for_another_line(shop):
    order, [first, second] = order_of(shop, ("R-10K", 3, "12", "0"), ("C-100N", 3, "12", "0"))
    [pk] = announce_deliveries(order=order, deliveries=[NewDelivery(first, 1)], **shop.by_ada).ids
    arrivals = [Arrival(second, 1, announcement_id=pk)]
    assert shop.refused(receive, order=order, arrivals=arrivals) == [("delivery_of_another_line", (0, "announcement"))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    line = shop.ordered(shop.external(board, count))
    news = [NewDelivery(line.pk, 1, serials=str(number + 1)) for number in range(count)]
    with statements() as seen:
        ids = announce(shop, line, *news).ids
    assert seen == 7
    with statements() as seen:
        change_deliveries(order=line.order, changes=[DeliveryChange(pk, {"note": "x"}) for pk in ids], **shop.by_ada)
    assert seen == 7
    arrivals = [Arrival(line.pk, None, announcement_id=pk) for pk in ids]
    with statements() as seen:
        got = arrive(shop, line, *arrivals)
    assert len(got.ids) == count
    assert seen == 31
    unreceive(receipt=Event.objects.get(pk=got.event_id), reason="Not ours", **shop.by_bo)
    with statements() as seen:
        cancel_deliveries(order=line.order, deliveries=ids, **shop.by_ada)
    assert seen == 5


@pytest.mark.django_db(transaction=True)
@rounds
def test_of_clerks_who_receive_the_same_delivery_one_does(shop, rounds):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    shelf = shop.location("Goods in")
    for _ in range(rounds):
        line = shop.ordered(shop.external(board, 10))
        [pk] = announce(shop, line, NewDelivery(line.pk, 4)).ids
        arrival = Arrival(line.pk, None, batch="B1", announcement_id=pk)
        call = partial(receive, order=line.order, arrivals=[arrival], location=shelf, **shop.by_bo)
        done, refused = race(*[call] * 4)
        assert len(done) == 1
        assert [one.codes for one in refused] == [["delivery_not_expected"]] * 3
        line.refresh_from_db()
        assert (line.received, AnnouncedDelivery.objects.get(pk=pk).received) == (4, 4)
    shop.recount()
