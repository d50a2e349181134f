"""Roles on the command line: the areas there are, and what a group may do in each."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.group import verbs_in
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.operations import people
from outwork.queries.people import group_named, teams
from outwork.rules.roles import AREAS


@click.group("role")
def command() -> None:
    """Roles: what a group may do in an area. The verbs are view, add, change and delete; the last three include view."""


@command.command("list")
@reading
def list_roles(as_json: bool) -> None:
    """List every area, and which group may do what there."""
    found = teams()
    if as_json:
        areas = [
            {"area": area, "means": text, "groups": {one.name: one.roles[area] for one in found if area in one.roles}}
            for area, text in AREAS.items()
        ]
        print_json(areas)
        return
    rows = [
        (area, text, "; ".join(f"{one.name}: {', '.join(one.roles[area])}" for one in found if area in one.roles))
        for area, text in AREAS.items()
    ]
    for line in table(("area", "means", "groups"), rows):
        click.echo(line)


@command.command("set")
@click.argument("group", metavar="GROUP")
@click.argument("area", metavar="AREA")
@click.argument("verbs", nargs=-1, required=True, metavar="VERB...")
@doing
def set_role(asked: Asked, group: str, area: str, verbs: tuple[str, ...]) -> Answer:
    """Say what GROUP may do in AREA: any of view, add, change and delete; all; or none."""
    done = people.change_group(group=group_named(group), roles={area: verbs_in(list(verbs))}, **asked)
    after = done.data[area][1] if area in done.data else None
    if after is None:
        return Answer(done, f"{group} may do that in {AREAS[area]} already.")
    return Answer(done, f"{group} may {', '.join(after) or 'do nothing'} in {AREAS[area]}.")
