"""Move a build through its life: issue it (which freezes its lines), hold it, cancel it, reopen it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.holding import hold, reach_of_build
from outwork.models import Build, BuildOutput, Event, PurchaseLine, User
from outwork.operations.following_bom import follow_boms
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle_cost
from outwork.rules import states
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import BUILD, BuildStatus, OutputState

declare(
    outputs_open="{build} still has {quantity} in production: accept, reject or return them first",
    reason_missing="{document} can be reopened only with a reason",
)


@operation
def issue_build(
    *, build: Build, actor: User, at: datetime.datetime, expected_version: int | None = None, key: str | None = None
) -> Done:
    """Issue a pending or held build. Issuing a pending one takes its BOM over for the last time.

    Repeating it changes nothing. Refuses transition_impossible, version_changed.
    """
    build = lock_build(build, expected_version=expected_version)
    if states.is_repeat(build.status, BuildStatus.PRODUCTION):
        return _nothing("build.issued", build, actor, at)
    if build.status == BuildStatus.COMPLETE:  # that is reopened, with a reason
        states.refuse_move(build.status, BuildStatus.PRODUCTION, document=build.reference)
    states.require_move(BUILD, build.status, BuildStatus.PRODUCTION, document=build.reference)
    event = record("build.issued", build, actor=actor, at=at)
    start(build, event)
    return Done(event.pk, [build.pk])


def start(build: Build, event: Event) -> None:
    """Put a locked build into production; its lines are frozen from here on."""
    start_all([build], event)


def start_all(builds: Collection[Build], event: Event) -> None:
    """Put locked builds into production; a fixed number of statements."""
    freeze_all(builds, event)
    for build in builds:
        build.status = BuildStatus.PRODUCTION
        build.version += 1
    rows.update(Build, ("status", "version"), [(build.pk, build.status, build.version) for build in builds])


def issue_ordered(builds: Iterable[Build], reference: str, event: Event) -> list[dict[str, Any]]:
    """Issue locked builds that a placed order delivers, each with an event of its own; says what happened.

    One on hold stays on hold, but its lines are frozen: they are what was ordered. A fixed number of statements.
    """
    ordered = list(builds)
    pending = [build for build in ordered if build.status == BuildStatus.PENDING]
    on_hold = [build for build in ordered if build.status == BuildStatus.ON_HOLD]
    said = {build.pk: {"code": "build_issued", "build": build.reference} for build in pending}
    said |= {build.pk: {"code": "build_on_hold", "build": build.reference} for build in on_hold}
    issued = ("build.issued", event.actor_id, event.at, timezone.now(), {"by": reference})
    names = ("kind", "actor_id", "at", "recorded_at", "data", "build_id")
    rows.insert(Event, names, [(*issued, build.pk) for build in pending])
    freeze_all([*pending, *on_hold], event)
    start_all(pending, event)
    return [said[build.pk] for build in ordered if build.pk in said]


def freeze(build: Build, event: Event) -> None:
    """Take the BOM over for the last time, whatever the state: the build is ordered, or units of it are there.

    A build on hold stays on hold, but what was ordered or built cannot follow the BOM any more.
    """
    freeze_all([build], event)


def freeze_all(builds: Iterable[Build], event: Event) -> None:
    """Freeze locked builds, those that are not yet; a fixed number of statements."""
    following = [build for build in builds if build.issued_at is None]
    if not following:
        return
    follow_boms(following, event)
    for build in following:
        build.issued_at = event.at
    rows.update(Build, ("issued_at",), [(build.pk, build.issued_at) for build in following])


@operation
def hold_build(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Put a build on hold; allocations stay. Repeating it changes nothing. Refuses transition_impossible."""
    build = lock_build(build, expected_version=expected_version)
    if states.is_repeat(build.status, BuildStatus.ON_HOLD):
        return _nothing("build.held", build, actor, at)
    states.require_move(BUILD, build.status, BuildStatus.ON_HOLD, document=build.reference)
    event = record("build.held", build, actor=actor, at=at, reason=reason)
    _move(build, BuildStatus.ON_HOLD)
    return Done(event.pk, [build.pk])


@operation
def cancel_build(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Cancel a build: what is due for the units built is consumed, the good ones bear it, and the rest is free.

    Says what was due and is not there, and which order lines still deliver it. Refuses transition_impossible,
    outputs_open.
    """
    # Consuming counts its changes with `touch`, so it cannot be imported at the top.
    from outwork.operations.consuming import consume_due, open_consumption

    reach = hold(lambda: reach_of_build(build.pk))
    build = lock_build(build, expected_version=expected_version)
    if states.is_repeat(build.status, BuildStatus.CANCELLED):
        return _nothing("build.cancelled", build, actor, at)
    states.require_move(BUILD, build.status, BuildStatus.CANCELLED, document=build.reference)
    require_no_open_outputs(build)
    event = record("build.cancelled", build, actor=actor, at=at, reason=reason)
    consumption = open_consumption(build, event, also=reach.items)
    consume_due(consumption)
    freed = consumption.free_the_rest()
    consumption.write()
    event.data = {"was": build.status, "freed": [one.noted() for one in freed]}
    event.save(update_fields=["data"])
    build.completed_at = at
    _move(build, BuildStatus.CANCELLED)
    settle_cost(build, event, consumption.posting.held)
    lines = PurchaseLine.objects.on_order().filter(build=build).select_related("order")
    said = [one.told() for one in consumption.shortfalls] + [
        {"code": "still_on_order", "order": line.order.reference, "quantity": as_text(line.open_quantity)}
        for line in lines
    ]
    return Done(event.pk, [build.pk], said=said)


@operation
def reopen_build(
    *,
    build: Build,
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Reopen a complete build, with a reason; its cost is provisional again.

    Refuses wrong_state, reason_missing.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, {BuildStatus.COMPLETE}, build.reference)
    if not reason.strip():
        refuse("reason_missing", document=build.reference, where=("reason",))
    event = record("build.reopened", build, actor=actor, at=at, reason=reason)
    build.completed_at = None
    _move(build, BuildStatus.PRODUCTION)
    return Done(event.pk, [build.pk])


def require_no_open_outputs(build: Build) -> None:
    """Refuse while units of the build are neither accepted nor rejected."""
    waiting = BuildOutput.objects.filter(build=build, state=OutputState.IN_PRODUCTION).values_list(
        "quantity", flat=True
    )
    quantity = sum(waiting, ZERO)
    if quantity:
        refuse("outputs_open", build=build.reference, quantity=quantity)


def touch(build: Build) -> None:
    """Count a change of a locked build, so that who has seen it before notices."""
    build.version += 1
    build.save(update_fields=["version"])


def _move(build: Build, status: BuildStatus) -> None:
    build.status = status
    build.version += 1
    build.save(update_fields=["status", "version", "issued_at", "completed_at"])


def _nothing(kind: str, build: Build, actor: User, at: datetime.datetime) -> Done:
    """A repeated transition: noted, nothing changed."""
    event = record(kind, build, actor=actor, at=at, data={"repeated": True})
    return Done(event.pk, [build.pk])
