"""Turn what arrived into lots: where each goes, and which serial numbers its units have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.serial_counting import Counting, count_on, reservations
from outwork.ledger.serials import Claim, check_free, read_serials, scopes
from outwork.models import Build, Location, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.reserving_serials import said_of_reservations
from outwork.operations.text_limits import check_texts
from outwork.queries.default_locations import default_locations
from outwork.rules.receiving import Arrival, Receipt
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import BuildStatus

declare(
    location_missing="{part}: no location is named, and neither line, build, order, part nor category has one",
)


@dataclass(frozen=True, slots=True)
class Lot:
    """One arrival, checked: what of which line comes where, with which serial numbers (none: one item)."""

    line: PurchaseLine
    build: Build | None
    arrival: Arrival
    units: Decimal
    serials: tuple[str, ...]
    serial_scope: int | None
    location: Location | None

    @property
    def item_count(self) -> int:
        """How many stock items it makes; a virtual part makes none."""
        return 0 if self.line.part.is_virtual else len(self.serials) or 1

    @property
    def makes_outputs(self) -> bool:
        """Whether its units are outputs of a build; for a cancelled build they are ordinary stock."""
        return self.build is not None and self.build.status != BuildStatus.CANCELLED


def lots_of(
    order: PurchaseOrder,
    lines: dict[int, PurchaseLine],
    builds: dict[int, Build],
    arrivals: Sequence[Arrival],
    receipt: Receipt,
    location: Location | None,
) -> tuple[list[Lot], list[dict[str, Any]]]:
    """Where each arrival goes and which serial numbers it has; refuses what is missing, structural or used.

    Also gives what is to be said of serial numbers that are not those reserved.
    """
    reasons = Reasons()
    scope_of = scopes([line.part for line in lines.values()])
    numbered = {scope_of[lines[one.line_id].part_id] for one in arrivals if one.serials is not None}
    asks = any(isinstance(one.serials, str) and "~" in one.serials for one in arrivals)
    counting = count_on(numbered) if asks else Counting({}, reservations(numbered) if numbered else [])
    defaults = default_locations([line.part for line in lines.values()])
    places = _places(order, lines, builds, arrivals, location, defaults)
    lots, claims = [], []
    for index, (arrival, units) in enumerate(zip(arrivals, receipt.units, strict=True)):
        line = lines[arrival.line_id]
        build = builds.get(line.build_id) if line.build_id is not None else None
        place = _place(order, line, build, arrival, location, places, defaults[line.part_id])
        if place is None and not line.part.is_virtual:
            code = "location_missing" if arrival.location_id is None else "location_unknown"
            reasons.add(code, part=line.part.label, location=arrival.location_id, where=(index, "location"))
        elif place is not None and place.is_structural:
            reasons.add("location_structural", location=place.path or place.name, where=(index, "location"))
        serials: list[str] = []
        scope = scope_of[line.part_id]
        check_texts(StockItem, {"batch": arrival.batch, "packaging": arrival.packaging}, reasons, where=(index,))
        if arrival.serials is not None:
            where, owner = (index, "serials"), {"purchase_line_id": line.pk, "build_id": line.build_id}
            try:
                serials = read_serials(
                    arrival.serials, count=int(units), latest=counting.latest(scope, **owner), where=where
                )
            except Refusal as refusal:
                reasons.found += refusal.reasons
            if isinstance(arrival.serials, str) and "~" in arrival.serials and serials:
                counting.used(scope, serials, **owner)  # the next box counts on from this one
            claims.append(Claim(scope, serials, where))
        lots.append(Lot(line, build, arrival, units, tuple(serials), scope if serials else None, place))
    check_free(claims, reasons)
    reasons.raise_any()
    given = [
        (lot.line.part.label, lot.serial_scope, lot.serials, lot.line.pk, lot.line.build_id)
        for lot in lots
        if lot.serial_scope is not None
    ]
    return lots, said_of_reservations(counting.kept, given)


def _places(
    order: PurchaseOrder,
    lines: dict[int, PurchaseLine],
    builds: dict[int, Build],
    arrivals: Sequence[Arrival],
    location: Location | None,
    defaults: dict[int, int | None],
) -> dict[int, Location]:
    wanted = {one.location_id for one in arrivals} | {line.destination_id for line in lines.values()}
    wanted |= {build.destination_id for build in builds.values()}
    wanted |= set(defaults.values())
    wanted |= {order.destination_id, location.pk if location else None}
    return {one.pk: one for one in Location.objects.filter(pk__any=[pk for pk in wanted if pk is not None])}


def _place(
    order: PurchaseOrder,
    line: PurchaseLine,
    build: Build | None,
    arrival: Arrival,
    location: Location | None,
    places: dict[int, Location],
    default: int | None,
) -> Location | None:
    """Arrival, request, line, build, order, part, its category: the first that names a location (design section 5.6)."""
    named = (
        arrival.location_id,
        location.pk if location else None,
        line.destination_id,
        build.destination_id if build else None,
        order.destination_id,
        default,
    )
    first = next((pk for pk in named if pk is not None), None)
    return places.get(first) if first is not None else None
