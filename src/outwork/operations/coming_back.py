"""What went away to be reworked comes back: the same units, with their history, to be decided on anew."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows as bulk
from outwork.ledger.held import Held, lock_items
from outwork.ledger.holding import hold
from outwork.ledger.locations import find_locations
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.reserve import items_for_builds
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build, BuildOutput, Event, Location, SupplierReturn, SupplierReturnLine, User
from outwork.operations.chosen import Chosen
from outwork.operations.consuming import open_consumption
from outwork.operations.locking_returns import lock_return, return_line_of
from outwork.operations.money_of_day import rate_of_day
from outwork.operations.owning import refuse_of_others
from outwork.operations.recording import Done, operation, record
from outwork.operations.remembering import before_of, remember
from outwork.operations.verdicts import Aside, finish_deciding, put_aside
from outwork.rules import states
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import ZERO, as_text, money, quantity, rounded_money, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import ReturnStatus, StockStatus

declare(
    return_not_for_rework="{document} is for {purpose}: what replaces the units is received on their order line",
    return_line_back="{document} line {line}: all of it came back",
    return_line_short="{document} line {line}: {open} are away, {asked} came back",
    return_units_elsewhere="{document} line {line}: its units were moved on from where they were sent",
    return_location_missing="Say where the units go",
    rework_cost_missing="{document} line {line}: we pay for the rework; say what it cost (0 if nothing)",
    rework_paid_by_supplier="{document} line {line}: {company} pays for the rework, so it costs us nothing",
)


@dataclass(frozen=True, slots=True)
class ComingBack:
    """Units of a line come back: all that are away or so many. `cost` is for these units, in the document's currency."""

    line_id: int
    quantity: Any = None
    cost: Any = None
    location_id: int | None = None
    status: int | None = None


@dataclass(slots=True)
class _Row:
    row: ComingBack
    line: SupplierReturnLine
    units: Decimal
    cost: Decimal | None
    location_id: int | None
    item: Held | None = None


@operation
def receive_back(
    *,
    document: SupplierReturn,
    rows: Sequence[ComingBack],
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    note: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Book reworked units back into our stock; `ids` holds their items, the same ones that went.

    Units of a build are in production again until they are accepted or rejected; other stock is usable at once, in the
    condition named. Where we pay, the units cost so much more, at the rate of the day. The document is closed with the
    last of them. Refuses wrong_state, return_not_for_rework, rows_missing, return_line_unknown, line_named_twice,
    return_line_back, return_line_short, return_units_elsewhere, return_location_missing, location_unknown,
    location_structural, stock_status_unknown, rework_cost_missing, rework_paid_by_supplier, item_of_others, bad numbers.
    """
    document = lock_return(document, expected_version=expected_version)
    states.require(document.status, {ReturnStatus.SENT}, document.reference)
    reasons = Reasons()
    if document.purpose != ReturnPurpose.REWORK:
        reasons.add("return_not_for_rework", document=document.reference, purpose=document.purpose)
        reasons.raise_any()
    lines = {line.pk: line for line in document.lines.select_related("part", "item__location")}
    coming = _read(document, lines, rows, location, reasons)
    reasons.raise_any()
    builds = {one.line.build_id for one in coming if one.line.build_id is not None}
    holding = hold(lambda: _reach([one.line.item_id for one in coming], builds))
    _check_places(document, coming, holding.items, reasons)
    reasons.raise_any()
    refuse_of_others([(holding.items[one.line.item_id], (index, "line")) for index, one in enumerate(coming)], actor)

    costs = {str(one.line.pk): as_text(one.cost) for one in coming if one.cost is not None}
    data = {"came_back": {str(one.line.pk): as_text(one.units) for one in coming}, "cost": costs}
    event = record(
        "return.came back", document, *_only(holding.builds, builds), actor=actor, at=at, reason=note, data=data
    )
    for build_id in sorted(builds):
        _take_units([one for one in coming if one.line.build_id == build_id], holding.builds[build_id], document, event)
    _take_parts([one for one in coming if one.line.build_id is None], document, event)
    said = _add_cost(coming, document, event)
    _count(document, lines, coming, at)
    return Done(event.pk, [one.item.id for one in coming if one.item is not None], said=said)


def _only(known: dict[int, Build], ids: set[int]) -> list[Build]:
    return [known[pk] for pk in ids] if len(ids) == 1 else []


def _reach(items: Sequence[int], builds: set[int]) -> Reach:
    if not builds:
        return Reach(set(items), set())
    found = downstream(builds=builds)
    return Reach(found.items | items_for_builds(builds) | set(items), found.builds | builds)


def _read(
    document: SupplierReturn,
    lines: dict[int, SupplierReturnLine],
    rows: Sequence[ComingBack],
    location: Location | None,
    reasons: Reasons,
) -> list[_Row]:
    if not rows:
        reasons.add("rows_missing")
    targets = [row.location_id or (location.pk if location else None) for row in rows]
    find_locations([(target, (index, "location")) for index, target in enumerate(targets)], reasons)
    coming, seen = [], set[int]()
    for index, (row, target) in enumerate(zip(rows, targets, strict=True)):
        line = return_line_of(document, lines, row.line_id, index, seen, reasons)
        if line is None:
            continue
        if target is None:
            reasons.add("return_location_missing", where=(index, "location"))
        if row.status is not None and row.status not in set(StockStatus):
            reasons.add("stock_status_unknown", status=row.status, where=(index, "status"))
        units = _units(document, line, row, index, reasons)
        coming.append(_Row(row, line, units, _cost(document, line, row, index, reasons), target))
    return coming


def _units(
    document: SupplierReturn, line: SupplierReturnLine, row: ComingBack, index: int, reasons: Reasons
) -> Decimal:
    away, where = line.quantity - line.came_back, (index, "quantity")
    named = {"document": document.reference, "line": line.position}
    if not away:
        reasons.add("return_line_back", **named, where=(index, "line"))
        return away
    if row.quantity is None:
        return away
    try:
        units = quantity(row.quantity, where=where)
        if line.part.is_trackable:
            whole(units, where=where)
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return away
    if units > away:
        reasons.add("return_line_short", **named, open=away, asked=units, where=where)
    return units


def _cost(
    document: SupplierReturn, line: SupplierReturnLine, row: ComingBack, index: int, reasons: Reasons
) -> Decimal | None:
    where, named = (index, "cost"), {"document": document.reference, "line": line.position}
    if document.paid_by == PaidBy.SUPPLIER:
        if row.cost is not None:
            reasons.add("rework_paid_by_supplier", **named, company=document.supplier.name, where=where)
        return None
    if row.cost is None:
        reasons.add("rework_cost_missing", **named, where=where)
        return None
    try:
        return money(row.cost, where=where)
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return None


def _check_places(document: SupplierReturn, coming: Sequence[_Row], held: dict[int, Held], reasons: Reasons) -> None:
    """The units still lie at the supplier's."""
    places = {one.location_id for one in held.values() if one.location_id is not None}
    theirs = set(Location.objects.filter(pk__any=places, company=document.supplier).values_list("pk", flat=True))
    for index, one in enumerate(coming):
        item = held[one.line.item_id]
        if item.location_id not in theirs or item.quantity < one.units:
            named = {"document": document.reference, "line": one.line.position}
            reasons.add("return_units_elsewhere", **named, where=(index, "line"))


def _take_units(mine: Sequence[_Row], build: Build, document: SupplierReturn, event: Event) -> None:
    """Units of a build: in production, waiting for a decision."""
    outputs = BuildOutput.objects.filter(
        pk__any=[one.line.output_id for one in mine if one.line.output_id is not None]
    ).in_bulk()
    chosen = [
        Chosen(outputs[one.line.output_id or 0], one.units, one.location_id, one.row.status, one.line.item_id)
        for one in mine
    ]
    consumption = open_consumption(build, event, also={one.item_id for one in chosen})
    before = before_of(chosen, consumption.posting.held)
    aside = Aside("", StockStatus.OK, Kind.CAME_BACK, document_id=document.pk)
    done = put_aside(chosen, aside, consumption.posting)
    remember(event, before, done)
    consumption.write()
    for one, (_, item, _) in zip(mine, done, strict=True):
        one.item = item
    finish_deciding(build, consumption)


def _take_parts(mine: Sequence[_Row], document: SupplierReturn, event: Event) -> None:
    """Ordinary stock: usable again, in the condition that is named."""
    if not mine:
        return
    posting = Posting(event, lock_items([one.line.item_id for one in mine]))
    fresh = iter(new_ids(sum(one.units < posting.held[one.line.item_id].quantity for one in mine)))
    kept = []
    for one in mine:
        item = posting.held[one.line.item_id]
        about = About(
            purchase_line_id=one.line.purchase_line_id,
            supplier_return_id=document.pk,
            manufacturer_id=document.supplier_id,
        )
        kept.append({"item": item.id, "status": item.status})
        target = at_location(one.location_id)
        if one.units == item.quantity:
            posting.carry(item, target, kind=Kind.CAME_BACK, about=about)
        else:
            into = item.part_off(next(fresh), one.units)
            item = posting.split(item, one.units, target, into=into, kind=Kind.CAME_BACK, about=about)
        item.status = one.row.status if one.row.status is not None else StockStatus.OK
        posting.touch(item)
        one.item = item
    posting.write()
    event.data = {**event.data, "items": kept}
    event.save(update_fields=["data"])


def _add_cost(coming: Sequence[_Row], document: SupplierReturn, event: Event) -> list[dict[str, Any]]:
    """What the rework cost makes the units dearer; unknown without a rate."""
    paid = [one for one in coming if one.cost]
    if not paid:
        return []
    rate = rate_of_day(document.currency, event.at)
    posting = Posting(event, lock_items([one.item.id for one in paid if one.item is not None]))
    for one in paid:
        assert one.item is not None
        assert one.cost is not None
        about = About(
            purchase_line_id=one.line.purchase_line_id,
            supplier_return_id=document.pk,
            manufacturer_id=document.supplier_id,
            amount=one.cost,
            currency=document.currency,
            rate=rate,
        )
        value = None if rate is None else rounded_money(one.cost * rate)
        posting.revalue(None, posting.held[one.item.id], value, corrects=None, kind=Kind.COSTED, about=about)
    posting.write()
    named = {"document": document.reference, "currency": document.currency}
    return [] if rate is not None else [{"code": "return_rate_missing", **named}]


def _count(
    document: SupplierReturn, lines: dict[int, SupplierReturnLine], coming: Sequence[_Row], at: datetime.datetime
) -> None:
    """Count what came back; the document is closed with the last of it."""
    added: dict[int, Decimal] = defaultdict(Decimal)
    for one in coming:
        one.line.came_back += one.units
        if one.cost is not None:
            added[one.line.pk] += one.cost
    changed = [
        (
            one.line.pk,
            one.line.came_back,
            (one.line.cost or ZERO) + added[one.line.pk] if one.line.pk in added else one.line.cost,
        )
        for one in coming
    ]
    bulk.update(SupplierReturnLine, ("came_back", "cost"), changed)
    if all(line.came_back == line.quantity for line in lines.values()):
        document.status, document.closed_at = ReturnStatus.CLOSED, at
    document.version += 1
    document.save(update_fields=["status", "closed_at", "version"])
