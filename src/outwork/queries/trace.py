"""Trace down: from a serial number or batch to every lot, supplier and purchase order in it, through sub-assemblies.

A level of sub-assemblies costs a fixed number of statements, however many lines and units there are. Decision paper
0008 says what may be called certain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from outwork.models import BuildOutput, StockItem
from outwork.queries.feeds import Feeds, Line, Made, read_feeds, read_outputs
from outwork.queries.lineage import outputs_of
from outwork.queries.lots import Lot, describe
from outwork.rules.places import PlaceKind
from outwork.rules.trace import Certainty


@dataclass(slots=True, eq=False)
class Found:
    """A lot in a unit; `quantity` is what was booked of it on the line. `units` are the outputs it is, if a build made it."""

    lot: Lot
    certainty: Certainty
    quantity: Decimal
    is_installed: bool = False
    units: list[Unit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundReport:
    """A lot that the manufacturer reported for a line that he supplied."""

    mpn: str
    lot: str
    date_code: str
    quantity: Decimal | None
    certainty: Certainty


@dataclass(slots=True, eq=False)
class LineTrace:
    """One build line of a unit: the lots in it, or whose parts they are where they were not ours.

    `missing` of `needed` were taken and not booked, by all units that were decided on at the manufacturer.
    `late` are lots that were booked on the line and came too late to be in this unit. `deviation` says why the line
    is here although the BOM has it not.
    """

    line_id: int
    part_id: int
    part: str
    designators: str
    per_unit: Decimal
    needed: Decimal
    missing: Decimal
    is_consumable: bool
    supplied_by: str
    deviation: str = ""
    lots: list[Found] = field(default_factory=list)
    reported: list[FoundReport] = field(default_factory=list)
    late: list[Lot] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Unit:
    """What was traced: an output of a build with its lines, or an item that no build of ours made.

    One unit may stand in several places of a tree; it is the same object then. `installed` was put into it by hand.
    """

    lot: Lot | None
    output_id: int | None = None
    quantity: Decimal | None = None
    made: Made | None = None
    lines: list[LineTrace] = field(default_factory=list)
    installed: list[Found] = field(default_factory=list)

    def found(self) -> list[Found]:
        """All that is directly in it."""
        return [*(one for line in self.lines for one in line.lots), *self.installed]


def trace_down(what: StockItem | BuildOutput) -> Unit:
    """Say what is in an item or output; the tree's leaves are bought lots."""
    if isinstance(what, BuildOutput):
        return _walk({}, [what.pk])[0]
    return trace_items_down([what.pk])[0]


def trace_items_down(item_ids: Collection[int]) -> list[Unit]:
    """Say what is in each of some items; those of one output are one unit, in the order of the ids."""
    made_by = outputs_of(item_ids)
    return _walk({one: None for one in item_ids if one not in made_by}, sorted(set(made_by.values())))


def every_lot(unit: Unit) -> dict[Lot, Certainty]:
    """All bought lots in a unit, through all sub-assemblies, each with how sure it is on its surest way."""
    found: dict[Lot, Certainty] = {}
    seen: set[tuple[int, Certainty]] = set()
    todo: list[tuple[Unit, Certainty]] = [(unit, Certainty.CERTAIN)]
    while todo:
        current, sure = todo.pop()
        if (id(current), sure) in seen:
            continue
        seen.add((id(current), sure))
        for one in current.found():
            surely = one.certainty.through(sure)
            # One of several outputs of a batch: which of them it was is open.
            beyond = surely if len(one.units) < 2 else Certainty.POSSIBLE
            todo += [(part, beyond) for part in one.units]
            if not any(part.made for part in one.units) and found.get(one.lot) is not Certainty.CERTAIN:
                found[one.lot] = surely
    return found


def _walk(leaves: dict[int, None], output_ids: Collection[int]) -> list[Unit]:
    """Fill the units level by level; gives those it began with."""
    units = {one: Unit(None, one) for one in output_ids}
    bought = {one: Unit(None) for one in leaves}
    start = [*bought.values(), *units.values()]
    if bought:
        lots = describe(list(bought))
        for item_id, unit in bought.items():
            unit.lot = lots[item_id]
    level, items = dict(units), dict(bought)
    while level or items:
        level, items = _fill(level, items, units, bought)
    return start


def _fill(
    level: dict[int, Unit], items: dict[int, Unit], units: dict[int, Unit], bought: dict[int, Unit]
) -> tuple[dict[int, Unit], dict[int, Unit]]:
    """Say what is in the units of one level; gives those of the next. Thirteen statements."""
    outputs = read_outputs(Q(pk__any=list(level))) if level else []
    feeds = read_feeds({made.build_id for made in outputs}) if outputs else None
    inside = _installed({**{made.item_id: level[made.id] for made in outputs if made.item_id}, **items}, feeds)
    wanted = {made.item_id for made in outputs if made.item_id is not None} | {one for _, one, _ in inside}
    if feeds is not None:
        wanted |= _sources(feeds)
    lots = describe(wanted)
    for made in outputs:
        unit = level[made.id]
        unit.made, unit.quantity = made, made.quantity
        unit.lot = lots.get(made.item_id or 0)
    maker = _LineMaker(feeds, lots) if feeds is not None else None
    for made in outputs:
        assert maker is not None
        level[made.id].lines = maker.lines(made)
    for unit, item_id, quantity in inside:
        unit.installed.append(Found(lots[item_id], Certainty.CERTAIN, quantity, is_installed=True))
    return _below([*level.values(), *items.values()], maker, units, bought)


def _below(
    parents: Iterable[Unit], maker: _LineMaker | None, units: dict[int, Unit], bought: dict[int, Unit]
) -> tuple[dict[int, Unit], dict[int, Unit]]:
    """Find the units that the lots of this level are, and link them; one statement."""
    by_item: dict[int, list[Found]] = defaultdict(list)
    for one in maker.found if maker is not None else ():
        for item_id in maker.items[id(one)] if maker is not None else ():
            by_item[item_id].append(one)
    for unit in parents:
        for one in unit.installed:
            by_item[one.lot.item_id].append(one)
    made_by = outputs_of(list(by_item))
    fresh: dict[int, Unit] = {}
    single: dict[int, Unit] = {}
    for item_id, found in by_item.items():
        output_id = made_by.get(item_id)
        if output_id is not None:
            if output_id not in units:
                units[output_id] = fresh[output_id] = Unit(None, output_id)
            unit = units[output_id]
        elif found[0].lot.serial is not None:
            # Something bought with a serial number may have parts of ours inside it.
            if item_id not in bought:
                bought[item_id] = single[item_id] = Unit(found[0].lot)
            unit = bought[item_id]
        else:
            continue
        for one in found:
            if unit not in one.units:
                one.units.append(unit)
    return fresh, single


def _installed(containers: dict[int, Unit], feeds: Feeds | None) -> list[tuple[Unit, int, Decimal]]:
    """What lies inside these items beside what their build put there; one statement."""
    if not containers:
        return []
    by_build = {one.item_id for pieces in feeds.assigned.values() for one in pieces} if feeds is not None else set()
    query = StockItem.objects.filter(inside__any=list(containers), place=PlaceKind.INSIDE, quantity__gt=0)
    rows: Iterable[Any] = query.order_by("pk").values_list("inside", "pk", "quantity")
    return [(containers[inside], pk, quantity) for inside, pk, quantity in rows if pk not in by_build]


def _sources(feeds: Feeds) -> set[int]:
    """All items that lines were fed from, and the pieces that went into one output each."""
    fed = {item for by_lot in feeds.lots.values() for one in by_lot.values() for item in one.items}
    return fed | {one.item_id for pieces in feeds.assigned.values() for one in pieces}


class _LineMaker:
    """Makes the lines of units, once for all units that are alike; `items` are the stock items behind each lot found."""

    def __init__(self, feeds: Feeds, lots: dict[int, Lot]) -> None:
        self.found: list[Found] = []
        self.items: dict[int, set[int]] = {}
        self._feeds = feeds
        self._lots = lots
        self._memo: dict[tuple[int, int], LineTrace] = {}
        self._alike: dict[tuple[Any, ...], list[LineTrace]] = {}
        self._special = {output_id for _, output_id in feeds.assigned}
        self._special |= {one.output_id for reports in feeds.reported.values() for one in reports if one.output_id}

    def lines(self, made: Made) -> list[LineTrace]:
        """The lines of one output; outputs of one receipt have the same, unless something is meant for one of them."""
        if made.id in self._special:
            return [self.line(line, made) for line in self._feeds.lines_of(made)]
        key = (
            *(made.build_id, made.manufacturer_id, made.revision, made.until, made.quantity),
            *(made.is_decided, made.has_components),
        )
        if key not in self._alike:
            self._alike[key] = [self.line(line, made) for line in self._feeds.lines_of(made)]
        return self._alike[key]

    def line(self, line: Line, made: Made) -> LineTrace:
        """The line of one output."""
        verdict = self._feeds.verdict(line, made)
        pieces = self._feeds.assigned.get((line.id, made.id), [])
        reported = self._feeds.reported.get((line.id, made.manufacturer_id), [])
        is_own = bool(pieces) or any(one.output_id is not None for one in reported)
        key = (id(verdict), line.id)
        if not is_own and key in self._memo:
            return self._memo[key]
        trace = LineTrace(
            line_id=line.id,
            part_id=line.part_id,
            part=line.part,
            designators=line.designators,
            per_unit=line.per_unit,
            needed=verdict.needed,
            missing=verdict.missing,
            is_consumable=line.is_consumable,
            supplied_by=made.manufacturer if verdict.is_theirs or reported else "",
            deviation=line.deviation,
        )
        for one in pieces:
            trace.lots.append(self._note(one.item_id, {one.item_id}, Certainty.CERTAIN, one.quantity))
        sources = self._feeds.lots.get((line.id, made.manufacturer_id), {})
        for lot, certainty in verdict.judged.lots:
            trace.lots.append(self._note(min(sources[lot].items), sources[lot].items, certainty, sources[lot].used))
        trace.late = [self._lots[min(sources[lot].items)] for lot in verdict.judged.late]
        own = [one for one in reported if one.output_id == made.id]
        for report in own or [one for one in reported if one.output_id is None]:
            sure = Certainty.CERTAIN if report in own or len(reported) == 1 else Certainty.POSSIBLE
            trace.reported.append(FoundReport(report.mpn, report.lot, report.date_code, report.quantity, sure))
        if not is_own:
            self._memo[key] = trace
        return trace

    def _note(self, item_id: int, items: set[int], certainty: Certainty, quantity: Decimal) -> Found:
        found = Found(self._lots[item_id], certainty, quantity)
        self.found.append(found)
        self.items[id(found)] = items
        return found
