"""The life of a build: issue, hold, cancel, reopen."""

import pytest

from outwork.models import Allocation, Build, BuildOutput, Event
from outwork.operations.build_states import cancel_build, hold_build, issue_build, reopen_build
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.rules.states import BuildStatus, OutputState


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)


def status(build):
    return BuildStatus(Build.objects.get(pk=build.pk).status)


def at_status(build, wanted):
    Build.objects.filter(pk=build.pk).update(status=wanted)
    return build


def test_it_works(shop, build):
    done = issue_build(build=build, **shop.by_ada)
    build.refresh_from_db()
    assert (build.status, build.issued_at, build.version) == (BuildStatus.PRODUCTION, shop.now, 2)
    assert (done.ids, Event.objects.get(pk=done.event_id).kind) == ([build.pk], "build.issued")
    hold_build(build=build, reason="No reels", **shop.by_ada)
    assert status(build) == BuildStatus.ON_HOLD
    issue_build(build=build, **shop.by(shop.ada, days=1))
    build.refresh_from_db()
    assert (build.status, build.issued_at) == (BuildStatus.PRODUCTION, shop.now)
    shop.recount()


def test_repeating_changes_nothing(shop, build):
    for operation in (issue_build, hold_build, cancel_build):
        operation(build=build, **shop.by_ada)
        build.refresh_from_db()
        version = build.version
        operation(build=build, **shop.by_ada)
        build.refresh_from_db()
        assert build.version == version
        assert Event.objects.latest("pk").data == {"repeated": True}


def test_cancelling_frees_what_was_allocated_and_says_what_is_still_ordered(shop, build):
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 100), 40)
    done = cancel_build(build=build, reason="Customer left", **shop.by_ada)
    assert done.said == [{"code": "still_on_order", "order": line.order.reference, "quantity": "10"}]
    build.refresh_from_db()
    assert (build.status, build.completed_at) == (BuildStatus.CANCELLED, shop.now)
    assert not Allocation.objects.exists()
    shop.expect("R-10K   Main shelf   100")
    shop.recount()


def test_what_was_consumed_stays_consumed_when_the_rest_is_cancelled(shop, build):
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 100), 40)
    shop.received(line, 4, accept=True)
    cancel_build(build=build, **shop.by_ada)
    assert build.lines.get().consumed == 16
    shop.expect("""
        R-10K   Main shelf   84
        BOARD   Goods in     4
    """)
    shop.recount()


def test_what_was_built_and_not_consumed_yet_is_consumed_before_the_rest_is_cancelled(shop, build):
    """An internal build consumes at its end, and cancelling is an end too."""
    ours = shop.build(build.part, 10)
    shop.allocate(ours.reference, shop.put("R-10K", 18, value="18.00"), 18)
    made = make_outputs(build=ours, units=10, **shop.by_bo).ids[0]
    good = accept_outputs(build=ours, decisions=[Decision(made, 4)], **shop.by_bo).ids[0]
    reject_outputs(build=ours, decisions=[Decision(made, 1)], reason="Bent", **shop.by_bo)
    withdraw(made)
    done = cancel_build(build=ours, **shop.by_ada)
    assert [(one["code"], one["part"], one["quantity"]) for one in done.said] == [("shortfall", "R-10K", "2")]
    assert ours.lines.get().consumed == 18
    assert shop.item_of(BuildOutput.objects.get(pk=good)).value == 18
    assert not Allocation.objects.exists()


def test_what_is_left_over_is_free_when_a_build_is_cancelled(shop, build):
    ours = shop.build(build.part, 10)
    shop.allocate(ours.reference, shop.put("R-10K", 40, value="4.00"), 40)
    made = make_outputs(build=ours, units=5, **shop.by_bo).ids[0]
    accept_outputs(build=ours, decisions=[Decision(made)], **shop.by_bo)
    assert cancel_build(build=ours, **shop.by_ada).said == []
    assert shop.item_of(BuildOutput.objects.get(pk=made)).value == 2
    shop.expect("""
        R-10K   Main shelf   20
        BOARD   -            5
    """)
    shop.recount()


def withdraw(output_id):
    """The rest of a batch was never built."""
    BuildOutput.objects.filter(pk=output_id).update(state=OutputState.WITHDRAWN)


def test_holding_keeps_allocations(shop, build):
    shop.allocate(build.reference, shop.put("R-10K", 100), 40)
    hold_build(build=build, **shop.by_ada)
    assert Allocation.objects.get().quantity == 40


def test_a_complete_build_is_reopened_with_a_reason(shop, build):
    issue_build(build=build, **shop.by_ada)
    at_status(build, BuildStatus.COMPLETE)
    reopen_build(build=build, reason="Two more came", **shop.by_ada)
    build.refresh_from_db()
    assert (build.status, build.completed_at) == (BuildStatus.PRODUCTION, None)
    assert Event.objects.get(kind="build.reopened").reason == "Two more came"


IMPOSSIBLE = [
    (issue_build, BuildStatus.COMPLETE),
    (issue_build, BuildStatus.CANCELLED),
    (hold_build, BuildStatus.COMPLETE),
    (hold_build, BuildStatus.CANCELLED),
    (cancel_build, BuildStatus.COMPLETE),
]


@pytest.mark.parametrize(("operation", "before"), IMPOSSIBLE)
def test_refuses_impossible_transitions(shop, build, operation, before):
    """A complete build goes on only through `reopen_build`, which asks for a reason."""
    at_status(build, before)
    assert shop.refused(operation, build=build) == [("transition_impossible", ())]
    assert status(build) == before


@pytest.mark.parametrize("before", [one for one in BuildStatus if one != BuildStatus.COMPLETE])
def test_refuses_to_reopen_what_is_not_complete(shop, build, before):
    at_status(build, before)
    assert shop.refused(reopen_build, build=build, reason="Again") == [("wrong_state", ())]


def test_refuses_to_reopen_without_a_reason(shop, build):
    at_status(build, BuildStatus.COMPLETE)
    assert shop.refused(reopen_build, build=build, reason="  ") == [("reason_missing", ("reason",))]


def test_refuses_to_cancel_with_units_in_production(shop, build):
    outputs = shop.received(shop.ordered(build), 3)
    assert shop.refused(cancel_build, build=build) == [("outputs_open", ())]
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    cancel_build(build=build, **shop.by_ada)
    assert status(build) == BuildStatus.CANCELLED


def test_refuses_a_build_that_others_changed(shop, build):
    assert shop.refused(issue_build, build=build, expected_version=7) == [("version_changed", ())]
    issue_build(build=build, expected_version=1, **shop.by_ada)


def test_refuses_a_build_that_is_none(shop, build):
    assert shop.refused(issue_build, build=Build(pk=47110815)) == [("build_unknown", ())]
