"""Stock becomes another variant of its part."""

from decimal import Decimal

import pytest

from outwork.models import Movement, Part, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.converting_stock import Conversion, convert_stock
from outwork.operations.taking_back import reverse_event
from outwork.queries import stock


@pytest.fixture
def radio(shop):
    """A radio with two variants: red and blue."""
    return shop.part("RADIO", is_template=True, is_trackable=True)


def variant(shop, radio, colour, **flags):
    """A variant of the radio."""
    return shop.part(f"RADIO-{colour}", variant_of=radio, family=radio, is_trackable=True, **flags)


def test_it_works(shop, radio):
    red, blue = variant(shop, radio, "RED"), variant(shop, radio, "BLUE")
    item = shop.put(red, 1, serial="7", value="12.00")
    source = shop.sells(shop.company("Acme"), red)
    change_stock(rows=[Change(item.pk, {"supplier_part": source.pk})], **shop.by_bo)
    done = convert_stock(rows=[Conversion(item.pk, blue.pk)], reason="painted", **shop.by_bo)
    shop.expect("RADIO-BLUE   serial 7   Main shelf   1")
    item.refresh_from_db()
    assert (item.value, item.supplier_part, item.serial_scope) == (Decimal("12"), None, radio.pk)
    assert list(Movement.objects.order_by("pk").values_list("kind", "part__number")) == [
        ("opening", "RADIO-RED"),
        ("converted", "RADIO-BLUE"),
    ]
    told = [(step.kind, step.after) for step in stock.history(item)]
    assert told == [
        ("opening", {}),
        ("changed", {"supplier_part": source.pk}),
        ("changed", {"part": blue.pk, "supplier_part": None}),
        ("converted", {}),
    ]
    shop.recount()
    reverse_event(event=done.event_id, reason="it was red", **shop.by_bo)
    item.refresh_from_db()
    assert (item.part, item.supplier_part) == (red, source)
    shop.recount()


def test_serials_that_are_unique_per_part_must_be_free_there(shop, radio):
    shop.switch_on("SERIAL_NUMBER_SCOPE", "part")
    red, blue = variant(shop, radio, "RED"), variant(shop, radio, "BLUE")
    added = [add_stock(rows=[NewStock(part=one.pk, serials=["7"])], **shop.by_bo) for one in (red, blue)]
    mine, other = (StockItem.objects.get(pk=one.ids[0]) for one in added)
    assert shop.refused(convert_stock, rows=[Conversion(mine.pk, blue.pk)]) == [("serials_used", (0, "part"))]
    change_stock(rows=[Change(other.pk, {"serial": "8"})], **shop.by_bo)
    done = convert_stock(rows=[Conversion(mine.pk, blue.pk)], **shop.by_bo)
    assert StockItem.objects.get(pk=mine.pk).serial_scope == blue.pk
    reverse_event(event=done.event_id, reason="no", **shop.by_bo)
    assert StockItem.objects.get(pk=mine.pk).serial_scope == red.pk
    shop.recount()


def test_refuses_what_is_no_variant(shop, radio):
    red = variant(shop, radio, "RED")
    old = variant(shop, radio, "OLD", is_active=False)
    Part.objects.filter(pk=old.pk).update(is_trackable=False)
    items = [shop.put(red, 1, serial=str(number)) for number in range(6)]
    build = shop.build(shop.assembly("BOX", {"RADIO-RED": 1}), 3)
    shop.allocate(build.reference, items[5], 1)
    wanted = [shop.part("CASE", is_trackable=True).pk, radio.pk, red.pk, old.pk, 47110815]
    rows = [Conversion(item.pk, part) for item, part in zip(items, wanted, strict=False)]
    rows.append(Conversion(items[5].pk, variant(shop, radio, "BLUE").pk))
    assert sorted(shop.refused(convert_stock, rows=rows), key=lambda one: (one[1], one[0])) == [
        ("not_a_variant", (0, "part")),
        ("convert_into_template", (1, "part")),
        ("converted_already", (2, "part")),
        ("convert_into_inactive", (3, "part")),
        ("serials_not_kept", (3, "part")),
        ("part_unknown", (4, "part")),
        ("units_allocated_here", (5, "item")),
    ]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, radio, count):
    red, blue = variant(shop, radio, "RED"), variant(shop, radio, "BLUE")
    items = shop.put_many(red, 1, count)
    with statements() as seen:
        convert_stock(rows=[Conversion(item.pk, blue.pk) for item in items], **shop.by_bo)
    assert seen == 9
    assert StockItem.objects.filter(part=blue).count() == count
