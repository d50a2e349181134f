"""Fill the demo company, tell the story of one of its external builds, and serve it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from outwork.cli import database
from outwork.cli.demo_company.catalogue import COMPANY
from outwork.cli.demo_company.filling import Filled, Progress, fill
from outwork.cli.demo_company.people import LOGINS, PASSWORD
from outwork.cli.demo_company.report import story_of
from outwork.cli.demo_company.telling import tell
from outwork.cli.doing import company_zone
from outwork.cli.output import json_option, print_json, print_refusal
from outwork.cli.serve import address_options, serve
from outwork.models import Build
from outwork.rules.refusals import Refusal


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Fill and tell only.")
@json_option
@address_options
def command(no_serve: bool, as_json: bool, host: str, port: int, workers: int, threads: int) -> None:
    """Fill the demo company if there is nothing yet, tell the story of one external build, and serve.

    It never touches a company that has data of its own: then that is served as it is (refused with --no-serve). With
    --json the story is printed as JSON and nothing is served.
    """
    database.make_ready()
    no_serve = no_serve or as_json
    try:
        _fill_and_tell(as_json=as_json)
    except Refusal as refusal:
        if no_serve:
            raise
        print_refusal(refusal, as_json=False)
    if not no_serve:
        serve(host, port, workers, threads)


def _fill_and_tell(*, as_json: bool) -> None:
    started = time.monotonic()
    with _progress() as progress:
        filled = fill(progress)
    seconds = time.monotonic() - started
    story = story_of(Build.objects.select_related("part", "manufacturer").get(pk=filled.build_id))
    if as_json:
        logins = [{"login": login, "name": name, "does": does} for login, (name, does) in LOGINS.items()]
        made: dict[str, Any] = {"company": COMPANY, "is_new": filled.is_new, "logins": logins, "password": PASSWORD}
        print_json({**made, "story": story})
        return
    for line in _heading(filled, seconds):
        click.echo(line)
    for line in tell(story, company_zone()):
        click.echo(line)
    click.echo("")
    # The server's own first line comes after this, from another process as well.
    sys.stdout.flush()


def _heading(filled: Filled, seconds: float) -> Iterator[str]:
    yield f"{COMPANY} is here{f', its year told in {seconds:.1f} s' if filled.is_new else ' already'}."
    width = max(len(login) for login in LOGINS)
    for login, (name, does) in LOGINS.items():
        yield f"  {login.ljust(width)}  {name.ljust(3)}  {does}"
    yield f"  Password of all four: {PASSWORD}, for the pages and the API, which come next"
    yield ""


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for the scenes of the story, in a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done, total, title: None
        return
    # Imported here, for it takes as long as a short command.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, title: bar.update(task, completed=done, total=total, description=title)
