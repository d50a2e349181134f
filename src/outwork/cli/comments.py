"""Comments on documents, parts and companies: `outwork comment`."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.subjects import kind_argument, subject_named
from outwork.operations.commenting import change_comment, remove_comment, write_comment
from outwork.queries.subjects import comments_of
from outwork.rules.subjects import COMMENTED


@click.group("comment")
def command() -> None:
    """Comments on documents, parts and companies."""


@command.command("write")
@kind_argument(COMMENTED)
@click.argument("subject", metavar="NAME")
@click.argument("text", metavar="TEXT")
@doing
def write(asked: Asked, kind: str, subject: str, text: str) -> Answer:
    """Say TEXT, in Markdown, about NAME: `outwork comment write order PO-0007 "They called."`."""
    done = write_comment(subject=subject_named(kind, subject), text=text, **asked)
    return Answer(done, f"Comment {done.ids[0]} on {subject} is written.")


@command.command("list")
@kind_argument(COMMENTED)
@click.argument("subject", metavar="NAME")
@reading
def list_(kind: str, subject: str, as_json: bool) -> None:
    """List what was said about NAME, oldest first."""
    found = comments_of(*subject_named(kind, subject))
    if as_json:
        told = [
            {
                "id": one.pk,
                "author": one.author.username,
                "at": one.written_at,
                "changed_at": one.changed_at,
                "text": one.text,
            }
            for one in found
        ]
        print_json(told)
        return
    for one in found:
        changed = ", changed" if one.changed_at else ""
        click.echo(f"{one.pk}  {one.written_at:%Y-%m-%d %H:%M}  {one.author.username}{changed}: {one.text}")
    if not found:
        click.echo(f"Nothing was said about {subject}.")


@command.command("change")
@click.argument("comment", metavar="ID", type=click.IntRange(1))
@click.argument("text", metavar="TEXT")
@doing
def change(asked: Asked, comment: int, text: str) -> Answer:
    """Put your own comment otherwise."""
    return Answer(change_comment(comment=comment, text=text, **asked), f"Comment {comment} is changed.")


@command.command("remove")
@click.argument("comment", metavar="ID", type=click.IntRange(1))
@doing
def remove(asked: Asked, comment: int) -> Answer:
    """Take your own comment away."""
    return Answer(remove_comment(comment=comment, **asked), f"Comment {comment} is removed.")
