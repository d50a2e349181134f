"""Take a changed BOM over into a frozen build, for the units that have not come yet."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from outwork.ledger import rows
from outwork.ledger.documents import lock_build
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, hold_for_build
from outwork.models import Build, BuildLine, BuildOutput, Event, SupplyChoice, User
from outwork.operations.following_bom import COPIED, copy_line, copy_substitutes
from outwork.operations.recording import Done, operation, record
from outwork.queries.bom_difference import Difference, bom_difference
from outwork.queries.builds import need_of
from outwork.rules import states
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import declare, refuse
from outwork.rules.requirement import required
from outwork.rules.states import BuildStatus, OutputState

declare(
    build_not_frozen="{build} is not issued yet: its lines follow the BOM by themselves",
    nothing_to_take_over="{build} is built to the BOM as it is: there is nothing to take over",
)


@operation
def take_over_bom(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Build what has not come yet to the BOM as it is now; `ids` holds the new lines.

    The build's revision rises. Units received before keep the lines they were built to, which go on needing
    what those units need; a changed or removed line gives the rest of its allocations to the new line of the
    same part, or frees them. The new line of the same part is supplied as the old one was, at each
    manufacturer. Refuses wrong_state, build_not_frozen, nothing_to_take_over.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, {BuildStatus.PRODUCTION, BuildStatus.ON_HOLD, BuildStatus.PENDING}, build.reference)
    if build.issued_at is None:
        refuse("build_not_frozen", build=build.reference)
    differences = bom_difference(build)
    if not differences:
        refuse("nothing_to_take_over", build=build.reference)

    told = [{"part": one.part, "kind": one.kind, "changes": sorted(one.changes)} for one in differences]
    event = record("build.bom taken over", build, actor=actor, at=at, reason=reason, data={"differences": told})
    came = units_that_came(build)
    build.revision += 1
    build.version += 1
    build.save(update_fields=["revision", "version"])
    successors, ids = _new_lines(build, differences, max(ZERO, build.quantity - sum(came.values(), ZERO)))
    old = [one.line for one in differences if one.line is not None]
    close_lines(build, old, came)
    held, reserved = hold_for_build(build.pk)
    reservations = Reservations(Posting(event, held), reserved)
    freed = hand_over(old, successors, came, reservations)
    reservations.posting.write()
    reservations.write()
    copy_substitutes([build])
    _note_for_taking_back(event, build, old, ids, successors, freed)
    return Done(event.pk, ids, data={"differences": told, "freed": freed, "revision": build.revision})


def _note_for_taking_back(
    event: Event,
    build: Build,
    old: Sequence[BuildLine],
    new: Sequence[int],
    successors: dict[int, int],
    freed: Sequence[dict[str, Any]],
) -> None:
    """Keep with the event which lines it closed and opened, and what it freed; one statement."""
    lines = {"closed": [line.pk for line in old], "opened": list(new), "successors": sorted(successors.items())}
    left = [[one["line"], int(one["item"]), one["quantity"], one["output"]] for one in freed]
    event.data |= {"revision": build.revision, **lines, "freed": left}
    event.save(update_fields=["data"])


def _new_lines(build: Build, differences: Sequence[Difference], units: Decimal) -> tuple[dict[int, int], list[int]]:
    """The lines of the new revision; gives for each old line the new one of the same part, and all new ones."""
    wanted = [one for one in differences if one.bom_line is not None]
    ids = list(rows.take_ids(BuildLine, len(wanted)))
    fresh: list[tuple[Any, ...]] = []
    successors: dict[int, int] = {}
    for line_id, one in zip(ids, wanted, strict=True):
        assert one.bom_line is not None
        position = one.line.position if one.line is not None else one.bom_line.position
        values = dict(zip(COPIED, copy_line(build, one.bom_line, position), strict=True))
        values["quantity"] = required(need_of(one.bom_line), units)
        same_part = one.line is not None and one.line.part_id == one.bom_line.part_id
        supply = one.line.supply if one.line is not None and same_part else None
        if one.line is not None and same_part:
            successors[one.line.pk] = line_id
        fresh.append((line_id, build.pk, build.revision, supply, *values.values()))
    rows.insert(BuildLine, ("id", "build_id", "since_revision", "supply", *COPIED), fresh)
    _copy_choices(successors)
    return successors, ids


def _copy_choices(successors: dict[int, int]) -> None:
    """Who supplies a part at one manufacturer holds for its new line as well."""
    stated = SupplyChoice.objects.filter(build_line__any=list(successors))
    rows.insert(
        SupplyChoice,
        ("build_line_id", "manufacturer_id", "supply"),
        [
            (successors[line], maker, way)
            for line, maker, way in stated.values_list("build_line", "manufacturer", "supply")
        ],
    )


def units_that_came(build: Build) -> dict[int, Decimal]:
    """The units that came so far, by the revision they were built to; one statement."""
    outputs = BuildOutput.objects.filter(build=build).exclude(state=OutputState.WITHDRAWN)
    sums = outputs.values_list("revision").annotate(Sum("quantity")).order_by()
    return dict(sums)


def needed_from_now(build: Build, line: BuildLine, came: dict[int, Decimal]) -> Decimal:
    """What a current line needs for all units of the build that were not built to an earlier revision."""
    earlier = sum((units for revision, units in came.items() if revision < line.since_revision), ZERO)
    return required(need_of(line), max(ZERO, build.quantity - earlier))


def needed(line: BuildLine, came: dict[int, Decimal]) -> Decimal:
    """What the units that came need of an old line."""
    units = sum((units for revision, units in came.items() if revision >= line.since_revision), ZERO)
    return required(need_of(line), units)


def close_lines(build: Build, lines: Sequence[BuildLine], came: dict[int, Decimal]) -> None:
    """The old lines count for the units that came; they ask for no more than those need."""
    rows.update(
        BuildLine,
        ("until_revision", "quantity"),
        [(line.pk, build.revision - 1, needed(line, came)) for line in lines],
    )


def hand_over(
    lines: Sequence[BuildLine], successors: dict[int, int], came: dict[int, Decimal], reservations: Reservations
) -> list[dict[str, Any]]:
    """Give what the old lines need no longer to their successors, else free it; says what was freed."""
    freed = []
    by_line = reservations.by_line()
    for line in lines:
        keep = max(ZERO, needed(line, came) - line.consumed)
        for reserved in by_line.get(line.pk, ()):
            spare = reserved.quantity - min(keep, reserved.quantity)
            keep -= min(keep, reserved.quantity)
            if not spare:
                continue
            item, output = reservations.posting.held[reserved.item_id], reserved.output_id
            reservations.release(reserved, spare)
            if line.pk in successors:
                reservations.add(successors[line.pk], item, spare, output_id=output)
            else:
                told = {"part": line.part.label, "item": str(item.id), "quantity": str(spare)}
                freed.append({**told, "line": line.pk, "output": output})
    return freed
