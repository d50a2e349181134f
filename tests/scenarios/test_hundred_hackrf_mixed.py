"""A hundred HackRF Ones, built outside: we send the chips, the manufacturer buys the rest."""

from __future__ import annotations

from decimal import Decimal

from outwork.models import Build, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply
from outwork.queries.trace import every_lot, trace_down
from outwork.queries.trace_up import trace_up
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.states import BuildStatus, OrderStatus, StockStatus
from outwork.rules.supply import Supply
from outwork.rules.trace import Certainty
from tests.scenarios.hackrf import PIECE, HackRF

CHIP_MAKERS = ("NXP", "Maxim", "RFMD", "Silicon Labs", "Skyworks", "Avago", "Texas Instruments", "TI", "Xilinx")


def test_a_hundred_hackrf_ones_we_send_the_chips(hackrf: HackRF):
    shop, build = hackrf.shop, hackrf.build

    # The BOM: 414 lines in the file, 114 of them not fitted; what is fitted is in the build, one line a part.
    assert (hackrf.imported["lines"], hackrf.imported["dnp_lines"]) == (414, 114)
    lines = hackrf.lines()
    assert sum(line.per_unit for line in lines) == 300

    # Who supplies what, line by line: the chips are ours, the rest they buy.
    ours = hackrf.made_by(*CHIP_MAKERS)
    assert ours
    mine = {line.pk for line in ours}
    choices = [Choice(one.pk, Supply.WE_SEND if one.pk in mine else Supply.THEY_BUY) for one in lines]
    state_supply(build=build, choices=choices, **shop.by_ada)

    # Our part is on the shelf with 7 pieces to spare of each, allocated and sent.
    hackrf.stock(ours, spare=7)
    allocated = auto_allocate(build=build, **shop.by_bo)
    assert [one["missing"] for one in allocated.data["lines"]] == ["0"] * len(ours)
    send_kit(build=build, **shop.by(shop.bo, days=1))
    per_unit = hackrf.pieces_per_unit(ours)
    assert hackrf.at("Acme Assembly") == 100 * per_unit
    assert hackrf.at("Main shelf") == 7 * len(ours)

    # Ordered at the break for a hundred; placing the order freezes the build.
    done = order_build(build=build, manufacturer=hackrf.acme, **shop.by_ada)
    line = PurchaseLine.objects.get(pk=done.ids[0])
    assert (line.ordered, line.price) == (100, Decimal("38.20"))
    place_order(order=line.order, **shop.by_ada)
    assert Build.objects.get(pk=build.pk).status == BuildStatus.PRODUCTION

    # 40, then 35, then 25 come with serial numbers; two are cracked.
    first = hackrf.receive(line, 40, "HRF0001-HRF0040", days=20)
    assert hackrf.accept(first, days=21) == []
    assert hackrf.at("Acme Assembly") == 60 * per_unit
    second = hackrf.receive(line, 35, "HRF0041-HRF0075", days=27)
    cracked = [Decision(output) for output in second[:2]]
    reject_outputs(build=build, decisions=cracked, reason="cracked crystal", **shop.by(shop.bo, days=28))
    assert hackrf.accept(second[2:], days=28) == []
    third = hackrf.receive(line, 25, "HRF0076-HRF0100", days=34)
    assert hackrf.accept(third, days=35) == []
    order = PurchaseOrder.objects.get(pk=line.order_id)
    assert order.status == OrderStatus.COMPLETE

    # What was built is consumed: a hundred boards' worth, the two cracked ones included.
    finish_build(build=build, accept_incomplete=True, **shop.by(shop.ada, days=36))
    assert Build.objects.get(pk=build.pk).status == BuildStatus.COMPLETE
    assert hackrf.at("Acme Assembly") == 0
    used = StockItem.objects.filter(place=PlaceKind.USED, used_by=build)
    assert sum(item.quantity for item in used) == 100 * per_unit
    cracked_units = StockItem.objects.filter(part=hackrf.part, status=StockStatus.REJECTED)
    assert sorted(item.serial or "" for item in cracked_units) == ["HRF0041", "HRF0042"]

    # The 98 good ones bear it all: parts and service of a hundred.
    good = hackrf.good()
    assert len(good) == 98
    total = 100 * (per_unit * PIECE + Decimal("38.20"))
    assert sum(item.value or ZERO for item in good) == total
    assert {item.value for item in cracked_units} == {0}

    # Every lot we sent is in every serial number, for certain: one lot fed each line. The rest Acme supplied.
    unit = trace_down(good[0])
    assert good[0].serial == "HRF0001"
    lots = {lot.batch: sure for lot, sure in every_lot(unit).items()}
    assert lots == {f"L{number}": Certainty.CERTAIN for number in range(1, len(ours) + 1)}
    theirs = [line for line in unit.lines if line.supplied_by]
    assert len(theirs) == len(lines) - len(ours)
    assert {line.supplied_by for line in theirs} == {"Acme Assembly"}

    # From a lot up: all hundred serial numbers have it, the cracked ones too.
    lot = StockItem.objects.get(batch="L1", root__isnull=True)
    holders = trace_up(lot)
    assert len(holders) == 100
    assert {holder.lot.serial for holder in holders if holder.lot} >= {"HRF0001", "HRF0041", "HRF0100"}
    hackrf.tie_up()
