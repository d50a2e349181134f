"""Create build orders, internal and external, with the lines that their BOM asks for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from outwork.models import Build, Company, Location, Part, User
from outwork.operations.following_bom import follow_bom
from outwork.operations.numbering import take_reference
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.default_locations import default_locations
from outwork.queries.settings import all_settings
from outwork.rules.external import CompanyFacts, PartFacts, check_buildable, check_manufacturer
from outwork.rules.quantities import quantity as read_quantity
from outwork.rules.quantities import whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen

declare(
    build_consume_unknown="{value} is no time to consume; it is one of {known}",
    build_priority_invalid="A priority is a whole number from 0 to {limit}, not {value}",
    manufacturer_of_internal_build="Only an external build order has a manufacturer",
)

PRIORITY_LIMIT = 2_147_483_647


def part_facts(part: Part) -> PartFacts:
    """What the rules want to know about a part."""
    return PartFacts(part.label, part.is_assembly, part.is_purchaseable, part.is_active)


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
    take_from: Location | None = None,
    destination: Location | None = None,
    start_date: datetime.date | None = None,
    target_date: datetime.date | None = None,
    priority: int = 0,
    responsible: User | None = None,
    note: str = "",
    key: str | None = None,
) -> Done:
    """Create a pending build order; `ids` holds it.

    `quantity` is in the assembly's unit, whole for a trackable one. Components are consumed at acceptance
    (external) or at finish (internal) unless `consume` says otherwise. Refuses: part_not_assembly,
    part_not_active, part_not_purchaseable, external_builds_off, company_not_supplier,
    company_not_manufacturer, manufacturer_of_internal_build, dates_reversed, location_structural,
    build_consume_unknown, build_priority_invalid, reference_used, reference_mismatch, bad quantities and long
    texts. `take_from` may be structural: it stands for all that lies in it.
    """
    settings = all_settings()
    part = Part.objects.get(pk=part.pk)
    reasons = check_buildable(
        part_facts(part), is_external=is_external, switched_on=settings["BUILDORDER_EXTERNAL_BUILDS"]
    )
    if manufacturer is not None and not is_external:
        reasons.add("manufacturer_of_internal_build", where=("manufacturer",))
    elif manufacturer is not None:
        reasons.found += check_manufacturer(company_facts(manufacturer), part.label, where=("manufacturer",)).found
    if start_date and target_date and start_date > target_date:
        reasons.add("dates_reversed", start=start_date, target=target_date, where=("target_date",))
    if destination is not None and destination.is_structural:
        reasons.add("location_structural", location=destination.path or destination.name, where=("destination",))
    consume = consume or (ConsumeWhen.ACCEPTANCE if is_external else ConsumeWhen.FINISH)
    check_facts({"title": title, "batch": batch, "priority": priority, "consume": consume}, reasons)
    units = _units(part, quantity, reasons)
    reasons.raise_any()

    reference, number = take_reference(Build, settings["BUILDORDER_REFERENCE_PATTERN"], at=at, given=reference)
    build = Build.objects.create(
        reference=reference,
        reference_number=number,
        title=title,
        part=part,
        quantity=units,
        status=BuildStatus.PENDING,
        is_external=is_external,
        manufacturer=manufacturer,
        parent=parent,
        take_from=take_from,
        destination_id=destination.pk if destination else default_locations([part])[part.pk],
        batch=batch,
        consume=consume,
        priority=priority,
        responsible=responsible,
        note=note,
        start_date=start_date,
        target_date=target_date,
        created_at=at,
    )
    event = record("build.created", build, actor=actor, at=at)
    follow_bom(build, event)
    return Done(event.pk, [build.pk], data={"reference": reference})


def check_facts(facts: Mapping[str, Any], reasons: Reasons) -> None:
    """Note what a build order cannot say about itself: long texts, a strange time to consume, a bad priority."""
    check_texts(Build, {name: facts[name] for name in ("title", "batch", "link") if name in facts}, reasons)
    if "consume" in facts and facts["consume"] not in set(ConsumeWhen):
        known = [one.value for one in ConsumeWhen]
        reasons.add("build_consume_unknown", value=facts["consume"], known=known, where=("consume",))
    priority = facts.get("priority", 0)
    if not isinstance(priority, int) or not 0 <= priority <= PRIORITY_LIMIT:
        reasons.add("build_priority_invalid", value=priority, limit=PRIORITY_LIMIT, where=("priority",))


def _units(part: Part, quantity: Any, reasons: Reasons) -> Decimal:
    try:
        units = read_quantity(quantity, where=("quantity",))
        if part.is_trackable:
            whole(units, where=("quantity",))
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return Decimal(1)
    return units
