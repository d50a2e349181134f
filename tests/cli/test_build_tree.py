"""Builds for builds, components in units, shares and lists, from the command line."""

from pathlib import Path

import pytest

from outwork.models import Build, BuildLine, BuildOutput, ProjectCode, StockItem, Tag
from outwork.rules.states import OutputState


@pytest.fixture
def robot(shop):
    """A robot of two arms of three joints each; BO-0001 makes five of them."""
    shop.assembly("JOINT", {"MOTOR": 1})
    shop.assembly("ARM", {"JOINT": 3})
    return shop.build(shop.assembly("ROBOT", {"ARM": 2, "SCREW": 8}), 5)


@pytest.fixture
def cores(shop):
    """BO-0001: two cores of a board each, C1 and C2 in production; the boards B1 and B2 lie on the shelf."""
    shop.part("BOARD", is_trackable=True)
    for serial in ("B1", "B2"):
        shop.put("BOARD", 1, serial=serial)
    return shop.build(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), 2)


def test_sub_builds_are_shown_made_and_shown_as_a_tree(shop, robot, program):
    shop.put("ARM", 4)
    assert program("build", "missing", "BO-0001") == [
        "part     wanted  from stock  to build",
        "ARM          10           4         6",
        "  JOINT      18                    18",
    ]
    assert program("build", "sub-builds", "BO-0001") == [
        "2 builds for BO-0001:",
        "  BO-0002: 6 of ARM",
        "  BO-0003: 18 of JOINT",
    ]
    assert program("build", "tree", "BO-0001") == [
        "build        part   units  status",
        "BO-0001      ROBOT      5  pending",
        "  BO-0002    ARM        6  pending",
        "    BO-0003  JOINT     18  pending",
    ]
    assert [one["depth"] for one in program.json("build", "tree", "BO-0001")] == [0, 1, 2]
    assert program("build", "missing", "BO-0001") == ["BO-0001 misses no sub-assembly that could be built."]
    assert program.codes("build", "sub-builds", "BO-0001") == ["nothing_to_build"]
    assert [row["reference"] for row in program.json("build", "list", "--for", "BO-0001")] == ["BO-0002"]


def test_sub_builds_go_outside_or_are_bought(shop, robot, program):
    shop.switch_on()
    shop.manufacturer("Best Boards")
    program("build", "sub-builds", "BO-0001", "--by", "ARM=Best Boards", "--outside", "JOINT", "--ignore-stock")
    arm, joint = Build.objects.filter(pk__gt=robot.pk).order_by("pk")
    assert (arm.is_external, str(arm.manufacturer), joint.is_external) == (True, "Best Boards", True)
    assert str(joint.destination) == "Best Boards"
    assert joint.manufacturer is None
    second = program.json("build", "create", "ROBOT", "1")["data"]["reference"]
    assert program("build", "sub-builds", second, "--buy", "JOINT", "--line", "ARM")[1:] == ["  BO-0005: 2 of ARM"]


def test_components_go_into_units_by_arguments_and_by_table(shop, cores, program, tmp_path: Path):
    program("build", "make", "BO-0001", "2", "--serials", "C1,C2")
    assert program.codes("build", "accept", "BO-0001", "--all") == ["components_missing", "components_missing"]
    table = tmp_path / "fitted.csv"
    table.write_text("unit;component;line\nC1;B2;BOARD\nC2;B1\n", encoding="utf-8")
    assert program("build", "fit", "BO-0001", "--file", table) == ["2 components in the units of BO-0001."]
    program("build", "accept", "BO-0001", "--all")
    program("build", "finish", "BO-0001")
    found = StockItem.objects.filter(inside__isnull=False).order_by("serial").select_related("inside")
    assert [(one.serial, one.inside and one.inside.serial) for one in found] == [("B1", "C2"), ("B2", "C1")]
    assert program("build", "fit", "BO-0001", status=2)
    table.write_text("C1;\n", encoding="utf-8")
    assert "Row 1" in "".join(program("build", "fit", "BO-0001", "--file", table, status=2))


def test_one_component_by_hand_the_others_not_at_all(shop, cores, program):
    program("build", "make", "BO-0001", "2", "--serials", "C1,C2")
    program("build", "fit", "BO-0001", "C1=B1")
    assert program.codes("build", "accept", "BO-0001", "--all", "--without-components") == ["components_missing_reason"]
    program("build", "accept", "BO-0001", "--all", "--without-components", "--note", "No board for C2")
    assert BuildOutput.objects.filter(state=OutputState.ACCEPTED).count() == 2


def test_tracked_components_are_allocated_for_a_unit_or_for_the_build(shop, cores, program):
    item = StockItem.objects.get(serial="B1")
    assert program.codes("build", "allocate", "BO-0001", f"BOARD={item.pk}:1") == ["unit_missing"]
    program("build", "allocate", "BO-0001", f"BOARD={item.pk}:1", "--without-unit")
    program("build", "make", "BO-0001", "1", "--serials", "B2")
    answer = program("build", "auto-allocate", "BO-0001", "--components", "tracked")
    assert answer[0] == "BOARD: 1 allocated"
    assert "goes into unit B2" in answer[1]


def test_a_reel_is_taken_whole(shop, program):
    shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10)
    item = shop.put("R-10K", 5000)
    assert program("build", "auto-allocate", "BO-0001", "--whole") == [
        "R-10K: 5000 allocated",
        f"    item {item.pk}: 5000 taken whole, 4960 more than needed",
    ]


def test_shares_are_told_and_taken_back(shop, program):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 10)
    line = build.lines.get()
    line.substitutes.create(part=shop.part("R-9K9"))
    assert program("build", "share", "BO-0001", "R-10K", "R-10K=60", "R-9K9=40") == [
        "R-10K of BO-0001 is used up 60 R-10K : 40 R-9K9."
    ]
    assert BuildLine.objects.get().shares == {str(line.part_id): "60", str(shop.part("R-9K9").pk): "40"}
    program("build", "share", "BO-0001", "R-10K", "--none")
    assert BuildLine.objects.get().shares is None
    assert program("build", "share", "BO-0001", "R-10K", status=2)


def test_what_a_build_says_about_itself_and_how_it_is_found(shop, program):
    shop.assembly("BOARD", {"R-10K": 1})
    ProjectCode.objects.create(code="ROVER")
    program("build", "create", "BOARD", "3", "--target", "2026-01-05", "--responsible", "bo")
    program(
        "build", "create", "BOARD", "5", "--project", "ROVER", "--parent", "BO-0001", "--feeds-parent", "--priority",
        "4", "--link", "https://example.org",
    )  # fmt: skip
    second = Build.objects.get(reference="BO-0002")
    Tag.objects.create(subject_kind="build", subject_id=second.pk, word="fair")
    shown = program.json("build", "show", "BO-0002")
    assert {name: shown[name] for name in ("project", "parent", "feeds_parent", "priority", "link")} == {
        "project": "ROVER",
        "parent": "BO-0001",
        "feeds_parent": True,
        "priority": 4,
        "link": "https://example.org",
    }
    for options, expected in (
        (["--overdue"], ["BO-0001"]),
        (["--project", "ROVER"], ["BO-0002"]),
        (["--responsible", "bo"], ["BO-0001"]),
        (["--tag", "fair"], ["BO-0002"]),
        (["--part", "BOARD", "--order", "-quantity"], ["BO-0002", "BO-0001"]),
        (["--target-until", "2026-02-01"], ["BO-0001"]),
        (["--search", "rov"], ["BO-0002"]),
    ):
        assert [row["reference"] for row in program.json("build", "list", *options)] == expected
    assert program.codes("build", "list", "--order", "colour") == ["build_order_unknown"]


def test_a_smaller_build_frees_its_excess_and_a_cancelled_one_goes(shop, program):
    shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10)
    shop.allocate("BO-0001", shop.put("R-10K", 40), 40)
    assert program("build", "change", "BO-0001", "--quantity", "5", "--release-excess")[-1] == (
        "Note: 20 of R-10K are free again: no longer needed."
    )
    assert program.codes("build", "remove", "BO-0001") == ["build_not_cancelled"]
    program("build", "cancel", "BO-0001")
    assert program("build", "remove", "BO-0001", "--reason", "Typed twice") == ["Removed BO-0001."]
    assert not Build.objects.exists()


def test_finishing_says_what_becomes_of_too_much(shop, program):
    shop.build(shop.assembly("BOARD", {"R-10K": 4}), 1)
    shop.allocate("BO-0001", shop.put("R-10K", 10), 10)
    program("build", "make", "BO-0001", "1")
    program("build", "accept", "BO-0001", "--all")
    assert program.codes("build", "finish", "BO-0001", "--overallocated", "reject") == ["build_overallocated"]
    program("build", "finish", "BO-0001", "--overallocated", "accept")
    assert BuildLine.objects.get().consumed == 10
