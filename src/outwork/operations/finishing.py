"""Finish a build: settle what is due, free what is left over, make the cost final."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.holding import hold, reach_of_build
from outwork.models import Build, BuildLine, PurchaseLine, User
from outwork.operations import build_states
from outwork.operations.consuming import Freed, Shortfall, consume_due, open_consumption
from outwork.operations.overallocating import note_overallocated, overallocated_lines, use_up
from outwork.operations.recording import Done, operation, record
from outwork.operations.settling_cost import settle_cost
from outwork.operations.supplying import Choice, choose_for_manufacturers
from outwork.queries.builds import manufacturers_of, progress
from outwork.queries.settings import get
from outwork.queries.sub_builds import open_children
from outwork.rules import states
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import BUILD, BuildStatus
from outwork.rules.supply import Overallocated, Supply

declare(
    build_incomplete="{build}: {accepted} of {planned} are accepted; accept more, or finish it only if you accept that it stays incomplete",
    children_open="{build}: {children} were made for it and are still open; finish or cancel them first",
    build_short="{part}: {quantity} were due for what was built and are not there; allocate them, or accept it as it is",
)


@operation
def finish_build(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    accept_incomplete: bool = False,
    accept_unallocated: bool = False,
    accept_overallocated: Overallocated = Overallocated.TRIM,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Finish a build in production. What is due is consumed, what is left allocated is free again.

    With `accept_unallocated` what is short stays short; for undecided lines that records that the
    manufacturer supplied them. What is allocated beyond the need is free again, or `accept_overallocated` says
    that it was used up too, or that the build is not to be finished with it. Repeating it changes nothing. Refuses
    transition_impossible, outputs_open, build_incomplete, children_open (where BUILDORDER_REQUIRE_CLOSED_CHILDS asks
    for it), build_short and build_overallocated (every such line).
    """
    # What the outputs went into bears its part of the final cost: all of it is locked at once, in order.
    reach = hold(lambda: reach_of_build(build.pk)).items
    build = lock_build(build, expected_version=expected_version)
    if states.is_repeat(build.status, BuildStatus.COMPLETE):
        event = record("build.finished", build, actor=actor, at=at, data={"repeated": True})
        return Done(event.pk, [build.pk])
    states.require_move(BUILD, build.status, BuildStatus.COMPLETE, document=build.reference)
    build_states.require_no_open_outputs(build)
    made = progress(build)
    reasons = Reasons()
    if made.open and not accept_incomplete:
        reasons.add("build_incomplete", build=build.reference, accepted=made.accepted, planned=made.planned)
    children = open_children(build.pk) if get("BUILDORDER_REQUIRE_CLOSED_CHILDS") else []
    if children:
        reasons.add("children_open", build=build.reference, children=children)

    event = record("build.finished", build, actor=actor, at=at, reason=reason)
    consumption = open_consumption(build, event, also=reach)
    excess = overallocated_lines(consumption) if accept_overallocated != Overallocated.TRIM else []
    consume_due(consumption)
    if accept_overallocated == Overallocated.ACCEPT:
        use_up(consumption, excess)
    elif excess:
        note_overallocated(excess, reasons)
    if not accept_unallocated:
        for short in consumption.shortfalls:
            reasons.add("build_short", part=short.part, quantity=short.quantity, where=("lines", short.line_id))
    reasons.raise_any()

    supplied = _supplied_by_manufacturer(build, consumption.shortfalls)
    left = consumption.free_the_rest()
    consumption.write()
    event.data = {"freed": [one.noted() for one in left], "supplied": supplied}
    event.save(update_fields=["data"])
    build.completed_at = at
    build.status = BuildStatus.COMPLETE
    build.version += 1
    build.save(update_fields=["status", "version", "completed_at"])
    settle_cost(build, event, consumption.posting.held)
    said = [one.told() for one in consumption.shortfalls] + _still_on_order(build)
    data = {"freed": _where_it_lies(left), "supplied": [line for line, _ in supplied]}
    return Done(event.pk, [build.pk], said=said, data=data)


def _supplied_by_manufacturer(build: Build, shortfalls: list[Shortfall]) -> list[tuple[int, int | None]]:
    """Undecided lines that were short at a manufacturer: he supplied them, and that is now stated.

    With several manufacturers it is stated for the one where the line was short only. Gives each line with the
    manufacturer it was stated for (None: it has only one).
    """
    short = [one for one in shortfalls if one.supply is None and one.manufacturer_id is not None]
    if len(manufacturers_of(build)) > 1:
        choose_for_manufacturers([Choice(one.line_id, Supply.THEY_BUY, one.manufacturer_id) for one in short])
        return sorted((one.line_id, one.manufacturer_id) for one in short)
    lines = sorted({one.line_id for one in short})
    rows.update(BuildLine, ("supply",), [(line, Supply.THEY_BUY) for line in lines])
    return [(line, None) for line in lines]


def _where_it_lies(left: list[Freed]) -> list[dict[str, Any]]:
    """What lies where of what was left over, by item, for it may want to come home."""
    units: dict[int, Decimal] = defaultdict(Decimal)
    for one in left:
        units[one.item_id] += one.quantity
    return [{"item": item_id, "quantity": as_text(quantity)} for item_id, quantity in sorted(units.items())]


def _still_on_order(build: Build) -> list[dict[str, Any]]:
    lines = PurchaseLine.objects.on_order().filter(build=build).select_related("order")
    return [
        {"code": "still_on_order", "order": line.order.reference, "quantity": as_text(line.open_quantity)}
        for line in lines
    ]
