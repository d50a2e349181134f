"""Outputs made by hand: of our own builds, and of external ones to correct."""

from decimal import Decimal

import pytest

from outwork.models import BomLine, Build, BuildOutput, Event, Movement, StockItem
from outwork.operations.build_states import cancel_build, hold_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.rules.places import Kind
from outwork.rules.states import BuildStatus, OutputState


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    return shop.build(board, 10, destination=shop.location("Lab"), batch="2026-10")


def test_it_works(shop, build):
    done = make_outputs(build=build, units=3, serials="7-9", **shop.by_bo)
    outputs = BuildOutput.objects.filter(pk__in=done.ids).select_related("item").order_by("pk")
    assert [(shop.item_of(one).serial, one.quantity, one.state) for one in outputs] == [
        (serial, 1, OutputState.IN_PRODUCTION) for serial in ("7", "8", "9")
    ]
    assert [one.item_id for one in outputs] == done.data["items"]
    item = shop.item_of(outputs[0])
    lab = shop.location("Lab")
    assert (item.is_in_production, item.build, item.location, item.value) == (True, build, lab, 0)
    assert {one.batch for one in StockItem.objects.all()} == {"2026-10"}
    assert Movement.objects.filter(kind=Kind.MADE, output__in=done.ids).count() == 3
    build.refresh_from_db()
    assert (build.status, build.issued_at, build.version) == (BuildStatus.PRODUCTION, shop.now, 2)
    make_outputs(build=build, units=2, serials="~+", location=shop.location("Bench"), batch="late", **shop.by_bo)
    assert StockItem.objects.filter(batch="late", location__name="Bench").count() == 2
    assert list(StockItem.objects.order_by("pk").values_list("serial", flat=True)) == ["7", "8", "9", "10", "11"]
    build.refresh_from_db()
    assert build.version == 3
    shop.recount()


def test_without_serials_it_is_one_batch(shop):
    glue = shop.build(shop.assembly("GLUE", {"RESIN": 2}), 10)
    done = make_outputs(build=glue, units="2.5", **shop.by_bo)
    output = BuildOutput.objects.get(pk=done.ids[0])
    item = shop.item_of(output)
    assert (output.quantity, item.quantity, item.location) == (Decimal("2.5"), Decimal("2.5"), None)
    shop.recount()


def test_a_build_on_hold_stays_on_hold(shop, build):
    hold_build(build=build, **shop.by_ada)
    make_outputs(build=build, units=1, serials="1", **shop.by_bo)
    build.refresh_from_db()
    assert (build.status, build.issued_at) == (BuildStatus.ON_HOLD, shop.now)


def test_a_unit_of_an_external_build_is_made_to_correct_and_is_its_manufacturers(shop, board):
    build = shop.external(board, 10)
    shop.ordered(build)
    shop.given("R-10K   Acme Assembly   40   for BO-0001")
    request = {"build": build, "units": 1, "serials": "1"}
    where = [("manual_output", ("accept_manual_output",))]
    assert shop.refused(make_outputs, **request) == where
    assert shop.refused(make_outputs, **request, accept_manual_output=True) == where
    assert shop.refused(make_outputs, **request, accept_manual_output=True, reason=" ") == where
    done = make_outputs(**request, accept_manual_output=True, reason="Came without papers", **shop.by_bo)
    assert Event.objects.get(pk=done.event_id).reason == "Came without papers"
    assert BuildOutput.objects.get().manufacturer == build.manufacturer
    assert accept_outputs(build=build, decisions=[Decision(done.ids[0])], **shop.by_bo).said == []
    shop.expect("""
        BOARD   serial 1        -    1
        R-10K   Acme Assembly   36   for BO-0001
    """)
    shop.recount()


def test_of_several_manufacturers_one_is_named(shop, board):
    build = shop.external(board, 10)
    other = shop.manufacturer("Best Boards")
    shop.sells(other, board)
    from outwork.operations.ordering_build import order_build

    order_build(build=build, manufacturer=other, units=5, **shop.by_ada)
    request = {"build": build, "units": 1, "serials": "1", "accept_manual_output": True, "reason": "No papers"}
    assert shop.refused(make_outputs, **request) == [("manufacturer_undecided", ("manufacturer",))]
    stranger = shop.manufacturer("Stranger")
    assert shop.refused(make_outputs, **request, manufacturer=stranger) == [
        ("manufacturer_not_of_build", ("manufacturer",))
    ]
    make_outputs(**request, manufacturer=other, **shop.by_bo)
    assert BuildOutput.objects.get().manufacturer == other


@pytest.mark.parametrize(
    ("units", "code"),
    [
        (0, "quantity_not_positive"),
        (-1, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
        ("1.5", "quantity_not_whole"),
    ],
)
def test_refuses_bad_quantities(shop, build, units, code):
    assert shop.refused(make_outputs, build=build, units=units) == [(code, ("quantity",))]


def test_refuses_serials_that_do_not_fit(shop, build):
    where = ("serials",)
    shop.put("BOARD", 1, serial="7")
    assert shop.refused(make_outputs, build=build, units=2, serials="7-8") == [("serials_used", where)]
    assert shop.refused(make_outputs, build=build, units=3, serials="8,9") == [("serials_count", where)]
    assert shop.refused(make_outputs, build=build, units=1, serials=["8", "9"]) == [("serials_count", where)]
    assert shop.refused(make_outputs, build=build, units=2, serials=["8", "8"]) == [("serials_duplicate", where)]
    glue = shop.build(shop.assembly("GLUE", {"RESIN": 2}), 10)
    assert shop.refused(make_outputs, build=glue, units=1, serials="1") == [("serials_not_kept", where)]


def test_refuses_units_without_serials_where_components_have_them(shop, board):
    BomLine.objects.create(assembly=board, part=shop.part("MODULE", is_trackable=True), quantity=1)
    build = shop.build(board, 5)
    assert shop.refused(make_outputs, build=build, units=1) == [("serials_needed", ("serials",))]
    make_outputs(build=build, units=1, serials="1", **shop.by_bo)


def test_refuses_places_and_texts_that_cannot_be(shop, build):
    warehouse = shop.location("Warehouse", is_structural=True)
    assert shop.refused(make_outputs, build=build, units=1, serials="1", location=warehouse) == [
        ("location_structural", ("location",))
    ]
    assert shop.refused(make_outputs, build=build, units=1, serials="1", batch="x" * 101) == [
        ("text_too_long", ("batch",))
    ]


def test_refuses_builds_that_are_over(shop, build):
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(make_outputs, build=build, units=1) == [("wrong_state", ())]
    assert Build.objects.get(pk=build.pk).status == BuildStatus.CANCELLED
