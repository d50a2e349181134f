"""Order again what was ordered before: a draft with the same lines."""

from __future__ import annotations

import datetime
from typing import Any

from outwork.ledger import rows
from outwork.models import ExtraLine, PurchaseLine, PurchaseOrder, User
from outwork.operations.adding_extra_lines import EXTRA_COLUMNS
from outwork.operations.creating_order import create_order
from outwork.operations.recording import Done, operation, record
from outwork.rules.pricing import SpreadMode

_COPIED = (
    "position",
    "supplier_part_id",
    "part_id",
    "pack_size",
    "ordered",
    "price",
    "currency",
    "discount",
    "destination_id",
    "reference",
    "note",
)


@operation
def duplicate_order(
    *,
    order: PurchaseOrder,
    actor: User,
    at: datetime.datetime,
    copy_lines: bool = True,
    copy_extra_lines: bool = False,
    reference: str | None = None,
    key: str | None = None,
) -> Done:
    """Make a draft like an order in whatever state; `ids` holds it.

    Lines come with their quantities, prices and destinations, as ordered and with nothing received. They deliver no
    build, so that no build is ordered twice unnoticed (semantics G8; the builds are said), and are bought for none;
    dates and the supplier's confirmation are not copied. Lines whose supplier part is no longer active are left out
    and said. Refuses what `create_order` refuses.
    """
    order = PurchaseOrder.objects.select_related(
        "supplier", "destination", "responsible", "contact__company", "address__company", "project_code"
    ).get(pk=order.pk)
    made = create_order(
        supplier=order.supplier,
        currency=order.currency,
        reference=reference,
        description=order.description,
        destination=order.destination,
        responsible=order.responsible,
        contact=order.contact,
        address=order.address,
        project_code=order.project_code if order.project_code and order.project_code.is_active else None,
        payment_terms=order.payment_terms,
        incoterm=order.incoterm,
        link=order.link,
        note=order.note,
        actor=actor,
        at=at,
    )
    copy = PurchaseOrder.objects.get(pk=made.ids[0])
    every = list(order.lines.select_related("supplier_part", "part", "build")) if copy_lines else []
    lines = [line for line in every if line.supplier_part.is_active]
    data = {"of": order.reference, "lines": len(lines)}
    event = record("order.duplicated", copy, actor=actor, at=at, data=data)
    ids = dict(zip([line.pk for line in lines], rows.take_ids(PurchaseLine, len(lines)), strict=True))
    rows.insert(
        PurchaseLine,
        ("id", "order_id", *_COPIED),
        [(ids[line.pk], copy.pk, *(getattr(line, name) for name in _COPIED)) for line in lines],
    )
    if copy_extra_lines:
        _copy_extras(order, copy, ids)
    left = [line for line in every if line.pk not in ids]
    builds = sorted({line.build.reference for line in lines if line.build is not None})
    said: list[dict[str, Any]] = [
        {"code": "line_left_out", "part": line.part.label, "sku": line.supplier_part.sku} for line in left
    ]
    if builds:
        said.append({"code": "build_links_left_out", "builds": builds})
    return Done(event.pk, [copy.pk], said=said, data={"reference": copy.reference, "lines": list(ids.values())})


def _copy_extras(order: PurchaseOrder, copy: PurchaseOrder, lines: dict[int, int]) -> None:
    """Copy the extra costs; one that lies on a line that was left out is not copied."""
    extras = [
        one
        for one in order.extra_lines.order_by("position", "pk")
        if one.spread != SpreadMode.ON_LINE or one.line_id in lines
    ]
    fresh = [
        (
            copy.pk,
            one.position,
            *(lines.get(one.line_id or 0) if name == "line_id" else getattr(one, name) for name in EXTRA_COLUMNS),
        )
        for one in extras
    ]
    rows.insert(ExtraLine, ("order_id", "position", *EXTRA_COLUMNS), fresh)
