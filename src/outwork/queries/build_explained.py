"""What stands between a build and its end, read from all that is known of it; the sentences are in rules/explaining.py."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from outwork.models import Allocation, Build, BuildLineSubstitute, BuildOutput
from outwork.queries.bom_difference import bom_difference
from outwork.queries.build_overview import BuildOverview, overview
from outwork.queries.test_results import unmet
from outwork.queries.to_order import LineShort, Serving, Shortage, plan
from outwork.rules.explaining import Buyable, Component, Facts, Obstacle, Ordered, Served, explain
from outwork.rules.planning import Source
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.states import OPEN_BUILD, OrderStatus, OutputState


@dataclass(frozen=True, slots=True)
class Explained:
    """A build, and its obstacles in the order of the work."""

    found: BuildOverview
    obstacles: list[Obstacle]


def explained(build: Build, *, today: datetime.date) -> Explained:
    """What stands between a build and its end; forty statements at most, whatever its size.

    What serves its components is what is left when all builds that need them earlier have theirs. The build comes with its part and manufacturer.
    """
    found = overview(build, today=today)
    if build.status not in OPEN_BUILD:
        return Explained(found, [])
    made, planned = found.progress, plan(today=today)
    short = {line.line_id: row for row in planned.shortages for line in row.lines}
    waiting, untested = _waiting(build)
    facts = Facts(
        status=build.status,
        is_external=build.is_external,
        planned=made.planned,
        ordered=made.ordered,
        accepted=made.accepted,
        built=made.built,
        in_production=made.in_production,
        today=today,
        manufacturer=build.manufacturer.name if build.manufacturer else "",
        undecided=[row.part for row in found.lines if row.supply is None and not row.is_consumable],
        unapproved=_unapproved(build),
        bom_changes=_bom_changes(build),
        components=[_component(line, short.get(line.line_id)) for line in planned.lines if line.build_id == build.pk],
        to_send=[f"{row.part} ({as_text(row.to_send)})" for row in found.lines if row.to_send],
        lines=_ordered(found),
        untested=len(untested),
        tests=sorted({test for tests in untested.values() for test in tests}),
        set_aside=sorted(waiting.items()),
        not_consumed=[f"{row.part} ({as_text(row.due)})" for row in found.lines if row.due],
    )
    return Explained(found, explain(facts))


def _component(line: LineShort, row: Shortage | None) -> Component:
    best = row.purchases[0] if row is not None and row.purchases else None
    return Component(
        part=line.part,
        open=line.open,
        needed=line.needed,
        served=[_served(one) for one in line.served],
        missing=line.short,
        instead=[(one.part, one.rank, one.free_here + one.free_there) for one in row.alternatives] if row else (),
        elsewhere=row.elsewhere if row else (),
        buyable=None
        if best is None
        else Buyable(best.offer.supplier, best.units, best.total, best.offer.currency, best.comes),
        is_assembly=row is not None and row.is_assembly,
    )


def _ordered(found: BuildOverview) -> list[Ordered]:
    draft = OrderStatus.DRAFT.word
    return [
        Ordered(row.order, row.supplier, row.open, row.status == draft, row.is_confirmed, row.expected)
        for row in found.ordered
        if row.open
    ]


def _bom_changes(build: Build) -> list[str]:
    """The lines by which the BOM differs from a build that is frozen; three statements."""
    if build.issued_at is None:
        return []
    return [f"{one.part} ({one.kind})" for one in bom_difference(build)]


def _unapproved(build: Build) -> list[str]:
    """The substitutes that are allocated to the build and that nobody approved; two statements."""
    allowed = BuildLineSubstitute.objects.filter(build_line__build=build, approved_by="").select_related("part")
    open_ones = {(one.build_line_id, one.part_id): one.part.label for one in allowed}
    if not open_ones:
        return []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    query = Allocation.objects.filter(build_line__build=build).values_list("build_line", "item__part")
    for line, part, units in query.annotate(Sum("quantity")).order_by():
        if (line, part) in open_ones:
            sums[open_ones[line, part]] += units
    return [f"{part} ({as_text(units)})" for part, units in sorted(sums.items())]


def _waiting(build: Build) -> tuple[dict[str, Decimal], dict[int, list[str]]]:
    """What undecided units were set aside for, and which of them lack required tests; two statements."""
    outputs = BuildOutput.objects.filter(build=build, state=OutputState.IN_PRODUCTION, item__isnull=False)
    found = list(outputs.values_list("item", "waits_for", "quantity"))
    aside: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for _, what, units in found:
        if what:
            aside[what] += units
    return aside, unmet(item for item, _, _ in found if item is not None) if found else {}


def _served(one: Serving) -> Served:
    source = one.source
    if source == Source.STOCK:
        source = "stock here" if one.place_id is None else "stock there"
    return Served(source, one.name, one.quantity, one.day, one.is_late, one.is_overdue)
