"""Items of one part become one: what they are worth and what is allocated of them comes together."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Allocation, Movement, StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.merging_stock import merge_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.taking_back import reverse_event
from outwork.queries import stock
from outwork.rules.places import PlaceKind
from outwork.rules.states import StockStatus


def test_it_works(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 6)
    first, second = shop.put("R-10K", 100, value="4.00"), shop.put("R-10K", 50, "Second shelf", value="3.00")
    third = shop.put("R-10K", 1, value="0.02")
    shop.allocate(build.reference, second, 30)
    done = merge_stock(items=[first.pk, second.pk, third.pk], reason="one reel", **shop.by_bo)
    assert done.ids == [first.pk]
    shop.expect(f"""
        R-10K   Main shelf   30    for {build.reference}
        R-10K   Main shelf   121
    """)
    first.refresh_from_db()
    assert (first.quantity, first.allocated, first.value) == (151, 30, Decimal("7.02"))
    assert Allocation.objects.get().item_id == first.pk
    assert {one.place for one in StockItem.objects.filter(pk__in=[second.pk, third.pk])} == {PlaceKind.GONE}
    moved = Movement.objects.filter(event=done.event_id).order_by("pk")
    assert [(one.kind, one.quantity, one.value) for one in moved] == [
        ("merged", 50, Decimal("3")),
        ("merged", 1, Decimal("0.02")),
    ]
    assert [step.kind for step in stock.history(second)] == ["opening", "merged"]
    shop.recount()


def test_the_first_may_go_somewhere_else_and_takes_the_earliest_expiry(shop):
    first, second = shop.put("R-10K", 10), shop.put("R-10K", 5)
    change_stock(rows=[Change(second.pk, {"expiry_date": datetime.date(2027, 1, 31)})], **shop.by_bo)
    done = merge_stock(items=[first.pk, second.pk], location=shop.location("Rack").pk, **shop.by_bo)
    shop.expect("R-10K   Rack   15")
    first.refresh_from_db()
    assert first.expiry_date == datetime.date(2027, 1, 31)
    reverse_event(event=done.event_id, reason="not like that", **shop.by_bo)
    first.refresh_from_db()
    assert (first.expiry_date, first.quantity) == (None, 10)
    shop.expect("R-10K   Main shelf   15")
    shop.recount()


def test_an_unknown_value_makes_the_sum_unknown_and_taken_back_it_is_known_again(shop):
    first, second = shop.put("R-10K", 10, value="1.00"), shop.put("R-10K", 5)
    done = merge_stock(items=[first.pk, second.pk], **shop.by_bo)
    first.refresh_from_db()
    assert first.value is None
    reverse_event(event=done.event_id, reason="wrong box", **shop.by_bo)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.value, first.quantity) == (1, 10)
    assert (second.value, second.quantity, second.location) == (None, 5, shop.location("Main shelf"))
    shop.recount()


def test_a_merge_is_taken_back_before_what_came_after_it(shop):
    first, second = shop.put("R-10K", 10), shop.put("R-10K", 5)
    done = merge_stock(items=[first.pk, second.pk], **shop.by_bo)
    moved = transfer_stock(rows=[Transfer(first.pk, shop.location("Rack").pk, 12)], **shop.by_bo)
    assert shop.refused(reverse_event, event=done.event_id, reason="wrong") == [("units_went_on", ())]
    reverse_event(event=moved.event_id, reason="wrong", **shop.by_bo)
    reverse_event(event=done.event_id, reason="wrong", **shop.by_bo)
    second.refresh_from_db()
    assert (second.quantity, second.place) == (5, PlaceKind.LOCATION)
    shop.recount()


def test_refuses_what_is_not_alike(shop):
    board = shop.part("BOARD", is_trackable=True)
    acme = shop.sells(shop.company("Acme"), shop.part("R-10K"))
    first = shop.put("R-10K", 10, batch="A")
    others = [shop.put("R-10K", 1, batch="A") for _ in range(2)]
    change_stock(
        rows=[
            Change(others[0].pk, {"supplier_part": acme.pk}),
            Change(others[1].pk, {"status": StockStatus.ATTENTION}),
        ],
        **shop.by_bo,
    )
    others += [shop.put("R-10K", 1, batch="B"), shop.put("C-100N", 1), shop.put(board, 1, serial="7")]
    items = [first.pk, *(one.pk for one in others)]
    assert sorted(shop.refused(merge_stock, items=items), key=lambda one: (one[1], one[0])) == [
        ("merge_supplier_differs", (1, "item")),
        ("merge_status_differs", (2, "item")),
        ("merge_batch_differs", (3, "item")),
        ("merge_of_other_part", (4, "item")),
        ("merge_of_other_part", (5, "item")),
        ("merge_of_serial", (5, "item")),
    ]
    done = merge_stock(
        items=items[:4],
        allow_mismatched_suppliers=True,
        allow_mismatched_status=True,
        allow_mismatched_batches=True,
        **shop.by_bo,
    )
    assert done.ids == [first.pk]
    shop.expect("""
        R-10K   batch A    Main shelf   13
        C-100N  Main shelf   1
        BOARD   serial 7   Main shelf   1
    """)
    shop.recount()


def test_refuses_too_few_and_what_is_not_on_hand(shop):
    first = shop.put("R-10K", 10)
    assert shop.refused(merge_stock, items=[first.pk]) == [("merge_of_one", ("items",))]
    assert shop.refused(merge_stock, items=[first.pk, 47110815]) == [("item_unknown", (1, "item"))]
    assert shop.refused(merge_stock, items=[first.pk, first.pk]) == [("item_repeated", (1, "item"))]
    rack = shop.location("Rack", is_structural=True)
    assert shop.refused(merge_stock, items=[first.pk, shop.put("R-10K", 1).pk], location=rack.pk) == [
        ("location_structural", ("location",))
    ]


@pytest.mark.parametrize("count", [2, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        merge_stock(items=[item.pk for item in items], **shop.by_bo)
    assert seen == 7
    assert StockItem.objects.get(pk=items[0].pk).quantity == 5 * count
