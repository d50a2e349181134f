"""Split a build, see what was done about it, and take something of it back."""

from __future__ import annotations

import dataclasses
import datetime

import click

from outwork.cli.build_outputs import order_line
from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.options import DAY, build_argument, reason_option
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.models import Build
from outwork.operations.splitting_build import split_build
from outwork.operations.taking_back import WAYS, reverse_event
from outwork.queries.build_events import BuildEvent, events_of
from outwork.queries.naming import build_named, company_named
from outwork.rules.refusals import declare, refuse

declare(event_not_of_build="Event {event} is not about {build}; outwork build events {build} lists those that are")


@click.command("split")
@build_argument
@click.argument("units", metavar="UNITS")
@click.option("--manufacturer", metavar="NAME", help="Who makes them; by default who makes the rest.")
@click.option("--outside/--inside", "is_external", default=None, help="Made outside, or by us; by default as the rest.")
@click.option("--line", "lines", multiple=True, metavar="ORDER/LINE", help="An open order line that goes along.")
@click.option("--follow-bom", is_flag=True, help="To the BOM of today, not to the lines as they are frozen.")
@click.option("--target", "target_date", type=DAY, metavar="DATE", help="When they should be done.")
@click.option("--reference", help="The reference of the new build; by default the next one.")
@reason_option
@doing
def split(
    asked: Asked,
    build: str,
    units: str,
    manufacturer: str | None,
    is_external: bool | None,
    lines: tuple[str, ...],
    follow_bom: bool,
    target_date: datetime.date | None,
    reference: str | None,
    reason: str,
) -> Answer:
    """Move open units to a new build, with the order lines and stock that are for them.

    For a second manufacturer, an engineering change, or to go on outside or inside. Open order lines at the new
    manufacturer go along by themselves.
    """
    found = build_named(build)
    done = split_build(
        build=found,
        quantity=units,
        manufacturer=company_named(manufacturer, where=("manufacturer",)) if manufacturer else None,
        is_external=is_external,
        lines=[order_line(text).pk for text in lines] if lines else None,
        follow_bom=follow_bom,
        target_date=target_date,
        reference=reference,
        reason=reason,
        **asked,
    )
    new = Build.objects.select_related("manufacturer").get(pk=done.ids[0])
    left = Build.objects.get(pk=found.pk).quantity
    who = f" at {new.manufacturer.name}" if new.manufacturer else ""
    return Answer(done, f"{new.reference}{who} is for {shown(new.quantity)} now, {found.reference} for {shown(left)}.")


@click.command("events")
@build_argument
@reading
def events(build: str, as_json: bool) -> None:
    """Show what was done about a build, newest first, with the numbers by which it is taken back."""
    found = events_of(build_named(build))
    if as_json:
        print_json([{**dataclasses.asdict(one), "can_be_taken_back": _can_go_back(one)} for one in found])
        return
    zone = company_zone()
    rows = [
        (one.id, f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", one.kind, one.by, _standing(one), one.reason)
        for one in found
    ]
    for line in table(("event", "when", "what", "who", "", "why"), rows):
        click.echo(line)


def _can_go_back(event: BuildEvent) -> bool:
    return event.kind in WAYS and event.taken_back_by is None and event.takes_back is None


def _standing(event: BuildEvent) -> str:
    if event.taken_back_by is not None:
        return f"taken back by {event.taken_back_by}"
    if event.takes_back is not None:
        return f"takes back {event.takes_back}"
    return "can be taken back" if _can_go_back(event) else ""


@click.command("reverse")
@build_argument
@click.argument("event", type=int, metavar="EVENT")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the event.")
@doing
def reverse(asked: Asked, build: str, event: int, reason: str) -> Answer:
    """Take back something that was done about a build: it is as it was before, or nothing changes.

    Units accepted, rejected or scrapped, a kit sent, what was consumed, a finish, a BOM taken over, reported lots,
    units made by hand, a receipt. `outwork build events` shows the numbers.
    """
    found = build_named(build)
    if event not in {one.id for one in events_of(found)}:
        refuse("event_not_of_build", event=event, build=found.reference, where=("event",))
    done = reverse_event(event=event, reason=reason, **asked)
    return Answer(done, f"Event {event} of {found.reference} is taken back by event {done.event_id}.")


COMMANDS = (split, events, reverse)
