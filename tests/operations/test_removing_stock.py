"""Units leave stock: free ones first, then allocations give way and are named."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, StockItem
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.rules.places import PlaceKind


@pytest.fixture
def builds(shop):
    board = shop.assembly("BOARD", {"R-10K": 10})
    return [shop.build(board, quantity) for quantity in (3, 4)]


def test_it_works(shop):
    item = shop.put("R-10K", 100, value="3.00")
    done = remove_stock(rows=[Removal(item.pk, "30.5")], reason="samples", **shop.by_bo)
    assert (done.ids, done.said) == ([item.pk], [])
    shop.expect("R-10K   Main shelf   69.5")
    item.refresh_from_db()
    assert item.value == Decimal("2.085")
    shop.recount()


def test_the_newest_allocations_give_way(shop, builds):
    item = shop.put("R-10K", 100)
    for build, quantity in zip(builds, (30, 40), strict=True):
        shop.allocate(build.reference, item, quantity)
    done = remove_stock(rows=[Removal(item.pk, 85)], **shop.by_bo)
    shop.expect(f"R-10K   Main shelf   15   for {builds[0].reference}")
    assert [(one["code"], one["build"], one["quantity"], one["item"]) for one in done.said] == [
        ("allocation_shrunk", builds[1].reference, "40", "R-10K"),
        ("allocation_shrunk", builds[0].reference, "15", "R-10K"),
    ]
    shop.recount()


def test_an_empty_item_stays(shop):
    item = shop.put("R-10K", 5, value="1.00")
    remove_stock(rows=[Removal(item.pk, 5)], **shop.by_bo)
    item.refresh_from_db()
    assert (item.quantity, item.value, item.place) == (0, 0, PlaceKind.LOCATION)
    shop.recount()


def test_refuses_what_is_not_there(shop):
    item, board = shop.put("R-10K", 5), shop.part("BOARD", is_trackable=True)
    pieces = shop.put("BOARD", 5)
    used, made = shop.put("R-10K", 5), shop.put("R-10K", 5)
    build = shop.build(shop.assembly("ASSY", {}), 1)
    StockItem.objects.filter(pk=used.pk).update(place=PlaceKind.USED, location=None, used_by=build)
    StockItem.objects.filter(pk=made.pk).update(is_in_production=True, build=build)
    rows = [
        Removal(item.pk, "5.00001"),
        Removal(item.pk, 1),
        Removal(pieces.pk, "1.5"),
        Removal(used.pk, 1),
        Removal(made.pk, 1),
    ]
    assert sorted(shop.refused(remove_stock, rows=rows), key=lambda one: one[1]) == [
        ("item_short", (0, "quantity")),
        ("item_repeated", (1, "item")),
        ("quantity_not_whole", (2, "quantity")),
        ("item_not_on_hand", (3, "item")),
        ("item_in_production", (4, "item")),
    ]
    assert shop.refused(remove_stock, rows=[Removal(47110815, 1)]) == [("item_unknown", (0, "item"))]
    assert shop.refused(remove_stock, rows=[]) == [("rows_missing", ())]
    assert board.is_trackable


@pytest.mark.parametrize("bad", [0, -1, "NaN", "1e12", "0.0000001", "x", None])
def test_refuses_bad_quantities(shop, bad):
    item = shop.put("R-10K", 5)
    ((_, where),) = shop.refused(remove_stock, rows=[Removal(item.pk, bad)])
    assert where == (0, "quantity")


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, builds, statements, count):
    line = builds[0].lines.get()
    items = shop.put_many("R-10K", 5, count)
    Allocation.objects.bulk_create([Allocation(build_line=line, item=item, quantity=Decimal(4)) for item in items])
    StockItem.objects.update(allocated=Decimal(4))
    with statements() as seen:
        done = remove_stock(rows=[Removal(item.pk, 2) for item in items], **shop.by_bo)
    assert seen == 9
    assert len(done.said) == count
    shop.recount()
