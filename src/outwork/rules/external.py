"""External builds: who may build what, and which order line may feed which build (design section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_BUILD, BuildStatus

declare(
    external_builds_off="External build orders are switched off: an owner can switch BUILDORDER_EXTERNAL_BUILDS on"
    " in the settings",
    part_not_assembly="{part} is not an assembly, so it cannot be built",
    part_not_active="{part} is not active any more",
    part_not_locked="{part} is not locked, so no build order is made for it",
    bom_not_valid="The bill of materials of {part} is not validated as it is, so no build order is made for it",
    part_not_purchaseable="{part} is not purchaseable, so it cannot be built outside",
    company_not_manufacturer="{company} is not a manufacturer, so it cannot build {part}",
    no_supplier_part="{company} has no supplier part for {part}: make one first",
    build_not_external="{build} is not an external build order",
    build_not_open="{build} is {state}: a line can be linked only to an open build order",
    build_of_another_part="{build} makes {built}, the line orders {part}",
    external_flag_fixed="{build} has {lines} order lines and {outputs} outputs: external cannot be changed any more",
    line_not_linked_to_build="{part} is an assembly: its order line must be linked to an external build order",
)


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What matters about a part for building it."""

    label: str
    is_assembly: bool
    is_purchaseable: bool
    is_active: bool
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Demands:
    """What the company asks of a build order before it is made (the settings BUILDORDER_REQUIRE_...)."""

    active_part: bool = False
    locked_part: bool = False
    valid_bom: bool = False
    responsible: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Demands:
        """As the settings have it."""
        return cls(
            active_part=settings["BUILDORDER_REQUIRE_ACTIVE_PART"],
            locked_part=settings["BUILDORDER_REQUIRE_LOCKED_PART"],
            valid_bom=settings["BUILDORDER_REQUIRE_VALID_BOM"],
            responsible=settings["BUILDORDER_REQUIRE_RESPONSIBLE"],
        )


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What matters about a company for building with it."""

    name: str
    is_supplier: bool
    is_manufacturer: bool


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What matters about a build for linking a line to it."""

    reference: str
    status: int
    is_external: bool
    part_id: int
    part: str


def check_buildable(part: PartFacts, *, is_external: bool, switched_on: bool) -> Reasons:
    """Why a part cannot be built like this: rules 1 and 2."""
    reasons = Reasons()
    if not part.is_assembly:
        reasons.add("part_not_assembly", part=part.label, where=("part",))
    if is_external and not switched_on:
        reasons.add("external_builds_off", where=("is_external",))
    if is_external and not part.is_purchaseable:
        reasons.add("part_not_purchaseable", part=part.label, where=("is_external",))
    return reasons


def check_demands(demands: Demands, part: PartFacts, *, is_valid: bool, has_responsible: bool) -> Reasons:
    """Why a build order does not meet what the company asks of one (semantics A1)."""
    reasons = Reasons()
    if demands.active_part and not part.is_active:
        reasons.add("part_not_active", part=part.label, where=("part",))
    if demands.locked_part and not part.is_locked:
        reasons.add("part_not_locked", part=part.label, where=("part",))
    if demands.valid_bom and not is_valid:
        reasons.add("bom_not_valid", part=part.label, where=("part",))
    if demands.responsible and not has_responsible:
        reasons.add("responsible_missing", where=("responsible",))
    return reasons


def check_manufacturer(company: CompanyFacts, part: str, *, where: tuple[str | int, ...] = ()) -> Reasons:
    """Why a company cannot build: it must sell and make (rule 3)."""
    reasons = Reasons()
    if not company.is_supplier:
        reasons.add("company_not_supplier", company=company.name, where=where)
    if not company.is_manufacturer:
        reasons.add("company_not_manufacturer", company=company.name, part=part, where=where)
    return reasons


def check_link(
    build: BuildFacts,
    *,
    part_id: int,
    part: str,
    supplier: CompanyFacts,
    switched_on: bool,
    where: tuple[str | int, ...] = (),
) -> Reasons:
    """Why an order line for a part of a supplier may not feed a build: rules 1 and 3, each case with its code."""
    reasons = Reasons()
    if not switched_on:
        reasons.add("external_builds_off", where=where)
    if not build.is_external:
        reasons.add("build_not_external", build=build.reference, where=where)
    if build.status not in OPEN_BUILD:
        reasons.add("build_not_open", build=build.reference, state=BuildStatus(build.status).word, where=where)
    if build.part_id != part_id:
        reasons.add("build_of_another_part", build=build.reference, built=build.part, part=part, where=where)
    reasons.found += check_manufacturer(supplier, part, where=where).found
    return reasons
