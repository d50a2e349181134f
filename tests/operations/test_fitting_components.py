"""Tracked components go into their units serial number by serial number, and no unit is accepted without them."""

from __future__ import annotations

from typing import Any

import pytest

from outwork.models import Allocation, BomLine, Build, BuildLine, BuildOutput, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.fitting_components import Fit, fit_components
from outwork.operations.making_outputs import make_outputs
from outwork.operations.receiving import receive
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.trace import trace_down
from outwork.rules.places import PlaceKind
from outwork.rules.receiving import Arrival
from outwork.rules.states import OutputState
from outwork.rules.supply import ConsumeWhen, Supply
from tests.shop import Shop


@pytest.fixture
def cores(shop: Shop) -> Build:
    """Cores of one board and one radio each, all with serial numbers; two are in production."""
    for part in ("BOARD", "RADIO"):
        shop.part(part, is_trackable=True)
        for number in (1, 2):
            shop.put(part, 1, serial=f"{part[0]}{number}", value="10.00")
    core = shop.assembly("CORE", {"BOARD": 1, "RADIO": 1}, is_trackable=True)
    build = shop.build(core, 2, consume=ConsumeWhen.ACCEPTANCE, destination=shop.location("Main shelf"))
    make_outputs(build=build, units=2, serials=["C1", "C2"], **shop.by_bo)
    return build


ALL = [Fit("C1", "B1"), Fit("C1", "R2"), Fit("C2", "B2"), Fit("C2", "R1")]


def meant() -> list[tuple[str, str]]:
    rows = Allocation.objects.filter(output__isnull=False).select_related("output__item", "item")
    return sorted((str(row.output.item.serial), str(row.item.serial)) for row in rows if row.output and row.output.item)


def decisions(build: Build) -> list[Decision]:
    return [Decision(pk) for pk in BuildOutput.objects.filter(build=build).order_by("pk").values_list("pk", flat=True)]


def test_it_works(shop: Shop, cores: Build) -> None:
    done = fit_components(build=cores, fits=ALL, **shop.by_bo)
    assert len(done.ids) == 4
    assert meant() == [("C1", "B1"), ("C1", "R2"), ("C2", "B2"), ("C2", "R1")]
    accept_outputs(build=cores, decisions=decisions(cores), **shop.by_bo)
    inside = StockItem.objects.filter(place=PlaceKind.INSIDE).order_by("serial").select_related("inside")
    assert [(one.serial, one.inside and one.inside.serial) for one in inside] == [
        ("B1", "C1"), ("B2", "C2"), ("R1", "C2"), ("R2", "C1")
    ]  # fmt: skip
    core = StockItem.objects.get(serial="C1")
    assert core.value == 20
    shop.recount()


def test_a_sub_assembly_carries_its_own_components(shop: Shop, cores: Build) -> None:
    """Two levels deep: the trace of the device shows the board in its core."""
    fit_components(build=cores, fits=ALL, **shop.by_bo)
    accept_outputs(build=cores, decisions=decisions(cores), **shop.by_bo)
    device = shop.assembly("DEVICE", {"CORE": 1}, is_trackable=True)
    build = shop.build(device, 1, consume=ConsumeWhen.ACCEPTANCE, destination=shop.location("Main shelf"))
    make_outputs(build=build, units=1, serials="D1", **shop.by_bo)
    fit_components(build=build, fits=[Fit("D1", "C1")], **shop.by_bo)
    accept_outputs(build=build, decisions=decisions(build), **shop.by_bo)
    unit = trace_down(StockItem.objects.get(serial="D1"))
    [core] = [one for one in unit.found() if one.lot.part == "CORE"]
    [inner] = core.units
    assert sorted(one.lot.label for one in inner.found()) == ["BOARD B1", "RADIO R2"]
    assert StockItem.objects.get(serial="D1").value == 20
    shop.recount()


def test_what_was_sent_for_the_build_is_given_to_the_units_that_came(shop: Shop) -> None:
    shop.part("BOARD", is_trackable=True)
    build = shop.external(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), 2)
    for serial in ("B1", "B2"):
        shop.allocate(build.reference, shop.put("BOARD", 1, "Acme Assembly", serial=serial), 1)
    shop.received(shop.ordered(build), serials=["C1", "C2"])
    fit_components(build=build, fits=[Fit("C1", "B2"), Fit("C2", "B1")], **shop.by_bo)
    assert meant() == [("C1", "B2"), ("C2", "B1")]
    assert Allocation.objects.count() == 2
    shop.recount()


def test_units_that_miss_components_are_not_accepted(shop: Shop, cores: Build) -> None:
    fit_components(build=cores, fits=ALL[:3], **shop.by_bo)
    request: dict[str, Any] = {"build": cores, "decisions": decisions(cores)}
    assert shop.refused(accept_outputs, **request) == [("components_missing", (1, "output"))]
    assert shop.refused(accept_outputs, **request, accept_incomplete_allocation=True) == [
        ("components_missing_reason", ("note",))
    ]
    done = accept_outputs(**request, accept_incomplete_allocation=True, note="Radio comes later", **shop.by_bo)
    assert [one["part"] for one in done.said] == ["RADIO"]
    shop.recount()


def test_a_concession_goes_for_missing_components_too(shop: Shop, cores: Build) -> None:
    accept_outputs(build=cores, decisions=decisions(cores)[:1], concession="For the fair only", **shop.by_bo)
    assert BuildOutput.objects.filter(state=OutputState.ACCEPTED).count() == 1


def test_what_is_in_the_unit_already_counts(shop: Shop, cores: Build) -> None:
    """Consumed and allocated together (G18): units taken out of production by mistake need nothing anew."""
    fit_components(build=cores, fits=ALL, **shop.by_bo)
    first = decisions(cores)[:1]
    accept_outputs(build=cores, decisions=first, **shop.by_bo)
    BuildOutput.objects.filter(pk=first[0].output_id).update(state=OutputState.IN_PRODUCTION, decided_event=None)
    StockItem.objects.filter(serial="C1").update(is_in_production=True)
    assert accept_outputs(build=cores, decisions=first, **shop.by_bo).ids == [first[0].output_id]


def test_optional_lines_and_those_of_the_manufacturer_count_for_nothing(shop: Shop) -> None:
    for part in ("BOARD", "RADIO", "LABEL"):
        shop.part(part, is_trackable=True)
    core = shop.assembly("CORE", {"BOARD": 1, "RADIO": 1, "LABEL": 1}, is_trackable=True)
    BomLine.objects.filter(part__number="RADIO").update(is_optional=True)
    BomLine.objects.filter(part__number="LABEL").update(is_consumable=True)
    build = shop.external(core, 1)
    board = build.lines.get(part__number="BOARD")
    state_supply(build=build, choices=[Choice(board.pk, Supply.THEY_BUY)], **shop.by_ada)
    output = shop.received(shop.ordered(build), serials=["C1"])[0]
    assert accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo).ids == [output.pk]


def test_an_output_of_several_units_needs_its_components_for_all_of_them(shop: Shop) -> None:
    """Per unit times the quantity of the output (G22); made before the BOM had a tracked part on it."""
    build = shop.build(shop.assembly("CORE", {"BOARD": 2}), 5)
    output = make_outputs(build=build, units=5, **shop.by_bo).ids[0]
    BuildLine.objects.filter(build=build).update(is_tracked=True)
    shop.allocate(build.reference, shop.put("BOARD", 10), 10)
    Allocation.objects.update(output=output, quantity=9)
    StockItem.objects.filter(part__number="BOARD").update(allocated=9)
    request: dict[str, Any] = {"build": build, "decisions": [Decision(output)]}
    assert shop.refused(accept_outputs, **request) == [("components_missing", (0, "output"))]
    Allocation.objects.update(quantity=10)
    StockItem.objects.filter(part__number="BOARD").update(allocated=10)
    assert accept_outputs(**request, **shop.by_bo).ids == [output]


def test_units_received_to_be_accepted_wait_for_their_components(shop: Shop) -> None:
    shop.part("BOARD", is_trackable=True)
    build = shop.external(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), 2)
    line = shop.ordered(build)
    arrival = Arrival(line.pk, 2, in_units=True, serials=["C1", "C2"])
    done = receive(order=line.order, arrivals=[arrival], accept=True, location=shop.location("Goods in"), **shop.by_bo)
    assert [(one["code"], one["quantity"], one["parts"]) for one in done.said] == [
        ("components_to_fit", "2", ["BOARD"])
    ]
    assert {one.state for one in BuildOutput.objects.all()} == {OutputState.IN_PRODUCTION}
    shop.recount()


def test_refuses_serial_numbers_that_mean_nothing(shop: Shop, cores: Build) -> None:
    shop.part("SCREW")
    fits = [Fit("C9", "B1"), Fit("C1", "B9"), Fit("C1", "B2", 47110815)]
    assert shop.refused(fit_components, build=cores, fits=fits) == [
        ("unit_serial_unknown", (0, "unit")),
        ("component_unknown", (1, "component")),
        ("line_unknown", (2, "line")),
    ]
    assert shop.refused(fit_components, build=cores, fits=[]) == [("rows_missing", ())]
    assert shop.refused(fit_components, build=cores, fits=[Fit("C1", "B1"), Fit("C2", "B1")]) == [
        ("item_not_free", (1, "quantity"))
    ]


def test_refuses_a_serial_number_of_two_parts_until_the_line_is_named(shop: Shop, cores: Build) -> None:
    shop.put("BOARD", 1, serial="X")
    shop.put("RADIO", 1, serial="X")
    assert shop.refused(fit_components, build=cores, fits=[Fit("C1", "X")]) == [
        ("component_ambiguous", (0, "component"))
    ]
    radio = cores.lines.get(part__number="RADIO")
    fit_components(build=cores, fits=[Fit("C1", "X", radio.pk)], **shop.by_bo)
    assert meant() == [("C1", "X")]
    assert Allocation.objects.get().build_line == radio


def test_refuses_lines_that_are_not_tracked(shop: Shop) -> None:
    shop.part("BOARD", is_trackable=True)
    build = shop.build(shop.assembly("CORE", {"BOARD": 1, "SCREW": 1}, is_trackable=True), 1)
    make_outputs(build=build, units=1, serials="C1", **shop.by_bo)
    shop.put("BOARD", 1, serial="B1")
    screw = build.lines.get(part__number="SCREW")
    assert ("line_not_tracked", (0, "line")) in shop.refused(
        fit_components, build=build, fits=[Fit("C1", "B1", screw.pk)]
    )


def test_refuses_builds_that_are_over_or_were_changed(shop: Shop, cores: Build) -> None:
    assert shop.refused(fit_components, build=cores, fits=ALL, expected_version=9) == [("version_changed", ())]
    BuildOutput.objects.all().update(state=OutputState.WITHDRAWN)
    cancel_build(build=cores, **shop.by_ada)
    assert shop.refused(fit_components, build=cores, fits=ALL) == [("wrong_state", ())]


def test_a_component_put_into_a_unit_serves_no_other(shop: Shop, cores: Build) -> None:
    fit_components(build=cores, fits=ALL[:1], **shop.by_bo)
    second = BuildOutput.objects.get(item__serial="C2")
    line = cores.lines.get(part__number="BOARD")
    board = StockItem.objects.get(serial="B1")
    assert shop.refused(allocate, build=cores, takes=[Take(line.pk, board.pk, 1, second.pk)]) == [
        ("item_not_free", (0, "quantity"))
    ]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop: Shop, statements: Any, count: int) -> None:
    shop.part("BOARD", is_trackable=True)
    build = shop.build(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), count)
    units, boards = [f"C{number}" for number in range(count)], [f"B{number}" for number in range(count)]
    make_outputs(build=build, units=count, serials=units, **shop.by_bo)
    rows = [NewStock(shop.part("BOARD").pk, count, serials=boards, location=shop.location("Main shelf").pk)]
    add_stock(rows=rows, **shop.by_bo)
    fits = [Fit(unit, board) for unit, board in zip(units, boards, strict=True)]
    with statements() as seen:
        fit_components(build=build, fits=fits, **shop.by_bo)
    assert seen == 21
    assert Allocation.objects.filter(output__isnull=False).count() == count
    shop.recount()
