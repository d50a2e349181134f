"""Arguments and options that several commands take: a build, an order, a reason, a date, a name."""

from __future__ import annotations

import datetime

import click


class Day(click.ParamType):
    """A date such as 2026-03-02."""

    name = "DATE"

    def convert(
        self, value: str | datetime.date, parameter: click.Parameter | None, context: click.Context | None
    ) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value} is no date such as 2026-03-02.", parameter, context)


class Pair(click.ParamType):
    """NAME=VALUE; the name may have an = in it, the value not."""

    name = "NAME=VALUE"

    def convert(
        self, value: str | tuple[str, str], parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, text = value.rpartition("=")
        if not (equals and name.strip() and text.strip()):
            self.fail(f"{value} is not {self.name}.", parameter, context)
        return name.strip(), text.strip()


DAY = Day()


def day_or_none(text: str) -> datetime.date | None:
    """A date, or none where "none" says that there is to be no date."""
    return None if text == "none" else DAY.convert(text, None, None)


build_argument = click.argument("build", metavar="BUILD")
order_argument = click.argument("order", metavar="ORDER")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why; kept with the event.")
note_option = click.option("--note", default="", metavar="TEXT", help="A note, kept with it.")
location_option = click.option("--location", metavar="LOCATION", help="Where it goes: a path, or a name.")
