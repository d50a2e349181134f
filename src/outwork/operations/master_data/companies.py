"""What must hold of companies, their part numbers, prices and exchange rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from outwork.models import Build, Company, Event, ManufacturerPart, PurchaseLine, PurchaseOrder, StockItem, SupplierPart
from outwork.models.purchase import OPEN_ORDERS
from outwork.operations.master_data.batch import Batch, Reliance, check_reliances, count_by
from outwork.operations.revaluing import revalue_unknown
from outwork.queries.settings import get
from outwork.rules.currency import currency_code
from outwork.rules.packs import pack_quantity
from outwork.rules.refusals import Refusal, declare

declare(
    company_sells_nothing="{company} is not a supplier: its parts cannot be bought from it",
    company_makes_nothing="{company} is not a manufacturer",
    email_invalid="{email} is not a mail address",
    part_not_bought="{part} is not purchaseable: it has no suppliers and manufacturers",
    manufacturer_part_of_another_part="{mpn} is a number of another part",
    primary_twice="A part has one primary supplier part; this request names two",
    number_relied_on="{number} is used by order lines ({orders}) and stock items ({items}): it stays with its part and company",
    rate_of_base_currency="{currency} is the base currency, whose rate is always 1",
)

_open_lines = PurchaseLine.objects.filter(order__status__in=OPEN_ORDERS, is_closed=False)
COMPANY_RELIANCES = (
    Reliance(
        "is_supplier", False, "open orders", lambda: PurchaseOrder.objects.filter(status__in=OPEN_ORDERS), "supplier"
    ),
    Reliance(
        "is_supplier", False, "active supplier parts", lambda: SupplierPart.objects.filter(is_active=True), "supplier"
    ),
    Reliance(
        "is_manufacturer",
        False,
        "order lines for open builds",
        lambda: _open_lines.filter(build__isnull=False),
        "order__supplier",
    ),
    Reliance("is_manufacturer", False, "open builds", lambda: Build.objects.open(), "manufacturer"),
    Reliance("is_manufacturer", False, "manufacturer parts", lambda: ManufacturerPart.objects.all(), "manufacturer"),
)


def check_company(batch: Batch) -> None:
    """Currency and mail address read well; nothing relies on a flag that goes."""
    check_currency(batch)
    for row in batch.changing("email"):
        email = row["email"]
        if email and (email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email):
            batch.refuse(row, "email", "email_invalid", email=email)
    check_reliances(batch, COMPANY_RELIANCES)


def check_currency(batch: Batch) -> None:
    """Currency codes are three capital letters."""
    for row in batch.changing("currency"):
        if "currency" in row.bad:
            continue
        try:
            row.values["currency"] = currency_code(row["currency"], where=(row.index, "currency"))
        except Refusal as refusal:
            batch.reasons.found += refusal.reasons


def check_manufacturer_part(batch: Batch) -> None:
    """A manufacturer has numbers for parts that are bought."""
    _check_bought(batch)
    for row in batch.changing("manufacturer_id"):
        company = batch.one(row, "manufacturer_id")
        if company is not None and not company.is_manufacturer:
            batch.refuse(row, "manufacturer", "company_makes_nothing", company=company.name)


def _check_bought(batch: Batch) -> None:
    for row in batch.changing("part_id"):
        part = batch.one(row, "part_id")
        if part is not None and not part.is_purchaseable:
            batch.refuse(row, "part", "part_not_bought", part=part.label)


def check_supplier_part(batch: Batch) -> None:
    """A supplier sells what is bought, in packs that the part's unit can count; one of them is primary."""
    _check_bought(batch)
    for row in batch.changing("supplier_id"):
        company = batch.one(row, "supplier_id")
        if company is not None and not company.is_supplier:
            batch.refuse(row, "supplier", "company_sells_nothing", company=company.name)
    for row in batch.changing("manufacturer_part_id", "part_id"):
        number = batch.one(row, "manufacturer_part_id")
        if number is not None and row["part_id"] and number.part_id != row["part_id"]:
            batch.refuse(row, "manufacturer_part", "manufacturer_part_of_another_part", mpn=number.mpn)
    for row in batch.changing("pack_quantity", "part_id"):
        part = batch.one(row, "part_id")
        row.values["pack_quantity"] = row["pack_quantity"] or "1"
        if part is None or "pack_quantity" in row.bad:
            row.values.setdefault("pack_size", 1)
            continue
        try:
            where = (row.index, "pack_quantity")
            row.values["pack_size"] = pack_quantity(row["pack_quantity"], part.unit, where=where)
        except Refusal as refusal:
            batch.reasons.found += refusal.reasons
    _check_relied_on(batch)
    _choose_primary(batch)


def _check_relied_on(batch: Batch) -> None:
    moved = {row.id: row for row in batch.changing("part_id", "supplier_id") if row.id is not None}
    orders = count_by(PurchaseLine.objects.all(), "supplier_part", (pk for pk in moved if pk is not None))
    items = count_by(StockItem.objects.all(), "supplier_part", (pk for pk in moved if pk is not None))
    for pk, row in moved.items():
        counts = {"orders": orders.get(pk or 0, 0), "items": items.get(pk or 0, 0)}
        if any(counts.values()):
            batch.refuse(row, "supplier", "number_relied_on", number=row.before.sku, **counts)


def _choose_primary(batch: Batch) -> None:
    """The first supplier part of a part is primary, and a new primary takes the place of the old one."""
    rows = [row for row in batch.changing("is_primary", "part_id") if row["part_id"]]
    if not rows:
        return
    standing: dict[int, set[int]] = defaultdict(set)
    mine = {row.id for row in rows}
    parts = {row["part_id"] for row in rows}
    for pk, part in SupplierPart.objects.filter(part__any=parts).values_list("pk", "part"):
        if pk not in mine:
            standing[part].add(pk)
    primary: dict[int, Any] = {}
    for row in rows:
        part = row["part_id"]
        if row["is_primary"] and ("is_primary" in row.given or row.before is None):
            if part in primary:
                batch.refuse(row, "is_primary", "primary_twice")
            primary[part] = row
    for row in rows:
        part = row["part_id"]
        if part not in primary and not standing[part]:
            row.values["is_primary"] = True
            primary[part] = row
        elif primary.get(part) is not row:
            row.values["is_primary"] = False
    batch.notes["parts_with_a_new_primary"] = list(primary)


def clear_primary(batch: Batch) -> None:
    """Make room for the new primaries: the database allows one at any moment."""
    parts = batch.notes.get("parts_with_a_new_primary")
    if parts:
        SupplierPart.objects.filter(part__any=parts, is_primary=True).update(is_primary=False)


def next_primary(removed: list[Any]) -> None:
    """Where the primary supplier part was removed, the oldest of the others takes its place; two statements."""
    parts = [one.part_id for one in removed if one.is_primary]
    if not parts:
        return
    first: dict[int, int] = {}
    for pk, part in SupplierPart.objects.filter(part__any=parts).order_by("pk").values_list("pk", "part"):
        first.setdefault(part, pk)
    if first:
        SupplierPart.objects.filter(pk__any=first.values()).update(is_primary=True)


def check_price_break(batch: Batch) -> None:
    """A price is in the supplier's currency unless it says another."""
    blank = [row for row in batch.rows if "currency" not in row.values and row.before is None]
    suppliers = {row.index: batch.one(row, "supplier_part_id") for row in blank}
    ids = {one.supplier_id for one in suppliers.values() if one is not None}
    currencies = dict(Company.objects.filter(pk__any=ids).values_list("pk", "currency")) if ids else {}
    for row in blank:
        sold = suppliers[row.index]
        row.values["currency"] = currencies[sold.supplier_id] if sold is not None else "EUR"
    check_currency(batch)


def check_exchange_rate(batch: Batch) -> None:
    """The base currency has no rate."""
    check_currency(batch)
    base = get("BASE_CURRENCY")
    for row in batch.changing("currency"):
        if row["currency"] == base:
            batch.refuse(row, "currency", "rate_of_base_currency", currency=base)


def let_receipts_follow(values: Sequence[Mapping[str, Any]], event: Event) -> None:
    """What was received at an unknown cost is valued as soon as there is a rate for its day."""
    revalue_unknown({one["currency"] for one in values}, event)
