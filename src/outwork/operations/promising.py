"""Keep what was requested, confirmed and promised for order lines, with every change and its reason."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from outwork.ledger import rows
from outwork.ledger.documents import lock_order
from outwork.models import PromiseChange, PurchaseLine, PurchaseOrder, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.rules import states
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_ORDER

declare(
    promise_unknown="{which} is no date of an order line; it is one of {known}",
    promise_unchanged="{part}: the {which} date is {date} already",
    promise_slip_without_reason="{part}: the promise slips from {before} to {after}; say why",
)

WHICH = ("requested", "confirmed", "promised")


@dataclass(frozen=True, slots=True)
class DateChange:
    """A new date for a line (None takes it back): the requested, confirmed or promised one."""

    line_id: int
    which: str
    date: datetime.date | None
    reason: str = ""
    supplier_confirmation: str | None = None


@operation
def state_dates(
    *,
    order: PurchaseOrder,
    changes: Sequence[DateChange],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State dates of lines; `ids` holds the lines. The first promise stays known through its history.

    Late is measured against the latest promise, on time against the first. A confirmation number may be
    stated for a date that stays. Refuses wrong_state, no_lines_named, line_not_on_order, line_named_twice,
    promise_unknown, promise_unchanged, promise_slip_without_reason, long texts.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER, order.reference)
    known = {line.pk: line for line in order.lines.select_related("part")}
    _check(order, known, changes)
    event = record("order.dates stated", order, actor=actor, at=at)
    history = []
    for change in changes:
        line = known[change.line_id]
        name = f"{change.which}_date"
        if getattr(line, name) != change.date:
            history.append((line.pk, change.which, getattr(line, name), change.date, change.reason, event.pk))
        setattr(line, name, change.date)
        if change.supplier_confirmation is not None:
            line.supplier_confirmation = change.supplier_confirmation
    rows.insert(PromiseChange, ("line_id", "which", "before", "after", "reason", "event_id"), history)
    changed = sorted({change.line_id for change in changes})
    names = (*(f"{which}_date" for which in WHICH), "supplier_confirmation")
    rows.update(PurchaseLine, names, [(pk, *(getattr(known[pk], name) for name in names)) for pk in changed])
    order.version += 1
    order.save(update_fields=["version"])
    return Done(event.pk, changed)


def _check(order: PurchaseOrder, known: dict[int, PurchaseLine], changes: Sequence[DateChange]) -> None:
    reasons = Reasons()
    if not changes:
        reasons.add("no_lines_named")
    promised = _last_promises(changes)
    seen: set[tuple[int, str]] = set()
    for index, change in enumerate(changes):
        line = known.get(change.line_id)
        if line is None:
            reasons.add("line_not_on_order", line=change.line_id, order=order.reference, where=(index, "line"))
            continue
        if change.which not in WHICH:
            reasons.add("promise_unknown", which=change.which, known=WHICH, where=(index, "which"))
            continue
        if (line.pk, change.which) in seen:
            reasons.add("line_named_twice", line=line.pk, where=(index, "line"))
            continue
        seen.add((line.pk, change.which))
        check_texts(PromiseChange, {"reason": change.reason}, reasons, where=(index,))
        confirmation = {"supplier_confirmation": change.supplier_confirmation}
        check_texts(PurchaseLine, confirmation, reasons, where=(index,))
        before = getattr(line, f"{change.which}_date")
        is_number_new = change.supplier_confirmation not in (None, line.supplier_confirmation)
        if before == change.date and not is_number_new:
            date = before or "not stated"
            reasons.add("promise_unchanged", part=line.part.label, which=change.which, date=date, where=(index, "date"))
        before = before or promised.get(line.pk)
        slips = change.which == "promised" and before and change.date and change.date > before
        if slips and not change.reason.strip():
            reasons.add(
                "promise_slip_without_reason",
                part=line.part.label,
                before=before,
                after=change.date,
                where=(index, "reason"),
            )
    reasons.raise_any()


def _last_promises(changes: Sequence[DateChange]) -> dict[int, datetime.date]:
    """What was promised last for lines that are promised something now, if it was taken back since."""
    lines = {change.line_id for change in changes if change.which == "promised"}
    stated = PromiseChange.objects.filter(line__any=lines, which="promised", after__isnull=False)
    return {line: after for line, after in stated.order_by("pk").values_list("line", "after") if after}
