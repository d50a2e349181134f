"""What a supplier sells us and at which prices: a supplier part and its price breaks, made or changed as one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from outwork.models import PriceBreak, SupplierPart, User
from outwork.operations.master_data.batch import Batch
from outwork.operations.master_data.nouns import Turn
from outwork.operations.master_data.reading import Reader
from outwork.operations.master_data.table import NOUNS
from outwork.operations.master_data.writing import (
    check_changed,
    check_new,
    delete,
    differences,
    documents_of,
    insert,
    lock_master_data,
    note,
    update,
    values_of,
)
from outwork.operations.recording import Done, operation, record
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reason, Reasons, declare

declare(offers_new_and_standing="Make supplier parts in one request and change them in another")

PRICES = "prices"
Given = Mapping[str, Any]
Key = tuple[Any, Any, str]


@operation
def offer_parts(*, rows: Sequence[Given], actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Make supplier parts, or change those that are named by `id`; `ids` is in their order.

    A row holds fields of a supplier part and, as `prices`, all its price breaks: [{"quantity": packs, "price": per
    pack, "currency": the supplier's by default}]. A row without `prices` keeps those that it has. Refuses what
    `create` and `change` refuse of supplier parts and of price breaks, with row and field.
    """
    noun = NOUNS[SupplierPart]
    lock_master_data()
    plain = [{name: value for name, value in row.items() if name != PRICES} for row in rows]
    named = sum("id" in row for row in rows)
    batch = (check_changed if named else check_new)(noun, plain, at)
    if named and named < len(rows):
        batch.reasons.add("offers_new_and_standing")
    _check_shape(rows, batch.reasons)
    batch.reasons.raise_any()
    changed = [{"id": row.id, **differences(row)} for row in batch.rows if row.before is not None]
    if named:
        update(noun, batch)
    ids = [row.before.pk for row in batch.rows] if named else insert(noun, batch)
    prices, turns = _set_prices(
        {(index, pk): row[PRICES] for index, (pk, row) in enumerate(zip(ids, rows, strict=True)) if PRICES in row}, at
    )
    documents = documents_of(noun, [{name: row[name] for name in ("part_id", "supplier_id")} for row in batch.rows])
    data: dict[str, Any] = {"rows": [row for row in changed if len(row) > 1]} if named else {"ids": ids}
    data |= {PRICES: prices} if prices else {}
    kind = "supplier_part.changed" if named else "supplier_part.created"
    event = record(kind, *documents, actor=actor, at=at, data=data)
    note(NOUNS[PriceBreak], turns, event)
    return Done(event.pk, ids)


def _check_shape(rows: Sequence[Given], reasons: Reasons) -> None:
    """Read every price before anything is written, so that one answer names all that is wrong."""
    for index, row in enumerate(rows):
        found = Reasons()
        reader = Reader(NOUNS[PriceBreak], found)
        for number, price in enumerate(row.get(PRICES, ())):
            reader.read(number, price)
        reasons.found += _at(index, found.found)


def _set_prices(
    wanted: Mapping[tuple[int, int], Sequence[Given]], at: datetime.datetime
) -> tuple[dict[str, Any], list[Turn]]:
    """Let the price breaks of supplier parts be these and no others.

    Gives what they were and are, where they differ: for the event by supplier part, and each break as it turned.
    """
    if not wanted:
        return {}, []
    parts = {
        one.pk: one for one in SupplierPart.objects.filter(pk__any=[pk for _, pk in wanted]).select_related("supplier")
    }
    standing: dict[int, dict[Key, PriceBreak]] = {pk: {} for pk in parts}
    for one in PriceBreak.objects.filter(supplier_part__any=list(parts)):
        standing[one.supplier_part_id][one.quantity, one.price, one.currency] = one
    fresh: list[dict[str, Any]] = []
    where: list[tuple[int, int]] = []
    gone: list[PriceBreak] = []
    for (index, pk), prices in wanted.items():
        given = [_key(price, parts[pk].supplier.currency) for price in prices]
        gone += [one for key, one in standing[pk].items() if key not in given]
        new = [(number, key) for number, key in enumerate(given) if key not in standing[pk] or key in given[:number]]
        fresh += [
            {"supplier_part": pk, **dict(zip(("quantity", "price", "currency"), key, strict=True))} for _, key in new
        ]
        where += [(index, number) for number, _ in new]
    delete(NOUNS[PriceBreak], gone)
    turns: list[Turn] = [(values_of(NOUNS[PriceBreak], one), None) for one in gone]
    if fresh:
        batch = check_new(NOUNS[PriceBreak], fresh, at)
        _raise_at(batch, where)
        insert(NOUNS[PriceBreak], batch)
        turns += [(None, row.values) for row in batch.rows]
    touched = {one.supplier_part_id for one in gone} | {row["supplier_part"] for row in fresh}
    told = {
        str(pk): [_texts(standing[pk]), _texts(_key(price, parts[pk].supplier.currency) for price in prices)]
        for (_, pk), prices in wanted.items()
        if pk in touched
    }
    return told, turns


def _key(price: Given, currency: str) -> Key:
    """A price break as values, to be compared; it was read once already."""
    values, _ = Reader(NOUNS[PriceBreak], Reasons()).read(0, price)
    code = str(values.get("currency") or currency).upper()
    return values.get("quantity"), values.get("price"), code


def _texts(keys: Any) -> list[str]:
    return [f"{as_text(quantity)}: {as_text(price)} {currency}" for quantity, price, currency in sorted(keys)]


def _raise_at(batch: Batch, where: Sequence[tuple[int, int]]) -> None:
    """Refuse with the row of the request and the number of its price."""
    moved = Reasons()
    for reason in batch.reasons.found:
        index, number = where[int(reason.where[0])]
        moved.found += _at(index, [Reason(reason.code, reason.params, (number, *reason.where[1:]))])
    moved.raise_any()


def _at(index: int, found: Sequence[Reason]) -> list[Reason]:
    return [Reason(one.code, one.params, (index, PRICES, *one.where)) for one in found]
