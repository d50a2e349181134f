"""What is measured: the life of an external build, from the order to the units on the shelf."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from benchmarks.databases import Database
from benchmarks.measuring import Figures, measure
from outwork.ledger import rows
from outwork.models import (
    BomLine,
    Build,
    BuildLine,
    BuildOutput,
    Company,
    Location,
    Part,
    PriceBreak,
    PurchaseLine,
    PurchaseOrder,
    Setting,
    StockItem,
    SupplierPart,
    User,
)
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import issue_build
from outwork.operations.creating_build import create_build
from outwork.operations.deciding import Decision, accept_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.rules.receiving import Arrival

AT = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
PER_UNIT = 3
LEFT_OVER = 10  # allocated on top of what is needed; the finish frees it


@dataclass
class Story:
    """One external build of `serials` units with `lines` BOM lines; two in a hundred are scrapped at the manufacturer."""

    database: Database
    lines: int
    serials: int
    runs: int
    only: str = ""
    by: dict[str, Any] = field(default_factory=dict)

    def tell(self) -> Iterator[Figures]:
        """Measure every step, one after the other."""
        self.prepare()
        yield from self.step("create and issue a build", self.create)
        self.build = Build.objects.get()
        yield from self.allocating()
        yield from self.step("send the kit", partial(send_kit, build=self.build, **self.by))
        line = self.ordered()
        arrival = Arrival(line.pk, self.serials, serials=f"1-{self.serials}" if self.serials > 1 else "1")
        yield from self.step(
            "receive serial numbers", partial(receive, order=line.order, arrivals=[arrival], **self.by)
        )
        decisions = [Decision(pk) for pk in BuildOutput.objects.order_by("pk").values_list("pk", flat=True)]
        yield from self.step(
            "accept outputs and consume", partial(accept_outputs, build=self.build, decisions=decisions, **self.by)
        )
        scrapped = partial(
            report_scrap, build=self.build, units=self.scrapped, reason="no solder", accept_beyond_open=True, **self.by
        )
        scrapped()
        yield from self.step("finish", partial(finish_build, build=self.build, **self.by))
        shelf = Location.objects.create(name="Second shelf", path="Second shelf")
        units = StockItem.objects.filter(part=self.part).order_by("pk").values_list("pk", flat=True)
        transfers = [Transfer(pk, shelf.pk) for pk in units]
        yield from self.step("transfer items", partial(transfer_stock, rows=transfers, **self.by))

    def step(self, name: str, call: Callable[[], Any]) -> Iterator[Figures]:
        """Measure one operation, or only do it where another one is asked for."""
        if not self.wants(name):
            call()
            return
        yield measure(name, call, self.database, lines=self.lines, serials=self.serials, runs=self.runs)

    def wants(self, name: str) -> bool:
        """Whether a step is to be measured."""
        return self.only in name

    def prepare(self) -> None:
        """Parts, BOM, manufacturer and stock."""
        user = User.objects.create(username="bench", is_superuser=True)
        self.by = {"actor": user, "at": AT}
        Setting.objects.create(key="BUILDORDER_EXTERNAL_BUILDS", value=True)
        shelf = Location.objects.create(name="Shelf", path="Shelf")
        self.part = Part.objects.create(
            number="UNIT", name="Unit", is_assembly=True, is_trackable=True, default_location=shelf
        )
        ids = rows.take_ids(Part, self.lines)
        names = [f"C-{number:04}" for number in range(self.lines)]
        rows.insert(
            Part, ("id", "number", "name", "created_at"), [(pk, n, n, AT) for pk, n in zip(ids, names, strict=True)]
        )
        bom = [(self.part.pk, pk, place, Decimal(PER_UNIT), f"R{place}") for place, pk in enumerate(ids)]
        rows.insert(BomLine, ("assembly_id", "part_id", "position", "quantity", "designators"), bom)
        self.maker = Company.objects.create(name="Acme", currency="EUR", is_supplier=True, is_manufacturer=True)
        Location.objects.create(name="Acme", path="Acme", company=self.maker, is_external=True)
        sold = SupplierPart.objects.create(part=self.part, supplier=self.maker, sku="UNIT")
        PriceBreak.objects.create(supplier_part=sold, quantity=Decimal(1), price=Decimal("12.5"), currency="EUR")
        reels = [NewStock(pk, self.need + 500, location=shelf.pk, batch="A", value="0.0123") for pk in ids]
        rests = [NewStock(pk, self.need // 2, location=shelf.pk, batch="B", value="0.0131") for pk in ids]
        add_stock(rows=[*rests, *reels], **self.by)

    @property
    def scrapped(self) -> int:
        """Units that are built and never come."""
        return max(1, self.serials // 50)

    @property
    def need(self) -> int:
        """How many of every component are allocated exactly."""
        return (self.serials + self.scrapped) * PER_UNIT + LEFT_OVER

    def create(self) -> None:
        """Create the build and issue it, which copies its BOM and freezes it."""
        done = create_build(part=self.part, quantity=self.serials, is_external=True, manufacturer=self.maker, **self.by)
        issue_build(build=Build(pk=done.ids[0]), **self.by)

    def allocating(self) -> Iterator[Figures]:
        """Allocate automatically, from a rest and a reel for each line; then, from the state before, all from the reel."""
        automatic = partial(auto_allocate, build=self.build, interchangeable=True, **self.by)
        if self.wants("allocate automatically"):
            self.database.keep()
            yield from self.step("allocate automatically", automatic)
            self.database.restore()
        reels = dict(StockItem.objects.filter(batch="A").values_list("part", "pk"))
        lines = BuildLine.objects.filter(build=self.build).order_by("pk").values_list("pk", "part")
        takes = [Take(line, reels[part], self.need) for line, part in lines]
        yield from self.step("allocate exactly", partial(allocate, build=self.build, takes=takes, **self.by))

    def ordered(self) -> PurchaseLine:
        """The placed order that delivers the build."""
        done = order_build(build=self.build, manufacturer=self.maker, **self.by)
        order = PurchaseOrder.objects.get()
        place_order(order=order, **self.by)
        return PurchaseLine.objects.select_related("order").get(pk=done.ids[0])
