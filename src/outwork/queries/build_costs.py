"""What builds consumed and what their outputs bear of it, as the ledger has it by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from outwork.models import Build, BuildOutput, Event, Movement
from outwork.queries.values import effective
from outwork.rules.costing import Consumed, Decided, bear_build
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO
from outwork.rules.states import BuildStatus, OutputState
from outwork.rules.valuation import Value, plus

CONSUMING = frozenset({Kind.USED, Kind.LOST, Kind.INSTALLED})
DECIDING = frozenset({Kind.ACCEPTED, Kind.REJECTED})
_BORNE = CONSUMING | {Kind.UNUSED}
_CLOSED = frozenset({BuildStatus.COMPLETE, BuildStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Costing:
    """A movement that costs an output: COSTED, with what it is worth by now."""

    movement_id: int
    output_id: int
    value: Value


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """An output as its cost needs it."""

    id: int
    item_id: int
    units: Decimal
    is_good: bool


@dataclass(slots=True)
class BuildBooks:
    """All that bears on the cost of one build."""

    build_id: int
    is_final: bool
    consumed: list[Consumed] = field(default_factory=list)
    outputs: dict[int, OutputFacts] = field(default_factory=dict)
    decisions: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    services: dict[int, Value] = field(default_factory=dict)
    costings: dict[int, list[Costing]] = field(default_factory=lambda: defaultdict(list))

    def targets(self) -> dict[int, Value]:
        """What each decided output has to bear on top of its service price."""
        return bear_build(self.consumed, self.decisions, self.decided(), is_final=self.is_final)

    def decided(self) -> list[Decided]:
        """The decided outputs as the rules know them."""
        return [
            Decided(one.id, one.units, one.is_good, self.services.get(one.id, ZERO)) for one in self.outputs.values()
        ]

    def borne(self, output_id: int) -> Value:
        """What an output bears by now."""
        value: Value = ZERO
        for one in self.costings.get(output_id, ()):
            value = plus(value, one.value)
        return value


def books_of(build_ids: Iterable[int]) -> dict[int, BuildBooks]:
    """The books of some builds; four statements.

    Final is the cost of a build that is closed, and of one that was reopened: units that bore the rejected
    ones go on doing so.
    """
    wanted = sorted(set(build_ids))
    finished = set(Event.objects.filter(build__any=wanted, kind="build.finished").values_list("build", flat=True))
    books = {
        pk: BuildBooks(pk, status in _CLOSED or pk in finished)
        for pk, status in Build.objects.filter(pk__any=wanted).values_list("pk", "status")
    }
    outputs = BuildOutput.objects.filter(
        build__any=wanted, item__isnull=False, state__in=(OutputState.ACCEPTED, OutputState.REJECTED)
    )
    for build_id, pk, item_id, units, state in outputs.values_list("build", "pk", "item", "quantity", "state"):
        assert item_id is not None
        books[build_id].outputs[pk] = OutputFacts(pk, item_id, units, state == OutputState.ACCEPTED)
    _read_movements(books)
    return books


class _Row(NamedTuple):
    id: int
    kind: str
    build_id: int
    event_id: int
    output_id: int | None
    quantity: Decimal
    is_consumption: bool
    reverses_id: int | None


def _read_movements(books: dict[int, BuildBooks]) -> None:
    query = Movement.objects.filter(build__any=list(books)).order_by("pk")
    names = ("pk", "corrects", "value", "kind", "build", "event", "output", "quantity", "build_line", "reverses")
    found = list(query.values_list(*names))
    values = effective(row[:3] for row in found)
    rows = {
        row[0]: _Row(
            row[0], row[3], row[4] or 0, row[5], row[6], row[7], row[8] is not None and row[3] in _BORNE, row[9]
        )
        for row in found
        if row[1] is None
    }
    back = {row.reverses_id for row in rows.values() if row.reverses_id is not None}
    for row in rows.values():
        mine, value = books[row.build_id], values[row.id]
        first = rows.get(row.reverses_id) if row.reverses_id is not None else None
        if row.is_consumption:
            sign = -1 if row.kind == Kind.UNUSED else 1
            mine.consumed.append(Consumed(row.event_id, row.output_id, plus(ZERO, value, sign=sign)))
        elif row.kind == Kind.REVERSED and first is not None and first.is_consumption:
            sign = 1 if first.kind == Kind.UNUSED else -1
            mine.consumed.append(Consumed(first.event_id, first.output_id, plus(ZERO, value, sign=sign)))
        elif row.output_id in mine.outputs and row.kind == Kind.COSTED:
            assert row.output_id is not None
            mine.costings[row.output_id].append(Costing(row.id, row.output_id, value))
        elif row.output_id in mine.outputs and row.kind in DECIDING and row.id not in back:
            assert row.output_id is not None
            mine.decisions[row.event_id][row.output_id] = row.quantity
            # Decided once more: what the units had borne by then is no service.
            mine.services[row.output_id] = plus(value, mine.borne(row.output_id), sign=-1)
