"""The ledger on the command line: recount it, and take back what was done."""

from __future__ import annotations

import dataclasses

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.tables import several
from outwork.ledger.verify import verify as recount
from outwork.operations.taking_back import reverse_event

DIFFERENT = 1


@click.group("ledger")
def command() -> None:
    """Recount the ledger, and take back what was done."""


@command.command("verify")
@reading
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Recount all stock, values, allocations and what builds and orders took and gave.

    Ends with status 1 and names each number that the ledger does not bear out.
    """
    found = recount()
    if as_json:
        print_json({"differences": [{**dataclasses.asdict(one), "text": one.text} for one in found]})
    else:
        for one in found:
            click.echo(one.text)
        click.echo(several(len(found), "difference") + "." if found else "Everything agrees.")
    if found:
        context.exit(DIFFERENT)


@command.command("reverse")
@click.argument("event", type=int, metavar="EVENT")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the event.")
@doing
def reverse(asked: Asked, event: int, reason: str) -> Answer:
    """Take an event back: everything moves back exactly, or nothing does.

    `outwork stock history` shows the numbers of events.
    """
    done = reverse_event(event=event, reason=reason, **asked)
    return Answer(done, f"Event {event} is taken back by event {done.event_id}.")
