"""Give units of a build that came as a quantity their serial numbers: each becomes an item and an output of its own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from outwork.ledger import rows as table
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.serial_counting import Counting, count_on, reservations
from outwork.ledger.serials import Claim, check_free, read_serials, scopes
from outwork.models import Allocation, Build, BuildOutput, Part, ReportedLot, StockItem, SupplierReturnLine, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.operations.reserving_serials import said_of_reservations
from outwork.operations.verdicts import insert_outputs, made_as
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import ReturnPurpose
from outwork.rules.serials import serial_number
from outwork.rules.states import OutputState, ReturnStatus, WaitsFor

declare(
    output_has_serial="Output {output} has its serial number: {serial}",
    output_decided_already="Output {output} is {state}: give its units serial numbers as stock",
    output_units_short="Output {output}: {there} units are there, {wanted} serial numbers wanted",
    output_holds_components=(
        "Output {output}: components are meant for it, fitted into it or reported of it as a whole; serial numbers come"
        " before that"
    ),
)

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The serial numbers of an output's units, as a list or the short way; of all of them, or of so many."""

    output_id: int
    serials: str | Sequence[str]
    quantity: Any = None


@operation
def assign_serials(
    *,
    build: Build,
    assignments: Sequence[Assignment],
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Give units in production their serial numbers; `ids` holds their outputs, in the order of the serial numbers.

    Each unit is an item of its own then, with its part of the value, made and received as before; the last of a whole
    output stays in its item. `~` counts on in what is reserved for the order line or build. Refuses rows_missing,
    output_not_of_build, output_named_twice, output_has_serial, output_decided_already, output_away, output_units_short,
    output_holds_components, serials_not_kept, serials_used, serials_repeated and bad serial numbers and quantities.
    """
    build = lock_build(build, expected_version=expected_version)
    part = build.part
    wanted = [one.output_id for one in assignments]
    outputs = {one.pk: one for one in BuildOutput.objects.filter(pk__any=wanted, build=build)}
    held = lock_items([one.item_id for one in outputs.values() if one.item_id is not None], existing=False)
    _check(build, part, assignments, outputs, held)
    scope = scopes([part])[part.pk]
    numbers, said = _numbers(part, scope, assignments, outputs)

    told = {str(one.output_id): given for one, given in zip(assignments, numbers, strict=True)}
    event = record("build.serials assigned", build, actor=actor, at=at, reason=reason, data={"serials": told})
    posting = Posting(event, held)
    ids = _split(posting, scope, assignments, numbers, outputs)
    with naming_constraints():
        posting.write()
    build_states.touch(build)
    return Done(event.pk, ids, said=said)


def _check(
    build: Build,
    part: Part,
    assignments: Sequence[Assignment],
    outputs: Mapping[int, BuildOutput],
    held: Mapping[int, Held],
) -> None:
    reasons = Reasons()
    if not assignments:
        reasons.add("rows_missing")
    if not part.is_trackable:
        reasons.add("serials_not_kept", part=part.label)
    items = [one.item_id for one in outputs.values() if one.item_id is not None]
    filled = set(Allocation.objects.filter(output__any=list(outputs)).values_list("output", flat=True))
    filled |= set(ReportedLot.objects.filter(output__any=list(outputs)).values_list("output", flat=True))
    holding = set(StockItem.objects.filter(inside__any=items, place=PlaceKind.INSIDE).values_list("inside", flat=True))
    seen: set[int] = set()
    for index, one in enumerate(assignments):
        output, where = outputs.get(one.output_id), (index, "output")
        if output is None:
            reasons.add("output_not_of_build", output=one.output_id, build=build.reference, where=where)
            continue
        if output.pk in seen:
            reasons.add("output_named_twice", output=output.pk, where=where)
        seen.add(output.pk)
        if output.state != OutputState.IN_PRODUCTION or output.decided_event_id is not None or output.item_id is None:
            word = OutputState(output.state).word
            reasons.add("output_decided_already", output=output.pk, state=word, where=where)
            continue
        item = held[output.item_id]
        if item.serial is not None:
            reasons.add("output_has_serial", output=output.pk, serial=item.serial, where=where)
        elif output.pk in filled or item.id in holding:
            reasons.add("output_holds_components", output=output.pk, where=where)
    _note_away(assignments, outputs, reasons)
    reasons.raise_any()


def _note_away(assignments: Sequence[Assignment], outputs: Mapping[int, BuildOutput], reasons: Reasons) -> None:
    """Units at their maker to be reworked keep the item that is awaited back; one statement, if any are reworked."""
    waiting = [one.pk for one in outputs.values() if one.waits_for == WaitsFor.REWORK]
    if not waiting:
        return
    places = {one.output_id: index for index, one in enumerate(assignments)}
    sent = SupplierReturnLine.objects.filter(
        output__any=waiting, document__status=ReturnStatus.SENT, document__purpose=ReturnPurpose.REWORK
    ).select_related("document__supplier")
    for line in sent.filter(came_back__lt=F("quantity")).order_by("output"):
        names = {"company": line.document.supplier.name, "document": line.document.reference}
        where = (places[line.output_id or 0], "output")
        reasons.add("output_away", output=line.output_id, **names, where=where)


def _numbers(
    part: Part, scope: int, assignments: Sequence[Assignment], outputs: Mapping[int, BuildOutput]
) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """The serial numbers of each output, free and named once; and what is to be said of them."""
    asks = any(isinstance(one.serials, str) and "~" in one.serials for one in assignments)
    counting = count_on([scope]) if asks else Counting({}, reservations([scope]))
    reasons, numbers, claims = Reasons(), list[list[str]](), []
    for index, one in enumerate(assignments):
        output, where, given = outputs[one.output_id], (index, "serials"), list[str]()
        owner = {"purchase_line_id": output.purchase_line_id, "build_id": output.build_id}
        try:
            count = _count(one, output, index)
            given = read_serials(one.serials, count=count, latest=counting.latest(scope, **owner), where=where)
        except Refusal as refusal:
            reasons.found += refusal.reasons
        if asks and given:
            counting.used(scope, given, **owner)
        numbers.append(given)
        claims.append(Claim(scope, given, where))
    check_free(claims, reasons)
    reasons.raise_any()
    told = [
        (part.label, scope, given, outputs[one.output_id].purchase_line_id, outputs[one.output_id].build_id)
        for one, given in zip(assignments, numbers, strict=True)
    ]
    return numbers, said_of_reservations(counting.kept, told)


def _count(one: Assignment, output: BuildOutput, index: int) -> int:
    where = (index, "quantity")
    given = one.quantity
    if given is None:
        given = output.quantity if isinstance(one.serials, str) else len(one.serials)
    wanted = quantity(given, where=where)
    if wanted > output.quantity:
        reasons = Reasons()
        reasons.add("output_units_short", output=output.pk, there=output.quantity, wanted=wanted, where=where)
        reasons.raise_any()
    return whole(wanted, where=where)


def _split(
    posting: Posting,
    scope: int,
    assignments: Sequence[Assignment],
    numbers: Sequence[list[str]],
    outputs: Mapping[int, BuildOutput],
) -> list[int]:
    """Make an item and an output of every unit; gives the outputs."""
    pairs = list(zip(assignments, numbers, strict=True))
    # The last unit of an output that is numbered whole stays where it is.
    fresh = sum(len(given) - (len(given) == outputs[one.output_id].quantity) for one, given in pairs)
    item_ids, output_ids = iter(new_ids(fresh)), iter(table.take_ids(BuildOutput, fresh))
    made, rest, ids = [], [], []
    for one, given in pairs:
        output = outputs[one.output_id]
        item = posting.held[output.item_id or 0]
        stays = given[-1] if len(given) == output.quantity else None
        for serial in given:
            output_id = output.pk if serial == stays else next(output_ids)
            about = About(
                build_id=output.build_id,
                output_id=output_id,
                manufacturer_id=output.manufacturer_id,
                purchase_line_id=output.purchase_line_id,
            )
            unit = item if serial == stays else item.part_off(next(item_ids), _ONE)
            unit.serial, unit.serial_number, unit.serial_scope = serial, serial_number(serial), scope
            if serial == stays:
                posting.carry(item, item.where, kind=Kind.SERIALISED, about=about)
            else:
                posting.split(item, _ONE, item.where, into=unit, kind=Kind.SERIALISED, about=about)
                made.append((output_id, *made_as(output, unit.id, _ONE), output.reason, output.waits_for))
            ids.append(output_id)
        rest.append((output.pk, _ONE if stays is not None else output.quantity - len(given)))
    table.update(BuildOutput, ("quantity",), rest)
    insert_outputs(made, ("reason", "waits_for"))
    return ids
