"""A BOM is right as somebody said it was, until it says something else; snapshots keep what it was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from outwork.models import BomLine, BomSnapshot, Part
from outwork.operations.master_data.writing import change, create
from outwork.operations.validating_bom import (
    invalidate_bom,
    take_bom_snapshots,
    validate_bom,
    validate_bom_lines,
)
from outwork.queries.bom_comparison import compare_boms, snapshots_of
from outwork.queries.bom_validity import is_valid, valid_lines, validity


@pytest.fixture
def board(shop) -> Part:
    return shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})


def validated(shop, part: Part) -> Part:
    validate_bom(parts=[part], **shop.by_ada)
    return Part.objects.get(pk=part.pk)


def test_it_works(shop, board):
    assert not is_valid(board)
    board = validated(shop, board)
    found = validity([board.pk])[board.pk]
    assert (found.is_valid, found.validated_at, found.validated_by) == (True, shop.now, "ada")
    assert valid_lines(BomLine.objects.all()) == set(BomLine.objects.values_list("pk", flat=True))


def test_a_change_makes_it_invalid_and_undoing_it_valid_again(shop, board):
    board = validated(shop, board)
    line = BomLine.objects.get(part__number="R-10K")
    change(model=BomLine, rows=[{"id": line.pk, "quantity": 4}], **shop.by_ada)
    assert not is_valid(board)
    assert valid_lines(BomLine.objects.all()) == {BomLine.objects.get(part__number="C-1U").pk}
    change(model=BomLine, rows=[{"id": line.pk, "quantity": "3.0"}], **shop.by_ada)
    assert is_valid(board)


@pytest.mark.parametrize(
    "change_to", [{"designators": "R1 R2"}, {"is_optional": True}, {"attrition": 2}, {"rounding": 5}, {"setup": 1}]
)
def test_whatever_is_built_counts(shop, board, change_to):
    board = validated(shop, board)
    change(model=BomLine, rows=[{"id": BomLine.objects.order_by("pk")[0].pk, **change_to}], **shop.by_ada)
    assert not is_valid(board)


def test_names_notes_and_order_do_not_count(shop, board):
    board = validated(shop, board)
    Part.objects.update(description="another")
    change(model=Part, rows=[{"id": Part.objects.get(number="R-10K").pk, "name": "Resistor"}], **shop.by_ada)
    first, second = BomLine.objects.order_by("position")
    rows: list[dict[str, Any]] = [
        {"id": first.pk, "position": 9, "note": "near the edge"},
        {"id": second.pk, "position": 2},
    ]
    change(model=BomLine, rows=rows, **shop.by_ada)
    assert is_valid(board)


def test_an_inherited_line_counts_for_the_variant(shop):
    template = shop.assembly("LAMP", {"BULB": 1}, is_template=True)
    BomLine.objects.update(is_inherited=True)
    red = shop.assembly("LAMP-RED", {"PAINT": 1}, variant_of=template)
    red = validated(shop, red)
    assert is_valid(red)
    create(model=BomLine, rows=[{"assembly": template.pk, "part": shop.part("CORD").pk}], **shop.by_ada)
    assert is_valid(red)
    change(
        model=BomLine, rows=[{"id": BomLine.objects.get(part__number="CORD").pk, "is_inherited": True}], **shop.by_ada
    )
    assert not is_valid(red)


def test_it_can_be_taken_back(shop, board):
    board = validated(shop, board)
    invalidate_bom(parts=[board], **shop.by_ada)
    found = validity([board.pk])[board.pk]
    assert (found.is_valid, found.validated_at, found.validated_by) == (False, None, "")
    assert valid_lines(BomLine.objects.all()) == set()


def test_single_lines_are_validated(shop, board):
    line = BomLine.objects.get(part__number="R-10K")
    validate_bom_lines(lines=[line.pk], **shop.by_ada)
    assert valid_lines(BomLine.objects.all()) == {line.pk}
    validate_bom_lines(lines=[line.pk], is_valid=False, **shop.by_ada)
    assert valid_lines(BomLine.objects.all()) == set()


def test_refuses_what_has_no_bom(shop, board):
    parts = [shop.part("R-10K"), shop.part("EMPTY", is_assembly=True)]
    assert shop.refused(validate_bom, parts=[board, *parts]) == [
        ("bom_of_no_assembly", (1, "part")),
        ("bom_missing", (2, "part")),
    ]
    assert shop.refused(validate_bom, parts=[]) == [("parts_missing", ())]
    assert shop.refused(invalidate_bom, parts=[]) == [("parts_missing", ())]
    assert shop.refused(validate_bom_lines, lines=[47110815]) == [("bom_line_unknown", (0, "line"))]
    assert shop.refused(take_bom_snapshots, parts=[board], note="x" * 501) == [("text_too_long", ("note",))]
    assert not BomSnapshot.objects.exists()


def test_validating_takes_a_snapshot_of_what_is_new(shop, board):
    done = validate_bom(parts=[board], note="as released", **shop.by_ada)
    assert [one["number"] for one in done.data["snapshots"]] == [1]
    assert validate_bom(parts=[board], **shop.by_ada).data["snapshots"] == []
    change(model=BomLine, rows=[{"id": BomLine.objects.order_by("pk")[0].pk, "quantity": 5}], **shop.by_ada)
    done = validate_bom(parts=[board], **shop.by_ada)
    assert [one["number"] for one in done.data["snapshots"]] == [2]
    assert [(one.number, one.note) for one in snapshots_of(board)] == [(2, ""), (1, "as released")]


def test_a_snapshot_tells_what_changed_since(shop, board):
    done = take_bom_snapshots(parts=[board], **shop.by_ada)
    snapshot = BomSnapshot.objects.get(pk=done.ids[0])
    line = BomLine.objects.get(part__number="R-10K")
    change(model=BomLine, rows=[{"id": line.pk, "quantity": 4, "designators": "R2, R1"}], **shop.by_ada)
    BomLine.objects.filter(part__number="C-1U").delete()
    create(model=BomLine, rows=[{"assembly": board.pk, "part": shop.part("L-1MH").pk}], **shop.by_ada)

    found = compare_boms(snapshot, board)

    assert [(one.kind, found.names[one.part_id], one.changes) for one in found.differences] == [
        ("changed", "R-10K", {"quantity": (Decimal(3), Decimal(4)), "designators": ((), ("R1", "R2"))}),
        ("removed", "C-1U", {}),
        ("added", "L-1MH", {}),
    ]
    assert compare_boms(board, board).differences == []
    assert compare_boms(snapshot, snapshot).differences == []


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    board = shop.assembly("BOARD", {f"P-{n}": 1 for n in range(count)})
    with statements() as seen:
        validate_bom(parts=[board], **shop.by_ada)
    assert len(seen) - (connection.vendor == "postgresql") == 11, seen
    with statements() as seen:
        assert validity([board.pk])[board.pk].is_valid
    assert seen == 3
    with statements() as seen:
        take_bom_snapshots(parts=[board], **shop.by_ada)
    assert len(seen) - (connection.vendor == "postgresql") == 9, seen
    assert [len(one.lines) for one in BomSnapshot.objects.all()] == [count, count]
