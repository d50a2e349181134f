"""Exchange rates on the command line."""

from __future__ import annotations

import datetime

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.master_data import Spoken, list_command
from outwork.cli.options import DAY
from outwork.cli.tables import shown
from outwork.models import ExchangeRate
from outwork.operations.master_data import change, create, remove
from outwork.queries.settings import get
from outwork.rules.refusals import declare, refuse

declare(rate_unknown="There is no rate for {currency} from {day} on")

SPOKEN = Spoken(
    ExchangeRate,
    "",
    ("currency", "from", "rate"),
    lambda row, more: (row.currency, row.day, row.rate),
)


@click.group("rate")
def command() -> None:
    """Exchange rates: what a unit of another currency is worth in the base currency, from a day on.

    Where a rate is missing, a cost is unknown.
    """


command.add_command(list_command(SPOKEN))


@command.command("set")
@click.argument("currency", metavar="CURRENCY")
@click.argument("day", metavar="DAY", type=DAY)
@click.argument("rate", metavar="RATE")
@doing
def set_rate(asked: Asked, currency: str, day: datetime.date, rate: str) -> Answer:
    """Say that from DAY on one unit of CURRENCY is worth RATE in the base currency."""
    standing = _standing(currency, day)
    if standing is None:
        row = {"currency": currency, "day": day, "rate": rate}
        done = create(model=ExchangeRate, rows=[row], **asked)
    else:
        done = change(model=ExchangeRate, rows=[{"id": standing.pk, "rate": rate}], **asked)
    made = ExchangeRate.objects.get(pk=done.ids[0])
    return Answer(done, f"1 {made.currency} is {shown(made.rate)} {get('BASE_CURRENCY')} from {made.day} on.")


@command.command("remove")
@click.argument("currency", metavar="CURRENCY")
@click.argument("day", metavar="DAY", type=DAY)
@doing
def remove_rate(asked: Asked, currency: str, day: datetime.date) -> Answer:
    """Remove the rate that holds from DAY on; the one before it holds on."""
    standing = _standing(currency, day)
    if standing is None:
        refuse("rate_unknown", currency=currency, day=day, where=("day",))
    done = remove(model=ExchangeRate, ids=[standing.pk], **asked)
    return Answer(done, f"Removed the rate of {standing.currency} from {day} on.")


def _standing(currency: str, day: datetime.date) -> ExchangeRate | None:
    return ExchangeRate.objects.filter(currency=currency.strip().upper(), day=day).first()
