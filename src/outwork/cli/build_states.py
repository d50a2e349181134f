"""Move a build through its life: issue it, hold it, cancel it, finish it, reopen it."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import build_argument, reason_option
from outwork.operations.build_states import cancel_build, hold_build, issue_build, reopen_build
from outwork.operations.finishing import finish_build
from outwork.queries.naming import build_named
from outwork.rules.supply import Overallocated


@click.command("issue")
@build_argument
@doing
def issue(asked: Asked, build: str) -> Answer:
    """Put a build into production. Its lines are frozen from then on."""
    found = build_named(build)
    return Answer(issue_build(build=found, **asked), f"{found.reference} is in production.")


@click.command("hold")
@build_argument
@reason_option
@doing
def hold(asked: Asked, build: str, reason: str) -> Answer:
    """Put a build on hold. What is allocated stays allocated."""
    found = build_named(build)
    return Answer(hold_build(build=found, reason=reason, **asked), f"{found.reference} is on hold.")


@click.command("cancel")
@build_argument
@reason_option
@doing
def cancel(asked: Asked, build: str, reason: str) -> Answer:
    """Cancel a build. What is allocated to it is free again; what was consumed stays consumed."""
    found = build_named(build)
    return Answer(cancel_build(build=found, reason=reason, **asked), f"{found.reference} is cancelled.")


@click.command("reopen")
@build_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the event.")
@doing
def reopen(asked: Asked, build: str, reason: str) -> Answer:
    """Reopen a complete build."""
    found = build_named(build)
    return Answer(reopen_build(build=found, reason=reason, **asked), f"{found.reference} is in production again.")


@click.command("finish")
@build_argument
@click.option("--accept-incomplete", is_flag=True, help="It stays incomplete: no more good units will come.")
@click.option(
    "--accept-unallocated",
    is_flag=True,
    help="What is short stays short; undecided lines that are short were supplied by the manufacturer.",
)
@click.option(
    "--overallocated",
    default=Overallocated.TRIM.value,
    show_default=True,
    type=click.Choice([one.value for one in Overallocated]),
    help="Of what is allocated beyond the need: free it, finish only without it, or count it as used up too.",
)
@reason_option
@doing
def finish(
    asked: Asked, build: str, accept_incomplete: bool, accept_unallocated: bool, overallocated: str, reason: str
) -> Answer:
    """Finish a build. What is due is consumed, what is left over is free, and the cost is final."""
    found = build_named(build)
    done = finish_build(
        build=found,
        accept_incomplete=accept_incomplete,
        accept_unallocated=accept_unallocated,
        accept_overallocated=Overallocated(overallocated),
        reason=reason,
        **asked,
    )
    text = [f"{found.reference} is complete."]
    text += [f"Free again: {one['quantity']} of item {one['item']}." for one in done.data.get("freed", ())]
    return Answer(done, text)


COMMANDS = (issue, hold, cancel, reopen, finish)
