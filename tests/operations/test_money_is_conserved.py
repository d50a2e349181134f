"""Whatever happens to units and prices, the money in all items is the money that came in."""

from __future__ import annotations

import contextlib
import random
from decimal import Decimal

import pytest

from outwork.models import Build, BuildOutput, ExchangeRate, Movement, StockItem
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import reopen_build
from outwork.operations.changing_order_lines import LineChange, change_lines
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.master_data.writing import create
from outwork.operations.receiving import receive
from outwork.operations.splitting_stock import Split, split_stock
from outwork.queries.costs import CostState, build_cost
from outwork.queries.values import effective
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.pricing import ExtraKind
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus, OutputState
from outwork.rules.supply import ConsumeWhen
from tests.purchases import order_of, total
from tests.shop import Shop

STEPS = (
    "reel",
    "feed",
    "come",
    "accept",
    "accept",
    "reject",
    "scrap",
    "part",
    "device",
    "freight",
    "duty",
    "price",
    "close",
)


class Shopfloor:
    """Resistors go into boards made outside, boards into devices of ours; what is refused does nothing."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.done: set[str] = set()
        self.order, (self.line,) = order_of(shop, ("R-10K", 1000, "0.07", "3"))
        self.build = shop.external(shop.assembly("BOARD", {"R-10K": 3}, is_purchaseable=True), 40, price="7.77")
        self.boards = shop.ordered(self.build)
        self.higher = shop.build(shop.assembly("DEVICE", {"BOARD": 1}), 100, consume=ConsumeWhen.ACCEPTANCE)

    def step(self, name: str, units: int) -> None:
        """Do one thing, if it can be done."""
        self.build.refresh_from_db()
        with contextlib.suppress(Refusal):
            getattr(self, name)(units)
            self.done.add(name)

    def reel(self, units: int) -> None:
        arrivals = [Arrival(self.line, units)]
        receive(order=self.order, arrivals=arrivals, location=self.shop.location("Main shelf"), **self.shop.by_bo)

    def feed(self, units: int) -> None:
        self._allocate(self.build, "R-10K", units)

    def come(self, units: int) -> None:
        arrivals = [Arrival(self.boards.pk, units % 7 + 1)]
        receive(order=self.boards.order, arrivals=arrivals, location=self.shop.location("Dock"), **self.shop.by_bo)

    def accept(self, units: int) -> None:
        accept_outputs(build=self.build, decisions=self._decisions(units), **self.shop.by_bo)

    def reject(self, units: int) -> None:
        reject_outputs(build=self.build, decisions=self._decisions(1), reason="bent", **self.shop.by_bo)

    def scrap(self, units: int) -> None:
        report_scrap(build=self.build, units=1, reason="burnt", accept_beyond_open=True, **self.shop.by_bo)

    def part(self, units: int) -> None:
        items = StockItem.objects.usable().filter(quantity__gt=2).order_by("-pk")
        split_stock(rows=[Split(one.pk, 1) for one in items[: units % 3]], **self.shop.by_bo)

    def device(self, units: int) -> None:
        self._allocate(self.higher, "BOARD", 1)
        made = make_outputs(build=self.higher, units=1, **self.shop.by_bo).ids
        accept_outputs(build=self.higher, decisions=[Decision(one) for one in made], **self.shop.by_bo)

    def freight(self, units: int) -> None:
        extra = NewExtra(ExtraKind.FREIGHT, f"{units}.37")
        add_extra_lines(order=self.boards.order, extras=[extra], **self.shop.by_ada)

    def duty(self, units: int) -> None:
        extra = NewExtra(ExtraKind.DUTY, units, currency="USD")
        add_extra_lines(order=self.order, extras=[extra], **self.shop.by_ada)

    def price(self, units: int) -> None:
        change_lines(order=self.order, changes=[LineChange(self.line, {"price": f"0.{units}"})], **self.shop.by_ada)

    def close(self, units: int) -> None:
        if self.build.status == BuildStatus.COMPLETE:
            reopen_build(build=self.build, reason="more came", **self.shop.by_ada)
        else:
            finish_build(build=self.build, accept_incomplete=True, accept_unallocated=True, **self.shop.by_bo)

    def _allocate(self, build: Build, part: str, units: int) -> None:
        items = StockItem.objects.usable().filter(part__number=part).order_by("pk")
        free = [one for one in items if one.free]
        takes = [Take(build.lines.get().pk, one.pk, min(one.free, Decimal(units))) for one in free[:1]]
        allocate(build=build, takes=takes, **self.shop.by_bo)

    def _decisions(self, units: int) -> list[Decision]:
        found = BuildOutput.objects.filter(build=self.build, state=OutputState.IN_PRODUCTION).order_by("pk")
        return [Decision(one.pk, min(one.quantity, Decimal(units))) for one in found[:2]]


def came_in() -> Decimal:
    """What all receipts are worth by now."""
    found = list(Movement.objects.order_by("pk").values_list("pk", "corrects", "value", "kind"))
    values = effective(row[:3] for row in found)
    return total(values[row[0]] for row in found if row[3] == Kind.RECEIVED)


def lies_there() -> Decimal:
    """What all items are worth that were not used up."""
    return total(StockItem.objects.exclude(place=PlaceKind.USED).values_list("value", flat=True))


@pytest.mark.parametrize("seed", range(12))
def test_it_works(shop, seed):
    chance = random.Random(seed)
    floor = Shopfloor(shop)
    for name in ("reel", "feed", "come", "accept"):
        floor.step(name, 20)
    for _ in range(25):
        floor.step(chance.choice(STEPS), chance.randint(1, 60))
        shop.recount()

    floor.step("accept", 1000)
    floor.step("accept", 1000)
    floor.step("accept", 1000)
    floor.build.refresh_from_db()
    while floor.build.status != BuildStatus.COMPLETE:
        waiting = BuildOutput.objects.filter(build=floor.build, state=OutputState.IN_PRODUCTION)
        if waiting.exists():
            accept_outputs(build=floor.build, decisions=[Decision(one.pk) for one in waiting], **shop.by_bo)
        floor.step("close", 1)
        floor.build.refresh_from_db()
    rate = {"currency": "USD", "day": shop.now.date(), "rate": "0.9137"}
    create(model=ExchangeRate, rows=[rate], **shop.by_ada)
    shop.recount()
    assert len(floor.done) > 6
    assert lies_there() == came_in()
    cost = build_cost(floor.build, at=shop.now)
    assert (cost.state, cost.unborne is not None) == (CostState.FINAL, True)
    assert cost.good_value == cost.actual.total
