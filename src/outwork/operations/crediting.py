"""What a supplier credits for goods that went back, or that were kept although they are not as ordered."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows as bulk
from outwork.ledger.held import Held, lock_items
from outwork.ledger.holding import hold
from outwork.ledger.post import About, Posting
from outwork.ledger.revalue import Reach, Statement, downstream
from outwork.models import Event, SupplierReturn, SupplierReturnLine, User
from outwork.operations.locking_returns import lock_return, return_line_of
from outwork.operations.money_of_day import credit_value, rate_of_day
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle
from outwork.queries.lineage import standing
from outwork.rules import states
from outwork.rules.places import Kind
from outwork.rules.quantities import as_text, money
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import ReturnPurpose
from outwork.rules.states import ReturnStatus

declare(
    credit_beyond_value="The credit of {credit} is more than the {value} that the units are worth",
    return_not_for_credit="{document} is for {purpose}: it has no credit",
    credit_units_used="What was kept of {document} was used since; book the credit on its order instead",
)


@dataclass(frozen=True, slots=True)
class Credit:
    """What is credited for a whole line of a return, in the document's currency."""

    line_id: int
    amount: Any


@operation
def credit_return(
    *,
    document: SupplierReturn,
    credits: Sequence[Credit],
    actor: User,
    at: datetime.datetime,
    supplier_reference: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State what is credited for lines of a return for credit, at the rate of the day; stated again, it is corrected.

    Of units of a build the good ones bear what the credit does not cover; units that were kept cost so much less,
    wherever they are by now. With the credit of its last line the document is closed. `ids` holds the lines.
    Refuses wrong_state, return_not_for_credit, rows_missing, return_line_unknown, line_named_twice,
    credit_beyond_value, credit_units_used, bad amounts.
    """
    document = lock_return(document, expected_version=expected_version)
    states.require(document.status, {ReturnStatus.SENT, ReturnStatus.CLOSED}, document.reference)
    reasons = Reasons()
    if document.purpose != ReturnPurpose.CREDIT:
        reasons.add("return_not_for_credit", document=document.reference, purpose=document.purpose)
        reasons.raise_any()
    lines = {line.pk: line for line in document.lines.all()}
    amounts = _amounts(document, credits, lines, reasons)
    reasons.raise_any()
    chosen = [lines[one.line_id] for one in credits]
    kept = [line.item_id for line in chosen if line.is_kept]
    builds = {line.build_id for line in chosen if line.build_id is not None}
    holding = hold(lambda: _reach(kept, builds))

    before = {str(line.pk): [_text(line.credit), _text(line.credit_value)] for line in chosen}
    data = {"before": before, "status": document.status}
    event = record("return.credited", document, actor=actor, at=at, reason=supplier_reference, data=data)
    values = credit_value(amounts, document.currency, at)
    for line, amount, value in zip(chosen, amounts, values, strict=True):
        line.credit, line.credit_value = amount, value
    bulk.update(
        SupplierReturnLine, ("credit", "credit_value"), [(one.pk, one.credit, one.credit_value) for one in chosen]
    )
    booked = _booked(document, kept)
    fresh = [line for line in chosen if line.is_kept and line.item_id not in booked]
    if fresh:
        lower_kept(fresh, document, event)
        holding.items.update(lock_items([line.item_id for line in fresh], existing=False))
    statements = [
        Statement(line.item_id, None if line.credit_value is None else -line.credit_value, booked[line.item_id])
        for line in chosen
        if line.item_id in booked
    ]
    settle(event, holding.items, statements=statements, builds=builds)
    is_done = all(line.credit is not None for line in lines.values())
    _close(document, is_closed=is_done, at=at)
    missing = [] if rate_known(values) else [_rate_missing(document)]
    return Done(event.pk, [line.pk for line in chosen], said=missing)


def _reach(kept: Sequence[int], builds: set[int]) -> Reach:
    found = downstream(items=kept, builds=builds)
    return Reach(found.items | set(kept), found.builds | builds)


def _amounts(
    document: SupplierReturn, credits: Sequence[Credit], lines: dict[int, SupplierReturnLine], reasons: Reasons
) -> list[Decimal]:
    if not credits:
        reasons.add("rows_missing")
    amounts, seen = [], set[int]()
    for index, one in enumerate(credits):
        return_line_of(document, lines, one.line_id, index, seen, reasons)
        try:
            amounts.append(money(one.amount, where=(index, "amount")))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    return amounts


def _booked(document: SupplierReturn, kept: Sequence[int]) -> dict[int, int]:
    """The movement that lowered each item that was kept; one statement."""
    if not kept:
        return {}
    found = standing().filter(supplier_return=document, kind=Kind.COSTED, target_item__any=list(kept))
    return {item: pk for item, pk in found.values_list("target_item", "pk") if item is not None}


def lower_kept(lines: Sequence[SupplierReturnLine], document: SupplierReturn, event: Event) -> None:
    """Let units that stay cost so much less as the credit for them; refuses credit_beyond_value, credit_units_used."""
    held = lock_items([line.item_id for line in lines], existing=False)
    reasons = Reasons()
    for index, line in enumerate(lines):
        _check_worth(line, held[line.item_id], document, index, reasons)
    reasons.raise_any()
    rate = rate_of_day(document.currency, event.at)
    posting = Posting(event, held)
    for line in lines:
        about = About(
            purchase_line_id=line.purchase_line_id,
            supplier_return_id=document.pk,
            manufacturer_id=document.supplier_id,
            amount=None if line.credit is None else -line.credit,
            currency=document.currency,
            rate=rate,
        )
        delta = None if line.credit_value is None else -line.credit_value
        posting.revalue(None, held[line.item_id], delta, corrects=None, kind=Kind.COSTED, about=about)
    posting.write()


def _check_worth(line: SupplierReturnLine, item: Held, document: SupplierReturn, index: int, reasons: Reasons) -> None:
    where = (index, "credit")
    if not item.is_on_hand:
        reasons.add("credit_units_used", document=document.reference, where=where)
    elif item.value is not None and line.credit_value is not None and line.credit_value > item.value:
        reasons.add("credit_beyond_value", credit=line.credit_value, value=item.value, where=where)


def _close(document: SupplierReturn, *, is_closed: bool, at: datetime.datetime) -> None:
    if is_closed and document.status == ReturnStatus.SENT:
        document.status, document.closed_at = ReturnStatus.CLOSED, at
    document.version += 1
    document.save(update_fields=["status", "closed_at", "version"])


def rate_known(values: Sequence[Decimal | None]) -> bool:
    """Whether all amounts could be told in base currency."""
    return None not in values


def _rate_missing(document: SupplierReturn) -> dict[str, Any]:
    return {"code": "return_rate_missing", "document": document.reference, "currency": document.currency}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else as_text(value)
