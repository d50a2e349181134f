"""Take back what was done about a return: its sending, a coming back, a credit."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from outwork.ledger import rows as bulk
from outwork.ledger.documents import lock_orders
from outwork.ledger.holding import hold
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.revalue import Reach
from outwork.ledger.reverse import Back, Moved, plan_back, post_back, settle_back
from outwork.models import (
    Build,
    Event,
    PurchaseLine,
    PurchaseOrder,
    SupplierReturn,
    SupplierReturnLine,
    User,
)
from outwork.operations import order_states
from outwork.operations.crediting import lowered_by, lowering, reach_of_credit
from outwork.operations.locking_returns import lock_return
from outwork.operations.recording import Done, record
from outwork.operations.revaluing import reach_of_orders, revalue_orders
from outwork.operations.settling_cost import settle
from outwork.operations.undoing_aside import PutAside
from outwork.operations.undoing_build import (
    allocate_again,
    count_back,
    hold_for_event,
    moves_units,
    note_later_units,
    reach_of_event,
    units_of,
)
from outwork.operations.undoing_outputs import Undecided
from outwork.queries.lineage import standing
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare
from outwork.rules.returning import ReturnPurpose
from outwork.rules.states import OPEN_BUILD, OrderStatus, ReturnStatus

declare(
    return_went_on="{document}: event {later} ({kind}) came after it; take that back first",
    return_received_again="{order}: {received} were received meanwhile of {ordered} ordered; {quantity} more cannot come back",
)


def take_back_return(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The goods never went: they lie where they lay, the order counts them again, units are what they were before.

    The document is cancelled. Refuses return_went_on (something came back or was credited), return_received_again (the
    replacement is here), and what taking back a decision refuses.
    """
    document, lines = _lock(event)
    is_replacement = document.purpose == ReturnPurpose.REPLACEMENT
    order_lines = _order_lines(lines) if is_replacement else {}
    orders = lock_orders({one.order_id for one in order_lines.values()})
    order_lines = _order_lines(lines) if is_replacement else {}
    build_ids = {line.build_id for line in lines if line.build_id is not None and not line.is_kept}
    items = [line.item_id for line in lines]

    def reach() -> Reach:
        found, costs = reach_of_event(event, build_ids, also=lambda: items), reach_of_orders(orders)
        return Reach(found.items | costs.items, found.builds | costs.builds)

    builds = _pick(hold(reach).builds, build_ids)
    back = plan_back(event, also=items, goes_back=_with_costs)
    _note_later(event, document, back.reasons)
    _note_received(event, lines, order_lines, orders, back)
    units: PutAside | Undecided
    if document.purpose == ReturnPurpose.REWORK:
        units = PutAside(event, back)
        units.note(back)
    else:
        units = Undecided(event, back)
        for build in builds.values():
            units.note(build, back, ())
            note_later_units(build, back, _fewer(units, build))
    back.reasons.raise_any()

    new = record("return.taken back", document, actor=actor, at=at, reason=reason, reverses=event)
    _move_back(back, new, builds, event, units)
    _count_orders(event, lines, order_lines, orders, at)
    document.status = ReturnStatus.CANCELLED
    document.version += 1
    document.save(update_fields=["status", "version"])
    _settle(new, builds)
    return Done(new.pk, sorted(back.held), said=revalue_orders(orders, new) if orders else [])


def take_back_coming_back(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The units are still at the supplier's, and what their rework cost is not booked; the document is open again.

    Refuses units that went on, or that were decided on or set aside since.
    """
    document, lines = _lock(event)
    came = {int(pk): Decimal(units) for pk, units in event.data["came_back"].items()}
    costs = {int(pk): Decimal(cost) for pk, cost in event.data["cost"].items()}
    mine = [line for line in lines if line.pk in came]
    build_ids = {line.build_id for line in mine if line.build_id is not None}
    builds = _pick(hold_for_event(event, build_ids).builds, build_ids)
    back = plan_back(event, goes_back=_with_costs)
    units = PutAside(event, back)
    units.note(back)
    back.reasons.raise_any()

    new = record("return.coming back taken back", document, actor=actor, at=at, reason=reason, reverses=event)
    _move_back(back, new, builds, event, units)
    changed = []
    for line in mine:
        left = line.came_back - came[line.pk]
        cost = line.cost if line.cost is None or line.pk not in costs else line.cost - costs[line.pk]
        changed.append((line.pk, left, cost if left else None))
    bulk.update(SupplierReturnLine, ("came_back", "cost"), changed)
    _open_again(document)
    _settle(new, builds)
    return Done(new.pk, sorted(back.held))


def take_back_credit(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """The credit is what it was before, mostly not known. Refuses return_went_on where it was stated again since."""
    document, lines = _lock(event)
    before = {int(pk): texts for pk, texts in event.data["before"].items()}
    mine = [line for line in lines if line.pk in before]
    build_ids = {line.build_id for line in mine if line.build_id is not None}
    kept = [line.item_id for line in mine if line.is_kept]
    holding = hold(lambda: reach_of_credit(kept, build_ids))
    reasons = Reasons()
    _note_later(event, document, reasons)
    reasons.raise_any()

    new = record("return.credit taken back", document, actor=actor, at=at, reason=reason, reverses=event)
    for line in mine:
        credit, value = before[line.pk]
        line.credit, line.credit_value = _number(credit), _number(value)
    changed = [(one.pk, one.credit, one.credit_value) for one in mine]
    bulk.update(SupplierReturnLine, ("credit", "credit_value"), changed)
    statements = lowering(mine, lowered_by(document, kept))
    settle(new, holding.items, statements=statements, builds=build_ids)
    document.status = event.data["status"]
    _save(document)
    return Done(new.pk, sorted(holding.items))


def _lock(event: Event) -> tuple[SupplierReturn, list[SupplierReturnLine]]:
    document = lock_return(SupplierReturn(pk=event.supplier_return_id))
    return document, list(document.lines.all())


def _order_lines(lines: Iterable[SupplierReturnLine]) -> dict[int, PurchaseLine]:
    wanted = [line.purchase_line_id for line in lines if line.purchase_line_id is not None]
    return PurchaseLine.objects.filter(pk__any=wanted).in_bulk()


def _pick(known: dict[int, Build], ids: set[int]) -> dict[int, Build]:
    return {pk: known[pk] for pk in sorted(ids)}


def _with_costs(moved: Moved) -> bool:
    """All that moved, and what the event itself made units cost; shares of the cost of a build are settled anew.

    A credit that never was, or is no more, need not go back: its units may have gone on.
    """
    return moves_units(moved) or (moved.kind is Kind.COSTED and moved.worth != ZERO)


def _note_later(event: Event, document: SupplierReturn, reasons: Reasons) -> None:
    later = Event.objects.filter(supplier_return=document, pk__gt=event.pk, reverses__isnull=True)
    standing = later.filter(reversals__isnull=True, kind__in=("return.came back", "return.credited"))
    found = standing.order_by("-pk").values_list("pk", "kind").first()
    if found is not None:
        reasons.add("return_went_on", document=document.reference, later=found[0], kind=found[1])


def _note_received(
    event: Event,
    lines: Iterable[SupplierReturnLine],
    order_lines: dict[int, PurchaseLine],
    orders: dict[int, PurchaseOrder],
    back: Back,
) -> None:
    """What came since may be the replacement: then both are not to be more than was ordered."""
    returned: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.purchase_line_id in order_lines:
            returned[line.purchase_line_id] += line.quantity
    if not returned:
        return
    came = standing().filter(purchase_line__any=sorted(returned), kind=Kind.RECEIVED, event__gt=event)
    replaced = set(came.values_list("purchase_line", flat=True))
    for line_id, units in returned.items():
        order_line = order_lines[line_id]
        if line_id in replaced and order_line.received + units > order_line.ordered:
            numbers = {"received": order_line.received, "ordered": order_line.ordered, "quantity": units}
            back.reasons.add("return_received_again", order=orders[order_line.order_id].reference, **numbers)


def _fewer(undecided: Undecided, build: Build) -> Any:
    """The units of a build that count as built no longer."""
    gone = {one.about.output_id for one in undecided.movements}
    outputs = [one for one in undecided.outputs.values() if one.pk in gone and one.build_id == build.pk]
    before = undecided.before
    return units_of(one for one in outputs if one.pk not in before or not before[one.pk].was_built)


def _move_back(back: Back, new: Event, builds: dict[int, Build], event: Event, units: PutAside | Undecided) -> None:
    posting = Posting(new, back.held)
    book = Reservations(posting, back.reserved)
    post_back(back, posting, book)
    if all(build.status in OPEN_BUILD for build in builds.values()):
        allocate_again(back, book)
    units.write(posting)
    for row in event.data.get("items", ()):
        item = back.held[row["item"]]
        if item.place != PlaceKind.GONE:
            item.status = row["status"]
            posting.touch(item)
    posting.write()
    book.write()
    count_back(back)
    settle_back(back)


def _count_orders(
    event: Event,
    lines: Iterable[SupplierReturnLine],
    order_lines: dict[int, PurchaseLine],
    orders: dict[int, PurchaseOrder],
    at: datetime.datetime,
) -> None:
    """The order lines received the goods after all; an order that was complete is so again."""
    for line in lines:
        if line.purchase_line_id in order_lines:
            order_lines[line.purchase_line_id].received += line.quantity
    changed = [(pk, one.received) for pk, one in sorted(order_lines.items())]
    bulk.update(PurchaseLine, ("received",), changed)
    reopened = set(event.data.get("reopened", ()))
    for order in orders.values():
        is_done = not any(one.open_quantity for one in order.lines.all())
        if order.pk in reopened and order.status == OrderStatus.PLACED and is_done:
            order_states.finish(order, at)
        else:
            order.version += 1
            order.save(update_fields=["version"])


def _settle(new: Event, builds: dict[int, Build]) -> None:
    bulk.update(Build, ("version",), [(pk, build.version + 1) for pk, build in builds.items()])
    settle(new, {}, builds=builds)


def _open_again(document: SupplierReturn) -> None:
    document.status = ReturnStatus.SENT
    _save(document)


def _save(document: SupplierReturn) -> None:
    if document.status == ReturnStatus.SENT:
        document.closed_at = None
    document.version += 1
    document.save(update_fields=["status", "closed_at", "version"])


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
