"""Receive lines that deliver external builds: outputs in production, or accepted in the same step."""

import pytest

from outwork.models import Build, BuildOutput, Company, PurchaseOrder, StockItem, SupplierPart
from outwork.operations.build_states import cancel_build, hold_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.queries.builds import progress
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OrderStatus, OutputState, StockStatus
from outwork.rules.supply import ConsumeWhen


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    return shop.external(board, 10, destination=shop.location("Lab"), batch="2026-10")


def status(build):
    return BuildStatus(Build.objects.get(pk=build.pk).status)


def states(build):
    return [OutputState(state) for state in build.outputs.order_by("pk").values_list("state", flat=True)]


def test_it_works(shop, build):
    line = shop.ordered(build)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 3, serials="7-9")], **shop.by_bo)
    assert done.said == []
    outputs = BuildOutput.objects.filter(pk__in=done.data["outputs"]).order_by("pk")
    assert [(shop.item_of(one).serial, one.manufacturer, one.purchase_line, one.state) for one in outputs] == [
        (serial, build.manufacturer, line, OutputState.IN_PRODUCTION) for serial in ("7", "8", "9")
    ]
    item = StockItem.objects.get(serial="7")
    assert (item.is_in_production, item.build, item.batch, item.location) == (
        True,
        build,
        "2026-10",
        shop.location("Lab"),
    )
    made = progress(build)
    assert (made.planned, made.ordered, made.received, made.in_production, made.accepted) == (10, 10, 3, 3, 0)
    before = build.version
    build.refresh_from_db()
    assert build.version > before
    shop.recount()


def test_the_first_receipt_issues_a_pending_build_and_one_on_hold_stays_so(shop, build):
    """The order was placed, then its build was made pending again by hand: a build is never received unissued."""
    line = shop.ordered(build)
    Build.objects.filter(pk=build.pk).update(status=BuildStatus.PENDING, issued_at=None)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 1)], **shop.by_bo)
    assert done.said == [{"code": "build_issued", "build": "BO-0001"}]
    assert status(build) == BuildStatus.PRODUCTION
    hold_build(build=build, **shop.by_ada)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 1)], accept=True, **shop.by_bo)
    assert done.said[0] == {"code": "build_on_hold", "build": "BO-0001"}
    assert (status(build), states(build)) == (
        BuildStatus.ON_HOLD,
        [OutputState.IN_PRODUCTION, OutputState.ACCEPTED],
    )


def test_what_comes_for_a_cancelled_build_is_ordinary_stock(shop, build):
    line = shop.ordered(build)
    cancel_build(build=build, **shop.by_ada)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 10, batch="A")], accept=True, **shop.by_bo)
    assert done.said == [{"code": "build_cancelled", "build": "BO-0001"}]
    assert (done.data["outputs"], states(build)) == ([], [])
    item = StockItem.objects.get(pk=done.ids[0])
    assert (item.build, item.is_in_production, item.quantity, item.batch) == (None, False, 10, "A")
    assert PurchaseOrder.objects.get(pk=line.order_id).status == OrderStatus.COMPLETE
    shop.recount()


def test_what_comes_after_the_end_is_accepted_at_once_and_consumes(shop, build):
    """Units that come late were built of something too, whenever the build consumes."""
    for when in ConsumeWhen:
        late = shop.external(build.part, 10, consume=when)
        line = shop.ordered(late)
        shop.allocate(late.reference, shop.put("R-10K", 32), 32)
        made = shop.received(line, 8, location=shop.location("Lab"))
        accept_outputs(build=late, decisions=[Decision(one.pk) for one in made], **shop.by_bo)
        finish_build(build=late, accept_incomplete=True, **shop.by_bo)
        assert late.lines.get().consumed == 32
        line.refresh_from_db()
        done = receive(
            order=line.order, arrivals=[Arrival(line.pk, 2, batch="late")], location=shop.location("Lab"), **shop.by_bo
        )
        codes = [said["code"] for said in done.said]
        assert codes == ["build_complete", "shortfall"]
        assert done.said[1]["quantity"] == "8"
        assert (status(late), progress(late).accepted) == (BuildStatus.COMPLETE, 10)
        shop.recount()


def test_acceptance_in_the_same_step(shop, build):
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 100), 40)
    receive(order=line.order, arrivals=[Arrival(line.pk, 4, serials="1-4")], accept=True, **shop.by_bo)
    assert states(build) == [OutputState.ACCEPTED] * 4
    assert build.lines.get().consumed == 16
    shop.expect("""
        BOARD   serial 1   Lab          1
        BOARD   serial 2   Lab          1
        BOARD   serial 3   Lab          1
        BOARD   serial 4   Lab          1
        R-10K   Main shelf   24   for BO-0001
        R-10K   Main shelf   60
    """)
    shop.recount()


def test_acceptance_in_the_same_step_of_a_build_that_consumes_at_its_end(shop, board):
    build = shop.external(board, 10, consume=ConsumeWhen.FINISH)
    shop.allocate(build.reference, shop.put("R-10K", 100), 40)
    shop.received(shop.ordered(build), 10, accept=True)
    assert build.lines.get().consumed == 0
    finish_build(build=build, **shop.by_bo)
    assert build.lines.get().consumed == 40
    shop.recount()


def test_the_arrival_decides_then_the_request_then_the_manufacturer(shop, build):
    Company.objects.filter(pk=build.manufacturer_id).update(accepts_on_receipt=True)
    line = shop.ordered(build)
    arrivals = [Arrival(line.pk, 1), Arrival(line.pk, 1, accept=False)]
    receive(order=line.order, arrivals=arrivals, **shop.by_bo)
    assert states(build) == [OutputState.ACCEPTED, OutputState.IN_PRODUCTION]
    receive(
        order=line.order, arrivals=[Arrival(line.pk, 1), Arrival(line.pk, 1, accept=True)], accept=False, **shop.by_bo
    )
    assert states(build)[2:] == [OutputState.IN_PRODUCTION, OutputState.ACCEPTED]


def test_the_status_of_what_came_stays_when_it_is_accepted_at_once(shop, build):
    line = shop.ordered(build)
    arrival = Arrival(line.pk, 1, status=StockStatus.ATTENTION)
    done = receive(order=line.order, arrivals=[arrival], accept=True, **shop.by_bo)
    assert StockItem.objects.get(pk=done.ids[0]).status == StockStatus.ATTENTION


def test_never_refused_for_want_of_components(shop, build):
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 10), 10)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 10)], accept=True, **shop.by_bo)
    assert done.said == [
        {
            "code": "shortfall",
            "line": build.lines.get().pk,
            "part": "R-10K",
            "manufacturer": build.manufacturer_id,
            "quantity": "30",
            "mends": [
                "allocate stock at the manufacturer or of ours",
                "say that the manufacturer supplies it",
            ],
        }
    ]
    assert (build.lines.get().consumed, states(build)) == (10, [OutputState.ACCEPTED])
    shop.recount()


def test_39_boards_of_10_panels_of_4(shop, board):
    """The last panel had a broken board: neither 9 nor 10 panels were received."""
    build = shop.external(board, 40)
    SupplierPart.objects.filter(part=board).update(pack_size=4)
    line = shop.ordered(build)
    assert (line.ordered, line.pack_size) == (40, 4)
    shop.received(line, 39, serials="1-39")
    made = progress(build)
    assert (made.ordered, made.received, made.in_production) == (40, 39, 39)
    line.refresh_from_db()
    assert line.open_quantity == 1
    receive(
        order=line.order, arrivals=[Arrival(line.pk, "0.25", serials="40")], location=shop.location("Lab"), **shop.by_bo
    )
    assert progress(build).received == 40
    shop.recount()


def test_several_orders_feed_one_build(shop, build):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    first = shop.ordered(build, 6)
    done = order_build(build=build, manufacturer=other, units=4, **shop.by_ada)
    from outwork.operations.order_states import place_order

    order = PurchaseOrder.objects.get(pk=done.data["order"])
    place_order(order=order, **shop.by_ada)
    shop.received(first, 6)
    shop.received(order.lines.get(), 4)
    assert [one.manufacturer.name for one in build.outputs.order_by("pk")] == ["Acme Assembly", "Best Boards"]
    assert progress(build).received == 10


def test_one_receipt_for_several_builds(shop, board, build):
    line = shop.ordered(build, placed=False)
    second = shop.external(board, 5, destination=shop.location("Attic"))
    done = order_build(build=second, manufacturer=build.manufacturer, order=line.order, **shop.by_ada)
    from outwork.operations.order_states import place_order

    place_order(order=line.order, **shop.by_ada)
    for one, count in ((build, 40), (second, 20)):
        shop.allocate(one.reference, shop.put("R-10K", count), count)
    arrivals = [Arrival(line.pk, 10, batch="A"), Arrival(done.ids[0], 5, batch="B")]
    assert receive(order=line.order, arrivals=arrivals, accept=True, **shop.by_bo).said == []
    assert [build.lines.get().consumed, second.lines.get().consumed] == [40, 20]
    shop.expect("""
        BOARD   batch A   Lab     10
        BOARD   batch B   Attic   5
    """)
    shop.recount()


def test_with_the_setting_off_what_exists_goes_on_to_its_end(shop, build):
    line = shop.ordered(build)
    shop.allocate(build.reference, shop.put("R-10K", 40), 40)
    shop.switch_on(value=False)
    outputs = shop.received(line)
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    finish_build(build=build, **shop.by_bo)
    assert status(build) == BuildStatus.COMPLETE
    shop.recount()


def test_refuses_units_without_serials_where_components_have_them(shop):
    shop.part("MODULE", is_trackable=True)
    device = shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True)
    build = shop.external(device, 5, destination=shop.location("Lab"))
    line = shop.ordered(build)
    assert shop.refused(receive, order=line.order, arrivals=[Arrival(line.pk, 1)]) == [
        ("serials_needed", (0, "serials"))
    ]
    receive(order=line.order, arrivals=[Arrival(line.pk, 1, serials="1")], **shop.by_bo)
    shop.recount()
