"""Which builds the lines of an order are bought for, and what of that is still to come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from outwork.models import Demand, PurchaseOrder
from outwork.rules.planning import still_open
from outwork.rules.quantities import ZERO


@dataclass(frozen=True, slots=True)
class Dedicated:
    """So much of an order line is for a build, in the part's unit; `open` is still to come, none of a closed line."""

    line_id: int
    position: int
    part: str
    build_id: int
    build: str
    build_line_id: int
    quantity: Decimal
    open: Decimal


def dedications(order: PurchaseOrder) -> list[Dedicated]:
    """What the lines of an order are bought for, line by line; one statement."""
    query = Demand.objects.filter(line__order=order).select_related("line__part", "build_line__build")
    found = list(query.order_by("line__position", "line", "pk"))
    meant: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for one in found:
        meant[one.line_id].append((one.build_line_id, one.quantity))
    waiting = {
        one.line_id: {}
        if one.line.is_closed or not order.is_open
        else still_open(one.line.ordered, one.line.received, meant[one.line_id])
        for one in found
    }
    return [
        Dedicated(
            line_id=one.line_id,
            position=one.line.position,
            part=one.line.part.label,
            build_id=one.build_line.build_id,
            build=one.build_line.build.reference,
            build_line_id=one.build_line_id,
            quantity=one.quantity,
            open=waiting[one.line_id].get(one.build_line_id, ZERO),
        )
        for one in found
    ]
