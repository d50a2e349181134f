"""A company on one page: what it sells, which orders are open, what of ours lies there."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from outwork.models import Company, ManufacturerPart
from outwork.queries import listing, orders, stock
from outwork.queries.supplier_parts import Offer, offers
from outwork.rules.states import OPEN_ORDER


@dataclass(frozen=True, slots=True)
class CompanyOverview:
    """A company and all that hangs on it; `made` counts the manufacturer parts."""

    company: Company
    locations: list[str]
    offers: list[Offer]
    made: int
    open_orders: list[orders.OrderRow]
    stock: list[stock.OnHand]


def overview(company_id: int, *, today: datetime.date) -> CompanyOverview:
    """All that the page of a company says; nine statements."""
    company = listing.one(Company, company_id)
    return CompanyOverview(
        company=company,
        locations=list(company.locations.order_by("path").values_list("path", flat=True)),
        offers=offers(supplier_id=company.pk),
        made=ManufacturerPart.objects.filter(manufacturer=company).count(),
        open_orders=orders.list_orders(today=today, statuses=OPEN_ORDER, supplier_id=company.pk),
        stock=stock.by_company(company_id=company.pk),
    )
