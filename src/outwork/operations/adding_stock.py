"""Add stock that no order brought: opening stock, what was found, and more of what lies there already."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from outwork.ledger import serials
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.held import Held
from outwork.ledger.locations import find_locations
from outwork.ledger.post import Posting, new_ids
from outwork.ledger.serial_counting import count_on
from outwork.models import Part, StockItem, SupplierPart, User
from outwork.operations.batch_codes import BatchCodes
from outwork.operations.owning import check_owner_ids
from outwork.operations.recording import Done, operation, record
from outwork.operations.stating_value import Stated, Worths
from outwork.operations.stock_rows import parts_of, read_row_quantity, take_in_hand
from outwork.operations.text_limits import check_texts
from outwork.queries.default_locations import default_locations
from outwork.queries.settings import all_settings
from outwork.rules.days import day_in
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import rounded_money
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.serials import serial_number
from outwork.rules.states import StockStatus

declare(
    part_virtual="{part} is virtual: there is no stock of it",
    supplier_part_of_another_part="{supplier_part} is not {part}, but another part",
)


@dataclass(frozen=True, slots=True)
class NewStock:
    """Stock of one part that is new to us. `value` is per unit, in base currency or in `currency`; None is unknown.

    With `serials` (the short way of writing them, or a list) every unit becomes an item of its own, and
    `quantity` may be left out where they are a list. Without `expiry_date` the part's default counts. A `batch` of
    None is given by the company's template, an empty one is none. `goes_when_empty` None is as the setting
    STOCK_DELETE_DEPLETED_DEFAULT says; a serial number never goes by itself.
    """

    part: int
    quantity: Any = None
    serials: str | Sequence[str] | None = None
    location: int | None = None
    batch: str | None = None
    status: int = StockStatus.OK
    supplier_part: int | None = None
    packaging: str = ""
    expiry_date: datetime.date | None = None
    value: Any = None
    currency: str = ""
    note: str = ""
    owner: int | None = None
    link: str = ""
    goes_when_empty: bool | None = None


@dataclass(frozen=True, slots=True)
class More:
    """So much more of an item. `value` is per unit, in base currency or in `currency`; without it the units are
    worth what those there are.
    """

    item: int
    quantity: Any
    value: Any = None
    currency: str = ""


@operation
def add_stock(
    *,
    rows: Sequence[NewStock],
    actor: User,
    at: datetime.datetime,
    is_opening: bool = False,
    reason: str = "",
    key: str | None = None,
) -> Done:
    """Book new items that no order brought; `ids` holds them in the order of the rows.

    Without a location they go where the part or its category is kept by default (semantics A14), if that is said. A value in another currency is converted at the rate of the company's day; where there is none it is unknown, which
    is said (`value_rate_missing`). Refuses part_unknown, part_virtual, serials_not_kept, location_unknown,
    location_structural, supplier_part_unknown, supplier_part_of_another_part, owner_unknown, stock_status_unknown,
    currency_code_invalid, batch_template_broken, serials_used and the other reasons about serials, quantities and
    values.
    """
    reasons = Reasons()
    if not rows:
        reasons.add("rows_missing")
    parts = _parts(rows, reasons)
    kept_in = default_locations(parts[row.part] for row in rows if row.location is None and row.part in parts)
    rows = [replace(row, location=kept_in.get(row.part)) if row.location is None else row for row in rows]
    places = find_locations([(row.location, (index, "location")) for index, row in enumerate(rows)], reasons)
    _check_supplier_parts(rows, parts, reasons)
    check_owner_ids([(row.owner, (index, "owner")) for index, row in enumerate(rows)], reasons)
    for index, row in enumerate(rows):
        names = ("status", "batch", "packaging", "link", "note")
        check_facts({name: getattr(row, name) for name in names}, index, reasons)
    units = _read_units(rows, parts, reasons)
    known = all_settings()
    rates = Worths.of(known, at, [row.currency for row in rows])
    values = [rates.read(row.value, row.currency, index, reasons) for index, row in enumerate(rows)]
    scope = serials.scopes(parts.values())
    claims = [
        serials.Claim(scope[row.part], given, (index, "serials"))
        for index, (row, (_, given)) in enumerate(zip(rows, units, strict=True))
        if given and row.part in scope
    ]
    serials.check_free(claims, reasons)
    reasons.raise_any()

    kind = Kind.OPENING if is_opening else Kind.ADDED
    codes, today = BatchCodes.of(known, at), day_in(at, known["TIME_ZONE"])
    ids = iter(new_ids(sum(len(given) or 1 for _, given in units)))
    items: list[tuple[Held, Stated]] = []
    for row, (quantity, given), value in zip(rows, units, values, strict=True):
        batch = row.batch
        if batch is None:
            place = places.get(row.location) if row.location is not None else None
            batch = codes.code(part=parts[row.part], quantity=quantity, location=place)
        goes = known["STOCK_DELETE_DEPLETED_DEFAULT"] if row.goes_when_empty is None else row.goes_when_empty
        one_each: Sequence[str | None] = given or [None]
        for serial in one_each:
            item = _new_item(next(ids), row, parts[row.part], at, today, serial, scope[row.part])
            item.quantity = Decimal(1) if serial else quantity
            item.batch, item.goes_when_empty = batch, bool(goes) and serial is None
            items.append((item, value))
    about = [StockItem(pk=items[0][0].id)] if len(items) == 1 else []
    kind_of_event = "stock.opened" if is_opening else "stock.added"
    event = record(kind_of_event, *about, *parts_of(parts.values()), actor=actor, at=at, reason=reason)
    posting = Posting(event, {})
    for item, value in items:
        posting.arrive(item, kind=kind, value=value.of(item.quantity), about=value.about(item.quantity))
    with naming_constraints():
        posting.write()
    return Done(event.pk, [item.id for item, _ in items], rates.said())


@operation
def add_to_stock(
    *, rows: Sequence[More], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Add units to items that lie there already; `ids` holds them in the order of the rows.

    Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, item_in_production, item_has_serial and
    bad quantities and values.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    rates = Worths.of(hand.settings, at, [row.currency for row in rows])
    quantities = []
    values = []
    for index, row in enumerate(rows):
        if hand.held[row.item].serial:
            reasons.add("item_has_serial", item=hand.name(row.item), where=(index, "item"))
        pieces = hand.is_counted_in_pieces(row.item)
        quantities.append(read_row_quantity(row.quantity, reasons, where=(index, "quantity"), pieces=pieces))
        values.append(rates.read(row.value, row.currency, index, reasons))
    reasons.raise_any()

    event = record("stock.increased", *hand.documents(), actor=actor, at=at, reason=reason)
    posting = Posting(event, hand.held)
    for row, quantity, value in zip(rows, quantities, values, strict=True):
        item = hand.held[row.item]
        assert quantity is not None
        added = unit_value(item, quantity) if row.value is None else value.of(quantity)
        posting.grow(item, quantity, kind=Kind.ADDED, value=added, about=value.about(quantity))
    posting.write()
    return Done(event.pk, [row.item for row in rows], rates.said())


def unit_value(item: Held, quantity: Decimal) -> Decimal | None:
    """What more of an item is worth when the units are like those there; unknown where nothing is there."""
    if item.value is None or item.quantity == 0:
        return None
    return rounded_money(item.value * quantity / item.quantity)


def check_facts(facts: dict[str, Any], index: int, reasons: Reasons) -> None:
    """Note what a fact of an item cannot be: its status is a known one, its texts fit their columns."""
    for name, value in facts.items():
        if name == "status":
            if value not in set(StockStatus):
                reasons.add("stock_status_unknown", status=value, where=(index, name))
        else:
            check_texts(StockItem, {name: value}, reasons, where=(index,))


def _parts(rows: Sequence[NewStock], reasons: Reasons) -> dict[int, Part]:
    found = {part.pk: part for part in Part.objects.filter(pk__any={row.part for row in rows})}
    for index, row in enumerate(rows):
        if row.part not in found:
            reasons.add("part_unknown", part=row.part, where=(index, "part"))
        elif found[row.part].is_virtual:
            reasons.add("part_virtual", part=found[row.part].label, where=(index, "part"))
    return found


def _check_supplier_parts(rows: Sequence[NewStock], parts: dict[int, Part], reasons: Reasons) -> None:
    wanted = {row.supplier_part for row in rows if row.supplier_part is not None}
    found = {one.pk: one for one in SupplierPart.objects.filter(pk__any=wanted)} if wanted else {}
    for index, row in enumerate(rows):
        if row.supplier_part is not None:
            part = parts.get(row.part)
            check_supplier_part(row.supplier_part, found, part, reasons, index)


def check_supplier_part(
    wanted: int, found: dict[int, SupplierPart], part: Part | None, reasons: Reasons, index: int
) -> None:
    """Note a supplier part that does not exist or that is another part than the item's."""
    where = (index, "supplier_part")
    if wanted not in found:
        reasons.add("supplier_part_unknown", supplier_part=wanted, where=where)
    elif part is not None and found[wanted].part_id != part.pk:
        reasons.add("supplier_part_of_another_part", supplier_part=found[wanted].sku, part=part.label, where=where)


def _read_units(rows: Sequence[NewStock], parts: dict[int, Part], reasons: Reasons) -> list[tuple[Decimal, list[str]]]:
    """How many units each row brings, and their serial numbers."""
    last: dict[int, str] = {}
    scope: dict[int, int] = {}
    if any(isinstance(row.serials, str) and "~" in row.serials for row in rows):
        scope = serials.scopes(parts.values())
        last = count_on(set(scope.values())).last
    units = []
    for index, row in enumerate(rows):
        part = parts.get(row.part)
        given: list[str] = []
        quantity = row.quantity
        if row.serials and quantity is None and not isinstance(row.serials, str):
            quantity = len(row.serials)
        pieces = bool(row.serials) or (part is not None and part.is_trackable)
        number = read_row_quantity(quantity, reasons, where=(index, "quantity"), pieces=pieces)
        if row.serials and part is not None and not part.is_trackable:
            reasons.add("serials_not_kept", part=part.label, where=(index, "serials"))
        elif row.serials and number is not None:
            latest = last.get(scope[row.part]) if last and row.part in scope else None
            try:
                given = serials.read_serials(row.serials, count=int(number), latest=latest, where=(index, "serials"))
            except Refusal as refusal:
                reasons.found += refusal.reasons
        units.append((number or Decimal(1), given))
    return units


def _new_item(
    item_id: int, row: NewStock, part: Part, at: datetime.datetime, today: datetime.date, serial: str | None, scope: int
) -> Held:
    expiry = row.expiry_date
    if expiry is None and part.default_expiry_days:
        expiry = today + datetime.timedelta(days=part.default_expiry_days)
    item = Held(
        id=item_id,
        part_id=part.pk,
        quantity=Decimal(0),
        received_at=at,
        serial=serial,
        serial_number=serial_number(serial) if serial else None,
        serial_scope=scope if serial else None,
        status=row.status,
        supplier_part_id=row.supplier_part,
        packaging=row.packaging,
        expiry_date=expiry,
        note=row.note,
        owner_id=row.owner,
        link=row.link,
    )
    item.put(at_location(row.location))
    return item
