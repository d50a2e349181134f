"""Parts and categories: numbers, families, flags that something relies on."""

import pytest

from outwork.models import BomLine, Build, Category, Location, Part, StockItem
from outwork.operations.creating_build import create_build
from outwork.operations.master_data import change, create
from outwork.rules.places import PlaceKind


def test_it_works(shop, make, amend):
    shelf = make(Location, name="Main shelf")
    resistors = make(Category, name="Resistors", parent=make(Category, name="Passives"))
    part = make(Part, number="R-10K", revision="A", name="Resistor", category=resistors, default_location=shelf)
    assert (part.number_key, part.category.parent.name, part.family) == ("R-10K/A", "Passives", None)
    assert amend(part, number="").number_key is None


def test_variants_and_revisions_belong_to_one_family(make, amend):
    root = make(Part, name="Radio", is_template=True)
    blue = make(Part, name="Radio blue", variant_of=root, is_template=True)
    small = make(Part, name="Radio blue small", variant_of=blue)
    second = make(Part, name="Radio blue small", revision="B", revision_of=small, variant_of=blue)
    assert {one.family for one in (blue, small, second)} == {root}
    other = make(Part, name="Other", is_template=True)
    amend(blue, variant_of=other)
    assert set(Part.objects.filter(family=other)) == {blue, small, second}
    amend(blue, variant_of=None)
    assert set(Part.objects.filter(family=blue)) == {small, second}
    assert Part.objects.get(pk=blue.pk).family is None


def test_refuses_relations_that_cannot_be(make, amend, refusing):
    plain, template = make(Part, name="Plain"), make(Part, name="Template", is_template=True)
    below = make(Part, name="Below", variant_of=template, is_template=True)
    assert refusing(make, Part, name="New", variant_of=plain).code == "part_not_template"
    assert refusing(make, Part, name="New", revision_of=plain).code == "revision_missing"
    assert refusing(make, Part, name="New", revision="B", revision_of=template).code == "revision_of_template"
    leaf = make(Part, name="Leaf", variant_of=template)
    assert refusing(make, Part, name="Leaf", revision="B", revision_of=leaf).code == "revision_of_other_variant"
    make(Part, name="Plain", revision="B", revision_of=plain)
    again = refusing(make, Part, name="Plain again", revision="B", revision_of=plain)
    assert again.code == "exists_already"
    cycle = refusing(amend, template, variant_of=below)
    assert (cycle.code, cycle.params["path"]) == ("part_family_cycle", "Template > Below > Template")
    relied = refusing(amend, template, is_template=False)
    assert (relied.code, relied.params["count"], relied.params["reliers"]) == ("flag_relied_on", 2, "variants")


def test_refuses_to_move_serial_numbers_to_another_family(shop, make, amend, refusing):
    template = make(Part, name="Template", is_template=True)
    part = shop.part("BOARD", is_trackable=True)
    shop.put("BOARD", 1, serial="7")
    assert refusing(amend, part, variant_of=template).code == "part_has_serials"
    assert refusing(amend, part, is_trackable=False).params["reliers"] == "serial numbers"
    StockItem.objects.update(place=PlaceKind.GONE, location=None)
    assert amend(part, variant_of=template).family == template


def test_refuses_structural_places(make, amend, refusing):
    top = make(Category, name="All", is_structural=True)
    yard = make(Location, name="Yard", is_structural=True)
    assert refusing(make, Part, name="Case", category=top).code == "category_structural"
    assert refusing(make, Part, name="Case", default_location=yard).code == "default_location_structural"
    drawer = make(Category, name="Drawer")
    make(Part, name="Case", category=drawer)
    reason = refusing(amend, drawer, is_structural=True)
    assert (reason.params["count"], reason.params["reliers"]) == (1, "parts")


def test_refuses_a_circle_of_categories(make, amend, refusing):
    top = make(Category, name="A")
    middle = make(Category, name="B", parent=top)
    low = make(Category, name="C", parent=middle)
    reason = refusing(amend, top, parent=low)
    assert (reason.code, reason.params["path"]) == ("tree_cycle", "A < C < B < A")
    assert refusing(amend, top, parent=top).code == "tree_cycle"
    assert refusing(make, Category, name="A").code == "exists_already"
    assert make(Category, name="A", parent=top).parent == top


def test_refuses_to_take_a_flag_from_under_an_external_build(shop, amend, refusing):
    shop.switch_on()
    board = shop.assembly("BOARD", {"R-10K": 2})
    create_build(part=board, quantity=10, is_external=True, **shop.by_ada)
    reason = refusing(amend, board, is_purchaseable=False)
    assert (reason.code, reason.where) == ("flag_relied_on", (0, "is_purchaseable"))
    assert reason.params["reliers"] == "open external builds"
    resistor = shop.part("R-10K")
    assert refusing(amend, resistor, is_component=False).params == {
        "what": "R-10K",
        "flag": "is_component",
        "count": 1,
        "reliers": "BOM lines",
    }
    BomLine.objects.all().delete()
    assert refusing(amend, board, is_assembly=False).params["reliers"] == "open builds"
    Build.objects.update(status=40)
    assert amend(board, is_assembly=False, is_purchaseable=False).is_assembly is False


def test_refuses_to_track_what_boms_use_in_fractions(shop, amend, refusing):
    shop.assembly("BOARD", {"WIRE": "0.5", "R-10K": 2})
    wire = shop.part("WIRE")
    assert refusing(amend, wire, is_trackable=True).code == "part_used_in_fractions"
    assert amend(shop.part("R-10K"), is_trackable=True).is_trackable


def test_refuses_another_unit_for_what_was_counted(shop, amend, refusing):
    shop.put("WIRE", 100)
    reason = refusing(amend, shop.part("WIRE"), unit="mm")
    assert (reason.code, reason.params["items"]) == ("unit_relied_on", 1)


def test_refuses_to_remove_what_is_active_or_locked(shop, drop, amend, refusing):
    part = shop.part("R-10K")
    assert refusing(drop, part).code == "part_active"
    amend(part, is_active=False, is_locked=True)
    assert refusing(drop, part).code == "part_locked"
    amend(part, is_locked=False)
    drop(part)
    assert not Part.objects.exists()


def test_a_template_given_to_a_part_may_not_close_a_circle(shop, make, amend, refusing):
    """A variant inherits its template's line, and so it would go into itself."""
    template = make(Part, name="Template", is_template=True, is_assembly=True)
    board = make(Part, name="Board", is_assembly=True)
    create(
        model=BomLine,
        rows=[{"assembly": template, "part": board, "quantity": 1, "is_inherited": True}],
        **shop.by_ada,
    )
    reason = refusing(amend, board, variant_of=template)
    assert (reason.code, reason.params["path"]) == ("bom_cycle", "Board > Board")


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_family_moves_at_a_fixed_cost(shop, statements, count):
    template, other = shop.part("T", is_template=True), shop.part("U", is_template=True)
    middle = shop.part("M", is_template=True, variant_of=template, family=template)
    below = [shop.part(f"V-{number}", variant_of=middle, family=template) for number in range(count)]
    with statements() as seen:
        change(model=Part, rows=[{"id": middle.pk, "variant_of": other}], **shop.by_ada)
    assert len(seen) <= 12
    assert Part.objects.filter(family=other).count() == len(below) + 1
