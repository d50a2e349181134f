"""Create, change and remove of any noun: what is read, what is refused, what it costs."""

from decimal import Decimal

import pytest
from django.db import connection

from outwork.models import (
    Address,
    BomLine,
    BomSubstitute,
    Category,
    Company,
    Contact,
    Event,
    ExchangeRate,
    InternalPrice,
    Location,
    LocationType,
    ManufacturerPart,
    Parameter,
    ParameterTemplate,
    Part,
    PriceBreak,
    ProjectCode,
    RelatedPart,
    SupplierPart,
    TestTemplate,
)
from outwork.operations.master_data import NOUNS, change, create, remove
from outwork.rules.refusals import Refusal


def state():
    return [Event.objects.count(), *(list(model._default_manager.order_by("pk").values()) for model in NOUNS)]


def refused(operate, **request):
    """The (code, where) pairs of a refusal, having checked that nothing was written."""
    before = state()
    with pytest.raises(Refusal) as refusal:
        operate(**request)
    assert state() == before
    assert str(refusal.value)
    return [(reason.code, reason.where) for reason in refusal.value.reasons]


def test_it_works(shop):
    done = create(
        model=Part,
        rows=[
            {"number": "R-10K", "name": "  Resistor 10k ", "minimum_stock": "12.5"},
            {"name": "Case", "is_virtual": True},
        ],
        **shop.by_ada,
    )
    resistor, case = Part.objects.order_by("pk")
    assert done.ids == [resistor.pk, case.pk]
    assert (resistor.name, resistor.number_key, resistor.minimum_stock) == ("Resistor 10k", "R-10K/", Decimal("12.5"))
    assert (case.number, case.number_key, case.is_component, case.created_at) == ("", None, True, shop.now)

    change(model=Part, rows=[{"id": resistor.pk, "number": "R-10K-1"}, {"id": case.pk}], **shop.by_ada)
    resistor.refresh_from_db()
    assert (resistor.number, resistor.number_key) == ("R-10K-1", "R-10K-1/")
    event = Event.objects.get(kind="part.changed")
    assert event.data["rows"] == [
        {"id": resistor.pk, "number": ["R-10K", "R-10K-1"], "number_key": ["R-10K/", "R-10K-1/"]}
    ]

    change(model=Part, rows=[{"id": case.pk, "is_active": False}], **shop.by_ada)
    remove(model=Part, ids=[case.pk], **shop.by_ada)
    assert list(Part.objects.all()) == [resistor]
    assert Event.objects.get(kind="part.removed").data["rows"][0]["name"] == "Case"


def test_a_repeat_with_the_same_key_makes_nothing(shop):
    request = {"model": Company, "rows": [{"name": "Acme"}], "key": "once", **shop.by_ada}
    first = create(**request)
    assert create(**request) == first
    assert Company.objects.count() == 1


def test_the_history_of_a_part_has_what_was_said_of_it(shop):
    part = shop.part("R-10K")
    acme = shop.company("Acme", is_manufacturer=True)
    create(model=ManufacturerPart, rows=[{"part": part, "manufacturer": acme, "mpn": "RC0402"}], **shop.by_ada)
    event = Event.objects.get()
    assert (event.kind, event.part, event.company) == ("manufacturer_part.created", part, acme)


def test_refuses_with_every_reason_of_every_row(shop):
    rows = [
        {"name": "x" * 101, "colour": "red", "family": 3},
        {"number": "R-10K", "is_active": "yes", "minimum_stock": "-1"},
        {"name": "Case", "category": 99, "default_expiry_days": "1.5", "description": "a\x00b", "variant_of": "7"},
    ]
    assert refused(create, model=Part, rows=rows, **shop.by_ada) == [
        ("text_too_long", (0, "name")),
        ("field_unknown", (0, "colour")),
        ("field_derived", (0, "family")),
        ("flag_invalid", (1, "is_active")),
        ("quantity_negative", (1, "minimum_stock")),
        ("value_missing", (1, "name")),
        ("integer_invalid", (2, "default_expiry_days")),
        ("text_invalid", (2, "description")),
        ("reference_invalid", (2, "variant_of")),
        ("row_unknown", (2, "category")),
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "quantity_not_positive"),
        (-3, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("Infinity", "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
        ("three", "number_invalid"),
        (None, "value_missing"),
    ],
)
def test_refuses_a_quantity_that_is_none(shop, value, code):
    board, resistor = shop.assembly("BOARD"), shop.part("R-10K")
    rows = [{"assembly": board, "part": resistor, "quantity": value}]
    assert refused(create, model=BomLine, rows=rows, **shop.by_ada) == [(code, (0, "quantity"))]


def test_refuses_a_row_that_is_not_there_or_stands_twice(shop):
    part = shop.part("R-10K")
    rows = [{"id": part.pk, "name": "A"}, {"id": part.pk, "name": "B"}, {"id": 999}, {"name": "C"}]
    expected = [
        ("row_named_twice", (1, "id")),
        ("row_id_invalid", (3, "id")),
        ("row_unknown", (2, "id")),
    ]
    assert refused(change, model=Part, rows=rows, **shop.by_ada) == expected
    assert refused(remove, model=Part, ids=[999], **shop.by_ada) == [("row_unknown", (0, "id"))]
    assert refused(create, model=Part, rows=[], **shop.by_ada) == [("rows_missing", ())]


def test_refuses_what_exists_already(shop):
    create(model=Part, rows=[{"number": "R-10K", "name": "Resistor"}, {"name": "Case"}], **shop.by_ada)
    rows = [
        {"number": "R-10K", "name": "Other"},
        {"name": "Case"},
        {"number": "C-1", "name": "First"},
        {"number": "C-1", "name": "Second"},
        {"number": "R-10K", "revision": "B", "name": "Resistor"},
    ]
    assert refused(create, model=Part, rows=rows, **shop.by_ada) == [
        ("part_number_used", (0, "number_key")),
        ("twice_in_request", (3, "number_key")),
        ("exists_already", (1, "revision")),
    ]


def test_refuses_to_remove_what_something_refers_to_and_counts_it(shop):
    board = shop.assembly("BOARD", {"R-10K": 2})
    shop.assembly("OTHER", {"R-10K": 2})
    resistor = shop.part("R-10K")
    shop.sells(shop.company("Acme"), resistor)
    shop.put("R-10K", 3)
    Part.objects.update(is_active=False)
    with pytest.raises(Refusal) as refusal:
        remove(model=Part, ids=[resistor.pk, board.pk], **shop.by_ada)
    first, second = refusal.value.reasons
    assert first.params["counts"] == {"bom lines": 2, "stock items": 1, "supplier parts": 1, "movements": 1}
    assert second.params["counts"] == {"bom lines": 1}
    assert Part.objects.count() == 3


def test_what_lives_only_with_a_row_goes_with_it(shop):
    part = shop.part("R-10K")
    sold = shop.sells(shop.company("Acme"), part, "1.00")
    remove(model=SupplierPart, ids=[sold.pk], **shop.by_ada)
    assert not PriceBreak.objects.exists()
    event = Event.objects.get(kind="supplier_part.removed")
    assert event.part == part
    change(model=Part, rows=[{"id": part.pk, "is_active": False}], **shop.by_ada)
    remove(model=Part, ids=[part.pk], **shop.by_ada)
    event.refresh_from_db()
    assert (event.part, event.data["rows"][0]["part_id"]) == (None, part.pk)


def many(model, count, shop):
    """So many new rows of a noun, and a change for each."""
    board = shop.assembly("BOARD")
    acme = shop.company("Acme", is_manufacturer=True)
    parts = shop.parts(f"P-{number}" for number in range(count))
    line = BomLine.objects.create(assembly=board, part=shop.part("BASE"), quantity=Decimal(1))
    sold = shop.sells(acme, shop.part("BASE"), None)
    texts = [f"N-{number}" for number in range(count)]
    shop.switch_on("PART_INTERNAL_PRICE")
    tested = shop.part("TESTED", is_testable=True, variant_of=template(shop), family=template(shop))
    resistance = ParameterTemplate.objects.create(name="Resistance", unit="ohm")
    rows = {
        Category: [{"name": text} for text in texts],
        Part: [{"number": text, "name": text, "variant_of": template(shop)} for text in texts],
        BomLine: [{"assembly": board, "part": part, "quantity": 2} for part in parts],
        BomSubstitute: [{"bom_line": line, "part": part} for part in parts],
        Company: [{"name": text} for text in texts],
        ManufacturerPart: [{"part": part, "manufacturer": acme, "mpn": part.number} for part in parts],
        SupplierPart: [{"part": part, "supplier": acme, "sku": part.number} for part in parts],
        PriceBreak: [{"supplier_part": sold, "quantity": number + 1, "price": "0.1"} for number in range(count)],
        ExchangeRate: [{"currency": "USD", "day": f"{2000 + number}-01-01", "rate": "0.9"} for number in range(count)],
        Location: [{"name": text, "company": acme} for text in texts],
        Contact: [{"company": acme, "name": text} for text in texts],
        Address: [{"company": acme, "title": text} for text in texts],
        RelatedPart: [{"part": part, "other": board} for part in parts],
        InternalPrice: [{"part": board, "quantity": number + 1, "price": "0.1"} for number in range(count)],
        TestTemplate: [{"part": tested, "name": text} for text in texts],
        ParameterTemplate: [{"name": text, "unit": "V"} for text in texts],
        Parameter: [
            {"subject_kind": "part", "subject_id": part.pk, "template": resistance, "text": "4k7"} for part in parts
        ],
        LocationType: [{"name": text} for text in texts],
        ProjectCode: [{"code": text} for text in texts],
    }
    change_to = {
        Category: ("name", "M-{}"),
        Part: ("number", "M-{}"),
        BomLine: ("quantity", 3),
        BomSubstitute: ("rank", 4),
        Company: ("currency", "USD"),
        ManufacturerPart: ("mpn", "M-{}"),
        SupplierPart: ("pack_quantity", "5000"),
        PriceBreak: ("price", "0.2"),
        ExchangeRate: ("rate", "0.8"),
        Location: ("name", "M-{}"),
        Contact: ("name", "M-{}"),
        Address: ("title", "M-{}"),
        RelatedPart: ("note", "M-{}"),
        InternalPrice: ("price", "0.2"),
        TestTemplate: ("name", "M-{}"),
        ParameterTemplate: ("unit", "mV"),
        Parameter: ("text", "10k"),
        LocationType: ("name", "M-{}"),
        ProjectCode: ("code", "M-{}"),
    }
    name, value = change_to[model]
    return rows[model], lambda pk: {"id": pk, name: value.format(pk) if isinstance(value, str) else value}


def template(shop):
    return shop.part("TEMPLATE", is_template=True)


# Statements to create, change and remove; one more each on PostgreSQL, which takes a lock that SQLite has anyway.
COSTS = {
    Category: (4, 4, 4),
    Part: (8, 7, 13),
    BomLine: (8, 5, 7),
    BomSubstitute: (10, 8, 12),
    Company: (5, 3, 9),
    ManufacturerPart: (6, 6, 10),
    SupplierPart: (8, 5, 13),
    PriceBreak: (8, 6, 6),
    ExchangeRate: (6, 5, 4),
    Location: (6, 6, 9),
    Contact: (4, 4, 5),
    Address: (6, 4, 6),
    RelatedPart: (5, 4, 4),
    InternalPrice: (7, 4, 4),
    TestTemplate: (8, 8, 5),
    ParameterTemplate: (4, 4, 4),
    Parameter: (6, 5, 5),
    LocationType: (4, 4, 4),
    ProjectCode: (4, 4, 4),
}


def test_every_noun_has_its_costs_pinned():
    assert set(COSTS) == set(NOUNS)


@pytest.mark.parametrize("count", [1, 10, 1000])
@pytest.mark.parametrize("model", list(COSTS), ids=lambda model: model.__name__)
def test_the_cost_does_not_grow_with_the_rows(shop, statements, model, count):
    rows, changed = many(model, count, shop)
    seen = []
    with statements() as spent:
        ids = create(model=model, rows=rows, **shop.by_ada).ids
    seen.append(spent)
    with statements() as spent:
        change(model=model, rows=[changed(pk) for pk in ids], **shop.by_ada)
    seen.append(spent)
    if model is Part:
        Part.objects.filter(pk__any=ids).update(is_active=False)
    with statements() as spent:
        remove(model=model, ids=ids, **shop.by_ada)
    seen.append(spent)
    lock = connection.vendor == "postgresql"
    assert [len(one) - lock for one in seen] == list(COSTS[model]), seen
