"""Variants: one template with what all have in common, and a line that any variant of a part may fill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import BomLine, Build
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.ordering_build import order_build
from outwork.queries.trace import trace_down
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus


@pytest.fixture
def red(shop):
    """A red lamp: a variant of LAMP with its bulb and its cord in any colour, and red paint of its own."""
    lamp = shop.assembly("LAMP", {"BULB": 1, "CORD": 2}, is_template=True)
    BomLine.objects.filter(assembly=lamp).update(is_inherited=True)
    cord = shop.part("CORD")
    cord.is_template = True
    cord.save()
    BomLine.objects.filter(part=cord).update(allows_variants=True)
    for colour in ("BLACK", "WHITE"):
        shop.part(f"CORD-{colour}", variant_of=cord)
    return shop.assembly("LAMP-RED", {"PAINT": 1}, variant_of=lamp, is_trackable=True)


def test_a_variant_is_built_outside_of_inherited_lines_and_of_variants(shop, red):
    build = shop.external(red, 5, destination=shop.location("Main shelf"))
    shop.put("BULB", 5, "Acme Assembly", value="5.00")
    shop.put("PAINT", 5, "Acme Assembly", value="1.00")
    shop.put("CORD-BLACK", 6, "Acme Assembly", value="6.00", batch="B")
    shop.put("CORD-WHITE", 4, "Acme Assembly", value="8.00", batch="W")
    line = shop.ordered(build)
    assert sorted(build.lines.values_list("part__number", "quantity")) == [("BULB", 5), ("CORD", 10), ("PAINT", 5)]
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)

    made = shop.received(line, serials="1-5")
    done = accept_outputs(build=build, decisions=[Decision(one.pk) for one in made], **shop.by_bo)
    assert done.said == []
    finish_build(build=build, **shop.by_ada)
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    # Each bears 10.00, and a fifth of all that went in: 5.00 + 1.00 + 6.00 + 8.00.
    assert {shop.item_of(one).value for one in made} == {Decimal("14.00")}
    (cords,) = (one for one in trace_down(shop.item_of(made[0])).lines if one.part == "CORD")
    assert {found.lot.part for found in cords.lots} == {"CORD-BLACK", "CORD-WHITE"}
    shop.recount()


def test_another_variant_does_not_deliver_it(shop, red):
    build = shop.external(red, 5)
    blue = shop.assembly("LAMP-BLUE", variant_of=shop.part("LAMP"))
    shop.sells(shop.manufacturer(), blue)
    # The line of an order delivers exactly the build's part; a build of one variant is not ordered as another.
    order_build(build=build, manufacturer=build.manufacturer, **shop.by_ada)
    line = build.purchase_lines.get()
    assert line.part == red
    given = [NewLine(blue.supplier_parts.get().pk, 5, build_id=build.pk)]
    with pytest.raises(Refusal) as refusal:
        add_lines(order=line.order, lines=given, **shop.by_ada)
    assert refusal.value.codes == ["build_of_another_part"]
