"""How commands print: data as JSON on request, refusals with all their reasons."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from outwork.rules.refusals import Refusal

JSON_ASKED = "outwork.json"
Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Give a command `--json`, passed to it as `as_json`; a refusal is then printed as JSON too."""

    def remember(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
        context.meta[JSON_ASKED] = value
        return value

    return click.option("--json", "as_json", is_flag=True, callback=remember, help="Print JSON.")(command)


def print_json(data: Any) -> None:
    """Print data as indented JSON; decimals as strings, dates as ISO 8601."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def print_refusal(refusal: Refusal, *, as_json: bool) -> None:
    """Print every reason: one per line on stderr, or one JSON object on stdout."""
    if as_json:
        print_json(
            {
                "refused": [
                    {"code": reason.code, "message": reason.text(), "params": reason.params, "where": reason.where}
                    for reason in refusal.reasons
                ]
            }
        )
        return
    for reason in refusal.reasons:
        click.echo(reason.text(), err=True)
