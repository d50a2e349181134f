"""Encodings, separators, quotes, headers somewhere below the top."""

import csv
import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outwork.rules.bomfile import grouped, read_bom
from outwork.rules.refusals import Refusal
from tests.rules.bomfile.reading import codes, read, warned

TEXT = "Reference,Qty,Value\nC1 C2,2,1µF\n"


@pytest.mark.parametrize(
    ("data", "encoding", "warns"),
    [
        (TEXT.encode(), "UTF-8", False),
        (TEXT.encode("utf-8-sig"), "UTF-8", False),
        (TEXT.encode("utf-16"), "UTF-16", False),
        ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), "UTF-16", False),
        (TEXT.encode("latin-1"), "ISO-8859-1", True),
        (TEXT.replace("1µF", "1µF – 5 €").encode("cp1252"), "Windows-1252", True),
    ],
)
def test_encodings_are_found_and_guesses_told(data: bytes, encoding: str, warns: bool) -> None:
    bom_file = read_bom(data, name="bom.csv")
    assert bom_file.lines[0].value.startswith("1µF")
    assert bom_file.dialect.encoding == encoding
    assert warned(bom_file, "bom_encoding") == [f"The file is not UTF-8; it was read as {encoding}"] * warns


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(cells) for cells in [("Ref", "Qty", "Value"), ("R1 R2", "2", "10k"), ("", "", "")])
    bom_file = read_bom(text.encode(), name="bom")
    assert [(line.row, line.designators, line.quantity, line.value) for line in bom_file.lines] == [
        (2, ("R1", "R2"), Decimal(2), "10k")
    ]
    assert bom_file.dialect.delimiter == delimiter


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp", "Cf"]), min_size=1, max_size=12
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.lists(st.tuples(CELLS, CELLS, st.integers(1, 10**8)), min_size=1, max_size=8),
)
def test_what_csv_writes_comes_back(delimiter: str, end: str, quoting: int, parts: list[tuple[str, str, int]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["Designator", "Quantity", "Description", "IPN"])
    for index, (description, number, count) in enumerate(parts):
        writer.writerow([f"R{index}", count, f"A {description}", f"P{number}"])
    bom_file = read_bom(out.getvalue().encode(), name="bom.csv")
    assert [(line.designators, line.quantity) for line in bom_file.lines] == [
        ((f"R{index}",), Decimal(count)) for index, (_, _, count) in enumerate(parts)
    ]
    assert [line.internal_number for line in bom_file.lines] == [f"P{number}" for _, number, _ in parts]
    assert [line.description for line in bom_file.lines] == [f"A {text}" for text, _, _ in parts]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: ("Ref,Qty,MPN\n" + text).encode())))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Refusal):
        bom_file = read_bom(data, name="noise")
        assert all(line.quantity > 0 for line in bom_file.lines)
        assert all(warning.text() for warning in bom_file.warnings)
        assert sum(len(line.rows) for line in grouped(bom_file)) == len(bom_file.lines)


def test_blanks_after_commas_belong_to_nothing() -> None:
    (line,) = read('Reference, Qty, "Value", MPN\nC1 C2 , 2, "a, b", X5\n').lines
    assert (line.designators, line.value, line.mpn) == (("C1", "C2"), "a, b", "X5")


def test_an_inch_sign_is_no_quote() -> None:
    bom_file = read(
        """
        ref;Qty;description;mpn
        P9;1;CONN HEADER 16PS.1" DL GOLD;PPPC082LFBN-RC
        P10;1;"SMA" jack;73251-2121
        P11;1;"1/4 standoff;M-1
        P12;1;plain;M-2
        """
    )
    assert [line.description for line in bom_file.lines] == [
        'CONN HEADER 16PS.1" DL GOLD',
        '"SMA" jack',
        '"1/4 standoff',
        "plain",
    ]
    assert not bom_file.dialect.quoted
    assert warned(bom_file, "bom_quote_open") == [
        "Row 4: a quote is opened and never closed, so it was read as part of the text; mend the file if that is not "
        "meant"
    ]


def test_a_quote_that_is_never_closed_is_said() -> None:
    bom_file = read('Ref,Qty,Value\nR1,1,10k\nR2,1,"22k\n')
    assert [warning.params["row"] for warning in bom_file.warnings if warning.code == "bom_quote_open"] == [3]
    text = 'Ref,Qty,Value\nR1,1,10k\nR2,1,"22k\n' + "R3,1,22k\n" * 20_000
    assert [warning.params["row"] for warning in read(text).warnings if warning.code == "bom_quote_open"] == [3]
    assert warned(read('Ref,Qty,Value\nR1,1,"10k"\nR2,1,"two\nlines"\n'), "bom_quote_open") == []


def test_a_header_named_twice_is_said() -> None:
    bom_file = read("Ref,Qty,Value,qty,MPN,MPN\nR1,1,10k,5,A-1,A-2\n")
    assert warned(bom_file, "bom_header_twice") == [
        "Column Qty stands 2 times in the header; the one in column 2 was read"
    ]
    assert bom_file.lines[0].quantity == 1


def test_cells_of_several_lines_stay_cells() -> None:
    bom_file = read('Ref,Description,Qty\nR1,"two\nlines",1\nR2,one,1\n')
    assert [(line.row, line.description) for line in bom_file.lines] == [(2, "two\nlines"), (3, "one")]


def test_a_header_below_a_preamble_and_an_empty_row() -> None:
    bom_file = read("Project:,Blinky,,\nDate:,2024-05-01,,\n\nQty,Refs,Value,Note\n,,,\n2,R1 R2,1k,\n\n\n")
    assert bom_file.dialect.header_row == 4
    assert [line.row for line in bom_file.lines] == [6]
    assert codes(bom_file) == set()


def test_a_spreadsheet_may_say_its_separator_and_protect_its_cells() -> None:
    (line,) = read('sep=;\nRef;Value;Footprint\nR1;10k;="0402"\n').lines
    assert (line.row, line.footprint) == (3, "0402")


def test_headers_repeated_and_rules_between_are_no_lines() -> None:
    bom_file = read("Ref,Value\nR1,1k\n-----,-----\nRef,Value\nR2,2k\n")
    assert [line.designators for line in bom_file.lines] == [("R1",), ("R2",)]
    assert not bom_file.warnings


def test_hard_blanks_are_blanks() -> None:
    (line,) = read("Ref,Value\nR1\N{NO-BREAK SPACE},10\N{NO-BREAK SPACE}k\n").lines
    assert (line.designators, line.value) == (("R1",), "10 k")


def test_totals_and_remarks_are_no_lines_and_are_said() -> None:
    bom_file = read("Description,Qty,Price\nScrew,4,1\nTotal,4,1\n,,17.20\nPrices of May\n")
    assert [line.description for line in bom_file.lines] == ["Screw"]
    assert [warning.text() for warning in bom_file.warnings] == [
        "Row 3 was not read as a line: Total | 4 | 1",
        "Row 4 was not read as a line: 17.20",
        "Row 5 was not read as a line: Prices of May",
    ]
