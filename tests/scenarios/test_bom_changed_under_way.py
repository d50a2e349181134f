"""The BOM changes while boards are under way: what came keeps what it was built of, the rest is built to the new one."""

from __future__ import annotations

from decimal import Decimal

from outwork.models import BomLine, Build, BuildOutput, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.master_data import change, create, remove
from outwork.operations.sending import send_kit
from outwork.operations.taking_over_bom import take_over_bom
from outwork.operations.validating_bom import validate_bom
from outwork.queries.bom_comparison import compare_boms, snapshots_of
from outwork.queries.bom_difference import bom_difference
from outwork.queries.trace import trace_down
from outwork.rules.states import BuildStatus


def test_half_of_the_boards_are_built_to_the_change(shop):
    board = shop.assembly("BOARD", {"R-10K": 4, "LED": 1}, is_trackable=True)
    validate_bom(parts=[board], note="released", **shop.by_ada)
    build = shop.external(board, 20, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    shop.put("R-10K", 80, value="8.00")
    shop.put("LED", 20, value="10.00")
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by(shop.bo, days=1))
    first = shop.received(line, 10, serials="1-10", **shop.by(shop.bo, days=10))
    accept_outputs(build=build, decisions=[Decision(one.pk) for one in first], **shop.by(shop.bo, days=10))

    # Two resistors fewer, no LED any more, a fuse instead.
    resistor, led = BomLine.objects.get(part__number="R-10K"), BomLine.objects.get(part__number="LED")
    change(model=BomLine, rows=[{"id": resistor.pk, "quantity": 2}], **shop.by(shop.ada, days=11))
    remove(model=BomLine, ids=[led.pk], **shop.by(shop.ada, days=11))
    fuse = {"assembly": board.pk, "part": shop.part("FUSE").pk}
    create(model=BomLine, rows=[fuse], **shop.by(shop.ada, days=11))
    assert sorted((one.kind, one.part) for one in bom_difference(build)) == [
        ("added", "FUSE"),
        ("changed", "R-10K"),
        ("removed", "LED"),
    ]
    assert len(compare_boms(snapshots_of(board)[0], board).differences) == 3

    done = take_over_bom(build=build, reason="ECO 7", **shop.by(shop.ada, days=12))
    assert [(one["part"], Decimal(one["quantity"])) for one in done.data["freed"]] == [("LED", 10)]
    shop.put("FUSE", 10, "Acme Assembly", value="1.00", days=13)
    auto_allocate(build=Build.objects.get(pk=build.pk), **shop.by(shop.bo, days=13))
    second = shop.received(line, 10, serials="11-20", **shop.by(shop.bo, days=20))
    said = accept_outputs(build=build, decisions=[Decision(one.pk) for one in second], **shop.by(shop.bo, days=20)).said
    assert said == []
    finish_build(build=build, **shop.by(shop.ada, days=21))
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE

    # 4 resistors at 0.10 and an LED at 0.50; then 2 resistors and a fuse at 0.10.
    assert {shop.item_of(one).value for one in first} == {Decimal("10.90")}
    assert {shop.item_of(one).value for one in second} == {Decimal("10.30")}
    assert {line.part for line in trace_down(shop.item_of(first[0])).lines} == {"R-10K", "LED"}
    assert {line.part for line in trace_down(shop.item_of(second[0])).lines} == {"R-10K", "FUSE"}
    left = StockItem.objects.on_hand().filter(location__name="Acme Assembly")
    assert sorted(left.values_list("part__number", "quantity", "allocated")) == [("LED", 10, 0), ("R-10K", 20, 0)]
    assert BuildOutput.objects.filter(revision=1).count() == 10
    shop.recount()
