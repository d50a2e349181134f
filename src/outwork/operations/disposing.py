"""Set outputs aside: hold them for inspection, release them, rework them in house, scrap what came."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from outwork.models import Build, Location, User
from outwork.operations.chosen import Chosen
from outwork.operations.recording import Done, operation, record
from outwork.operations.remembering import before_of, remember
from outwork.operations.verdicts import (
    Aside,
    Decision,
    Verdict,
    book,
    check_reason,
    choose,
    consume_and_cost,
    finish_deciding,
    leave,
    lock_to_decide,
    may_become,
    open_to_decide,
    put_aside,
)
from outwork.rules.places import Kind
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OutputState, StockStatus, WaitsFor

declare(
    holding_without_reason="Setting units aside needs a reason",
    rework_without_reason="Reworking units needs a reason",
    output_not_set_aside="Output {output} is not set aside",
    output_held_already="Output {output} is held already",
)


@operation
def hold_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    reason: str,
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    status: int = StockStatus.QUARANTINED,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Set units in production aside until somebody has looked at them; `ids` holds the outputs.

    One bad unit of a batch is split off, the box goes on. `accept_rest` leaves held units alone; deciding on them by
    name ends the wait. Refuses wrong_state, holding_without_reason, output_held_already and what `accept_outputs`
    refuses of outputs.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    check_reason(reason, "holding_without_reason")
    chosen = choose(build, decisions, location, before={OutputState.IN_PRODUCTION})
    reasons = Reasons()
    for index, one in enumerate(chosen):
        if one.output.waits_for == WaitsFor.INSPECTION:
            reasons.add("output_held_already", output=one.output.pk, where=(index, "output"))
    reasons.raise_any()
    aside = Aside(WaitsFor.INSPECTION, status, Kind.MOVED, reason)
    return _set_aside("build.outputs held", build, chosen, aside, actor, at, reason)


@operation
def release_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    note: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Put units that were held, or reworked in house, back among those to be decided on.

    Refuses wrong_state, output_not_set_aside and what `accept_outputs` refuses of outputs.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    chosen = choose(build, decisions, location, before={OutputState.IN_PRODUCTION})
    reasons = Reasons()
    for index, one in enumerate(chosen):
        if not one.output.waits_for:
            reasons.add("output_not_set_aside", output=one.output.pk, where=(index, "output"))
    reasons.raise_any()
    aside = Aside("", StockStatus.OK, Kind.MOVED)
    return _set_aside("build.outputs released", build, chosen, aside, actor, at, note)


@operation
def rework_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    reason: str,
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Rework units in house: in production again until they are decided on anew, whatever they were before.

    Accepted ones as far as they still lie in stock and nobody counts on them; also after the build is complete. What
    was consumed for them stays consumed. Refuses wrong_state, rework_without_reason, output_not_there,
    output_allocated and what `accept_outputs` refuses of outputs.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    check_reason(reason, "rework_without_reason")
    before = may_become(OutputState.IN_PRODUCTION) - {OutputState.SCRAPPED} | {OutputState.IN_PRODUCTION}
    chosen = choose(build, decisions, location, before=before)
    aside = Aside(WaitsFor.REWORK, StockStatus.ATTENTION, Kind.MOVED, reason)
    return _set_aside("build.outputs reworked", build, chosen, aside, actor, at, reason)


@operation
def scrap_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    reason: str,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Scrap units that came, in production or rejected: they were built, so their components are consumed.

    The items leave the ledger and their serial numbers are free; what they cost falls on the good units. Units that
    will never come are `report_scrap`. Refuses wrong_state, scrap_without_reason and what `accept_outputs` refuses of
    outputs.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    check_reason(reason, "scrap_without_reason")
    chosen = choose(build, decisions, None, before=may_become(OutputState.SCRAPPED))
    event = record("build.outputs scrapped", build, actor=actor, at=at, reason=reason)
    consumption = open_to_decide(build, chosen, event)
    posting = consumption.posting
    before = before_of(chosen, posting.held)
    verdict = Verdict(OutputState.SCRAPPED, Kind.REJECTED, StockStatus.DESTROYED, reason)
    decided = book(chosen, verdict, posting)
    remember(event, before, decided)
    said = consume_and_cost(build, decided, consumption, consumes=True)
    leave(decided, build, posting, kind=Kind.WRITTEN_OFF)
    consumption.write()
    finish_deciding(build, consumption)
    return Done(event.pk, [output_id for output_id, _, _ in decided], said=said)


def _set_aside(
    kind: str,
    build: Build,
    chosen: Sequence[Chosen],
    aside: Aside,
    actor: User,
    at: datetime.datetime,
    reason: str,
) -> Done:
    event = record(kind, build, actor=actor, at=at, reason=reason)
    consumption = open_to_decide(build, chosen, event)
    before = before_of(chosen, consumption.posting.held)
    put = put_aside(chosen, aside, consumption.posting)
    remember(event, before, put)
    consumption.write()
    finish_deciding(build, consumption)
    return Done(event.pk, [output_id for output_id, _, _ in put])
