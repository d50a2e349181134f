"""Read what goes back to a supplier: which items, how many, from which order line and build, and why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from outwork.ledger.documents import lock_orders
from outwork.ledger.held import Held, item_name
from outwork.ledger.holding import hold
from outwork.ledger.reserve import items_for_builds
from outwork.ledger.revalue import Reach, downstream
from outwork.models import Build, BuildOutput, Company, Part, PurchaseLine, PurchaseOrder, StockItem, SupplierReturnLine
from outwork.operations.chosen import Chosen
from outwork.operations.revaluing import reach_of_orders
from outwork.operations.text_limits import check_texts
from outwork.queries.mixed import lines_merged_in, outputs_within
from outwork.rules.quantities import ZERO, quantity, shares, whole
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.returning import ReturnPurpose, credit_amount
from outwork.rules.states import DECIDABLE_BUILD, BuildStatus, OrderStatus, OutputState, ReturnStatus, StockStatus

declare(
    return_row_twice="{item} stands in the list twice",
    return_not_on_hand="{item} does not lie in our stock",
    return_too_much="{item}: {there} there, {asked} to go back",
    return_allocated="{item}: {allocated} are allocated; free them first",
    return_without_line="{item} came on no order line of {company}: it cannot be replaced, only reworked or credited",
    return_line_closed="{item}: its line on {order} is closed short; open it again, or take a credit",
    return_order_over="{item}: {order} is {state}, nothing can be owed on it; take a credit",
    return_beyond_received="{item}: its line on {order} received {received}, {asked} cannot go back to be replaced",
    return_of_build_over="{item}: {build} is {state}; its units cannot be decided on any more",
    return_beyond_outputs="{item}: {known} of its units are outputs of a build, {asked} cannot go back at once; return {known} first",
    return_away="{item} is away with {document} already",
    credit_only_for_credit="{item}: only a return for credit has a credit or keeps its units",
)

_RETURNABLE = (OutputState.IN_PRODUCTION, OutputState.ACCEPTED, OutputState.REJECTED)
_OVER = frozenset({OrderStatus.CANCELLED, OrderStatus.LOST, OrderStatus.RETURNED, OrderStatus.DRAFT})


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """An item goes back: all of it or so many units. `credit` is what its maker gives for them, in the document's currency.

    With `is_kept` the units stay here, and only the credit is for them.
    """

    item: int
    quantity: Any = None
    reason: str = ""
    credit: Any = None
    is_kept: bool = False


@dataclass(slots=True)
class Going:
    """A checked row: the item under its lock, the units, and the documents they came from."""

    row: ReturnRow
    item: Held
    units: Decimal
    credit: Decimal | None
    line: PurchaseLine | None
    output: BuildOutput | None
    # Which row of the request it is of: units that were poured together are of several outputs.
    index: int = 0
    # Where the units are once it is booked.
    output_id: int | None = None
    item_id: int = 0

    @property
    def chosen(self) -> Chosen:
        """The units as something that is decided about."""
        assert self.output is not None
        return Chosen(self.output, self.units, None, None, self.item.id)

    def chosen_at(self, location_id: int) -> Chosen:
        """The same units, going to a location."""
        return replace(self.chosen, location_id=location_id)


@dataclass(slots=True)
class Goods:
    """All rows of a return, with the orders and builds they came from under their locks."""

    rows: list[Going] = field(default_factory=list)
    orders: dict[int, PurchaseOrder] = field(default_factory=dict)
    builds: dict[int, Build] = field(default_factory=dict)

    def by_build(self) -> dict[int, list[Going]]:
        """The rows that are units of builds, kept ones left out."""
        found: dict[int, list[Going]] = defaultdict(list)
        for one in self.rows:
            if one.output is not None and not one.row.is_kept:
                found[one.output.build_id].append(one)
        return dict(sorted(found.items()))


def read_rows(rows: Sequence[ReturnRow], supplier: Company, purpose: ReturnPurpose) -> Goods:
    """Lock the orders, builds and items that a return is about, and read its rows; refuses all that is wrong with them."""
    reasons = Reasons()
    if not rows:
        reasons.add("rows_missing")
        reasons.raise_any()
    wanted = [one.item for one in rows]
    within = outputs_within(wanted)
    outputs = _outputs({pk for pks in within.values() for pk in pks})
    is_owed = purpose is ReturnPurpose.REPLACEMENT
    merged = lines_merged_in([one for one in wanted if not within.get(one)] if is_owed else ())
    lines = _lines_of(wanted, outputs, merged)
    goods = Goods(orders=lock_orders({one.order_id for one in lines.values()}))
    build_ids = {one.build_id for one in outputs.values()}

    def reach() -> Reach:
        found = downstream(builds=build_ids) if build_ids else Reach(set(), set())
        found = Reach(found.items | items_for_builds(build_ids) | set(wanted), found.builds | build_ids)
        if is_owed:
            # What the orders still owe costs something else, and so does all that came on them.
            costs = reach_of_orders(goods.orders)
            found = Reach(found.items | costs.items, found.builds | costs.builds)
        return found

    holding = hold(reach)
    goods.builds = {pk: holding.builds[pk] for pk in sorted(build_ids)}
    # Read once more under the lock: somebody may have decided on them meanwhile.
    outputs = _outputs(set(outputs))
    lines = {pk: line for pk, line in _lines_of(wanted, outputs, merged).items() if line.order_id in goods.orders}
    pool = _Pool(within, outputs)
    owed = {pk: one for pk, one in lines.items() if goods.orders[one.order_id].supplier_id == supplier.pk}
    came = _Came(merged, owed)
    parts = Part.objects.filter(pk__any={holding.items[one].part_id for one in wanted}).in_bulk()
    away = _away(wanted)
    seen: set[int] = set()
    for index, row in enumerate(rows):
        item = holding.items[row.item]
        name = item_name(item, parts)
        found = len(reasons.found)
        if row.item in seen:
            reasons.add("return_row_twice", item=name, where=(index, "item"))
        seen.add(row.item)
        if document := away.get(row.item):
            reasons.add("return_away", item=name, document=document, where=(index, "item"))
            continue
        units = _units(row, item, name, parts[item.part_id], index, reasons)
        check_texts(SupplierReturnLine, {"reason": row.reason}, reasons, where=(index,))
        credit = _credit(row, name, purpose, index, reasons)
        output = pool.likeliest(item)
        mine: list[tuple[BuildOutput | None, Decimal, int | None]]
        if output is not None and not row.is_kept and len(reasons.found) == found:
            mine = [(one, some, one.purchase_line_id) for one, some in pool.take(item, units, name, index, reasons)]
        else:
            mine = [(output, some, line_id) for line_id, some in came.take(item, units)]
        for (output, some, line_id), amount in zip(mine, _credits(credit, [one[1] for one in mine]), strict=True):
            line = owed.get(line_id or item.purchase_line_id or 0)
            going = Going(row, item, some, amount, line, output, index, output.pk if output else None, item.id)
            _note_build(going, goods, name, index, reasons)
            if is_owed:
                _note_owed(going, goods, supplier, name, index, reasons)
            goods.rows.append(going)
    if is_owed:
        _note_beyond(goods, parts, reasons)
    reasons.raise_any()
    return goods


@dataclass(slots=True)
class _Pool:
    """The outputs that items may be units of, and how many units of each no row has taken yet."""

    within: dict[int, list[int]]
    outputs: dict[int, BuildOutput]
    left: dict[int, Decimal] = field(default_factory=dict)

    def likeliest(self, item: Held) -> BuildOutput | None:
        """The output that units of the item are of, where they are of one."""
        return next(iter(self._mine(item)), None)

    def take(
        self, item: Held, units: Decimal, name: str, index: int, reasons: Reasons
    ) -> list[tuple[BuildOutput, Decimal]]:
        """Take units of an item from its outputs, the likeliest first; notes return_beyond_outputs."""
        taken, rest = [], units
        for output in self._mine(item):
            left = self.left.get(output.pk, output.quantity)
            some = min(left, rest)
            if some > 0 and (output.state == OutputState.IN_PRODUCTION) == item.is_in_production:
                taken.append((output, some))
                self.left[output.pk] = left - some
                rest -= some
        if rest:
            told = {"item": name, "known": units - rest, "asked": units}
            reasons.add("return_beyond_outputs", **told, where=(index, "quantity"))
        return taken

    def _mine(self, item: Held) -> list[BuildOutput]:
        mine = [self.outputs[pk] for pk in self.within.get(item.id, ()) if pk in self.outputs]
        return sorted(mine, key=lambda output: _unlike(output, item))


@dataclass(slots=True)
class _Came:
    """The order lines that units came on: one for an item, more where others were merged into it."""

    merged: dict[int, dict[int, Decimal]]
    lines: dict[int, PurchaseLine]
    taken: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def take(self, item: Held, units: Decimal) -> list[tuple[int | None, Decimal]]:
        """The units of an item by order line: what was not merged into it first; no more of a line than it received."""
        others, own = self.merged.get(item.id, {}), item.purchase_line_id
        if not others:
            return [(own, units)]
        most = {own or 0: max(item.quantity - sum(others.values(), ZERO), ZERO)}
        for line_id, some in others.items():
            most[line_id] = most.get(line_id, ZERO) + some
        found: dict[int | None, Decimal] = {}
        rest = units
        for line_id, some in most.items():
            line = self.lines.get(line_id)
            if line is not None and (some := min(some, rest, line.received - self.taken[line_id])) > 0:
                found[line_id] = some
                self.taken[line_id] += some
                rest -= some
        if rest > 0:
            found[own] = found.get(own, ZERO) + rest
        return list(found.items())


def _unlike(output: BuildOutput, item: Held) -> tuple[bool, bool, int]:
    """How unlike it is that units of the item are of that output; the likeliest is the least."""
    is_rejected = output.state == OutputState.REJECTED
    return is_rejected != (item.status == StockStatus.REJECTED), output.item_id != item.id, output.pk


def _outputs(ids: Collection[int]) -> dict[int, BuildOutput]:
    """The outputs whose units may still be here: none that was scrapped or went back for good; one statement."""
    if not ids:
        return {}
    gone = (
        SupplierReturnLine.objects.filter(output=OuterRef("pk"), is_kept=False)
        .exclude(document__status=ReturnStatus.CANCELLED)
        .exclude(document__purpose=ReturnPurpose.REWORK)
    )
    return BuildOutput.objects.filter(~Exists(gone), pk__any=list(ids), state__in=_RETURNABLE).in_bulk()


def _lines_of(
    items: Sequence[int], outputs: dict[int, BuildOutput], merged: dict[int, dict[int, Decimal]]
) -> dict[int, PurchaseLine]:
    """The order lines that items, what was merged into them, and outputs came on; two statements."""
    found = StockItem.objects.filter(pk__any=items, purchase_line__isnull=False).values_list("purchase_line", flat=True)
    lines = {*found, *(one.purchase_line_id for one in outputs.values() if one.purchase_line_id is not None)}
    lines |= {line for of_item in merged.values() for line in of_item}
    return PurchaseLine.objects.filter(pk__any=list(lines)).in_bulk() if lines else {}


def _away(items: Sequence[int]) -> dict[int, str]:
    """Which items are away to be reworked, with the document; one statement."""
    open_lines = SupplierReturnLine.objects.filter(
        item__any=items, document__status=ReturnStatus.SENT, document__purpose=ReturnPurpose.REWORK
    )
    columns = ("item", "quantity", "came_back", "document__reference")
    return {item: document for item, sent, back, document in open_lines.values_list(*columns) if back < sent}


def _units(row: ReturnRow, item: Held, name: str, part: Part, index: int, reasons: Reasons) -> Decimal:
    where = (index, "quantity")
    if not item.is_on_hand:
        reasons.add("return_not_on_hand", item=name, where=(index, "item"))
        return item.quantity
    units = item.quantity
    if row.quantity is not None:
        try:
            units = quantity(row.quantity, where=where)
            if part.is_trackable:
                whole(units, where=where)
        except Refusal as refusal:
            reasons.found += refusal.reasons
            return item.quantity
    if units > item.quantity:
        reasons.add("return_too_much", item=name, there=item.quantity, asked=units, where=where)
    elif units > item.free and not row.is_kept:
        reasons.add("return_allocated", item=name, allocated=item.allocated, where=where)
    return units


def _credit(row: ReturnRow, name: str, purpose: ReturnPurpose, index: int, reasons: Reasons) -> Decimal | None:
    if purpose is not ReturnPurpose.CREDIT and (row.credit is not None or row.is_kept):
        reasons.add("credit_only_for_credit", item=name, where=(index, "credit"))
        return None
    if row.credit is None:
        return None
    try:
        return credit_amount(row.credit, where=(index, "credit"))
    except Refusal as refusal:
        reasons.found += refusal.reasons
        return None


def _credits(credit: Decimal | None, units: Sequence[Decimal]) -> Sequence[Decimal | None]:
    """What is credited for each lot of units of a row."""
    return [None] * len(units) if credit is None or not units else shares(credit, units)


def _note_build(going: Going, goods: Goods, name: str, index: int, reasons: Reasons) -> None:
    if going.output is None or going.row.is_kept:
        return
    build = goods.builds[going.output.build_id]
    if build.status not in DECIDABLE_BUILD:
        told = {"item": name, "build": build.reference, "state": BuildStatus(build.status).word}
        reasons.add("return_of_build_over", **told, where=(index, "item"))


def _note_owed(going: Going, goods: Goods, supplier: Company, name: str, index: int, reasons: Reasons) -> None:
    where = (index, "item")
    if going.line is None:
        reasons.add("return_without_line", item=name, company=supplier.name, where=where)
        return
    order = goods.orders[going.line.order_id]
    if order.status in _OVER:
        state = OrderStatus(order.status).word
        reasons.add("return_order_over", item=name, order=order.reference, state=state, where=where)
    elif going.line.is_closed:
        reasons.add("return_line_closed", item=name, order=order.reference, where=where)


def _note_beyond(goods: Goods, parts: dict[int, Part], reasons: Reasons) -> None:
    """No more goes back on a line than came on it."""
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for one in goods.rows:
        if one.line is None:
            continue
        asked[one.line.pk] += one.units
        if asked[one.line.pk] > one.line.received:
            order = goods.orders[one.line.order_id].reference
            told = {"item": item_name(one.item, parts), "order": order, "received": one.line.received}
            reasons.add("return_beyond_received", **told, asked=asked[one.line.pk], where=(one.index, "quantity"))
