"""Decide on outputs: accept them whole or in part, reject them, report what was scrapped at the manufacturer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.models import Build, BuildOutput, Company, Event, Location, PurchaseLine, User
from outwork.operations import build_states
from outwork.operations.choosing_maker import maker_of
from outwork.operations.chosen import Chosen
from outwork.operations.consuming import consume_due, open_consumption
from outwork.operations.fitting_components import left_to_fit, require_components
from outwork.operations.recording import Done, operation, record
from outwork.operations.requiring_tests import require_tests
from outwork.operations.text_limits import check_texts
from outwork.operations.verdicts import (
    DECIDABLE,
    Decision,
    Verdict,
    check_reason,
    choose,
    decide,
    lock_to_decide,
    may_become,
    refuse_bare,
)
from outwork.queries.builds import progress
from outwork.rules import states
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, quantity, whole
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import OutputState, StockStatus
from outwork.rules.supply import ConsumeWhen

declare(
    rejection_without_reason="Rejecting needs a reason",
    scrap_beyond_open="{build}: {open} not built yet, {asked} scrapped; correct the number, or accept that more were made",
    scrap_without_reason="Reporting scrapped units needs a reason",
    line_of_another_build="Order line {line} does not deliver {build}",
    nothing_to_accept="{what}: no units wait to be accepted",
)

__all__ = [
    "Decision",
    "accept_outputs",
    "accept_rest",
    "accept_whole",
    "reject_outputs",
    "reject_whole",
    "report_scrap",
]


@operation
def accept_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    note: str = "",
    concession: str = "",
    accept_incomplete_allocation: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Accept outputs: they become stock one can use, and components are consumed if the build says so now.

    `ids` holds the outputs accepted (a part of a batch is a new one). What was due and not allocated is said
    as a shortfall with its mends; acceptance is never refused for it. With a `concession` (why) they are accepted
    although they are not as they should be: also rejected units, and units whose required tests are missing or failed.
    Refuses wrong_state, nothing_decided, output_not_of_build, output_decided, output_named_twice, output_smaller,
    output_away, tests_unmet, components_missing (unless that is accepted, with a note), location_unknown, location_structural, stock_status_unknown, bad quantities, long texts.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    reasons = Reasons()
    check_texts(BuildOutput, {"reason": concession}, reasons)
    reasons.raise_any()
    before = may_become(OutputState.ACCEPTED) if concession.strip() else {OutputState.IN_PRODUCTION}
    chosen = choose(build, decisions, location, before=before)
    if not concession.strip():
        require_tests(build, [one.output for one in chosen])
        units = [(one.output, one.units) for one in chosen]
        require_components(build, units, accept_incomplete=accept_incomplete_allocation, reason=note)
    kind = _kind(chosen, "build.outputs accepted", "build.outputs accepted after all")
    event = record(kind, build, actor=actor, at=at, reason=concession or note)
    ids, said = decide(build, chosen, _accepted(concession.strip()), event)
    return Done(event.pk, ids, said=said)


@operation
def accept_rest(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    line: PurchaseLine | None = None,
    receipt: Event | None = None,
    location: Location | None = None,
    note: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Accept all that nobody decided on yet and that is not set aside, once the sample was good.

    Of the whole build, of one order line or of one receipt. Refuses nothing_to_accept, line_of_another_build and
    what `accept_outputs` refuses.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    if line is not None and line.build_id != build.pk:
        refuse("line_of_another_build", line=line.pk, build=build.reference, where=("line",))
    waiting = BuildOutput.objects.filter(build=build, state=OutputState.IN_PRODUCTION, waits_for="")
    if line is not None:
        waiting = waiting.filter(purchase_line=line)
    if receipt is not None:
        waiting = waiting.filter(made_event=receipt)
    decisions = [Decision(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True)]
    if not decisions:
        refuse("nothing_to_accept", what=build.reference)
    chosen = choose(build, decisions, location, before={OutputState.IN_PRODUCTION})
    require_tests(build, [one.output for one in chosen])
    require_components(build, [(one.output, one.units) for one in chosen], accept_incomplete=False, reason=note)
    event = record("build.outputs accepted", build, actor=actor, at=at, reason=note)
    ids, said = decide(build, chosen, _accepted(), event)
    return Done(event.pk, ids, said=said)


@operation
def reject_outputs(
    *,
    build: Build,
    decisions: Sequence[Decision],
    reason: str,
    actor: User,
    at: datetime.datetime,
    has_components: bool = True,
    location: Location | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Reject outputs: they stay where they are as rejected stock; their cost falls on the good ones.

    Accepted ones too, as far as they still lie in stock and nobody counts on them, and after the build is complete.
    With `has_components` (they were built) components are consumed for them; without, nothing of ours went
    into them. Refuses rejection_without_reason, a long reason, components_went_in, output_not_there,
    output_allocated and what `accept_outputs` refuses.
    """
    build = lock_to_decide(build, expected_version=expected_version)
    check_reason(reason, "rejection_without_reason")
    chosen = choose(build, decisions, location, before=may_become(OutputState.REJECTED))
    if not has_components:
        refuse_bare(chosen)
    kind = _kind(chosen, "build.outputs rejected", "build.outputs rejected later")
    event = record(kind, build, actor=actor, at=at, reason=reason)
    ids, said = decide(build, chosen, _rejected(reason, has_components=has_components), event)
    return Done(event.pk, ids, said=said)


def _kind(chosen: Sequence[Chosen], first: str, again: str) -> str:
    """What happens to units that were decided on before is another event: it is taken back in another way."""
    return again if any(one.output.decided_event_id is not None for one in chosen) else first


def _accepted(concession: str = "") -> Verdict:
    has_concession = bool(concession)
    return Verdict(OutputState.ACCEPTED, Kind.ACCEPTED, StockStatus.OK, concession, has_concession=has_concession)


def _rejected(reason: str, *, has_components: bool = True) -> Verdict:
    return Verdict(OutputState.REJECTED, Kind.REJECTED, StockStatus.REJECTED, reason, has_components)


@operation
def report_scrap(
    *,
    build: Build,
    units: Any,
    reason: str,
    actor: User,
    at: datetime.datetime,
    manufacturer: Company | None = None,
    line: PurchaseLine | None = None,
    accept_beyond_open: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Note units that were built and scrapped at the manufacturer and will never come; components are consumed.

    `ids` holds the output. Refuses wrong_state, scrap_without_reason, scrap_beyond_open (more than are neither
    built nor in production, unless that is accepted), manufacturer_undecided,
    manufacturer_not_of_build, line_of_another_build, bad quantities.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, DECIDABLE, build.reference)
    count = quantity(units, where=("quantity",))
    if build.part.is_trackable:
        whole(count, where=("quantity",))
    check_reason(reason, "scrap_without_reason")
    if line is not None and line.build_id != build.pk:
        refuse("line_of_another_build", line=line.pk, build=build.reference, where=("line",))
    if not accept_beyond_open:
        _check_open(build, count)
    maker = line.order.supplier_id if line is not None else maker_of(build, manufacturer)
    event = record("build.units scrapped", build, actor=actor, at=at, reason=reason)
    build_states.freeze(build, event)
    output = BuildOutput.objects.create(
        build=build,
        quantity=count,
        state=OutputState.SCRAPPED,
        manufacturer_id=maker,
        purchase_line=line,
        revision=build.revision,
        made_event=event,
        made_at=at,
        decided_event=event,
        decided_at=at,
        reason=reason,
    )
    said = []
    if build.consume == ConsumeWhen.ACCEPTANCE:
        consumption = open_consumption(build, event)
        consume_due(consumption)
        consumption.write()
        said = [one.told() for one in consumption.shortfalls]
    build_states.touch(build)
    return Done(event.pk, [output.pk], said=said)


def _check_open(build: Build, count: Decimal) -> None:
    made = progress(build)
    left = max(ZERO, max(made.planned, made.ordered) - made.built - made.in_production)
    if count > left:
        refuse("scrap_beyond_open", build=build.reference, open=left, asked=count, where=("quantity",))


def accept_whole(build: Build, decisions: Sequence[Decision], event: Event) -> list[dict[str, Any]]:
    """Accept outputs that a receipt just made, within its event; the caller holds the build's lock."""
    chosen = choose(build, decisions, None, before={OutputState.IN_PRODUCTION})
    require_tests(build, [one.output for one in chosen])
    chosen, said = left_to_fit(build, chosen)
    return said + decide(build, chosen, _accepted(), event)[1] if chosen else said


def reject_whole(build: Build, decisions: Sequence[Decision], reason: str, event: Event) -> list[dict[str, Any]]:
    """Reject outputs that a receipt just made, within its event; the caller holds the build's lock."""
    chosen = choose(build, decisions, None, before={OutputState.IN_PRODUCTION})
    return decide(build, chosen, _rejected(reason), event)[1]
