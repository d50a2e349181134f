"""Files that cannot be read, and how that is said."""

from collections.abc import Callable

import pytest

from outwork.rules.bomfile import SIZE_LIMIT, counts, grouped, read_bom
from outwork.rules.refusals import Refusal
from tests.rules.bomfile.reading import read


@pytest.mark.parametrize(
    ("data", "code", "text"),
    [
        (b"", "bom_empty", "bom.csv is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "bom_empty", "bom.csv is empty"),
        (b";;;\n;;;\n", "bom_empty", "bom.csv is empty"),
        (b"Ref,Qty,Value\n", "bom_no_lines", "bom.csv has column names in row 1 but no line below them"),
        (
            b"Colour,Shape\nred,round\n",
            "bom_header_unknown",
            "bom.csv has no row of column names that says designators or quantity, and what the part is; "
            "names seen: Colour, Shape",
        ),
        (
            b"PK\x03\x04\x14\x00",
            "bom_not_text",
            "bom.csv is not a text file: it looks like a workbook or archive (zip)",
        ),
        (b"%PDF-1.7", "bom_not_text", "bom.csv is not a text file: it looks like a PDF document"),
        (b"Ref,Qty\x00\x01", "bom_not_text", "bom.csv is not a text file: it looks like a binary file"),
        (b"Ref,Qty\xe9\x01", "bom_not_text", "bom.csv is not a text file: it looks like a binary file"),
        (
            b"Ref,Qty\nR1,1\x80\x9d",
            "bom_not_decodable",
            "bom.csv cannot be read as text: byte 0x9D at position 13 is in no known encoding",
        ),
        (
            b"\xff\xfeR\x00\xff",
            "bom_not_decodable",
            "bom.csv cannot be read as text: byte 0xFF at position 4 is in no known encoding",
        ),
        (
            b"Ref,Qty,Value\nR1,1,a,b\n",
            "bom_row_too_long",
            "row 2 has 4 cells, the header 3: is there a separator inside a cell without quotes?",
        ),
        (
            b"Ref,Value\nR1-R99999,1k\n",
            "bom_range_too_long",
            "row 2: R1-R99999 stands for more than 10000 designators",
        ),
    ],
)
def test_refuses(data: bytes, code: str, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_bom(data, name="bom.csv")
    assert refused.value.codes == [code]
    assert str(refused.value) == text


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"x" * (SIZE_LIMIT + 1), "bom_too_large"),
        (lambda: b"Ref,Value\n" + b"\n" * 300_000, "bom_too_many_rows"),
        (lambda: b'Ref,Value\nR1,"' + b"x" * 200_000, "bom_cell_too_long"),
        (lambda: b"Ref,Value\n" + b"R1-R9999,1k\n" * 200, "bom_too_many_designators"),
        (lambda: b"," * 1_000_000 + b"Ref,Value,Qty\n", "bom_header_unknown"),
    ],
)
def test_refuses_what_would_fill_the_memory(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_bom(make(), name="bom.csv")
    assert refused.value.codes == [code]


def test_extra_blank_cells_are_no_mistake() -> None:
    assert read("Ref,Value\nR1,1k,,\n").lines[0].value == "1k"


def test_ten_thousand_lines_are_read_at_once() -> None:
    rows = "".join(
        f'"R{number},C{number}",2,10k,R_0402,Yageo,RC0402FR-{number % 500},RES 10K OHM,,\n' for number in range(10_000)
    )
    data = f"Reference,Qty,Value,Footprint,Manufacturer,MPN,Description,DNP,Notes\n{rows}".encode()
    bom_file = read_bom(data, name="large.csv")
    lines = grouped(bom_file)
    assert counts(bom_file) == {"lines": 10_000, "placements": 20_000, "dnp_lines": 0, "distinct_mpns": 500}
    assert len(lines) == 500
