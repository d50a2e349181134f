"""Copy the BOM of one assembly to another; put one part in the place of another wherever it is used."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from outwork.models import BomLine, BomSubstitute, Part, User
from outwork.operations.following_bom import follow_pending
from outwork.operations.master_data.batch import Batch
from outwork.operations.master_data.locking import require_unlocked_bom
from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.writing import check_changed, check_new, delete, insert, lock_master_data, update
from outwork.operations.recording import Done, operation, record
from outwork.queries.bom import labels
from outwork.queries.bom_validity import boms_of
from outwork.rules.refusals import Reasons, declare, refuse

declare(
    bom_copied_to_itself="{part} cannot be given a copy of its own BOM",
    bom_nothing_to_copy="{part} has no BOM lines to copy",
    replaced_by_itself="{part} cannot take its own place",
    replaced_nowhere="{part} goes into none of the assemblies meant",
    replaced_other_unit="{old} is counted in {old_unit} and {new} in {new_unit}: change the lines one by one",
)

_COPIED = (
    *("part_id", "quantity", "designators", "is_fitted", "is_optional", "is_consumable", "is_inherited"),
    *("allows_variants", "attrition", "setup", "rounding", "note"),
)


@operation
def copy_bom(
    *,
    source: Part,
    target: Part,
    actor: User,
    at: datetime.datetime,
    remove_existing: bool = True,
    include_inherited: bool = False,
    copy_substitutes: bool = True,
    skip_invalid: bool = False,
    key: str | None = None,
) -> Done:
    """Give `target` the BOM lines of `source`; `ids` holds the lines that are new there.

    Lines that stand go first (`remove_existing`) or stay. With `skip_invalid` a line that cannot be copied is left
    out and said (`line_not_copied`). Refuses bom_copied_to_itself, bom_nothing_to_copy, and what a new BOM line
    refuses.
    """
    lock_master_data()
    if source.pk == target.pk:
        refuse("bom_copied_to_itself", part=source.label, where=("source",))
    lines = [line for line in boms_of([source.pk])[source.pk] if include_inherited or line.assembly_id == source.pk]
    lines.sort(key=lambda line: (line.assembly_id != source.pk, line.position, line.pk))
    if not lines:
        refuse("bom_nothing_to_copy", part=source.label, where=("source",))
    standing = list(BomLine.objects.filter(assembly=target)) if remove_existing else []
    require_unlocked_bom(target, where=("target",))
    # A line that says the same stays the line it is: builds know it by its id.
    twins, gone = _alike(lines, standing)
    delete(NOUNS[BomLine], gone)
    new = [line for line in lines if line.pk not in twins]
    batch, new, said = _checked(new, target, at, skip_invalid=skip_invalid)
    ids = insert(NOUNS[BomLine], batch) if batch is not None else []
    twins |= {line.pk: pk for line, pk in zip(new, ids, strict=True)}
    if copy_substitutes and twins:
        _copy_substitutes(twins, target, at, said)
    told = {"source": source.label, "lines": len(twins), "removed": len(gone)}
    event = record("bom.copied", target, actor=actor, at=at, data=told)
    follow_pending({target.pk}, event)
    return Done(event.pk, ids, said=said, data=told)


@operation
def replace_part(
    *,
    old: Part,
    new: Part,
    actor: User,
    at: datetime.datetime,
    assemblies: Collection[int] | None = None,
    reason: str = "",
    key: str | None = None,
) -> Done:
    """Put `new` in the place of `old` in every BOM, or in those of the assemblies given by id; `ids` holds the lines.

    Quantities stay. Where `new` was a substitute of a line, it no longer is. Builds that are not issued yet
    follow; others show the difference. Refuses replaced_by_itself, replaced_nowhere, replaced_other_unit, and
    what a changed BOM line refuses (bom_cycle, bom_locked, part_not_component, quantity_not_whole).
    """
    lock_master_data()
    reasons = Reasons()
    if old.pk == new.pk:
        reasons.add("replaced_by_itself", part=old.label, where=("new",))
    if old.unit != new.unit:
        units = {"old_unit": old.unit or "pieces", "new_unit": new.unit or "pieces"}
        reasons.add("replaced_other_unit", old=old.label, new=new.label, **units, where=("new",))
    lines = replaced_lines(old, assemblies)
    if not lines:
        reasons.add("replaced_nowhere", part=old.label, where=("old",))
    reasons.raise_any()
    batch = check_changed(NOUNS[BomLine], [{"id": line.pk, "part": new.pk} for line in lines], at)
    batch.reasons.raise_any()
    if idle := list(BomSubstitute.objects.filter(bom_line__any=[line.pk for line in lines], part=new)):
        delete(NOUNS[BomSubstitute], idle)
    update(NOUNS[BomLine], batch)
    touched = {line.assembly_id for line in lines}
    told = {"old": old.label, "new": new.label, "assemblies": sorted(labels(touched).values())}
    event = record("bom.part replaced", new, actor=actor, at=at, reason=reason, data=told)
    builds = follow_pending(touched, event)
    return Done(event.pk, [line.pk for line in lines], data={**told, "builds": builds})


def replaced_lines(old: Part, assemblies: Collection[int] | None = None) -> list[BomLine]:
    """The lines in which `replace_part` would put another part, in the order of their assemblies; one statement."""
    lines = BomLine.objects.filter(part=old).select_related("assembly").order_by("assembly__number", "position", "pk")
    return list(lines if assemblies is None else lines.filter(assembly__any=list(assemblies)))


def _alike(lines: Sequence[BomLine], standing: Sequence[BomLine]) -> tuple[dict[int, int], list[BomLine]]:
    """The standing line of each line that says the same already, and the standing lines that no line is like."""
    left: dict[tuple[Any, ...], list[BomLine]] = defaultdict(list)
    for line in standing:
        left[tuple(getattr(line, name) for name in _COPIED)].append(line)
    twins = {}
    for line in lines:
        if alike := left.get(tuple(getattr(line, name) for name in _COPIED)):
            twins[line.pk] = alike.pop(0).pk
    return twins, [line for rest in left.values() for line in rest]


def _checked(
    lines: list[BomLine], target: Part, at: datetime.datetime, *, skip_invalid: bool
) -> tuple[Batch | None, list[BomLine], list[dict[str, Any]]]:
    """The checked copies; what cannot be copied is refused, or left out and said."""
    said: list[dict[str, Any]] = []
    while lines:
        rows = [{"assembly": target.pk, **{name: getattr(line, name) for name in _COPIED}} for line in lines]
        batch = check_new(NOUNS[BomLine], rows, at)
        if not batch.reasons or not skip_invalid:
            batch.reasons.raise_any()
            return batch, lines, said
        bad = {int(reason.where[0]): reason for reason in batch.reasons.found}
        names = labels({lines[index].part_id for index in bad})
        said += [
            {"code": "line_not_copied", "part": names[lines[index].part_id], "reason": reason.text()}
            for index, reason in sorted(bad.items())
        ]
        lines = [line for index, line in enumerate(lines) if index not in bad]
    return None, [], said


def _copy_substitutes(twins: dict[int, int], target: Part, at: datetime.datetime, said: list[dict[str, Any]]) -> None:
    stated = list(BomSubstitute.objects.filter(bom_line__any=list(twins)).order_by("bom_line", "rank", "pk"))
    there = set(BomSubstitute.objects.filter(bom_line__any=list(twins.values())).values_list("bom_line", "part"))
    stated = [one for one in stated if (twins[one.bom_line_id], one.part_id) not in there]
    kept = ("part_id", "rank", "note", "approved_by", "approved_on")
    rows = [{"bom_line": twins[one.bom_line_id], **{name: getattr(one, name) for name in kept}} for one in stated]
    if not rows:
        return
    batch = check_new(NOUNS[BomSubstitute], rows, at)
    bad: dict[int, list[str]] = defaultdict(list)
    for reason in batch.reasons.found:
        bad[int(reason.where[0])].append(reason.text())
    names = labels({stated[index].part_id for index in bad}) if bad else {}
    said += [
        {"code": "substitute_not_copied", "part": names[stated[index].part_id], "reason": "; ".join(texts)}
        for index, texts in sorted(bad.items())
    ]
    good = _without(rows, bad)
    if good:
        batch = check_new(NOUNS[BomSubstitute], good, at)
        batch.reasons.raise_any()
        insert(NOUNS[BomSubstitute], batch)


def _without(rows: Sequence[dict[str, Any]], bad: Iterable[int]) -> list[dict[str, Any]]:
    return [row for index, row in enumerate(rows) if index not in set(bad)]
