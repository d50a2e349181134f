"""BOM lines and substitutes: nothing goes into itself, what is tracked goes in whole."""

from decimal import Decimal

import pytest

from outwork.models import BomLine, BomSubstitute, Part
from outwork.operations.master_data import change, create
from outwork.rules.refusals import Refusal


def test_it_works(shop, make, amend, drop):
    board, resistor = shop.assembly("BOARD", {"C-100N": 3}), shop.part("R-10K")
    line = make(BomLine, assembly=board, part=resistor, quantity="4", designators="R1 R2 R3 R4", attrition="2.5")
    assert (line.position, line.quantity, line.attrition) == (2, 4, Decimal("2.5"))
    substitute = make(BomSubstitute, bom_line=line, part=shop.part("R-10K-1%"))
    assert amend(substitute, rank=2).rank == 2
    assert amend(line, rounding=10).rounding == 10
    drop(line)
    assert not BomSubstitute.objects.exists()
    assert BomLine.objects.count() == 1


def test_refuses_a_part_that_goes_into_itself(shop, make, amend, refusing):
    shop.assembly("A", {"B": 1})
    shop.assembly("B", {"C": 1})
    shop.assembly("C", {"D": 1})
    a, d = shop.part("A"), shop.part("D")
    Part.objects.filter(pk=d.pk).update(is_assembly=True)
    reason = refusing(make, BomLine, assembly=d, part=a, quantity=1)
    assert (reason.code, reason.where, reason.params["path"]) == ("bom_cycle", (0, "part"), "D > A > B > C > D")
    assert refusing(make, BomLine, assembly=a, part=a, quantity=1).params["path"] == "A > A"
    assert refusing(amend, BomLine.objects.get(assembly__number="C"), part=a).params["path"] == "C > A > B > C"


def test_refuses_a_circle_made_by_two_lines_of_one_request(shop, refusing):
    a, b = shop.assembly("A"), shop.assembly("B")
    rows = [{"assembly": a, "part": b, "quantity": 1}, {"assembly": b, "part": a, "quantity": 1}]
    reason = refusing(lambda: create(model=BomLine, rows=rows, **shop.by_ada))
    assert (reason.code, reason.params["path"]) == ("bom_cycle", "A > B > A")


def test_a_line_that_goes_elsewhere_closes_no_circle(shop, amend):
    a, b = shop.assembly("A"), shop.assembly("B", {"A": 1})
    line = BomLine.objects.get()
    c = shop.part("C")
    amend(line, part=c)
    create(model=BomLine, rows=[{"assembly": a, "part": b, "quantity": 1}], **shop.by_ada)
    assert BomLine.objects.filter(assembly=a, part=b).exists()


def test_refuses_a_circle_by_inheritance(shop, make, refusing):
    template = shop.assembly("T", is_template=True)
    variant = shop.assembly("V", variant_of=template, family=template)
    shop.assembly("BOX", {"V": 1})
    box = shop.part("BOX")
    reason = refusing(make, BomLine, assembly=template, part=box, quantity=1, is_inherited=True)
    assert (reason.code, reason.params["path"]) == ("bom_cycle", "BOX > V > BOX")
    assert refusing(make, BomLine, assembly=variant, part=template, quantity=1).code == "bom_of_its_template"
    assert not make(BomLine, assembly=template, part=box, quantity=1).is_inherited


def test_refuses_what_is_no_assembly_no_component_or_locked(shop, make, amend, drop, refusing):
    case, tool = shop.part("CASE"), shop.part("TOOL", is_component=False)
    board = shop.assembly("BOARD", {"R-10K": 1})
    assert refusing(make, BomLine, assembly=case, part=board, quantity=1).code == "bom_of_no_assembly"
    assert refusing(make, BomLine, assembly=board, part=tool, quantity=1).code == "part_not_component"
    line = BomLine.objects.get()
    assert refusing(make, BomSubstitute, bom_line=line, part=tool).code == "part_not_component"
    substitute = make(BomSubstitute, bom_line=line, part=case)
    Part.objects.filter(pk=board.pk).update(is_locked=True)
    for done, arguments, values in (
        (make, (BomLine,), {"assembly": board, "part": case, "quantity": 1}),
        (make, (BomSubstitute,), {"bom_line": line, "part": shop.part("R-1K")}),
        (amend, (line,), {"quantity": 2}),
        (amend, (substitute,), {"rank": 2}),
        (drop, (line,), {}),
        (drop, (substitute,), {}),
    ):
        assert refusing(done, *arguments, **values).code == "bom_locked"


def test_refuses_a_fraction_of_what_is_tracked(shop, make, amend, refusing):
    board, module = shop.assembly("BOARD"), shop.part("MODULE", is_trackable=True)
    reason = refusing(make, BomLine, assembly=board, part=module, quantity="1.5")
    assert (reason.code, reason.where) == ("quantity_not_whole", (0, "quantity"))
    line = make(BomLine, assembly=board, part=module, quantity="2.0")
    assert refusing(amend, line, quantity="0.5").code == "quantity_not_whole"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("attrition", "100.1", "attrition_too_large"),
        ("attrition", "-1", "quantity_negative"),
        ("setup", "-1", "quantity_negative"),
        ("rounding", "0", "quantity_not_positive"),
        ("quantity", "1e12", "quantity_too_large"),
        ("note", "x" * 501, "text_too_long"),
    ],
)
def test_refuses_numbers_that_make_no_sense(shop, make, refusing, name, value, code):
    values = {"assembly": shop.assembly("BOARD"), "part": shop.part("R-10K"), "quantity": 1, name: value}
    assert refusing(make, BomLine, **values).code == code


def test_refuses_a_substitute_that_is_the_part_or_holds_the_assembly(shop, make, amend, refusing):
    shop.assembly("BOX", {"BOARD": 1})
    board = shop.assembly("BOARD", {"R-10K": 1})
    line = BomLine.objects.get(assembly=board)
    assert refusing(make, BomSubstitute, bom_line=line, part=shop.part("R-10K")).code == "substitute_of_itself"
    assert refusing(make, BomSubstitute, bom_line=line, part=shop.part("BOX")).code == "bom_cycle"
    other = shop.part("R-1K")
    make(BomSubstitute, bom_line=line, part=other)
    assert refusing(make, BomSubstitute, bom_line=line, part=other).code == "exists_already"
    assert refusing(amend, line, assembly=shop.part("BOX")).code == "field_fixed"


def test_refuses_an_unknown_part_and_an_unknown_assembly(shop):
    with pytest.raises(Refusal) as refusal:
        create(model=BomLine, rows=[{"assembly": 998, "part": 999, "quantity": 1}], **shop.by_ada)
    assert [(one.code, one.where) for one in refusal.value.reasons] == [
        ("row_unknown", (0, "assembly")),
        ("row_unknown", (0, "part")),
    ]


def test_many_lines_are_numbered_in_the_order_of_the_request(shop):
    board = shop.assembly("BOARD")
    parts = shop.parts(f"P-{number}" for number in range(5))
    done = create(
        model=BomLine, rows=[{"assembly": board, "part": part, "quantity": 1} for part in parts], **shop.by_ada
    )
    assert list(BomLine.objects.values_list("pk", "position")) == list(zip(done.ids, range(1, 6), strict=True))
    change(model=BomLine, rows=[{"id": pk, "quantity": 2} for pk in done.ids[:2]], **shop.by_ada)
    assert [line.quantity for line in BomLine.objects.all()] == [2, 2, 1, 1, 1]
