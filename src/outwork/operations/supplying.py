"""Say who supplies the lines of a build: we send it, it is there already, they buy it, it is shipped directly."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.models import Build, BuildLine, Company, SupplyChoice, User
from outwork.operations import build_states
from outwork.operations.recording import Done, operation, record
from outwork.rules import states
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import OPEN_BUILD
from outwork.rules.supply import SUPPLIED_BY_THEM, Supply, is_ours

declare(
    line_has_allocations="{part} has {quantity} allocated to {build}: free that first, or keep supplying it",
    supply_of_internal_build="{build} is built by us: there is nobody else to supply its lines",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who supplies one line; None is undecided. With a manufacturer the choice is for that one only."""

    line_id: int
    supply: Supply | None
    manufacturer_id: int | None = None


@operation
def state_supply(
    *,
    build: Build,
    choices: Sequence[Choice],
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State the supply of some lines of an external build; `ids` holds the lines.

    Refuses wrong_state, supply_of_internal_build, no_lines_named, line_unknown, line_named_twice, supply_unknown,
    company_unknown, and line_has_allocations where a line is to be bought by the manufacturer while stock of
    ours is allocated to it.
    """
    return _state(lock_build(build, expected_version=expected_version), choices, actor, at)


def _state(build: Build, choices: Sequence[Choice], actor: User, at: datetime.datetime) -> Done:
    """State the supply of lines of a locked build."""
    states.require(build.status, OPEN_BUILD, build.reference)
    query = BuildLine.objects.filter(build=build).select_related("part")
    lines = {line.pk: line for line in query.annotate(allocated=Sum("allocations__quantity"))}
    reasons = Reasons()
    if not build.is_external:
        reasons.add("supply_of_internal_build", build=build.reference)
    elif not choices:
        reasons.add("no_lines_named")
    makers = {one.manufacturer_id for one in choices if one.manufacturer_id is not None}
    known = set(Company.objects.filter(pk__any=makers).values_list("pk", flat=True)) if makers else set()
    seen: set[tuple[int, int | None]] = set()
    for index, choice in enumerate(choices):
        if choice.line_id not in lines:
            reasons.add("line_unknown", build=build.reference, line=choice.line_id, where=(index, "line"))
        elif (choice.line_id, choice.manufacturer_id) in seen:
            reasons.add("line_named_twice", line=choice.line_id, where=(index, "line"))
        elif choice.supply is not None and choice.supply not in set(Supply):
            ways = [way.value for way in Supply]
            reasons.add("supply_unknown", value=choice.supply, known=ways, where=(index, "supply"))
        elif choice.manufacturer_id is not None and choice.manufacturer_id not in known:
            reasons.add("company_unknown", company=choice.manufacturer_id, where=(index, "manufacturer"))
        elif choice.supply in SUPPLIED_BY_THEM and choice.manufacturer_id is None and lines[choice.line_id].allocated:
            line = lines[choice.line_id]
            reasons.add(
                "line_has_allocations",
                part=line.part.label,
                quantity=line.allocated,
                build=build.reference,
                where=(index, "supply"),
            )
        seen.add((choice.line_id, choice.manufacturer_id))
    reasons.raise_any()
    said = [{"line": one.line_id, "supply": one.supply, "manufacturer": one.manufacturer_id} for one in choices]
    event = record("build.supply stated", build, actor=actor, at=at, data={"choices": said})
    rows.update(BuildLine, ("supply",), [(one.line_id, one.supply) for one in choices if one.manufacturer_id is None])
    choose_for_manufacturers([one for one in choices if one.manufacturer_id is not None])
    build_states.touch(build)
    return Done(event.pk, [one.line_id for one in choices])


@operation
def supply_everything(
    *,
    build: Build,
    supply: Supply,
    actor: User,
    at: datetime.datetime,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """State one supply for all lines that a build has by now: all ours, or turnkey.

    Refuses what `state_supply` refuses.
    """
    build = lock_build(build, expected_version=expected_version)
    lines = BuildLine.objects.filter(build=build).values_list("pk", flat=True)
    return _state(build, [Choice(line, supply) for line in lines], actor, at)


def supply_at(lines: Sequence[BuildLine], manufacturer_id: int | None) -> dict[int, str | None]:
    """Who supplies each line at one manufacturer: its own choice there, else the line's; one statement."""
    stated = {line.pk: line.supply for line in lines}
    if manufacturer_id is not None and lines:
        own = SupplyChoice.objects.filter(
            build_line__build=lines[0].build_id, manufacturer=manufacturer_id
        ).values_list("build_line", "supply")
        stated.update((line, supply) for line, supply in own if line in stated)
    return stated


def needed_from_us(lines: Sequence[BuildLine], manufacturers: Collection[int]) -> set[int]:
    """The lines that stock of ours is for: those that one of the manufacturers at least does not buy; one statement."""
    stated: dict[tuple[int, int], str | None] = {}
    if manufacturers and lines:
        own = SupplyChoice.objects.filter(build_line__build=lines[0].build_id)
        stated = {(line, maker): supply for line, maker, supply in own.values_list(*_CHOICE)}
    return {
        line.pk
        for line in lines
        if any(is_ours(stated.get((line.pk, maker), line.supply)) for maker in manufacturers)
        or (not manufacturers and is_ours(line.supply))
    }


_CHOICE = ("build_line", "manufacturer", "supply")


def choose_for_manufacturers(choices: Sequence[Choice]) -> None:
    """Write the choices that are for one manufacturer each; the caller holds the build's lock."""
    if not choices:
        return
    old = Q()
    for manufacturer in {one.manufacturer_id for one in choices}:
        mine = [one.line_id for one in choices if one.manufacturer_id == manufacturer]
        old |= Q(manufacturer=manufacturer, build_line__any=mine)
    SupplyChoice.objects.filter(old)._raw_delete(SupplyChoice.objects.db)
    rows.insert(
        SupplyChoice,
        ("build_line_id", "manufacturer_id", "supply"),
        [(one.line_id, one.manufacturer_id, one.supply) for one in choices],
    )
