"""Create purchase orders."""

from __future__ import annotations

import datetime

from outwork.models import Company, Location, PurchaseOrder, User
from outwork.operations.numbering import take_reference
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.settings import all_settings
from outwork.rules.currency import currency_code
from outwork.rules.refusals import Reasons, declare

declare(supplier_not_active="{company} is not active any more")


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
    note: str = "",
    key: str | None = None,
) -> Done:
    """Create a draft order, in the supplier's currency unless another is named; `ids` holds it.

    Refuses company_not_supplier, supplier_not_active, currency_code_invalid, dates_reversed,
    location_structural, reference_used, reference_mismatch, long texts.
    """
    supplier = Company.objects.get(pk=supplier.pk)
    reasons = Reasons()
    if not supplier.is_supplier:
        reasons.add("company_not_supplier", company=supplier.name, where=("supplier",))
    if not supplier.is_active:
        reasons.add("supplier_not_active", company=supplier.name, where=("supplier",))
    if start_date and target_date and start_date > target_date:
        reasons.add("dates_reversed", start=start_date, target=target_date, where=("target_date",))
    if destination is not None and destination.is_structural:
        reasons.add("location_structural", location=destination.path or destination.name, where=("destination",))
    texts = {"supplier_reference": supplier_reference, "description": description}
    check_texts(PurchaseOrder, texts, reasons)
    reasons.raise_any()
    code = currency_code(currency or supplier.currency, where=("currency",))
    pattern = all_settings()["PURCHASEORDER_REFERENCE_PATTERN"]
    reference, number = take_reference(PurchaseOrder, pattern, at=at, given=reference)
    order = PurchaseOrder.objects.create(
        reference=reference,
        reference_number=number,
        supplier=supplier,
        supplier_reference=supplier_reference,
        description=description,
        currency=code,
        destination=destination,
        responsible=responsible,
        note=note,
        start_date=start_date,
        target_date=target_date,
        created_at=at,
    )
    event = record("order.created", order, actor=actor, at=at)
    return Done(event.pk, [order.pk], data={"reference": reference})
