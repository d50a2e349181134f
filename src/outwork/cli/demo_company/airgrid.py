"""The air monitors: boards in panels of four from the far manufacturer, who buys most parts himself."""

from __future__ import annotations

from outwork.cli.demo_company.script import Script
from outwork.cli.demo_company.stage import Stage, serials
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.build_states import hold_build
from outwork.operations.closing_short import close_short
from outwork.operations.deciding import report_scrap
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.sending import send_kit
from outwork.rules.pricing import ExtraKind, SpreadMode
from outwork.rules.supply import Supply

scenes = Script()
HARBOUR = "Harbour Nine Assembly"
OURS = {
    "M-ESP32-C3": Supply.WE_SEND,
    "U-SCD41": Supply.WE_SEND,
    "U-SGP40": Supply.WE_SEND,
    "U-BME280": Supply.WE_SEND,
    "J-USBC": Supply.SHIPPED_DIRECT,
    "J-PH2": Supply.SHIPPED_DIRECT,
    "J-SH4": Supply.SHIPPED_DIRECT,
}


@scenes.on(314, "188 sensor boards are planned at the far manufacturer")
def plan(stage: Stage) -> None:
    stage.plan("airgrid-1", "AG2-200", 188, due=259, title="Airgrid 2 boards, first run", maker=HARBOUR)
    stage.state_supply("airgrid-1", Supply.THEY_BUY, OURS)


@scenes.on(313, "47 panels of four are ordered, in dollars")
def order(stage: Stage) -> None:
    stage.order_out("airgrid-1", "airgrid-1", HARBOUR, due=259)
    extras = [
        NewExtra(ExtraKind.FREIGHT, "236.80", "Air freight, door to door"),
        NewExtra(ExtraKind.ONE_OFF_ENGINEERING, "365.00", "Test fixture", spread=SpreadMode.OVER_UNITS, over_units=396),
    ]
    add_extra_lines(order=stage.order("airgrid-1"), extras=extras, **stage.by("Ada", 10, 58))
    stage.place_order("airgrid-1")


@scenes.on(308, "The manufacturer promises a date")
def promise(stage: Stage) -> None:
    stage.promise("airgrid-1", 257, confirmation="H9-SO-5521")


@scenes.on(295, "Sensors and radio modules leave by courier")
def send(stage: Stage) -> None:
    stage.reserve("airgrid-1")
    build = stage.build("airgrid-1")
    send_kit(build=build, note="Courier, sensors in dry packs", **stage.by("Bo", 13, 51))


@scenes.on(257, "39 boards of ten panels come: one broke at the manufacturer")
def receive_first(stage: Stage) -> None:
    made = stage.deliver("airgrid-1", "airgrid-1", 39, serials=serials("AG2B", 1, 39))
    reason = "Cracked when the panel was cut"
    line = stage.line("airgrid-1", "airgrid-1")
    report_scrap(build=stage.build("airgrid-1"), units=1, reason=reason, line=line, **stage.by("Cy", 14, 40))
    stage.clock.ago = 256
    stage.reject("airgrid-1", [made[4]], "CO₂ stays at 0 ppm")
    stage.accept("airgrid-1", made[:4] + made[5:])


@scenes.on(249, "97 more")
def receive_second(stage: Stage) -> None:
    made = stage.deliver("airgrid-1", "airgrid-1", 97, serials=serials("AG2B", 40, 97))
    stage.clock.ago = 248
    stage.reject("airgrid-1", [made[51], made[80]], "USB does not enumerate: L1 the wrong way round")
    stage.accept("airgrid-1", [one for index, one in enumerate(made) if index not in (51, 80)])


@scenes.on(242, "The last 50; another one broke, the line is closed short with a credit")
def receive_last(stage: Stage) -> None:
    made = stage.deliver("airgrid-1", "airgrid-1", 50, serials=serials("AG2B", 137, 50))
    line = stage.line("airgrid-1", "airgrid-1")
    reason = "Fell off the conveyor"
    report_scrap(build=stage.build("airgrid-1"), units=1, reason=reason, line=line, **stage.by("Cy", 14, 26))
    stage.accept("airgrid-1", made)
    credit = NewExtra(ExtraKind.CREDIT, "-18.64", "Two boards not delivered")
    add_extra_lines(order=stage.order("airgrid-1"), extras=[credit], **stage.by("Ada", 15, 48))
    close_short(
        order=stage.order("airgrid-1"),
        lines=[line.pk],
        reason="Two boards broke at the manufacturer and are credited",
        **stage.by("Ada", 15, 56),
    )


@scenes.on(233, "The first run is finished")
def finish(stage: Stage) -> None:
    stage.finish("airgrid-1", accept_incomplete=True, reason="Five boards are not built again")


@scenes.on(229, "The manufacturer reports lots of parts that he bought")
def report(stage: Stage) -> None:
    build = stage.build("airgrid-1")
    lots = {
        "U-AP2112K": ("AP2112K-3.3TRG1", "DI2549C7", "2549"),
        "U-MCP73831": ("MCP73831T-2ACI/OT", "", "2547"),
        "C-100N-0402": ("GRM155R71C104KA88D", "IA5K21J", ""),
        "C-10U-0603": ("GRM188R61A106KE69D", "IC5L08W", ""),
    }
    lines = {line.part.number: line.pk for line in build.lines.select_related("part")}
    rows = [
        LotReport(lines[number], mpn=mpn, lot=lot, date_code=date_code)
        for number, (mpn, lot, date_code) in lots.items()
    ]
    report_lots(build=build, rows=rows, **stage.by("Cy", 13, 16))


@scenes.on(224, "94 monitors are put together")
def make_products(stage: Stage) -> None:
    stage.plan("monitors-1", "AG2-100", 94, due=216, title="Airgrid 2, first monitors")
    stage.reserve("monitors-1", may_miss=True)
    stage.assemble("monitors-1", serials("A2-", 1, 94), tracked="AG2-200")
    stage.finish("monitors-1")


@scenes.on(209, "An invoice for duty comes after the end and changes the final cost")
def duty(stage: Stage) -> None:
    duty = NewExtra(ExtraKind.DUTY, "164.87", "Import duty and handling by the forwarder", currency="EUR")
    add_extra_lines(order=stage.order("airgrid-1"), extras=[duty], **stage.by("Ada", 9, 44))


@scenes.on(44, "212 boards of the second run are ordered")
def order_second(stage: Stage) -> None:
    stage.plan("airgrid-2", "AG2-200", 212, due=-11, title="Airgrid 2 boards, second run", maker=HARBOUR)
    stage.state_supply("airgrid-2", Supply.THEY_BUY, OURS)
    stage.order_out("airgrid-2", "airgrid-2", HARBOUR, due=-11)
    stage.place_order("airgrid-2")


@scenes.on(36, "The second run is put on hold")
def hold_second(stage: Stage) -> None:
    stage.reserve("airgrid-2", may_miss=True)
    reason = "SCD41 on allocation: the next delivery is promised for week nine"
    hold_build(build=stage.build("airgrid-2"), reason=reason, **stage.by("Cy", 15, 9))


@scenes.on(17, "31 of 74 monitors are made")
def make_more_products(stage: Stage) -> None:
    stage.plan("monitors-2", "AG2-100", 74, due=-6, title="Airgrid 2 for the schools of the district")
    stage.reserve("monitors-2", may_miss=True)
    stage.assemble("monitors-2", serials("A2-", 95, 31), tracked="AG2-200")
