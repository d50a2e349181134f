"""The ground of the HackRF stories: a hundred HackRF Ones are to be built outside, from the published BOM."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from outwork.ledger.verify import verify
from outwork.models import Build, BuildLine, BuildOutput, Company, Location, Part, PriceBreak, PurchaseLine, StockItem
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.importing_bom import import_bom
from outwork.operations.receiving import receive
from outwork.rules.bomfile import read_bom
from outwork.rules.quantities import ZERO
from outwork.rules.receiving import Arrival
from outwork.rules.states import OutputState
from tests.shop import Shop

FILE = Path(__file__).parents[3] / "shared" / "boms" / "hackrf-one" / "hackrf-one-bom.csv"

# What a good maker sends is worth: so much a piece, so that the sums can be done by hand.
PIECE = Decimal("0.25")


class HackRF:
    """Ada orders a hundred of them from Acme Assembly; Bo keeps the stock."""

    def __init__(self, shop: Shop) -> None:
        if not FILE.exists():
            pytest.skip("the published bills of materials are not on this machine")
        self.shop = shop
        shop.switch_on()
        bom_file = read_bom(FILE.read_bytes(), name=FILE.name)
        done = import_bom(assembly="HackRF One", bom_file=bom_file, **shop.by_ada)
        self.imported = done.data
        self.part = Part.objects.get(pk=done.ids[0])
        Part.objects.filter(pk=self.part.pk).update(is_trackable=True, is_purchaseable=True)
        self.part.refresh_from_db()
        self.acme: Company = shop.manufacturer()
        self.shelf: Location = shop.location("Main shelf")
        sold = shop.sells(self.acme, self.part, None, sku="ACME-HACKRF")
        for quantity, price in ((1, "61.00"), (50, "44.50"), (100, "38.20")):
            PriceBreak.objects.create(
                supplier_part=sold, quantity=Decimal(quantity), price=Decimal(price), currency="EUR"
            )
        self.build: Build = shop.build(self.part, 100, is_external=True, manufacturer=self.acme, destination=self.shelf)

    def lines(self) -> list[BuildLine]:
        """The build's lines as they are now."""
        return list(self.build.lines.select_related("part"))

    def made_by(self, *makers: str) -> list[BuildLine]:
        """The lines whose part is made by one of these companies."""
        return [
            line for line in self.lines() if line.part.manufacturer_parts.filter(manufacturer__name__in=makers).exists()
        ]

    def stock(self, lines: list[BuildLine], spare: int = 0) -> None:
        """Put what these lines need on the shelf, and so many spare pieces, worth PIECE each; lot L1, L2 ..."""
        for number, line in enumerate(lines, start=1):
            quantity = line.quantity + spare
            self.shop.put(line.part, quantity, batch=f"L{number}", value=str(quantity * PIECE), days=-30)

    def receive(self, line: PurchaseLine, count: int, serials: str, *, days: float) -> list[int]:
        """Units come, with these serial numbers; gives the outputs."""
        done = receive(
            order=line.order,
            arrivals=[Arrival(line.pk, count, serials=serials)],
            **self.shop.by(self.shop.bo, days=days),
        )
        return list(done.data["outputs"])

    def accept(self, outputs: list[int], *, days: float) -> list[dict[str, Any]]:
        """Take these outputs; gives what was said."""
        decisions = [Decision(output) for output in outputs]
        return accept_outputs(build=self.build, decisions=decisions, **self.shop.by(self.shop.bo, days=days)).said

    def good(self) -> list[StockItem]:
        """The accepted units."""
        accepted = BuildOutput.objects.filter(build=self.build, state=OutputState.ACCEPTED)
        return list(StockItem.objects.filter(outputs__in=accepted).order_by("serial_number"))

    def pieces_per_unit(self, lines: list[BuildLine]) -> Decimal:
        """How many pieces of these lines are on one board."""
        return sum((line.per_unit for line in lines), ZERO)

    def at(self, place: str) -> Decimal:
        """How many pieces of components lie at a location."""
        found = StockItem.objects.filter(location__name=place).exclude(part=self.part)
        return found.aggregate(sum=Sum("quantity"))["sum"] or ZERO

    def tie_up(self) -> None:
        """Nothing appeared and nothing vanished."""
        assert verify() == []
