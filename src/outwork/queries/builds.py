"""Builds: what their BOM asks for, what was built so far, and who is making them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, Sum

from outwork.models import BomLine, Build, BuildLine, BuildLineSubstitute, BuildOutput, Movement, PurchaseLine
from outwork.models.part import PART_DETAILS
from outwork.rules.places import Kind
from outwork.rules.quantities import ZERO
from outwork.rules.requirement import Need
from outwork.rules.states import FAILED_ORDER, OPEN_ORDER, OutputState

_ANCESTORS = """
WITH RECURSIVE up (part_id, id) AS (
    SELECT id, id FROM outwork_part WHERE id IN ({parts})
    UNION
    SELECT up.part_id, part.variant_of_id FROM outwork_part part JOIN up ON part.id = up.id
    WHERE part.variant_of_id IS NOT NULL
)
SELECT part_id, id FROM up
"""

BUILT = (OutputState.ACCEPTED, OutputState.REJECTED, OutputState.SCRAPPED)
# In production once more: they were accepted or rejected before, so their components were consumed.
REWORKED = Q(state=OutputState.IN_PRODUCTION, decided_event__isnull=False)


def bom_to_build(part_id: int) -> list[BomLine]:
    """The lines a build of the part is made of: fitted, not virtual, its own and those it inherits; two statements."""
    return boms_to_build([part_id])[part_id]


def boms_to_build(part_ids: Iterable[int]) -> dict[int, list[BomLine]]:
    """The lines that a build of each of the parts is made of; two statements."""
    wanted = sorted(set(part_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS.format(parts=", ".join(["%s"] * len(wanted))), wanted)
        found = cursor.fetchall()
    above = [ancestor for part_id, ancestor in found if ancestor != part_id]
    lines = (
        BomLine.objects.filter(Q(assembly__any=wanted) | Q(assembly__any=above, is_inherited=True))
        .filter(is_fitted=True, part__is_virtual=False)
        .select_related("part")
        .defer(*PART_DETAILS)
        .order_by("assembly_id", "position", "id")
    )
    by_assembly: dict[int, list[BomLine]] = defaultdict(list)
    for line in lines:
        by_assembly[line.assembly_id].append(line)
    boms: dict[int, list[BomLine]] = {part_id: [] for part_id in wanted}
    for part_id, assembly_id in sorted(found):
        meant = by_assembly.get(assembly_id, ())
        boms[part_id] += [line for line in meant if assembly_id == part_id or line.is_inherited]
    return boms


def need_of(line: BuildLine | BomLine) -> Need:
    """What a line asks for per unit, as the rules know it."""
    per_unit = line.quantity if isinstance(line, BomLine) else line.per_unit
    return Need(per_unit=per_unit, attrition_percent=line.attrition, setup=line.setup, rounding=line.rounding)


def manufacturers_of(build: Build) -> frozenset[int]:
    """Who makes the build: the one intended and the suppliers of its order lines, of cancelled ones if units came."""
    if not build.is_external:
        return frozenset()
    suppliers = (
        PurchaseLine.objects.filter(build=build)
        .exclude(order__status__in=sorted(FAILED_ORDER), received=0)
        .values_list("order__supplier", flat=True)
        .order_by()
        .distinct()
    )
    intended = {build.manufacturer_id} if build.manufacturer_id else set()
    return frozenset(intended | set(suppliers))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many units of a build are where: in the assembly's unit."""

    planned: Decimal
    ordered: Decimal
    received: Decimal
    in_production: Decimal
    accepted: Decimal
    rejected: Decimal
    scrapped: Decimal

    @property
    def built(self) -> Decimal:
        """Units that exist or existed as built: accepted, rejected and scrapped."""
        return self.accepted + self.rejected + self.scrapped

    @property
    def open(self) -> Decimal:
        """Good units still wanted."""
        return max(ZERO, self.planned - self.accepted)


def progress(build: Build) -> Progress:
    """Ordered, received and built so far; two statements."""
    states: dict[int, Decimal] = defaultdict(Decimal)
    for state, quantity in (
        BuildOutput.objects.filter(build=build).values_list("state").annotate(Sum("quantity")).order_by()
    ):
        states[state] += quantity
    ordered, received = ordered_for([build.pk]).get(build.pk, (ZERO, ZERO))
    return Progress(
        planned=build.quantity,
        ordered=ordered,
        received=received,
        in_production=states[OutputState.IN_PRODUCTION],
        accepted=states[OutputState.ACCEPTED],
        rejected=states[OutputState.REJECTED],
        scrapped=states[OutputState.SCRAPPED],
    )


def ordered_for(build_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Units ordered and received for each build, in the assembly's unit; one statement.

    A line that is closed, or whose order is complete or was cancelled, counts as what came of it.
    """
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    lines = PurchaseLine.objects.filter(build__any=list(build_ids))
    columns = ("build", "ordered", "received", "is_closed", "order__status")
    for build_id, units, received, is_closed, status in lines.values_list(*columns):
        before = sums.get(build_id, (ZERO, ZERO))
        counted = _counted(units, received, status, is_closed=is_closed)
        sums[build_id] = (before[0] + counted, before[1] + received)
    return sums


def ordered_from(build_id: int) -> dict[int, Decimal]:
    """Units of a build ordered from each manufacturer, counted as `ordered_for` does; one statement."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    lines = PurchaseLine.objects.filter(build=build_id)
    columns = ("order__supplier", "ordered", "received", "is_closed", "order__status")
    for supplier_id, units, received, is_closed, status in lines.values_list(*columns):
        sums[supplier_id] += _counted(units, received, status, is_closed=is_closed)
    return sums


def _counted(units: Decimal, received: Decimal, status: int, *, is_closed: bool) -> Decimal:
    return max(units, received) if status in OPEN_ORDER and not is_closed else received


def units_built(build_id: int, *, waiting: bool = False) -> dict[tuple[int | None, int], Decimal]:
    """Units into which components went, by manufacturer (None: us) and the build's revision; one statement.

    Units in production that were decided on before are being reworked: they were built. With `waiting` also those of
    which nobody has decided yet.
    """
    built = Q(state__in=BUILT) | REWORKED
    query = (
        BuildOutput.objects.filter(build=build_id, has_components=True)
        .filter(built | Q(state=OutputState.IN_PRODUCTION) if waiting else built)
        .values_list("manufacturer", "revision")
        .annotate(Sum("quantity"))
        .order_by()
    )
    return {(manufacturer, revision): quantity for manufacturer, revision, quantity in query}


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked on a build line at one manufacturer so far."""

    used: Decimal = ZERO
    lost: Decimal = ZERO


def consumed_so_far(build_id: int) -> dict[tuple[int, int | None], Booked]:
    """Used and lost by build line and manufacturer, less what was taken back; one statement."""
    query = (
        Movement.objects.filter(build=build_id, build_line__isnull=False, kind__in=_CONSUMING)
        .values_list("build_line", "manufacturer", "kind", "reverses__kind")
        .annotate(Sum("quantity"))
        .order_by()
    )
    sums: dict[tuple[int, int | None], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line, manufacturer, kind, reversed_kind, quantity in query:
        if kind in (Kind.USED, Kind.LOST):
            sums[line, manufacturer][kind] += quantity
        elif reversed_kind == Kind.UNUSED:  # what had come back into stock is used after all
            sums[line, manufacturer][Kind.USED] += quantity
        else:
            sums[line, manufacturer][reversed_kind or Kind.USED] -= quantity
    return {
        key: Booked(used=kinds.get(Kind.USED, ZERO), lost=kinds.get(Kind.LOST, ZERO)) for key, kinds in sums.items()
    }


_CONSUMING = (Kind.USED, Kind.LOST, Kind.UNUSED, Kind.REVERSED)


def lines_of(build_id: int) -> list[BuildLine]:
    """The lines of a build with their parts; one statement."""
    lines = BuildLine.objects.filter(build=build_id).select_related("part").defer(*PART_DETAILS)
    return list(lines.order_by("position", "id"))


def references(build_ids: Iterable[int]) -> dict[int, str]:
    """References by id; one statement."""
    return dict(Build.objects.filter(pk__any=list(build_ids)).values_list("pk", "reference"))


_VARIANTS = """
WITH RECURSIVE down (top, id) AS (
    SELECT line.part_id, line.part_id FROM outwork_buildline line
    WHERE line.build_id = %s AND line.allows_variants
    UNION
    SELECT other.part_id, other.part_id
    FROM outwork_buildline line JOIN outwork_buildlinesubstitute other ON other.build_line_id = line.id
    WHERE line.build_id = %s AND line.allows_variants
    UNION
    SELECT down.top, part.id FROM outwork_part part JOIN down ON part.variant_of_id = down.id
)
SELECT top, id FROM down WHERE id <> top
"""

ITSELF, VARIANT, SUBSTITUTE = 0, 1, 2


def fitting_parts(lines: list[BuildLine]) -> dict[int, dict[int, int]]:
    """Which parts may go onto each line, with their rank: itself, a variant, a substitute; two statements.

    Where a line allows variants, those of its substitutes may go onto it as well.
    """
    if not lines:
        return {}
    build_id = lines[0].build_id
    variants: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_VARIANTS, [build_id, build_id])
        for top, part_id in cursor.fetchall():
            variants[top].append(part_id)
    fitting: dict[int, dict[int, int]] = {}
    allowing = {line.pk for line in lines if line.allows_variants}
    for line in lines:
        fitting[line.pk] = {line.part_id: ITSELF}
        if line.allows_variants:
            fitting[line.pk].update((part_id, VARIANT) for part_id in variants[line.part_id])
    for line_id, part_id in BuildLineSubstitute.objects.filter(build_line__build=build_id).values_list(
        "build_line", "part"
    ):
        if line_id in fitting:
            for fits in (part_id, *(variants[part_id] if line_id in allowing else ())):
                fitting[line_id].setdefault(fits, SUBSTITUTE)
    return fitting
