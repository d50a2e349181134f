"""Clerks who receive at the same moment: exactly what was open is booked, and the others are told why not."""

from __future__ import annotations

from functools import partial

import pytest

from outwork.models import Build, BuildOutput, Event, Movement, PurchaseLine, PurchaseOrder, StockItem
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.unreceiving import unreceive
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.receiving import Arrival
from outwork.rules.states import BuildStatus, OutputState
from tests.scenarios.racing import numbers, outcomes, race, rounds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(shop):
    """An assembly with serial numbers whose units come to the shelf."""
    shelf = shop.location("Main shelf")
    return shop.assembly("BOARD", {"R-10K": 2}, is_trackable=True, default_location=shelf)


@rounds
def test_eight_clerks_receive_the_same_line(shop, board, rounds):
    """Ten are open and each has a box of three: three boxes are booked, one unit stays open."""
    for round_ in range(rounds):
        line = shop.ordered(shop.external(board, 10))

        def box(clerk: int, line=line, first=round_ * 100) -> Arrival:
            start = first + clerk * 3
            return Arrival(line.pk, 3, serials=f"{start + 1}-{start + 3}")

        done, refused = race(*(partial(receive, order=line.order, arrivals=[box(n)], **shop.by_bo) for n in range(8)))
        assert len(done) == 3
        assert numbers(refused, "over_receipt", "open", "arrived") == [(1, 3)] * 5
        line.refresh_from_db()
        assert line.received == 9
        assert StockItem.objects.filter(purchase_line=line).count() == 9
        assert BuildOutput.objects.filter(purchase_line=line, state=OutputState.IN_PRODUCTION).count() == 9
    shop.recount()


@rounds
def test_eight_clerks_receive_everything(shop, board, rounds):
    """The same delivery note on eight desks is booked once."""
    for round_ in range(rounds):
        line = shop.ordered(shop.external(board, 10))
        arrival = Arrival(line.pk, 10, serials=f"{round_ * 10 + 1}-{round_ * 10 + 10}")
        done, refused = race(*[partial(receive, order=line.order, arrivals=[arrival], **shop.by_bo)] * 8)
        assert len(done) == 1
        assert {one.code for one in refused} == {"wrong_state"}, "the order is complete"
        line.refresh_from_db()
        assert (line.received, StockItem.objects.filter(purchase_line=line).count()) == (10, 10)
    shop.recount()


@rounds
def test_the_same_serials_are_received_on_two_orders(shop, board, rounds):
    """Written down in opposite order: one has them, the other is told which numbers are taken."""
    for round_ in range(rounds):
        build = shop.external(board, 100)
        first, second = shop.ordered(build, 40), shop.ordered(build, 40)
        serials = [str(round_ * 100 + number) for number in range(40)]
        done, refused = race(
            partial(receive, order=first.order, arrivals=[Arrival(first.pk, 40, serials=serials)], **shop.by_bo),
            partial(
                receive, order=second.order, arrivals=[Arrival(second.pk, 40, serials=serials[::-1])], **shop.by_ada
            ),
        )
        assert len(done) == 1
        assert [one.codes for one in refused] == [["serials_used"]]
        assert set(refused[0].reasons[0].params["serials"]) <= set(serials)
        assert refused[0].reasons[0].params["serials"]
        received = PurchaseLine.objects.filter(pk__in=[first.pk, second.pk]).values_list("received", flat=True)
        assert sorted(received) == [0, 40]
    assert StockItem.objects.filter(part=board).count() == 40 * rounds
    shop.recount()


@rounds
def test_one_key_has_one_effect_and_one_answer(shop, board, rounds):
    for round_ in range(rounds):
        line = shop.ordered(shop.external(board, 30))
        arrival = Arrival(line.pk, 5, serials=f"{round_ * 10 + 1}+4")
        call = partial(receive, order=line.order, arrivals=[arrival], key=f"box-{round_}", **shop.by_bo)
        done, refused = race(*[call] * 6)
        assert refused == []
        assert len(done) == 6
        assert all(one == done[0] for one in done)
        assert Event.objects.filter(key=f"box-{round_}").count() == 1
        line.refresh_from_db()
        assert line.received == 5
    shop.recount()


@rounds
def test_a_build_is_ordered_placed_and_received_at_once(shop, board, rounds):
    """More is ordered on a new order and on a draft, another draft is placed, and boxes of a third arrive."""
    shop.switch_on("PURCHASEORDER_MERGE_LINE_ITEMS", value=False)  # each call is to have a line of its own
    for round_ in range(rounds):
        build = shop.external(board, 100)
        running, draft = shop.ordered(build, 20), shop.ordered(build, 10, placed=False)
        other = shop.ordered(build, 10, placed=False)
        arrival = Arrival(running.pk, 20, serials=f"{round_ * 20 + 1}-{round_ * 20 + 20}", accept=True)
        order = partial(order_build, build=build, manufacturer=build.manufacturer)
        done, refused = race(
            partial(receive, order=running.order, arrivals=[arrival], **shop.by_bo),
            partial(order, units=5, **shop.by_ada),
            partial(order, units=7, order=draft.order, **shop.by_ada),
            partial(place_order, order=other.order, **shop.by_ada),
        )
        assert (len(done), refused) == (4, [])
        lines = PurchaseLine.objects.filter(build=build)
        assert sorted(lines.values_list("ordered", flat=True)) == [5, 7, 10, 10, 20]
        assert sum(lines.values_list("received", flat=True)) == 20
        assert BuildOutput.objects.filter(build=build, state=OutputState.ACCEPTED).count() == 20
        assert Build.objects.get(pk=build.pk).status == BuildStatus.PRODUCTION
    references = list(PurchaseOrder.objects.values_list("reference", flat=True))
    assert len(references) == len(set(references)) == 4 * rounds
    shop.recount()


@rounds
def test_the_rest_of_a_build_is_ordered_once(shop, board, rounds):
    for _ in range(rounds):
        build = shop.external(board, 10)
        call = partial(order_build, build=build, manufacturer=build.manufacturer, **shop.by_ada)
        done, refused = race(*[call] * 4)
        assert len(done) == 1
        assert numbers(refused, "build_ordered_in_full", "ordered", "planned") == [(10, 10)] * 3
    shop.recount()


@rounds
def test_a_receipt_is_taken_back_while_its_units_are_accepted(shop, board, rounds):
    """Either they are accepted and stay, or they are gone and there is nothing to accept."""
    for _ in range(rounds):
        line = shop.ordered(shop.external(board, 3))
        assert line.build is not None
        receipt = receive(order=line.order, arrivals=[Arrival(line.pk, 3, serials="1-3")], **shop.by_bo)
        decisions = [Decision(output) for output in receipt.data["outputs"]]
        event = Event.objects.get(pk=receipt.event_id)
        done, refused = outcomes(
            partial(accept_outputs, build=line.build, decisions=decisions, **shop.by_bo),
            partial(unreceive, receipt=event, reason="not ours", **shop.by_ada),
        )
        line.refresh_from_db()
        units = StockItem.objects.filter(pk__in=receipt.ids)
        if done[0]:
            assert refused[1] is not None
            assert refused[1].code == "receipt_output_decided"
            assert (line.received, units.exclude(place=PlaceKind.GONE).count()) == (3, 3)
            units_gone = Movement.objects.filter(kind=Kind.REVERSED, source_item__in=receipt.ids)
            assert not units_gone.exists()
            StockItem.objects.filter(pk__in=receipt.ids).update(serial_scope=-line.pk)  # free for the next round
        else:
            assert refused[0] is not None
            assert refused[0].code == "output_decided"
            assert (line.received, units.exclude(place=PlaceKind.GONE).count()) == (0, 0)
    shop.recount()
