"""What a large database costs: the ledger recounted, and every operation beside what it takes in a small one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from benchmarks.crowd import crowd
from benchmarks.databases import Database
from benchmarks.measuring import Figures, measure_reading, measure_rolled_back
from benchmarks.story import Story
from outwork.ledger.verify import verify
from outwork.models import Build, Movement, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries.build_explained import explained
from outwork.queries.line_numbers import build_line_numbers
from outwork.queries.to_order import plan


def growth(database: Database, runs: int, only: str = "", lines: int = 200, serials: int = 100) -> Iterator[Figures]:
    """Every operation among a million items; the "floor" is what it takes in a database that has nothing else.

    So the ratio is the growth; 1.5 is what we allow. Measured inside a transaction that is rolled back.
    """
    database.keep()
    small = {one.operation: one for one in Unseen(database, lines, serials, runs, only).tell()}
    database.restore()
    crowd()
    assert Movement.objects.count() >= 1_000_000
    yield from measured("recount the ledger", verify, runs)
    for one in Unseen(database, lines, serials, runs, only).tell():
        yield replace(one, operation=f"{one.operation}, large", floor=small[one.operation].cost)


def measured(name: str, call: Callable[[], Any], runs: int) -> Iterator[Figures]:
    """A reading of the large database."""
    yield measure_reading(name, call, lines=Movement.objects.count(), serials=0, runs=min(runs, 3))


@dataclass
class Unseen(Story):
    """The story, in which every step is measured and rolled back before it is done: nothing is copied."""

    def step(self, name: str, call: Callable[[], Any]) -> Iterator[Figures]:
        """Measure one operation, then do it."""
        if self.wants(name):
            yield measure_rolled_back(name, call, lines=self.lines, serials=self.serials, runs=self.runs)
        call()

    def tell(self) -> Iterator[Figures]:
        """The steps of the story, then what is done to stock by hand, and what people look at."""
        yield from super().tell()
        shelf = StockItem.objects.filter(batch="A").order_by("pk")
        some = list(shelf.values_list("pk", "part")[: self.lines])
        more = [NewStock(part, 10, batch="N", value="1") for _, part in some]
        yield from self.step("add stock", partial(add_stock, rows=more, **self.by))
        counts = [Counted(pk, 9999) for pk, _ in some]
        yield from self.step("count stock", partial(count_stock, rows=counts, reason="counted", **self.by))
        rests = list(StockItem.objects.filter(batch="N").values_list("pk", flat=True))
        yield from self.step("write off", partial(write_off_stock, rows=rests, reason="lost", **self.by))
        build, today = self.build.pk, datetime.date(2026, 3, 2)
        yield from self.step("numbers of the build's lines", partial(build_line_numbers, [build]))
        yield from self.step("what is to be ordered", partial(plan, today=today))
        found = Build.objects.select_related("part", "manufacturer").get(pk=build)
        yield from self.step("explain the build", partial(explained, found, today=today))

    def allocating(self) -> Iterator[Figures]:
        """Allocate automatically, which is rolled back, then all from the reels."""
        automatic = partial(auto_allocate, build=self.build, interchangeable=True, **self.by)
        name = "allocate automatically"
        if self.wants(name):
            yield measure_rolled_back(name, automatic, lines=self.lines, serials=self.serials, runs=self.runs)
        reels = dict(StockItem.objects.filter(batch="A").values_list("part", "pk"))
        lines = self.build.lines.order_by("pk").values_list("pk", "part")
        takes = [Take(line, reels[part], self.need) for line, part in lines]
        yield from self.step("allocate exactly", partial(allocate, build=self.build, takes=takes, **self.by))

    def ordered(self) -> PurchaseLine:
        """The placed order that delivers the build."""
        done = order_build(build=self.build, manufacturer=self.maker, **self.by)
        line = PurchaseLine.objects.select_related("order").get(pk=done.ids[0])
        place_order(order=PurchaseOrder.objects.get(pk=line.order_id), **self.by)
        return PurchaseLine.objects.select_related("order").get(pk=line.pk)
