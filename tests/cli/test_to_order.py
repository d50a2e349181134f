"""What is to be ordered, explained and counted, from the command line."""

import datetime

import pytest

from outwork.models import Demand, PurchaseLine, SupplierPart


@pytest.fixture
def build(shop, radio):
    shop.sells(shop.company("Reichelt"), shop.part("R-10K"), "2.00", lead_time_days=14, multiple=500)
    return shop.external(radio, 1000, target_date=datetime.date(2099, 5, 1))


def test_a_shortage_is_listed_and_becomes_a_draft_order(shop, build, program):
    assert program("to-order", "list") == [
        "part    short  needed by   for      from                 order        costs  order by",
        "C-100N   2000  2099-05-01  BO-0001  nobody sells it",
        "CASE      910  2099-05-01  BO-0001  nobody sells it",
        "R-10K     588  2099-05-01  BO-0001  Reichelt REIC-R-10K   1000  2000.00 EUR  2099-04-17",
    ]
    assert program("to-order", "order", "R-10K") == [
        "PO-0001: a draft order to Reichelt.",
        "  1: 1000 of R-10K at 2.00 EUR",
        "Note: R-10K: 1000 are ordered instead of 588, in whole packs.",
    ]
    assert [(one.quantity, one.build_line.build) for one in Demand.objects.all()] == [(588, build)]
    assert [row["part"] for row in program.json("to-order", "list")["shortages"]] == ["C-100N", "CASE"]
    assert program.codes("to-order", "order", "C-100N") == ["nobody_sells"]
    assert program.codes("to-order", "order", "R-10K") == ["nothing_to_order"]
    assert program.codes("to-order", "order", "--all") == ["nothing_to_order"]
    assert program("to-order", "order", status=2)
    shop.recount()


def test_all_that_somebody_sells_is_ordered_on_the_draft_named(shop, build, program):
    program("order", "create", "Reichelt")
    shop.sells(shop.company("Reichelt"), shop.part("CASE"), None)
    done = program.json("to-order", "order", "--all", "--build", "BO-0001", "--draft", "PO-0001")
    assert done["data"]["references"] == ["PO-0001"]
    assert list(PurchaseLine.objects.order_by("pk").values_list("part__number", "ordered")) == [
        ("CASE", 910),
        ("R-10K", 1000),
    ]
    program("order", "place", "PO-0001")
    assert program("to-order", "list", "--until", "2099-01-01") == ["Nothing is to be ordered."]


def test_more_than_the_shortage_is_for_stock_and_another_supplier_may_be_named(shop, build, program):
    shop.sells(shop.company("Mouser"), shop.part("R-10K"), "5.00")
    SupplierPart.objects.filter(supplier__name="Reichelt").update(is_primary=True)
    program("to-order", "order", "R-10K=600", "--from", "Mouser")
    line = PurchaseLine.objects.get()
    assert (line.order.supplier.name, line.ordered, Demand.objects.get().quantity) == ("Mouser", 600, 588)
    assert program.codes("to-order", "order", "CASE", "--from", "Mouser") == ["supplier_does_not_sell"]


def test_a_line_is_dedicated_to_a_build(shop, build, program):
    program("order", "create", "Reichelt")
    program("order", "add", "PO-0001", "REIC-R-10K", "500")
    assert program("order", "dedications", "PO-0001") == ["All of PO-0001 is for stock."]
    assert program("order", "dedicate", "PO-0001", "1", "BO-0001", "400") == [
        "PO-0001 line 1: 400 of R-10K are for BO-0001."
    ]
    assert Demand.objects.get().quantity == 400
    assert program("order", "dedications", "PO-0001") == [
        "line  part   build    for it  still to come",
        "   1  R-10K  BO-0001     400            400",
    ]
    assert program.json("order", "dedications", "PO-0001")[0]["quantity"] == "400"
    assert program.codes("order", "dedicate", "PO-0001", "1", "BO-0001", "501") == ["dedicated_more_than_ordered"]


def test_late_orders_are_named(shop, build, program):
    program("to-order", "order", "R-10K")
    program("order", "place", "PO-0001")
    program("order", "promise", "PO-0001", "1", "2099-06-01")
    assert program("to-order", "list")[-1] == (
        "late: 588 of R-10K for BO-0001, needed by 2099-05-01, comes on 2099-06-01 (PO-0001)"
    )


def test_a_build_is_explained_with_commands(shop, build, program):
    said = program("build", "explain", "BO-0001")
    assert said[:4] == [
        "1. it is not decided who supplies R-10K, C-100N, CASE",
        "   - say who supplies them   [outwork build supply BO-0001]",
        "2. R-10K: 4000 missing, needed by 2099-05-01",
        "   - allocate 3412 that lie with us   [outwork build auto-allocate BO-0001]",
    ]
    assert said[4].startswith("   - order 1000 from Reichelt for 2000.00 EUR: ordered today they come on 2")
    assert said[-1] == "   - order them from Acme Assembly   [outwork build order BO-0001]"
    found = program.json("build", "explain", "BO-0001")["obstacles"]
    assert [one["code"] for one in found] == [
        "supply_undecided",
        "components_short",
        "components_short",
        "components_short",
        "not_ordered",
    ]
    assert found[1]["mends"][0]["command"] == "outwork build auto-allocate BO-0001"
    program("build", "cancel", "BO-0001")
    assert program("build", "explain", "BO-0001") == ["BO-0001 is over."]


def test_the_numbers_of_a_build_of_parts_and_of_a_bom(shop, build, program):
    assert program("build", "numbers", "BO-0001")[:2] == [
        "part    open  short  free with us  for units",
        "R-10K   4000   4000          3412        853",
    ]
    assert program.json("build", "numbers", "BO-0001")[2]["can_build"] == 90
    assert program("part", "can-build", "RADIO", "100")[-1] == "What is free suffices for 90 of RADIO."
    assert program.json("part", "can-build", "RADIO", "100")["lines"][0]["required"] == "400"
    assert program("part", "numbers", "R-10K", "RADIO") == [
        "                   R-10K  RADIO",
        "on hand with us     3412",
        "available with us   3412",
        "scheduled                  1000",
        "required            4000",
        "short                588",
        "can be built                 90",
    ]
    assert program.json("part", "numbers", "R-10K", "--manufacturer", "Acme Assembly")[0]["available"]["here"] == "3412"


def test_where_stock_lies(shop, build, program):
    shop.put("R-10K", 8, "Acme Assembly")
    assert program("stock", "where", "R-10K") == [
        "part   location       at             on hand  usable  free",
        "R-10K  Acme Assembly  Acme Assembly        8       8     8",
        "R-10K  Main shelf                       3412    3412  3412",
        "3412 with us, 8 at others.",
    ]
    assert [row["quantity"] for row in program.json("stock", "where", "R-10K", "CASE")] == ["90", "8", "3412"]
    shop.part("NONE")
    assert program("stock", "where", "NONE") == ["There is none."]
