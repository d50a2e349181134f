"""Create purchase orders, and check what an order says about itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from outwork.models import Address, Company, Contact, Location, ProjectCode, PurchaseOrder, User
from outwork.operations.numbering import take_reference
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.settings import all_settings
from outwork.rules.currency import currency_code
from outwork.rules.refusals import Reasons, declare

declare(
    supplier_not_active="{company} is not active any more",
    contact_of_another="{contact} works for {found}, the order goes to {supplier}",
    address_of_another="{address} is an address of {found}, the order goes to {supplier}",
    order_responsible_missing="An order names who is responsible for it (setting PURCHASEORDER_REQUIRE_RESPONSIBLE)",
)

_TEXTS = ("supplier_reference", "description", "payment_terms", "incoterm", "link", "note")


@operation
def create_order(
    *,
    supplier: Company,
    actor: User,
    at: datetime.datetime,
    currency: str | None = None,
    reference: str | None = None,
    supplier_reference: str = "",
    description: str = "",
    destination: Location | None = None,
    start_date: datetime.date | None = None,
    target_date: datetime.date | None = None,
    responsible: User | None = None,
    contact: Contact | None = None,
    address: Address | None = None,
    project_code: ProjectCode | None = None,
    payment_terms: str | None = None,
    incoterm: str | None = None,
    link: str = "",
    note: str = "",
    key: str | None = None,
) -> Done:
    """Create a draft order; `ids` holds it. Currency, payment terms and incoterm are the supplier's unless named.

    Refuses company_not_supplier, supplier_not_active, currency_code_invalid, dates_reversed, location_structural,
    contact_of_another, address_of_another, order_responsible_missing, project_not_active, reference_used,
    reference_mismatch, long texts.
    """
    supplier = Company.objects.get(pk=supplier.pk)
    settings, reasons = all_settings(), Reasons()
    if not supplier.is_supplier:
        reasons.add("company_not_supplier", company=supplier.name, where=("supplier",))
    if not supplier.is_active:
        reasons.add("supplier_not_active", company=supplier.name, where=("supplier",))
    facts = {
        "supplier_reference": supplier_reference,
        "description": description,
        "destination": destination,
        "start_date": start_date,
        "target_date": target_date,
        "responsible": responsible,
        "contact": contact,
        "address": address,
        "project_code": project_code,
        "payment_terms": supplier.payment_terms if payment_terms is None else payment_terms,
        "incoterm": supplier.incoterm if incoterm is None else incoterm,
        "link": link,
        "note": note,
    }
    check_order_facts(facts, supplier, settings, reasons)
    reasons.raise_any()
    code = currency_code(currency or supplier.currency, where=("currency",))
    pattern = settings["PURCHASEORDER_REFERENCE_PATTERN"]
    reference, number = take_reference(PurchaseOrder, pattern, at=at, given=reference)
    order = PurchaseOrder.objects.create(
        reference=reference, reference_number=number, supplier=supplier, currency=code, created_at=at, **facts
    )
    event = record("order.created", order, actor=actor, at=at)
    return Done(event.pk, [order.pk], data={"reference": reference})


def check_order_facts(
    facts: Mapping[str, Any], supplier: Company, settings: Mapping[str, Any], reasons: Reasons
) -> None:
    """Note what an order cannot say about itself; a fact that is not among `facts` is not looked at."""
    start, target = facts.get("start_date"), facts.get("target_date")
    if start and target and start > target:
        reasons.add("dates_reversed", start=start, target=target, where=("target_date",))
    destination: Location | None = facts.get("destination")
    if destination is not None and destination.is_structural:
        reasons.add("location_structural", location=destination.path or destination.name, where=("destination",))
    contact: Contact | None = facts.get("contact")
    if contact is not None and contact.company_id != supplier.pk:
        told = {"found": contact.company.name, "supplier": supplier.name}
        reasons.add("contact_of_another", contact=contact.name, **told, where=("contact",))
    address: Address | None = facts.get("address")
    if address is not None and address.company_id != supplier.pk:
        told = {"found": address.company.name, "supplier": supplier.name}
        reasons.add("address_of_another", address=address.title, **told, where=("address",))
    project: ProjectCode | None = facts.get("project_code")
    if project is not None and not project.is_active:
        reasons.add("project_not_active", project=project.code, where=("project_code",))
    if "responsible" in facts and facts["responsible"] is None and settings["PURCHASEORDER_REQUIRE_RESPONSIBLE"]:
        reasons.add("order_responsible_missing", where=("responsible",))
    check_texts(PurchaseOrder, {name: facts[name] for name in _TEXTS if name in facts}, reasons)
