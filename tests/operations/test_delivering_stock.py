"""Stock goes to a customer and comes back from one."""

from decimal import Decimal

import pytest

from outwork.models import StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.delivering_stock import BroughtBack, Delivery, bring_back_stock, deliver_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.taking_back import reverse_event
from outwork.queries import stock
from outwork.rules.places import PlaceKind
from outwork.rules.states import StockStatus


@pytest.fixture
def customer(shop):
    """A company that buys."""
    return shop.company("Globex", is_customer=True)


def test_it_works(shop, customer):
    box = shop.put(shop.part("RADIO", is_salable=True), 10, value="50.00")
    done = deliver_stock(rows=[Delivery(box.pk, customer.pk, 4)], reason="order 7", **shop.by_bo)
    shop.expect("RADIO   Main shelf   6")
    (there,) = StockItem.objects.filter(pk__in=done.ids)
    assert (there.place, there.customer, there.quantity, there.value) == (PlaceKind.CUSTOMER, customer, 4, Decimal(20))
    rows = [BroughtBack(there.pk, shop.location("Rack").pk, 1)]
    back = bring_back_stock(rows=rows, reason="does not work", **shop.by_bo)
    shop.expect("""
        RADIO   Main shelf   6
        RADIO   Rack         1
    """)
    assert StockItem.objects.get(pk=back.ids[0]).status == StockStatus.RETURNED
    assert [step.kind for step in stock.history(there)] == ["delivered", "came back"]
    shop.recount()
    reverse_event(event=back.event_id, reason="another customer's", **shop.by_bo)
    reverse_event(event=done.event_id, reason="not sent", **shop.by_bo)
    shop.expect("RADIO   Main shelf   10")
    box.refresh_from_db()
    assert box.value == 50
    shop.recount()


def test_a_whole_item_keeps_its_number_and_its_condition_is_told(shop, customer):
    unit = shop.put(shop.part("RADIO", is_salable=True, is_trackable=True), 1, serial="7")
    assert deliver_stock(rows=[Delivery(unit.pk, customer.pk)], **shop.by_bo).ids == [unit.pk]
    rows = [BroughtBack(unit.pk, None, status=StockStatus.QUARANTINED)]
    back = bring_back_stock(rows=rows, **shop.by_bo)
    unit.refresh_from_db()
    assert (unit.place, unit.status) == (PlaceKind.UNPLACED, StockStatus.QUARANTINED)
    reverse_event(event=back.event_id, reason="still there", **shop.by_bo)
    unit.refresh_from_db()
    assert (unit.place, unit.customer, unit.status) == (PlaceKind.CUSTOMER, customer, StockStatus.OK)
    shop.recount()


def test_refuses_what_is_not_sold(shop, customer):
    radio = shop.part("RADIO", is_salable=True)
    bad, held = shop.put(radio, 1), shop.put(radio, 5)
    build = shop.build(shop.assembly("BOX", {"RADIO": 1}), 3)
    shop.allocate(build.reference, held, 3)
    change_stock(rows=[Change(bad.pk, {"status": StockStatus.REJECTED})], **shop.by_bo)
    rows = [
        Delivery(bad.pk, customer.pk),
        Delivery(held.pk, customer.pk),
        Delivery(shop.put("R-10K", 1).pk, shop.company("Acme").pk),
        Delivery(shop.put(radio, 1).pk, 47110815, 2),
    ]
    assert sorted(shop.refused(deliver_stock, rows=rows), key=lambda one: (one[1], one[0])) == [
        ("item_not_deliverable", (0, "item")),
        ("units_not_free", (1, "quantity")),
        ("company_not_customer", (2, "customer")),
        ("part_not_salable", (2, "item")),
        ("company_unknown", (3, "customer")),
        ("item_short", (3, "quantity")),
    ]
    assert shop.refused(bring_back_stock, rows=[BroughtBack(held.pk, None)]) == [("item_elsewhere", (0, "item"))]


def test_what_is_not_in_stock_moves_only_where_that_is_allowed(shop, customer):
    unit = shop.put(shop.part("RADIO", is_salable=True), 1)
    deliver_stock(rows=[Delivery(unit.pk, customer.pk)], **shop.by_bo)
    rows = [Transfer(unit.pk, shop.location("Rack").pk)]
    assert shop.refused(transfer_stock, rows=rows) == [("item_not_on_hand", (0, "item"))]
    shop.switch_on("STOCK_ALLOW_OUT_OF_STOCK_TRANSFER")
    transfer_stock(rows=rows, **shop.by_bo)
    shop.expect("RADIO   Rack   1")
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, customer, count):
    radio = shop.part("RADIO", is_salable=True)
    items = shop.put_many(radio, 5, count)
    with statements() as seen:
        done = deliver_stock(rows=[Delivery(item.pk, customer.pk, 2) for item in items], **shop.by_bo)
    assert seen == 9
    with statements() as seen:
        bring_back_stock(rows=[BroughtBack(item, None) for item in done.ids], **shop.by_bo)
    assert seen == 6
