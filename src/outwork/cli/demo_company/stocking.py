"""How the parts came: the opening stock, the orders to distributors and workshops, the counts."""

from __future__ import annotations

from outwork.cli.demo_company import tables
from outwork.cli.demo_company.catalogue import catalogue, settle
from outwork.cli.demo_company.people import hire
from outwork.cli.demo_company.script import Script
from outwork.cli.demo_company.stage import Stage
from outwork.operations.adding_extra_lines import NewExtra
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.rules.pricing import ExtraKind, SpreadMode

scenes = Script()


@scenes.on(366, "People, settings, companies and places")
def begin(stage: Stage) -> None:
    hire(stage)
    settle(stage)


@scenes.on(365, "Parts, prices and bills of materials")
def fill_catalogue(stage: Stage) -> None:
    catalogue(stage)


@scenes.on(364, "What lay on the shelf is counted")
def open_stock(stage: Stage) -> None:
    offers = {row["part"]: stage.offers[row["sku"]] for row in reversed(tables.read("offers"))}
    rows = [
        NewStock(
            part=stage.parts[row["part"]],
            supplier_part=offers.get(row["part"]),
            quantity=row["quantity"],
            batch=row["batch"],
            location=stage.places[row["location"]],
            packaging=row["packaging"],
            value=row["value"],
        )
        for row in tables.read("opening")
    ]
    add_stock(rows=rows, is_opening=True, reason="Stock-taking for the start", **stage.by("Bo", 13, 34))


@scenes.on(358, "Passives and sensors are ordered in euros")
def order_passives(stage: Stage) -> None:
    freight = NewExtra(ExtraKind.FREIGHT, "16.85", "Parcel, insured")
    stage.buy("start-eur", "Nordkai Components", due=343, extras=[freight], supplier_reference="NKC-2281940")


@scenes.on(357, "Semiconductors are ordered in dollars")
def order_semiconductors(stage: Stage) -> None:
    freight = NewExtra(ExtraKind.FREIGHT, "58.40", "Air freight Reno to Hamburg")
    stage.buy("start-usd", "Pellham Electronics", due=339, extras=[freight], supplier_reference="SO-774120")


@scenes.on(355, "Bare boards are ordered")
def order_boards(stage: Stage) -> None:
    charge = NewExtra(ExtraKind.TOOLING, "84.50", "Films and electrical test adapter", spread=SpreadMode.BY_QUANTITY)
    stage.buy("boards-1", "Ostkamp Leiterplatten", due=342, extras=[charge])


@scenes.on(351, "The reels come, sensors and radios later")
def receive_passives(stage: Stage) -> None:
    late = {"U-SHT40", "M-RFM95W"}
    come = [row["part"] for row in _offers_of("start-eur") if row["part"] not in late]
    stage.arrive("start-eur", only=come, lots={"L-2U2": [151, 117], "D-ESD-PAIR": [209, 238]})


@scenes.on(343, "Sensors and radios come too")
def receive_sensors(stage: Stage) -> None:
    stage.arrive("start-eur", lots={"U-SHT40": [137, 86]})


@scenes.on(342, "The bare boards come")
def receive_boards(stage: Stage) -> None:
    stage.arrive("boards-1")


@scenes.on(339, "The semiconductors come, from two lots")
def receive_semiconductors(stage: Stage) -> None:
    stage.arrive("start-usd", lots={"U-STM32L072": [163, 53], "U-W25Q32": [96, 118]})


@scenes.on(329, "Air quality sensors are ordered")
def order_air_sensors(stage: Stage) -> None:
    stage.buy("sensors-1", "Nordkai Components", due=302, supplier_reference="NKC-2290377")


@scenes.on(322, "Housings, probes and antennas are ordered")
def order_mechanics(stage: Stage) -> None:
    stage.buy("mech-1", "Drahtmann & Sohn", due=296)


@scenes.on(311, "USB connectors are shipped directly to the far manufacturer")
def order_direct(stage: Stage) -> None:
    freight = NewExtra(ExtraKind.FREIGHT, "67.20", "Courier to Harbour Nine")
    stage.buy(
        "direct-1",
        "Nordkai Components",
        due=299,
        destination="Harbour Nine",
        extras=[freight],
        description="Ship directly to Harbour Nine Assembly",
    )


@scenes.on(310, "Cells are ordered")
def order_cells(stage: Stage) -> None:
    stage.buy("cells-1", "Nordkai Components", due=297)


@scenes.on(302, "The air quality sensors come")
def receive_air_sensors(stage: Stage) -> None:
    stage.arrive("sensors-1", lots={"U-SCD41": [118, 75]})


@scenes.on(298, "The connectors are at the far manufacturer")
def receive_direct(stage: Stage) -> None:
    stage.arrive("direct-1")


@scenes.on(296, "Housings, probes and cells come")
def receive_mechanics(stage: Stage) -> None:
    stage.arrive("mech-1")
    stage.arrive("cells-1", lots={"B-LS14500": [170, 120]})


@scenes.on(259, "Housings and front plates for the monitors are ordered, and their cables")
def order_monitor_parts(stage: Stage) -> None:
    stage.buy("mech-2", "Drahtmann & Sohn", due=236)
    stage.buy("cable-2", "Nordkai Components", due=247)


@scenes.on(235, "They come")
def receive_monitor_parts(stage: Stage) -> None:
    stage.arrive("mech-2")
    stage.arrive("cable-2")


@scenes.on(221, "Ethernet parts for the gateway are ordered, dollars and euros")
def order_ethernet(stage: Stage) -> None:
    stage.buy("phy-1", "Pellham Electronics", due=197, supplier_reference="SO-791862")
    stage.buy("jacks-1", "Nordkai Components", due=206, destination="Harbour Nine")


@scenes.on(199, "Jacks reach the far manufacturer, the rest reaches us")
def receive_ethernet(stage: Stage) -> None:
    stage.arrive("jacks-1")
    stage.arrive("phy-1")


@scenes.on(178, "Housings, probes and cells are ordered again")
def order_mechanics_again(stage: Stage) -> None:
    stage.buy("mech-3", "Drahtmann & Sohn", due=149)
    stage.buy("cells-2", "Nordkai Components", due=166)


@scenes.on(151, "They come")
def receive_mechanics_again(stage: Stage) -> None:
    stage.arrive("mech-3")
    stage.arrive("cells-2")


@scenes.on(139, "A reel comes home from the near manufacturer")
def bring_home(stage: Stage) -> None:
    reel = stage.stock("C-1U-0402", "Kestrup")
    rack = stage.places["Store/Reel rack"]
    transfer_stock(rows=[Transfer(reel.pk, rack)], reason="Wanted for prototypes", **stage.by("Bo", 12, 47))


@scenes.on(133, "Quarterly count: some is missing")
def count(stage: Stage) -> None:
    found = {"H-1593L": -2, "R-0R-0402": 0, "D-LED-GN": -9, "W-SCREW-M3": -74, "W-LABEL": 12}
    places = {"H-1593L": "Store/Housings", "W-SCREW-M3": "Workshop", "W-LABEL": "Workshop"}
    rows = []
    for number, difference in found.items():
        item = stage.stock(number, places.get(number, "Kestrup"))
        rows.append(Counted(item.pk, item.quantity + difference))
    count_stock(rows=rows, reason="Quarterly count; Kestrup counted the reels there", **stage.by("Bo", 16, 18))


@scenes.on(126, "Parts for the third run are ordered")
def order_again(stage: Stage) -> None:
    freight = NewExtra(ExtraKind.FREIGHT, "18.30", "Parcel, insured")
    stage.buy("again-eur", "Nordkai Components", due=101, extras=[freight], supplier_reference="NKC-2331706")
    freight = NewExtra(ExtraKind.FREIGHT, "61.75", "Air freight Reno to Hamburg")
    stage.buy("again-usd", "Pellham Electronics", due=104, extras=[freight], supplier_reference="SO-808455")
    stage.buy("boards-2", "Ostkamp Leiterplatten", due=112)


@scenes.on(111, "The bare boards come")
def receive_boards_again(stage: Stage) -> None:
    stage.arrive("boards-2")


@scenes.on(99, "The parts for the third run come")
def receive_again(stage: Stage) -> None:
    stage.arrive("again-eur", lots={"L-2U2": [94, 67]})
    stage.arrive("again-usd", lots={"U-STM32L072": [91, 63]})


@scenes.on(88, "Two loggers go to a fair, a housing is damaged")
def samples(stage: Stage) -> None:
    products = stage.stock_all("FL3-100", "Store/Finished goods")[-2:]
    rows = [Removal(item.pk, 1) for item in products]
    remove_stock(rows=rows, reason="Samples for the fair in Munich", **stage.by("Bo", 10, 28))
    box = stage.stock("H-1554C", "Store/Housings")
    remove_stock(rows=[Removal(box.pk, 1)], reason="Lid cracked", **stage.by("Bo", 10, 52))


@scenes.on(52, "Semiconductors are ordered in dollars; they will be late")
def order_late(stage: Stage) -> None:
    freight = NewExtra(ExtraKind.FREIGHT, "54.90", "Air freight Reno to Hamburg")
    stage.buy("late-usd", "Pellham Electronics", due=23, extras=[freight], supplier_reference="SO-819036")


@scenes.on(48, "Their supplier promises a date")
def promise_late(stage: Stage) -> None:
    stage.promise("late-usd", 23, confirmation="AC-819036-1")


@scenes.on(25, "The supplier postpones")
def slip_late(stage: Stage) -> None:
    stage.promise("late-usd", 9, reason="Held by customs in Leipzig: export papers incomplete")


@scenes.on(2, "A draft order is being put together")
def draft(stage: Stage) -> None:
    stage.buy("draft-eur", "Nordkai Components", due=-31, is_placed=False)


def _offers_of(order: str) -> list[dict[str, str]]:
    skus = {row["sku"] for row in tables.read("buys") if row["order"] == order}
    return [row for row in tables.read("offers") if row["sku"] in skus]
