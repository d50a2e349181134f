"""A substitute half and half: the buyer gets only half of the capacitors, the other half is another maker's."""

from __future__ import annotations

from decimal import Decimal

from outwork.models import BomLine, BomSubstitute, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.sharing_lines import Share, share_lines
from outwork.queries.trace import trace_down
from outwork.rules.places import PlaceKind


def test_both_are_used_in_the_proportion_told_from_the_first_delivery_on(shop):
    board = shop.assembly("BOARD", {"C-1U": 4}, is_trackable=True)
    other = shop.part("C-1U-B")
    BomSubstitute.objects.create(bom_line=BomLine.objects.get(), part=other, rank=1, approved_by="Ada")
    build = shop.external(board, 10, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    one = shop.put("C-1U", 20, "Acme Assembly", value="2.00", batch="A")
    two = shop.put("C-1U-B", 20, "Acme Assembly", value="4.00", batch="B")
    caps = build.lines.get()
    allocate(build=build, takes=[Take(caps.pk, item.pk, 20) for item in (one, two)], **shop.by_bo)
    share_lines(build=build, shares=[Share(caps.pk, {one.part_id: 50, other.pk: 50})], **shop.by_ada)

    def used() -> list[tuple[str, Decimal]]:
        found = StockItem.objects.filter(place=PlaceKind.USED).order_by("part__number", "pk")
        sums: dict[str, Decimal] = {}
        for number, quantity in found.values_list("part__number", "quantity"):
            sums[number] = sums.get(number, Decimal(0)) + quantity
        return sorted(sums.items())

    first = shop.received(line, 3, serials="1-3", **shop.by(shop.bo, days=10))
    said = accept_outputs(
        build=build, decisions=[Decision(unit.pk) for unit in first], **shop.by(shop.bo, days=10)
    ).said
    assert said == []
    assert used() == [("C-1U", 6), ("C-1U-B", 6)]
    rest = shop.received(line, 7, serials="4-10", **shop.by(shop.bo, days=20))
    accept_outputs(build=build, decisions=[Decision(unit.pk) for unit in rest], **shop.by(shop.bo, days=20))
    finish_build(build=build, **shop.by(shop.ada, days=21))
    assert used() == [("C-1U", 20), ("C-1U-B", 20)]
    # Each board bears 10.00, two capacitors at 0.10 and two at 0.20.
    assert {shop.item_of(unit).value for unit in (*first, *rest)} == {Decimal("10.60")}
    (traced,) = trace_down(shop.item_of(first[0])).lines
    assert {found.lot.batch for found in traced.lots} == {"A", "B"}
    shop.recount()
