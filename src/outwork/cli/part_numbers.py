"""The numbers of parts on the command line: what there is, what comes, what is needed, how many can be built."""

from __future__ import annotations

import dataclasses

import click
from django.utils import timezone

from outwork.cli.doing import company_zone, reading
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.queries.line_numbers import bom_numbers, can_build_of
from outwork.queries.naming import company_named, part_named
from outwork.queries.part_numbers import part_numbers
from outwork.queries.supply_demand import no_expired
from outwork.rules.quantities import quantity

manufacturer_option = click.option(
    "--manufacturer", "manufacturers", multiple=True, metavar="NAME", help="Count what lies at them; may be repeated."
)


@click.command("numbers")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@manufacturer_option
@reading
def numbers(parts: tuple[str, ...], manufacturers: tuple[str, ...], as_json: bool) -> None:
    """Show the numbers of parts: on hand, allocated, available, on order, being made, required, can be built.

    On order, in production and scheduled count each unit once: an external build and the order line that delivers it
    are not added up.
    """
    named = [part_named(part) for part in parts]
    at = [company_named(name, where=("manufacturer",)).pk for name in manufacturers]
    today = no_expired(timezone.now().astimezone(company_zone()).date())
    found = part_numbers([part.pk for part in named], manufacturer_ids=at, today=today)
    units = can_build_of([part.pk for part in named if part.is_assembly], manufacturer_ids=at, today=today)
    if as_json:
        print_json([{**dataclasses.asdict(found[part.pk]), "can_build": units.get(part.pk)} for part in named])
        return
    headers = ["", *(found[part.pk].part for part in named)]
    cells = [
        [name, *(value(found[part.pk]) or "" for part in named)]
        for name, value in {
            "on hand with us": lambda one: one.on_hand.here,
            "on hand there": lambda one: one.on_hand.there,
            "on hand elsewhere": lambda one: one.on_hand.elsewhere,
            "allocated": lambda one: one.allocated,
            "not usable": lambda one: one.unusable,
            "available with us": lambda one: one.available.here,
            "available there": lambda one: one.available.there,
            "available elsewhere": lambda one: one.available.elsewhere,
            "available of variants": lambda one: one.variants_available,
            "on order": lambda one: one.on_order,
            "on drafts": lambda one: one.on_draft,
            "in production": lambda one: one.in_production,
            "scheduled": lambda one: one.scheduled,
            "required": lambda one: one.required,
            "short": lambda one: one.short,
            "minimum": lambda one: one.minimum,
            "can be built": lambda one: units.get(one.part_id),
        }.items()
    ]
    for line in table(headers, [row for row in cells if any(row[1:])]) or [
        "There is nothing of it, and nothing comes."
    ]:
        click.echo(line)


@click.command("can-build")
@click.argument("part", metavar="PART")
@click.argument("units", metavar="UNITS", default="1")
@manufacturer_option
@reading
def can_build(part: str, units: str, manufacturers: tuple[str, ...], as_json: bool) -> None:
    """Show what UNITS of an assembly need, what is there of it, and for how many units it suffices."""
    named = part_named(part)
    at = [company_named(name, where=("manufacturer",)).pk for name in manufacturers]
    today = no_expired(timezone.now().astimezone(company_zone()).date())
    wanted = quantity(units, where=("units",))
    rows = bom_numbers(named, wanted, manufacturer_ids=at, today=today)
    suffices = can_build_of([named.pk], manufacturer_ids=at, today=today)[named.pk]
    if as_json:
        print_json({"part": named.label, "units": wanted, "can_build": suffices, "lines": rows})
        return
    headers = ["part", "required", "free with us", "free there", "elsewhere", "variants", "substitutes"]
    cells = [
        [
            *(row.part, row.required, row.available.here, row.available.there or "", row.available.elsewhere or ""),
            *(row.available_variants or "", row.available_substitutes or "", row.on_order or "", row.can_build),
        ]
        for row in rows
    ]
    for line in table([*headers, "on order", "for units"], cells) or [f"{named.label} has no BOM."]:
        click.echo(line)
    if suffices is not None:
        click.echo(f"What is free suffices for {shown(suffices)} of {named.label}.")


COMMANDS = (numbers, can_build)
