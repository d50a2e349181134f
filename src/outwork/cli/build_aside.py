"""Units set aside: held for inspection, released, reworked in house, accepted with a concession, scrapped here."""

from __future__ import annotations

import click

from outwork.cli.build_outputs import choosing, chosen_outputs, described
from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import build_argument, note_option
from outwork.operations.deciding import accept_outputs
from outwork.operations.disposing import hold_outputs, release_outputs, rework_outputs, scrap_outputs
from outwork.queries.naming import build_named, location_named
from outwork.rules.states import StockStatus

_HELD = {"quarantined": StockStatus.QUARANTINED, "attention": StockStatus.ATTENTION}
_why_option = click.option("--reason", required=True, metavar="TEXT", help="Why.")


@click.command("hold-units")
@build_argument
@doing
@choosing
@_why_option
@click.option("--status", type=click.Choice(list(_HELD)), default="quarantined", show_default=True)
def hold_units(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    reason: str,
    status: str,
) -> Answer:
    """Set units aside until somebody has looked at them. The others go on."""
    found = build_named(build)
    done = hold_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        location=location_named(location) if location else None,
        reason=reason,
        status=_HELD[status],
        **asked,
    )
    return Answer(done, f"Held {described(done.ids)} of {found.reference}.")


@click.command("release")
@build_argument
@doing
@choosing
@note_option
def release(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    note: str,
) -> Answer:
    """Put units that were held or reworked back among those to be decided on."""
    found = build_named(build)
    done = release_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        location=location_named(location) if location else None,
        note=note,
        **asked,
    )
    return Answer(done, f"Released {described(done.ids)} of {found.reference}.")


@click.command("concede")
@build_argument
@doing
@choosing
@_why_option
def concede(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    reason: str,
) -> Answer:
    """Accept units although they are not as they should be, rejected and untested ones too."""
    found = build_named(build)
    done = accept_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        location=location_named(location) if location else None,
        concession=reason,
        **asked,
    )
    return Answer(done, f"Accepted {described(done.ids)} of {found.reference} with a concession.")


@click.command("rework")
@build_argument
@doing
@choosing
@_why_option
def rework(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    reason: str,
) -> Answer:
    """Rework units in house. They are in production again until they are decided on anew."""
    found = build_named(build)
    done = rework_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        location=location_named(location) if location else None,
        reason=reason,
        **asked,
    )
    return Answer(done, f"{described(done.ids)} of {found.reference} to be reworked.")


@click.command("scrap-units")
@build_argument
@doing
@choosing
@_why_option
def scrap_units(
    asked: Asked,
    build: str,
    names: tuple[str, ...],
    everything: bool,
    units: str | None,
    location: str | None,
    reason: str,
) -> Answer:
    """Scrap units that came. They were built; the good ones bear their cost."""
    if location:
        raise click.UsageError("Scrapped units lie nowhere: leave --location out.")
    found = build_named(build)
    done = scrap_outputs(
        build=found,
        decisions=chosen_outputs(found, names, everything=everything, units=units, key=asked["key"]),
        reason=reason,
        **asked,
    )
    return Answer(done, f"Scrapped {described(done.ids)} of {found.reference}.")


COMMANDS = (hold_units, release, concede, rework, scrap_units)
