"""Purchases told shortly: an order of some parts, what came of it, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from outwork.models import Build, PurchaseOrder, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from tests.shop import Shop


def order_of(
    shop: Shop, *lines: tuple[str, Any, str | None, str], currency: str = "EUR", placed: bool = True
) -> tuple[PurchaseOrder, list[int]]:
    """An order of (part, units, price, discount), placed; gives the order and the ids of its lines."""
    supplier = shop.company("Reichelt")
    done = create_order(supplier=supplier, currency=currency, **shop.by_ada)
    order = PurchaseOrder.objects.get(pk=done.ids[0])
    new = [
        NewLine(shop.sells(supplier, shop.part(part), None).pk, units, price=price, discount=discount)
        for part, units, price, discount in lines
    ]
    ids = add_lines(order=order, lines=new, merge=False, **shop.by_ada).ids
    if placed:
        place_order(order=order, **shop.by_ada)
    return order, ids


def come(shop: Shop, order: PurchaseOrder, *arrivals: tuple[int, Any], days: float = 0) -> list[int]:
    """Receive (line, units) onto the main shelf; gives the items."""
    done = receive(
        order=order,
        arrivals=[Arrival(line, units) for line, units in arrivals],
        location=shop.location("Main shelf"),
        accept_overreceipt=True,
        reason="counted twice",
        **shop.by(shop.bo, days=days),
    )
    order.refresh_from_db()
    return done.ids


def values(ids: Iterable[int]) -> list[Decimal | None]:
    """What items are worth, in the order of the ids."""
    wanted = list(ids)
    found = dict(StockItem.objects.filter(pk__in=wanted).values_list("pk", "value"))
    return [found[pk] for pk in wanted]


def total(found: Iterable[Decimal | None]) -> Decimal:
    """The sum of values that are all known."""
    added = Decimal(0)
    for one in found:
        assert one is not None
        added += one
    return added


def build_all(shop: Shop, build: Build) -> None:
    """Make, feed and finish a build of our own."""
    made = make_outputs(build=build, units=build.quantity, **shop.by_bo).ids
    auto_allocate(build=build, **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(one) for one in made], **shop.by_bo)
    finish_build(build=build, **shop.by_bo)
    build.refresh_from_db()
