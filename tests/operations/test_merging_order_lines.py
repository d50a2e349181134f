"""Equal lines of a draft become one; what is ordered is what the supplier sells: whole packs, up to the multiple."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Event, PriceBreak, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.rules.saying import sentence

MAY = datetime.date(2026, 5, 1)


@pytest.fixture
def acme(shop):
    return shop.manufacturer()


@pytest.fixture
def order(shop, acme):
    return PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])


@pytest.fixture
def reel(shop, acme):
    """5000 on a reel, sold two at a time; 12.00 each, from ten on 9.50."""
    sold = shop.sells(acme, shop.part("R-10K"), None, pack_size=Decimal(5000), pack_quantity="5000", multiple=2)
    for quantity, price in ((1, "12.00"), (10, "9.50")):
        PriceBreak.objects.create(supplier_part=sold, quantity=quantity, price=Decimal(price), currency="EUR")
    return sold


def written(order):
    return list(order.lines.order_by("position").values_list("ordered", "price"))


def test_it_works(shop, order, reel):
    """Four reels and another six reach the break at ten."""
    first = add_lines(order=order, lines=[NewLine(reel.pk, 4)], **shop.by_ada)
    done = add_lines(order=order, lines=[NewLine(reel.pk, 6)], **shop.by_ada)
    assert done.ids == first.ids
    assert written(order) == [(50_000, Decimal("9.50"))]
    assert [sentence(one) for one in done.said] == ["R-10K: added to line 1, which is 50000 now"]
    assert Event.objects.get(pk=done.event_id).data == {"grown": [[first.ids[0], "50000"]]}
    shop.recount()


def test_lines_of_one_request_are_merged_too(shop, order, reel):
    done = add_lines(order=order, lines=[NewLine(reel.pk, 4), NewLine(reel.pk, 6)], **shop.by_ada)
    assert len(set(done.ids)) == 1
    assert written(order) == [(50_000, Decimal("9.50"))]


def test_the_build_the_date_and_the_destination_are_part_of_what_is_equal(shop, order, acme):
    """Semantics G1: ordering for a second build never lands on the line of the first one."""
    board = shop.assembly("BOARD", {"R-10K": 4})
    first, second = shop.external(board, 10), shop.external(board, 10)
    sold, shelf = shop.sells(acme, board), shop.location("Main shelf")
    every = [
        NewLine(sold.pk, 5, build_id=first.pk),
        NewLine(sold.pk, 5, build_id=second.pk),
        NewLine(sold.pk, 5),
        NewLine(sold.pk, 5, requested_date=MAY),
        NewLine(sold.pk, 5, destination_id=shelf.pk),
    ]
    for _ in range(2):
        add_lines(order=order, lines=every, **shop.by_ada)
    facts = order.lines.order_by("position").values_list("ordered", "build", "requested_date", "destination")
    assert list(facts) == [
        (10, first.pk, None, None),
        (10, second.pk, None, None),
        (10, None, None, None),
        (10, None, MAY, None),
        (10, None, None, shelf.pk),
    ]


def test_what_somebody_stated_is_not_lost(shop, order, reel):
    add_lines(order=order, lines=[NewLine(reel.pk, 4, price="11", reference="L1")], **shop.by_ada)
    others = [
        NewLine(reel.pk, 2, price="10"),
        NewLine(reel.pk, 2, price="11", currency="USD"),
        NewLine(reel.pk, 2, discount=5),
        NewLine(reel.pk, 2, reference="L2"),
        NewLine(reel.pk, 2, note="on small reels"),
    ]
    add_lines(order=order, lines=others, **shop.by_ada)
    assert len(written(order)) == 6
    add_lines(order=order, lines=[NewLine(reel.pk, 2, price="11")], **shop.by_ada)
    assert written(order)[0] == (30_000, 11)
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], **shop.by_ada)
    assert written(order)[0] == (40_000, 11)


def test_not_where_the_setting_or_the_request_says_no(shop, order, reel):
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], **shop.by_ada)
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], merge=False, **shop.by_ada)
    shop.switch_on("PURCHASEORDER_MERGE_LINE_ITEMS", value=False)
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], **shop.by_ada)
    assert len(written(order)) == 3
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], merge=True, **shop.by_ada)
    assert [units for units, _ in written(order)] == [20_000, 10_000, 10_000]


def test_a_placed_order_keeps_what_the_supplier_confirmed(shop, order, reel):
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    add_lines(order=order, lines=[NewLine(reel.pk, 2)], **shop.by_ada)
    assert len(written(order)) == 2


@pytest.mark.parametrize(
    ("asked", "in_units", "exact", "ordered"),
    [
        (2, False, False, 10_000),
        (3, False, False, 20_000),
        (1, False, False, 10_000),
        (12_500, True, False, 20_000),
        (20_000, True, False, 20_000),
        (12_500, True, True, 12_500),
        ("0.5", False, True, 2500),
    ],
)
def test_the_rounded_quantity_is_ordered_and_said(shop, order, reel, asked, in_units, exact, ordered):
    done = add_lines(order=order, lines=[NewLine(reel.pk, asked, in_units, exact=exact)], **shop.by_ada)
    assert [units for units, _ in written(order)] == [ordered]
    units = Decimal(asked) if in_units else Decimal(asked) * 5000
    texts = [] if units == ordered else [f"R-10K: {ordered} are ordered instead of {units:.0f}, in whole packs"]
    assert [sentence(one) for one in done.said] == texts


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, order, acme, count):
    ids = [shop.sells(acme, shop.part(f"P{number}")).pk for number in range(min(count, 10))]
    lines = [NewLine(ids[number % len(ids)], 1, reference=f"L{number}") for number in range(count)]
    with statements() as seen:
        add_lines(order=order, lines=lines, **shop.by_ada)
    assert seen == 12
    with statements() as seen:
        add_lines(order=order, lines=lines, **shop.by_ada)
    assert seen == 11
    assert (order.lines.count(), {units for units, _ in written(order)}) == (count, {2})
