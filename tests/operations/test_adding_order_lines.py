"""Order lines: in packs or units, at the price of the break, for builds they may deliver."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Build, PriceBreak, PurchaseLine, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.build_states import cancel_build
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import cancel_order, place_order
from outwork.rules.states import BuildStatus


@pytest.fixture
def acme(shop):
    return shop.manufacturer()


@pytest.fixture
def order(shop, acme):
    return PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])


@pytest.fixture
def reel(shop, acme):
    sold = shop.sells(acme, shop.part("R-10K"), None, pack_size=Decimal(5000), pack_quantity="5000")
    for quantity, price in ((1, "12.00"), (10, "9.50")):
        PriceBreak.objects.create(supplier_part=sold, quantity=quantity, price=Decimal(price), currency="EUR")
    return sold


def written(order):
    names = ("position", "ordered", "pack_size", "price", "currency", "discount")
    return list(order.lines.values_list(*names))


def test_it_works(shop, order, reel):
    shelf, day = shop.location("Main shelf"), datetime.date(2026, 5, 1)
    done = add_lines(
        order=order,
        lines=[
            NewLine(reel.pk, 3, destination_id=shelf.pk, requested_date=day, reference="L1", note="on reels"),
            NewLine(reel.pk, 10, discount="2.5"),
            NewLine(reel.pk, 12_500, in_units=True, exact=True),
            NewLine(reel.pk, 1, price="0.000001", currency="USD"),
        ],
        **shop.by_ada,
    )
    assert written(order) == [
        (1, 15_000, 5000, Decimal("12.00"), "EUR", 0),
        (2, 50_000, 5000, Decimal("9.50"), "EUR", Decimal("2.5")),
        (3, 12_500, 5000, Decimal("12.00"), "EUR", 0),
        (4, 5000, 5000, Decimal("0.000001"), "USD", 0),
    ]
    line = PurchaseLine.objects.get(pk=done.ids[0])
    assert (line.destination, line.requested_date, line.reference, line.note) == (shelf, day, "L1", "on reels")
    assert (line.part, line.received, line.build) == (reel.part, 0, None)
    order.refresh_from_db()
    assert order.version == 2
    shop.recount()


def test_without_a_price_break_the_price_is_unknown(shop, order, acme):
    sold = shop.sells(acme, shop.part("C-100N"), None)
    add_lines(order=order, lines=[NewLine(sold.pk, 5), NewLine(sold.pk, 5, price=0)], **shop.by_ada)
    assert [price for _, _, _, price, _, _ in written(order)] == [None, 0]


def test_later_lines_stand_behind(shop, order, reel):
    for _ in range(2):
        add_lines(order=order, lines=[NewLine(reel.pk, 1), NewLine(reel.pk, 1)], merge=False, **shop.by_ada)
    assert [position for position, *_ in written(order)] == [1, 2, 3, 4]


def test_a_line_delivers_a_build_and_more_than_the_build_is_said(shop, order, acme):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    sold = shop.sells(acme, build.part)
    done = add_lines(order=order, lines=[NewLine(sold.pk, 6, build_id=build.pk)], **shop.by_ada)
    assert done.said == []
    done = add_lines(order=order, lines=[NewLine(sold.pk, 5, build_id=build.pk)], merge=False, **shop.by_ada)
    assert done.said == [{"code": "build_overordered", "build": "BO-0001", "planned": "10", "ordered": "11"}]


def test_what_was_cancelled_does_not_count_as_ordered_but_what_came_of_it_does(shop, acme):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    line = shop.ordered(build, 10)
    shop.received(line, 3)
    cancel_order(order=line.order, **shop.by_ada)
    again = shop.ordered(build, 7, placed=False)
    assert again.ordered == 7
    sold = shop.sells(acme, build.part)
    done = add_lines(order=again.order, lines=[NewLine(sold.pk, 1, build_id=build.pk)], merge=False, **shop.by_ada)
    assert done.said == [{"code": "build_overordered", "build": "BO-0001", "planned": "10", "ordered": "11"}]


def test_a_line_on_a_placed_order_issues_the_build(shop, order, acme, reel):
    """It is ordered with the line, so what is to be built is frozen as by placing."""
    add_lines(order=order, lines=[NewLine(reel.pk, 1)], **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    sold = shop.sells(acme, build.part)
    done = add_lines(order=order, lines=[NewLine(sold.pk, 10, build_id=build.pk)], **shop.by_ada)
    assert done.said == [{"code": "build_issued", "build": "BO-0001"}]
    assert Build.objects.get(pk=build.pk).status == BuildStatus.PRODUCTION


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-1, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("1e30", "quantity_too_large"),
        (200_001, "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
    ],
)
def test_refuses_bad_quantities(shop, order, reel, quantity, code):
    lines = [NewLine(reel.pk, 1), NewLine(reel.pk, quantity)]
    assert shop.refused(add_lines, order=order, lines=lines) == [(code, (1, "quantity"))]


def test_refuses_parts_of_pieces(shop, order, acme):
    sold = shop.sells(acme, shop.part("MODULE", is_trackable=True), pack_size=Decimal(4))
    assert shop.refused(add_lines, order=order, lines=[NewLine(sold.pk, "0.3", exact=True)]) == [
        ("quantity_not_whole", (0, "quantity"))
    ]
    add_lines(order=order, lines=[NewLine(sold.pk, "0.25", exact=True)], **shop.by_ada)
    assert order.lines.get().ordered == 1


def test_refuses_prices_discounts_and_currencies_that_are_none(shop, order, reel):
    lines = [
        NewLine(reel.pk, 1, price=-1),
        NewLine(reel.pk, 1, price="NaN"),
        NewLine(reel.pk, 1, price="0.0000001"),
        NewLine(reel.pk, 1, discount=101),
        NewLine(reel.pk, 1, discount=-1),
        NewLine(reel.pk, 1, price=1, currency="Euro"),
    ]
    assert shop.refused(add_lines, order=order, lines=lines) == [
        ("price_negative", (0, "price")),
        ("number_invalid", (1, "price")),
        ("money_too_fine", (2, "price")),
        ("discount_not_a_percentage", (3, "discount")),
        ("discount_not_a_percentage", (4, "discount")),
        ("currency_code_invalid", (5, "currency")),
    ]


def test_refuses_supplier_parts_that_do_not_belong(shop, order, reel):
    other = shop.sells(shop.company("Other"), shop.part("C-100N"))
    old = shop.sells(order.supplier, shop.part("OLD"), is_active=False)
    lines = [NewLine(47110815, 1), NewLine(other.pk, 1), NewLine(old.pk, 1)]
    assert shop.refused(add_lines, order=order, lines=lines) == [
        ("supplier_part_unknown", (0, "supplier_part")),
        ("supplier_part_of_another", (1, "supplier_part")),
        ("supplier_part_not_active", (2, "supplier_part")),
    ]


def test_refuses_places_and_texts_that_cannot_be(shop, order, reel):
    warehouse = shop.location("Warehouse", is_structural=True)
    lines = [
        NewLine(reel.pk, 1, destination_id=warehouse.pk),
        NewLine(reel.pk, 1, destination_id=47110815),
        NewLine(reel.pk, 1, reference="x" * 101, note="y" * 501),
    ]
    assert sorted(shop.refused(add_lines, order=order, lines=lines), key=lambda reason: reason[1]) == [
        ("location_structural", (0, "destination")),
        ("location_unknown", (1, "destination")),
        ("text_too_long", (2, "note")),
        ("text_too_long", (2, "reference")),
    ]


def test_refuses_each_bad_link_with_its_own_code(shop, order, acme):
    board, device = shop.assembly("BOARD", {"R-10K": 4}), shop.assembly("DEVICE", {"BOARD": 1})
    good, other, over = shop.external(board, 10), shop.external(device, 10), shop.external(board, 10)
    internal = shop.build(board, 10)
    cancel_build(build=over, **shop.by_ada)
    sold = shop.sells(acme, board)
    lines = [NewLine(sold.pk, 1, build_id=build.pk) for build in (good, other, over, internal)]
    where = [(place, "build") for place in range(4)]
    assert shop.refused(add_lines, order=order, lines=lines) == [
        ("build_of_another_part", where[1]),
        ("build_not_open", where[2]),
        ("build_not_external", where[3]),
    ]
    lines = [NewLine(sold.pk, 1, build_id=47110815)]
    assert shop.refused(add_lines, order=order, lines=lines) == [("build_unknown", ())]


def test_refuses_to_link_while_external_builds_are_switched_off(shop, order, acme):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    sold = shop.sells(acme, build.part)
    shop.switch_on(value=False)
    lines = [NewLine(sold.pk, 1, build_id=build.pk)]
    assert shop.refused(add_lines, order=order, lines=lines) == [("external_builds_off", (0, "build"))]


def test_refuses_a_supplier_that_manufactures_nothing(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    dealer = shop.company("Dealer")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=dealer, **shop.by_ada).ids[0])
    lines = [NewLine(shop.sells(dealer, build.part).pk, 1, build_id=build.pk)]
    assert shop.refused(add_lines, order=order, lines=lines) == [("company_not_manufacturer", (0, "build"))]
    dealer.is_supplier = False
    dealer.save()
    assert shop.refused(add_lines, order=order, lines=lines) == [
        ("company_not_supplier", (0, "build")),
        ("company_not_manufacturer", (0, "build")),
    ]


def test_refuses_an_assembly_without_a_build_where_the_setting_asks_for_one(shop, order, acme):
    sold = shop.sells(acme, shop.assembly("BOARD", {"R-10K": 4}))
    shop.switch_on("BUILDORDER_EXTERNAL_REQUIRED")
    add_lines(order=order, lines=[NewLine(sold.pk, 1)], **shop.by_ada)
    shop.switch_on()
    assert shop.refused(add_lines, order=order, lines=[NewLine(sold.pk, 1)]) == [
        ("line_not_linked_to_build", (0, "build"))
    ]


def test_refuses_orders_that_are_over_or_were_changed(shop, order, reel):
    assert shop.refused(add_lines, order=order, lines=[]) == [("no_lines_named", ())]
    lines = [NewLine(reel.pk, 1)]
    assert shop.refused(add_lines, order=order, lines=lines, expected_version=5) == [("version_changed", ())]
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(add_lines, order=order, lines=lines) == [("wrong_state", ())]
