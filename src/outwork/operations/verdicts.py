"""What every decision on outputs shares: which outputs, how many of their units, and how the verdict is booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held
from outwork.ledger.holding import hold
from outwork.ledger.post import NOTHING, About, Posting, new_ids
from outwork.ledger.reserve import items_for_builds
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build, BuildOutput, Event, Location, SupplierReturnLine
from outwork.operations import build_states
from outwork.operations.chosen import OF_DECISION, Chosen
from outwork.operations.consuming import Consumption, consume_due, open_consumption
from outwork.operations.feeding_parent import feed_parent
from outwork.operations.owning import refuse_of_others
from outwork.operations.remembering import before_of, remember
from outwork.operations.settling_cost import settle_cost
from outwork.operations.text_limits import check_texts
from outwork.rules import states
from outwork.rules.costing import Consumed, bear_event
from outwork.rules.places import Kind, PlaceKind, at_location
from outwork.rules.quantities import ZERO, quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import ReturnPurpose
from outwork.rules.states import DECIDABLE_BUILD, OUTPUT, BuildStatus, OutputState, ReturnStatus, StockStatus, WaitsFor
from outwork.rules.supply import ConsumeWhen

declare(
    output_not_of_build="{build} has no output {output}",
    output_named_twice="Output {output} is named twice",
    output_smaller="Output {output} holds {units}; {asked} were to be decided",
    output_not_there="Output {output}: {there} of its {asked} units lie in stock; the others went on",
    output_allocated="Output {output}: {allocated} of its units are allocated; free them first",
    output_away="Output {output} is at {company} with {document}: receive it back first",
    components_went_in="Output {output} was built before: its components went in and are consumed",
    nothing_decided="Name at least one output",
)

DECIDABLE = frozenset({BuildStatus.PRODUCTION, BuildStatus.ON_HOLD})
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


@dataclass(frozen=True, slots=True)
class Decision:
    """One output to decide on: all of it, or so many units (a part of a batch splits off)."""

    output_id: int
    quantity: Any = None
    location_id: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """How units are set aside: what they wait for, in which condition, and by which kind of movement they go."""

    waits_for: str
    status: int
    kind: Kind
    reason: str = ""
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided, for all outputs of a request."""

    state: OutputState
    kind: Kind
    status: int
    reason: str = ""
    has_components: bool = True
    has_concession: bool = False


def lock_to_decide(
    build: Build, *, expected_version: int | None = None, allowed: Collection[BuildStatus] = DECIDABLE_BUILD
) -> Build:
    """Lock a build whose units are decided on; with one that is complete also all that bears its cost.

    Refuses wrong_state, version_changed.
    """
    if build.status == BuildStatus.COMPLETE:
        hold(lambda: reach_of_build(build.pk))
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, allowed, build.reference)
    return build


def reach_of_build(build_id: int) -> Reach:
    """What the units of a build went into, and what it may consume or has used up."""
    reach = downstream(builds=[build_id])
    return Reach(reach.items | items_for_builds([build_id]), reach.builds)


def check_reason(reason: str, missing: str) -> None:
    """Refuse a reason that is missing (with that code), too long or not clean."""
    reasons = Reasons()
    if not reason.strip():
        reasons.add(missing, where=("reason",))
    check_texts(BuildOutput, {"reason": reason}, reasons)
    reasons.raise_any()


def choose(
    build: Build, decisions: Sequence[Decision], location: Location | None, *, before: Collection[OutputState]
) -> list[Chosen]:
    """Read decisions on outputs that are in one of the states `before`; two statements, three where units are reworked.

    Refuses nothing_decided, output_not_of_build, output_named_twice, output_decided, output_smaller, output_away,
    location_unknown, location_structural, stock_status_unknown and bad quantities.
    """
    reasons, chosen = Reasons(), []
    outputs = {
        one.pk: one for one in BuildOutput.objects.filter(build=build, pk__any=[one.output_id for one in decisions])
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
        if output.state not in before or output.item_id is None:
            word = OutputState(output.state).word
            reasons.add("output_decided", output=output.pk, build=build.reference, state=word, where=(index, "output"))
        target = one.location_id or (location.pk if location else None)
        if target is not None and target not in found:
            reasons.add("location_unknown", location=target, part="", where=(index, "location"))
        elif target is not None and found[target].is_structural:
            reasons.add("location_structural", location=found[target].path, where=(index, "location"))
        if one.status is not None and one.status not in set(StockStatus):
            reasons.add("stock_status_unknown", status=one.status, where=(index, "status"))
        chosen.append(Chosen(output, _units(build, output, one, index, reasons), target, one.status))
    _note_away(chosen, reasons)
    reasons.raise_any()
    return chosen


def may_become(after: OutputState) -> frozenset[OutputState]:
    """The states of outputs from which that one can be reached."""
    return frozenset(before for before, then in OUTPUT if then == after)


def _note_away(chosen: Sequence[Chosen], reasons: Reasons) -> None:
    """Units that are at their maker to be reworked are decided on when they are back."""
    waiting = {
        one.output.pk: index
        for index, one in enumerate(chosen)
        if one.output.waits_for == WaitsFor.REWORK and one.output.state == OutputState.IN_PRODUCTION
    }
    if not waiting:
        return
    away = SupplierReturnLine.objects.filter(
        output__any=list(waiting), document__status=ReturnStatus.SENT, document__purpose=ReturnPurpose.REWORK
    ).select_related("document__supplier")
    for line in away.order_by("output"):
        if line.came_back < line.quantity and line.output_id is not None:
            names = {"company": line.document.supplier.name, "document": line.document.reference}
            reasons.add("output_away", output=line.output_id, **names, where=(waiting[line.output_id], "output"))


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


def check_there(chosen: Sequence[Chosen], held: dict[int, Held]) -> None:
    """Refuse units that are not in stock any more, or that somebody counts on.

    Refuses item_gone, output_not_there, output_allocated.
    """
    reasons = Reasons()
    for index, one in enumerate(chosen):
        item = held[one.item_id]
        if not one.was_decided:
            if item.place == PlaceKind.GONE:
                reasons.add("item_gone", item=item.id, where=(index, "output"))
            continue
        there = item.quantity if item.is_on_hand else ZERO
        if there < one.units:
            reasons.add("output_not_there", output=one.output.pk, there=there, asked=one.units, where=(index, "output"))
        elif item.free < one.units:
            reasons.add("output_allocated", output=one.output.pk, allocated=item.allocated, where=(index, "output"))
    reasons.raise_any()


def decide(
    build: Build, chosen: Sequence[Chosen], verdict: Verdict, event: Event
) -> tuple[list[int], list[dict[str, Any]]]:
    """Book the verdict, then consume for what is built now, then let the outputs bear it; gives the outputs decided.

    The caller holds the build (`lock_to_decide`).
    """
    consumption = open_to_decide(build, chosen, event)
    before = before_of(chosen, consumption.posting.held)
    decided = book(chosen, verdict, consumption.posting)
    if any(was_touched(one) or row["status"] != StockStatus.OK for one, row in zip(chosen, before, strict=True)):
        remember(event, before, decided)
    said = consume_and_cost(build, decided, consumption, consumes=verdict.has_components)
    consumption.write()
    if verdict.state == OutputState.ACCEPTED:
        said += feed_parent(build, [item for _, item, _ in decided], consumption.posting)
    finish_deciding(build, consumption)
    return [output_id for output_id, _, _ in decided], said


def was_touched(chosen: Chosen) -> bool:
    """Whether somebody decided on the units before, or set them aside."""
    return chosen.output.decided_event_id is not None or bool(chosen.output.waits_for)


def open_to_decide(build: Build, chosen: Sequence[Chosen], event: Event) -> Consumption:
    """Lock the items of outputs and what their build may consume, and see that the units are there.

    Refuses item_of_others for units that go to a location.
    """
    items = {one.item_id for one in chosen}
    consumption = open_consumption(build, event, also=items, outputs=[one.output for one in chosen])
    check_there(chosen, consumption.posting.held)
    held, moving = consumption.posting.held, [one for one in enumerate(chosen) if one[1].location_id is not None]
    refuse_of_others([(held[one.item_id], (index, "output")) for index, one in moving], event.actor)
    return consumption


def consume_and_cost(
    build: Build, decided: Sequence[tuple[int, Held, Decimal]], consumption: Consumption, *, consumes: bool
) -> list[dict[str, Any]]:
    """Consume what is due now that these units count as built, and let them bear it; says what was missing."""
    # What was decided of a part of an output is a new one.
    consumption.output_id = decided[0][0] if len(decided) == 1 else None
    # Of a complete build there is no end any more at which its last units could consume.
    is_due = build.consume == ConsumeWhen.ACCEPTANCE or build.status == BuildStatus.COMPLETE
    if not is_due or not consumes:
        return []
    consume_due(consumption)
    _cost(build, decided, consumption)
    return [one.told() for one in consumption.shortfalls]


def finish_deciding(build: Build, consumption: Consumption) -> None:
    """Let the units of a complete build bear its cost anew, and count the change; all movements are written."""
    if build.status == BuildStatus.COMPLETE:
        settle_cost(build, consumption.posting.event, consumption.posting.held)
    build_states.touch(build)


def book(chosen: Sequence[Chosen], verdict: Verdict, posting: Posting) -> list[tuple[int, Held, Decimal]]:
    """Turn units into accepted or rejected stock; gives (output, item, units) of each."""
    event = posting.event
    partly = [one for one in chosen if _is_part(one, posting)]
    item_ids = iter(new_ids(len(partly)))
    left = _left_of(chosen)
    output_ids = iter(rows.take_ids(BuildOutput, sum(units > 0 for units in left)))
    decided, entire, fresh = [], [], []
    rest: dict[int, Decimal] = {}
    for one, left_after in zip(chosen, left, strict=True):
        output, item = one.output, posting.held[one.item_id]
        place = at_location(one.location_id) if one.location_id is not None else item.where
        is_split = left_after > 0
        output_id = next(output_ids) if is_split else output.pk
        about = About(
            build_id=output.build_id,
            output_id=output_id,
            manufacturer_id=output.manufacturer_id,
            purchase_line_id=output.purchase_line_id,
        )
        stays = one.was_decided and verdict.state != OutputState.ACCEPTED
        has_components = output.has_components if stays else verdict.has_components
        decision = (verdict.state, event.pk, event.at, verdict.reason, has_components, "", verdict.has_concession)
        if _is_part(one, posting):
            part = item.part_off(next(item_ids), one.units)
            item = posting.split(item, one.units, place, into=part, kind=verdict.kind, about=about)
        else:
            posting.carry(item, place, kind=verdict.kind, about=about)
        if is_split:
            rest[output.pk] = left_after
            fresh.append((output_id, *made_as(output, item.id, one.units), *decision))
        else:
            entire.append((output_id, item.id, *decision))
        item.is_in_production = False
        item.status = one.status if one.status is not None else verdict.status
        decided.append((output_id, item, one.units))
    rows.update(BuildOutput, ("item_id", *OF_DECISION), entire)
    rows.update(BuildOutput, ("quantity",), list(rest.items()))
    insert_outputs(fresh, OF_DECISION)
    return decided


def put_aside(chosen: Sequence[Chosen], aside: Aside, posting: Posting) -> list[tuple[int, Held, Decimal]]:
    """Put units (back) into production, waiting for something; gives (output, item, units) of each.

    Who was decided on before still names that event: such units were built, and what they are made of is consumed.
    """
    partly = [one for one in chosen if _is_part(one, posting)]
    item_ids = iter(new_ids(len(partly)))
    left = _left_of(chosen)
    output_ids = iter(rows.take_ids(BuildOutput, sum(units > 0 for units in left)))
    put, entire, fresh = [], [], []
    rest: dict[int, Decimal] = {}
    for one, left_after in zip(chosen, left, strict=True):
        output, item = one.output, posting.held[one.item_id]
        place = at_location(one.location_id) if one.location_id is not None else item.where
        is_split = left_after > 0
        output_id = next(output_ids) if is_split else output.pk
        about = About(
            build_id=output.build_id,
            output_id=output_id,
            manufacturer_id=output.manufacturer_id,
            purchase_line_id=output.purchase_line_id,
            supplier_return_id=aside.document_id,
        )
        if _is_part(one, posting):
            part = item.part_off(next(item_ids), one.units)
            kind = Kind.SPLIT if aside.kind is Kind.MOVED else aside.kind
            item = posting.split(item, one.units, place, into=part, kind=kind, about=about)
        elif place != item.where:
            posting.carry(item, place, kind=aside.kind, about=about)
        item.is_in_production = True
        item.status = one.status if one.status is not None else aside.status
        posting.touch(item)
        facts = (
            *(OutputState.IN_PRODUCTION, output.decided_event_id, output.decided_at, aside.reason or output.reason),
            *(output.has_components, aside.waits_for, False),
        )
        if is_split:
            rest[output.pk] = left_after
            fresh.append((output_id, *made_as(output, item.id, one.units), *facts))
        else:
            entire.append((output_id, item.id, *facts))
        put.append((output_id, item, one.units))
    rows.update(BuildOutput, ("item_id", *OF_DECISION), entire)
    rows.update(BuildOutput, ("quantity",), list(rest.items()))
    insert_outputs(fresh, OF_DECISION)
    return put


def leave(
    decided: Sequence[tuple[int, Held, Decimal]], build: Build, posting: Posting, *, kind: Kind, about: About = NOTHING
) -> None:
    """The units go to the outside world, with their value; what then is empty no longer exists."""
    for output_id, item, units in decided:
        posting.leave(item, units, kind=kind, about=replace(about, build_id=build.pk, output_id=output_id))
        if not item.quantity:
            posting.mark_gone(item)


def _left_of(chosen: Sequence[Chosen]) -> list[Decimal]:
    """What each output has left after each decision; several may be on one output, whose units lie in several items.

    Refuses output_smaller.
    """
    reasons, after = Reasons(), []
    left: dict[int, Decimal] = {}
    for index, one in enumerate(chosen):
        units = left.get(one.output.pk, one.output.quantity)
        if one.units > units:
            reasons.add("output_smaller", output=one.output.pk, units=units, asked=one.units, where=(index, "quantity"))
        left[one.output.pk] = units - one.units
        after.append(left[one.output.pk])
    reasons.raise_any()
    return after


def _is_part(chosen: Chosen, posting: Posting) -> bool:
    """Whether the units are split off their item: units of the output may have gone on, or others came to them."""
    return chosen.units < posting.held[chosen.item_id].quantity


def made_as(output: BuildOutput, item_id: int, units: Decimal) -> tuple[Any, ...]:
    """The facts that units split off an output share with it, for `insert_outputs`."""
    return (
        *(output.build_id, item_id, units, output.manufacturer_id, output.purchase_line_id),
        *(output.revision, output.made_event_id, output.made_at),
    )


def insert_outputs(made: Sequence[tuple[Any, ...]], names: Sequence[str]) -> None:
    """Insert outputs as (id, what `made_as` gives, and these columns); one statement."""
    rows.insert(BuildOutput, ("id", *_MADE, *names), made)


def _cost(build: Build, decided: Sequence[tuple[int, Held, Decimal]], consumption: Consumption) -> None:
    """Let the units decided bear the components this event consumed; unknown where one of them is."""
    consumed = [Consumed(consumption.posting.event.pk, output, value) for output, value in consumption.values.items()]
    borne = bear_event(consumed, {output_id: units for output_id, _, units in decided})
    for output_id, item, _ in decided:
        if borne[output_id] != ZERO:
            about = About(build_id=build.pk, output_id=output_id)
            consumption.posting.revalue(None, item, borne[output_id], corrects=None, kind=Kind.COSTED, about=about)


def refuse_bare(chosen: Sequence[Chosen]) -> None:
    """Refuse components_went_in: units that were decided on before cannot turn out to hold nothing of ours."""
    reasons = Reasons()
    for index, one in enumerate(chosen):
        if one.output.decided_event_id is not None and one.output.has_components:
            reasons.add("components_went_in", output=one.output.pk, where=(index, "output"))
    reasons.raise_any()
