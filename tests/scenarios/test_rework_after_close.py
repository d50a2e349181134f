"""Rework after the end: the build is finished and closed when two boards turn out bad; they go back and return better."""

from __future__ import annotations

from decimal import Decimal

from outwork.models import Build, BuildOutput, StockItem, SupplierReturn
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.return_rows import ReturnRow
from outwork.operations.returning import create_return
from outwork.queries.builds import progress
from outwork.queries.trace import trace_down
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import BuildStatus, OrderStatus, OutputState, ReturnStatus


def test_the_same_units_come_back_with_their_history_and_their_cost(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, 5, destination=shop.location("Main shelf"))
    shop.put("R-10K", 20, "Acme Assembly", value="2.00", batch="L-7")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)
    made = shop.received(line, serials="1-5", **shop.by(shop.bo, days=10))
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in made], **shop.by(shop.bo, days=10))
    finish_build(build=build, **shop.by(shop.ada, days=11))
    line.order.refresh_from_db()
    assert line.order.status == OrderStatus.COMPLETE

    bad = [StockItem.objects.get(part=board, serial=serial) for serial in ("2", "4")]
    sent = create_return(
        supplier=line.order.supplier,
        purpose=ReturnPurpose.REWORK,
        reason="connector the wrong way round",
        paid_by=PaidBy.US,
        rows=[ReturnRow(one.pk) for one in bad],
        **shop.by(shop.bo, days=40),
    )
    document = SupplierReturn.objects.get(pk=sent.ids[0])
    assert (document.reference, document.status) == ("RT-0001", ReturnStatus.SENT)
    for item in bad:
        item.refresh_from_db()
    assert {str(item.location) for item in bad} == {"Acme Assembly"}
    line.refresh_from_db()
    assert line.received == 5  # nothing is owed again
    assert progress(Build.objects.get(pk=build.pk)).accepted == 3
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    shop.recount()

    first, second = document.lines.order_by("pk")
    done = receive_back(
        document=document,
        rows=[ComingBack(first.pk, cost="3.00"), ComingBack(second.pk, cost="5.00")],
        location=shop.location("Goods in"),
        **shop.by(shop.bo, days=60),
    )
    assert sorted(done.ids) == sorted(item.pk for item in bad)
    document.refresh_from_db()
    assert document.status == ReturnStatus.CLOSED
    waiting = BuildOutput.objects.filter(build=build, state=OutputState.IN_PRODUCTION)
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in waiting], **shop.by(shop.bo, days=61))
    worth = dict(StockItem.objects.filter(part=board).values_list("serial", "value"))
    assert worth == {
        "1": Decimal("10.40"),
        "2": Decimal("13.40"),
        "3": Decimal("10.40"),
        "4": Decimal("15.40"),
        "5": Decimal("10.40"),
    }
    (resistors,) = trace_down(StockItem.objects.get(part=board, serial="2")).lines
    assert [found.lot.batch for found in resistors.lots] == ["L-7"]
    assert progress(Build.objects.get(pk=build.pk)).accepted == 5
    assert Build.objects.get(pk=build.pk).lines.get().consumed == 20
    shop.recount()
