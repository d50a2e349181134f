"""Finish a build: what becomes of what was allocated too much, and whether its children must be over."""

from __future__ import annotations

from typing import Any

import pytest

from outwork.models import Build, Movement
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.making_sub_builds import make_sub_builds
from outwork.rules.places import Kind
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen, Overallocated
from tests.shop import Shop


@pytest.fixture
def build(shop: Shop) -> Build:
    """Ten boards of ten resistors: sixty consumed for the first six, sixty more allocated for the last four."""
    board = shop.assembly("BOARD", {"R-10K": 10})
    build = shop.build(board, 10, consume=ConsumeWhen.ACCEPTANCE)
    made = make_outputs(build=build, units=10, location=shop.location("Lab"), **shop.by_bo)
    for batch, units in (("A", 6), ("B", 4)):
        shop.allocate(build.reference, shop.put("R-10K", 60, batch=batch, value="6.00"), 60)
        accept_outputs(build=build, decisions=[Decision(made.ids[0], units)], **shop.by_bo)
    return build


def lost(build: Build) -> list[Any]:
    return list(Movement.objects.filter(build=build, kind=Kind.LOST).values_list("quantity", "value"))


def test_what_is_too_much_is_free_again(shop: Shop, build: Build) -> None:
    """Never 120 of 100 (G19): what was consumed before counts."""
    finish_build(build=build, **shop.by_ada)
    assert build.lines.get().consumed == 100
    shop.expect("""
        BOARD             Lab          10
        R-10K   batch B   Main shelf   20
    """)
    shop.recount()


def test_what_is_too_much_was_used_up_too(shop: Shop, build: Build) -> None:
    finish_build(build=build, accept_overallocated=Overallocated.ACCEPT, **shop.by_ada)
    assert (build.lines.get().consumed, lost(build)) == (120, [(20, 2)])
    shop.expect("BOARD   Lab   10")
    shop.recount()


def test_refuses_what_is_too_much(shop: Shop, build: Build) -> None:
    line = build.lines.get()
    request: dict[str, Any] = {"build": build, "accept_overallocated": Overallocated.REJECT}
    assert shop.refused(finish_build, **request) == [("build_overallocated", ("lines", line.pk))]
    build.refresh_from_db()
    assert build.status == BuildStatus.PRODUCTION


def test_enough_is_not_too_much(shop: Shop, build: Build) -> None:
    """An incomplete build has left over what it would have needed: that is no reason."""
    second = shop.build(build.part, 10)
    shop.allocate(second.reference, shop.put("R-10K", 100), 100)
    made = make_outputs(build=second, units=5, **shop.by_bo)
    accept_outputs(build=second, decisions=[Decision(made.ids[0])], **shop.by_bo)
    finish_build(build=second, accept_incomplete=True, accept_overallocated=Overallocated.REJECT, **shop.by_ada)
    assert second.lines.get().consumed == 50
    shop.recount()


@pytest.mark.parametrize("is_on", [False, True])
def test_whether_children_must_be_over_first(shop: Shop, is_on: bool) -> None:
    shop.switch_on("BUILDORDER_REQUIRE_CLOSED_CHILDS", is_on)
    shop.assembly("BOARD", {"R-10K": 1})
    build = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 1)
    child = Build.objects.get(pk=make_sub_builds(build=build, **shop.by_ada).ids[0])
    shop.allocate(build.reference, shop.put("BOARD", 1), 1)
    made = make_outputs(build=build, units=1, **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(made.ids[0])], **shop.by_bo)
    if is_on:
        assert shop.refused(finish_build, build=build) == [("children_open", ())]
        cancel_build(build=child, **shop.by_ada)
    finish_build(build=build, **shop.by_ada)
    build.refresh_from_db()
    assert build.status == BuildStatus.COMPLETE
    shop.recount()
