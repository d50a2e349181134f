"""Whatever was done about a return, or set aside, is taken back exactly: stock, units, order and cost are as before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, BuildLine, BuildOutput, Event, PurchaseLine, PurchaseOrder, StockItem, SupplierReturn
from outwork.operations import return_rows, undoing_returns
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.crediting import Credit, credit_return
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.disposing import hold_outputs, release_outputs, rework_outputs, scrap_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.receiving import receive
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.taking_back import reverse_event
from outwork.rules.places import PlaceKind
from outwork.rules.receiving import Arrival, Disposition
from outwork.rules.states import BuildStatus, OutputState, ReturnStatus
from tests.purchases import come, order_of

D = Decimal


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)


@pytest.fixture
def build(shop, board):
    build = shop.external(board, 10)
    shop.allocate(build.reference, shop.put("R-10K", 100, value="10.00"), 40)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def picture():
    """All that an event may change, without what only says that something changed."""
    items = StockItem.objects.exclude(place=PlaceKind.GONE).filter(quantity__gt=0)
    facts = ("quantity", "allocated", "value", "place", "location", "status", "serial", "is_in_production")
    outputs = BuildOutput.objects.exclude(state=OutputState.WITHDRAWN)
    decided = ("quantity", "state", "item", "reason", "has_components", "waits_for", "has_concession", "decided_event")
    return [
        list(items.order_by("pk").values_list("pk", *facts)),
        list(outputs.order_by("pk").values_list("pk", *decided)),
        list(PurchaseLine.objects.values_list("pk", "received", "is_closed")),
        list(PurchaseOrder.objects.values_list("pk", "status")),
        list(BuildLine.objects.values_list("pk", "consumed")),
        list(Build.objects.values_list("pk", "status")),
    ]


def take_back(shop, done):
    reverse_event(event=done.event_id, reason="A mistake", **shop.by_ada)
    shop.recount()


def accepted(shop, build, line, units, **names):
    outputs = shop.received(line, units, **names)
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    return outputs


def fresh(build):
    return Build.objects.get(pk=build.pk)


def finish(shop, build):
    finish_build(build=fresh(build), accept_incomplete=True, accept_unallocated=True, **shop.by_bo)


def send(shop, build, purpose, rows, **facts):
    return create_return(
        supplier=build.manufacturer, purpose=purpose, rows=rows, **{"reason": "Bad", **shop.by_bo, **facts}
    )


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("purpose", ["replacement", "rework", "credit"])
def test_it_works(shop, build, line, purpose, closed):
    first, *_ = accepted(shop, build, line, 10, serials="1-10")
    if closed:
        finish(shop, build)
    before = picture()
    done = send(shop, build, purpose, [ReturnRow(first.item_id)])
    assert picture() != before
    take_back(shop, done)
    assert picture() == before
    assert SupplierReturn.objects.get().status == ReturnStatus.CANCELLED


@pytest.mark.parametrize("purpose", ["replacement", "rework"])
def test_part_of_a_batch_that_nobody_decided_on_went(shop, build, line, purpose):
    (batch,) = shop.received(line, 10, batch="A")
    before = picture()
    done = send(shop, build, purpose, [ReturnRow(batch.item_id, 3)])
    take_back(shop, done)
    assert picture() == before


@pytest.mark.parametrize("purpose", ["replacement", "rework", "credit"])
@pytest.mark.parametrize("units", [30, 100])
def test_components_went(shop, purpose, units):
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    before = picture()
    done = create_return(
        supplier=shop.company("Reichelt"), purpose=purpose, reason="Bad", rows=[ReturnRow(item, units)], **shop.by_bo
    )
    take_back(shop, done)
    assert picture() == before


def test_a_replacement_that_came_cannot_come_twice(shop):
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    done = create_return(
        supplier=shop.company("Reichelt"),
        purpose="replacement",
        reason="Bad",
        rows=[ReturnRow(item, 30)],
        **shop.by_bo,
    )
    come(shop, order, (line_id, 30))
    assert shop.refused(reverse_event, event=done.event_id, reason="x") == [("return_received_again", ())]


@pytest.mark.parametrize("closed", [False, True])
def test_units_did_not_come_back_after_all(shop, build, line, closed):
    (batch,) = accepted(shop, build, line, 10, batch="A")
    if closed:
        finish(shop, build)
    start = picture()
    sent = send(shop, build, "rework", [ReturnRow(batch.item_id, 6)], paid_by="us")
    away = picture()
    document = SupplierReturn.objects.get()
    row = document.lines.get()
    first = receive_back(
        document=document, rows=[ComingBack(row.pk, 4, cost=8)], location=shop.location("Lab"), **shop.by_bo
    )
    half = picture()
    second = receive_back(
        document=document, rows=[ComingBack(row.pk, cost=4)], location=shop.location("Lab"), **shop.by_bo
    )
    assert shop.refused(reverse_event, event=sent.event_id, reason="x")[0][0] in ("units_went_on", "return_went_on")
    take_back(shop, second)
    assert picture() == half
    document.refresh_from_db()
    row.refresh_from_db()
    assert (document.status, row.came_back, row.cost) == (ReturnStatus.SENT, 4, 8)
    take_back(shop, first)
    assert picture() == away
    take_back(shop, sent)
    assert picture() == start


def test_refuses_once_the_units_were_decided_on_again(shop, build, line):
    first, *_ = accepted(shop, build, line, 2, serials="1-2")
    sent = send(shop, build, "rework", [ReturnRow(first.item_id)])
    row = SupplierReturn.objects.get().lines.get()
    back = receive_back(document=row.document, rows=[ComingBack(row.pk)], location=shop.location("Lab"), **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(first.pk)], **shop.by_bo)
    for event in (sent, back):
        codes = {code for code, _ in shop.refused(reverse_event, event=event.event_id, reason="x")}
        assert codes & {"units_went_on", "return_went_on", "set_aside_otherwise_since"}
    shop.recount()


def test_a_credit_is_taken_back(shop, build, line):
    first, *_ = accepted(shop, build, line, 3, serials="1-3")
    finish(shop, build)
    send(shop, build, "credit", [ReturnRow(first.item_id)])
    row = SupplierReturn.objects.get().lines.get()
    none = picture()
    one = credit_return(document=row.document, credits=[Credit(row.pk, 8)], **shop.by_ada)
    eight = picture()
    other = credit_return(document=row.document, credits=[Credit(row.pk, 6)], **shop.by_ada)
    assert shop.refused(reverse_event, event=one.event_id, reason="x") == [("return_went_on", ())]
    take_back(shop, other)
    assert picture() == eight
    take_back(shop, one)
    assert picture() == none
    assert SupplierReturn.objects.get().status == ReturnStatus.SENT


def test_a_credit_for_what_was_kept_is_taken_back(shop):
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    start = picture()
    sent = create_return(
        supplier=shop.company("Reichelt"),
        purpose="credit",
        reason="Late",
        rows=[ReturnRow(item, credit="2.50", is_kept=True)],
        **shop.by_bo,
    )
    kept = picture()
    row = SupplierReturn.objects.get().lines.get()
    more = credit_return(document=row.document, credits=[Credit(row.pk, 4)], **shop.by_ada)
    take_back(shop, more)
    assert picture() == kept
    take_back(shop, sent)
    assert picture() == start


def kept(shop):
    """A hundred resistors at 0.10 that are kept; gives their item, the line of the return, and how to credit it."""
    order, (line_id,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line_id, 100))
    create_return(
        supplier=shop.company("Reichelt"),
        purpose="credit",
        reason="Late",
        rows=[ReturnRow(item, is_kept=True)],
        **shop.by_bo,
    )
    row = SupplierReturn.objects.get().lines.get()

    def credit(amount):
        return credit_return(document=SupplierReturn.objects.get(), credits=[Credit(row.pk, amount)], **shop.by_ada)

    return item, row, credit


def test_a_credit_for_what_was_kept_is_stated_again_after_it_was_taken_back(shop):
    item, _, credit = kept(shop)

    def worth():
        return StockItem.objects.get(pk=item).value

    take_back(shop, credit(2))
    assert worth() == 10
    three = credit(3)
    four = credit(4)
    assert worth() == 6
    take_back(shop, four)
    assert worth() == 7
    take_back(shop, three)
    assert worth() == 10
    take_back(shop, credit(5))
    assert worth() == 10


def test_a_return_of_what_was_kept_and_used_is_taken_back_as_long_as_nothing_is_credited(shop):
    item, _, credit = kept(shop)
    transfer_stock(rows=[Transfer(item, shop.location("Lab").pk, 60)], **shop.by_bo)
    sent = Event.objects.get(kind="return.sent")
    before = picture()
    one = credit(5)
    assert shop.refused(reverse_event, event=sent.pk, reason="x")[-1] == ("return_went_on", ())
    take_back(shop, one)
    assert picture() == before
    reverse_event(event=sent.pk, reason="A mistake", **shop.by_ada)
    assert picture() == before
    shop.recount()


def replaced(shop, ordered, *came_first, back):
    """What came on an order went back to be replaced; gives the order, its line, and what sent it."""
    order, (line_id,) = order_of(shop, ("R-10K", ordered, "0.10", "0"))
    items = [come(shop, order, (line_id, units))[0] for units in came_first]
    rows = [ReturnRow(item, units) for item, units in zip(items, back, strict=True)]
    done = create_return(
        supplier=shop.company("Reichelt"), purpose="replacement", reason="Bad", rows=rows, **shop.by_bo
    )
    return order, line_id, done


def test_a_replacement_of_several_items_counts_them_together(shop):
    order, line_id, done = replaced(shop, 2, 1, 1, back=[1, 1])
    come(shop, order, (line_id, 1))
    assert shop.refused(reverse_event, event=done.event_id, reason="x") == [("return_received_again", ())]
    assert PurchaseLine.objects.get().received == 1


def test_what_came_too_much_and_went_is_taken_back_unless_more_came(shop):
    order, line_id, done = replaced(shop, 10, 12, back=[2])
    take_back(shop, done)
    assert PurchaseLine.objects.get().received == 12
    again = create_return(
        supplier=shop.company("Reichelt"),
        purpose="replacement",
        reason="Bad",
        rows=[ReturnRow(StockItem.objects.get().pk, 2)],
        **shop.by_bo,
    )
    come(shop, order, (line_id, 1))
    assert shop.refused(reverse_event, event=again.event_id, reason="x") == [("return_received_again", ())]


def test_a_replacement_holds_all_that_its_order_costs_before_it_books(shop, monkeypatch):
    """What the order revalues later is locked with the rest, in order: two who wait for one another would never end."""
    order, (first, second) = order_of(shop, ("R-10K", 10, "0.10", "0"), ("PSU", 2, "20.00", "0"))
    item, other = come(shop, order, (first, 10), (second, 2))
    held = []
    for module in (return_rows, undoing_returns):

        def holding(find, hold=module.hold):
            held.append(hold(find))
            return held[-1]

        monkeypatch.setattr(module, "hold", holding)
    done = create_return(
        supplier=shop.company("Reichelt"),
        purpose="replacement",
        reason="Bad",
        rows=[ReturnRow(item, 2)],
        **shop.by_bo,
    )
    take_back(shop, done)
    assert [{item, other} <= one.items.keys() for one in held] == [True, True]


@pytest.mark.parametrize("units", [3, None])
def test_units_were_not_set_aside(shop, build, line, units):
    (batch,) = shop.received(line, 10, batch="A")
    start = picture()
    chosen = [Decision(batch.pk, units)]
    held = hold_outputs(build=build, decisions=chosen, reason="Scratched", location=shop.location("Cage"), **shop.by_bo)
    aside = picture()
    released = release_outputs(build=build, decisions=[Decision(held.ids[0])], **shop.by_bo)
    codes = [code for code, _ in shop.refused(reverse_event, event=held.event_id, reason="x")]
    assert codes == ["set_aside_otherwise_since"]
    take_back(shop, released)
    assert picture() == aside
    take_back(shop, held)
    assert picture() == start


@pytest.mark.parametrize("closed", [False, True])
def test_accepted_units_were_not_reworked_rejected_or_scrapped(shop, build, line, closed):
    (batch,) = accepted(shop, build, line, 10, batch="A")
    if closed:
        finish(shop, build)
    for operation in (rework_outputs, reject_outputs):
        for units in (4, None):
            start = picture()
            done = operation(build=fresh(build), decisions=[Decision(batch.pk, units)], reason="Bad", **shop.by_bo)
            assert picture() != start
            take_back(shop, done)
            assert picture() == start, operation.__name__
    rejected = reject_outputs(build=fresh(build), decisions=[Decision(batch.pk, 2)], reason="Bad", **shop.by_bo)
    start = picture()
    chosen = [Decision(rejected.ids[0], 1)]
    done = scrap_outputs(build=fresh(build), decisions=chosen, reason="Burnt", **shop.by_bo)
    take_back(shop, done)
    assert picture() == start
    concession = accept_outputs(
        build=fresh(build), decisions=[Decision(rejected.ids[0])], concession="Usable", **shop.by_bo
    )
    take_back(shop, concession)
    assert picture() == start


def test_refuses_where_units_went_on(shop, build, line):
    first, *_ = accepted(shop, build, line, 2, serials="1-2")
    done = rework_outputs(
        build=build, decisions=[Decision(first.pk)], reason="Bad", location=shop.location("Bench"), **shop.by_bo
    )
    transfer_stock(rows=[Transfer(first.item_id, shop.location("Oven").pk)], **shop.by_bo)
    assert ("units_went_on", ()) in shop.refused(reverse_event, event=done.event_id, reason="x")
    assert Event.objects.filter(reverses__isnull=False).count() == 0
    assert fresh(build).status == BuildStatus.PRODUCTION


@pytest.mark.parametrize("disposition", ["hold", "reject", "accept"])
def test_a_receipt_that_was_decided_on_as_it_came_is_taken_back(shop, build, line, disposition):
    before = picture()
    arrival = Arrival(line.pk, 3, serials="1-3", disposition=Disposition(disposition), disposition_reason="Scratched")
    done = receive(order=line.order, arrivals=[arrival], location=shop.location("Dock"), **shop.by_bo)
    take_back(shop, done)
    assert picture() == before


@pytest.mark.parametrize("operation", [reject_outputs, rework_outputs, hold_outputs, scrap_outputs])
def test_the_first_decision_on_what_was_set_aside_is_taken_back(shop, build, line, operation):
    """Held units that are decided on are held again afterwards, with their reason and condition."""
    (batch,) = shop.received(line, 10, batch="A")
    aside = rework_outputs if operation is hold_outputs else hold_outputs
    held = aside(build=build, decisions=[Decision(batch.pk, 4)], reason="Scratched", **shop.by_bo)
    start = picture()
    for units in (1, None):
        done = operation(build=build, decisions=[Decision(held.ids[0], units)], reason="Bad", **shop.by_bo)
        take_back(shop, done)
        assert picture() == start
