"""Tracked components go into their own unit, whenever the build consumes."""

from __future__ import annotations

import pytest

from outwork.models import Build, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.rules.places import PlaceKind
from outwork.rules.supply import ConsumeWhen
from tests.shop import Shop


@pytest.fixture
def cores(shop: Shop) -> Build:
    """Two cores, each of one board with a serial number."""
    shop.part("BOARD", is_trackable=True)
    for serial in ("B1", "B2"):
        shop.put("BOARD", 1, serial=serial, value="10.00")
    core = shop.assembly("CORE", {"BOARD": 1}, is_trackable=True)
    return shop.build(core, 2)


def fit(shop: Shop, build: Build, outputs: list[int]) -> None:
    line = build.lines.get()
    boards = StockItem.objects.filter(part__number="BOARD").order_by("serial_number")
    takes = [Take(line.pk, board.pk, 1, output) for board, output in zip(boards, outputs, strict=True)]
    allocate(build=build, takes=takes, **shop.by_bo)


def fitted() -> list[tuple[str | None, str | None, int]]:
    boards = StockItem.objects.filter(part__number="BOARD").order_by("serial_number").select_related("inside")
    return [(board.serial, board.inside.serial if board.inside else None, board.place) for board in boards]


IN_THEIR_CORES = [("B1", "C1", PlaceKind.INSIDE), ("B2", "C2", PlaceKind.INSIDE)]


def test_a_build_that_consumes_at_its_finish_fits_them_then(shop: Shop, cores: Build) -> None:
    made = make_outputs(build=cores, units=2, serials=["C1", "C2"], **shop.by_bo)
    fit(shop, cores, made.ids)
    accept_outputs(build=cores, decisions=[Decision(pk) for pk in made.ids], **shop.by_bo)
    finish_build(build=cores, **shop.by_bo)
    assert fitted() == IN_THEIR_CORES
    shop.recount()


def test_a_unit_that_is_not_built_yet_keeps_its_part_waiting(shop: Shop, cores: Build) -> None:
    Build.objects.filter(pk=cores.pk).update(consume=ConsumeWhen.ACCEPTANCE)
    made = make_outputs(build=cores, units=2, serials=["C1", "C2"], **shop.by_bo)
    fit(shop, cores, made.ids)
    accept_outputs(build=cores, decisions=[Decision(made.ids[0])], **shop.by_bo)
    assert fitted() == [("B1", "C1", PlaceKind.INSIDE), ("B2", None, PlaceKind.LOCATION)]
    shop.recount()
