"""The recount finds what is wrong, names it, and finds nothing where all is right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from outwork.ledger import rows
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.verify import Difference, verify
from outwork.models import Allocation, BuildLine, Movement, PurchaseLine, StockItem
from outwork.operations.recording import record
from outwork.rules.places import Kind, PlaceKind, at_location, used_by


@pytest.fixture
def item(shop):
    return shop.put("R-10K", 100, value="4.00", batch="A")


def found():
    return [(one.kind, one.recorded, one.recounted) for one in verify()]


def post(shop, *ids):
    return Posting(record("test", **shop.by_bo), lock_items(ids))


def test_it_works(shop, item, statements):
    shop.put("R-10K", 5)
    shop.put("BOARD", 1, None, serial="7", value="20")
    with statements() as seen:
        assert verify() == []
    assert seen == 9


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"quantity": Decimal("99.5")}, ("quantity", "99.5", "100")),
        ({"allocated": Decimal(3)}, ("allocated", "3", "0")),
        ({"value": Decimal("4.000001")}, ("value", "4.000001", "4")),
        ({"value": None}, ("value", "unknown", "4")),
        ({"place": PlaceKind.UNPLACED, "location": None}, ("place", "unplaced", "location {shelf}")),
    ],
)
def test_a_wrong_cache_is_named(shop, item, wrong, expected):
    StockItem.objects.filter(pk=item.pk).update(**wrong)
    expected = tuple(text.format(shelf=item.location_id) for text in expected)
    assert found() == [expected]
    kind, recorded, recounted = expected
    what = f"item {item.pk} (R-10K batch A)"
    assert verify() == [Difference(kind, what, recorded, recounted)]
    assert verify()[0].text == f"{what}: {kind} is {recorded}, the ledger says {recounted}"


def test_a_lost_movement_and_a_lost_allocation_are_named(shop, item):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 40)
    shop.allocate(build.reference, item, 40)
    assert found() == []
    rows.delete(Allocation, Allocation.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outwork_movement")
    assert found() == [("quantity", "100", "0"), ("allocated", "40", "0"), ("value", "4", "0")]


def test_what_is_unknown_stays_unknown_until_the_item_is_empty(shop, item):
    posting = post(shop, item.pk)
    held = posting.held[item.pk]
    posting.grow(held, Decimal(10), kind=Kind.ADDED, value=None)
    posting.leave(held, Decimal(60), kind=Kind.REMOVED)
    posting.write()
    assert (held.quantity, held.value) == (50, None)
    assert found() == []
    StockItem.objects.filter(pk=item.pk).update(value=Decimal(2))
    assert found() == [("value", "2", "unknown")]

    posting.leave(held, Decimal(50), kind=Kind.REMOVED)
    posting.grow(held, Decimal(7), kind=Kind.ADDED, value=Decimal("0.70"))
    posting.write()
    assert held.value == Decimal("0.70")
    assert found() == []
    StockItem.objects.filter(pk=item.pk).update(value=None)
    assert found() == [("value", "unknown", "0.7")]


def test_a_correction_states_a_value_and_follows_the_units(shop):
    lot = shop.put("R-10K", 100)
    posting = post(shop, lot.pk)
    held = posting.held[lot.pk]
    part = held.part_off(new_ids(1)[0], Decimal(25))
    posting.split(held, Decimal(25), held.where, into=part, kind=Kind.SPLIT)
    posting.write()
    came, went = Movement.objects.order_by("pk")
    assert found() == []
    posting.revalue(None, held, Decimal(8), corrects=came.pk)
    posting.revalue(held, part, Decimal(2), corrects=went.pk)
    posting.write()
    assert found() == [("value", "unknown", "6"), ("value", "unknown", "2")]
    StockItem.objects.filter(pk=lot.pk).update(value=Decimal(6))
    StockItem.objects.filter(pk=part.id).update(value=Decimal(2))
    assert found() == []
    posting = post(shop, lot.pk, part.id)
    posting.revalue(None, posting.held[lot.pk], Decimal(4), corrects=came.pk)
    posting.revalue(posting.held[lot.pk], posting.held[part.id], Decimal(1), corrects=went.pk)
    posting.write()
    assert found() == []


def test_what_build_and_order_lines_say_is_recounted(shop, item):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 40)
    line = build.lines.get()
    posting = post(shop, item.pk)
    held = posting.held[item.pk]
    into = held.part_off(new_ids(1)[0], Decimal(30))
    about = About(build_id=build.pk, build_line_id=line.pk)
    posting.split(held, Decimal(30), used_by(build.pk), into=into, kind=Kind.USED, about=about)
    posting.write()
    assert found() == [("consumed", "0", "30")]
    assert verify()[0].what == f"{build.reference}, line of R-10K"
    BuildLine.objects.filter(pk=line.pk).update(consumed=Decimal(30))
    assert found() == []
    used = Movement.objects.get(kind=Kind.USED)
    about = About(build_id=build.pk, build_line_id=line.pk, reverses_id=used.pk)
    posting.split(into, Decimal(30), held.where, into=held, kind=Kind.REVERSED, about=about)
    posting.write()
    assert found() == [("consumed", "30", "0")]


def test_what_an_order_line_received_is_recounted(shop, item):
    board = shop.part("BOARD")
    line = PurchaseLine.objects.create(
        order=_order(shop),
        supplier_part=shop.sells(shop.company("Acme"), board),
        part=board,
        ordered=10,
        currency="EUR",
    )
    posting = Posting(record("test", **shop.by_bo), {})
    new = Held(new_ids(1)[0], board.pk, Decimal(6), shop.now)
    posting.arrive(new, kind=Kind.RECEIVED, value=None, about=About(purchase_line_id=line.pk))
    posting.write()
    assert found() == [("received", "0", "6")]
    PurchaseLine.objects.filter(pk=line.pk).update(received=Decimal(6))
    assert found() == []


def _order(shop):
    from outwork.models import PurchaseOrder

    return PurchaseOrder.objects.create(
        reference="PO-1", supplier=shop.company("Acme"), currency="EUR", created_at=shop.now
    )


def test_an_item_on_a_place_that_no_movement_put_it_is_named(shop, item):
    second = shop.location("Second shelf")
    posting = post(shop, item.pk)
    posting.carry(posting.held[item.pk], at_location(second.pk), kind=Kind.MOVED)
    posting.write()
    assert found() == []
    StockItem.objects.filter(pk=item.pk).update(location=item.location)
    assert found() == [("place", f"location {item.location_id}", f"location {second.pk}")]


def test_items_that_lie_inside_themselves_are_named(shop):
    items = [shop.put("CASE", 1) for _ in range(4)]
    for item, out in zip(items, [items[1], items[2], items[0], items[0]], strict=True):
        StockItem.objects.filter(pk=item.pk).update(place=PlaceKind.INSIDE, location=None, inside=out)
    circles = [one.what for one in verify() if one.recorded == "inside itself"]
    assert circles == [f"item {one.pk} (CASE)" for one in items[:3]]


@pytest.mark.soak
def test_a_million_movements_are_recounted_in_reasonable_time(shop):
    part, count = shop.part("R-10K"), 100_000
    event = record("test", **shop.by_bo)
    posting = Posting(event, {})
    items = [Held(item_id, part.pk, Decimal(100), event.at) for item_id in new_ids(count)]
    for number, one in enumerate(items):
        posting.arrive(one, kind=Kind.OPENING, value=Decimal(1) if number % 2 else None)
    posting.write()
    for _ in range(9):
        for one in items:
            posting.leave(one, Decimal(3), kind=Kind.REMOVED)
        posting.write()
    assert verify() == []
