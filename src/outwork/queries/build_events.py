"""What was done about a build, event by event, the receipts of its units among it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from outwork.models import Build, Event, Movement


@dataclass(frozen=True, slots=True)
class BuildEvent:
    """One event about a build; `taken_back_by` and `takes_back` name other events."""

    id: int
    at: datetime.datetime
    kind: str
    by: str
    reason: str
    taken_back_by: int | None
    takes_back: int | None


def events_of(build: Build) -> list[BuildEvent]:
    """All that was done about a build, newest first; one statement."""
    of_units = Movement.objects.filter(build=build).values("event")
    query = Event.objects.filter(Q(build=build) | Q(pk__in=of_units)).order_by("-pk")
    columns = ("pk", "at", "kind", "actor__username", "reason", "reversals", "reverses")
    return [BuildEvent(*row) for row in query.values_list(*columns)]
