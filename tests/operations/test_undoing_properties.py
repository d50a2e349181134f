"""Whatever was done, taken back newest first, leaves everything as it was at the start, value included."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outwork.ledger.verify import verify
from outwork.models import BomLine, BuildOutput, Event, StockItem
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.making_outputs import make_outputs
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.sending import send_kit
from outwork.operations.taking_back import WAYS, reverse_event
from outwork.operations.taking_over_bom import take_over_bom
from outwork.rules.refusals import Refusal
from outwork.rules.states import OutputState
from outwork.rules.supply import ConsumeWhen
from tests.operations.test_undoing_outputs import state
from tests.shop import Shop

UNITS = ("receive", "receive_accepted", "make", "accept", "accept", "reject", "scrap")
OTHERS = ("send", "settle", "finish", "feed", "move", "change")
STEPS = st.lists(st.tuples(st.sampled_from(UNITS + OTHERS), st.integers(1, 5)), min_size=2, max_size=10)


class Story:
    """One external build with two lines, one of unknown value; each step is done or refused."""

    def __init__(self, when: ConsumeWhen, stock: int, setup: int, *, serials: bool) -> None:
        self.shop = Shop()
        self.serials = serials
        board = self.shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1}, is_trackable=serials)
        BomLine.objects.filter(part__number="R-10K").update(setup=setup, attrition=Decimal("2.5"))
        self.build = self.shop.external(board, 12, consume=when, destination=self.shop.location("Lab"))
        self.line = self.shop.ordered(self.build)
        self.reels = [self.shop.put("R-10K", stock, value="1.00"), self.shop.put("R-10K", 7, "Acme Assembly")]
        self.shop.put("C-1U", 6, value=None)
        self.shop.allocate(self.build.reference, self.reels[0], stock // 2 or 1)
        self.last_serial = 0
        self.first_event = Event.objects.latest("pk").pk

    def step(self, what: str, units: int) -> None:
        """Do it, or be refused."""
        with suppress(Refusal):
            getattr(self, what)(units)
        assert [one.text for one in verify()] == []

    def _numbers(self, units: int) -> str | None:
        if not self.serials:
            return None
        first = self.last_serial + 1
        self.last_serial += units
        return ",".join(str(number) for number in range(first, first + units))

    def receive(self, units: int) -> None:
        self.shop.received(self.line, units, serials=self._numbers(units))

    def receive_accepted(self, units: int) -> None:
        self.shop.received(self.line, units, serials=self._numbers(units), accept=True)

    def make(self, units: int) -> None:
        facts = {"accept_manual_output": True, "reason": "Found in a box", **self.shop.by_bo}
        make_outputs(build=self.build, units=units, serials=self._numbers(units), **facts)

    def accept(self, units: int) -> None:
        accept_outputs(build=self.build, decisions=self._waiting(units), **self.shop.by_bo)

    def reject(self, units: int) -> None:
        reject_outputs(
            build=self.build,
            decisions=self._waiting(units),
            reason="Bent",
            has_components=units != 1,
            **self.shop.by_bo,
        )

    def scrap(self, units: int) -> None:
        report_scrap(build=self.build, units=units, reason="Burnt", accept_beyond_open=True, **self.shop.by_bo)

    def send(self, units: int) -> None:
        send_kit(build=self.build, whole_items=units == 1, **self.shop.by_bo)

    def settle(self, units: int) -> None:
        settle_shortfalls(build=self.build, **self.shop.by_bo)

    def finish(self, units: int) -> None:
        finish_build(build=self.build, accept_incomplete=True, accept_unallocated=True, **self.shop.by_bo)

    def feed(self, units: int) -> None:
        """More is put on the shelf and moved to where it is needed."""
        item = self.shop.put("R-10K", units * 4, value="2.00")
        transfer_stock(rows=[Transfer(item.pk, self.shop.location("Acme Assembly").pk)], **self.shop.by_bo)

    def move(self, units: int) -> None:
        item = StockItem.objects.get(pk=self.reels[0].pk)
        transfer_stock(rows=[Transfer(item.pk, self.shop.location("Second shelf").pk, units)], **self.shop.by_bo)

    def change(self, units: int) -> None:
        BomLine.objects.filter(part__number="R-10K").update(quantity=units)
        take_over_bom(build=self.build, **self.shop.by_ada)

    def _waiting(self, units: int) -> list[Decision]:
        waiting = list(BuildOutput.objects.filter(build=self.build, state=OutputState.IN_PRODUCTION).order_by("pk"))
        if self.serials:
            return [Decision(one.pk) for one in waiting[:units]]
        return [Decision(one.pk, min(Decimal(units), one.quantity)) for one in waiting[:1]]

    def back(self) -> None:
        """Take all of it back, newest first."""
        done = Event.objects.filter(pk__gt=self.first_event, kind__in=WAYS).exclude(kind="stock.opened").order_by("-pk")
        for event in list(done):
            refused = self._take_back(event)
            assert refused in ([], ["event_moved_nothing"])  # a finish repeated, a move to where it lay
            assert [one.text for one in verify()] == []

    def _take_back(self, event: Event) -> list[str]:
        try:
            reverse_event(event=event.pk, reason="All of it", **self.shop.by_bo)
        except Refusal as refusal:
            return list(refusal.codes)
        return []

    def seen(self) -> dict[str, Any]:
        """What must be as it was; lines of a BOM taken over and given up again count for nothing."""
        found = state(self.build)
        found["lines"] = [line for line in found["lines"] if line[4] is None]
        found["items"] = [item for item in found["items"] if item[0] in self.known]
        return found

    @property
    def known(self) -> set[int]:
        """The items that were there at the start."""
        return set(StockItem.objects.filter(movements_in__event__lte=self.first_event).values_list("pk", flat=True))


EXAMPLES: dict[str, Any] = {
    "when": st.sampled_from(list(ConsumeWhen)),
    "stock": st.sampled_from([4, 30, 200]),
    "setup": st.sampled_from([0, 5]),
    "serials": st.booleans(),
    "steps": STEPS,
}
SLOW = [HealthCheck.too_slow]


def all_of_it_taken_back(
    *, when: ConsumeWhen, stock: int, setup: int, serials: bool, steps: list[tuple[str, int]]
) -> None:
    """Tell a story, take it back, and compare."""
    story = Story(when, stock, setup, serials=serials)
    before = story.seen()
    for what, units in steps:
        story.step(what, units)
    story.back()
    assert story.seen() == before
    assert story.build.lines.filter(consumed__gt=0).count() == 0


class Stories(TestCase):
    """Each example in a transaction of its own."""

    @settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
    @given(**EXAMPLES)
    def test_all_of_it_taken_back_is_the_start(self, **story: Any) -> None:
        all_of_it_taken_back(**story)

    @pytest.mark.soak
    @settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
    @given(**EXAMPLES)
    def test_so_it_is_of_many(self, **story: Any) -> None:
        all_of_it_taken_back(**story)
