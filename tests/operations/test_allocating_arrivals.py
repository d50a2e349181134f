"""Bought for a build, received here or straight at its manufacturer: allocated to it at once."""

import pytest

from outwork.models import Allocation, Build, Event, PurchaseLine, StockItem
from outwork.operations.build_states import cancel_build
from outwork.operations.dedicating_lines import Dedication, dedicate_lines
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.rules.receiving import Arrival
from outwork.rules.saying import sentence
from outwork.rules.states import StockStatus
from tests.purchases import order_of


@pytest.fixture
def build(shop):
    """Ten boards by Acme, each with four resistors."""
    return shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)


@pytest.fixture
def line(shop, build):
    """A hundred resistors on order, thirty of them for the build."""
    order, [pk] = order_of(shop, ("R-10K", 100, "1", "0"))
    dedicate(shop, order, pk, build, 30)
    return PurchaseLine.objects.select_related("order").get(pk=pk)


def dedicate(shop, order, pk, build, units):
    wanted = [Dedication(pk, build.lines.get().pk, units)]
    dedicate_lines(order=order, dedications=wanted, **shop.by_ada)


def arrive(shop, line, units, place="Main shelf", **facts):
    arrival = Arrival(line.pk, units, **facts)
    return receive(order=line.order, arrivals=[arrival], location=shop.location(place), **shop.by_bo)


def allocated(build):
    found = Allocation.objects.filter(build_line__build=build).select_related("item__location")
    return [(str(one.item.location), one.quantity) for one in found.order_by("pk")]


def test_it_works(shop, build, line):
    """Straight to the manufacturer: it lies there, allocated, and need not be sent."""
    version = Build.objects.get(pk=build.pk).version
    done = arrive(shop, line, 50, "Acme Assembly")
    assert allocated(build) == [("Acme Assembly", 30)]
    assert [sentence(one) for one in done.said] == [
        "30 of R-10K are allocated to BO-0001, for which they were bought (Acme Assembly)"
    ]
    assert StockItem.objects.get(pk=done.ids[0]).allocated == 30
    assert Build.objects.get(pk=build.pk).version == version + 1
    arrive(shop, line, 50)
    assert allocated(build) == [("Acme Assembly", 30)]
    shop.recount()


def test_the_first_units_are_for_whom_it_was_bought_first(shop, build, line):
    other = shop.external(build.part, 5)
    dedicate(shop, line.order, line.pk, other, 20)
    arrive(shop, line, 10)
    assert (allocated(build), allocated(other)) == ([("Main shelf", 10)], [])
    arrive(shop, line, 30)
    assert (allocated(build), allocated(other)) == ([("Main shelf", 10), ("Main shelf", 20)], [("Main shelf", 10)])
    arrive(shop, line, 60)
    assert allocated(other) == [("Main shelf", 10), ("Main shelf", 10)]
    shop.recount()


def test_no_more_than_the_build_needs(shop, build, line):
    item = shop.put("R-10K", 25)
    shop.allocate(build.reference, item, 25)
    arrive(shop, line, 50)
    assert sum(units for _, units in allocated(build)) == 40
    shop.recount()


def test_not_at_another_manufacturer_not_what_cannot_be_used_and_not_for_a_build_that_is_over(shop, build, line):
    shop.manufacturer("Other Assembly")
    arrive(shop, line, 10, "Other Assembly")
    arrive(shop, line, 5, status=StockStatus.QUARANTINED)
    assert allocated(build) == []
    cancel_build(build=build, **shop.by_ada)
    assert arrive(shop, line, 20).said == []
    assert allocated(build) == []


def test_a_receipt_taken_back_frees_it(shop, build, line):
    done = arrive(shop, line, 50)
    unreceive(receipt=Event.objects.get(pk=done.event_id), reason="Not ours", **shop.by_bo)
    assert allocated(build) == []
    done = arrive(shop, line, 50)
    other = shop.external(build.part, 5)
    shop.allocate(other.reference, StockItem.objects.get(pk=done.ids[0]), 5)
    receipt = Event.objects.get(pk=done.event_id)
    assert [code for code, _ in shop.refused(unreceive, receipt=receipt, reason="Not ours")] == ["receipt_allocated"]
    shop.recount()
