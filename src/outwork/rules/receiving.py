"""What a receipt books: which arrivals are too much, in base units, and what of them must have serial numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from outwork.rules.packs import packs_to_base
from outwork.rules.quantities import ZERO, quantity, rounded_quantity, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import StockStatus
from outwork.rules.texts import in_short, is_clean

declare(
    nothing_arrived="Nothing arrived: name at least one line",
    over_receipt=(
        "{part}: {open} open, {arrived} arrived; receive no more, open the line again if it was closed, or say that"
        " you accept it and why"
    ),
    over_receipt_reason="{part}: more than ordered is accepted only with a reason",
    disposition_without_reason="{part}: units are held or rejected only with a reason",
    virtual_serials="{part} is virtual: it has no stock and no serial numbers",
)


class Disposition(StrEnum):
    """What is decided about an arrival as it comes."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived for one line: in packs, or in base units with `in_units`.

    Several arrivals may be for one line (two batches, two boxes). `serials` is a list or the short way of
    writing it; `accept` takes outputs of a build at once (None: as the manufacturer's default says), and a
    `disposition` goes before it: to hold or to reject takes a reason. With an
    `announcement_id` what is not said here (quantity None, serials, batch) is what that delivery was announced with.
    """

    line_id: int
    quantity: Any
    in_units: bool = False
    serials: str | Sequence[str] | None = None
    batch: str = ""
    location_id: int | None = None
    status: int = StockStatus.OK
    expiry_date: date | None = None
    packaging: str = ""
    note: str = ""
    accept: bool | None = None
    disposition: Disposition | None = None
    disposition_reason: str = ""
    announcement_id: int | None = None

    @property
    def condition(self) -> int:
        """The stock status that it comes in: what is held is quarantined, unless another status is named."""
        if self.status != StockStatus.OK or self.disposition is None:
            return self.status
        return _CONDITIONS[self.disposition]


_CONDITIONS = {
    Disposition.ACCEPT: StockStatus.OK,
    Disposition.HOLD: StockStatus.QUARANTINED,
    Disposition.REJECT: StockStatus.REJECTED,
}


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What matters about an order line for receiving it; quantities in base units."""

    line_id: int
    part: str
    ordered: Decimal
    received: Decimal
    is_closed: bool
    pack_size: Decimal
    is_virtual: bool
    is_trackable: bool
    has_tracked_components: bool

    @property
    def open(self) -> Decimal:
        """What is still expected."""
        return ZERO if self.is_closed else max(ZERO, self.ordered - self.received)


@dataclass(frozen=True, slots=True)
class Over:
    """More came than was open: said, and kept with the event."""

    line_id: int
    part: str
    open: Decimal
    arrived: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """The checked receipt: base units by arrival, the sum by line, and where more came than was open."""

    units: tuple[Decimal, ...]
    by_line: dict[int, Decimal]
    over: tuple[Over, ...]


def plan_receipt(
    lines: Mapping[int, OpenLine],
    arrivals: Sequence[Arrival],
    *,
    order: str,
    tolerance_percent: Decimal = ZERO,
    accept_over: bool = False,
    reason: str = "",
) -> Receipt:
    """Turn arrivals into base units and refuse, all at once, what cannot be received (design section 5.7).

    More than open is refused unless `accept_over` with a reason, or as long as the line stays within the
    tolerance, a percentage of what was ordered.
    """
    reasons, units = Reasons(), []
    by_line: dict[int, Decimal] = defaultdict(Decimal)
    if not arrivals:
        reasons.add("nothing_arrived", where=("arrivals",))
    for index, arrival in enumerate(arrivals):
        line = lines.get(arrival.line_id)
        if line is None:
            reasons.add("line_not_on_order", line=arrival.line_id, order=order, where=(index, "line"))
            continue
        try:
            count = _units(line, arrival, index)
        except Refusal as refusal:
            reasons.found += refusal.reasons
            continue
        _check_serials(line, arrival, index, reasons)
        decided = arrival.disposition in (Disposition.HOLD, Disposition.REJECT)
        if decided and not arrival.disposition_reason.strip():
            reasons.add("disposition_without_reason", part=line.part, where=(index, "disposition_reason"))
        if not is_clean(arrival.note, is_line=False):
            reasons.add("text_invalid", field="note", value=in_short(arrival.note), where=(index, "note"))
        units.append(count)
        by_line[line.line_id] += count
    over = [
        Over(line_id, lines[line_id].part, lines[line_id].open, arrived)
        for line_id, arrived in by_line.items()
        if arrived > lines[line_id].open
    ]
    for one in over:
        line = lines[one.line_id]
        allowed = rounded_quantity(line.ordered * tolerance_percent / 100)
        where = (next(i for i, arrival in enumerate(arrivals) if arrival.line_id == one.line_id), "quantity")
        if line.received + one.arrived <= line.ordered + allowed and not line.is_closed:
            continue
        if not accept_over:
            reasons.add("over_receipt", part=one.part, open=one.open, arrived=one.arrived, where=where)
        elif not reason.strip():
            reasons.add("over_receipt_reason", part=one.part, where=where)
    reasons.raise_any()
    return Receipt(tuple(units), dict(by_line), tuple(over))


def _units(line: OpenLine, arrival: Arrival, index: int) -> Decimal:
    where = (index, "quantity")
    count = quantity(arrival.quantity, where=where)
    if not arrival.in_units:
        count = quantity(packs_to_base(count, line.pack_size), where=where)
    if line.is_trackable or arrival.serials is not None:
        whole(count, where=where)
    return count


def _check_serials(line: OpenLine, arrival: Arrival, index: int, reasons: Reasons) -> None:
    if arrival.status not in set(StockStatus):
        reasons.add("stock_status_unknown", status=arrival.status, where=(index, "status"))
    if arrival.serials is None:
        if line.has_tracked_components:
            reasons.add("serials_needed", part=line.part, where=(index, "serials"))
    elif line.is_virtual:
        reasons.add("virtual_serials", part=line.part, where=(index, "serials"))
    elif not line.is_trackable:
        reasons.add("serials_not_kept", part=line.part, where=(index, "serials"))
