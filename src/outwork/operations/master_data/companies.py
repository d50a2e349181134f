"""What must hold of companies, their part numbers, prices and exchange rates."""

from __future__ import annotations

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
    name_differs_in_case="There is {standing} already: {name} differs from it in nothing but capital letters",
    company_sells_nothing="{company} is not a supplier: its parts cannot be bought from it",
    company_makes_nothing="{company} is not a manufacturer",
    email_invalid="{email} is not a mail address",
    part_not_bought="{part} is not purchaseable: it has no suppliers and manufacturers",
    manufacturer_part_of_another_part="{mpn} is a number of another part",
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
    check_email(batch)
    _check_case(batch)
    check_reliances(batch, COMPANY_RELIANCES)


def _check_case(batch: Batch) -> None:
    """Acme and ACME are a slip of the hand; two companies of exactly one name are told apart by their mail address.

    All names are read, for SQLite folds the case of ASCII only; one statement, if a name changes.
    """
    rows = [row for row in batch.changing("name") if "name" not in row.bad]
    if not rows:
        return
    mine = {row.id for row in rows}
    spelt = {name.casefold(): name for pk, name in Company.objects.values_list("pk", "name") if pk not in mine}
    for row in rows:
        standing = spelt.setdefault(row["name"].casefold(), row["name"])
        if standing != row["name"]:
            batch.refuse(row, "name", "name_differs_in_case", name=row["name"], standing=standing)


def check_email(batch: Batch) -> None:
    """A mail address has one @, in the middle."""
    for row in batch.changing("email"):
        email = row["email"]
        if email and (email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email):
            batch.refuse(row, "email", "email_invalid", email=email)


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
    for row in batch.rows:
        if "available" in row.given:
            row.values["available_at"] = None if row["available"] is None else batch.at
    _check_relied_on(batch)


def _check_relied_on(batch: Batch) -> None:
    moved = {row.id: row for row in batch.changing("part_id", "supplier_id") if row.id is not None}
    orders = count_by(PurchaseLine.objects.all(), "supplier_part", (pk for pk in moved if pk is not None))
    items = count_by(StockItem.objects.all(), "supplier_part", (pk for pk in moved if pk is not None))
    for pk, row in moved.items():
        counts = {"orders": orders.get(pk or 0, 0), "items": items.get(pk or 0, 0)}
        if any(counts.values()):
            batch.refuse(row, "supplier", "number_relied_on", number=row.before.sku, **counts)


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
