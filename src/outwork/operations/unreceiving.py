"""Take a receipt back: the goods were never here, or were booked on the wrong line."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.ledger.held import Held
from outwork.ledger.holding import hold
from outwork.ledger.post import About, Posting
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_outputs
from outwork.ledger.revalue import Reach
from outwork.models import (
    Allocation,
    Build,
    BuildOutput,
    Event,
    Movement,
    PurchaseLine,
    PurchaseOrder,
    SupplierReturnLine,
    User,
)
from outwork.operations import order_states
from outwork.operations.allocating_arrivals import allocated_to_whom_it_was_bought_for
from outwork.operations.matching_deliveries import count_deliveries_back
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import reach_of_orders, revalue_orders
from outwork.operations.undoing_build import items_of
from outwork.operations.undoing_receipt import DecidedAtOnce
from outwork.queries.settings import company_day
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.states import OrderStatus, OutputState, ReturnStatus

declare(
    event_not_a_receipt="Event {event} is no receipt: {kind}",
    receipt_taken_back="This receipt was taken back already, on {at}",
    receipt_output_decided="{what} is {state}: take that back first",
    receipt_moved_on="{what}: {left} of the {received} received are still where they were received",
    receipt_returned="{what} stands in return {document}: take that back first",
    receipt_allocated="{what}: {allocated} are allocated; free them first",
    taking_back_without_reason="Taking a receipt back needs a reason",
)


@operation
def unreceive(*, receipt: Event, reason: str, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take a whole receipt back; `ids` holds the items that no longer exist. Their serial numbers are free again.

    The order line counts them as open again, a complete order is placed again, outputs are withdrawn from
    their build and free what was allocated to them. Of units that were accepted or rejected with the receipt, what was
    consumed for them goes back into the items that it came from, allocated as it was. What is allocated to the builds
    that it was bought for is freed. Refuses event_not_a_receipt,
    receipt_taken_back, taking_back_without_reason, and for every item: receipt_output_decided (by another event),
    receipt_returned, receipt_moved_on, receipt_allocated; also later_units_depend, and where what was consumed is elsewhere.
    """
    if receipt.kind != "order.received" or receipt.order is None:
        refuse("event_not_a_receipt", event=receipt.pk, kind=receipt.kind)
    if not reason.strip():
        refuse("taking_back_without_reason", where=("reason",))
    order = lock_order(receipt.order)
    movements = list(Movement.objects.filter(event=receipt, kind=Kind.RECEIVED).select_related("part").order_by("pk"))
    holding = hold(lambda: _reach(order, receipt))
    builds = {pk: holding.builds[pk] for pk in {one.build_id for one in movements} if pk is not None}
    outputs = {
        output.item_id: output
        for output in BuildOutput.objects.filter(made_event=receipt).exclude(state=OutputState.WITHDRAWN)
    }
    arrived = sorted(one.target_item_id for one in movements if one.target_item_id is not None)
    decided = DecidedAtOnce(receipt, outputs.values(), builds.values())
    held, reserved = holding.items, read_for_outputs([output.pk for output in outputs.values()])
    if decided.back is not None:
        held, reserved = {**held, **decided.back.held}, {**decided.back.reserved, **reserved}
    lines = {one.purchase_line_id for one in movements if one.purchase_line_id is not None}
    has_allocated = any(held[pk].allocated for pk in arrived)
    bought = allocated_to_whom_it_was_bought_for(arrived, lines) if has_allocated else {}
    reserved = {**reserved, **bought}
    earlier = Event.objects.filter(reverses=receipt).first()
    if earlier is not None:
        refuse("receipt_taken_back", at=company_day(earlier.at))
    _check(movements, held, outputs, decided, bought)

    only = list(builds.values()) if len(builds) == 1 else []
    event = record("order.receipt taken back", order, *only, actor=actor, at=at, reason=reason, reverses=receipt)
    posting = Posting(event, held)
    reservations = Reservations(posting, reserved)
    decided.post(posting, reservations)
    back: dict[int, Decimal] = defaultdict(Decimal)
    for movement in movements:
        item = held[movement.target_item_id or 0]
        posting.leave(item, movement.quantity, kind=Kind.REVERSED, about=_about(movement))
        posting.mark_gone(item)
        back[movement.purchase_line_id or 0] += movement.quantity
    withdrawn = {output.pk for output in outputs.values()}
    for one in [one for one in reservations.rows.values() if one.output_id in withdrawn or one.key in bought]:
        reservations.release(one)
    posting.write()
    reservations.write()
    rows.update(BuildOutput, ("state",), [(one.pk, OutputState.WITHDRAWN) for one in outputs.values()])
    rows.update(Build, ("version",), [(pk, build.version + 1) for pk, build in builds.items()])
    _count_back(receipt, back)
    count_deliveries_back(receipt)
    if order.status == OrderStatus.COMPLETE:
        order_states.reopen(order)
    else:
        order.version += 1
        order.save(update_fields=["version"])
    decided.settle(event)
    return Done(event.pk, arrived, said=revalue_orders([order.pk], event))


def _reach(order: PurchaseOrder, receipt: Event) -> Reach:
    """What arrived and was consumed, what is allocated to single units of it, and all that bears what the order costs."""
    reach = reach_of_orders([order.pk])
    here = Movement.objects.filter(event=receipt, kind=Kind.RECEIVED).values("target_item")
    meant = Allocation.objects.filter(Q(output__made_event=receipt) | Q(item__in=here))
    found = list(meant.values_list("item", "build_line__build"))
    items, builds = {item_id for item_id, _ in found}, {build_id for _, build_id in found}
    return Reach(reach.items | items | items_of(receipt), reach.builds | builds)


def take_back_receipt(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The same, asked for as any event is taken back."""
    return unreceive(receipt=event, reason=reason, actor=actor, at=at)


def _check(
    movements: list[Movement],
    held: dict[int, Held],
    outputs: dict[int | None, BuildOutput],
    decided: DecidedAtOnce,
    bought: dict[Key, Reserved],
) -> None:
    freed: dict[int, Decimal] = defaultdict(Decimal)
    for one in bought.values():
        freed[one.item_id] += one.quantity
    reasons, at_once = Reasons(), {one.pk for one in decided.outputs}
    decided.note(reasons)
    returned = _returned(held[movement.target_item_id or 0].id for movement in movements)
    for movement in movements:
        item = held[movement.target_item_id or 0]
        what = f"{movement.part.label} {item.serial or item.batch}".strip()
        output = outputs.get(item.id)
        if output is not None and output.state != OutputState.IN_PRODUCTION and output.pk not in at_once:
            word = OutputState(output.state).word
            reasons.add("receipt_output_decided", what=what, state=word, where=("items", item.id))
            continue
        if document := returned.get(item.id):
            reasons.add("receipt_returned", what=what, document=document, where=("items", item.id))
            continue
        stays = item.place == movement.target_place and item.location_id == movement.target_location_id
        if not stays or item.quantity != movement.quantity or item.place == PlaceKind.GONE:
            left = item.quantity if stays else ZERO
            reasons.add("receipt_moved_on", what=what, left=left, received=movement.quantity, where=("items", item.id))
        elif item.allocated > freed[item.id]:
            reasons.add("receipt_allocated", what=what, allocated=item.allocated, where=("items", item.id))
    reasons.raise_any()


def _returned(items: Iterable[int]) -> dict[int, str]:
    """Which items a return stands for that was not taken back, also where they were kept; one statement."""
    lines = SupplierReturnLine.objects.filter(item__any=list(items)).exclude(document__status=ReturnStatus.CANCELLED)
    return dict(lines.order_by("pk").values_list("item", "document__reference"))


def _about(movement: Movement) -> About:
    return About(
        build_id=movement.build_id,
        output_id=movement.output_id,
        manufacturer_id=movement.manufacturer_id,
        purchase_line_id=movement.purchase_line_id,
        reverses_id=movement.pk,
    )


def _count_back(receipt: Event, back: dict[int, Decimal]) -> None:
    """Lower what the lines received, virtual parts included: those have no movement, only the event knows them."""
    told = {int(line): Decimal(units) for line, units in receipt.data["received"].items()}
    lines = PurchaseLine.objects.filter(pk__any=[*told, *back]).values_list("pk", "received")
    rows.update(PurchaseLine, ("received",), [(pk, received - told.get(pk, back[pk])) for pk, received in lines])
