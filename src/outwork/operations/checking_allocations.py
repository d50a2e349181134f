"""Why stock may not be allocated to a line of a build: each kind of reason in a function of its own."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger.held import Held
from outwork.ledger.reserve import Key, Reserved
from outwork.models import Build, BuildLine, BuildOutput, Location
from outwork.operations.supplying import needed_from_us
from outwork.queries.bom import labels as labels_of
from outwork.queries.builds import fitting_parts, manufacturers_of
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OutputState

declare(
    line_is_consumable="{part} is consumable on {build}: it is never allocated",
    line_supplied_by_manufacturer="{part} is bought by the manufacturer on {build}: it needs no stock of ours",
    item_wrong_part="Item {item} is {found}; the line of {build} wants {part}",
    item_not_usable="{part}, item {item}: it is not in usable stock",
    item_expired="{part}, item {item}: it expired on {expiry}",
    item_at_another_manufacturer="{part}, item {item} lies at {company}, which does not build {build}",
    item_not_free="{part}, item {item}: {free} free, {asked} asked for",
    output_unknown="{build} has no output {output}",
    output_without_serial="Output {output} of {build} is a batch without serial numbers: allocate for the build instead",
    unit_missing="{part} is tracked: say for which unit of {build} it is, or that it is for the build as a whole",
)


@dataclass(frozen=True, slots=True)
class Take:
    """So much of an item for a line, in the part's unit; `output_id` for one unit (a serial number) of the build only."""

    line_id: int
    item_id: int
    quantity: Any
    output_id: int | None = None


def outputs_named(build: Build, takes: Iterable[Take]) -> dict[int, tuple[int, str | None]]:
    """The state and serial number of the outputs that takes name; one statement at most."""
    wanted = {take.output_id for take in takes if take.output_id is not None}
    if not wanted:
        return {}
    found = BuildOutput.objects.filter(build=build, pk__any=wanted).values_list("pk", "state", "item__serial")
    return {pk: (state, serial) for pk, state, serial in found}


def locations_at_companies(held: Iterable[Held]) -> dict[int | None, tuple[int, str]]:
    """The locations of these items that lie at a company: its id and name; one statement."""
    ids = {one.location_id for one in held if one.location_id is not None}
    found = Location.objects.filter(pk__any=ids, company__isnull=False).values_list("pk", "company", "company__name")
    return {pk: (company, name) for pk, company, name in found}


@dataclass(slots=True)
class Check:
    """What is known when allocations for a build are checked; `all` refuses with every reason there is."""

    build: Build
    lines: Mapping[int, BuildLine]
    held: Mapping[int, Held]
    reserved: Mapping[Key, Reserved]
    outputs: Mapping[int, tuple[int, str | None]]
    accept_without_unit: bool = False
    unfit_before: datetime.date | None = None
    reasons: Reasons = field(default_factory=Reasons)
    fitting: Mapping[int, Mapping[int, int]] = field(init=False)
    companies: frozenset[int] = field(init=False)
    ours: set[int] = field(init=False)
    places: Mapping[int | None, tuple[int, str]] = field(init=False)
    labels: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        lines = list(self.lines.values())
        self.fitting = fitting_parts(lines)
        self.companies = manufacturers_of(self.build)
        self.ours = needed_from_us(lines, self.companies)
        self.places = locations_at_companies(self.held.values())
        self.labels = labels_of(one.part_id for one in self.held.values())

    def all(self, takes: Sequence[Take], asked: Sequence[Decimal]) -> None:
        """Refuse allocations that may not be."""
        if not takes:
            self.reasons.add("rows_missing")
        free = self._free()
        taken: dict[int, Decimal] = defaultdict(Decimal)
        for index, (take, units) in enumerate(zip(takes, asked, strict=True)):
            line = self.lines.get(take.line_id)
            if line is None:
                self.reasons.add("line_unknown", build=self.build.reference, line=take.line_id, where=(index, "line"))
                continue
            item = self.held[take.item_id]
            self._line(line, take, index)
            self._item(line, item, index)
            self._unit(take, index)
            if item.serial is not None and units != units.to_integral_value():
                self.reasons.add("quantity_not_whole", value=units, where=(index, "quantity"))
            mine, already = (take.line_id, item.id), ZERO
            if take.output_id is not None:
                already = min(units, free[mine])
                free[mine] -= already
            taken[item.id] += units - already
            if taken[item.id] > item.free:
                self.reasons.add(
                    "item_not_free",
                    part=self.labels[item.part_id],
                    item=item.id,
                    free=item.free,
                    asked=taken[item.id],
                    where=(index, "quantity"),
                )
        self.reasons.raise_any()

    def name(self, item_id: int) -> str:
        """How people name an item."""
        return f"{self.labels[self.held[item_id].part_id]}, item {item_id}"

    def _free(self) -> dict[tuple[int, int], Decimal]:
        """What lines have of items without a unit, which can be given to one."""
        found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        found.update({key[:2]: one.quantity for key, one in self.reserved.items() if key[2] is None})
        return found

    def _line(self, line: BuildLine, take: Take, index: int) -> None:
        where = (index, "line")
        if line.is_consumable:
            self.reasons.add("line_is_consumable", part=line.part.label, build=self.build.reference, where=where)
        elif line.pk not in self.ours:
            self.reasons.add(
                "line_supplied_by_manufacturer", part=line.part.label, build=self.build.reference, where=where
            )
        if line.is_tracked and take.output_id is None and not (self.build.is_external or self.accept_without_unit):
            self.reasons.add("unit_missing", part=line.part.label, build=self.build.reference, where=(index, "output"))

    def _item(self, line: BuildLine, item: Held, index: int) -> None:
        where, part = (index, "item"), self.labels[item.part_id]
        if item.part_id not in self.fitting[line.pk]:
            self.reasons.add(
                "item_wrong_part",
                item=item.id,
                found=part,
                part=line.part.label,
                build=self.build.reference,
                where=where,
            )
        if not item.is_usable:
            self.reasons.add("item_not_usable", part=part, item=item.id, where=where)
        if item.expiry_date is not None and self.unfit_before is not None and item.expiry_date < self.unfit_before:
            self.reasons.add("item_expired", part=part, item=item.id, expiry=item.expiry_date, where=where)
        company = self.places.get(item.location_id)
        if company is not None and company[0] not in self.companies:
            self.reasons.add(
                "item_at_another_manufacturer",
                part=part,
                item=item.id,
                company=company[1],
                build=self.build.reference,
                where=where,
            )

    def _unit(self, take: Take, index: int) -> None:
        if take.output_id is None:
            return
        where, build = (index, "output"), self.build.reference
        state, serial = self.outputs.get(take.output_id, (None, None))
        if state is None:
            self.reasons.add("output_unknown", build=build, output=take.output_id, where=where)
        elif state != OutputState.IN_PRODUCTION:
            word = OutputState(state).word
            self.reasons.add("output_decided", build=build, output=take.output_id, state=word, where=where)
        elif serial is None:
            self.reasons.add("output_without_serial", build=build, output=take.output_id, where=where)
