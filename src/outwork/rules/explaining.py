"""What stands between a build and its end: every obstacle in the order of the work, each with what can be done."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outwork.rules.quantities import ZERO, amount_text
from outwork.rules.refusals import shown
from outwork.rules.states import BuildStatus

TEXTS: dict[str, str] = {
    # obstacles
    "on_hold": "it is on hold",
    "not_issued": "it is not issued",
    "supply_undecided": "it is not decided who supplies {parts}",
    "substitutes_unapproved": "nobody approved {parts}, and they are allocated",
    "bom_changed": "the BOM changed since the build was frozen: {parts}",
    "components_short": "{part}: {short} missing{when}",
    "not_sent": "{parts} lie with us and are missing at the manufacturer",
    "not_ordered": "not ordered: {units}",
    "not_placed": "{order} is not placed: {units}",
    "not_confirmed": "{supplier} has not confirmed {units} on {order}",
    "units_late": "late: {units} on {order}, expected by {day}",
    "units_coming": "still to come: {units} on {order}{when}",
    "units_to_make": "not made: {units}",
    "tests_missing": "not tested: {units} ({tests})",
    "units_set_aside": "set aside for {what}: {units}",
    "units_undecided": "neither accepted nor rejected: {units}",
    "not_consumed": "{parts} are due for what was built and not booked",
    "units_missing": "missing, and not on order: {units}",
    "nothing": "nothing stands between it and its end",
    # what can be done
    "resume": "issue it again",
    "issue": "issue it",
    "decide_supply": "say who supplies them",
    "approve": "have them approved",
    "take_over": "take the change over for the units to come, or leave it",
    "allocate_here": "allocate {quantity} that lie with us",
    "allocate_there": "allocate {quantity} that lie at the manufacturer",
    "await_order": "{quantity} come on {name}{when}",
    "chase_order": "ask where {quantity} on {name} stay: they were expected already",
    "await_build": "{quantity} come of {name}{when}",
    "place_draft": "place {name}, which has {quantity} of it",
    "use_instead": "use up to {quantity} of {part}, a {rank}",
    "fetch": "have {quantity} brought from {company}",
    "buy": "order {units} from {supplier}{price}{when}",
    "build_it": "build {quantity}, or let them be built",
    "find_supplier": "find a supplier: nobody sells it",
    "send": "send the kit",
    "order_units": "order them{from_whom}",
    "place_order": "place it",
    "ask_to_confirm": "ask for a confirmation, and note it",
    "chase_units": "ask where they stay, and note the new promise",
    "await_units": "receive them when they come",
    "make_units": "make them",
    "test": "test them and record the results",
    "decide": "accept or reject them",
    "consume": "consume it",
    "order_more": "order more, or finish it as it is",
    "finish": "finish it",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A stable code and its numbers."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence for people."""
        return translate(TEXTS[self.code]).format(**{key: shown(value) for key, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class Obstacle(Told):
    """Something that stands in the way, and what can be done about it, the first thing first."""

    mends: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """Something that serves a component: `source` is stock here, stock there, order, build or draft."""

    source: str
    name: str
    quantity: Decimal
    day: datetime.date | None = None
    is_late: bool = False
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Buyable:
    """What the best supplier would be ordered; `total` is in `currency`, None where the price is not known."""

    supplier: str
    units: Decimal
    total: Decimal | None
    currency: str
    comes: datetime.date | None


@dataclass(frozen=True, slots=True)
class Component:
    """A component of which something is neither consumed nor allocated: what serves it and `missing`, what nothing does.

    `instead` are (part, rank, free quantity), `elsewhere` (company, quantity).
    """

    part: str
    open: Decimal
    needed: datetime.date | None
    served: Sequence[Served] = ()
    missing: Decimal = ZERO
    instead: Sequence[tuple[str, str, Decimal]] = ()
    elsewhere: Sequence[tuple[str, Decimal]] = ()
    buyable: Buyable | None = None
    is_assembly: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """Units on an order line that delivers the build."""

    order: str
    supplier: str
    open: Decimal
    is_draft: bool
    is_confirmed: bool
    expected: datetime.date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a build; units are in the assembly's unit, parts are texts such as "R-10K (40)"."""

    status: int
    is_external: bool
    planned: Decimal
    ordered: Decimal
    accepted: Decimal
    built: Decimal
    in_production: Decimal
    today: datetime.date
    manufacturer: str = ""
    undecided: Sequence[str] = ()
    unapproved: Sequence[str] = ()
    bom_changes: Sequence[str] = ()
    components: Sequence[Component] = ()
    to_send: Sequence[str] = ()
    lines: Sequence[Ordered] = ()
    untested: int = 0
    tests: Sequence[str] = ()
    set_aside: Sequence[tuple[str, Decimal]] = ()
    not_consumed: Sequence[str] = ()


def explain(facts: Facts) -> list[Obstacle]:
    """Everything that stands between a build and its end, in the order of the work; empty where it is over.

    Decisions, components (those needed first first), sending, ordering, what is to come, what came, consumption. A build that
    nothing stands in the way of says so, and how it is finished.
    """
    if facts.status in (BuildStatus.COMPLETE, BuildStatus.CANCELLED):
        return []
    found = [*_decisions(facts), *_components(facts), *_units_to_come(facts), *_units_there(facts)]
    return found or [Obstacle("nothing", mends=(Told("finish"),))]


def _units(quantity: Decimal) -> dict[str, Any]:
    return {"quantity": quantity, "units": f"{shown(quantity)} unit{'' if quantity == 1 else 's'}"}


def _decisions(facts: Facts) -> Iterator[Obstacle]:
    if facts.status == BuildStatus.ON_HOLD:
        yield Obstacle("on_hold", mends=(Told("resume"),))
    elif facts.status == BuildStatus.PENDING and not facts.is_external:
        yield Obstacle("not_issued", mends=(Told("issue"),))
    if facts.is_external and facts.undecided:
        yield Obstacle("supply_undecided", {"parts": facts.undecided}, (Told("decide_supply"),))
    if facts.unapproved:
        yield Obstacle("substitutes_unapproved", {"parts": facts.unapproved}, (Told("approve"),))
    if facts.bom_changes:
        yield Obstacle("bom_changed", {"parts": facts.bom_changes}, (Told("take_over"),))


def _components(facts: Facts) -> Iterator[Obstacle]:
    for one in sorted(facts.components, key=lambda each: (each.needed is None, each.needed or datetime.date.max)):
        when = f", needed by {one.needed}" if one.needed else ""
        params = {"part": one.part, "short": one.open, "when": when}
        yield Obstacle("components_short", params, tuple(_mends(one)))
    if facts.to_send:
        yield Obstacle("not_sent", {"parts": facts.to_send}, (Told("send"),))


_SERVING = {
    "stock here": "allocate_here",
    "stock there": "allocate_there",
    "order": "await_order",
    "build": "await_build",
    "draft": "place_draft",
}


def _mends(one: Component) -> Iterator[Told]:
    for each in one.served:
        code = "chase_order" if each.is_overdue else _SERVING[each.source]
        late = f", {(each.day - one.needed).days} days late" if each.is_late and each.day and one.needed else ""
        when = f" on {each.day}{late}" if each.day else ", nobody knows when"
        yield Told(code, {"quantity": each.quantity, "name": each.name, "when": when})
    if not one.missing:
        return
    for part, rank, quantity in one.instead:
        yield Told("use_instead", {"part": part, "rank": rank, "quantity": min(quantity, one.missing)})
    for company, quantity in one.elsewhere:
        yield Told("fetch", {"company": company, "quantity": min(quantity, one.missing)})
    if one.buyable is not None:
        yield _buy(one.buyable)
    elif one.is_assembly:
        yield Told("build_it", {"quantity": one.missing})
    else:
        yield Told("find_supplier")


def _buy(one: Buyable) -> Told:
    price = "" if one.total is None else f" for {amount_text(one.total, one.currency)}"
    when = f": ordered today they come on {one.comes}" if one.comes else ""
    return Told("buy", {"units": one.units, "supplier": one.supplier, "price": price, "when": when})


def _units_to_come(facts: Facts) -> Iterator[Obstacle]:
    waiting = max(ZERO, facts.planned - facts.accepted - facts.in_production)
    if not facts.is_external:
        if waiting:
            yield Obstacle("units_to_make", _units(waiting), (Told("make_units"),))
        return
    coming = [one for one in facts.lines if one.open]
    on_order = sum((one.open for one in coming), ZERO)
    if waiting > on_order:
        if facts.built or facts.in_production:
            yield Obstacle("units_missing", _units(waiting - on_order), (Told("order_more"),))
        else:
            whom = f" from {facts.manufacturer}" if facts.manufacturer else ""
            yield Obstacle("not_ordered", _units(waiting - on_order), (Told("order_units", {"from_whom": whom}),))
    yield from _on_order(coming, facts.today)


def _on_order(lines: Iterable[Ordered], today: datetime.date) -> Iterator[Obstacle]:
    for one in lines:
        params: dict[str, Any] = {"order": one.order, **_units(one.open)}
        if one.is_draft:
            yield Obstacle("not_placed", params, (Told("place_order", {"order": one.order}),))
        elif one.expected is not None and one.expected < today:
            yield Obstacle("units_late", params | {"day": one.expected}, (Told("chase_units", {"order": one.order}),))
        elif not one.is_confirmed:
            about = params | {"supplier": one.supplier}
            yield Obstacle("not_confirmed", about, (Told("ask_to_confirm", {"order": one.order}),))
        else:
            when = f", expected by {one.expected}" if one.expected else ""
            yield Obstacle("units_coming", params | {"when": when}, (Told("await_units", {"order": one.order}),))


def _units_there(facts: Facts) -> Iterator[Obstacle]:
    if facts.untested:
        yield Obstacle("tests_missing", {"tests": facts.tests, **_units(Decimal(facts.untested))}, (Told("test"),))
    aside = ZERO
    for what, quantity in facts.set_aside:
        aside += quantity
        yield Obstacle("units_set_aside", {"what": what, **_units(quantity)}, (Told("decide"),))
    if facts.in_production > aside:
        yield Obstacle("units_undecided", _units(facts.in_production - aside), (Told("decide"),))
    if facts.not_consumed:
        yield Obstacle("not_consumed", {"parts": facts.not_consumed}, (Told("consume"),))
