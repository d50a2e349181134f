"""The settings of stock, each with both of its values."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import PurchaseOrder, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.creating_order import create_order
from outwork.operations.making_outputs import make_outputs
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.taking_back import reverse_event
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries import stock
from outwork.rules.places import PlaceKind
from outwork.rules.receiving import Arrival


def added(shop, number="R-10K", **facts):
    """New stock of a part; the item."""
    row = NewStock(part=shop.part(number).pk, location=shop.location("Main shelf").pk, **{"quantity": 5, **facts})
    return StockItem.objects.get(pk=add_stock(rows=[row], **shop.by_bo).ids[0])


@pytest.mark.parametrize("goes", [True, False])
def test_stock_that_is_used_up_goes_if_the_setting_says_so(shop, goes):
    shop.switch_on("STOCK_DELETE_DEPLETED_DEFAULT", goes)
    item = added(shop)
    done = remove_stock(rows=[Removal(item.pk, 5)], **shop.by_bo)
    item.refresh_from_db()
    assert (item.quantity, item.place) == (0, PlaceKind.GONE if goes else PlaceKind.LOCATION)
    shop.recount()
    reverse_event(event=done.event_id, reason="miscounted", **shop.by_bo)
    item.refresh_from_db()
    assert (item.quantity, item.place) == (5, PlaceKind.LOCATION)
    shop.recount()


def test_an_item_says_for_itself_whether_it_goes(shop):
    stays, goes = added(shop, goes_when_empty=False), added(shop)
    assert (stays.goes_when_empty, goes.goes_when_empty) == (False, True)
    change_stock(rows=[Change(goes.pk, {"goes_when_empty": False})], **shop.by_bo)
    count_stock(rows=[Counted(stays.pk, 0), Counted(goes.pk, 0)], **shop.by_bo)
    assert StockItem.objects.existing().count() == 2
    board = shop.part("BOARD", is_trackable=True)
    done = add_stock(rows=[NewStock(part=board.pk, serials=["7"])], **shop.by_bo)
    assert StockItem.objects.get(pk=done.ids[0]).goes_when_empty is False
    shop.recount()


@pytest.mark.parametrize("may", [True, False])
def test_serial_numbers_change_if_the_setting_says_so(shop, may):
    shop.switch_on("STOCK_ALLOW_EDIT_SERIAL", may)
    shop.part("BOARD", is_trackable=True)
    numbered, plain = shop.put("BOARD", 1, serial="7"), shop.put("BOARD", 1)
    change_stock(rows=[Change(plain.pk, {"serial": "8"}), Change(numbered.pk, {"serial": "7"})], **shop.by_bo)
    rows = [Change(numbered.pk, {"serial": "9"}), Change(plain.pk, {"serial": None})]
    if may:
        change_stock(rows=rows, **shop.by_bo)
        assert StockItem.objects.get(pk=numbered.pk).serial == "9"
    else:
        assert shop.refused(change_stock, rows=rows) == [
            ("serial_fixed", (0, "serial")),
            ("serial_fixed", (1, "serial")),
        ]
    shop.recount()


@pytest.mark.parametrize("may", [True, False])
def test_serial_numbers_are_written_off_if_the_setting_says_so(shop, may):
    shop.switch_on("STOCK_ALLOW_DELETE_SERIALIZED", may)
    shop.part("BOARD", is_trackable=True)
    item = shop.put("BOARD", 1, serial="7")
    if may:
        write_off_stock(rows=[item.pk], **shop.by_bo)
    else:
        assert shop.refused(write_off_stock, rows=[item.pk]) == [("serial_stays", (0, "item"))]
    assert StockItem.objects.existing().exists() is not may


def test_moved_stock_joins_what_is_like_it_where_it_goes(shop):
    rack = shop.location("Rack")
    there, other = shop.put("R-10K", 5, "Rack", batch="A", value="1.00"), shop.put("R-10K", 5, "Rack", batch="B")
    mine = shop.put("R-10K", 10, batch="A", value="4.00")
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    shop.allocate(build.reference, mine, 8)
    done = transfer_stock(rows=[Transfer(mine.pk, rack.pk, 4)], merge=True, **shop.by_bo)
    assert done.ids == [there.pk]
    there.refresh_from_db()
    assert (there.quantity, there.allocated, there.value) == (9, 2, Decimal("2.6"))
    transfer_stock(rows=[Transfer(mine.pk, rack.pk)], merge=True, **shop.by_bo)
    mine.refresh_from_db()
    there.refresh_from_db()
    other.refresh_from_db()
    assert (mine.place, there.quantity, there.allocated, there.value, other.quantity) == (PlaceKind.GONE, 15, 8, 5, 5)
    shop.recount()


def test_a_count_is_kept_with_the_item_and_taken_back_with_it(shop):
    item = shop.put("R-10K", 5)
    first = count_stock(rows=[Counted(item.pk, 4)], **shop.by_bo)
    item.refresh_from_db()
    assert (item.counted_at, item.counted_by) == (shop.now, shop.bo)
    second = count_stock(rows=[Counted(item.pk, 3)], **shop.by(shop.ada, days=1))
    count_stock(rows=[Counted(item.pk, 3)], **shop.by(shop.bo, days=-1))
    item.refresh_from_db()
    assert item.counted_by == shop.ada
    assert [(one.kind, one.change) for one in stock.history(item)] == [
        ("opening", 5),
        ("counted", -1),
        ("counted", -1),
        ("counted", 0),
    ]
    reverse_event(event=second.event_id, reason="another shelf", **shop.by(shop.bo, days=1))
    item.refresh_from_db()
    assert (item.quantity, item.counted_at, item.counted_by) == (4, shop.now, shop.bo)
    reverse_event(event=first.event_id, reason="another shelf", **shop.by(shop.bo, days=1))
    item.refresh_from_db()
    assert (item.quantity, item.counted_at, item.counted_by) == (5, None, None)
    shop.recount()


def test_new_stock_gets_its_batch_by_the_template(shop):
    assert added(shop).batch == ""
    template = "{{ part.number }}-{{ year }}W{{ week }}-{{ location.name|slice:':4' }}"
    shop.switch_on("STOCK_BATCH_CODE_TEMPLATE", template)
    assert added(shop).batch == "R-10K-2026W10-Main"
    assert added(shop, batch="").batch == ""
    assert added(shop, batch="X").batch == "X"
    shop.switch_on("STOCK_BATCH_CODE_TEMPLATE", "{{ date|date:'Ymd' }}{% if quantity == '5' %}-five{% endif %}")
    assert added(shop).batch == "20260302-five"
    shop.switch_on("TIME_ZONE", "Pacific/Kiritimati")
    assert added(shop).batch == "20260303-five"


def test_receipts_and_outputs_get_theirs_by_it_too(shop):
    shop.switch_on(
        "STOCK_BATCH_CODE_TEMPLATE", "{{ part.number }}/{{ build_order.reference }}{{ purchase_order.reference }}"
    )
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 4)
    (output,) = shop.received(shop.ordered(build), 2)
    order = output.purchase_line.order.reference
    assert output.item.batch == f"BOARD/{build.reference}{order}"
    (named,) = shop.received(output.purchase_line, 1, batch="MINE")
    assert named.item.batch == "MINE"
    inside = shop.build(shop.assembly("CORE", {"R-10K": 1}), 2)
    make_outputs(build=inside, units=1, **shop.by_bo)
    inside.refresh_from_db()
    make_outputs(build=inside, units=1, batch="X", **shop.by_bo)
    assert sorted(StockItem.objects.filter(build=inside).values_list("batch", flat=True)) == [
        f"CORE/{inside.reference}",
        "X",
    ]
    shop.recount()


@pytest.mark.parametrize("goes", [True, False])
def test_what_was_bought_goes_when_it_is_used_up_too(shop, goes):
    shop.switch_on("STOCK_DELETE_DEPLETED_DEFAULT", goes)
    acme = shop.company("Acme")
    sold = shop.sells(acme, shop.part("R-10K"))
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    line = add_lines(order=order, lines=[NewLine(sold.pk, 5)], **shop.by_ada).ids[0]
    order.refresh_from_db()
    place_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    receive(order=order, arrivals=[Arrival(line, 5)], location=shop.location("Main shelf"), **shop.by_bo)
    assert StockItem.objects.get().goes_when_empty is goes


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ year", None),
        ("{% include 'x' %}", "batch_template_broken"),
        ("{% load static %}", "batch_template_broken"),
        ("{% for a in date %}{{ a }}{% endfor %}", "batch_template_broken"),
        ("{{ year|ljust:'1000000000' }}", "batch_template_broken"),
        ("{% if year %}", "batch_template_broken"),
        ("{{ year|ljust:101 }}x", "batch_code_unusable"),
        ("{{ year }}\\n{{ month|add:'\\x07' }}", None),
        ("{{ part.default_location.items.all }}", None),
    ],
)
def test_a_template_can_do_no_harm(shop, template, code):
    shop.switch_on("STOCK_BATCH_CODE_TEMPLATE", template)
    row = NewStock(part=shop.part("R-10K").pk, quantity=1)
    if code is None:
        item = StockItem.objects.get(pk=add_stock(rows=[row], **shop.by_bo).ids[0])
        assert "items" not in item.batch
    else:
        assert shop.refused(add_stock, rows=[row]) == [(code, ("STOCK_BATCH_CODE_TEMPLATE",))]


def test_expiry_defaults_in_the_company_day(shop):
    part = shop.part("GLUE", default_expiry_days=30)
    assert added(shop, "GLUE").expiry_date == datetime.date(2026, 4, 1)
    assert part.default_expiry_days == 30
