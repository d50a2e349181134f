"""What the operations of builds and orders cost in SQL statements: the same for 1, 10 and 1000 lines, items or serials."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from outwork.models import BomLine, Build, Event, Part, PurchaseLine, PurchaseOrder, StockItem, SupplierPart
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Release, Take, allocate, deallocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build, issue_build
from outwork.operations.closing_short import close_short, reopen_lines
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.creating_build import create_build
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.order_states import complete_order, place_order, reopen_order
from outwork.operations.ordering_build import order_build
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply, supply_everything
from outwork.operations.unreceiving import unreceive
from outwork.rules.receiving import Arrival
from outwork.rules.supply import Supply

pytestmark = pytest.mark.parametrize("count", [1, 10, 1000])


class Counter:
    """Runs an operation and compares its statements with what it costs, on either database."""

    def __init__(self, statements: Callable[[], Any]) -> None:
        self.statements = statements
        self.wrong: list[str] = []

    def __call__(self, expected: int, operation: Callable[..., Any], **request: Any) -> Any:
        with self.statements() as seen:
            done = operation(**request)
        if seen != expected:
            self.wrong.append(f"{operation.__name__}: {expected} expected\n{seen!r}")
        return done


@pytest.fixture
def costs(statements):
    counter = Counter(statements)
    yield counter
    assert not counter.wrong, "\n".join(counter.wrong)


@pytest.fixture
def shelf(shop):
    return shop.location("Main shelf")


def parts(count: int) -> list[Part]:
    """So many different parts."""
    Part.objects.bulk_create([Part(number=f"P{number}", name=f"Part {number}") for number in range(count)])
    return list(Part.objects.filter(number__startswith="P").order_by("pk"))


def wide_board(shop: Any, count: int) -> Part:
    """An assembly of so many parts, two of each in one."""
    board = shop.part("BOARD", is_assembly=True, is_trackable=True)
    lines = [
        BomLine(assembly=board, part=part, quantity=Decimal(2), position=place)
        for place, part in enumerate(parts(count))
    ]
    BomLine.objects.bulk_create(lines)
    return board


def test_a_build_of_many_lines(shop, costs, shelf, count):
    board, maker = wide_board(shop, count), shop.manufacturer()
    shop.switch_on()
    shop.sells(maker, board, "10.00")
    request = {"part": board, "quantity": 5, "is_external": True, "manufacturer": maker, "destination": shelf}
    done = costs(14, create_build, **request, **shop.by_ada)
    build = Build.objects.get(pk=done.ids[0])
    costs(10, issue_build, build=build, **shop.by_ada)
    lines = list(build.lines.all())
    choices = [Choice(line.pk, Supply.WE_SEND) for line in lines]
    costs(5, state_supply, build=build, choices=choices, **shop.by_ada)
    choices = [Choice(line.pk, Supply.WE_SEND, maker.pk) for line in lines]
    costs(7, state_supply, build=build, choices=choices, **shop.by_ada)

    stock = add_stock(rows=[NewStock(line.part_id, 20, location=shelf.pk, value=1) for line in lines], **shop.by_bo)
    takes = [Take(line.pk, item, 4) for line, item in zip(lines, stock.ids, strict=True)]
    costs(15, allocate, build=build, takes=takes, **shop.by_bo)
    releases = [Release(line.pk, item, 1) for line, item in zip(lines, stock.ids, strict=True)]
    costs(9, deallocate, build=build, releases=releases, **shop.by_bo)
    costs(9, deallocate, build=build, **shop.by_bo)
    costs(16, auto_allocate, build=build, **shop.by_bo)
    costs(18, send_kit, build=build, **shop.by_bo)

    line = shop.ordered(build)
    made = shop.received(line, 3, serials="1-3")
    costs(23, accept_outputs, build=build, decisions=[Decision(made[0].pk)], **shop.by_bo)
    costs(22, accept_outputs, build=build, decisions=[Decision(made[1].pk)], **shop.by_bo)
    costs(20, reject_outputs, build=build, decisions=[Decision(made[2].pk)], reason="Bad", **shop.by_bo)
    line.refresh_from_db()
    arrivals = [Arrival(line.pk, 2, serials="4-5")]
    costs(44, receive, order=line.order, arrivals=arrivals, accept=True, **shop.by_bo)
    costs(39, finish_build, build=build, accept_incomplete=True, **shop.by_ada)
    assert {one.consumed for one in build.lines.all()} == {10}
    shop.recount()


def test_a_kit_of_many_lines_for_one_of_two_manufacturers(shop, costs, shelf, count):
    board, maker, other = wide_board(shop, count), shop.manufacturer(), shop.manufacturer("Best Boards")
    build = shop.external(board, 5, maker)
    shop.ordered(build, 3)
    shop.sells(other, board, "11.00")
    place_order(
        order=PurchaseLine.objects.get(
            pk=order_build(build=build, manufacturer=other, units=2, **shop.by_ada).ids[0]
        ).order,
        **shop.by_ada,
    )
    rows = [NewStock(line.part_id, 20, location=shelf.pk, value=1) for line in build.lines.all()]
    add_stock(rows=rows, **shop.by_bo)
    auto_allocate(build=build, **shop.by_bo)
    build.refresh_from_db()
    costs(21, send_kit, build=build, manufacturer=other, **shop.by_bo)
    shop.recount()


def test_a_build_of_many_lines_that_are_short(shop, costs, shelf, count):
    board = wide_board(shop, count)
    build = shop.build(board, 5)
    made = make_outputs(build=build, units=5, serials="1-5", **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    lines = list(build.lines.all())
    stock = add_stock(rows=[NewStock(line.part_id, 8, location=shelf.pk, value=1) for line in lines], **shop.by_bo)
    takes = [Take(line.pk, item, 8) for line, item in zip(lines, stock.ids, strict=True)]
    allocate(build=build, takes=takes, **shop.by_bo)
    costs(32, settle_shortfalls, build=build, **shop.by_bo)
    costs(37, finish_build, build=build, accept_unallocated=True, **shop.by_ada)
    second = shop.build(board, 5)
    stock = add_stock(rows=[NewStock(line.part_id, 8, location=shelf.pk, value=1) for line in lines], **shop.by_bo)
    auto_allocate(build=second, **shop.by_bo)
    costs(31, cancel_build, build=second, **shop.by_ada)
    shop.recount()


def test_an_order_of_many_lines(shop, costs, shelf, count):
    acme = shop.company("Acme")
    sold = SupplierPart.objects.bulk_create(
        [SupplierPart(part=part, supplier=acme, sku=f"SKU-{part.pk}") for part in parts(count)]
    )
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    lines = [NewLine(one.pk, 10, price="0.5", destination_id=shelf.pk) for one in sold]
    ids = costs(13, add_lines, order=order, lines=lines, **shop.by_ada).ids
    costs(5, place_order, order=order, **shop.by_ada)
    day = datetime.date(2026, 5, 1)
    changes = [DateChange(pk, "promised", day) for pk in ids]
    costs(7, state_dates, order=order, changes=changes, **shop.by_ada)
    arrivals = [Arrival(pk, 4, batch="A") for pk in ids]
    done = costs(16, receive, order=order, arrivals=arrivals, **shop.by_bo)
    receipt = Event.objects.get(pk=done.event_id)
    costs(23, unreceive, receipt=receipt, reason="Wrong", **shop.by_bo)
    costs(7, close_short, order=order, lines=ids, reason="Off", **shop.by_ada)
    costs(6, reopen_lines, order=order, lines=ids, reason="On", **shop.by_ada)
    costs(5, complete_order, order=order, accept_incomplete=True, **shop.by_ada)
    costs(4, reopen_order, order=order, reason="On", **shop.by_ada)
    shop.recount()


def test_many_lots_of_one_line(shop, costs, shelf, count):
    acme = shop.company("Acme")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    line = add_lines(order=order, lines=[NewLine(shop.sells(acme, shop.part("R")).pk, 5000)], **shop.by_ada).ids[0]
    place_order(order=order, **shop.by_ada)
    arrivals = [Arrival(line, 2, batch=f"lot {number}") for number in range(count)]
    done = costs(16, receive, order=order, arrivals=arrivals, location=shelf, **shop.by_bo)
    assert len(done.ids) == count
    shop.recount()


def outside(shop: Any, units: int, **facts: Any) -> tuple[Build, PurchaseLine]:
    """A build of so many units from one component, ordered."""
    board = shop.assembly("BOARD", {"R-10K": 2}, is_trackable=True)
    build = shop.external(board, units, destination=shop.location("Lab"), **facts)
    return build, shop.ordered(build)


def serials(count: int) -> str:
    """The serial numbers from 1 on."""
    return f"1-{count}" if count > 1 else "1"


def test_many_serials(shop, costs, count):
    build, line = outside(shop, count)
    shop.allocate(build.reference, shop.put("R-10K", 2 * count, value="1.00"), 2 * count)
    arrivals = [Arrival(line.pk, count, serials=serials(count))]
    done = costs(25, receive, order=line.order, arrivals=arrivals, **shop.by_bo)
    receipt = Event.objects.get(pk=done.event_id)
    costs(28, unreceive, receipt=receipt, reason="Wrong", **shop.by_bo)
    done = receive(order=line.order, arrivals=arrivals, **shop.by_bo)
    decisions = [Decision(one) for one in done.data["outputs"]]
    costs(22, accept_outputs, build=build, decisions=decisions, **shop.by_bo)
    costs(35, finish_build, build=build, **shop.by_ada)
    shop.recount()


def test_many_serials_accepted_with_the_receipt(shop, costs, count):
    build, line = outside(shop, count)
    shop.allocate(build.reference, shop.put("R-10K", 5000, value="1.00"), 2 * count)
    arrivals = [Arrival(line.pk, count, serials=serials(count))]
    costs(45, receive, order=line.order, arrivals=arrivals, accept=True, **shop.by_bo)
    assert build.lines.get().consumed == 2 * count
    shop.recount()


def test_many_rejects_and_parts_of_batches(shop, costs, count):
    build, line = outside(shop, 4 * count)
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    arrivals = [Arrival(line.pk, 4, batch=f"lot {number}") for number in range(count)]
    done = receive(order=line.order, arrivals=arrivals, **shop.by_bo)
    halves = [Decision(one, 2) for one in done.data["outputs"]]
    costs(23, accept_outputs, build=build, decisions=halves, **shop.by_bo)
    rest = [Decision(one) for one in done.data["outputs"]]
    costs(17, reject_outputs, build=build, decisions=rest, reason="Bad", **shop.by_bo)
    costs(39, finish_build, build=build, accept_incomplete=True, **shop.by_ada)
    shop.recount()


def test_many_outputs_made_by_hand(shop, costs, count):
    board = shop.assembly("BOARD", {"R-10K": 2}, is_trackable=True)
    build = shop.build(board, count)
    costs(20, make_outputs, build=build, units=count, serials=serials(count), **shop.by_bo)
    assert StockItem.objects.filter(build=build).count() == count
    shop.recount()
