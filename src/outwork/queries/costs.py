"""What a build costs: estimated before, provisional while it is open, final when it is closed."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from outwork.models import Build, BuildLine, Movement, PurchaseLine
from outwork.queries.build_costs import CONSUMING, BuildBooks, books_of
from outwork.queries.builds import lines_of
from outwork.queries.cost_estimates import estimate_components, estimate_service, read_offers
from outwork.queries.landed import Landed, landed
from outwork.queries.values import effective
from outwork.rules.costing import bear_build
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO, rounded_money
from outwork.rules.states import FAILED_ORDER, BuildStatus
from outwork.rules.supply import is_ours
from outwork.rules.valuation import Value, plus


class CostState(StrEnum):
    """How sure a cost is."""

    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Amounts:
    """A cost by what it is for, in base currency; None: unknown."""

    components: Value
    service: Value
    extras: Value

    @property
    def total(self) -> Value:
        """All of it; unknown where a part of it is."""
        return plus(plus(self.components, self.service), self.extras)


@dataclass(frozen=True, slots=True)
class ComponentCost:
    """What one line costs: `planned` and `consumed` in the component's unit."""

    line_id: int
    part: str
    supply: str | None
    planned: Decimal
    consumed: Decimal
    estimated: Value
    actual: Value


@dataclass(frozen=True, slots=True)
class KindCost:
    """What one kind of extra line costs the units of a build."""

    kind: str
    estimated: Value
    actual: Value


@dataclass(frozen=True, slots=True)
class BuildCost:
    """What a build costs, in base currency. `good_value` is what its good units are worth: all of it once final.

    `rejected` is what rejected units cost before the good ones bore it, `unborne` what is consumed and not borne by
    any unit yet (settled at the end). `unknown` names what makes an amount unknown.
    """

    build: str
    part: str
    state: CostState
    currency: str
    planned_units: Decimal
    good_units: Decimal
    rejected_units: Decimal
    estimated: Amounts
    actual: Amounts
    good_value: Value
    rejected: Value
    unborne: Value
    lines: tuple[ComponentCost, ...]
    extras: tuple[KindCost, ...]
    unknown: tuple[str, ...]

    @property
    def per_good_unit(self) -> Value:
        """What a good unit costs on average, six places; None if that is unknown or there is none."""
        return None if self.good_value is None or not self.good_units else _per(self.good_value, self.good_units)

    @property
    def estimated_per_unit(self) -> Value:
        """What a unit will cost if all planned ones are good, six places."""
        return None if self.estimated.total is None else _per(self.estimated.total, self.planned_units)

    @property
    def rejected_per_good_unit(self) -> Value:
        """What each good unit bears of the rejected ones; None if unknown or there is no good unit."""
        return None if self.rejected is None or not self.good_units else _per(self.rejected, self.good_units)


def _per(value: Decimal, units: Decimal) -> Decimal:
    return rounded_money(value / units)


def build_cost(build: Build, *, at: datetime.datetime) -> BuildCost:
    """What a build costs and will cost, at the rates of that day; a fixed number of statements."""
    lines = [line for line in lines_of(build.pk) if not line.is_consumable]
    orders = PurchaseLine.objects.filter(build=build).exclude(order__status__in=sorted(FAILED_ORDER))
    ordered = list(orders.select_related("order", "part").order_by("order", "position", "pk"))
    booked = _read_booked(build)
    costs = landed({line.order_id for line in ordered} | booked.orders)
    books = books_of([build.pk])[build.pk]
    offers = read_offers([*(line.part_id for line in lines), build.part_id], costs, at)
    ours = [line for line in lines if is_ours(line.supply)]
    estimates = estimate_components(ours, booked.consumed, offers)
    service = estimate_service(build, ordered, offers)
    actual, kinds = booked.received(costs)
    worth, good_units, rejected_units = _good(books)
    rejected, unborne = _rejected(books)
    return BuildCost(
        build=build.reference,
        part=build.part.label,
        state=_state(build, booked),
        currency=costs.rates.base,
        planned_units=service.units,
        good_units=good_units,
        rejected_units=rejected_units,
        estimated=Amounts(_sum(estimates.values()), service.service, _sum(service.extras.values())),
        actual=Amounts(_sum(value for _, value in booked.consumed.values()), *actual),
        good_value=worth,
        rejected=rejected,
        unborne=unborne,
        lines=tuple(_component(line, estimates, booked.consumed) for line in lines),
        extras=tuple(
            KindCost(kind, service.extras.get(kind, ZERO), kinds.get(kind, ZERO))
            for kind in sorted({*service.extras, *kinds})
        ),
        unknown=(*_unknown_lines(lines, estimates), *service.unknown, *booked.unknown),
    )


def _component(
    line: BuildLine, estimates: Mapping[int, Value], consumed: Mapping[int, tuple[Decimal, Value]]
) -> ComponentCost:
    units, value = consumed.get(line.pk, (ZERO, ZERO))
    estimated = estimates.get(line.pk, ZERO)
    return ComponentCost(line.pk, line.part.label, line.supply, line.quantity, units, estimated, value)


def _unknown_lines(lines: Sequence[BuildLine], estimates: Mapping[int, Value]) -> list[str]:
    return [line.part.label for line in lines if estimates.get(line.pk, ZERO) is None]


def _state(build: Build, booked: _Booked) -> CostState:
    if build.status in (BuildStatus.COMPLETE, BuildStatus.CANCELLED):
        return CostState.FINAL
    return CostState.PROVISIONAL if booked.consumed or booked.receipts else CostState.ESTIMATED


def _sum(values: Iterable[Value]) -> Value:
    total: Value = ZERO
    for one in values:
        total = plus(total, one)
    return total


def _good(books: BuildBooks) -> tuple[Value, Decimal, Decimal]:
    """What the good units are worth by now, how many they are, and how many are rejected."""
    worth: Value = ZERO
    good = rejected = ZERO
    for one in books.outputs.values():
        if one.is_good:
            worth = plus(worth, plus(books.services.get(one.id, ZERO), books.borne(one.id)))
            good += one.units
        else:
            rejected += one.units
    return worth, good, rejected


def _rejected(books: BuildBooks) -> tuple[Value, Value]:
    """What the rejected units cost, service included, and what was consumed for no unit that came."""
    own = bear_build(books.consumed, books.decisions, books.decided(), is_final=False)
    total: Value = ZERO
    for one in books.outputs.values():
        if not one.is_good:
            total = plus(total, plus(own[one.id], books.services.get(one.id, ZERO)))
    unborne = plus(_sum(one.value for one in books.consumed), _sum(own.values()), sign=-1)
    return total, unborne


@dataclass(slots=True)
class _Receipt:
    line_id: int
    units: Decimal
    at: datetime.datetime
    value: Value


@dataclass(slots=True)
class _Booked:
    """What was consumed by line and what was received, with the names of what is unknown."""

    consumed: dict[int, tuple[Decimal, Value]]
    receipts: list[_Receipt]
    orders: set[int]
    unknown: tuple[str, ...]

    def received(self, costs: Landed) -> tuple[tuple[Value, Value], dict[str, Value]]:
        """What was received cost as service and as extras, and the extras by kind."""
        total: Value = ZERO
        kinds: dict[str, Value] = {}
        for one in self.receipts:
            total = plus(total, one.value)
            for kind, each in costs.at(one.at)[one.line_id].extras.items():
                kinds[kind] = plus(kinds.get(kind, ZERO), None if each is None else each * one.units)
        kinds = {kind: None if value is None else rounded_money(value) for kind, value in kinds.items()}
        extras = _sum(kinds.values())
        return (plus(total, extras, sign=-1), extras), kinds


def _read_booked(build: Build) -> _Booked:
    """Components used and units received, less what was taken back, each at what it is worth by now; one statement."""
    names = ("pk", "corrects", "value", "kind", "quantity", "build_line", "purchase_line", "reverses", "at")
    order = ("purchase_line__order", "purchase_line__order__reference")
    query = Movement.objects.filter(build=build).order_by("pk")
    found = list(query.values_list(*names, "part__number", "part__name", "batch", "serial", *order))
    values = effective(row[:3] for row in found)
    rows = {row[0]: row for row in found if row[1] is None}
    back = {row[7] for row in rows.values() if row[7] is not None}
    consumed: dict[int, tuple[Decimal, Value]] = defaultdict(lambda: (ZERO, ZERO))
    receipts, orders, unknown = [], set(), []
    for pk, row in rows.items():
        kind, quantity, line_id, purchase_line, reverses, at = row[3:9]
        number, name, batch, serial, order_id, reference = row[9:]
        what = f"{number or name} {serial or batch}".strip()
        value, first = values[pk], rows.get(reverses)
        of = first[3] if first is not None and kind == Kind.REVERSED else kind
        if line_id is not None and (of in CONSUMING or of == Kind.UNUSED):
            sign = -1 if (kind == Kind.REVERSED) != (of == Kind.UNUSED) else 1
            units, so_far = consumed[line_id]
            consumed[line_id] = (units + sign * quantity, plus(so_far, value, sign=sign))
            if value is None and kind != Kind.REVERSED and pk not in back:
                unknown.append(what)
        elif kind == Kind.RECEIVED and purchase_line is not None and pk not in back:
            receipts.append(_Receipt(purchase_line, quantity, at, value))
            orders.add(order_id)
            if value is None:
                unknown.append(f"{reference}, {what}")
    return _Booked(dict(consumed), receipts, orders, tuple(dict.fromkeys(unknown)))
