"""What builds used: for which line, manufacturer and unit the units of an item were booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from outwork.queries.lineage import standing
from outwork.queries.values import movement_values
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO

_INTO = (Kind.USED, Kind.LOST)


@dataclass(frozen=True, slots=True)
class Booking:
    """Units that a build line used up, and where that was booked."""

    build_id: int
    build_line_id: int
    manufacturer_id: int | None
    output_id: int | None


def bookings_of(item_ids: Collection[int]) -> dict[int, list[tuple[Booking, Decimal]]]:
    """What of each item is still booked as used or lost, the latest booking first; two statements.

    What came back into stock since is taken off the booking it was taken from.
    """
    wanted = list(item_ids)
    left: dict[tuple[int, Booking], Decimal] = defaultdict(Decimal)
    latest: dict[tuple[int, Booking], int] = {}
    columns = ("pk", "build", "build_line", "manufacturer", "output", "quantity")
    into = standing().filter(target_item__any=wanted, build_line__isnull=False, kind__in=_INTO)
    for pk, build, line, manufacturer, output, quantity, item in into.values_list(*columns, "target_item"):
        key = (item or 0, Booking(build or 0, line or 0, manufacturer, output))
        left[key] += quantity
        latest[key] = max(pk, latest.get(key, 0))
    out = standing().filter(source_item__any=wanted, build_line__isnull=False, kind=Kind.UNUSED)
    for _, build, line, manufacturer, output, quantity, item in out.values_list(*columns, "source_item"):
        left[item or 0, Booking(build or 0, line or 0, manufacturer, output)] -= quantity
    found: dict[int, list[tuple[Booking, Decimal]]] = {item_id: [] for item_id in wanted}
    for key in sorted(latest, key=lambda one: -latest[one]):
        if left[key] > ZERO:
            found[key[0]].append((key[1], left[key]))
    return found


def worth_put_in(item_ids: Collection[int]) -> dict[int, Decimal | None]:
    """What each item took along into what it was installed in by hand, as it is worth by now; two statements.

    None is unknown; an item that a build fitted is not in the answer, for there the build bears it.
    """
    query = standing().filter(kind=Kind.COSTED, source_item__any=list(item_ids), target_item=F("source_item__inside"))
    latest = {item_id or 0: pk for item_id, pk in query.order_by("pk").values_list("source_item", "pk")}
    values = movement_values(latest.values())
    return {item_id: values[pk] for item_id, pk in latest.items()}
