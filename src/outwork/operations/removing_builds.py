"""Remove build orders that came to nothing: cancelled ones of which no movement tells."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.db.models import Model, Q

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds
from outwork.models import (
    Build,
    BuildLine,
    BuildLineSubstitute,
    BuildOutput,
    Demand,
    Event,
    Movement,
    PurchaseLine,
    ReportedLot,
    SerialReservation,
    SupplyChoice,
    User,
)
from outwork.operations.recording import Done, operation, record
from outwork.operations.subject_rows import drop_what_hangs
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import BuildStatus
from outwork.rules.subjects import SubjectKind

declare(
    build_not_cancelled="{build} is {state}: only a cancelled build order can be removed",
    build_has_history="{build} has {what}: it stays, so that they can be told from",
)

# What tells of a build that was worked on, and by which name people know it.
_HISTORY: tuple[tuple[str, type[Model], str], ...] = (
    ("movements of stock", Movement, "build"),
    ("outputs", BuildOutput, "build"),
    ("reported lots", ReportedLot, "build_line__build"),
    ("builds made for it", Build, "parent"),
    ("builds split from it", Build, "split_from"),
)


@operation
def remove_builds(
    *, builds: Sequence[Build], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Remove cancelled build orders with their lines, for good; `ids` holds them, `data` their references.

    What a movement, an output or another build tells of is protected. Order lines that delivered nothing are unlinked,
    numbers reserved for the build are free again. Refuses rows_missing, build_unknown, build_not_cancelled,
    build_has_history. So many statements however many builds there are.
    """
    locked = lock_builds(build.pk for build in builds)
    reasons = Reasons()
    if not builds:
        reasons.add("rows_missing", noun="build order")
    history = _history(locked)
    for index, build in enumerate(builds):
        found = locked[build.pk]
        if found.status != BuildStatus.CANCELLED:
            word = BuildStatus(found.status).word
            reasons.add("build_not_cancelled", build=found.reference, state=word, where=(index, "build"))
        elif history.get(build.pk):
            reasons.add("build_has_history", build=found.reference, what=history[build.pk], where=(index, "build"))
    reasons.raise_any()

    told = {one.reference: {"part": one.part_id, "quantity": as_text(one.quantity)} for one in locked.values()}
    event = record("build.removed", actor=actor, at=at, reason=reason, data={"builds": told})
    _remove(sorted(locked))
    return Done(event.pk, sorted(locked), data={"references": sorted(told)})


def _history(ids: Collection[int]) -> dict[int, list[str]]:
    """What tells of each build; one statement a kind."""
    found: dict[int, list[str]] = {}
    for name, model, key in _HISTORY:
        with_it = model._default_manager.filter(**{f"{key}__any": ids}).order_by().values_list(key, flat=True)
        for pk in set(with_it.distinct()):
            found.setdefault(pk, []).append(name)
    came = PurchaseLine.objects.filter(build__any=ids, received__gt=0).order_by().values_list("build", flat=True)
    for pk in set(came.distinct()):
        found.setdefault(pk, []).append("order lines that delivered")
    return found


def _remove(ids: Sequence[int]) -> None:
    lines = list(BuildLine.objects.filter(build__any=ids).values_list("pk", flat=True))
    for model in (SupplyChoice, BuildLineSubstitute, Demand):
        rows.delete_where(model, "build_line_id", lines)
    rows.delete_where(BuildLine, "build_id", ids)
    PurchaseLine.objects.filter(build__any=ids).update(build=None)
    reserved = SerialReservation.objects.filter(build__any=ids)
    rows.delete(SerialReservation, reserved.filter(purchase_line__isnull=True).values_list("pk", flat=True))
    reserved.filter(~Q(purchase_line=None)).update(build=None)
    # What happened stays told; the event of the removal says of which builds.
    Event.objects.filter(build__any=ids).update(build=None)
    drop_what_hangs(SubjectKind.BUILD, ids)
    rows.delete_where(Build, "pk", ids)
