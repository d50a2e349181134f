"""Say something about a document; tag things so that people find them again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Model

from outwork.ledger import rows
from outwork.models import Comment, Tag, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.subject_rows import Subject, check_subjects, documents_of
from outwork.operations.text_limits import check_texts
from outwork.queries.subjects import document_of, find_subjects, tags_of
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.subjects import COMMENTED, TAGGED, SubjectKind
from outwork.rules.texts import is_clean

declare(
    comment_empty="A comment says something",
    comment_too_long="A comment has at most {limit} characters; this one has {length}",
    comment_unknown="There is no comment {comment}",
    comment_of_another="Comment {comment} was written by {author}, who alone can change it",
    tags_missing="Name at least one tag",
)

COMMENT_LIMIT = 10_000


@operation
def write_comment(*, subject: Subject, text: str, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Say something about a subject, in Markdown; `ids` holds the comment.

    Refuses subject_kind_unknown, subject_unknown, comment_empty, comment_too_long, text_invalid.
    """
    reasons = Reasons()
    found = check_subjects([subject], COMMENTED, reasons)
    _check_text(text, reasons)
    reasons.raise_any()
    event = record("comment.written", *documents_of(list(found.values())), actor=actor, at=at)
    kind, pk = subject
    comment = Comment.objects.create(
        subject_kind=str(kind), subject_id=pk, text=text.strip(), author=actor, written_at=at
    )
    return Done(event.pk, [comment.pk])


@operation
def change_comment(*, comment: int, text: str, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Put one's own comment otherwise; refuses comment_unknown, comment_of_another and bad texts."""
    found = _own(comment, actor)
    reasons = Reasons()
    _check_text(text, reasons)
    reasons.raise_any()
    event = record("comment.changed", *_documents(found), actor=actor, at=at, data={"before": found.text})
    found.text, found.changed_at = text.strip(), at
    found.save(update_fields=["text", "changed_at"])
    return Done(event.pk, [comment])


@operation
def remove_comment(*, comment: int, actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Take one's own comment away; the history keeps it. Refuses comment_unknown, comment_of_another."""
    found = _own(comment, actor)
    event = record("comment.removed", *_documents(found), actor=actor, at=at, data={"before": found.text})
    rows.delete(Comment, [comment])
    return Done(event.pk, [comment])


@operation
def tag_subjects(
    *,
    subjects: Sequence[Subject],
    actor: User,
    at: datetime.datetime,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    key: str | None = None,
) -> Done:
    """Put tags on subjects of one kind and take others off; a tag is kept in small letters. `ids` holds the subjects.

    Putting on what is there, or taking off what is not, changes nothing. Refuses rows_missing, tags_missing,
    subject_kind_unknown, subject_unknown, bad texts.
    """
    reasons = Reasons()
    if not subjects:
        reasons.add("rows_missing")
    if not add and not remove:
        reasons.add("tags_missing", where=("add",))
    found = check_subjects(subjects, TAGGED, reasons)
    words = [_word(word, ("add", index), reasons) for index, word in enumerate(add)]
    gone = {_word(word, ("remove", index), reasons) for index, word in enumerate(remove)}
    reasons.raise_any()
    event = record(
        "tags.changed",
        *documents_of(list(found.values())),
        actor=actor,
        at=at,
        data={"added": words, "removed": sorted(gone)},
    )
    for kind in {kind for kind, _ in found}:
        _tag(kind, [pk for of, pk in found if of == kind], words, gone)
    return Done(event.pk, [pk for _, pk in subjects])


def _tag(kind: SubjectKind, ids: Sequence[int], words: Sequence[str], gone: set[str]) -> None:
    if gone:
        standing = Tag.objects.filter(subject_kind=kind, subject_id__any=ids, word__any=gone)
        rows.delete(Tag, standing.values_list("pk", flat=True))
    have = tags_of(kind, ids)
    fresh = [(kind.value, pk, word) for pk in ids for word in dict.fromkeys(words) if word not in have.get(pk, ())]
    rows.insert(Tag, ("subject_kind", "subject_id", "word"), fresh)


def _word(word: str, where: tuple[str | int, ...], reasons: Reasons) -> str:
    text = word.strip().casefold()
    if not text:
        reasons.add("tags_missing", where=where)
    check_texts(Tag, {"word": text}, reasons, where=where)
    return text


def _check_text(text: str, reasons: Reasons) -> None:
    if not text.strip():
        reasons.add("comment_empty", where=("text",))
    elif len(text) > COMMENT_LIMIT:
        reasons.add("comment_too_long", length=len(text), limit=COMMENT_LIMIT, where=("text",))
    elif not is_clean(text, is_line=False):
        reasons.add("text_invalid", field="text", value=text[:20], where=("text",))


def _own(comment: int, actor: User) -> Comment:
    found = (
        Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("author").filter(pk=comment).first()
    )
    if found is None:
        refuse("comment_unknown", comment=comment, where=("comment",))
    if found.author_id != actor.pk:
        refuse("comment_of_another", comment=comment, author=found.author.username, where=("comment",))
    return found


def _documents(comment: Comment) -> list[Model]:
    subject = find_subjects(SubjectKind(comment.subject_kind), [comment.subject_id]).get(comment.subject_id)
    return [document_of(subject)] if subject is not None else []
