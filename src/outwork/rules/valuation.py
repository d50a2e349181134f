"""A cost that is known late follows the units: replays movements and says what each of them should have carried too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from outwork.rules.quantities import ZERO, rounded_money


@dataclass(frozen=True, slots=True)
class Flow:
    """A movement of units out of one item into another; None is the outside world. The same item twice: a whole move."""

    id: int
    source_item: int | None
    target_item: int | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Correction:
    """This movement carries `delta` more (or less) than was booked, in base currency."""

    flow_id: int
    delta: Decimal


def corrections(flows: Iterable[Flow], start: Mapping[int, Decimal]) -> list[Correction]:
    """Hand value that appears on some movements on to all movements downstream of them, in the order of the flows.

    `flows` are in the order of their ids and are the complete history of every item that value can reach. `start` adds
    value to movements (six places): it comes from outside and enters the movement's target, or leaves with it where
    the target is the outside world; the answer does not repeat it.

    Each movement out of an item bears the part of the item's added value that its quantity has in the item at that
    moment, to six places, half up; the last units out take what is left, so nothing is ever lost. A whole move, where
    the item stays the same, bears nothing. Lot of 100 gets +10.00, 30 of them were split off: those bear 3.00, and
    what left the thirty bears its part of that (design, section 4).
    """
    quantity: dict[int, Decimal] = {}
    added: dict[int, Decimal] = {}
    found: list[Correction] = []
    last_id = None
    for flow in flows:
        assert last_id is None or flow.id > last_id, "flows must be in the order of their ids"
        last_id = flow.id
        entering = start.get(flow.id, ZERO)
        source, target = flow.source_item, flow.target_item
        if source is not None and source != target:
            borne = _borne(flow, quantity.get(source, ZERO), added.get(source, ZERO))
            quantity[source] = quantity.get(source, ZERO) - flow.quantity
            if borne:
                added[source] -= borne
                found.append(Correction(flow.id, borne))
                entering += borne
        if target is not None:
            if source != target:
                quantity[target] = quantity.get(target, ZERO) + flow.quantity
            if entering:
                added[target] = added.get(target, ZERO) + entering
    return found


def _borne(flow: Flow, in_item: Decimal, added: Decimal) -> Decimal:
    """The part of an item's added value that leaves with this flow."""
    if not added or not flow.quantity:
        return ZERO
    # Items upstream of the value come without their history and add nothing; those that have value must have it all.
    assert flow.quantity <= in_item, f"the history of item {flow.source_item} is not complete"
    return added if flow.quantity == in_item else rounded_money(added * flow.quantity / in_item)
