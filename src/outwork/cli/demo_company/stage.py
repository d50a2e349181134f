"""What the story plays on: the people, the clock, everything it has met by name, and its recurring moves."""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outwork.cli.actor import By
from outwork.cli.demo_company import tables
from outwork.cli.demo_company.clock import Clock
from outwork.models import Build, Company, Location, Part, PurchaseLine, PurchaseOrder, StockItem, User
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_build import create_build
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.receiving import receive
from outwork.operations.recording import Done
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.places import PlaceKind
from outwork.rules.receiving import Arrival
from outwork.rules.supply import ConsumeWhen, Supply


class Stage:
    """Every company, place, part, offer, build and order of the story under the name that the story uses."""

    def __init__(self, now: datetime.datetime) -> None:
        self.clock = Clock(now)
        self.users: dict[str, User] = {}
        self.companies: dict[str, int] = {}
        self.places: dict[str, int] = {}
        self.parts: dict[str, int] = {}
        self.offers: dict[str, int] = {}
        self.builds: dict[str, int] = {}
        self.orders: dict[str, int] = {}
        self.returns: dict[str, int] = {}

    def by(self, who: str, hour: int, minute: int) -> By:
        """Somebody, at a time of the day that the story has come to."""
        return {"actor": self.users[who], "at": self.clock.moment(hour, minute)}

    def company(self, name: str) -> Company:
        return Company.objects.get(pk=self.companies[name])

    def place(self, path: str) -> Location:
        return Location.objects.get(pk=self.places[path])

    def build(self, name: str) -> Build:
        return Build.objects.get(pk=self.builds[name])

    def order(self, name: str) -> PurchaseOrder:
        return PurchaseOrder.objects.get(pk=self.orders[name])

    def line(self, order: str, build: str) -> PurchaseLine:
        """The order line that delivers a build."""
        return PurchaseLine.objects.get(order=self.orders[order], build=self.builds[build])

    # Buying

    def buy(
        self,
        name: str,
        supplier: str,
        *,
        due: int,
        destination: str | None = None,
        extras: Sequence[NewExtra] = (),
        is_placed: bool = True,
        supplier_reference: str = "",
        description: str = "",
    ) -> None:
        """Ada orders what the table says for this order; `due` says when it should be here, in days before today."""
        done = create_order(
            supplier=self.company(supplier),
            destination=self.place(destination) if destination else None,
            target_date=self.clock.date(due),
            supplier_reference=supplier_reference,
            description=description,
            responsible=self.users["Ada"],
            **self.by("Ada", 9, 17),
        )
        self.orders[name] = done.ids[0]
        wanted = [row for row in tables.read("buys") if row["order"] == name]
        lines = [NewLine(self.offers[row["sku"]], row["packs"]) for row in wanted]
        add_lines(order=self.order(name), lines=lines, **self.by("Ada", 9, 31))
        if extras:
            add_extra_lines(order=self.order(name), extras=extras, **self.by("Ada", 9, 38))
        if is_placed:
            place_order(order=self.order(name), **self.by("Ada", 10, 2))

    def arrive(self, name: str, *, only: Iterable[str] = (), lots: Mapping[str, Sequence[Any]] | None = None) -> None:
        """Bo books what came of an order: everything open of it, or only these parts; `lots` divides a part's units."""
        wanted = {self.parts[number] for number in only}
        arrivals = []
        for line in PurchaseLine.objects.filter(order=self.orders[name]).select_related("part").order_by("position"):
            if not line.open_quantity or (wanted and line.part_id not in wanted):
                continue
            units = (lots or {}).get(line.part.number, [line.open_quantity])
            arrivals += [
                Arrival(line.pk, count, in_units=True, batch=self.lot(line.part, name, index))
                for index, count in enumerate(units)
            ]
        receive(order=self.order(name), arrivals=arrivals, **self.by("Bo", 11, 24))

    def lot(self, part: Part, order: str, index: int = 0) -> str:
        """A lot code as the maker might have printed it: the same in every demo."""
        number = zlib.crc32(f"{part.number} {order} {index}".encode())
        day = self.clock.date(self.clock.ago + 90 + number % 130)
        year, week, _ = day.isocalendar()
        return f"{year % 100:02d}{week:02d}{chr(65 + number % 23)}{number // 131 % 8999 + 1000}"

    # Building

    def plan(self, name: str, part: str, units: int, *, due: int, title: str, **facts: Any) -> Build:
        """Cy plans a build; with a maker it is an external one."""
        maker = facts.pop("maker", None)
        done = create_build(
            part=Part.objects.get(pk=self.parts[part]),
            quantity=units,
            is_external=maker is not None,
            manufacturer=self.company(maker) if maker else None,
            consume=None if maker else ConsumeWhen.ACCEPTANCE,
            title=title,
            start_date=self.clock.date(self.clock.ago),
            target_date=self.clock.date(due),
            responsible=self.users["Cy"],
            **facts,
            **self.by("Cy", 9, 9),
        )
        self.builds[name] = done.ids[0]
        return self.build(name)

    def state_supply(self, name: str, rest: Supply, ours: Mapping[str, Supply] | None = None) -> None:
        """Cy says who brings what: these parts so, all others like the rest."""
        build = self.build(name)
        choices = [
            Choice(line.pk, (ours or {}).get(line.part.number, rest)) for line in build.lines.select_related("part")
        ]
        state_supply(build=build, choices=choices, **self.by("Cy", 9, 52))

    def reserve(self, name: str, *, may_miss: bool = False) -> None:
        """Bo lets the stock be allocated; what must not be missing is a mistake in the story."""
        done = auto_allocate(build=self.build(name), interchangeable=True, **self.by("Bo", 13, 8))
        missing = [f"{line['part']} {line['missing']}" for line in done.data["lines"] if line["missing"] != "0"]
        if missing and not may_miss:
            raise AssertionError(f"{name} lacks {', '.join(missing)}")

    def order_out(self, name: str, build: str, maker: str, *, due: int) -> PurchaseLine:
        """Ada has a build ordered: a draft order with its line at the price break that it reaches."""
        requested = self.clock.date(due)
        done = order_build(
            build=self.build(build),
            manufacturer=self.company(maker),
            requested_date=requested,
            **self.by("Ada", 10, 37),
        )
        self.orders[name] = done.data["order"]
        return self.line(name, build)

    def place_order(self, name: str) -> None:
        """Ada places an order."""
        place_order(order=self.order(name), **self.by("Ada", 11, 12))

    def promise(self, name: str, day: int, reason: str = "", confirmation: str | None = None) -> None:
        """The supplier promises a date for all that is open of an order; Ada notes it."""
        lines = PurchaseLine.objects.filter(order=self.orders[name])
        changes = [
            DateChange(line.pk, "promised", self.clock.date(day), reason, confirmation)
            for line in lines
            if line.open_quantity
        ]
        state_dates(order=self.order(name), changes=changes, **self.by("Ada", 14, 3))

    def deliver(self, order: str, build: str, units: int, **facts: Any) -> list[int]:
        """Bo books finished units of an external build; gives its new outputs."""
        line = self.line(order, build)
        arrival = Arrival(line.pk, units, in_units=True, **facts)
        done = receive(order=self.order(order), arrivals=[arrival], **self.by("Bo", 10, 46))
        return [int(pk) for pk in done.data["outputs"]]

    def accept(self, name: str, outputs: Sequence[int], note: str = "") -> None:
        """Cy accepts outputs."""
        decisions = [Decision(pk) for pk in outputs]
        done = accept_outputs(build=self.build(name), decisions=decisions, note=note, **self.by("Cy", 15, 21))
        _nothing_short(name, done)

    def reject(self, name: str, outputs: Mapping[int, Any] | Sequence[int], reason: str) -> None:
        """Cy rejects outputs, whole or so many units of them; they go to the blocked store."""
        units = outputs if isinstance(outputs, Mapping) else dict.fromkeys(outputs)
        decisions = [Decision(pk, count) for pk, count in units.items()]
        blocked = self.place("Store/Blocked")
        reject_outputs(
            build=self.build(name), decisions=decisions, reason=reason, location=blocked, **self.by("Cy", 15, 2)
        )

    def assemble(self, name: str, serials: Sequence[str], *, tracked: str | None = None) -> None:
        """The workshop makes units, each of one tracked part (the oldest there are), and accepts them."""
        build = self.build(name)
        made = make_outputs(build=build, units=len(serials), serials=serials, **self.by("Bo", 9, 26))
        if tracked:
            line = build.lines.get(part=self.parts[tracked])
            items = StockItem.objects.usable().filter(
                part=self.parts[tracked], place=PlaceKind.LOCATION, allocated=0, location__company__isnull=True
            )
            oldest = list(items.order_by("received_at", "serial_number").values_list("pk", flat=True)[: len(serials)])
            takes = [Take(line.pk, item, 1, output) for item, output in zip(oldest, made.ids, strict=True)]
            allocate(build=self.build(name), takes=takes, **self.by("Bo", 9, 40))
        self.accept(name, made.ids)

    def finish(self, name: str, **accepted: Any) -> None:
        """Cy finishes a build."""
        done = finish_build(build=self.build(name), **accepted, **self.by("Cy", 16, 34))
        _nothing_short(name, done)

    def stock(self, number: str, place: str) -> StockItem:
        """The largest item of a part at a place."""
        return max(self.stock_all(number, place), key=lambda item: item.quantity)

    def stock_all(self, number: str, place: str) -> list[StockItem]:
        """All items of a part at a place."""
        items = StockItem.objects.on_hand().filter(part=self.parts[number], location=self.places[place])
        return list(items.order_by("serial_number", "pk"))


def _nothing_short(name: str, done: Done) -> None:
    """A shortfall is a mistake in the story."""
    short = [one["part"] for one in done.said if one["code"] == "shortfall"]
    assert not short, f"{name} lacks {', '.join(short)}"


def serials(prefix: str, first: int, count: int) -> list[str]:
    """Serial numbers in a row."""
    return [f"{prefix}{number:05d}" for number in range(first, first + count)]
