"""What every operation shares: once for a key, at a time that is one, one event."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outwork.models import Build, BuildOutput, Event, Movement, StockItem
from outwork.operations.adding_order_lines import add_lines
from outwork.operations.allocating import Take, allocate, deallocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build, hold_build, issue_build, reopen_build
from outwork.operations.closing_short import close_short, reopen_lines
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.creating_build import create_build
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import cancel_order, complete_order, hold_order, place_order, reopen_order
from outwork.operations.ordering_build import order_build
from outwork.operations.promising import state_dates
from outwork.operations.receiving import receive
from outwork.operations.sending import send_kit
from outwork.operations.supplying import state_supply
from outwork.operations.taking_back import reverse_event
from outwork.rules.receiving import Arrival
from tests.shop import NOON


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True), 10)


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def arrival(shop, line, quantity=3, serials="1-3"):
    return {
        "order": line.order,
        "arrivals": [Arrival(line.pk, quantity, serials=serials)],
        "location": shop.location("Lab"),
    }


def test_it_works(shop, line):
    """A clerk whose network broke sends the same again: the first answer comes back and nothing is booked twice."""
    first = receive(**arrival(shop, line), **shop.by_bo, key="box 1")
    movements, events = shop.movements(), Event.objects.count()
    again = receive(**arrival(shop, line), **shop.by(shop.bo, days=1), key="box 1")
    assert again == first
    assert (shop.movements(), Event.objects.count()) == (movements, events)
    line.refresh_from_db()
    assert line.received == 3
    event = Event.objects.get(pk=first.event_id)
    assert (event.key, event.result["ids"]) == ("box 1", first.ids)
    shop.recount()


def test_every_operation_of_a_build_answers_a_repeat_with_its_first_answer(shop, build):
    """Warnings and data too, and although the state is another one by now."""
    item = shop.put("R-10K", 100)

    def twice(operation, **request):
        done = [operation(**request, **shop.by_bo, key=f"key of {operation.__name__}") for _ in range(2)]
        assert done[0] == done[1]
        return done[0]

    ordered = twice(order_build, build=build, manufacturer=build.manufacturer, units=11)
    assert ordered.said[0]["code"] == "build_overordered"
    twice(issue_build, build=build)
    twice(allocate, build=build, takes=[Take(build.lines.get().pk, item.pk, 44)])
    twice(send_kit, build=build)
    shop.expect("""
        R-10K   Acme Assembly   44   for BO-0001
        R-10K   Main shelf      56
    """)
    made = twice(create_build, part=build.part, quantity="2")
    assert (made.ids, Build.objects.count()) == ([made.ids[0]], 2)
    shop.recount()


def test_accepting_twice_with_one_key_accepts_once(shop, build, line):
    outputs = shop.received(line, 3, serials="1-3")
    request = {"build": build, "decisions": [Decision(one.pk) for one in outputs]}
    first = accept_outputs(**request, **shop.by_bo, key="ok")
    assert accept_outputs(**request, **shop.by_bo, key="ok") == first
    assert shop.refused(accept_outputs, **request, key="again")[0][0] == "output_decided"
    assert BuildOutput.objects.count() == 3


def test_a_key_belongs_to_its_actor(shop, build):
    first = create_build(part=build.part, quantity=1, **shop.by_ada, key="1")
    second = create_build(part=build.part, quantity=1, **shop.by_bo, key="1")
    assert first.ids != second.ids


def test_a_refused_request_leaves_its_key_free(shop, line):
    request = arrival(shop, line, quantity=11, serials="1-11")
    assert shop.refused(receive, **request, key="box") == [("over_receipt", (0, "quantity"))]
    receive(**arrival(shop, line), **shop.by_bo, key="box")


def test_events_can_be_back_dated_and_keep_when_they_were_recorded(shop, line):
    long_ago = datetime.datetime(2026, 1, 15, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    before = timezone.now()
    done = receive(**arrival(shop, line), actor=shop.bo, at=long_ago)
    event = Event.objects.get(pk=done.event_id)
    assert event.at == long_ago
    assert before <= event.recorded_at <= timezone.now()
    movement = Movement.objects.filter(event=event).earliest("pk")
    assert (movement.at, movement.recorded_at) == (long_ago, event.recorded_at)
    assert StockItem.objects.get(serial="1").received_at == long_ago


@pytest.mark.django_db(transaction=True)
def test_of_clerks_who_send_the_same_at_once_all_get_the_same_answer(shop, at_once):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}, is_trackable=True), 10)
    line = shop.ordered(build)
    request = arrival(shop, line)
    outcomes = at_once(*[lambda: receive(**request, **shop.by_bo, key="box 1")] * 4)
    assert outcomes == [outcomes[0]] * 4
    line.refresh_from_db()
    assert line.received == 3
    shop.recount()


def test_refuses_a_key_that_was_used_for_another_request(shop, build, line):
    receive(**arrival(shop, line), **shop.by_bo, key="box 1")
    other = arrival(shop, line, quantity=2, serials="4-5")
    assert shop.refused(receive, **other, key="box 1") == [("key_used_for_another_request", ())]
    assert shop.refused(issue_build, build=build, key="box 1") == [("key_used_for_another_request", ())]


def test_refuses_a_key_that_is_too_long(shop, build):
    assert shop.refused(issue_build, build=build, key="x" * 201) == [("text_too_long", ("key",))]


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (hold_build, {}),
        (cancel_build, {}),
        (reopen_build, {"reason": "Again"}),
        (finish_build, {}),
        (settle_shortfalls, {}),
        (state_supply, {"choices": []}),
        (allocate, {"takes": []}),
        (auto_allocate, {}),
        (deallocate, {}),
        (send_kit, {}),
        (make_outputs, {"units": 1}),
        (accept_outputs, {"decisions": []}),
        (reject_outputs, {"decisions": [], "reason": "Bad"}),
        (report_scrap, {"units": 1, "reason": "Burnt"}),
    ],
)
def test_refuses_builds_that_others_changed(shop, build, operation, request_):
    assert shop.refused(operation, build=build, expected_version=99, **request_) == [("version_changed", ())]


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (add_lines, {"lines": []}),
        (place_order, {}),
        (hold_order, {}),
        (cancel_order, {}),
        (complete_order, {}),
        (reopen_order, {"reason": "Again"}),
        (receive, {"arrivals": []}),
        (close_short, {"lines": [], "reason": "Off"}),
        (reopen_lines, {"lines": [], "reason": "On"}),
        (state_dates, {"changes": []}),
    ],
)
def test_refuses_orders_that_others_changed(shop, line, operation, request_):
    assert shop.refused(operation, order=line.order, expected_version=99, **request_) == [("version_changed", ())]


def test_refuses_times_that_are_none(shop, build):
    naive = shop.now.replace(tzinfo=None)
    assert shop.refused(issue_build, build=build, at=naive) == [("time_without_zone", ())]
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    assert shop.refused(issue_build, build=build, at=tomorrow) == [("time_in_the_future", ())]
    issue_build(build=build, actor=shop.ada, at=timezone.now())


def closed_until(shop, day):
    shop.switch_on("CLOSED_UNTIL", day)


def test_nothing_is_dated_into_a_closed_period(shop, build):
    closed_until(shop, "2026-03-01")
    late, soon = shop.by(shop.ada, days=-1), shop.by(shop.ada, days=-0.5)
    assert shop.refused(hold_build, build=build, **late) == [("period_closed", ("at",))]
    hold_build(build=build, **soon)
    assert Event.objects.latest("pk").at == soon["at"]


def test_the_company_says_what_day_it_is(shop, build):
    """Ten in the evening of the first of March is the second where the company is."""
    closed_until(shop, "2026-03-01")
    evening = shop.by(shop.ada, days=-14 / 24)
    assert shop.refused(hold_build, build=build, **evening) == [("period_closed", ("at",))]
    shop.switch_on("TIME_ZONE", "Asia/Tokyo")
    hold_build(build=build, **evening)


def test_what_was_done_before_the_period_closed_is_taken_back_after_it(shop, build):
    item = shop.put("R-10K", 10)
    done = transfer_stock(rows=[Transfer(item.pk, shop.location("Second shelf").pk)], **shop.by_bo)
    closed_until(shop, "2026-03-31")
    assert shop.refused(reverse_event, event=done.event_id, reason="Wrong") == [("period_closed", ("at",))]
    back = reverse_event(event=done.event_id, reason="Wrong", **shop.by(shop.bo, days=40))
    assert Event.objects.get(pk=back.event_id).at == NOON + datetime.timedelta(days=40)
    shop.recount()


def test_a_repeat_gets_its_first_answer_after_the_period_closed_too(shop, build):
    first = hold_build(build=build, key="k", **shop.by_ada)
    closed_until(shop, "2026-03-31")
    assert hold_build(build=build, key="k", **shop.by_ada) == first


def test_what_happens_now_costs_no_look_at_the_closed_period(shop, build):
    for at, looks in ((timezone.now(), 0), (NOON, 1)):
        with CaptureQueriesContext(connection) as seen:
            hold_build(build=build, actor=shop.ada, at=at)
        assert sum("CLOSED_UNTIL" in one["sql"] for one in seen) == looks
