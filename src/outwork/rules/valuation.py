"""A cost that is known late follows the units: replays movements and says what each of them should have carried."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from outwork.rules.quantities import ZERO, rounded_money

Value = Decimal | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A movement of units out of one item into another; None is the outside world. The same item twice: a whole move.

    `value` is what it is worth as far as is booked, corrections included; None is unknown. `is_kept` says of a whole
    move that its value is read later (units used up whole), so that it has to be right too. `returns` names the flow out
    into the outside world that this one takes back: the same units come in again, with what they are worth.
    """

    id: int
    source_item: int | None
    target_item: int | None
    quantity: Decimal
    value: Value
    is_kept: bool = False
    returns: int | None = None


@dataclass(frozen=True, slots=True)
class Restated:
    """A movement is worth `after`, not `before`."""

    flow_id: int
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Replay:
    """What has to be restated, in the order of the flows, and what the items are worth then."""

    restated: list[Restated]
    values: dict[int, Value]


@dataclass(slots=True)
class _Item:
    """An item as it was booked and as it should have been. What is unknown stays so until the item is empty."""

    quantity: Decimal = ZERO
    before: Value = ZERO
    after: Value = ZERO

    def add(self, quantity: Decimal, before: Value, after: Value) -> None:
        self.quantity += quantity
        self.before = plus(self.before, before)
        self.after = plus(self.after, after)

    def take(self, quantity: Decimal, before: Value, after: Value) -> None:
        self.quantity -= quantity
        if self.quantity == 0:
            self.before = self.after = ZERO
            return
        self.before = plus(self.before, before, sign=-1)
        self.after = plus(self.after, after, sign=-1)


@dataclass(slots=True)
class _Books:
    items: dict[int, _Item] = field(default_factory=dict)
    restated: list[Restated] = field(default_factory=list)
    put_in: dict[tuple[int, int], Value] = field(default_factory=dict)

    def item(self, item_id: int) -> _Item:
        return self.items.setdefault(item_id, _Item())

    def note(self, flow: Flow, after: Value) -> None:
        if after != flow.value:
            self.restated.append(Restated(flow.id, flow.value, after))


def plus(one: Value, other: Value, *, sign: int = 1) -> Value:
    """The sum (or difference), unknown where either is."""
    return None if one is None or other is None else one + sign * other


def replay(flows: Iterable[Flow], stated: Mapping[int, Value], known: Collection[int]) -> Replay:
    """Restate movements and hand the difference on to all movements downstream of them, in the order of the flows.

    `flows` are the whole history of the items `known`, in the order in which value went; what flows in from items
    beside them is taken as booked. `stated` says what movements from outside are really worth (None: not known).

    Each movement out of an item bears the part of the difference that its quantity has in the item at that moment,
    to six places, half up; the last units out take all that is left, so nothing is ever lost. What was unknown and
    now is known gets its part of the whole; what was known and now is not becomes unknown. Lot of 100 gets +10.00,
    30 of them were split off: those bear 3.00, and what left the thirty bears its part of that (design, section 4).
    """
    books, gone = _Books(), dict[int, Value]()
    for flow in flows:
        source, target = flow.source_item, flow.target_item
        if source is not None and source == target:
            if flow.is_kept:
                books.note(flow, _kept(flow, books.item(source)))
            continue
        after = gone[flow.returns] if flow.returns in gone else stated.get(flow.id, flow.value)
        if source is not None and source in known:
            item = books.item(source)
            assert flow.quantity <= item.quantity, f"the history of item {source} is not complete"
            after = _leaving(flow, item) if flow.quantity or target is None else _passing(flow, source, target, books)
            item.take(flow.quantity, flow.value, after)
            if target is None:
                gone[flow.id] = after
        books.note(flow, after)
        if target is not None and target in known:
            books.item(target).add(flow.quantity, flow.value, after)
    return Replay(books.restated, {item_id: item.after for item_id, item in books.items.items()})


def _leaving(flow: Flow, item: _Item) -> Value:
    """What a movement out of an item takes along."""
    if flow.quantity == item.quantity:
        return item.after
    if item.before is None and flow.value is not None:
        return flow.value  # it was said what these units were worth, although the rest was unknown
    if item.after is None:
        return None
    if item.before is None or flow.value is None:
        return rounded_money(item.after * flow.quantity / item.quantity)
    return flow.value + rounded_money((item.after - item.before) * flow.quantity / item.quantity)


def _passing(flow: Flow, source: int, target: int, books: _Books) -> Value:
    """What value goes without units: a part takes all of it into what it is installed in, and the same out again."""
    if (target, source) in books.put_in:  # taken out
        return books.put_in.pop((target, source))
    if (source, target) in books.put_in:  # the installing was taken back
        return plus(ZERO, books.put_in.pop((source, target)), sign=-1)
    item = books.item(source)
    after = item.after if flow.value == item.before else flow.value
    books.put_in[source, target] = after
    return after


def _kept(flow: Flow, item: _Item) -> Value:
    if flow.value is None or item.before is None or item.after is None:
        return item.after
    return flow.value + item.after - item.before
