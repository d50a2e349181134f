"""Make the builds of the sub-assemblies that a build misses, at every depth, in one call."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.models import Build, Company, Event, Location, Part, User
from outwork.operations import build_states
from outwork.operations.creating_build import company_facts, part_facts
from outwork.operations.following_bom import follow_boms
from outwork.operations.numbering import take_references
from outwork.operations.recording import Done, operation, record
from outwork.operations.sending import make_location_of
from outwork.queries.bom_validity import validity
from outwork.queries.builds import lines_of
from outwork.queries.default_locations import default_locations
from outwork.queries.settings import all_settings
from outwork.queries.sub_builds import sub_build_plan
from outwork.rules import states
from outwork.rules.external import Demands, check_buildable, check_demands, check_manufacturer
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_BUILD, BuildStatus
from outwork.rules.subbuilding import SubBuild

declare(
    nothing_to_build="{build} misses no sub-assembly that could be built",
    part_not_built_for="Nothing of {part} is to be built for {build}",
)


@dataclass(frozen=True, slots=True)
class Way:
    """How a sub-assembly is had: built by us, by a manufacturer (`manufacturer_id`, or one to be found), or bought."""

    part_id: int
    is_external: bool = False
    manufacturer_id: int | None = None
    is_bought: bool = False


@operation
def make_sub_builds(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    ways: Sequence[Way] = (),
    lines: Collection[int] | None = None,
    use_stock: bool = True,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Make pending builds of what the build's assembly lines miss, and of what those miss in their turn.

    `ids` holds them, each below its parent. We build a part ourselves unless its `way` says otherwise. Each feeds its
    parent: its units are allocated there when they are accepted. They lie at the manufacturer of the parent, so that
    they go straight there, else where the parent's do; they are due when the parent begins, else when it is due, and
    have its project, priority and responsible. Free stock is used first, unless not `use_stock`. Refuses wrong_state,
    line_unknown, nothing_to_build, part_not_built_for, company_unknown, and what `create_build` refuses about a part,
    its manufacturer and settings. So many statements a level of the BOM, however many builds there are.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    _check_lines(build, lines or ())
    bought = {way.part_id for way in ways if way.is_bought}
    plan = sub_build_plan(build, line_ids=lines, bought=bought, use_stock=use_stock).builds
    settings = all_settings()
    chosen = {way.part_id: way for way in ways}
    makers = {way.manufacturer_id for way in ways if way.manufacturer_id is not None}
    companies = {one.pk: one for one in Company.objects.filter(pk__any=makers)} if makers else {}
    parts = {part.pk: part for part in Part.objects.filter(pk__any={one.part_id for one in plan})}
    _check(build, plan, ways, parts, companies, settings)

    made = _builds(build, plan, chosen, parts, settings, at)
    event = record("build.sub-builds made", build, actor=actor, at=at, data={"builds": [one.reference for one in made]})
    _insert(made, event)
    follow_boms(made, event)
    build_states.touch(build)
    told = [
        {
            "id": one.pk,
            "reference": one.reference,
            "part": parts[one.part_id].label,
            "quantity": as_text(one.quantity),
            "from_stock": as_text(planned.from_stock),
            "parent": one.parent_id,
        }
        for one, planned in zip(made, plan, strict=True)
    ]
    return Done(event.pk, [one.pk for one in made], data={"builds": told})


def _check_lines(build: Build, named: Collection[int]) -> None:
    reasons, known = Reasons(), {line.pk for line in lines_of(build.pk)} if named else set()
    for index, line_id in enumerate(named):
        if line_id not in known:
            reasons.add("line_unknown", build=build.reference, line=line_id, where=(index, "line"))
    reasons.raise_any()


def _check(
    build: Build,
    plan: Sequence[SubBuild],
    ways: Sequence[Way],
    parts: Mapping[int, Part],
    companies: Mapping[int, Company],
    settings: Mapping[str, Any],
) -> None:
    """Refuse what cannot be built as asked."""
    reasons = Reasons()
    if not plan:
        reasons.add("nothing_to_build", build=build.reference)
    chosen = {way.part_id: (index, way) for index, way in enumerate(ways)}
    demands = Demands.of(settings)
    valid = validity(list(parts)) if demands.valid_bom else {}
    for part in parts.values():
        index, way = chosen.get(part.pk, (None, Way(part.pk)))
        is_external = way.is_external or way.manufacturer_id is not None
        switched_on = settings["BUILDORDER_EXTERNAL_BUILDS"]
        reasons.found += check_buildable(part_facts(part), is_external=is_external, switched_on=switched_on).found
        reasons.found += check_demands(
            demands,
            part_facts(part),
            is_valid=not demands.valid_bom or valid[part.pk].is_valid,
            has_responsible=build.responsible_id is not None,
        ).found
        if way.manufacturer_id is not None and way.manufacturer_id not in companies:
            reasons.add("company_unknown", company=way.manufacturer_id, where=(index or 0, "manufacturer"))
        elif way.manufacturer_id is not None:
            facts = company_facts(companies[way.manufacturer_id])
            reasons.found += check_manufacturer(facts, part.label, where=(index or 0, "manufacturer")).found
    if plan:
        for index, way in enumerate(ways):
            if way.part_id not in parts and not way.is_bought:
                labels = dict(Part.objects.filter(pk=way.part_id).values_list("pk", "name"))
                name = labels.get(way.part_id, str(way.part_id))
                reasons.add("part_not_built_for", part=name, build=build.reference, where=(index, "part"))
    reasons.raise_any()


def _builds(
    build: Build,
    plan: Sequence[SubBuild],
    chosen: Mapping[int, Way],
    parts: Mapping[int, Part],
    settings: Mapping[str, Any],
    at: datetime.datetime,
) -> list[Build]:
    """The builds to be made, each after its parent; not written yet."""
    ids = rows.take_ids(Build, len(plan))
    numbered = take_references(Build, settings["BUILDORDER_REFERENCE_PATTERN"], len(plan), at=at)
    made: list[Build] = []
    for pk, (reference, number), planned in zip(ids, numbered, plan, strict=True):
        parent = build if planned.parent is None else made[planned.parent]
        way = chosen.get(planned.part_id, Way(planned.part_id))
        is_external = way.is_external or way.manufacturer_id is not None
        made.append(
            Build(
                pk=pk,
                reference=reference,
                reference_number=number,
                part=parts[planned.part_id],
                quantity=planned.quantity,
                is_external=is_external,
                manufacturer_id=way.manufacturer_id,
                parent=parent,
                feeds_parent=True,
                consume=settings["BUILDORDER_CONSUME_EXTERNAL" if is_external else "BUILDORDER_CONSUME_INTERNAL"],
                priority=build.priority,
                responsible_id=build.responsible_id,
                project_code_id=build.project_code_id,
                target_date=parent.start_date or parent.target_date,
                status=BuildStatus.PENDING,
                created_at=at,
            )
        )
    _say_where(build, made)
    return made


def _say_where(top: Build, made: Sequence[Build]) -> None:
    """Let units go straight to the manufacturer of their parent, else where the parent's own units go."""
    makers = {one.manufacturer_id for one in (top, *made) if one.manufacturer_id is not None}
    places: dict[int, int] = {}
    if makers:
        known = Location.objects.filter(company__any=makers, is_structural=False)
        known = known.order_by(F("parent_id").desc(nulls_last=True), "-pk")  # the topmost comes last, and stays
        places = {company: pk for company, pk in known.values_list("company", "pk") if company is not None}
        for company in Company.objects.filter(pk__any=makers - places.keys()):
            places[company.pk] = make_location_of(company).pk
    usual = default_locations({one.part for one in made})
    for one in made:
        parent = one.parent
        assert parent is not None
        if parent.manufacturer_id is not None:
            one.destination_id = places[parent.manufacturer_id]
        else:
            source = parent.take_from if parent.take_from and not parent.take_from.is_structural else None
            one.destination_id = (source.pk if source else None) or usual[one.part_id] or parent.destination_id


def _insert(made: Sequence[Build], event: Event) -> None:
    """Write the builds, each with the event of its making."""
    names = (
        *("id", "reference", "reference_number", "part_id", "quantity", "status", "is_external", "manufacturer_id"),
        *("parent_id", "feeds_parent", "destination_id", "consume", "priority", "responsible_id", "project_code_id"),
        *("target_date", "created_at"),
    )
    rows.insert(Build, names, [tuple(getattr(one, name) for name in ("pk", *names[1:])) for one in made])
    rows.insert(
        Event,
        ("kind", "actor_id", "at", "recorded_at", "build_id", "data"),
        [("build.created", event.actor_id, event.at, event.recorded_at, one.pk, {"by": event.pk}) for one in made],
    )
