"""The hundred HackRF Ones again: turnkey, all parts ours, and with two that never come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, Movement, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.closing_short import close_short
from outwork.operations.finishing import finish_build
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.sending import send_kit
from outwork.operations.supplying import supply_everything
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus, OrderStatus
from outwork.rules.supply import Supply
from tests.scenarios.hackrf import PIECE, HackRF


def ordered(hackrf: HackRF) -> PurchaseLine:
    """The hundred, ordered from Acme and placed."""
    done = order_build(build=hackrf.build, manufacturer=hackrf.acme, **hackrf.shop.by_ada)
    line = PurchaseLine.objects.select_related("order").get(pk=done.ids[0])
    place_order(order=line.order, **hackrf.shop.by_ada)
    return line


def test_turnkey_needs_no_allocation_at_all(hackrf: HackRF):
    shop, build = hackrf.shop, hackrf.build
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    line = ordered(hackrf)
    hackrf.accept(hackrf.receive(line, 100, "1-100", days=30), days=31)
    finish_build(build=build, **shop.by(shop.ada, days=32))

    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    assert not Movement.objects.filter(kind__in=[Kind.USED, Kind.LOST]).exists()
    assert {item.value for item in hackrf.good()} == {Decimal("38.20")}
    hackrf.tie_up()


def test_everything_is_supplied_by_us(hackrf: HackRF):
    shop, build = hackrf.shop, hackrf.build
    lines = hackrf.lines()
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    hackrf.stock(lines)
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by(shop.bo, days=1))
    line = ordered(hackrf)
    assert hackrf.at("Acme Assembly") == 30_000
    hackrf.accept(hackrf.receive(line, 100, "1-100", days=30), days=31)
    finish_build(build=build, **shop.by(shop.ada, days=32))

    assert hackrf.at("Acme Assembly") == 0
    used = StockItem.objects.filter(place=PlaceKind.USED, used_by=build)
    assert sum(item.quantity for item in used) == 30_000
    assert {item.value for item in hackrf.good()} == {300 * PIECE + Decimal("38.20")}
    hackrf.tie_up()


def test_ninety_eight_come_and_the_line_is_closed_short(hackrf: HackRF):
    shop, build = hackrf.shop, hackrf.build
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    hackrf.stock(hackrf.lines())
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by(shop.bo, days=1))
    line = ordered(hackrf)
    hackrf.accept(hackrf.receive(line, 98, "1-98", days=30), days=31)
    close_short(order=line.order, lines=[line.pk], reason="two fell off the line", **shop.by(shop.ada, days=33))
    assert PurchaseOrder.objects.get(pk=line.order_id).status == OrderStatus.COMPLETE

    with pytest.raises(Refusal) as refusal:
        finish_build(build=build, **shop.by(shop.ada, days=34))
    assert refusal.value.codes == ["build_incomplete"]
    finish_build(build=build, accept_incomplete=True, **shop.by(shop.ada, days=34))

    # Two boards' worth of parts were never built: they lie at Acme, ours and free.
    assert hackrf.at("Acme Assembly") == 2 * 300
    assert not StockItem.objects.filter(allocated__gt=0).exists()
    assert {item.value for item in hackrf.good()} == {300 * PIECE + Decimal("38.20")}
    hackrf.tie_up()


def test_what_was_never_sent_is_said_and_not_invented(hackrf: HackRF):
    shop, build = hackrf.shop, hackrf.build
    lines = hackrf.lines()
    hackrf.stock(lines[1:])
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by(shop.bo, days=1))
    line = ordered(hackrf)
    said = hackrf.accept(hackrf.receive(line, 100, "1-100", days=30), days=31)
    missing = lines[0]
    assert [(one["code"], one["line"], one["quantity"]) for one in said] == [
        ("shortfall", missing.pk, f"{missing.quantity.normalize():f}")
    ]

    with pytest.raises(Refusal) as refusal:
        finish_build(build=build, **shop.by(shop.ada, days=34))
    assert refusal.value.codes == ["build_short"]
    finish_build(build=build, accept_unallocated=True, **shop.by(shop.ada, days=34))
    missing.refresh_from_db()
    assert (missing.supply, missing.consumed) == (Supply.THEY_BUY, 0)
    hackrf.tie_up()
