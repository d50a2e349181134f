"""What is to be ordered: known answers, and a fixed number of statements."""

import datetime
from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import (
    AnnouncedDelivery,
    BomLine,
    BomSubstitute,
    Demand,
    Part,
    PriceBreak,
    PurchaseLine,
    StockItem,
    SupplierPart,
)
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_build import create_build
from outwork.operations.order_states import place_order
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.recording import record
from outwork.operations.supplying import Choice, state_supply, supply_everything
from outwork.queries.to_order import plan
from outwork.rules.supply import Supply
from tests.purchases import order_of

TODAY = datetime.date(2026, 3, 2)


def day(number, month=4):
    return datetime.date(2026, month, number)


@pytest.fixture
def radio(shop):
    return shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7})


def shortages():
    return [
        (row.part, row.short, row.needed, [line.build for line in row.lines]) for row in plan(today=TODAY).shortages
    ]


def served(part):
    return [
        (line.build, line.short, [(one.source, one.name, one.quantity, one.is_late) for one in line.served])
        for line in plan(today=TODAY).lines
        if line.part == part
    ]


def test_it_works(shop, radio):
    shop.build(radio, 10, target_date=day(20))
    shop.build(radio, 5, start_date=day(1), target_date=day(30))
    shop.given("""
        R-10K    batch A   Main shelf   25
        C-100N   batch B   Main shelf   200
    """)
    order, [line] = order_of(shop, ("R-10K", 20, "1.00", "0"))
    state_dates(order=order, changes=[DateChange(line, "promised", day(25))], **shop.by_ada)
    assert shortages() == [("R-10K", 15, day(20), ["BO-0001"])]
    assert served("R-10K") == [
        ("BO-0002", 0, [("stock", "", 20, False)]),
        ("BO-0001", 15, [("stock", "", 5, False), ("order", "PO-0001", 20, True)]),
    ]
    shop.recount()


def test_what_is_allocated_is_not_asked_for_again(shop, radio):
    build = shop.build(radio, 10)
    shop.put("R-10K", 30)
    shop.put("C-100N", 70)
    auto_allocate(build=build, **shop.by_bo)
    assert shortages() == [("R-10K", 10, None, ["BO-0001"])]


def test_stock_at_the_manufacturer_counts_for_its_builds_only(shop, radio):
    acme, beta = shop.manufacturer(), shop.manufacturer("Beta Boards")
    shop.external(radio, 10, acme, target_date=day(20))
    shop.put("R-10K", 30, "Acme Assembly")
    shop.put("R-10K", 100, "Beta Boards")
    shop.put("C-100N", 70)
    [row] = plan(today=TODAY).shortages
    assert (row.part, row.short, row.elsewhere) == ("R-10K", 10, [("Beta Boards", 100)])
    shop.external(radio, 5, beta)
    assert served("R-10K")[1] == ("BO-0002", 0, [("stock", "", 20, False)])


def test_what_the_manufacturer_buys_is_not_ours_to_order(shop, radio):
    build = shop.external(radio, 10)
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    assert shortages() == []


def test_what_ships_directly_is_ordered_for_the_manufacturers_place(shop, radio):
    build = shop.external(radio, 10)
    line = build.lines.get(part__number="R-10K")
    state_supply(build=build, choices=[Choice(line.pk, Supply.SHIPPED_DIRECT)], **shop.by_ada)
    assert [(row.part, row.ship_to) for row in plan(today=TODAY).shortages] == [
        ("C-100N", ""),
        ("R-10K", "Acme Assembly"),
    ]


def test_an_order_that_goes_to_another_manufacturer_does_not_count(shop, radio):
    shop.external(radio, 10)
    shop.manufacturer("Beta Boards")
    _, [line] = order_of(shop, ("R-10K", 40, "1.00", "0"))
    PurchaseLine.objects.filter(pk=line).update(destination=shop.location("Beta Boards"))
    assert shortages()[1][:2] == ("R-10K", 40)
    PurchaseLine.objects.filter(pk=line).update(destination=shop.location("Acme Assembly"))
    assert [row[0] for row in shortages()] == ["C-100N"]


def test_the_kit_is_needed_its_lead_time_before_the_promise(shop, radio):
    build = shop.external(radio, 10, target_date=day(30))
    assert shortages()[0][2] == day(30)
    SupplierPart.objects.filter(part=radio).update(lead_time_days=20)
    assert shortages()[0][2] == day(10)
    line = shop.ordered(build)
    state_dates(order=line.order, changes=[DateChange(line.pk, "promised", day(25))], **shop.by_ada)
    assert shortages()[0][2] == day(5)


def test_announced_deliveries_come_on_their_days(shop, radio):
    shop.build(radio, 10, start_date=day(10))
    shop.put("C-100N", 70)
    order, [line] = order_of(shop, ("R-10K", 40, "1.00", "0"))
    state_dates(order=order, changes=[DateChange(line, "promised", day(20))], **shop.by_ada)
    event = record("order.announced", order, **shop.by_ada)
    for units, on in ((15, day(5)), (10, day(15))):
        AnnouncedDelivery.objects.create(line_id=line, quantity=Decimal(units), expected_date=on, event=event)
    assert served("R-10K") == [
        (
            "BO-0001",
            0,
            [("order", "PO-0001", 15, False), ("order", "PO-0001", 10, True), ("order", "PO-0001", 15, True)],
        )
    ]


def test_what_was_bought_for_a_build_is_kept_for_it(shop, radio):
    shop.build(radio, 10, start_date=day(1))
    later = shop.build(radio, 10, start_date=day(20))
    shop.put("C-100N", 140)
    order, [line] = order_of(shop, ("R-10K", 40, "1.00", "0"), placed=False)
    Demand.objects.create(line_id=line, build_line=later.lines.get(part__number="R-10K"), quantity=Decimal(30))
    assert served("R-10K") == [
        ("BO-0001", 30, [("draft", "PO-0001", 10, False)]),
        ("BO-0002", 10, [("draft", "PO-0001", 30, False)]),
    ]
    place_order(order=order, **shop.by_ada)
    assert served("R-10K")[0] == ("BO-0001", 30, [("order", "PO-0001", 10, False)])


def test_units_that_a_build_makes_serve_the_build_that_needs_them(shop, radio):
    rack = shop.assembly("RACK", {"RADIO": 2})
    shop.build(rack, 4, start_date=day(20))
    shop.build(radio, 5, target_date=day(10))
    shop.put("R-10K", 20)
    shop.put("C-100N", 35)
    assert served("RADIO") == [("BO-0001", 3, [("build", "BO-0002", 5, False)])]
    [row] = plan(today=TODAY).shortages
    assert (row.part, row.short, row.is_assembly) == ("RADIO", 3, True)


def test_the_shelf_is_filled_up_to_its_minimum_after_all_builds(shop, radio):
    Part.objects.filter(number="R-10K").update(minimum_stock=Decimal(50))
    shop.build(radio, 10)
    shop.put("R-10K", 60)
    shop.put("C-100N", 70)
    [row] = plan(today=TODAY).shortages
    assert (row.part, row.short, row.for_stock, row.lines) == ("R-10K", 30, 30, [])
    order_of(shop, ("R-10K", 40, "1.00", "0"))
    assert shortages() == []


def test_substitutes_and_variants_are_offered_with_what_nobody_else_needs(shop, radio):
    radio.bom_lines.filter(part__number="R-10K").update(allows_variants=True)
    shop.put(shop.part("R-10K-1%", variant_of=shop.part("R-10K")), 11)
    BomSubstitute.objects.create(bom_line=radio.bom_lines.get(part__number="R-10K"), part=shop.part("R-9K9"), rank=1)
    BomSubstitute.objects.create(bom_line=radio.bom_lines.get(part__number="R-10K"), part=shop.part("R-8K"), rank=2)
    shop.put("R-9K9", 13)
    shop.build(radio, 10)
    shop.put("C-100N", 70)
    shop.build(shop.assembly("OTHER", {"R-9K9": 5}), 1)
    [row] = plan(today=TODAY).shortages
    assert row.part == "R-10K"
    assert [(one.part, one.rank, one.free_here) for one in row.alternatives] == [
        ("R-10K-1%", "variant", 11),
        ("R-9K9", "substitute", 8),
    ]


def test_what_suppliers_would_be_ordered(shop, radio):
    shop.build(radio, 10, start_date=day(10, 3))
    shop.put("C-100N", 70)
    reel = shop.sells(
        shop.company("Reichelt"), shop.part("R-10K"), "2.00", pack_size=Decimal(15), multiple=2, lead_time_days=14
    )
    PriceBreak.objects.create(supplier_part=reel, quantity=Decimal(4), price=Decimal("1.50"), currency="EUR")
    shop.sells(shop.company("Dollar", currency="USD"), shop.part("R-10K"), "0.01")
    gone = shop.sells(shop.company("Gone"), shop.part("R-10K"), "0.01")
    SupplierPart.objects.filter(pk=gone.pk).update(is_active=False)
    [row] = plan(today=TODAY).shortages
    seen = [(one.offer.supplier, one.units, one.over, one.total, one.order_by, one.is_late) for one in row.purchases]
    assert seen == [
        ("Dollar", 40, 0, Decimal("0.40"), None, False),
        ("Reichelt", 60, 20, Decimal("6.00"), day(24, 2), True),
    ]


@pytest.mark.parametrize(("may_be_used", "short"), [(False, [10]), (True, [])])
def test_stock_that_expired_counts_only_where_it_may_be_used(shop, may_be_used, short):
    shop.switch_on("STOCK_ALLOW_EXPIRED_BUILD", may_be_used)
    shop.build(shop.assembly("BOX", {"GLUE": 1}), 10)
    item = shop.put("GLUE", 10)
    StockItem.objects.filter(pk=item.pk).update(expiry_date=TODAY - datetime.timedelta(days=1))
    assert [row.short for row in plan(today=TODAY).shortages] == short


def test_nothing_is_to_be_ordered_where_nothing_is_needed(shop):
    assert plan(today=TODAY).shortages == []


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    top = shop.part("TOP", is_assembly=True)
    supplier = shop.company("Reichelt")
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    sold = SupplierPart.objects.bulk_create(
        [SupplierPart(part=part, supplier=supplier, sku=part.number) for part in parts]
    )
    PriceBreak.objects.bulk_create(
        [PriceBreak(supplier_part=one, quantity=Decimal(1), price=Decimal(2), currency="EUR") for one in sold]
    )
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity"),
        [(top.pk, part.pk, place, Decimal(2)) for place, part in enumerate(parts, 1)],
    )
    shelf = shop.location("Main shelf")
    add_stock(rows=[NewStock(part.pk, 5, location=shelf.pk) for part in parts], **shop.by_bo)
    order_of(shop, ("P0", 1, "1.00", "0"))
    create_build(part=top, quantity=10, **shop.by_ada)
    with statements() as seen:
        found = plan(today=TODAY)
    assert seen == 20
    assert [row.short for row in found.shortages] == [14, *[15] * (count - 1)]
    assert {row.purchases[0].total for row in found.shortages} == {28, 30} - ({30} if count == 1 else set())
