"""Who bears what a build cost: components by the event that consumed them, all the rest by the good units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from outwork.rules.quantities import ZERO, check_value, rounded_money, shares
from outwork.rules.valuation import Value, plus

Units = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Consumed:
    """What one event consumed: for one output (a fitted serial number), or (None) for all it decided."""

    event_id: int
    output_id: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class Decided:
    """An accepted or rejected output: its units, and what it cost before components (its service price).

    Of a bad one, `credit` is what its maker gave for it; with `is_replaced` the whole service price came back, as the
    unit that replaces it.
    """

    output_id: int
    units: Decimal
    is_good: bool
    service: Value
    is_replaced: bool = False
    credit: Value = ZERO

    @property
    def recovered(self) -> Value:
        """What we have for a bad one: it is worth that, and the good ones bear the rest."""
        return self.service if self.is_replaced else self.credit


def share(total: Value, units: Units) -> dict[int, Value]:
    """Spread a cost over outputs by their units, in the order of their ids; nothing is lost, unknown is for all."""
    ordered = sorted(units)
    if not ordered:
        return {}
    if total is None:
        return dict.fromkeys(ordered)
    return dict(zip(ordered, shares(total, [units[one] for one in ordered]), strict=True))


def bear_event(consumed: Iterable[Consumed], units: Units) -> dict[int, Value]:
    """What each output bears of what the event that decided them consumed.

    What went into one output is borne by it, the rest by all of them, by units.
    """
    borne: dict[int, Value] = dict.fromkeys(units, ZERO)
    pool: Value = ZERO
    for one in consumed:
        if one.output_id in borne:
            borne[one.output_id] = plus(borne[one.output_id], one.value)
        else:
            pool = plus(pool, one.value)
    for output_id, part in share(pool, units).items():
        borne[output_id] = plus(borne[output_id], part)
    return borne


def bear_build(
    consumed: Iterable[Consumed], decisions: Mapping[int, Units], outputs: Sequence[Decided], *, is_final: bool
) -> dict[int, Value]:
    """The components' value (and, once final, more) that each output bears on top of its service price.

    `decisions` says which outputs, of how many units, each event decided. While the build is open an output bears
    its part of what its own event consumed. Once it is final, what nobody bears (consumption settled at the end or
    for units scrapped at the manufacturer) and all that bad units cost, service included, is borne by the good
    units by their number, less what was recovered for them, which is what bad units are worth then. Without good units
    the bad keep what they cost.
    """
    borne: dict[int, Value] = {one.output_id: ZERO for one in outputs}
    pools: dict[int, Value] = defaultdict(Decimal)
    for one in consumed:
        if one.output_id in borne:
            borne[one.output_id] = plus(borne[one.output_id], one.value)
        else:
            pools[one.event_id] = plus(pools[one.event_id], one.value)
    left: Value = ZERO
    for event_id, pool in sorted(pools.items()):
        units = {output_id: count for output_id, count in decisions.get(event_id, {}).items() if output_id in borne}
        if not units:
            left = plus(left, pool)
        for output_id, part in share(pool, units).items():
            borne[output_id] = plus(borne[output_id], part)
    if not is_final:
        return borne
    good = {output.output_id: output.units for output in outputs if output.is_good}
    for output in outputs:
        if good and not output.is_good:
            cost = plus(borne[output.output_id], output.service)
            left = plus(left, plus(cost, output.recovered, sign=-1))
            borne[output.output_id] = plus(output.recovered, output.service, sign=-1)
    for output_id, part in share(left, good or {output.output_id: output.units for output in outputs}).items():
        borne[output_id] = plus(borne[output_id], part)
    return borne


def landed_value(unit_cost: Value, before: Decimal, units: Decimal) -> Value:
    """What units of an order line are worth, given how many of it came before: six places, half up.

    The running total is rounded, so that all receipts of a line add up to its cost exactly, however many they are.
    """
    if unit_cost is None:
        return None
    with localcontext(prec=60):
        total = unit_cost * (before + units)
        check_value(total)
        return rounded_money(total) - rounded_money(unit_cost * before)
