"""Split a build: open units go to a successor, for a second manufacturer, an engineering change, or to build outside."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.documents import lock_build, lock_orders
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations, Reserved, hold_for_build
from outwork.models import (
    Build,
    BuildLine,
    BuildLineSubstitute,
    Company,
    Event,
    PurchaseLine,
    PurchaseOrder,
    SerialReservation,
    SupplyChoice,
    User,
)
from outwork.operations import build_states
from outwork.operations.adding_order_lines import overordered
from outwork.operations.checking_allocations import locations_at_companies
from outwork.operations.creating_build import create_build
from outwork.operations.following_bom import COPIED
from outwork.operations.following_bom import follow_bom as let_follow
from outwork.operations.recording import Done, operation, record
from outwork.operations.supplying import needed_from_us
from outwork.operations.taking_over_bom import needed_from_now, units_that_came
from outwork.queries.builds import lines_of, manufacturers_of, need_of, progress
from outwork.rules import states
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.quantities import quantity as read_quantity
from outwork.rules.refusals import Reasons, declare
from outwork.rules.requirement import required
from outwork.rules.states import OPEN_BUILD, OPEN_ORDER, BuildStatus, OrderStatus
from outwork.rules.supply import ConsumeWhen

declare(
    split_more_than_open="{build}: {open} of its {planned} units are not made yet, {asked} were to be split off",
    split_leaves_nothing="{build}: nothing would be left of its {planned} units; change the build itself instead",
    split_line_unknown="Order line {line} delivers nothing for {build}, or its order is not open",
    split_line_received="{part}: {received} came already with this line; close it short and order the rest for the new build",
    split_lines_inside="The new build is built by us: no order line can deliver it",
)

# What a line of the successor has of the line it comes from, beside what a build line copies from the BOM.
_OWN = ("supply", "note", "deviation", "approved_by", "shares")


@operation
def split_build(
    *,
    build: Build,
    quantity: Any,
    actor: User,
    at: datetime.datetime,
    manufacturer: Company | None = None,
    is_external: bool | None = None,
    lines: Sequence[int] | None = None,
    follow_bom: bool = False,
    target_date: datetime.date | None = None,
    reference: str | None = None,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Move so many open units to a successor build, with the order lines and allocations that are for them.

    `ids` holds the successor. It is built to the lines of this build as they are frozen, or with `follow_bom` to the
    BOM of today, and is external as this one unless `is_external` says otherwise. `lines` are open order lines to move
    whole; not named, they are those at `manufacturer` where he is not the one this build is meant for. Of what is
    allocated, what this build needs no longer goes along, from our places and the successor's manufacturers. What was
    received and consumed stays, as does who supplies what. Refuses wrong_state, split_more_than_open,
    split_leaves_nothing, split_line_unknown, split_line_received, split_lines_inside, bad quantities, and what
    `create_build` refuses.
    """
    outside = build.is_external if is_external is None else is_external
    named = _lines_meant(build, manufacturer, lines)
    orders = lock_orders(PurchaseLine.objects.filter(pk__any=named).values_list("order", flat=True))
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    units = read_quantity(quantity, where=("quantity",))
    moved = _check(build, units, named, orders, outside=outside)

    made = create_build(
        part=build.part,
        quantity=units,
        is_external=outside,
        manufacturer=manufacturer or (build.manufacturer if outside else None),
        consume=ConsumeWhen(build.consume) if outside == build.is_external else None,
        reference=reference,
        target_date=target_date or build.target_date,
        actor=actor,
        at=at,
        **{name: getattr(build, name) for name in _SAME},
    )
    successor = Build.objects.get(pk=made.ids[0])
    told = {"successor": successor.pk, "quantity": as_text(units), "lines": [line.pk for line in moved]}
    event = record("build.split", build, actor=actor, at=at, reason=reason, data=told)
    build.quantity -= units
    build.version += 1
    build.save(update_fields=["quantity", "version"])
    successor.split_from = build
    pairs = _lines_of_successor(build, successor, event, copies=build.issued_at is not None and not follow_bom)
    said = _move_order_lines(moved, orders, successor, event)
    successor.save(update_fields=["split_from", "status", "issued_at"])
    _move_allocations(build, successor, pairs, event)
    said += overordered({build.pk: build, successor.pk: successor})
    return Done(event.pk, [successor.pk], said=said, data={"reference": successor.reference})


_SAME = (
    *("title", "parent", "feeds_parent", "take_from", "destination", "start_date", "priority"),
    *("responsible", "project_code", "link", "note"),
)


def _lines_meant(build: Build, manufacturer: Company | None, lines: Sequence[int] | None) -> list[int]:
    """The order lines to move: those named, or those at another manufacturer that the successor is for."""
    if lines is not None:
        return list(lines)
    if manufacturer is None or manufacturer.pk == build.manufacturer_id:
        return []
    open_lines = PurchaseLine.objects.filter(build=build, order__supplier=manufacturer, received=0, is_closed=False)
    return list(open_lines.filter(order__status__in=sorted(OPEN_ORDER)).order_by("pk").values_list("pk", flat=True))


def _check(
    build: Build, units: Decimal, named: Sequence[int], orders: dict[int, PurchaseOrder], *, outside: bool
) -> list[PurchaseLine]:
    """The order lines that move; every reason why the build cannot be split like this."""
    reasons, made = Reasons(), progress(build)
    left = made.planned - made.accepted - made.in_production
    numbers = {"build": build.reference, "planned": made.planned}
    if units > left:
        reasons.add("split_more_than_open", **numbers, open=max(ZERO, left), asked=units, where=("quantity",))
    elif units == made.planned:
        reasons.add("split_leaves_nothing", **numbers, where=("quantity",))
    if named and not outside:
        reasons.add("split_lines_inside", where=("lines",))
    found = {line.pk: line for line in PurchaseLine.objects.filter(pk__any=named, build=build).select_related("part")}
    for index, line_id in enumerate(named):
        line = found.get(line_id)
        if line is None or line.is_closed or orders[line.order_id].status not in OPEN_ORDER:
            reasons.add("split_line_unknown", line=line_id, build=build.reference, where=("lines", index))
        elif line.received:
            told = {"part": line.part.label, "received": line.received}
            reasons.add("split_line_received", **told, where=("lines", index))
    reasons.raise_any()
    return [found[line_id] for line_id in dict.fromkeys(named)]


def _lines_of_successor(
    build: Build, successor: Build, event: Event, *, copies: bool
) -> list[tuple[BuildLine, BuildLine]]:
    """Give the successor its lines, and let the build's need what is left; gives each old line with its new one.

    Several old lines of a part may meet one new line, as where a deviation added more of it: the one in the same
    place comes first.
    """
    old = [line for line in lines_of(build.pk) if line.until_revision is None]
    if build.issued_at is None:
        let_follow(build, event)
    else:
        came = units_that_came(build)
        rows.update(BuildLine, ("quantity",), [(line.pk, needed_from_now(build, line, came)) for line in old])
    if copies:
        _copy_lines(old, successor)
        successor.status = build.status if build.status != BuildStatus.PENDING else BuildStatus.PRODUCTION
        successor.issued_at = event.at
    new = {(line.part_id, line.position): line for line in lines_of(successor.pk)}
    by_part = {line.part_id: line for line in reversed(new.values())}
    pairs = [(line, new.get((line.part_id, line.position)) or by_part.get(line.part_id)) for line in old]
    found = [(line, other) for line, other in pairs if other is not None]
    found.sort(key=lambda pair: pair[0].position != pair[1].position)
    _copy_facts(found, successor, copies=copies)
    return found


def _copy_lines(old: Sequence[BuildLine], successor: Build) -> None:
    """The successor's lines are the frozen ones, for its own quantity; four statements."""
    rows.delete_where(BuildLineSubstitute, "build_line__build", [successor.pk])
    rows.delete_where(BuildLine, "build", [successor.pk])
    names = [name for name in COPIED if name != "quantity"]
    facts = [
        (successor.pk, required(need_of(line), successor.quantity), *(getattr(line, name) for name in names))
        for line in old
    ]
    rows.insert(BuildLine, ("build_id", "quantity", *names), facts)


def _copy_facts(pairs: Sequence[tuple[BuildLine, BuildLine]], successor: Build, *, copies: bool) -> None:
    """Who supplies a line and what may stand in goes on; with lines of their own BOM only what was allowed for the build.

    Where several old lines meet one, the first has the say, and the others add what it does not speak of.
    """
    meant = {line.pk: other.pk for line, other in pairs}
    facts: dict[int, tuple[Any, ...]] = {}
    for line, other in pairs:
        if other.pk not in facts:
            other.supply = line.supply if successor.is_external else None
            facts[other.pk] = (other.supply, line.note, line.deviation, line.approved_by, line.shares)
    rows.update(BuildLine, _OWN, [(pk, *values) for pk, values in facts.items()])
    if successor.is_external:
        stated = SupplyChoice.objects.filter(build_line__any=list(meant))
        rows.insert(
            SupplyChoice,
            ("build_line_id", "manufacturer_id", "supply"),
            _met(stated.values_list("build_line", "manufacturer", "supply"), meant),
        )
    names = ("part_id", "rank", "is_for_this_build", "note", "approved_by")
    others = BuildLineSubstitute.objects.filter(build_line__any=list(meant))
    if not copies:
        others = others.filter(is_for_this_build=True)
    found = _met(others.values_list("build_line_id", *names), meant)
    standing = set(
        BuildLineSubstitute.objects.filter(build_line__any=list(meant.values())).values_list("build_line", "part")
    )
    rows.insert(BuildLineSubstitute, ("build_line_id", *names), [row for row in found if row[:2] not in standing])


def _met(facts: Iterable[tuple[Any, ...]], meant: Mapping[int, int]) -> list[tuple[Any, ...]]:
    """Facts (old line, what of, ...) as those of the new lines, one for each: that of the old line which comes first."""
    places = {line_id: place for place, line_id in enumerate(meant)}
    found: dict[tuple[int, Any], tuple[Any, ...]] = {}
    for line_id, of, *rest in sorted(facts, key=lambda fact: places[fact[0]]):
        found.setdefault((meant[line_id], of), (meant[line_id], of, *rest))
    return list(found.values())


def _move_order_lines(
    moved: Sequence[PurchaseLine], orders: dict[int, PurchaseOrder], successor: Build, event: Event
) -> list[dict[str, Any]]:
    """Let the lines deliver the successor, with the serial numbers reserved for them; a placed one issues it."""
    rows.update(PurchaseLine, ("build_id",), [(line.pk, successor.pk) for line in moved])
    reserved = SerialReservation.objects.filter(purchase_line__any=[line.pk for line in moved], build__isnull=False)
    rows.update(SerialReservation, ("build_id",), [(pk, successor.pk) for pk in reserved.values_list("pk", flat=True)])
    rows.update(PurchaseOrder, ("version",), [(pk, order.version + 1) for pk, order in orders.items()])
    placed = [orders[line.order_id] for line in moved if orders[line.order_id].status == OrderStatus.PLACED]
    return build_states.issue_ordered([successor], placed[0].reference, event) if placed else []


def _move_allocations(
    build: Build, successor: Build, pairs: Sequence[tuple[BuildLine, BuildLine]], event: Event
) -> None:
    """Hand on what the build's lines need no longer and the successor's do; what is meant for single units stays."""
    held, reserved = hold_for_build(build.pk)
    if not reserved:
        return
    companies = manufacturers_of(successor)
    at_company = locations_at_companies(held.values())
    fresh = {line.pk: line for line in lines_of(successor.pk)}
    ours = needed_from_us(list(fresh.values()), companies)
    needs = dict(BuildLine.objects.filter(build=build).values_list("pk", "quantity"))
    book = Reservations(Posting(event, held), reserved)
    by_line = book.by_line()
    missing = {pk: line.quantity if pk in ours else ZERO for pk, line in fresh.items()}
    for line, other in pairs:
        mine = by_line.get(line.pk, [])
        allocated = sum((one.quantity for one in mine), ZERO)
        spare = allocated - max(ZERO, needs.get(line.pk, ZERO) - line.consumed)
        wanted = min(spare, missing[other.pk])
        for one in _in_order(mine, held, at_company, companies):
            units = min(wanted, one.quantity)
            if units <= 0 or (held[one.item_id].serial is not None and units < one.quantity):
                continue
            item = held[one.item_id]
            book.release(one, units)
            book.add(other.pk, item, units)
            wanted -= units
            missing[other.pk] -= units
    book.posting.write()
    book.write()


def _in_order(
    mine: Sequence[Reserved], held: Any, at_company: dict[int | None, tuple[int, str]], companies: Collection[int]
) -> list[Reserved]:
    """The allocations that may go along: what lies at the successor's manufacturers first, then the newest of ours."""
    found: dict[bool, list[Reserved]] = defaultdict(list)
    for one in reversed(mine):
        company = at_company.get(held[one.item_id].location_id)
        if one.output_id is None and (company is None or company[0] in companies):
            found[company is not None].append(one)
    return found[True] + found[False]
