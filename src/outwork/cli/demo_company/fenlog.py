"""The loggers: boards from the near manufacturer, who gets all parts from us; cores and products from our workshop."""

from __future__ import annotations

from outwork.cli.demo_company.script import Script
from outwork.cli.demo_company.stage import Stage, serials
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.sending import send_kit
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.supply import Supply

scenes = Script()
KESTRUP = "Kestrup Elektronik"
_ON_REELS = ("Resistors", "Capacitors", "Magnetics", "Semiconductors", "Crystals")


def send(stage: Stage, build: str, note: str) -> None:
    """Reels and strips travel whole, the rest is counted out."""
    lines = list(stage.build(build).lines.filter(allocations__isnull=False).select_related("part__category").distinct())
    whole = [line.pk for line in lines if line.part.category and line.part.category.name in _ON_REELS]
    exact = [line.pk for line in lines if line.pk not in whole]
    for chosen, is_whole, minute in ((exact, False, 12), (whole, True, 31)):
        at_home = stage.build(build).lines.filter(pk__in=chosen, allocations__item__location__company__isnull=True)
        if at_home.exists():
            send_kit(
                build=stage.build(build), lines=chosen, whole_items=is_whole, note=note, **stage.by("Bo", 14, minute)
            )


@scenes.on(347, "118 logger boards are planned at the near manufacturer")
def plan_first(stage: Stage) -> None:
    stage.plan("fenlog-1", "FL3-200", 118, due=309, title="Fenlog 3 boards, first run", maker=KESTRUP)
    stage.state_supply("fenlog-1", Supply.WE_SEND)


@scenes.on(345, "The boards are ordered, with a stencil")
def order_first(stage: Stage) -> None:
    line = stage.order_out("fenlog-1", "fenlog-1", KESTRUP, due=309)
    stencil = NewExtra(
        ExtraKind.STENCIL, "186.40", "Stencil top and bottom, 100 µm", spread=SpreadMode.ON_LINE, line_id=line.pk
    )
    add_extra_lines(order=stage.order("fenlog-1"), extras=[stencil], **stage.by("Ada", 10, 55))
    stage.place_order("fenlog-1")


@scenes.on(341, "The manufacturer promises a date")
def promise_first(stage: Stage) -> None:
    stage.promise("fenlog-1", 311, confirmation="AB-24107")


@scenes.on(336, "The kit leaves")
def send_first(stage: Stage) -> None:
    stage.reserve("fenlog-1")
    send(stage, "fenlog-1", "By our own van, 2 boxes")


@scenes.on(318, "The date slips")
def slip_first(stage: Stage) -> None:
    stage.promise("fenlog-1", 304, reason="Stencil cut again: apertures of U2 too wide, bridges in the first article")


@scenes.on(305, "The first 47 boards come")
def receive_first(stage: Stage) -> None:
    made = stage.deliver("fenlog-1", "fenlog-1", 47, serials=serials("FL3B", 1, 47), note="Box 1 of 3")
    stage.clock.ago = 304
    stage.reject("fenlog-1", [made[11]], "L1 tombstoned, pad lifted when it was touched up")
    stage.reject("fenlog-1", [made[38]], "U4 does not answer on I²C, paste void under the sensor")
    stage.accept("fenlog-1", [one for index, one in enumerate(made) if index not in (11, 38)])


@scenes.on(301, "41 more")
def receive_second_box(stage: Stage) -> None:
    made = stage.deliver("fenlog-1", "fenlog-1", 41, serials=serials("FL3B", 48, 41), note="Box 2 of 3")
    stage.accept("fenlog-1", made)


@scenes.on(298, "The last 30")
def receive_last_box(stage: Stage) -> None:
    made = stage.deliver("fenlog-1", "fenlog-1", 30, serials=serials("FL3B", 89, 30), note="Box 3 of 3")
    stage.accept("fenlog-1", made)


@scenes.on(291, "52 cores are planned in the workshop")
def plan_cores(stage: Stage) -> None:
    stage.plan("cores-1", "FL3-150", 52, due=284, title="Fenlog 3 cores")


@scenes.on(289, "A freight invoice comes late and changes what the boards cost")
def late_freight(stage: Stage) -> None:
    freight = NewExtra(
        ExtraKind.FREIGHT, "143.65", "Three express deliveries, invoiced afterwards", spread=SpreadMode.BY_QUANTITY
    )
    add_extra_lines(order=stage.order("fenlog-1"), extras=[freight], **stage.by("Ada", 11, 3))


@scenes.on(288, "27 cores are sealed and tested")
def make_cores(stage: Stage) -> None:
    stage.reserve("cores-1", may_miss=True)
    stage.assemble("cores-1", serials("FL3C", 1, 27), tracked="FL3-200")


@scenes.on(286, "25 more cores")
def make_more_cores(stage: Stage) -> None:
    stage.assemble("cores-1", serials("FL3C", 28, 25), tracked="FL3-200")
    stage.finish("cores-1")


@scenes.on(284, "The first board order is finished: two boards are not good, reels stay at the manufacturer")
def finish_first(stage: Stage) -> None:
    stage.finish("fenlog-1", accept_incomplete=True, reason="Two rejected boards are not built again")


@scenes.on(281, "44 loggers are put together")
def make_products(stage: Stage) -> None:
    stage.plan("loggers-1", "FL3-100", 44, due=277, title="Fenlog 3, first loggers")
    stage.reserve("loggers-1", may_miss=True)
    stage.assemble("loggers-1", serials("F3-", 1, 24), tracked="FL3-150")


@scenes.on(279, "The rest of them")
def make_more_products(stage: Stage) -> None:
    stage.assemble("loggers-1", serials("F3-", 25, 20), tracked="FL3-150")
    stage.finish("loggers-1")


@scenes.on(276, "The manufacturer counts our reels and finds fewer")
def count_reels(stage: Stage) -> None:
    fewer = {"R-10K-0402": 31, "C-100N-0402": 118, "FB-600-0402": 17}
    items = [(stage.stock(number, "Kestrup"), missing) for number, missing in fewer.items()]
    rows = [Counted(item.pk, item.quantity - missing) for item, missing in items]
    count_stock(rows=rows, reason="Reel count at Kestrup: feeders were not run empty", **stage.by("Bo", 15, 37))


@scenes.on(206, "86 boards of the second run are ordered, without a stencil")
def order_second(stage: Stage) -> None:
    stage.plan("fenlog-2", "FL3-200", 86, due=168, title="Fenlog 3 boards, second run", maker=KESTRUP)
    stage.state_supply("fenlog-2", Supply.WE_SEND)
    stage.order_out("fenlog-2", "fenlog-2", KESTRUP, due=168)
    stage.place_order("fenlog-2")


@scenes.on(201, "Its date is promised")
def promise_second(stage: Stage) -> None:
    stage.promise("fenlog-2", 167, confirmation="AB-24389")


@scenes.on(194, "What does not lie there already is sent")
def send_second(stage: Stage) -> None:
    stage.reserve("fenlog-2")
    send(stage, "fenlog-2", "Parcel, 1 box")


@scenes.on(167, "51 boards come")
def receive_second(stage: Stage) -> None:
    made = stage.deliver("fenlog-2", "fenlog-2", 51, serials=serials("FL3B", 119, 51))
    stage.reject("fenlog-2", [made[22]], "Solder balls between the pins of U1")
    stage.accept("fenlog-2", [one for index, one in enumerate(made) if index != 22])


@scenes.on(161, "The other 35, accepted as they come in")
def receive_second_rest(stage: Stage) -> None:
    stage.deliver("fenlog-2", "fenlog-2", 35, serials=serials("FL3B", 170, 35), accept=True)


@scenes.on(154, "The second run is finished")
def finish_second(stage: Stage) -> None:
    stage.finish("fenlog-2", accept_incomplete=True, reason="One board is not built again")


@scenes.on(147, "79 cores")
def make_cores_again(stage: Stage) -> None:
    stage.plan("cores-2", "FL3-150", 79, due=141, title="Fenlog 3 cores")
    stage.reserve("cores-2", may_miss=True)
    stage.assemble("cores-2", serials("FL3C", 53, 79), tracked="FL3-200")
    stage.finish("cores-2")


@scenes.on(143, "61 loggers")
def make_products_again(stage: Stage) -> None:
    stage.plan("loggers-2", "FL3-100", 61, due=136, title="Fenlog 3 loggers for spring")
    stage.reserve("loggers-2", may_miss=True)
    stage.assemble("loggers-2", serials("F3-", 45, 61), tracked="FL3-150")
    stage.finish("loggers-2")


@scenes.on(73, "152 boards of the third run are ordered")
def order_third(stage: Stage) -> None:
    stage.plan("fenlog-3", "FL3-200", 152, due=27, title="Fenlog 3 boards, third run", maker=KESTRUP)
    stage.state_supply("fenlog-3", Supply.WE_SEND)
    stage.order_out("fenlog-3", "fenlog-3", KESTRUP, due=27)
    stage.place_order("fenlog-3")


@scenes.on(69, "Their date is promised")
def promise_third(stage: Stage) -> None:
    stage.promise("fenlog-3", 26, confirmation="AB-24816")


@scenes.on(64, "The kit leaves")
def send_third(stage: Stage) -> None:
    stage.reserve("fenlog-3")
    send(stage, "fenlog-3", "By our own van, 2 boxes")


@scenes.on(29, "The date slips by three weeks")
def slip_third(stage: Stage) -> None:
    stage.promise("fenlog-3", -5, reason="Reflow oven under repair; 64 boards were through before it stopped")


@scenes.on(13, "64 boards come; some wait for the test adapter")
def receive_third(stage: Stage) -> None:
    made = stage.deliver("fenlog-3", "fenlog-3", 64, serials=serials("FL3B", 205, 64), note="Box 1 of 3")
    stage.clock.ago = 12
    stage.reject("fenlog-3", [made[7]], "J1 shifted, does not fit the housing")
    stage.accept("fenlog-3", made[:7] + made[8:58])


@scenes.on(3, "96 boards of the next run are planned; the order is a draft")
def plan_fourth(stage: Stage) -> None:
    stage.plan("fenlog-4", "FL3-200", 96, due=-47, title="Fenlog 3 boards, fourth run", maker=KESTRUP)
    stage.state_supply("fenlog-4", Supply.WE_SEND)
    stage.order_out("fenlog-4", "fenlog-4", KESTRUP, due=-47)
    stage.reserve("fenlog-4", may_miss=True)
