"""The gateways: a prototype given up, boards in panels of ten by batch, and housings around them."""

from __future__ import annotations

from outwork.cli.demo_company.script import Script
from outwork.cli.demo_company.stage import Stage, serials
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.build_states import cancel_build
from outwork.operations.sending import send_kit
from outwork.rules.pricing import ExtraKind
from outwork.rules.supply import Supply

scenes = Script()
HARBOUR = "Harbour Nine Assembly"
OURS = {"U-DP83848": Supply.WE_SEND, "U-24AA025E48": Supply.WE_SEND, "J-RJ45": Supply.SHIPPED_DIRECT}


@scenes.on(252, "24 prototypes of the gateway are planned at the near manufacturer")
def plan_prototypes(stage: Stage) -> None:
    stage.plan("gateway-0", "GW1-200", 24, due=219, title="Sluice 1 prototypes", maker="Kestrup Elektronik")
    stage.state_supply("gateway-0", Supply.WE_SEND)
    stage.reserve("gateway-0", may_miss=True)


@scenes.on(238, "They are cancelled")
def cancel_prototypes(stage: Stage) -> None:
    reason = "Magnetics of the RJ45 mirrored in the layout: no board will be made of it"
    cancel_build(build=stage.build("gateway-0"), reason=reason, **stage.by("Cy", 10, 33))


@scenes.on(193, "130 boards are ordered, 13 panels of ten")
def order(stage: Stage) -> None:
    stage.plan("gateway-1", "GW1-200", 130, due=141, title="Sluice 1 boards", maker=HARBOUR, batch="H9-SL-0417")
    stage.state_supply("gateway-1", Supply.THEY_BUY, OURS)
    stage.order_out("gateway-1", "gateway-1", HARBOUR, due=141)
    freight = NewExtra(ExtraKind.FREIGHT, "172.30", "Sea freight, consolidated")
    add_extra_lines(order=stage.order("gateway-1"), extras=[freight], **stage.by("Ada", 10, 59))
    stage.place_order("gateway-1")
    stage.promise("gateway-1", 143, confirmation="H9-SO-5698")


@scenes.on(187, "Its chips leave by courier")
def send(stage: Stage) -> None:
    stage.reserve("gateway-1")
    send_kit(build=stage.build("gateway-1"), note="Courier", **stage.by("Bo", 11, 35))


@scenes.on(144, "72 boards come as a batch")
def receive_first(stage: Stage) -> None:
    made = stage.deliver("gateway-1", "gateway-1", 72)
    stage.accept("gateway-1", made)


@scenes.on(137, "58 more, of which four are bad")
def receive_rest(stage: Stage) -> None:
    made = stage.deliver("gateway-1", "gateway-1", 58, batch="H9-SL-0423")
    stage.reject("gateway-1", {made[0]: 4}, "No link: PHY crystal is 24 MHz on these")
    stage.accept("gateway-1", made)


@scenes.on(131, "The boards are finished")
def finish(stage: Stage) -> None:
    stage.finish("gateway-1", accept_incomplete=True, reason="Four boards are not built again")


@scenes.on(122, "68 gateways are put together")
def make_products(stage: Stage) -> None:
    stage.plan("gateways-1", "GW1-100", 68, due=116, title="Sluice 1, first gateways")
    stage.reserve("gateways-1")
    stage.assemble("gateways-1", serials("S1-", 1, 68))
    stage.finish("gateways-1")


@scenes.on(6, "35 gateways are planned")
def plan_more(stage: Stage) -> None:
    stage.plan("gateways-2", "GW1-100", 35, due=-13, title="Sluice 1 for the waterworks")
