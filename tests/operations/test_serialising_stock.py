"""Units of a box get serial numbers: each becomes an item, with its part of the value and of the allocations."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, StockItem
from outwork.operations.serialising_stock import Serialisation, serialise_stock
from outwork.operations.taking_back import reverse_event
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Refusal


def test_it_works(shop):
    board = shop.part("BOARD", is_trackable=True)
    box = shop.put(board, 5, batch="A", value="10.00")
    done = serialise_stock(
        rows=[Serialisation(box.pk, "SN-7+", 3, shop.location("Rack").pk)], reason="labelled", **shop.by_bo
    )
    shop.expect("""
        BOARD   serial SN-7   Rack   1
        BOARD   serial SN-8   Rack   1
        BOARD   serial SN-9   Rack   1
        BOARD   batch A       Main shelf   2
    """)
    units = list(StockItem.objects.filter(pk__in=done.ids).order_by("serial"))
    assert [(one.value, one.batch, one.split_from_id, one.root_id) for one in units] == [
        (Decimal("2"), "A", box.pk, box.pk)
    ] * 3
    assert [one.serial_scope for one in units] == [board.serial_family] * 3
    shop.recount()


def test_all_of_a_box_leaves_nothing_and_comes_back(shop):
    build = shop.build(shop.assembly("RADIO", {"BOARD": 1}), 6)
    board = shop.part("BOARD")
    board.is_trackable = True
    board.save()
    box = shop.put(board, 3, value="1.00")
    shop.allocate(build.reference, box, 2)
    done = serialise_stock(rows=[Serialisation(box.pk, ["A1", "A2", "A3"])], **shop.by_bo)
    box.refresh_from_db()
    assert (box.quantity, box.place) == (0, PlaceKind.GONE)
    assert sum(one.value or 0 for one in StockItem.objects.filter(pk__in=done.ids)) == 1
    assert sorted(Allocation.objects.values_list("item__serial", "quantity")) == [("A2", 1), ("A3", 1)]
    assert [(one["code"], one["quantity"]) for one in done.said] == [("allocation_moved", "1")] * 2
    shop.recount()
    reverse_event(event=done.event_id, reason="wrong labels", **shop.by_bo)
    box.refresh_from_db()
    assert (box.quantity, box.value, box.allocated, box.place) == (3, 1, 2, PlaceKind.LOCATION)
    assert set(StockItem.objects.filter(pk__in=done.ids).values_list("place", flat=True)) == {PlaceKind.GONE}
    again = serialise_stock(rows=[Serialisation(box.pk, ["A1", "A2", "A3"])], **shop.by_bo)
    assert len(again.ids) == 3
    shop.recount()


def test_tilde_counts_on_from_row_to_row(shop):
    board = shop.part("BOARD", is_trackable=True)
    shop.put(board, 1, serial="7")
    boxes = [shop.put(board, 2), shop.put(board, 1)]
    serialise_stock(rows=[Serialisation(boxes[0].pk, "~+"), Serialisation(boxes[1].pk, "~")], **shop.by_bo)
    assert sorted(one.serial or "" for one in StockItem.objects.exclude(serial=None)) == ["10", "7", "8", "9"]
    shop.recount()


def test_refuses_what_cannot_be(shop):
    board = shop.part("BOARD", is_trackable=True)
    single, box = shop.put(board, 1, serial="7"), shop.put(board, 2)
    plain = shop.put("R-10K", 5)
    rows = [Serialisation(single.pk, ["8"]), Serialisation(box.pk, "9,10,11", 3), Serialisation(plain.pk, "1-5")]
    assert sorted(shop.refused(serialise_stock, rows=rows), key=lambda one: one[1]) == [
        ("serial_already", (0, "item")),
        ("item_short", (1, "quantity")),
        ("serials_not_kept", (2, "item")),
    ]
    assert shop.refused(serialise_stock, rows=[Serialisation(box.pk, "7,8")]) == [("serials_used", (0, "serials"))]
    assert shop.refused(serialise_stock, rows=[Serialisation(box.pk, "8")]) == [("serials_count", (0, "serials"))]
    other = shop.put(board, 2)
    rows = [Serialisation(box.pk, "8,9"), Serialisation(other.pk, "9,10")]
    assert shop.refused(serialise_stock, rows=rows) == [("serials_repeated", (1, "serials"))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    box = shop.put(shop.part("BOARD", is_trackable=True), count)
    with statements() as seen:
        serialise_stock(rows=[Serialisation(box.pk, [f"S{number}" for number in range(count)])], **shop.by_bo)
    assert seen == 10
    assert StockItem.objects.existing().count() == count


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_the_same_serials_one_gets_them(shop, at_once):
    board = shop.part("BOARD", is_trackable=True)
    boxes = [shop.put(board, 3), shop.put(board, 3)]
    results = at_once(
        *(
            lambda box=box: serialise_stock(rows=[Serialisation(box.pk, ["S1", "S2", "S3"])], **shop.by_bo)
            for box in boxes
        )
    )
    refused = [one for one in results if isinstance(one, Refusal)]
    assert [one.code for one in refused] == ["serials_used"]
    assert StockItem.objects.existing().filter(serial__isnull=False).count() == 3
    shop.recount()
