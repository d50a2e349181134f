"""What stands between a build and its end, and the numbers of its lines, on the command line."""

from __future__ import annotations

from typing import Any

import click
from django.utils import timezone

from outwork.cli.doing import company_zone, reading
from outwork.cli.options import build_argument
from outwork.cli.output import print_json
from outwork.cli.tables import shown, table
from outwork.queries.build_explained import explained
from outwork.queries.line_numbers import LineNumbers, build_line_numbers
from outwork.queries.naming import build_named
from outwork.queries.supply_demand import no_expired
from outwork.rules.explaining import Told

# Which command does what can be done.
DOING = {
    "resume": "outwork build issue {build}",
    "issue": "outwork build issue {build}",
    "decide_supply": "outwork build supply {build}",
    "take_over": "outwork build take-over-bom {build}",
    "allocate_here": "outwork build auto-allocate {build}",
    "allocate_there": "outwork build auto-allocate {build}",
    "await_order": "outwork order receive {name}",
    "chase_order": "outwork order promise {name} LINE DATE",
    "place_draft": "outwork order place {name}",
    "buy": 'outwork to-order order "{about}"',
    "build_it": 'outwork build create "{about}" {quantity}',
    "send": "outwork build send {build}",
    "order_units": "outwork build order {build}",
    "order_more": "outwork build order {build} --units N",
    "place_order": "outwork order place {order}",
    "ask_to_confirm": "outwork order promise {order} LINE DATE --which confirmed",
    "chase_units": "outwork order promise {order} LINE DATE",
    "await_units": "outwork order receive {order}",
    "make_units": "outwork build make {build} UNITS",
    "decide": "outwork build accept {build} --rest",
    "consume": "outwork build consume {build}",
    "finish": "outwork build finish {build}",
}


@click.command("explain")
@build_argument
@reading
def explain(build: str, as_json: bool) -> None:
    """Say what stands between a build and its end, and what can be done about it."""
    named = build_named(build)
    found = explained(named, today=timezone.now().astimezone(company_zone()).date())
    if as_json:
        obstacles = [
            {
                **_told(one),
                "mends": [_told(mend) | {"command": _command(mend, one, named.reference)} for mend in one.mends],
            }
            for one in found.obstacles
        ]
        print_json({"build": named.reference, "obstacles": obstacles})
        return
    if not found.obstacles:
        click.echo(f"{named.reference} is over.")
    for number, one in enumerate(found.obstacles, 1):
        click.echo(f"{number}. {one.text()}")
        for mend in one.mends:
            command = _command(mend, one, named.reference)
            click.echo(f"   - {mend.text()}" + (f"   [{command}]" if command else ""))


def _told(one: Told) -> dict[str, Any]:
    return {"code": one.code, "message": one.text(), "params": one.params}


def _command(mend: Told, obstacle: Told, build: str) -> str | None:
    template = DOING.get(mend.code)
    params = {key: shown(value) for key, value in mend.params.items()}
    return template.format(build=build, about=obstacle.params.get("part", ""), **params) if template else None


@click.command("numbers")
@build_argument
@reading
def numbers(build: str, as_json: bool) -> None:
    """Show what each line of a build could be filled from, with what lies where and what is on order."""
    named = build_named(build)
    rows = build_line_numbers([named.pk], today=no_expired(timezone.now().astimezone(company_zone()).date()))
    if as_json:
        print_json(rows)
        return
    for line in table(HEADERS, [_cells(row) for row in rows]) or [f"{named.reference} has no lines."]:
        click.echo(line)


HEADERS = (
    *("part", "open", "allocated", "short", "free with us", "free there", "elsewhere", "variants", "substitutes"),
    *("on order", "of it for this", "on drafts", "of it for this", "being made", "for units"),
)


def _cells(row: LineNumbers) -> tuple[Any, ...]:
    return (
        *(row.part, row.open, row.allocated or "", row.short or "", row.available.here, row.available.there or ""),
        *(row.on_hand.elsewhere or "", row.available_variants or "", row.available_substitutes or ""),
        *(row.on_order or "", row.on_order_for_it or "", row.on_draft or "", row.on_draft_for_it or ""),
        *(row.in_production + row.scheduled or "", row.can_build),
    )


COMMANDS = (explain, numbers)
