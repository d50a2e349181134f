"""Return to stock what a build had used: leftovers of a reel that was booked as empty, a part that was never fitted."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger import rows as ledger_rows
from outwork.ledger.held import Held
from outwork.ledger.holding import Holding, hold
from outwork.ledger.locations import find_locations
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build, BuildLine, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle
from outwork.operations.stock_rows import Hand, read_part_of, take_in_hand
from outwork.queries.used_stock import Booking, bookings_of
from outwork.rules.places import Kind, Place, PlaceKind, at_location
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import Reasons, declare

declare(
    use_unknown="{item}: {booked} of {wanted} are booked on a line of a build; only those can come back",
    used_without_reason="Returning what a build used needs a reason",
)


@dataclass(frozen=True, slots=True)
class Returned:
    """Units that a build had used come back to a location (None: not placed), all of the item or so much of it."""

    item: int
    location: int | None
    quantity: Any = None


@operation
def return_used(
    *, rows: Sequence[Returned], reason: str, actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Return used units to stock; `ids` holds the items that they are now, in the order of the rows.

    The build lines have consumed so much less, the latest booking first, so what was due for the units built is due
    again: allocate other stock, or say who supplied it. The units come back with their part of the value, and the
    build's outputs bear so much less, also after it is finished (semantics G21). Refuses used_without_reason,
    rows_missing, item_unknown, item_gone, item_repeated, item_elsewhere (not used up by a build), item_of_others,
    item_short, use_unknown, location_unknown, location_structural and bad quantities.
    """
    reasons = Reasons()
    if not reason.strip():
        reasons.add("used_without_reason", where=("reason",))
    find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    holding = hold_used([row.item for row in rows])
    hand = take_in_hand(
        [row.item for row in rows], reasons, actor=actor, places=frozenset({PlaceKind.USED}), held=holding.items
    )
    quantities = [read_part_of(hand, row.item, row.quantity, index, reasons) for index, row in enumerate(rows)]
    bookings = bookings_of([row.item for row in rows])
    shares = [
        _take(hand, row.item, bookings[row.item], quantity, index, reasons)
        for index, (row, quantity) in enumerate(zip(rows, quantities, strict=True))
    ]
    reasons.raise_any()

    back = Unusing(holding, shares)
    event = record("stock.returned by builds", *back.documents(), *hand.documents(), actor=actor, at=at, reason=reason)
    posting, _ = hand.open(event)
    fresh = iter(new_ids(len(rows)))
    ids = []
    for row, quantity, share in zip(rows, quantities, shares, strict=True):
        ids.append(_bring(posting, hand.held[row.item], quantity, share, at_location(row.location), next(fresh)))
    posting.write()
    back.write()
    settle(event, hand.held, builds=back.builds)
    return Done(event.pk, ids, back.said(hand))


def hold_used(item_ids: Iterable[int], *, also: Callable[[], Iterable[int]] = tuple) -> Holding:
    """Hold items that builds used, the builds, and all that bears what those cost; a constant number of statements.

    `also` finds further items, asked again under the locks.
    """
    wanted = list(item_ids)

    def find() -> Reach:
        builds = {booking.build_id for found in bookings_of(wanted).values() for booking, _ in found}
        reach = downstream(builds=builds)
        return Reach(reach.items | set(wanted) | set(also()), reach.builds)

    return hold(find)


Share = list[tuple[Booking, Decimal]]


@dataclass(slots=True)
class Unusing:
    """What build lines have consumed less, to be written once all movements are."""

    holding: Holding
    shares: Sequence[Share]
    by_line: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    builds: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for share in self.shares:
            for booking, quantity in share:
                self.by_line[booking.build_line_id] += quantity
                self.builds.add(booking.build_id)

    def documents(self) -> list[Build]:
        """The build that the event is about, where it is one."""
        return [self.holding.builds[pk] for pk in self.builds] if len(self.builds) == 1 else []

    def write(self) -> None:
        """Lower what the lines have consumed and count the change of their builds; three statements."""
        add_consumed({line: -quantity for line, quantity in self.by_line.items()})
        changed = sorted(self.builds)
        ledger_rows.update(Build, ("version",), [(pk, self.holding.builds[pk].version + 1) for pk in changed])

    def said(self, hand: Hand) -> list[dict[str, Any]]:
        """What each line counts less; one statement."""
        lines = BuildLine.objects.filter(pk__any=list(self.by_line)).select_related("part", "build").order_by("pk")
        return [
            {
                "code": "consumed_less",
                "build": line.build.reference,
                "part": line.part.label,
                "quantity": as_text(self.by_line[line.pk]),
            }
            for line in lines
        ]


def add_consumed(changes: Mapping[int, Decimal]) -> None:
    """Add to what lines have consumed, given by line; less than nothing lowers it. Two statements."""
    lines = BuildLine.objects.filter(pk__any=list(changes)).order_by("pk").values_list("pk", "consumed")
    ledger_rows.update(BuildLine, ("consumed",), [(pk, before + changes[pk]) for pk, before in lines])


def about(booking: Booking) -> About:
    """The documents of a movement that takes a booking back."""
    return About(
        build_id=booking.build_id,
        build_line_id=booking.build_line_id,
        output_id=booking.output_id,
        manufacturer_id=booking.manufacturer_id,
    )


def _take(hand: Hand, item_id: int, booked: Share, quantity: Decimal, index: int, reasons: Reasons) -> Share:
    """Which bookings so many units come off, the latest first."""
    taken: Share = []
    left = quantity
    for booking, there in booked:
        if left <= 0:
            break
        taken.append((booking, min(left, there)))
        left -= taken[-1][1]
    if left > 0:
        numbers = {"booked": quantity - left, "wanted": quantity}
        reasons.add("use_unknown", item=hand.name(item_id), **numbers, where=(index, "quantity"))
    return taken


def _bring(posting: Posting, item: Held, quantity: Decimal, share: Share, place: Place, new_id: int) -> int:
    """Bring units back: the item itself where all of it comes off one booking, else as an item of the same lot."""
    if quantity == item.quantity and len(share) == 1:
        posting.carry(item, place, kind=Kind.UNUSED, about=about(share[0][0]))
        item.used_by_id = None
        return item.id
    into = item.part_off(new_id, ZERO)
    into.used_by_id = None
    for booking, units in share:
        posting.split(item, units, place, into=into, kind=Kind.UNUSED, about=about(booking))
    return into.id
