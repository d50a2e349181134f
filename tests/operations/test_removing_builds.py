"""Remove build orders: only cancelled ones, and only those of which nothing tells."""

from __future__ import annotations

from typing import Any

import pytest

from outwork.models import Build, BuildLine, Event, PurchaseLine, Tag
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.operations.making_sub_builds import make_sub_builds
from outwork.operations.order_states import cancel_order
from outwork.operations.removing_builds import remove_builds
from outwork.rules.states import BuildStatus
from tests.shop import Shop


def cancelled(shop: Shop, build: Build) -> Build:
    cancel_build(build=build, **shop.by_ada)
    build.refresh_from_db()
    return build


def test_it_works(shop: Shop) -> None:
    board = shop.assembly("BOARD", {"R-10K": 4})
    build, kept = cancelled(shop, shop.build(board, 10)), shop.build(board, 5)
    Tag.objects.create(subject_kind="build", subject_id=build.pk, word="fair")
    done = remove_builds(builds=[build], reason="Typed twice", **shop.by_ada)
    assert (done.ids, done.data) == ([build.pk], {"references": ["BO-0001"]})
    assert list(Build.objects.all()) == [kept]
    assert set(BuildLine.objects.values_list("build", flat=True)) == {kept.pk}
    assert not Tag.objects.exists()
    event = Event.objects.get(pk=done.event_id)
    assert event.data == {"builds": {"BO-0001": {"part": board.pk, "quantity": "10"}}}
    assert Event.objects.filter(kind="build.cancelled", build=None).count() == 1
    assert shop.build(board, 1).reference == "BO-0003"
    shop.recount()


def test_an_order_line_that_delivered_nothing_is_unlinked(shop: Shop) -> None:
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    line = shop.ordered(build)
    cancel_order(order=line.order, **shop.by_ada)
    remove_builds(builds=[cancelled(shop, build)], **shop.by_ada)
    assert PurchaseLine.objects.get().build is None


@pytest.mark.parametrize("status", [one for one in BuildStatus if one != BuildStatus.CANCELLED])
def test_refuses_what_is_not_cancelled(shop: Shop, status: BuildStatus) -> None:
    build = shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10)
    Build.objects.filter(pk=build.pk).update(status=status)
    assert shop.refused(remove_builds, builds=[build]) == [("build_not_cancelled", (0, "build"))]


def test_refuses_what_has_a_history(shop: Shop) -> None:
    """What a build used up is never lost with it (G30)."""
    shop.assembly("BOARD", {"R-10K": 4})
    build = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 1)
    child = Build.objects.get(pk=make_sub_builds(build=build, **shop.by_ada).ids[0])
    assert shop.refused(remove_builds, builds=[cancelled(shop, build)]) == [("build_has_history", (0, "build"))]
    shop.allocate(child.reference, shop.put("R-10K", 4), 4)
    made = make_outputs(build=child, units=1, **shop.by_bo)
    accept_outputs(build=child, decisions=[Decision(made.ids[0])], **shop.by_bo)
    assert shop.refused(remove_builds, builds=[cancelled(shop, child)]) == [("build_has_history", (0, "build"))]
    shop.recount()


def test_refuses_nothing_and_the_unknown(shop: Shop) -> None:
    assert shop.refused(remove_builds, builds=[]) == [("rows_missing", ())]
    assert shop.refused(remove_builds, builds=[Build(pk=47110815)]) == [("build_unknown", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop: Shop, statements: Any, count: int) -> None:
    build = cancelled(shop, shop.build(shop.assembly("BOARD", {"R-10K": 4}), 10))
    copies = [
        Build(
            reference=f"X-{number}", part=build.part, quantity=1, status=build.status, consume="finish",
            created_at=shop.now,
        )
        for number in range(1, count)
    ]  # fmt: skip
    Build.objects.bulk_create(copies)
    with statements() as seen:
        remove_builds(builds=list(Build.objects.all()), **shop.by_ada)
    assert seen == 23
    assert not Build.objects.exists()
