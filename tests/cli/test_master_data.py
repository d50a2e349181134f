"""Parts, companies and all that hangs on them from the command line: made, changed, shown, removed, refused."""

import datetime
from decimal import Decimal

import pytest

from outwork.cli import (
    address,
    category,
    company,
    contact,
    internal_price,
    location,
    location_type,
    manufacturer_part,
    parameter,
    parameter_template,
    part,
    project_code,
    rate,
    related,
    supplier_part,
    test_template,
)
from outwork.cli.field_options import fields_of
from outwork.models import Category, Company, Event, ExchangeRate, Location, Part, PriceBreak, SupplierPart
from outwork.operations.master_data import NOUNS

MODULES = (
    *(address, category, company, contact, internal_price, location, location_type, manufacturer_part, parameter),
    *(parameter_template, part, project_code, related, supplier_part, test_template),
)
SPOKEN = [module.SPOKEN for module in MODULES]


def test_it_works(program):
    assert program("category", "create", "Resistors") == ["Created category Resistors."]
    assert program("location", "create", "Warehouse", "--structural") == ["Created location Warehouse."]
    assert program("location", "create", "Shelf 1", "--parent", "warehouse") == ["Created location Warehouse/Shelf 1."]
    assert program(
        "part", "create", "Resistor 10k", "--number", "R-10K", "--category", "resistors", "--trackable",
        "--default-location", "Shelf 1", "--minimum-stock", "50.5", "--no-salable", "--unit", "",
    ) == ["Created part R-10K."]  # fmt: skip
    made = Part.objects.get()
    assert (made.name, str(made.category), str(made.default_location)) == (
        "Resistor 10k",
        "Resistors",
        "Warehouse/Shelf 1",
    )
    assert (made.is_trackable, made.is_purchaseable, made.minimum_stock) == (True, True, Decimal("50.5"))
    assert program("company", "create", "Mouser", "--currency", "usd") == ["Created company Mouser."]
    program("company", "create", "Yageo", "--no-supplier", "--manufacturer")
    assert program("manufacturer-part", "create", "yageo", "RC0603", "--part", "R-10K") == [
        "Created manufacturer part RC0603."
    ]
    assert program(
        "supplier-part", "create", "Mouser", "603-RC", "--part", "Resistor 10k", "--manufacturer-part", "Yageo/RC0603",
        "--pack-quantity", "100", "--price", "1=6.10", "--price", "10 = 3.82 EUR",
    ) == ["Created supplier part 603-RC."]  # fmt: skip
    sold = SupplierPart.objects.get()
    assert (sold.pack_size, str(sold.manufacturer_part)) == (100, "RC0603")
    assert [str(one) for one in PriceBreak.objects.all()] == ["1.00000: 6.100000 USD", "10.00000: 3.820000 EUR"]
    assert program("rate", "set", "usd", "2026-01-01", "0.92") == ["1 USD is 0.92 EUR from 2026-01-01 on."]


def test_changes_what_is_named_and_nothing_else(shop, program):
    shop.part("R-10K", description="10k", category=Category.objects.create(name="Resistors"))
    assert program("part", "change", "R-10K", "--description", "10k 1%", "--no-active", "--as", "ada") == [
        "R-10K: changed active, description."
    ]
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, event.part) == ("part.changed", shop.ada, Part.objects.get())
    assert program("part", "change", "R-10K", "--description", "10k 1%") == [
        "R-10K: it is like that already, nothing changed."
    ]
    assert program.json("part", "change", "R-10K", "--category", "")["data"] == {"id": event.part_id}
    made = Part.objects.get()
    assert (made.name, made.description, made.is_active, made.category) == ("R-10K", "10k 1%", False, None)
    assert program("part", "change", f"id={made.pk}", "--number", "R-11K") == ["R-10K: changed number."]


def test_prices_given_are_all_there_are(shop, program):
    shop.sells(shop.company("Mouser"), shop.part("R-10K"), "6.10", sku="603-RC")
    assert program("supplier-part", "change", "603-RC", "--lead-time-days", "3") == ["603-RC: changed lead time days."]
    assert program("supplier-part", "change", "Mouser/603-RC", "--price", "1=6", "--price", "10=5") == [
        "603-RC: changed prices."
    ]
    assert program("supplier-part", "show", "603-RC")[-3:] == [
        "  from  price",
        "     1      6  EUR",
        "    10      5  EUR",
    ]
    assert program("supplier-part", "change", "603-RC", "--no-prices", "--lead-time-days", "")
    assert (PriceBreak.objects.count(), SupplierPart.objects.get().lead_time_days) == (0, None)
    program("supplier-part", "change", "603-RC", "--no-prices", "--price", "1=6", status=2)


def test_removes_all_or_none(shop, program):
    for number in ("A", "B"):
        shop.part(number, is_active=number == "B")
    assert program("part", "remove", "A", "B", status=1) == ["B is still active: make it inactive before it is removed"]
    assert program("part", "remove", "X", "A", "Y", status=1) == ["There is no part X", "There is no part Y"]
    assert Part.objects.count() == 2
    assert program("part", "remove", "A") == ["Removed part A."]
    shop.sells(shop.company("Mouser"), shop.part("B"))
    assert "supplier parts (" in program("company", "remove", "Mouser", status=1)[0]
    program("company", "remove", status=2)


def test_lists_are_searched_and_paged(shop, program):
    for number in range(5):
        shop.put(f"P-{number}", 40)
    assert program("part", "list", "--search", "p- p", "--limit", "2") == [
        "number  name  on hand",
        "P-0     P-0        40",
        "P-1     P-1        40",
        "2 of 5; the next: --page 2",
    ]
    assert len(program("part", "list", "--limit", "2", "--page", "3")) == 2
    assert program("part", "list", "--search", "zz") == ["There are no such parts."]
    assert program("category", "list") == ["There are no such categories."]
    (row,) = program.json("part", "list", "--search", "p-4")
    assert (row["number"], row["on_hand"], row["category"], row["is_active"]) == ("P-4", "40", None, True)
    program("part", "list", "--limit", "0", status=2)


def test_a_part_on_one_page(shop, program):
    shop.assembly("RADIO", {"R-10K": 4})
    shop.put("R-10K", 3412, value="34.12")
    shop.sells(shop.company("Mouser"), shop.part("R-10K"), "0.10", sku="603-RC")
    assert program("part", "show", "R-10K") == [
        "R-10K",
        "  number: R-10K",
        "  name:   R-10K",
        "  stage:  released",
        "  is:     active, component, purchaseable",
        "",
        "Stock:",
        "  location    on hand  usable  allocated  free",
        "  Main shelf     3412    3412          0  3412",
        "",
        "Sold by:",
        "  supplier  SKU     pack  prices per pack",
        "  Mouser    603-RC  1     1: 0.1 EUR",
        "",
        "Used in:",
        "  level  assembly  name   quantity",
        "      1  RADIO     RADIO         4",
    ]
    shown = program.json("part", "show", "R-10K")
    assert [(one["location"], one["quantity"], one["value"]) for one in shown["stock"]] == [
        ("Main shelf", "3412", "34.12")
    ]
    assert [(one["sku"], one["prices"]) for one in shown["supplier_parts"]] == [
        ("603-RC", [{"quantity": "1", "price": "0.1", "currency": "EUR"}])
    ]
    assert program("part", "show", "RADIO")[-1] == "  Its BOM has 1 line   [outwork bom show RADIO]"
    program("part", "change", "RADIO", "--revision", "B 2")
    assert program("part", "show", "RADIO")[-1] == '  Its BOM has 1 line   [outwork bom show "RADIO/B 2"]'


def test_a_company_on_one_page(shop, program):
    acme = shop.manufacturer(email="cy@acme.example")
    radio = shop.assembly("RADIO", {"R-10K": 4})
    shop.ordered(shop.external(radio, 10, acme, price="12.50"))
    shop.put("R-10K", 40, "Acme Assembly")
    assert program("company", "show", "acme assembly") == [
        "Acme Assembly",
        "  name:     Acme Assembly",
        "  email:    cy@acme.example",
        "  currency: EUR",
        "  is:       supplier, manufacturer, active",
        "  Our stock lies there at: Acme Assembly",
        "",
        "Open orders:",
        "  order    status  lines  open       total  builds",
        "  PO-0001  placed      1     1  125.00 EUR  BO-0001",
        "",
        "Of ours lies there:",
        "  part   on hand  usable  allocated  free    value",
        "  R-10K       40      40          0    40  unknown",
        "",
        "It sells:",
        "  SKU         part   pack  prices per pack",
        "  ACME-RADIO  RADIO  1     1: 12.5 EUR",
    ]
    shown = program.json("company", "show", "Acme Assembly")
    assert (shown["open_orders"][0]["reference"], shown["stock"][0]["quantity"]) == ("PO-0001", "40")
    assert program("location", "show", "Acme Assembly")[-1].split() == ["Acme", "Assembly", "R-10K", "40", "0", "40"]
    assert program.json("location", "list", "--search", "acme")[0]["company"] == "Acme Assembly"


def test_a_rate_is_set_again_and_removed(program):
    program("rate", "set", "usd", "2026-01-01", "0.92")
    program("rate", "set", "USD", "2026-01-01", "0.93")
    program("rate", "set", "CHF", "2026-01-01", "1.05")
    assert program("rate", "list", "--search", "usd") == ["currency  from        rate", "USD       2026-01-01  0.93"]
    assert ExchangeRate.objects.get(currency="USD").day == datetime.date(2026, 1, 1)
    assert program.codes("rate", "set", "EUR", "2026-01-01", "1") == ["rate_of_base_currency"]
    assert program.codes("rate", "set", "USD", "2026-01-02", "0") == ["rate_not_positive"]
    program("rate", "set", "USD", "yesterday", "1", status=2)
    assert program("rate", "remove", "usd", "2026-01-01") == ["Removed the rate of USD from 2026-01-01 on."]
    assert program.codes("rate", "remove", "usd", "2026-01-01") == ["rate_unknown"]
    assert ExchangeRate.objects.count() == 1


def test_refuses_with_all_reasons_and_writes_nothing(shop, program):
    shop.location("Hall").children.create(name="Bin", path="Hall/Bin")
    shop.location("Shed").children.create(name="Bin", path="Shed/Bin")
    events = Event.objects.count()
    assert program("part", "create", "X", "--category", "Nope", "--default-location", "Bin", status=1) == [
        "There is no category Nope",
        "Bin may be Hall/Bin, Shed/Bin: say which",
    ]
    assert program.codes("part", "create", "", "--minimum-stock", "NaN", "--default-expiry-days", "1.5") == [
        "number_invalid",
        "integer_invalid",
        "value_missing",
    ]
    shop.company("Mouser")
    shop.part("CABLE", unit="m", is_purchaseable=False)
    assert program.codes("supplier-part", "create", "Mouser", "C-1", "--part", "CABLE", "--pack-quantity", "3 kg") == [
        "part_not_bought",
        "unit_incompatible",
    ]
    assert program.codes("supplier-part", "create", "Mouser", "C-1", "--part", "id=47110815") == ["row_unknown"]
    assert program.codes("company", "create", "Mouser") == ["exists_already"]
    assert program.codes("company", "show", "Mouse") == ["company_name_unknown"]
    assert Event.objects.count() == events
    assert (Part.objects.count(), SupplierPart.objects.count(), Company.objects.count()) == (1, 0, 1)
    assert Location.objects.count() == 4


def test_wrong_use_ends_with_2(shop, program):
    shop.part("R-10K")
    for arguments in (
        ("part", "create"),
        ("part", "change", "R-10K"),
        ("supplier-part", "create", "Mouser", "X"),
        ("supplier-part", "create", "Mouser", "X", "--part", "R-10K", "--price", "61.00"),
        ("part", "create", "X", "--number-key", "X"),
    ):
        assert program(*arguments, status=2)


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.word)
def test_the_help_names_every_field(program, spoken):
    name = {"related part": "related"}.get(spoken.word, spoken.word.replace(" ", "-"))
    helps = {verb: " ".join(program(name, verb, "--help")) for verb in ("create", "change")}
    for field in fields_of(spoken.model):
        if field.name in spoken.hidden:
            continue
        option = f"--{field.name.removeprefix('is_').replace('_', '-')}"
        assert option in helps["change"]
        assert (option in helps["create"]) != (field.name in spoken.arguments)
        assert field.name in spoken.arguments or spoken.helps[field.name]


def test_all_nouns_are_on_the_command_line_but_those_of_a_bom_and_prices():
    assert {noun.__name__ for noun in set(NOUNS) - {spoken.model for spoken in SPOKEN} - {rate.SPOKEN.model}} == {
        "BomLine",
        "BomSubstitute",
        "PriceBreak",
    }


@pytest.mark.parametrize("count", [1, 50])
def test_a_list_costs_a_fixed_number_of_statements(shop, program, statements, count):
    mouser = shop.company("Mouser")
    for number in range(count):
        shop.sells(mouser, shop.part(f"P-{number}"))
        shop.put(f"P-{number}", 1)
    seen = {}
    for noun in ("part", "company", "supplier-part", "location"):
        with statements() as spent:
            program(noun, "list")
        seen[noun] = sum("outwork_" in sql for sql in spent.seen)
    assert seen == {"part": 3, "company": 2, "supplier-part": 3, "location": 2}
