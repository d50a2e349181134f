"""The numbers of build lines and BOM lines: known answers, and a fixed number of statements."""

from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import (
    BomLine,
    BomSubstitute,
    Build,
    BuildLine,
    BuildLineSubstitute,
    Demand,
    Location,
    Part,
    StockItem,
)
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_build import create_build
from outwork.operations.order_states import place_order
from outwork.queries.builds import fitting_parts, lines_of
from outwork.queries.fitting import onto_build_lines
from outwork.queries.line_numbers import bom_numbers, build_line_numbers, can_build_of
from outwork.queries.part_numbers import Where
from tests.purchases import come, order_of


def at(here: int = 0, there: int = 0, elsewhere: int = 0) -> Where:
    return Where(Decimal(here), Decimal(there), Decimal(elsewhere))


@pytest.fixture
def radio(shop):
    return shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7})


def of(build, part):
    [found] = [one for one in build_line_numbers([build.pk]) if one.part == part]
    return found


def test_it_works(shop, radio):
    build, other = shop.external(radio, 10), shop.build(radio, 5)
    shop.manufacturer("Beta Boards")
    shop.given("""
        R-10K    batch A   Main shelf       25
        R-10K    batch B   Acme Assembly    10
        R-10K    batch C   Beta Boards       7
        R-10K    batch D   Main shelf        8   for BO-0002
    """)
    found = of(build, "R-10K")
    assert (found.open, found.allocated, found.short) == (40, 0, 40)
    assert (found.on_hand, found.available, found.can_build) == (at(33, 10, 7), at(25, 10, 7), 8)
    found = of(other, "R-10K")
    assert (found.open, found.allocated, found.short) == (20, 8, 12)
    assert (found.on_hand, found.available, found.can_build) == (at(33, 0, 17), at(25, 0, 17), 8)
    assert of(build, "C-100N").can_build == 0
    shop.recount()


def test_what_is_on_order_for_a_line_is_told_from_what_is_on_order(shop, radio):
    build, other = shop.build(radio, 10), shop.build(radio, 5)
    order, [line_id] = order_of(shop, ("R-10K", 100, "1.00", "0"), placed=False)
    for one, quantity in ((other, 20), (build, 40)):
        Demand.objects.create(
            line_id=line_id, build_line=one.lines.get(part__number="R-10K"), quantity=Decimal(quantity)
        )
    found = of(build, "R-10K")
    assert (found.on_order, found.on_draft, found.on_order_for_it, found.on_draft_for_it) == (0, 100, 0, 40)
    place_order(order=order, **shop.by_ada)
    found = of(build, "R-10K")
    assert (found.on_order, found.on_draft, found.on_order_for_it, found.on_draft_for_it) == (100, 0, 40, 0)
    come(shop, order, (line_id, 35))
    assert (of(build, "R-10K").on_order_for_it, of(other, "R-10K").on_order_for_it) == (25, 0)
    assert of(build, "R-10K").on_order == 65


def test_variants_and_substitutes_have_columns_of_their_own(shop, radio):
    radio.bom_lines.filter(part__number="R-10K").update(allows_variants=True)
    shop.put(shop.part("R-10K-1%", variant_of=shop.part("R-10K")), 11)
    BomSubstitute.objects.create(bom_line=radio.bom_lines.get(part__number="R-10K"), part=shop.part("R-9K9"), rank=1)
    build = shop.build(radio, 10)
    shop.put("R-10K", 5)
    shop.put("R-9K9", 13)
    found = of(build, "R-10K")
    assert (found.available, found.available_variants, found.available_substitutes) == (at(5), 11, 13)
    assert found.can_build == 7
    line = BuildLine.objects.get(build=build, part__number="R-10K")
    assert sorted(onto_build_lines([line.pk])[line.pk].values()) == [0, 1, 2]
    [first, _] = bom_numbers(radio, 10)
    assert (first.required, first.available_variants, first.available_substitutes, first.can_build) == (40, 11, 13, 7)


def test_the_parts_that_fit_are_those_that_can_be_allocated(shop, radio):
    radio.bom_lines.filter(part__number="R-10K").update(allows_variants=True)
    for number in ("R-10K-1%", "R-10K-5%"):
        shop.part(number, variant_of=shop.part("R-10K"))
    BomSubstitute.objects.create(bom_line=radio.bom_lines.get(part__number="R-10K"), part=shop.part("R-9K9"), rank=1)
    BomSubstitute.objects.create(bom_line=radio.bom_lines.get(part__number="C-100N"), part=shop.part("C-90N"), rank=1)
    shop.part("R-9K9-1%", variant_of=shop.part("R-9K9"))
    shop.part("C-90N-X", variant_of=shop.part("C-90N"))
    lines = lines_of(shop.build(radio, 10).pk)
    found = onto_build_lines([line.pk for line in lines])
    assert found == fitting_parts(lines)
    assert sorted(map(len, found.values())) == [2, 5]


def test_only_where_the_build_takes_its_stock_from(shop, radio):
    rack = shop.location("Rack")
    Location.objects.create(name="Box", path="Rack/Box", parent=rack)
    build = shop.build(radio, 10, take_from=rack)
    shop.put("R-10K", 5)
    shop.put("R-10K", 7, "Box")
    found = of(build, "R-10K")
    assert (found.on_hand, found.available) == (at(12), at(7))


def test_can_build_counts_attrition_setup_and_rounding(shop):
    """A11: (available - set-up) over what one unit takes; the least over the lines that count."""
    radio = shop.assembly("RADIO", {"R-10K": 4, "SOLDER": 1, "C-100N": 1, "SPARE": 9})
    lines = {line.part.number: line for line in BomLine.objects.select_related("part")}
    BomLine.objects.filter(pk=lines["R-10K"].pk).update(attrition=Decimal(25), setup=Decimal(8))
    BomLine.objects.filter(pk=lines["C-100N"].pk).update(rounding=Decimal(10))
    BomLine.objects.filter(pk=lines["SOLDER"].pk).update(is_consumable=True)
    BomLine.objects.filter(pk=lines["SPARE"].pk).update(is_optional=True)
    shop.put("R-10K", 50)
    shop.put("C-100N", 19)
    assert can_build_of([radio.pk]) == {radio.pk: 8}
    assert [one.required for one in bom_numbers(radio, 8)] == [48, 8, 10, 72]
    shop.put("C-100N", 100)
    shop.put("R-10K", Decimal("2.5"))
    assert can_build_of([radio.pk]) == {radio.pk: 8}
    shop.put("R-10K", Decimal("0.5"))
    assert can_build_of([radio.pk]) == {radio.pk: 9}
    assert can_build_of([shop.part("R-10K").pk]) == {shop.part("R-10K").pk: None}


def test_what_two_lines_could_take_is_built_into_one_of_them(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    lines = [radio.bom_lines.get(), BomLine.objects.create(assembly=radio, part=shop.part("R-10K"), position=2)]
    BomLine.objects.filter(pk=lines[1].pk).update(quantity=Decimal(4), designators="R9")
    shop.put("R-10K", 8)
    assert can_build_of([radio.pk]) == {radio.pk: 1}
    for line in lines:
        BomSubstitute.objects.create(bom_line=line, part=shop.part("R-9K9"), rank=1)
    shop.put("R-9K9", 9)
    assert can_build_of([radio.pk]) == {radio.pk: 2}


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    top = shop.part("TOP", is_assembly=True)
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity", "allows_variants"),
        [(top.pk, part.pk, place, Decimal(2), True) for place, part in enumerate(parts, 1)],
    )
    shelf = shop.location("Main shelf")
    add_stock(rows=[NewStock(part.pk, 100, location=shelf.pk) for part in parts], **shop.by_bo)
    done = create_build(part=top, quantity=10, **shop.by_ada)
    build = Build.objects.get(pk=done.ids[0])
    BuildLineSubstitute.objects.create(build_line=build.lines.all()[0], part=shop.part("OTHER"))
    auto_allocate(build=build, **shop.by_bo)
    with statements() as seen:
        found = build_line_numbers(done.ids)
    assert seen == 8
    assert {(one.allocated, one.available.here, one.can_build) for one in found} == {(20, 80, 50)}
    with statements() as seen:
        assert {(one.required, one.can_build) for one in bom_numbers(top, 10)} == {(20, 40)}
    assert seen == 5
    with statements() as seen:
        assert can_build_of([top.pk]) == {top.pk: 40}
    assert seen == 4
    assert StockItem.objects.count() == count
