"""What a supplier credits for goods that went back, or that were kept although they are not as ordered."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from outwork.ledger import rows as bulk
from outwork.ledger.held import lock_items
from outwork.ledger.holding import hold
from outwork.ledger.post import About, Posting
from outwork.ledger.revalue import Reach, Statement, downstream
from outwork.models import Event, Movement, SupplierReturn, SupplierReturnLine, User
from outwork.operations.locking_returns import lock_return, return_line_of
from outwork.operations.money_of_day import credit_value, rate_of_day
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle
from outwork.queries.build_costs import BuildBooks, books_of
from outwork.queries.builds import references
from outwork.queries.lineage import standing
from outwork.queries.values import effective
from outwork.rules import states
from outwork.rules.costing import bear_build
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import ReturnPurpose, credit_amount
from outwork.rules.states import ReturnStatus
from outwork.rules.valuation import Value, plus

declare(
    credit_beyond_value="The credit of {credit} is more than the {value} that the units are worth",
    credit_beyond_cost="{build}: the credits of {credit} are more than the {cost} that the units credited cost",
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
    wherever they are by now, used or not. With the credit of its last line the document is closed. `ids` holds the lines.
    Refuses wrong_state, return_not_for_credit, rows_missing, return_line_unknown, line_named_twice,
    credit_beyond_value, credit_beyond_cost, bad amounts.
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
    holding = hold(lambda: reach_of_credit(kept, builds))

    before = {str(line.pk): [_text(line.credit), _text(line.credit_value)] for line in chosen}
    data = {"before": before, "status": document.status}
    event = record("return.credited", document, actor=actor, at=at, reason=supplier_reference, data=data)
    values = credit_value(amounts, document.currency, at)
    for line, amount, value in zip(chosen, amounts, values, strict=True):
        line.credit, line.credit_value = amount, value
    bulk.update(
        SupplierReturnLine, ("credit", "credit_value"), [(one.pk, one.credit, one.credit_value) for one in chosen]
    )
    lowered = lowered_by(document, kept)
    _check_worth([line for line in chosen if line.is_kept], lowered, reasons)
    reasons.raise_any()
    check_units_cost(builds)
    statements = lowering(chosen, lowered)
    settle(event, holding.items, statements=statements, builds=builds)
    is_done = all(line.credit is not None for line in lines.values())
    _close(document, is_closed=is_done, at=at)
    missing = [] if rate_known(values) else [_rate_missing(document)]
    return Done(event.pk, [line.pk for line in chosen], said=missing)


def reach_of_credit(kept: Sequence[int], builds: set[int]) -> Reach:
    """Who bears a credit: what became of the units that were kept, and the units of the builds."""
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
            amounts.append(credit_amount(one.amount, where=(index, "amount")))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    return amounts


def lowered_by(document: SupplierReturn, kept: Collection[int]) -> dict[int, int]:
    """The movement by which a return lowers each item that was kept; one statement."""
    if not kept:
        return {}
    found = standing().filter(supplier_return=document, kind=Kind.COSTED, target_item__any=list(kept))
    return {item: pk for item, pk in found.values_list("target_item", "pk") if item is not None}


def lowering(lines: Sequence[SupplierReturnLine], lowered: dict[int, int]) -> list[Statement]:
    """What these movements are worth with the credits of their lines."""
    return [
        Statement(line.item_id, _delta(line), lowered[line.item_id])
        for line in lines
        if line.is_kept and line.item_id in lowered
    ]


def lower_kept(lines: Sequence[SupplierReturnLine], document: SupplierReturn, event: Event) -> None:
    """Let units that stay cost so much less as the credit for them; refuses credit_beyond_value, credit_units_used.

    Where no credit is known yet the movement is worth nothing: it marks which units the credit will be for, however
    they are split, merged or used until then.
    """
    held = lock_items([line.item_id for line in lines], existing=False)
    reasons = Reasons()
    for index, line in enumerate(lines):
        item = held[line.item_id]
        if not item.is_on_hand:
            reasons.add("credit_units_used", document=document.reference, where=(index, "credit"))
        else:
            _note_beyond(line, item.value, index, reasons)
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
        posting.revalue(None, held[line.item_id], _delta(line), corrects=None, kind=Kind.COSTED, about=about)
    posting.write()


def _delta(line: SupplierReturnLine) -> Value:
    """By how much the credit changes the worth of what was kept; unknown without a rate."""
    if line.credit is None:
        return ZERO
    return None if line.credit_value is None else -line.credit_value


def _check_worth(lines: Sequence[SupplierReturnLine], lowered: dict[int, int], reasons: Reasons) -> None:
    worth = _worth_then({line.item_id: lowered[line.item_id] for line in lines})
    for index, line in enumerate(lines):
        _note_beyond(line, worth[line.item_id], index, reasons)


def _note_beyond(line: SupplierReturnLine, value: Value, index: int, reasons: Reasons) -> None:
    if value is not None and line.credit_value is not None and line.credit_value > value:
        reasons.add("credit_beyond_value", credit=line.credit_value, value=value, where=(index, "credit"))


def _worth_then(lowered: dict[int, int]) -> dict[int, Value]:
    """What items were worth when a return kept them, by what is known now and without its credit; one statement.

    What was found later to cost more or less (a build that ended, another credit) counts too.
    """
    worth: dict[int, Value] = dict.fromkeys(lowered, ZERO)
    if not lowered:
        return worth
    query = Movement.objects.filter(Q(source_item__any=list(lowered)) | Q(target_item__any=list(lowered)))
    rows = list(query.order_by("pk").values_list("pk", "corrects", "value", "kind", "source_item", "target_item"))
    values = effective(row[:3] for row in rows)
    for pk, corrects, _, kind, source, target in rows:
        if corrects is not None or pk == lowered.get(target or 0):
            continue
        is_late_cost = kind == Kind.COSTED and source is None
        if target in lowered and (pk < lowered[target] or is_late_cost):
            worth[target] = plus(worth[target], values[pk])
        if source in lowered and pk < lowered[source]:
            worth[source] = plus(worth[source], values[pk], sign=-1)
    return worth


def check_units_cost(build_ids: Collection[int]) -> None:
    """Refuse credit_beyond_cost where more is credited for units of a build than they cost; six statements."""
    beyond = {}
    for books in books_of(build_ids).values() if build_ids else ():
        credit, cost = _credited(books)
        if credit is not None and cost is not None and credit > cost:
            beyond[books.build_id] = (credit, cost)
    reasons = Reasons()
    names = references(beyond) if beyond else {}
    for build_id, (credit, cost) in sorted(beyond.items()):
        reasons.add("credit_beyond_cost", build=names[build_id], credit=credit, cost=cost, where=("credit",))
    reasons.raise_any()


def _credited(books: BuildBooks) -> tuple[Value, Value]:
    """What is credited for bad units of a build, and what those cost; consumed for no certain unit may be theirs."""
    outputs = books.decided()
    borne = bear_build(books.consumed, books.decisions, outputs, is_final=False)
    credited = [one for one in outputs if one.credit and not one.is_good]
    credit, cost = _sum(one.credit for one in credited), _sum(one.value for one in books.consumed)
    cost = plus(cost, _sum(borne.values()), sign=-1)
    return credit, plus(cost, _sum(plus(borne[one.output_id], one.service) for one in credited))


def _sum(values: Iterable[Value]) -> Value:
    total: Value = ZERO
    for one in values:
        total = plus(total, one)
    return total


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
