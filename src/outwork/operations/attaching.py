"""Attach files and links to parts, companies, documents, units and events; show one of them as the picture of a part.

A file is stored under its SHA-256 before the operation that attaches it, so that a request can be repeated and the same
file is kept once. What nothing names any more is pruned when it is a day old: until then somebody may be about to
attach it again.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from outwork.ledger import rows
from outwork.models import Attachment, Company, Part, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.subject_rows import check_subjects, documents_of
from outwork.operations.text_limits import check_texts
from outwork.queries.settings import get
from outwork.queries.subjects import document_of, file_of, find_subjects
from outwork.rules.media import HEAD_LENGTH, RASTER_IMAGES, contradicts, media_type_of
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.subjects import SubjectKind

declare(
    attachment_unnamed="An attachment needs a name",
    attachment_empty="{name} is empty",
    attachment_too_large="{name} is larger than {limit} MB",
    attachment_not_what_it_says="{name} is not what its name says: its content is neither an image nor a PDF",
    attachment_link_invalid="{link} is no web address such as https://example.com/sheet.pdf",
    attachment_needs_one="An attachment is a file or a link",
    attachment_file_missing="The file of {name} is not there: send it again",
    attachment_unknown="There is no attachment {attachment}",
    attachment_no_image="{name} is no picture that browsers show: {media_type}",
    attachment_of_another="{name} is not attached to {subject}",
)

_MEGABYTE = 1024 * 1024
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the data folder: its SHA-256, bytes and type as its content tells."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A stored file or a link (`http` or `https`), and what it hangs on."""

    subject_kind: SubjectKind | str
    subject_id: int
    name: str
    file: StoredFile | None = None
    link: str = ""
    comment: str = ""


def store_file(stream: BinaryIO, *, name: str) -> StoredFile:
    """Put a file into the data folder, whole or not at all; one that is there already is kept.

    Refuses attachment_empty, attachment_too_large (setting ATTACHMENT_MAX_MB) and attachment_not_what_it_says.
    """
    limit = int(get("ATTACHMENT_MAX_MB"))
    folder: Path = settings.DATA_FOLDER / "attachments"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as incoming:
        try:
            while chunk := stream.read(_MEGABYTE):
                head = head or chunk[:HEAD_LENGTH]
                size += len(chunk)
                if size > limit * _MEGABYTE:
                    refuse("attachment_too_large", name=name, limit=limit, where=("file",))
                digest.update(chunk)
                incoming.write(chunk)
            if not size:
                refuse("attachment_empty", name=name, where=("file",))
            if contradicts(head, name):
                refuse("attachment_not_what_it_says", name=name, where=("file",))
            incoming.flush()
            os.fsync(incoming.fileno())
            target = file_of(digest.hexdigest())
            target.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(incoming.name, target)
        except BaseException:
            Path(incoming.name).unlink(missing_ok=True)
            raise
    return StoredFile(digest.hexdigest(), size, media_type_of(head, name))


@operation
def attach(
    *,
    attachments: Sequence[NewAttachment],
    actor: User,
    at: datetime.datetime,
    as_image: bool = False,
    key: str | None = None,
) -> Done:
    """Attach stored files and links; `ids` holds the attachments. With `as_image` each is its subject's picture.

    Refuses rows_missing, subject_kind_unknown, subject_unknown, attachment_needs_one, attachment_file_missing,
    attachment_link_invalid, attachment_no_image, attachment_unnamed, bad texts.
    """
    reasons = Reasons()
    if not attachments:
        reasons.add("rows_missing")
    subjects = [(one.subject_kind, one.subject_id) for one in attachments]
    found = check_subjects(subjects, frozenset(SubjectKind), reasons)
    for index, one in enumerate(attachments):
        _check(one, index, reasons)
        if as_image and (one.file is None or one.file.media_type not in RASTER_IMAGES):
            media_type = one.file.media_type if one.file else "a link"
            reasons.add("attachment_no_image", name=one.name, media_type=media_type, where=(index, "file"))
    reasons.raise_any()
    event = record(
        "attachment.added",
        *documents_of(list(found.values())),
        actor=actor,
        at=at,
        data={
            "attachments": [
                {"name": one.name, "subject": [str(one.subject_kind), one.subject_id]} for one in attachments
            ]
        },
    )
    ids = rows.take_ids(Attachment, len(attachments))
    names = ("subject_kind", "subject_id", "name", "link", "comment", "digest", "size", "media_type")
    rows.insert(
        Attachment,
        ("id", *names, "uploaded_by_id", "uploaded_at"),
        [
            (
                *(pk, str(one.subject_kind), one.subject_id, one.name.strip(), one.link.strip(), one.comment.strip()),
                *((one.file.digest, one.file.size, one.file.media_type) if one.file else ("", 0, "")),
                *(actor.pk, at),
            )
            for pk, one in zip(ids, attachments, strict=True)
        ],
    )
    if as_image:
        _set_images({(str(one.subject_kind), one.subject_id): pk for pk, one in zip(ids, attachments, strict=True)})
    return Done(event.pk, ids)


@operation
def change_attachment(
    *,
    attachment: int,
    actor: User,
    at: datetime.datetime,
    name: str | None = None,
    comment: str | None = None,
    key: str | None = None,
) -> Done:
    """Say more about an attachment, or name it otherwise; refuses attachment_unknown, attachment_unnamed, bad texts."""
    found = _locked([attachment])[attachment]
    reasons = Reasons()
    texts = {
        "name": found.name if name is None else name.strip(),
        "comment": found.comment if comment is None else comment,
    }
    if not texts["name"]:
        reasons.add("attachment_unnamed", where=("name",))
    check_texts(Attachment, texts, reasons)
    reasons.raise_any()
    event = record("attachment.changed", *_documents([found]), actor=actor, at=at, data={"before": found.name, **texts})
    found.name, found.comment = texts["name"], texts["comment"]
    found.save(update_fields=["name", "comment"])
    return Done(event.pk, [attachment])


@operation
def detach(*, attachments: Sequence[int], actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take attachments away; a picture of a part or company is then none. Refuses attachment_unknown, rows_missing."""
    if not attachments:
        refuse("rows_missing")
    found = _locked(attachments)
    told = [{"name": one.name, "digest": one.digest, "link": one.link} for one in found.values()]
    event = record(
        "attachment.removed", *_documents(list(found.values())), actor=actor, at=at, data={"attachments": told}
    )
    for model in (Part, Company):
        model._default_manager.filter(image__any=list(found)).update(image=None)
    rows.delete(Attachment, found)
    digests = {one.digest for one in found.values() if one.digest}
    transaction.on_commit(lambda: _prune(digests))
    return Done(event.pk, sorted(found))


@operation
def set_image(
    *, subject: Part | Company, attachment: int | None, actor: User, at: datetime.datetime, key: str | None = None
) -> Done:
    """Let an attachment be the picture of its part or company, or (None) let it have none.

    Refuses attachment_unknown, attachment_of_another, attachment_no_image.
    """
    if attachment is not None:
        found = _locked([attachment])[attachment]
        kind = SubjectKind.PART if isinstance(subject, Part) else SubjectKind.COMPANY
        reasons = Reasons()
        if (found.subject_kind, found.subject_id) != (kind, subject.pk):
            reasons.add("attachment_of_another", name=found.name, subject=str(subject), where=("attachment",))
        if found.media_type not in RASTER_IMAGES:
            media_type = found.media_type or "a link"
            reasons.add("attachment_no_image", name=found.name, media_type=media_type, where=("attachment",))
        reasons.raise_any()
    event = record("attachment.shown", subject, actor=actor, at=at, data={"attachment": attachment})
    type(subject)._default_manager.filter(pk=subject.pk).update(image=attachment)
    return Done(event.pk, [subject.pk])


def prune_files() -> int:
    """Remove the stored files that no attachment names and that are more than a day old; gives how many."""
    folder: Path = settings.DATA_FOLDER / "attachments"
    stored = {file.name for file in folder.glob("??/*")}
    stale = [file for file in folder.glob(".incoming-*") if _is_old(file)]
    for file in stale:
        file.unlink(missing_ok=True)
    return _prune(stored) + len(stale)


def _prune(digests: set[str]) -> int:
    used = set(Attachment.objects.filter(digest__any=digests).values_list("digest", flat=True))
    idle = [file_of(digest) for digest in digests - used]
    gone = [file for file in idle if file.exists() and _is_old(file)]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _is_old(file: Path) -> bool:
    return time.time() - file.stat().st_mtime > _DAY


def _check(one: NewAttachment, index: int, reasons: Reasons) -> None:
    if not one.name.strip():
        reasons.add("attachment_unnamed", where=(index, "name"))
    texts = {"name": one.name, "link": one.link, "comment": one.comment}
    check_texts(Attachment, texts, reasons, where=(index,))
    if (one.file is None) == (not one.link.strip()):
        reasons.add("attachment_needs_one", where=(index, "file"))
    elif one.file is not None and not file_of(one.file.digest).is_file():
        reasons.add("attachment_file_missing", name=one.name, where=(index, "file"))
    elif one.link and not one.link.strip().lower().startswith(("http://", "https://")):
        reasons.add("attachment_link_invalid", link=one.link, where=(index, "link"))


def _locked(ids: Sequence[int]) -> dict[int, Attachment]:
    query = Attachment.objects.select_for_update(no_key=True).filter(pk__any=list(ids)).order_by("pk")
    found = {one.pk: one for one in query}
    reasons = Reasons()
    for index, pk in enumerate(ids):
        if pk not in found:
            reasons.add("attachment_unknown", attachment=pk, where=(index, "attachment"))
    reasons.raise_any()
    return found


def _documents(found: Sequence[Attachment]) -> list[Model]:
    """The document that tells of it, where all hang on one subject; one statement at most."""
    subjects = {(one.subject_kind, one.subject_id) for one in found}
    if len(subjects) != 1:
        return []
    kind, pk = subjects.pop()
    subject = find_subjects(SubjectKind(kind), [pk]).get(pk)
    return [document_of(subject)] if subject is not None else []


def _set_images(images: dict[tuple[str, int], int]) -> None:
    for kind, model in ((SubjectKind.PART, Part), (SubjectKind.COMPANY, Company)):
        rows.update(model, ("image_id",), [(pk, image) for (of, pk), image in images.items() if of == kind])
