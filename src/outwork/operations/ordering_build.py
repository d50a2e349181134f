"""Order a build from a manufacturer: a new draft order, or one more line on one that exists."""

from __future__ import annotations

import datetime
from typing import Any

from outwork.ledger.documents import lock_build, lock_orders
from outwork.models import Build, Company, PriceBreak, PurchaseOrder, SupplierPart, User
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_build import company_facts, part_facts
from outwork.operations.creating_order import create_order
from outwork.operations.recording import Done, operation, record
from outwork.queries.builds import progress
from outwork.queries.settings import get
from outwork.rules import states
from outwork.rules.external import check_buildable, check_manufacturer
from outwork.rules.packs import base_to_packs
from outwork.rules.pricing import Break, next_break_hint
from outwork.rules.quantities import as_text, quantity, whole
from outwork.rules.refusals import declare, refuse
from outwork.rules.states import OPEN_BUILD, OrderStatus

declare(
    build_ordered_in_full="{build}: {ordered} of {planned} are ordered already; to order more, say how many",
    order_of_another_supplier="{order} goes to {found}, not to {company}",
)


@operation
def order_build(
    *,
    build: Build,
    manufacturer: Company,
    actor: User,
    at: datetime.datetime,
    units: Any = None,
    order: PurchaseOrder | None = None,
    price: Any = None,
    requested_date: datetime.date | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Order (the rest of) an external build from a manufacturer; `ids` holds the order line.

    Extends the draft order named, else makes a new one. `units` in the assembly's unit, by default what is not ordered
    yet; the price is that of the break the quantity reaches. Says when a larger order were cheaper.
    Refuses external_builds_off, build_not_external, wrong_state, company_not_supplier,
    company_not_manufacturer, no_supplier_part, build_ordered_in_full, order_of_another_supplier.
    """
    if order is not None:
        order = lock_orders([order.pk])[order.pk]
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    manufacturer = Company.objects.get(pk=manufacturer.pk)
    if not build.is_external:
        refuse("build_not_external", build=build.reference)
    reasons = check_buildable(part_facts(build.part), is_external=True, switched_on=get("BUILDORDER_EXTERNAL_BUILDS"))
    reasons.found += check_manufacturer(company_facts(manufacturer), build.part.label, where=("manufacturer",)).found
    if order is not None and order.supplier_id != manufacturer.pk:
        reasons.add(
            "order_of_another_supplier", order=order.reference, found=order.supplier.name, company=manufacturer.name
        )
    reasons.raise_any()
    sold = _supplier_part(build, manufacturer)
    wanted = _units(build, units)

    event = record("build.ordered", build, manufacturer, actor=actor, at=at)
    if order is None:
        made = create_order(supplier=manufacturer, actor=actor, at=at, destination=build.destination)
        order = PurchaseOrder.objects.get(pk=made.ids[0])
    else:
        states.require(order.status, {OrderStatus.DRAFT}, order.reference)
    line = NewLine(
        supplier_part_id=sold.pk,
        quantity=wanted,
        in_units=True,
        build_id=build.pk,
        price=price,
        requested_date=requested_date or build.target_date,
    )
    added = add_lines(order=order, lines=[line], actor=actor, at=at)
    return Done(
        event.pk, added.ids, said=added.said + (_hint(sold, wanted) if price is None else []), data={"order": order.pk}
    )


def _supplier_part(build: Build, manufacturer: Company) -> SupplierPart:
    """What the manufacturer sells of the assembly: the primary one, else the first."""
    sold = (
        SupplierPart.objects.filter(part=build.part_id, supplier=manufacturer, is_active=True)
        .order_by("-is_primary", "pk")
        .first()
    )
    if sold is None:
        refuse("no_supplier_part", company=manufacturer.name, part=build.part.label, where=("manufacturer",))
    return sold


def _units(build: Build, units: Any) -> Any:
    if units is not None:
        wanted = quantity(units, where=("units",))
        return whole(wanted, where=("units",)) if build.part.is_trackable else wanted
    made = progress(build)
    left = made.planned - made.ordered
    if left <= 0:
        refuse("build_ordered_in_full", build=build.reference, ordered=made.ordered, planned=made.planned)
    return left


def _hint(sold: SupplierPart, units: Any) -> list[dict[str, Any]]:
    breaks = list(PriceBreak.objects.filter(supplier_part=sold).order_by("quantity"))
    currency = breaks[0].currency if breaks else ""
    hint = next_break_hint(
        base_to_packs(units, sold.pack_size),
        [Break(one.quantity, one.price) for one in breaks if one.currency == currency],
        multiple=sold.multiple,
        base_cost=sold.base_cost,
    )
    if hint is None or not hint.is_cheaper_in_total:
        return []
    return [
        {
            "code": "more_is_cheaper",
            "packs": as_text(hint.quantity),
            "total": as_text(hint.total),
            "currency": currency,
        }
    ]
