"""Allocate stock to all lines of a build by a policy; every choice is explained."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, BomSubstitute, Build, BuildLineSubstitute, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.supplying import Choice, state_supply, supply_everything
from outwork.rules.allocation import Components, Order
from outwork.rules.supply import Supply


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2}), 10)


def taken(build):
    rows = Allocation.objects.filter(build_line__build=build).order_by("pk")
    return [(row.item.part.number, row.item.batch, row.quantity) for row in rows]


def test_it_works(shop, build):
    shop.given("""
        R-10K    batch A   Main shelf      500
        C-100N   batch B   Acme Assembly   15
        C-100N   batch C   Main shelf      100
    """)
    done = auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert taken(build) == [("R-10K", "A", 40), ("C-100N", "B", 15), ("C-100N", "C", 5)]
    assert [(one["part"], one["allocated"], one["missing"]) for one in done.data["lines"]] == [
        ("R-10K", "40", "0"),
        ("C-100N", "20", "0"),
    ]
    assert done.data["lines"][1]["choices"] == [
        {"item": done.ids[1], "batch": "B", "verdict": "taken", "text": "15 of 15 taken"},
        {"item": done.ids[2], "batch": "C", "verdict": "taken", "text": "5 of 100 taken"},
    ]
    build.refresh_from_db()
    assert build.version == 2
    shop.recount()


def test_only_what_is_still_missing_is_taken(shop, build):
    shop.allocate(build.reference, shop.put("R-10K", 30, batch="A"), 30)
    shop.put("R-10K", 100, batch="B")
    auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("R-10K", "A", 30), ("R-10K", "B", 10)]
    auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("R-10K", "A", 30), ("R-10K", "B", 10)]


def test_one_stock_is_never_promised_twice(shop):
    board = shop.part("BOARD", is_assembly=True)
    for position in (1, 2):
        BomLine.objects.create(assembly=board, part=shop.part("R-10K"), quantity=1, position=position)
    first, second = shop.build(board, 10), shop.build(board, 10)
    item = shop.put("R-10K", 25)
    done = auto_allocate(build=first, **shop.by_bo)
    assert [(one["allocated"], one["missing"]) for one in done.data["lines"]] == [("10", "0"), ("10", "0")]
    done = auto_allocate(build=second, **shop.by_bo)
    assert [(one["allocated"], one["missing"]) for one in done.data["lines"]] == [("5", "5"), ("0", "10")]
    item.refresh_from_db()
    assert (item.quantity, item.allocated) == (25, 25)
    shop.recount()


def test_stock_at_another_manufacturer_is_left_and_said(shop, build):
    shop.manufacturer("Best Boards")
    item = shop.put("R-10K", 100, "Best Boards")
    done = auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == []
    assert done.data["lines"][0]["choices"] == [
        {"item": item.pk, "batch": "", "verdict": "elsewhere", "text": "at another manufacturer: Best Boards"}
    ]
    assert done.data["lines"][1]["choices"] == [
        {"item": None, "batch": "", "verdict": "no_stock", "text": "there is no stock of it"}
    ]


def test_several_lots_are_left_to_people_unless_they_are_interchangeable(shop, build):
    shop.put("R-10K", 100, batch="new", days=-1)
    shop.put("R-10K", 30, batch="old", days=-2)
    assert auto_allocate(build=build, **shop.by_bo).ids == []
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert taken(build) == [("R-10K", "old", 30), ("R-10K", "new", 10)]


@pytest.mark.parametrize(
    ("order", "batch"),
    [(Order.OLDEST, "A"), (Order.NEWEST, "C"), (Order.SMALLEST, "B"), (Order.LARGEST, "A"), (Order.EXPIRY, "C")],
)
def test_the_order_is_chosen(shop, build, order, batch):
    for name, quantity, days, expiry in (("A", 300, -3, None), ("B", 100, -2, 90), ("C", 200, -1, 30)):
        item = shop.put("R-10K", quantity, batch=name, days=days)
        if expiry:
            StockItem.objects.filter(pk=item.pk).update(expiry_date=shop.now.date() + datetime.timedelta(days=expiry))
    auto_allocate(build=build, interchangeable=True, order=order, **shop.by_bo)
    assert taken(build) == [("R-10K", batch, 40)]


def test_expired_stock_is_left_unless_asked_for(shop, build):
    item = shop.put("R-10K", 100)
    StockItem.objects.filter(pk=item.pk).update(expiry_date=shop.now.date() - datetime.timedelta(days=1))
    assert auto_allocate(build=build, **shop.by_bo).ids == []
    assert auto_allocate(build=build, use_expired=True, **shop.by_bo).ids == [item.pk]


def test_locations_named_and_left_out(shop, build):
    rack = shop.location("Rack", parent=shop.location("Main shelf"))
    shop.put("R-10K", 100, "Rack", batch="rack")
    shop.put("R-10K", 100, "Lab", batch="lab")
    assert auto_allocate(build=build, location=shop.location("Attic"), **shop.by_bo).ids == []
    auto_allocate(build=build, exclude_location=shop.location("Lab"), lines=[build.lines.first().pk], **shop.by_bo)
    assert taken(build) == [("R-10K", "rack", 40)]
    second = shop.build(build.part, 1, take_from=shop.location("Main shelf"))
    auto_allocate(build=second, **shop.by_bo)
    assert taken(second) == [("R-10K", "rack", 4)]
    third = shop.build(build.part, 1, take_from=shop.location("Main shelf"))
    auto_allocate(build=third, location=shop.location("Lab"), exclude_location=rack, **shop.by_bo)
    assert taken(third) == [("R-10K", "lab", 4)]


def test_what_a_build_takes_from_goes_with_what_lies_at_its_manufacturer(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10, take_from=shop.location("Main shelf"))
    shop.put("R-10K", 30, "Acme Assembly", batch="there")
    shop.put("R-10K", 100, "Main shelf", batch="here")
    shop.put("R-10K", 100, "Lab", batch="lab")
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert taken(build) == [("R-10K", "there", 30), ("R-10K", "here", 10)]


def test_lines_that_need_no_stock_are_passed_over(shop):
    board = shop.assembly("BOARD", {"R-10K": 1, "PASTE": 1, "LABEL": 1, "U-MCU": 1, "C-100N": 1})
    BomLine.objects.filter(part__number="PASTE").update(is_consumable=True)
    BomLine.objects.filter(part__number="LABEL").update(is_optional=True)
    build = shop.external(board, 10)
    buys = build.lines.get(part__number="C-100N")
    state_supply(build=build, choices=[Choice(buys.pk, Supply.THEY_BUY)], **shop.by_ada)
    for number in ("R-10K", "PASTE", "LABEL", "C-100N"):
        shop.put(number, 100)
    shop.part("U-MCU").save()
    done = auto_allocate(build=build, **shop.by_bo)
    assert [one["part"] for one in done.data["lines"]] == ["R-10K", "U-MCU"]
    assert taken(build) == [("R-10K", "", 10)]
    auto_allocate(build=build, optional_lines=True, **shop.by_bo)
    assert taken(build) == [("R-10K", "", 10), ("LABEL", "", 10)]


def test_a_line_that_one_manufacturer_gets_from_us_is_served(shop, build):
    shop.put("R-10K", 100)
    shop.put("C-100N", 100)
    first, _ = build.lines.all()
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    state_supply(build=build, choices=[Choice(first.pk, Supply.WE_SEND, build.manufacturer_id)], **shop.by_ada)
    auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("R-10K", "", 40)]


def test_single_pieces_with_serial_numbers_are_left_to_people(shop):
    module = shop.part("MODULE", is_trackable=True)
    build = shop.build(shop.assembly("DEVICE", {module.number: 1}), 5)
    shop.put(module.number, 1, serial="7")
    assert auto_allocate(build=build, **shop.by_bo).ids == []


def test_substitutes_come_after_the_part_itself(shop, build):
    line = BomLine.objects.get(part__number="R-10K")
    BomSubstitute.objects.create(bom_line=line, part=shop.part("R-9K9"))
    second = shop.build(build.part, 10)
    shop.put("R-9K9", 100, batch="old", days=-9)
    shop.put("R-10K", 30, batch="new")
    auto_allocate(build=second, interchangeable=True, substitutes=False, **shop.by_bo)
    assert taken(second) == [("R-10K", "new", 30)]
    auto_allocate(build=second, interchangeable=True, **shop.by_bo)
    assert taken(second) == [("R-10K", "new", 30), ("R-9K9", "old", 10)]


def test_units_beyond_the_plan_are_served_too(shop):
    """Twelve come where ten were planned: what the two need is due, and can be allocated by itself."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    line = shop.ordered(build, 12)
    shop.put("R-10K", 100)
    auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("R-10K", "", 40)]
    shop.received(line, 12)
    auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("R-10K", "", 48)]


def test_a_dry_run_only_explains(shop, build):
    shop.put("R-10K", 100)
    done = auto_allocate(build=build, dry_run=True, **shop.by_bo)
    assert done.data["lines"][0]["allocated"] == "40"
    assert taken(build) == []
    assert Build.objects.get(pk=build.pk).version == 1
    assert StockItem.objects.get().allocated == 0


def test_fractions_are_allocated_exactly(shop):
    build = shop.build(shop.assembly("CABLE", {"WIRE": "0.33333"}), 3)
    shop.put("WIRE", "0.99998")
    done = auto_allocate(build=build, **shop.by_bo)
    assert taken(build) == [("WIRE", "", Decimal("0.99998"))]
    assert done.data["lines"][0]["missing"] == "0.00001"


def test_refuses_lines_of_another_build(shop, build):
    strange = shop.build(build.part, 1).lines.first()
    assert shop.refused(auto_allocate, build=build, lines=[build.lines.first().pk, strange.pk]) == [
        ("line_unknown", (1, "line"))
    ]


def test_refuses_builds_that_are_over(shop, build):
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(auto_allocate, build=build) == [("wrong_state", ())]


@pytest.fixture
def cores(shop):
    """Three cores in production, of one board with a serial number each."""
    shop.part("BOARD", is_trackable=True)
    build = shop.build(shop.assembly("CORE", {"BOARD": 1, "SCREW": 2}, is_trackable=True), 3)
    make_outputs(build=build, units=3, serials="1-3", **shop.by_bo)
    return build


def units(build):
    rows = Allocation.objects.filter(build_line__build=build, output__isnull=False)
    return sorted(rows.values_list("output__item__serial", "item__part__number", "item__serial"))


def test_tracked_components_go_into_the_unit_with_their_serial_number(shop, cores):
    shop.put("SCREW", 100)
    for serial in ("1", "2", "7"):
        shop.put("BOARD", 1, serial=serial)
    assert [one["part"] for one in auto_allocate(build=cores, dry_run=True, **shop.by_bo).data["lines"]] == ["SCREW"]
    done = auto_allocate(build=cores, components=Components.TRACKED, **shop.by_bo)
    assert units(cores) == [("1", "BOARD", "1"), ("2", "BOARD", "2")]
    assert [(one["part"], one["allocated"], one["missing"]) for one in done.data["lines"]] == [("BOARD", "2", "1")]
    assert [choice["text"] for choice in done.data["lines"][0]["choices"]] == [
        "goes into unit 1", "goes into unit 2", "there is none with the serial number 3"
    ]  # fmt: skip
    done = auto_allocate(build=cores, components=Components.ALL, **shop.by_bo)
    assert [(one["part"], one["allocated"]) for one in done.data["lines"]] == [("SCREW", "6"), ("BOARD", "0")]
    shop.recount()


def test_a_component_sent_without_a_unit_goes_into_its_unit(shop):
    shop.part("BOARD", is_trackable=True)
    build = shop.external(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), 2)
    boards = [shop.put("BOARD", 1, "Acme Assembly", serial=serial) for serial in ("1", "2")]
    for board in boards:
        shop.allocate(build.reference, board, 1)
    shop.received(shop.ordered(build), serials="1-2")
    auto_allocate(build=build, components=Components.TRACKED, **shop.by_bo)
    assert units(build) == [("1", "BOARD", "1"), ("2", "BOARD", "2")]
    assert Allocation.objects.count() == 2
    shop.recount()


def test_two_components_of_one_serial_number_are_left_to_people(shop, cores):
    other = shop.part("BOARD-B", is_trackable=True)
    BuildLineSubstitute.objects.create(build_line=cores.lines.get(part__number="BOARD"), part=other)
    first, second = shop.put("BOARD", 1, serial="1"), shop.put("BOARD-B", 1, serial="1")
    done = auto_allocate(build=cores, components=Components.TRACKED, **shop.by_bo)
    assert units(cores) == []
    choices = done.data["lines"][0]["choices"][:2]
    assert [(one["item"], one["verdict"]) for one in choices] == [
        (first.pk, "several_have_serial"), (second.pk, "several_have_serial")
    ]  # fmt: skip
    auto_allocate(build=cores, components=Components.TRACKED, substitutes=False, **shop.by_bo)
    assert units(cores) == [("1", "BOARD", "1")]


def test_a_reel_is_taken_whole_and_by_one_build_only(shop, build):
    reel = shop.put("R-10K", 5000)
    done = auto_allocate(build=build, whole_items=True, **shop.by_bo)
    reel.refresh_from_db()
    assert reel.allocated == 5000
    assert done.data["lines"][0]["choices"][0]["text"] == "5000 taken whole, 4960 more than needed"
    second = shop.external(build.part, 10)
    shop.put("R-10K", 100, batch="shared")
    shop.allocate(second.reference, StockItem.objects.get(batch="shared"), 10)
    third = shop.external(build.part, 10)
    done = auto_allocate(build=third, whole_items=True, **shop.by_bo)
    assert done.ids == []
    assert done.data["lines"][0]["choices"][0]["verdict"] == "not_whole"
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_tracked_costs_the_same_for_one_and_for_many(shop, statements, count):
    shop.part("BOARD", is_trackable=True)
    build = shop.build(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), count)
    numbers = [str(number) for number in range(1, count + 1)]
    make_outputs(build=build, units=count, serials=numbers, **shop.by_bo)
    add_stock(
        rows=[NewStock(shop.part("BOARD").pk, count, serials=numbers, location=shop.location("Main shelf").pk)],
        **shop.by_bo,
    )
    with statements() as seen:
        done = auto_allocate(build=build, components=Components.TRACKED, **shop.by_bo)
    assert seen == 18
    assert len(done.ids) == count
    shop.recount()
