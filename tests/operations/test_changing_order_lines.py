"""Order lines corrected from the invoice, and taken off when nothing hangs on them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.ledger.serial_numbers import next_serials
from outwork.models import Event, Part, PurchaseLine
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.announcing import NewDelivery, announce_deliveries
from outwork.operations.changing_order_lines import LineChange, change_lines, remove_lines
from outwork.operations.order_states import complete_order
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.reserving_serials import reserve_serials
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.states import OrderStatus
from tests.purchases import come, order_of, values

D = Decimal


def line(pk):
    return PurchaseLine.objects.get(pk=pk)


def test_it_works(shop):
    order, (first, second) = order_of(shop, ("BOARD", 100, "12.50", "4"), ("CABLE", 50, "1.00", "0"))
    facts = {"price": "12.00", "discount": "5", "note": "as on the invoice"}
    changes = [LineChange(first, facts), LineChange(second, {"ordered": 60, "currency": "usd"})]
    done = change_lines(order=order, changes=changes, reason="invoice 47110815", **shop.by_ada)
    assert done.ids == [first, second]
    assert (line(first).price, line(first).discount, line(first).note) == (D(12), D(5), "as on the invoice")
    assert (line(second).ordered, line(second).currency, line(second).price) == (D(60), "USD", D(1))
    event = Event.objects.get(pk=done.event_id)
    assert event.reason == "invoice 47110815"
    assert {"line": first, "price": ["12.5", "12"]} in event.data["changes"]
    assert {"line": second, "ordered": ["50", "60"]} in event.data["changes"]
    order.refresh_from_db()
    assert order.version > 1


def test_what_came_is_worth_the_corrected_price_also_on_a_complete_order(shop):
    order, (first,) = order_of(shop, ("BOARD", 100, "12.50", "4"))
    ids = come(shop, order, (first, 100))
    assert order.status == OrderStatus.COMPLETE
    change_lines(order=order, changes=[LineChange(first, {"discount": 0})], **shop.by_ada)
    assert values(ids) == [D(1250)]
    shop.recount()


def test_fewer_ordered_share_the_freight_and_complete_the_order(shop):
    order, (first,) = order_of(shop, ("BOARD", 10, "1.00", "0"))
    add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "10.00")], **shop.by_ada)
    ids = come(shop, order, (first, 5))
    change_lines(order=order, changes=[LineChange(first, {"ordered": 5})], **shop.by_ada)
    order.refresh_from_db()
    assert (values(ids), order.status) == ([D(15)], OrderStatus.COMPLETE)
    shop.recount()


def test_more_than_a_build_is_for_is_said(shop):
    build = shop.external(shop.assembly("BOARD", is_purchaseable=True), 10)
    ordered = shop.ordered(build)
    done = change_lines(order=ordered.order, changes=[LineChange(ordered.pk, {"ordered": 12})], **shop.by_ada)
    assert [one["code"] for one in done.said] == ["build_overordered"]


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"ordered": 4}, "ordered_below_received"),
        ({"ordered": 0}, "quantity_not_positive"),
        ({"ordered": "nan"}, "number_invalid"),
        ({"price": "-1"}, "price_negative"),
        ({"price": "0.0000001"}, "money_too_fine"),
        ({"discount": 101}, "discount_not_a_percentage"),
        ({"currency": "EURO"}, "currency_code_invalid"),
        ({"destination": 999}, "location_unknown"),
        ({"reference": "x" * 101}, "text_too_long"),
        ({"supplier_part": 1}, "line_fact_unknown"),
    ],
)
def test_refuses_what_cannot_be(shop, facts, refused):
    order, (first,) = order_of(shop, ("BOARD", 10, "1.00", "0"))
    come(shop, order, (first, 5))
    changes = [LineChange(first, facts)]
    assert shop.refused(change_lines, order=order, changes=changes) == [(refused, (0, next(iter(facts))))]
    assert (line(first).ordered, line(first).price, line(first).discount) == (D(10), D(1), D(0))


def test_refuses_all_that_is_wrong_at_once(shop):
    order, (first,) = order_of(shop, ("BOARD", 10, "1.00", "0"))
    changes = [LineChange(first, {"price": "-1", "discount": "-1"})]
    assert shop.refused(change_lines, order=order, changes=changes) == [
        ("price_negative", (0, "price")),
        ("discount_not_a_percentage", (0, "discount")),
    ]
    twice = [LineChange(first, {}), LineChange(first, {}), LineChange(999, {})]
    assert shop.refused(change_lines, order=order, changes=twice) == [
        ("line_named_twice", (1, "line")),
        ("line_not_on_order", (2, "line")),
    ]
    assert shop.refused(change_lines, order=order, changes=[]) == [("no_lines_named", ("lines",))]


def test_refuses_to_order_more_on_a_complete_order_and_a_part_of_a_piece(shop):
    order, (first,) = order_of(shop, ("BOARD", 10, "1.00", "0"))
    Part.objects.filter(number="BOARD").update(is_trackable=True)
    half = [LineChange(first, {"ordered": "10.5"})]
    assert shop.refused(change_lines, order=order, changes=half) == [("quantity_not_whole", (0, "ordered"))]
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    more = [LineChange(first, {"ordered": 11})]
    assert shop.refused(change_lines, order=order, changes=more) == [("order_complete_quantity", (0, "ordered"))]
    noted = [LineChange(more[0].line_id, {"note": "x", "price": "2"})]
    assert shop.refused(change_lines, order=order, changes=noted) == [("order_complete_quantity", (0, "note"))]
    shop.switch_on("PURCHASEORDER_EDIT_COMPLETED_ORDERS")
    change_lines(order=order, changes=noted, **shop.by_ada)
    assert order.lines.get(pk=more[0].line_id).note == "x"


def test_a_line_that_nothing_hangs_on_goes_with_its_dates(shop):
    order, (first, second) = order_of(shop, ("BOARD", 10, "1.00", "0"), ("CABLE", 10, "1.00", "0"))
    add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "10.00")], **shop.by_ada)
    ids = come(shop, order, (first, 10))
    day = shop.now.date()
    state_dates(order=order, changes=[DateChange(second, "promised", day)], **shop.by_ada)
    assert values(ids) == [D(15)]
    done = remove_lines(order=order, lines=[second], reason="not needed", **shop.by_ada)
    order.refresh_from_db()
    assert list(order.lines.values_list("pk", flat=True)) == [first]
    assert (values(ids), order.status) == ([D(20)], OrderStatus.COMPLETE)
    assert Event.objects.get(pk=done.event_id).data["lines"][0]["ordered"] == "10"
    shop.recount()


def test_refuses_to_remove_what_something_hangs_on(shop):
    order, (first, second) = order_of(shop, ("BOARD", 10, "1.00", "0"), ("CABLE", 10, "1.00", "0"))
    come(shop, order, (first, 5))
    tooling = NewExtra(ExtraKind.TOOLING, "3.00", spread=SpreadMode.ON_LINE, line_id=second)
    add_extra_lines(order=order, extras=[tooling], **shop.by_ada)
    assert shop.refused(remove_lines, order=order, lines=[first, second]) == [
        ("line_in_use", (0, "line")),
        ("line_in_use", (0, "line")),
        ("line_in_use", (1, "line")),
        ("order_left_empty", ()),
    ]
    assert order.lines.count() == 2


def test_the_last_line_of_a_draft_can_go(shop):
    order, lines = order_of(shop, ("BOARD", 10, "1.00", "0"), placed=False)
    remove_lines(order=order, lines=lines, **shop.by_ada)
    assert not order.lines.exists()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, statements, count):
    order, ids = order_of(shop, ("CABLE", 1, "1.00", "0"), *[("BOARD", 10, "1.00", "0")] * count)
    with statements() as seen:
        change_lines(order=order, changes=[LineChange(pk, {"price": "2.00"}) for pk in ids[1:]], **shop.by_ada)
    assert seen == 6
    with statements() as seen:
        remove_lines(order=order, lines=ids[1:], **shop.by_ada)
    assert seen == 15


def test_announced_deliveries_keep_a_line_and_reserved_serial_numbers_go_with_it(shop):
    board = shop.part("BOARD", is_trackable=True)
    order, (first, second) = order_of(shop, ("BOARD", 10, "1.00", "0"), ("CABLE", 10, "1.00", "0"))
    line = PurchaseLine.objects.select_related("order").get(pk=first)
    reserve_serials(order_line=line, **shop.by_ada)
    announce_deliveries(order=order, deliveries=[NewDelivery(second, 4)], **shop.by_ada)
    assert shop.refused(remove_lines, order=order, lines=[second]) == [("line_in_use", (0, "line"))]
    remove_lines(order=order, lines=[first], **shop.by_ada)
    assert next_serials(board) == ["1"]
    shop.recount()
