"""What a build used comes back into stock: its line has consumed less, and its units cost less."""

from decimal import Decimal

import pytest

from outwork.models import Build, BuildLine, BuildOutput, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.returning_used import Returned, return_used
from outwork.operations.taking_back import reverse_event
from outwork.operations.uninstalling_stock import Removed, uninstall_stock
from outwork.queries import stock
from outwork.rules.places import PlaceKind
from outwork.rules.supply import ConsumeWhen


def built(shop, *, finished=True):
    """Two boards of 10 resistors each, from a reel of 100 that is worth 5.00; gives the build and what it used."""
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 2, consume=ConsumeWhen.ACCEPTANCE)
    reel = shop.put("R-10K", 100, batch="A", value="5.00")
    allocate(build=build, takes=[Take(build.lines.get().pk, reel.pk, 20)], **shop.by_bo)
    made = make_outputs(build=build, units=2, **shop.by_bo)
    build.refresh_from_db()
    accept_outputs(build=build, decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    build.refresh_from_db()
    if finished:
        finish_build(build=build, **shop.by_bo)
    return build, StockItem.objects.get(used_by=build, place=PlaceKind.USED)


def consumed(build):
    return BuildLine.objects.get(build=build).consumed


def worth_of_outputs(build):
    return sum(BuildOutput.objects.filter(build=build).values_list("item__value", flat=True))


def test_it_works(shop):
    build, used = built(shop)
    assert (consumed(build), worth_of_outputs(build)) == (20, 1)
    done = return_used(rows=[Returned(used.pk, shop.location("Rack").pk, 5)], reason="leftover", **shop.by_bo)
    assert (consumed(build), worth_of_outputs(build)) == (15, Decimal("0.75"))
    shop.expect("""
        R-10K   batch A   Main shelf   80
        R-10K   batch A   Rack         5
        BOARD   -         2
    """)
    (back,) = StockItem.objects.filter(pk__in=done.ids)
    assert (back.value, back.root_id, back.used_by) == (Decimal("0.25"), used.root_id, None)
    assert [(one["code"], one["build"], one["quantity"]) for one in done.said] == [
        ("consumed_less", build.reference, "5")
    ]
    assert [step.kind for step in stock.history(back)] == ["unused"]
    shop.recount()


def test_all_of_it_comes_back_as_it_was_used_and_is_due_again(shop):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 10}), 2, consume=ConsumeWhen.ACCEPTANCE)
    reel = shop.put("R-10K", 20, value="5.00")
    allocate(build=build, takes=[Take(build.lines.get().pk, reel.pk, 20)], **shop.by_bo)
    made = make_outputs(build=build, units=2, **shop.by_bo)
    accept_outputs(build=Build.objects.get(), decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    assert return_used(rows=[Returned(reel.pk, None)], reason="another reel", **shop.by_bo).ids == [reel.pk]
    reel.refresh_from_db()
    assert (reel.place, reel.used_by, reel.value, consumed(build)) == (PlaceKind.UNPLACED, None, 5, 0)
    shop.recount()
    other = shop.put("R-10K", 50, value="10.00")
    allocate(build=Build.objects.get(), takes=[Take(build.lines.get().pk, other.pk, 20)], **shop.by_bo)
    settle_shortfalls(build=Build.objects.get(), **shop.by_bo)
    assert consumed(build) == 20
    finish_build(build=Build.objects.get(), **shop.by_bo)
    assert worth_of_outputs(build) == 4
    shop.recount()


@pytest.mark.parametrize("quantity", [None, 5])
def test_it_is_taken_back(shop, quantity):
    build, used = built(shop)
    done = return_used(rows=[Returned(used.pk, None, quantity)], reason="leftover", **shop.by_bo)
    reverse_event(event=done.event_id, reason="it was another build's", **shop.by_bo)
    used.refresh_from_db()
    assert (used.quantity, used.value, used.place, used.used_by) == (20, 1, PlaceKind.USED, build)
    assert (consumed(build), worth_of_outputs(build)) == (20, 1)
    shop.recount()
    return_used(rows=[Returned(used.pk, None, 20)], reason="after all", **shop.by_bo)
    assert (consumed(build), worth_of_outputs(build)) == (0, 0)
    shop.recount()


def test_what_a_build_fitted_comes_out_of_its_unit(shop):
    shop.part("MODULE", is_trackable=True)
    module = shop.put("MODULE", 1, serial="M1", value="10.00")
    build = shop.build(shop.assembly("CORE", {"MODULE": 1}, is_trackable=True), 1, consume=ConsumeWhen.ACCEPTANCE)
    made = make_outputs(build=build, units=1, serials=["C1"], **shop.by_bo)
    build.refresh_from_db()
    allocate(build=build, takes=[Take(build.lines.get().pk, module.pk, 1, made.ids[0])], **shop.by_bo)
    build.refresh_from_db()
    accept_outputs(build=build, decisions=[Decision(made.ids[0])], **shop.by_bo)
    module.refresh_from_db()
    assert (module.place, worth_of_outputs(build), consumed(build)) == (PlaceKind.INSIDE, 10, 1)
    done = uninstall_stock(rows=[Removed(module.pk, shop.location("Rack").pk)], reason="defect", **shop.by_bo)
    module.refresh_from_db()
    assert (module.place, module.value, module.used_by) == (PlaceKind.LOCATION, 10, None)
    assert (consumed(build), worth_of_outputs(build)) == (0, 0)
    shop.recount()
    reverse_event(event=done.event_id, reason="it was fine", **shop.by_bo)
    module.refresh_from_db()
    assert (module.place, module.used_by, worth_of_outputs(build), consumed(build)) == (PlaceKind.INSIDE, build, 10, 1)
    shop.recount()


def test_refuses_what_was_not_used(shop):
    build, used = built(shop)
    reel = StockItem.objects.get(quantity=80)
    rows = [Returned(reel.pk, None), Returned(used.pk, 47110815, 21)]
    assert shop.refused(return_used, rows=rows, reason="leftover") == [
        ("location_unknown", (1, "location")),
        ("item_elsewhere", (0, "item")),
        ("item_short", (1, "quantity")),
        ("use_unknown", (0, "quantity")),
    ]
    assert shop.refused(return_used, rows=[Returned(used.pk, None)], reason=" ") == [
        ("used_without_reason", ("reason",))
    ]
    assert consumed(build) == 20


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    bom = {f"C-{number}": 1 for number in range(count)}
    build = shop.build(shop.assembly("BOARD", bom), 2, consume=ConsumeWhen.ACCEPTANCE)
    lines = list(build.lines.select_related("part"))
    takes = [Take(line.pk, shop.put(line.part, 5, value="1.00").pk, 2) for line in lines]
    allocate(build=build, takes=takes, **shop.by_bo)
    made = make_outputs(build=build, units=2, **shop.by_bo)
    accept_outputs(build=Build.objects.get(), decisions=[Decision(one) for one in made.ids], **shop.by_bo)
    finish_build(build=Build.objects.get(), **shop.by_bo)
    used = StockItem.objects.filter(used_by=build, place=PlaceKind.USED).order_by("pk")
    rows = [Returned(item.pk, None, 1) for item in used]
    assert len(rows) == count
    with statements() as seen:
        return_used(rows=rows, reason="leftover", **shop.by_bo)
    assert seen == 32
    assert worth_of_outputs(build) == Decimal("0.2") * count
