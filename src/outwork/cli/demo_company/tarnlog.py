"""The water probes: one board in two variants, a change under way, a second manufacturer, and what goes wrong."""

from __future__ import annotations

from outwork.cli.demo_company.fenlog import send
from outwork.cli.demo_company.script import Script
from outwork.cli.demo_company.stage import Stage, serials
from outwork.models import (
    AnnouncedDelivery,
    BomLine,
    BomSubstitute,
    Event,
    Part,
    PurchaseLine,
    StockItem,
    SupplierReturn,
)
from outwork.operations.allocating import Take, allocate
from outwork.operations.announcing import NewDelivery, announce_deliveries
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.commenting import tag_subjects, write_comment
from outwork.operations.master_data import change
from outwork.operations.receiving import receive
from outwork.operations.return_rows import ReturnRow
from outwork.operations.returning import create_return
from outwork.operations.sending import send_kit
from outwork.operations.settings import set_settings
from outwork.operations.sharing_lines import Share, share_lines
from outwork.operations.splitting_build import split_build
from outwork.operations.supplying import Choice, state_supply
from outwork.operations.taking_back import reverse_event
from outwork.operations.taking_over_bom import take_over_bom
from outwork.operations.validating_bom import validate_bom
from outwork.rules.places import PlaceKind
from outwork.rules.receiving import Arrival
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import OutputState
from outwork.rules.subjects import SubjectKind
from outwork.rules.supply import Supply

scenes = Script()
KESTRUP = "Kestrup Elektronik"
HARBOUR = "Harbour Nine Assembly"


@scenes.on(176, "A board in two variants is released")
def release(stage: Stage) -> None:
    set_settings(values={"STOCK_ENABLE_EXPIRY": True, "STOCK_STALE_DAYS": 14}, **stage.by("Dee", 8, 31))
    template = stage.parts["TL1-200"]
    facts = [
        {"id": template, "is_template": True, "is_trackable": True},
        {"id": stage.parts["G-POT-250"], "default_expiry_days": 180},
    ]
    change(model=Part, rows=facts, **stage.by("Cy", 9, 12))
    variants = [{"id": stage.parts[f"TL1-200-{band}"], "variant_of": template} for band in "HL"]
    change(model=Part, rows=variants, **stage.by("Cy", 9, 20))
    common = BomLine.objects.filter(assembly=template).values_list("pk", flat=True)
    change(model=BomLine, rows=[{"id": pk, "is_inherited": True} for pk in common], **stage.by("Cy", 9, 33))
    stand_in = BomSubstitute.objects.get(part=stage.parts["C-10U-0805-S"])
    approval = {
        "id": stand_in.pk,
        "approved_by": "Cy",
        "approved_on": stage.clock.date(177),
        "note": "Same curve at 3.3 V",
    }
    change(model=BomSubstitute, rows=[approval], **stage.by("Cy", 9, 48))
    boards = [Part.objects.get(pk=stage.parts[f"TL1-200-{band}"]) for band in "HL"]
    validate_bom(parts=boards, note="Released for the first run", **stage.by("Cy", 10, 5))


@scenes.on(174, "Its parts are ordered")
def order_parts(stage: Stage) -> None:
    stage.buy("tarn-parts", "Nordkai Components", due=158)
    stage.buy("tarn-radio", "Pellham Electronics", due=150)
    stage.buy("tarn-cable", "Drahtmann & Sohn", due=160)
    stage.buy("tarn-pot-1", "Nordkai Components", due=160)


@scenes.on(158, "They come; the compound keeps four months only")
def receive_parts(stage: Stage) -> None:
    for order in ("tarn-parts", "tarn-radio", "tarn-cable"):
        stage.arrive(order)
    line = PurchaseLine.objects.get(order=stage.orders["tarn-pot-1"])
    arrival = Arrival(line.pk, 4, batch="UR2547", expiry_date=stage.clock.date(38))
    receive(order=stage.order("tarn-pot-1"), arrivals=[arrival], **stage.by("Bo", 11, 40))


@scenes.on(150, "60 boards are ordered, their capacitors from two makers half and half")
def order_high(stage: Stage) -> None:
    build = stage.plan("tarn-h", "TL1-200-H", 60, due=112, title="Tarnlog 1 boards, 868 MHz", maker=KESTRUP)
    stage.state_supply("tarn-h", Supply.WE_SEND)
    stage.order_out("tarn-h", "tarn-h", KESTRUP, due=112)
    stage.place_order("tarn-h")
    line = build.lines.get(part=stage.parts["C-10U-0805"])
    makers = [stage.parts["C-10U-0805"], stage.parts["C-10U-0805-S"]]
    shelf = [stage.stock(number, "Store/Reel rack") for number in ("C-10U-0805", "C-10U-0805-S")]
    takes = [Take(line.pk, item.pk, 90) for item in shelf]
    allocate(build=stage.build("tarn-h"), takes=takes, **stage.by("Bo", 12, 2))
    shares = [Share(line.pk, dict.fromkeys(makers, 50))]
    share_lines(build=stage.build("tarn-h"), shares=shares, **stage.by("Cy", 12, 20))
    tagged = [(SubjectKind.BUILD, stage.builds["tarn-h"])]
    tag_subjects(subjects=tagged, add=["pilot", "waterworks"], **stage.by("Cy", 12, 31))


@scenes.on(146, "Their kit leaves")
def send_high(stage: Stage) -> None:
    stage.reserve("tarn-h")
    send(stage, "tarn-h", "Parcel, 1 box")


@scenes.on(121, "30 of them come")
def receive_high(stage: Stage) -> None:
    made = stage.deliver("tarn-h", "tarn-h", 30, serials=serials("TLH", 1, 30))
    stage.accept("tarn-h", made)


@scenes.on(118, "The divider changes; the other 30 are built to the new BOM")
def change_bom(stage: Stage) -> None:
    line = BomLine.objects.get(assembly=stage.parts["TL1-200"], part=stage.parts["R-47K-0805"])
    change(model=BomLine, rows=[{"id": line.pk, "part": stage.parts["R-33K-0805"]}], **stage.by("Cy", 9, 47))
    reason = "ECO 41: the sensor's range was used to a third only"
    done = take_over_bom(build=stage.build("tarn-h"), reason=reason, **stage.by("Cy", 9, 58))
    choices = [Choice(pk, Supply.WE_SEND) for pk in done.ids]
    state_supply(build=stage.build("tarn-h"), choices=choices, **stage.by("Cy", 10, 4))
    stage.buy("tarn-33k", "Nordkai Components", due=113)


@scenes.on(114, "The new resistors come and go on to the manufacturer")
def send_resistors(stage: Stage) -> None:
    stage.arrive("tarn-33k")
    stage.reserve("tarn-h")
    send(stage, "tarn-h", "Letter, resistors only")


@scenes.on(106, "The other 30 come, and the build is finished")
def receive_high_rest(stage: Stage) -> None:
    made = stage.deliver("tarn-h", "tarn-h", 30, serials=serials("TLH", 31, 30))
    stage.accept("tarn-h", made)
    stage.finish("tarn-h")


@scenes.on(97, "Three boards go back to be reworked, long after the build was closed")
def rework(stage: Stage) -> None:
    bad = StockItem.objects.filter(part=stage.parts["TL1-200-H"], serial__in=["TLH00007", "TLH00019", "TLH00042"])
    done = create_return(
        supplier=stage.company(KESTRUP),
        purpose=ReturnPurpose.REWORK,
        reason="Flux under the pressure sensor: readings drift with humidity",
        paid_by=PaidBy.US,
        rows=[ReturnRow(item.pk) for item in bad],
        supplier_reference="KE-RMA-0317",
        expected_date=stage.clock.date(77),
        **stage.by("Bo", 10, 19),
    )
    stage.returns["tarn-rework"] = done.ids[0]


@scenes.on(76, "They come back, cleaned")
def reworked(stage: Stage) -> None:
    document = SupplierReturn.objects.get(pk=stage.returns["tarn-rework"])
    rows = [ComingBack(line.pk, cost="4.50") for line in document.lines.all()]
    receive_back(document=document, rows=rows, location=stage.place("Store/Goods in"), **stage.by("Bo", 10, 40))
    build = stage.build("tarn-h")
    waiting = build.outputs.filter(state=OutputState.IN_PRODUCTION).order_by("pk")
    stage.accept("tarn-h", list(waiting.values_list("pk", flat=True)), note="Washed, dried, measured again")


@scenes.on(62, "80 boards of the other variant are planned, and fed")
def plan_low(stage: Stage) -> None:
    stage.plan("tarn-l", "TL1-200-L", 80, due=22, title="Tarnlog 1 boards, 433 MHz", maker=KESTRUP)
    stage.state_supply("tarn-l", Supply.WE_SEND)
    stage.reserve("tarn-l")


@scenes.on(58, "The near manufacturer has room for 50; 30 go to the far one")
def split_low(stage: Stage) -> None:
    done = split_build(
        build=stage.build("tarn-l"),
        quantity=30,
        manufacturer=stage.company(HARBOUR),
        reason="Kestrup has room for 50 before the holidays",
        **stage.by("Ada", 9, 41),
    )
    stage.builds["tarn-l-2"] = done.ids[0]
    buys = dict.fromkeys(("C-10U-0805", "R-33K-0805"), Supply.THEY_BUY)
    stage.state_supply("tarn-l-2", Supply.WE_SEND, buys)
    stage.order_out("tarn-l", "tarn-l", KESTRUP, due=22)
    stage.place_order("tarn-l")
    stage.order_out("tarn-l-2", "tarn-l-2", HARBOUR, due=18)
    stage.place_order("tarn-l-2")
    stage.promise("tarn-l-2", 16, confirmation="H9-SO-5934")
    for name in ("tarn-l", "tarn-l-2"):
        send_kit(build=stage.build(name), note="Parcel, 1 box", **stage.by("Bo", 14, 22))


@scenes.on(52, "More potting compound is ordered")
def order_compound(stage: Stage) -> None:
    stage.buy("tarn-pot-2", "Nordkai Components", due=46)


@scenes.on(47, "Six cartridges come, ten are booked; the receipt is taken back and booked anew")
def receive_wrong(stage: Stage) -> None:
    line = PurchaseLine.objects.get(order=stage.orders["tarn-pot-2"])
    order = stage.order("tarn-pot-2")
    wrong = receive(order=order, arrivals=[Arrival(line.pk, 10, batch="UR2604")], **stage.by("Bo", 11, 12))
    reason = "Six were in the box: the delivery note says ten"
    reverse_event(event=Event.objects.get(pk=wrong.event_id).pk, reason=reason, **stage.by("Bo", 11, 31))
    receive(order=stage.order("tarn-pot-2"), arrivals=[Arrival(line.pk, 6, batch="UR2604")], **stage.by("Bo", 11, 44))
    text = "Four cartridges are missing; they were on the delivery note. Nordkai looks for them."
    write_comment(subject=(SubjectKind.ORDER, order.pk), text=text, **stage.by("Ada", 13, 20))


@scenes.on(33, "25 probes are potted, with the fresh compound: the old one has expired")
def make_probes(stage: Stage) -> None:
    stage.plan("probes-1", "TL1-100", 25, due=28, title="Tarnlog 1, first probes")
    stage.reserve("probes-1", may_miss=True)
    build = stage.build("probes-1")
    boards = StockItem.objects.usable().filter(part=stage.parts["TL1-200-H"], place=PlaceKind.LOCATION, allocated=0)
    stage.assemble("probes-1", serials("T1-", 1, 25), tracked="TL1-200-H")
    assert boards.exists()
    assert not build.lines.filter(allocations__item__batch="UR2547").exists()
    stage.finish("probes-1")


@scenes.on(24, "40 of the 50 boards come; the far manufacturer's date slips, he announces two deliveries")
def announce(stage: Stage) -> None:
    made = stage.deliver("tarn-l", "tarn-l", 40, serials=serials("TLL", 1, 40))
    stage.accept("tarn-l", made)
    stage.promise("tarn-l-2", -6, reason="Radio modules stuck in customs for nine days")
    line = stage.line("tarn-l-2", "tarn-l-2")
    announce_deliveries(
        order=stage.order("tarn-l-2"),
        deliveries=[
            NewDelivery(
                line.pk,
                10,
                mode="air",
                carrier="Kuehne",
                tracking_number="172-48810934",
                expected_date=stage.clock.date(11),
                serials="TLL00081-TLL00090",
            ),
            NewDelivery(
                line.pk,
                20,
                mode="sea",
                carrier="Maersk",
                tracking_number="MRKU7710284",
                expected_date=stage.clock.date(-9),
            ),
        ],
        **stage.by("Ada", 15, 2),
    )


@scenes.on(11, "The boards by air are here, one fewer than announced")
def receive_by_air(stage: Stage) -> None:
    line = stage.line("tarn-l-2", "tarn-l-2")
    air = AnnouncedDelivery.objects.filter(line=line, mode="air").get()
    arrival = Arrival(line.pk, 9, in_units=True, serials=serials("TLL", 81, 9), announcement_id=air.pk)
    receive(order=stage.order("tarn-l-2"), arrivals=[arrival], **stage.by("Bo", 10, 52))
