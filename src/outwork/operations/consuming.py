"""Consume components for what was built: never for what was sent, never below zero (design section 5.10)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held
from outwork.ledger.holding import hold, reach_of_build
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.reserve import Key, Reservations, Reserved, hold_for_build
from outwork.models import Build, BuildLine, BuildOutput, Event, Location, StockItem, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle_cost
from outwork.operations.sharing_lines import consumed_by_part, take_in_shares
from outwork.operations.supplying import supply_at
from outwork.queries.builds import BUILT, Booked, consumed_so_far, lines_of, need_of, units_built
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.days import day_in
from outwork.rules.expiry import unfit_before
from outwork.rules.places import Kind, PlaceKind, inside, used_by
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import declare, refuse
from outwork.rules.requirement import Due, due
from outwork.rules.states import BuildStatus
from outwork.rules.supply import is_ours
from outwork.rules.valuation import plus

declare(nothing_due="{build} has nothing due: what was built is consumed")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """So much of a line is due for what was built at a manufacturer and is not allocated there."""

    build: Build
    line_id: int
    part: str
    manufacturer_id: int | None
    quantity: Decimal
    supply: str | None

    def told(self) -> dict[str, Any]:
        """As the operations say it, with what can be done about it as the build stands now."""
        return {
            "code": "shortfall",
            "line": self.line_id,
            "part": self.part,
            "manufacturer": self.manufacturer_id,
            "quantity": f"{self.quantity.normalize():f}",
            "mends": self._mends(),
        }

    def _mends(self) -> list[str]:
        if self.build.status == BuildStatus.CANCELLED:
            return ["the build is cancelled and stays so"]
        if self.build.status == BuildStatus.COMPLETE:
            return ["reopen the build, then allocate stock and consume it"]
        if self.manufacturer_id is None:
            return ["allocate stock"]
        mends = ["allocate stock at the manufacturer or of ours"]
        return mends if self.supply is not None else [*mends, "say that the manufacturer supplies it"]


@dataclass(frozen=True, slots=True)
class Freed:
    """An allocation that is free again because nothing was due for it."""

    line_id: int
    item_id: int
    quantity: Decimal
    output_id: int | None

    def noted(self) -> list[Any]:
        """As an event keeps it, so that it can be taken back."""
        return [self.line_id, self.item_id, as_text(self.quantity), self.output_id]


@dataclass(slots=True)
class Consumption:
    """What one event consumes of a build: movements in the posting, sums by line, and what was missing."""

    build: Build
    posting: Posting
    reservations: Reservations
    used_up: dict[int, Held]
    locations: dict[int, int]
    output_id: int | None = None
    output_items: dict[int, int | None] = field(default_factory=dict)
    unfit_before: datetime.date | None = None
    by_line: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    values: dict[int | None, Decimal | None] = field(default_factory=dict)
    shortfalls: list[Shortfall] = field(default_factory=list)
    _new_ids: list[int] = field(default_factory=list)
    _by_line: dict[int, list[Reserved]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_line = self.reservations.by_line()

    def take(self, line: BuildLine, manufacturer_id: int | None, wanted: Due, part_id: int | None = None) -> Due:
        """Take what is due from the line's allocations, at the manufacturer first; gives what was missing.

        Of one part only, where it is named.
        """
        used, lost = wanted.used, wanted.lost
        for reserved in self._offers(line, manufacturer_id, part_id):
            for kind, left in ((Kind.USED, used), (Kind.LOST, lost)):
                quantity = min(left, reserved.quantity)
                if quantity <= 0:
                    continue
                self._book(line, manufacturer_id, reserved, quantity, kind)
                used, lost = (used - quantity, lost) if kind is Kind.USED else (used, lost - quantity)
            if not used and not lost:
                break
        return Due(used, lost)

    def _offers(self, line: BuildLine, manufacturer_id: int | None, part_id: int | None) -> list[Reserved]:
        mine = []
        for reserved in self._by_line.get(line.pk, ()):
            if not reserved.quantity:
                continue
            item = self.posting.held[reserved.item_id]
            company = self.locations.get(item.location_id or 0)
            if company not in (None, manufacturer_id) or not item.is_usable or part_id not in (None, item.part_id):
                continue
            if reserved.output_id is not None and reserved.output_id not in self.output_items:
                continue
            if item.expiry_date is not None and self.unfit_before is not None and item.expiry_date < self.unfit_before:
                continue
            mine.append((company is None, reserved.output_id is None, reserved.id or 0, reserved))
        return [entry[-1] for entry in sorted(mine, key=lambda entry: entry[:-1])]

    def _book(
        self, line: BuildLine, manufacturer_id: int | None, reserved: Reserved, quantity: Decimal, kind: Kind
    ) -> None:
        item = self.posting.held[reserved.item_id]
        unit = self._unit(reserved)
        output = self.output_id if unit is None else reserved.output_id
        place = used_by(self.build.pk) if unit is None else inside(unit)
        about = About(build_id=self.build.pk, build_line_id=line.pk, output_id=output, manufacturer_id=manufacturer_id)
        self.reservations.release(reserved, quantity)
        worth = item.value
        if quantity == item.quantity and item.id not in self.used_up:
            item.used_by_id = self.build.pk
            self.posting.carry(item, place, kind=kind, about=about)
        else:
            into = self.used_up.get(item.id) if place.kind == PlaceKind.USED else None
            if into is None:
                into = item.part_off(self._new_ids.pop(), quantity)
                if place.kind == PlaceKind.USED:
                    self.used_up[item.id] = into
            into.used_by_id = self.build.pk
            before = into.value
            self.posting.split(item, quantity, place, into=into, kind=kind, about=about)
            worth = None if into.value is None or before is None else into.value - before
        self.values[output] = plus(self.values.get(output, ZERO), worth)
        self.by_line[line.pk] += quantity

    def _unit(self, reserved: Reserved) -> int | None:
        """The item of the unit that an allocation goes into; a batch is no unit, nothing is inside it."""
        return None if reserved.output_id is None else self.output_items.get(reserved.output_id)

    def free_the_rest(self) -> list[Freed]:
        """Free the allocations that nothing was due for; gives what was freed, the oldest allocation first."""
        left = [Freed(one.build_line_id, one.item_id, one.quantity, one.output_id) for one in self._all()]
        for reserved in self._all():
            self.reservations.release(reserved)
        return left

    def _all(self) -> list[Reserved]:
        return list(self.reservations.rows.values())

    def write(self) -> None:
        """Write the movements, the allocations and what the lines have consumed."""
        self.posting.write()
        self.reservations.write()
        lines = BuildLine.objects.filter(pk__any=list(self.by_line)).order_by("pk").values_list("pk", "consumed")
        rows.update(BuildLine, ("consumed",), [(pk, before + self.by_line[pk]) for pk, before in lines])


def open_consumption(
    build: Build,
    event: Event,
    *,
    also: Iterable[int] = (),
    outputs: Iterable[BuildOutput] = (),
    held: tuple[dict[int, Held], dict[Key, Reserved]] | None = None,
) -> Consumption:
    """Lock what a build may consume and what it used up before; the caller holds the build's lock."""
    used = dict(
        StockItem.objects.filter(used_by=build, place=PlaceKind.USED, split_from__isnull=False).values_list(
            "split_from", "pk"
        )
    )
    items, reserved = held or hold_for_build(build.pk, also={*also, *used.values()})
    posting = Posting(event, items)
    decided = list(outputs)
    places = {one.location_id for one in items.values() if one.location_id is not None}
    at_company = Location.objects.filter(pk__any=places, company__isnull=False).values_list("pk", "company")
    return Consumption(
        build=build,
        posting=posting,
        reservations=Reservations(posting, reserved),
        used_up={source: items[pk] for source, pk in used.items() if source is not None},
        locations=dict(at_company),
        output_id=decided[0].pk if len(decided) == 1 else None,
        output_items=_units_to_fit_into(reserved.values(), decided, items),
        unfit_before=_unfit_before(event.at, (items[one.item_id] for one in reserved.values())),
        # A reel is both used and lost from; only what goes into a unit needs an item for each.
        _new_ids=list(reversed(new_ids(len(reserved) + sum(one.output_id is not None for one in reserved.values())))),
    )


def _unfit_before(at: datetime.datetime, items: Iterable[Held]) -> datetime.date | None:
    """Which lots expired too early to be used on that day; one statement, none where nothing can expire."""
    if not any(item.expiry_date is not None for item in items):
        return None
    known = all_settings()
    return unfit_before(known, day_in(at, known["TIME_ZONE"]))


def _units_to_fit_into(
    reserved: Iterable[Reserved], decided: Iterable[BuildOutput], held: dict[int, Held]
) -> dict[int, int | None]:
    """The items of outputs that tracked parts go into: those decided now, and those built before that wait for theirs.

    None for a batch: what is allocated to it is used by the build and is inside no item.
    """
    units: dict[int, int | None] = {}
    for one in decided:
        if one.item_id is not None:
            # Its units may lie in other items by now: split off it, or numbered.
            item = held.get(one.item_id)
            units[one.pk] = one.item_id if item is not None and item.serial is not None else None
    waiting = {one.output_id for one in reserved if one.output_id is not None} - set(units)
    if waiting:
        built = BuildOutput.objects.filter(pk__any=waiting, state__in=BUILT, has_components=True, item__isnull=False)
        for pk, item_id, serial in built.values_list("pk", "item_id", "item__serial"):
            units[pk] = None if serial is None else item_id
    return units


def consume_due(consumption: Consumption) -> None:
    """Take what is due for all units built so far, by line and manufacturer, less what was consumed.

    Lines that the manufacturer buys are never due; an optional line is due as far as stock is allocated to
    it. What is missing becomes a shortfall; nothing is refused.
    """
    build = consumption.build
    lines = lines_of(build.pk)
    booked, built = consumed_so_far(build.pk), units_built(build.pk)
    by_part = consumed_by_part(lines)
    for manufacturer_id in sorted({maker for maker, _ in built}, key=lambda maker: maker or 0):
        supplies = supply_at(lines, manufacturer_id)
        for line in lines:
            if line.is_consumable or not is_ours(supplies[line.pk]):
                continue
            units = sum((q for (m, rev), q in built.items() if m == manufacturer_id and line.counts_for(rev)), ZERO)
            so_far = booked.get((line.pk, manufacturer_id), Booked())
            wanted = due(need_of(line), built=units, consumed_used=so_far.used, consumed_lost=so_far.lost)
            if not wanted.total:
                continue
            missing = take_in_shares(consumption, line, manufacturer_id, wanted, by_part)
            if missing.total and not line.is_optional:
                consumption.shortfalls.append(
                    Shortfall(build, line.pk, line.part.label, manufacturer_id, missing.total, supplies[line.pk])
                )


@operation
def settle_shortfalls(
    *, build: Build, actor: User, at: datetime.datetime, expected_version: int | None = None, key: str | None = None
) -> Done:
    """Consume what is due and was missing when the units were accepted, from what is allocated now.

    Its value reaches the good units when the build is finished, as that of units scrapped at the manufacturer does; in
    a build that was reopened at once. Refuses wrong_state, nothing_due.
    """
    reach = hold(lambda: reach_of_build(build.pk)).items
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, {BuildStatus.PRODUCTION, BuildStatus.ON_HOLD}, build.reference)
    event = record("build.consumed", build, actor=actor, at=at)
    consumption = open_consumption(build, event, also=reach)
    consume_due(consumption)
    if not consumption.by_line and not consumption.shortfalls:
        refuse("nothing_due", build=build.reference)
    consumption.write()
    settle_cost(build, event, consumption.posting.held)
    build_states.touch(build)
    return Done(event.pk, sorted(consumption.by_line), said=[one.told() for one in consumption.shortfalls])
