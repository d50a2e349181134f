"""How a command that does something is asked and answers: `--as`, `--at`, `--key`, `--json`, and what was done."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import click
from django.utils import timezone

from outwork.cli import database
from outwork.cli.actor import actor_option, by
from outwork.cli.output import json_option, print_json
from outwork.models import User
from outwork.operations.recording import Done
from outwork.queries import settings
from outwork.rules.saying import sentence


class Asked(TypedDict):
    """Who, when, and the key of a request that may be repeated: what every operation is called with."""

    actor: User
    at: datetime.datetime
    key: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command did: the operation's answer, what to tell people, and more data for `--json`."""

    done: Done
    text: str | Iterable[str] = ()
    data: dict[str, Any] = field(default_factory=dict)


def doing(command: Callable[..., Answer]) -> Callable[..., None]:
    """Give a command `--as`, `--at`, `--key` and `--json`; it gets `asked` for its operation and gives an Answer.

    Printed are the answer's text and every sentence the operation said; with `--json` the event, the ids, what was
    said (code, numbers and message) and the data.
    """

    @functools.wraps(command)
    def run(*, username: str | None, at: str | None, key: str | None, as_json: bool, **given: Any) -> None:
        database.make_ready()
        who = by(username, at=None if at is None else moment(at))
        answer = command(asked=Asked(actor=who["actor"], at=who["at"], key=key), **given)
        print_answer(answer, as_json=as_json)

    at_option = click.option(
        "--at",
        metavar="DATE-TIME",
        callback=check_moment,
        help="When it happened, in the company's time zone: 2026-03-02 or 2026-03-02T14:30. Default: now.",
    )
    key_option = click.option(
        "--key", help="A key of your own for this request: repeating it with the same key changes nothing."
    )
    return actor_option(at_option(key_option(json_option(run))))


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that prints data `--json` and a database with tables."""

    @functools.wraps(command)
    def run(**given: Any) -> None:
        database.make_ready()
        command(**given)

    return json_option(run)


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print what was done: lines of text and what the operation said, or one JSON object."""
    done = answer.done
    if as_json:
        said = [{**one, "message": sentence(one)} for one in done.said]
        print_json({"event": done.event_id, "ids": done.ids, "said": said, "data": {**done.data, **answer.data}})
        return
    for line in [answer.text] if isinstance(answer.text, str) else answer.text:
        click.echo(line)
    for one in done.said:
        click.echo(f"Note: {sentence(one)}.")


def check_moment(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Wrong use if it is no date or time; the company's time zone is looked up later."""
    if text is not None:
        try:
            datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise click.BadParameter(f"{text} is no date or time such as 2026-03-02T14:30.") from error
    return text


def company_zone() -> ZoneInfo:
    """The company's time zone; one statement."""
    return ZoneInfo(settings.get("TIME_ZONE"))


def moment(text: str) -> datetime.datetime:
    """A date and time in the company's time zone; a date alone is noon of that day, or now if that is earlier."""
    time = datetime.datetime.fromisoformat(text)
    if time.tzinfo is not None:
        return time
    zone = company_zone()
    if len(text) > len("2026-03-02"):
        return time.replace(tzinfo=zone)
    noon, now = time.replace(hour=12, tzinfo=zone), timezone.now()
    return now if noon.date() == now.astimezone(zone).date() and noon > now else noon
