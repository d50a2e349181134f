"""What a build costs: estimated, provisional, final, and taken apart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import BuildOutput, InternalPrice, PurchaseLine, StockItem, SupplierPart
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.allocating import Take, allocate
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.receiving import receive
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.costs import Amounts, CostState, KindCost, build_cost
from outwork.queries.output_costs import output_cost
from outwork.rules.pricing import ExtraKind
from outwork.rules.receiving import Arrival
from outwork.rules.supply import Supply

D = Decimal


@pytest.fixture
def build(shop):
    """Ten boards at 10.00, each with two resistors of ours and a chip that the manufacturer buys."""
    part = shop.assembly("BOARD", {"R-10K": 2, "MCU": 1, "C-100N": 1}, is_purchaseable=True)
    build = shop.external(part, 10)
    chip = build.lines.get(part__number="MCU")
    state_supply(build=build, choices=[Choice(chip.pk, Supply.THEY_BUY)], **shop.by_ada)
    return build


def give(shop, build, item, units):
    line = build.lines.get(part=item.part)
    allocate(build=build, takes=[Take(line.pk, item.pk, units)], **shop.by_bo)


def come(shop, build, units):
    line = PurchaseLine.objects.get(build=build)
    receive(order=line.order, arrivals=[Arrival(line.pk, units)], location=shop.location("Dock"), **shop.by_bo)
    return build.outputs.order_by("-pk")[0]


def cost(shop, build):
    build.refresh_from_db()
    return build_cost(build, at=shop.now)


def test_estimated_before(shop, build):
    """Allocated resistors at their value, the others as those on the shelf; capacitors as a supplier sells them."""
    give(shop, build, shop.put("R-10K", 5, batch="A", value="1.00"), 5)
    shop.put("R-10K", 100, batch="B", value="10.00")
    found = cost(shop, build)
    assert found.unknown == ("C-100N",)
    assert found.estimated.total is None
    shop.sells(shop.company("Reichelt"), shop.part("C-100N"), "0.05")
    SupplierPart.objects.filter(part__number="C-100N").update(base_cost=D("0.50"))
    found = cost(shop, build)
    assert (found.state, found.currency, found.unknown) == (CostState.ESTIMATED, "EUR", ())
    assert [(one.part, one.planned, one.estimated, one.actual) for one in found.lines] == [
        ("R-10K", 20, D("2.571429"), 0),
        ("MCU", 10, 0, 0),
        ("C-100N", 10, 1, 0),
    ]
    assert found.estimated.service == 100
    assert found.actual == Amounts(D(0), D(0), D(0))
    assert found.per_good_unit is None


@pytest.mark.parametrize(("is_on", "estimated"), [(False, "1.000000"), (True, "3.500000")])
def test_internal_prices_are_taken_where_the_setting_says_so(shop, build, is_on, estimated):
    """Stock on hand at its average, unless PART_BOM_USE_INTERNAL_PRICE is on: then the internal price of ten."""
    shop.put("C-100N", 50, value="5.00")
    for quantity, price in ((1, "0.50"), (10, "0.35"), (100, "0.20")):
        InternalPrice.objects.create(part=shop.part("C-100N"), quantity=D(quantity), price=D(price), currency="EUR")
    shop.switch_on("PART_BOM_USE_INTERNAL_PRICE", is_on)
    (line,) = [one for one in cost(shop, build).lines if one.part == "C-100N"]
    assert line.estimated == D(estimated)


def test_provisional_while_it_is_open_and_final_when_it_is_closed(shop, build):
    cheap, dear = shop.put("R-10K", 8, batch="A", value="0.80"), shop.put("R-10K", 20, batch="B", value="4.00")
    caps = shop.put("C-100N", 50, value="0.50")
    line = shop.ordered(build)
    add_extra_lines(order=line.order, extras=[NewExtra(ExtraKind.FREIGHT, "5.00")], **shop.by_ada)
    give(shop, build, cheap, 8)
    give(shop, build, dear, 12)
    give(shop, build, caps, 10)
    first = come(shop, build, 4)
    accept_outputs(build=build, decisions=[Decision(first.pk)], **shop.by_bo)
    second = come(shop, build, 6)
    accept_outputs(build=build, decisions=[Decision(second.pk, 5)], **shop.by_bo)
    found = cost(shop, build)
    assert found.state == CostState.PROVISIONAL
    assert found.actual == Amounts(D("2.89"), D(100), D(5))
    assert found.good_value == D("2.89") + D("94.50")
    assert found.estimated == Amounts(D("3.30"), D(100), D(5))
    assert found.extras == (KindCost("freight", D(5), D(5)),)

    reject_outputs(build=build, decisions=[Decision(second.pk)], reason="bent", **shop.by_bo)
    finish_build(build=build, accept_incomplete=True, **shop.by_bo)
    found = cost(shop, build)
    assert (found.state, found.good_units, found.rejected_units) == (CostState.FINAL, 9, 1)
    assert found.actual == Amounts(D("3.30"), D(100), D(5))
    assert found.good_value == found.actual.total == D("108.30")
    assert found.per_good_unit == D("12.033333")
    assert found.rejected == D("10.91")
    assert found.rejected_per_good_unit == D("1.212222")
    assert found.unborne == 0
    shop.recount()

    parts = {one.pk: output_cost(one) for one in build.outputs.all()}
    one = parts[first.pk]
    assert one is not None
    assert [(lot.part, lot.batch, lot.quantity, lot.value) for lot in one.lots] == [
        ("R-10K", "A", D(8), D("0.80")),
        ("C-100N", "", D(4), D("0.04")),
    ]
    assert (one.service, one.extras, one.components) == (D(40), {"freight": D(2)}, D("0.84"))
    assert (one.rest, one.total, one.is_final) == (D("4.848889"), D("47.688889"), True)
    bent = parts[second.pk]
    assert bent is not None
    assert (bent.total, bent.rest, bent.is_good) == (D(0), D("-10.91"), False)
    assert sum(one.total for one in parts.values() if one and one.total) == D("108.30")


def test_the_cost_of_an_item_is_that_of_the_output_it_comes_from(shop, build):
    shop.ordered(build)
    output = come(shop, build, 4)
    assert output_cost(output) is None
    accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    item = StockItem.objects.get(outputs=output)
    (part,) = split_stock(rows=[Split(item.pk, 1)], **shop.by_bo).ids
    found = output_cost(StockItem.objects.get(pk=part))
    assert found is not None
    assert (found.output_id, found.per_unit) == (output.pk, D(10))
    assert output_cost(shop.put("R-10K", 1)) is None


def test_what_is_unknown_is_named(shop, build):
    line = shop.ordered(build)
    PurchaseLine.objects.filter(pk=line.pk).update(currency="USD")
    give(shop, build, shop.put("R-10K", 8, batch="A"), 8)
    output = come(shop, build, 4)
    accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    found = cost(shop, build)
    assert found.actual.total is None
    assert found.per_good_unit is None
    assert found.unknown == ("R-10K", "C-100N", "PO-0001, BOARD", "PO-0001, BOARD", "R-10K A")
    whole = output_cost(BuildOutput.objects.get())
    assert whole is not None
    assert (whole.total, whole.components, whole.service) == (None, None, None)


@pytest.mark.parametrize("count", [1, 10])
def test_statements_are_fixed(shop, build, statements, count):
    shop.ordered(build)
    for _ in range(count):
        output = come(shop, build, 1)
        accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    build.refresh_from_db()
    with statements() as seen:
        build_cost(build, at=shop.now)
    assert seen == 18
    output = BuildOutput.objects.all()[0]
    with statements() as seen:
        output_cost(output)
    assert seen == 11
