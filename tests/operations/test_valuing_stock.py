"""What stock is worth is said later, or said again, and follows the units to where they are."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import BuildOutput, Event, ExchangeRate, Movement, StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.merging_stock import merge_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.taking_back import reverse_event
from outwork.operations.valuing_stock import Valued, value_stock


def worths():
    return list(StockItem.objects.filter(quantity__gt=0).order_by("pk").values_list("value", flat=True))


def worth_of_output():
    return BuildOutput.objects.values_list("item__value", flat=True).get()


def test_it_works(shop):
    reel = shop.put("R-10K", 100)
    transfer_stock(rows=[Transfer(reel.pk, shop.location("Rack").pk, 40)], **shop.by_bo)
    assert worths() == [None, None]
    done = value_stock(rows=[Valued(reel.pk, "0.05")], reason="invoice of 2024", **shop.by_bo)
    assert worths() == [3, 2]
    assert Event.objects.get(pk=done.event_id).item_id == reel.pk
    shop.recount()
    value_stock(rows=[Valued(StockItem.objects.get(quantity=40).pk, "0.10")], reason="it was dearer", **shop.by_bo)
    assert worths() == [6, 4]
    assert {one.kind for one in Movement.objects.filter(quantity=0)} == {"revalued"}
    shop.recount()


def test_it_reaches_what_was_built_of_it(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 2)
    reel = shop.put("R-10K", 20)
    allocate(build=build, takes=[Take(build.lines.get().pk, reel.pk, 20)], **shop.by_bo)
    made = make_outputs(build=build, units=2, **shop.by_bo)
    build.refresh_from_db()
    accept_outputs(build=build, decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    build.refresh_from_db()
    finish_build(build=build, **shop.by_bo)
    assert worth_of_output() is None
    done = value_stock(rows=[Valued(reel.pk, "0.05")], **shop.by_bo)
    assert worth_of_output() == 1
    assert [(one["code"], one["builds"]) for one in done.said] == [("build_cost_restated", [build.reference])]
    shop.recount()
    reverse_event(event=done.event_id, reason="another invoice", **shop.by_bo)
    assert worth_of_output() is None
    assert StockItem.objects.get(pk=reel.pk).value is None
    shop.recount()
    value_stock(rows=[Valued(reel.pk, "0.06")], **shop.by_bo)
    assert worth_of_output() == Decimal("1.2")
    shop.recount()


def test_all_that_came_by_hand_into_it_is_worth_that(shop):
    first, second = shop.put("R-10K", 10), shop.put("R-10K", 5)
    count_stock(rows=[Counted(first.pk, 12)], **shop.by_bo)
    merge_stock(items=[first.pk, second.pk], **shop.by_bo)
    value_stock(rows=[Valued(first.pk, "2")], **shop.by_bo)
    assert worths() == [34]
    shop.recount()


def test_a_price_in_another_currency_is_taken_at_the_rate_of_the_day(shop):
    ExchangeRate.objects.create(currency="USD", day=datetime.date(2026, 3, 1), rate=Decimal("0.9"))
    rows = [NewStock(part=shop.part("R-10K").pk, quantity=100, value="0.02", currency="usd")]
    done = add_stock(rows=rows, is_opening=True, **shop.by_bo)
    moved = Movement.objects.get(event=done.event_id)
    assert (moved.value, moved.amount, moved.currency, moved.rate) == (Decimal("1.8"), 2, "USD", Decimal("0.9"))
    more = add_to_stock(rows=[More(done.ids[0], 50, "0.02", "GBP")], **shop.by_bo)
    assert [(one["code"], one["currency"], one["day"]) for one in more.said] == [
        ("value_rate_missing", "GBP", "2026-03-02")
    ]
    assert worths() == [None]
    shop.recount()
    value_stock(rows=[Valued(done.ids[0], "0.04", "USD")], **shop.by_bo)
    assert worths() == [Decimal("5.4")]
    shop.recount()


def test_refuses_what_a_document_values(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 4)
    (output,) = shop.received(shop.ordered(build), 4)
    reel = shop.put("R-10K", 5)
    rows = [
        Valued(output.item_id, "1"),
        Valued(reel.pk, None),
        Valued(shop.put("R-10K", 5).pk, "-1"),
        Valued(shop.put("R-10K", 5).pk, "1", "EURO"),
    ]
    assert sorted(shop.refused(value_stock, rows=rows), key=lambda one: one[1]) == [
        ("value_by_document", (0, "item")),
        ("value_unstated", (1, "value")),
        ("value_negative", (2, "value")),
        ("currency_code_invalid", (3, "currency")),
    ]


def test_what_was_restated_since_is_not_taken_back(shop):
    reel = shop.put("R-10K", 5)
    first = value_stock(rows=[Valued(reel.pk, "1")], **shop.by_bo)
    value_stock(rows=[Valued(reel.pk, "2")], **shop.by_bo)
    assert shop.refused(reverse_event, event=first.event_id, reason="no") == [("value_restated_since", ())]
    same = value_stock(rows=[Valued(reel.pk, "2")], **shop.by_bo)
    assert shop.refused(reverse_event, event=same.event_id, reason="no") == [("event_moved_nothing", ("event",))]
    assert worths() == [10]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    items = shop.put_many("R-10K", 4, count)
    with statements() as seen:
        value_stock(rows=[Valued(item.pk, "0.50") for item in items], **shop.by_bo)
    assert seen == 13
    assert set(worths()) == {2}
