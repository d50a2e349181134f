"""Trace up: from a lot to every unit that has it, through the builds above, and where each of them is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from outwork.models import Allocation, ReportedLot, StockItem
from outwork.queries.feeds import Feeds, Line, Made, Pool, read_feeds, read_outputs
from outwork.queries.lineage import outputs_of, pieces_of, standing
from outwork.queries.lots import Lot, Piece, Start, describe, lot_of_item, pieces
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.states import OutputState
from outwork.rules.trace import Certainty, holds, surest


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit that has a lot, or may have it; `made` is None for something bought into which the lot was put.

    `level` 1 has it on one of its own lines, 2 has a sub-assembly that has it, and so on; `on` names the parts on
    whose lines it is. `pieces` say where its units are now.
    """

    lot: Lot | None
    made: Made | None
    quantity: Decimal
    certainty: Certainty
    level: int
    on: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class _Hit:
    """A unit as the walk knows it so far."""

    made: Made | None
    certainty: Certainty
    level: int
    on: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Walk:
    """What is known on the way up: items that have the lot or may have it, and the units found."""

    certain: set[int]
    possible: set[int] = field(default_factory=set)
    outputs: dict[int, _Hit] = field(default_factory=dict)
    bought: dict[int, _Hit] = field(default_factory=dict)
    level: int = 0
    risen_outputs: set[int] = field(default_factory=set)
    risen_items: set[int] = field(default_factory=set)

    def note(self, made: Made, certainty: Certainty, on: str) -> None:
        """An output has the lot, or may have it."""
        if self._note(self.outputs, made.id, made, certainty, on):
            self.risen_outputs.add(made.id)

    def note_bought(self, item_id: int, certainty: Certainty, on: str) -> None:
        """Something that no build made has the lot inside."""
        if self._note(self.bought, item_id, None, certainty, on):
            self.risen_items.add(item_id)

    def of_item(self, item_id: int) -> Certainty | None:
        """Whether an item has the lot."""
        if item_id in self.certain:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if item_id in self.possible else None

    def _note(self, hits: dict[int, _Hit], key: int, made: Made | None, certainty: Certainty, on: str) -> bool:
        """Whether that is news: a new unit, or one that is sure now."""
        hit = hits.get(key)
        if hit is None:
            hits[key] = _Hit(made, certainty, self.level, {on: None})
            return True
        hit.on[on] = None
        if certainty is Certainty.CERTAIN and hit.certainty is not Certainty.CERTAIN:
            hit.certainty = certainty
            return True
        return False

    def rise(self) -> set[int]:
        """The items of the units that are news, added to what has the lot; one statement. Gives those to go on with."""
        hits = {self.outputs[one].made: self.outputs[one].certainty for one in self.risen_outputs}
        items = {made.item_id: sure for made, sure in hits.items() if made is not None and made.item_id is not None}
        items.update({one: self.bought[one].certainty for one in self.risen_items})
        self.risen_outputs, self.risen_items = set(), set()
        fresh = set()
        for top, parts in pieces_of(list(items)).items():
            for one in parts:
                known = self.of_item(one)
                if known is Certainty.CERTAIN or known is items[top]:
                    continue
                fresh.add(one)
                (self.certain if items[top] is Certainty.CERTAIN else self.possible).add(one)
        return fresh


def trace_up(start: Start | StockItem) -> list[Holder]:
    """Say which units have a lot and where they are, the nearest first; a fixed number of statements a level."""
    if isinstance(start, StockItem):
        start = lot_of_item(start)
    walk = _Walk(certain=set(start.items), level=1)
    if start.reported:
        _note_reported(walk, start.reported)
    frontier = set(start.items)
    while frontier or walk.risen_outputs:
        if frontier:
            _note_lines(walk, frontier)
            _note_containers(walk, frontier)
        frontier = walk.rise()
        walk.level += 1
    return _told(walk)


def left_of(start: Start) -> list[Piece]:
    """Where those units of a lot are that are in nothing: on a shelf, at a manufacturer, at a customer."""
    away = (PlaceKind.USED.name.lower(), PlaceKind.INSIDE.name.lower(), PlaceKind.GONE.name.lower())
    return [one for one in pieces(sorted(start.items)).values() if one.place not in away]


def _note_lines(walk: _Walk, items: set[int]) -> None:
    """Note the outputs of every line that these items fed or wait for; twelve statements."""
    used = standing().filter(source_item__any=items, build_line__isnull=False, kind__in=(Kind.USED, Kind.LOST))
    lines = set(used.values_list("build_line", flat=True).order_by().distinct())
    lines |= set(Allocation.objects.filter(item__any=items, output__isnull=True).values_list("build_line", flat=True))
    if not lines:
        return
    feeds = read_feeds((), only_lines=lines)
    judge = _Judge(walk, feeds)
    for made in read_outputs(Q(build__any={line.build_id for line in feeds.lines.values()})):
        for line in feeds.lines_of(made):
            certainty = judge.of(line, made)
            if certainty is not None:
                walk.note(made, certainty, line.part)


class _Judge:
    """Says whether a line of an output has what is looked for, by what the walk knows now."""

    def __init__(self, walk: _Walk, feeds: Feeds) -> None:
        self._walk, self._feeds = walk, feeds
        self._sets: dict[Pool, tuple[set[int], set[int]]] = {}

    def of(self, line: Line, made: Made) -> Certainty | None:
        """The surest way in which the output has it on this line."""
        verdict = self._feeds.verdict(line, made)
        certain, possible = self._lots((line.id, made.manufacturer_id))
        found = [holds(verdict.judged, certain=certain, possible=possible)]
        for piece in self._feeds.assigned.get((line.id, made.id), ()):
            found += [self._walk.of_item(piece.source_id), self._walk.of_item(piece.item_id)]
        return surest(found)

    def _lots(self, pool: Pool) -> tuple[set[int], set[int]]:
        if pool not in self._sets:
            certain, possible = set(), set()
            for lot, sources in self._feeds.lots.get(pool, {}).items():
                if sources.items and sources.items <= self._walk.certain:
                    certain.add(lot)
                elif any(self._walk.of_item(one) for one in sources.items):
                    possible.add(lot)
            self._sets[pool] = (certain, possible)
        return self._sets[pool]


def _note_containers(walk: _Walk, items: Collection[int]) -> None:
    """Note what these items lie inside of, by a build or by hand; three statements."""
    query = StockItem.objects.filter(pk__any=items, inside__isnull=False, quantity__gt=0)
    rows: Iterable[Any] = query.values_list("pk", "inside", "part__number", "part__name")
    inside = list(rows)
    if not inside:
        return
    made_by = outputs_of({container for _, container, _, _ in inside})
    outputs = {made.id: made for made in read_outputs(Q(pk__any=list(made_by.values())))}
    for item_id, container, number, name in inside:
        certainty = walk.of_item(item_id)
        if certainty is None:
            continue
        made = outputs.get(made_by.get(container, 0))
        if made is not None:
            walk.note(made, certainty, number or name)
        else:
            walk.note_bought(container, certainty, number or name)


def _note_reported(walk: _Walk, reported: Collection[int]) -> None:
    """Note the units of the lines for which a manufacturer reported these lots; eleven statements."""
    found = list(ReportedLot.objects.filter(pk__any=reported).select_related("build_line"))
    feeds = read_feeds((), only_lines={one.build_line_id for one in found})
    for made in read_outputs(Q(build__any={one.build_line.build_id for one in found})):
        for line in feeds.lines_of(made):
            of_line = feeds.reported.get((line.id, made.manufacturer_id), [])
            own = [one for one in of_line if one.output_id == made.id]
            meant = own or [one for one in of_line if one.output_id is None]
            wanted = [one for one in meant if one.id in reported]
            if wanted:
                sure = bool(own) or len(wanted) == len(of_line)
                walk.note(made, Certainty.CERTAIN if sure else Certainty.POSSIBLE, line.part)


def _told(walk: _Walk) -> list[Holder]:
    """The units found with their places; five statements."""
    tops = {hit.made.item_id for hit in walk.outputs.values() if hit.made is not None}
    items = {one for one in tops if one is not None} | set(walk.bought)
    lots, parts = describe(items), pieces_of(list(items))
    places = pieces(sorted({one for found in parts.values() for one in found}))
    holders = []
    for hit in walk.outputs.values():
        assert hit.made is not None
        item_id = hit.made.item_id
        mine = [places[one] for one in parts.get(item_id or 0, ()) if one in places]
        holders.append(_holder(hit, lots.get(item_id or 0), hit.made.quantity, mine))
    for item_id, hit in walk.bought.items():
        mine = [places[one] for one in parts.get(item_id, ()) if one in places]
        holders.append(_holder(hit, lots[item_id], sum((one.quantity for one in mine), ZERO), mine))
    return sorted(holders, key=_order)


def _holder(hit: _Hit, lot: Lot | None, quantity: Decimal, mine: list[Piece]) -> Holder:
    left = quantity - sum((one.quantity for one in mine), ZERO)
    if left > 0:
        scrapped = hit.made is not None and hit.made.state == OutputState.SCRAPPED and lot is None
        where = f"scrapped at {hit.made.manufacturer or 'our place'}" if scrapped and hit.made else "gone"
        mine = [*mine, Piece(None, left, where, "gone")]
    return Holder(lot, hit.made, quantity, hit.certainty, hit.level, tuple(hit.on), tuple(mine))


def _order(holder: Holder) -> tuple[Any, ...]:
    serial = holder.lot.serial or "" if holder.lot is not None else ""
    part = holder.lot.part if holder.lot is not None else ""
    return (holder.level, part, len(serial), serial, holder.made.id if holder.made is not None else 0)
