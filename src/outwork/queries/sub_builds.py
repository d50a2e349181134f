"""Sub-builds: what is to be built for a build, what was made for it, and the tree of it all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, Sum

from outwork.models import Allocation, Build, BuildOutput, Company, Part, StockItem, SupplyChoice
from outwork.queries.builds import boms_to_build, lines_of, manufacturers_of, need_of
from outwork.rules.quantities import ZERO
from outwork.rules.states import OPEN_BUILD, BuildStatus, OutputState
from outwork.rules.subbuilding import SubAssembly, SubBuildPlan, Wanted
from outwork.rules.supply import is_ours


def sub_build_plan(
    build: Build, *, line_ids: Collection[int] | None = None, bought: Collection[int] = (), use_stock: bool = True
) -> SubBuildPlan:
    """What is to be built for what the build's assembly lines miss, at any depth; so many statements a level.

    A line misses what is neither consumed nor allocated nor still to come from a sub-build made before. Free stock
    of ours and at the build's manufacturers is taken first, nearest the top, unless not `use_stock`. Parts in
    `bought` are not built; optional and consumable lines and those that the manufacturer buys are passed over.
    """
    makers = manufacturers_of(build)
    wanted = _missing(build, makers, line_ids, set(bought))
    plan, depth = SubBuildPlan({}, set()), 1
    while wanted:
        parts = {one.part_id for one in wanted} - plan.free.keys()
        plan.free.update(dict.fromkeys(parts, ZERO) | (_free(parts, makers) if use_stock else {}))
        plan.whole |= set(Part.objects.filter(pk__any=parts, is_trackable=True).values_list("pk", flat=True))
        places = plan.level(wanted, depth)
        wanted = plan.below(places, _sub_assemblies({plan.builds[place].part_id for place in places}, bought))
        depth += 1
    return plan


def _sub_assemblies(part_ids: Collection[int], bought: Collection[int]) -> dict[int, list[SubAssembly]]:
    """The assemblies on the BOMs of these assemblies that have to be there; three statements."""
    boms = boms_to_build(part_ids)
    parts = {line.part_id for lines in boms.values() for line in lines} - set(bought)
    meant = set(Part.objects.filter(pk__any=parts, is_assembly=True).values_list("pk", flat=True))
    return {
        part_id: [
            SubAssembly(line.part_id, need_of(line))
            for line in lines
            if line.part_id in meant and not line.is_optional and not line.is_consumable
        ]
        for part_id, lines in boms.items()
    }


def _missing(
    build: Build, makers: Collection[int], line_ids: Collection[int] | None, bought: Collection[int]
) -> list[Wanted]:
    """What the assembly lines of a build miss; five statements."""
    lines = [line for line in lines_of(build.pk) if line_ids is None or line.pk in line_ids]
    assemblies = set(
        Part.objects.filter(pk__any={line.part_id for line in lines}, is_assembly=True).values_list("pk", flat=True)
    )
    choices = {
        (line, maker): supply
        for line, maker, supply in SupplyChoice.objects.filter(build_line__build=build).values_list(
            "build_line", "manufacturer", "supply"
        )
    }
    allocated = Allocation.objects.filter(build_line__build=build).values_list("build_line")
    reserved = dict(allocated.annotate(Sum("quantity")).order_by())
    coming = still_to_come(build.pk)
    found = []
    for line in lines:
        supplies = [choices.get((line.pk, maker), line.supply) for maker in makers] or [line.supply]
        if line.part_id not in assemblies or line.part_id in bought or line.is_optional or line.is_consumable:
            continue
        if not any(map(is_ours, supplies)) or line.until_revision is not None:
            continue
        missing = line.quantity - line.consumed - reserved.get(line.pk, ZERO)
        taken = min(max(ZERO, missing), coming[line.part_id])
        coming[line.part_id] -= taken
        if missing - taken > 0:
            found.append(Wanted(None, line.part_id, missing - taken))
    return found


def still_to_come(build_id: int) -> dict[int, Decimal]:
    """What open sub-builds of a build have still to bring, by part; two statements."""
    children = list(
        Build.objects.filter(parent=build_id, status__in=sorted(OPEN_BUILD)).values_list("pk", "part", "quantity")
    )
    made = BuildOutput.objects.filter(build__any=[pk for pk, _, _ in children], state=OutputState.ACCEPTED)
    done = dict(made.values_list("build").annotate(Sum("quantity")).order_by())
    coming: dict[int, Decimal] = defaultdict(Decimal)
    for pk, part_id, quantity in children:
        coming[part_id] += max(ZERO, quantity - done.get(pk, ZERO))
    return coming


def _free(part_ids: Collection[int], makers: Collection[int]) -> dict[int, Decimal]:
    """Usable stock of parts that is not allocated, with us and at the manufacturers; one statement."""
    query = (
        StockItem.objects.usable()
        .filter(part__any=part_ids)
        .filter(Q(location__company__isnull=True) | Q(location__company__any=makers))
        .values_list("part")
        .annotate(Sum("quantity"), Sum("allocated"))
        .order_by()
    )
    return {part_id: quantity - allocated for part_id, quantity, allocated in query}


@dataclass(frozen=True, slots=True)
class Branch:
    """A build in a tree of builds; quantities in its assembly's unit. `depth` is 0 for the one asked about."""

    id: int
    parent_id: int | None
    depth: int
    reference: str
    part: str
    status: str
    manufacturer: str
    quantity: Decimal
    accepted: Decimal


_BELOW = """
WITH RECURSIVE down (id) AS (
    SELECT id FROM outwork_build WHERE id = %s
    UNION
    SELECT build.id FROM outwork_build build JOIN down ON build.parent_id = down.id
)
SELECT id FROM down
"""


def tree(build_id: int) -> list[Branch]:
    """A build and all that is built for it, each below its parent by their numbers; three statements."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [build_id])
        ids = [row[0] for row in cursor.fetchall()]
    builds = Build.objects.filter(pk__any=ids).select_related("part", "manufacturer")
    made = BuildOutput.objects.filter(build__any=ids, state=OutputState.ACCEPTED).values_list("build")
    accepted = dict(made.annotate(Sum("quantity")).order_by())
    below: dict[int | None, list[Build]] = defaultdict(list)
    for build in builds.order_by("reference_number", "pk"):
        below[None if build.pk == build_id else build.parent_id].append(build)
    branches: list[Branch] = []
    waiting = [(build, 0) for build in below[None]]
    while waiting:
        build, depth = waiting.pop()
        branches.append(
            Branch(
                id=build.pk,
                parent_id=build.parent_id,
                depth=depth,
                reference=build.reference,
                part=build.part.label,
                status=BuildStatus(build.status).word,
                manufacturer=_maker(build),
                quantity=build.quantity,
                accepted=accepted.get(build.pk, ZERO),
            )
        )
        waiting += [(child, depth + 1) for child in reversed(below[build.pk])]
    return branches


def _maker(build: Build) -> str:
    manufacturer: Company | None = build.manufacturer
    return manufacturer.name if manufacturer else "outside" if build.is_external else ""


def open_children(build_id: int) -> list[str]:
    """The references of the builds made directly for a build that are not over yet; one statement."""
    found = Build.objects.filter(parent=build_id, status__in=sorted(OPEN_BUILD)).order_by("reference_number", "pk")
    return list(found.values_list("reference", flat=True))
