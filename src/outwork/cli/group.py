"""Groups on the command line: who is in them, and what they may do."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.operations import people
from outwork.queries.people import Team, group_named, teams
from outwork.rules.roles import Verb

group_argument = click.argument("name", metavar="GROUP")
may_option = click.option(
    "--may",
    "roles",
    multiple=True,
    metavar="AREA=VERBS",
    help="What it may do: stock=add,change (which includes view), price=view, build=all; stock=none takes it away.",
)


@click.group("group")
def command() -> None:
    """Groups: who is in them, and what they may do. `outwork role list` names the areas."""


@command.command("list")
@reading
def list_groups(as_json: bool) -> None:
    """List every group with its members."""
    found = teams()
    if as_json:
        print_json(found)
        return
    rows = [(team.name, ", ".join(team.members), ", ".join(team.roles)) for team in found]
    for line in table(("group", "members", "areas"), rows) or ["There are no groups."]:
        click.echo(line)


@command.command("show")
@group_argument
@reading
def show_group(name: str, as_json: bool) -> None:
    """Show a group: its members and what they may do."""
    team = _team(name)
    if as_json:
        print_json(team)
        return
    click.echo(team.name)
    click.echo(f"  members: {', '.join(team.members) or 'none'}")
    for line in table(("area", "may"), [(area, ", ".join(verbs)) for area, verbs in team.roles.items()], indent="  "):
        click.echo(line)


@command.command("create")
@click.argument("name", metavar="NAME")
@may_option
@doing
def create_group(asked: Asked, name: str, roles: tuple[str, ...]) -> Answer:
    """Make a group."""
    return Answer(people.create_group(name=name, roles=read_roles(roles), **asked), f"Made group {name}.")


@command.command("change")
@group_argument
@click.option("--name", "new_name", metavar="NAME", help="Another name.")
@may_option
@doing
def change_group(asked: Asked, name: str, new_name: str | None, roles: tuple[str, ...]) -> Answer:
    """Rename a group, or say what it may do in the areas named."""
    if new_name is None and not roles:
        raise click.UsageError("Name at least one thing to change.")
    done = people.change_group(group=group_named(name), name=new_name, roles=read_roles(roles), **asked)
    return Answer(done, f"{name}: " + (f"changed {', '.join(done.data)}." if done.data else "nothing changed."))


@command.command("remove")
@group_argument
@doing
def remove_group(asked: Asked, name: str) -> Answer:
    """Remove a group that owns nothing; its members lose what only it allowed."""
    return Answer(people.remove_group(group=group_named(name), **asked), f"Removed group {name}.")


def read_roles(given: tuple[str, ...]) -> dict[str, list[str]]:
    """Roles as they are typed, as {area: verbs}; the operation refuses areas and verbs that are none."""
    roles = {}
    for text in given:
        area, equals, verbs = text.partition("=")
        if not equals:
            raise click.UsageError(f"{text} is not AREA=VERBS, such as stock=add,change.")
        roles[area.strip()] = verbs_in(verbs.split(","))
    return roles


def verbs_in(words: list[str]) -> list[str]:
    """Verbs as they are typed: all of them for "all", none for "none"."""
    found = [word.strip() for word in words if word.strip()]
    if found == ["all"]:
        return [str(verb) for verb in Verb]
    return [] if found == ["none"] else found


def _team(name: str) -> Team:
    group = group_named(name)
    (team,) = [one for one in teams() if one.id == group.pk]
    return team
