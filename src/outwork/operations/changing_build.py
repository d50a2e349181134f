"""Change what a build order says about itself: quantity, dates, places, whether it is external."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build, read_for_lines
from outwork.models import Build, BuildLine, BuildOutput, Company, Event, Part, PurchaseLine, User
from outwork.operations.adding_order_lines import overordered
from outwork.operations.allocating import overallocated
from outwork.operations.creating_build import (
    check_facts,
    check_parent,
    check_places_and_dates,
    company_facts,
    part_facts,
)
from outwork.operations.following_bom import follow_bom
from outwork.operations.recording import Done, operation, record
from outwork.operations.taking_over_bom import units_that_came
from outwork.queries.builds import lines_of, need_of
from outwork.queries.settings import get
from outwork.rules import states
from outwork.rules.external import check_buildable, check_manufacturer
from outwork.rules.quantities import ZERO, as_text, quantity, whole
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.requirement import required
from outwork.rules.states import OPEN_BUILD, OutputState

declare(
    build_field_unknown="A build order has no field {field} that can be changed; it is one of {known}",
    build_quantity_below_made="{build}: {made} units exist already, so it cannot be for {asked}",
    build_below_itself="{path}: a build order cannot be part of itself",
)

CHANGEABLE = (
    "title",
    "quantity",
    "is_external",
    "manufacturer",
    "consume",
    "batch",
    "take_from",
    "destination",
    "start_date",
    "target_date",
    "priority",
    "responsible",
    "project_code",
    "parent",
    "feeds_parent",
    "link",
    "note",
)


@operation
def change_build(
    *,
    build: Build,
    changes: dict[str, Any],
    actor: User,
    at: datetime.datetime,
    release_excess: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Change fields of an open build (CHANGEABLE); a new quantity changes what its lines need.

    External cannot change once order lines or outputs hang on it (rule 2). What is allocated beyond a smaller
    need is said and stays, or is freed with `release_excess`, the newest allocations first. What its lines need and
    have consumed is not changed by hand. Refuses wrong_state, build_field_unknown, external_flag_fixed,
    build_quantity_below_made, build_below_itself, bad quantities, and what `create_build` refuses about the same fact.
    """
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        refuse("build_field_unknown", field=unknown, known=CHANGEABLE, where=(unknown[0],))
    parent = changes.get("parent")  # with all above it, so that of two changes that close a circle one sees the other
    build = lock_build(build, expected_version=expected_version, also=_above(parent.pk) if parent else ())
    states.require(build.status, OPEN_BUILD, build.reference)
    before = {name: getattr(build, name) for name in changes}
    for name, value in changes.items():
        setattr(build, name, quantity(value, where=("quantity",)) if name == "quantity" else value)
    _check(build, before, Reasons())

    told = {name: [str(before[name]), str(value)] for name, value in changes.items()}
    event = record("build.changed", build, actor=actor, at=at, data={"changes": told})
    build.version += 1
    build.save(update_fields=[*changes, "version"])
    said = _require_anew(build, event) if "quantity" in changes else []
    if "quantity" in changes:
        said += _excess(build, event, release=release_excess)
    return Done(event.pk, [build.pk], said=said)


def _check(build: Build, before: dict[str, Any], reasons: Reasons) -> None:
    if build.is_external != before.get("is_external", build.is_external):
        lines, outputs = PurchaseLine.objects.filter(build=build).count(), _made(build).count()
        if lines or outputs:
            reasons.add(
                "external_flag_fixed",
                build=build.reference,
                lines=lines,
                outputs=outputs,
                where=("is_external",),
            )
        part: Part = build.part
        reasons.found += check_buildable(
            part_facts(part), is_external=build.is_external, switched_on=get("BUILDORDER_EXTERNAL_BUILDS")
        ).found
    if build.manufacturer is not None and not build.is_external:
        reasons.add("manufacturer_of_internal_build", where=("manufacturer",))
    elif "manufacturer" in before and isinstance(build.manufacturer, Company):
        facts = company_facts(build.manufacturer)
        reasons.found += check_manufacturer(facts, build.part.label, where=("manufacturer",)).found
    if "quantity" in before:
        made = sum(_made(build).values_list("quantity", flat=True))
        if build.part.is_trackable:
            whole(build.quantity, where=("quantity",))
        if build.quantity < made:
            reasons.add(
                "build_quantity_below_made",
                build=build.reference,
                made=made,
                asked=build.quantity,
                where=("quantity",),
            )
    check_facts({name: getattr(build, name) for name in before}, reasons)
    if "parent" in before and build.parent_id is not None:
        path = _path(build)
        if path[-1] == build.reference:
            reasons.add("build_below_itself", path=" < ".join(path), where=("parent",))
    if {"feeds_parent", "parent"} & before.keys() and build.feeds_parent and build.parent_id is None:
        reasons.add("parent_missing", where=("parent",))
    check_parent(build.parent if "parent" in before else None, reasons)
    if "responsible" in before and build.responsible is None and get("BUILDORDER_REQUIRE_RESPONSIBLE"):
        reasons.add("responsible_missing", where=("responsible",))
    named = {name: getattr(build, name) for name in ("start_date", "target_date", "destination")}
    check_places_and_dates(named, reasons)
    reasons.raise_any()


def _above(parent_id: int | None) -> dict[int, tuple[str, int | None]]:
    """A build and all that it is a part of, from the bottom up: reference and parent; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [parent_id])
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _path(build: Build) -> list[str]:
    """The references from a build up to the last it is a part of, or up to itself again."""
    above = _above(build.parent_id)
    path, following = [build.reference], build.parent_id
    while following in above:
        reference, upper = above.pop(following)
        path.append(reference)
        following = None if following == build.pk else upper
    return path


_ABOVE = """
WITH RECURSIVE up (id, reference, parent_id) AS (
    SELECT id, reference, parent_id FROM outwork_build WHERE id = %s
    UNION
    SELECT build.id, build.reference, build.parent_id FROM outwork_build build JOIN up ON build.id = up.parent_id
)
SELECT id, reference, parent_id FROM up
"""


def _made(build: Build) -> Any:
    return BuildOutput.objects.filter(build=build).exclude(state__in=[OutputState.WITHDRAWN, OutputState.REJECTED])


def _require_anew(build: Build, event: Event) -> list[dict[str, Any]]:
    """What the lines need for the new quantity; of frozen lines those of the current revision.

    A line that came with a later revision is for the units that came to no earlier one.
    """
    if build.issued_at is None:
        follow_bom(build, event)
        return []
    lines = [line for line in lines_of(build.pk) if line.until_revision is None]
    came = units_that_came(build)
    units = {
        since: max(ZERO, build.quantity - sum((came[one] for one in came if one < since), ZERO))
        for since in {line.since_revision for line in lines}
    }
    needs = [(line.pk, required(need_of(line), units[line.since_revision])) for line in lines]
    rows.update(BuildLine, ("quantity",), needs)
    return overordered({build.pk: build})


def _excess(build: Build, event: Event, *, release: bool) -> list[dict[str, Any]]:
    """Say what is allocated beyond the new need, or free it: the newest allocations first (E13)."""
    lines = [line for line in lines_of(build.pk) if line.until_revision is None]
    held, reserved = hold_for_build(build.pk) if release else ({}, read_for_lines(build.pk))
    reservations = Reservations(Posting(event, held), reserved)
    said = overallocated(lines, reservations)
    if not release or not said:
        return said
    freed = []
    by_line = reservations.by_line()
    for line in lines:
        mine = by_line.get(line.pk, [])
        allocated = sum((one.quantity for one in mine), ZERO)
        excess = min(allocated, allocated + line.consumed - line.quantity)
        if excess <= 0:
            continue
        freed.append({"code": "excess_freed", "part": line.part.label, "quantity": as_text(excess)})
        for one in reversed(mine):
            taken = min(excess, one.quantity)
            if taken > 0:
                reservations.release(one, taken)
                excess -= taken
    reservations.posting.write()
    reservations.write()
    return freed
