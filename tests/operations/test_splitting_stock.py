"""One item becomes two of the same lot."""

from decimal import Decimal

from outwork.models import StockItem
from outwork.operations.splitting_stock import Split, split_stock


def test_it_works(shop):
    item = shop.put("R-10K", 100, batch="A", value="1.00")
    first = split_stock(rows=[Split(item.pk, 30)], **shop.by_bo).ids[0]
    second = split_stock(rows=[Split(first, 10)], **shop.by_bo).ids[0]
    found = {one.pk: one for one in StockItem.objects.all()}
    assert [found[pk].quantity for pk in (item.pk, first, second)] == [70, 20, 10]
    assert [found[pk].value for pk in (item.pk, first, second)] == [Decimal("0.7"), Decimal("0.2"), Decimal("0.1")]
    assert (found[second].split_from_id, found[second].root_id, found[second].batch) == (first, item.pk, "A")
    assert {one.location_id for one in found.values()} == {item.location_id}
    shop.recount()


def test_allocations_follow_what_was_not_free(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 60)
    done = split_stock(rows=[Split(item.pk, 50)], **shop.by_bo)
    assert [(one["quantity"], one["build"]) for one in done.said] == [("10", build.reference)]
    assert StockItem.objects.get(pk=done.ids[0]).allocated == 10
    shop.recount()


def test_refuses_what_leaves_nothing_behind(shop):
    shop.part("BOARD", is_trackable=True)
    item, board = shop.put("R-10K", 5), shop.put("BOARD", 1, serial="7")
    rows = [Split(item.pk, 5), Split(board.pk, 1)]
    assert shop.refused(split_stock, rows=rows) == [
        ("split_of_everything", (0, "quantity")),
        ("split_of_everything", (1, "quantity")),
    ]
    assert shop.refused(split_stock, rows=[Split(item.pk, 6)]) == [("item_short", (0, "quantity"))]
    assert shop.refused(split_stock, rows=[Split(item.pk, 0)]) == [("quantity_not_positive", (0, "quantity"))]
    assert shop.refused(split_stock, rows=[Split(board.pk, "0.5")]) == [("quantity_not_whole", (0, "quantity"))]
