"""Serial numbers of a part: which was the last, which is next, and which are kept for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from outwork.ledger.serial_counting import count_on
from outwork.ledger.serials import find_used, scopes
from outwork.models import Part, SerialReservation
from outwork.rules.refusals import refuse
from outwork.rules.serials import increment


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """A range of serial numbers that is kept: for an order line, or for a build; `used` of them units have by now."""

    id: int
    serials: str
    count: int
    used: int
    order: str | None
    line: int | None
    build: str | None
    is_standing: bool


def next_serials(part: Part, count: int = 1) -> list[str]:
    """The next serial numbers that are free for anybody, as `~` reads them; four statements at most.

    They are not kept: reserve them, or use them. Refuses serials_uncountable.
    """
    scope = scopes([part])[part.pk]
    last, found = count_on([scope]).last.get(scope), list[str]()
    for _ in range(count):
        following = increment(last)
        if following == last:
            refuse("serials_uncountable", serial=last)
        last = following
        found.append(following)
    return found


def reservations_of(part: Part, *, standing_only: bool = True) -> list[ReservationRow]:
    """The ranges kept in a part's scope, by number; four statements. A reservation that is over keeps nothing any more."""
    scope = scopes([part])[part.pk]
    query = SerialReservation.objects.filter(scope=scope).select_related("purchase_line__order", "build")
    found = list(query.order_by("prefix", "first", "pk"))
    standing = set(SerialReservation.objects.standing().filter(scope=scope).values_list("pk", flat=True))
    used = find_used((scope, serial) for one in found for serial in one.range.serials())
    counted = Counter(one.pk for one in found for _, serial in used if serial in one.range)
    return [
        ReservationRow(
            id=one.pk,
            serials=str(one),
            count=len(one.range),
            used=counted[one.pk],
            order=one.purchase_line.order.reference if one.purchase_line else None,
            line=one.purchase_line.position if one.purchase_line else None,
            build=one.build.reference if one.build else None,
            is_standing=one.pk in standing,
        )
        for one in found
        if one.pk in standing or not standing_only
    ]
