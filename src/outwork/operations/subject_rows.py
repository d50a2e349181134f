"""What everything that hangs on a subject shares: the subject is there, and its document tells of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Model

from outwork.ledger import rows
from outwork.models import Attachment, Comment, Parameter, Tag
from outwork.queries.subjects import document_of, find_subjects
from outwork.rules.refusals import Reasons, declare
from outwork.rules.subjects import SubjectKind

declare(
    subject_kind_unknown="{kind} is nothing that this can hang on; it is one of {known}",
    subject_unknown="There is no {kind} {id}",
)

Subject = tuple[SubjectKind | str, int]


def check_subjects(
    subjects: Sequence[Subject], allowed: Collection[SubjectKind], reasons: Reasons
) -> dict[tuple[SubjectKind, int], Model]:
    """Find the subjects of a request's rows; notes unknown kinds and ids. One statement for each kind."""
    wanted: dict[SubjectKind, set[int]] = defaultdict(set)
    for index, (kind, pk) in enumerate(subjects):
        if kind not in allowed:
            known = sorted(one.value for one in allowed)
            reasons.add("subject_kind_unknown", kind=str(kind), known=known, where=(index, "subject_kind"))
        else:
            wanted[SubjectKind(kind)].add(pk)
    found = {(kind, pk): row for kind, ids in wanted.items() for pk, row in find_subjects(kind, ids).items()}
    for index, (kind, pk) in enumerate(subjects):
        if kind in allowed and (SubjectKind(kind), pk) not in found:
            reasons.add("subject_unknown", kind=SubjectKind(kind).value, id=pk, where=(index, "subject"))
    return found


def documents_of(found: Collection[Model]) -> list[Model]:
    """The document that tells of what was done, where it is one."""
    documents = {(type(one), one.pk): one for one in map(document_of, found)}
    return list(documents.values()) if len(documents) == 1 else []


def drop_what_hangs(kind: SubjectKind, ids: Collection[int]) -> None:
    """Take away what hangs on rows that are removed; the files of attachments are pruned later. Four statements."""
    for model in (Attachment, Comment, Tag, Parameter):
        hanging = model._default_manager.filter(subject_kind=kind, subject_id__any=ids)
        rows.delete(model, hanging.values_list("pk", flat=True))
