"""Files and links on parts, companies, documents and units: `outwork attachment`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from outwork.cli.doing import Answer, Asked, doing, reading
from outwork.cli.output import print_json
from outwork.cli.subjects import kind_argument, subject_named
from outwork.cli.tables import several, table
from outwork.models import Attachment
from outwork.operations.attaching import (
    NewAttachment,
    attach,
    change_attachment,
    detach,
    prune_files,
    set_image,
    store_file,
)
from outwork.queries.subjects import attachments_of, file_of, find_subjects
from outwork.rules.refusals import refuse
from outwork.rules.subjects import SubjectKind

ids_argument = click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.IntRange(1))


@click.group("attachment")
def command() -> None:
    """Files and links on parts, companies, documents and units."""


@command.command("add")
@kind_argument(tuple(SubjectKind))
@click.argument("subject", metavar="NAME")
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--link", metavar="URL", help="A web address instead of a file.")
@click.option("--name", metavar="TEXT", help="What it is called; the file's name by default.")
@click.option("--comment", default="", metavar="TEXT", help="What it shows.")
@click.option("--as-image", is_flag=True, help="Show it as the picture of the part or company.")
@doing
def add(
    asked: Asked,
    kind: str,
    subject: str,
    files: tuple[Path, ...],
    link: str | None,
    name: str | None,
    comment: str,
    as_image: bool,
) -> Answer:
    """Attach FILEs, or a link, to NAME, which is a KIND: `outwork attachment add part R-10K sheet.pdf`."""
    if not files and link is None:
        raise click.UsageError("Say which FILE, or give a --link.")
    where = subject_named(kind, subject)
    new = []
    for file in files:
        with file.open("rb") as stream:
            stored = store_file(stream, name=file.name)
        new.append(NewAttachment(*where, name or file.name, stored, comment=comment))
    if link is not None:
        new.append(NewAttachment(*where, name or link, link=link, comment=comment))
    done = attach(attachments=new, as_image=as_image, **asked)
    return Answer(
        done, [f"{one.name} is attached to {subject} as {pk}." for one, pk in zip(new, done.ids, strict=True)]
    )


@command.command("list")
@kind_argument(tuple(SubjectKind))
@click.argument("subject", metavar="NAME")
@reading
def list_(kind: str, subject: str, as_json: bool) -> None:
    """List what is attached to NAME."""
    of, pk = subject_named(kind, subject)
    found = attachments_of(of, [pk]).get(pk, [])
    if as_json:
        names = ("id", "name", "link", "media_type", "size", "comment", "digest", "uploaded_at")
        print_json([{name: getattr(one, name) for name in names} for one in found])
        return
    rows = [(one.pk, one.name, one.media_type or one.link, one.size or "", one.comment) for one in found]
    for line in table(("Id", "Name", "Type", "Bytes", "Comment"), rows) or [f"Nothing is attached to {subject}."]:
        click.echo(line)


@command.command("change")
@click.argument("attachment", metavar="ID", type=click.IntRange(1))
@click.option("--name", metavar="TEXT", help="What it is called.")
@click.option("--comment", metavar="TEXT", help="What it shows.")
@doing
def change(asked: Asked, attachment: int, name: str | None, comment: str | None) -> Answer:
    """Name an attachment otherwise, or say more about it."""
    done = change_attachment(attachment=attachment, name=name, comment=comment, **asked)
    return Answer(done, f"Attachment {attachment} is changed.")


@command.command("remove")
@ids_argument
@doing
def remove(asked: Asked, ids: tuple[int, ...]) -> Answer:
    """Take attachments away."""
    return Answer(detach(attachments=ids, **asked), f"{several(len(ids), 'attachment')} removed.")


@command.command("save")
@click.argument("attachment", metavar="ID", type=click.IntRange(1))
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@reading
def save(attachment: int, target: Path, as_json: bool) -> None:
    """Copy an attached file to FILE, which must not be there yet."""
    found = Attachment.objects.filter(pk=attachment).exclude(digest="").first()
    if found is None:
        refuse("attachment_unknown", attachment=attachment, where=("attachment",))
    if target.exists():
        raise click.UsageError(f"{target} is there already.")
    shutil.copyfile(file_of(found.digest), target)
    if as_json:
        print_json({"file": str(target), "size": found.size})
    else:
        click.echo(f"{found.name} is saved as {target}.")


@command.command("show-as-image")
@click.argument("attachment", metavar="ID", type=click.IntRange(1))
@doing
def show_as_image(asked: Asked, attachment: int) -> Answer:
    """Let an attached picture be the picture of its part or company."""
    found = Attachment.objects.filter(pk=attachment).first()
    if found is None or found.subject_kind not in (SubjectKind.PART, SubjectKind.COMPANY):
        refuse("attachment_unknown", attachment=attachment, where=("attachment",))
    subject = find_subjects(SubjectKind(found.subject_kind), [found.subject_id])[found.subject_id]
    done = set_image(subject=subject, attachment=attachment, **asked)  # type: ignore[arg-type]
    return Answer(done, f"{found.name} is the picture of {subject}.")


@command.command("prune")
@reading
def prune(as_json: bool) -> None:
    """Remove stored files that nothing names any more and that are more than a day old."""
    gone = prune_files()
    if as_json:
        print_json({"removed": gone})
    else:
        click.echo(f"{several(gone, 'file')} removed.")
