"""Headers of many tools, and explicit mappings."""

import pytest

from outwork.rules.bomfile import Alternate, Offer, columns
from outwork.rules.bomfile.columns import recognise
from outwork.rules.refusals import Refusal
from tests.rules.bomfile.reading import codes, read, warned


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        # KiCad, and an older KiCad
        ("Reference,Value,Datasheet,Footprint,Qty,DNP", "designators value datasheet footprint quantity do_not_fit"),
        ("Id,Designator,Footprint,Quantity,Designation", "line_number designators footprint quantity value"),
        # Altium
        (
            "Comment,Description,Designator,Footprint,LibRef,Quantity,Fitted",
            "value description designators footprint library_name quantity fitted",
        ),
        (
            "Line #,Name,Designator,Quantity,Manufacturer 1,Manufacturer Part Number 1,Supplier 1,Supplier Part Number 1",
            "line_number value designators quantity manufacturer mpn supplier sku",
        ),
        # Eagle
        ("Qty,Value,Device,Package,Parts", "quantity value library_name footprint designators"),
        # EasyEDA and JLCPCB
        (
            "ID,Name,Designator,Footprint,Quantity,Manufacturer Part,Manufacturer,Supplier,Supplier Part",
            "line_number value designators footprint quantity mpn manufacturer supplier sku",
        ),
        ("Comment,Designator,Footprint,JLCPCB Part #", "value designators footprint sku"),
        # People
        ("Ref Des,Qty.,Mfr.,Mfr. P/N,Remarks", "designators quantity manufacturer mpn note"),
        ("Item,IPN,Qty per board,Description", "line_number internal_number quantity description"),
        ("Refs,Value,Comment,Manf#", "designators value note mpn"),
        ("Qty,Part Number,Manufacturer", "quantity mpn manufacturer"),
        ("Qty,Part Number,Description", "quantity internal_number description"),
        ("Qty,Part Number,MPN,Manufacturer", "quantity internal_number mpn manufacturer"),
        ("Reference,Qty,Value,Tolerance,Voltage", "designators quantity value specification specification"),
        ("Menge,Bezeichnung,Hersteller,Herstellernummer", "quantity description manufacturer mpn"),
    ],
)
def test_headers_are_known(header: str, roles: str) -> None:
    assert recognise(header.split(","), {}).roles == roles.split()


def test_each_header_name_means_one_thing() -> None:
    names = [name for words in columns.NAMES.values() for name in words]
    assert sorted(names) == sorted(set(names))
    assert all(columns.compact(name) == name for name in names)


def test_repeated_columns_are_alternates_and_suppliers() -> None:
    (line,) = read(
        """
        Refs,Manufacturer,MPN,Manufacturer,MPN,Alternate MPN,Digikey,Mouser
        C1,AVX,0402ZD105KAT2A,Murata,GRM155R61A105ME15D,TMK105BJ105MV-F,587-3245-1-ND,
        """
    ).lines
    assert (line.manufacturer, line.mpn) == ("AVX", "0402ZD105KAT2A")
    assert line.alternates == (Alternate("Murata", "GRM155R61A105ME15D"), Alternate("", "TMK105BJ105MV-F"))
    assert line.offers == (Offer("Digi-Key", "587-3245-1-ND"),)
    assert (line.supplier, line.sku) == ("Digi-Key", "587-3245-1-ND")


def test_a_supplier_column_goes_with_its_order_number() -> None:
    (line,) = read(
        """
        Refs,Value,Supplier 1,Supplier Part Number 1,Supplier 2,Supplier Part Number 2
        R1,10k,Farnell,9239014,TME,RC0402-10K
        """
    ).lines
    assert line.offers == (Offer("Farnell", "9239014"), Offer("TME", "RC0402-10K"))


def test_any_is_no_manufacturer_and_no_part_number() -> None:
    lines = read("Refs,Value,Manufacturer,MPN\nR1,1k,ANY,any\nR2,2k,-,TBD\nR3,3k,~,n/a\n").lines
    assert [(line.manufacturer, line.mpn) for line in lines] == [("", "")] * 3


def test_a_library_reference_may_be_the_part_number_but_a_device_is_none() -> None:
    text = "Comment,Designator,{}\nB240A-13-F,D6,SK310A\n10k,R1,R-EU_R0603\n1u,C1,Cap\n"
    assert [line.mpn for line in read(text.format("LibRef")).lines] == ["B240A-13-F", "R-EU_R0603", ""]
    assert codes(read(text.format("LibRef"))) == {"bom_library_as_mpn"}
    assert [line.mpn for line in read(text.format("Device")).lines] == ["", "", ""]
    assert not read(text.format("Device")).warnings


def test_what_no_column_is_for_is_kept() -> None:
    (line,) = read("Refs,Value,Config,Price\nU7,TCAN334,+can,\n").lines
    assert line.other == (("Config", "+can"),)


def test_columns_can_be_told() -> None:
    bom_file = read("ref;value;A;B\nR1;10k;x;RC0402-10K\n", {"mpn": "B"})
    assert bom_file.lines[0].mpn == "RC0402-10K"
    assert bom_file.columns["mpn"] == ("B",)


def test_a_column_can_be_told_not_to_be_there() -> None:
    text = "Ref,Value,DNP\nR1,10k,x\n"
    assert read(text).lines[0].do_not_fit
    assert not read(text, {"do_not_fit": ""}).lines[0].do_not_fit


def test_a_told_column_wins_over_a_known_header() -> None:
    (line,) = read("Ref,MPN,Real MPN\nU1,old,NEW-123\n", {"mpn": "real mpn"}).lines
    assert (line.mpn, line.alternates, line.other) == ("NEW-123", (), (("MPN", "old"),))


def test_refuses_a_mapping_that_fits_nothing() -> None:
    with pytest.raises(Refusal) as refused:
        read("Ref,Value\nR1,10k\n", {"mpn": "Field9", "value": "Wert"})
    assert refused.value.codes == ["bom_column_unknown", "bom_column_unknown"]
    assert refused.value.reasons[0].text() == "bom.csv has no column Field9 (wanted as mpn); its columns are Ref, Value"
    with pytest.raises(Refusal) as refused:
        read("Ref,Value\nR1,10k\n", {"nonsense": "Ref"})
    assert refused.value.codes == ["bom_role_unknown"]


def test_columns_without_names_are_recognised_by_content() -> None:
    bom_file = read(
        """
        ref;value;Field1;Field2;Field3;Field4
        C1;33pF;Murata;GRM1555C1H330JA01D;CAP CER 33PF 50V;
        C2;1uF;Taiyo Yuden;LMK105BJ105KV-F;CAP CER 1UF 10V;DNP
        Q1;BSS84;DNP;;;
        """
    )
    assert [(line.manufacturer, line.mpn, line.do_not_fit) for line in bom_file.lines] == [
        ("Murata", "GRM1555C1H330JA01D", False),
        ("Taiyo Yuden", "LMK105BJ105KV-F", True),
        ("", "", True),
    ]
    assert warned(bom_file, "bom_column_guessed")[1] == (
        "Column Field2 does not say what it holds; by its content it was read as mpn"
    )


def test_nothing_is_guessed_where_headers_tell() -> None:
    bom_file = read("Ref,MPN,\nR1,RC0402FR-0710KL,GRM155R61A105ME15D\n")
    assert "bom_column_guessed" not in codes(bom_file)


def test_a_column_named_part_may_hold_names() -> None:
    bom_file = read("Part,Qty,Note\nHeat sink,1,\nThermal pad,5,grey\n")
    assert [(line.value, line.designators, line.quantity) for line in bom_file.lines] == [
        ("Heat sink", (), 1),
        ("Thermal pad", (), 5),
    ]


def test_a_column_named_index_may_hold_designators_or_numbers() -> None:
    assert read("Index,Value\nR1 R2,1k\n").lines[0].designators == ("R1", "R2")
    assert read("Index,Qty,Value\n1,2,1k\n2,3,2k\n").lines[0].designators == ()
    assert read('Item,Qty,Value\n"R1, R2",2,1k\n').lines[0].designators == ("R1", "R2")


def test_refuses_a_table_in_which_only_the_header_names_designators() -> None:
    with pytest.raises(Refusal) as refused:
        read("Part,Value\nHeat sink,3 EUR\nThermal pad,4 EUR\n")
    assert refused.value.codes == ["bom_header_unknown"]


def test_own_part_numbers_without_manufacturers_are_said() -> None:
    bom_file = read("Qty,Part Number,Description\n2,100-0001,Screw\n")
    assert bom_file.lines[0].internal_number == "100-0001"
    assert codes(bom_file) == {"bom_part_number_is_own"}
