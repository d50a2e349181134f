"""Substitutes half and half: consumed in the proportion told, as far as each is there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from outwork.models import BomSubstitute, Build, BuildLine, Part, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.operations.sharing_lines import Share, share_lines
from outwork.rules.places import PlaceKind
from outwork.rules.supply import ConsumeWhen
from tests.shop import Shop


@pytest.fixture
def build(shop: Shop) -> Build:
    """A hundred boards of one resistor each; its substitute may stand in."""
    board = shop.assembly("BOARD", {"R-10K": 1})
    BomSubstitute.objects.create(bom_line=board.bom_lines.get(), part=shop.part("R-9K9"))
    return shop.build(board, 100, consume=ConsumeWhen.ACCEPTANCE)


def sixty_forty(build: Build) -> list[Share]:
    original, substitute = (Part.objects.get(number=number).pk for number in ("R-10K", "R-9K9"))
    return [Share(build.lines.get().pk, {original: 60, substitute: "40"})]


def give(shop: Shop, build: Build, part: str, quantity: int) -> None:
    take = Take(build.lines.get().pk, shop.put(part, quantity, value=str(quantity)).pk, quantity)
    allocate(build=build, takes=[take], **shop.by_bo)


def accept(shop: Shop, build: Build, units: int) -> list[dict[str, Any]]:
    made = make_outputs(build=build, units=units, **shop.by_bo)
    return accept_outputs(build=build, decisions=[Decision(made.ids[0])], **shop.by_bo).said


def used() -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for item in StockItem.objects.filter(place=PlaceKind.USED).select_related("part"):
        sums[item.part.number] = sums.get(item.part.number, Decimal(0)) + item.quantity
    return sums


def test_it_works(shop: Shop, build: Build) -> None:
    give(shop, build, "R-10K", 60)
    give(shop, build, "R-9K9", 40)
    done = share_lines(build=build, shares=sixty_forty(build), **shop.by_ada)
    assert done.ids == [build.lines.get().pk]
    assert accept(shop, build, 10) == []
    assert used() == {"R-10K": 6, "R-9K9": 4}
    accept(shop, build, 1)
    accept(shop, build, 89)
    assert used() == {"R-10K": 60, "R-9K9": 40}
    assert build.lines.get().consumed == 100
    shop.recount()


def test_without_shares_it_is_the_order_of_allocation(shop: Shop, build: Build) -> None:
    give(shop, build, "R-10K", 60)
    give(shop, build, "R-9K9", 40)
    accept(shop, build, 10)
    assert used() == {"R-10K": 10}
    share_lines(build=build, shares=sixty_forty(build), **shop.by_ada)
    accept(shop, build, 10)
    assert used() == {"R-10K": 12, "R-9K9": 8}
    share_lines(build=build, shares=[Share(build.lines.get().pk, {})], **shop.by_ada)
    assert BuildLine.objects.get().shares is None
    accept(shop, build, 8)
    assert used() == {"R-10K": 20, "R-9K9": 8}
    shop.recount()


def test_what_is_not_there_is_made_up_for_by_the_other(shop: Shop, build: Build) -> None:
    share_lines(build=build, shares=sixty_forty(build), **shop.by_ada)
    give(shop, build, "R-10K", 9)
    give(shop, build, "R-9K9", 2)
    said = accept(shop, build, 12)
    assert used() == {"R-10K": 9, "R-9K9": 2}
    assert [one["quantity"] for one in said] == ["1"]
    shop.recount()


def test_refuses_shares_that_make_no_sense(shop: Shop, build: Build) -> None:
    line = build.lines.get()
    shares = [Share(line.pk, {shop.part("C-100N").pk: 1}), Share(47110815, {}), Share(line.pk, {line.part_id: 0})]
    assert shop.refused(share_lines, build=build, shares=shares) == [
        ("share_of_wrong_part", (0, "part")),
        ("line_unknown", (1, "line")),
        ("line_named_twice", (2, "line")),
        ("quantity_not_positive", (2, "share")),
    ]
    assert shop.refused(share_lines, build=build, shares=[]) == [("no_lines_named", ())]
    BuildLine.objects.update(is_tracked=True)
    assert shop.refused(share_lines, build=build, shares=sixty_forty(build)) == [("share_of_tracked_line", (0, "line"))]


def test_refuses_builds_that_are_over_or_were_changed(shop: Shop, build: Build) -> None:
    shares = sixty_forty(build)
    assert shop.refused(share_lines, build=build, shares=shares, expected_version=9) == [("version_changed", ())]
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(share_lines, build=build, shares=shares) == [("wrong_state", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop: Shop, statements: Any, count: int) -> None:
    build = shop.build(shop.assembly("BOARD", {f"R-{number}": 1 for number in range(count)}), 1)
    shares = [Share(line.pk, {line.part_id: 1}) for line in build.lines.all()]
    with statements() as seen:
        share_lines(build=build, shares=shares, **shop.by_ada)
    assert seen == 8
