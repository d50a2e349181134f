"""What builds consumed and what their outputs bear of it, as the ledger has it by now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from outwork.models import Build, BuildOutput, Event, Movement, SupplierReturnLine
from outwork.queries.builds import BUILT, REWORKED
from outwork.queries.values import effective
from outwork.rules.costing import Consumed, Decided, bear_build
from outwork.rules.places import Kind
from outwork.rules.quantities import MONEY_PLACES, ZERO
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import BuildStatus, OutputState, ReturnStatus
from outwork.rules.valuation import Value, plus

CONSUMING = frozenset({Kind.USED, Kind.LOST, Kind.INSTALLED})
# What went back of an output and was not fetched again.
_RETURNED = SupplierReturnLine.objects.filter(output=OuterRef("pk")).exclude(document__status=ReturnStatus.CANCELLED)
DECIDING = frozenset({Kind.ACCEPTED, Kind.REJECTED})
_BORNE = CONSUMING | {Kind.UNUSED}
_OF_OUTPUTS = (*sorted(DECIDING), Kind.COSTED, Kind.REVALUED, Kind.REVERSED)
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
    is_replaced: bool = False
    credit: Value = ZERO


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
            Decided(one.id, one.units, one.is_good, self.services.get(one.id, ZERO), one.is_replaced, one.credit)
            for one in self.outputs.values()
        ]

    def borne(self, output_id: int) -> Value:
        """What an output bears by now."""
        value: Value = ZERO
        for one in self.costings.get(output_id, ()):
            value = plus(value, one.value)
        return value


def books_of(build_ids: Iterable[int]) -> dict[int, BuildBooks]:
    """The books of some builds; five statements, six where something is unknown.

    Final is the cost of a build that is closed, and of one that was reopened: units that bore the rejected
    ones go on doing so. Where finishing was taken back it is as if it had never been.
    """
    wanted = sorted(set(build_ids))
    ends = Event.objects.filter(build__any=wanted, kind="build.finished", reversals__isnull=True)
    finished = set(ends.values_list("build", flat=True))
    books = {
        pk: BuildBooks(pk, status in _CLOSED or pk in finished)
        for pk, status in Build.objects.filter(pk__any=wanted).values_list("pk", "status")
    }
    outputs = (
        BuildOutput.objects.filter(build__any=wanted, item__isnull=False)
        .filter(Q(state__in=BUILT) | REWORKED)
        .annotate(
            was_replaced=Exists(
                _RETURNED.filter(document__purpose=ReturnPurpose.REPLACEMENT, document__paid_by=PaidBy.SUPPLIER)
            ),
            credit=Subquery(_RETURNED.values("output").annotate(sum=Sum("credit_value")).values("sum")),
        )
    )
    columns = ("build", "pk", "item", "quantity", "state", "was_replaced", "credit")
    for build_id, pk, item_id, units, state, is_replaced, credit in outputs.values_list(*columns):
        assert item_id is not None
        is_good = state in (OutputState.ACCEPTED, OutputState.IN_PRODUCTION)
        books[build_id].outputs[pk] = OutputFacts(pk, item_id, units, is_good, is_replaced, credit or ZERO)
    _read_consumed(books)
    _read_outputs(books)
    return books


# What each event consumed for which output, by build. What took consumption back counts with what it took back.
# A movement with its corrections is one; where anything was ever unknown the sums cannot tell what is known now.
_CONSUMED = """
    WITH worth AS (
        SELECT COALESCE(corrects_id, id) AS id, SUM(value) AS value, COUNT(*) - COUNT(value) AS unknown
        FROM outwork_movement
        WHERE build_id {of_builds} AND build_line_id IS NOT NULL
        GROUP BY COALESCE(corrects_id, id)
    ), consumed AS (
        SELECT moved.build_id, COALESCE(first.event_id, moved.event_id) AS event_id,
               CASE WHEN first.id IS NULL THEN moved.output_id ELSE first.output_id END AS output_id,
               CASE WHEN (moved.kind = 'reversed') <> (COALESCE(first.kind, moved.kind) = 'unused')
                    THEN -worth.value ELSE worth.value END AS value,
               worth.unknown
        FROM worth
        JOIN outwork_movement AS moved ON moved.id = worth.id
        LEFT JOIN outwork_movement AS first ON first.id = moved.reverses_id
        WHERE COALESCE(first.kind, moved.kind) IN ('used', 'lost', 'installed', 'unused')
    )
    SELECT build_id, event_id, output_id, SUM(value), SUM(unknown) FROM consumed
    GROUP BY build_id, event_id, output_id
    ORDER BY build_id, event_id, output_id
"""
_OF_BUILDS = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}


def _read_consumed(books: dict[int, BuildBooks]) -> None:
    """What the builds consumed; one statement, and one more where something of it is or was unknown."""
    ids = sorted(books)
    given = json.dumps(ids) if connection.vendor == "sqlite" else ids
    with connection.cursor() as cursor:
        cursor.execute(_CONSUMED.format(of_builds=_OF_BUILDS[connection.vendor]), [given])
        found = cursor.fetchall()
    if any(row[4] for row in found):
        _read_consumed_one_by_one(books)
        return
    for build_id, event_id, output_id, steps, _ in found:
        books[build_id].consumed.append(Consumed(event_id, output_id, Decimal(steps).scaleb(-MONEY_PLACES)))


def _read_consumed_one_by_one(books: dict[int, BuildBooks]) -> None:
    query = Movement.objects.filter(build__any=list(books), build_line__isnull=False).order_by("pk")
    found = list(query.values_list("pk", "corrects", "value", "kind", "build", "event", "output", "reverses"))
    values = effective(row[:3] for row in found)
    rows = {row[0]: row for row in found if row[1] is None}
    for pk, row in rows.items():
        first = rows.get(row[7] or 0, row)
        if first[3] in _BORNE:
            sign = -1 if (row[3] == Kind.REVERSED) != (first[3] == Kind.UNUSED) else 1
            assert row[4] is not None
            books[row[4]].consumed.append(Consumed(first[5], first[6], plus(ZERO, values[pk], sign=sign)))


def _read_outputs(books: dict[int, BuildBooks]) -> None:
    """How the outputs were decided, what they were worth then, and what they bear by now; one statement."""
    query = Movement.objects.filter(
        build__any=list(books), output__isnull=False, build_line__isnull=True, kind__in=_OF_OUTPUTS
    ).order_by("pk")
    found = list(
        query.values_list("pk", "corrects", "value", "kind", "build", "event", "output", "quantity", "reverses")
    )
    values = effective(row[:3] for row in found)
    back = {row[8] for row in found if row[8] is not None}
    for pk, corrects, _, kind, build_id, event_id, output_id, quantity, reverses in found:
        assert build_id is not None
        mine = books[build_id]
        if corrects is not None or output_id is None or output_id not in mine.outputs:
            continue
        if kind == Kind.COSTED:
            if pk in back or reverses is not None:  # both sides of what was taken back; together they are nothing
                continue
            mine.costings[output_id].append(Costing(pk, output_id, values[pk]))
        elif kind in DECIDING and pk not in back:
            mine.decisions[event_id][output_id] = quantity
            # Decided once more: what the units had borne by then is no service.
            mine.services[output_id] = plus(values[pk], mine.borne(output_id), sign=-1)
