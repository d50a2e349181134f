"""A part on one page: where it lies, what is on order, who sells and makes it, what it goes into."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from outwork.models import ManufacturerPart, Part, PurchaseLine, RelatedPart, TestTemplate
from outwork.queries import bom, listing, stock
from outwork.queries.bom import links
from outwork.queries.parameters import Property, parameters_of
from outwork.queries.supplier_parts import Offer, offers
from outwork.rules.subjects import SubjectKind


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What is still expected of a part on one order line, in base units."""

    order: str
    line: int
    supplier: str
    open: Decimal
    expected: datetime.date | None
    build: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What a manufacturer calls a part."""

    manufacturer: str
    mpn: str


@dataclass(frozen=True, slots=True)
class Test:
    """A test that units of a part go through; `of` is the part whose test it is: itself, or a template above it."""

    name: str
    of: str
    is_required: bool
    needs_value: bool
    needs_attachment: bool


@dataclass(frozen=True, slots=True)
class InternalRow:
    """From so many units on, a unit is reckoned at this."""

    quantity: Decimal
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PartOverview:
    """A part and all that hangs on it."""

    part: Part
    stock: list[stock.OnHand]
    on_order: list[OnOrder]
    offers: list[Offer]
    makers: list[Made]
    used_in: list[bom.Used]
    bom_lines: int
    parameters: list[Property]
    tests: list[Test]
    related: list[str]
    internal_prices: list[InternalRow]


def overview(part_id: int) -> PartOverview:
    """All that the page of a part says; sixteen statements at most."""
    part = listing.one(Part, part_id)
    waiting = PurchaseLine.objects.on_order().filter(part=part).select_related("order__supplier", "build")
    makers = ManufacturerPart.objects.filter(part=part).order_by("manufacturer__name", "mpn")
    return PartOverview(
        part=part,
        stock=stock.by_location(part_ids=[part.pk]),
        on_order=[_on_order(line) for line in waiting.order_by("order__reference_number", "order", "position")],
        offers=offers(part_id=part.pk),
        makers=[Made(*row) for row in makers.values_list("manufacturer__name", "mpn")],
        used_in=bom.where_used(part),
        bom_lines=part.bom_lines.count() if part.is_assembly else 0,
        parameters=parameters_of(SubjectKind.PART, [part.pk])[part.pk],
        tests=_tests(part) if part.is_testable else [],
        related=_related(part),
        internal_prices=[
            InternalRow(*row) for row in part.internal_prices.values_list("quantity", "price", "currency")
        ],
    )


def _tests(part: Part) -> list[Test]:
    """The active tests of a part and of what it is a variant of; two statements."""
    above, path = links(), [part.pk]
    while (following := above.get(path[-1])) is not None and following not in path:
        path.append(following)
    found = TestTemplate.objects.filter(part__any=path, is_active=True).select_related("part")
    return [
        Test(one.name, one.part.label, one.is_required, one.needs_value, one.needs_attachment)
        for one in sorted(found, key=lambda one: (-path.index(one.part_id), one.name))
    ]


def _related(part: Part) -> list[str]:
    """What should be seen beside a part; one statement."""
    found = RelatedPart.objects.filter(Q(part=part) | Q(other=part)).select_related("part", "other").order_by("pk")
    return [(one.other if one.part_id == part.pk else one.part).label for one in found]


def _on_order(line: PurchaseLine) -> OnOrder:
    return OnOrder(
        order=line.order.reference,
        line=line.position,
        supplier=line.order.supplier.name,
        open=line.open_quantity,
        expected=line.promised_date or line.confirmed_date or line.requested_date,
        build=line.build.reference if line.build else None,
    )
