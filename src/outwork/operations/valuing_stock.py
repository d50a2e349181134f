"""Say what stock is worth that no order brought: its value was unknown, or was stated wrong."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from outwork.ledger.holding import hold
from outwork.ledger.revalue import Statement, downstream
from outwork.models import Event, Movement, StockItem, User
from outwork.operations.recording import Done, operation, record
from outwork.operations.reversing import record_back
from outwork.operations.settling_cost import settle
from outwork.operations.stating_value import Worths
from outwork.operations.stock_rows import take_in_hand
from outwork.queries.builds import references
from outwork.queries.lineage import standing
from outwork.queries.values import movement_values
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, declare, refuse

declare(
    value_unstated="{item}: say what a unit of it is worth",
    value_by_document="{item} came with {document}: correct what it costs there",
    value_restated_since="{item}: what it was worth was stated once more since",
)

BY_HAND = (Kind.OPENING, Kind.ADDED, Kind.COUNTED)

# All items that units of some items came from, and the items themselves.
_SOURCES = """
    WITH RECURSIVE up (start, id) AS (
        {starts}
        UNION
        SELECT up.start, moved.source_item_id
        FROM up JOIN outwork_movement AS moved ON moved.target_item_id = up.id
        WHERE moved.source_item_id IS NOT NULL AND moved.source_item_id <> moved.target_item_id
              AND moved.quantity > 0 AND moved.reverses_id IS NULL
    )
    SELECT start, id FROM up ORDER BY start, id
"""
_STARTS = {
    "sqlite": "SELECT value, value FROM json_each(%s)",
    "postgresql": "SELECT item, item FROM unnest(%s::bigint[]) AS item",
}


@dataclass(frozen=True, slots=True)
class Valued:
    """What a unit of an item is worth, in base currency or in `currency` at the rate of the company's day."""

    item: int
    value: Any
    currency: str = ""


@operation
def value_stock(
    *, rows: Sequence[Valued], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """State what units were worth when they came to us by hand: opening stock, what was added or found.

    All units that came so into the item, or into what it was split off or merged from, are worth that; the difference
    follows them to wherever they are by now, also into builds and their outputs. `ids` holds the items in the order of
    the rows. What an order or a build brought is not valued here, but by that document. A value in another currency
    needs a rate on the company's day, else it stays unknown, which is said (`value_rate_missing`). Refuses
    item_unknown, item_gone, item_repeated, item_of_others, value_unstated, value_by_document, value_negative,
    currency_code_invalid, cost_in_circles and bad amounts.
    """
    reasons = Reasons()
    wanted = [row.item for row in rows]
    holding = hold(lambda: downstream(items=wanted))
    every = frozenset(PlaceKind) - {PlaceKind.GONE}
    hand = take_in_hand(wanted, reasons, actor=actor, may_be_in_production=True, places=every, held=holding.items)
    rates = Worths.of(hand.settings, at, [row.currency for row in rows])
    worths = [rates.read(row.value, row.currency, index, reasons) for index, row in enumerate(rows)]
    origins = _origins(wanted)
    came = _documents(wanted, origins)
    for index, row in enumerate(rows):
        if row.value is None:
            reasons.add("value_unstated", item=hand.name(row.item), where=(index, "value"))
        elif not origins[row.item]:
            document = came.get(row.item, "something else")
            reasons.add("value_by_document", item=hand.name(row.item), document=document, where=(index, "item"))
    reasons.raise_any()

    stated: dict[int, tuple[int, Decimal | None]] = {}
    for row, worth in zip(rows, worths, strict=True):
        for moved in origins[row.item]:
            stated[moved.pk] = (moved.target_item_id or 0, worth.of(moved.quantity))
    before = movement_values(stated)
    changes = {pk: after for pk, (_, after) in stated.items() if before[pk] != after}
    data = {
        "stated": [
            {"movement": pk, "item": stated[pk][0], "before": _text(before[pk]), "after": _text(after)}
            for pk, after in sorted(changes.items())
        ],
        "worths": [
            {"item": row.item, "price": _text(worth.price), "currency": worth.currency, "rate": _text(worth.rate)}
            for row, worth in zip(rows, worths, strict=True)
        ],
    }
    event = record("stock.valued", *_about(hand, wanted), actor=actor, at=at, reason=reason, data=data)
    met = _restate(event, hand.held, {pk: (stated[pk][0], after) for pk, after in changes.items()})
    return Done(event.pk, wanted, rates.said() + _said(met))


def take_back_value(event: Event, *, reason: str, actor: User, at: datetime.datetime) -> Done:
    """Let units be worth again what they were worth before, unless that was stated once more since."""
    stated = {row["movement"]: row for row in event.data["stated"]}
    if not stated:
        refuse("event_moved_nothing", event=event.pk, kind=event.kind, where=("event",))
    items = {row["item"] for row in stated.values()}
    holding = hold(lambda: downstream(items=items))
    now = movement_values(stated)
    reasons = Reasons()
    for pk, row in stated.items():
        if _text(now[pk]) != row["after"]:
            reasons.add("value_restated_since", item=row["item"])
    reasons.raise_any()
    back = record_back(event, reason=reason, actor=actor, at=at)
    values = {pk: (row["item"], _number(row["before"])) for pk, row in stated.items()}
    met = _restate(back, holding.items, values)
    return Done(back.pk, sorted(items), _said(met))


def _restate(event: Event, held: Any, values: Mapping[int, tuple[int, Decimal | None]]) -> set[int]:
    statements = [Statement(item_id, value, pk) for pk, (item_id, value) in sorted(values.items())]
    return settle(event, held, statements=statements) if statements else set()


def _origins(item_ids: Sequence[int]) -> dict[int, list[Movement]]:
    """The movements by which units of each item came to us by hand, wherever they were then; two statements."""
    sources = _sources(item_ids)
    every = {one for ones in sources.values() for one in ones}
    query = standing().filter(target_item__any=sorted(every), source_item__isnull=True, kind__in=BY_HAND)
    by_item: dict[int, list[Movement]] = defaultdict(list)
    for moved in query.order_by("pk"):
        by_item[moved.target_item_id or 0].append(moved)
    return {item_id: [moved for one in sources[item_id] for moved in by_item[one]] for item_id in item_ids}


def _sources(item_ids: Sequence[int]) -> dict[int, list[int]]:
    wanted = sorted(set(item_ids))
    given = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    found: dict[int, list[int]] = {item_id: [] for item_id in wanted}
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES.format(starts=_STARTS[connection.vendor]), [given])
        for start, item_id in cursor.fetchall():
            found[start].append(item_id)
    return found


def _documents(item_ids: Sequence[int], origins: Mapping[int, list[Movement]]) -> dict[int, str]:
    """The order or build that brought each item of which nothing came by hand; one statement, none if all did."""
    strange = [item_id for item_id in item_ids if not origins[item_id]]
    if not strange:
        return {}
    sources = _sources(strange)
    query = Movement.objects.filter(
        target_item__any=sorted({one for ones in sources.values() for one in ones}), source_item__isnull=True
    )
    names = query.values_list("target_item", "purchase_line__order__reference", "build__reference")
    by_item = {item_id: order or build or "something else" for item_id, order, build in names}
    return {item_id: by_item[one] for item_id in strange for one in sources[item_id] if one in by_item}


def _about(hand: Any, wanted: Sequence[int]) -> list[Any]:
    parts = {hand.held[item_id].part_id for item_id in wanted}
    items: list[Any] = [StockItem(pk=wanted[0])] if len(wanted) == 1 else []
    return items + [hand.parts[part_id] for part_id in parts if len(parts) == 1]


def _said(builds: set[int]) -> list[dict[str, Any]]:
    return [{"code": "build_cost_restated", "builds": sorted(references(builds).values())}] if builds else []


def _text(value: Decimal | None) -> str | None:
    return None if value is None else as_text(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
