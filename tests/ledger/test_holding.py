"""What an operation will touch is held before it decides; what turns up late and is held elsewhere is refused."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from outwork.ledger.documents import lock_builds
from outwork.ledger.held import lock_items
from outwork.ledger.holding import hold, reach_of_build
from outwork.ledger.revalue import Reach
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.rules.refusals import Refusal
from outwork.rules.supply import ConsumeWhen

LIMIT_SECONDS = 60


def test_it_holds_what_was_found_late_too(shop):
    first, second = (shop.build(shop.assembly("BOARD", {"R-10K": 1}), 1) for _ in range(2))
    item = shop.put("R-10K", 5)
    found = iter([Reach(set(), {second.pk}), Reach({item.pk}, {first.pk, second.pk})])
    last = Reach({item.pk}, {first.pk, second.pk})
    held = hold(lambda: next(found, last))
    assert (set(held.builds), set(held.items)) == ({first.pk, second.pk}, {item.pk})


def test_the_reach_of_a_build_is_what_it_consumes_and_what_its_units_went_into(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.build(board, 2, consume=ConsumeWhen.ACCEPTANCE)
    reel = shop.put("R-10K", 5)
    shop.allocate(build.reference, reel, 2)
    made = make_outputs(build=build, units=2, **shop.by_bo).ids
    accept_outputs(build=build, decisions=[Decision(made[0])], **shop.by_bo)
    reach = reach_of_build(build.pk)
    assert build.pk in reach.builds
    assert {item.pk for item in build.used_items.all()} | {build.output_items.get().pk} <= reach.items


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: no row is held by another")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("what", "code"), [("build", "build_busy"), ("item", "item_busy")])
def test_refuses_what_somebody_else_holds(shop, what, code):
    """It comes before what is held already: to wait for it could be the half of a deadlock."""
    builds = [shop.build(shop.assembly("BOARD", {"R-10K": 1}), 1) for _ in range(2)]
    items = [shop.put("R-10K", 5) for _ in range(2)]
    locked, release = Event(), Event()

    def somebody() -> None:
        with transaction.atomic():
            lock_builds([builds[0].pk]) if what == "build" else lock_items([items[0].pk])
            locked.set()
            release.wait(LIMIT_SECONDS)
        connections.close_all()

    thread = Thread(target=somebody, daemon=True)
    thread.start()
    assert locked.wait(LIMIT_SECONDS)
    if what == "build":
        only, everything = Reach(set(), {builds[1].pk}), Reach(set(), {one.pk for one in builds})
    else:
        only, everything = Reach({items[1].pk}, set()), Reach({one.pk for one in items}, set())
    found = iter([only])
    try:
        with pytest.raises(Refusal) as refusal, transaction.atomic():
            hold(lambda: next(found, everything))
    finally:
        release.set()
        thread.join(LIMIT_SECONDS)
    assert refusal.value.codes == [code]
    assert refusal.value.reasons[0].text()
