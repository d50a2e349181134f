"""Create build orders, internal and external, with the lines that their BOM asks for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from outwork.models import Build, Company, Location, Part, ProjectCode, User
from outwork.operations.following_bom import follow_bom
from outwork.operations.numbering import take_reference
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.bom_validity import is_valid
from outwork.queries.default_locations import default_locations
from outwork.queries.settings import all_settings
from outwork.rules.external import CompanyFacts, Demands, PartFacts, check_buildable, check_demands, check_manufacturer
from outwork.rules.quantities import quantity as read_quantity
from outwork.rules.quantities import whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen

declare(
    build_consume_unknown="{value} is no time to consume; it is one of {known}",
    build_priority_invalid="A priority is a whole number from 0 to {limit}, not {value}",
    manufacturer_of_internal_build="Only an external build order has a manufacturer",
    responsible_missing="Say who answers for it",
    parent_missing="Say which build order it feeds",
    parent_not_open="{build} is complete or cancelled: nothing is built for it any more",
)

PRIORITY_LIMIT = 2_147_483_647


def part_facts(part: Part) -> PartFacts:
    """What the rules want to know about a part."""
    return PartFacts(part.label, part.is_assembly, part.is_purchaseable, part.is_active, part.is_locked)


def company_facts(company: Company) -> CompanyFacts:
    """What the rules want to know about a company."""
    return CompanyFacts(company.name, company.is_supplier, company.is_manufacturer)


@operation
def create_build(
    *,
    part: Part,
    quantity: Any,
    actor: User,
    at: datetime.datetime,
    is_external: bool = False,
    manufacturer: Company | None = None,
    consume: ConsumeWhen | None = None,
    reference: str | None = None,
    title: str = "",
    batch: str = "",
    parent: Build | None = None,
    feeds_parent: bool = False,
    take_from: Location | None = None,
    destination: Location | None = None,
    start_date: datetime.date | None = None,
    target_date: datetime.date | None = None,
    priority: int = 0,
    responsible: User | None = None,
    project_code: ProjectCode | None = None,
    link: str = "",
    note: str = "",
    key: str | None = None,
) -> Done:
    """Create a pending build order; `ids` holds it.

    `quantity` is in the assembly's unit, whole for a trackable one. Components are consumed at acceptance or at
    finish as `consume` says, else as the company does for builds of this kind. The units of one that `feeds_parent` are
    allocated to its parent when they are accepted. `take_from` may be structural: it stands for all that lies in it.
    Refuses part_not_assembly, part_not_purchaseable, external_builds_off, company_not_supplier,
    company_not_manufacturer, manufacturer_of_internal_build, dates_reversed, location_structural,
    build_consume_unknown, build_priority_invalid, parent_missing, parent_not_open, project_not_active, what the settings
    BUILDORDER_REQUIRE_... ask for (part_not_active, part_not_locked, bom_not_valid, responsible_missing),
    reference_used, reference_mismatch, bad quantities and long texts.
    """
    settings = all_settings()
    part = Part.objects.select_related("default_location").get(pk=part.pk)
    usual = settings["BUILDORDER_CONSUME_EXTERNAL" if is_external else "BUILDORDER_CONSUME_INTERNAL"]
    facts = {
        "title": title,
        "part": part,
        "is_external": is_external,
        "manufacturer": manufacturer,
        "parent": parent,
        "feeds_parent": feeds_parent,
        "take_from": take_from,
        "destination": destination,
        "batch": batch,
        "consume": consume or usual,
        "priority": priority,
        "responsible": responsible,
        "project_code": project_code,
        "link": link,
        "note": note,
        "start_date": start_date,
        "target_date": target_date,
    }
    reasons = _check(facts, settings)
    facts["quantity"] = _units(part, quantity, reasons)
    reasons.raise_any()
    del facts["destination"]
    facts["destination_id"] = destination.pk if destination else default_locations([part])[part.pk]

    reference, number = take_reference(Build, settings["BUILDORDER_REFERENCE_PATTERN"], at=at, given=reference)
    build = Build.objects.create(
        reference=reference, reference_number=number, status=BuildStatus.PENDING, created_at=at, **facts
    )
    event = record("build.created", build, actor=actor, at=at)
    follow_bom(build, event)
    return Done(event.pk, [build.pk], data={"reference": reference})


def _check(facts: Mapping[str, Any], settings: Mapping[str, Any]) -> Reasons:
    """Why a build order cannot be made like this; a statement more where the BOM has to be valid."""
    part, manufacturer, parent = facts["part"], facts["manufacturer"], facts["parent"]
    reasons = check_buildable(
        part_facts(part), is_external=facts["is_external"], switched_on=settings["BUILDORDER_EXTERNAL_BUILDS"]
    )
    demands = Demands.of(settings)
    reasons.found += check_demands(
        demands,
        part_facts(part),
        is_valid=not demands.valid_bom or is_valid(part),
        has_responsible=facts["responsible"] is not None,
    ).found
    if manufacturer is not None and not facts["is_external"]:
        reasons.add("manufacturer_of_internal_build", where=("manufacturer",))
    elif manufacturer is not None:
        reasons.found += check_manufacturer(company_facts(manufacturer), part.label, where=("manufacturer",)).found
    if facts["feeds_parent"] and parent is None:
        reasons.add("parent_missing", where=("parent",))
    check_parent(parent, reasons)
    check_places_and_dates(facts, reasons)
    check_facts(facts, reasons)
    return reasons


def check_parent(parent: Build | None, reasons: Reasons) -> None:
    """Note a parent that is over by now; one statement where there is one."""
    if parent is not None and not Build.objects.open().filter(pk=parent.pk).exists():
        reasons.add("parent_not_open", build=parent.reference, where=("parent",))


def check_places_and_dates(facts: Mapping[str, Any], reasons: Reasons) -> None:
    """Note dates that are the wrong way round, and a destination that nothing can lie at."""
    start, target, destination = facts["start_date"], facts["target_date"], facts["destination"]
    if start and target and start > target:
        reasons.add("dates_reversed", start=start, target=target, where=("target_date",))
    if destination is not None and destination.is_structural:
        reasons.add("location_structural", location=destination.path or destination.name, where=("destination",))


def check_facts(facts: Mapping[str, Any], reasons: Reasons) -> None:
    """Note what a build order cannot say about itself: long texts, a strange time to consume, a bad priority."""
    check_texts(Build, {name: facts[name] for name in ("title", "batch", "link") if name in facts}, reasons)
    if "consume" in facts and facts["consume"] not in set(ConsumeWhen):
        known = [one.value for one in ConsumeWhen]
        reasons.add("build_consume_unknown", value=facts["consume"], known=known, where=("consume",))
    priority = facts.get("priority", 0)
    if not isinstance(priority, int) or not 0 <= priority <= PRIORITY_LIMIT:
        reasons.add("build_priority_invalid", value=priority, limit=PRIORITY_LIMIT, where=("priority",))
    project: ProjectCode | None = facts.get("project_code")
    if project is not None and not project.is_active:
        reasons.add("project_not_active", project=project.code, where=("project_code",))


def _units(part: Part, quantity: Any, reasons: Reasons) -> Decimal:
    try:
        units = read_quantity(quantity, where=("quantity",))
        if part.is_trackable:
            whole(units, where=("quantity",))
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return Decimal(1)
    return units
