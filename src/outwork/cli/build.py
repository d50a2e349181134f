"""Build orders: list them, show one, create one; what is done with them stands in build_*.py."""

from __future__ import annotations

import datetime
from typing import Any

import click
from django.utils import timezone

from outwork.cli import (
    build_aside,
    build_changes,
    build_cost,
    build_deviations,
    build_explain,
    build_fitting,
    build_outputs,
    build_states,
    build_stock,
    build_tree,
    build_undoing,
)
from outwork.cli.actor import find_actor
from outwork.cli.build_page import page
from outwork.cli.doing import Answer, Asked, company_zone, doing, reading
from outwork.cli.field_options import row_named
from outwork.cli.options import DAY, build_argument, note_option
from outwork.cli.output import print_json
from outwork.cli.tables import table
from outwork.cli.went_back import went_back
from outwork.models import Build, ProjectCode
from outwork.operations.creating_build import create_build
from outwork.queries.build_list import ORDERS, BuildFilter, list_builds
from outwork.queries.build_overview import BuildOverview, overview
from outwork.queries.naming import build_named, company_named, location_named, part_named
from outwork.queries.returns import returns_of_build
from outwork.rules.states import OPEN_BUILD, BuildStatus
from outwork.rules.supply import ConsumeWhen

STATUSES = {status.word.replace(" ", "-"): [status] for status in BuildStatus} | {"open": sorted(OPEN_BUILD)}


@click.group("build")
def command() -> None:
    """Build orders: what is to be made, by us or by a manufacturer.

    A BUILD is named by its reference, such as BO-0007.
    """


for _module in (
    build_changes,
    build_deviations,
    build_states,
    build_stock,
    build_outputs,
    build_aside,
    build_cost,
    build_explain,
    build_undoing,
    build_fitting,
    build_tree,
):
    for _command in _module.COMMANDS:
        command.add_command(_command)


@command.command("list")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(list(STATUSES)), help="Only these; may be repeated."
)
@click.option("--external/--internal", "is_external", default=None, help="Only those made outside, or by us.")
@click.option("--overdue/--on-time", "is_overdue", default=None, help="Only those that are late, or that are not.")
@click.option("--part", metavar="PART", help="Only builds of this part.")
@click.option("--manufacturer", metavar="NAME", help="Only those meant for this manufacturer.")
@click.option("--for", "parent", metavar="BUILD", help="Only those made for this build.")
@click.option("--responsible", metavar="USERNAME", help="Only those that this user answers for.")
@click.option("--project", metavar="CODE", help="Only those of this project.")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help="Only those with this tag; repeatable.")
@click.option("--target-until", type=DAY, metavar="DATE", help="Only those due by then.")
@click.option("--target-from", type=DAY, metavar="DATE", help="Only those due then or later.")
@click.option("--search", "text", default="", metavar="TEXT", help="In reference, title, part and project.")
@click.option(
    "--order", default="reference", show_default=True, metavar="NAME", help=f"{', '.join(ORDERS)}; -NAME backwards."
)
@reading
def list_(as_json: bool, order: str, statuses: tuple[str, ...], **given: Any) -> None:
    """List the build orders."""
    today = timezone.now().astimezone(company_zone()).date()
    rows = list_builds(today=today, wanted=_wanted(statuses, **given), order=order)
    if as_json:
        print_json(rows)
        return
    headers = ["build", "part", "units", "status", "made by", "ordered", "received", "accepted", "rejected", "target"]
    cells = [
        [
            row.reference,
            row.part,
            row.quantity,
            row.status,
            (row.manufacturer or "outside") if row.is_external else "",
            row.ordered or "",
            row.received or "",
            row.accepted or "",
            row.rejected or "",
            f"{row.target_date or ''}{' late' if row.is_late else ''}",
        ]
        for row in rows
    ]
    for line in table(headers, cells) or ["There are no such builds."]:
        click.echo(line)


def _wanted(
    statuses: tuple[str, ...],
    *,
    part: str | None,
    manufacturer: str | None,
    parent: str | None,
    responsible: str | None,
    project: str | None,
    **given: Any,
) -> BuildFilter:
    """What the options ask for, with names looked up."""
    return BuildFilter(
        statuses={one for word in statuses for one in STATUSES[word]} if statuses else None,
        part_id=part_named(part).pk if part else None,
        manufacturer_id=company_named(manufacturer, where=("manufacturer",)).pk if manufacturer else None,
        parent_id=build_named(parent, where=("for",)).pk if parent else None,
        responsible_id=find_actor(responsible).pk if responsible else None,
        project_code_id=row_named(ProjectCode, project, where=("project",)).pk if project else None,
        **given,
    )


@command.command("show")
@build_argument
@reading
def show(build: str, as_json: bool) -> None:
    """Show where a build stands and what to do next."""
    zone = company_zone()
    found = overview(build_named(build), today=timezone.now().astimezone(zone).date())
    gone = returns_of_build(found.build.pk)
    if as_json:
        print_json({**as_data(found), "returns": gone})
        return
    for line in (*page(found, zone), *went_back(gone)):
        click.echo(line)


def as_data(found: BuildOverview) -> dict[str, Any]:
    """The overview of a build as `--json` prints it."""
    build = found.build
    return {
        "id": build.pk,
        "reference": build.reference,
        "title": build.title,
        "part": build.part.label,
        "quantity": build.quantity,
        "status": BuildStatus(build.status).word,
        "is_external": build.is_external,
        "manufacturer": build.manufacturer.name if build.manufacturer else None,
        "consume": build.consume,
        "batch": build.batch,
        "created_at": build.created_at,
        "issued_at": build.issued_at,
        "completed_at": build.completed_at,
        "start_date": build.start_date,
        "target_date": build.target_date,
        "priority": build.priority,
        "responsible": build.responsible.username if build.responsible else None,
        "project": build.project_code.code if build.project_code else None,
        "parent": build.parent.reference if build.parent else None,
        "feeds_parent": build.feeds_parent,
        "link": build.link,
        "progress": found.progress,
        "lines": found.lines,
        "order_lines": found.ordered,
        "outputs": found.outputs,
        "next": [{"code": step.code, "message": step.text()} for step in found.next],
    }


@command.command("create")
@click.argument("part", metavar="PART")
@click.argument("quantity", metavar="QUANTITY")
@click.option("--external", "is_external", is_flag=True, help="Made outside, by a manufacturer.")
@click.option("--manufacturer", metavar="NAME", help="Who is meant to make it.")
@click.option("--target", "target_date", type=DAY, metavar="DATE", help="When it should be done.")
@click.option("--start", "start_date", type=DAY, metavar="DATE", help="When it should begin.")
@click.option("--consume", type=click.Choice([when.value for when in ConsumeWhen]), help="When components are used up.")
@click.option("--take-from", metavar="LOCATION", help="Where its stock comes from.")
@click.option("--destination", metavar="LOCATION", help="Where its units go.")
@click.option("--batch", default="", help="The batch code of its units.")
@click.option("--title", default="", help="What it is for.")
@click.option("--parent", metavar="BUILD", help="The build that it is part of.")
@click.option("--feeds-parent", is_flag=True, help="Its units are allocated to the parent when they are accepted.")
@click.option("--project", metavar="CODE", help="The project that it is booked to.")
@click.option("--link", default="", metavar="URL", help="Where more is to be found.")
@click.option("--priority", default=0, type=click.IntRange(0))
@click.option("--responsible", metavar="USERNAME", help="Who looks after it.")
@click.option("--reference", help="Its reference; by default the next number.")
@note_option
@doing
def create(
    asked: Asked,
    part: str,
    quantity: str,
    is_external: bool,
    manufacturer: str | None,
    target_date: datetime.date | None,
    start_date: datetime.date | None,
    consume: str | None,
    take_from: str | None,
    destination: str | None,
    batch: str,
    title: str,
    parent: str | None,
    feeds_parent: bool,
    project: str | None,
    link: str,
    priority: int,
    responsible: str | None,
    reference: str | None,
    note: str,
) -> Answer:
    """Create a build order. Its lines follow the BOM until it is issued."""
    done = create_build(
        part=part_named(part),
        quantity=quantity,
        is_external=is_external,
        manufacturer=company_named(manufacturer, where=("manufacturer",)) if manufacturer else None,
        consume=ConsumeWhen(consume) if consume else None,
        reference=reference,
        title=title,
        batch=batch,
        parent=build_named(parent, where=("parent",)) if parent else None,
        feeds_parent=feeds_parent,
        project_code=row_named(ProjectCode, project, where=("project_code",)) if project else None,
        link=link,
        take_from=location_named(take_from, where=("take_from",)) if take_from else None,
        destination=location_named(destination, where=("destination",)) if destination else None,
        start_date=start_date,
        target_date=target_date,
        priority=priority,
        responsible=find_actor(responsible) if responsible else None,
        note=note,
        **asked,
    )
    made = Build.objects.select_related("part").get(pk=done.ids[0])
    return Answer(done, f"{made.reference}: {quantity} of {made.part.label}, {made.lines.count()} lines.")
