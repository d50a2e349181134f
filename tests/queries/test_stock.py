"""What is on hand, where and at whom, and what happened to an item: known answers, fixed statements."""

from decimal import Decimal

import pytest

from outwork.models import StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries import stock
from outwork.rules.states import StockStatus


@pytest.fixture
def build(shop):
    shop.manufacturer()
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 9)
    shop.given(f"""
        R-10K   batch A   Main shelf      40   for {build.reference}
        R-10K   batch B   Main shelf      60
        R-10K   batch A   Acme Assembly   25
        C-1U    Acme Assembly   7.5
    """)
    shop.put("R-10K", 5, None, batch="C", value="0.50")
    quarantined = shop.put("C-1U", 2, value="0.10")
    StockItem.objects.filter(pk=quarantined.pk).update(status=StockStatus.QUARANTINED)
    return build


def test_it_works(shop, build, statements):
    with statements() as seen:
        capacitor, resistor = stock.by_part()
    assert seen == 1
    assert (resistor.part, resistor.quantity, resistor.usable, resistor.allocated, resistor.free) == (
        "R-10K",
        130,
        130,
        40,
        90,
    )
    assert (capacitor.quantity, capacitor.usable, capacitor.value) == (Decimal("9.5"), Decimal("7.5"), None)
    assert resistor.items == 4


def test_by_location_and_by_company(shop, build, statements):
    with statements() as seen:
        found = [(row.part, row.location, row.quantity, row.value) for row in stock.by_location()]
    assert seen == 1
    assert found == [
        ("C-1U", "Acme Assembly", Decimal("7.5"), None),
        ("C-1U", "Main shelf", 2, Decimal("0.10")),
        ("R-10K", "Acme Assembly", 25, None),
        ("R-10K", "Main shelf", 100, None),
        ("R-10K", "", 5, Decimal("0.50")),
    ]
    with statements() as seen:
        at_companies = [(row.company, row.part, row.quantity) for row in stock.by_company()]
    assert seen == 1
    assert at_companies == [("Acme Assembly", "C-1U", Decimal("7.5")), ("Acme Assembly", "R-10K", 25)]
    acme = shop.company("Acme Assembly")
    assert len(stock.by_company(company_id=acme.pk, part_ids=[shop.part("C-1U").pk])) == 1
    assert [row.quantity for row in stock.by_part(location_ids=[shop.location("Main shelf").pk])] == [2, 100]


def test_items_are_found_by_serial_batch_and_place(shop, build, statements):
    board = shop.put("BOARD", 1, serial="SN-7")
    with statements() as seen:
        found = stock.find_items(text="A")
    assert seen == 1
    assert [(one.part.number, one.quantity) for one in found] == [("R-10K", 40), ("R-10K", 25)]
    assert stock.find_items(text="SN-7") == [board]
    acme = shop.company("Acme Assembly")
    assert [one.part.number for one in stock.find_items(company_id=acme.pk)] == ["C-1U", "R-10K"]
    write_off_stock(rows=[board.pk], **shop.by_bo)
    assert stock.find_items(text="SN-7", is_on_hand=False) == []


def test_the_history_of_an_item_reads_its_movements(shop, statements):
    item = shop.put("R-10K", 100, batch="A", value="4.00", days=-3)
    other = shop.put("R-10K", 1)
    second = shop.location("Second shelf")
    transfer_stock(rows=[Transfer(item.pk, second.pk)], **shop.by(shop.bo, days=-2))
    new = transfer_stock(rows=[Transfer(item.pk, None, 30)], reason="kit", **shop.by_bo).ids[0]
    change_stock(rows=[Change(item.pk, {"batch": "B"})], **shop.by_ada)
    change_stock(rows=[Change(one, {"status": 50}) for one in (item.pk, other.pk)], **shop.by_ada)
    count_stock(rows=[Counted(item.pk, 72)], **shop.by_bo)
    remove_stock(rows=[Removal(item.pk, 72)], **shop.by_bo)
    with statements() as seen:
        steps = stock.history(StockItem.objects.get(pk=item.pk))
    assert seen == 4
    assert [(one.kind, one.actor, one.change, one.quantity, one.source, one.target) for one in steps] == [
        ("opening", "bo", 100, 100, "", "Main shelf"),
        ("moved", "bo", 0, 100, "Main shelf", "Second shelf"),
        ("split", "bo", -30, 70, "Second shelf", "not placed"),
        ("changed", "ada", 0, 70, "", ""),
        ("changed", "ada", 0, 70, "", ""),
        ("counted", "bo", 2, 72, "", "Second shelf"),
        ("removed", "bo", -72, 0, "Second shelf", ""),
    ]
    assert [one.after for one in steps[3:5]] == [{"batch": "B"}, {"status": 50}]
    assert (steps[2].other_item, steps[2].value, steps[2].reason) == (new, Decimal("-1.2"), "kit")
    assert [one.kind for one in stock.history(StockItem.objects.get(pk=new))] == ["split"]
    assert [one.after for one in stock.history(other)] == [{}, {"status": 50}]
