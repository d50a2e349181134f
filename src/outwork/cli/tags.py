"""Tags, by which people find things again: `outwork tag`."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.subjects import kind_argument, subject_named
from outwork.operations.commenting import tag_subjects
from outwork.queries.subjects import find_subjects, tagged, tags_of
from outwork.rules.subjects import TAGGED, SubjectKind


@click.group("tag")
def command() -> None:
    """Tags, by which people find things again."""


@command.command("put")
@kind_argument(TAGGED)
@click.argument("subject", metavar="NAME")
@click.argument("words", metavar="TAG...", nargs=-1, required=True)
@doing
def put(asked: Asked, kind: str, subject: str, words: tuple[str, ...]) -> Answer:
    """Put TAGs on NAME: `outwork tag put build BO-0007 pilot urgent`."""
    return _tagged(kind, subject, asked, add=words)


@command.command("take-off")
@kind_argument(TAGGED)
@click.argument("subject", metavar="NAME")
@click.argument("words", metavar="TAG...", nargs=-1, required=True)
@doing
def take_off(asked: Asked, kind: str, subject: str, words: tuple[str, ...]) -> Answer:
    """Take TAGs off NAME."""
    return _tagged(kind, subject, asked, remove=words)


def _tagged(
    kind: str, subject: str, asked: Asked, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()
) -> Answer:
    of, pk = subject_named(kind, subject)
    done = tag_subjects(subjects=[(of, pk)], add=add, remove=remove, **asked)
    words = tags_of(of, [pk]).get(pk, [])
    return Answer(done, f"{subject}: {', '.join(words) or 'no tags'}.", {"tags": words})


@command.command("find")
@kind_argument(TAGGED)
@click.argument("words", metavar="TAG...", nargs=-1, required=True)
@reading
def find(kind: str, words: tuple[str, ...], as_json: bool) -> None:
    """List what has every one of the TAGs."""
    of = next(one for one in SubjectKind if one.value.lower().replace(" ", "-") == kind)
    found = find_subjects(of, tagged(of, words))
    if as_json:
        print_json([{"id": pk, "name": str(row)} for pk, row in sorted(found.items())])
        return
    for _, row in sorted(found.items()):
        click.echo(str(row))
    if not found:
        click.echo(f"No {of.value} has {' and '.join(words)}.")
