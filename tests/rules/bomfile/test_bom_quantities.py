"""Quantities, and what is said where they disagree."""

from decimal import Decimal

import pytest

from outwork.rules.bomfile import Alternate, counts
from outwork.rules.refusals import Refusal
from tests.rules.bomfile.reading import codes, groups, read, warned


def test_designators_are_counted_where_there_is_no_quantity() -> None:
    bom_file = read('Ref,Value\n"R1-R4, R9",1k\nC1,1u\n')
    assert [line.quantity for line in bom_file.lines] == [5, 1]
    assert counts(bom_file) == {"lines": 2, "placements": 6, "dnp_lines": 0, "distinct_mpns": None}


def test_the_quantity_wins_over_the_designators_and_says_so() -> None:
    bom_file = read("Ref,Qty,Value\nC24 C28,4,1u\nR1,1,1k\n")
    assert bom_file.lines[0].quantity == 4
    assert warned(bom_file, "bom_quantity_differs") == ["Row 2: quantity 4, but 2 designators; the quantity was kept"]


def test_many_warnings_of_a_kind_are_counted() -> None:
    bom_file = read("Ref,Qty,Value\n" + "".join(f"R{number},{number + 2},1k\n" for number in range(60)))
    assert len(warned(bom_file, "bom_quantity_differs")) == 50
    assert warned(bom_file, "bom_more_warnings") == ["10 more warnings of the kind bom_quantity_differs"]


def test_quantities_for_many_units_are_said_once() -> None:
    bom_file = read("Ref,Qty,Value\nC1 C2,200,1u\nR1,100,1k\nR2,100,2k\n")
    assert codes(bom_file) == {"bom_quantity_times"}


def test_kit_items_need_no_designator() -> None:
    bom_file = read("Qty,Ref,Description,MPN\n1,,ESD Bag,10035\n1.8,,Belt,T5\n2,R1 R2,RES,RC-1K\n")
    assert counts(bom_file)["placements"] == Decimal("4.8")
    assert [line.quantity for line in groups("Qty,Description\n1,Bag\n2,Bag\n")] == [3]


def test_a_decimal_comma_is_understood() -> None:
    assert read("Menge;Bezeichnung\n1,8;Riemen\n").lines[0].quantity == Decimal("1.8")


def test_an_alternate_is_a_row_with_a_part_number_only() -> None:
    bom_file = read(
        """
        QTY,REFERENCE,DESCRIPTION,MANU,PART NUMBER
        2,"C19,C136",CAP CER 470PF,Yageo,CC0402KRX7R9BB471
        ,,,Murata,GRM155R71H471KA01D
        ,,,,NMC0402X7R471
        """
    )
    assert len(bom_file.lines) == 1
    assert bom_file.lines[0].alternates == (Alternate("Murata", "GRM155R71H471KA01D"), Alternate("", "NMC0402X7R471"))
    assert counts(bom_file)["distinct_mpns"] == 3


def test_blank_quantities_are_counted_and_said() -> None:
    bom_file = read("Ref,Qty,Value\nR1 R2,,1k\nR3,1,2k\n")
    assert [line.quantity for line in bom_file.lines] == [2, 1]
    assert warned(bom_file, "bom_quantity_counted") == [
        "1 lines without a quantity: designators were counted instead (rows 2)"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(text, "bom_quantity_no_number") for text in ("two", "NaN", "Infinity", "1_0", "1,000", "1,8 m", "0x10")],
        *[(text, "bom_quantity_not_positive") for text in ("0", "-1", "0.0", "-0")],
        *[(text, "bom_quantity_too_fine") for text in ("0.000001", "1e-7")],
        *[(text, "bom_quantity_too_large") for text in ("1e12", "1E+400000", "99999999999")],
    ],
)
def test_refuses_quantities_that_are_none(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(f'Ref,Qty,Value\nR1,1,1k\nR2,"{text}",2k\n')
    (reason,) = refused.value.reasons
    assert (reason.code, reason.params["row"], reason.params["text"]) == (code, 3, text)
    assert reason.where == (3, "quantity")
    assert f"row 3: {'' if code == 'bom_quantity_no_number' else 'quantity '}{text}" in reason.text()


def test_refuses_with_every_row_that_is_wrong() -> None:
    with pytest.raises(Refusal) as refused:
        read("Ref,Qty,Value\nR1,x,1k\nR2,0,2k\nR3,1,2k,,oops\n")
    assert refused.value.codes == ["bom_quantity_no_number", "bom_quantity_not_positive", "bom_row_too_long"]
    rows = "\n".join(f"R{number},x,1k" for number in range(60))
    with pytest.raises(Refusal) as refused:
        read(f"Ref,Qty,Value\n{rows}\n")
    assert len(refused.value.reasons) == 51
    assert refused.value.reasons[-1].text() == "10 more rows have mistakes"


def test_refuses_a_part_without_quantity_and_designators() -> None:
    with pytest.raises(Refusal) as refused:
        read("Ref,Qty,Description,MPN\nR1,1,RES,RC-1K\n,,Bag,10035\n")
    assert refused.value.codes == ["bom_quantity_missing"]
    assert refused.value.reasons[0].text() == "row 3: 10035 has neither a quantity nor designators"


def test_a_designator_fitted_twice_is_said() -> None:
    bom_file = read("Ref,Value,DNP\nSW1,Switch,\nSW1,Cap,\nR5,0R,\nR5,10k,DNP\n")
    assert warned(bom_file, "bom_designator_twice") == ["Designator SW1 is fitted more than once (rows 2, 3)"]


def test_odd_part_numbers_are_said_and_kept() -> None:
    bom_file = read("Ref,MPN\nU1,CAT24M01YI\N{MINUS SIGN}GT3\nU2,8.87E+08\nU3,74HC00D\n")
    assert warned(bom_file, "bom_mpn_characters") == [
        "Row 2: part number CAT24M01YI\N{MINUS SIGN}GT3 has characters a part number rarely has: U+2212 MINUS SIGN"
    ]
    assert len(warned(bom_file, "bom_mpn_rounded")) == 1


def test_a_description_is_no_part_number() -> None:
    bom_file = read('Ref,Manufacturer,MPN\nJ7,any,"Box header 2x5, 2.54mm pitch"\nQ1,NXP,"PSMN7R0-60YS,115"\n')
    assert [(line.mpn, line.specification) for line in bom_file.lines] == [
        ("", "Box header 2x5, 2.54mm pitch"),
        ("PSMN7R0-60YS,115", ""),
    ]
    assert len(warned(bom_file, "bom_mpn_is_text")) == 1
