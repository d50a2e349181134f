"""Received as a quantity, numbered later: each unit is an item and an output of its own, with its value and history."""

from decimal import Decimal
from typing import Any

import pytest

from outwork.models import BuildOutput, Event, Movement, StockItem, SupplierReturnLine
from outwork.operations.assigning_serials import Assignment, assign_serials
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.disposing import hold_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.reserving_serials import reserve_serials
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.taking_back import reverse_event
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.saying import sentence
from outwork.rules.states import BuildStatus, OutputState


@pytest.fixture
def build(shop):
    shop.put("R-10K", 100, value="10.00")
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    return shop.external(board, 10, destination=shop.location("Lab"), price="3.00")


@pytest.fixture
def box(shop, build):
    """Ten boards in one box, worth 30.00, nobody knows which is which."""
    [output] = shop.received(shop.ordered(build), batch="B1")
    return output


def outputs(build):
    found = BuildOutput.objects.filter(build=build).exclude(state=OutputState.WITHDRAWN).select_related("item")
    return [
        (item.serial, one.quantity, item.quantity, item.value, item.batch)
        for one in sorted(found, key=lambda one: int((one.item and one.item.serial) or 0))
        if (item := one.item) is not None
    ]


def test_it_works(shop, build, box):
    done = assign_serials(build=build, assignments=[Assignment(box.pk, "1-10")], **shop.by_bo)
    assert outputs(build) == [(str(number), 1, 1, 3, "B1") for number in range(1, 11)]
    made = {one.pk: one for one in BuildOutput.objects.filter(pk__in=done.ids).select_related("item")}
    assert [item.serial for pk in done.ids if (item := made[pk].item)] == [str(number) for number in range(1, 11)]
    assert {(one.manufacturer, one.purchase_line, one.made_event, one.state) for one in made.values()} == {
        (build.manufacturer, box.purchase_line, box.made_event, OutputState.IN_PRODUCTION)
    }
    assert (box.pk, done.ids[-1], made[box.pk].item_id) == (box.pk, box.pk, box.item_id)
    moved = Movement.objects.filter(event=done.event_id)
    assert {(one.kind, one.quantity, one.value) for one in moved} == {(Kind.SERIALISED, 1, 3)}
    box.purchase_line.refresh_from_db()
    assert box.purchase_line.received == 10
    shop.recount()


def test_some_of_them_first(shop, build, box):
    assign_serials(build=build, assignments=[Assignment(box.pk, ["7", "8"])], **shop.by_bo)
    assert outputs(build) == [(None, 8, 8, 24, "B1"), ("7", 1, 1, 3, "B1"), ("8", 1, 1, 3, "B1")]
    assign_serials(build=build, assignments=[Assignment(box.pk, "20+", quantity=3)], **shop.by_bo)
    assert next(one[:2] for one in outputs(build)) == (None, 5)
    shop.recount()


def test_the_value_is_shared_to_the_last_cent(shop, build):
    [box] = shop.received(shop.ordered(build, 3, price="0.333333"))
    assign_serials(build=build, assignments=[Assignment(box.pk, "1-3")], **shop.by_bo)
    assert sum(one[3] for one in outputs(build)) == Decimal("0.999999")
    shop.recount()


def test_the_units_are_accepted_and_finished_one_by_one(shop, build, box):
    done = assign_serials(build=build, assignments=[Assignment(box.pk, "1-10")], **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(pk) for pk in done.ids[:4]], **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(pk) for pk in done.ids[4:]], **shop.by_bo)
    shop.recount()
    finish_build(build=build, accept_unallocated=True, **shop.by_bo)
    build.refresh_from_db()
    assert build.status == BuildStatus.COMPLETE
    shop.recount()


def test_units_made_by_hand_are_numbered_too(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.build(board, 3)
    [output] = make_outputs(build=build, units=3, **shop.by_bo).ids
    done = assign_serials(build=build, assignments=[Assignment(output, "~+")], **shop.by_bo)
    assert [one[0] for one in outputs(build)] == ["1", "2", "3"]
    assert len(done.ids) == 3
    shop.recount()


def test_the_next_ones_are_those_reserved_and_others_are_said(shop, build, box):
    reserve_serials(build=build, start="SN-101", count=4, **shop.by_ada)
    done = assign_serials(build=build, assignments=[Assignment(box.pk, "~+", quantity=3)], **shop.by_bo)
    assert done.said == []
    serials = StockItem.objects.filter(serial__isnull=False).order_by("serial").values_list("serial", flat=True)
    assert list(serials) == ["SN-101", "SN-102", "SN-103"]
    done = assign_serials(build=build, assignments=[Assignment(box.pk, ["9"])], **shop.by_bo)
    assert [sentence(one) for one in done.said] == [
        "BOARD: 9 are not among the serial numbers reserved for it (SN-101 to SN-104)"
    ]


def test_refuses_what_has_one_or_cannot_have_one(shop, build, box):
    other = shop.build(build.part, 3)
    [single] = make_outputs(build=build, units=1, serials="50", accept_manual_output=True, reason="x", **shop.by_bo).ids
    asked = [
        Assignment(box.pk, "1-10"),
        Assignment(box.pk, "11-20"),
        Assignment(47110815, "1"),
        Assignment(single, "1"),
    ]
    assert shop.refused(assign_serials, build=build, assignments=asked) == [
        ("output_named_twice", (1, "output")),
        ("output_not_of_build", (2, "output")),
        ("output_has_serial", (3, "output")),
    ]
    assert shop.refused(assign_serials, build=other, assignments=[Assignment(box.pk, "1")]) == [
        ("output_not_of_build", (0, "output"))
    ]
    assert shop.refused(assign_serials, build=build, assignments=[]) == [("rows_missing", ())]
    for serials, quantity, code, where in (
        ("1-11", 11, "output_units_short", "quantity"),
        ("1-3", None, "serials_count", "serials"),
        (["50"], None, "serials_used", "serials"),
        ("1-2", "1.5", "quantity_not_whole", "quantity"),
    ):
        asked = [Assignment(box.pk, serials, quantity)]
        assert shop.refused(assign_serials, build=build, assignments=asked) == [(code, (0, where))]


def test_refuses_units_that_were_decided_on(shop, build, box):
    accept_outputs(build=build, decisions=[Decision(box.pk)], **shop.by_bo)
    assert shop.refused(assign_serials, build=build, assignments=[Assignment(box.pk, "1-10")]) == [
        ("output_decided_already", (0, "output"))
    ]


def everything(build):
    items = StockItem.objects.exclude(place=PlaceKind.GONE).order_by("pk")
    facts = ("pk", "quantity", "value", "serial", "serial_number", "serial_scope", "location", "is_in_production")
    standing = BuildOutput.objects.filter(build=build).exclude(state=OutputState.WITHDRAWN).order_by("pk")
    return list(items.values_list(*facts)), list(standing.values_list("pk", "item", "quantity", "state"))


@pytest.mark.parametrize("serials", ["1-10", "1-4"])
def test_it_is_taken_back_and_then_the_receipt_can_be(shop, build, box, serials):
    before = everything(build)
    quantity = 10 if serials == "1-10" else 4
    done = assign_serials(build=build, assignments=[Assignment(box.pk, serials, quantity)], **shop.by_bo)
    reverse_event(event=done.event_id, reason="wrong label roll", **shop.by_bo)
    assert everything(build) == before
    shop.recount()
    again = assign_serials(build=build, assignments=[Assignment(box.pk, "1-10")], **shop.by_bo)
    assert len(outputs(build)) == 10
    reverse_event(event=again.event_id, reason="wrong box", **shop.by_bo)
    reverse_event(event=box.made_event_id, reason="not ours", **shop.by_ada)
    assert outputs(build) == []
    shop.recount()


def test_one_of_two_assignments_is_taken_back(shop, build, box):
    first = assign_serials(build=build, assignments=[Assignment(box.pk, ["7", "8"])], **shop.by_bo)
    second = assign_serials(build=build, assignments=[Assignment(box.pk, ["9"])], **shop.by_bo)
    reverse_event(event=first.event_id, reason="wrong", **shop.by_bo)
    assert outputs(build) == [(None, 9, 9, 27, "B1"), ("9", 1, 1, 3, "B1")]
    last = assign_serials(build=build, assignments=[Assignment(box.pk, "21-29")], **shop.by_bo)
    back: dict[str, Any] = {"event": second.event_id, "reason": "wrong"}
    assert "rest_numbered_since" in [code for code, _ in shop.refused(reverse_event, **back)]
    reverse_event(event=last.event_id, reason="wrong", **shop.by_bo)
    reverse_event(**back, **shop.by_bo)
    assert outputs(build) == [(None, 10, 10, 30, "B1")]
    shop.recount()


def test_refuses_to_take_back_what_went_on(shop, build, box):
    done = assign_serials(build=build, assignments=[Assignment(box.pk, "1-10")], **shop.by_bo)
    back: dict[str, Any] = {"event": done.event_id, "reason": "wrong"}
    held = hold_outputs(build=build, decisions=[Decision(done.ids[0])], reason="Look", **shop.by_bo)
    assert shop.refused(reverse_event, **back) == [("numbered_unit_changed_since", ())]
    reverse_event(event=held.event_id, reason="fine", **shop.by_bo)
    accepted = accept_outputs(build=build, decisions=[Decision(done.ids[0])], **shop.by_bo)
    assert "units_went_on" in [code for code, _ in shop.refused(reverse_event, **back)]
    reverse_event(event=accepted.event_id, reason="too early", **shop.by_bo)
    reverse_event(**back, **shop.by_bo)
    assert outputs(build) == [(None, 10, 10, 30, "B1")]
    shop.recount()


def test_refuses_units_that_are_away_to_be_reworked(shop, build, box):
    rows = [ReturnRow(box.item_id, 4)]
    create_return(supplier=build.manufacturer, purpose="rework", reason="Bad", rows=rows, **shop.by_bo)
    line = SupplierReturnLine.objects.get()
    asked: dict[str, Any] = {"build": build, "assignments": [Assignment(line.output_id or 0, "1-4")]}
    assert shop.refused(assign_serials, **asked) == [("output_away", (0, "output"))]
    place = shop.location("Lab")
    receive_back(document=line.document, rows=[ComingBack(line.pk)], location=place, **shop.by_bo)
    assign_serials(**asked, **shop.by_bo)
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, count + 1)
    [box] = shop.received(shop.ordered(build), location=shop.location("Lab"))
    with statements() as seen:
        assign_serials(
            build=build, assignments=[Assignment(box.pk, [str(number) for number in range(count)])], **shop.by_bo
        )
    assert seen == 19
    assert len(outputs(build)) == count + 1
    event = Event.objects.latest("pk")
    with statements() as seen:
        reverse_event(event=event.pk, reason="wrong", **shop.by_bo)
    assert seen == 30
    assert len(outputs(build)) == 1
