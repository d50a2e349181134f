"""The rows of one request while they are checked: what stands, what is asked for, what they refer to."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, ForeignKey, Model, QuerySet

from outwork.models import (
    Address,
    BomLine,
    BomSubstitute,
    Category,
    Company,
    Contact,
    ExchangeRate,
    Location,
    LocationType,
    ManufacturerPart,
    ParameterTemplate,
    Part,
    PriceBreak,
    ProjectCode,
    SupplierPart,
    TestTemplate,
)
from outwork.rules.refusals import Reasons, declare

declare(
    row_unknown="There is no {noun} {id}",
    flag_relied_on="{what} must stay as it is ({flag}): {count} {reliers} rely on it",
)


@dataclasses.dataclass(slots=True)
class Row:
    """One row of a request: `before` as it stands (None: new), `values` by attribute name as they will be.

    Of a row that stands `values` holds differences only. `given` names what the request said itself; `bad`
    what could not be read, for which `values` holds a stand-in.
    """

    index: int
    before: Any
    values: dict[str, Any]
    given: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Any:
        return self.values[name] if name in self.values or self.before is None else getattr(self.before, name)

    def changes(self, *names: str) -> bool:
        """Whether one of these will be another than it is; all are in a new row."""
        return any(name in self.values for name in names)

    @property
    def id(self) -> int | None:
        """Its id, None while it is new."""
        return None if self.before is None else int(self.before.pk)


@dataclasses.dataclass(slots=True)
class Batch:
    """All rows of one request for one noun, and the reasons against them."""

    model: type[Model]
    rows: list[Row]
    at: datetime.datetime
    reasons: Reasons = dataclasses.field(default_factory=Reasons)
    found: dict[type[Model], dict[int, Any]] = dataclasses.field(default_factory=dict)
    notes: dict[str, Any] = dataclasses.field(default_factory=dict)

    def refuse(self, row: Row, name: str, code: str, /, **params: Any) -> None:
        """Note a reason against one field of one row."""
        self.reasons.add(code, where=(row.index, name.removesuffix("_id")), **params)

    def one(self, row: Row, name: str) -> Any:
        """What the row refers to by `name` ("part_id"), or None."""
        field = self.model._meta.get_field(name.removesuffix("_id"))
        assert isinstance(field, ForeignKey)
        return self.found.get(field.related_model, {}).get(row[name])

    def changing(self, *names: str) -> list[Row]:
        """The rows in which one of these is new or becomes another."""
        return [row for row in self.rows if row.changes(*names)]

    def load(self) -> None:
        """Read everything that the rows refer to, one statement for each noun; refuse what is not there."""
        keys = [field for field in self.model._meta.concrete_fields if isinstance(field, ForeignKey)]
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for field in keys:
            wanted[field.related_model] |= {row[field.attname] for row in self.rows if row[field.attname]}
        for model, ids in wanted.items():
            if ids:
                self.found[model] = {one.pk: one for one in model._default_manager.filter(pk__any=ids)}
        for field in keys:
            known = self.found.get(field.related_model, {})
            for row in self.rows:
                if row.changes(field.attname) and row[field.attname] and row[field.attname] not in known:
                    noun = str(field.related_model._meta.verbose_name)
                    self.refuse(row, field.name, "row_unknown", noun=noun, id=row[field.attname])


# What people call by the text that it is.
_NAMED = (
    Address,
    Category,
    Company,
    Contact,
    Location,
    LocationType,
    ManufacturerPart,
    ParameterTemplate,
    ProjectCode,
    SupplierPart,
    TestTemplate,
)

Check = Callable[[Batch], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Reliance:
    """While such rows exist, a flag may not become `becomes`; `by` is how they name the row with the flag."""

    flag: str
    becomes: Any
    reliers: str
    rows: Callable[[], QuerySet[Any]]
    by: str


def check_reliances(batch: Batch, reliances: Iterable[Reliance]) -> None:
    """Refuse to take a flag away that something relies on; one statement for each reliance in question."""
    for reliance in reliances:
        turned = [
            row
            for row in batch.changing(reliance.flag)
            if row.before is not None and row[reliance.flag] is reliance.becomes
        ]
        counted = count_by(reliance.rows(), reliance.by, (row.before.pk for row in turned))
        for row in turned:
            if count := counted.get(row.before.pk, 0):
                what = named(row.before)
                batch.refuse(
                    row,
                    reliance.flag,
                    "flag_relied_on",
                    what=what,
                    flag=reliance.flag,
                    count=count,
                    reliers=reliance.reliers,
                )


def count_by(rows: QuerySet[Any], name: str, ids: Iterable[int]) -> dict[int, int]:
    """How many of the rows name each of the ids; one statement, none for no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return dict(rows.filter(**{f"{name}__any": wanted}).order_by().values_list(name).annotate(Count("pk")))


def named(one: Any) -> str:
    """How people call a row, without another statement."""
    if isinstance(one, Part):
        return one.label
    if isinstance(one, _NAMED):
        return str(one)
    nouns = {BomLine: "BOM line", BomSubstitute: "substitute", PriceBreak: "price break", ExchangeRate: "exchange rate"}
    return f"{nouns.get(type(one), one._meta.verbose_name)} {one.pk}"
