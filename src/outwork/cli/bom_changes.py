"""Change bills of materials from the command line: validate, copy, compare, replace, snapshots, substitutes."""

from __future__ import annotations

import datetime
from typing import Any

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.options import DAY, note_option, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import several, shown, table
from outwork.models import BomLine, BomSnapshot, BomSubstitute, Part
from outwork.operations.copying_bom import copy_bom, replace_part
from outwork.operations.master_data.writing import change, create, remove
from outwork.operations.validating_bom import invalidate_bom, take_bom_snapshots, validate_bom
from outwork.queries import bom, naming
from outwork.queries.bom_comparison import Comparison, Source, compare_boms, snapshots_of
from outwork.queries.bom_validity import validity
from outwork.rules.bom_comparison import LineDifference
from outwork.rules.refusals import Where, declare, refuse

declare(
    bom_snapshot_unknown="{part} has no BOM snapshot {number}",
    bom_in_the_way="{part} has a BOM of {lines} lines: keep them (--keep), or let them go (--replace)",
    bom_part_not_in_bom="{part} is not in the BOM of {assembly}",
    bom_substitute_unknown="{part} is no substitute for {instead} in {assembly}",
)


@click.command("validate")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Say that they are no longer right.")
@note_option
@doing
def validate(asked: Asked, parts: tuple[str, ...], undo: bool, note: str) -> Answer:
    """Say that the BOM of each PART is right as it is now; it counts until a line says something else."""
    found = [naming.part_named(name) for name in parts]
    named = ", ".join(part.label for part in found)
    if undo:
        return Answer(invalidate_bom(parts=found, **asked), f"The BOM of {named} is no longer validated.")
    done = validate_bom(parts=found, note=note, **asked)
    taken = [f"  snapshot {one['number']} of {one['part']} keeps it" for one in done.data["snapshots"]]
    return Answer(done, [f"The BOM of {named} is validated.", *taken])


@click.command("validity")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@reading
def show_validity(parts: tuple[str, ...], as_json: bool) -> None:
    """Say whether the BOM of each PART is the one that was validated, by whom and when."""
    found = {part.pk: part for part in (naming.part_named(name) for name in parts)}
    facts = validity(list(found))
    if as_json:
        print_json([{"part": part.label, **_facts(facts[pk])} for pk, part in found.items()])
        return
    for pk, part in found.items():
        one = facts[pk]
        by = f" by {one.validated_by} on {one.validated_at:%Y-%m-%d}" if one.validated_at else ""
        word = "valid, validated" if one.is_valid else "changed since it was validated" if by else "not validated"
        click.echo(f"{part.label}: {word}{by}")


def _facts(one: Any) -> dict[str, Any]:
    names = ("is_valid", "checksum", "validated_at", "validated_by")
    return {name: getattr(one, name) for name in names}


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--keep", is_flag=True, help="Keep the lines that TO has already.")
@click.option("--replace", "over", is_flag=True, help="Let the lines go that TO has and FROM has not.")
@click.option("--inherited", is_flag=True, help="Copy the lines that FROM inherits as well.")
@click.option("--no-substitutes", is_flag=True, help="Leave the substitutes out.")
@click.option("--skip-invalid", is_flag=True, help="Leave out what cannot be copied, and say so.")
@doing
def copy(
    asked: Asked,
    source: str,
    target: str,
    keep: bool,
    over: bool,
    inherited: bool,
    no_substitutes: bool,
    skip_invalid: bool,
) -> Answer:
    """Give TO the BOM lines of FROM. Where TO has a BOM already, say --keep or --replace."""
    if keep and over:
        raise click.UsageError("Either --keep or --replace.")
    into = naming.part_named(target, where=("target",))
    standing = BomLine.objects.filter(assembly=into).count()
    if standing and not (keep or over):
        refuse("bom_in_the_way", part=into.label, lines=standing, where=("target",))
    done = copy_bom(
        source=naming.part_named(source, where=("source",)),
        target=into,
        remove_existing=not keep,
        include_inherited=inherited,
        copy_substitutes=not no_substitutes,
        skip_invalid=skip_invalid,
        **asked,
    )
    gone = f", {several(done.data['removed'], 'line')} removed" if done.data["removed"] else ""
    return Answer(done, f"{several(done.data['lines'], 'line')} copied from {done.data['source']} to {target}{gone}.")


@click.command("compare")
@click.argument("left", metavar="LEFT")
@click.argument("right", metavar="RIGHT")
@reading
def compare(left: str, right: str, as_json: bool) -> None:
    """Show where RIGHT differs from LEFT; each is a part, or PART@N for its snapshot N."""
    found = compare_boms(_source(left, ("left",)), _source(right, ("right",)))
    if as_json:
        print_json([_difference(one, found) for one in found.differences])
        return
    rows = [(found.names[one.part_id], one.kind, _changes(one)) for one in found.differences]
    for line in table(("Part", "", "Change"), rows) or [f"{left} and {right} have the same BOM."]:
        click.echo(line)


def _source(name: str, where: Where) -> Source:
    part_name, at, number = name.rpartition("@")
    if not at or not number.isdecimal():
        return naming.part_named(name, where=where)
    part = naming.part_named(part_name, where=where)
    snapshot = BomSnapshot.objects.filter(assembly=part, number=int(number)).first() if len(number) < 10 else None
    if snapshot is None:
        refuse("bom_snapshot_unknown", part=part.label, number=number, where=where)
    return snapshot


def _difference(one: LineDifference, found: Comparison) -> dict[str, Any]:
    return {"part": found.names[one.part_id], "part_id": one.part_id, "kind": one.kind, "changes": one.changes}


def _changes(one: LineDifference) -> str:
    if one.kind != "changed":
        line = one.left or one.right
        return "" if line is None else shown(line.quantity)
    return ", ".join(
        f"{name.removeprefix('is_').replace('_', ' ')} {_word(before)} -> {_word(after)}"
        for name, (before, after) in one.changes.items()
    )


def _word(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(str(one) for one in value) or "none"
    return {True: "yes", False: "no", None: "none"}.get(value, shown(value)) if not isinstance(value, str) else value


@click.command("replace")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--in", "assemblies", multiple=True, metavar="PART", help="In this assembly only; repeatable.")
@reason_option
@doing
def replace(asked: Asked, old: str, new: str, assemblies: tuple[str, ...], reason: str) -> Answer:
    """Put NEW in the place of OLD in every BOM (`outwork bom where-used OLD` lists them), or in those named."""
    old_part, new_part = naming.part_named(old, where=("old",)), naming.part_named(new, where=("new",))
    meant = [naming.part_named(name, where=("in",)).pk for name in assemblies] or None
    done = replace_part(old=old_part, new=new_part, assemblies=meant, reason=reason, **asked)
    told = done.data["assemblies"]
    return Answer(done, f"{new_part.label} stands where {old_part.label} stood: {', '.join(told)}.")


@click.command("snapshot")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@note_option
@doing
def snapshot(asked: Asked, parts: tuple[str, ...], note: str) -> Answer:
    """Keep the BOM of each PART as it is now, under the next number."""
    done = take_bom_snapshots(parts=[naming.part_named(name) for name in parts], note=note, **asked)
    return Answer(done, [f"Snapshot {one['number']} of {one['part']} is taken." for one in done.data["snapshots"]])


@click.command("snapshots")
@click.argument("part", metavar="PART")
@reading
def snapshots(part: str, as_json: bool) -> None:
    """List the snapshots of the BOM of PART, newest first."""
    found = naming.part_named(part)
    listed = [
        {
            "number": one.number,
            "at": one.event.at,
            "by": one.event.actor.username,
            "lines": len(one.lines),
            "note": one.note,
        }
        for one in snapshots_of(found)
    ]
    if as_json:
        print_json({"part": found.label, "snapshots": listed})
        return
    rows = [(one["number"], f"{one['at']:%Y-%m-%d}", one["by"], one["lines"], one["note"]) for one in listed]
    for line in table(("#", "Taken", "By", "Lines", "Note"), rows) or [f"{found.label} has no BOM snapshots."]:
        click.echo(line)


@click.command("substitute")
@click.argument("assembly", metavar="ASSEMBLY")
@click.argument("instead", metavar="PART")
@click.argument("other", metavar="SUBSTITUTE")
@click.option("--rank", type=click.IntRange(0), help="The lowest is preferred.")
@click.option("--approved-by", metavar="WHO", help="Who allowed it.")
@click.option("--approved-on", type=DAY, help="When it was allowed.")
@click.option("--note", metavar="TEXT", help="A note, kept with it.")
@click.option("--remove", "gone", is_flag=True, help="It may no longer stand in.")
@doing
def substitute(
    asked: Asked,
    assembly: str,
    instead: str,
    other: str,
    rank: int | None,
    approved_by: str | None,
    approved_on: datetime.date | None,
    note: str | None,
    gone: bool,
) -> Answer:
    """Let SUBSTITUTE stand in for PART wherever the BOM of ASSEMBLY asks for it, or say more about one that does."""
    top = naming.part_named(assembly, where=("assembly",))
    part, stand_in = naming.part_named(instead), naming.part_named(other, where=("substitute",))
    lines = [line for line in bom.lines_of(top) if line.part_id == part.pk]
    if not lines:
        refuse("bom_part_not_in_bom", part=part.label, assembly=top.label, where=("part",))
    standing = dict(
        BomSubstitute.objects.filter(bom_line__any=[line.pk for line in lines], part=stand_in).values_list(
            "bom_line", "pk"
        )
    )
    if gone:
        if not standing:
            names = {"part": stand_in.label, "instead": part.label, "assembly": top.label}
            refuse("bom_substitute_unknown", **names, where=("substitute",))
        done = remove(model=BomSubstitute, ids=list(standing.values()), **asked)
        return Answer(done, f"{stand_in.label} no longer stands in for {part.label} in {top.label}.")
    given = {"rank": rank, "approved_by": approved_by, "approved_on": approved_on, "note": note}
    facts = {name: value for name, value in given.items() if value is not None}
    return Answer(
        _place(lines, stand_in, standing, facts, asked),
        f"{stand_in.label} may stand in for {part.label} in {top.label}.",
    )


def _place(lines: list[BomLine], stand_in: Part, standing: dict[int, int], facts: dict[str, Any], asked: Asked) -> Any:
    fresh = [{"bom_line": line.pk, "part": stand_in.pk, **facts} for line in lines if line.pk not in standing]
    if fresh:
        return create(model=BomSubstitute, rows=fresh, **asked)
    return change(model=BomSubstitute, rows=[{"id": pk, **facts} for pk in standing.values()], **asked)


COMMANDS = (validate, show_validity, copy, compare, replace, snapshot, snapshots, substitute)
