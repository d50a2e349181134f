"""What a build costs falls on its good units, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, BuildOutput, Movement, Part, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import reopen_build
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.receiving import receive
from outwork.operations.splitting_stock import Split, split_stock
from outwork.rules.places import Kind
from outwork.rules.receiving import Arrival
from outwork.rules.states import OutputState

D = Decimal


def give(shop, build, item, quantity):
    allocate(build=build, takes=[Take(build.lines.get(part=item.part).pk, item.pk, quantity)], **shop.by_bo)


def come(shop, line, units, **facts):
    """Receive units; gives the outputs made."""
    done = receive(
        order=line.order, arrivals=[Arrival(line.pk, units, **facts)], location=shop.location("Dock"), **shop.by_bo
    )
    line.order.refresh_from_db()
    return done.data["outputs"]


def accept(shop, build, outputs, **facts):
    done = accept_outputs(build=build, decisions=[Decision(one, **facts) for one in outputs], **shop.by_bo)
    return done.ids


def finish(shop, build, **facts):
    return finish_build(build=build, **{"accept_unallocated": True, "accept_incomplete": True, **shop.by_bo, **facts})


def values(build):
    """What the outputs' items are worth, in the order of the outputs."""
    items = BuildOutput.objects.filter(build=build, item__isnull=False).exclude(state=OutputState.WITHDRAWN)
    return list(items.order_by("pk").values_list("item__value", flat=True))


@pytest.fixture
def board(shop):
    """100 boards of 2 resistors each, ordered at 10.00; one of them a spare."""
    shop.switch_on()
    part = shop.assembly("BOARD", {"R-10K": 2}, is_purchaseable=True)
    shop.part("R-10K", is_component=True)
    return part


def test_it_works(shop, board):
    """Two receipts with different reels: each output costs its own lot; the rejected ones fall on all good ones."""
    build = shop.external(board, 10)
    cheap, dear = shop.put("R-10K", 8, batch="A", value="0.80"), shop.put("R-10K", 12, batch="B", value="2.40")
    line = shop.ordered(build)
    give(shop, build, cheap, 8)
    (first,) = come(shop, line, 4)
    accept(shop, build, [first])
    give(shop, build, dear, 12)
    (second,) = come(shop, line, 6)
    accept(shop, build, [second], quantity=5)
    reject_outputs(build=build, decisions=[Decision(second)], reason="bent", **shop.by_bo)
    assert values(build) == [D("40.80"), D("10.40"), D("52.00")]
    shop.recount()

    finish(shop, build)
    # The rejected board's 10.40 are borne by nine good ones.
    assert values(build) == [D("40.80") + D("4.622222"), D(0), D("52.00") + D("5.777778")]
    assert sum(values(build)) == D("103.20")
    shop.recount()


def test_scrap_at_the_manufacturer_and_the_shortfall_settled_at_the_end_fall_on_good_units(shop, board):
    build = shop.external(board, 3)
    reel = shop.put("R-10K", 20, value="2.00")
    line = shop.ordered(build)
    (output,) = come(shop, line, 3)
    accept(shop, build, [output])
    assert values(build) == [D(30)]
    give(shop, build, reel, 8)
    report_scrap(build=build, units=1, reason="burnt", accept_beyond_open=True, **shop.by_bo)
    assert values(build) == [D(30)]
    finish(shop, build)
    assert values(build) == [D("30.80")]
    shop.recount()


def test_what_is_unknown_makes_the_outputs_unknown_and_not_nothing(shop, board):
    build = shop.external(board, 3)
    line = shop.ordered(build)
    give(shop, build, shop.put("R-10K", 4, value="1.00"), 4)
    first, second = come(shop, line, 2)[0], come(shop, line, 1)[0]
    accept(shop, build, [first])
    give(shop, build, shop.put("R-10K", 2), 2)
    accept(shop, build, [second])
    assert values(build) == [D(21), None]
    finish(shop, build)
    assert values(build) == [D(21), None]
    shop.recount()


def test_a_residue_that_is_unknown_makes_all_outputs_unknown_wherever_they_are(shop, board):
    build = shop.external(board, 2)
    line = shop.ordered(build)
    (output,) = come(shop, line, 2)
    accept(shop, build, [output])
    item = StockItem.objects.get(outputs__build=build).pk
    part = split_stock(rows=[Split(item, 1)], **shop.by_bo).ids[0]
    give(shop, build, shop.put("R-10K", 4), 4)
    finish(shop, build)
    assert list(StockItem.objects.filter(pk__in=[item, part]).values_list("value", flat=True)) == [None, None]
    shop.recount()


def test_without_good_units_the_rejected_keep_what_they_cost(shop, board):
    build = shop.external(board, 2)
    line = shop.ordered(build)
    give(shop, build, shop.put("R-10K", 4, value="1.00"), 4)
    (output,) = come(shop, line, 2)
    reject_outputs(build=build, decisions=[Decision(output)], reason="wrong board", **shop.by_bo)
    finish(shop, build)
    assert values(build) == [D(21)]
    shop.recount()


def test_finished_again_it_posts_the_difference_only(shop, board):
    build = shop.external(board, 3)
    line = shop.ordered(build)
    (output,) = come(shop, line, 3)
    accept(shop, build, [output])
    give(shop, build, shop.put("R-10K", 6, value="0.60"), 6)
    finish(shop, build)
    assert values(build) == [D("30.60")]
    reopen_build(build=build, reason="one more resistor", **shop.by_ada)
    movements = shop.movements()
    finish(shop, build)
    assert (values(build), shop.movements()) == ([D("30.60")], movements)
    reopen_build(build=build, reason="one burnt too", **shop.by_ada)
    build.refresh_from_db()
    give(shop, build, shop.put("R-10K", 2, value="0.30"), 2)
    report_scrap(build=build, units=1, reason="burnt", accept_beyond_open=True, **shop.by_bo)
    finish(shop, build)
    assert values(build) == [D("30.90")]
    assert Movement.objects.filter(kind=Kind.COSTED).count() == 1
    shop.recount()


def test_it_follows_units_that_were_split_moved_and_used_in_a_higher_build(shop, board):
    build = shop.external(board, 4)
    line = shop.ordered(build)
    (output,) = come(shop, line, 4)
    accept(shop, build, [output])
    item = StockItem.objects.get(outputs__build=build).pk
    moved = transfer_stock(rows=[Transfer(item, shop.location("Shelf").pk, 1)], **shop.by_bo).ids[0]

    device = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 2)
    give(shop, device, StockItem.objects.get(pk=item), 2)
    made = make_outputs(build=device, units=2, **shop.by_bo).ids
    accept(shop, device, made)
    finish(shop, device)
    assert values(device) == [D(20)]

    give(shop, build, shop.put("R-10K", 8, value="1.00"), 8)
    finish(shop, build)
    assert values(device) == [D("20.50")]
    assert StockItem.objects.get(pk=moved).value == D("10.25")
    assert StockItem.objects.get(pk=item).value == D("10.25")
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, board, statements, count):
    Part.objects.filter(pk=board.pk).update(is_trackable=True)
    build = shop.external(board, count)
    line = shop.ordered(build)
    outputs = come(shop, line, count, serials=[str(number) for number in range(count)])
    accept(shop, build, outputs)
    give(shop, build, shop.put("R-10K", 2 * count, value="1.00"), 2 * count)
    build = Build.objects.get(pk=build.pk)
    with statements() as seen:
        finish(shop, build)
    assert seen == 44
    assert sum(values(build)) == 10 * count + 1
    shop.recount()
