"""What hangs on parts and companies, from the command line: contacts, addresses, prices, tests, parameters."""

import pytest
from django.contrib.auth.models import Group

from outwork.models import (
    Address,
    Company,
    Contact,
    Event,
    InternalPrice,
    Owner,
    Parameter,
    Part,
    ProjectCode,
    RelatedPart,
    TestTemplate,
)


def test_people_and_sites_of_a_company(shop, program):
    shop.company("Mouser")
    shop.company("Acme")
    assert program("contact", "create", "mouser", "Cy", "--email", "cy@mouser.example") == ["Created contact Cy."]
    program("contact", "create", "Acme", "Cy")
    assert program.codes("contact", "show", "Cy") == ["name_ambiguous"]
    assert program("contact", "change", "Acme/Cy", "--role", "sales") == ["Cy: changed role."]
    assert program("contact", "list", "--search", "acme") == ["name  company  role", "Cy    Acme     sales"]
    assert program("contact", "remove", "Mouser/Cy") == ["Removed contact Cy."]
    assert Contact.objects.get().role == "sales"
    assert program.codes("contact", "create", "Acme", "Bo", "--email", "bo@") == ["email_invalid"]

    program("address", "create", "Acme", "Works", "--city", "Ulm")
    program("address", "create", "Acme", "Office", "--no-shipper", "--primary")
    assert [line.split() for line in program("address", "list")][1:] == [
        ["Office", "Acme", "primary,", "sells"],
        ["Works", "Acme", "Ulm", "sells,", "ships"],
    ]
    assert program("address", "remove", "office") == ["Removed address Office."]
    assert Address.objects.get().is_primary


def test_properties_of_a_part(shop, program):
    shop.part("R-10K")
    program("parameter-template", "create", "Resistance", "--unit", "ohm")
    program("parameter-template", "create", "Dielectric", "--choices", "X5R, X7R")
    assert program.json("parameter-template", "show", "dielectric")["choices"] == ["X5R", "X7R"]
    assert program("parameter", "create", "resistance", "4k7", "--part", "R-10K") == ["Created parameter 4k7."]
    made = Parameter.objects.get()
    assert (made.subject_kind, made.text, made.number) == ("part", "4k7", 4700.0)
    assert [line.split() for line in program("parameter", "list")] == [
        ["of", "parameter", "value", "unit"],
        ["R-10K", "part", "Resistance", "4k7", "ohm"],
    ]
    assert program("parameter", "change", "R-10K/Resistance", "--text", "5k") == ["4k7: changed text."]
    assert program.json("parameter", "show", "R-10K/Resistance")["number"] == 5000.0
    assert program.codes("parameter", "create", "Dielectric", "NP0", "--part", "R-10K") == ["parameter_not_a_choice"]
    assert program.codes("parameter", "create", "Dielectric", "X7R") == ["value_missing", "value_missing"]
    program("parameter", "create", "Dielectric", "X7R", "--part", "R-10K", "--company", "Acme", status=2)
    program("parameter", "remove", "R-10K/Resistance")
    assert not Parameter.objects.exists()
    assert str(Event.objects.latest("pk").part) == "R-10K"


def test_what_else_hangs_on_a_part(shop, program):
    shop.part("R-10K", is_testable=True)
    shop.part("R-12K")
    shop.switch_on("PART_INTERNAL_PRICE")
    program("related", "create", "R-12K", "R-10K", "--note", "next value")
    assert program.codes("related", "create", "R-10K", "R-12K") == ["exists_already"]
    assert program("related", "list")[1].split()[:2] == ["R-10K", "R-12K"]
    program("related", "remove", "R-12K/R-10K")
    assert not RelatedPart.objects.exists()

    program("internal-price", "create", "R-10K", "100", "0.02")
    assert str(InternalPrice.objects.get()) == "100.00000: 0.020000 EUR"
    assert program("internal-price", "change", "R-10K/100", "--price", "0.03")
    program("internal-price", "remove", "R-10K/100")
    assert program.codes("internal-price", "show", "R-10K/100") == ["internal_price_unknown"]

    program("test-template", "create", "R-10K", "Leak Test", "--needs-value", "--choices", "low, high")
    made = TestTemplate.objects.get()
    assert (made.key, made.choices, made.needs_value) == ("leaktest", ["low", "high"], True)
    assert program("test-template", "show", "leak test")[0] == "Leak Test"
    program("test-template", "remove", "R-10K/Leak Test")


def test_types_of_location_and_project_codes(shop, program):
    program("location-type", "create", "Reel rack")
    program("location", "create", "Rack 1", "--location-type", "reel rack")
    assert "location types" not in program("location-type", "remove", "Reel rack", status=1)[0]
    assert program.codes("location-type", "create", "REEL RACK") == ["exists_already"]
    program("project-code", "create", "Y-2026", "--description", "Yearly")
    assert program("project-code", "change", "y-2026", "--no-active") == ["Y-2026: changed active."]
    assert not ProjectCode.objects.get().is_active


@pytest.mark.parametrize(
    ("noun", "name", "code"),
    [
        ("contact", "Cy", "contact_unknown"),
        ("address", "Works", "address_unknown"),
        ("related", "A/B", "related_part_unknown"),
        ("related", "A", "related_part_unknown"),
        ("internal-price", "A/B", "internal_price_unknown"),
        ("parameter", "A/B", "parameter_unknown"),
        ("parameter-template", "A", "parameter_template_unknown"),
        ("test-template", "A", "test_template_unknown"),
        ("location-type", "A", "location_type_unknown"),
        ("project-code", "A", "project_code_unknown"),
    ],
)
def test_refuses_a_name_that_nothing_has(program, noun, name, code):
    assert program.codes(noun, "show", name) == [code]
    assert program.codes(noun, "remove", name) == [code]


def test_a_part_like_another(shop, program):
    shop.assembly("RADIO", {"R-10K": 4}, name="Radio", is_testable=True)
    program("test-template", "create", "RADIO", "Leak Test")
    assert program("part", "duplicate", "RADIO", "--number", "RADIO-2", "--name", "Second", "--no-copy-tests") == [
        "Created part RADIO-2, like RADIO."
    ]
    assert program("part", "show", "RADIO-2")[-1] == "  Its BOM has 1 line   [outwork bom show RADIO-2]"
    assert program.json("part", "show", "RADIO-2")["tests"] == []
    assert program.codes("part", "duplicate", "RADIO-2", "--name", "Second", "--number", "RADIO-2") == [
        "part_number_used",
        "exists_already",
    ]


def test_what_hangs_on_a_part_stands_on_its_page(shop, program):
    template = shop.part("RADIOS", is_template=True, is_testable=True)
    shop.part("RADIO", is_testable=True, variant_of=template, family=template, stage="prototype")
    shop.switch_on("PART_INTERNAL_PRICE")
    program("parameter-template", "create", "Band", "--choices", "FM, AM")
    program("parameter", "create", "Band", "fm", "--part", "RADIO")
    program("test-template", "create", "RADIOS", "Leak Test")
    program("related", "create", "RADIO", "RADIOS")
    program("internal-price", "create", "RADIO", "10", "9.50")
    assert program("part", "show", "RADIO")[4:] == [
        "  stage:      prototype",
        "  is:         active, component, purchaseable, testable",
        "  See also: RADIOS",
        "",
        "Parameters:",
        "  parameter  value",
        "  Band       FM",
        "",
        "Tests:",
        "  test       of",
        "  Leak Test  RADIOS  required",
        "",
        "Reckoned at:",
        "  from  price",
        "    10    9.5  EUR",
    ]
    assert program("part", "list", "--search", "prototype") == ["There are no such parts."]
    shown = program.json("part", "show", "RADIO")
    assert (shown["related"], shown["parameters"][0]["text"]) == (["RADIOS"], "FM")


def test_people_and_sites_stand_on_the_page_of_a_company(shop, program):
    shop.company("Acme")
    program("contact", "create", "Acme", "Cy", "--role", "sales")
    program("address", "create", "Acme", "Works", "--city", "Ulm")
    assert program("company", "show", "Acme")[-7:] == [
        "People:",
        "  name  role",
        "  Cy    sales",
        "",
        "Sites:",
        "  title  city",
        "  Works  Ulm   primary",
    ]
    assert program.json("company", "show", "Acme")["contacts"][0]["name"] == "Cy"


def test_what_prices_were(shop, program):
    shop.company("Mouser")
    shop.part("R-10K")
    program("supplier-part", "create", "Mouser", "603-RC", "--part", "R-10K", "--price", "1=6.10")
    assert program("supplier-part", "create", "Mouser", "604", "--part", "R-10K", "--available", "12")
    assert any(line.startswith("  Available as of 20") for line in program("supplier-part", "show", "604"))
    assert program.json("supplier-part", "show", "604")["available_at"]
    assert program("supplier-part", "prices", "604") == ["No price of it ever changed."]
    program("supplier-part", "change", "603-RC", "--price", "1=5.90 USD")
    lines = [line.split()[1:] for line in program("supplier-part", "prices", "603-RC")]
    assert lines[1:] == [["1", "6.1", "EUR", "5.9", "USD", "outwork"], ["1", "no", "price", "6.1", "EUR", "outwork"]]
    (latest, first) = program.json("supplier-part", "prices", "603-RC")
    assert (latest["after"], latest["after_currency"], first["before"]) == ("5.9", "USD", None)


def test_who_answers_for_something_is_a_user_or_a_group(shop, program):
    Owner.objects.create(user=shop.ada)
    Owner.objects.create(group=Group.objects.create(name="Buyers"))
    program("part", "create", "Case", "--responsible", "ADA")
    program("part", "change", "Case", "--responsible", "buyers")
    assert str(Part.objects.get().responsible) == "Buyers"
    assert program.codes("part", "change", "Case", "--responsible", "nobody") == ["owner_name_unknown"]
    Owner.objects.create(group=Group.objects.create(name="ada"))
    (said,) = program("part", "change", "Case", "--responsible", "Ada", status=1)
    assert "user ada (id=" in said
    assert "group ada (id=" in said


def test_companies_of_one_name_are_told_apart_by_their_ids(shop, program):
    program("company", "create", "Acme")
    program("company", "create", "Acme", "--email", "cy@acme.example")
    first, second = Company.objects.order_by("pk")
    (said,) = program("company", "show", "Acme", status=1)
    assert said == f"Acme may be Acme (id={first.pk}), Acme (id={second.pk}): say which"
    assert program("company", "show", f"id={second.pk}")[2] == "  email:    cy@acme.example"


def test_what_a_supplier_has_stands_on_the_page_of_the_part(shop, program):
    shop.sells(shop.company("Mouser"), shop.part("R-10K"), None, sku="603")
    program("supplier-part", "change", "603", "--available", "12")
    assert program("part", "show", "R-10K")[-2:] == [
        "  supplier  SKU  pack  has  prices per pack",
        "  Mouser    603  1      12  no price",
    ]
