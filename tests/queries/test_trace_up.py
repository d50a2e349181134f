"""Which units have a lot and where they are now, with known answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from outwork.ledger.held import lock_items
from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.reverse import lock_event, plan_back, post_back, settle_back
from outwork.models import BuildLine, BuildOutput, Event, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.deciding import report_scrap
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.operations.recording import record
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.supplying import Choice, state_supply
from outwork.operations.writing_off_stock import write_off_stock
from outwork.queries.lots import lot_of_batch, lot_of_item, lot_of_order_line, lot_of_supplier
from outwork.queries.trace import trace_down
from outwork.queries.trace_up import Holder, left_of, trace_up
from outwork.rules.places import Kind, inside
from outwork.rules.quantities import as_text
from outwork.rules.receiving import Arrival
from outwork.rules.states import OutputState
from outwork.rules.supply import Supply
from tests.shop import Shop
from tests.stories import Stories


@pytest.fixture
def story(shop: Shop) -> Iterator[Stories]:
    """Builds outside and inside, told shortly; the ledger is recounted at the end."""
    yield Stories(shop)
    shop.recount()


def held(holders: list[Holder]) -> dict[str, str]:
    """How sure each unit is, by its label."""
    return {one.lot.label if one.lot else "scrapped": str(one.certainty) for one in holders}


def where(holders: list[Holder]) -> dict[str, list[str]]:
    """Where the units are, by their label."""
    return {
        one.lot.label if one.lot else "scrapped": [f"{as_text(piece.quantity)} {piece.where}" for piece in one.pieces]
        for one in holders
    }


def test_every_serial_that_has_a_lot_and_where_it_is(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 3)
    reel = story.shop.put("R-10K", 10, batch="A")
    story.take(build, reel, 3)
    story.send(build, days=1)
    story.receive(build, "1-3", days=5)
    transfer_stock(
        rows=[Transfer(story.item("2").pk, story.shop.location("Back room").pk)], **story.shop.by(story.shop.bo, days=6)
    )
    found = trace_up(reel)
    assert held(found) == {"GADGET 1": "certain", "GADGET 2": "certain", "GADGET 3": "certain"}
    assert where(found) == {
        "GADGET 1": ["1 Main shelf"],
        "GADGET 2": ["1 Back room"],
        "GADGET 3": ["1 Main shelf"],
    }
    assert [(one.level, one.on) for one in found] == [(1, ("R-10K",))] * 3
    assert [(piece.quantity, piece.where) for piece in left_of(lot_of_item(reel))] == [(7, "Main shelf")]


def test_a_lot_is_found_by_batch_order_line_and_supplier(story: Stories) -> None:
    digi = story.shop.company("Digi-Key")
    sold = story.shop.sells(digi, story.shop.part("R-10K"), "0.01")
    order = story.order(create_order(supplier=digi, **story.shop.by_ada).ids[0])
    [line_id] = add_lines(order=order, lines=[NewLine(sold.pk, 10)], **story.shop.by_ada).ids
    place_order(order=order, **story.shop.by_ada)
    came = receive(order=order, arrivals=[Arrival(line_id, 10, batch="A")], location=story.shelf, **story.shop.by_bo)
    build = story.outside("GADGET", {"R-10K": 1}, 2)
    item = StockItem.objects.get(pk=came.ids[0])
    story.take(build, item, 2)
    story.send(build, days=1)
    story.receive(build, "1-2", days=5)
    both = {"GADGET 1": "certain", "GADGET 2": "certain"}
    line = order.lines.get()
    starts = [lot_of_item(item), lot_of_batch("A"), lot_of_order_line(line), lot_of_supplier(sold, "A")]
    assert [held(trace_up(start)) for start in starts] == [both] * 4
    assert trace_up(lot_of_batch("A", part_id=build.part_id)) == []


def test_both_of_two_possible_reels_together_are_certain(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 2)
    for _ in range(2):
        story.take(build, story.shop.put("R-10K", 1, batch="A"), 1)
    story.send(build, days=1)
    story.receive(build, "1-2", days=5)
    first = StockItem.objects.filter(batch="A").order_by("pk")[0]
    assert held(trace_up(first)) == {"GADGET 1": "possible", "GADGET 2": "possible"}
    assert held(trace_up(lot_of_batch("A"))) == {"GADGET 1": "certain", "GADGET 2": "certain"}


def test_a_reel_is_not_in_units_received_before_it_was_sent(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 4)
    story.take(build, story.shop.put("R-10K", 2, batch="A"), 2)
    story.send(build, days=1)
    story.receive(build, "1-2", days=5)
    late = story.shop.put("R-10K", 2, batch="B")
    story.take(build, late, 2)
    story.send(build, days=6)
    story.receive(build, "3-4", days=9)
    assert held(trace_up(late)) == {"GADGET 3": "possible", "GADGET 4": "possible"}
    assert held(trace_up(lot_of_batch("A"))) == {
        "GADGET 1": "certain",
        "GADGET 2": "certain",
        "GADGET 3": "possible",
        "GADGET 4": "possible",
    }


def test_up_through_a_batch_that_was_split_into_two_products(story: Stories) -> None:
    board = story.shop.put("PCB", 20, batch="P1")
    module = story.inside("MODULE", {"PCB": 1}, 20, batch="M7")
    batch = StockItem.objects.get(part__number="MODULE", quantity=20)
    [part] = transfer_stock(
        rows=[Transfer(batch.pk, story.shop.location("Back room").pk, 8)], **story.shop.by(story.shop.bo, days=1)
    ).ids
    build = story.outside("GADGET", {"MODULE": 1}, 2)
    story.take(build, StockItem.objects.get(pk=part), 2)
    story.send(build, days=2)
    story.receive(build, "1-2", days=5)

    found = trace_up(board)
    assert held(found) == {"MODULE batch M7": "certain", "GADGET 1": "certain", "GADGET 2": "certain"}
    assert [one.level for one in found] == [1, 2, 2]
    assert where(found)["MODULE batch M7"] == ["12 Main shelf", "6 Back room", f"2 used by {build.reference}"]
    assert found[0].made is not None
    assert found[0].made.build == module.reference


def test_up_into_the_unit_that_a_serial_number_was_allocated_to(story: Stories) -> None:
    story.shop.put("PCB", 2, batch="P1")
    story.inside("MODULE", {"PCB": 1}, 2, serials="1-2")
    build = story.outside("GADGET", {"MODULE": 1}, 2)
    story.receive(build, "101-102", days=5, accept=False)
    first = StockItem.objects.get(part__number="MODULE", serial="1")
    story.take(build, first, 1, output=story.item("101"))
    story.take(build, StockItem.objects.get(part__number="MODULE", serial="2"), 1, output=story.item("102"))
    story.accept(build, days=6)
    assert held(trace_up(first)) == {"GADGET 101": "certain"}
    found = trace_up(lot_of_batch("P1"))
    assert where(found)["MODULE 1"] == ["1 inside GADGET 101, Main shelf"]
    assert held(found) == dict.fromkeys(("MODULE 1", "MODULE 2", "GADGET 101", "GADGET 102"), "certain")


def test_two_possible_modules_that_both_have_a_lot_make_the_product_certain(story: Stories) -> None:
    board = story.shop.put("PCB", 2, batch="P1")
    story.inside("MODULE", {"PCB": 1}, 2, serials="1-2")
    build = story.outside("GADGET", {"MODULE": 1}, 2)
    for serial in "12":
        story.take(build, StockItem.objects.get(part__number="MODULE", serial=serial), 1)
    story.receive(build, "101-102", days=5)
    story.accept(build, days=5, unfitted="Nobody noted which module is in which")
    module = StockItem.objects.get(part__number="MODULE", serial="1")
    assert held(trace_up(module)) == {"GADGET 101": "possible", "GADGET 102": "possible"}
    assert held(trace_up(board))["GADGET 101"] == "certain"


def test_what_was_put_inside_by_hand_is_found_too(story: Stories) -> None:
    board = story.shop.put("PCB", 1, batch="P1")
    case = story.shop.put("CASE", 1, serial="C-9")
    held_items = lock_items([board.pk])
    posting = Posting(record("stock.installed", case, **story.shop.by_bo), held_items)
    posting.carry(held_items[board.pk], inside(case.pk), kind=Kind.INSTALLED)
    posting.write()
    [found] = trace_up(board)
    assert (found.lot and found.lot.label, found.made, found.certainty) == ("CASE C-9", None, "certain")
    assert [piece.where for piece in found.pieces] == ["Main shelf"]
    [one] = trace_down(case).installed
    assert (one.lot.label, one.certainty) == ("PCB batch P1", "certain")


def test_scrapped_and_written_off_units_say_that_they_are_gone(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 3)
    reel = story.shop.put("R-10K", 3, batch="A")
    story.take(build, reel, 3)
    story.send(build, days=1)
    story.receive(build, "1-2", days=5)
    report_scrap(build=build, units=1, reason="burnt", **story.shop.by(story.shop.bo, days=6))
    write_off_stock(rows=[story.item("2").pk], reason="lost", **story.shop.by(story.shop.bo, days=7))
    assert where(trace_up(reel)) == {
        "scrapped": ["1 scrapped at Acme Assembly"],
        "GADGET 1": ["1 Main shelf"],
        "GADGET 2": ["1 gone"],
    }


def test_a_lot_that_the_manufacturer_reported_is_traced_like_one_of_ours(story: Stories) -> None:
    build = story.outside("GADGET", {"MCU": 1}, 2)
    line = build.lines.get()
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY)], **story.shop.by_ada)
    story.receive(build, "1-2", days=5)
    report_lots(build=build, rows=[LotReport(line.pk, lot="L55")], **story.shop.by_ada)
    assert held(trace_up(lot_of_batch("L55"))) == {"GADGET 1": "certain", "GADGET 2": "certain"}
    report_lots(build=build, rows=[LotReport(line.pk, lot="L66", output_id=story.output("2").pk)], **story.shop.by_ada)
    assert held(trace_up(lot_of_batch("L55"))) == {"GADGET 1": "possible"}
    assert held(trace_up(lot_of_batch("L66"))) == {"GADGET 2": "certain"}


def test_consumption_that_was_taken_back_is_not_there(story: Stories) -> None:
    build = story.outside("GADGET", {"R-10K": 1}, 1)
    reel = story.shop.put("R-10K", 1, batch="A")
    story.take(build, reel, 1)
    story.receive(build, "1", days=5, accept=False)
    story.accept(build, days=6)
    assert held(trace_up(reel)) == {"GADGET 1": "certain"}
    event = lock_event(Event.objects.filter(kind="build.outputs accepted").latest("pk").pk)
    back = plan_back(event)
    back.reasons.raise_any()
    posting = Posting(
        record("build.taken back", build, reverses=event, **story.shop.by(story.shop.bo, days=7)), back.held
    )
    book = Reservations(posting, back.reserved)
    post_back(back, posting, book)
    posting.write()
    book.write()
    settle_back(back)
    BuildLine.objects.filter(build=build).update(consumed=0)
    BuildOutput.objects.filter(build=build).update(state=OutputState.IN_PRODUCTION)
    assert trace_up(reel) == []
    assert trace_down(story.item("1")).lines[0].lots == []


@pytest.mark.parametrize("serials", [1, 10, 1000])
def test_statements_do_not_grow_with_units(story: Stories, statements: Callable[[], Any], serials: int) -> None:
    build = story.outside("GADGET", {"R-10K": 1, "LED": 1}, serials)
    for number in ("R-10K", "LED"):
        story.take(build, story.shop.put(number, serials, batch="A"), serials)
    story.send(build, days=1)
    story.receive(build, f"1-{serials}" if serials > 1 else "1", days=5)
    reel = StockItem.objects.get(part__number="LED", batch="A")
    with statements() as count:
        found = trace_up(reel)
    assert held(found) == {f"GADGET {number}": "certain" for number in range(1, serials + 1)}
    assert count == 22


def test_five_levels_cost_as_many_statements_each(story: Stories, statements: Callable[[], Any]) -> None:
    raw = story.shop.put("RAW", 2, batch="R1")
    below = "RAW"
    for level in range(1, 6):
        story.inside(f"LEVEL-{level}", {below: 1}, 2, batch=f"B{level}")
        below = f"LEVEL-{level}"
    with statements() as count:
        found = trace_up(raw)
    assert [(one.level, one.lot and one.lot.part) for one in found] == [(n, f"LEVEL-{n}") for n in range(1, 6)]
    assert count == 78
