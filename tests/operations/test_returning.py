"""Send something back to a supplier: to be replaced, reworked or credited."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from outwork.models import (
    Build,
    BuildOutput,
    Company,
    ExchangeRate,
    Movement,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    SupplierReturn,
    SupplierReturnLine,
)
from outwork.operations.closing_short import close_short
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.crediting import Credit, credit_return
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.merging_stock import merge_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.returning import ReturnRow, close_return, create_return
from outwork.queries.builds import progress
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import BuildStatus, OrderStatus, OutputState, ReturnStatus, StockStatus, WaitsFor
from tests.purchases import build_all, come, order_of, total, values
from tests.races import at_once

D = Decimal


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    """Ten boards at 10.00, four resistors at 0.10 on each."""
    build = shop.external(board, 10)
    shop.allocate(build.reference, shop.put("R-10K", 100, value="10.00"), 40)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


@pytest.fixture
def acme(shop, build):
    return build.manufacturer


def send(shop, supplier, purpose, rows, **facts):
    done = create_return(
        supplier=supplier, purpose=purpose, rows=rows, **{"reason": "Cold joints", **shop.by_bo, **facts}
    )
    return done, SupplierReturn.objects.get(pk=done.ids[0])


def accepted(shop, build, line, units, serials):
    outputs = shop.received(line, units, serials=serials)
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    return outputs


def finish(shop, build):
    build = Build.objects.get(pk=build.pk)
    return finish_build(build=build, accept_incomplete=True, accept_unallocated=True, **shop.by_bo)


def worth(build):
    """What the units are worth that lie in stock, by serial number."""
    items = StockItem.objects.filter(outputs__build=build, quantity__gt=0).order_by("serial_number")
    return dict(items.values_list("serial", "value"))


def test_it_works(shop, build, line, acme):
    """An accepted unit goes back to be replaced: received goes down, the complete order is placed again."""
    first, *_ = accepted(shop, build, line, 10, "1-10")
    assert PurchaseOrder.objects.get().status == OrderStatus.COMPLETE
    done, document = send(shop, acme, ReturnPurpose.REPLACEMENT, [ReturnRow(first.item_id)])
    assert (document.reference, document.status, document.supplier) == ("RT-0001", ReturnStatus.SENT, acme)
    assert done.said == [{"code": "order_placed_again", "order": line.order.reference}]
    line.refresh_from_db()
    order = PurchaseOrder.objects.get()
    assert (line.received, line.open_quantity, order.status) == (9, 1, OrderStatus.PLACED)
    first.refresh_from_db()
    assert (first.state, first.item.place, first.item.quantity) == (OutputState.REJECTED, PlaceKind.GONE, 0)
    gone = Movement.objects.get(kind=Kind.RETURNED)
    assert (gone.value, gone.supplier_return, gone.purchase_line) == (D("10.40"), document, line)
    # It was built: its components stay consumed. What replaces it needs its own.
    assert build.lines.get().consumed == 40
    shop.recount()
    shop.allocate(build.reference, StockItem.objects.get(part__number="R-10K", place=PlaceKind.LOCATION), 4)
    accepted(shop, build, line, 1, "1")
    assert (progress(build).accepted, progress(build).rejected, build.lines.get().consumed) == (10, 1, 44)
    assert PurchaseOrder.objects.get().status == OrderStatus.COMPLETE
    finish(shop, build)
    # Ten boards were paid for and eleven were fitted: the good ones bear the resistors of the bad one.
    assert sum(worth(build).values()) == D("104.40")
    gone.refresh_from_db()
    shop.recount()


def test_a_replacement_that_we_pay_for_makes_the_good_ones_dearer(shop, build, line, acme):
    first, *_ = accepted(shop, build, line, 10, "1-10")
    send(shop, acme, ReturnPurpose.REPLACEMENT, [ReturnRow(first.item_id)], paid_by=PaidBy.US)
    finish(shop, build)
    assert sum(worth(build).values()) == D("104.00")
    assert len(worth(build)) == 9
    shop.recount()


def test_units_in_production_count_as_built_when_they_go_back(shop, build, line, acme):
    first, second = shop.received(line, 2, serials="1-2")
    send(shop, acme, ReturnPurpose.REPLACEMENT, [ReturnRow(first.item_id)])
    first.refresh_from_db()
    assert (first.state, build.lines.get().consumed) == (OutputState.REJECTED, 4)
    assert StockItem.objects.get(pk=second.item_id).is_in_production
    shop.recount()


def test_a_part_of_a_batch_goes_back(shop, build, line, acme):
    (batch,) = shop.received(line, 10, batch="A")
    accept_outputs(build=build, decisions=[Decision(batch.pk)], **shop.by_bo)
    _, document = send(shop, acme, ReturnPurpose.REPLACEMENT, [ReturnRow(batch.item_id, 3, "Bridges")])
    batch.refresh_from_db()
    assert (batch.quantity, batch.state, shop.item_of(batch).quantity) == (7, OutputState.ACCEPTED, 7)
    row = document.lines.get()
    assert (row.output.quantity, row.output.state, row.reason) == (3, OutputState.REJECTED, "Bridges")
    shop.recount()


def test_components_go_back_to_be_replaced(shop):
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    reichelt = shop.company("Reichelt")
    _, document = send(shop, reichelt, "replacement", [ReturnRow(item, 30)])
    line = PurchaseLine.objects.get(pk=line_id)
    assert (line.received, StockItem.objects.get(pk=item).quantity, line.order.status) == (70, 70, OrderStatus.PLACED)
    assert (document.lines.get().quantity, document.lines.get().purchase_line) == (30, line)
    (new,) = come(shop, order, (line_id, 30))
    assert StockItem.objects.get(pk=new).value == D(3)
    assert PurchaseOrder.objects.get().status == OrderStatus.COMPLETE
    shop.recount()


def test_the_same_serial_is_away_for_rework_and_comes_back(shop, build, line, acme):
    first, _ = accepted(shop, build, line, 2, "1-2")
    finish(shop, build)
    done, document = send(shop, acme, ReturnPurpose.REWORK, [ReturnRow(first.item_id)], paid_by=PaidBy.US)
    first.refresh_from_db()
    item = first.item
    assert (first.state, first.waits_for, item.location.company) == (OutputState.IN_PRODUCTION, WaitsFor.REWORK, acme)
    assert not StockItem.objects.usable().filter(pk=item.pk).exists()
    line.refresh_from_db()
    assert (line.received, Build.objects.get(pk=build.pk).status) == (2, BuildStatus.COMPLETE)
    assert shop.refused(accept_outputs, build=Build.objects.get(pk=build.pk), decisions=[Decision(first.pk)]) == [
        ("output_away", (0, "output"))
    ]
    shop.recount()

    row = document.lines.get()
    back = ComingBack(row.pk, cost="3.00", location_id=shop.location("Lab").pk)
    done = receive_back(document=document, rows=[back], **shop.by_bo)
    assert done.ids == [item.pk]
    first.refresh_from_db()
    assert (first.waits_for, shop.item_of(first).location.name, shop.item_of(first).serial) == ("", "Lab", "1")
    assert worth(build) == {"1": D("13.40"), "2": D("10.40")}
    document.refresh_from_db()
    assert (document.status, document.lines.get().came_back) == (ReturnStatus.CLOSED, 1)
    accept_outputs(build=Build.objects.get(pk=build.pk), decisions=[Decision(first.pk)], **shop.by_bo)
    assert worth(build) == {"1": D("13.40"), "2": D("10.40")}
    assert (progress(build).accepted, build.lines.get().consumed) == (2, 8)
    assert StockItem.objects.usable().filter(pk=item.pk).exists()
    shop.recount()


def test_a_reworked_unit_that_stays_bad_costs_the_good_ones(shop, build, line, acme):
    first, _ = accepted(shop, build, line, 2, "1-2")
    finish(shop, build)
    _, document = send(shop, acme, "rework", [ReturnRow(first.item_id)], paid_by="us")
    back = ComingBack(document.lines.get().pk, cost=3, location_id=shop.location("Lab").pk)
    receive_back(document=document, rows=[back], **shop.by_bo)
    reject_outputs(build=Build.objects.get(pk=build.pk), decisions=[Decision(first.pk)], reason="Dead", **shop.by_bo)
    assert worth(build) == {"1": D(0), "2": D("23.80")}
    shop.recount()


def test_a_batch_comes_back_in_parts(shop, build, line, acme):
    (batch,) = shop.received(line, 10, batch="A")
    _, document = send(shop, acme, "rework", [ReturnRow(batch.item_id, 6)])
    row = document.lines.get()
    lab = shop.location("Lab")
    receive_back(document=document, rows=[ComingBack(row.pk, 4)], location=lab, **shop.by_bo)
    row.refresh_from_db()
    document.refresh_from_db()
    assert (row.came_back, document.status) == (4, ReturnStatus.SENT)
    outputs = BuildOutput.objects.filter(build=build).order_by("pk").values_list("quantity", "waits_for")
    assert list(outputs) == [(4, ""), (2, WaitsFor.REWORK), (4, "")]
    request = {"document": document, "rows": [ComingBack(row.pk, 3)], "location": lab}
    assert shop.refused(receive_back, **request) == [("return_line_short", (0, "quantity"))]
    receive_back(document=document, rows=[ComingBack(row.pk)], location=lab, **shop.by_bo)
    document.refresh_from_db()
    assert document.status == ReturnStatus.CLOSED
    shop.recount()


def test_components_are_repaired(shop):
    order, (line_id,) = order_of(shop, ("PSU", 10, "20.00", "0"))
    (item,) = come(shop, order, (line_id, 10))
    reichelt = shop.company("Reichelt")
    ExchangeRate.objects.create(currency="USD", day="2026-01-01", rate=D("0.5"))
    _, document = send(shop, reichelt, "rework", [ReturnRow(item, 4)], paid_by="us", currency="USD")
    row = document.lines.get()
    assert (row.item.quantity, row.item.status, row.item.location.company) == (4, StockStatus.QUARANTINED, reichelt)
    receive_back(
        document=document, rows=[ComingBack(row.pk, 3, cost=12)], location=shop.location("Main shelf"), **shop.by_bo
    )
    back = StockItem.objects.get(part__number="PSU", quantity=3)
    assert (back.value, back.status, back.location) == (D(66), StockStatus.OK, shop.location("Main shelf"))
    row.refresh_from_db()
    assert (row.cost, row.came_back) == (12, 3)
    shop.recount()


def test_a_credit_lowers_what_the_good_units_bear_also_when_it_comes_late(shop, build, line, acme):
    first, *_ = accepted(shop, build, line, 3, "1-3")
    finish(shop, build)
    _, document = send(shop, acme, "credit", [ReturnRow(first.item_id)])
    line.refresh_from_db()
    assert (line.received, worth(build)) == (3, {"2": D("15.60"), "3": D("15.60")})
    shop.recount()
    credit_return(document=document, credits=[Credit(document.lines.get().pk, "8.00")], **shop.by_ada)
    assert worth(build) == {"2": D("11.60"), "3": D("11.60")}
    document.refresh_from_db()
    assert document.status == ReturnStatus.CLOSED
    credit_return(document=document, credits=[Credit(document.lines.get().pk, "6.00")], **shop.by_ada)
    assert worth(build) == {"2": D("12.60"), "3": D("12.60")}
    shop.recount()


def test_units_are_kept_with_a_credit_note(shop):
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    _, document = send(shop, shop.company("Reichelt"), "credit", [ReturnRow(item, credit="2.50", is_kept=True)])
    kept = StockItem.objects.get(pk=item)
    assert (kept.quantity, kept.value) == (100, D("7.50"))
    credit_return(document=document, credits=[Credit(document.lines.get().pk, 4)], **shop.by_ada)
    kept.refresh_from_db()
    assert (kept.value, PurchaseLine.objects.get().received) == (D(6), 100)
    shop.recount()


def kept(shop):
    """A hundred resistors at 0.10, kept for a credit that is not known yet."""
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    _, document = send(shop, shop.company("Reichelt"), "credit", [ReturnRow(item, is_kept=True)])
    return item, document, document.lines.get().pk


def test_a_credit_follows_what_was_kept(shop):
    """Sixty of a hundred were moved, then merged with others; each bears its part of the credit."""
    item, document, row = kept(shop)
    moved = transfer_stock(rows=[Transfer(item, shop.location("Lab").pk, 60)], **shop.by_bo).ids[0]
    credit_return(document=document, credits=[Credit(row, 5)], **shop.by_ada)
    assert values([item, moved]) == [D(2), D(3)]
    other = shop.put("R-10K", 40, value="4.00", location="Lab").pk
    merge_stock(items=[other, moved], allow_mismatched_suppliers=True, **shop.by_bo)
    document.refresh_from_db()
    credit_return(document=document, credits=[Credit(row, 8)], **shop.by_ada)
    assert values([item, other]) == [D("0.80"), D("5.20")]
    shop.recount()


def test_a_credit_follows_what_was_merged(shop):
    item, document, row = kept(shop)
    other = shop.put("R-10K", 100, value="20.00").pk
    merge_stock(items=[other, item], allow_mismatched_suppliers=True, **shop.by_bo)
    credit_return(document=document, credits=[Credit(row, 6)], **shop.by_ada)
    assert values([other]) == [D(24)]
    shop.recount()


def test_a_credit_follows_what_was_used_up(shop, board):
    item, document, row = kept(shop)
    build = shop.build(board, 10)
    build_all(shop, build)
    credit_return(document=document, credits=[Credit(row, 5)], **shop.by_ada)
    assert values([item]) == [D(3)]
    assert total(StockItem.objects.filter(outputs__build=build).values_list("value", flat=True)) == 2
    shop.recount()


def test_refuses_a_credit_beyond_what_was_kept(shop):
    item, document, row = kept(shop)
    transfer_stock(rows=[Transfer(item, shop.location("Lab").pk, 60)], **shop.by_bo)
    assert shop.refused(credit_return, document=document, credits=[Credit(row, "10.01")]) == [
        ("credit_beyond_value", (0, "credit"))
    ]
    credit_return(document=document, credits=[Credit(row, 10)], **shop.by_ada)
    document.refresh_from_db()
    assert shop.refused(credit_return, document=document, credits=[Credit(row, 50)]) == [
        ("credit_beyond_value", (0, "credit"))
    ]
    assert total(StockItem.objects.values_list("value", flat=True)) == 0
    shop.recount()


def test_refuses_credits_beyond_together_for_what_was_kept_twice(shop):
    item, first, row = kept(shop)
    send(shop, shop.company("Reichelt"), "credit", [ReturnRow(item, credit=6, is_kept=True)])
    assert shop.refused(credit_return, document=first, credits=[Credit(row, 5)]) == [
        ("credit_beyond_value", (0, "credit"))
    ]
    credit_return(document=first, credits=[Credit(row, 4)], **shop.by_ada)
    assert values([item]) == [0]


def test_refuses_a_negative_credit(shop):
    item, document, row = kept(shop)
    assert shop.refused(credit_return, document=document, credits=[Credit(row, -5)]) == [
        ("credit_negative", (0, "amount"))
    ]
    request = {"supplier": shop.company("Reichelt"), "purpose": "credit", "reason": "x"}
    assert shop.refused(create_return, **request, rows=[ReturnRow(item, credit="-5", is_kept=True)]) == [
        ("credit_negative", (0, "credit"))
    ]
    with pytest.raises(IntegrityError, match="credit_is_not_negative"), transaction.atomic():
        SupplierReturnLine.objects.update(credit=-5)
    assert values([item]) == [10]


@pytest.mark.parametrize("closed", [False, True])
def test_refuses_a_credit_beyond_what_units_cost(shop, build, line, acme, closed):
    first, *_ = accepted(shop, build, line, 2, "1-2")
    if closed:
        finish(shop, build)
    request = {"supplier": acme, "purpose": "credit", "reason": "x"}
    assert shop.refused(create_return, **request, rows=[ReturnRow(first.item_id, credit="10.41")]) == [
        ("credit_beyond_cost", ("credit",))
    ]
    _, document = send(shop, acme, "credit", [ReturnRow(first.item_id, credit="10.40")])
    assert shop.refused(credit_return, document=document, credits=[Credit(document.lines.get().pk, "100000")]) == [
        ("credit_beyond_cost", ("credit",))
    ]
    if not closed:
        finish(shop, build)
    assert worth(build) == {"2": D("10.40")}
    shop.recount()


def test_refuses_what_cannot_go_back(shop, build, line, acme):
    first, second = accepted(shop, build, line, 2, "1-2")
    strange = shop.put("R-10K", 5)
    request = {"supplier": acme, "purpose": "replacement", "reason": "Bad"}
    assert shop.refused(create_return, **request, rows=[]) == [("rows_missing", ())]
    assert shop.refused(create_return, **{**request, "reason": " "}, rows=[ReturnRow(first.item_id)]) == [
        ("return_without_reason", ("reason",))
    ]
    rows = [ReturnRow(first.item_id), ReturnRow(first.item_id), ReturnRow(strange.pk), ReturnRow(second.item_id, 2)]
    assert shop.refused(create_return, **request, rows=rows) == [
        ("return_row_twice", (1, "item")),
        ("return_without_line", (2, "item")),
        ("return_too_much", (3, "quantity")),
        ("return_beyond_received", (3, "quantity")),
    ]
    assert shop.refused(create_return, **request, rows=[ReturnRow(first.item_id, credit=1)]) == [
        ("credit_only_for_credit", (0, "credit"))
    ]
    customer = shop.company("Customer", is_supplier=False)
    assert shop.refused(create_return, **{**request, "supplier": customer}, rows=[ReturnRow(first.item_id)]) == [
        ("company_not_returnable", ("supplier",))
    ]
    assert shop.refused(create_return, **request, rows=[ReturnRow(4711)]) == [("item_unknown", ())]
    close_short(order=line.order, lines=[line.pk], reason="Enough", **shop.by_ada)
    assert shop.refused(create_return, **request, rows=[ReturnRow(first.item_id)]) == [
        ("return_line_closed", (0, "item"))
    ]
    rework = {**request, "purpose": "rework", "location": shop.location("Main shelf")}
    assert shop.refused(create_return, **rework, rows=[ReturnRow(first.item_id)]) == [
        ("return_location_foreign", ("location",))
    ]


def test_refuses_what_cannot_come_back_or_be_credited(shop, build, line, acme):
    first, second = accepted(shop, build, line, 2, "1-2")
    _, rework = send(shop, acme, "rework", [ReturnRow(first.item_id)], paid_by="us")
    row = rework.lines.get()
    lab = shop.location("Lab")
    assert shop.refused(
        create_return, supplier=acme, purpose="credit", reason="x", rows=[ReturnRow(first.item_id)]
    ) == [("return_away", (0, "item"))]
    assert shop.refused(receive_back, document=rework, rows=[ComingBack(row.pk)]) == [
        ("return_location_missing", (0, "location")),
        ("rework_cost_missing", (0, "cost")),
    ]
    assert shop.refused(receive_back, document=rework, rows=[ComingBack(4711, cost=1)], location=lab) == [
        ("return_line_unknown", (0, "line"))
    ]
    assert shop.refused(credit_return, document=rework, credits=[Credit(row.pk, 1)]) == [("return_not_for_credit", ())]
    assert shop.refused(close_return, document=rework, reason="Gone") == [("return_units_away", ())]
    assert shop.refused(close_return, document=rework, reason="") == [("closing_return_without_reason", ("reason",))]
    close_return(document=rework, reason="Lost at Acme", accept_missing=True, **shop.by_ada)
    assert shop.refused(receive_back, document=rework, rows=[ComingBack(row.pk, cost=1)], location=lab) == [
        ("wrong_state", ())
    ]
    _, credit = send(shop, acme, "credit", [ReturnRow(second.item_id, credit=1, is_kept=True)])
    assert shop.refused(receive_back, document=credit, rows=[ComingBack(row.pk)], location=lab) == [
        ("return_not_for_rework", ())
    ]
    assert shop.refused(
        create_return,
        supplier=acme,
        purpose="credit",
        reason="x",
        rows=[ReturnRow(second.item_id, credit=1000, is_kept=True)],
    ) == [("credit_beyond_value", (0, "credit"))]
    assert SupplierReturnLine.objects.count() == 2
    shop.recount()


@pytest.mark.django_db(transaction=True)
def test_two_people_send_the_same_unit_back(shop):
    """One of them is told that it is gone; it left once."""
    order, (line_id,) = order_of(shop, ("PSU", 2, "20.00", "0"))
    (item,) = come(shop, order, (line_id, 2))
    request = {"supplier": shop.company("Reichelt"), "purpose": "replacement", "reason": "Dead"}
    outcomes = at_once(
        lambda: create_return(rows=[ReturnRow(item, 2)], **request, **shop.by_bo),
        lambda: create_return(rows=[ReturnRow(item, 2)], **request, **shop.by_ada),
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert len(refused) == 1
    assert getattr(refused[0], "codes", refused) in (
        ["item_gone"],
        ["return_not_on_hand"],
        ["return_not_on_hand", "return_beyond_received"],
    )
    assert PurchaseLine.objects.get().received == 0
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, board, statements, count):
    build = shop.external(board, 3 * count)
    shop.allocate(build.reference, shop.put("R-10K", 12 * count + 9, value="1.00"), 12 * count + 1)
    line = shop.ordered(build)
    outputs = shop.received(line, 3 * count, serials=[str(number) for number in range(3 * count)])
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    counted = []

    def counting(operation, **request):
        with statements() as seen:
            done = operation(**request, **shop.by_bo)
        counted.append(len(seen))
        return done

    acme = Company.objects.get(pk=build.manufacturer_id)
    for number, purpose in enumerate(ReturnPurpose):
        rows = [ReturnRow(one.item_id) for one in outputs[number * count : (number + 1) * count]]
        counting(create_return, supplier=acme, purpose=purpose, rows=rows, reason="Bad")
    rework = SupplierReturn.objects.get(purpose=ReturnPurpose.REWORK)
    back = [ComingBack(line.pk) for line in rework.lines.all()]
    counting(receive_back, document=rework, rows=back, location=shop.location("Lab"))
    credit = SupplierReturn.objects.get(purpose=ReturnPurpose.CREDIT)
    counting(credit_return, document=credit, credits=[Credit(line.pk, 1) for line in credit.lines.all()])
    assert counted == [57, 40, 43, 30, 22]
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_for_parts_do_not_grow(shop, statements, count):
    items = [item.pk for item in shop.put_many("R-10K", 1, count, value="1.00")]
    reichelt = shop.company("Reichelt")
    with statements() as sent:
        create_return(
            supplier=reichelt, purpose="rework", reason="x", rows=[ReturnRow(one) for one in items], **shop.by_bo
        )
    document = SupplierReturn.objects.get()
    rows = [ComingBack(line.pk) for line in document.lines.all()]
    with statements() as came_back:
        receive_back(document=document, rows=rows, location=shop.location("Lab"), **shop.by_bo)
    assert (len(sent), len(came_back)) == (24, 14)
