"""What counts as one component."""

from decimal import Decimal

from outwork.rules.bomfile import Alternate
from tests.rules.bomfile.reading import groups, read, warned


def test_one_row_per_designator_becomes_one_line_per_part() -> None:
    capacitor, resistor = groups(
        """
        Ref,Value,MPN,Manufacturer
        C10,100nF,GRM-1,Murata
        R1,10k,RC-10K,Yageo
        C2,100nF,GRM-1,MURATA
        C1,100nF,GRM-1,Murata
        """
    )
    assert capacitor.designators == ("C1", "C2", "C10")
    assert (capacitor.quantity, capacitor.rows) == (Decimal(3), (2, 4, 5))
    assert capacitor.identity == ("mpn", "murata", "grm-1")
    assert (capacitor.manufacturer, capacitor.part_name) == ("Murata", "GRM-1")
    assert resistor.designators == ("R1",)


def test_the_internal_number_goes_first() -> None:
    text = "Ref,Value,IPN,MPN\nR1,10k,P-1,RC-A\nR2,10k,P-1,RC-B\nR3,10k,P-2,RC-A\n"
    first, second = groups(text)
    assert (first.designators, first.mpn, first.alternates) == (("R1", "R2"), "RC-A", (Alternate("", "RC-B"),))
    assert second.designators == ("R3",)
    assert warned(read(text), "bom_internal_number_twice") == [
        "Internal number P-1 stands for several part numbers: RC-A, RC-B; the first was taken"
    ]


def test_a_line_without_manufacturer_joins_the_only_one() -> None:
    (line,) = groups("Ref,MPN,Manufacturer\nU1,ABC-123,\nU2,ABC-123,TI\n")
    assert (line.manufacturer, line.identity) == ("TI", ("mpn", "ti", "abc-123"))
    text = "Ref,MPN,Manufacturer\nU1,ABC-123,SMSC\nU2,ABC-123,Microchip\nU3,ABC-123,\n"
    assert len(groups(text)) == 3
    assert warned(read(text), "bom_makers_differ") == [
        "abc-123 is named with several manufacturers, read as different parts: SMSC, Microchip, "
    ]


def test_dashes_case_and_blanks_make_no_difference_but_are_kept() -> None:
    (line,) = groups("Ref,MPN\nU1,CAT24\N{MINUS SIGN}GT3\nU2,cat24-gt3\n")
    assert line.mpn == "CAT24\N{MINUS SIGN}GT3"
    assert line.identity == ("mpn", "", "cat24-gt3")


def test_then_the_order_number_of_a_supplier() -> None:
    line, other = groups("Ref,Value,LCSC\nR1,10k,C25744\nR2,10K 1%,C25744\nR3,10k,C1\n")
    assert (line.designators, line.identity) == (("R1", "R2"), ("sku", "lcsc", "c25744"))
    assert other.identity == ("sku", "lcsc", "c1")


def test_else_what_is_said_of_it() -> None:
    first, second, third = groups(
        "Ref,Value,Footprint,Description,Voltage\n"
        "C1,1\N{MICRO SIGN}F,C_0402,Cap,16V\n"
        "C2,1\N{GREEK SMALL LETTER MU}F,C_0402,Cap,16V\n"
        "C3,1\N{MICRO SIGN}F,C_0603,Cap,16V\n"
        "C4,1\N{MICRO SIGN}F,C_0402,Cap,50V\n"
    )
    assert [line.designators for line in (first, second, third)] == [("C1", "C2"), ("C3",), ("C4",)]
    assert first.part_name == "1µF 16V C_0402"
    assert first.part_description == "Cap"


def test_notes_are_joined_and_said_where_they_might_matter() -> None:
    text = "Ref,Value,Footprint,Remarks\nC1,1u,0402,X5R\nC2,1u,0402,X7R\n"
    (line,) = groups(text)
    assert line.note == "X5R; X7R"
    assert warned(read(text), "bom_notes_differ") == [
        "Rows 2, 3 agree in value, footprint and description and were read as one part; notes: X5R, X7R"
    ]
    assert len(groups(text, {"specification": "Remarks"})) == 2


def test_one_part_number_with_two_values_is_said() -> None:
    bom_file = read("Ref,Value,MPN\nR1,470,RMCF0402JT470R\nR25,475,RMCF0402JT470R\nR2,470,RMCF0402JT470R\n")
    assert warned(bom_file, "bom_values_differ") == ["RMCF0402JT470R has several values in the file: 470, 475"]


def test_a_fitted_line_that_says_nothing_names_no_part() -> None:
    text = "Ref,Value,Footprint\nR1,10k,R_0402\nX1,,R_0402\n"
    assert [line.names_part for line in groups(text)] == [True, False]
    assert warned(read(text), "bom_fitted_without_part") == [
        "1 fitted lines do not say what their part is (rows 3): no part is made of them"
    ]


def test_names_of_parts_fit_their_field() -> None:
    (line,) = groups(f"Ref,Value,Footprint\nR1,{'x' * 200},Resistor_SMD:R_0402\n")
    assert len(line.part_name) == 100
    (line,) = groups("Qty,Description\n4,Screw M3x10\n")
    assert (line.part_name, line.part_description) == ("Screw M3x10", "Screw M3x10")
    (line,) = groups("Ref,Value,Footprint\nR1,1k,Resistor_SMD:R_0402\n")
    assert line.part_name == "1k R_0402"
