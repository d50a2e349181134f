"""Serial numbers kept for a build or an order line: others pass them over, and what is not used is free again."""

from functools import partial

import pytest

from outwork.ledger.serial_numbers import next_serials, reservations_of
from outwork.models import PurchaseLine, SerialReservation, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.build_states import cancel_build
from outwork.operations.closing_short import close_short
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import cancel_order
from outwork.operations.receiving import receive
from outwork.operations.reserving_serials import reserve_serials, void_serials
from outwork.rules.receiving import Arrival
from outwork.rules.saying import sentence
from tests.purchases import order_of
from tests.scenarios.racing import race, rounds


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def line(shop, board):
    return shop.ordered(shop.external(board, 10))


def reserve(shop, **what):
    return reserve_serials(**what, **shop.by_ada)


def arrive(shop, line, units, serials, shelf=None):
    arrival = Arrival(line.pk, units, serials=serials)
    return receive(order=line.order, arrivals=[arrival], location=shelf or shop.location("Goods in"), **shop.by_bo)


def in_stock(ids):
    return sorted(StockItem.objects.filter(pk__in=ids).values_list("serial", flat=True), key=int)


def test_it_works(shop, board, line):
    shop.put(board, 1, serial="7")
    done = reserve(shop, order_line=line)
    assert done.data == {"serials": "8 to 17", "count": 10}
    kept = SerialReservation.objects.get(pk=done.ids[0])
    assert (kept.purchase_line, kept.build, kept.first, kept.last, kept.prefix) == (line, None, 8, 17, "")
    assert next_serials(board, 2) == ["18", "19"]
    [row] = reservations_of(board)
    assert (row.serials, row.count, row.used, row.order, row.line, row.is_standing) == (
        "8 to 17",
        10,
        0,
        "PO-0001",
        1,
        True,
    )
    shop.recount()


def test_the_next_of_others_passes_it_over_and_its_own_is_in_it(shop, board, line):
    reserve(shop, order_line=line, count=4)
    added = add_stock(rows=[NewStock(board.pk, 1, serials="~")], **shop.by_bo)
    assert in_stock(added.ids) == ["5"]
    first = arrive(shop, line, 3, "~+")
    assert (in_stock(first.ids), first.said) == (["1", "2", "3"], [])
    assert reservations_of(board)[0].used == 3
    more = arrive(shop, line, 1, "~")
    assert in_stock(more.ids) == ["4"]
    rest = arrive(shop, line, 1, "~")
    assert in_stock(rest.ids) == ["6"]
    assert [sentence(one) for one in rest.said] == [
        "BOARD: 6 are not among the serial numbers reserved for it (1 to 4)"
    ]


def test_what_comes_with_others_is_said(shop, board, line):
    other = shop.build(board, 5)
    reserve(shop, order_line=line, count=4, start="SN-001")
    reserve(shop, build=other, start="SN-101")
    done = arrive(shop, line, 3, "SN-001,SN-050,SN-102")
    assert [sentence(one) for one in done.said] == [
        "BOARD: SN-050, SN-102 are not among the serial numbers reserved for it (SN-001 to SN-004)",
        "BOARD: SN-102 are reserved for another order line or build",
    ]


def test_a_build_of_our_own_counts_on_in_its_range(shop, board):
    build = shop.build(board, 5)
    reserve(shop, build=build, start="100")
    done = make_outputs(build=build, units=2, serials="~+", **shop.by_bo)
    assert in_stock(done.data["items"]) == ["100", "101"]


def test_lines_that_deliver_a_build_count_on_in_its_range(shop, line):
    reserve(shop, build=line.build, start="100")
    assert in_stock(arrive(shop, line, 2, "~+").ids) == ["100", "101"]


def test_what_is_left_is_free_when_the_line_or_the_build_is_over(shop, board, line):
    build = shop.build(board, 5)
    reserve(shop, order_line=line, count=4)
    reserve(shop, build=build)
    assert next_serials(board) == ["10"]
    cancel_build(build=build, **shop.by_ada)
    assert next_serials(board) == ["5"]
    close_short(order=line.order, lines=[line.pk], reason="Enough", **shop.by_ada)
    assert next_serials(board) == ["1"]
    assert (reservations_of(board), len(reservations_of(board, standing_only=False))) == ([], 2)


def test_a_cancelled_order_keeps_nothing(shop, board, line):
    reserve(shop, order_line=line, count=4)
    cancel_order(order=line.order, **shop.by_ada)
    assert next_serials(board) == ["1"]


def test_a_reservation_is_voided_by_hand(shop, board, line):
    [pk] = reserve(shop, order_line=line, count=4).ids
    void_serials(reservations=[pk], reason="Other labels", **shop.by_ada)
    assert next_serials(board) == ["1"]
    assert shop.refused(void_serials, reservations=[pk, 47110815]) == [
        ("reservation_void", (0, "reservation")),
        ("reservation_unknown", (1, "reservation")),
    ]
    assert shop.refused(void_serials, reservations=[]) == [("rows_missing", ())]


def test_refuses_numbers_that_are_used_or_kept(shop, board, line):
    shop.put(board, 1, serial="3")
    reserve(shop, order_line=line, count=4, start="10")
    assert shop.refused(reserve_serials, order_line=line, count=4, start="2") == [("serials_used", ("start",))]
    assert shop.refused(reserve_serials, order_line=line, count=4, start="13") == [("serials_reserved", ("start",))]
    assert shop.refused(reserve_serials, order_line=line, count=4, start="ABC") == [
        ("serials_range_without_number", ("start",))
    ]
    assert shop.refused(reserve_serials, order_line=line, count="1.5") == [("quantity_not_whole", ("count",))]


def test_refuses_what_needs_no_serial_numbers(shop, board, line):
    order, [pk] = order_of(shop, ("R-10K", 30, "12", "0"))
    resistors = PurchaseLine.objects.select_related("order").get(pk=pk)
    assert shop.refused(reserve_serials, order_line=resistors) == [("serials_not_kept", ("part",))]
    assert shop.refused(reserve_serials) == [("reservation_for_whom", ("build",))]
    assert shop.refused(reserve_serials, order_line=line, build=line.build) == [("reservation_for_whom", ("build",))]
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(reserve_serials, order_line=resistors) == [("wrong_state", ())]
    build = shop.build(board, 5)
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(reserve_serials, build=build) == [("wrong_state", ())]
    arrive(shop, line, 10, "1-10")
    assert [code for code, _ in shop.refused(reserve_serials, order_line=line)] == ["wrong_state"]


@pytest.mark.django_db(transaction=True)
@rounds
def test_of_those_who_take_the_next_at_once_each_gets_its_own(shop, rounds, board):
    """Two receipts, two additions and a reservation ask for the next numbers at the same moment."""
    for _ in range(rounds):
        lines = [shop.ordered(shop.external(board, 5)) for _ in range(2)]
        build = shop.build(board, 5)
        before, shelf = StockItem.objects.count(), shop.location("Goods in")
        done, refused = race(
            *[partial(arrive, shop, line, 3, "~+", shelf) for line in lines],
            *[partial(add_stock, rows=[NewStock(board.pk, 2, serials="~+")], **shop.by_bo)] * 2,
            partial(reserve, shop, build=build),
        )
        assert refused == []
        assert StockItem.objects.count() == before + 10
        kept = SerialReservation.objects.latest("pk").range
        assert not [one for one in StockItem.objects.values_list("serial", flat=True) if str(one) in kept]
        assert len(done) == 5
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, board, count):
    line = shop.ordered(shop.external(board, count + 10))
    others = [reserve(shop, order_line=line, count=1).ids[0] for _ in range(min(count, 10))]
    with statements() as seen:
        reserve(shop, order_line=line, count=count)
    extra = sum("advisory" in sql for sql in seen.seen)
    assert len(seen) - extra == 9
    with statements() as seen:
        void_serials(reservations=others, **shop.by_ada)
    assert seen == 3
