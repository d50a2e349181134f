"""What one output costs: its components lot by lot, its service, its extra costs, its share of all the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.models import BuildOutput, Movement, StockItem
from outwork.queries.build_costs import CONSUMING, BuildBooks, books_of
from outwork.queries.landed import landed
from outwork.queries.lineage import outputs_of
from outwork.queries.values import effective
from outwork.rules.costing import bear_build
from outwork.rules.quantities import ZERO, rounded_money, rounded_quantity
from outwork.rules.valuation import Value, plus


@dataclass(frozen=True, slots=True)
class LotCost:
    """What an output bears of one lot: `quantity` in the component's unit, its part of what its event consumed."""

    line_id: int
    part: str
    batch: str
    serial: str | None
    item_id: int
    quantity: Decimal
    value: Value


@dataclass(frozen=True, slots=True)
class OutputCost:
    """What an output costs, in base currency; None: unknown. `rest` is its share of what others cost.

    That is rejected units, units scrapped at the manufacturer, and what was settled at the end; a rejected output
    gave it all away, so its rest is negative.
    """

    output_id: int
    build: str
    units: Decimal
    is_good: bool
    is_final: bool
    lots: tuple[LotCost, ...]
    components: Value
    service: Value
    extras: Mapping[str, Value]
    rest: Value
    total: Value

    @property
    def per_unit(self) -> Value:
        """The cost of one unit, six places."""
        return None if self.total is None else rounded_money(self.total / self.units)


def output_cost(what: BuildOutput | StockItem) -> OutputCost | None:
    """What an output costs, or the output that an item comes from; None for what no build made or nobody decided yet.

    A fixed number of statements.
    """
    output_id = what.pk if isinstance(what, BuildOutput) else outputs_of([what.pk]).get(what.pk)
    if output_id is None:
        return None
    output = BuildOutput.objects.select_related("build", "purchase_line").get(pk=output_id)
    books = books_of([output.build_id])[output.build_id]
    if output.pk not in books.outputs:
        return None
    own = bear_build(books.consumed, books.decisions, books.decided(), is_final=False)[output.pk]
    borne, service = books.borne(output.pk), books.services.get(output.pk, ZERO)
    extras = _extras(output)
    for each in extras.values():
        service = plus(service, each, sign=-1)
    return OutputCost(
        output_id=output.pk,
        build=output.build.reference,
        units=output.quantity,
        is_good=books.outputs[output.pk].is_good,
        is_final=books.is_final,
        lots=tuple(_lots(output, books, own)),
        components=own,
        service=service,
        extras=extras,
        rest=plus(borne, own, sign=-1),
        total=plus(books.services.get(output.pk, ZERO), borne),
    )


def _extras(output: BuildOutput) -> dict[str, Value]:
    """What the extra lines of its order cost an output, by kind."""
    line = output.purchase_line
    if line is None:
        return {}
    per_unit = landed([line.order_id]).at(output.made_at)[line.pk].extras
    return {kind: None if each is None else rounded_money(each * output.quantity) for kind, each in per_unit.items()}


def _lots(output: BuildOutput, books: BuildBooks, own: Value) -> list[LotCost]:
    """The consumption of the output's events, each movement's part of it; the last takes what rounding left."""
    events = {event_id: units for event_id, units in books.decisions.items() if output.pk in units}
    lots = []
    for row in _consumption(output.build_id, list(events)):
        event_id, output_id, line_id, quantity, value, item_id, label, batch, serial = row
        units = events[event_id]
        if output_id is not None and output_id != output.pk:
            continue
        part = Decimal(1) if output_id is not None else units[output.pk] / sum(units.values(), ZERO)
        worth = None if value is None else rounded_money(value * part)
        lots.append(LotCost(line_id, label, batch, serial, item_id, rounded_quantity(quantity * part), worth))
    given: Value = ZERO
    for lot in lots[:-1]:
        given = plus(given, lot.value)
    if lots and own is not None and given is not None:
        last = lots[-1]
        lots[-1] = LotCost(last.line_id, last.part, last.batch, last.serial, last.item_id, last.quantity, own - given)
    return lots


def _consumption(build_id: int, event_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """What these events consumed and was not taken back: one row for each movement; one statement."""
    names = ("pk", "corrects", "value", "kind", "event", "output", "build_line", "quantity", "source_item", "reverses")
    labels = ("part__number", "part__name", "batch", "serial")
    query = Movement.objects.filter(build=build_id, build_line__isnull=False).order_by("pk")
    found = list(query.values_list(*names, *labels))
    values = effective(row[:3] for row in found)
    back = {row[9] for row in found if row[9] is not None}
    return [
        (row[4], row[5], row[6], row[7], values[row[0]], row[8], row[10] or row[11], row[12], row[13])
        for row in found
        if row[1] is None and row[3] in CONSUMING and row[0] not in back and row[4] in event_ids
    ]
