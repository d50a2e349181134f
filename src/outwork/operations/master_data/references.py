"""What refers to a row that is to go: counted by kind in one statement, whatever the schema has grown to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import CASCADE, PROTECT, SET_NULL, Count, Field, ManyToOneRel, Model, Value

from outwork.ledger import rows
from outwork.models import Event
from outwork.operations.master_data.batch import Batch, named
from outwork.operations.subject_rows import drop_what_hangs
from outwork.queries.subjects import MODELS
from outwork.rules.refusals import declare

KINDS = {model: kind for kind, model in MODELS.items()}

declare(still_referred_to="{what} cannot be removed: it is named by {references}; change or remove those first")


def check_references(batch: Batch) -> None:
    """Refuse to remove what something refers to, naming what and how many; one statement."""
    found = counted_references(batch.model, [row.before.pk for row in batch.rows])
    for row in batch.rows:
        if counts := found.get(row.before.pk):
            shown = ", ".join(f"{word} ({count})" for word, count in sorted(counts.items()))
            batch.refuse(row, "id", "still_referred_to", what=named(row.before), references=shown, counts=counts)


def release(model: type[Model], ids: Collection[int]) -> None:
    """Remove what lives only with these rows, and take them off what merely mentions them."""
    if kind := KINDS.get(model):
        drop_what_hangs(kind, ids)
    for field, on_delete in _referring(model):
        if on_delete is CASCADE:
            rows.delete_where(field.model, field.attname, ids)
        elif on_delete is SET_NULL or field.model is Event:
            field.model._default_manager.filter(**{f"{field.attname}__any": ids}).update(**{field.attname: None})


def counted_references(model: type[Model], ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many rows of which kind name each of these, by id; one statement."""
    queries = []
    for field, on_delete in _referring(model):
        if on_delete is not PROTECT or field.model is Event or (field.model is model and field.name == "family"):
            continue
        query = field.model._default_manager.filter(**{f"{field.attname}__any": ids})
        if field.model is model:
            query = query.exclude(pk__any=ids)
        queries.append(
            query.order_by()
            .annotate(word=Value(_word(field, model)))
            .values_list("word", field.attname)
            .annotate(count=Count("pk"))
        )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    if queries:
        for word, pk, count in queries[0].union(*queries[1:], all=True):
            found[pk][word] = found[pk].get(word, 0) + count
    return found


def _referring(model: type[Model]) -> list[tuple[Field[Any, Any], Any]]:
    related = model._meta.get_fields(include_hidden=True)
    return [(one.field, one.on_delete) for one in related if isinstance(one, ManyToOneRel)]


def _word(field: Field[Any, Any], model: type[Model]) -> str:
    if field.model is model:
        return {"variant_of": "variants", "revision_of": "revisions", "parent": "what lies below it"}.get(
            field.name, field.name
        )
    return str(field.model._meta.verbose_name_plural)
