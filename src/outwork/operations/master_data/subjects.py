"""What parameters hang on, by its kind; and what goes with a row that is removed: parameters, tags, comments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Model

from outwork.models import (
    Build,
    Comment,
    Company,
    ManufacturerPart,
    Parameter,
    Part,
    PurchaseOrder,
    SupplierPart,
    Tag,
)

SUBJECTS: Mapping[str, type[Model]] = {
    "part": Part,
    "company": Company,
    "supplier_part": SupplierPart,
    "manufacturer_part": ManufacturerPart,
    "build": Build,
    "order": PurchaseOrder,
}
_KINDS = {model: kind for kind, model in SUBJECTS.items()}


def subject_of(values: Sequence[Mapping[str, Any]]) -> Model | None:
    """What all of these rows hang on, if it is one thing."""
    found = {(one.get("subject_kind"), one.get("subject_id")) for one in values}
    kind, pk = next(iter(found)) if len(found) == 1 else (None, None)
    return SUBJECTS[kind](pk=pk) if kind in SUBJECTS else None


def release_subjects(model: type[Model], ids: Collection[int]) -> None:
    """Remove what was said of rows that go; three statements, none of what nothing is said of."""
    kind = _KINDS.get(model)
    if kind is not None and ids:
        for said in (Parameter, Tag, Comment):
            query = said._default_manager.filter(subject_kind=kind, subject_id__any=ids)
            query._raw_delete(query.db)
