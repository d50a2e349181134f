"""Take an event back: what would have to move back, what stands in the way, and the movements that do it.

An event is taken back by movements back (kind `reversed`), exactly, value included. So its units must still be
where it put them: whatever took some of them later has to be taken back first. Allocations follow units that
return to an item of ours; of units that return to the outside world none may be allocated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef

from outwork.ledger import serials
from outwork.ledger.held import Held, item_name, lock_items
from outwork.ledger.post import About, Posting
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_items
from outwork.ledger.values import restore_values
from outwork.models import Event, Movement, Part
from outwork.queries.values import movement_values
from outwork.rules.places import VALUE_ONLY, Kind, Place, PlaceKind
from outwork.rules.quantities import QUANTITY_PLACES
from outwork.rules.refusals import Reasons, declare

declare(
    event_unknown="There is no event {event}",
    event_reversed_already="Event {event} was taken back on {at} already",
    event_is_reversal="Event {event} takes back another one; do what it took back again instead",
    units_went_on="{item}: {quantity} went on with event {later} ({kind}); take that back first",
    units_elsewhere="{item} is no longer where event {event} put it",
    units_short="{item}: {there} of {quantity} are left",
    units_allocated="{item}: {allocated} are allocated, and only {left} would be left",
    item_gone_since="{item} was written off since",
)

# What these took may have been all there was, and then they marked the item gone.
_EMPTYING = frozenset({Kind.WRITTEN_OFF, Kind.RETURNED, Kind.MERGED, Kind.SERIALISED})

# What took units (or was put as cost) of the event's targets later, unless it was taken back itself. Of an item that
# moved whole, what came into it later counts too: it would have to move back with it.
_WENT_ON = """
    SELECT later.event_id, event.kind, moved.target_item_id, moved.id, SUM(later.quantity)
    FROM outwork_movement AS moved
    JOIN outwork_movement AS later ON later.id > moved.id AND later.event_id <> moved.event_id
         AND (later.source_item_id = moved.target_item_id
              OR (later.target_item_id = moved.target_item_id
                  AND (later.kind = 'costed' OR moved.source_item_id = moved.target_item_id)))
    JOIN outwork_event AS event ON event.id = later.event_id
    WHERE moved.event_id = %s AND moved.target_item_id IS NOT NULL
          AND (later.quantity > 0 OR later.kind = 'costed') AND later.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM outwork_movement AS back WHERE back.reverses_id = later.id)
          AND NOT EXISTS (SELECT 1 FROM outwork_event AS undone WHERE undone.reverses_id = later.event_id)
    GROUP BY later.event_id, event.kind, moved.target_item_id, moved.id
    ORDER BY later.event_id DESC, moved.target_item_id
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of the event that is to be taken back."""

    id: int
    kind: Kind
    quantity: Decimal
    source_id: int | None
    target_id: int | None
    source: Place | None
    target: Place | None
    about: About
    worth: Decimal | None
    made_target: bool

    @property
    def is_whole(self) -> bool:
        """An item moved as a whole."""
        return self.source_id is not None and self.source_id == self.target_id


@dataclass(slots=True)
class Back:
    """What taking an event back means: its movements, newest first, the items under locks, and why not."""

    event: Event
    movements: list[Moved]
    held: dict[int, Held]
    reserved: dict[Key, Reserved]
    parts: dict[int, Part]
    reasons: Reasons = field(default_factory=Reasons)

    def name(self, item_id: int) -> str:
        """How people name an item."""
        return item_name(self.held[item_id], self.parts)


def lock_event(event_id: int) -> Event:
    """Lock an event that is to be taken back, before any document; refuses one that was or that takes back itself."""
    event = Event.objects.select_for_update(no_key=True, of=("self",)).filter(pk=event_id).first()
    reasons = Reasons()
    if event is None:
        reasons.add("event_unknown", event=event_id, where=("event",))
        reasons.raise_any()
    assert event is not None
    if event.reverses_id is not None:
        reasons.add("event_is_reversal", event=event_id, where=("event",))
    back = Event.objects.filter(reverses=event).first()
    if back is not None:
        reasons.add("event_reversed_already", event=event_id, at=back.at.date().isoformat(), where=("event",))
    reasons.raise_any()
    return event


def plan_back(event: Event, *, also: Iterable[int] = (), goes_back: Callable[[Moved], bool] | None = None) -> Back:
    """Lock the items of an event (and those named) and find what moves back, and every reason why it cannot.

    With `goes_back` only those movements do; the caller sees to the others, as one does who settles a cost anew.
    The caller holds the event (`lock_event`) and its documents, adds reasons of its own, raises them, and
    goes on with `post_back`. At most seven statements.
    """
    movements = [one for one in _movements_of(event) if goes_back is None or goes_back(one)]
    ids = {one for moved in movements for one in (moved.source_id, moved.target_id) if one is not None}
    held = lock_items(ids | set(also), existing=False)
    parts = {part.pk: part for part in Part.objects.filter(pk__any={one.part_id for one in held.values()})}
    allocated = [one.id for one in held.values() if one.allocated]
    back = Back(event, movements, held, read_for_items(allocated) if allocated else {}, parts)
    went_on = _note_what_went_on(back)
    _note_what_is_not_there(back, went_on)
    _note_serials_taken(back)
    return back


def post_back(back: Back, posting: Posting, book: Reservations) -> None:
    """Gather the movements back, newest first; `posting.write()`, `book.write()` and `settle_back` follow.

    Items that the event made are marked gone when nothing of them is left, and those that it wrote off
    exist again. Allocations follow units that return into the item they were split from.
    """
    for moved in back.movements:
        about = replace(moved.about, reverses_id=moved.id)
        source = back.held[moved.source_id] if moved.source_id is not None else None
        target = back.held[moved.target_id] if moved.target_id is not None else None
        if moved.kind in VALUE_ONLY:
            delta = None if moved.worth is None else -moved.worth
            posting.revalue(source, target, delta, corrects=about.corrects_id, kind=moved.kind, about=about)
            continue
        if moved.is_whole:
            assert target is not None
            assert moved.source is not None
            posting.carry(target, moved.source, kind=Kind.REVERSED, about=about)
        elif source is None:
            assert target is not None
            posting.leave(target, moved.quantity, kind=Kind.REVERSED, worth=moved.worth, about=about)
        elif target is None:
            assert moved.source is not None
            source.put(moved.source)
            posting.grow(source, moved.quantity, kind=Kind.REVERSED, value=moved.worth, about=about)
        else:
            _merge_back(moved, source, target, about, posting, book)
        if target is not None and moved.made_target and target.quantity == 0:
            posting.mark_gone(target)
        if moved.is_whole and source is not None and moved.kind in (Kind.USED, Kind.LOST, Kind.INSTALLED):
            source.used_by_id = None


def settle_back(back: Back) -> None:
    """Set right the values of items that held something unknown which was taken back; after the writing."""
    unknown = [moved for moved in back.movements if moved.worth is None]
    restore_values(one for moved in unknown for one in (moved.source_id, moved.target_id) if one is not None)


def _merge_back(moved: Moved, source: Held, target: Held, about: About, posting: Posting, book: Reservations) -> None:
    """Units go back into the item they were split from, with the newest allocations if what stays is too little."""
    assert moved.source is not None
    posting.split(target, moved.quantity, moved.source, into=source, kind=Kind.REVERSED, worth=moved.worth, about=about)
    book.follow(target, target.allocated - target.quantity, source)


def _movements_of(event: Event) -> list[Moved]:
    """The movements of an event, newest first, with what they are worth by now; two statements."""
    earlier = Movement.objects.filter(target_item=OuterRef("target_item"), pk__lt=OuterRef("pk"))
    query = list(Movement.objects.filter(event=event).order_by("-pk").annotate(is_known=Exists(earlier)))
    worth = movement_values(one.pk for one in query)
    return [
        Moved(
            id=one.pk,
            kind=Kind(one.kind),
            quantity=one.quantity,
            source_id=one.source_item_id,
            target_id=one.target_item_id,
            source=_place(one, one.source_place, one.source_location_id),
            target=_place(one, one.target_place, one.target_location_id),
            about=About(
                build_id=one.build_id,
                build_line_id=one.build_line_id,
                output_id=one.output_id,
                manufacturer_id=one.manufacturer_id,
                purchase_line_id=one.purchase_line_id,
                supplier_return_id=one.supplier_return_id,
                corrects_id=one.corrects_id,
            ),
            worth=worth[one.pk] if one.corrects_id is None else one.value,
            made_target=one.target_item_id is not None and not one.is_known,
        )
        for one in query
    ]


def _place(moved: Movement, kind: int | None, location_id: int | None) -> Place | None:
    if kind is None:
        return None
    ids = {
        PlaceKind.LOCATION: location_id,
        PlaceKind.INSIDE: moved.container_id,
        PlaceKind.CUSTOMER: moved.customer_id,
        PlaceKind.USED: moved.build_id,
    }
    return Place(PlaceKind(kind), ids.get(PlaceKind(kind)))


def _note_what_went_on(back: Back) -> set[int]:
    """Note what later events took of the event's units; gives the items it is about."""
    with connection.cursor() as cursor:
        cursor.execute(_WENT_ON, [back.event.pk])
        found = cursor.fetchall()
    meant = {moved.id for moved in back.movements}
    steps: dict[tuple[int, str, int], int] = {}
    for later, kind, item_id, moved_id, count in found:
        if moved_id in meant:
            key = (later, kind, item_id)
            steps[key] = max(steps.get(key, 0), int(count))
    for (later, kind, item_id), count in steps.items():
        quantity = Decimal(count).scaleb(-QUANTITY_PLACES)
        back.reasons.add("units_went_on", item=back.name(item_id), quantity=quantity, later=later, kind=kind)
    return {item_id for _, _, item_id in steps}


def _note_what_is_not_there(back: Back, went_on: set[int]) -> None:
    """Follow the movements back, newest first, and note where the units are not what the event left."""
    places = {item.id: item.where for item in back.held.values()}
    there = {item.id: item.quantity for item in back.held.values()}
    leaving: dict[int, Decimal] = defaultdict(Decimal)
    for moved in back.movements:
        if moved.kind in VALUE_ONLY:
            continue
        source, target = moved.source_id, moved.target_id
        if target is not None and target not in went_on:
            if places[target] != moved.target:
                back.reasons.add("units_elsewhere", item=back.name(target), event=back.event.pk)
            elif there[target] < moved.quantity:
                name = back.name(target)
                back.reasons.add("units_short", item=name, there=there[target], quantity=moved.quantity)
        if target is not None and not moved.is_whole:
            there[target] -= moved.quantity
            if source is None:
                leaving[target] += moved.quantity
        if source is not None and moved.source is not None:
            if not moved.is_whole:
                _note_where_it_returns(back, moved, places[source])
                there[source] += moved.quantity
            places[source] = moved.source
    for item_id in leaving:
        item = back.held[item_id]
        if item_id not in went_on and item.allocated > there[item_id] >= 0:
            name = back.name(item_id)
            back.reasons.add("units_allocated", item=name, allocated=item.allocated, left=there[item_id])


def _note_where_it_returns(back: Back, moved: Moved, place: Place) -> None:
    assert moved.source_id is not None
    if place.kind == PlaceKind.GONE:
        if moved.kind not in _EMPTYING and not back.held[moved.source_id].goes_when_empty:
            back.reasons.add("item_gone_since", item=back.name(moved.source_id))
    elif place != moved.source:
        back.reasons.add("units_elsewhere", item=back.name(moved.source_id), event=back.event.pk)


def _note_serials_taken(back: Back) -> None:
    """Items that exist again need their serial numbers, which were free meanwhile."""
    revived = [one for one in back.held.values() if one.place == PlaceKind.GONE and one.serial is not None]
    used = serials.find_used((one.serial_scope or 0, one.serial or "") for one in revived)
    if used:
        back.reasons.add("serials_used", serials=sorted(serial for _, serial in used))
