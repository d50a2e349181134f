"""A small shop for tests: the cast, quick master data, and stock in the test's own notation."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from outwork.ledger.held import Held
from outwork.ledger.post import Posting, new_ids
from outwork.ledger.reserve import Reservations
from outwork.ledger.verify import verify
from outwork.models import (
    Allocation,
    BomLine,
    Build,
    BuildLine,
    BuildOutput,
    Company,
    Event,
    Location,
    Movement,
    Part,
    PriceBreak,
    PurchaseLine,
    PurchaseOrder,
    Setting,
    StockItem,
    SupplierPart,
    User,
)
from outwork.operations.creating_build import create_build
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.recording import record
from outwork.rules.places import Kind, PlaceKind, at_location
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.serials import serial_number

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


class Shop:
    """Ada buys, Bo keeps stock, Cy is the manufacturer's contact, Dee may do nothing.

    Ada and Bo are superusers here; what the groups of others allow is tested with the rights themselves.
    """

    def __init__(self) -> None:
        self.ada, self.bo, self.cy, self.dee = (
            User.objects.get_or_create(username=name, defaults={"is_superuser": name in ("ada", "bo")})[0]
            for name in ("ada", "bo", "cy", "dee")
        )
        self.now = NOON

    def by(self, user: User, *, days: float = 0) -> dict[str, Any]:
        """Who does it and when: the shop's noon plus so many days."""
        return {"actor": user, "at": self.now + datetime.timedelta(days=days)}

    @property
    def by_ada(self) -> dict[str, Any]:
        """Ada, at the shop's noon."""
        return self.by(self.ada)

    @property
    def by_bo(self) -> dict[str, Any]:
        """Bo, at the shop's noon."""
        return self.by(self.bo)

    def switch_on(self, key: str = "BUILDORDER_EXTERNAL_BUILDS", value: Any = True) -> None:
        """Set a setting."""
        Setting.objects.update_or_create(key=key, defaults={"value": value})

    def part(self, number: str, **flags: Any) -> Part:
        """The part of that number, made if it is new."""
        part = Part.objects.filter(number=number).first()
        return part or Part.objects.create(number=number, name=flags.pop("name", number), **flags)

    def assembly(self, number: str, bom: dict[str, Any] | None = None, **flags: Any) -> Part:
        """An assembly that can be bought, with a BOM given as {part number: quantity}."""
        part = self.part(number, is_assembly=True, **flags)
        quantities = bom or {}
        components = self.parts(quantities)
        BomLine.objects.bulk_create(
            BomLine(assembly=part, part=component, quantity=Decimal(str(quantity)), position=position)
            for position, (component, quantity) in enumerate(zip(components, quantities.values(), strict=True), start=1)
        )
        return part

    def parts(self, numbers: Iterable[str]) -> list[Part]:
        """The parts of these numbers in their order, made at once where they are new."""
        wanted = list(numbers)
        standing = {part.number: part for part in Part.objects.filter(number__any=wanted)}
        new = [Part(number=number, name=number) for number in dict.fromkeys(wanted) if number not in standing]
        standing |= {part.number: part for part in Part.objects.bulk_create(new)}
        return [standing[number] for number in wanted]

    def company(self, name: str, **facts: Any) -> Company:
        """The company of that name; a supplier in euros unless told otherwise."""
        company = Company.objects.filter(name=name).first()
        return company or Company.objects.create(name=name, **{"currency": "EUR", "is_supplier": True, **facts})

    def manufacturer(self, name: str = "Acme Assembly", **facts: Any) -> Company:
        """A supplier that is also a manufacturer, with a location for our stock."""
        company = self.company(name, is_manufacturer=True, **facts)
        self.location(name, company=company, is_external=True)
        return company

    def location(self, name: str, **facts: Any) -> Location:
        """The location of that name, made if it is new."""
        location = Location.objects.filter(name=name).first()
        return location or Location.objects.create(name=name, path=name, **facts)

    def sells(self, supplier: Company, part: Part, price: str | None = "1.00", **facts: Any) -> SupplierPart:
        """A supplier part, with one price from the first pack on."""
        sku = facts.pop("sku", f"{supplier.name[:4].upper()}-{part.number}")
        found, made = SupplierPart.objects.get_or_create(part=part, supplier=supplier, sku=sku, defaults=facts)
        if made and price is not None:
            PriceBreak.objects.create(
                supplier_part=found, quantity=Decimal(1), price=Decimal(price), currency=supplier.currency
            )
        return found

    def build(self, part: Part, quantity: Any, **facts: Any) -> Build:
        """A build order, made as Ada makes it."""
        done = create_build(part=part, quantity=quantity, **{**self.by_ada, **facts})
        return Build.objects.get(pk=done.ids[0])

    def external(self, part: Part, quantity: Any, maker: Company | None = None, **facts: Any) -> Build:
        """An external build order by a manufacturer that sells the part."""
        self.switch_on()
        maker = maker or self.manufacturer()
        self.sells(maker, part, facts.pop("price", "10.00"))
        return self.build(part, quantity, is_external=True, manufacturer=maker, **facts)

    def ordered(self, build: Build, units: Any = None, *, placed: bool = True, **facts: Any) -> PurchaseLine:
        """An order line that delivers an external build, placed unless told otherwise."""
        assert build.manufacturer is not None
        done = order_build(build=build, manufacturer=build.manufacturer, units=units, **{**self.by_ada, **facts})
        line = PurchaseLine.objects.select_related("order").get(pk=done.ids[0])
        if placed:
            place_order(order=line.order, **{**self.by_ada, **{k: v for k, v in facts.items() if k in ("at", "actor")}})
            line.order.refresh_from_db()
        return line

    def received(self, line: PurchaseLine, units: Any = None, **facts: Any) -> list[BuildOutput]:
        """Receive units of an order line (what is open unless told otherwise), as Bo does it; the outputs made."""
        names = {name: facts.pop(name) for name in ("serials", "batch", "location_id", "status") if name in facts}
        line.refresh_from_db()
        count = line.open_quantity if units is None else units
        arrival = Arrival(line.pk, count, in_units=True, **names)
        done = receive(
            order=line.order, arrivals=[arrival], **{"location": self.location("Goods in"), **self.by_bo, **facts}
        )
        return list(BuildOutput.objects.filter(pk__in=done.data["outputs"]).order_by("pk"))

    def item_of(self, output: BuildOutput) -> StockItem:
        """Where the units of an output lie, read anew."""
        return StockItem.objects.select_related("location").get(outputs=output)

    def put(
        self,
        what: str | Part,
        quantity: Any,
        location: str | None = "Main shelf",
        *,
        batch: str = "",
        serial: str | None = None,
        value: str | None = None,
        days: float = 0,
    ) -> StockItem:
        """Opening stock; `value` is for the whole quantity."""
        part = what if isinstance(what, Part) else self.part(what)
        event = record("stock.opened", part, **self.by(self.bo, days=days))
        posting = Posting(event, {})
        held = Held(
            id=new_ids(1)[0],
            part_id=part.pk,
            quantity=Decimal(str(quantity)),
            received_at=event.at,
            batch=batch,
            serial=serial,
            serial_number=serial_number(serial) if serial else None,
            serial_scope=part.serial_family if serial else None,
        )
        held.put(at_location(self.location(location).pk if location else None))
        posting.arrive(held, kind=Kind.OPENING, value=None if value is None else Decimal(value))
        posting.write()
        return StockItem.objects.get(pk=held.id)

    def put_many(
        self, what: str | Part, quantity: Any, count: int, location: str = "Main shelf", *, value: str | None = None
    ) -> list[StockItem]:
        """So many equal items of opening stock, booked at once: what tests with a thousand rows begin with."""
        part = what if isinstance(what, Part) else self.part(what)
        event = record("stock.opened", part, **self.by_bo)
        posting, place = Posting(event, {}), at_location(self.location(location).pk)
        ids = new_ids(count)
        for item_id in ids:
            held = Held(id=item_id, part_id=part.pk, quantity=Decimal(str(quantity)), received_at=event.at)
            held.put(place)
            posting.arrive(held, kind=Kind.OPENING, value=None if value is None else Decimal(value))
        posting.write()
        return list(StockItem.objects.filter(pk__any=ids).order_by("pk"))

    def given(self, text: str) -> None:
        """Stock as a table: part, `batch X` or `serial X`, location, quantity, `for BO-0001`.

        Columns are two or more blanks apart; an allocation goes to the build's line of that part.
        """
        for row in _table(text):
            item = self.put(row["part"], row["quantity"], row["place"], batch=row["batch"], serial=row["serial"])
            if row["build"]:
                self.allocate(row["build"], item, row["quantity"])

    def allocate(self, reference: str, item: StockItem, quantity: Any) -> None:
        """Allocate an item to the line of a build that wants its part."""
        from outwork.ledger.held import lock_items

        build = Build.objects.get(reference=reference)
        line = build.lines.get(part=item.part)
        posting = Posting(Event(), lock_items([item.pk]))
        book = Reservations(posting)
        book.add(line.pk, posting.held[item.pk], Decimal(str(quantity)))
        posting.event.recorded_at = self.now
        posting.write()
        book.write()

    def expect(self, text: str, *, places: tuple[PlaceKind, ...] = (PlaceKind.LOCATION, PlaceKind.UNPLACED)) -> None:
        """All stock on hand, as a table like the one of `given`, in any order."""
        wanted = sorted(_line(row) for row in _table(text))
        assert self.seen(places) == wanted

    def seen(self, places: tuple[PlaceKind, ...] = (PlaceKind.LOCATION, PlaceKind.UNPLACED)) -> list[str]:
        """The stock on hand as rows of text, items that look alike added up."""
        meant: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
        for allocation in Allocation.objects.select_related("build_line__build"):
            meant[allocation.item_id].append((allocation.build_line.build.reference, allocation.quantity))
        sums: dict[tuple[str, str, str | None, str, str], Decimal] = defaultdict(Decimal)
        for item in StockItem.objects.filter(place__in=places, quantity__gt=0).select_related("part", "location"):
            place = item.location.name if item.location else "-"
            rest = item.quantity
            for reference, quantity in meant[item.pk]:
                sums[item.part.number, item.batch, item.serial, place, reference] += quantity
                rest -= quantity
            if rest:
                sums[item.part.number, item.batch, item.serial, place, ""] += rest
        names = ("part", "batch", "serial", "place", "build")
        return sorted(_line({**dict(zip(names, key, strict=True)), "quantity": total}) for key, total in sums.items())

    def recount(self) -> None:
        """The ledger bears out every number; all stories end with it."""
        assert [difference.text for difference in verify()] == []

    def refused(self, operation: Any, **request: Any) -> list[tuple[str, tuple[str | int, ...]]]:
        """The codes of a refusal and where they point; asserts that nothing was written."""
        before = (self.movements(), Event.objects.count(), self.items(), self.documents())
        with pytest.raises(Refusal) as refusal:
            operation(**{**self.by_bo, **request})
        assert (self.movements(), Event.objects.count(), self.items(), self.documents()) == before
        assert all(reason.text() for reason in refusal.value.reasons)
        return [(reason.code, reason.where) for reason in refusal.value.reasons]

    def items(self) -> list[tuple[Any, ...]]:
        """Every item with what an operation may change."""
        return list(
            StockItem.objects.order_by("pk").values_list(
                "pk", "quantity", "allocated", "value", "place", "location", "status", "batch", "serial"
            )
        )

    def documents(self) -> list[list[tuple[Any, ...]]]:
        """Builds, orders, their lines, outputs and allocations: whatever an operation may change of them."""
        every: list[tuple[type[Model], tuple[str, ...]]] = [
            (Build, ("status", "version", "revision", "quantity")),
            (BuildLine, ("build", "part", "quantity", "consumed", "supply")),
            (BuildOutput, ("state", "quantity", "item")),
            (Allocation, ("build_line", "item", "quantity", "output")),
            (PurchaseOrder, ("status", "version")),
            (PurchaseLine, ("build", "ordered", "received", "is_closed", "promised_date")),
        ]
        return [list(model._default_manager.order_by("pk").values_list("pk", *names)) for model, names in every]

    def movements(self) -> int:
        """How many movements there are: a refused operation adds none."""
        return Movement.objects.count()


def _table(text: str) -> list[dict[str, Any]]:
    rows = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        part, *cells = re.split(r"\s{2,}", line)
        row: dict[str, Any] = {"part": part, "batch": "", "serial": None, "build": "", "place": "-"}
        for cell in cells:
            if cell.startswith("batch "):
                row["batch"] = cell.removeprefix("batch ")
            elif cell.startswith("serial "):
                row["serial"] = cell.removeprefix("serial ")
            elif cell.startswith("for "):
                row["build"] = cell.removeprefix("for ")
            elif re.fullmatch(r"[\d.]+", cell):
                row["quantity"] = Decimal(cell)
            else:
                row["place"] = cell
        rows.append(row)
    return rows


def _line(row: dict[str, Any]) -> str:
    kind = f"serial {row['serial']}" if row["serial"] else f"batch {row['batch']}" if row["batch"] else ""
    build = f"for {row['build']}" if row["build"] else ""
    quantity = f"{row['quantity'].normalize():f}"
    return "   ".join(cell for cell in (row["part"], kind, row["place"], quantity, build) if cell)
