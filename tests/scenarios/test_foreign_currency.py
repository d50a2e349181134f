"""An order in dollars: the rate of the day of each receipt, freight that is invoiced after the end, a rate that was missing."""

from __future__ import annotations

import datetime
from decimal import Decimal

from outwork.models import Build, ExchangeRate, Movement, StockItem
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.master_data import create
from outwork.queries.costs import CostState, build_cost
from outwork.rules.places import Kind
from outwork.rules.pricing import ExtraKind

DOLLAR = [(datetime.date(2026, 3, 1), "0.90"), (datetime.date(2026, 3, 20), "0.80")]


def test_late_freight_in_dollars_reaches_the_units_at_the_rate_of_their_receipt(shop):
    rates = [{"currency": "USD", "day": day, "rate": rate} for day, rate in DOLLAR]
    create(model=ExchangeRate, rows=rates, **shop.by_ada)
    maker = shop.manufacturer("Harbour Nine", currency="USD")
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, 10, maker, destination=shop.location("Main shelf"))
    shop.put("R-10K", 40, "Harbour Nine", value="4.00")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)

    for count, serials, days in ((4, "1-4", 5), (6, "5-10", 25)):
        made = shop.received(line, count, serials=serials, **shop.by(shop.bo, days=days))
        accept_outputs(build=build, decisions=[Decision(one.pk) for one in made], **shop.by(shop.bo, days=days))
    worth = dict(StockItem.objects.filter(part=board).values_list("serial", "value"))
    # 10 dollars a board at 0.90 and at 0.80, and 4 resistors at 0.10 each.
    assert worth["1"] == Decimal("9.40")
    assert worth["10"] == Decimal("8.40")
    finish_build(build=build, **shop.by(shop.ada, days=26))

    freight = NewExtra(ExtraKind.FREIGHT, "50.00", "Air freight, invoiced afterwards")
    add_extra_lines(order=line.order, extras=[freight], **shop.by(shop.ada, days=40))

    worth = dict(StockItem.objects.filter(part=board).values_list("serial", "value"))
    # 5 dollars a board more, at the rate of the day on which it came.
    assert worth["1"] == Decimal("13.90")
    assert worth["10"] == Decimal("12.40")
    cost = build_cost(Build.objects.get(pk=build.pk), at=shop.by(shop.ada, days=40)["at"])
    assert cost.state == CostState.FINAL
    assert sum(value or 0 for value in worth.values()) == 4 * Decimal("13.90") + 6 * Decimal("12.40")
    shop.recount()


def test_a_rate_that_is_entered_later_makes_an_unknown_cost_known(shop):
    maker = shop.manufacturer("Harbour Nine", currency="USD")
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, 2, maker, destination=shop.location("Main shelf"))
    shop.put("R-10K", 8, "Harbour Nine", value="0.80")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)
    made = shop.received(line, serials="1-2")
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in made], **shop.by_bo)
    # A missing rate makes a cost unknown, not zero.
    assert {shop.item_of(one).value for one in made} == {None}

    rate = {"currency": "USD", "day": datetime.date(2026, 3, 1), "rate": "0.90"}
    create(model=ExchangeRate, rows=[rate], **shop.by_ada)
    assert {shop.item_of(one).value for one in made} == {Decimal("9.40")}
    assert Movement.objects.filter(kind=Kind.REVALUED).exists()
    shop.recount()
