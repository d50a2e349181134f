"""Which returns are open, what is away, and what went back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.taking_back import reverse_event
from outwork.queries.returns import (
    Away,
    list_returns,
    return_named,
    return_page,
    returns_of_build,
    returns_of_order,
    units_away,
)
from outwork.rules.refusals import Refusal
from outwork.rules.states import ReturnStatus

D = Decimal


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {}, is_trackable=True), 10)


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def send(shop, build, purpose, *rows, **facts):
    request = {"supplier": build.manufacturer, "purpose": purpose, "reason": "Bad", "rows": rows, **shop.by_bo, **facts}
    return create_return(**request)


def test_it_works(shop, build, line, statements):
    one, two = shop.received(line, 4, batch="A")[0], shop.received(line, 2, batch="B")[0]
    send(shop, build, "rework", ReturnRow(one.item_id, 3), expected_date=shop.now.date())
    send(shop, build, "replacement", ReturnRow(two.item_id))
    document = return_named("rt-0001")
    row = document.lines.get()
    receive_back(document=document, rows=[ComingBack(row.pk, 1)], location=shop.location("Lab"), **shop.by_bo)
    with statements() as seen:
        listed = list_returns()
    assert [(one.reference, one.purpose, one.lines, one.awaited) for one in listed] == [
        ("RT-0002", "replacement", 1, D(2)),
        ("RT-0001", "rework", 1, D(2)),
    ]
    assert seen == 2
    assert units_away() == [
        Away("Acme Assembly", "RT-0001", "BOARD", None, "A", D(2), shop.now, shop.now.date()),
    ]
    assert units_away(supplier_id=shop.company("Reichelt").pk) == []
    found = return_page(document)
    assert [(one.quantity, one.came_back, one.awaited, one.order, one.build) for one in found.lines] == [
        (D(3), D(1), D(2), "PO-0001", "BO-0001")
    ]
    assert [one.kind for one in found.events] == ["return.sent", "return.came back"]
    told = [(one.document, one.purpose, one.quantity, one.came_back, one.status) for one in returns_of_build(build.pk)]
    assert told == [("RT-0001", "rework", D(3), D(1), "sent"), ("RT-0002", "replacement", D(2), D(0), "sent")]
    assert returns_of_order(line.order_id) == returns_of_build(build.pk)


def test_a_replacement_is_awaited_until_it_came(shop, build, line):
    (one,) = shop.received(line, 10, batch="A")
    send(shop, build, "replacement", ReturnRow(one.item_id, 4))
    shop.received(line, 3, batch="B")
    assert [one.awaited for one in list_returns()] == [D(1)]
    shop.received(line, 1, batch="B")
    assert [one.awaited for one in list_returns()] == [D(0)]


def test_what_was_taken_back_did_not_go(shop, build, line):
    (one,) = shop.received(line, 10, batch="A")
    done = send(shop, build, "replacement", ReturnRow(one.item_id, 4))
    reverse_event(event=done.event_id, reason="Wrong box", **shop.by_bo)
    assert (list_returns(), returns_of_build(build.pk), units_away()) == ([], [], [])
    assert [one.status for one in list_returns(statuses=ReturnStatus)] == [ReturnStatus.CANCELLED]


def test_refuses_a_return_that_there_is_not(db):
    with pytest.raises(Refusal) as refusal:
        return_named("RT-0001")
    assert refusal.value.codes == ["return_reference_unknown"]
