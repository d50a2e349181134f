"""Companies on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from outwork.cli.doing import company_zone
from outwork.cli.master_data import More, Spoken, as_data, group, section
from outwork.cli.order_page import totals
from outwork.cli.tables import several
from outwork.models import Address, Company, Contact
from outwork.queries import companies

HELPS = {
    "name": "What it is called.",
    "description": "What it does.",
    "email": "Its mail address.",
    "phone": "Its telephone number.",
    "website": "Its address on the web.",
    "currency": "What it is paid in.",
    "is_supplier": "We buy from it.",
    "is_manufacturer": "It makes things: parts that others sell, or what we have built outside.",
    "is_customer": "It buys from us.",
    "is_active": "We still deal with it.",
    "accepts_on_receipt": "Units that it built are accepted when they are received.",
    "tax_number": "Its tax number.",
    "payment_terms": "When it is paid: 30 days net.",
    "incoterm": "Who bears transport and risk: FCA Shenzhen.",
    "note": "A note.",
}


def _cells(row: Company, more: More) -> Sequence[Any]:
    roles = {"supplier": row.is_supplier, "manufacturer": row.is_manufacturer, "customer": row.is_customer}
    told = ", ".join(word for word, holds in roles.items() if holds)
    return (row.name, told, row.currency, row.email, row.phone, "" if row.is_active else "inactive", row.description)


def _overview(row: Company) -> companies.CompanyOverview:
    return companies.overview(row.pk, today=timezone.now().astimezone(company_zone()).date())


def _facts(row: Company) -> Iterator[str]:
    found = _overview(row)
    if found.locations:
        yield f"  Our stock lies there at: {', '.join(found.locations)}"
    if found.made:
        yield f"  It makes {several(found.made, 'part number')} that we know."
    yield from section(
        "People",
        ("name", "role", "mail", "telephone"),
        [(one.name, one.role, one.email, one.phone) for one in found.contacts],
    )
    yield from section(
        "Sites",
        ("title", "street", "postal code", "city", "country", ""),
        [
            (*(one.title, one.line1, one.postal_code, one.city, one.country), "primary" if one.is_primary else "")
            for one in found.addresses
        ],
    )
    yield from section(
        "Open orders",
        ("order", "status", "lines", "open", "total", "expected", "builds"),
        [
            (
                *(one.reference, one.status, one.lines, one.open_lines, totals(one.totals)),
                *(f"{one.expected or ''}{' late' if one.is_late else ''}", ", ".join(one.builds)),
            )
            for one in found.open_orders
        ],
    )
    yield from section(
        "Of ours lies there",
        ("part", "on hand", "usable", "allocated", "free", "in production", "unit", "value"),
        [
            (
                *(one.part, one.quantity, one.usable, one.allocated, one.free, one.in_production or None, one.unit),
                "unknown" if one.value is None else one.value,
            )
            for one in found.stock
        ],
    )
    yield from section(
        "It sells",
        ("SKU", "part", "pack", "days", "prices per pack", ""),
        [
            (
                *(one.sku, one.part, one.pack_quantity, one.lead_time_days),
                "; ".join(str(price) for price in one.prices) or "no price",
                "" if one.is_active else "inactive",
            )
            for one in found.offers
        ],
    )


def _data(row: Company) -> Mapping[str, Any]:
    found = _overview(row)
    return {
        "locations": found.locations,
        "supplier_parts": found.offers,
        "manufacturer_parts": found.made,
        "open_orders": found.open_orders,
        "stock": found.stock,
        "contacts": [as_data(Contact, one) for one in found.contacts],
        "addresses": [as_data(Address, one) for one in found.addresses],
    }


SPOKEN = Spoken(
    Company,
    "A COMPANY is named by its name, in any case, or as id=12.",
    ("name", "is", "paid in", "mail", "telephone", "", "description"),
    _cells,
    helps=HELPS,
    facts=_facts,
    data=_data,
)
command = group(SPOKEN, "company", "Companies: suppliers, manufacturers and customers.")
