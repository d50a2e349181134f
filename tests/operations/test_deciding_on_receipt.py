"""Units are accepted, held or rejected as they come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, BuildOutput, Company, StockItem, TestTemplate
from outwork.operations.finishing import finish_build
from outwork.operations.receiving import receive
from outwork.operations.requiring_tests import SETTING
from outwork.queries.builds import progress
from outwork.rules.receiving import Arrival, Disposition
from outwork.rules.states import OutputState, StockStatus, WaitsFor
from tests.purchases import order_of


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


def come(shop, line, *arrivals, **facts):
    return receive(order=line.order, arrivals=arrivals, location=shop.location("Dock"), **{**shop.by_bo, **facts})


def test_it_works(shop, build, line):
    done = come(
        shop,
        line,
        Arrival(line.pk, 5, serials="1-5", disposition=Disposition.ACCEPT),
        Arrival(line.pk, 2, serials="6-7", disposition=Disposition.HOLD, disposition_reason="Scratched"),
        Arrival(line.pk, 1, serials="8", disposition=Disposition.REJECT, disposition_reason="Dead"),
        Arrival(line.pk, 2, serials="9-10"),
    )
    made = progress(build)
    assert (made.in_production, made.accepted, made.rejected) == (4, 5, 1)
    assert build.lines.get().consumed == 24
    outputs = {shop.item_of(one).serial: one for one in BuildOutput.objects.all()}
    held, bad, waiting = outputs["6"], outputs["8"], outputs["9"]
    assert (held.waits_for, held.reason, shop.item_of(held).status) == (
        WaitsFor.INSPECTION,
        "Scratched",
        StockStatus.QUARANTINED,
    )
    assert (bad.state, bad.reason, shop.item_of(bad).status) == (OutputState.REJECTED, "Dead", StockStatus.REJECTED)
    assert (waiting.waits_for, waiting.state, shop.item_of(waiting).status) == (
        "",
        OutputState.IN_PRODUCTION,
        StockStatus.OK,
    )
    assert {one.made_event_id for one in outputs.values()} == {done.event_id}
    shop.recount()


def test_parts_come_into_quarantine_or_rejected(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    receive(
        order=order,
        arrivals=[
            Arrival(line, 10, disposition=Disposition.HOLD, disposition_reason="No certificate"),
            Arrival(line, 20, disposition=Disposition.REJECT, disposition_reason="Wet"),
            Arrival(line, 70),
        ],
        location=shop.location("Dock"),
        **shop.by_bo,
    )
    statuses = dict(StockItem.objects.values_list("quantity", "status"))
    assert statuses == {
        Decimal(10): StockStatus.QUARANTINED,
        Decimal(20): StockStatus.REJECTED,
        Decimal(70): StockStatus.OK,
    }
    shop.recount()


@pytest.mark.parametrize("disposition", [Disposition.HOLD, Disposition.REJECT])
def test_refuses_to_hold_or_reject_without_a_reason(shop, build, line, disposition):
    arrivals = [Arrival(line.pk, 1, serials="1", disposition=disposition, disposition_reason=" ")]
    assert shop.refused(receive, order=line.order, arrivals=arrivals, location=shop.location("Dock")) == [
        ("disposition_without_reason", (0, "disposition_reason"))
    ]


def test_units_for_a_complete_build_can_be_held_too(shop, build, line):
    come(shop, line, Arrival(line.pk, 2, serials="1-2", accept=True))
    finish_build(build=build, accept_incomplete=True, accept_unallocated=True, **shop.by_bo)
    hold = Arrival(line.pk, 1, serials="3", disposition=Disposition.HOLD, disposition_reason="Scratched")
    come(shop, line, hold, Arrival(line.pk, 1, serials="4"))
    made = progress(Build.objects.get(pk=build.pk))
    assert (made.in_production, made.accepted) == (1, 3)
    shop.recount()


def test_where_tests_are_required_nothing_is_accepted_by_default(shop, board, build, line):
    type(board).objects.filter(pk=board.pk).update(is_testable=True)
    TestTemplate.objects.create(part=board, name="Leak test", key="leaktest")
    Company.objects.filter(pk=build.manufacturer_id).update(accepts_on_receipt=True)
    shop.switch_on(SETTING)
    done = come(shop, line, Arrival(line.pk, 2, serials="1-2"))
    assert [one["code"] for one in done.said] == ["tests_come_first"]
    assert progress(build).in_production == 2
    arrivals = [Arrival(line.pk, 1, serials="3")]
    asked = {"order": line.order, "arrivals": arrivals, "location": shop.location("Dock"), "accept": True}
    assert shop.refused(receive, **asked) == [("tests_unmet", (0, "output"))]
    shop.recount()
