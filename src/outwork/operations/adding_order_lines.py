"""Put lines on a purchase order: parts, with their price from the breaks, and extra costs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds, lock_order
from outwork.ledger.holding import hold
from outwork.ledger.locations import find_locations
from outwork.ledger.revalue import Reach
from outwork.models import (
    Build,
    Part,
    PriceBreak,
    PurchaseLine,
    PurchaseOrder,
    SupplierPart,
    User,
)
from outwork.operations import build_states
from outwork.operations import merging_order_lines as merging
from outwork.operations.creating_build import company_facts
from outwork.operations.recording import Done, operation, record
from outwork.operations.revaluing import reach_of_orders, revalue_orders
from outwork.operations.text_limits import check_texts
from outwork.queries.builds import ordered_for
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.currency import currency_code
from outwork.rules.external import BuildFacts, check_link
from outwork.rules.lifecycle import Stage
from outwork.rules.packs import base_to_packs, packs_to_base
from outwork.rules.pricing import Break, ordered_packs, price_for
from outwork.rules.quantities import MONEY_LIMIT, ZERO, as_text, decimal, money, quantity, whole, worth
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import OPEN_ORDER, OrderStatus

declare(
    supplier_part_of_another="{sku} is sold by {found}, the order goes to {supplier}",
    supplier_part_not_active="{sku} of {supplier} is not active any more",
    discount_not_a_percentage="{discount} is not a discount: it is a percentage from 0 to 100",
    price_negative="{price} is not a price: it must be 0 or more",
)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to order. `quantity` in packs, or in base units with `in_units`; `price` per pack.

    Whole packs are ordered, up to the supplier's multiple, unless it is to be `exact`. Without `price` it comes from
    the price breaks, with their currency; where there is none it is unknown.
    """

    supplier_part_id: int
    quantity: Any
    in_units: bool = False
    build_id: int | None = None
    price: Any = None
    currency: str | None = None
    discount: Any = 0
    destination_id: int | None = None
    requested_date: datetime.date | None = None
    reference: str = ""
    note: str = ""
    exact: bool = False


@operation
def add_lines(
    *,
    order: PurchaseOrder,
    lines: Sequence[NewLine],
    actor: User,
    at: datetime.datetime,
    merge: bool | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Add lines to an open order; `ids` holds them. Lines with a build deliver that external build.

    Quantities are rounded up to what the supplier sells, which is said. On a draft a line like one that stands is
    added to that one if `merge` (None: as PURCHASEORDER_MERGE_LINE_ITEMS says), and `ids` has that line.
    On an order that is placed they are ordered with that, so a pending build is issued. Refuses wrong_state,
    no_lines_named, supplier_part_unknown, supplier_part_of_another, supplier_part_not_active, each case
    of a bad link (external_builds_off, build_not_external, build_not_open, build_of_another_part,
    company_not_supplier, company_not_manufacturer), line_not_linked_to_build, location_unknown,
    location_structural, and bad quantities, prices, discounts and texts.
    """
    order = lock_order(order, expected_version=expected_version)
    states.require(order.status, OPEN_ORDER, order.reference)
    named = {line.build_id for line in lines if line.build_id is not None}
    if order.status == OrderStatus.DRAFT:
        builds = lock_builds(named)
    else:
        holding = hold(lambda: _reach(order, named))
        builds = {build_id: holding.builds[build_id] for build_id in sorted(named)}
    sold = SupplierPart.objects.filter(pk__any=[line.supplier_part_id for line in lines])
    found = {one.pk: one for one in sold.select_related("part", "supplier")}
    settings, breaks = all_settings(), _breaks(found)
    ready = _check(order, lines, found, builds, breaks, settings)
    merges = settings["PURCHASEORDER_MERGE_LINE_ITEMS"] if merge is None else merge
    plan = _merge(order, ready, breaks, merges=merges and order.status == OrderStatus.DRAFT)
    grown = [[pk, as_text(units)] for pk, (units, _) in plan.grown.items()]
    event = record("order.lines added", order, actor=actor, at=at, data={"grown": grown} if grown else {})
    ids = _write(order, plan)
    said = [*_rounded_up(ready), *plan.said]
    if order.status == OrderStatus.PLACED:
        said += build_states.issue_ordered(builds.values(), order.reference, event)
    said += overordered(builds) + not_released([one.supplier_part.part for one in ready])
    if order.status != OrderStatus.DRAFT:
        said += revalue_orders([order.pk], event)  # they share the extra costs with what came before
    return Done(event.pk, ids, said=said)


def _reach(order: PurchaseOrder, build_ids: set[int]) -> Reach:
    """The builds that new lines deliver, and all that bears another cost of the order because of them."""
    reach = reach_of_orders([order.pk])
    return Reach(reach.items, reach.builds | build_ids)


@dataclass(frozen=True, slots=True)
class Ready:
    """A checked line, in base units: what was asked for, and what is ordered of it."""

    line: NewLine
    supplier_part: SupplierPart
    asked: Decimal
    ordered: Decimal
    price: Decimal | None
    currency: str
    discount: Decimal


def _check(
    order: PurchaseOrder,
    lines: Sequence[NewLine],
    found: dict[int, SupplierPart],
    builds: dict[int, Build],
    breaks: Mapping[int, list[PriceBreak]],
    settings: Mapping[str, Any],
) -> list[Ready]:
    supplier = order.supplier
    parts = {part.pk: part for part in Part.objects.filter(pk__any=[build.part_id for build in builds.values()])}
    reasons, ready = Reasons(), []
    if not lines:
        reasons.add("no_lines_named")
    find_locations([(line.destination_id, (place, "destination")) for place, line in enumerate(lines)], reasons)
    for index, line in enumerate(lines):
        sold = found.get(line.supplier_part_id)
        if sold is None:
            reasons.add("supplier_part_unknown", supplier_part=line.supplier_part_id, where=(index, "supplier_part"))
            continue
        if sold.supplier_id != order.supplier_id:
            reasons.add(
                "supplier_part_of_another",
                sku=sold.sku,
                found=sold.supplier.name,
                supplier=supplier.name,
                where=(index, "supplier_part"),
            )
        if not sold.is_active:
            reasons.add(
                "supplier_part_not_active", sku=sold.sku, supplier=supplier.name, where=(index, "supplier_part")
            )
        check_texts(PurchaseLine, {"reference": line.reference, "note": line.note}, reasons, where=(index,))
        if line.build_id is not None:
            build = builds[line.build_id]
            facts = BuildFacts(
                build.reference, build.status, build.is_external, build.part_id, parts[build.part_id].label
            )
            reasons.found += check_link(
                facts,
                part_id=sold.part_id,
                part=sold.part.label,
                supplier=company_facts(supplier),
                switched_on=settings["BUILDORDER_EXTERNAL_BUILDS"],
                where=(index, "build"),
            ).found
        elif (
            sold.part.is_assembly
            and settings["BUILDORDER_EXTERNAL_BUILDS"]
            and settings["BUILDORDER_EXTERNAL_REQUIRED"]
        ):
            reasons.add("line_not_linked_to_build", part=sold.part.label, where=(index, "build"))
        try:
            ready.append(_read(line, sold, order, breaks.get(sold.pk, []), index))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    reasons.raise_any()
    return ready


def _read(line: NewLine, sold: SupplierPart, order: PurchaseOrder, breaks: list[PriceBreak], index: int) -> Ready:
    """The numbers of one line, read exactly; the price is per pack."""
    where = (index, "quantity")
    given = quantity(line.quantity, where=where)
    asked = given if line.in_units else quantity(packs_to_base(given, sold.pack_size), where=where)
    packs, ordered = base_to_packs(given, sold.pack_size) if line.in_units else given, asked
    if not line.exact:
        packs = ordered_packs(packs, sold.multiple)
        ordered = quantity(packs_to_base(packs, sold.pack_size), where=where)
    if sold.part.is_trackable:
        whole(ordered, where=where)
    discount = read_discount(line.discount, index)
    if line.price is not None:
        price: Decimal | None = money(line.price, where=(index, "price"))
        if price is not None and price < 0:
            raise one_reason("price_negative", index, "price", price=price)
        worth(packs, price or ZERO, where=(index, "price"))
        currency = currency_code(line.currency or order.currency, where=(index, "currency"))
        return Ready(line, sold, asked, ordered, price, currency, discount)
    currency = line.currency or (breaks[0].currency if breaks else order.currency)
    price = break_price(sold, packs, currency, breaks)
    code = currency_code(currency, where=(index, "currency"))
    return Ready(line, sold, asked, ordered, price, code, discount)


def break_price(sold: SupplierPart, packs: Decimal, currency: str, breaks: Sequence[PriceBreak]) -> Decimal | None:
    """What one pack costs where so many are ordered, by the breaks in that currency; None if nobody has said."""
    usable = [Break(one.quantity, one.price) for one in breaks if one.currency == currency]
    offer = price_for(packs, usable, multiple=sold.multiple, base_cost=sold.base_cost) if usable else None
    return None if offer is None else min(offer.unit_price, MONEY_LIMIT)


def read_discount(value: Any, index: int) -> Decimal:
    discount = decimal(value, where=(index, "discount"))
    if not 0 <= discount <= 100:
        raise one_reason("discount_not_a_percentage", index, "discount", discount=discount)
    return quantity(discount, where=(index, "discount"), zero=True)


def one_reason(code: str, index: int, name: str, **params: Any) -> Refusal:
    reasons = Reasons()
    reasons.add(code, where=(index, name), **params)
    return Refusal(*reasons.found)


def _breaks(found: dict[int, SupplierPart]) -> dict[int, list[PriceBreak]]:
    breaks: dict[int, list[PriceBreak]] = defaultdict(list)
    for one in PriceBreak.objects.filter(supplier_part__any=list(found)).order_by("supplier_part", "quantity"):
        breaks[one.supplier_part_id].append(one)
    return breaks


def _merge(
    order: PurchaseOrder, ready: Sequence[Ready], breaks: Mapping[int, list[PriceBreak]], *, merges: bool
) -> merging.Merged:
    """Which lines become more of another; one statement, or none."""
    if not merges:
        return merging.Merged(list(ready), {}, [(None, place) for place in range(len(ready))], [])
    sold = {one.supplier_part.pk: one.supplier_part for one in ready}

    def price_of(supplier_part_id: int, units: Decimal, currency: str) -> Decimal | None:
        found = sold[supplier_part_id]
        return break_price(found, base_to_packs(units, found.pack_size), currency, breaks.get(supplier_part_id, ()))

    return merging.merge(ready, list(order.lines.all()), price_of)


def _rounded_up(ready: Sequence[Ready]) -> list[dict[str, Any]]:
    return [
        {
            "code": "rounded_up_to_packs",
            "part": one.supplier_part.part.label,
            "asked": as_text(one.asked),
            "ordered": as_text(one.ordered),
        }
        for one in ready
        if one.ordered != one.asked
    ]


def _write(order: PurchaseOrder, plan: merging.Merged) -> list[int]:
    """Write fresh lines behind those the order has and those that grew; three statements and the order's version."""
    ready = plan.fresh
    last = order.lines.order_by("-position").values_list("position", flat=True).first() or 0
    ids = rows.take_ids(PurchaseLine, len(ready))
    rows.insert(
        PurchaseLine,
        (
            "id",
            "order_id",
            "position",
            "supplier_part_id",
            "part_id",
            "build_id",
            "pack_size",
            "ordered",
            "price",
            "currency",
            "discount",
            "destination_id",
            "requested_date",
            "reference",
            "note",
        ),
        [
            (
                line_id,
                order.pk,
                last + place,
                one.supplier_part.pk,
                one.supplier_part.part_id,
                one.line.build_id,
                one.supplier_part.pack_size,
                one.ordered,
                one.price,
                one.currency,
                one.discount,
                one.line.destination_id,
                one.line.requested_date,
                one.line.reference,
                one.line.note,
            )
            for place, (line_id, one) in enumerate(zip(ids, ready, strict=True), start=1)
        ],
    )
    rows.update(PurchaseLine, ("ordered", "price"), [(pk, *facts) for pk, facts in sorted(plan.grown.items())])
    order.version += 1
    order.save(update_fields=["version"])
    return [ids[place] if line_id is None else line_id for line_id, place in plan.places]


def not_released(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Ordering a prototype or what is obsolete is allowed but said, once for each part."""
    return [
        {"code": "part_not_released", "part": part.label, "stage": part.stage}
        for part in {part.pk: part for part in parts}.values()
        if part.stage != Stage.RELEASED
    ]


def overordered(builds: dict[int, Build]) -> list[dict[str, Any]]:
    """Ordering more than a build is allowed, but said."""
    if not builds:
        return []
    ordered = {build_id: units for build_id, (units, _) in ordered_for(builds).items()}
    return [
        {
            "code": "build_overordered",
            "build": build.reference,
            "planned": as_text(build.quantity),
            "ordered": as_text(ordered[build.pk]),
        }
        for build in builds.values()
        if ordered.get(build.pk, ZERO) > build.quantity
    ]
