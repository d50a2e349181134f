"""A promise slips: forty boards are promised for April, announced by air and by sea, and come in May."""

from __future__ import annotations

import datetime
from decimal import Decimal

from outwork.models import AnnouncedDelivery, Build, PromiseChange, PurchaseLine, PurchaseOrder
from outwork.operations.announcing import NewDelivery, announce_deliveries
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.queries.deliveries import announced
from outwork.queries.delivery_record import line_records, supplier_records
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OrderStatus


def promise(shop, line: PurchaseLine, day: datetime.date, reason: str, *, days: float) -> None:
    changes = [DateChange(line.pk, "promised", day, reason)]
    state_dates(order=PurchaseOrder.objects.get(pk=line.order_id), changes=changes, **shop.by(shop.ada, days=days))


def test_two_part_deliveries_by_air_and_sea_come_after_a_slipped_promise(shop):
    board = shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True)
    build = shop.external(board, 40, destination=shop.location("Main shelf"))
    shop.put("R-10K", 160, value="1.60")
    line = shop.ordered(build)
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by_bo)

    first, second = datetime.date(2026, 4, 13), datetime.date(2026, 5, 4)
    promise(shop, line, first, "as ordered", days=1)
    promise(shop, line, second, "the oven is broken", days=20)
    told = (
        PromiseChange.objects.filter(line=line)
        .order_by("pk")
        .values_list("before", "after", "reason", "event__actor__username")
    )
    assert list(told) == [
        (None, first, "as ordered", "ada"),
        (first, second, "the oven is broken", "ada"),
    ]
    (record,) = line_records(today=datetime.date(2026, 4, 20))
    # Late is measured against the latest promise, on-time against the first.
    assert (record.punctuality.is_late, record.punctuality.is_on_time, record.slips) == (False, False, 1)
    (record,) = line_records(today=datetime.date(2026, 5, 6))
    assert (record.punctuality.is_late, record.punctuality.days) == (True, 2)

    air, sea = announce_deliveries(
        order=PurchaseOrder.objects.get(pk=line.order_id),
        deliveries=[
            NewDelivery(line.pk, 15, mode="air", tracking_number="JD01", expected_date=second, serials="1-15"),
            NewDelivery(line.pk, 25, mode="sea", tracking_number="MSC7", expected_date=datetime.date(2026, 5, 28)),
        ],
        **shop.by(shop.ada, days=50),
    ).ids
    assert [(row.mode, row.open) for row in announced(today=datetime.date(2026, 5, 1))] == [("air", 15), ("sea", 25)]

    came = receive(
        order=line.order,
        arrivals=[Arrival(line.pk, None, announcement_id=air)],
        **shop.by(shop.bo, days=63),
    )
    assert came.said == []
    came = receive(
        order=line.order,
        arrivals=[Arrival(line.pk, 24, in_units=True, serials="16-39", announcement_id=sea)],
        **shop.by(shop.bo, days=88),
    )
    assert [(one["code"], one["missing"]) for one in came.said if one["code"].startswith("announced")] == [
        ("announced_missing", "1")
    ]
    assert list(AnnouncedDelivery.objects.order_by("pk").values_list("quantity", "received")) == [(15, 15), (25, 24)]
    receive(order=line.order, arrivals=[Arrival(line.pk, 1, in_units=True, serials="40")], **shop.by(shop.bo, days=89))
    assert PurchaseOrder.objects.get(pk=line.order_id).status == OrderStatus.COMPLETE

    waiting = [Decision(pk) for pk in build.outputs.values_list("pk", flat=True)]
    accept_outputs(build=build, decisions=waiting, **shop.by(shop.bo, days=90))
    finish_build(build=build, **shop.by(shop.ada, days=90))
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    (supplier,) = supplier_records(today=datetime.date(2026, 6, 1))
    assert (supplier.on_time, supplier.not_on_time, supplier.slips, supplier.percent_on_time) == (
        0,
        1,
        1,
        Decimal("0.0"),
    )
    shop.recount()
