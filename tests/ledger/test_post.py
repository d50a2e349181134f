"""The one place where stock changes: values travel with units, nothing vanishes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from outwork.ledger.held import lock_items
from outwork.ledger.post import Posting, new_ids
from outwork.ledger.reserve import Reservations
from outwork.models import Movement, StockItem
from outwork.operations.recording import record
from outwork.rules.places import Kind, at_location
from outwork.rules.refusals import Refusal


def test_it_works(shop):
    item = shop.put("R-10K", 100, value="10.00", batch="A")
    shelf = shop.location("Second shelf")
    event = record("stock.moved", item, **shop.by_bo)
    posting = Posting(event, lock_items([item.pk]))
    held = posting.held[item.pk]
    part = held.part_off(new_ids(1)[0], Decimal(30))
    posting.split(held, Decimal(30), at_location(shelf.pk), into=part, kind=Kind.SPLIT)
    posting.write()

    shop.expect("""
        R-10K   batch A   Main shelf     70
        R-10K   batch A   Second shelf   30
    """)
    item.refresh_from_db()
    split = StockItem.objects.get(split_from=item)
    assert (item.value, split.value, split.root_id) == (Decimal("7.000000"), Decimal("3.000000"), item.pk)
    movement = Movement.objects.get(kind=Kind.SPLIT)
    assert (movement.quantity, movement.value, movement.batch) == (Decimal(30), Decimal(3), "A")


def test_the_last_units_take_the_rest_of_the_value(shop):
    item = shop.put("R-10K", 3, value="1.00")
    event = record("stock.removed", item, **shop.by_bo)
    posting = Posting(event, lock_items([item.pk]))
    held = posting.held[item.pk]
    for _ in range(3):
        posting.leave(held, Decimal(1), kind=Kind.REMOVED)
    posting.write()
    values = Movement.objects.filter(kind=Kind.REMOVED).values_list("value", flat=True)
    assert sum(value or Decimal(0) for value in values) == Decimal("1.00")
    item.refresh_from_db()
    assert (item.quantity, item.value) == (0, 0)


def test_an_unknown_value_stays_unknown(shop):
    item = shop.put("R-10K", 10)
    posting = Posting(record("stock.moved", item, **shop.by_bo), lock_items([item.pk]))
    posting.leave(posting.held[item.pk], Decimal(4), kind=Kind.REMOVED)
    posting.write()
    assert Movement.objects.get(kind=Kind.REMOVED).value is None
    item.refresh_from_db()
    assert item.value is None


def test_refuses_unknown_items(shop):
    with pytest.raises(Refusal) as refusal:
        lock_items([47110815])
    assert refusal.value.code == "item_unknown"


def test_the_database_holds_the_line(shop):
    item = shop.put("R-10K", 10)
    for wrong in ({"quantity": Decimal(-1)}, {"allocated": Decimal(11)}, {"place": 2}, {"serial": "7"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockItem.objects.filter(pk=item.pk).update(**wrong)


def test_movements_are_never_changed(shop):
    shop.put("R-10K", 10)
    with pytest.raises(TypeError):
        Movement.objects.update(quantity=Decimal(1))
    with pytest.raises(TypeError):
        Movement.objects.all().delete()


def test_an_allocation_follows_its_units(shop):
    part = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.build(part, 50)
    line = build.lines.get()
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 40)
    posting = Posting(record("stock.moved", item, **shop.by_bo), lock_items([item.pk]))
    book = Reservations(posting)
    from outwork.ledger.reserve import read_for_items

    book.rows = read_for_items([item.pk])
    held = posting.held[item.pk]
    part_off = held.part_off(new_ids(1)[0], Decimal(30))
    posting.split(held, Decimal(30), at_location(shop.location("Acme").pk), into=part_off, kind=Kind.SENT)
    book.shift(book.of_line(line.pk)[0], Decimal(30), part_off)
    posting.write()
    book.write()
    shop.expect(f"""
        R-10K   Acme         30   for {build.reference}
        R-10K   Main shelf   10   for {build.reference}
        R-10K   Main shelf   60
    """)


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    part = shop.part("UNIT")
    shelf = shop.location("Main shelf")
    event = record("stock.opened", part, **shop.by_bo)
    from outwork.ledger.held import Held

    with statements() as seen:
        posting = Posting(event, {})
        for number, item_id in enumerate(new_ids(count)):
            held = Held(id=item_id, part_id=part.pk, quantity=Decimal(1), received_at=event.at)
            held.serial, held.serial_number, held.serial_scope = str(number), number, part.pk
            held.put(at_location(shelf.pk))
            posting.arrive(held, kind=Kind.OPENING, value=None)
        posting.write()
    assert seen == 3
    with statements() as seen:
        assert len(lock_items(StockItem.objects.values_list("pk", flat=True))) == count
    assert seen == 2
