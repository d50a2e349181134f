"""Find and lock the stock that could serve the lines of a build, as the rules of allocation want to know it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from outwork.ledger.held import Held, lock_where
from outwork.ledger.reserve import Key, Reserved
from outwork.models import Build, Location, StockItem
from outwork.queries.locations import subtree
from outwork.rules.allocation import Candidate, Order, Rank


@dataclass(frozen=True, slots=True)
class Search:
    """Where stock for a build is looked for: parts by line with their rank, and the places to take it from."""

    build: Build
    makers: Collection[int]
    fitting: Mapping[int, Mapping[int, int]]
    location: Location | None = None
    exclude: Location | None = None

    def lock(self, lots_for: Collection[int], pieces_for: Collection[int], serials: Collection[str]) -> dict[int, Held]:
        """Lock, in id order, what could serve: lots without serial numbers, and pieces with these for the others.

        What is planned then is what is there. A piece may be allocated to the build already.
        """
        if not lots_for and not (pieces_for and serials):
            return {}
        lots = Q(part__any=self._parts(lots_for), quantity__gt=F("allocated"), serial__isnull=True)
        pieces = Q(part__any=self._parts(pieces_for), serial__any=serials)
        condition = (lots | pieces if lots_for else pieces) if pieces_for and serials else lots
        source = self.location.pk if self.location is not None else self.build.take_from_id
        if source is not None:
            ours = subtree(source)
            theirs = Location.objects.filter(company__in=self.makers).values_list("pk", flat=True)
            condition &= Q(location__any={*ours, *theirs} if self.location is None else ours)
        if self.exclude is not None:
            condition &= ~Q(location__any=subtree(self.exclude.pk)) | Q(location__isnull=True)
        return lock_where(condition)

    def _parts(self, line_ids: Iterable[int]) -> set[int]:
        return {part_id for line_id in line_ids for part_id in self.fitting[line_id]}

    def candidates(
        self, line_ids: Iterable[int], held: Mapping[int, Held], reserved: Mapping[Key, Reserved], order: Order
    ) -> dict[int, list[Candidate]]:
        """What was locked, by the lines it could serve; two statements at most.

        A piece that the line has already, for no unit yet, counts as free.
        """
        places = {one.location_id for one in held.values() if one.location_id is not None}
        found = Location.objects.filter(pk__any=places).values_list("pk", "company", "path")
        locations: dict[int, tuple[int | None, str]] = {pk: (company, path) for pk, company, path in found}
        changed: dict[int, datetime.datetime] = {}
        if order in (Order.UPDATED, Order.RECENTLY_UPDATED):
            changed = dict(StockItem.objects.filter(pk__any=list(held)).values_list("pk", "updated_at"))
        own: dict[int, Decimal] = defaultdict(Decimal)
        for one in reserved.values():
            own[one.item_id] += one.quantity
        of_part: dict[int, list[Held]] = defaultdict(list)
        for item in held.values():
            of_part[item.part_id].append(item)
        by_line: dict[int, list[Candidate]] = {}
        for line_id in line_ids:
            by_line[line_id] = [
                Candidate(
                    item_id=item.id,
                    part_id=part_id,
                    free=item.free + _waiting(item, line_id, reserved),
                    company_id=locations.get(item.location_id or 0, (None, ""))[0],
                    location_name=locations.get(item.location_id or 0, (None, ""))[1],
                    batch=item.batch,
                    serial=item.serial or "",
                    expiry=item.expiry_date,
                    received_at=item.received_at,
                    updated_at=changed.get(item.id),
                    rank=Rank(rank),
                    for_others=item.allocated - own[item.id],
                )
                for part_id, rank in self.fitting[line_id].items()
                for item in of_part[part_id]
            ]
        return by_line


def _waiting(item: Held, line_id: int, reserved: Mapping[Key, Reserved]) -> Decimal:
    """What a line has of a piece with a serial number while no unit is named for it."""
    mine = reserved.get((line_id, item.id, None)) if item.serial is not None else None
    return mine.quantity if mine is not None else Decimal(0)
