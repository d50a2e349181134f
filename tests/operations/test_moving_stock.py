"""Stock moves: whole items keep their id, of a part the free units go first."""

from decimal import Decimal

import pytest

from outwork.models import StockItem
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.rules.places import PlaceKind


@pytest.fixture
def second(shop):
    return shop.location("Second shelf")


@pytest.fixture
def build(shop):
    return shop.build(shop.assembly("BOARD", {"R-10K": 10}), 9)


def test_it_works(shop, second, build):
    whole, part = shop.put("R-10K", 100, batch="A", value="5.00"), shop.put("R-10K", 50, batch="B", value="3.00")
    shop.allocate(build.reference, whole, 40)
    done = transfer_stock(rows=[Transfer(whole.pk, second.pk), Transfer(part.pk, second.pk, "20")], **shop.by_bo)
    shop.expect(f"""
        R-10K   batch A   Second shelf   40   for {build.reference}
        R-10K   batch A   Second shelf   60
        R-10K   batch B   Main shelf     30
        R-10K   batch B   Second shelf   20
    """)
    assert done.ids[0] == whole.pk
    new = StockItem.objects.get(pk=done.ids[1])
    assert (new.split_from_id, new.root_id, new.value) == (part.pk, part.pk, Decimal("1.2"))
    assert done.said == []
    shop.recount()


def test_free_units_go_first_and_then_the_newest_allocation(shop, second, build):
    later = shop.build(build.part, 2)
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 60)
    shop.allocate(later.reference, item, 20)
    done = transfer_stock(rows=[Transfer(item.pk, second.pk, 45)], **shop.by_bo)
    shop.expect(f"""
        R-10K   Main shelf     55   for {build.reference}
        R-10K   Second shelf   5    for {build.reference}
        R-10K   Second shelf   20   for {later.reference}
        R-10K   Second shelf   20
    """)
    assert [(one["code"], one["build"], one["quantity"], one["into"]) for one in done.said] == [
        ("allocation_moved", later.reference, "20", done.ids[0]),
        ("allocation_moved", build.reference, "5", done.ids[0]),
    ]
    shop.recount()


def test_what_lies_there_already_is_said(shop):
    item = shop.put("R-10K", 10)
    done = transfer_stock(rows=[Transfer(item.pk, item.location_id)], **shop.by_bo)
    assert [one["code"] for one in done.said] == ["already_there"]
    assert shop.movements() == 1


def test_an_item_without_a_place_gets_one_and_loses_it(shop, second):
    item = shop.put("R-10K", 10, None)
    transfer_stock(rows=[Transfer(item.pk, second.pk)], **shop.by_bo)
    shop.expect("R-10K   Second shelf   10")
    transfer_stock(rows=[Transfer(item.pk, None)], **shop.by_bo)
    shop.expect("R-10K   -   10")
    shop.recount()


def test_what_is_in_production_moves_as_a_whole_only(shop, second, build):
    item = shop.put("BOARD", 10)
    StockItem.objects.filter(pk=item.pk).update(is_in_production=True, build=build)
    assert shop.refused(transfer_stock, rows=[Transfer(item.pk, second.pk, 4)]) == [("item_in_production", (0, "item"))]
    assert shop.refused(split_stock, rows=[Split(item.pk, 4)]) == [("item_in_production", (0, "item"))]
    transfer_stock(rows=[Transfer(item.pk, second.pk, 10)], **shop.by_bo)
    shop.expect("BOARD   Second shelf   10")


def test_refuses_everything_wrong_at_once(shop, second):
    structural = shop.location("Warehouse", is_structural=True)
    items = [shop.put("R-10K", 10) for _ in range(6)]
    StockItem.objects.filter(pk=items[3].pk).update(place=PlaceKind.GONE, location=None)
    empty = items[4]
    StockItem.objects.filter(pk=empty.pk).update(quantity=Decimal(0))
    rows = [
        Transfer(items[0].pk, structural.pk),
        Transfer(items[1].pk, 47110815),
        Transfer(items[2].pk, second.pk, 11),
        Transfer(empty.pk, second.pk),
        Transfer(items[5].pk, second.pk, "NaN"),
    ]
    assert sorted(shop.refused(transfer_stock, rows=rows), key=lambda one: one[1]) == [
        ("location_structural", (0, "location")),
        ("location_unknown", (1, "location")),
        ("item_short", (2, "quantity")),
        ("item_empty", (3, "item")),
        ("number_invalid", (4, "quantity")),
    ]
    rows = [Transfer(items[0].pk, structural.pk), Transfer(items[3].pk, second.pk), Transfer(47110815, second.pk)]
    assert shop.refused(transfer_stock, rows=rows) == [
        ("location_structural", (0, "location")),
        ("item_gone", (1, "item")),
        ("item_unknown", (2, "item")),
    ]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, second, count):
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        transfer_stock(rows=[Transfer(item.pk, second.pk) for item in items], **shop.by_bo)
    assert seen == 7
    with statements() as seen:
        transfer_stock(rows=[Transfer(item.pk, None, 2) for item in items], **shop.by_bo)
    assert seen == 8
    with statements() as seen:
        split_stock(rows=[Split(item.pk, 1) for item in items], **shop.by_bo)
    assert seen == 8
    shop.recount()


@pytest.mark.django_db(transaction=True)
def test_clerks_who_move_the_same_items_lose_none(shop, second, at_once):
    items = [shop.put("R-10K", 10) for _ in range(10)]
    forth = [Transfer(item.pk, second.pk, 3) for item in items]
    outcomes = at_once(
        *(
            lambda rows=rows: transfer_stock(rows=rows, **shop.by_bo)
            for rows in (forth, forth[::-1], forth, forth[::-1])
        )
    )
    refusals = [one for one in outcomes if not hasattr(one, "ids")]
    assert [one.code for one in refusals] == ["item_short"], outcomes
    shop.expect("""
        R-10K   Main shelf     10
        R-10K   Second shelf   90
    """)
    shop.recount()
