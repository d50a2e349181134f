"""Every disposition of units that came can be taken back: they are what they were, and so is all that hangs on them."""

import pytest

from outwork.models import BuildOutput
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.disposing import hold_outputs, release_outputs, rework_outputs, scrap_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.taking_back import reverse_event
from tests.operations.test_undoing_outputs import back, state


@pytest.fixture
def build(shop):
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.external(board, 10, destination=shop.location("Lab"))
    shop.allocate(build.reference, shop.put("R-10K", 50, "Acme Assembly", value="5.00"), 44)
    return build


def do(shop, build, verb, outputs, units=None):
    decisions = [Decision(one.pk, units) for one in outputs]
    facts = {} if verb in (accept_outputs, release_outputs) else {"reason": "Look at it"}
    return verb(build=build, decisions=decisions, **facts, **shop.by_bo)


@pytest.mark.parametrize("units", [None, 4])
@pytest.mark.parametrize("verb", [hold_outputs, rework_outputs, scrap_outputs, accept_outputs, reject_outputs])
def test_units_in_production(shop, build, verb, units):
    outputs = shop.received(shop.ordered(build), 10)
    before = state(build)
    back(shop, do(shop, build, verb, outputs, units))
    assert state(build) == before
    shop.recount()


@pytest.mark.parametrize("units", [None, 4])
@pytest.mark.parametrize("verb", [release_outputs, accept_outputs, reject_outputs, scrap_outputs])
def test_units_on_hold(shop, build, verb, units):
    outputs = shop.received(shop.ordered(build), 10)
    do(shop, build, hold_outputs, outputs)
    before = state(build)
    back(shop, do(shop, build, verb, outputs, units))
    assert state(build) == before
    shop.recount()


@pytest.mark.parametrize("units", [None, 4])
@pytest.mark.parametrize("is_complete", [True, False])
@pytest.mark.parametrize("verb", [reject_outputs, rework_outputs])
def test_accepted_units_also_of_a_complete_build(shop, build, verb, is_complete, units):
    outputs = shop.received(shop.ordered(build), 10)
    do(shop, build, accept_outputs, outputs)
    if is_complete:
        finish_build(build=build, **shop.by_bo)
    before = state(build)
    back(shop, do(shop, build, verb, outputs, units))
    assert state(build) == before
    shop.recount()


@pytest.mark.parametrize("units", [None, 4])
def test_rejected_units_accepted_with_a_concession(shop, build, units):
    outputs = shop.received(shop.ordered(build), 10)
    do(shop, build, reject_outputs, outputs)
    before = state(build)
    decisions = [Decision(outputs[0].pk, units)]
    back(shop, accept_outputs(build=build, decisions=decisions, concession="Good enough", **shop.by_bo))
    assert state(build) == before
    shop.recount()


def test_refuses_a_decision_while_a_later_one_stands(shop, build):
    outputs = shop.received(shop.ordered(build), 10)
    first = do(shop, build, accept_outputs, outputs)
    second = do(shop, build, reject_outputs, outputs)
    codes = [code for code, _ in shop.refused(reverse_event, event=first.event_id, reason="Wrong")]
    assert "decided_otherwise_since" in codes
    back(shop, second)
    back(shop, first)
    assert BuildOutput.objects.get().decided_event is None
    shop.recount()
