"""The many ways to say that a part is not fitted."""

import pytest

from outwork.rules.bomfile import counts
from outwork.rules.bomfile.marks import is_do_not_fit, looks_like_part_number, without_mark
from tests.rules.bomfile.reading import groups, read, warned


@pytest.mark.parametrize(
    "mark",
    [
        *("DNP", "dnp", "DNI", "DNF", "DNM", "(DNP)", "Do Not Populate", "do not place", "DO NOT INSTALL", "Don't fit"),
        *("no stuff", "NoStuff", "no pop", "not fitted", "Not Populated", "unpopulated", "NO LOAD"),
    ],
)
def test_marks(mark: str) -> None:
    assert is_do_not_fit(mark)
    (line,) = read(f"Ref,Value,MPN\nR1,{mark},\n").lines
    assert (line.do_not_fit, line.value) == (True, "")


@pytest.mark.parametrize("text", ["DNP100", "10k", "Danish", "", "no", "not", "fitted", "DNIC"])
def test_no_marks(text: str) -> None:
    assert not is_do_not_fit(text)


@pytest.mark.parametrize(
    ("column", "cell", "left_out"),
    [
        *[("DNP", cell, True) for cell in ("DNP", "1", "x", "yes", "TRUE", "Not fitted", "NF")],
        *[("DNP", cell, False) for cell in ("", "0", "no", "False", "-", "Fitted")],
        *[("Do not populate", cell, True) for cell in ("y", "DNP")],
        *[("Fitted", cell, True) for cell in ("no", "0", "Not Fitted", "DNP", "false")],
        *[("Populate", cell, False) for cell in ("", "yes", "1", "Fitted", "x")],
        *[("Manufacturer", cell, True) for cell in ("DNP", "no stuff")],
        *[("Notes", cell, True) for cell in ("DNP", "DNP, bring-up only", "Do not populate (test)")],
        *[("Notes", cell, False) for cell in ("", "DNP if R5 is fitted", "see DNP list")],
        *[("Config", cell, True) for cell in ("DNF", "dnp")],
    ],
)
def test_columns_that_say_so(column: str, cell: str, left_out: bool) -> None:
    bom_file = read(f'Ref,Value,MPN,{column}\nR1,10k,RC0402FR-0710KL,"{cell}"\n')
    assert bom_file.lines[0].do_not_fit is left_out
    assert counts(bom_file)["placements"] == (0 if left_out else 1)
    assert counts(bom_file)["distinct_mpns"] == 1


def test_unclear_cells_are_said() -> None:
    bom_file = read("Ref,Value,DNP\nR1,10k,see drawing\n")
    assert bom_file.lines[0].do_not_fit
    assert warned(bom_file, "bom_do_not_fit_unclear") == ["Row 2: DNP says see drawing; it was read as do-not-fit"]
    bom_file = read("Ref,Value,Fitted\nR1,10k,see drawing\n")
    assert warned(bom_file, "bom_do_not_fit_unclear") == ["Row 2: Fitted says see drawing; it was read as fitted"]
    bom_file = read("Ref,Value,Notes\nR1,10k,DNP if R5 is fitted\n")
    assert warned(bom_file, "bom_note_mentions") == [
        "Row 2: DNP if R5 is fitted mentions not fitting; the line was read as fitted"
    ]


@pytest.mark.parametrize(
    ("value", "without"),
    [("10k DNP", "10k"), ("DNP/10k", "10k"), ("100n (DNP)", "100n"), ("R_DNP", "R"), ("DNPX", "DNPX"), ("DNP", "")],
)
def test_a_value_may_carry_the_mark(value: str, without: str) -> None:
    assert without_mark(value) == (without, value != "DNPX")


def test_a_heading_holds_until_the_next() -> None:
    bom_file = read(
        """
        Qty,Ref,Value,MPN
        1,R1,1k,RC-1K
        DO NOT INSTALL (rev B2):,,,
        1,R2,2k,RC-2K
        ,R3 R4,,
        Hardware,,,
        1,H1,M3,SCREW-M3
        """
    )
    assert [(line.designators, line.do_not_fit) for line in bom_file.lines] == [
        (("R1",), False),
        (("R2",), True),
        (("R3", "R4"), True),
        (("H1",), False),
    ]
    assert len(warned(bom_file, "bom_section_do_not_fit")) == len(warned(bom_file, "bom_section_ends")) == 1


def test_a_list_may_begin_with_the_mark() -> None:
    bom_file = read('Ref,Value\nR1,1k\n"DNP: R2, R3",\n')
    assert (bom_file.lines[1].designators, bom_file.lines[1].do_not_fit) == (("R2", "R3"), True)


def test_a_line_that_is_not_fitted_may_have_quantity_zero() -> None:
    assert read("Ref,Qty,Value,DNP\nR1 R2,0,1k,x\n").lines[0].quantity == 2


def test_fitted_and_not_fitted_are_two_lines_of_one_part() -> None:
    fitted, left_out = groups("Ref,MPN,DNP\nR1,RC-10K,\nR2,RC-10K,DNP\nR3,RC-10K,\n")
    assert (fitted.designators, left_out.designators) == (("R1", "R3"), ("R2",))
    assert fitted.identity == left_out.identity == ("mpn", "", "rc-10k")


def test_no_part_is_made_of_what_is_only_a_pad() -> None:
    text = "Ref,Value,Footprint,Manufacturer\nTP1,GND,,DNP\nTP2,GND,,DNP\nR1,DNP,R_0402,\nR2,10k,R_0402,DNP\nJ1,DNP,,\n"
    pads, nameless, resistor, blank = groups(text)
    assert (pads.designators, pads.names_part, pads.part_description) == (("TP1", "TP2"), False, "GND")
    assert (nameless.designators, nameless.names_part, nameless.part_description) == (("R1",), False, "R_0402")
    assert (resistor.names_part, resistor.part_name) == (True, "10k R_0402")
    assert (blank.names_part, blank.part_name) == (False, "")
    assert warned(read(text), "bom_do_not_fit_without_part") == [
        "4 do-not-fit lines say too little about their part (J1, R1, TP1, TP2): "
        "they keep their designators, no part is made of them"
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("GRM155R71H103JA88D", "1N4148WT", "BSS84", "3557-2", "502570-0893", "LPC4320FBD144,551", "KMR741NG ULC LFS"),
        *("MAX2837ETM+", "7V-12.000MAAE-T", "ATSAM3X8EA-AU", "5988110107F", "24LC32AT-I/OT", "MT41K256M16HA-125:E"),
    ],
)
def test_part_numbers(text: str) -> None:
    assert looks_like_part_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "100nF",
            "4k7",
            "0.6r",
            "0402",
            "2512",
            "TBD",
            "C0402TBD",
            "TP4",
            "Header 4X2",
            "Socket",
            "",
            "USB-B",
            "10uF/16V",
        ),
        *("0395311010 - Molex 10 Position Connector", "ARM Cortex JTAG-DEBUG Header", "100nF_0805", "1.8K", "47µF"),
    ],
)
def test_no_part_numbers(text: str) -> None:
    assert not looks_like_part_number(text)
