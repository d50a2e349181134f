"""A company on one page: what it sells, which orders are open, what of ours lies there."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from outwork.models import Address, Company, Contact, ManufacturerPart
from outwork.queries import listing, orders, stock
from outwork.queries.supplier_parts import Offer, offers
from outwork.rules.states import OPEN_ORDER


@dataclass(frozen=True, slots=True)
class CompanyOverview:
    """A company and all that hangs on it; `made` counts the manufacturer parts, the primary address comes first."""

    company: Company
    locations: list[str]
    offers: list[Offer]
    made: int
    open_orders: list[orders.OrderRow]
    stock: list[stock.OnHand]
    contacts: list[Contact]
    addresses: list[Address]


def overview(company_id: int, *, today: datetime.date) -> CompanyOverview:
    """All that the page of a company says; thirteen statements."""
    company = listing.one(Company, company_id)
    return CompanyOverview(
        company=company,
        locations=list(company.locations.order_by("path").values_list("path", flat=True)),
        offers=offers(supplier_id=company.pk),
        made=ManufacturerPart.objects.filter(manufacturer=company).count(),
        open_orders=orders.list_orders(today=today, statuses=OPEN_ORDER, supplier_id=company.pk),
        stock=stock.by_company(company_id=company.pk),
        contacts=list(company.contacts.filter(is_active=True).order_by("name", "pk")),
        addresses=list(company.addresses.order_by("-is_primary", "title", "pk")),
    )
