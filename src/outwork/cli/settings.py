"""Settings on the command line: what there is to decide, what was decided, and deciding it."""

from __future__ import annotations

from typing import Any

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.operations.settings import set_settings
from outwork.queries.settings import all_settings, get
from outwork.rules.settings import SETTINGS, Setting, setting


@click.group("settings")
def command() -> None:
    """What the company decided: list the settings, get one, set one."""


@command.command("list")
@reading
def list_settings(as_json: bool) -> None:
    """List every setting with its value; a star marks what is not the default."""
    values = all_settings()
    if as_json:
        print_json([_described(one, values[one.key]) for one in SETTINGS.values()])
        return
    rows = [
        (one.key, _text(values[one.key]), "*" if values[one.key] != one.default else "", one.name)
        for one in SETTINGS.values()
    ]
    for line in table(("Setting", "Value", "", "Name"), rows):
        click.echo(line)


@command.command("get")
@click.argument("key", metavar="SETTING")
@reading
def get_setting(key: str, as_json: bool) -> None:
    """Print the value of SETTING."""
    one = setting(key)
    value = get(key)
    if as_json:
        print_json(_described(one, value))
    else:
        click.echo(_text(value))


@command.command("set")
@click.argument("name", metavar="SETTING")
@click.argument("value", required=False)
@click.option("--default", "is_default", is_flag=True, help="Put it back to its default.")
@doing
def set_setting(name: str, value: str | None, is_default: bool, asked: Asked) -> Answer:
    """Set SETTING to VALUE: on or off, a number or a text, as `outwork settings list` shows it."""
    if is_default == (value is not None):
        raise click.UsageError("Give either a value or --default.")
    done = set_settings(values={name: value}, **asked)
    before, after = done.data.get(name) or [get(name)] * 2
    text = f"{name} is {_text(after)}" + (f" (was {_text(before)})" if before != after else " already")
    return Answer(done, text)


def _described(one: Setting, value: Any) -> dict[str, Any]:
    return {
        "key": one.key,
        "value": value,
        "default": one.default,
        "type": one.type,
        "choices": list(one.choices),
        "group": one.group,
        "name": one.name,
        "help": one.help,
    }


def _text(value: Any) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) or '""'
