"""Two people, one build: what one takes back while the other goes on happens once, or one of them is told no."""

from __future__ import annotations

from functools import partial

import pytest

from outwork.models import Build, BuildOutput, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.splitting_build import split_build
from outwork.operations.taking_back import reverse_event
from outwork.rules.states import OutputState
from tests.scenarios.racing import numbers, race, rounds

pytestmark = pytest.mark.django_db(transaction=True)


def fed(shop, number, units=4):
    """A build of so many boards that all came, with its kit at the manufacturer."""
    board = shop.assembly(f"BOARD-{number}", {f"R-{number}": 2})
    build = shop.external(board, units, destination=shop.location("Lab"))
    item = shop.put(f"R-{number}", 20, "Acme Assembly", value="2.00")
    allocate(build=build, takes=[Take(build.lines.get().pk, item.pk, 2 * units)], **shop.by_bo)
    return build, shop.ordered(build)


@rounds
def test_one_acceptance_is_taken_back_once(shop, rounds):
    for round_ in range(rounds):
        build, line = fed(shop, round_)
        outputs = shop.received(line)
        done = accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
        back = [
            partial(reverse_event, event=done.event_id, reason="Wrong", **shop.by(who)) for who in (shop.ada, shop.bo)
        ]
        went, refused = race(*back)
        assert (len(went), [one.codes for one in refused]) == (1, [["event_reversed_already"]])
        assert build.lines.get().consumed == 0
    shop.recount()


@rounds
def test_an_acceptance_is_taken_back_while_the_build_is_finished(shop, rounds):
    """Either the build is finished with its units, or it has units in production and cannot be."""
    for round_ in range(rounds):
        build, line = fed(shop, round_)
        outputs = shop.received(line)
        done = accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
        went, refused = race(
            partial(reverse_event, event=done.event_id, reason="Wrong", **shop.by_bo),
            partial(finish_build, build=Build.objects.get(pk=build.pk), **shop.by_ada),
        )
        assert len(went) == 1
        assert refused[0].codes in (["units_wait_in_complete_build"], ["outputs_open"])
        output = BuildOutput.objects.get(pk=outputs[0].pk)
        assert build.lines.get().consumed == (8 if output.state == OutputState.ACCEPTED else 0)
    shop.recount()


@rounds
def test_two_people_split_the_same_units_off(shop, rounds):
    """Three of four units go to one successor; the other one is told how many are left."""
    for round_ in range(rounds):
        build, _ = fed(shop, round_)
        split = [partial(split_build, build=build, quantity=3, **shop.by(who)) for who in (shop.ada, shop.bo)]
        went, refused = race(*split)
        assert len(went) == 1
        assert numbers(refused, "split_more_than_open", "open", "asked") == [(1, 3)]
        build.refresh_from_db()
        assert (build.quantity, build.successors.get().quantity) == (1, 3)
    shop.recount()


@rounds
def test_a_build_is_cancelled_while_a_part_of_it_is_taken_back(shop, rounds):
    for round_ in range(rounds):
        build, line = fed(shop, round_)
        outputs = shop.received(line)
        done = accept_outputs(build=build, decisions=[Decision(outputs[0].pk)], **shop.by_bo)
        went, refused = race(
            partial(reverse_event, event=done.event_id, reason="Wrong", **shop.by_bo),
            partial(cancel_build, build=Build.objects.get(pk=build.pk), **shop.by_ada),
        )
        assert len(went) == 1
        assert refused[0].codes in (["wrong_state"], ["outputs_open"])
        used = sum(StockItem.objects.filter(used_by=build).values_list("quantity", flat=True))
        assert used == build.lines.get().consumed
    shop.recount()
