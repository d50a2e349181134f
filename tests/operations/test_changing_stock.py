"""Facts of items change; nothing moves, and the event keeps what was before."""

import datetime

import pytest

from outwork.models import Event, StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.rules.states import StockStatus


def test_it_works(shop):
    board = shop.part("BOARD", is_trackable=True)
    source = shop.sells(shop.company("Acme"), board)
    item = shop.put("BOARD", 1, batch="A")
    facts = {
        "status": StockStatus.ATTENTION,
        "batch": "B",
        "serial": "SN-7",
        "packaging": "tray",
        "expiry_date": datetime.date(2027, 1, 31),
        "supplier_part": source.pk,
        "note": "scratched",
    }
    done = change_stock(rows=[Change(item.pk, facts)], reason="looked", **shop.by_bo)
    item.refresh_from_db()
    assert (item.status, item.batch, item.serial, item.serial_number) == (50, "B", "SN-7", 7)
    assert (item.serial_scope, item.supplier_part, item.note) == (board.pk, source, "scratched")
    event = Event.objects.get(pk=done.event_id)
    assert (event.item_id, event.part_id) == (item.pk, board.pk)
    (change,) = event.data["changes"]
    assert (change["before"]["batch"], change["after"]["batch"]) == ("A", "B")
    assert change["after"]["expiry_date"] == "2027-01-31"
    change_stock(rows=[Change(item.pk, {"serial": None, "batch": "B"})], **shop.by_bo)
    item.refresh_from_db()
    assert (item.serial, item.serial_scope) == (None, None)
    shop.recount()


def test_a_status_that_is_not_used_releases_nothing_but_is_said(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 60)
    done = change_stock(rows=[Change(item.pk, {"status": StockStatus.QUARANTINED})], **shop.by_bo)
    (said,) = done.said
    assert (said["code"], said["quantity"], said["status"]) == ("allocated_but_not_available", "60", "quarantined")
    item.refresh_from_db()
    assert item.allocated == 60
    shop.recount()


def test_refuses_everything_wrong_at_once(shop):
    shop.part("BOARD", is_trackable=True)
    shop.put("BOARD", 1, serial="7")
    other = shop.sells(shop.company("Acme"), shop.part("R-10K"))
    items = [shop.put("BOARD", 2 if index == 3 else 1) for index in range(7)]
    wrong: list[dict[str, object]] = [
        {"status": 11},
        {"quantity": 5},
        {"serial": "7"},
        {"serial": "8"},
        {"supplier_part": other.pk},
        {"supplier_part": 47110815},
        {"batch": "x" * 101},
    ]
    rows = [Change(item.pk, facts) for item, facts in zip(items, wrong, strict=True)]
    rows.append(Change(shop.put("R-10K", 1).pk, {"serial": "9"}))
    assert sorted(shop.refused(change_stock, rows=rows), key=lambda one: one[1]) == [
        ("stock_status_unknown", (0, "status")),
        ("fact_unknown", (1, "quantity")),
        ("serials_used", (2, "serial")),
        ("serial_of_many", (3, "serial")),
        ("supplier_part_of_another_part", (4, "supplier_part")),
        ("supplier_part_unknown", (5, "supplier_part")),
        ("text_too_long", (6, "batch")),
        ("serials_not_kept", (7, "serial")),
    ]
    facts = {"batch": "\x1b[31mA", "packaging": "a\nb", "note": "\x01"}
    assert shop.refused(change_stock, rows=[Change(items[0].pk, facts)]) == [
        ("text_invalid", (0, name)) for name in facts
    ]
    assert shop.refused(change_stock, rows=[Change(47110815, {"batch": "A"})]) == [("item_unknown", (0, "item"))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        change_stock(rows=[Change(item.pk, {"batch": "B"}) for item in items], **shop.by_bo)
    assert seen == 5
    assert StockItem.objects.filter(batch="B").count() == count
