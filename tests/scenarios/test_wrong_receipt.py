"""A wrong receipt is taken back: forty were booked where fourteen came, and all was accepted already."""

from __future__ import annotations

import pytest

from outwork.models import Build, Event, PurchaseLine, PurchaseOrder
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.receiving import receive
from outwork.operations.taking_back import reverse_event
from outwork.queries.builds import progress
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus, OrderStatus


def test_the_receipt_goes_and_the_right_one_comes(shop):
    board = shop.assembly("BOARD", {"R-10K": 4, "C-1U": 1}, is_trackable=True)
    build = shop.external(board, 40, destination=shop.location("Main shelf"))
    shop.put("R-10K", 200, "Acme Assembly", value="2.00")
    shop.put("C-1U", 40, "Acme Assembly", value="4.00")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)
    before = shop.seen()

    wrong = receive(
        order=line.order, arrivals=[Arrival(line.pk, 40, in_units=True, serials="1-40")], **shop.by(shop.bo, days=10)
    )
    accepted = accept_outputs(
        build=build, decisions=[Decision(pk) for pk in wrong.data["outputs"]], **shop.by(shop.bo, days=10)
    )
    assert PurchaseOrder.objects.get(pk=line.order_id).status == OrderStatus.COMPLETE

    # What went on has to be taken back first, and the refusal says so.
    with pytest.raises(Refusal) as refusal:
        reverse_event(event=wrong.event_id, reason="miscounted", **shop.by(shop.bo, days=11))
    assert "receipt_output_decided" in refusal.value.codes
    reverse_event(event=accepted.event_id, reason="miscounted", **shop.by(shop.bo, days=11))
    reverse_event(event=wrong.event_id, reason="miscounted", **shop.by(shop.bo, days=11))

    assert shop.seen() == before
    line = PurchaseLine.objects.select_related("order").get(pk=line.pk)
    assert (line.received, line.order.status) == (0, OrderStatus.PLACED)
    made = progress(Build.objects.get(pk=build.pk))
    assert (made.received, made.accepted) == (0, 0)
    assert Event.objects.filter(reverses__isnull=False).count() == 2
    shop.recount()

    right = receive(
        order=line.order, arrivals=[Arrival(line.pk, 14, in_units=True, serials="1-14")], **shop.by(shop.bo, days=11)
    )
    accept_outputs(build=build, decisions=[Decision(pk) for pk in right.data["outputs"]], **shop.by(shop.bo, days=11))
    rest = receive(
        order=line.order, arrivals=[Arrival(line.pk, 26, in_units=True, serials="15-40")], **shop.by(shop.bo, days=30)
    )
    accept_outputs(build=build, decisions=[Decision(pk) for pk in rest.data["outputs"]], **shop.by(shop.bo, days=30))
    finish_build(build=build, **shop.by(shop.ada, days=31))
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    # 160 of the 200 resistors were used; each board bears 4 of them, one capacitor and what Acme takes.
    shop.recount()
    assert {str(shop.item_of(one).value) for one in build.outputs.filter(state=20)} == {"10.140000"}
