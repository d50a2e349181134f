"""Change a build order; external stays what it was once something hangs on it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, BuildLine, Event, ProjectCode
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import cancel_build, issue_build
from outwork.operations.changing_build import change_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal


def test_it_works(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 10)
    change_build(build=build, changes={"quantity": 12, "title": "Spring run"}, **shop.by_ada)
    build.refresh_from_db()
    assert (build.quantity, build.title, build.version) == (12, "Spring run", 2)
    assert build.lines.get().quantity == 36
    assert Event.objects.get(kind="build.changed").data["changes"]["title"] == ["", "Spring run"]


def test_a_frozen_line_needs_as_much_more(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 10)
    issue_build(build=build, **shop.by_ada)
    change_build(build=build, changes={"quantity": 20}, **shop.by_ada)
    assert BuildLine.objects.get().quantity == 60


def test_a_smaller_quantity_keeps_allocations(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 10)
    item = shop.put("R-10K", 30)
    allocate(build=build, takes=[Take(build.lines.get().pk, item.pk, 30)], **shop.by_bo)
    change_build(build=build, changes={"quantity": 5}, **shop.by_ada)
    shop.expect(f"R-10K   Main shelf   30   for {build.reference}")
    shop.recount()


def test_ordered_more_than_the_build_is_said(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10)
    shop.ordered(build)
    done = change_build(build=build, changes={"quantity": 8}, **shop.by_ada)
    assert [(one["code"], one["ordered"]) for one in done.said] == [("build_overordered", "10")]


def refused(shop, build, changes) -> list[str]:
    before = Build.objects.values().get(pk=build.pk)
    events = Event.objects.count()
    with pytest.raises(Refusal) as refusal:
        change_build(build=build, changes=changes, **shop.by_ada)
    assert Build.objects.values().get(pk=build.pk) == before
    assert Event.objects.count() == events
    return refusal.value.codes


def test_refuses_to_change_external_under_an_order_line(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10)
    shop.ordered(build, placed=False)
    assert refused(shop, build, {"is_external": False, "manufacturer": None}) == ["external_flag_fixed"]


def test_refuses_to_change_external_under_an_output(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 10)
    make_outputs(build=build, units=2, **shop.by_bo)
    shop.switch_on()
    assert refused(shop, build, {"is_external": True}) == ["external_flag_fixed"]


def test_external_can_change_while_nothing_hangs_on_it(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 10)
    shop.switch_on()
    change_build(build=build, changes={"is_external": True}, **shop.by_ada)
    assert Build.objects.get().is_external


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"status": 40}, ["build_field_unknown"]),
        ({"is_external": True}, ["external_builds_off"]),
        ({"quantity": 0}, ["quantity_not_positive"]),
        ({"quantity": "NaN"}, ["number_invalid"]),
        ({"consume": "never"}, ["build_consume_unknown"]),
        ({"priority": -1}, ["build_priority_invalid"]),
        ({"priority": 2**70}, ["build_priority_invalid"]),
        ({"title": "x" * 101}, ["text_too_long"]),
        ({"batch": "x" * 101}, ["text_too_long"]),
        ({"link": "x" * 2001}, ["text_too_long"]),
    ],
)
def test_refuses_bad_values(shop, changes, codes):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 10)
    assert refused(shop, build, changes) == codes


def test_refuses_to_be_part_of_itself(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    top, middle, bottom = (shop.build(board, 1) for _ in range(3))
    assert refused(shop, top, {"parent": top}) == ["build_below_itself"]
    change_build(build=bottom, changes={"parent": middle}, **shop.by_ada)
    change_build(build=middle, changes={"parent": top}, **shop.by_ada)
    assert refused(shop, top, {"parent": bottom}) == ["build_below_itself"]
    with pytest.raises(Refusal, match=r"BO-0001 < BO-0003 < BO-0002 < BO-0001: "):
        change_build(build=top, changes={"parent": bottom}, **shop.by_ada)
    change_build(build=middle, changes={"parent": None}, **shop.by_ada)
    change_build(build=top, changes={"parent": bottom}, **shop.by_ada)


def test_refuses_less_than_was_made(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
    assert refused(shop, build, {"quantity": Decimal(3)}) == ["build_quantity_below_made"]


def test_refuses_a_build_that_is_over(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 10)
    cancel_build(build=build, **shop.by_ada)
    assert refused(shop, build, {"title": "x"}) == ["wrong_state"]


@pytest.mark.parametrize("count", [1, 10, 1000])
@pytest.mark.parametrize(("is_issued", "expected"), [(False, 14), (True, 11)])
def test_it_costs_the_same_for_one_and_for_many(shop, statements, count, is_issued, expected):
    build = shop.build(shop.assembly("BOARD", {f"R-{number}": 1 for number in range(count)}), 10)
    if is_issued:
        issue_build(build=build, **shop.by_ada)
    with statements() as seen:
        change_build(build=build, changes={"quantity": 12}, **shop.by_ada)
    assert seen == expected


def test_what_is_allocated_beyond_a_smaller_need_is_said_or_freed(shop):
    """The newest allocations go first, and what was consumed counts (E13)."""
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 10)
    old, new = shop.put("R-10K", 20, batch="old"), shop.put("R-10K", 10, batch="new")
    line = build.lines.get()
    allocate(build=build, takes=[Take(line.pk, old.pk, 20), Take(line.pk, new.pk, 10)], **shop.by_bo)
    done = change_build(build=build, changes={"quantity": 8}, **shop.by_ada)
    assert [(one["code"], one["allocated"], one["needed"]) for one in done.said] == [("line_overallocated", "30", "24")]
    done = change_build(build=build, changes={"quantity": 5}, release_excess=True, **shop.by_ada)
    assert [(one["code"], one["quantity"]) for one in done.said] == [("excess_freed", "15")]
    shop.expect("""
        R-10K   batch old   Main shelf   15   for BO-0001
        R-10K   batch old   Main shelf   5
        R-10K   batch new   Main shelf   10
    """)
    shop.recount()


def test_refuses_what_a_line_needs_and_consumed_by_hand(shop):
    """Both are derived (G21): neither is a field of the build, and no operation writes them as told."""
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 10)
    for name in ("lines", "consumed", "completed", "status", "part"):
        assert refused(shop, build, {name: 1}) == ["build_field_unknown"]


def test_a_fraction_of_a_unit_stays_a_fraction(shop):
    """One decimal type for what is planned, made and needed (G24)."""
    build = shop.build(shop.assembly("GLUE", {"RESIN": 2}), "2.5")
    change_build(build=build, changes={"quantity": "3.75"}, **shop.by_ada)
    build.refresh_from_db()
    assert (build.quantity, build.lines.get().quantity) == (Decimal("3.75"), Decimal("7.5"))
    make_outputs(build=build, units="1.25", **shop.by_bo)
    assert refused(shop, build, {"quantity": "1.2"}) == ["build_quantity_below_made"]


def test_project_and_parent(shop):
    project = ProjectCode.objects.create(code="ROVER")
    closed = ProjectCode.objects.create(code="OLD", is_active=False)
    board = shop.assembly("BOARD", {"R-10K": 3})
    build, parent = shop.build(board, 1), shop.build(board, 1)
    changes = {"project_code": project, "parent": parent, "feeds_parent": True, "link": "https://example.org/x"}
    change_build(build=build, changes=changes, **shop.by_ada)
    build.refresh_from_db()
    assert (build.project_code, build.parent, build.feeds_parent) == (project, parent, True)
    assert refused(shop, build, {"project_code": closed}) == ["project_not_active"]
    assert refused(shop, build, {"parent": None}) == ["parent_missing"]
    cancel_build(build=parent, **shop.by_ada)
    assert refused(shop, build, {"parent": parent}) == ["parent_not_open"]


@pytest.mark.parametrize("is_on", [False, True])
def test_who_answers_for_it_can_be_asked_for(shop, is_on):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 3}), 1, responsible=shop.ada)
    shop.switch_on("BUILDORDER_REQUIRE_RESPONSIBLE", is_on)
    if is_on:
        assert refused(shop, build, {"responsible": None}) == ["responsible_missing"]
    else:
        change_build(build=build, changes={"responsible": None}, **shop.by_ada)
