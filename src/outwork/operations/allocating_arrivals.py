"""What is bought for a build is allocated to it when it arrives, here or straight at the build's manufacturer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from outwork.ledger.held import Held
from outwork.ledger.reserve import Key, Reservations, Reserved, read_for_items
from outwork.models import Allocation, Build, Demand, PurchaseLine
from outwork.operations.arriving import Lot
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.states import AVAILABLE_STOCK, OPEN_BUILD


@dataclass(slots=True)
class Meant:
    """What lines are bought for, oldest first, and who makes the builds that it is for."""

    demands: dict[int, list[Demand]] = field(default_factory=dict)
    makers: dict[int, set[int]] = field(default_factory=dict)
    need: dict[int, Decimal] = field(default_factory=dict)

    @property
    def build_ids(self) -> set[int]:
        """The builds that something is bought for."""
        return {one.build_line.build_id for mine in self.demands.values() for one in mine}


def meant_for(lines: Mapping[int, PurchaseLine], line_ids: Collection[int]) -> Meant:
    """What is bought for whom; no statement where no line is dedicated, else two."""
    dedicated = [pk for pk in line_ids if pk in lines and getattr(lines[pk], "is_dedicated", False)]
    if not dedicated:
        return Meant()
    demands: dict[int, list[Demand]] = defaultdict(list)
    for one in Demand.objects.filter(line__any=dedicated).select_related("build_line__build").order_by("pk"):
        demands[one.line_id].append(one)
    meant = Meant(demands)
    makers: dict[int, set[int]] = defaultdict(set)
    for mine in demands.values():
        for one in mine:
            if one.build_line.build.manufacturer_id is not None:
                makers[one.build_line.build_id].add(one.build_line.build.manufacturer_id)
    found = PurchaseLine.objects.filter(build__any=meant.build_ids).values_list("build", "order__supplier")
    for build_id, maker in found.order_by().distinct():
        if build_id is not None:
            makers[build_id].add(maker)
    meant.makers = makers
    return meant


def read_need(meant: Meant) -> None:
    """What the lines of the builds still need, now that the builds are locked; one statement, or none."""
    lines = {one.build_line_id: one.build_line for mine in meant.demands.values() for one in mine}
    if lines:
        query = Allocation.objects.filter(build_line__any=list(lines)).order_by().values_list("build_line")
        allocated = dict(query.annotate(total=Sum("quantity")))
        for pk, line in lines.items():
            meant.need[pk] = max(ZERO, line.quantity - line.consumed - allocated.get(pk, ZERO))


def allocate_arrivals(
    arrived: Sequence[tuple[Lot, Sequence[Held]]],
    before: Mapping[int, Decimal],
    meant: Meant,
    builds: Mapping[int, Build],
    book: Reservations,
) -> list[dict[str, Any]]:
    """Allocate what came to the build lines that it was bought for, as far as they need it; says what and where.

    The first units of a line are for whom it was bought first; `before` of it came earlier. Only what may be used, and
    lies with us or at who makes the build; of builds that are open.
    """
    came = dict(before)
    given: dict[tuple[int, int, str], Decimal] = defaultdict(lambda: ZERO)
    labels: dict[int, str] = {}
    for lot, items in arrived:
        wanted = _shares(meant.demands.get(lot.line.pk, ()), came[lot.line.pk], lot.units)
        came[lot.line.pk] += lot.units
        if lot.makes_outputs or lot.arrival.status not in AVAILABLE_STOCK:
            continue
        company = lot.location.company_id if lot.location else None
        for demand, units in wanted:
            build = builds[demand.build_line.build_id]
            line_id = demand.build_line_id
            left = min(units, meant.need.get(line_id, ZERO))
            if build.status not in OPEN_BUILD or (company is not None and company not in meant.makers[build.pk]):
                continue
            for item in items:
                taken = min(left, item.free)
                if taken <= 0:
                    continue
                book.add(line_id, item, taken)
                left -= taken
                meant.need[line_id] -= taken
                given[lot.line.pk, build.pk, str(lot.location or "")] += taken
                labels[lot.line.pk] = lot.line.part.label
    return [
        {
            "code": "allocated_on_arrival",
            "part": labels[line_id],
            "quantity": as_text(units),
            "build": builds[build_id].reference,
            "location": place,
        }
        for (line_id, build_id, place), units in given.items()
    ]


def _shares(demands: Iterable[Demand], came: Decimal, units: Decimal) -> list[tuple[Demand, Decimal]]:
    """Whose the units from `came` on are: the first ones belong to the first demand, and so on."""
    found, start = [], ZERO
    for one in demands:
        end = start + one.quantity
        share = min(end, came + units) - max(start, came)
        if share > 0:
            found.append((one, share))
        start = end
    return found


def allocated_to_whom_it_was_bought_for(item_ids: Iterable[int], line_ids: Iterable[int]) -> dict[Key, Reserved]:
    """The allocations of items to build lines that these order lines are bought for; two statements."""
    wanted = set(Demand.objects.filter(line__any=list(line_ids)).values_list("build_line", flat=True))
    return {key: one for key, one in read_for_items(item_ids).items() if one.build_line_id in wanted}
