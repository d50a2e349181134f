"""A tracked sub-assembly two levels deep: a lot in a radio, the radio in a board, the board in a gateway."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outwork.models import Build, BuildOutput, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.fitting_components import Fit, fit_components
from outwork.operations.making_outputs import make_outputs
from outwork.operations.sending import send_kit
from outwork.queries.trace import Unit, trace_down
from outwork.queries.trace_up import trace_up
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Refusal
from outwork.rules.supply import ConsumeWhen


@pytest.fixture
def radios(shop) -> list[StockItem]:
    """Four radios of our own, each of a chip of lot L-1."""
    radio = shop.assembly("RADIO", {"CHIP": 1}, is_trackable=True)
    shop.put("CHIP", 4, value="8.00", batch="L-1")
    build = shop.build(radio, 4, destination=shop.location("Main shelf"), consume=ConsumeWhen.ACCEPTANCE)
    auto_allocate(build=build, **shop.by_bo)
    made = make_outputs(build=build, units=4, serials="R1-R4", **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(pk) for pk in made.ids], **shop.by_bo)
    finish_build(build=build, **shop.by_ada)
    return list(StockItem.objects.filter(part=radio).order_by("serial"))


def in_order(unit: Unit) -> list[tuple[str, str]]:
    """The lots in a unit, level by level."""
    found, level = [], [unit]
    while level:
        inside = [one for part in level for one in part.found()]
        found += sorted((one.lot.part, one.lot.serial or one.lot.batch) for one in inside)
        level = [part for one in inside for part in one.units]
    return found


def test_what_is_where_is_known_all_the_way_down_and_up(shop, radios):
    board = shop.assembly("BOARD", {"RADIO": 1, "R-10K": 2}, is_trackable=True)
    outside = shop.external(board, 2, destination=shop.location("Main shelf"))
    shop.put("R-10K", 4, value="0.40")
    line = shop.ordered(outside)
    made = shop.received(line, serials="B1-B2", **shop.by(shop.bo, days=10))

    # A board without its radio is not accepted.
    with pytest.raises(Refusal) as refusal:
        accept_outputs(build=outside, decisions=[Decision(made[0].pk)], **shop.by(shop.bo, days=10))
    assert "RADIO" in str(refusal.value)
    fit_components(build=outside, fits=[Fit("B1", "R3"), Fit("B2", "R1")], **shop.by(shop.bo, days=10))
    auto_allocate(build=Build.objects.get(pk=outside.pk), **shop.by(shop.bo, days=10))
    send_kit(build=Build.objects.get(pk=outside.pk), **shop.by(shop.bo, days=10))
    accept_outputs(build=outside, decisions=[Decision(one.pk) for one in made], **shop.by(shop.bo, days=11))
    assert {str(radio.inside) if radio.inside else "" for radio in StockItem.objects.filter(serial="R2")} == {""}
    fitted = dict(StockItem.objects.filter(place=PlaceKind.INSIDE).values_list("serial", "inside__serial"))
    assert fitted == {"R3": "B1", "R1": "B2"}
    assert {shop.item_of(one).value for one in made} == {Decimal("12.20")}

    gateway = shop.assembly("GATEWAY", {"BOARD": 1}, is_trackable=True)
    inside = shop.build(gateway, 1, destination=shop.location("Main shelf"), consume=ConsumeWhen.ACCEPTANCE)
    unit = BuildOutput.objects.get(pk=make_outputs(build=inside, units=1, serials="G1", **shop.by_bo).ids[0])
    fit_components(build=inside, fits=[Fit("G1", "B2")], **shop.by(shop.bo, days=20))
    accept_outputs(build=inside, decisions=[Decision(unit.pk)], **shop.by(shop.bo, days=20))

    assert in_order(trace_down(shop.item_of(unit))) == [
        ("BOARD", "B2"),
        ("R-10K", ""),
        ("RADIO", "R1"),
        ("CHIP", "L-1"),
    ]
    chip = StockItem.objects.filter(part__number="CHIP").order_by("pk")[0]
    holders = trace_up(chip)
    levels = {(holder.lot.part, holder.lot.serial): holder.level for holder in holders if holder.lot is not None}
    assert levels["RADIO", "R1"] == 1
    assert levels["BOARD", "B2"] == 2
    assert levels["GATEWAY", "G1"] == 3
    shop.recount()
