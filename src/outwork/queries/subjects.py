"""What hangs on the things people look at: attachments, comments, tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import Model

from outwork.models import (
    Attachment,
    BomSubstitute,
    Build,
    BuildOutput,
    Comment,
    Company,
    Event,
    Location,
    ManufacturerPart,
    Part,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    SupplierPart,
    SupplierReturn,
    Tag,
    TestResult,
)
from outwork.rules.subjects import SubjectKind

MODELS: dict[SubjectKind, type[Model]] = {
    SubjectKind.PART: Part,
    SubjectKind.COMPANY: Company,
    SubjectKind.MANUFACTURER_PART: ManufacturerPart,
    SubjectKind.SUPPLIER_PART: SupplierPart,
    SubjectKind.BOM_SUBSTITUTE: BomSubstitute,
    SubjectKind.LOCATION: Location,
    SubjectKind.STOCK_ITEM: StockItem,
    SubjectKind.BUILD: Build,
    SubjectKind.BUILD_OUTPUT: BuildOutput,
    SubjectKind.ORDER: PurchaseOrder,
    SubjectKind.ORDER_LINE: PurchaseLine,
    SubjectKind.SUPPLIER_RETURN: SupplierReturn,
    SubjectKind.TEST_RESULT: TestResult,
    SubjectKind.EVENT: Event,
}
_KINDS = {model: kind for kind, model in MODELS.items()}
# The document in whose history a row without one of its own is told.
_DOCUMENT_OF = {
    ManufacturerPart: "part",
    SupplierPart: "part",
    BuildOutput: "build",
    PurchaseLine: "order",
    TestResult: "item",
}


def subject_of(row: Model) -> tuple[SubjectKind, int]:
    """How a row is named as a subject."""
    return _KINDS[type(row)], row.pk


def find_subjects(kind: SubjectKind, ids: Collection[int]) -> dict[int, Model]:
    """The rows of that kind, by id; one statement."""
    related = _DOCUMENT_OF.get(MODELS[kind])
    query = MODELS[kind]._default_manager.filter(pk__any=list(ids))
    return {row.pk: row for row in (query.select_related(related) if related else query)}


def document_of(row: Model) -> Model:
    """The document in whose history something about the row is told; itself where it is one."""
    name = _DOCUMENT_OF.get(type(row))
    return getattr(row, name) if name else row


def attachments_of(kind: SubjectKind, ids: Collection[int]) -> dict[int, list[Attachment]]:
    """The attachments of each subject, oldest first; one statement."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    query = Attachment.objects.filter(subject_kind=kind, subject_id__any=ids).select_related("uploaded_by")
    for one in query.order_by("pk"):
        found[one.subject_id].append(one)
    return found


def comments_of(kind: SubjectKind, subject_id: int) -> list[Comment]:
    """What was said about a subject, oldest first; one statement."""
    query = Comment.objects.filter(subject_kind=kind, subject_id=subject_id).select_related("author")
    return list(query.order_by("pk"))


def tags_of(kind: SubjectKind, ids: Collection[int]) -> dict[int, list[str]]:
    """The tags of each subject in alphabetical order; one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    query = Tag.objects.filter(subject_kind=kind, subject_id__any=ids).order_by("word")
    for subject_id, word in query.values_list("subject_id", "word"):
        found[subject_id].append(word)
    return found


def tagged(kind: SubjectKind, words: Iterable[str]) -> set[int]:
    """The subjects of a kind that have every one of these tags; one statement."""
    wanted = {word.casefold() for word in words}
    having: dict[int, set[str]] = defaultdict(set)
    query = Tag.objects.filter(subject_kind=kind, word__any=wanted)
    for subject_id, word in query.values_list("subject_id", "word"):
        having[subject_id].add(word)
    return {subject_id for subject_id, words in having.items() if words == wanted}


def file_of(digest: str) -> Path:
    """Where the file with that SHA-256 is stored, whether it is there or not."""
    folder: Path = settings.DATA_FOLDER / "attachments"
    return folder / digest[:2] / digest
