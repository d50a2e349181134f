"""Open units of a build go to a successor: a second manufacturer, an engineering change, from inside to outside."""

from decimal import Decimal

import pytest

from outwork.models import BomLine, Build, BuildLineSubstitute, Event, PurchaseLine, StockItem, SupplyChoice
from outwork.operations.allocating import allocate
from outwork.operations.checking_allocations import Take
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.deviating import Deviation, deviate_from_bom
from outwork.operations.finishing import finish_build
from outwork.operations.sending import send_kit
from outwork.operations.splitting_build import split_build
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.builds import progress
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen, Supply
from tests.stories import Stories


@pytest.fixture
def build(shop):
    board = shop.assembly("BOARD", {"R-10K": 4, "C-1U": 1})
    return shop.external(board, 10, destination=shop.location("Lab"))


@pytest.fixture
def bolt(shop, build):
    bolt = shop.manufacturer("Bolt Boards")
    shop.sells(bolt, build.part)
    return bolt


def split(shop, build, quantity, **facts):
    done = split_build(build=build, quantity=quantity, **{**shop.by_ada, **facts})
    build.refresh_from_db()
    return Build.objects.get(pk=done.ids[0])


def needs(build):
    return list(build.lines.filter(until_revision=None).order_by("position").values_list("part__number", "quantity"))


def allocated(build):
    sums = build.lines.filter(allocations__isnull=False).values_list("part__number", "allocations__quantity")
    return sorted(sums)


def test_it_works(shop, build, bolt):
    """Four of ten boards go to a second manufacturer, with a part of the kit that lies with us."""
    line = shop.ordered(build, 6)
    shop.allocate(build.reference, shop.put("R-10K", 50, value="5.00"), 40)
    made = shop.received(line, 2, accept=True)
    before = build.version
    other = split(shop, build, 4, manufacturer=bolt, reason="Too late at Acme")
    assert (build.quantity, other.quantity) == (6, 4)
    assert (other.split_from, other.manufacturer, other.is_external) == (build, bolt, True)
    assert (other.status, other.consume) == (BuildStatus.PRODUCTION, ConsumeWhen.ACCEPTANCE)
    assert build.version > before
    assert needs(build) == [("R-10K", 24), ("C-1U", 6)]
    assert needs(other) == [("R-10K", 16), ("C-1U", 4)]
    assert allocated(build) == [("R-10K", 16)]
    assert allocated(other) == [("R-10K", 16)]
    assert build.lines.get(part__number="R-10K").consumed == 8
    event = Event.objects.get(kind="build.split")
    assert (event.build, event.reason, event.data["successor"]) == (build, "Too late at Acme", other.pk)
    assert len(made) == 1
    shop.recount()


def test_both_are_built_to_their_end(shop, build, bolt):
    line = shop.ordered(build, 6)
    shop.allocate(build.reference, shop.put("R-10K", 50, value="5.00"), 40)
    shop.allocate(build.reference, shop.put("C-1U", 10, value="1.00"), 10)
    other = split(shop, build, 4, manufacturer=bolt)
    theirs = Stories(shop).order_from(other, bolt, 4)
    for one, its in ((build, line), (other, theirs)):
        send_kit(build=one, **shop.by_bo)
        shop.received(its, accept=True)
        finish_build(build=one, **shop.by_ada)
    assert StockItem.objects.filter(part__number="R-10K", used_by=None).get().quantity == 10
    shop.recount()


def test_open_order_lines_at_the_new_manufacturer_go_along(shop, build, bolt):
    Stories(shop).order_from(build, bolt, 4)
    shop.ordered(build, 6)
    other = split(shop, build, 4, manufacturer=bolt)
    assert PurchaseLine.objects.get(order__supplier=bolt).build == other
    assert (progress(build).ordered, progress(other).ordered) == (6, 4)
    assert other.status == BuildStatus.PRODUCTION


def test_lines_that_are_named_go_along_and_an_engineering_change_takes_the_new_bom(shop, build):
    first, second = shop.ordered(build, 6), shop.ordered(build, 4)
    shop.allocate(build.reference, shop.put("R-10K", 40), 40)
    BomLine.objects.filter(part__number="C-1U").update(part=shop.part("C-2U2"))
    BomLine.objects.filter(part__number="R-10K").update(quantity=5)
    other = split(shop, build, 4, lines=[second.pk], follow_bom=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.build, second.build) == (build, other)
    assert needs(build) == [("R-10K", 24), ("C-1U", 6)]
    assert needs(other) == [("R-10K", 20), ("C-2U2", 4)]
    assert allocated(other) == [("R-10K", 16)]
    assert other.status == BuildStatus.PRODUCTION
    shop.recount()


def test_a_pending_build_leaves_a_pending_one(shop, build):
    shop.allocate(build.reference, shop.put("R-10K", 40), 40)
    other = split(shop, build, 3)
    assert (build.status, other.status, other.issued_at) == (BuildStatus.PENDING, BuildStatus.PENDING, None)
    assert (needs(build)[0][1], needs(other)[0][1]) == (28, 12)
    assert (allocated(build), allocated(other)) == ([("R-10K", 28)], [("R-10K", 12)])
    shop.recount()


def test_from_inside_to_outside(shop):
    shop.switch_on()
    board = shop.assembly("BOARD", {"R-10K": 4})
    build = shop.build(board, 10)
    acme = shop.manufacturer()
    shop.sells(acme, board)
    shop.allocate(build.reference, shop.put("R-10K", 40), 40)
    other = split(shop, build, 4, is_external=True, manufacturer=acme)
    assert (other.is_external, other.consume) == (True, ConsumeWhen.ACCEPTANCE)
    assert allocated(other) == [("R-10K", 16)]
    shop.ordered(other)
    shop.recount()


def test_from_outside_to_inside(shop, build):
    lines = list(build.lines.order_by("position"))
    state_supply(build=build, choices=[Choice(lines[1].pk, Supply.THEY_BUY)], **shop.by_ada)
    shop.allocate(build.reference, shop.put("R-10K", 20), 20)
    there = shop.put("R-10K", 20, "Acme Assembly")
    shop.allocate(build.reference, there, 20)
    other = split(shop, build, 6, is_external=False)
    assert (other.is_external, other.manufacturer, other.consume) == (False, None, ConsumeWhen.FINISH)
    assert set(other.lines.values_list("supply", flat=True)) == {None}
    assert allocated(other) == [("R-10K", 20)]
    assert allocated(build) == [("R-10K", 20)]
    shop.recount()


def test_what_stands_in_and_who_supplies_goes_on(shop, build, bolt):
    lines = list(build.lines.order_by("position"))
    shop.ordered(build)
    BuildLineSubstitute.objects.create(build_line=lines[0], part=shop.part("R-10K-B"), is_for_this_build=True)
    choices = [Choice(lines[1].pk, Supply.THEY_BUY), Choice(lines[0].pk, Supply.SHIPPED_DIRECT, bolt.pk)]
    state_supply(build=build, choices=choices, **shop.by_ada)
    other = split(shop, build, 4, manufacturer=bolt)
    assert list(other.lines.order_by("position").values_list("supply", flat=True)) == [None, Supply.THEY_BUY]
    assert SupplyChoice.objects.get(build_line__build=other).supply == Supply.SHIPPED_DIRECT
    assert BuildLineSubstitute.objects.get(build_line__build=other).is_for_this_build


def test_what_lies_at_another_manufacturer_stays(shop, build, bolt):
    shop.ordered(build, 6)
    shop.allocate(build.reference, shop.put("R-10K", 40, "Acme Assembly"), 40)
    other = split(shop, build, 4, manufacturer=bolt)
    assert allocated(other) == []
    assert allocated(build) == [("R-10K", 40)]
    shop.recount()


def test_too_much_on_order_is_said(shop, build, bolt):
    shop.ordered(build, 10)
    done = split_build(build=build, quantity=4, manufacturer=bolt, **shop.by_ada)
    assert done.said == [{"code": "build_overordered", "build": build.reference, "planned": "6", "ordered": "10"}]


def test_refuses_more_than_is_open(shop, build):
    line = shop.ordered(build)
    first = shop.received(line, 3)[0]
    accept_outputs(build=build, decisions=[Decision(first.pk, Decimal(1))], **shop.by_bo)
    assert shop.refused(split_build, build=build, quantity=8) == [("split_more_than_open", ("quantity",))]
    assert split(shop, build, 7).quantity == 7
    assert build.quantity == 3


def test_refuses_to_leave_nothing_and_closed_builds(shop, build):
    assert shop.refused(split_build, build=build, quantity=10) == [("split_leaves_nothing", ("quantity",))]
    assert shop.refused(split_build, build=build, quantity=0) == [("quantity_not_positive", ("quantity",))]
    Build.objects.update(status=BuildStatus.COMPLETE)
    assert shop.refused(split_build, build=build, quantity=1) == [("wrong_state", ())]


def test_refuses_lines_that_cannot_go_along(shop, build):
    line = shop.ordered(build, 6)
    shop.received(line, 1)
    closed = shop.ordered(build, 2)
    PurchaseLine.objects.filter(pk=closed.pk).update(is_closed=True)
    lines = [line.pk, closed.pk, 999]
    assert shop.refused(split_build, build=build, quantity=2, lines=lines) == [
        ("split_line_received", ("lines", 0)),
        ("split_line_unknown", ("lines", 1)),
        ("split_line_unknown", ("lines", 2)),
    ]
    inside = shop.refused(split_build, build=build, quantity=2, lines=[line.pk], is_external=False)
    assert inside == [("split_lines_inside", ("lines",)), ("split_line_received", ("lines", 0))]


def test_refuses_a_manufacturer_that_is_none(shop, build):
    shop.ordered(build, 6)
    supplier = shop.company("Reichelt")
    refused = shop.refused(split_build, build=build, quantity=2, manufacturer=supplier)
    assert refused == [("company_not_manufacturer", ("manufacturer",))]


@pytest.mark.parametrize("lines", [1, 10, 1000])
def test_it_costs_the_same_for_any_number_of_lines(shop, statements, lines):
    board = shop.assembly("BOARD", {f"P{number}": 1 for number in range(lines)})
    build = shop.external(board, 10)
    shop.ordered(build, 6)
    line = build.lines.order_by("pk")[0]
    shop.allocate(build.reference, shop.put(line.part, 10), 10)
    with statements() as count:
        split_build(build=build, quantity=4, **shop.by_ada)
    assert count == 49
    shop.recount()


def test_two_lines_of_a_part_that_meet_one_of_the_new_bom_become_one(shop, build, bolt):
    """A deviation added more of the resistor: the BOM of today has one line for it, and that needs no more than it says."""
    shop.ordered(build)
    more = Deviation(shop.part("R-10K"), 2)
    done = deviate_from_bom(build=build, deviations=[more], reason="Too weak", approved_by="Ada", **shop.by_ada)
    first, added = build.lines.get(part__number="R-10K", deviation=""), build.lines.get(pk=done.ids[0])
    choices = [
        Choice(first.pk, Supply.SHIPPED_DIRECT, bolt.pk),
        Choice(added.pk, Supply.THEY_BUY, bolt.pk),
        Choice(added.pk, Supply.ALREADY_THERE, build.manufacturer_id),
    ]
    state_supply(build=Build.objects.get(pk=build.pk), choices=choices, **shop.by_ada)
    for line in (first, added):
        BuildLineSubstitute.objects.create(build_line=line, part=shop.part("R-10K-B"), is_for_this_build=True)
    build.refresh_from_db()
    other = split(shop, build, 4, follow_bom=True)
    assert needs(build) == [("R-10K", 24), ("C-1U", 6), ("R-10K", 12)]
    assert needs(other) == [("R-10K", 16), ("C-1U", 4)]
    line = other.lines.get(part__number="R-10K")
    stated = SupplyChoice.objects.filter(build_line=line).order_by("manufacturer__name")
    assert list(stated.values_list("manufacturer__name", "supply")) == [
        ("Acme Assembly", Supply.ALREADY_THERE),
        ("Bolt Boards", Supply.SHIPPED_DIRECT),
    ]
    assert line.deviation == ""
    assert line.substitutes.count() == 1


def test_a_line_that_two_lines_meet_gets_no_more_than_it_needs(shop, build):
    shop.ordered(build)
    more = Deviation(shop.part("R-10K"), 4)
    done = deviate_from_bom(build=build, deviations=[more], reason="Too weak", approved_by="Ada", **shop.by_ada)
    first, item = build.lines.get(part__number="R-10K", deviation=""), shop.put("R-10K", 100)
    takes = [Take(line, item.pk, 40) for line in (first.pk, done.ids[0])]
    allocate(build=Build.objects.get(pk=build.pk), takes=takes, **shop.by_bo)
    build.refresh_from_db()
    other = split(shop, build, 4, follow_bom=True)
    assert allocated(other) == [("R-10K", 16)]
    shop.recount()
