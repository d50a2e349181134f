"""Finishing with lines that nobody decided on: who was short of them supplied them."""

from __future__ import annotations

import pytest

from outwork.models import Build, BuildLine, SupplyChoice
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.supply import Supply
from tests.stories import Stories


@pytest.fixture
def stories(shop) -> Stories:
    return Stories(shop)


def come(shop, build: Build, line, units: int) -> None:
    done = receive(order=line.order, arrivals=[Arrival(line.pk, units)], **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(one) for one in done.data["outputs"]], **shop.by_bo)


def board(shop) -> Build:
    return shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10, destination=shop.location("Main shelf"))


def test_it_works(shop, stories):
    build = board(shop)
    come(shop, build, shop.ordered(build), 10)
    done = finish_build(build=Build.objects.get(pk=build.pk), accept_unallocated=True, **shop.by_ada)
    assert BuildLine.objects.get().supply == Supply.THEY_BUY
    assert done.data["supplied"] == [BuildLine.objects.get().pk]
    shop.recount()


def test_with_two_manufacturers_it_is_stated_for_the_one_that_was_short(shop, stories):
    build = board(shop)
    other = shop.manufacturer("Brightline EMS")
    shop.sells(other, build.part)
    shop.put("R-10K", 4, "Acme Assembly")
    first = shop.ordered(build, 4)
    second = stories.order_from(Build.objects.get(pk=build.pk), other, 6)
    auto_allocate(build=build, **shop.by_bo)
    come(shop, build, first, 4)
    come(shop, build, second, 6)
    finish_build(build=Build.objects.get(pk=build.pk), accept_unallocated=True, **shop.by_ada)
    assert BuildLine.objects.get().supply is None
    assert [(one.manufacturer.name, one.supply) for one in SupplyChoice.objects.all()] == [
        ("Brightline EMS", Supply.THEY_BUY)
    ]
    shop.recount()
