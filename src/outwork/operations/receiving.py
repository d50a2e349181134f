"""Receive purchase order lines: stock for parts, outputs for external builds."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from outwork.ledger import rows
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.documents import lock_order
from outwork.ledger.held import Held
from outwork.ledger.holding import hold
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.reserve import Reservations, items_for_builds
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build, BuildLine, BuildOutput, Demand, Event, Location, PurchaseLine, PurchaseOrder, User
from outwork.operations import build_states, order_states
from outwork.operations.allocating_arrivals import Meant, allocate_arrivals, meant_for, read_need
from outwork.operations.arriving import Lot, lots_of
from outwork.operations.batch_codes import BatchCodes
from outwork.operations.deciding_on_receipt import decide_on_receipt
from outwork.operations.matching_deliveries import count_deliveries, fill_in
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import reach_of_orders, revalue_orders
from outwork.queries.landed import LandedCost, landed
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.costing import landed_value
from outwork.rules.packs import packs_to_base
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import as_text, quantity, worth
from outwork.rules.receiving import Arrival, Disposition, OpenLine, Receipt, plan_receipt
from outwork.rules.refusals import Refusal
from outwork.rules.serials import serial_number
from outwork.rules.states import BuildStatus, OrderStatus, StockStatus


@operation
def receive(
    *,
    order: PurchaseOrder,
    arrivals: Sequence[Arrival],
    actor: User,
    at: datetime.datetime,
    location: Location | None = None,
    accept: bool | None = None,
    accept_overreceipt: bool = False,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Book what arrived and count it against its lines; `ids` holds the stock items made.

    A line linked to an external build makes outputs, in production until they are accepted; with `accept`
    (or the arrival's own, or the manufacturer's default) they are accepted in the same step; an arrival's disposition
    accepts, holds or rejects. The first receipt issues a pending build; one on hold stays on hold and says so; units for a cancelled build
    become ordinary stock and say so. Never refused for want of components. Location: arrival, request,
    line, build, order, part. An arrival may start from an announced delivery; the difference is said. What is bought
    for a build is allocated to it where it lies with us or at its manufacturer, and that is said.

    Refuses wrong_state, nothing_arrived, line_not_on_order, over_receipt, over_receipt_reason, location_missing, location_unknown, location_structural, stock_status_unknown,
    delivery_not_on_order, delivery_not_expected, delivery_of_another_line,
    serials_needed, serials_not_kept, virtual_serials, disposition_without_reason, tests_unmet, bad quantities, serial numbers and long texts.
    """
    order = lock_order(order, expected_version=expected_version)
    known = order.lines.select_related("part__default_location", "destination", "supplier_part")
    known = known.annotate(is_dedicated=Exists(Demand.objects.filter(line=OuterRef("pk"))))
    lines: dict[int, PurchaseLine] = {line.pk: line for line in known}
    arrivals, announced = fill_in(order, lines, arrivals)
    meant = {lines[one.line_id].build_id for one in arrivals if one.line_id in lines}
    is_over = _is_over(lines, arrivals)
    bought = meant_for(lines, [one.line_id for one in arrivals])
    holding = hold(lambda: _reach(order, [pk for pk in meant if pk is not None], bought, is_over=is_over))
    builds = {build_id: holding.builds[build_id] for build_id in sorted(filter(None, meant))}

    states.require(order.status, {OrderStatus.PLACED}, order.reference)
    settings = all_settings()
    receipt = plan_receipt(
        _open_lines(lines, builds),
        arrivals,
        order=order.reference,
        tolerance_percent=Decimal(settings["PURCHASEORDER_OVERRECEIPT_TOLERANCE"]),
        accept_over=accept_overreceipt,
        reason=reason,
    )
    lots, unreserved = lots_of(order, lines, builds, arrivals, receipt, location)
    codes = BatchCodes.of(settings, at)
    lots = [_with_batch(lot, order, codes) for lot in lots]

    arrived = [(lot.arrival, lot.line, lot.units, lot.serials) for lot in lots]
    counted, said = count_deliveries(announced, arrived)
    data = {**_told(receipt), **({"announced": counted} if counted else {})}
    event = record("order.received", order, actor=actor, at=at, reason=reason, data=data)
    said += unreserved + _ready_builds(builds, event) + _nameless(lots)
    read_need(bought)
    items, outputs, given = _book(
        order, lots, event, bought, holding.builds, used_up_goes=settings["STOCK_DELETE_DEPLETED_DEFAULT"]
    )
    said += given
    _count(order, lines, receipt, settings["PURCHASEORDER_AUTO_COMPLETE"], at)
    if receipt.over:
        # More units than ordered share the order's extra costs, those that came before too.
        said += revalue_orders([order.pk], event)
    said += decide_on_receipt(order, lots, outputs, builds, event, accept)
    return Done(event.pk, items, said=said, data={"outputs": [one for made in outputs for one in made]})


def _is_over(lines: Mapping[int, PurchaseLine], arrivals: Sequence[Arrival]) -> bool:
    """Whether more comes than is open, so that what came before costs something else; bad numbers are refused later."""
    units: dict[int, Decimal] = defaultdict(Decimal)
    for one in arrivals:
        if one.line_id in lines:
            with suppress(Refusal):
                count = quantity(one.quantity)
                units[one.line_id] += count if one.in_units else packs_to_base(count, lines[one.line_id].pack_size)
    return any(count > lines[line_id].open_quantity for line_id, count in units.items())


def _reach(order: PurchaseOrder, build_ids: Sequence[int], bought: Meant, *, is_over: bool) -> Reach:
    """What a receipt may change beside what it makes: the builds, what they may consume, and who bears another cost.

    Of a build that is complete the cost is settled at once; too many units change what those before them cost.
    """
    complete = Build.objects.filter(pk__any=list(build_ids), status=BuildStatus.COMPLETE) if build_ids else []
    bearing = [build.pk for build in complete]
    reach = downstream(builds=bearing)
    if is_over:
        costs = reach_of_orders([order.pk])
        reach = Reach(reach.items | costs.items, reach.builds | costs.builds)
    reach.builds.update(build_ids, bought.build_ids)
    if len(build_ids) > 1 or (build_ids and (is_over or bearing)):
        reach.items |= items_for_builds(build_ids)
    return reach


def _open_lines(lines: dict[int, PurchaseLine], builds: dict[int, Build]) -> dict[int, OpenLine]:
    tracked = set(
        BuildLine.objects.filter(build__any=list(builds), is_tracked=True, is_consumable=False)
        .values_list("build", flat=True)
        .order_by()
        .distinct()
    )
    return {
        line.pk: OpenLine(
            line_id=line.pk,
            part=line.part.label,
            ordered=line.ordered,
            received=line.received,
            is_closed=line.is_closed,
            pack_size=line.pack_size,
            is_virtual=line.part.is_virtual,
            is_trackable=line.part.is_trackable,
            has_tracked_components=line.build_id in tracked,
        )
        for line in lines.values()
    }


def _ready_builds(builds: dict[int, Build], event: Event) -> list[dict[str, Any]]:
    """Issue pending builds; say what is unusual about the others."""
    said = []
    for build in builds.values():
        if build.status == BuildStatus.PENDING:
            build_states.start(build, event)
            said.append({"code": "build_issued", "build": build.reference})
        elif build.status != BuildStatus.PRODUCTION:
            if build.status == BuildStatus.ON_HOLD:
                build_states.freeze(build, event)
            said.append({"code": _UNUSUAL[BuildStatus(build.status)], "build": build.reference})
    return said


def _with_batch(lot: Lot, order: PurchaseOrder, codes: BatchCodes) -> Lot:
    """The batch that was said, else that of the build, else one by the company's template."""
    said = lot.arrival.batch or (lot.build.batch if lot.build and lot.makes_outputs else "")
    batch = said or codes.code(
        part=lot.line.part, quantity=lot.units, location=lot.location, build=lot.build, order=order
    )
    return replace(lot, arrival=replace(lot.arrival, batch=batch))


def _nameless(lots: Sequence[Lot]) -> list[dict[str, Any]]:
    """Units of trackable parts that nobody can tell apart later: with neither serial numbers nor a batch."""
    return [
        {"code": "without_serials", "part": lot.line.part.label, "quantity": as_text(lot.units)}
        for lot in lots
        if lot.line.part.is_trackable and lot.item_count and not (lot.serials or lot.arrival.batch)
    ]


_UNUSUAL = {
    BuildStatus.ON_HOLD: "build_on_hold",
    BuildStatus.CANCELLED: "build_cancelled",
    BuildStatus.COMPLETE: "build_complete",
}


def _book(
    order: PurchaseOrder,
    lots: Sequence[Lot],
    event: Event,
    bought: Meant,
    builds: Mapping[int, Build],
    *,
    used_up_goes: bool,
) -> tuple[list[int], list[list[int]], list[dict[str, Any]]]:
    """Post the arrivals and write outputs and allocations; gives the items, the outputs lot by lot, and what to say."""
    known = landed([order.pk])
    costs, today = known.at(event.at), known.day(event.at)
    before = {lot.line.pk: lot.line.received for lot in lots}
    posting = Posting(event, {})
    item_ids = iter(new_ids(sum(lot.item_count for lot in lots)))
    output_ids = iter(rows.take_ids(BuildOutput, sum(lot.item_count for lot in lots if lot.makes_outputs)))
    items: list[int] = []
    outputs: list[list[int]] = []
    arrived: list[tuple[Lot, list[Held]]] = []
    made: list[tuple[Any, ...]] = []
    for lot in lots:
        about = _about(order, lot, costs[lot.line.pk])
        mine: list[int] = []
        arrived.append((lot, []))
        for held, value in _items(lot, item_ids, costs[lot.line.pk], before[lot.line.pk], event, today):
            output = next(output_ids) if lot.makes_outputs else None
            held.goes_when_empty = used_up_goes and held.serial is None and output is None
            posting.arrive(held, kind=Kind.RECEIVED, value=value, about=replace(about, output_id=output))
            items.append(held.id)
            arrived[-1][1].append(held)
            if output is not None and lot.build is not None:
                mine.append(output)
                made.append(
                    (
                        *(output, lot.build.pk, held.id, held.quantity, order.supplier_id, lot.line.pk),
                        *(lot.build.revision, event.pk, event.at),
                    )
                )
        outputs.append(mine)
        before[lot.line.pk] += lot.units
    book = Reservations(posting)
    came = {lot.line.pk: lot.line.received for lot in lots}
    given = allocate_arrivals(arrived, came, bought, builds, book)
    with naming_constraints():
        posting.write()
    book.write()
    rows.insert(BuildOutput, _OUTPUT, made)
    fed = {one["build"] for one in given}
    _touch(
        [lot.build for lot in lots if lot.build is not None and lot.makes_outputs]
        + [build for build in builds.values() if build.reference in fed]
    )
    return items, outputs, given


def _touch(builds: Sequence[Build]) -> None:
    """Units of these builds came: who saw the builds before notices."""
    changed = {build.pk: build for build in builds}
    for build in changed.values():
        build.version += 1
    rows.update(Build, ("version",), [(pk, changed[pk].version) for pk in sorted(changed)])


_OUTPUT = (
    "id",
    "build_id",
    "item_id",
    "quantity",
    "manufacturer_id",
    "purchase_line_id",
    "revision",
    "made_event_id",
    "made_at",
)


def _about(order: PurchaseOrder, lot: Lot, cost: LandedCost) -> About:
    return About(
        build_id=lot.build.pk if lot.build is not None and lot.makes_outputs else None,
        manufacturer_id=order.supplier_id,
        purchase_line_id=lot.line.pk,
        amount=None if cost.price is None else worth(lot.units / (len(lot.serials) or 1), cost.price),
        currency=cost.currency,
        rate=cost.rate,
    )


def _items(
    lot: Lot, ids: Any, cost: LandedCost, before: Decimal, event: Event, today: datetime.date
) -> list[tuple[Held, Decimal | None]]:
    """The stock items of one arrival, each with its value; so many units of the line came before."""
    if not lot.item_count:
        return []
    serials: Sequence[str | None] = sorted(lot.serials) or [None]
    units = lot.units / len(serials)
    values = [landed_value(cost.value, before + units * number, units) for number in range(len(serials))]
    is_rejected = lot.arrival.disposition is Disposition.REJECT
    pattern = Held(
        id=0,
        part_id=lot.line.part_id,
        quantity=units,
        received_at=event.at,
        batch=lot.arrival.batch,
        serial_scope=lot.serial_scope,
        # Units of a build are rejected by a decision, like any that was made later.
        status=StockStatus.OK if lot.makes_outputs and is_rejected else lot.arrival.condition,
        build_id=lot.build.pk if lot.build and lot.makes_outputs else None,
        is_in_production=lot.makes_outputs,
        supplier_part_id=lot.line.supplier_part_id,
        purchase_line_id=lot.line.pk,
        packaging=lot.arrival.packaging or lot.line.supplier_part.packaging,
        expiry_date=lot.arrival.expiry_date or _expiry(lot, today),
        note=lot.arrival.note,
    )
    pattern.put(at_location(lot.location.pk if lot.location else None))
    return [
        (
            replace(pattern, id=next(ids), serial=serial, serial_number=serial_number(serial) if serial else None),
            value,
        )
        for serial, value in zip(serials, values, strict=True)
    ]


def _expiry(lot: Lot, today: datetime.date) -> datetime.date | None:
    days = lot.line.part.default_expiry_days
    return today + datetime.timedelta(days=days) if days else None


def _count(
    order: PurchaseOrder,
    lines: dict[int, PurchaseLine],
    receipt: Receipt,
    auto_complete: bool,
    at: datetime.datetime,
) -> None:
    """Count the units against their lines; the receipt that leaves nothing open completes the order."""
    for line_id, units in receipt.by_line.items():
        lines[line_id].received += units
    rows.update(PurchaseLine, ("received",), [(pk, lines[pk].received) for pk in sorted(receipt.by_line)])
    if auto_complete and not any(line.open_quantity for line in lines.values()):
        order_states.finish(order, at)
    else:
        order.version += 1
        order.save(update_fields=["version"])


def _told(receipt: Receipt) -> dict[str, Any]:
    return {
        "received": {str(line): as_text(units) for line, units in receipt.by_line.items()},
        "over": [
            {"line": one.line_id, "open": as_text(one.open), "arrived": as_text(one.arrived)} for one in receipt.over
        ],
    }
