"""Hold all that an operation will touch before it decides: builds, then stock items, each once in id order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from outwork.ledger.documents import lock_builds, lock_late_builds
from outwork.ledger.held import Held, lock_items, lock_late_items
from outwork.ledger.reserve import items_for_builds
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build


@dataclass(slots=True)
class Holding:
    """The builds and items under their locks. Once written to, items are to be read anew."""

    builds: dict[int, Build]
    items: dict[int, Held]


def hold(find: Callable[[], Reach]) -> Holding:
    """Lock what `find` finds, and see under the locks that this is still all.

    Stock may have gone on while we waited. What is found only then may come before what we hold, so it is taken
    without waiting: a wait out of order may be the half of a deadlock. Locking again what is held costs nothing.
    Refuses build_busy, item_busy.
    """
    reach = find()
    builds, items = lock_builds(reach.builds), lock_items(reach.items, existing=False)
    while True:
        reach = find()
        late_builds, late_items = reach.builds - builds.keys(), reach.items - items.keys()
        if not late_builds and not late_items:
            return Holding(builds, items)
        builds.update(lock_late_builds(late_builds))
        items.update(lock_late_items(late_items))


def reach_of_build(build_id: int) -> Reach:
    """What the units of a build went into, which bears its part of the build's cost, and what it may consume."""
    reach = downstream(builds=[build_id])
    return Reach(reach.items | items_for_builds([build_id]), reach.builds)
