"""What every way of taking back something about a build shares: what was consumed lies again where it came from."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from outwork.ledger import rows
from outwork.ledger.holding import Holding, hold
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, Reserved
from outwork.ledger.revalue import Reach, downstream
from outwork.ledger.reverse import Back, Moved, plan_back, post_back, settle_back
from outwork.models import Build, BuildLine, BuildOutput, Event, Movement, User
from outwork.operations.recording import Done, record
from outwork.operations.settling_cost import settle
from outwork.operations.supplying import supply_at
from outwork.queries.builds import BUILT, Booked, consumed_so_far, lines_of, need_of, units_built
from outwork.rules.places import VALUE_ONLY, Kind, PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import declare
from outwork.rules.requirement import required
from outwork.rules.states import OPEN_BUILD
from outwork.rules.supply import is_ours

declare(
    later_units_depend=(
        "{build}: what is consumed of {parts} for the units that stay depends on this; take event {later} ({kind}) back"
        " first"
    ),
)

# By manufacturer (None: us) and the build's revision, as `units_built` has them.
Units = Mapping[tuple[int | None, int], Decimal]
CONSUMED = frozenset({Kind.USED, Kind.LOST})


def moves_units(moved: Moved) -> bool:
    """Whether a movement moved units: what it did to cost is settled anew."""
    return moved.kind not in VALUE_ONLY


@dataclass(slots=True)
class Undoing:
    """An event about a build that is taken back: the build and items under locks, and what goes back."""

    event: Event
    build: Build
    back: Back
    new: Event = field(init=False)
    posting: Posting = field(init=False)
    book: Reservations = field(init=False)

    def begin(
        self, kind: str, *, reason: str, actor: User, at: datetime.datetime, freed: Iterable[Reserved] = ()
    ) -> None:
        """Raise the reasons against it, or record it, free these allocations and move everything back in memory."""
        self.back.reasons.raise_any()
        self.new = record(kind, self.build, actor=actor, at=at, reason=reason, reverses=self.event)
        self.posting = Posting(self.new, self.back.held)
        self.book = Reservations(self.posting, self.back.reserved)
        for one in list(freed):
            self.book.release(one)
        post_back(self.back, self.posting, self.book)
        if self.build.status in OPEN_BUILD:
            allocate_again(self.back, self.book)

    def end(self, said: Iterable[dict[str, Any]] = ()) -> Done:
        """Write all of it, count what the lines consumed, and let the units that stay bear what they cost now."""
        self.posting.write()
        self.book.write()
        count_back(self.back)
        settle_back(self.back)
        self.build.version += 1
        self.build.save(update_fields=["status", "version", "completed_at", "revision"])
        settle(self.new, {}, builds=[self.build.pk])
        return Done(self.new.pk, sorted(self.back.held), said=list(said))


def open_undoing(
    event: Event, *, also: Callable[[], Iterable[int]] = tuple, goes_back: Callable[[Moved], bool] = moves_units
) -> Undoing:
    """Lock the build of an event with all that its cost reaches, then the event's items, and plan what goes back.

    `also` finds items to lock beside them. The caller holds the event.
    """
    assert event.build_id is not None
    holding = hold_for_event(event, [event.build_id], also=also)
    return Undoing(event, holding.builds[event.build_id], plan_back(event, also=also(), goes_back=goes_back))


def hold_for_event(event: Event, build_ids: Collection[int], *, also: Callable[[], Iterable[int]] = tuple) -> Holding:
    """Lock builds, what their cost reaches and the items of an event, all at once and in order."""
    return hold(lambda: reach_of_event(event, build_ids, also=also))


def reach_of_event(event: Event, build_ids: Collection[int], *, also: Callable[[], Iterable[int]] = tuple) -> Reach:
    """Builds, what their cost reaches, and the items of an event."""
    found = downstream(builds=build_ids)
    return Reach(found.items | items_of(event) | set(also()), found.builds | set(build_ids))


def items_of(event: Event) -> set[int]:
    """The items that an event moved; one statement."""
    moved = Movement.objects.filter(event=event).values_list("source_item", "target_item")
    return {one for row in moved for one in row if one is not None}


def allocate_again(back: Back, book: Reservations) -> None:
    """Allocate what was consumed to the lines that it was consumed for, in the order in which it was."""
    for moved in reversed(back.movements):
        if moved.kind not in CONSUMED or moved.about.build_line_id is None or moved.source_id is None:
            continue
        # What went into a unit was allocated to it; what was used for a batch or several units was not.
        fitted = moved.target is not None and moved.target.kind == PlaceKind.INSIDE
        output_id = moved.about.output_id if fitted else None
        book.add(moved.about.build_line_id, back.held[moved.source_id], moved.quantity, output_id=output_id)


def count_back(back: Back) -> None:
    """Lower what the build lines consumed; two statements where any did."""
    returned: dict[int, Decimal] = defaultdict(Decimal)
    for moved in back.movements:
        if moved.kind in CONSUMED and moved.about.build_line_id is not None:
            returned[moved.about.build_line_id] += moved.quantity
    if returned:
        lines = BuildLine.objects.filter(pk__any=list(returned)).order_by("pk").values_list("pk", "consumed")
        rows.update(BuildLine, ("consumed",), [(pk, before - returned[pk]) for pk, before in lines])


def units_of(outputs: Iterable[BuildOutput]) -> dict[tuple[int | None, int], Decimal]:
    """The units into which components went, by manufacturer and revision."""
    units: dict[tuple[int | None, int], Decimal] = defaultdict(Decimal)
    for one in outputs:
        if one.has_components:
            units[one.manufacturer_id, one.revision] += one.quantity
    return units


def note_later_units(build: Build, back: Back, fewer: Units) -> None:
    """Note where units that stay would have consumed too much or too little with `fewer` units built.

    Consumption is due for the total built (design, section 5.10): set-up and rounding are borne by the first units,
    and a shortfall of theirs may have been settled with later ones. So what came last has to go back first.
    """
    built, booked, lines = units_built(build.pk), consumed_so_far(build.pk), lines_of(build.pk)
    returned: dict[tuple[int, int | None], Decimal] = defaultdict(Decimal)
    for moved in back.movements:
        if moved.kind in CONSUMED and moved.about.build_line_id is not None:
            returned[moved.about.build_line_id, moved.about.manufacturer_id] += moved.quantity
    for maker in sorted({maker for maker, _ in fewer}, key=lambda one: one or 0):
        supplies = supply_at(lines, maker)
        wrong = []
        for line in lines:
            if line.is_consumable:
                continue
            units, less = (
                sum(
                    (count for (who, revision), count in some.items() if who == maker and line.counts_for(revision)),
                    ZERO,
                )
                for some in (built, fewer)
            )
            so_far = booked.get((line.pk, maker), Booked())
            taken = so_far.used + so_far.lost
            before = required(need_of(line), units) - taken
            after = required(need_of(line), units - less) - (taken - returned[line.pk, maker])
            is_due = is_ours(supplies[line.pk]) and not line.is_optional
            if after < min(before, ZERO) or (is_due and after > max(before, ZERO)):
                wrong.append(line.part.label)
        later = _latest_after(back.event, build, maker) if wrong else None
        if later is not None:
            told: dict[str, Any] = {"build": build.reference, "parts": wrong, "later": later[0], "kind": later[1]}
            back.reasons.add("later_units_depend", **told)


def _latest_after(event: Event, build: Build, maker: int | None) -> tuple[int, str] | None:
    """The newest event after this one by which units of a manufacturer were built or consumed, and which stands."""
    moved = Movement.objects.filter(build=build, manufacturer=maker, kind__in=CONSUMED, event__gt=event.pk)
    found = moved.filter(event__reversals__isnull=True).order_by("-event").values_list("event", "event__kind").first()
    outputs = BuildOutput.objects.filter(build=build, manufacturer=maker, state__in=BUILT, decided_event__gt=event.pk)
    others = outputs.filter(~Q(decided_event=event)).order_by("-decided_event")
    decided = others.values_list("decided_event", "decided_event__kind").first()
    return max((one for one in (found, decided) if one is not None), default=None)
