"""Somebody counted, and the ledger books the difference."""

from decimal import Decimal

import pytest

from outwork.models import Event, Movement
from outwork.operations.counting_stock import Counted, count_stock


def test_it_works(shop):
    less, more, same = (shop.put("R-10K", 100, value="4.00", batch=batch) for batch in "ABC")
    rows = [Counted(less.pk, 88), Counted(more.pk, "112.5"), Counted(same.pk, 100)]
    done = count_stock(rows=rows, reason="stock-take", **shop.by_bo)
    shop.expect("""
        R-10K   batch A   Main shelf   88
        R-10K   batch B   Main shelf   112.5
        R-10K   batch C   Main shelf   100
    """)
    assert done.data == {"differences": {str(less.pk): "-12", str(more.pk): "12.5"}}
    moved = Movement.objects.filter(event=done.event_id).order_by("pk")
    assert [(one.kind, one.quantity, one.value) for one in moved] == [
        ("counted", 12, Decimal("0.48")),
        ("counted", Decimal("12.5"), Decimal("0.5")),
    ]
    counts = Event.objects.get(pk=done.event_id).data["counts"]
    assert [one["counted"] for one in counts] == ["88", "112.5", "100"]
    shop.recount()


def test_found_units_of_an_empty_item_have_no_known_value(shop):
    item = shop.put("R-10K", 10, value="1.00")
    count_stock(rows=[Counted(item.pk, 0)], **shop.by_bo)
    count_stock(rows=[Counted(item.pk, 4)], **shop.by_bo)
    item.refresh_from_db()
    assert (item.quantity, item.value) == (4, None)
    shop.recount()


def test_a_count_below_what_is_allocated_says_whose(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 60)
    done = count_stock(rows=[Counted(item.pk, 48)], **shop.by_bo)
    shop.expect(f"R-10K   Main shelf   48   for {build.reference}")
    assert [(one["code"], one["build"], one["quantity"]) for one in done.said] == [
        ("allocation_shrunk", build.reference, "12")
    ]
    shop.recount()


def test_refuses_what_cannot_be(shop):
    shop.part("BOARD", is_trackable=True)
    board, item = shop.put("BOARD", 1, serial="7"), shop.put("R-10K", 5)
    rows = [Counted(board.pk, 2), Counted(item.pk, -1)]
    assert sorted(shop.refused(count_stock, rows=rows)) == [
        ("item_has_serial", (0, "quantity")),
        ("quantity_negative", (1, "quantity")),
    ]
    for bad in ("NaN", "0.000001", "1e20", "", None):
        ((_, where),) = shop.refused(count_stock, rows=[Counted(item.pk, bad)])
        assert where == (0, "quantity")
    assert shop.refused(count_stock, rows=[Counted(47110815, 1)]) == [("item_unknown", (0, "item"))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        count_stock(rows=[Counted(item.pk, 4) for item in items], **shop.by_bo)
    assert seen == 6
