"""A BOM changes under way: units that came keep theirs, the rest is built to the new one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import BomLine, Build, BuildOutput, Event, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import issue_build
from outwork.operations.changing_build import change_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.receiving import receive
from outwork.operations.supplying import Choice, state_supply, supply_at
from outwork.operations.taking_over_bom import take_over_bom
from outwork.queries.bom_difference import bom_difference
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.supply import Supply


@pytest.fixture
def build(shop) -> Build:
    """10 boards of 3 resistors and 1 capacitor, all allocated at the manufacturer, 4 received and accepted."""
    board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})
    build = shop.external(board, 10, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    shop.put("R-10K", 30, "Acme Assembly")
    shop.put("C-1U", 10, "Acme Assembly")
    auto_allocate(build=build, **shop.by_bo)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(one) for one in done.data["outputs"]], **shop.by_bo)
    return Build.objects.get(pk=build.pk)


def lines(build: Build) -> list[tuple[str, Decimal, Decimal, int, int | None]]:
    found = build.lines.select_related("part").order_by("pk")
    return [(one.part.number, one.quantity, one.consumed, one.since_revision, one.until_revision) for one in found]


def test_it_works(shop, build):
    BomLine.objects.filter(part__number="R-10K").update(quantity=Decimal(2))
    assert [(one.kind, one.part) for one in bom_difference(build)] == [("changed", "R-10K")]

    take_over_bom(build=build, **shop.by_ada)

    assert lines(build) == [
        ("R-10K", Decimal(12), Decimal(12), 1, 1),
        ("C-1U", Decimal(10), Decimal(4), 1, None),
        ("R-10K", Decimal(12), Decimal(0), 2, None),
    ]
    assert bom_difference(Build.objects.get(pk=build.pk)) == []
    line = build.purchase_lines.get()
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 6)], **shop.by_bo)
    done = accept_outputs(build=build, decisions=[Decision(one) for one in done.data["outputs"]], **shop.by_bo)
    assert done.said == []
    assert lines(build)[2] == ("R-10K", Decimal(12), Decimal(12), 2, None)
    assert list(BuildOutput.objects.order_by("pk").values_list("quantity", "revision")) == [(4, 1), (6, 2)]
    shop.recount()


def test_a_new_part_has_nothing_allocated_and_the_old_one_is_freed(shop, build):
    BomLine.objects.filter(part__number="C-1U").delete()
    BomLine.objects.create(assembly=build.part, part=shop.part("C-2U2"), quantity=Decimal(1), position=9)
    reel = StockItem.objects.get(part__number="C-1U", quantity__gt=0, allocated__gt=0)
    done = take_over_bom(build=build, **shop.by_ada)
    old = build.lines.get(part__number="C-1U")
    freed = {"part": "C-1U", "item": str(reel.pk), "quantity": "6.00000", "line": old.pk, "output": None}
    assert done.data["freed"] == [freed]
    assert lines(build)[1:] == [("C-1U", Decimal(4), Decimal(4), 1, 1), ("C-2U2", Decimal(6), Decimal(0), 2, None)]
    shop.recount()


def test_the_new_line_is_supplied_as_the_old_one_at_each_manufacturer(shop, build):
    line, maker = build.lines.get(part__number="R-10K"), shop.manufacturer("Best Boards")
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY, maker.pk)], **shop.by_ada)
    BomLine.objects.filter(part__number="R-10K").update(quantity=Decimal(2))
    build.refresh_from_db()
    done = take_over_bom(build=build, **shop.by_ada)
    new = build.lines.get(pk=done.ids[0])
    assert supply_at([new], maker.pk) == {new.pk: "they buy"}
    assert supply_at([line], maker.pk) == {line.pk: "they buy"}


def test_another_quantity_is_for_the_units_that_come_to_the_new_bom(shop, build):
    BomLine.objects.filter(part__number="R-10K").update(quantity=Decimal(5))
    take_over_bom(build=build, **shop.by_ada)
    assert lines(build)[2] == ("R-10K", Decimal(30), Decimal(0), 2, None)
    change_build(build=build, changes={"quantity": 12}, **shop.by_ada)
    assert [(part, need) for part, need, *_ in lines(build)] == [
        ("R-10K", Decimal(12)),
        ("C-1U", Decimal(12)),
        ("R-10K", Decimal(40)),
    ]
    shop.recount()


def test_a_line_made_anew_for_the_same_part_is_no_change(shop, build):
    BomLine.objects.filter(part__number="C-1U").delete()
    BomLine.objects.create(assembly=build.part, part=shop.part("C-1U"), quantity=Decimal(1), position=2)
    assert bom_difference(build) == []


def test_refuses_what_did_not_change(shop, build):
    events = Event.objects.count()
    with pytest.raises(Refusal) as refusal:
        take_over_bom(build=build, **shop.by_ada)
    assert refusal.value.code == "nothing_to_take_over"
    assert Event.objects.count() == events


def test_refuses_a_build_that_still_follows(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 5)
    with pytest.raises(Refusal) as refusal:
        take_over_bom(build=build, **shop.by_ada)
    assert refusal.value.code == "build_not_frozen"


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_one_and_for_many(shop, statements, count):
    build = shop.external(shop.assembly("BOARD", {f"R-{number}": 1 for number in range(count)}), 10)
    issue_build(build=build, **shop.by_ada)
    choices = [Choice(line.pk, Supply.THEY_BUY, build.manufacturer_id) for line in build.lines.all()]
    state_supply(build=build, choices=choices, **shop.by_ada)
    BomLine.objects.update(quantity=Decimal(2))
    with statements() as seen:
        take_over_bom(build=build, **shop.by_ada)
    assert seen == 18
