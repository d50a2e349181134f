"""Reserve ranges of serial numbers for a build or an order line, before the units exist; or let go of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from outwork.ledger.documents import lock_builds, lock_order
from outwork.ledger.serial_counting import Reserved, count_on
from outwork.ledger.serials import Claim, check_free, scopes
from outwork.models import Build, PurchaseLine, PurchaseOrder, SerialReservation, User
from outwork.operations.recording import Done, operation, record
from outwork.rules import states
from outwork.rules.quantities import quantity, whole
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.serial_ranges import SerialRange
from outwork.rules.serials import increment, serial_text
from outwork.rules.states import OPEN_BUILD, OPEN_ORDER

declare(
    reservation_for_whom="Serial numbers are reserved for a build or for an order line: name one of them",
    reservation_line_over="{part}: nothing is open on the line, so no serial numbers are needed",
    serials_reserved="Reserved already: {serials} (reservation {reservations})",
    reservation_unknown="There is no reservation {reservation} of serial numbers",
    reservation_void="Reservation {reservation} ({serials}) is void already",
    reservation_named_twice="Reservation {reservation} is named twice",
)


@operation
def reserve_serials(
    *,
    actor: User,
    at: datetime.datetime,
    count: Any = None,
    build: Build | None = None,
    order_line: PurchaseLine | None = None,
    start: str | None = None,
    key: str | None = None,
) -> Done:
    """Reserve so many serial numbers in a row for an open build or order line; `ids` holds the reservation.

    They begin with `start`, else with the next one; without `count` as many as the line has open, or the build is
    for. Others' next numbers pass them over, what comes with others is said, and what is left is free again when the
    line or the build is over. Refuses reservation_for_whom, wrong_state, reservation_line_over, serials_not_kept,
    serials_used, serials_reserved, serials_uncountable, serials_range_without_number, serials_range_too_large and
    bad counts.
    """
    if (build is None) == (order_line is None):
        refuse("reservation_for_whom", where=("build",))
    order: PurchaseOrder | None = None
    if order_line is not None:
        order = lock_order(order_line.order)
        order_line = PurchaseLine.objects.select_related("part").get(pk=order_line.pk)
        part, wanted = order_line.part, order_line.open_quantity
        states.require(order.status, OPEN_ORDER, order.reference)
        if not wanted:
            refuse("reservation_line_over", part=part.label, where=("line",))
    else:
        assert build is not None
        build = lock_builds([build.pk])[build.pk]
        states.require(build.status, OPEN_BUILD, build.reference)
        part, wanted = build.part, build.quantity
    if not part.is_trackable:
        refuse("serials_not_kept", part=part.label, where=("part",))
    number = whole(quantity(wanted if count is None else count, where=("count",)), where=("count",))
    scope = scopes([part])[part.pk]
    counting = count_on([scope])
    found = SerialRange.starting(start.strip() if start else _next(counting.last.get(scope)), number, where=("start",))
    _check(found, scope, counting.kept)

    data = {"serials": str(found), "count": number}
    documents = [one for one in (order, build, part) if one is not None]
    event = record("serials.reserved", *documents, actor=actor, at=at, data=data)
    made = SerialReservation.objects.create(
        scope=scope,
        prefix=found.prefix,
        first=found.first,
        last=found.last,
        width=found.width,
        build=build,
        purchase_line=order_line,
        event=event,
    )
    return Done(event.pk, [made.pk], data=data)


@operation
def void_serials(
    *, reservations: Sequence[int], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Let go of reservations: what of them no unit has is free again; `ids` holds them.

    Refuses rows_missing, reservation_unknown, reservation_void, reservation_named_twice.
    """
    query = SerialReservation.objects.filter(pk__any=list(reservations)).order_by("pk").select_for_update(no_key=True)
    known = {one.pk: one for one in query}
    reasons = Reasons()
    if not reservations:
        reasons.add("rows_missing")
    seen: set[int] = set()
    for index, pk in enumerate(reservations):
        where = (index, "reservation")
        if pk not in known:
            reasons.add("reservation_unknown", reservation=pk, where=where)
        elif pk in seen:
            reasons.add("reservation_named_twice", reservation=pk, where=where)
        elif known[pk].is_void:
            reasons.add("reservation_void", reservation=pk, serials=str(known[pk]), where=where)
        seen.add(pk)
    reasons.raise_any()
    told = {str(pk): str(one) for pk, one in known.items()}
    event = record("serials.voided", actor=actor, at=at, reason=reason, data={"serials": told})
    SerialReservation.objects.filter(pk__any=list(known)).update(is_void=True)
    return Done(event.pk, list(reservations))


def _next(last: str | None) -> str:
    following = increment(last)
    if following == last:
        refuse("serials_uncountable", serial=last, where=("start",))
    return following


def _check(found: SerialRange, scope: int, kept: Iterable[Reserved]) -> None:
    """Refuse numbers that a unit has, or that are kept for another."""
    reasons = Reasons()
    check_free([Claim(scope, found.serials(), ("start",))], reasons)
    others = [one for one in kept if one.range.overlaps(found)]
    if others:
        taken = [serial for one in others for serial in found.serials() if serial in one.range]
        reasons.add(
            "serials_reserved",
            serials=serial_text(taken) or str(found),
            reservations=[one.id for one in others],
            where=("start",),
        )
    reasons.raise_any()


def said_of_reservations(
    kept: Sequence[Reserved],
    given: Iterable[tuple[str, int, Sequence[str], int | None, int | None]],
) -> list[dict[str, Any]]:
    """What is said of serial numbers (part, scope, serials, order line, build) that are not as they were reserved."""
    said: list[dict[str, Any]] = []
    for part, scope, serials, purchase_line_id, build_id in given:
        mine = [one for one in kept if one.scope == scope and one.is_for(purchase_line_id, build_id)]
        others = [one for one in kept if one.scope == scope and one not in mine]
        outside = [serial for serial in serials if not any(serial in one.range for one in mine)]
        if mine and outside:
            ranges = ", ".join(str(one.range) for one in mine)
            said.append(
                {"code": "serials_not_reserved", "part": part, "serials": serial_text(outside), "reserved": ranges}
            )
        taken = [serial for serial in outside if any(serial in one.range for one in others)]
        if taken:
            said.append({"code": "serials_of_another", "part": part, "serials": serial_text(taken)})
    return said
