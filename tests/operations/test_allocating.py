"""Allocate stock exactly as told, and take it back: never more than an item has free, over all builds together."""

from decimal import Decimal

import pytest

from outwork.models import Allocation, BomLine, BomSubstitute, BuildOutput, StockItem
from outwork.operations.allocating import Release, Take, allocate, deallocate
from outwork.operations.build_states import cancel_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.states import StockStatus
from outwork.rules.supply import Supply


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2}), 10)


@pytest.fixture
def line(build):
    return build.lines.get(part__number="R-10K")


def meant(build):
    rows = Allocation.objects.filter(build_line__build=build).order_by("pk")
    return [(row.item.part.number, row.quantity) for row in rows]


def test_it_works(shop, build, line):
    reel, rest = shop.put("R-10K", 30, batch="A"), shop.put("R-10K", 500, batch="B")
    done = allocate(build=build, takes=[Take(line.pk, reel.pk, 30), Take(line.pk, rest.pk, "10")], **shop.by_bo)
    assert (done.ids, done.said) == ([reel.pk, rest.pk], [])
    shop.expect("""
        R-10K   batch A   Main shelf   30    for BO-0001
        R-10K   batch B   Main shelf   10    for BO-0001
        R-10K   batch B   Main shelf   490
    """)
    allocate(build=build, takes=[Take(line.pk, rest.pk, "0.5")], **shop.by_bo)
    assert meant(build) == [("R-10K", 30), ("R-10K", Decimal("10.5"))]
    build.refresh_from_db()
    assert build.version == 3
    shop.recount()


def test_more_than_a_line_needs_is_said_once(shop, build, line):
    reel, capacitors = shop.put("R-10K", 100), shop.put("C-100N", 100)
    done = allocate(build=build, takes=[Take(line.pk, reel.pk, 50)], **shop.by_bo)
    assert done.said == [{"code": "line_overallocated", "part": "R-10K", "allocated": "50", "needed": "40"}]
    other = build.lines.get(part__number="C-100N")
    assert allocate(build=build, takes=[Take(other.pk, capacitors.pk, 20)], **shop.by_bo).said == []


def test_variants_and_substitutes_fit_where_the_line_says_so(shop, build, line):
    bom_line = BomLine.objects.get(part__number="R-10K")
    substitute = shop.part("R-9K9")
    BomSubstitute.objects.create(bom_line=bom_line, part=substitute)
    variant = shop.part("R-10K-1%", variant_of=line.part)
    BomLine.objects.filter(pk=bom_line.pk).update(allows_variants=True)
    second = shop.build(build.part, 10)
    fits = second.lines.get(part__number="R-10K")
    takes = [Take(fits.pk, shop.put(part.number, 5).pk, 5) for part in (substitute, variant)]
    allocate(build=second, takes=takes, **shop.by_bo)
    assert meant(second) == [("R-9K9", 5), ("R-10K-1%", 5)]
    takes = [Take(line.pk, shop.put(part.number, 5).pk, 5) for part in (substitute, variant)]
    assert shop.refused(allocate, build=build, takes=takes) == [("item_wrong_part", (n, "item")) for n in (0, 1)]


def test_stock_at_the_builds_own_manufacturer_is_as_good_as_ours(shop, build, line):
    item = shop.put("R-10K", 40, "Acme Assembly")
    allocate(build=build, takes=[Take(line.pk, item.pk, 40)], **shop.by_bo)
    shop.expect("R-10K   Acme Assembly   40   for BO-0001")


def test_a_line_that_one_manufacturer_gets_from_us_can_be_allocated(shop, build, line):
    """The others buy it, but this one gets it sent."""
    state_supply(
        build=build,
        choices=[Choice(line.pk, Supply.THEY_BUY), Choice(line.pk, Supply.WE_SEND, build.manufacturer_id)],
        **shop.by_ada,
    )
    allocate(build=build, takes=[Take(line.pk, shop.put("R-10K", 40).pk, 40)], **shop.by_bo)
    assert meant(build) == [("R-10K", 40)]


def test_freeing_all_or_some(shop, build, line):
    other = build.lines.get(part__number="C-100N")
    old, new = shop.put("R-10K", 100), shop.put("R-10K", 100)
    capacitors = shop.put("C-100N", 100)
    takes = [Take(line.pk, old.pk, 25), Take(line.pk, new.pk, 15), Take(other.pk, capacitors.pk, 20)]
    allocate(build=build, takes=takes, **shop.by_bo)
    done = deallocate(build=build, releases=[Release(line.pk, quantity=20)], **shop.by_bo)
    assert done.ids == [old.pk, new.pk]
    assert meant(build) == [("R-10K", 20), ("C-100N", 20)]
    done = deallocate(build=build, releases=[Release(line.pk, old.pk, 5), Release(other.pk)], **shop.by_bo)
    assert done.ids == [old.pk, capacitors.pk]
    assert meant(build) == [("R-10K", 15)]
    deallocate(build=build, **shop.by_bo)
    assert meant(build) == []
    shop.expect("""
        R-10K    Main shelf   200
        C-100N   Main shelf   100
    """)
    shop.recount()


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-1, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
    ],
)
def test_refuses_bad_quantities(shop, build, line, quantity, code):
    item = shop.put("R-10K", 100)
    takes = [Take(line.pk, item.pk, 1), Take(line.pk, item.pk, quantity)]
    assert shop.refused(allocate, build=build, takes=takes) == [(code, (1, "quantity"))]
    shop.allocate(build.reference, item, 40)
    releases = [Release(line.pk), Release(line.pk, item.pk, quantity)]
    assert shop.refused(deallocate, build=build, releases=releases) == [(code, (1, "quantity"))]


def test_refuses_more_than_is_free_over_all_builds_together(shop, build, line):
    item = shop.put("R-10K", 100)
    second = shop.build(build.part, 10)
    shop.allocate(second.reference, item, 70)
    takes = [Take(line.pk, item.pk, 20), Take(line.pk, item.pk, 11)]
    assert shop.refused(allocate, build=build, takes=takes) == [("item_not_free", (1, "quantity"))]
    allocate(build=build, takes=[Take(line.pk, item.pk, 30)], **shop.by_bo)
    shop.recount()


def test_refuses_lines_of_another_build(shop, build):
    other = shop.build(build.part, 10).lines.get(part__number="R-10K")
    item = shop.put("R-10K", 100)
    assert shop.refused(allocate, build=build, takes=[Take(other.pk, item.pk, 1)]) == [("line_unknown", (0, "line"))]
    assert shop.refused(deallocate, build=build, releases=[Release(other.pk, item.pk, 1), Release(47110815)]) == [
        ("line_unknown", (0, "line")),
        ("line_unknown", (1, "line")),
    ]


def test_refuses_the_wrong_part_and_unknown_items(shop, build, line):
    item = shop.put("C-100N", 100)
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, item.pk, 1)]) == [("item_wrong_part", (0, "item"))]
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, 47110815, 1)]) == [("item_unknown", ())]


def test_refuses_stock_that_cannot_be_used(shop, build, line):
    item = shop.put("R-10K", 100)
    StockItem.objects.filter(pk=item.pk).update(status=StockStatus.QUARANTINED)
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, item.pk, 1)]) == [("item_not_usable", (0, "item"))]


def test_refuses_units_in_production(shop, build):
    inner = shop.assembly("MODULE", {"R-10K": 1})
    outer = shop.build(shop.assembly("DEVICE", {"MODULE": 1}), 5)
    make_outputs(build=shop.build(inner, 5), units=5, **shop.by_bo)
    item = StockItem.objects.get(part=inner)
    takes = [Take(outer.lines.get().pk, item.pk, 5)]
    assert shop.refused(allocate, build=outer, takes=takes) == [("item_not_usable", (0, "item"))]


def test_refuses_stock_at_another_manufacturer(shop, build, line):
    shop.manufacturer("Best Boards")
    item = shop.put("R-10K", 100, "Best Boards")
    takes = [Take(line.pk, item.pk, 1)]
    assert shop.refused(allocate, build=build, takes=takes) == [("item_at_another_manufacturer", (0, "item"))]


def test_refuses_lines_that_need_no_stock_of_ours(shop, build, line):
    item = shop.put("R-10K", 100)
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY)], **shop.by_ada)
    takes = [Take(line.pk, item.pk, 1)]
    assert shop.refused(allocate, build=build, takes=takes) == [("line_supplied_by_manufacturer", (0, "line"))]
    BomLine.objects.filter(part__number="R-10K").update(is_consumable=True)
    second = shop.build(build.part, 10)
    takes = [Take(second.lines.get(part__number="R-10K").pk, item.pk, 1)]
    assert shop.refused(allocate, build=second, takes=takes) == [("line_is_consumable", (0, "line"))]


def test_refuses_part_of_what_is_one_piece(shop):
    module = shop.part("MODULE", is_trackable=True)
    build = shop.build(shop.assembly("DEVICE", {"MODULE": 1}), 5)
    item = shop.put(module.number, 1, serial="7")
    takes = [Take(build.lines.get().pk, item.pk, "0.5")]
    assert shop.refused(allocate, build=build, takes=takes, accept_without_unit=True) == [
        ("quantity_not_whole", (0, "quantity"))
    ]


def test_refuses_outputs_that_are_none_of_this_build_or_done(shop, build, line):
    item = shop.put("R-10K", 100)
    made = shop.received(shop.ordered(build), 2)
    other = shop.build(build.part, 1)
    make_outputs(build=other, units=1, **shop.by_bo)
    strange = BuildOutput.objects.get(build=other)
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, item.pk, 1, strange.pk)]) == [
        ("output_unknown", (0, "output"))
    ]
    BuildOutput.objects.filter(pk=made[0].pk).update(state=20, decided_event=made[0].made_event)
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, item.pk, 1, made[0].pk)]) == [
        ("output_decided", (0, "output"))
    ]


def test_refuses_nothing(shop, build):
    assert shop.refused(allocate, build=build, takes=[]) == [("rows_missing", ())]


def test_refuses_builds_that_are_over_or_were_changed(shop, build, line):
    takes = [Take(line.pk, shop.put("R-10K", 100).pk, 1)]
    assert shop.refused(allocate, build=build, takes=takes, expected_version=9) == [("version_changed", ())]
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(allocate, build=build, takes=takes) == [("wrong_state", ())]


def test_refuses_to_free_what_is_not_allocated(shop, build, line):
    item, other = shop.put("R-10K", 100), shop.put("R-10K", 100)
    assert shop.refused(deallocate, build=build, releases=[Release(line.pk, quantity=5)]) == [
        ("nothing_allocated", (0, "item"))
    ]
    shop.allocate(build.reference, item, 40)
    assert shop.refused(deallocate, build=build, releases=[Release(line.pk, other.pk)]) == [
        ("nothing_allocated", (0, "item"))
    ]
    assert shop.refused(deallocate, build=build, releases=[Release(line.pk, item.pk, 41)]) == [
        ("allocated_less", (0, "quantity"))
    ]


def test_refuses_a_batch_as_the_unit_that_stock_is_for(shop):
    build = shop.external(shop.assembly("SIMPLE", {"R-10K": 4}), 10)
    batch = shop.received(shop.ordered(build), 10)[0]
    take = Take(build.lines.get().pk, shop.put("R-10K", 40).pk, 40, batch.pk)
    assert shop.refused(allocate, build=build, takes=[take]) == [("output_without_serial", (0, "output"))]


def test_what_was_sent_for_the_build_is_given_to_a_unit(shop):
    shop.part("MODULE", is_trackable=True)
    build = shop.build(shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True), 2)
    line, module = build.lines.get(), shop.put("MODULE", 1, serial="M1")
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, module.pk, 1)]) == [("unit_missing", (0, "output"))]
    allocate(build=build, takes=[Take(line.pk, module.pk, 1)], accept_without_unit=True, **shop.by_bo)
    first, second = make_outputs(build=build, units=2, serials="1-2", **shop.by_bo).ids
    allocate(build=build, takes=[Take(line.pk, module.pk, 1, first)], **shop.by_bo)
    assert [(one.output_id, one.quantity) for one in Allocation.objects.all()] == [(first, 1)]
    assert shop.refused(allocate, build=build, takes=[Take(line.pk, module.pk, 1, second)]) == [
        ("item_not_free", (0, "quantity"))
    ]
    assert shop.refused(deallocate, build=build, releases=[Release(line.pk, output_id=second)]) == [
        ("nothing_allocated", (0, "item"))
    ]
    deallocate(build=build, releases=[Release(line.pk, output_id=first)], **shop.by_bo)
    assert not Allocation.objects.exists()
    shop.recount()


def test_what_an_external_build_is_sent_has_no_unit_yet(shop):
    shop.part("MODULE", is_trackable=True)
    build = shop.external(shop.assembly("DEVICE", {"MODULE": 1}, is_trackable=True), 2)
    takes = [Take(build.lines.get().pk, shop.put("MODULE", 1, serial="M1").pk, 1)]
    allocate(build=build, takes=takes, **shop.by_bo)
    assert meant(build) == [("MODULE", 1)]
