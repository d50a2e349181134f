"""Ordering a part that is a prototype or obsolete is allowed, but said."""

import pytest

from outwork.models import PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.ordering_build import order_build
from outwork.rules.saying import sentence


@pytest.mark.parametrize("stage", ["prototype", "obsolete"])
def test_it_is_said_once_for_each_part(shop, stage):
    mouser = shop.company("Mouser")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=mouser, **shop.by_ada).ids[0])
    early = shop.sells(mouser, shop.part("R-10K", stage=stage))
    good = shop.sells(mouser, shop.part("R-12K"))
    lines = [NewLine(early.pk, 3, reference="a"), NewLine(good.pk, 3), NewLine(early.pk, 4, reference="b")]
    done = add_lines(order=order, lines=lines, **shop.by_ada)
    assert [one for one in done.said if one["code"] == "part_not_released"] == [
        {"code": "part_not_released", "part": "R-10K", "stage": stage}
    ]
    assert sentence(done.said[-1]) == f"R-10K is not released: it is {stage}"
    assert order.lines.exists()
    shop.recount()


def test_a_build_of_a_prototype_is_ordered_with_the_same_words(shop):
    build = shop.external(shop.assembly("RADIO", {"R-10K": 1}, stage="prototype"), 5)
    done = order_build(build=build, manufacturer=build.manufacturer, **shop.by_ada)
    assert {"code": "part_not_released", "part": "RADIO", "stage": "prototype"} in done.said
    shop.recount()
