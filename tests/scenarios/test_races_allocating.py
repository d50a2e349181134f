"""Stock that several want at the same moment: never promised twice, never lost, and the losers are told what is left."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum

from outwork.models import Allocation, Build, BuildOutput, StockItem
from outwork.operations.allocating import Take, allocate, deallocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OutputState
from tests.scenarios.racing import numbers, outcomes, race, rounds

pytestmark = pytest.mark.django_db(transaction=True)


def allocated_to(build: Build) -> Decimal:
    """How much of everything is allocated to a build."""
    found = Allocation.objects.filter(build_line__build=build).aggregate(Sum("quantity"))
    return found["quantity__sum"] or Decimal(0)


@pytest.fixture
def board(shop):
    """An assembly of one kind of resistor, three on each."""
    return shop.assembly("BOARD", {"R-10K": 3}, default_location=shop.location("Main shelf"))


@rounds
def test_eight_builds_allocate_the_same_reel(shop, board, rounds):
    """Of ten, three builds get three each; five are told that one is free."""
    builds = [shop.external(board, 1) for _ in range(8)]
    lines = [build.lines.get().pk for build in builds]
    for _ in range(rounds):
        reel = shop.put("R-10K", 10)
        done, refused = race(
            *(
                partial(allocate, build=build, takes=[Take(line, reel.pk, 3)], **shop.by_bo)
                for build, line in zip(builds, lines, strict=True)
            )
        )
        assert len(done) == 3
        assert numbers(refused, "item_not_free", "free", "asked") == [(1, 3)] * 5
        reel.refresh_from_db()
        assert reel.allocated == 9
    shop.recount()


@rounds
def test_eight_builds_allocate_the_same_reel_automatically(shop, board, rounds):
    """All of it is promised, each build says what it misses, and what is promised and missing adds up."""
    for _ in range(rounds):
        builds = [shop.external(board, 1) for _ in range(8)]
        reel = shop.put("R-10K", 10)
        done, refused = race(*(partial(auto_allocate, build=build, **shop.by_bo) for build in builds))
        assert refused == []
        assert sum(Decimal(one.data["lines"][0]["missing"]) for one in done) == 8 * 3 - 10
        assert sorted(map(allocated_to, builds)) == [0, 0, 0, 0, 1, 3, 3, 3]
        reel.refresh_from_db()
        assert (reel.quantity, reel.allocated) == (10, 10)
    shop.recount()


@rounds
def test_two_builds_allocate_the_same_parts_in_opposite_order(shop, rounds):
    """Nobody waits in a circle, whatever the order in which each names the reels."""
    parts = [f"C-{number:02}" for number in range(30)]
    thing = shop.assembly("THING", dict.fromkeys(parts, 1))
    other = shop.assembly("OTHER", dict.fromkeys(reversed(parts), 1))
    for _ in range(rounds):
        builds = [shop.external(thing, 10), shop.external(other, 10)]
        reels = {part: shop.put(part, 15) for part in parts}
        takes = [
            [Take(line.pk, reels[line.part.number].pk, 10) for line in build.lines.select_related("part")]
            for build in builds
        ]
        assert [one.item_id for one in takes[0]] == [one.item_id for one in reversed(takes[1])]
        done, refused = race(
            *(
                partial(allocate, build=build, takes=mine, **shop.by_bo)
                for build, mine in zip(builds, takes, strict=True)
            )
        )
        assert len(done) == 1
        assert {code for one in refused for code in one.codes} == {"item_not_free"}
        assert len(refused[0].reasons) == 30, "every reel is named"
        assert sorted(map(allocated_to, builds)) == [0, 300]
        assert all(reel.quantity == 15 and reel.allocated == 10 for reel in StockItem.objects.filter(quantity__gt=0))
        for build in builds:
            deallocate(build=build, **shop.by_bo)
        count_stock(rows=[Counted(reel.pk, 0) for reel in reels.values()], **shop.by_bo)
    shop.recount()


@rounds
def test_a_build_is_finished_while_stock_is_allocated_to_it(shop, board, rounds):
    """Either the stock is promised and freed again, or the build is complete and takes none."""
    for _ in range(rounds):
        build = shop.external(board, 1)
        reel = shop.put("R-10K", 10)
        line = build.lines.get()
        allocate(build=build, takes=[Take(line.pk, reel.pk, 3)], **shop.by_bo)
        ordered = shop.ordered(build)
        receive(order=ordered.order, arrivals=[Arrival(ordered.pk, 1, accept=True)], **shop.by_bo)
        done, refused = outcomes(
            partial(finish_build, build=build, **shop.by_ada),
            partial(allocate, build=build, takes=[Take(line.pk, reel.pk, 5)], **shop.by_bo),
        )
        assert done[0] is not None
        assert refused[1] is None or refused[1].code == "wrong_state"
        assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
        assert allocated_to(build) == 0
        reel.refresh_from_db()
        assert (reel.quantity, reel.allocated) == (7, 0)
    shop.recount()


@rounds
@pytest.mark.parametrize("automatic", [False, True])
def test_a_reel_is_counted_while_it_is_allocated(shop, board, rounds, automatic):
    """It had ten, somebody finds five: eight are refused, or become five with the clerk who counted being told."""
    for _ in range(rounds):
        build = shop.external(board, 4)  # needs 12
        reel = shop.put("R-10K", 10)
        line = build.lines.get()
        take = partial(allocate, takes=[Take(line.pk, reel.pk, 8)])
        done, refused = outcomes(
            partial(auto_allocate if automatic else take, build=build, **shop.by_bo),
            partial(count_stock, rows=[Counted(reel.pk, 5)], **shop.by_ada),
        )
        counted = done[1]
        assert counted is not None
        reel.refresh_from_db()
        assert (reel.quantity, reel.allocated) == (5, allocated_to(build))
        if refused[0] is not None:
            assert numbers([refused[0]], "item_not_free", "free", "asked") == [(5, 8)]
            assert reel.allocated == 0
        else:
            assert reel.allocated == 5
        shrunk = [one["code"] for one in counted.said]
        assert shrunk in ([["allocation_shrunk"], []] if automatic else [["allocation_shrunk"] * (refused[0] is None)])
        deallocate(build=build, **shop.by_bo)
        count_stock(rows=[Counted(reel.pk, 0)], **shop.by_bo)
    shop.recount()


@rounds
def test_a_kit_is_sent_while_it_is_taken_apart(shop, rounds):
    """Either it travels and is free there, or there is nothing to send; a clerk who moves a reel is in nobody's way."""
    thing = shop.assembly("THING", {f"C-{number}": 2 for number in range(6)})
    maker = shop.manufacturer()
    there = shop.location(maker.name)
    for _ in range(rounds):
        build = shop.external(thing, 5)
        reels = [shop.put(f"C-{number}", 30) for number in range(6)]
        auto_allocate(build=build, **shop.by_bo)
        shelf = shop.location("Second shelf")
        done, refused = outcomes(
            partial(send_kit, build=build, **shop.by_bo),
            partial(deallocate, build=build, **shop.by_ada),
            partial(transfer_stock, rows=[Transfer(reels[0].pk, shelf.pk, 25)], **shop.by_bo),
        )
        assert done[1] is not None
        assert refused[0] is None or refused[0].codes == ["nothing_to_send"]
        assert refused[2] is None or numbers([refused[2]], "item_short", "there", "wanted") == [(20, 25)]
        assert allocated_to(build) == 0
        assert not StockItem.objects.filter(allocated__gt=0).exists()
        stock = StockItem.objects.filter(quantity__gt=0)
        assert sum(stock.values_list("quantity", flat=True)) == 6 * 30
        assert sum(stock.filter(location=there).values_list("quantity", flat=True)) == (60 if done[0] else 0)
        count_stock(rows=[Counted(item.pk, 0) for item in stock], **shop.by_bo)
    shop.recount()


@rounds
def test_units_are_accepted_twice_while_a_reel_at_the_manufacturer_is_counted(shop, board, rounds):
    """They are accepted once, their components are consumed once, and nothing is consumed that is not there."""
    for _ in range(rounds):
        build = shop.external(board, 4)
        reel = shop.put("R-10K", 12, "Acme Assembly")
        allocate(build=build, takes=[Take(build.lines.get().pk, reel.pk, 12)], **shop.by_bo)
        line = shop.ordered(build)
        receipt = receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
        decisions = [Decision(output) for output in receipt.data["outputs"]]
        accept = partial(accept_outputs, build=build, decisions=decisions, **shop.by_bo)
        done, refused = outcomes(accept, accept, partial(count_stock, rows=[Counted(reel.pk, 9)], **shop.by_ada))
        accepted = [one for one in done[:2] if one is not None]
        assert len(accepted) == 1
        assert [one.codes for one in refused[:2] if one is not None] == [["output_decided"]]
        assert BuildOutput.objects.filter(build=build, state=OutputState.ACCEPTED).count() == 1
        short = [one["quantity"] for one in accepted[0].said if one["code"] == "shortfall"]
        used = build.lines.get().consumed
        if done[2]:  # counted first: nine were there
            assert (used, short) == (9, ["3"])
        else:  # consumed first: the reel is used up, which is no place to count
            assert refused[2] is not None
            assert (used, short, refused[2].codes) == (12, [], ["item_not_on_hand"])
    shop.recount()
