"""Bills of materials change on the command line: validated, copied, compared, replaced, kept as snapshots."""

import pytest

from outwork.models import BomLine, BomSubstitute


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})


def test_a_bom_is_validated_and_shown_as_changed(board, program):
    assert program("bom", "validity", "BOARD") == ["BOARD: not validated"]
    assert program("bom", "validate", "BOARD", "--note", "released", "--at", "2026-03-02") == [
        "The BOM of BOARD is validated.",
        "  snapshot 1 of BOARD keeps it",
    ]
    said = program("bom", "validity", "BOARD")[0]
    assert said.startswith("BOARD: valid, validated by ")
    assert said.endswith(" on 2026-03-02")
    BomLine.objects.filter(part__number="R-10K").update(quantity=4)
    assert program("bom", "validity", "BOARD")[0].startswith("BOARD: changed since it was validated by ")
    (facts,) = program.json("bom", "validity", "BOARD")
    assert (facts["part"], facts["is_valid"]) == ("BOARD", False)
    assert program("bom", "validate", "BOARD", "--undo") == ["The BOM of BOARD is no longer validated."]
    assert program.codes("bom", "validate", "R-10K") == ["bom_of_no_assembly"]


def test_snapshots_are_listed_and_compared(board, program):
    assert program("bom", "snapshots", "BOARD") == ["BOARD has no BOM snapshots."]
    assert program("bom", "snapshot", "BOARD", "--note", "as sent", "--at", "2026-03-02") == [
        "Snapshot 1 of BOARD is taken."
    ]
    (listed,) = program.json("bom", "snapshots", "BOARD")["snapshots"]
    assert (listed["number"], listed["lines"], listed["note"]) == (1, 2, "as sent")
    assert program("bom", "compare", "BOARD@1", "BOARD") == ["BOARD@1 and BOARD have the same BOM."]
    BomLine.objects.filter(part__number="R-10K").update(quantity=4)
    BomLine.objects.filter(part__number="C-1U").delete()
    assert program("bom", "compare", "BOARD@1", "BOARD") == [
        "Part            Change",
        "R-10K  changed  quantity 3 -> 4",
        "C-1U   removed  1",
    ]
    assert program.json("bom", "compare", "BOARD@1", "BOARD")[0]["changes"] == {"quantity": ["3", "4"]}
    assert program.codes("bom", "compare", "BOARD@2", "BOARD") == ["bom_snapshot_unknown"]


def test_a_bom_is_copied(shop, board, program):
    shop.assembly("OTHER", {"OLD": 1})
    assert program.codes("bom", "copy", "BOARD", "OTHER") == ["bom_in_the_way"]
    assert program("bom", "copy", "BOARD", "OTHER", "--keep", "--replace", status=2)
    assert program("bom", "copy", "BOARD", "OTHER", "--replace") == [
        "2 lines copied from BOARD to OTHER, 1 line removed."
    ]
    assert program("bom", "compare", "BOARD", "OTHER") == ["BOARD and OTHER have the same BOM."]
    assert program.codes("bom", "copy", "BOARD", "BOARD", "--keep") == ["bom_copied_to_itself"]


def test_a_part_is_replaced_everywhere(shop, board, program):
    shop.assembly("OTHER", {"R-10K": 1})
    shop.part("R-9K9")
    assert program("bom", "replace", "R-10K", "R-9K9", "--in", "OTHER") == ["R-9K9 stands where R-10K stood: OTHER."]
    assert program("bom", "replace", "R-10K", "R-9K9") == ["R-9K9 stands where R-10K stood: BOARD."]
    assert program.codes("bom", "replace", "R-10K", "R-9K9") == ["replaced_nowhere"]


def test_a_substitute_is_approved(shop, board, program):
    shop.part("R-9K9")
    given = ("bom", "substitute", "BOARD", "R-10K", "R-9K9")
    assert program(*given, "--approved-by", "Ada", "--approved-on", "2026-03-02") == [
        "R-9K9 may stand in for R-10K in BOARD."
    ]
    program(*given, "--note", "mail of Monday")
    stated = BomSubstitute.objects.get()
    assert (stated.approved_by, str(stated.approved_on), stated.note) == ("Ada", "2026-03-02", "mail of Monday")
    assert program(*given, "--remove") == ["R-9K9 no longer stands in for R-10K in BOARD."]
    assert program.codes(*given, "--remove") == ["bom_substitute_unknown"]
    assert program.codes("bom", "substitute", "BOARD", "BOARD", "R-9K9") == ["bom_part_not_in_bom"]


def test_one_build_deviates(shop, board, program):
    shop.ordered(shop.external(board, 10))
    shop.part("R-9K9")
    assert program(
        *("build", "deviate", "BO-0001", "R-9K9", "--instead", "R-10K"),
        *("--reason", "R-10K is not to be had", "--approved-by", "Ada"),
    ) == ["BO-0001: R-9K9 goes into what is still to come, instead of R-10K."]
    assert program("build", "bom-difference", "BO-0001") == [
        "R-9K9 is a deviation: R-10K is not to be had (approved by Ada)",
        "BO-0001 is built to its BOM as it is now.",
    ]
    assert program.json("build", "bom-difference", "BO-0001") == [
        {
            "part": "R-9K9",
            "kind": "deviation",
            "per_unit": "3",
            "deviation": "R-10K is not to be had",
            "approved_by": "Ada",
        }
    ]
    assert program.codes("build", "deviate", "BO-0001", "R-9K9", "--per-unit", "1") == [
        "deviation_without_reason",
        "deviation_unapproved",
    ]


def test_a_substitute_for_one_build(shop, board, program):
    shop.ordered(shop.external(board, 10))
    shop.part("R-9K9")
    given = ("build", "substitute", "BO-0001", "R-10K", "R-9K9")
    assert program(*given, "--approved-by", "Ada") == ["BO-0001: R-9K9 may stand in for R-10K."]
    assert program(*given, "--remove") == ["BO-0001: R-9K9 no longer stands in for R-10K."]
    assert program.codes(*given) == ["deviation_unapproved"]
