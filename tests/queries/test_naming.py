"""Which row is meant by what people type."""

import pytest

from outwork.models import Category, ManufacturerPart, Part
from outwork.queries import naming
from outwork.rules.refusals import Refusal


def refused(call, *args):
    with pytest.raises(Refusal) as refusal:
        call(*args)
    return [(reason.code, reason.text()) for reason in refusal.value.reasons]


def test_it_works(shop):
    radio = shop.assembly("RADIO", {"R-10K": 1})
    build = shop.external(radio, 1)
    line = shop.ordered(build)
    assert naming.build_named("bo-0001") == build
    assert naming.order_named(" PO-0001 ") == line.order
    assert naming.part_named("RADIO") == radio
    assert naming.company_named("ACME assembly") == build.manufacturer
    assert naming.location_named("acme assembly").company == build.manufacturer
    assert naming.supplier_part_named("ACME-RADIO", line.order.supplier_id) == line.supplier_part


def test_a_part_is_named_by_number_number_and_revision_or_name(shop):
    first = shop.part("PCB-1", revision="A", number_key="PCB-1/A")
    assert naming.part_named("PCB-1") == first
    second = Part.objects.create(number="PCB-1", name="Board", revision="B", number_key="PCB-1/B")
    assert naming.part_named("PCB-1/B") == naming.part_named("Board") == second
    assert refused(naming.part_named, "PCB-1") == [
        ("name_ambiguous", "PCB-1 may be PCB-1/A, PCB-1/B: say which"),
    ]
    assert refused(naming.part_named, "PCB-2") == [("part_unknown", "There is no part PCB-2")]


def test_a_location_is_named_by_its_path_where_names_repeat(shop):
    hall, shed = shop.location("Hall"), shop.location("Shed")
    bins = [
        hall.children.create(name="Bin 1", path="Hall/Bin 1"),
        shed.children.create(name="Bin 1", path="Shed/Bin 1"),
    ]
    assert naming.location_named("shed/bin 1") == bins[1]
    assert refused(naming.location_named, "Bin 1") == [
        ("name_ambiguous", "Bin 1 may be Hall/Bin 1, Shed/Bin 1: say which")
    ]


def test_a_line_is_named_by_part_or_position(shop):
    build = shop.build(shop.assembly("RADIO", {"R-10K": 1, "2": 1, "CASE": 1}), 1)
    lines = list(build.lines.select_related("part").order_by("position"))
    named = [naming.build_line_named(name, lines, build).position for name in ("R-10K", "1", "3", "2")]
    assert named == [1, 1, 3, 2]
    assert refused(naming.build_line_named, "4", lines, build) == [
        ("line_name_unknown", "BO-0001 has no line for 4; it has 1: R-10K, 2: 2, 3: CASE")
    ]


def test_a_part_on_two_lines_is_named_by_position(shop):
    order = shop.ordered(shop.external(shop.assembly("RADIO"), 4), 2, placed=False).order
    shop.ordered(shop.build(shop.part("RADIO"), 4, is_external=True, manufacturer=order.supplier), 2, order=order)
    lines = naming.lines_to_name(order)
    assert naming.order_line_named("2", lines, order).position == 2
    assert refused(naming.order_line_named, "RADIO", lines, order) == [
        ("line_name_ambiguous", "RADIO is on lines 1, 2 of PO-0001: name the line by its number")
    ]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_lines_of_an_order_are_read_at_once(shop, statements, count):
    order = shop.ordered(shop.external(shop.assembly("RADIO"), 4), 2).order
    with statements() as spent:
        lines = naming.lines_to_name(order)
        for _ in range(count):
            naming.order_line_named("RADIO", lines, order)
    assert spent == 1


def test_a_category_is_named_by_its_name_or_below_its_parent(shop):
    first, second = (Category.objects.create(name=name) for name in ("Passives", "Old/Old"))
    below = [parent.children.create(name="Resistors") for parent in (first, second)]
    assert naming.category_named("passives") == first
    assert naming.category_named("Passives/resistors") == below[0]
    assert naming.category_named("Old/Old/Resistors") == below[1]
    assert naming.category_named("Old/Old") == second
    assert refused(naming.category_named, "Resistors") == [
        ("name_ambiguous", "Resistors may be Passives/Resistors, Old/Old/Resistors: say which")
    ]
    assert refused(naming.category_named, "Diodes") == [("category_name_unknown", "There is no category Diodes")]


def test_what_is_sold_and_made_is_named_by_its_number_or_whose_it_is(shop):
    part, other = shop.part("R-10K"), shop.part("R-1K")
    acme, volt = shop.company("Acme"), shop.company("Volt")
    first, second = (shop.sells(company, part, sku="A/1") for company in (acme, volt))
    third = shop.sells(volt, other, sku="B-1")
    lower = shop.sells(volt, other, sku="b-1")
    assert naming.sold_part_named("acme/A/1") == first
    assert naming.sold_part_named("Volt/A/1") == second
    assert (naming.sold_part_named("B-1"), naming.sold_part_named("b-1")) == (third, lower)
    assert refused(naming.sold_part_named, "A/1") == [
        (
            "name_ambiguous",
            f"A/1 may be Acme/A/1 for R-10K (id={first.pk}), Volt/A/1 for R-10K (id={second.pk}): say which",
        )
    ]
    assert refused(naming.sold_part_named, "Acme/B-1") == [
        ("supplier_part_unknown", "There is no supplier part Acme/B-1")
    ]
    made = [ManufacturerPart.objects.create(part=one, manufacturer=acme, mpn="M-1") for one in (part, other)]
    assert refused(naming.manufacturer_part_named, "Acme/M-1") == [
        (
            "name_ambiguous",
            f"Acme/M-1 may be Acme/M-1 for R-10K (id={made[0].pk}), Acme/M-1 for R-1K (id={made[1].pk}): say which",
        )
    ]
    assert refused(naming.manufacturer_part_named, "M-2") == [
        ("manufacturer_part_unknown", "There is no manufacturer part M-2")
    ]
