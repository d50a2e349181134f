"""Users on the command line: who works here, in which groups, and how they sign in."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.operations import people
from outwork.operations.permitting import rights_of
from outwork.operations.system_account import NAME
from outwork.queries.people import group_named, user_named
from outwork.queries.people import people as everybody
from outwork.rules.roles import AREAS, Verb
from outwork.rules.secrets import Secret

Command = TypeVar("Command", bound=Callable[..., Any])
user_argument = click.argument("name", metavar="USER")
stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of the input."
)


@click.group("user")
def command() -> None:
    """Users: who works here, in which groups, and how they sign in. A USER is named by the name to sign in with."""


def _facts(command: Command) -> Command:
    """The options that create and change share."""
    for option in (
        click.option("--group", "groups", multiple=True, metavar="GROUP", help="Put into this group; may be repeated."),
        click.option("--superuser/--no-superuser", "is_superuser", default=None, help="May do everything."),
        click.option("--mail", "email", metavar="ADDRESS", help="Mail address."),
        click.option("--last-name", metavar="NAME", help="Family name."),
        click.option("--first-name", metavar="NAME", help="Given name."),
    ):
        command = option(command)
    return command


@command.command("list")
@reading
def list_users(as_json: bool) -> None:
    """List every user."""
    found = everybody()
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.username,
            one.name,
            one.email,
            "everything" if one.is_superuser else ", ".join(one.groups),
            "the program itself" if one.username == NAME else "" if one.is_active else "left",
        )
        for one in found
    ]
    for line in table(("user", "name", "mail", "groups", "is"), rows) or ["There are no users."]:
        click.echo(line)


@command.command("show")
@user_argument
@reading
def show_user(name: str, as_json: bool) -> None:
    """Show a user and what the user may do."""
    user = user_named(name)
    (one,) = [person for person in everybody() if person.id == user.pk]
    rights = sorted(rights_of(user))
    if as_json:
        print_json({**dataclasses.asdict(one), "rights": rights})
        return
    click.echo(f"{one.username}{f' ({one.name})' if one.name else ''}{'' if one.is_active else ', who left'}")
    for word, text in (("mail", one.email), ("groups", ", ".join(one.groups))):
        if text:
            click.echo(f"  {word}: {text}")
    if one.is_superuser:
        click.echo("  may do everything" if one.is_active else "  may do nothing")
        return
    for area in AREAS:
        if verbs := [str(verb) for verb in Verb if f"{area}.{verb}" in rights]:
            click.echo(f"  may {', '.join(verbs)} {AREAS[area]}")
    if not rights:
        click.echo("  may do nothing")


@command.command("create")
@click.argument("new_name", metavar="NAME")
@_facts
@stdin_option
@doing
def create_user(
    asked: Asked, new_name: str, password_stdin: bool, groups: tuple[str, ...], is_superuser: bool | None, **texts: Any
) -> Answer:
    """Make a user. Without a password nobody can sign in as that user; `outwork user password` gives one."""
    given = {name: text for name, text in texts.items() if text is not None}
    done = people.create_user(
        username=new_name,
        password=_from_stdin() if password_stdin else None,
        groups=[group_named(group, where=("group", group)) for group in groups],
        is_superuser=bool(is_superuser),
        **given,
        **asked,
    )
    return Answer(done, f"Made user {new_name}.")


@command.command("change")
@user_argument
@click.option("--name", "new_name", metavar="NAME", help="Another name to sign in with.")
@click.option("--active/--left", "is_active", default=None, help="Who left cannot sign in and may do nothing.")
@click.option("--no-groups", is_flag=True, help="Take out of every group.")
@_facts
@doing
def change_user(asked: Asked, name: str, groups: tuple[str, ...], no_groups: bool, **given: Any) -> Answer:
    """Change a user; what is not named stays. Groups named take the place of all groups the user was in."""
    if groups and no_groups:
        raise click.UsageError("Name groups or --no-groups.")
    facts = {key: value for key, value in given.items() if value is not None}
    if "new_name" in facts:
        facts["username"] = facts.pop("new_name")
    if not (facts or groups or no_groups):
        raise click.UsageError("Name at least one thing to change.")
    chosen = [group_named(group, where=("group", group)) for group in groups] if groups or no_groups else None
    done = people.change_user(user=user_named(name), groups=chosen, **facts, **asked)
    changed = ", ".join(sorted(done.data)) if done.data else ""
    return Answer(done, f"{name}: " + (f"changed {changed}." if changed else "nothing changed."))


@command.command("password")
@user_argument
@stdin_option
@doing
def set_password(asked: Asked, name: str, password_stdin: bool) -> Answer:
    """Give a user another password, asked for twice in a terminal."""
    user = user_named(name)
    if not password_stdin and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask in: use --password-stdin.")
    password = (
        _from_stdin()
        if password_stdin
        else Secret(click.prompt(f"New password of {user.username}", hide_input=True, confirmation_prompt=True))
    )
    return Answer(people.set_password(user=user, password=password, **asked), f"{user.username} has a new password.")


def _from_stdin() -> Secret:
    return Secret(sys.stdin.readline().rstrip("\r\n"))
