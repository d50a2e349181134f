"""Order a build from a manufacturer in one step: a new draft order or one more line on one."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import PriceBreak, PurchaseLine, PurchaseOrder, SupplierPart
from outwork.operations.build_states import cancel_build
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.rules.states import OrderStatus


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    return shop.external(board, 100, target_date=datetime.date(2026, 6, 1), destination=shop.location("Goods in"))


@pytest.fixture
def acme(build):
    return build.manufacturer


def line_of(done):
    return PurchaseLine.objects.select_related("order").get(pk=done.ids[0])


def test_it_works(shop, build, acme):
    done = order_build(build=build, manufacturer=acme, **shop.by_ada)
    line = line_of(done)
    assert (line.ordered, line.price, line.build, line.requested_date) == (
        100,
        Decimal("10.00"),
        build,
        build.target_date,
    )
    order = line.order
    assert (order.status, order.supplier, order.destination) == (OrderStatus.DRAFT, acme, build.destination)
    assert (done.data, done.said) == ({"order": order.pk}, [])
    shop.recount()


def test_the_rest_goes_on_the_draft_order_named(shop, build, acme):
    order = line_of(order_build(build=build, manufacturer=acme, units=60, **shop.by_ada)).order
    done = order_build(build=build, manufacturer=acme, order=order, **shop.by_ada)
    assert (done.data["order"], line_of(done).ordered) == (order.pk, 100)
    assert [one["code"] for one in done.said] == ["line_merged"]
    assert (PurchaseOrder.objects.count(), order.lines.count()) == (1, 1)
    shop.switch_on("PURCHASEORDER_MERGE_LINE_ITEMS", value=False)
    more = order_build(build=build, manufacturer=acme, order=order, units=5, **shop.by_ada)
    assert (line_of(more).ordered, order.lines.count()) == (5, 2)


def test_the_price_is_that_of_the_break_and_a_cheaper_one_is_said(shop, build, acme):
    sold = SupplierPart.objects.get(part=build.part)
    PriceBreak.objects.create(supplier_part=sold, quantity=Decimal(110), price=Decimal("8.00"), currency="EUR")
    done = order_build(build=build, manufacturer=acme, **shop.by_ada)
    assert line_of(done).price == 10
    assert done.said == [{"code": "more_is_cheaper", "packs": "110", "total": "880", "currency": "EUR"}]
    done = order_build(build=build, manufacturer=acme, units=110, **shop.by_ada)
    assert line_of(done).price == 8
    assert done.said == [{"code": "build_overordered", "build": "BO-0001", "planned": "100", "ordered": "210"}]
    assert line_of(order_build(build=build, manufacturer=acme, units=1, price="7.5", **shop.by_ada)).price == Decimal(
        "7.5"
    )


def test_boards_on_panels_are_ordered_in_boards(shop, build, acme):
    SupplierPart.objects.filter(part=build.part).update(pack_size=Decimal(4))
    line = line_of(order_build(build=build, manufacturer=acme, **shop.by_ada))
    assert (line.ordered, line.pack_size) == (100, 4)


def test_a_second_manufacturer_may_make_the_rest(shop, build, acme):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part, "11.00")
    order_build(build=build, manufacturer=acme, units=60, **shop.by_ada)
    line = line_of(order_build(build=build, manufacturer=other, **shop.by_ada))
    assert (line.ordered, line.order.supplier, line.price) == (40, other, 11)


def test_the_primary_supplier_part_is_taken_and_no_inactive_one(shop, build, acme):
    best = shop.sells(acme, build.part, "9.00", sku="ACME-2", is_primary=True)
    assert line_of(order_build(build=build, manufacturer=acme, units=1, **shop.by_ada)).supplier_part == best
    SupplierPart.objects.filter(pk=best.pk).update(is_active=False)
    line = line_of(order_build(build=build, manufacturer=acme, units=1, **shop.by_ada))
    assert line.supplier_part.sku == "ACME-BOARD"


@pytest.mark.parametrize(
    ("units", "code", "where"),
    [
        (0, "quantity_not_positive", ("units",)),
        ("NaN", "number_invalid", ("units",)),
        ("1e30", "quantity_too_large", ("units",)),
        ("0.000001", "quantity_too_fine", ("units",)),
        ("1.5", "quantity_not_whole", ("units",)),
    ],
)
def test_refuses_bad_quantities(shop, build, acme, units, code, where):
    assert shop.refused(order_build, build=build, manufacturer=acme, units=units) == [(code, where)]
    assert not PurchaseOrder.objects.exists()


def test_refuses_to_order_what_is_ordered(shop, build, acme):
    shop.ordered(build)
    assert shop.refused(order_build, build=build, manufacturer=acme) == [("build_ordered_in_full", ())]


def test_refuses_internal_builds_and_builds_that_are_over(shop, build, acme, board):
    internal = shop.build(board, 1)
    assert shop.refused(order_build, build=internal, manufacturer=acme) == [("build_not_external", ())]
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(order_build, build=build, manufacturer=acme) == [("wrong_state", ())]


def test_refuses_while_external_builds_are_switched_off(shop, build, acme):
    shop.switch_on(value=False)
    assert shop.refused(order_build, build=build, manufacturer=acme) == [("external_builds_off", ("is_external",))]


def test_refuses_a_part_that_can_no_longer_be_bought(shop, build, acme, board):
    board.is_purchaseable = False
    board.save()
    assert shop.refused(order_build, build=build, manufacturer=acme) == [("part_not_purchaseable", ("is_external",))]


def test_refuses_companies_that_cannot_build_it(shop, build):
    where = ("manufacturer",)
    dealer, customer = shop.company("Dealer"), shop.company("Customer", is_supplier=False)
    assert shop.refused(order_build, build=build, manufacturer=dealer) == [("company_not_manufacturer", where)]
    assert [code for code, _ in shop.refused(order_build, build=build, manufacturer=customer)] == [
        "company_not_supplier",
        "company_not_manufacturer",
    ]
    other = shop.manufacturer("Best Boards")
    assert shop.refused(order_build, build=build, manufacturer=other) == [("no_supplier_part", where)]
    old = shop.manufacturer("Old", is_active=False)
    shop.sells(old, build.part)
    assert shop.refused(order_build, build=build, manufacturer=old) == [("supplier_not_active", ("supplier",))]


def test_refuses_orders_that_do_not_fit(shop, build, acme):
    other = PurchaseOrder.objects.get(pk=create_order(supplier=shop.company("Other"), **shop.by_ada).ids[0])
    assert shop.refused(order_build, build=build, manufacturer=acme, order=other) == [("order_of_another_supplier", ())]
    line = line_of(order_build(build=build, manufacturer=acme, units=1, **shop.by_ada))
    place_order(order=line.order, **shop.by_ada)
    assert shop.refused(order_build, build=build, manufacturer=acme, order=line.order) == [("wrong_state", ())]
