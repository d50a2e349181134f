"""A BOM is copied, and a part gives its place to another wherever it is used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from outwork.models import BomLine, BomSubstitute, BuildLine, Event, Part
from outwork.operations.build_states import issue_build
from outwork.operations.copying_bom import copy_bom, replace_part, replaced_lines
from outwork.queries.bom_difference import bom_difference


@pytest.fixture
def board(shop) -> Part:
    board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})
    line = BomLine.objects.get(part__number="R-10K")
    BomLine.objects.filter(pk=line.pk).update(attrition=Decimal(2), designators="R1, R2, R3", note="0402")
    BomSubstitute.objects.create(bom_line=line, part=shop.part("R-10K-B"), rank=1, approved_by="Ada")
    return board


def lines(part: Part) -> list[tuple[str, Decimal, Decimal, str, list[str]]]:
    found = BomLine.objects.filter(assembly=part).select_related("part").order_by("position")
    return [
        (
            *(one.part.number, one.quantity, one.attrition, one.designators),
            [other.part.number for other in one.substitutes.select_related("part")],
        )
        for one in found
    ]


def test_it_works(shop, board):
    other = shop.assembly("OTHER", {"OLD": 1})
    done = copy_bom(source=board, target=other, **shop.by_ada)
    assert lines(other) == lines(board)
    assert done.data == {"source": "BOARD", "lines": 2, "removed": 1}
    assert BomSubstitute.objects.get(bom_line__assembly=other).approved_by == "Ada"


def test_what_stands_may_stay(shop, board):
    other = shop.assembly("OTHER", {"OLD": 1})
    copy_bom(source=board, target=other, remove_existing=False, copy_substitutes=False, **shop.by_ada)
    assert [(number, found) for number, _, _, _, found in lines(other)] == [("OLD", []), ("R-10K", []), ("C-1U", [])]


def test_what_says_the_same_stays_the_line_it_is(shop, board):
    other = shop.assembly("OTHER")
    copy_bom(source=board, target=other, **shop.by_ada)
    before = list(BomLine.objects.filter(assembly=other).values_list("pk", flat=True))
    done = copy_bom(source=board, target=other, **shop.by_ada)
    assert (done.ids, done.data["lines"], done.data["removed"]) == ([], 2, 0)
    assert list(BomLine.objects.filter(assembly=other).values_list("pk", flat=True)) == before
    assert BomSubstitute.objects.count() == 2


def test_pending_builds_follow(shop, board):
    other = shop.assembly("OTHER", {"OLD": 1})
    build = shop.build(other, 2)
    copy_bom(source=board, target=other, **shop.by_ada)
    assert list(build.lines.values_list("part__number", "per_unit")) == [("R-10K", 3), ("C-1U", 1)]


def test_inherited_lines_come_along_if_asked(shop):
    template = shop.assembly("LAMP", {"BULB": 1}, is_template=True)
    BomLine.objects.update(is_inherited=True)
    red = shop.assembly("LAMP-RED", {"PAINT": 1}, variant_of=template)
    mine, whole = shop.assembly("MINE"), shop.assembly("WHOLE")
    copy_bom(source=red, target=mine, **shop.by_ada)
    copy_bom(source=red, target=whole, include_inherited=True, **shop.by_ada)
    assert [one[0] for one in lines(mine)] == ["PAINT"]
    assert [one[0] for one in lines(whole)] == ["PAINT", "BULB"]


def test_refuses_what_cannot_be_a_bom(shop, board):
    empty = shop.assembly("EMPTY")
    locked = shop.assembly("LOCKED", is_locked=True)
    assert shop.refused(copy_bom, source=board, target=board) == [("bom_copied_to_itself", ("source",))]
    assert shop.refused(copy_bom, source=empty, target=board) == [("bom_nothing_to_copy", ("source",))]
    assert shop.refused(copy_bom, source=board, target=locked) == [("bom_locked", ("target",))]
    assert {code for code, _ in shop.refused(copy_bom, source=board, target=shop.part("SCREW"))} == {
        "bom_of_no_assembly"
    }
    assert len(lines(board)) == 2
    assert not Event.objects.filter(kind="bom.copied").exists()


def test_refuses_a_part_that_would_go_into_itself_or_leaves_it_out(shop, board):
    inner = shop.assembly("INNER", {"SCREW": 1})
    BomLine.objects.create(assembly=board, part=inner, quantity=Decimal(1), position=3)
    assert [code for code, _ in shop.refused(copy_bom, source=board, target=inner)] == ["bom_cycle"]
    assert [one[0] for one in lines(inner)] == ["SCREW"]
    done = copy_bom(source=board, target=inner, skip_invalid=True, **shop.by_ada)
    assert [one[0] for one in lines(inner)] == ["R-10K", "C-1U"]
    assert [(one["code"], one["part"]) for one in done.said] == [("line_not_copied", "INNER")]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    board = shop.assembly("BOARD", {f"P-{n}": 1 for n in range(count)})
    other = shop.assembly("OTHER")
    for line in BomLine.objects.all()[:1]:
        BomSubstitute.objects.create(bom_line=line, part=shop.part("SUB"))
    with statements() as seen:
        copy_bom(source=board, target=other, **shop.by_ada)
    assert len(seen) - (connection.vendor == "postgresql") == 26, seen
    with statements() as seen:
        replace_part(old=shop.part("P-0"), new=shop.part("NEW"), **shop.by_ada)
    assert len(seen) - (connection.vendor == "postgresql") == 13, seen


def test_a_part_gives_its_place_to_another(shop, board):
    other = shop.assembly("OTHER", {"R-10K": 5})
    pending, issued = shop.build(other, 2), shop.build(board, 1)
    issue_build(build=issued, **shop.by_ada)
    new = shop.part("R-10K-B")
    assert [line.assembly.number for line in replaced_lines(shop.part("R-10K"))] == ["BOARD", "OTHER"]

    done = replace_part(old=shop.part("R-10K"), new=new, reason="end of life", **shop.by_ada)

    assert done.data["assemblies"] == ["BOARD", "OTHER"]
    assert [(one[0], one[1], one[4]) for one in lines(board)] == [("R-10K-B", 3, []), ("C-1U", 1, [])]
    assert list(BuildLine.objects.filter(build=pending).values_list("part__number", flat=True)) == ["R-10K-B"]
    assert [(one.kind, one.part) for one in bom_difference(issued)] == [("changed", "R-10K-B")]


def test_only_where_it_was_meant(shop, board):
    other = shop.assembly("OTHER", {"R-10K": 5})
    replace_part(old=shop.part("R-10K"), new=shop.part("NEW"), assemblies=[other.pk], **shop.by_ada)
    assert [one[0] for one in lines(board)] == ["R-10K", "C-1U"]
    assert [one[0] for one in lines(other)] == ["NEW"]


def test_refuses_what_cannot_stand_there(shop, board):
    old = shop.part("R-10K")
    assert shop.refused(replace_part, old=old, new=old) == [("replaced_by_itself", ("new",))]
    unit = shop.part("WIRE", unit="m")
    assert shop.refused(replace_part, old=old, new=unit) == [("replaced_other_unit", ("new",))]
    assert shop.refused(replace_part, old=shop.part("UNUSED"), new=old) == [("replaced_nowhere", ("old",))]
    assert [code for code, _ in shop.refused(replace_part, old=old, new=board)] == ["bom_cycle"]
    Part.objects.filter(pk=board.pk).update(is_locked=True)
    assert [code for code, _ in shop.refused(replace_part, old=old, new=shop.part("NEW"))] == ["bom_locked"]
    assert [one[0] for one in lines(board)] == ["R-10K", "C-1U"]
