"""Sub-builds: made at every depth in one call, linked to their parents, and feeding them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from outwork.models import Allocation, BomLine, Build, BuildOutput, Event, Part
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.operations.making_sub_builds import Way, make_sub_builds
from outwork.operations.receiving import receive
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.sub_builds import tree
from outwork.rules.receiving import Arrival
from outwork.rules.supply import Supply
from tests.races import at_once
from tests.shop import Shop


@pytest.fixture
def robot(shop: Shop) -> Part:
    """A robot of two arms and a controller; each arm of three joints; the controller and each joint of a board."""
    for number, bom in {
        "BOARD": {"R-10K": 4},
        "JOINT": {"BOARD": 1, "MOTOR": 1},
        "ARM": {"JOINT": 3},
        "CONTROLLER": {"BOARD": 1},
        "ROBOT": {"ARM": 2, "CONTROLLER": 1, "SCREW": 8},
    }.items():
        shop.assembly(number, bom)
    return Part.objects.get(number="ROBOT")


def made(build: Build) -> list[tuple[int, str, str, int]]:
    return [(one.depth, one.reference, one.part, int(one.quantity)) for one in tree(build.pk)]


def test_it_works(shop: Shop, robot: Part) -> None:
    build = shop.build(
        robot, 5, target_date=datetime.date(2026, 6, 1), start_date=datetime.date(2026, 5, 1), priority=7
    )
    shop.put("ARM", 4)
    shop.put("BOARD", 8)
    done = make_sub_builds(build=build, **shop.by_ada)
    # Ten arms less four there; of the eight boards five go into the controllers, which are nearest the top.
    assert made(build) == [
        (0, "BO-0001", "ROBOT", 5),
        (1, "BO-0002", "ARM", 6),
        (2, "BO-0004", "JOINT", 18),
        (3, "BO-0005", "BOARD", 15),
        (1, "BO-0003", "CONTROLLER", 5),
    ]
    assert [one["from_stock"] for one in done.data["builds"]][:2] == ["4", "0"]
    arm = Build.objects.get(reference="BO-0002")
    assert (arm.parent, arm.feeds_parent, arm.priority, arm.target_date) == (
        build, True, 7, datetime.date(2026, 5, 1)
    )  # fmt: skip
    assert [(line.part.number, line.quantity) for line in arm.lines.all()] == [("JOINT", 18)]
    assert Event.objects.get(build=arm).kind == "build.created"
    shop.recount()


def test_what_is_made_or_allocated_already_is_not_made_again(shop: Shop, robot: Part) -> None:
    build = shop.build(robot, 5)
    shop.allocate(build.reference, shop.put("CONTROLLER", 2), 2)
    make_sub_builds(build=build, **shop.by_ada)
    assert [one[2:] for one in made(build) if one[0] == 1] == [("ARM", 10), ("CONTROLLER", 3)]
    assert shop.refused(make_sub_builds, build=build) == [("nothing_to_build", ())]
    cancel_build(build=Build.objects.get(reference="BO-0003"), **shop.by_ada)
    again = make_sub_builds(build=build, **shop.by_ada)
    assert [one["part"] for one in again.data["builds"]] == ["CONTROLLER", "BOARD"]


def test_stock_can_be_left_alone_and_parts_bought(shop: Shop, robot: Part) -> None:
    build = shop.build(robot, 1)
    shop.put("ARM", 50)
    bought = Way(Part.objects.get(number="BOARD").pk, is_bought=True)
    make_sub_builds(build=build, ways=[bought], use_stock=False, **shop.by_ada)
    assert [one[2:] for one in made(build)] == [("ROBOT", 1), ("ARM", 2), ("JOINT", 6), ("CONTROLLER", 1)]


def test_only_some_lines(shop: Shop, robot: Part) -> None:
    build = shop.build(robot, 1)
    line = build.lines.get(part__number="CONTROLLER")
    make_sub_builds(build=build, lines=[line.pk], **shop.by_ada)
    assert [one[2:] for one in made(build)] == [("ROBOT", 1), ("CONTROLLER", 1), ("BOARD", 1)]
    assert shop.refused(make_sub_builds, build=build, lines=[47110815]) == [("line_unknown", (0, "line"))]


def test_a_sub_assembly_goes_straight_to_the_next_manufacturer(shop: Shop) -> None:
    """Best makes the boards, they are received at Acme, who builds the devices, and lie there for that build."""
    best = shop.manufacturer("Best Boards")
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(shop.assembly("DEVICE", {"BOARD": 1}), 10, shop.manufacturer())
    shop.sells(best, board, "3.00")
    done = make_sub_builds(build=build, ways=[Way(board.pk, manufacturer_id=best.pk)], **shop.by_ada)
    child = Build.objects.get(pk=done.ids[0])
    assert (child.is_external, child.manufacturer, child.destination) == (True, best, shop.location("Acme Assembly"))
    line = shop.ordered(child)
    arrival = Arrival(line.pk, 10, in_units=True)
    said = receive(order=line.order, arrivals=[arrival], accept=True, **shop.by_bo).said
    assert [(one["quantity"], one["build"]) for one in said if one["code"] == "parent_fed"] == [("10", "BO-0001")]
    shop.expect("BOARD   Acme Assembly   10   for BO-0001")
    shop.recount()


def test_accepted_units_are_allocated_to_the_parent_as_far_as_it_misses_them(shop: Shop) -> None:
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 4)
    child = Build.objects.get(pk=make_sub_builds(build=build, **shop.by_ada).ids[0])
    output = make_outputs(build=child, units=5, location=shop.location("Main shelf"), **shop.by_bo).ids[0]
    part = accept_outputs(build=child, decisions=[Decision(output, 3)], **shop.by_bo)
    assert [one["quantity"] for one in part.said if one["code"] == "parent_fed"] == ["3"]
    accept_outputs(build=child, decisions=[Decision(output)], **shop.by_bo)
    shop.expect("""
        BOARD   Main shelf   4   for BO-0001
        BOARD   Main shelf   1
    """)
    build.refresh_from_db()
    assert build.version == 4
    assert board.builds.count() == 1
    shop.recount()


def test_a_parent_that_is_over_is_not_fed(shop: Shop) -> None:
    shop.assembly("BOARD", {"R-10K": 4})
    build = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 4)
    child = Build.objects.get(pk=make_sub_builds(build=build, **shop.by_ada).ids[0])
    cancel_build(build=build, **shop.by_ada)
    output = make_outputs(build=child, units=4, **shop.by_bo).ids[0]
    accept_outputs(build=child, decisions=[Decision(output)], **shop.by_bo)
    assert not Allocation.objects.exists()


def test_units_elsewhere_do_not_feed_it(shop: Shop) -> None:
    shop.assembly("BOARD", {"R-10K": 4})
    shop.manufacturer("Best Boards")
    build = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 4)
    child = Build.objects.get(pk=make_sub_builds(build=build, **shop.by_ada).ids[0])
    output = make_outputs(build=child, units=4, location=shop.location("Best Boards"), **shop.by_bo).ids[0]
    accept_outputs(build=child, decisions=[Decision(output)], **shop.by_bo)
    assert not Allocation.objects.exists()


def test_lines_that_are_no_concern_of_ours_are_passed_over(shop: Shop) -> None:
    for number in ("BOARD", "LABEL", "PASTE", "CASE"):
        shop.assembly(number, {"R-10K": 1})
    device = shop.assembly("DEVICE", {"BOARD": 1, "LABEL": 1, "PASTE": 1, "CASE": 1})
    BomLine.objects.filter(part__number="LABEL").update(is_optional=True)
    BomLine.objects.filter(part__number="PASTE").update(is_consumable=True)
    build = shop.external(device, 3)
    case = build.lines.get(part__number="CASE")
    state_supply(build=build, choices=[Choice(case.pk, Supply.THEY_BUY)], **shop.by_ada)
    make_sub_builds(build=build, **shop.by_ada)
    assert [one[2:] for one in made(build)] == [("DEVICE", 3), ("BOARD", 3)]


def test_trackable_units_are_whole(shop: Shop) -> None:
    shop.assembly("BOARD", {"R-10K": 1}, is_trackable=True)
    build = shop.build(shop.assembly("GLUE", {"BOARD": "0.4"}), 3)
    make_sub_builds(build=build, **shop.by_ada)
    assert made(build)[1][2:] == ("BOARD", 2)


def test_refuses_what_a_build_refuses(shop: Shop, robot: Part) -> None:
    build = shop.build(robot, 1)
    bolts, arm = shop.company("Bolts Ltd"), Part.objects.get(number="ARM")
    ways = [Way(arm.pk, manufacturer_id=bolts.pk), Way(shop.part("SCREW").pk)]
    assert shop.refused(make_sub_builds, build=build, ways=ways) == [
        ("external_builds_off", ("is_external",)),
        ("company_not_manufacturer", (0, "manufacturer")),
        ("part_not_built_for", (1, "part")),
    ]
    ways = [Way(arm.pk, manufacturer_id=47110815)]
    shop.switch_on()
    assert shop.refused(make_sub_builds, build=build, ways=ways) == [("company_unknown", (0, "manufacturer"))]
    assert shop.refused(make_sub_builds, build=build, expected_version=9) == [("version_changed", ())]
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(make_sub_builds, build=build) == [("wrong_state", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop: Shop, statements: Any, count: int) -> None:
    parts = [Part(number=f"A{number}", name=f"A{number}", is_assembly=True) for number in range(count)]
    Part.objects.bulk_create(parts)
    parts = list(Part.objects.filter(number__startswith="A"))
    top, screw = shop.assembly("TOP", {}), shop.part("SCREW")
    BomLine.objects.bulk_create([BomLine(assembly=top, part=part, quantity=1) for part in parts])
    BomLine.objects.bulk_create([BomLine(assembly=part, part=screw, quantity=2) for part in parts])
    build = shop.build(top, 3)
    with statements() as seen:
        done = make_sub_builds(build=build, **shop.by_ada)
    assert seen == 29
    assert len(done.ids) == count


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_each_sub_build_once(shop: Shop, robot: Part) -> None:
    build = shop.build(robot, 1)
    answers = at_once(*(lambda: make_sub_builds(build=build, **shop.by_ada) for _ in range(4)))
    assert sum(not isinstance(one, Exception) for one in answers) == 1
    assert Build.objects.filter(parent=build).count() == 2
    assert BuildOutput.objects.count() == 0
