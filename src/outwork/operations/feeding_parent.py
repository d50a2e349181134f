"""Allocate the accepted units of a sub-build to the build that it was made for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from outwork.ledger.documents import lock_late_builds
from outwork.ledger.held import Held
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.models import Allocation, Build, BuildLine
from outwork.operations import build_states
from outwork.operations.checking_allocations import locations_at_companies
from outwork.operations.supplying import needed_from_us
from outwork.queries.builds import fitting_parts, lines_of, manufacturers_of
from outwork.rules.quantities import ZERO, as_text


def feed_parent(build: Build, items: Sequence[Held], posting: Posting) -> list[dict[str, Any]]:
    """Allocate what the parent misses of these items, which the posting holds and has written; says what.

    Nothing for a build that feeds none, for a parent that is over, and for units that lie at somebody who does not
    build the parent. What is more than the parent misses stays free. The caller holds the build; its parent is locked
    without waiting (build_busy).
    """
    if not build.feeds_parent or build.parent_id is None or not items:
        return []
    parent = lock_late_builds([build.parent_id])[build.parent_id]
    if not parent.is_open:
        return []
    makers = manufacturers_of(parent)
    lines = _open_lines(parent, makers)
    places = locations_at_companies(items)
    reservations = Reservations(posting)
    given: dict[int, Decimal] = defaultdict(Decimal)
    for item in items:
        company = places.get(item.location_id)
        if not item.is_usable or (company is not None and company[0] not in makers):
            continue
        for line, parts, missing in lines:
            quantity = min(item.free, missing - given[line.pk])
            if item.part_id in parts and quantity > 0:
                reservations.add(line.pk, item, quantity)
                given[line.pk] += quantity
    if not any(given.values()):
        return []
    posting.write()
    reservations.write()
    build_states.touch(parent)
    total = sum(given.values(), ZERO)
    return [{"code": "parent_fed", "quantity": as_text(total), "part": build.part.label, "build": parent.reference}]


def _open_lines(parent: Build, makers: Collection[int]) -> list[tuple[BuildLine, Collection[int], Decimal]]:
    """The lines of a build that still miss something of ours: which parts fit, and how much."""
    lines = lines_of(parent.pk)
    ours, fitting = needed_from_us(lines, makers), fitting_parts(lines)
    allocated = Allocation.objects.filter(build_line__build=parent).values_list("build_line")
    reserved = dict(allocated.annotate(Sum("quantity")).order_by())
    return [
        (line, fitting[line.pk], missing)
        for line in lines
        if line.pk in ours
        and not line.is_consumable
        and (missing := line.quantity - line.consumed - reserved.get(line.pk, ZERO)) > 0
    ]
