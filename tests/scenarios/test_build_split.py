"""A build is split: the manufacturer can make sixty of a hundred, a second one makes the rest."""

from __future__ import annotations

from decimal import Decimal

from outwork.models import Build, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.closing_short import close_short
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.sending import send_kit
from outwork.operations.splitting_build import split_build
from outwork.queries.builds import progress
from outwork.rules.states import BuildStatus


def test_forty_of_a_hundred_go_to_a_second_manufacturer(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    shelf = shop.location("Main shelf")
    build = shop.external(board, 100, destination=shelf)
    shop.put("R-10K", 400, value="40.00")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)

    other = shop.manufacturer("Borel")
    shop.sells(other, board, "12.00")
    done = split_build(
        build=build, quantity=40, manufacturer=other, reason="their line is full", **shop.by(shop.ada, days=3)
    )
    successor = Build.objects.get(pk=done.ids[0])
    build.refresh_from_db()
    assert (build.quantity, successor.quantity, successor.split_from) == (60, 40, build)
    assert (successor.manufacturer, successor.status) == (other, BuildStatus.PRODUCTION)
    allocated = StockItem.objects.filter(allocations__isnull=False).values_list(
        "allocations__build_line__build__reference", "allocations__quantity"
    )
    assert sorted(allocated) == [(build.reference, 240), (successor.reference, 160)]
    assert [one["code"] for one in done.said] == ["build_overordered"]  # the first order is still for a hundred

    ordered = shop.ordered(successor)
    for one in (build, successor):
        send_kit(build=Build.objects.get(pk=one.pk), **shop.by(shop.bo, days=4))
    shop.expect("""
        R-10K   Acme Assembly   240   for BO-0001
        R-10K   Borel           160   for BO-0002
    """)
    first = shop.received(line, 60, serials="1-60", **shop.by(shop.bo, days=20))
    second = shop.received(ordered, 40, serials="61-100", **shop.by(shop.bo, days=22))
    for one, made in ((build, first), (successor, second)):
        said = accept_outputs(
            build=one, decisions=[Decision(output.pk) for output in made], **shop.by(shop.bo, days=23)
        ).said
        assert said == []
    close_short(order=line.order, lines=[line.pk], reason="the rest is Borel's", **shop.by(shop.ada, days=23))
    for one in (build, successor):
        finish_build(build=Build.objects.get(pk=one.pk), **shop.by(shop.ada, days=24))
        assert progress(Build.objects.get(pk=one.pk)).open == 0
    assert {shop.item_of(one).value for one in first} == {Decimal("10.40")}
    assert {shop.item_of(one).value for one in second} == {Decimal("12.40")}
    shop.recount()
