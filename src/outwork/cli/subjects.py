"""How commands name what something hangs on: KIND NAME, such as `part R-10K` or `order PO-0007`."""

from __future__ import annotations

from collections.abc import Callable, Collection

import click
from django.db.models import Model

from outwork.models import StockItem, SupplierReturn
from outwork.queries import naming
from outwork.queries.subjects import MODELS, find_subjects
from outwork.rules.refusals import declare, refuse
from outwork.rules.subjects import SubjectKind

declare(subject_name_unknown="There is no {kind} {name}")

_NAMED: dict[SubjectKind, Callable[[str], Model]] = {
    SubjectKind.PART: naming.part_named,
    SubjectKind.COMPANY: naming.company_named,
    SubjectKind.LOCATION: naming.location_named,
    SubjectKind.BUILD: naming.build_named,
    SubjectKind.ORDER: naming.order_named,
    SubjectKind.MANUFACTURER_PART: naming.manufacturer_part_named,
    SubjectKind.SUPPLIER_PART: naming.sold_part_named,
}


def kind_argument(allowed: Collection[SubjectKind]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command its KIND argument; blanks in a kind are written as hyphens."""
    words = sorted(kind.value.lower().replace(" ", "-") for kind in allowed)
    return click.argument("kind", type=click.Choice(words), metavar="KIND")


def subject_named(word: str, name: str) -> tuple[SubjectKind, int]:
    """The subject of that kind: by its name or reference where it has one, else by its number."""
    kind = next(kind for kind in SubjectKind if kind.value.lower().replace(" ", "-") == word)
    if kind in _NAMED:
        return kind, _NAMED[kind](name).pk
    if kind == SubjectKind.SUPPLIER_RETURN:
        found: Model | None = SupplierReturn.objects.filter(reference=name.strip()).first()
    elif kind == SubjectKind.STOCK_ITEM:
        found = _item(name.strip())
    else:
        found = _by_id(kind, name.strip())
    if found is None:
        refuse("subject_name_unknown", kind=kind.value, name=name, where=("subject",))
    return kind, found.pk


def _item(name: str) -> Model | None:
    serial = StockItem.objects.existing().filter(serial=name).order_by("pk")[:2]
    return serial[0] if len(serial) == 1 else _by_id(SubjectKind.STOCK_ITEM, name)


def _by_id(kind: SubjectKind, name: str) -> Model | None:
    number = int(name) if name.isdecimal() and len(name) < 19 else None
    assert kind in MODELS
    return None if number is None else find_subjects(kind, [number]).get(number)
