"""A supplier part and its price breaks, made and changed as one."""

import pytest

from outwork.models import Event, PriceBreak, SupplierPart
from outwork.operations.master_data.offers import offer_parts
from outwork.rules.quantities import as_text


def prices(sku):
    rows = PriceBreak.objects.filter(supplier_part__sku=sku).values_list("quantity", "price", "currency")
    return [(as_text(quantity), as_text(price), currency) for quantity, price, currency in rows]


@pytest.fixture
def acme(shop):
    return shop.company("Acme", currency="USD")


def test_it_works(shop, acme):
    part = shop.part("RADIO")
    breaks = [{"quantity": 1, "price": "61.00"}, {"quantity": "100", "price": "38.2", "currency": "eur"}]
    row = {"part": part, "supplier": acme, "sku": "ASM", "pack_quantity": "4", "prices": breaks}
    done = offer_parts(rows=[row], **shop.by_ada)
    sold = SupplierPart.objects.get()
    assert (done.ids, sold.pack_size, sold.is_primary) == ([sold.pk], 4, True)
    assert prices("ASM") == [("1", "61", "USD"), ("100", "38.2", "EUR")]
    event = Event.objects.get(pk=done.event_id)
    assert (event.kind, event.part, event.company) == ("supplier_part.created", part, acme)
    assert event.data == {"ids": [sold.pk], "prices": {str(sold.pk): [[], ["1: 61 USD", "100: 38.2 EUR"]]}}


def test_the_prices_given_are_all_there_are(shop, acme):
    sold = shop.sells(acme, shop.part("RADIO"), "61.00", sku="ASM")
    kept = PriceBreak.objects.get()
    given = [{"quantity": 1, "price": "61"}, {"quantity": 50, "price": "40"}]
    offer_parts(rows=[{"id": sold.pk, "prices": given}], **shop.by_ada)
    assert prices("ASM") == [("1", "61", "USD"), ("50", "40", "USD")]
    given[1] = {"quantity": 50, "price": "39.5"}
    done = offer_parts(rows=[{"id": sold.pk, "note": "x", "prices": given}], **shop.by_ada)
    assert prices("ASM") == [("1", "61", "USD"), ("50", "39.5", "USD")]
    assert PriceBreak.objects.get(quantity=1) == kept
    event = Event.objects.get(pk=done.event_id)
    before, after = ["1: 61 USD", "50: 40 USD"], ["1: 61 USD", "50: 39.5 USD"]
    assert event.data == {
        "rows": [{"id": sold.pk, "note": ["", "x"]}],
        "prices": {str(sold.pk): [before, after]},
    }
    offer_parts(rows=[{"id": sold.pk, "note": "y"}], **shop.by_ada)
    assert len(prices("ASM")) == 2
    done = offer_parts(rows=[{"id": sold.pk, "prices": given}], **shop.by_ada)
    assert Event.objects.get(pk=done.event_id).data == {"rows": []}
    offer_parts(rows=[{"id": sold.pk, "prices": []}], **shop.by_ada)
    assert prices("ASM") == []


def test_a_key_makes_it_once(shop, acme):
    row = {"part": shop.part("RADIO"), "supplier": acme, "sku": "ASM", "prices": [{"quantity": 1, "price": "61"}]}
    first = offer_parts(rows=[row], key="a", **shop.by_ada)
    assert offer_parts(rows=[row], key="a", **shop.by_ada) == first
    assert (SupplierPart.objects.count(), PriceBreak.objects.count()) == (1, 1)


def test_refuses_what_is_no_price_and_writes_nothing(shop, acme):
    part = shop.part("RADIO")
    sold = shop.sells(acme, part, "61.00", sku="ASM")
    new = {"part": part, "supplier": acme, "sku": "X"}

    def refused(**row):
        found = shop.refused(offer_parts, rows=[row])
        assert prices("ASM") == [("1", "61", "USD")]
        assert SupplierPart.objects.count() == 1
        return found

    assert refused(**new, prices=[{"quantity": 0, "price": "-1"}]) == [
        ("quantity_not_positive", (0, "prices", 0, "quantity")),
        ("amount_negative", (0, "prices", 0, "price")),
    ]
    assert refused(**{**new, "sku": ""}, prices=[{"quantity": "NaN", "price": "1"}]) == [
        ("value_missing", (0, "sku")),
        ("number_invalid", (0, "prices", 0, "quantity")),
    ]
    assert refused(**new, prices=[{"quantity": 1, "price": 1}, {"quantity": "1.0", "price": 2}]) == [
        ("twice_in_request", (0, "prices", 1, "quantity"))
    ]
    assert refused(id=sold.pk, prices=[{"quantity": 1, "price": 61}, {"quantity": 1, "price": 61}]) == [
        ("exists_already", (0, "prices", 1, "quantity"))
    ]
    assert refused(id=sold.pk, prices=[{"quantity": 1, "price": 61}, {"quantity": 1, "price": 62}]) == [
        ("exists_already", (0, "prices", 1, "quantity"))
    ]
    assert refused(**new, prices=[{"quantity": 1, "price": 1, "currency": "dollars"}]) == [
        ("text_too_long", (0, "prices", 0, "currency"))
    ]
    assert refused(**new, prices=[{"quantity": 1, "price": 1, "currency": "D"}]) == [
        ("currency_code_invalid", (0, "prices", 0, "currency"))
    ]
    assert refused(**new, prices=[{"quantity": 1}]) == [("value_missing", (0, "prices", 0, "price"))]
    assert refused(**new, prices=[{"quantity": 1, "cost": 1}]) == [("field_unknown", (0, "prices", 0, "cost"))]
    assert refused(id=47110815) == [("row_unknown", (0, "id"))]
    assert shop.refused(offer_parts, rows=[{"id": sold.pk}, new])[0] == ("row_id_invalid", (1, "id"))
    assert shop.refused(offer_parts, rows=[]) == [("rows_missing", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_as_many_statements_for_one_as_for_a_thousand(shop, acme, statements, count):
    parts = shop.parts(f"P-{number}" for number in range(count))
    rows = [
        {"part": part, "supplier": acme, "sku": part.number, "prices": [{"quantity": 1, "price": "2"}]}
        for part in parts
    ]
    with statements() as made:
        ids = offer_parts(rows=rows, **shop.by_ada).ids
    with statements() as changed:
        given = [{"id": pk, "multiple": 2, "prices": [{"quantity": 1, "price": "3"}]} for pk in ids]
        offer_parts(rows=given, **shop.by_ada)
    seen = [sum("pg_advisory" not in sql for sql in spent.seen) for spent in (made, changed)]
    assert seen == [16, 14], (made, changed)
