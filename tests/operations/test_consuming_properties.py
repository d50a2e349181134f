"""Whatever comes, is accepted, rejected, scrapped or taken back in whatever order: never too much is consumed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outwork.ledger.verify import verify
from outwork.models import BomLine, Build, BuildOutput, Event, StockItem
from outwork.operations.build_states import reopen_build
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs, report_scrap
from outwork.operations.finishing import finish_build
from outwork.operations.sending import send_kit
from outwork.operations.unreceiving import unreceive
from outwork.queries.builds import need_of, units_built
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Refusal
from outwork.rules.requirement import required
from outwork.rules.states import BuildStatus, OutputState
from outwork.rules.supply import ConsumeWhen
from tests.shop import Shop

PLANNED = 12
NEEDS = st.fixed_dictionaries(
    {
        "per_unit": st.sampled_from(["1", "3", "0.33333"]),
        "attrition": st.sampled_from(["0", "2.5", "33.33333"]),
        "setup": st.sampled_from(["0", "7"]),
        "rounding": st.sampled_from([None, "5", "17"]),
    }
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["receive", "receive", "accept", "accept", "reject", "bare", "scrap", "back", "send", "settle", "finish"]
        ),
        st.integers(1, 5),
    ),
    max_size=12,
)


class Walk:
    """One build, and a step at a time; a step that is refused changes nothing."""

    def __init__(self, need: dict[str, Any], stock: int, when: ConsumeWhen) -> None:
        self.shop = Shop()
        board = self.shop.assembly("BOARD", {"R-10K": need["per_unit"]})
        values = {name: Decimal(need[name]) for name in ("attrition", "setup")}
        rounding = None if need["rounding"] is None else Decimal(need["rounding"])
        BomLine.objects.update(rounding=rounding, **values)
        self.build = self.shop.external(board, PLANNED, consume=when)
        self.line = self.shop.ordered(self.build)
        if stock:
            item = self.shop.put("R-10K", stock, value="1.00")
            self.shop.allocate(self.build.reference, item, stock)

    def step(self, what: str, units: int) -> None:
        """Do it, or be refused."""
        before = self.shop.movements()
        try:
            getattr(self, what)(units)
        except Refusal:
            assert self.shop.movements() == before
        self.check()

    def receive(self, units: int) -> None:
        self.shop.received(self.line, units)

    def accept(self, units: int) -> None:
        accept_outputs(build=self.build, decisions=self.waiting(units), **self.shop.by_bo)

    def reject(self, units: int) -> None:
        reject_outputs(build=self.build, decisions=self.waiting(units), reason="Bad", **self.shop.by_bo)

    def bare(self, units: int) -> None:
        reject_outputs(
            build=self.build, decisions=self.waiting(units), reason="Bare", has_components=False, **self.shop.by_bo
        )

    def scrap(self, units: int) -> None:
        report_scrap(build=self.build, units=units, reason="Burnt", accept_beyond_open=True, **self.shop.by_bo)

    def back(self, units: int) -> None:
        taken = Event.objects.filter(reversals__isnull=True, kind="order.received").order_by("-pk").first()
        if taken is not None:
            unreceive(receipt=taken, reason="Wrong", **self.shop.by_bo)

    def send(self, units: int) -> None:
        send_kit(build=self.build, **self.shop.by_bo)

    def settle(self, units: int) -> None:
        settle_shortfalls(build=self.build, **self.shop.by_bo)

    def finish(self, units: int) -> None:
        """To the end, and on again."""
        self.build.refresh_from_db()
        if self.build.status == BuildStatus.COMPLETE:
            reopen_build(build=self.build, reason="More came", **self.shop.by_bo)
            return
        finish_build(build=self.build, accept_incomplete=True, accept_unallocated=True, **self.shop.by_bo)

    def waiting(self, units: int) -> list[Decision]:
        """So many units of the first output in production, at most all of it."""
        output = BuildOutput.objects.filter(build=self.build, state=OutputState.IN_PRODUCTION).order_by("pk").first()
        return [] if output is None else [Decision(output.pk, min(Decimal(units), output.quantity))]

    def check(self) -> None:
        """Never more than what was built needs, nothing negative, nothing allocated that is not there."""
        line = self.build.lines.get()
        built = sum(units_built(self.build.pk).values(), Decimal(0))
        assert 0 <= line.consumed <= required(need_of(line), built)
        used = StockItem.objects.filter(part=line.part, place=PlaceKind.USED).values_list("quantity", flat=True)
        assert sum(used) == line.consumed
        assert all(item.quantity >= item.allocated >= 0 for item in StockItem.objects.all())
        assert [one.text for one in verify()] == []


class Walks(TestCase):
    """Each example in a transaction of its own."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(need=NEEDS, stock=st.sampled_from([0, 5, 30, 500]), when=st.sampled_from(list(ConsumeWhen)), steps=STEPS)
    def test_never_too_much(
        self, need: dict[str, Any], stock: int, when: ConsumeWhen, steps: list[tuple[str, int]]
    ) -> None:
        walk = Walk(need, stock, when)
        for what, units in steps:
            walk.step(what, units)
        assert Build.objects.get(pk=walk.build.pk).version >= 1

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(need=NEEDS, parts=st.lists(st.integers(1, 4), min_size=1, max_size=3))
    def test_in_pieces_it_is_the_same_as_at_once(self, need: dict[str, Any], parts: list[int]) -> None:
        walk = Walk(need, 500, ConsumeWhen.ACCEPTANCE)
        for units in parts:
            walk.shop.received(walk.line, units, accept=True)
        line = walk.build.lines.get()
        assert line.consumed == min(required(need_of(line), sum(parts)), Decimal(500))
        walk.check()
