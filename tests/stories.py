"""Builds told shortly: ordered outside or made inside, fed, sent, received, accepted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outwork.models import Build, BuildOutput, Company, Location, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.rules.receiving import Arrival
from outwork.rules.states import OutputState
from outwork.rules.supply import ConsumeWhen
from tests.shop import Shop

LONG_AGO = -30


class Stories:
    """Verbs of a build with days instead of dates; everything else as the operations have it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.shelf: Location = shop.location("Main shelf")

    def outside(self, number: str, bom: dict[str, Any], quantity: int, *, units: Any = None) -> Build:
        """An external build by Acme Assembly, ordered (all, or so many units) and placed; the assembly is trackable."""
        part = self.shop.assembly(number, bom, is_trackable=True)
        build = self.shop.external(part, quantity, destination=self.shelf)
        self.shop.ordered(build, units)
        build.refresh_from_db()
        return build

    def inside(
        self, number: str, bom: dict[str, Any], quantity: int, *, serials: str | None = None, batch: str = ""
    ) -> Build:
        """A build of our own on day 0: made, accepted, everything consumed from what is there."""
        part = self.shop.assembly(number, bom, is_trackable=serials is not None)
        build = self.shop.build(part, quantity, destination=self.shelf, batch=batch, consume=ConsumeWhen.ACCEPTANCE)
        made = make_outputs(build=build, units=quantity, serials=serials, **self.shop.by_bo)
        auto_allocate(build=build, **self.shop.by_bo)
        accept_outputs(build=build, decisions=[Decision(one) for one in made.ids], **self.shop.by_bo)
        build.refresh_from_db()
        return build

    def order_from(self, build: Build, manufacturer: Company, units: int) -> PurchaseLine:
        """So many units ordered from another manufacturer."""
        done = order_build(build=build, manufacturer=manufacturer, units=units, **self.shop.by_ada)
        line = PurchaseLine.objects.select_related("order").get(pk=done.ids[0])
        place_order(order=line.order, **self.shop.by_ada)
        return line

    def stock(self, numbers: Iterable[str], quantity: int) -> None:
        """A batch of each part on the shelf."""
        rows = [
            NewStock(self.shop.part(number).pk, quantity, location=self.shelf.pk, batch=f"of {number}")
            for number in numbers
        ]
        add_stock(rows=rows, **self.shop.by(self.shop.bo, days=LONG_AGO))

    def take(self, build: Build, item: StockItem, quantity: Any, *, output: StockItem | None = None) -> None:
        """Allocate an item to the build's line of its part, or to one unit of it."""
        line = build.lines.get(part=item.part)
        unit = BuildOutput.objects.get(item=output).pk if output is not None else None
        allocate(build=build, takes=[Take(line.pk, item.pk, quantity, unit)], **self.shop.by_bo)

    def send(self, build: Build, *, days: float, manufacturer: Company | None = None) -> None:
        """Send what is allocated and not there yet, if there is any."""
        if StockItem.objects.filter(allocations__build_line__build=build).exists():
            send_kit(build=build, manufacturer=manufacturer, **self.shop.by(self.shop.bo, days=days))

    def receive(
        self, build: Build, serials: str, *, days: float, accept: bool = True, line: PurchaseLine | None = None
    ) -> None:
        """Receive units with these serial numbers ("1-5") on the build's order line."""
        line = line or self.line(build)
        first, _, last = serials.partition("-")
        count = int(last or first) - int(first) + 1
        arrival = Arrival(line.pk, count, in_units=True, serials=serials)
        receive(order=line.order, arrivals=[arrival], accept=accept, **self.shop.by(self.shop.bo, days=days))

    def accept(self, build: Build, *, days: float, unfitted: str = "") -> None:
        """Accept all that is in production; `unfitted` says why units are accepted without their components."""
        waiting = BuildOutput.objects.filter(build=build, state=OutputState.IN_PRODUCTION)
        accept_outputs(
            build=build,
            decisions=[Decision(one.pk) for one in waiting],
            accept_incomplete_allocation=bool(unfitted),
            note=unfitted,
            **self.shop.by(self.shop.bo, days=days),
        )

    def line(self, build: Build) -> PurchaseLine:
        """The first order line that delivers a build."""
        return PurchaseLine.objects.select_related("order").filter(build=build).order_by("pk")[0]

    def line_of(self, number: str) -> PurchaseLine:
        """The first order line for that part."""
        return PurchaseLine.objects.select_related("order", "build").filter(part__number=number).order_by("pk")[0]

    def order(self, pk: int) -> PurchaseOrder:
        """The purchase order of that id."""
        return PurchaseOrder.objects.get(pk=pk)

    def item(self, serial: str, part: str = "GADGET") -> StockItem:
        """The unit of that serial number."""
        return StockItem.objects.get(part__number=part, serial=serial)

    def output(self, serial: str, part: str = "GADGET") -> BuildOutput:
        """The output of that serial number."""
        return BuildOutput.objects.get(item__part__number=part, item__serial=serial)
