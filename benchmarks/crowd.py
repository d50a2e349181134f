"""A database that has been used for years: a million stock items and movements, made by a few statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from benchmarks.story import AT
from outwork.models import (
    Company,
    Event,
    Location,
    Movement,
    Part,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    SupplierPart,
    User,
)
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.states import OrderStatus

PARTS = 100_000
ITEMS_A_PART = 10
ORDERS = 10_000
LINES_AN_ORDER = 10
LOCATIONS = 1_000

_SERIES = {
    "sqlite": "(WITH RECURSIVE series (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < {last}) SELECT n FROM series)",
    "postgresql": "(SELECT generate_series(0, {last}) AS n)",
}


def crowd(parts: int = PARTS, orders: int = ORDERS) -> None:
    """Fill the database: parts with a supplier part and ten items each, every item with its movement, and old orders.

    One order in ten is placed, the others were cancelled. The ledger is sound.
    """
    user = User.objects.create(username="crowd")
    supplier = Company.objects.create(name="Crowd", currency="EUR", is_supplier=True)
    event = Event.objects.create(kind="stock.opened", actor=user, at=AT, recorded_at=AT)
    at = {"created_at": AT}
    _fill(Location, _series(LOCATIONS), name=_text("Crowd-"), path=_text("Crowd-"))
    _fill(Part, _series(parts), number=_text("X-"), name=_text("X-"), **at)
    _fill(
        SupplierPart,
        "(SELECT id, number FROM outwork_part WHERE number LIKE 'X-%%') AS part",
        part_id="part.id",
        sku="part.number",
        supplier_id=str(supplier.pk),
    )
    first = Location.objects.filter(name="Crowd-0").values_list("pk", flat=True)[0]
    _fill(
        StockItem,
        f"(SELECT id FROM outwork_part WHERE number LIKE 'X-%%') AS part, {_series(ITEMS_A_PART)}",
        part_id="part.id",
        quantity=str(100 * 10**5),
        value=str(5 * 10**6),
        batch="'crowd'",
        place=str(int(PlaceKind.LOCATION)),
        location_id=f"{first} + (part.id + series.n) %% {LOCATIONS}",
        received_at=AT,
        updated_at=AT,
    )
    _fill(
        Movement,
        "(SELECT id, part_id, location_id, quantity, value, batch FROM outwork_stockitem WHERE batch = 'crowd') AS item",
        event_id=str(event.pk),
        kind=f"'{Kind.OPENING.value}'",
        quantity="item.quantity",
        target_item_id="item.id",
        target_place=str(int(PlaceKind.LOCATION)),
        target_location_id="item.location_id",
        part_id="item.part_id",
        batch="item.batch",
        value="item.value",
        at=AT,
        recorded_at=AT,
    )
    _fill(
        PurchaseOrder,
        _series(orders),
        reference=_text("OLD-"),
        supplier_id=str(supplier.pk),
        status=f"CASE WHEN series.n %% 10 = 0 THEN {int(OrderStatus.PLACED)} ELSE {int(OrderStatus.CANCELLED)} END",
        currency="'EUR'",
        **at,
    )
    oldest = PurchaseOrder.objects.get(reference="OLD-0").pk
    _fill(
        PurchaseLine,
        f"(SELECT id, part_id FROM outwork_supplierpart ORDER BY id LIMIT {orders * LINES_AN_ORDER}) AS sold",
        order_id=f"{oldest} + sold.id %% {orders}",
        supplier_part_id="sold.id",
        part_id="sold.part_id",
        ordered=str(50 * 10**5),
        currency="'EUR'",
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _series(count: int) -> str:
    return _SERIES[connection.vendor].replace("{last}", str(count - 1)) + " AS series"


def _text(prefix: str) -> str:
    return f"'{prefix}' || series.n"


def _fill(model: type[Model], source: str, **given: Any) -> None:
    """Insert a row for each row of the source; a text is SQL, anything else a value; the rest are the model's defaults."""
    columns, values, params = [], [], []
    for field in model._meta.concrete_fields:
        assert isinstance(field, Field)
        if field.attname in given and isinstance(given[field.attname], str):
            values.append(given[field.attname])
        elif field.attname in given or _needs_default(field):
            value = given.get(field.attname, field.get_default() if field.attname not in given else None)
            values.append("%s")
            params.append(field.get_db_prep_save(Decimal(0) if value is None else value, connection))
        else:
            continue
        columns.append(connection.ops.quote_name(str(field.column)))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source}", params)


def _needs_default(field: Field[Any, Any]) -> bool:
    return not (field.primary_key or field.null or field.has_db_default())
