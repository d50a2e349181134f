"""Fill an empty installation with the demo company: all of its year in one transaction, or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from django.db import transaction
from django.utils import timezone

from outwork.cli.demo_company import airgrid, fenlog, gateway, stocking, tarnlog
from outwork.cli.demo_company.catalogue import COMPANY
from outwork.cli.demo_company.people import LOGINS
from outwork.cli.demo_company.script import Scene
from outwork.cli.demo_company.stage import Stage
from outwork.models import Company, Event, Location, Part, User
from outwork.operations.master_data.writing import lock_master_data
from outwork.operations.recording import record
from outwork.rules.refusals import declare, refuse

declare(
    company_not_empty="This installation holds data of its own ({found}): the demo company is made only in an empty one",
)

FILLED = "demo.filled"
TOLD = "fenlog-1"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """Whether the company was made now or before, and the build order whose story is told."""

    is_new: bool
    build_id: int


def fill(progress: Progress, *, now: datetime.datetime | None = None) -> Filled:
    """Make the demo company if nothing is there yet; `progress` hears of every scene: done, of how many, its title.

    Interrupted, it leaves nothing behind. Two at once wait for each other. Refuses company_not_empty.
    """
    with transaction.atomic():
        lock_master_data()
        before = Event.objects.filter(kind=FILLED).first()
        if before is not None:
            return Filled(False, before.data["told"])
        _require_empty()
        stage = Stage(now or timezone.now())
        told = story()
        for done, scene in enumerate(told):
            progress(done, len(told), scene.title)
            stage.clock.ago = scene.ago
            scene.play(stage)
        told_id = stage.builds[TOLD]
        data = {"company": COMPANY, "told": told_id}
        stage.clock.ago = 0
        record(FILLED, **stage.by("Dee", 8, 0), data=data)
        progress(len(told), len(told), "Done")
    return Filled(True, told_id)


def story() -> list[Scene]:
    """All scenes in the order of their days; on one day the threads in a fixed order."""
    threads = (stocking.scenes, fenlog.scenes, airgrid.scenes, gateway.scenes, tarnlog.scenes)
    return sorted(chain(*threads), key=lambda scene: -scene.ago)


def _require_empty() -> None:
    """Nothing of anybody's may be there; users alone do no harm, unless they have the demo's logins."""
    counts = {
        "parts": Part.objects.count(),
        "companies": Company.objects.count(),
        "locations": Location.objects.count(),
        "events": Event.objects.count(),
        "users with the logins of the demo": User.objects.filter(username__in=list(LOGINS)).count(),
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    if found:
        refuse("company_not_empty", found=found)
