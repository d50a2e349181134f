"""Cost that changes while stock goes on: purchase orders, then builds, then items are locked, so nobody waits in a circle."""

from __future__ import annotations

from functools import partial

import pytest

from outwork.models import Event
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import reopen_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.receiving import Arrival
from tests.purchases import come, order_of
from tests.scenarios.racing import race, rounds

pytestmark = pytest.mark.django_db(transaction=True)


@rounds
def test_too_much_is_taken_back_while_the_build_of_the_first_receipt_takes_more(shop, rounds):
    """What is left bears the freight again, in the build too; the build takes its next units at the same moment."""
    for round_ in range(rounds):
        part = f"R-{round_}"
        order, (line,) = order_of(shop, (part, 10, "1.00", "0"))
        freight = NewExtra(ExtraKind.FREIGHT, "9.00", spread=SpreadMode.BY_QUANTITY)
        add_extra_lines(order=order, extras=[freight], **shop.by_ada)
        come(shop, order, (line, 4))
        build = shop.build(shop.assembly(f"BOARD-{round_}", {part: 2}), 8)
        auto_allocate(build=build, **shop.by_bo)
        made = make_outputs(build=build, units=2, **shop.by_bo).ids
        accept_outputs(build=build, decisions=[Decision(one) for one in made], **shop.by_bo)
        finish_build(build=build, accept_incomplete=True, **shop.by_bo)
        reopen_build(build=build, reason="more to come", **shop.by_ada)
        build.refresh_from_db()
        (item,) = come(shop, order, (line, 9))
        event = Event.objects.distinct().get(kind="order.received", movements__target_item=item)
        done, _ = race(
            partial(unreceive, receipt=event, reason="counted twice", **shop.by_ada),
            partial(auto_allocate, build=build, **shop.by_bo),
        )
        assert done
    shop.recount()


@rounds
def test_units_come_for_a_complete_build_while_the_build_that_used_them_takes_more(shop, rounds):
    """The rest comes after the end: what the units cost goes on into the device, whose build is at work meanwhile."""
    for round_ in range(rounds):
        reel = f"R-{round_}"
        board = shop.assembly(f"BOARD-{round_}", {reel: 2}, is_purchaseable=True)
        build = shop.external(board, 8)
        line = shop.ordered(build)
        device = shop.build(shop.assembly(f"DEVICE-{round_}", {board.number: 1}), 8)
        made = make_outputs(build=device, units=3, **shop.by_bo).ids  # older than the boards that go into them
        shop.put(reel, 40, value="4.00")
        auto_allocate(build=build, **shop.by_bo)
        shop.received(line, 4, accept=True)
        finish_build(build=build, accept_incomplete=True, **shop.by_ada)
        auto_allocate(build=device, **shop.by_bo)
        accept_outputs(build=device, decisions=[Decision(one) for one in made], **shop.by_bo)
        arrivals = [Arrival(line.pk, 4, in_units=True)]
        race(
            partial(receive, order=line.order, arrivals=arrivals, location=shop.location("Main shelf"), **shop.by_bo),
            partial(finish_build, build=device, accept_incomplete=True, **shop.by_bo),
        )
    shop.recount()
