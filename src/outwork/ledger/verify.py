"""Recount the whole ledger: what the movements add up to, beside what the caches say.

Every check is one statement over all rows; what it finds is what differs, so that a sound ledger of a
million movements gives nothing back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from outwork.ledger.joining import joining_sets
from outwork.ledger.values import VALUES
from outwork.models import BuildLine, PurchaseLine, StockItem
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import MONEY_PLACES, QUANTITY_PLACES, as_text

# Units that moved between an item and another one or the outside world; a whole move changes no sum.
_QUANTITIES = """
    WITH moved AS (
        SELECT target_item_id AS item_id, SUM(quantity) AS units FROM outwork_movement
        WHERE target_item_id IS NOT NULL AND (source_item_id IS NULL OR source_item_id <> target_item_id)
        GROUP BY target_item_id
        UNION ALL
        SELECT source_item_id, -SUM(quantity) FROM outwork_movement
        WHERE source_item_id IS NOT NULL AND (target_item_id IS NULL OR source_item_id <> target_item_id)
        GROUP BY source_item_id
    ), summed AS (
        SELECT item_id, SUM(units) AS units FROM moved GROUP BY item_id
    )
    SELECT item.id, item.quantity, COALESCE(summed.units, 0)
    FROM outwork_stockitem AS item
    LEFT JOIN summed ON summed.item_id = item.id
    WHERE item.quantity <> COALESCE(summed.units, 0)
    ORDER BY item.id
"""

_ALLOCATED = """
    WITH meant AS (
        SELECT item_id, SUM(quantity) AS units FROM outwork_allocation GROUP BY item_id
    )
    SELECT item.id, item.allocated, COALESCE(meant.units, 0)
    FROM outwork_stockitem AS item
    LEFT JOIN meant ON meant.item_id = item.id
    WHERE item.allocated <> COALESCE(meant.units, 0)
    ORDER BY item.id
"""

_OVER_ALLOCATED = """
    SELECT id, allocated, quantity FROM outwork_stockitem WHERE allocated > quantity ORDER BY id
"""

# Where the last movement put units of the item. Empty and written-off items lie nowhere.
_PLACES = """
    WITH last AS (
        SELECT target_item_id AS item_id, MAX(id) AS id FROM outwork_movement
        WHERE target_item_id IS NOT NULL AND quantity > 0
        GROUP BY target_item_id
    )
    SELECT item.id, item.place, item.location_id, item.inside_id, item.customer_id,
           movement.target_place, movement.target_location_id, movement.container_id, movement.customer_id
    FROM outwork_stockitem AS item
    JOIN last ON last.item_id = item.id
    JOIN outwork_movement AS movement ON movement.id = last.id
    WHERE item.quantity > 0 AND (
        item.place <> movement.target_place
        OR COALESCE(item.location_id, 0) <> COALESCE(movement.target_location_id, 0)
        OR (item.place = 2 AND COALESCE(movement.source_place, 0) <> 2 AND item.inside_id <> movement.container_id)
        OR (item.place = 3 AND COALESCE(movement.source_place, 0) <> 3 AND item.customer_id <> movement.customer_id)
    )
    ORDER BY item.id
"""

# What lies inside itself, over any number of steps; only what is inside and has something inside can.
_CIRCLES = """
    WITH RECURSIVE out (start_id, id) AS (
        SELECT item.id, item.inside_id FROM outwork_stockitem AS item
        WHERE item.place = 2 AND EXISTS (
            SELECT 1 FROM outwork_stockitem AS content WHERE content.inside_id = item.id AND content.place = 2
        )
        UNION
        SELECT out.start_id, item.inside_id
        FROM out JOIN outwork_stockitem AS item ON item.id = out.id
        WHERE item.place = 2 AND out.id <> out.start_id
    )
    SELECT start_id FROM out WHERE id = start_id ORDER BY start_id
"""

_SERIALS = """
    SELECT MIN(id), serial_scope, serial, COUNT(*) FROM outwork_stockitem
    WHERE serial IS NOT NULL AND NOT (place = 5)
    GROUP BY serial_scope, serial
    HAVING COUNT(*) > 1
    ORDER BY MIN(id)
"""

# What a build line consumed: used and lost, less what was put back into stock, less what was reversed.
_CONSUMED = """
    WITH posted AS (
        SELECT build_line_id, SUM(CASE WHEN kind = 'unused' THEN -quantity ELSE quantity END) AS units
        FROM outwork_movement
        WHERE build_line_id IS NOT NULL AND kind IN ('used', 'lost', 'unused')
        GROUP BY build_line_id
        UNION ALL
        SELECT first.build_line_id, SUM(CASE WHEN first.kind = 'unused' THEN back.quantity ELSE -back.quantity END)
        FROM outwork_movement AS back
        JOIN outwork_movement AS first ON first.id = back.reverses_id
        WHERE back.kind = 'reversed' AND first.build_line_id IS NOT NULL AND first.kind IN ('used', 'lost', 'unused')
        GROUP BY first.build_line_id
    ), summed AS (
        SELECT build_line_id, SUM(units) AS units FROM posted GROUP BY build_line_id
    )
    SELECT line.id, line.consumed, COALESCE(summed.units, 0)
    FROM outwork_buildline AS line
    LEFT JOIN summed ON summed.build_line_id = line.id
    WHERE line.consumed <> COALESCE(summed.units, 0)
    ORDER BY line.id
"""

# What an order line received, less what went back to be replaced, less what was reversed; a virtual part is received
# without stock, so nothing of it can be recounted.
_RECEIVED = """
    WITH counted AS (
        SELECT moved.id, moved.purchase_line_id,
               CASE WHEN moved.kind = 'received' THEN moved.quantity ELSE -moved.quantity END AS units
        FROM outwork_movement AS moved
        LEFT JOIN outwork_supplierreturn AS document ON document.id = moved.supplier_return_id
        WHERE moved.purchase_line_id IS NOT NULL
              AND (moved.kind = 'received' OR (moved.kind = 'returned' AND document.purpose = 'replacement'))
    ), posted AS (
        SELECT purchase_line_id, SUM(units) AS units FROM counted GROUP BY purchase_line_id
        UNION ALL
        SELECT counted.purchase_line_id, -SUM(counted.units)
        FROM outwork_movement AS back
        JOIN counted ON counted.id = back.reverses_id
        WHERE back.kind = 'reversed'
        GROUP BY counted.purchase_line_id
    ), summed AS (
        SELECT purchase_line_id, SUM(units) AS units FROM posted GROUP BY purchase_line_id
    )
    SELECT line.id, line.received, COALESCE(summed.units, 0)
    FROM outwork_purchaseline AS line
    JOIN outwork_part AS part ON part.id = line.part_id
    LEFT JOIN summed ON summed.purchase_line_id = line.id
    WHERE line.received <> COALESCE(summed.units, 0) AND NOT part.is_virtual
    ORDER BY line.id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that the ledger does not bear out: what is recorded, and what a recount finds."""

    kind: str
    what: str
    recorded: str
    recounted: str

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        return f"{self.what}: {self.kind} is {self.recorded}, the ledger says {self.recounted}"


def verify() -> list[Difference]:
    """Recount the ledger; an empty list says that everything agrees. Nine statements, and a few to name what differs."""
    found: list[tuple[str, str, int, str, str]] = []
    for kind, sql, show in _NUMBERS:
        of = {"consumed": "build line", "received": "order line"}.get(kind, "item")
        found += [(kind, of, row[0], show(row[1]), show(row[2])) for row in _rows(sql)]
    found += [("place", "item", row[0], _place(row[1:5]), _place(row[5:9])) for row in _rows(_PLACES)]
    found += [("place", "item", row[0], "inside itself", "a place of its own") for row in _rows(_CIRCLES)]
    found += [("serial number", "item", row[0], row[2], f"{row[3]} items with it") for row in _rows(_SERIALS)]
    return _named(found)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with joining_sets(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _units(steps: Any) -> str:
    return as_text(Decimal(steps).scaleb(-QUANTITY_PLACES))


def _amount(steps: Any) -> str:
    return "unknown" if steps is None else as_text(Decimal(steps).scaleb(-MONEY_PLACES))


_NUMBERS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("quantity", _QUANTITIES, _units),
    ("allocated", _ALLOCATED, _units),
    ("allocated of quantity", _OVER_ALLOCATED, _units),
    ("value", VALUES, _amount),
    ("consumed", _CONSUMED, _units),
    ("received", _RECEIVED, _units),
)


def _place(columns: Sequence[Any]) -> str:
    kind, location, container, customer = columns
    names = {PlaceKind.LOCATION: location, PlaceKind.INSIDE: container, PlaceKind.CUSTOMER: customer}
    number = names.get(kind)
    return PlaceKind(kind).name.lower() + (f" {number}" if number is not None else "")


def _named(found: list[tuple[str, str, int, str, str]]) -> list[Difference]:
    """The differences with their items, lines and locations named as people know them."""
    ids = {of: {one[2] for one in found if one[1] == of} for of in ("item", "build line", "order line")}
    names: dict[tuple[str, int], str] = {}
    if ids["item"]:
        items = StockItem.objects.filter(pk__any=ids["item"]).select_related("part")
        for item in items:
            what = f" serial {item.serial}" if item.serial else f" batch {item.batch}" if item.batch else ""
            names["item", item.pk] = f"item {item.pk} ({item.part.label}{what})"
    if ids["build line"]:
        for line in BuildLine.objects.filter(pk__any=ids["build line"]).select_related("part", "build"):
            names["build line", line.pk] = f"{line.build.reference}, line of {line.part.label}"
    if ids["order line"]:
        for order_line in PurchaseLine.objects.filter(pk__any=ids["order line"]).select_related("part", "order"):
            names["order line", order_line.pk] = f"{order_line.order.reference}, line of {order_line.part.label}"
    return [Difference(kind, names[of, number], recorded, counted) for kind, of, number, recorded, counted in found]
