"""A BOM from a file: parts found or made, lines placed, everything or nothing."""

import json
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from django.db import connection

from outwork.models import (
    BomLine,
    BomSubstitute,
    Build,
    Company,
    Event,
    ManufacturerPart,
    Part,
    SupplierPart,
)
from outwork.operations.creating_build import create_build
from outwork.operations.importing_bom import import_bom, try_import
from outwork.operations.master_data import change
from outwork.rules.bom_matching import NOT_SPECIFIED
from outwork.rules.bomfile import BomFile, read_bom
from outwork.rules.refusals import Refusal

BOMS = Path(__file__).parents[2].parent / "shared" / "boms"
BLINKER = """
    Reference,Qty,Value,Footprint,Manufacturer,MPN,DNP
    "R1, R2, R3",3,10k,R_0402,Yageo,RC0402FR-0710KL,
    C1,1,100n,C_0402,Murata,GRM155R71C104KA88D,
    "R9",1,10k,R_0402,Yageo,RC0402FR-0710KL,DNP
    X1,1,16MHz,Crystal_3225,,,
"""


def file(text: str, name: str = "bom.csv") -> BomFile:
    return read_bom(dedent(text).strip("\n").encode(), name=name)


def lines(name: str = "BLINKER") -> list[tuple[Any, ...]]:
    found = BomLine.objects.filter(assembly__name=name).order_by("position").select_related("part")
    return [(line.position, line.part.label, line.quantity, line.designators, line.is_fitted) for line in found]


def written() -> list[int]:
    models = (Part, Company, ManufacturerPart, SupplierPart, BomLine, BomSubstitute, Event)
    return [model._default_manager.count() for model in models]


def codes(data: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in data["warnings"]]


@pytest.fixture
def take(shop):
    """Import a file written in the test; gives the data of the answer."""

    def took(text: str, assembly: str = "BLINKER", **facts: Any) -> dict[str, Any]:
        return import_bom(assembly=assembly, bom_file=file(text), **facts, **shop.by_ada).data

    return took


@pytest.fixture
def refusing(take):
    """Import what must be refused; gives the reasons, and nothing was written."""

    def refused(text: str, assembly: str = "BLINKER", **facts: Any) -> list[tuple[str, tuple[Any, ...]]]:
        before = written()
        with pytest.raises(Refusal) as refusal:
            take(text, assembly, **facts)
        assert written() == before
        assert str(refusal.value)
        return [(reason.code, reason.where) for reason in refusal.value.reasons]

    return refused


def test_it_works(take):
    data = take(BLINKER)
    assert data == {
        "assembly": "BLINKER",
        "lines": 4,
        "placements": 5,
        "dnp_lines": 1,
        "distinct_mpns": 2,
        "bom_lines": 4,
        "created_parts": 3,
        "matched_parts": 0,
        "warnings": [],
    }
    assert lines() == [
        (1, "RC0402FR-0710KL", 3, "R1, R2, R3", True),
        (2, "GRM155R71C104KA88D", 1, "C1", True),
        (3, "RC0402FR-0710KL", 1, "R9", False),
        (4, "16MHz Crystal_3225", 1, "X1", True),
    ]
    yageo = Company.objects.get(name="Yageo")
    assert (yageo.is_manufacturer, yageo.is_supplier) == (True, False)
    resistor = ManufacturerPart.objects.get(manufacturer=yageo)
    assert (resistor.mpn, resistor.part.description) == ("RC0402FR-0710KL", "10k R_0402")
    assembly = Part.objects.get(name="BLINKER")
    assert (assembly.is_assembly, assembly.is_purchaseable, assembly.number) == (True, True, "")
    event = Event.objects.get()
    assert (event.kind, event.part, event.data["file"]) == ("bom.imported", assembly, "bom.csv")


def test_the_same_file_again_matches_everything_and_changes_nothing(take):
    take(BLINKER)
    before = written()
    data = take(BLINKER)
    assert (data["created_parts"], data["matched_parts"], codes(data)) == (0, 3, ["bom_unchanged"])
    assert written() == [*before[:-1], before[-1] + 1]
    other = take(BLINKER, "SECOND")
    assert (other["created_parts"], other["matched_parts"]) == (0, 3)


def test_a_dry_run_answers_the_same_and_leaves_nothing(shop, take):
    before = written()
    tried = try_import(assembly="BLINKER", bom_file=file(BLINKER), **shop.by_ada)
    assert written() == before
    assert tried == take(BLINKER)


def test_parts_are_found_by_number_then_mpn_then_sku(shop, take):
    acme, yageo = shop.company("Acme"), shop.company("YAGEO", is_manufacturer=True)
    numbered, made, sold = shop.part("R-1"), shop.part("R-2"), shop.part("R-3")
    ManufacturerPart.objects.create(part=made, manufacturer=yageo, mpn="rc0402fr-0710kl")
    shop.sells(acme, sold, sku="A-3")
    data = take("""
        Designator,Qty,IPN,Manufacturer,MPN,Supplier,SKU
        R1,1,r-1,,,,
        R2,1,,Yageo,RC0402FR-0710KL,,
        R3,1,,,,Acme,A-3
        R4,1,R-4,,,Acme,A-4
    """)
    assert (data["created_parts"], data["matched_parts"]) == (1, 3)
    assert [line[1] for line in lines()] == [numbered.number, made.number, sold.number, "R-4"]
    assert SupplierPart.objects.get(sku="A-4").part.number == "R-4"
    assert SupplierPart.objects.get(sku="A-4").is_primary
    assert Company.objects.count() == 2


def test_what_a_supplier_sells_names_whose_part_it_is(take):
    take("""
        Designator,Qty,Manufacturer,MPN,Supplier,SKU
        R1,1,Yageo,RC0402FR-0710KL,Acme,A-1
        R2,1,,RC0402FR-071KL,Acme,A-2
    """)
    first, second = SupplierPart.objects.order_by("sku")
    assert first.manufacturer_part is not None
    assert (first.manufacturer_part.mpn, second.manufacturer_part) == ("RC0402FR-0710KL", None)


def test_a_number_that_is_not_ours_and_one_that_is_new_are_said(shop, take):
    yageo = shop.company("Yageo", is_manufacturer=True)
    part, other = shop.part("R-1"), shop.part("R-2")
    ManufacturerPart.objects.create(part=part, manufacturer=yageo, mpn="RC-1")
    ManufacturerPart.objects.create(part=other, manufacturer=yageo, mpn="RC-2")
    data = take("""
        Designator,IPN,Manufacturer,MPN
        R1,THEIR-9,Yageo,RC-1
        R2,R-2,Yageo,RC-3
    """)
    assert codes(data) == ["bom_number_not_ours", "bom_mpn_new_for_part"]
    assert (data["created_parts"], ManufacturerPart.objects.count()) == (0, 2)


def test_a_part_without_a_manufacturer_learns_it_from_the_file(take):
    take("""
        Designator,Qty,MPN
        U1,1,NE555P
    """)
    assert not ManufacturerPart.objects.exists()
    data = take(
        """
        Designator,Qty,Manufacturer,MPN
        U1,1,Texas Instruments,NE555P
        """,
        "OTHER",
    )
    assert (data["created_parts"], codes(data)) == (0, ["bom_maker_added"])
    assert ManufacturerPart.objects.get().part.name == "NE555P"


def test_one_number_of_two_manufacturers_is_two_parts(take):
    take("""
        Designator,Qty,Manufacturer,MPN
        D1,1,Vishay,1N4148W
        D2,1,onsemi,1N4148W
    """)
    assert [line[1] for line in lines()] == ["1N4148W", "1N4148W onsemi"]
    data = take(
        """
        Designator,Qty,Manufacturer,MPN
        D1,1,Diodes,1N4148W
        """,
        "OTHER",
    )
    assert (data["created_parts"], codes(data)) == (1, ["bom_mpn_of_other_maker"])


def test_refuses_a_number_that_may_be_two_parts(shop, refusing):
    for maker, number in (("Vishay", "D-1"), ("onsemi", "D-2")):
        company = shop.company(maker, is_manufacturer=True)
        ManufacturerPart.objects.create(part=shop.part(number), manufacturer=company, mpn="1N4148W")
    text = """
        Designator,Qty,MPN
        D1,1,1N4148W
    """
    assert refusing(text) == [("bom_part_ambiguous", ("rows", 2))]


def test_a_known_company_becomes_a_manufacturer_and_that_is_said(shop, take):
    shop.company("Murata")
    data = take(BLINKER)
    assert codes(data) == ["bom_company_now_manufacturer"]
    murata = Company.objects.get(name="Murata")
    assert (murata.is_supplier, murata.is_manufacturer) == (True, True)


def test_alternates_become_substitutes(take):
    text = """
        Designator,Qty,Manufacturer,MPN,Alternate Manufacturer,Alternate MPN
        R1,1,Yageo,RC0402FR-0710KL,Vishay,CRCW040210K0FKED
    """
    data = take(text)
    assert (data["created_parts"], data["distinct_mpns"]) == (2, 2)
    substitute = BomSubstitute.objects.get()
    assert (substitute.part.name, substitute.rank) == ("CRCW040210K0FKED", 1)
    assert codes(take(text)) == ["bom_unchanged"]


def test_what_is_not_named_keeps_its_designators_under_one_part(take):
    text = """
        Designator,Qty,Value,MPN,DNP
        R1,1,10k,RC0402FR-0710KL,
        TP2,1,GND,,DNP
        TP1,1,VCC,,DNP
        X9,1,,,
    """
    data = take(text)
    assert (data["dnp_lines"], data["bom_lines"]) == (2, 3)
    assert lines()[1:] == [
        (2, NOT_SPECIFIED, 2, "TP1, TP2", False),
        (3, NOT_SPECIFIED, 1, "X9", True),
    ]
    assert Part.objects.get(name=NOT_SPECIFIED).is_purchaseable is False
    assert take(text, "OTHER")["created_parts"] == 0


CHANGED = """
    Reference,Qty,Value,Footprint,Manufacturer,MPN,DNP
    "R1, R2",2,10k,R_0402,Yageo,RC0402FR-0710KL,
    C1,1,100n,C_0402,Murata,GRM155R71C104KA88D,
    D1,1,red,LED_0603,Kingbright,APT1608,
"""


def test_refuses_another_bom_over_one_that_stands(take, refusing):
    take(BLINKER)
    assert refusing(CHANGED) == [("bom_exists", ("assembly",))]
    with pytest.raises(Refusal) as refusal:
        take(CHANGED)
    params = refusal.value.reasons[0].params
    assert (params["standing"], params["new"], params["changed"], params["gone"]) == (4, 1, 1, 2)


def test_replacing_follows_the_file_and_keeps_what_we_decided(shop, take):
    take(BLINKER)
    kept = BomLine.objects.get(designators="R1, R2, R3")
    change(model=BomLine, rows=[{"id": kept.pk, "attrition": "2", "note": "ours"}], **shop.by_ada)
    board = Part.objects.get(name="BLINKER")
    create_build(part=board, quantity=10, **shop.by_ada)
    take(CHANGED, replace=True)
    assert lines() == [
        (1, "RC0402FR-0710KL", 2, "R1, R2", True),
        (2, "GRM155R71C104KA88D", 1, "C1", True),
        (3, "APT1608", 1, "D1", True),
    ]
    kept.refresh_from_db()
    assert (kept.quantity, kept.attrition, kept.note) == (2, 2, "ours")
    build = Build.objects.get()
    assert [line.quantity for line in build.lines.order_by("position")] == [Decimal("20.4"), 10, 10]


def test_refuses_an_assembly_that_is_none_locked_or_ambiguous(shop, take, refusing):
    shop.part("CASE")
    assert refusing(BLINKER, "CASE") == [("import_into_no_assembly", ("assembly",))]
    shop.assembly("LOCKED", is_locked=True)
    assert refusing(BLINKER, "LOCKED") == [("bom_locked", ("assembly",))]
    for number in ("B-1", "B-2"):
        shop.assembly(number, name="BOARD")
    assert refusing(BLINKER, "BOARD") == [("assembly_ambiguous", ("assembly",))]
    assert refusing(BLINKER, "  ") == [("assembly_name_missing", ("assembly",))]
    assert take(BLINKER, "B-2")["assembly"] == "B-2"


def test_refuses_a_line_that_is_the_assembly_itself(shop, take, refusing):
    shop.assembly("BLK-1")
    Part.objects.filter(number="BLK-1").update(name="Block")
    text = """
        Designator,Qty,MPN
        R1,1,RC0402
        A1,1,BLK-1
    """
    assert refusing(text, "BLK-1") == [("bom_cycle", ("rows", 3, "part"))]
    shop.assembly("OUTER")
    assert "bom_mpn_is_our_number" in codes(take(text, "OUTER"))
    assert not Part.objects.filter(name="BLK-1").exists()


def test_refuses_a_file_in_which_the_assembly_goes_into_itself(shop, refusing):
    shop.assembly("INNER", {"OUTER": 1})
    Part.objects.filter(number="OUTER").update(is_assembly=True)
    text = """
        Designator,Qty,IPN
        A1,1,INNER
    """
    assert refusing(text, "OUTER") == [("bom_cycle", ("rows", 2, "part"))]


def test_refuses_a_broken_row_and_writes_nothing(shop, refusing):
    shop.part("MODULE", is_trackable=True)
    shop.part("TOOL", is_component=False)
    text = """
        Designator,Qty,IPN,Manufacturer,MPN
        M1,1.5,MODULE,,
        T1,1,TOOL,,
        U1,1,,Maker,MPN-1
    """
    assert refusing(text) == [
        ("quantity_not_whole", ("rows", 2, "quantity")),
        ("part_not_component", ("rows", 3, "part")),
    ]
    long = f"""
        Designator,Qty,Manufacturer,MPN
        U1,1,Maker,{"x1" * 51}
    """
    assert refusing(long) == [("text_too_long", ("rows", 2, "mpn"))]


def test_refuses_a_fraction_of_what_is_tracked_by_now(shop, take, refusing):
    text = """
        Designator,Qty,IPN
        M1,{},MODULE
    """
    module = shop.part("MODULE")
    take(text.format(1))
    Part.objects.filter(pk=module.pk).update(is_trackable=True)
    assert refusing(text.format("1.5"), replace=True) == [("quantity_not_whole", ("rows", 2))]


def test_a_repeat_with_the_same_key_imports_once(shop):
    request: dict[str, Any] = {"assembly": "BLINKER", "bom_file": file(BLINKER), "key": "k", **shop.by_ada}
    assert import_bom(**request).data == import_bom(**request).data
    assert BomLine.objects.count() == 4


def many(count: int) -> BomFile:
    rows = [f"R{n},1,{n}k,R_0402,Maker {n % 7},MPN-{n}0A,Seller,S-{n}" for n in range(1, count + 1)]
    return file("\n".join(["Designator,Qty,Value,Footprint,Manufacturer,MPN,Supplier,SKU", *rows]))


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_cost_does_not_grow_with_the_lines(shop, statements, count):
    seen = []
    for _ in range(2):
        with statements() as spent:
            import_bom(assembly="BOARD", bom_file=many(count), **shop.by_ada)
        seen.append(spent)
    lock = connection.vendor == "postgresql"
    assert [len(one) - lock for one in seen] == [40, 8]


def test_ten_thousand_lines_at_once(shop):
    bom_file = many(10_000)
    data = import_bom(assembly="BOARD", bom_file=bom_file, **shop.by_ada).data
    assert (data["bom_lines"], data["created_parts"]) == (10_000, 10_000)
    again = import_bom(assembly="BOARD", bom_file=bom_file, **shop.by_ada).data
    assert (again["created_parts"], again["matched_parts"], codes(again)) == (0, 10_000, ["bom_unchanged"])


@pytest.mark.skipif(not BOMS.is_dir(), reason=f"the published bills of materials are not at {BOMS}")
@pytest.mark.parametrize(
    ("folder", "name", "made", "placed"),
    [
        ("glasgow-revC3", "bom.csv", 56, 56),
        ("hackrf-one", "hackrf-one-bom.csv", 70, 73),
        ("archim-0.3b", "Archim_0.3b.csv", 76, 76),
        ("archim-0.3b", "Archim_0.3b.txt", 76, 76),
    ],
)
def test_published_files_are_counted_as_published(shop, folder, name, made, placed):
    bom_file = read_bom((BOMS / folder / name).read_bytes(), name=name)
    described = json.loads((BOMS / folder / "expected.json").read_text())
    expected = next(one["counts"] for one in described["files"] if one["file"] == name)
    data = import_bom(assembly=folder, bom_file=bom_file, **shop.by_ada).data
    counted = {key: data[key] for key in ("lines", "placements", "dnp_lines", "distinct_mpns") if key in expected}
    assert counted == {key: expected[key] for key in counted}
    assert BomLine.objects.filter(assembly__name=folder).count() == data["bom_lines"]
    assert Part.objects.count() == data["created_parts"] + 1
    fitted = BomLine.objects.filter(assembly__name=folder, is_fitted=True).values_list("quantity", flat=True)
    assert sum(fitted) == data["placements"]
    assert (data["created_parts"], data["bom_lines"]) == (made, placed)
    again = import_bom(assembly=folder, bom_file=bom_file, **shop.by_ada).data
    assert (again["created_parts"], again["matched_parts"]) == (0, data["created_parts"])
    assert "bom_unchanged" in codes(again)


def test_fractions_are_kept_with_the_event_too(take):
    data = take("MPN,Quantity,Designator\nTAPE,2.5,\n")
    assert data["placements"] == Decimal("2.5")
    assert Event.objects.get(kind="bom.imported").data["placements"] == "2.5"
    assert BomLine.objects.get().quantity == Decimal("2.5")
