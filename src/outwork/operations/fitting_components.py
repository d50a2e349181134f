"""Say which tracked component goes into which unit, serial number by serial number, and see that none is missing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.models import Build, BuildLine, BuildOutput, StockItem, User
from outwork.operations.allocating import Take, book
from outwork.operations.chosen import Chosen
from outwork.operations.recording import Done, operation
from outwork.operations.supplying import supply_at
from outwork.queries.builds import fitting_parts, lines_of
from outwork.queries.tracked import Unfitted, Unit, in_units, tracked_lines, unfitted
from outwork.rules import states
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_BUILD, OutputState
from outwork.rules.supply import is_ours

declare(
    unit_serial_unknown="{build} has no unit {serial} in production",
    component_unknown="There is no component {serial} in stock that goes into {build}",
    component_ambiguous="{serial} may be {found}: name the line",
    component_without_line="{part} {serial} is no tracked component of {build}",
    line_not_tracked="{part} is no tracked component of {build}",
    components_missing="Unit {unit} has {there} of {needed} {part}; fit them, or accept it without and say why",
    components_missing_reason="Units are accepted without their components only with a reason",
)


@dataclass(frozen=True, slots=True)
class Fit:
    """This component goes into that unit, both by serial number; the line where a part is on several of them."""

    unit: str
    component: str
    line_id: int | None = None


@operation
def fit_components(
    *,
    build: Build,
    fits: Sequence[Fit],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Allocate components with serial numbers to units in production; `ids` holds the components.

    They are in their unit once it is built: at acceptance, or at finish where the build consumes then. A component
    that was sent for the build as a whole is given to its unit. Refuses wrong_state, rows_missing,
    unit_serial_unknown, component_unknown, component_ambiguous, component_without_line, line_unknown, line_not_tracked,
    and what `allocate` refuses.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    return book(build, _takes(build, fits), actor=actor, at=at)


def _takes(build: Build, fits: Sequence[Fit]) -> list[Take]:
    """The allocations that are meant; refuses serial numbers that mean nothing or several things."""
    reasons, takes = Reasons(), []
    lines = lines_of(build.pk)
    fitting = fitting_parts(lines)
    known, tracked = {line.pk: line for line in lines}, tracked_lines(lines)
    units = _units(build, fits)
    components = _components(fits, {part_id for line in tracked for part_id in fitting[line.pk]})
    there = in_units(list(units.values()))
    for index, fit in enumerate(fits):
        output_id = units.get(fit.unit.strip())
        if output_id is None:
            reasons.add("unit_serial_unknown", build=build.reference, serial=fit.unit, where=(index, "unit"))
        named = known.get(fit.line_id) if fit.line_id is not None else None
        if fit.line_id is not None and named is None:
            reasons.add("line_unknown", build=build.reference, line=fit.line_id, where=(index, "line"))
        elif named is not None and named not in tracked:
            reasons.add("line_not_tracked", part=named.part.label, build=build.reference, where=(index, "line"))
        meant = [line for line in tracked if named is None or line.pk == named.pk]
        found = [
            one for one in components[fit.component.strip()] if any(one.part_id in fitting[line.pk] for line in meant)
        ]
        where = (index, "component")
        if not found:
            reasons.add("component_unknown", serial=fit.component, build=build.reference, where=where)
        elif len(found) > 1:
            parts = sorted(one.part.label for one in found)
            reasons.add("component_ambiguous", serial=fit.component, found=parts, where=where)
        if reasons.found or output_id is None:
            continue
        fitting_lines = [line for line in meant if found[0].part_id in fitting[line.pk]]
        line = next(
            (line for line in fitting_lines if there.get((output_id, line.pk), ZERO) < line.per_unit), fitting_lines[0]
        )
        there[output_id, line.pk] = there.get((output_id, line.pk), ZERO) + 1
        takes.append(Take(line.pk, found[0].pk, 1, output_id))
    reasons.raise_any()
    return takes


def _units(build: Build, fits: Sequence[Fit]) -> dict[str, int]:
    """The outputs of the units named, by serial number; one statement."""
    query = BuildOutput.objects.filter(
        build=build, state=OutputState.IN_PRODUCTION, item__serial__any=[fit.unit.strip() for fit in fits]
    )
    return {serial: pk for serial, pk in query.values_list("item__serial", "pk") if serial is not None}


def _components(fits: Sequence[Fit], part_ids: set[int]) -> Mapping[str, list[StockItem]]:
    """The items in stock with the serial numbers named, of parts that are wanted; one statement."""
    query = StockItem.objects.filter(
        serial__any=[fit.component.strip() for fit in fits],
        part__any=part_ids,
        place__in=(PlaceKind.LOCATION, PlaceKind.UNPLACED),
    )
    found: dict[str, list[StockItem]] = defaultdict(list)
    for item in query.select_related("part").order_by("pk"):
        found[str(item.serial)].append(item)
    return found


def missing_in(build: Build, outputs: Sequence[tuple[BuildOutput, Decimal]]) -> list[Unfitted]:
    """Which tracked components of ours the units miss, per unit x quantity (G22), what is in them counted (G18).

    Optional lines and lines that their manufacturer buys count for nothing; one statement where nothing is tracked.
    """
    if not BuildLine.objects.filter(build=build, is_tracked=True, is_consumable=False, is_optional=False).exists():
        return []
    lines = lines_of(build.pk)
    serials = dict(BuildOutput.objects.filter(pk__any=[one.pk for one, _ in outputs]).values_list("pk", "item__serial"))
    units = [
        Unit(one.pk, serials.get(one.pk), quantity, one.revision, one.manufacturer_id) for one, quantity in outputs
    ]
    missing: list[Unfitted] = []
    for maker in sorted({unit.manufacturer_id for unit in units}, key=lambda pk: pk or 0):
        supplies = supply_at(lines, maker)
        mine = [line for line in lines if is_ours(supplies[line.pk])]
        missing += unfitted([unit for unit in units if unit.manufacturer_id == maker], mine)
    return missing


def require_components(
    build: Build, outputs: Sequence[tuple[BuildOutput, Decimal]], *, accept_incomplete: bool, reason: str
) -> None:
    """Refuse units that miss tracked components, unless that is accepted with a reason.

    Refuses components_missing (for every unit and line), components_missing_reason.
    """
    reasons = Reasons()
    places = {one.pk: index for index, (one, _) in enumerate(outputs)}
    for one in missing_in(build, outputs):
        if not accept_incomplete:
            reasons.add(
                "components_missing",
                unit=one.unit.name,
                there=one.there,
                needed=one.needed,
                part=one.line.part.label,
                where=(places[one.unit.output_id], "output"),
            )
        elif not reason.strip():
            reasons.add("components_missing_reason", where=("note",))
            break
    reasons.raise_any()


def left_to_fit(build: Build, chosen: Sequence[Chosen]) -> tuple[list[Chosen], list[dict[str, Any]]]:
    """Of units that came just now, those that can be accepted at once; says which wait for their components.

    Of a complete build nothing can wait any more.
    """
    missing = missing_in(build, [(one.output, one.units) for one in chosen]) if build.is_open else []
    waiting = {one.unit.output_id for one in missing}
    if not waiting:
        return list(chosen), []
    said = {
        "code": "components_to_fit",
        "build": build.reference,
        "quantity": as_text(sum((one.units for one in chosen if one.output.pk in waiting), ZERO)),
        "parts": sorted({one.line.part.label for one in missing}),
    }
    return [one for one in chosen if one.output.pk not in waiting], [said]
