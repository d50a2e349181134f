"""Bills of materials on the command line: import a file, show a BOM and what it needs, say where a part is used."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, BinaryIO

import click

from outwork.cli import bom_changes, database
from outwork.cli.actor import actor_option, by
from outwork.cli.doing import reading
from outwork.cli.output import json_option, print_json
from outwork.cli.progress import working
from outwork.cli.tables import several, shown, table
from outwork.models import BomLine, BomSubstitute, Part
from outwork.operations.importing_bom import import_bom, try_import
from outwork.queries import bom, naming
from outwork.rules.bomfile import SIZE_LIMIT, read_bom
from outwork.rules.quantities import quantity


class Column(click.ParamType):
    """ROLE=HEADER; nothing after the = says that the file has no such column."""

    name = "ROLE=HEADER"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        role, equals, header = str(value).partition("=")
        if not equals or not role.strip():
            self.fail(f"{value} is not {self.name}, such as mpn=Field2.", parameter, context)
        return role.strip(), header.strip()


@click.group("bom")
def command() -> None:
    """Bills of materials: import a file, show a BOM and what it needs, say where a part is used.

    Parts are named by their number, by number/revision, or by their name.
    """


for _command in bom_changes.COMMANDS:
    command.add_command(_command)


@command.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--assembly", required=True, metavar="NAME", help="The assembly, by number or name; made if it is new.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--replace", is_flag=True, help="Follow the file where the assembly has another BOM already.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    type=Column(),
    help="What a column of the file holds, where its name does not say: mpn=Field2; mpn= for none.",
)
@actor_option
@json_option
def import_file(
    file: BinaryIO,
    assembly: str,
    dry_run: bool,
    replace: bool,
    columns: tuple[tuple[str, str], ...],
    username: str | None,
    as_json: bool,
) -> None:
    """Give an assembly the BOM in FILE (- for standard input).

    Parts are found by part number, manufacturer part number or SKU, and made where they are missing. The same file
    again changes nothing.
    """
    path = str(getattr(file, "name", "-"))
    name = "standard input" if path in ("-", "<stdin>") else PurePath(path).name
    # One byte more than is allowed is enough to refuse.
    bom_file = read_bom(file.read(SIZE_LIMIT + 1), name=name, columns=dict(columns))
    database.make_ready()
    request = {"assembly": assembly, "bom_file": bom_file, "replace": replace, **by(username)}
    with working(f"Importing {several(len(bom_file.lines), 'line')}"):
        data = try_import(**request) if dry_run else import_bom(**request).data  # type: ignore[arg-type]
    if as_json:
        print_json(data)
    else:
        _print_import(data, dry_run=dry_run)


def _print_import(data: dict[str, Any], *, dry_run: bool) -> None:
    for warning in data["warnings"]:
        click.echo(f"Note: {warning['message']}.")
    if dry_run:
        click.echo("Nothing was written; the import would say:")
    mpns = "" if data["distinct_mpns"] is None else f", {several(data['distinct_mpns'], 'manufacturer part number')}"
    left_out = f" ({data['dnp_lines']} do not fit)" if data["dnp_lines"] else ""
    click.echo(f"File: {several(data['lines'], 'line')}{left_out}, {several(data['placements'], 'placement')}{mpns}")
    made, found = several(data["created_parts"], "part"), data["matched_parts"]
    click.echo(f"{data['assembly']}: {several(data['bom_lines'], 'BOM line')}; {made} made, {found} found")


@command.command("show")
@click.argument("part", metavar="PART")
@click.option("--explode", "units", metavar="N", help="All that N units need of every part below, over all levels.")
@click.option("--tree", "as_tree", is_flag=True, help="All levels, indented.")
@reading
def show(part: str, units: str | None, as_tree: bool, as_json: bool) -> None:
    """Show the BOM of PART, with the lines that it inherits from its template."""
    if units is not None and as_tree:
        raise click.UsageError("--explode and --tree do not go together.")
    found = naming.part_named(part)
    if units is not None:
        _show_needed(found, units, as_json=as_json)
    elif as_tree:
        _show_tree(found, as_json=as_json)
    else:
        _show_lines(found, as_json=as_json)


def _show_needed(part: Part, units: str, *, as_json: bool) -> None:
    count = quantity(units, where=("explode",))
    needed = bom.explosion(part, count)
    if as_json:
        print_json({"part": part.label, "units": count, "needed": needed})
        return
    rows = [
        (one.level, one.number or one.name, one.name if one.number else "", one.per_top, one.total, one.unit)
        for one in needed
    ]
    _print_table(("Level", "Part", "Name", "Each", "Needed", "Unit"), rows, f"{part.label} has no BOM")


def _show_tree(part: Part, *, as_json: bool) -> None:
    tree, names = bom.structure(part)
    rows = [
        {"level": row.level, "part_id": row.edge.part, "part": names[int(row.edge.part)], "quantity": row.quantity}
        for row in tree.rows
    ]
    if as_json:
        print_json({"part": part.label, "rows": rows, "is_cut": tree.is_cut})
        return
    click.echo(part.label if rows else f"{part.label} has no BOM")
    for row in tree.rows:
        click.echo(f"{'  ' * row.level}{shown(row.quantity)} x {names[int(row.edge.part)]}")
    if tree.is_cut:
        click.echo(f"... and more: only the first {len(rows)} rows are shown")


def _show_lines(part: Part, *, as_json: bool) -> None:
    lines = bom.lines_of(part)
    substitutes: dict[int, list[str]] = {}
    query = BomSubstitute.objects.filter(bom_line__any=[line.pk for line in lines]).select_related("part")
    for substitute in query:
        substitutes.setdefault(substitute.bom_line_id, []).append(substitute.part.label)
    if as_json:
        data = [_line(line, part, substitutes.get(line.pk, [])) for line in lines]
        print_json({"part": part.label, "lines": data})
        return
    rows = [
        (
            line.position,
            line.part.label,
            line.part.name if line.part.number else "",
            line.quantity,
            line.part.unit,
            line.designators,
            ", ".join(_marks(line, part)),
            ", ".join(substitutes.get(line.pk, [])),
        )
        for line in lines
    ]
    headers = ("#", "Part", "Name", "Quantity", "Unit", "Designators", "Marks", "Substitutes")
    _print_table(headers, rows, f"{part.label} has no BOM")


def _marks(line: BomLine, part: Part) -> list[str]:
    marks = {
        "do not fit": not line.is_fitted,
        "optional": line.is_optional,
        "consumable": line.is_consumable,
        "inherited": line.assembly_id != part.pk,
        "variants": line.allows_variants,
    }
    numbers = {"attrition %": line.attrition, "setup": line.setup, "multiples of": line.rounding}
    said = [f"{name} {shown(value)}" for name, value in numbers.items() if value]
    return [name for name, holds in marks.items() if holds] + said


def _line(line: BomLine, part: Part, substitutes: list[str]) -> dict[str, Any]:
    names = ("position", "quantity", "is_fitted", "is_optional", "is_consumable", "allows_variants")
    return {
        "part_id": line.part_id,
        "number": line.part.number,
        "name": line.part.name,
        "unit": line.part.unit,
        **{name: getattr(line, name) for name in (*names, "attrition", "setup", "rounding", "note")},
        "designators": [name for name in line.designators.replace(",", " ").split() if name],
        "is_inherited": line.assembly_id != part.pk,
        "substitutes": substitutes,
    }


@command.command("where-used")
@click.argument("part", metavar="PART")
@reading
def where_used(part: str, as_json: bool) -> None:
    """Say which assemblies PART goes into, directly or further up, and where it is a substitute."""
    found = naming.part_named(part)
    used = bom.where_used(found)
    if as_json:
        print_json({"part": found.label, "used": used})
        return
    rows = [
        (
            one.level or "substitute",
            one.number or one.name,
            one.name if one.number else "",
            one.quantity,
            "top" if one.is_top else "",
        )
        for one in used
    ]
    _print_table(("Level", "Assembly", "Name", "Quantity", ""), rows, f"{found.label} goes into nothing")


def _print_table(headers: tuple[str, ...], rows: list[tuple[Any, ...]], nothing: str) -> None:
    for line in table(headers, rows) or [nothing]:
        click.echo(line)
