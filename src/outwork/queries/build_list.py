"""Many builds in a list: which ones, in which order, and where each stands."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from outwork.models import Build, BuildOutput, Tag
from outwork.queries.builds import ordered_for
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import OPEN_BUILD, BuildStatus, OutputState
from outwork.rules.subjects import SubjectKind

declare(build_order_unknown="Builds cannot be listed by {order}; by {known}")

ORDERS: dict[str, Sequence[str]] = {
    "reference": ("reference_number", "pk"),
    "part": ("part__number", "part__name", "pk"),
    "quantity": ("quantity", "pk"),
    "priority": ("priority", "pk"),
    "status": ("status", "pk"),
    "start": ("start_date", "pk"),
    "target": ("target_date", "pk"),
    "created": ("created_at", "pk"),
    "completed": ("completed_at", "pk"),
    "project": ("project_code__code", "pk"),
    "responsible": ("responsible__username", "pk"),
}


@dataclass(frozen=True, slots=True)
class BuildFilter:
    """Which builds are wanted: those for which all that is said holds. Dates are the company's days, both included."""

    statuses: Collection[int] | None = None
    is_external: bool | None = None
    is_overdue: bool | None = None
    part_id: int | None = None
    manufacturer_id: int | None = None
    parent_id: int | None = None
    responsible_id: int | None = None
    project_code_id: int | None = None
    has_project: bool | None = None
    has_target: bool | None = None
    target_from: datetime.date | None = None
    target_until: datetime.date | None = None
    start_from: datetime.date | None = None
    start_until: datetime.date | None = None
    priority_from: int | None = None
    tags: Sequence[str] = ()
    text: str = ""

    def apply(self, query: QuerySet[Build], today: datetime.date) -> QuerySet[Build]:
        """Narrow a query of builds."""
        for name, value in (
            ("is_external", self.is_external),
            ("part", self.part_id),
            ("manufacturer", self.manufacturer_id),
            ("parent", self.parent_id),
            ("responsible", self.responsible_id),
            ("project_code", self.project_code_id),
            ("target_date__gte", self.target_from),
            ("target_date__lte", self.target_until),
            ("start_date__gte", self.start_from),
            ("start_date__lte", self.start_until),
            ("priority__gte", self.priority_from),
        ):
            if value is not None:
                query = query.filter(**{name: value})
        for name, wanted in (("project_code", self.has_project), ("target_date", self.has_target)):
            if wanted is not None:
                query = query.filter(**{f"{name}__isnull": not wanted})
        if self.statuses is not None:
            query = query.filter(status__in=sorted(self.statuses))
        if self.is_overdue is not None:
            late = Q(status__in=sorted(OPEN_BUILD), target_date__lt=today)
            query = query.filter(late) if self.is_overdue else query.exclude(late)
        for word in self.tags:
            tagged = Tag.objects.filter(
                subject_kind=SubjectKind.BUILD.value, subject_id=OuterRef("pk"), word=word.strip().casefold()
            )
            query = query.filter(Exists(tagged))
        return query.filter(_said(self.text)) if self.text.strip() else query


EVERY_BUILD = BuildFilter()


def _said(text: str) -> Q:
    """What people search a build by: reference, title, part, project."""
    found = Q()
    for name in ("reference", "title", "part__number", "part__name", "part__description", "project_code__code"):
        found |= Q(**{f"{name}__icontains": text.strip()})
    return found


def ordered_by(query: QuerySet[Build], order: str) -> QuerySet[Build]:
    """Put builds in an order of ORDERS, backwards with a - before it; what has no value comes last.

    Refuses build_order_unknown.
    """
    name = order.removeprefix("-")
    if name not in ORDERS:
        refuse("build_order_unknown", order=order, known=list(ORDERS), where=("order",))
    backwards = order.startswith("-")
    first, *rest = ORDERS[name]
    column = F(first).desc(nulls_last=True) if backwards else F(first).asc(nulls_last=True)
    return query.order_by(column, *(f"-{one}" if backwards else one for one in rest))


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One build in a list. `manufacturer` is the one intended; quantities are in the assembly's unit."""

    id: int
    reference: str
    title: str
    part: str
    status: str
    is_external: bool
    manufacturer: str
    quantity: Decimal
    ordered: Decimal
    received: Decimal
    in_production: Decimal
    accepted: Decimal
    rejected: Decimal
    scrapped: Decimal
    target_date: datetime.date | None
    is_late: bool
    start_date: datetime.date | None
    priority: int
    responsible: str
    project: str


def list_builds(*, today: datetime.date, wanted: BuildFilter = EVERY_BUILD, order: str = "reference") -> list[BuildRow]:
    """The builds that are wanted, in one of ORDERS; three statements. Refuses build_order_unknown."""
    query = wanted.apply(Build.objects.select_related("part", "manufacturer", "responsible", "project_code"), today)
    builds = list(ordered_by(query, order))
    outputs, ordered = _outputs_of(builds), ordered_for(build.pk for build in builds)
    rows = []
    for build in builds:
        made, (units, received) = outputs[build.pk], ordered.get(build.pk, (ZERO, ZERO))
        rows.append(
            BuildRow(
                id=build.pk,
                reference=build.reference,
                title=build.title,
                part=build.part.label,
                status=BuildStatus(build.status).word,
                is_external=build.is_external,
                manufacturer=build.manufacturer.name if build.manufacturer else "",
                quantity=build.quantity,
                ordered=units,
                received=received,
                in_production=made[OutputState.IN_PRODUCTION],
                accepted=made[OutputState.ACCEPTED],
                rejected=made[OutputState.REJECTED],
                scrapped=made[OutputState.SCRAPPED],
                target_date=build.target_date,
                is_late=build.is_open and build.target_date is not None and build.target_date < today,
                start_date=build.start_date,
                priority=build.priority,
                responsible=build.responsible.username if build.responsible else "",
                project=build.project_code.code if build.project_code else "",
            )
        )
    return rows


def _outputs_of(builds: list[Build]) -> dict[int, dict[int, Decimal]]:
    sums: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    query = BuildOutput.objects.filter(build__any=[build.pk for build in builds]).values_list("build", "state")
    for build_id, state, units in query.annotate(Sum("quantity")).order_by():
        sums[build_id][state] += units
    return sums
