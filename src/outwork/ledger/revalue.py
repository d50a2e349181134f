"""Restate what movements are worth, and let the difference follow the units to wherever they are by now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from outwork.ledger.held import Held, lock_items
from outwork.ledger.post import About, Posting
from outwork.models import BuildOutput, Event, Movement
from outwork.queries.build_costs import DECIDING
from outwork.queries.values import effective
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO
from outwork.rules.valuation import Flow, Replay, replay

# All items that units of some items went into, and the builds that consumed any of them.
_REACHED = """
    WITH RECURSIVE reached(id) AS (
        {start}
        UNION
        SELECT moved.target_item_id
        FROM reached JOIN outwork_movement AS moved ON moved.source_item_id = reached.id
        WHERE moved.target_item_id IS NOT NULL AND moved.target_item_id <> moved.source_item_id
    )
    SELECT DISTINCT reached.id, moved.build_id
    FROM reached
    LEFT JOIN outwork_movement AS moved
        ON moved.source_item_id = reached.id AND moved.build_line_id IS NOT NULL
        AND moved.kind IN ('used', 'lost', 'installed')
"""
_START = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}


@dataclass(slots=True)
class Reach:
    """Where the value of some items or builds went: items, and the builds that used any of them."""

    items: set[int]
    builds: set[int]


def downstream(*, items: Iterable[int] = (), builds: Iterable[int] = ()) -> Reach:
    """All that a change of value reaches, through builds too; two statements for each level of builds."""
    reach = Reach(set(), set())
    fresh, waiting = set(items), set(builds)
    while fresh or waiting:
        if waiting:
            reach.builds |= waiting
            outputs = BuildOutput.objects.filter(build__any=list(waiting), item__isnull=False)
            fresh |= {item_id for item_id in outputs.values_list("item", flat=True) if item_id is not None}
        fresh -= reach.items
        found, used_by = _reached(fresh)
        reach.items |= found
        fresh, waiting = set(), used_by - reach.builds
    return reach


def _reached(items: Iterable[int]) -> tuple[set[int], set[int]]:
    start = sorted(items)
    if not start:
        return set(), set()
    given = json.dumps(start) if connection.vendor == "sqlite" else start
    with connection.cursor() as cursor:
        cursor.execute(_REACHED.format(start=_START[connection.vendor]), [given])
        found = cursor.fetchall()
    return {row[0] for row in found}, {row[1] for row in found if row[1] is not None}


@dataclass(frozen=True, slots=True)
class Statement:
    """A movement into `item_id` is worth `value`, whatever was booked; without a movement it is a new cost of an output."""

    item_id: int
    value: Decimal | None
    movement_id: int | None = None
    build_id: int | None = None
    output_id: int | None = None


def restate(event: Event, held: dict[int, Held], statements: Sequence[Statement]) -> set[int]:
    """Post what movements are worth now, and the difference on all movements downstream; gives the builds it met.

    Items that are not held yet are locked. Six statements at most, however many movements there are.
    """
    found, _ = _reached(one.item_id for one in statements)
    held.update(lock_items(found - held.keys(), existing=False))
    history = _History(found)
    fresh = {-number: one for number, one in enumerate(statements, start=1) if one.movement_id is None}
    stated = {one.movement_id: one.value for one in statements if one.movement_id is not None}
    stated |= {number: one.value for number, one in fresh.items()}
    replayed = replay(history.flows(fresh), stated, found)
    posting = Posting(event, held)
    for one in fresh.values():
        about = About(build_id=one.build_id, output_id=one.output_id)
        posting.revalue(None, held[one.item_id], one.value, corrects=None, kind=Kind.COSTED, about=about)
    met = _post(history, replayed, posting)
    for item_id, value in replayed.values.items():
        held[item_id].value = value
        posting.touch(held[item_id])
    posting.write()
    return met


def _post(history: _History, replayed: Replay, posting: Posting) -> set[int]:
    met = set()
    for one in replayed.restated:
        row = history.rows.get(one.flow_id)
        if row is None:
            continue
        if row.kind != Kind.COSTED and row.build_id is not None:
            met.add(row.build_id)
        delta = one.after if one.after is None or one.before is None else one.after - one.before
        source = posting.held[row.source] if row.source is not None else None
        target = posting.held[row.target] if row.target is not None else None
        posting.revalue(source, target, delta, corrects=row.id, about=row.about)
    return met


class _Row(NamedTuple):
    """A movement as the replay needs it."""

    id: int
    kind: str
    quantity: Decimal
    source: int | None
    target: int | None
    value: Decimal | None
    build_id: int | None
    build_line_id: int | None
    output_id: int | None
    manufacturer_id: int | None
    purchase_line_id: int | None
    supplier_return_id: int | None
    reverses_id: int | None

    @property
    def about(self) -> About:
        """The documents it belongs to."""
        return About(
            build_id=self.build_id,
            build_line_id=self.build_line_id,
            output_id=self.output_id,
            manufacturer_id=self.manufacturer_id,
            purchase_line_id=self.purchase_line_id,
            supplier_return_id=self.supplier_return_id,
        )


class _History:
    """All movements of some items; one statement."""

    def __init__(self, items: Iterable[int]) -> None:
        wanted = list(items)
        query = Movement.objects.filter(Q(source_item__any=wanted) | Q(target_item__any=wanted)).order_by("pk")
        names = ("pk", "corrects", "value", "kind", "quantity", "source_item", "target_item")
        documents_of = ("build", "build_line", "output", "manufacturer", "purchase_line", "supplier_return")
        found = list(query.values_list(*names, *documents_of, "reverses"))
        values = effective(row[:3] for row in found)
        self.rows: dict[int, _Row] = {}
        for pk, corrects, _, kind, quantity, source, target, *others in found:
            if corrects is None:
                self.rows[pk] = _Row(pk, kind, quantity, source, target, values[pk], *others)

    def flows(self, fresh: dict[int, Statement]) -> list[Flow]:
        """The movements in the order in which value went: a cost enters its units where they were decided on."""
        decided: dict[int, int] = {}
        placed: list[tuple[tuple[int, ...], Flow]] = []
        forgotten = self._forgotten()
        for row in self.rows.values():
            if row.id in forgotten:
                continue
            output = row.output_id
            if row.kind in DECIDING and output is not None:
                decided[output] = row.id
            # A cost that was taken back left its units then, and not when they were decided on.
            enters = row.kind == Kind.COSTED and output is not None and row.reverses_id is None
            anchor = decided.get(output or 0, row.id) if enters else row.id
            placed.append(((anchor, row.id), _flow(row)))
        for number, one in fresh.items():
            # Units split off to be reworked were decided on with those that they were split from.
            anchor = decided.get(one.output_id or 0) or self._last_into(one.item_id)
            placed.append(((anchor, anchor, -number), Flow(number, None, one.item_id, ZERO, ZERO)))
        return [flow for _, flow in sorted(placed, key=_position)]

    def _last_into(self, item_id: int) -> int:
        """The movement that brought units into an item last."""
        return max(row.id for row in self.rows.values() if row.target == item_id and row.quantity)

    def _forgotten(self) -> set[int]:
        """Unknown costs that were taken back, both sides: together they are nothing, and would spoil all after them."""
        costed = [row for row in self.rows.values() if row.kind == Kind.COSTED and row.reverses_id is not None]
        pairs = [(row.id, row.reverses_id or 0) for row in costed if row.value is None]
        return {one for pair in pairs for one in pair}


def _position(placed: tuple[tuple[int, ...], Flow]) -> Any:
    return placed[0]


def _flow(row: _Row) -> Flow:
    is_kept = row.kind in DECIDING or row.build_line_id is not None
    returns = row.reverses_id if row.source is None and row.quantity else None
    return Flow(row.id, row.source, row.target, row.quantity, row.value, is_kept, returns)
