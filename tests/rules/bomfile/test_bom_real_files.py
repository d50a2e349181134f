"""Published bills of materials read as their own count says; the files are not part of the project."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from outwork.rules.bomfile import BomFile, FileLine, counts, grouped, read_bom
from outwork.rules.refusals import Refusal
from tests.rules.bomfile.reading import codes, warned

BOMS = Path(__file__).parents[3].parent / "shared" / "boms"

pytestmark = pytest.mark.skipif(not BOMS.is_dir(), reason=f"the published bills of materials are not at {BOMS}")

FILES = [
    ("glasgow-revC3", "bom.csv"),
    ("hackrf-one", "hackrf-one-bom.csv"),
    ("archim-0.3b", "Archim_0.3b.csv"),
    ("archim-0.3b", "Archim_0.3b.txt"),
    ("beaglebone-black", "BBB_BOM.csv"),
    ("corne-cherry", "BOM-corne-cherry.csv"),
    ("libresolar-mppt-2420-hc", "mppt-2420-hc_bom_(hv_supply,can).csv"),
    ("libresolar-mppt-2420-hc", "mppt-2420-hc_bom_mechanical.csv"),
    ("tomu", "tomu-bom.csv"),
    ("tomu", "1-click-bom.tsv"),
    ("tomu", "bom-digikey.csv"),
    ("utonomy-psu-300-010", "300-010-quote-100-boards.csv"),
]


def real(folder: str, file: str, columns: Mapping[str, str] | None = None) -> BomFile:
    return read_bom((BOMS / folder / file).read_bytes(), name=file, columns=columns)


def expectation(folder: str, file: str) -> dict[str, Any]:
    described = json.loads((BOMS / folder / "expected.json").read_text())
    return next(entry for entry in described["files"] if entry["file"] == file)


def line_at(bom_file: BomFile, designator: str) -> FileLine:
    return next(line for line in bom_file.lines if designator in line.designators)


@pytest.mark.parametrize(("folder", "file"), FILES)
def test_counts_are_those_that_were_counted_by_hand(folder: str, file: str) -> None:
    expected = expectation(folder, file)["counts"]
    found: Mapping[str, Any] = counts(real(folder, file))
    told = {key: expected[key] for key in found if key in expected}
    assert {key: found[key] for key in told} == told
    assert {"lines"} <= set(told)


@pytest.mark.parametrize(("folder", "file"), FILES)
def test_lines_checked_by_hand_are_found(folder: str, file: str) -> None:
    bom_file = real(folder, file)
    for check in expectation(folder, file).get("spot_checks", []):
        if not isinstance(check.get("designators", []), list):
            continue
        line = found_line(bom_file, check)
        for key in ("value", "footprint", "manufacturer", "description", "supplier"):
            if key in check and check[key] != "any":
                assert getattr(line, key) == ("" if check[key] == "DNP" else check[key] or ""), (check, key)
        assert check.get("quantity", line.quantity) == line.quantity
        assert line.do_not_fit == check.get("dnp", False)
        assert not check.get("mpn") or check["mpn"] in {line.mpn, line.library_name}
        assert line.sku == (check.get("supplier_sku") or line.sku)
        if "alternates" in check:
            assert [[other.manufacturer, other.mpn] for other in line.alternates] == check["alternates"]
        if "supplier_skus" in check:
            shown = {offer.supplier.replace("-K", "k"): offer.sku for offer in line.offers}
            assert shown == check["supplier_skus"]


def found_line(bom_file: BomFile, check: dict[str, Any]) -> FileLine:
    if check.get("designators"):
        line = line_at(bom_file, check["designators"][0])
        assert list(line.designators) == check["designators"]
        return line
    if "designators_count" in check:
        return next(line for line in bom_file.lines if len(line.designators) == check["designators_count"])
    return next(line for line in bom_file.lines if line.description == check["description"])


def test_glasgow_groups_to_its_own_lines_with_its_keys_as_internal_numbers() -> None:
    bom_file = real("glasgow-revC3", "bom.csv")
    lines = grouped(bom_file)
    assert len(lines) == 57
    assert lines[0].designators[:4] == ("C1", "C14", "C19", "C26")
    assert lines[2].designators[:4] == ("C2", "C3", "C4", "C5")
    assert lines[0].identity == ("internal", "cap-cer-0603-4u7")
    assert [line.designators for line in lines if not line.names_part] == [("R40",), ("R6", "R8", "R50", "R51")]
    assert "U+2212 MINUS SIGN" in warned(bom_file, "bom_mpn_characters")[0]
    assert line_at(bom_file, "U2").mpn == "CAT24M01YI\N{MINUS SIGN}GT3"
    assert codes(bom_file) == {"bom_mpn_characters", "bom_do_not_fit_without_part"}


def test_hackrf_groups_by_part_and_makes_no_part_of_what_is_not_there() -> None:
    bom_file = real("hackrf-one", "hackrf-one-bom.csv")
    lines = grouped(bom_file)
    fitted = [line for line in lines if not line.do_not_fit]
    assert len(fitted) == expectation("hackrf-one", "hackrf-one-bom.csv")["counts"]["lines_grouped_fitted_by_mpn"]
    assert sum(line.quantity for line in fitted) == 300
    named = [line for line in lines if line.do_not_fit and line.names_part]
    assert {line.mpn for line in named} >= {"BMI-S-230-F-R", "BMI-S-230-C", "S1751-46R", "GRPB052VWVN-RC"}
    assert sum(line.quantity for line in named) == 18
    assert not [line for line in lines if "DNP" in (line.mpn, line.manufacturer, line.value, line.part_name)]
    assert "96 do-not-fit lines" in warned(bom_file, "bom_do_not_fit_without_part")[0]
    assert line_at(bom_file, "P9").description.endswith('.1" DL GOLD')


def test_hackrf_columns_are_guessed_by_content_or_told() -> None:
    guessed = real("hackrf-one", "hackrf-one-bom.csv")
    assert guessed.columns["mpn"] == ("Field2",)
    assert len(warned(guessed, "bom_column_guessed")) == 4
    told = real(
        "hackrf-one",
        "hackrf-one-bom.csv",
        {"manufacturer": "Field1", "mpn": "field2", "description": "Field3", "do_not_fit": "Field4"},
    )
    assert told.lines == guessed.lines
    assert not warned(told, "bom_column_guessed")


def test_archim_takes_the_library_name_or_the_comment_for_the_part_number() -> None:
    bom_file = real("archim-0.3b", "Archim_0.3b.csv")
    assert bom_file.dialect.encoding == "ISO-8859-1"
    assert warned(bom_file, "bom_encoding") == ["The file is not UTF-8; it was read as ISO-8859-1"]
    assert [line_at(bom_file, one).mpn for one in ("R5", "D6", "D2", "U11", "J4", "X1", "F1")] == [
        "RL2512FK-070R06L",
        "B240A-13-F",
        "SK310A-TP",
        "ATSAM3X8EA-AU",
        "20021121-00010C4LF",
        "405C35B12M00000",
        "3557-2",
    ]
    assert [line_at(bom_file, one).mpn for one in ("C12", "FD1", "TP1", "P1")] == [""] * 4
    lines = grouped(bom_file)
    assert len(lines) == 76
    assert next(line for line in lines if "C100" in line.designators).quantity == 24


def test_archim_without_quantities_is_the_same_bill() -> None:
    with_quantities, without = real("archim-0.3b", "Archim_0.3b.csv"), real("archim-0.3b", "Archim_0.3b.txt")
    assert {(line.designators, line.quantity, line.mpn) for line in without.lines} == {
        (line.designators, line.quantity, line.mpn) for line in with_quantities.lines
    }


def test_beaglebone_has_alternates_and_a_list_of_what_not_to_install() -> None:
    bom_file = real("beaglebone-black", "BBB_BOM.csv")
    expected = expectation("beaglebone-black", "BBB_BOM.csv")["counts"]
    assert sum(len(line.alternates) for line in bom_file.lines) == expected["alternate_rows"]
    left_out = [line for line in bom_file.lines if line.do_not_fit]
    assert [line.quantity for line in left_out] == [Decimal(23)]
    assert warned(bom_file, "bom_section_ends") == [
        "Row 193 says THESE REFERENCE DESIGNATORS ARE NOT USED: P7,FB6: the rows below it are read as fitted again"
    ]


def test_a_cost_sheet_says_that_it_is_for_many() -> None:
    bom_file = real("utonomy-psu-300-010", "300-010-quote-100-boards.csv")
    assert bom_file.dialect.header_row == 5
    assert counts(bom_file)["placements"] == 8400
    assert len(warned(bom_file, "bom_quantity_times")) == 1
    assert not warned(bom_file, "bom_quantity_differs")


@pytest.mark.parametrize(
    ("folder", "file", "code"),
    [
        ("mutable-streams", "Streams.xlsx", "bom_not_text"),
        ("utonomy-psu-300-010", "300-010.xml", "bom_header_unknown"),
        ("utonomy-psu-300-010", "price-breaks-2021.csv", "bom_header_unknown"),
    ],
)
def test_refuses_what_is_no_bill_of_materials_it_can_read(folder: str, file: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        real(folder, file)
    assert refused.value.code == code


def test_placement_files_are_noticed() -> None:
    assert "bom_placement_file" in codes(real("tomu", "tomu-pnp.csv"))


def test_identities_hold_however_often_and_in_whatever_order_a_file_is_read() -> None:
    bom_file = real("hackrf-one", "hackrf-one-bom.csv")
    turned = BomFile(bom_file.name, bom_file.lines[::-1], bom_file.columns, bom_file.dialect)

    def found(bom: BomFile) -> set[tuple[Any, ...]]:
        return {(line.identity, line.do_not_fit, line.designators, line.quantity) for line in grouped(bom)}

    assert found(bom_file) == found(turned)
