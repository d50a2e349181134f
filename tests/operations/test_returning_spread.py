"""Units of one output that lie in several items go back, and units of several that were poured together."""

from __future__ import annotations

import pytest

from outwork.models import BuildOutput, PurchaseLine, StockItem, SupplierReturn
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.merging_stock import merge_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.serialising_stock import Serialisation, serialise_stock
from outwork.operations.taking_back import reverse_event
from outwork.queries.builds import progress
from outwork.rules.returning import ReturnPurpose
from outwork.rules.states import OutputState
from tests.purchases import come, order_of

PURPOSES = list(ReturnPurpose)


@pytest.fixture
def build(shop):
    """Ten boards, four resistors on each."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True), 10)
    shop.allocate(build.reference, shop.put("R-10K", 100, value="10.00"), 40)
    return build


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


@pytest.fixture
def batch(shop, build, line):
    """All ten of them in one box, accepted."""
    (batch,) = shop.received(line, 10, batch="A")
    accept_outputs(build=build, decisions=[Decision(batch.pk)], **shop.by_bo)
    return batch


def send(shop, build, purpose, *rows, **facts):
    return create_return(
        supplier=build.manufacturer, purpose=purpose, reason="Bad", rows=rows, **{**shop.by_bo, **facts}
    )


def to_lab(shop, item, units):
    return transfer_stock(rows=[Transfer(item, shop.location("Lab").pk, units)], **shop.by_bo).ids[0]


def outputs():
    """How many units are in which state."""
    found = BuildOutput.objects.exclude(state=OutputState.WITHDRAWN).order_by("state", "quantity")
    return [(OutputState(state).word, units) for state, units in found.values_list("state", "quantity")]


def facts():
    """All that a return taken back leaves as it was: outputs by item, and what the order line received."""
    found = BuildOutput.objects.exclude(state=OutputState.WITHDRAWN).order_by("pk")
    return list(found.values_list("pk", "quantity", "state", "item")), PurchaseLine.objects.get().received


def after(purpose, bad, good):
    state = "in production" if purpose is ReturnPurpose.REWORK else "rejected"
    return sorted([*((state, units) for units in bad), *(("accepted", units) for units in good)])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_it_works(shop, build, batch, purpose):
    """Two rows of one output."""
    there, before = to_lab(shop, batch.item_id, 5), facts()
    done = send(shop, build, purpose, ReturnRow(there, 2), ReturnRow(batch.item_id, 3))
    assert sorted(outputs()) == after(purpose, [2, 3], [5])
    assert PurchaseLine.objects.get().received == (5 if purpose is ReturnPurpose.REPLACEMENT else 10)
    shop.recount()
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_ada)
    assert facts() == before
    shop.recount()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_all_of_an_output_goes_back_in_two_rows(shop, build, batch, purpose):
    there, before = to_lab(shop, batch.item_id, 5), facts()
    done = send(shop, build, purpose, ReturnRow(there), ReturnRow(batch.item_id))
    assert sorted(outputs()) == after(purpose, [5, 5], [])
    shop.recount()
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_ada)
    assert facts() == before
    shop.recount()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_one_part_goes_back_then_the_other(shop, build, batch, purpose):
    there = to_lab(shop, batch.item_id, 5)
    for item, bad, good in ((batch.item_id, [5], [5]), (there, [5, 5], [])):
        send(shop, build, purpose, ReturnRow(item))
        assert sorted(outputs()) == after(purpose, bad, good)
        shop.recount()
    if purpose is ReturnPurpose.REPLACEMENT:
        assert PurchaseLine.objects.get().received == 0
        assert progress(build).rejected == 10


def test_both_parts_come_back_reworked(shop, build, batch):
    there = to_lab(shop, batch.item_id, 5)
    send(shop, build, "rework", ReturnRow(there), ReturnRow(batch.item_id))
    document = SupplierReturn.objects.get()
    rows = [ComingBack(line.pk) for line in document.lines.all()]
    receive_back(document=document, rows=rows, location=shop.location("Lab"), **shop.by_bo)
    assert outputs() == [("in production", 5), ("in production", 5)]
    shop.recount()


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("units", [1, 2, 10])
def test_units_that_were_numbered_since_go_back(shop, build, batch, purpose, units):
    ids = serialise_stock(rows=[Serialisation(batch.item_id, "1-10")], **shop.by_bo).ids
    before = facts()
    done = send(shop, build, purpose, *(ReturnRow(one) for one in ids[:units]))
    assert sorted(outputs()) == after(purpose, [1] * units, [10 - units] if units < 10 else [])
    shop.recount()
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_ada)
    assert facts() == before
    shop.recount()


@pytest.fixture
def merged(shop, build, line):
    """Two receipts of five, accepted and poured together."""
    (one,), (two,) = shop.received(line, 5, batch="A"), shop.received(line, 5, batch="A")
    accept_outputs(build=build, decisions=[Decision(one.pk), Decision(two.pk)], **shop.by_bo)
    merge_stock(items=[one.item_id, two.item_id], **shop.by_bo)
    return one.item_id


@pytest.mark.parametrize("purpose", PURPOSES)
def test_units_of_merged_outputs_go_back(shop, build, merged, purpose):
    before = facts()
    done = send(shop, build, purpose, ReturnRow(merged, 8))
    assert sorted(outputs()) == after(purpose, [3, 5], [2])
    assert PurchaseLine.objects.get().received == (2 if purpose is ReturnPurpose.REPLACEMENT else 10)
    lines = SupplierReturn.objects.get().lines.order_by("position")
    assert list(lines.values_list("quantity", flat=True)) == [5, 3]
    shop.recount()
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_ada)
    assert facts() == before
    shop.recount()


@pytest.mark.parametrize("first", [3, 5, 8])
def test_merged_units_go_back_little_by_little(shop, build, merged, first):
    there = to_lab(shop, merged, 2)
    for row in (ReturnRow(merged, min(first, 7)), ReturnRow(there)):
        send(shop, build, "replacement", row)
    rest = StockItem.objects.get(pk=merged)
    if rest.quantity:
        send(shop, build, "replacement", ReturnRow(merged))
    assert {state for state, _ in outputs()} == {"rejected"}
    assert (PurchaseLine.objects.get().received, progress(build).rejected) == (0, 10)
    shop.recount()


def test_the_credit_is_shared_by_units(shop, build, merged):
    send(shop, build, "credit", ReturnRow(merged, 8, credit="16.00"))
    assert [str(one.credit) for one in SupplierReturn.objects.get().lines.order_by("position")] == [
        "10.000000",
        "6.000000",
    ]
    shop.recount()


def test_refuses_more_than_the_outputs_have(shop, build, batch):
    """Boards of our own stand in the box too."""
    own = shop.put("BOARD", 4, batch="A").pk
    merge_stock(items=[batch.item_id, own], allow_mismatched_suppliers=True, **shop.by_bo)
    request = {"supplier": build.manufacturer, "purpose": "credit", "reason": "Bad"}
    refused = shop.refused(create_return, rows=[ReturnRow(batch.item_id, 12)], **request)
    assert refused == [("return_beyond_outputs", (0, "quantity"))]
    send(shop, build, "credit", ReturnRow(batch.item_id, 10))
    send(shop, build, "credit", ReturnRow(batch.item_id, 2))
    assert outputs() == [("rejected", 10)]
    shop.recount()


@pytest.mark.parametrize(
    ("units", "split", "expected"), [(15, 0, [5, 10]), (4, 0, [4]), (20, 0, [10, 10]), (8, 8, [8])]
)
def test_parts_of_two_order_lines_go_back(shop, units, split, expected):
    """Ten came on each of two lines and stand in one box."""
    order, line_ids = order_of(shop, ("R-10K", 10, "0.10", "0"), ("R-10K", 10, "0.20", "0"))
    (one,), (two,) = come(shop, order, (line_ids[0], 10)), come(shop, order, (line_ids[1], 10))
    merge_stock(items=[one, two], **shop.by_bo)
    item = to_lab(shop, one, split) if split else one
    received = lambda: list(order.lines.order_by("pk").values_list("received", flat=True))  # noqa: E731
    done = create_return(
        supplier=order.supplier, purpose="replacement", reason="Bad", rows=[ReturnRow(item, units)], **shop.by_bo
    )
    assert sorted(SupplierReturn.objects.get().lines.values_list("quantity", flat=True)) == sorted(expected)
    assert sum(received()) == 20 - units
    shop.recount()
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_ada)
    assert received() == [10, 10]
    assert StockItem.objects.get(pk=item).quantity == (split or 20)
    shop.recount()
