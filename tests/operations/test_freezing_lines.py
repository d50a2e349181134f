"""What is ordered or built cannot follow the BOM any more: issuing, placing and receiving freeze a build's lines."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, Build, Event, StockItem, SupplierPart
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.build_states import hold_build, issue_build
from outwork.operations.order_states import place_order
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.states import BuildStatus
from outwork.rules.supply import Supply


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2}), 10)


def lines(build):
    return [(line.part.number, line.per_unit, line.quantity) for line in build.lines.select_related("part")]


def test_it_works(shop, build):
    shop.given("""
        R-10K    batch A   Main shelf   100
        C-100N   batch B   Main shelf   100
    """)
    for number, quantity in (("R-10K", 40), ("C-100N", 20)):
        shop.allocate(build.reference, StockItem.objects.get(part__number=number), quantity)
    kept = build.lines.get(part__number="R-10K")
    state_supply(build=build, choices=[Choice(kept.pk, Supply.WE_SEND)], **shop.by_ada)
    BomLine.objects.filter(part__number="R-10K").update(quantity=Decimal(5))
    BomLine.objects.filter(part__number="C-100N").delete()
    BomLine.objects.create(assembly=build.part, part=shop.part("U-MCU"), quantity=1, position=3)

    issue_build(build=build, **shop.by_ada)
    assert lines(build) == [("R-10K", 5, 50), ("U-MCU", 1, 10)]
    kept.refresh_from_db()
    assert (kept.quantity, kept.supply) == (50, Supply.WE_SEND)
    shop.expect(f"""
        R-10K    batch A   Main shelf    40   for {build.reference}
        R-10K    batch A   Main shelf    60
        C-100N   batch B   Main shelf   100
    """)
    shop.recount()


def test_a_line_that_asks_for_another_part_now_is_a_new_line(shop, build):
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 40)
    old = build.lines.get(part__number="R-10K")
    BomLine.objects.filter(part__number="R-10K").update(part=shop.part("R-22K"))
    issue_build(build=build, **shop.by_ada)
    assert lines(build) == [("R-22K", 4, 40), ("C-100N", 2, 20)]
    assert not build.lines.filter(pk=old.pk).exists()
    assert not Allocation.objects.exists()
    shop.recount()


def test_all_lines_that_are_gone_are_dropped(shop, build):
    """Two lines whose BOM line is gone have no BOM line at all: neither may stay."""
    BomLine.objects.all().delete()
    BomLine.objects.create(assembly=build.part, part=shop.part("U-MCU"), quantity=1)
    issue_build(build=build, **shop.by_ada)
    assert lines(build) == [("U-MCU", 1, 10)]


def test_placing_an_order_freezes_the_build(shop, build):
    line = shop.ordered(build, placed=False)
    BomLine.objects.filter(part__number="C-100N").delete()
    place_order(order=line.order, **shop.by_ada)
    BomLine.objects.all().delete()
    assert lines(build) == [("R-10K", 4, 40)]
    build.refresh_from_db()
    assert (build.status, build.issued_at) == (BuildStatus.PRODUCTION, shop.now)


def test_a_build_on_hold_is_frozen_too_when_it_is_ordered(shop, build):
    """Units would be built to other lines than the ones ordered, and used lines would vanish at the issue."""
    line = shop.ordered(build, placed=False)
    hold_build(build=build, **shop.by_ada)
    place_order(order=line.order, **shop.by_ada)
    BomLine.objects.all().delete()
    shop.received(line, 5, accept=True)
    assert Build.objects.get(pk=build.pk).status == BuildStatus.ON_HOLD
    issue_build(build=build, **shop.by_ada)
    assert lines(build) == [("R-10K", 4, 40), ("C-100N", 2, 20)]
    shop.recount()


@pytest.mark.parametrize("count", [1, 10])
def test_placing_costs_the_same_for_one_and_for_many_builds(shop, statements, count):
    """The builds of one order are issued together; what their BOM does not ask for any more is free."""
    builds = [shop.external(shop.assembly(f"BOARD-{number}", {"R-10K": 4}), 10) for number in range(count)]
    item = shop.put("R-10K", 1000)
    for build in builds:
        shop.allocate(build.reference, item, 40)
    on_hold = shop.external(shop.assembly("BOARD-X", {"R-10K": 4}), 10)
    hold_build(build=on_hold, **shop.by_ada)
    order = shop.ordered(on_hold, placed=False).order
    wanted = [NewLine(SupplierPart.objects.get(part=build.part).pk, 10, build_id=build.pk) for build in builds]
    add_lines(order=order, lines=wanted, **shop.by_ada)
    BomLine.objects.update(part=shop.part("R-22K"))
    order.refresh_from_db()
    with statements() as seen:
        done = place_order(order=order, **shop.by_ada)
    assert [one["code"] for one in done.said] == ["build_issued"] * count + ["build_on_hold"]
    for build in builds:
        version = build.version
        build.refresh_from_db()
        assert (build.status, lines(build)) == (BuildStatus.PRODUCTION, [("R-22K", 4, 40)])
        assert build.version > version
        assert build.issued_at is not None
        event = Event.objects.get(kind="build.issued", build=build)
        assert (event.actor, event.data) == (shop.ada, {"by": order.reference})
    on_hold.refresh_from_db()
    assert (on_hold.status, lines(on_hold)) == (BuildStatus.ON_HOLD, [("R-22K", 4, 40)])
    assert not Allocation.objects.exists()
    assert seen == 29
    shop.recount()
