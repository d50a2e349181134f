"""Which lots are in a serial number, with known answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from outwork.models import StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import Decision, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.supplying import Choice, state_supply, supply_everything
from outwork.queries.trace import Unit, every_lot, trace_down, trace_items_down
from outwork.rules.receiving import Arrival
from outwork.rules.supply import Supply
from tests.shop import Shop
from tests.stories import Stories


@pytest.fixture
def story(shop: Shop) -> Iterator[Stories]:
    """Builds outside and inside, told shortly; the ledger is recounted at the end."""
    yield Stories(shop)
    shop.recount()


def lots(unit: Unit) -> dict[str, str]:
    """What is directly in a unit: how sure each lot is, by its label."""
    return {one.lot.label: str(one.certainty) for one in unit.found()}


def everything(unit: Unit) -> dict[str, str]:
    """All bought lots in a unit, through all levels."""
    return {lot.label: str(sure) for lot, sure in every_lot(unit).items()}


def test_one_lot_is_certain_and_says_whose_it_was(story: Stories) -> None:
    digi = story.shop.company("Digi-Key")
    resistor = story.shop.part("R-10K")
    sold = story.shop.sells(digi, resistor, "0.01", sku="DK-10K")
    order = create_order(supplier=digi, **story.shop.by(story.shop.ada, days=-9))
    added = add_lines(
        order=story.order(order.ids[0]), lines=[NewLine(sold.pk, 100)], **story.shop.by(story.shop.ada, days=-9)
    )
    place_order(order=story.order(order.ids[0]), **story.shop.by(story.shop.ada, days=-9))
    came = receive(
        order=story.order(order.ids[0]),
        arrivals=[Arrival(added.ids[0], 100, batch="A1")],
        location=story.shelf,
        **story.shop.by(story.shop.bo, days=-5),
    )
    build = story.outside("GADGET", {"R-10K": 2}, 10)
    story.take(build, StockItem.objects.get(pk=came.ids[0]), 20)
    story.send(build, days=1)
    story.receive(build, "1-10", days=5)

    unit = trace_down(story.item("7"))
    assert unit.made is not None
    assert (unit.made.build, unit.made.manufacturer, unit.made.order) == (
        build.reference,
        "Acme Assembly",
        story.line(build).order.reference,
    )
    [line] = unit.lines
    [found] = line.lots
    assert (line.part, line.per_unit, line.needed, line.missing, line.supplied_by) == ("R-10K", 2, 20, 0, "")
    assert (found.certainty, found.quantity, found.units) == ("certain", 20, [])
    assert (found.lot.batch, found.lot.supplier, found.lot.sku) == ("A1", "Digi-Key", "DK-10K")
    assert found.lot.order == story.order(order.ids[0]).reference


def test_of_two_reels_each_is_possible_whatever_acceptance_booked(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10)
    story.take(build, story.shop.put("R-10K", 6, batch="A"), 6)
    story.take(build, story.shop.put("R-10K", 4, batch="B"), 4)
    story.send(build, days=1)
    story.receive(build, "1-5", days=5)
    # Five of A are booked and B only waits, but nobody knows which reel was on the machine.
    both = {"R-10K batch A": "possible", "R-10K batch B": "possible"}
    assert lots(trace_down(story.item("1"))) == both
    story.receive(build, "6-10", days=6)
    assert lots(trace_down(story.item("1"))) == lots(trace_down(story.item("10"))) == both


def test_one_unit_accepted_at_a_time_proves_nothing_either(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 2)
    story.take(build, story.shop.put("R-10K", 1, batch="A"), 1)
    story.take(build, story.shop.put("R-10K", 1, batch="B"), 1)
    story.send(build, days=1)
    story.receive(build, "1", days=5)
    story.receive(build, "2", days=5)
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "possible", "R-10K batch B": "possible"}


def test_two_parts_of_one_reel_are_one_lot(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10)
    reel = story.shop.put("R-10K", 40, batch="A")
    [part] = transfer_stock(
        rows=[Transfer(reel.pk, story.shop.location("Back room").pk, 15)], **story.shop.by(story.shop.bo)
    ).ids
    story.take(build, reel, 4)
    story.take(build, StockItem.objects.get(pk=part), 6)
    story.send(build, days=1)
    story.receive(build, "1-10", days=5)
    assert lots(trace_down(story.item("3"))) == {"R-10K batch A": "certain"}


def test_a_reel_sent_after_a_unit_was_received_is_not_in_it(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10)
    story.take(build, story.shop.put("R-10K", 5, batch="A"), 5)
    story.send(build, days=1)
    story.receive(build, "1-5", days=5)
    # The second reel lay with us long before; what counts is when it came to the manufacturer.
    story.take(build, story.shop.put("R-10K", 5, batch="B", days=-20), 5)
    story.send(build, days=6)
    story.receive(build, "6-10", days=9)

    early, late = trace_down(story.item("5")), trace_down(story.item("6"))
    assert lots(early) == {"R-10K batch A": "certain"}
    assert [lot.batch for lot in early.lines[0].late] == ["B"]
    assert lots(late) == {"R-10K batch A": "possible", "R-10K batch B": "possible"}


def test_a_kit_booked_late_but_sent_in_time_counts_by_the_day_it_was_sent(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10)
    story.take(build, story.shop.put("R-10K", 5, batch="A"), 5)
    story.send(build, days=1)
    story.receive(build, "1-10", days=5, accept=False)
    story.take(build, story.shop.put("R-10K", 5, batch="B"), 5)
    story.send(build, days=2)
    story.accept(build, days=6)
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "possible", "R-10K batch B": "possible"}


def test_stock_that_never_left_our_shelf_counts_from_the_day_it_came_to_us(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10)
    story.take(build, story.shop.put("R-10K", 10, batch="A", days=1), 10)
    story.receive(build, "1-5", days=5)
    story.take(build, story.shop.put("R-10K", 10, batch="B", days=7), 5)
    story.receive(build, "6-10", days=9)
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "certain"}


def test_what_one_manufacturer_had_is_not_in_the_units_of_another(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 10, units=5)
    other = story.shop.manufacturer("Best Boards")
    story.shop.sells(other, build.part, "11.00")
    line = story.order_from(build, other, 5)
    reels = {name: story.shop.put("R-10K", 5, batch=name) for name in ("A", "B")}
    story.take(build, reels["A"], 5)
    story.send(build, days=1, manufacturer=build.manufacturer)
    story.take(build, reels["B"], 5)
    story.send(build, days=1, manufacturer=other)
    story.receive(build, "1-5", days=5)
    story.receive(build, "6-10", days=5, line=line)
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "certain"}
    unit = trace_down(story.item("6"))
    assert lots(unit) == {"R-10K batch B": "certain"}
    assert (unit.made and unit.made.manufacturer, unit.lines[0].needed) == ("Best Boards", 5)


def test_a_sub_assembly_made_inside_is_opened_two_levels_down(story: Stories) -> None:
    story.shop.put("CAP", 10, batch="C1")
    story.shop.put("PCB", 10, batch="P1")
    module = story.inside("MODULE", {"PCB": 1, "CAP": 2}, 5, serials="1-5")
    build = story.outside("GADGET", {"MODULE": 1, "SCREW": 4}, 5)
    story.take(build, story.shop.put("SCREW", 20, batch="S1"), 20)
    first = StockItem.objects.get(part__number="MODULE", serial="1")
    story.send(build, days=1)
    story.receive(build, "101-105", days=5, accept=False)
    story.take(build, first, 1, output=story.item("101"))
    for number in "2345":
        story.take(build, StockItem.objects.get(part__number="MODULE", serial=number), 1)
    story.accept(build, days=6, unfitted="Nobody noted which module is in which")

    unit = trace_down(story.item("101"))
    assert lots(unit) == {"MODULE 1": "certain", "SCREW batch S1": "certain"}
    [found] = [one for one in unit.found() if one.lot.part == "MODULE"]
    [inner] = found.units
    assert inner.made is not None
    assert inner.made.build == module.reference
    assert lots(inner) == {"PCB batch P1": "certain", "CAP batch C1": "certain"}
    assert everything(unit) == {
        "PCB batch P1": "certain",
        "CAP batch C1": "certain",
        "SCREW batch S1": "certain",
    }
    # The other four lay there for whichever unit: each may have each.
    other = trace_down(story.item("102"))
    modules = {f"MODULE {number}": "possible" for number in "2345"}
    assert lots(other) == {**modules, "SCREW batch S1": "certain"}
    assert everything(other)["CAP batch C1"] == "possible"


def test_a_batch_that_was_split_and_moved_is_still_what_it_was_made_of(story: Stories) -> None:
    story.shop.put("PCB", 20, batch="P1")
    story.inside("MODULE", {"PCB": 1}, 20, batch="M7")
    batch = StockItem.objects.get(part__number="MODULE", batch="M7", quantity=20)
    [part] = transfer_stock(
        rows=[Transfer(batch.pk, story.shop.location("Back room").pk, 8)], **story.shop.by(story.shop.bo, days=3)
    ).ids
    [piece] = transfer_stock(rows=[Transfer(part, story.shelf.pk, 3)], **story.shop.by(story.shop.bo, days=4)).ids
    units = trace_items_down([batch.pk, part, piece])
    assert [lots(unit) for unit in units] == [{"PCB batch P1": "certain"}]
    assert units[0].quantity == 20


def test_a_line_that_the_manufacturer_buys_says_so_until_he_reports_the_lot(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1, "MCU": 1}, 4)
    _, mcu = build.lines.order_by("position")
    state_supply(build=build, choices=[Choice(mcu.pk, Supply.THEY_BUY)], **story.shop.by_ada)
    story.take(build, story.shop.put("R-10K", 4, batch="A"), 4)
    story.send(build, days=1)
    story.receive(build, "1-4", days=5)

    line = trace_down(story.item("1")).lines[1]
    assert (line.part, line.supplied_by, line.lots, line.reported) == ("MCU", "Acme Assembly", [], [])
    report_lots(
        build=build,
        rows=[LotReport(mcu.pk, mpn="STM32F405", lot="L55", date_code="2531")],
        **story.shop.by(story.shop.ada, days=9),
    )
    [reported] = trace_down(story.item("1")).lines[1].reported
    assert (reported.mpn, reported.lot, reported.date_code, reported.certainty) == (
        *("STM32F405", "L55", "2531"),
        "certain",
    )
    own = LotReport(mcu.pk, lot="L66", output_id=story.output("2").pk)
    report_lots(build=build, rows=[own], **story.shop.by(story.shop.ada, days=9))
    seen = {
        serial: [(one.lot, str(one.certainty)) for one in trace_down(story.item(serial)).lines[1].reported]
        for serial in "12"
    }
    assert seen == {"1": [("L55", "possible")], "2": [("L66", "certain")]}


def test_a_turnkey_build_has_no_lots_of_ours(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 2)
    supply_everything(build=build, supply=Supply.THEY_BUY, **story.shop.by_ada)
    story.receive(build, "1-2", days=5)
    finish_build(build=build, **story.shop.by(story.shop.ada, days=6))
    unit = trace_down(story.item("2"))
    assert [(line.supplied_by, line.lots) for line in unit.lines] == [("Acme Assembly", [])]


def test_an_undecided_line_that_was_short_at_the_finish_was_supplied_by_the_manufacturer(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 4)
    story.take(build, story.shop.put("R-10K", 3, batch="A"), 3)
    story.send(build, days=1)
    story.receive(build, "1-4", days=5)
    finish_build(build=build, accept_unallocated=True, **story.shop.by(story.shop.ada, days=6))
    unit = trace_down(story.item("2"))
    assert lots(unit) == {"R-10K batch A": "possible"}
    assert (unit.lines[0].supplied_by, unit.lines[0].missing, unit.lines[0].needed) == ("Acme Assembly", 1, 4)


def test_what_is_not_booked_is_said_and_makes_a_lot_only_possible(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1, "LED": 4}, 10)
    story.take(build, story.shop.put("R-10K", 8, batch="A"), 8)
    story.take(build, story.shop.put("LED", 37, batch="L"), 37)
    story.send(build, days=1)
    story.receive(build, "1-10", days=5)
    resistor, led = trace_down(story.item("3")).lines
    assert (resistor.missing, resistor.needed, resistor.lots[0].certainty) == (2, 10, "possible")
    # Three LEDs are not enough for a unit, so each has at least one of this lot.
    assert (led.missing, led.needed, led.lots[0].certainty) == (3, 40, "certain")


def test_a_unit_that_nobody_accepted_yet_has_nothing_booked(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 2}, 10)
    story.take(build, story.shop.put("R-10K", 20, batch="A"), 20)
    story.send(build, days=1)
    story.receive(build, "1-3", days=5, accept=False)
    [line] = trace_down(story.item("1")).lines
    assert (line.missing, line.needed) == (2, 2)
    assert [(one.lot.batch, str(one.certainty)) for one in line.lots] == [("A", "possible")]


def test_rejected_units_are_traced_and_those_without_components_have_nothing(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 4)
    story.take(build, story.shop.put("R-10K", 4, batch="A"), 4)
    story.send(build, days=1)
    story.receive(build, "1-4", days=5, accept=False)
    reject_outputs(
        build=build,
        decisions=[Decision(story.output("1").pk)],
        reason="no power",
        **story.shop.by(story.shop.bo, days=6),
    )
    reject_outputs(
        build=build,
        decisions=[Decision(story.output("2").pk)],
        reason="bare board",
        has_components=False,
        **story.shop.by(story.shop.bo, days=6),
    )
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "certain"}
    assert trace_down(story.item("2")).lines == []


def test_the_only_unit_of_a_build_has_all_that_was_used(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 10}, 1)
    story.take(build, story.shop.put("R-10K", 6, batch="A"), 6)
    story.take(build, story.shop.put("R-10K", 4, batch="B"), 4)
    story.send(build, days=1)
    story.receive(build, "1", days=5)
    assert lots(trace_down(story.item("1"))) == {"R-10K batch A": "certain", "R-10K batch B": "certain"}


def test_a_bought_item_is_its_own_lot(story: Stories) -> None:
    unit = trace_down(story.shop.put("R-10K", 5, batch="A"))
    assert (unit.made, unit.lines, unit.lot and unit.lot.label) == (None, [], "R-10K batch A")


@pytest.mark.parametrize("serials", [1, 10, 1000])
def test_statements_do_not_grow_with_units(story: Stories, statements: Callable[[], Any], serials: int) -> None:
    build = story.outside("GADGET", {"R-10K": 1, "C-1U": 2, "LED": 1}, serials)
    for number, per_unit in (("R-10K", 1), ("C-1U", 2), ("LED", 1)):
        story.take(build, story.shop.put(number, serials * per_unit, batch="A"), serials * per_unit)
    story.send(build, days=1)
    story.receive(build, f"1-{serials}" if serials > 1 else "1", days=5)
    item = story.item(str(serials))
    with statements() as count:
        unit = trace_down(item)
    assert len(unit.lines) == 3
    assert count == 14
    with statements() as count:
        assert len(trace_items_down([story.item(str(n)).pk for n in (1, serials)])) == min(2, serials)


@pytest.mark.parametrize("lines", [1, 10, 200])
def test_statements_do_not_grow_with_lines(story: Stories, statements: Callable[[], Any], lines: int) -> None:
    numbers = [f"P-{number}" for number in range(lines)]
    build = story.outside("GADGET", dict.fromkeys(numbers, 1), 2)
    story.stock(numbers, 2)
    auto_allocate(build=build, **story.shop.by_bo)
    story.send(build, days=1)
    story.receive(build, "1-2", days=5)
    item = story.item("1")
    with statements() as count:
        unit = trace_down(item)
    assert [len(line.lots) for line in unit.lines] == [1] * lines
    assert count == 14


def test_five_levels_cost_five_times_one(story: Stories, statements: Callable[[], Any]) -> None:
    story.shop.put("RAW", 2, batch="R1")
    below = "RAW"
    for level in range(1, 6):
        story.inside(f"LEVEL-{level}", {below: 1}, 2, batch=f"B{level}")
        below = f"LEVEL-{level}"
    item = StockItem.objects.get(part__number="LEVEL-5", quantity=2)
    with statements() as count:
        unit = trace_down(item)
    assert everything(unit) == {"RAW batch R1": "certain"}
    assert count == 66
