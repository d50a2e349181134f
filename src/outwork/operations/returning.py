"""Send something back to a supplier or manufacturer: to be replaced, reworked or credited."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models

from outwork.ledger import rows as bulk
from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import About, Posting, new_ids
from outwork.models import (
    Company,
    Event,
    Location,
    PurchaseLine,
    PurchaseOrder,
    SupplierReturn,
    SupplierReturnLine,
    User,
)
from outwork.operations import order_states
from outwork.operations.consuming import Consumption, open_consumption
from outwork.operations.crediting import check_units_cost, lower_kept
from outwork.operations.locking_returns import lock_return
from outwork.operations.money_of_day import credit_value
from outwork.operations.numbering import take_reference
from outwork.operations.owning import refuse_of_others
from outwork.operations.recording import Done, operation, record
from outwork.operations.remembering import before_of, remember
from outwork.operations.return_rows import Going, Goods, read_rows
from outwork.operations.return_rows import ReturnRow as ReturnRow
from outwork.operations.revaluing import revalue_orders
from outwork.operations.sending import make_location_of
from outwork.operations.text_limits import check_texts
from outwork.operations.verdicts import (
    Aside,
    Verdict,
    book,
    check_there,
    consume_and_cost,
    finish_deciding,
    leave,
    put_aside,
)
from outwork.queries.settings import get
from outwork.rules import states
from outwork.rules.currency import currency_code
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import SUPPLIER_RETURN, OrderStatus, OutputState, ReturnStatus, StockStatus, WaitsFor

declare(
    return_without_reason="A return needs a reason",
    company_not_returnable="{company} is neither a supplier nor a manufacturer: nothing goes back to it",
    closing_return_without_reason="Closing a return needs a reason",
    return_units_away=(
        "{document}: {quantity} are still at {company}; receive them back, or accept that they are missing"
    ),
    return_location_foreign="{location} does not lie at {company}",
)


@operation
def create_return(
    *,
    supplier: Company,
    purpose: ReturnPurpose | str,
    reason: str,
    rows: Sequence[ReturnRow],
    actor: User,
    at: datetime.datetime,
    paid_by: PaidBy | str = PaidBy.SUPPLIER,
    currency: str | None = None,
    location: Location | None = None,
    reference: str | None = None,
    supplier_reference: str = "",
    tracking_number: str = "",
    expected_date: datetime.date | None = None,
    note: str = "",
    responsible: User | None = None,
    key: str | None = None,
) -> Done:
    """Send items back; `ids` holds the numbered document, which is sent with it.

    REPLACEMENT: they leave our stock, their order line received so much less and is owed it again (a complete order is
    placed again, which is said); units of a build count as built and rejected, and what replaces them is received as
    usual. REWORK: they go to a location of the supplier's (made if there is none, or named by `location`), are not
    available there, and come back by `receive_back`. CREDIT: they leave, or are kept, and the credit lowers the cost; it
    may be stated later (`credit_return`). Of units of a build the good ones bear what is not recovered, also when the
    build is complete. Refuses return_without_reason, company_not_returnable, return_location_foreign, rows_missing,
    item_unknown, item_of_others, and what is wrong with a row: return_row_twice, return_not_on_hand, return_too_much, return_allocated,
    return_away, return_without_line, return_line_closed, return_order_over, return_beyond_received,
    return_of_build_over, credit_only_for_credit, credit_negative, credit_beyond_value, credit_beyond_cost; bad quantities, amounts, references, long texts.
    """
    purpose, paid_by = ReturnPurpose(purpose), PaidBy(paid_by)
    supplier = Company.objects.get(pk=supplier.pk)
    _check(supplier, reason, location, {"supplier_reference": supplier_reference, "tracking_number": tracking_number})
    code = currency_code(currency or supplier.currency, where=("currency",))
    goods = read_rows(rows, supplier, purpose)
    refuse_of_others([(one.item, (one.index, "item")) for one in goods.rows], actor)
    pattern = get("SUPPLIERRETURN_REFERENCE_PATTERN")
    reference, number = take_reference(SupplierReturn, pattern, at=at, given=reference)
    document = SupplierReturn.objects.create(
        reference=reference,
        reference_number=number,
        supplier=supplier,
        supplier_reference=supplier_reference,
        purpose=purpose,
        paid_by=paid_by,
        reason=reason,
        currency=code,
        tracking_number=tracking_number,
        expected_date=expected_date,
        note=note,
        responsible=responsible,
        created_at=at,
    )
    event = record("return.sent", document, *_documents(goods, supplier), actor=actor, at=at, reason=reason)
    place = location or _place_of(supplier) if purpose is ReturnPurpose.REWORK else None
    said = _send(goods, document, event, place)
    if purpose is ReturnPurpose.REPLACEMENT:
        said += _owe_again(goods, event)
    return Done(event.pk, [document.pk], said=said, data={"reference": reference})


def _check(supplier: Company, reason: str, location: Location | None, texts: dict[str, str]) -> None:
    reasons = Reasons()
    if not reason.strip():
        reasons.add("return_without_reason", where=("reason",))
    check_texts(SupplierReturn, {"reason": reason, **texts}, reasons)
    if not (supplier.is_supplier or supplier.is_manufacturer):
        reasons.add("company_not_returnable", company=supplier.name, where=("supplier",))
    if location is not None and location.company_id != supplier.pk:
        place = location.path or location.name
        reasons.add("return_location_foreign", location=place, company=supplier.name, where=("location",))
    elif location is not None and location.is_structural:
        reasons.add("location_structural", location=location.path or location.name, where=("location",))
    reasons.raise_any()


def _documents(goods: Goods, supplier: Company) -> list[models.Model]:
    """What the event is about beside the return: the order and the build where it is one."""
    orders, builds = list(goods.orders.values()), list(goods.builds.values())
    return [supplier, *(orders if len(orders) == 1 else []), *(builds if len(builds) == 1 else [])]


def _place_of(supplier: Company) -> Location:
    own = Location.objects.filter(company=supplier, is_structural=False).order_by("parent_id", "pk").first()
    return own or make_location_of(supplier)


def _send(goods: Goods, document: SupplierReturn, event: Event, place: Location | None) -> list[dict[str, Any]]:
    """Book the goods out or away, build by build, and write the lines of the document."""
    said: list[dict[str, Any]] = []
    booked = []
    for build_id, mine in goods.by_build().items():
        build = goods.builds[build_id]
        chosen = [one.chosen for one in mine]
        outputs = [one.output for one in chosen]
        consumption = open_consumption(build, event, also={one.item.id for one in mine}, outputs=outputs)
        check_there(chosen, consumption.posting.held)
        said += _send_units(mine, consumption, document, place)
        booked.append((build, consumption))
    _send_parts([one for one in goods.rows if one.output is None and not one.row.is_kept], document, event, place)
    _write_lines(goods, document, event)
    _keep([one for one in goods.rows if one.row.is_kept], document, event)
    # With the lines of the document written, the books know what is replaced or credited.
    for build, consumption in booked:
        finish_deciding(build, consumption)
    if any(one.credit for one in goods.rows):
        check_units_cost([build.pk for build, _ in booked])
    return said


def _send_units(
    mine: Sequence[Going], consumption: Consumption, document: SupplierReturn, place: Location | None
) -> list[dict[str, Any]]:
    """Units of one build: away to be reworked, or rejected and gone."""
    posting, build = consumption.posting, consumption.build
    event, said = posting.event, []
    if place is not None:
        chosen = [one.chosen_at(place.pk) for one in mine]
        before = before_of(chosen, posting.held)
        aside = Aside(WaitsFor.REWORK, StockStatus.QUARANTINED, Kind.RETURNED, document.reason, document.pk)
        done = put_aside(chosen, aside, posting)
    else:
        chosen = [one.chosen for one in mine]
        before = before_of(chosen, posting.held)
        verdict = Verdict(OutputState.REJECTED, Kind.REJECTED, StockStatus.REJECTED, document.reason)
        done = book(chosen, verdict, posting)
        said = consume_and_cost(build, done, consumption, consumes=True)
        for one, unit in zip(mine, done, strict=True):
            line = one.line.pk if one.line is not None else None
            about = About(purchase_line_id=line, supplier_return_id=document.pk, manufacturer_id=document.supplier_id)
            leave([unit], build, posting, kind=Kind.RETURNED, about=about)
    remember(event, before, done)
    consumption.write()
    for one, (output_id, item, _) in zip(mine, done, strict=True):
        one.output_id, one.item_id = output_id, item.id
    return said


def _send_parts(mine: Sequence[Going], document: SupplierReturn, event: Event, place: Location | None) -> None:
    """Ordinary stock: away to be reworked, or gone."""
    if not mine:
        return
    posting = Posting(event, _held_still(mine))
    fresh = iter(new_ids(sum(place is not None and one.units < posting.held[one.item.id].quantity for one in mine)))
    kept = []
    for one in mine:
        item = posting.held[one.item.id]
        line = one.line.pk if one.line is not None else None
        about = About(purchase_line_id=line, supplier_return_id=document.pk, manufacturer_id=document.supplier_id)
        status = item.status
        if place is None:
            posting.leave(item, one.units, kind=Kind.RETURNED, about=about)
            if not item.quantity:
                posting.mark_gone(item)
        else:
            item = _move_away(posting, item, one.units, place, about, fresh)
        one.item_id = item.id
        kept.append({"item": item.id, "status": status})
    posting.write()
    event.data = {**event.data, "items": kept}
    event.save(update_fields=["data"])


def _held_still(mine: Sequence[Going]) -> dict[int, Held]:
    """The items as they are by now: units of the same return may have consumed some of them."""
    held = lock_items([one.item.id for one in mine])
    reasons = Reasons()
    for one in mine:
        if held[one.item.id].free < one.units:
            item = held[one.item.id]
            reasons.add("return_too_much", item=f"item {item.id}", there=item.free, asked=one.units)
    reasons.raise_any()
    return held


def _move_away(posting: Posting, item: Held, units: Decimal, place: Location, about: About, fresh: Any) -> Held:
    target = at_location(place.pk)
    if units == item.quantity:
        posting.carry(item, target, kind=Kind.RETURNED, about=about)
    else:
        into = item.part_off(next(fresh), units)
        item = posting.split(item, units, target, into=into, kind=Kind.RETURNED, about=about)
    item.status = StockStatus.QUARANTINED
    posting.touch(item)
    return item


def _write_lines(goods: Goods, document: SupplierReturn, event: Event) -> None:
    values = credit_value([one.credit for one in goods.rows], document.currency, event.at)
    made = [
        (
            *(document.pk, position, one.item_id, one.item.part_id, one.units),
            *(one.line.pk if one.line else None, one.output.build_id if one.output else None, one.output_id),
            *(one.row.reason, one.credit, value, one.row.is_kept),
        )
        for position, (one, value) in enumerate(zip(goods.rows, values, strict=True), start=1)
    ]
    bulk.insert(SupplierReturnLine, _LINE, made)


_LINE = (
    "document_id",
    "position",
    "item_id",
    "part_id",
    "quantity",
    "purchase_line_id",
    "build_id",
    "output_id",
    "reason",
    "credit",
    "credit_value",
    "is_kept",
)


def _keep(mine: Sequence[Going], document: SupplierReturn, event: Event) -> None:
    """Units that stay cost so much less as the credit is for them."""
    if mine:
        lines = SupplierReturnLine.objects.filter(document=document, is_kept=True)
        lower_kept(list(lines), document, event)


def _owe_again(goods: Goods, event: Event) -> list[dict[str, Any]]:
    """What goes back to be replaced was not received; a complete order is placed again."""
    back: dict[int, Decimal] = defaultdict(Decimal)
    lines = {}
    for one in goods.rows:
        if one.line is not None:
            back[one.line.pk] += one.units
            lines[one.line.pk] = one.line
    bulk.update(PurchaseLine, ("received",), [(pk, lines[pk].received - units) for pk, units in sorted(back.items())])
    said, reopened = [], []
    for order in goods.orders.values():
        if order.pk not in {line.order_id for line in lines.values()}:
            continue
        if order.status == OrderStatus.COMPLETE:
            order_states.reopen(order)
            reopened.append(order.pk)
            said.append({"code": "order_placed_again", "order": order.reference})
        else:
            order.version += 1
            bulk.update(PurchaseOrder, ("version",), [(order.pk, order.version)])
    if reopened:
        event.data = {**event.data, "reopened": reopened}
        event.save(update_fields=["data"])
    return said + revalue_orders({line.order_id for line in lines.values()}, event)


@operation
def close_return(
    *,
    document: SupplierReturn,
    reason: str,
    actor: User,
    at: datetime.datetime,
    accept_missing: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Close a return of which nothing more is awaited, with a reason. Repeating it changes nothing.

    Units that went to be reworked and never came back stay at the supplier's, undecided, until somebody scraps or writes
    them off. Refuses transition_impossible, closing_return_without_reason, return_units_away (unless that is accepted).
    """
    document = lock_return(document, expected_version=expected_version)
    if states.is_repeat(document.status, ReturnStatus.CLOSED):
        event = record("return.closed", document, actor=actor, at=at, data={"repeated": True})
        return Done(event.pk, [document.pk])
    states.require_move(SUPPLIER_RETURN, document.status, ReturnStatus.CLOSED, document=document.reference)
    if not reason.strip():
        refuse("closing_return_without_reason", where=("reason",))
    if document.purpose == ReturnPurpose.REWORK and not accept_missing:
        away = sum((line.quantity - line.came_back for line in document.lines.all()), ZERO)
        if away:
            refuse("return_units_away", document=document.reference, quantity=away, company=document.supplier.name)
    event = record("return.closed", document, actor=actor, at=at, reason=reason)
    document.status, document.closed_at = ReturnStatus.CLOSED, at
    document.version += 1
    document.save(update_fields=["status", "closed_at", "version"])
    return Done(event.pk, [document.pk])
