"""New stock that no order brought, and more of what lies there."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Category, Movement, StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.rules.refusals import Refusal
from outwork.rules.states import StockStatus


@pytest.fixture
def resistor(shop):
    return shop.part("R-10K", default_expiry_days=30)


@pytest.fixture
def board(shop):
    return shop.part("BOARD", is_trackable=True)


@pytest.fixture
def shelf(shop):
    return shop.location("Main shelf")


def test_it_works(shop, resistor, board, shelf):
    done = add_stock(
        rows=[
            NewStock(resistor.pk, "3412", location=shelf.pk, batch="A", value="0.0125", packaging="reel"),
            NewStock(board.pk, 3, serials="7-9", location=shelf.pk, value=Decimal(20)),
            NewStock(board.pk, serials=["A1"], status=StockStatus.QUARANTINED),
        ],
        is_opening=True,
        **shop.by_bo,
    )
    shop.expect("""
        R-10K   batch A     Main shelf   3412
        BOARD   serial 7    Main shelf   1
        BOARD   serial 8    Main shelf   1
        BOARD   serial 9    Main shelf   1
        BOARD   serial A1   -            1
    """)
    items = [StockItem.objects.get(pk=item_id) for item_id in done.ids]
    assert [item.serial for item in items] == [None, "7", "8", "9", "A1"]
    assert [item.value for item in items] == [Decimal("42.65"), 20, 20, 20, None]
    assert (items[0].expiry_date, items[0].packaging) == (shop.now.date() + datetime.timedelta(days=30), "reel")
    assert items[4].status == StockStatus.QUARANTINED
    assert Movement.objects.filter(kind="opening").count() == 5
    shop.recount()


def test_serials_count_on_from_the_latest(shop, board):
    add_stock(rows=[NewStock(board.pk, 2, serials="~+")], **shop.by_bo)
    done = add_stock(rows=[NewStock(board.pk, 2, serials="~+")], **shop.by_bo)
    assert list(StockItem.objects.filter(pk__in=done.ids).values_list("serial", flat=True)) == ["3", "4"]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-3, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        (float("inf"), "number_invalid"),
        ("many", "number_invalid"),
        (None, "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
    ],
)
def test_refuses_bad_quantities(shop, resistor, quantity, code):
    rows = [NewStock(resistor.pk, 1), NewStock(resistor.pk, quantity)]
    assert shop.refused(add_stock, rows=rows) == [(code, (1, "quantity"))]
    item = shop.put("R-10K", 10)
    assert shop.refused(add_to_stock, rows=[More(item.pk, quantity)]) == [(code, (0, "quantity"))]


def test_refuses_everything_wrong_at_once(shop, resistor, board):
    structural = shop.location("Warehouse", is_structural=True)
    paper = shop.part("PAPER", is_virtual=True)
    other = shop.sells(shop.company("Acme"), board)
    rows = [
        NewStock(47110815, 1),
        NewStock(paper.pk, 1),
        NewStock(resistor.pk, 1, location=structural.pk),
        NewStock(resistor.pk, 1, location=47110815),
        NewStock(resistor.pk, 1, supplier_part=other.pk),
        NewStock(resistor.pk, 1, supplier_part=47110815),
        NewStock(resistor.pk, 1, status=11),
        NewStock(resistor.pk, 1, batch="x" * 101),
        NewStock(resistor.pk, 1, value=-1),
        NewStock(resistor.pk, 1, serials="1"),
        NewStock(board.pk, "1.5"),
    ]
    assert sorted(shop.refused(add_stock, rows=rows), key=lambda reason: reason[1]) == [
        ("part_unknown", (0, "part")),
        ("part_virtual", (1, "part")),
        ("location_structural", (2, "location")),
        ("location_unknown", (3, "location")),
        ("supplier_part_of_another_part", (4, "supplier_part")),
        ("supplier_part_unknown", (5, "supplier_part")),
        ("stock_status_unknown", (6, "status")),
        ("text_too_long", (7, "batch")),
        ("value_negative", (8, "value")),
        ("serials_not_kept", (9, "serials")),
        ("quantity_not_whole", (10, "quantity")),
    ]
    assert shop.refused(add_stock, rows=[]) == [("rows_missing", ())]


def test_refuses_control_characters(shop, resistor, board):
    red = "a\x01\x1b[31mb"
    rows = [
        NewStock(resistor.pk, 1, batch=red, packaging=red, note=red),
        NewStock(board.pk, 1, serials=red),
        NewStock(board.pk, serials=[red]),
    ]
    assert sorted(shop.refused(add_stock, rows=rows), key=lambda one: one[1]) == [
        ("text_invalid", (0, "batch")),
        ("text_invalid", (0, "note")),
        ("text_invalid", (0, "packaging")),
        ("serial_invalid", (1, "serials")),
        ("serial_invalid", (2, "serials")),
    ]
    add_stock(rows=[NewStock(resistor.pk, 1, note="two\nlines")], **shop.by_bo)


def test_refuses_serials_that_do_not_fit(shop, board):
    shop.put("BOARD", 1, serial="7")
    variant = shop.part("BOARD-B", is_trackable=True, variant_of=board, family=board)
    where = (0, "serials")
    assert shop.refused(add_stock, rows=[NewStock(variant.pk, 2, serials="7-8")]) == [("serials_used", where)]
    assert shop.refused(add_stock, rows=[NewStock(board.pk, 3, serials="8,9")]) == [("serials_count", where)]
    assert shop.refused(add_stock, rows=[NewStock(board.pk, 1, serials=["8", "9"])]) == [("serials_count", where)]
    rows = [NewStock(board.pk, serials=["8"]), NewStock(variant.pk, serials=["8"])]
    assert shop.refused(add_stock, rows=rows) == [("serials_repeated", (1, "serials"))]


def test_more_of_an_item_is_worth_what_the_units_are_worth(shop):
    known, unknown = shop.put("R-10K", 10, value="1.00"), shop.put("R-10K", 10)
    add_to_stock(rows=[More(known.pk, 5), More(unknown.pk, 5)], **shop.by_bo)
    add_to_stock(rows=[More(known.pk, 5, value="0.30")], **shop.by_bo)
    known.refresh_from_db()
    unknown.refresh_from_db()
    assert (known.quantity, known.value) == (20, Decimal("3.00"))
    assert (unknown.quantity, unknown.value) == (15, None)
    shop.recount()


def test_refuses_more_of_what_is_one_piece_or_not_there(shop, board):
    item = shop.put("BOARD", 1, serial="7")
    assert shop.refused(add_to_stock, rows=[More(item.pk, 1)]) == [("item_has_serial", (0, "item"))]
    assert shop.refused(add_to_stock, rows=[More(47110815, 1)]) == [("item_unknown", (0, "item"))]
    rows = [More(item.pk, 1), More(item.pk, 1)]
    assert ("item_repeated", (1, "item")) in shop.refused(add_to_stock, rows=rows)


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, resistor, board, shelf, count):
    rows = [NewStock(resistor.pk, 5, location=shelf.pk, value=1) for _ in range(count)]
    with statements() as seen:
        done = add_stock(rows=rows, **shop.by_bo)
    assert seen == 8
    with statements() as seen:
        add_stock(rows=[NewStock(board.pk, count, serials=f"1-{count}" if count > 1 else "1")], **shop.by_bo)
    assert seen == 8
    with statements() as seen:
        add_to_stock(rows=[More(item_id, 2) for item_id in done.ids], **shop.by_bo)
    assert seen == 6


@pytest.mark.django_db(transaction=True)
def test_of_clerks_who_take_the_same_serials_one_gets_them(shop, board, at_once):
    calls = [
        lambda: add_stock(rows=[NewStock(board.pk, 50, serials="1-50")], **shop.by_bo),
        lambda: add_stock(rows=[NewStock(board.pk, serials=[str(50 - n) for n in range(50)])], **shop.by_ada),
        lambda: add_stock(rows=[NewStock(board.pk, 50, serials="1-50")], **shop.by_ada),
    ]
    outcomes = at_once(*calls)
    refusals = [one for one in outcomes if isinstance(one, Refusal)]
    assert [one.codes for one in refusals] == [["serials_used"]] * 2, outcomes
    assert StockItem.objects.count() == 50
    shop.recount()


def test_it_goes_where_the_part_or_its_category_is_kept(shop):
    drawer, shelf = shop.location("Drawer"), shop.location("Main shelf")
    category = Category.objects.create(name="Resistors", default_location=drawer)
    below = Category.objects.create(name="Chips", parent=category)
    parts = [
        shop.part("R-10K", category=below),
        shop.part("R-1M", category=below, default_location=shelf),
        shop.part("LOOSE"),
    ]
    rows = [NewStock(part.pk, 1) for part in parts] + [NewStock(parts[0].pk, 1, location=shelf.pk)]
    ids = add_stock(rows=rows, **shop.by_bo).ids
    lying = dict(StockItem.objects.values_list("pk", "location"))
    assert [lying[pk] for pk in ids] == [drawer.pk, shelf.pk, None, shelf.pk]
    shop.recount()
