"""Order what is short: picks become lines of draft purchase orders, one order for each supplier."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_orders
from outwork.models import Allocation, BuildLine, Part, PurchaseOrder, SupplierPart, User
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.dedicating_lines import add_dedications, check_fit, lock_build_lines
from outwork.operations.recording import Done, operation, record
from outwork.queries import fitting
from outwork.queries.planning_facts import build_plans
from outwork.queries.supply_demand import meant_for
from outwork.rules import states
from outwork.rules.buying import Offered, purchase
from outwork.rules.quantities import ZERO, quantity
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.states import OrderStatus

declare(
    nobody_sells="Nobody sells {part}: enter a supplier part first",
    seller_undecided="{part} is sold by {suppliers}: say which supplier part, or make one of them the primary one",
    pick_without_part="Name the part or the supplier part that is to be ordered",
    dedicated_more_than_picked="{part}: {dedicated} are picked for builds, and only {picked} are to be ordered",
    bought_already="{part} for {build}: {wanted} more would be too many; {open} are still needed, {bought} are ordered for it",
    draft_for_nobody="{order} goes to {supplier}, of whom nothing is picked",
)


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to order. `quantity` in the part's unit; it is rounded up to packs and the supplier's multiple.

    A part without a supplier part is bought from the primary one, or the only one. `build_lines` says how much of it is for
    which build lines (the rest is for stock); they say by when it is wanted, unless `requested_date` does.
    """

    quantity: Any
    supplier_part_id: int | None = None
    part_id: int | None = None
    build_lines: Mapping[int, Any] = field(default_factory=dict)
    requested_date: datetime.date | None = None
    destination_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A pick that was checked: `units` that will be ordered, in whole packs, and what of it is for which build lines."""

    pick: Pick
    sold: SupplierPart
    units: Decimal
    build_lines: dict[int, Decimal]


@operation
def order_shortages(
    *,
    picks: Sequence[Pick],
    actor: User,
    at: datetime.datetime,
    orders: Sequence[PurchaseOrder] = (),
    accept_more: bool = False,
    key: str | None = None,
) -> Done:
    """Write picks onto draft orders, the ones named or new ones, one for each supplier; `ids` holds the lines.

    Prices come from the breaks. Each line remembers the build lines that it is for. The number of statements depends
    on how many suppliers there are, not on how many picks. More than a build line still needs is refused, so that two
    people do not order the same (`accept_more` orders it all the same). Refuses rows_missing, pick_without_part,
    part_unknown, supplier_part_unknown, nobody_sells, seller_undecided, build_line_unknown, wrong_state (a build that
    is over; an order that is no draft), part_does_not_fit_line, dedicated_more_than_picked, bought_already,
    draft_for_nobody, bad quantities, and what `create_order` and `add_lines` do.
    """
    drafts = lock_orders([order.pk for order in orders])
    targets = lock_build_lines(line_id for pick in picks for line_id in pick.build_lines)
    ready = _check(picks, targets, accept_more=accept_more)
    by_supplier = _drafts(drafts, ready)
    plans = build_plans({line.build_id for line in targets.values()})
    days = {line_id: plans[line.build_id].needed for line_id, line in targets.items()}

    event = record("order.shortages drafted", actor=actor, at=at)
    several: dict[int, list[_Ready]] = defaultdict(list)
    for one in ready:
        several[one.sold.supplier_id].append(one)
    said: list[dict[str, Any]] = []
    ids: dict[int, int] = {}
    written: list[PurchaseOrder] = []
    for supplier_id in sorted(several):
        mine = several[supplier_id]
        order = by_supplier.get(supplier_id)
        if order is None:
            made = create_order(supplier=mine[0].sold.supplier, actor=actor, at=at)
            order = PurchaseOrder.objects.get(pk=made.ids[0])
        added = add_lines(order=order, lines=[_line(one, days) for one in mine], actor=actor, at=at)
        said += added.said
        written.append(order)
        ids |= {id(one): line_id for one, line_id in zip(mine, added.ids, strict=True)}
    dedicated: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in ready:
        for build_line, units in one.build_lines.items():
            dedicated[ids[id(one)], build_line] += units
    add_dedications(dedicated)
    data = {"orders": [order.pk for order in written], "references": [order.reference for order in written]}
    return Done(event.pk, list(dict.fromkeys(ids[id(one)] for one in ready)), said=said, data=data)


def _line(one: _Ready, days: Mapping[int, datetime.date | None]) -> NewLine:
    wanted = [day for line in one.build_lines if (day := days[line]) is not None]
    return NewLine(
        supplier_part_id=one.sold.pk,
        quantity=one.pick.quantity,  # rounded up and said there
        in_units=True,
        requested_date=one.pick.requested_date or min(wanted, default=None),
        destination_id=one.pick.destination_id,
    )


def _drafts(drafts: Mapping[int, PurchaseOrder], ready: Sequence[_Ready]) -> dict[int, PurchaseOrder]:
    """The draft named for each supplier; the newest of several."""
    suppliers = {one.sold.supplier_id for one in ready}
    reasons = Reasons()
    for order in drafts.values():
        states.require(order.status, {OrderStatus.DRAFT}, order.reference)
        if order.supplier_id not in suppliers:
            supplier = order.supplier.name
            reasons.add("draft_for_nobody", order=order.reference, supplier=supplier, where=("orders",))
    reasons.raise_any()
    return {order.supplier_id: order for _, order in sorted(drafts.items())}


def _check(picks: Sequence[Pick], targets: Mapping[int, BuildLine], *, accept_more: bool) -> list[_Ready]:
    sellers = _sellers(picks)
    fits = fitting.onto_build_lines(list(targets))
    reasons, ready = Reasons(), []
    if not picks:
        reasons.add("rows_missing")
    for index, pick in enumerate(picks):
        try:
            sold = _sold(pick, sellers, index)
            units = purchase(quantity(pick.quantity, where=(index, "quantity")), _offered(sold)).units
            meant = {
                line_id: quantity(asked, where=(index, "build_lines", line_id))
                for line_id, asked in pick.build_lines.items()
            }
        except Refusal as refusal:
            reasons.found += refusal.reasons
            continue
        for line_id in meant:
            where = (index, "build_lines", line_id)
            check_fit(targets.get(line_id), line_id, sold.part_id, sold.part.label, fits, reasons, where)
        dedicated = sum(meant.values(), ZERO)
        if dedicated > units:
            part = sold.part.label
            reasons.add(
                "dedicated_more_than_picked", part=part, dedicated=dedicated, picked=units, where=(index, "quantity")
            )
        ready.append(_Ready(pick, sold, units, meant))
    reasons.raise_any()
    if not accept_more:
        _check_open(ready, targets, reasons)
        reasons.raise_any()
    return ready


def _check_open(ready: Sequence[_Ready], targets: Mapping[int, BuildLine], reasons: Reasons) -> None:
    """Nobody buys more for a build line than it still needs: somebody else may have ordered it meanwhile."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for one in ready:
        for line_id, units in one.build_lines.items():
            wanted[line_id] += units
    bought = meant_for(list(wanted))
    reserved: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, units in Allocation.objects.filter(build_line__any=list(wanted)).values_list("build_line", "quantity"):
        reserved[line_id] += units
    for line_id, units in wanted.items():
        line = targets[line_id]
        left = max(ZERO, line.quantity - line.consumed - reserved[line_id])
        so_far = sum(bought[line_id].values(), ZERO)
        if units + so_far > left:
            reasons.add(
                "bought_already",
                part=line.part.label,
                build=line.build.reference,
                wanted=units,
                open=left,
                bought=so_far,
                where=("build_lines", line_id),
            )


@dataclass(frozen=True, slots=True)
class _Sellers:
    """Supplier parts by their id, and the active ones by their part, the primary one first."""

    by_id: dict[int, SupplierPart]
    by_part: dict[int, list[SupplierPart]]
    parts: dict[int, str]


def _sellers(picks: Sequence[Pick]) -> _Sellers:
    """Whatever the picks may be bought as; three statements at most."""
    named = [pick.supplier_part_id for pick in picks if pick.supplier_part_id is not None]
    wanted = {pick.part_id for pick in picks if pick.supplier_part_id is None and pick.part_id is not None}
    query = SupplierPart.objects.select_related("part", "supplier").order_by("-is_primary", "pk")
    by_part: dict[int, list[SupplierPart]] = defaultdict(list)
    if wanted:
        for sold in query.filter(part__any=wanted, is_active=True, supplier__is_active=True):
            by_part[sold.part_id].append(sold)
    parts = {part.pk: part.label for part in Part.objects.filter(pk__any=wanted)} if wanted else {}
    return _Sellers({sold.pk: sold for sold in query.filter(pk__any=named)} if named else {}, by_part, parts)


def _sold(pick: Pick, sellers: _Sellers, index: int) -> SupplierPart:
    reasons = Reasons()
    if pick.supplier_part_id is not None:
        sold = sellers.by_id.get(pick.supplier_part_id)
        if sold is not None:
            return sold
        reasons.add("supplier_part_unknown", supplier_part=pick.supplier_part_id, where=(index, "supplier_part"))
    elif pick.part_id is None:
        reasons.add("pick_without_part", where=(index, "part"))
    elif pick.part_id not in sellers.parts:
        reasons.add("part_unknown", part=pick.part_id, where=(index, "part"))
    else:
        part, found = sellers.parts[pick.part_id], sellers.by_part[pick.part_id]
        if found and (found[0].is_primary or len(found) == 1):
            return found[0]
        if found:
            suppliers = [f"{one.supplier.name} ({one.sku})" for one in found]
            reasons.add("seller_undecided", part=part, suppliers=suppliers, where=(index, "part"))
        else:
            reasons.add("nobody_sells", part=part, where=(index, "part"))
    raise Refusal(*reasons.found)


def _offered(sold: SupplierPart) -> Offered:
    return Offered(sold.pk, sold.supplier.name, sold.sku, pack_size=sold.pack_size, multiple=sold.multiple)
