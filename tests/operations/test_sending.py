"""Sending a kit: allocated stock moves to the manufacturer, still ours and still allocated."""

import datetime

import pytest

from outwork.models import Event, Location, Movement, StockItem
from outwork.operations.build_states import cancel_build
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.places import Kind
from outwork.rules.receiving import Arrival
from outwork.rules.states import StockStatus
from outwork.rules.supply import Supply
from tests.shop import Shop
from tests.stories import Stories


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2}), 10)


def test_it_works(shop, build):
    shop.given("""
        R-10K    batch A   Main shelf   40   for BO-0001
        C-100N   batch B   Main shelf   20   for BO-0001
        C-100N   batch B   Main shelf   80
    """)
    reel = StockItem.objects.get(part__number="R-10K")
    sent_at = shop.now - datetime.timedelta(days=3)
    done = send_kit(build=build, actor=shop.bo, at=sent_at, note="DHL 47110815")
    shop.expect("""
        R-10K    batch A   Acme Assembly   40   for BO-0001
        C-100N   batch B   Acme Assembly   20   for BO-0001
        C-100N   batch B   Main shelf      80
    """)
    assert reel.pk in done.ids
    assert len(done.ids) == 2
    movements = Movement.objects.filter(kind=Kind.SENT).order_by("pk")
    assert [(one.quantity, one.at, one.manufacturer_id, one.build_id) for one in movements] == [
        (40, sent_at, build.manufacturer_id, build.pk),
        (20, sent_at, build.manufacturer_id, build.pk),
    ]
    event = Event.objects.get(pk=done.event_id)
    assert (event.reason, event.company, event.build) == ("DHL 47110815", build.manufacturer, build)
    build.refresh_from_db()
    assert build.version == 2
    shop.recount()


def test_a_part_of_an_item_is_split_off_with_its_share_of_the_value(shop, build):
    reel = shop.put("R-10K", 100, batch="A", value="10.00")
    shop.allocate(build.reference, reel, 40)
    done = send_kit(build=build, **shop.by_bo)
    kit, reel = StockItem.objects.get(pk=done.ids[0]), StockItem.objects.get(pk=reel.pk)
    assert (kit.split_from, kit.root, kit.value, reel.value) == (reel, reel, 4, 6)
    shop.expect("""
        R-10K   batch A   Acme Assembly   40   for BO-0001
        R-10K   batch A   Main shelf      60
    """)
    shop.recount()


def test_the_whole_reel_goes_along_if_nobody_else_has_a_claim(shop, build):
    reel = shop.put("R-10K", 100)
    shop.allocate(build.reference, reel, 40)
    assert send_kit(build=build, whole_items=True, **shop.by_bo).ids == [reel.pk]
    shop.expect("""
        R-10K   Acme Assembly   40   for BO-0001
        R-10K   Acme Assembly   60
    """)
    other = shop.build(build.part, 5)
    shared = shop.put("C-100N", 100)
    shop.allocate(build.reference, shared, 20)
    shop.allocate(other.reference, shared, 10)
    send_kit(build=build, whole_items=True, **shop.by_bo)
    shared.refresh_from_db()
    assert (shared.location.name, shared.quantity, shared.allocated) == ("Main shelf", 80, 10)
    shop.recount()


def test_only_the_lines_named_travel_and_only_once(shop, build):
    shop.given("""
        R-10K    Main shelf   40   for BO-0001
        C-100N   Main shelf   20   for BO-0001
    """)
    line = build.lines.get(part__number="R-10K")
    send_kit(build=build, lines=[line.pk], **shop.by_bo)
    shop.expect("""
        R-10K    Acme Assembly   40   for BO-0001
        C-100N   Main shelf      20   for BO-0001
    """)
    assert len(send_kit(build=build, **shop.by_bo).ids) == 1
    shop.recount()


def test_a_line_that_this_manufacturer_buys_is_not_sent_to_him(shop, build):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    Stories(shop).order_from(build, other, 5)
    shop.given("""
        R-10K    Main shelf   20   for BO-0001
        C-100N   Main shelf   10   for BO-0001
    """)
    line = build.lines.get(part__number="R-10K")
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY, other.pk)], **shop.by_ada)
    send_kit(build=build, manufacturer=other, **shop.by_bo)
    shop.expect("""
        R-10K    Main shelf    20   for BO-0001
        C-100N   Best Boards   10   for BO-0001
    """)


def test_a_location_of_the_manufacturer_may_be_named_or_is_made(shop, build):
    acme = build.manufacturer
    shop.given("R-10K   Main shelf   40   for BO-0001")
    store = shop.location("Acme consigned", company=acme)
    done = send_kit(build=build, location=store, **shop.by_bo)
    assert done.data == {"location": store.pk, "manufacturer": acme.pk}
    Location.objects.filter(company=acme).update(company=None)
    shop.given("C-100N   Main shelf   20   for BO-0001")
    done = send_kit(build=build, **shop.by_bo)
    made = Location.objects.get(pk=done.data["location"])
    assert (made.company, made.is_external, made.name) == (acme, True, f"Acme Assembly ({acme.pk})")


def test_a_kit_may_go_before_the_build_is_ordered(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    build.manufacturer = None
    build.save()
    shop.given("R-10K   Main shelf   40   for BO-0001")
    assert shop.refused(send_kit, build=build) == [("manufacturer_missing", ())]
    dealer = shop.company("Dealer")
    assert shop.refused(send_kit, build=build, manufacturer=dealer) == [("company_not_manufacturer", ("manufacturer",))]
    send_kit(build=build, manufacturer=shop.manufacturer(), **shop.by_bo)
    shop.expect("R-10K   Acme Assembly   40   for BO-0001")


def test_refuses_when_nothing_is_to_be_sent(shop, build):
    assert shop.refused(send_kit, build=build) == [("nothing_to_send", ())]
    shop.given("R-10K   Acme Assembly   40   for BO-0001")
    assert shop.refused(send_kit, build=build) == [("nothing_to_send", ())]


def test_refuses_lines_of_another_build(shop, build):
    shop.given("R-10K   Main shelf   40   for BO-0001")
    assert shop.refused(send_kit, build=build, lines=[47110815]) == [("line_unknown", (0, "line"))]


def test_refuses_internal_builds(shop, build):
    internal = shop.build(build.part, 1)
    assert shop.refused(send_kit, build=internal) == [("build_internal", ())]


def test_refuses_to_guess_between_manufacturers(shop, build):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    Stories(shop).order_from(build, other, 5)
    shop.given("R-10K   Main shelf   40   for BO-0001")
    assert shop.refused(send_kit, build=build) == [("manufacturer_undecided", ())]
    stranger = shop.manufacturer("Stranger")
    assert shop.refused(send_kit, build=build, manufacturer=stranger) == [("manufacturer_not_of_build", ())]


def test_refuses_locations_that_do_not_fit(shop, build):
    shop.given("R-10K   Main shelf   40   for BO-0001")
    shelf = shop.location("Main shelf")
    assert shop.refused(send_kit, build=build, location=shelf) == [("location_of_another_company", ())]
    yard = shop.location("Acme yard", company=build.manufacturer, is_structural=True)
    assert shop.refused(send_kit, build=build, location=yard) == [("location_structural", ())]


def test_refuses_builds_that_are_over(shop, build):
    cancel_build(build=build, **shop.by_ada)
    assert shop.refused(send_kit, build=build) == [("wrong_state", ())]


def test_what_lies_at_another_manufacturer_of_the_build_stays_there(shop: Shop) -> None:
    story = Stories(shop)
    build = story.outside("GADGET", {"R-10K": 1}, 10, units=5)
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part, "11.00")
    story.order_from(build, other, 5)
    story.take(build, shop.put("R-10K", 5, batch="A"), 5)
    story.send(build, days=1, manufacturer=build.manufacturer)
    story.take(build, shop.put("R-10K", 5, batch="B"), 5)
    story.send(build, days=2, manufacturer=other)
    shop.expect(f"""
        R-10K   batch A   Acme Assembly   5   for {build.reference}
        R-10K   batch B   Best Boards     5   for {build.reference}
    """)
    shop.recount()


def test_what_was_quarantined_since_stays_and_is_said(shop, build):
    shop.given("""
        R-10K    batch A   Main shelf   40   for BO-0001
        C-100N   batch B   Main shelf   20   for BO-0001
    """)
    StockItem.objects.filter(batch="A").update(status=StockStatus.QUARANTINED)
    done = send_kit(build=build, **shop.by_bo)
    assert done.said == [{"code": "left_behind", "item": "R-10K batch A", "quantity": "40", "status": "quarantined"}]
    shop.expect("""
        R-10K    batch A   Main shelf      40   for BO-0001
        C-100N   batch B   Acme Assembly   20   for BO-0001
    """)
    shop.recount()


def test_refuses_a_kit_of_which_nothing_may_be_used(shop, build):
    shop.given("R-10K   batch A   Main shelf   40   for BO-0001")
    StockItem.objects.update(status=StockStatus.QUARANTINED)
    assert shop.refused(send_kit, build=build) == [("kit_not_usable", ())]


@pytest.fixture
def two(shop):
    """Twenty boards, twelve ordered at Acme Assembly and five at Best Boards; three are not ordered."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 2, "C-100N": 1}), 20)
    shop.ordered(build, 12)
    beta = shop.manufacturer("Best Boards")
    shop.sells(beta, build.part)
    Stories(shop).order_from(build, beta, 5)
    build.refresh_from_db()
    return build, build.manufacturer, beta


def test_each_of_several_manufacturers_gets_its_share(shop, two):
    build, alpha, beta = two
    shop.given("""
        R-10K    batch A   Main shelf   30   for BO-0001
        R-10K    batch B   Main shelf   10   for BO-0001
        C-100N   batch C   Main shelf   20   for BO-0001
    """)
    assert len(send_kit(build=build, manufacturer=alpha, **shop.by_bo).ids) == 2
    shop.expect("""
        R-10K    batch A   Acme Assembly   24   for BO-0001
        R-10K    batch A   Main shelf       6   for BO-0001
        R-10K    batch B   Main shelf      10   for BO-0001
        C-100N   batch C   Acme Assembly   12   for BO-0001
        C-100N   batch C   Main shelf       8   for BO-0001
    """)
    assert shop.refused(send_kit, build=build, manufacturer=alpha) == [("share_sent_already", ())]
    send_kit(build=build, manufacturer=beta, **shop.by_bo)
    shop.expect("""
        R-10K    batch A   Acme Assembly   24   for BO-0001
        R-10K    batch A   Best Boards      6   for BO-0001
        R-10K    batch B   Best Boards      4   for BO-0001
        R-10K    batch B   Main shelf       6   for BO-0001
        C-100N   batch C   Acme Assembly   12   for BO-0001
        C-100N   batch C   Best Boards      5   for BO-0001
        C-100N   batch C   Main shelf       3   for BO-0001
    """)
    shop.recount()


def test_what_was_consumed_there_is_of_the_share(shop, two):
    build, alpha, _ = two
    shop.given("R-10K   batch A   Main shelf   40   for BO-0001")
    send_kit(build=build, manufacturer=alpha, **shop.by_bo)
    line = build.purchase_lines.get(order__supplier=alpha)
    arrival = Arrival(line.pk, 4, in_units=True, batch="X", location_id=shop.location("Main shelf").pk)
    receive(order=line.order, arrivals=[arrival], accept=True, **shop.by_bo)
    shop.expect("""
        R-10K   batch A   Acme Assembly   16   for BO-0001
        R-10K   batch A   Main shelf      16   for BO-0001
        BOARD   batch X   Main shelf       4
    """)
    assert shop.refused(send_kit, build=build, manufacturer=alpha) == [("share_sent_already", ())]
    shop.recount()


def test_named_lines_travel_with_their_share(shop, two):
    build, _, beta = two
    shop.given("""
        R-10K    Main shelf   40   for BO-0001
        C-100N   Main shelf   20   for BO-0001
    """)
    send_kit(build=build, manufacturer=beta, lines=[build.lines.get(part__number="C-100N").pk], **shop.by_bo)
    shop.expect("""
        C-100N   Best Boards    5   for BO-0001
        C-100N   Main shelf    15   for BO-0001
        R-10K    Main shelf    40   for BO-0001
    """)


def test_a_reel_that_another_manufacturer_needs_too_does_not_travel_whole(shop, two):
    build, alpha, _ = two
    for part, allocated in (("R-10K", 24), ("C-100N", 20)):
        shop.allocate(build.reference, shop.put(part, 100), allocated)
    send_kit(build=build, manufacturer=alpha, whole_items=True, **shop.by_bo)
    shop.expect("""
        R-10K    Acme Assembly   24   for BO-0001
        R-10K    Acme Assembly   76
        C-100N   Acme Assembly   12   for BO-0001
        C-100N   Main shelf       8   for BO-0001
        C-100N   Main shelf      80
    """)
    shop.recount()
