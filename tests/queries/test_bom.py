"""What goes into a part and where a part is used: known answers, a fixed number of statements, and speed."""

from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import BomLine, BomSubstitute, Part
from outwork.queries import bom
from outwork.rules.bom import Include
from outwork.rules.refusals import Refusal


@pytest.fixture
def radio(shop):
    """A radio of two boards; a variant of the radio inherits one line."""
    board = shop.assembly("BOARD", {"R-10K": 4, "C-100N": 7})
    radio = shop.assembly("RADIO", {"BOARD": 2, "R-10K": 1, "CASE": 1}, is_template=True)
    BomLine.objects.filter(assembly=radio, part=board).update(is_inherited=True)
    shop.assembly("RADIO-B", {"CASE-B": 1}, variant_of=radio)
    return radio


def test_it_works(radio):
    needed = [(one.number, one.level, one.total, one.is_assembly) for one in bom.explosion(radio, 10)]
    assert sorted(needed) == [
        ("BOARD", 1, Decimal(20), True),
        ("C-100N", 2, Decimal(140), False),
        ("CASE", 1, Decimal(10), False),
        ("R-10K", 2, Decimal(90), False),
    ]


def test_a_variant_has_its_own_lines_and_those_it_inherits(radio):
    variant = Part.objects.get(number="RADIO-B")
    assert [(line.part.number, line.quantity) for line in bom.lines_of(variant)] == [("CASE-B", 1), ("BOARD", 2)]
    needed = {one.number: one.total for one in bom.explosion(variant, 3)}
    assert needed == {"CASE-B": 3, "BOARD": 6, "R-10K": 24, "C-100N": 42}


def test_where_used_goes_up_and_into_the_variants_that_inherit(shop, radio):
    used = [(one.number, one.level, one.quantity, one.is_top) for one in bom.where_used(shop.part("R-10K"))]
    assert sorted(used) == [("BOARD", 1, 4, False), ("RADIO", 1, 9, True), ("RADIO-B", 2, 8, True)]
    assert [one.number for one in bom.where_used(shop.part("CASE"))] == ["RADIO"]
    assert bom.where_used(radio) == []


def test_where_used_names_the_lines_that_know_it_as_a_substitute(shop, radio):
    other = shop.part("R-10K-1%")
    BomSubstitute.objects.create(
        bom_line=BomLine.objects.get(assembly__number="BOARD", part__number="R-10K"), part=other
    )
    assert [(one.number, one.level, one.quantity) for one in bom.where_used(other)] == [("BOARD", 0, 4)]


def test_the_structure_shows_shared_parts_at_each_of_their_places(radio):
    tree, names = bom.structure(radio)
    shown = [(row.level, names[int(row.edge.part)], row.quantity) for row in tree.rows]
    assert shown == [(1, "BOARD", 2), (2, "R-10K", 8), (2, "C-100N", 14), (1, "R-10K", 1), (1, "CASE", 1)]


def test_what_is_not_fitted_is_not_needed(shop, radio):
    BomLine.objects.filter(part__number="C-100N").update(is_fitted=False)
    assert "C-100N" not in {one.number for one in bom.explosion(radio, 1)}
    assert "C-100N" in {one.number for one in bom.explosion(radio, 1, include=Include(do_not_fit=True))}


def test_refuses_a_cycle_that_stands_in_the_database(shop, radio):
    BomLine.objects.create(assembly=shop.part("BOARD"), part=radio, quantity=Decimal(1))
    with pytest.raises(Refusal) as refused:
        bom.explosion(radio, 1)
    assert refused.value.codes == ["bom_cycle"]
    assert refused.value.reasons[0].params["path"] == "RADIO > BOARD > RADIO"


def big_bom(levels: int, width: int) -> Part:
    """A top with `levels` levels of `width` lines each; everything on a level goes into one part of the level above."""
    top = Part.objects.create(name="top", is_assembly=True)
    count = levels * width
    ids = rows.take_ids(Part, count)
    now = top.created_at
    rows.insert(
        Part,
        ("id", "name", "is_assembly", "created_at"),
        [(pk, f"part {number}", True, now) for number, pk in enumerate(ids)],
    )
    lines = []
    for number, pk in enumerate(ids):
        level, place = divmod(number, width)
        above = top.pk if level == 0 else ids[(level - 1) * width + place % max(1, width // 10)]
        lines.append((above, pk, place, Decimal(1 + place % 3)))
    rows.insert(BomLine, ("assembly_id", "part_id", "position", "quantity"), lines)
    return top


@pytest.mark.parametrize("width", [1, 10, 1000])
def test_everything_costs_a_fixed_number_of_statements(statements, width):
    top = big_bom(levels=2, width=width)
    leaf = Part.objects.order_by("-pk")[0]
    for read, expected in (
        (lambda: bom.explosion(top, 5), 2),
        (lambda: bom.structure(top), 2),
        (lambda: bom.lines_of(top), 1),
        (lambda: bom.where_used(leaf), 3),
    ):
        with statements() as seen:
            assert read()
        assert seen == expected


def test_five_levels_and_ten_thousand_lines_explode():
    top = big_bom(levels=5, width=2000)
    needed = bom.explosion(top, 7)
    assert len(needed) == 10_000
    assert max(one.level for one in needed) == 5
