"""Builds for builds: make what a build misses of sub-assemblies, show the tree, remove what came to nothing."""

from __future__ import annotations

from typing import Any

import click

from outwork.cli.build_stock import lines_option, named_lines
from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.options import Pair, build_argument, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import several, table
from outwork.models import Part
from outwork.operations.making_sub_builds import Way, make_sub_builds
from outwork.operations.removing_builds import remove_builds
from outwork.queries.naming import build_named, company_named, part_named
from outwork.queries.sub_builds import Branch, sub_build_plan, tree


class Made(Pair):
    """Who builds a part."""

    name = "PART=MANUFACTURER"


@click.command("sub-builds")
@build_argument
@click.option("--by", "makers", multiple=True, type=Made(), help="Built outside, by this manufacturer; repeatable.")
@click.option("--outside", multiple=True, metavar="PART", help="Built outside, by whom is said later; repeatable.")
@click.option("--buy", multiple=True, metavar="PART", help="Not built, but bought; repeatable.")
@click.option("--ignore-stock", is_flag=True, help="Build all of it, whatever lies there.")
@lines_option
@doing
def sub_builds(
    asked: Asked,
    build: str,
    makers: tuple[tuple[str, str], ...],
    outside: tuple[str, ...],
    buy: tuple[str, ...],
    ignore_stock: bool,
    lines: tuple[str, ...],
) -> Answer:
    """Make builds of the sub-assemblies that a build misses, and of what those miss, at every depth.

    We build them, unless said otherwise. What they bring is allocated to their parent when it is accepted.
    `outwork build missing` says beforehand what it would be.
    """
    found = build_named(build)
    ways = [
        Way(part_named(part).pk, is_external=True, manufacturer_id=company_named(maker).pk) for part, maker in makers
    ]
    ways += [Way(part_named(part).pk, is_external=True) for part in outside]
    ways += [Way(part_named(part).pk, is_bought=True) for part in buy]
    done = make_sub_builds(
        build=found,
        ways=ways,
        lines=[line.pk for line in named_lines(found, lines)] if lines else None,
        use_stock=not ignore_stock,
        **asked,
    )
    made = done.data["builds"]
    text = [f"{several(len(made), 'build')} for {found.reference}:"]
    return Answer(done, [*text, *(f"  {one['reference']}: {one['quantity']} of {one['part']}" for one in made)])


@click.command("missing")
@build_argument
@click.option("--ignore-stock", is_flag=True, help="As if nothing lay there.")
@reading
def missing(build: str, ignore_stock: bool, as_json: bool) -> None:
    """Show which sub-assemblies a build misses, at every depth, and how many are to be built."""
    found = build_named(build)
    plan = sub_build_plan(found, use_stock=not ignore_stock).builds
    labels = {part.pk: part.label for part in Part.objects.filter(pk__any={one.part_id for one in plan})}
    if as_json:
        print_json(
            [
                {
                    "part": labels[one.part_id],
                    "depth": one.depth,
                    "wanted": one.wanted,
                    "from_stock": one.from_stock,
                    "quantity": one.quantity,
                }
                for one in plan
            ]
        )
        return
    headers = ["part", "wanted", "from stock", "to build"]
    rows = [
        [f"{'  ' * (one.depth - 1)}{labels[one.part_id]}", one.wanted, one.from_stock or "", one.quantity]
        for one in plan
    ]
    for line in table(headers, rows) or [f"{found.reference} misses no sub-assembly that could be built."]:
        click.echo(line)


@click.command("tree")
@build_argument
@reading
def tree_(build: str, as_json: bool) -> None:
    """Show a build and all that is built for it."""
    branches = tree(build_named(build).pk)
    if as_json:
        print_json(branches)
        return
    headers = ["build", "part", "units", "accepted", "status", "made by"]
    for line in table(headers, [_cells(one) for one in branches]):
        click.echo(line)


def _cells(one: Branch) -> list[Any]:
    name = f"{'  ' * one.depth}{one.reference}"
    return [name, one.part, one.quantity, one.accepted or "", one.status, one.manufacturer]


@click.command("remove")
@click.argument("builds", nargs=-1, required=True, metavar="BUILD...")
@reason_option
@doing
def remove(asked: Asked, builds: tuple[str, ...], reason: str) -> Answer:
    """Remove cancelled builds of which no stock and no unit tells. Their numbers are not given out again."""
    found = [build_named(one, where=(index, "build")) for index, one in enumerate(builds)]
    done = remove_builds(builds=found, reason=reason, **asked)
    return Answer(done, f"Removed {', '.join(done.data['references'])}.")


COMMANDS = (sub_builds, missing, tree_, remove)
