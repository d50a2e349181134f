"""How commands print: data as JSON on request, refusals with all their reasons."""

import dataclasses
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from outwork.rules.quantities import as_text
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
    """Print data as indented JSON; decimals as strings such as "40", dates as ISO 8601."""
    encoded = msgspec.json.encode(_plain(data))
    sys.stdout.buffer.write(msgspec.json.format(encoded, indent=2) + b"\n")
    sys.stdout.buffer.flush()


def _plain(data: Any) -> Any:
    """The same data with decimals as people write them: 40, not 40.00000."""
    if isinstance(data, Decimal):
        return as_text(data)
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {field.name: _plain(getattr(data, field.name)) for field in dataclasses.fields(data)}
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(one) for one in data]
    return data


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


def print_fault(error: Exception, log: Path | None, *, as_json: bool) -> None:
    """Print an error that nobody expected: one line on stderr, or one JSON object on stdout."""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    if as_json:
        print_json({"error": {"message": text, "log": None if log is None else str(log)}})
        return
    where = f"the details are in {log}" if log is not None else "its details could not be written to the data folder"
    click.echo(f"This is a fault of Outwork, not of what you asked ({text}); {where}.", err=True)
