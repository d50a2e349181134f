"""Decide on outputs: accept them whole or in part, reject them, report what was scrapped at the manufacturer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held
from outwork.ledger.post import About, Posting, new_ids
from outwork.models import Build, BuildOutput, Company, Event, Location, PurchaseLine, User
from outwork.operations import build_states
from outwork.operations.choosing_maker import maker_of
from outwork.operations.consuming import Consumption, consume_due, open_consumption
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle_cost
from outwork.operations.text_limits import check_texts
from outwork.queries.builds import progress
from outwork.rules import states
from outwork.rules.costing import Consumed, bear_event
from outwork.rules.places import Kind, PlaceKind, at_location
from outwork.rules.quantities import ZERO, quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare, refuse
from outwork.rules.states import BuildStatus, OutputState, StockStatus
from outwork.rules.supply import ConsumeWhen

declare(
    output_not_of_build="{build} has no output {output}",
    output_named_twice="Output {output} is named twice",
    output_smaller="Output {output} holds {units}; {asked} were to be decided",
    rejection_without_reason="Rejecting needs a reason",
    scrap_beyond_open="{build}: {open} not built yet, {asked} scrapped; correct the number, or accept that more were made",
    scrap_without_reason="Reporting scrapped units needs a reason",
    nothing_decided="Name at least one output",
    line_of_another_build="Order line {line} does not deliver {build}",
)

DECIDABLE = frozenset({BuildStatus.PRODUCTION, BuildStatus.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Decision:
    """One output to decide on: all of it, or so many units (a part of a batch splits off)."""

    output_id: int
    quantity: Any = None
    location_id: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided, for all outputs of a request."""

    state: OutputState
    kind: Kind
    status: int
    reason: str = ""
    has_components: bool = True


@operation
def accept_outputs(
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
    """Accept outputs: they become stock one can use, and components are consumed if the build says so now.

    `ids` holds the outputs accepted (a part of a batch is a new one). What was due and not allocated is said
    as a shortfall with its mends; acceptance is never refused for it. Refuses wrong_state, nothing_decided,
    output_not_of_build, output_decided, output_named_twice, output_smaller, location_unknown,
    location_structural, stock_status_unknown, bad quantities.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, DECIDABLE, build.reference)
    chosen = _chosen(build, decisions, location)
    event = record("build.outputs accepted", build, actor=actor, at=at, reason=note, data=as_they_were(chosen))
    verdict = Verdict(OutputState.ACCEPTED, Kind.ACCEPTED, StockStatus.OK)
    ids, said = _decide(build, chosen, verdict, event)
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

    With `has_components` (they were built) components are consumed for them; without, nothing of ours went
    into them. Refuses rejection_without_reason, a long reason and what `accept_outputs` refuses.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, DECIDABLE, build.reference)
    _check_reason(reason, "rejection_without_reason")
    chosen = _chosen(build, decisions, location)
    event = record("build.outputs rejected", build, actor=actor, at=at, reason=reason, data=as_they_were(chosen))
    verdict = Verdict(OutputState.REJECTED, Kind.REJECTED, StockStatus.REJECTED, reason, has_components)
    ids, said = _decide(build, chosen, verdict, event)
    return Done(event.pk, ids, said=said)


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
    _check_reason(reason, "scrap_without_reason")
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
    chosen = _chosen(build, decisions, None)
    verdict = Verdict(OutputState.ACCEPTED, Kind.ACCEPTED, StockStatus.OK)
    return _decide(build, chosen, verdict, event)[1]


def _check_reason(reason: str, missing: str) -> None:
    reasons = Reasons()
    if not reason.strip():
        reasons.add(missing, where=("reason",))
    check_texts(BuildOutput, {"reason": reason}, reasons)
    reasons.raise_any()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A checked decision: the output, how many of its units, where they go."""

    output: BuildOutput
    units: Decimal
    location_id: int | None
    status: int | None


def _chosen(build: Build, decisions: Sequence[Decision], location: Location | None) -> list[Chosen]:
    reasons, chosen = Reasons(), []
    outputs = {
        one.pk: one
        for one in BuildOutput.objects.filter(build=build, pk__any=[one.output_id for one in decisions]).select_related(
            "item"
        )
    }
    places = {one.location_id for one in decisions if one.location_id is not None}
    places |= {location.pk} if location else set()
    found = {one.pk: one for one in Location.objects.filter(pk__any=places)} if places else {}
    if not decisions:
        reasons.add("nothing_decided")
    seen: set[int] = set()
    for index, one in enumerate(decisions):
        output = outputs.get(one.output_id)
        if output is None:
            reasons.add("output_not_of_build", build=build.reference, output=one.output_id, where=(index, "output"))
            continue
        if output.pk in seen:
            reasons.add("output_named_twice", output=output.pk, where=(index, "output"))
        seen.add(output.pk)
        if output.state != OutputState.IN_PRODUCTION:
            word = OutputState(output.state).word
            reasons.add("output_decided", output=output.pk, build=build.reference, state=word, where=(index, "output"))
        target = one.location_id or (location.pk if location else None)
        if target is not None and target not in found:
            reasons.add("location_unknown", location=target, part="", where=(index, "location"))
        elif target is not None and found[target].is_structural:
            reasons.add("location_structural", location=found[target].path, where=(index, "location"))
        if one.status is not None and one.status not in set(StockStatus):
            reasons.add("stock_status_unknown", status=one.status, where=(index, "status"))
        units = _units(build, output, one, index, reasons)
        chosen.append(Chosen(output, units, target, one.status))
    reasons.raise_any()
    return chosen


def as_they_were(chosen: Iterable[Chosen]) -> dict[str, Any]:
    """What taking the decision back needs to know: the condition of units that was not simply OK."""
    before = {
        str(one.output.pk): one.output.item.status
        for one in chosen
        if one.output.item is not None and one.output.item.status != StockStatus.OK
    }
    return {"status_before": before} if before else {}


def _units(build: Build, output: BuildOutput, decision: Decision, index: int, reasons: Reasons) -> Decimal:
    if decision.quantity is None:
        return output.quantity
    try:
        units = quantity(decision.quantity, where=(index, "quantity"))
        if build.part.is_trackable:
            whole(units, where=(index, "quantity"))
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return output.quantity
    if units > output.quantity:
        reasons.add("output_smaller", output=output.pk, units=output.quantity, asked=units, where=(index, "quantity"))
    return units


def _decide(
    build: Build, chosen: Sequence[Chosen], verdict: Verdict, event: Event
) -> tuple[list[int], list[dict[str, Any]]]:
    """Book the verdict, then consume for what is built now, then let the outputs bear it."""
    items = {one.output.item_id for one in chosen if one.output.item_id is not None}
    consumption = open_consumption(build, event, also=items, outputs=[one.output for one in chosen])
    for one in chosen:
        if consumption.posting.held[int(one.output.item_id or 0)].place == PlaceKind.GONE:
            refuse("item_gone", item=one.output.item_id)
    decided = _book(chosen, verdict, consumption.posting)
    # What was decided of a part of an output is a new one.
    consumption.output_id = decided[0][0] if len(decided) == 1 else None
    said: list[dict[str, Any]] = []
    # Of a complete build there is no end any more at which its last units could consume.
    is_due = build.consume == ConsumeWhen.ACCEPTANCE or build.status == BuildStatus.COMPLETE
    if is_due and verdict.has_components:
        consume_due(consumption)
        _cost(build, decided, consumption)
        said = [one.told() for one in consumption.shortfalls]
    consumption.write()
    if build.status == BuildStatus.COMPLETE:
        settle_cost(build, event, consumption.posting.held)
    build_states.touch(build)
    return [output_id for output_id, _, _ in decided], said


def _book(chosen: Sequence[Chosen], verdict: Verdict, posting: Posting) -> list[tuple[int, Held, Decimal]]:
    """Turn units in production into accepted or rejected stock; gives (output, item, units) of each."""
    event = posting.event
    partly = [one for one in chosen if one.units < one.output.quantity]
    item_ids, output_ids = iter(new_ids(len(partly))), iter(rows.take_ids(BuildOutput, len(partly)))
    decided, whole, rest, fresh = [], [], [], []
    for one in chosen:
        output, item = one.output, posting.held[int(one.output.item_id or 0)]
        place = at_location(one.location_id) if one.location_id is not None else item.where
        output_id = output.pk if one.units == output.quantity else next(output_ids)
        about = About(
            build_id=output.build_id,
            output_id=output_id,
            manufacturer_id=output.manufacturer_id,
            purchase_line_id=output.purchase_line_id,
        )
        if one.units == output.quantity:
            posting.carry(item, place, kind=verdict.kind, about=about)
            whole.append((output_id, verdict.state, event.pk, event.at, verdict.reason, verdict.has_components))
        else:
            part = item.part_off(next(item_ids), one.units)
            item = posting.split(item, one.units, place, into=part, kind=verdict.kind, about=about)
            rest.append((output.pk, output.quantity - one.units))
            fresh.append(
                (
                    *(output_id, output.build_id, item.id, one.units, output.manufacturer_id, output.purchase_line_id),
                    *(output.revision, output.made_event_id, output.made_at),
                    *(verdict.state, event.pk, event.at, verdict.reason, verdict.has_components),
                )
            )
        item.is_in_production = False
        item.status = one.status if one.status is not None else verdict.status
        decided.append((output_id, item, one.units))
    rows.update(BuildOutput, _DECIDED, whole)
    rows.update(BuildOutput, ("quantity",), rest)
    rows.insert(BuildOutput, ("id", *_MADE, *_DECIDED), fresh)
    return decided


_MADE = (
    "build_id",
    "item_id",
    "quantity",
    "manufacturer_id",
    "purchase_line_id",
    "revision",
    "made_event_id",
    "made_at",
)
_DECIDED = ("state", "decided_event_id", "decided_at", "reason", "has_components")


def _cost(build: Build, decided: list[tuple[int, Held, Decimal]], consumption: Consumption) -> None:
    """Let the units decided bear the components this event consumed; unknown where one of them is."""
    consumed = [Consumed(consumption.posting.event.pk, output, value) for output, value in consumption.values.items()]
    borne = bear_event(consumed, {output_id: units for output_id, _, units in decided})
    for output_id, item, _ in decided:
        if borne[output_id] != ZERO:
            about = About(build_id=build.pk, output_id=output_id)
            consumption.posting.revalue(None, item, borne[output_id], corrects=None, kind=Kind.COSTED, about=about)
