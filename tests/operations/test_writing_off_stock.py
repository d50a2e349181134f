"""Items that are gone: out of all lists, their serial numbers free again, the ledger keeps them."""

import pytest

from outwork.models import Movement, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.writing_off_stock import write_off_stock
from outwork.rules.places import PlaceKind


def test_it_works(shop):
    board = shop.part("BOARD", is_trackable=True)
    item = shop.put("BOARD", 1, serial="7", value="20.00")
    done = write_off_stock(rows=[item.pk], reason="dropped", **shop.by_bo)
    shop.expect("")
    item.refresh_from_db()
    assert (item.place, item.quantity, item.value, item.serial) == (PlaceKind.GONE, 0, 0, "7")
    movement = Movement.objects.get(event=done.event_id)
    assert (movement.kind, movement.quantity, movement.value, movement.serial) == ("written off", 1, 20, "7")
    add_stock(rows=[NewStock(board.pk, serials=["7"])], **shop.by_bo)
    shop.expect("BOARD   serial 7   -   1")
    shop.recount()


def test_its_allocations_are_released(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 60)
    done = write_off_stock(rows=[item.pk], **shop.by_bo)
    assert [(one["code"], one["quantity"], one["build"]) for one in done.said] == [
        ("allocation_shrunk", "60", build.reference)
    ]
    shop.recount()


def test_an_empty_item_goes_without_a_movement(shop):
    item = shop.put("R-10K", 5)
    remove_stock(rows=[Removal(item.pk, 5)], **shop.by_bo)
    before = shop.movements()
    write_off_stock(rows=[item.pk], **shop.by_bo)
    assert shop.movements() == before
    assert not StockItem.objects.existing().exists()
    shop.recount()


def test_refuses_what_is_gone_in_use_or_full(shop):
    gone, outer, used = (shop.put("R-10K", 5) for _ in range(3))
    write_off_stock(rows=[gone.pk], **shop.by_bo)
    build = shop.build(shop.assembly("ASSY", {}), 1)
    StockItem.objects.filter(pk=used.pk).update(place=PlaceKind.INSIDE, location=None, inside=outer, used_by=build)
    assert shop.refused(write_off_stock, rows=[gone.pk]) == [("item_gone", (0, "item"))]
    assert shop.refused(write_off_stock, rows=[47110815]) == [("item_unknown", (0, "item"))]
    assert shop.refused(write_off_stock, rows=[outer.pk, used.pk]) == [
        ("item_not_on_hand", (1, "item")),
        ("item_has_contents", (0, "item")),
    ]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        write_off_stock(rows=[item.pk for item in items], **shop.by_bo)
    assert seen == 7
