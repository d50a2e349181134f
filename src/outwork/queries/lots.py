"""Lots as people name them: part, batch or serial number, whose it was and on which order, and where it is now."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from outwork.models import PurchaseLine, ReportedLot, StockItem, SupplierPart
from outwork.queries.lineage import around
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import ZERO


@dataclass(frozen=True, slots=True)
class Lot:
    """What is known of an item by the lot it came from. `output_of` is the build that made it."""

    item_id: int
    lot_id: int
    part_id: int
    part: str
    name: str
    batch: str
    serial: str | None
    supplier: str
    sku: str
    mpn: str
    order: str
    received_at: datetime.datetime
    output_of: str

    @property
    def label(self) -> str:
        """Part with serial number or batch: "R-10K batch A"."""
        if self.serial:
            return f"{self.part} {self.serial}"
        return f"{self.part} batch {self.batch}" if self.batch else f"{self.part} item {self.item_id}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Units of a lot or output that are together, and where: `where` is what people read.

    `inside` names the containers from the nearest to the outermost.
    """

    item_id: int | None
    quantity: Decimal
    where: str
    place: str
    location_id: int | None = None
    inside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """What an upward trace begins with: items, or lots that a manufacturer reported."""

    items: frozenset[int] = frozenset()
    reported: frozenset[int] = frozenset()


_LOT = (
    "pk",
    "root",
    "part",
    "part__number",
    "part__name",
    "batch",
    "serial",
    "purchase_line__order__supplier__name",
    "supplier_part__supplier__name",
    "supplier_part__sku",
    "supplier_part__manufacturer_part__mpn",
    "purchase_line__order__reference",
    "received_at",
    "build__reference",
)


def describe(item_ids: Collection[int]) -> dict[int, Lot]:
    """What is known of these items; one statement."""
    if not item_ids:
        return {}
    found = {}
    for (
        pk,
        root,
        part,
        number,
        name,
        batch,
        serial,
        ordered_from,
        sold_by,
        sku,
        mpn,
        order,
        came,
        build,
    ) in StockItem.objects.filter(pk__any=item_ids).values_list(*_LOT):
        found[pk] = Lot(
            item_id=pk,
            lot_id=root or pk,
            part_id=part,
            part=number or name,
            name=name,
            batch=batch,
            serial=serial,
            supplier=ordered_from or sold_by or "",
            sku=sku or "",
            mpn=mpn or "",
            order=order or "",
            received_at=came,
            output_of=build or "",
        )
    return found


_PLACED = (
    *("pk", "quantity", "place", "location", "location__path", "location__name", "location__company__name"),
    *("customer__name", "used_by__reference", "part__number", "part__name", "serial", "batch", "inside"),
)


def pieces(item_ids: Collection[int]) -> dict[int, Piece]:
    """Where each item is now, through all it is inside of; at most three statements. Empty items are left out."""
    if not item_ids:
        return {}
    rows = {row[0]: row for row in StockItem.objects.filter(pk__any=item_ids).values_list(*_PLACED)}
    containers = around([pk for pk, row in rows.items() if row[-1] is not None])
    outer = {one for chain in containers.values() for one in chain} - rows.keys()
    if outer:
        rows.update({row[0]: row for row in StockItem.objects.filter(pk__any=outer).values_list(*_PLACED)})
    found = {}
    for pk in item_ids:
        row = rows.get(pk)
        if row is None or row[1] == ZERO:
            continue
        chain = containers.get(pk, [])
        words = [f"inside {_named(rows[one])}" for one in chain]
        last = rows[chain[-1]] if chain else row
        words.append(_words(last))
        where = ", ".join(word for word in words if word)
        found[pk] = Piece(pk, row[1], where, PlaceKind(row[2]).name.lower(), row[3], tuple(chain))
    return found


def _named(row: tuple[object, ...]) -> str:
    number, name, serial, batch = row[9:13]
    return " ".join(str(one) for one in (number or name, serial or (f"batch {batch}" if batch else f"item {row[0]}")))


def _words(row: tuple[object, ...]) -> str:
    """A place as people read it; an item that is not placed lies nowhere in particular."""
    location = str(row[4] or row[5] or "")
    company = f" (at {row[6]})" if row[6] and row[6] != location else ""
    return {
        PlaceKind.UNPLACED: "not placed",
        PlaceKind.LOCATION: f"{location}{company}",
        PlaceKind.INSIDE: "",
        PlaceKind.CUSTOMER: f"at customer {row[7]}",
        PlaceKind.USED: f"used by {row[8]}",
        PlaceKind.GONE: "gone",
    }[PlaceKind(int(str(row[2])))]


def whole_lots(item_ids: Collection[int]) -> frozenset[int]:
    """All items of the lots that these items are of, split off or not; two statements."""
    roots = set(StockItem.objects.filter(pk__any=item_ids, root__isnull=False).values_list("root", flat=True))
    roots |= set(item_ids)
    family = StockItem.objects.filter(Q(pk__any=roots) | Q(root__any=roots)).values_list("pk", flat=True)
    return frozenset(family)


def lot_of_item(item: StockItem) -> Start:
    """The lot of an item; a serial number is a lot of its own."""
    return Start(whole_lots([item.pk]))


def lot_of_batch(batch: str, *, part_id: int | None = None) -> Start:
    """All stock with that batch code, of one part or of all, and what manufacturers reported as that lot."""
    items = StockItem.objects.filter(batch=batch)
    reported = ReportedLot.objects.filter(lot=batch)
    if part_id is not None:
        items, reported = items.filter(part=part_id), reported.filter(build_line__part=part_id)
    return Start(whole_lots(list(items.values_list("pk", flat=True))), frozenset(reported.values_list("pk", flat=True)))


def lot_of_order_line(line: PurchaseLine) -> Start:
    """All that came on an order line."""
    return Start(whole_lots(list(StockItem.objects.filter(purchase_line=line).values_list("pk", flat=True))))


def lot_of_supplier(supplier_part: SupplierPart, batch: str) -> Start:
    """What a supplier delivered of a part under one batch code."""
    items = StockItem.objects.filter(supplier_part=supplier_part, batch=batch)
    return Start(whole_lots(list(items.values_list("pk", flat=True))))
