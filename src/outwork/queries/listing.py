"""Master data in pages: any noun, found by the words of a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from django.db.models import ForeignKey, Model, Q, QuerySet

from outwork.models import (
    Address,
    Category,
    Company,
    Contact,
    ExchangeRate,
    InternalPrice,
    Location,
    LocationType,
    ManufacturerPart,
    Parameter,
    ParameterTemplate,
    Part,
    ProjectCode,
    RelatedPart,
    SupplierPart,
    TestTemplate,
)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some of the rows that were found, in their order, and how many were found in all."""

    rows: list[Row]
    total: int


@dataclass(frozen=True, slots=True)
class _Search:
    """`fields`: where a word may stand; `elsewhere`: rows of another table that name ours by a field."""

    fields: tuple[str, ...]
    order: tuple[str, ...]
    elsewhere: tuple[tuple[type[Model], str, str], ...] = ()


_SEARCHES: Mapping[type[Model], _Search] = MappingProxyType(
    {
        Category: _Search(("name", "description", "parent__name"), ("name", "pk")),
        Part: _Search(
            ("number", "name", "revision", "description", "keywords"),
            ("number", "name", "revision", "pk"),
            ((ManufacturerPart, "mpn", "part"), (SupplierPart, "sku", "part")),
        ),
        Company: _Search(("name", "description", "email"), ("name", "pk")),
        ManufacturerPart: _Search(
            ("mpn", "description", "manufacturer__name", "part__number", "part__name"), ("mpn", "pk")
        ),
        SupplierPart: _Search(
            ("sku", "description", "supplier__name", "part__number", "part__name", "manufacturer_part__mpn"),
            ("sku", "pk"),
        ),
        Contact: _Search(("name", "role", "email", "company__name"), ("company__name", "name", "pk")),
        Address: _Search(
            ("title", "line1", "city", "country", "postal_code", "company__name"),
            ("company__name", "-is_primary", "title", "pk"),
        ),
        RelatedPart: _Search(
            ("part__number", "part__name", "other__number", "other__name", "note"), ("part__number", "part__name", "pk")
        ),
        InternalPrice: _Search(("part__number", "part__name"), ("part__number", "part__name", "quantity")),
        ParameterTemplate: _Search(("name", "description", "unit"), ("name",)),
        Parameter: _Search(("template__name", "text", "note"), ("template__name", "number", "text", "pk")),
        TestTemplate: _Search(
            ("name", "description", "part__number", "part__name"), ("part__number", "part__name", "name")
        ),
        LocationType: _Search(("name", "description"), ("name",)),
        ProjectCode: _Search(("code", "description"), ("code",)),
        ExchangeRate: _Search(("currency",), ("currency", "day")),
        Location: _Search(("path", "description", "company__name"), ("path", "name", "pk")),
    }
)


def listed(model: type[Row], *, text: str = "", limit: int = 100, number: int = 1) -> Page[Row]:
    """Page `number` of the rows in which every word of the text stands somewhere, in any case; two statements."""
    search = _SEARCHES[model]
    query = model._default_manager.all()
    for word in text.split():
        found = Q()
        for field in search.fields:
            found |= Q(**{f"{field}__icontains": word})
        for other, field, key in search.elsewhere:
            found |= Q(pk__in=other._default_manager.filter(**{f"{field}__icontains": word}).values(key))
        query = query.filter(found)
    start = (number - 1) * limit
    return Page(list(_with_names(query).order_by(*search.order)[start : start + limit]), query.count())


def one(model: type[Row], pk: int) -> Row:
    """A row with what it refers to; one statement."""
    return _with_names(model._default_manager.filter(pk=pk)).get()


def _with_names(query: QuerySet[Row]) -> QuerySet[Row]:
    keys = [field.name for field in query.model._meta.concrete_fields if isinstance(field, ForeignKey)]
    return query.select_related(*keys) if keys else query
