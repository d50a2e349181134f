"""A company where anything is done in any order: what hypothesis plays on, and what must hold after every step.

An operation that refuses changes nothing. Whatever is done, the ledger bears out every number, the database keeps its
constraints, and purchase line, build and stock tell the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from outwork.ledger.verify import verify
from outwork.models import (
    BomLine,
    Build,
    BuildLine,
    BuildOutput,
    Event,
    ExtraLine,
    Location,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    SupplierReturn,
    SupplierReturnLine,
)
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build, hold_build, issue_build, reopen_build
from outwork.operations.closing_short import close_short
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.consuming import settle_shortfalls
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.creating_build import create_build
from outwork.operations.crediting import Credit, credit_return
from outwork.operations.deciding import accept_outputs, reject_outputs, report_scrap
from outwork.operations.deviating import Deviation, deviate_from_bom
from outwork.operations.disposing import hold_outputs, release_outputs, rework_outputs, scrap_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.installing_stock import Installation, install_stock
from outwork.operations.making_outputs import make_outputs
from outwork.operations.master_data import change
from outwork.operations.merging_stock import merge_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.order_states import place_order
from outwork.operations.ordering_build import order_build
from outwork.operations.receiving import receive
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.return_rows import ReturnRow
from outwork.operations.returning import create_return
from outwork.operations.returning_used import Returned, return_used
from outwork.operations.sending import send_kit
from outwork.operations.serialising_stock import Serialisation, serialise_stock
from outwork.operations.splitting_build import split_build
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.taking_back import WAYS, reverse_event
from outwork.operations.taking_over_bom import take_over_bom
from outwork.operations.uninstalling_stock import Removed, uninstall_stock
from outwork.operations.verdicts import Decision
from outwork.queries.builds import need_of, units_built
from outwork.rules.places import PlaceKind
from outwork.rules.pricing import ExtraKind
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.requirement import required
from outwork.rules.returning import PaidBy, ReturnPurpose
from outwork.rules.states import OutputState, ReturnStatus
from outwork.rules.supply import ConsumeWhen
from tests.shop import Shop

PICK = st.integers(0, 9)
UNITS = st.integers(1, 6)
MANY = 4


class RandomCompany(RuleBasedStateMachine):
    """Two components, two boards (one with serial numbers), a gadget made of one of them; two manufacturers."""

    @initialize()
    def found(self) -> None:
        """Begin anew, in a transaction that is never kept."""
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.done: list[str] = []
        shop = self.shop = Shop()
        shop.switch_on()
        shop.switch_on("STOCK_ENFORCE_BOM_INSTALLATION", False)
        self.makers = [shop.manufacturer("Acme Assembly"), shop.manufacturer("Borel", currency="EUR")]
        self.places: list[Location | None] = [
            *(shop.location(name) for name in ("Main shelf", "Acme Assembly", "Borel")),
            None,
        ]
        board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1}, is_trackable=True)
        plain = shop.assembly("PLAIN", {"R-10K": "0.5"})
        gadget = shop.assembly("GADGET", {"PLAIN": 2, "C-1U": 1})
        BomLine.objects.filter(assembly=plain).update(attrition=Decimal(10), rounding=Decimal(5))
        self.assemblies = [board, plain, gadget]
        self.components = [shop.part("R-10K"), shop.part("C-1U"), plain]
        for maker in self.makers:
            for part in self.assemblies:
                shop.sells(maker, part, "7.00")
        for part, value in ((shop.part("R-10K"), "10.00"), (shop.part("C-1U"), None)):
            shop.put(part, 100, value=value)
        self.something_is_under_way()

    def something_is_under_way(self) -> None:
        """Boards and plain boards ordered outside, some of them here; gadgets planned inside."""
        for maker, part, units in zip(self.makers, self.assemblies, (8, 6), strict=False):
            done = self.do(
                create_build,
                part=part,
                quantity=units,
                is_external=True,
                manufacturer=maker,
                consume=ConsumeWhen.ACCEPTANCE,
            )
            build = Build.objects.get(pk=done.ids[0])
            ordered = self.do(order_build, build=build, manufacturer=maker, units=units)
            order = PurchaseOrder.objects.get(pk=ordered.data["order"])
            self.do(place_order, order=order)
            self.do(auto_allocate, build=build, interchangeable=True)
            serials = "1-4" if part.is_trackable else None
            arrival = Arrival(ordered.ids[0], 4, in_units=True, serials=serials)
            self.do(receive, order=order, arrivals=[arrival], location=self.places[0])
        self.do(create_build, part=self.assemblies[2], quantity=3, consume=ConsumeWhen.FINISH)
        self.done.clear()

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What can be done

    @rule(part=PICK, units=UNITS, place=PICK, value=st.sampled_from([None, "3.33"]))
    def stock_is_added(self, part: int, units: int, place: int, value: str | None) -> None:
        where = self.one(self.places, place)
        row = NewStock(
            self.one(self.components, part).pk, 10 * units, location=where.pk if where else None, value=value
        )
        self.do(add_stock, rows=[row])

    @rule(item=PICK, units=UNITS, how=st.sampled_from(["count", "move", "remove"]), place=PICK)
    def stock_is_handled(self, item: int, units: int, how: str, place: int) -> None:
        found = self.one(StockItem.objects.on_hand().order_by("pk"), item)
        if found is None:
            return
        where = self.one(self.places, place)
        if how == "count":
            self.do(count_stock, rows=[Counted(found.pk, units)])
        elif how == "move":
            self.do(transfer_stock, rows=[Transfer(found.pk, where.pk if where else None, units)])
        else:
            self.do(remove_stock, rows=[Removal(found.pk, units)])

    @rule(part=PICK, units=UNITS, maker=st.sampled_from([0, 1, None]), when=st.sampled_from(list(ConsumeWhen)))
    def a_build_is_planned(self, part: int, units: int, maker: int | None, when: ConsumeWhen) -> None:
        if Build.objects.count() > MANY:
            return
        outside = {} if maker is None else {"is_external": True, "manufacturer": self.makers[maker]}
        self.do(create_build, part=self.one(self.assemblies, part), quantity=units, consume=when, **outside)

    @rule(build=PICK, units=UNITS, maker=st.sampled_from([0, 0, 1]))
    def a_build_is_ordered(self, build: int, units: int, maker: int) -> None:
        found = self.build(build)
        if found is None:
            return
        done = self.do(order_build, build=found, manufacturer=self.makers[maker], units=units)
        if done:
            self.do(place_order, order=PurchaseOrder.objects.get(pk=done.data["order"]))

    @rule(build=PICK)
    def a_build_is_fed(self, build: int) -> None:
        if found := self.build(build):
            self.do(auto_allocate, build=found, interchangeable=True)

    @rule(build=PICK)
    def a_kit_is_sent(self, build: int) -> None:
        if found := self.build(build):
            self.do(send_kit, build=found)

    @rule(line=PICK, units=UNITS, accept=st.booleans())
    def something_is_received(self, line: int, units: int, accept: bool) -> None:
        found = self.one(PurchaseLine.objects.select_related("order", "part").order_by("pk"), line)
        if found is None:
            return
        serials = f"~{'+' if units > 1 else ''}" if found.part.is_trackable else None
        arrival = Arrival(found.pk, units, in_units=True, serials=serials, accept=accept or None)
        self.do(receive, order=found.order, arrivals=[arrival], location=self.places[0])

    @rule(build=PICK, units=UNITS)
    def units_are_made(self, build: int, units: int) -> None:
        if found := self.build(build):
            serials = f"~{'+' if units > 1 else ''}" if found.part.is_trackable else None
            self.do(make_outputs, build=found, units=units, serials=serials)

    @rule(
        output=PICK,
        units=UNITS,
        verdict=st.sampled_from(
            ["accept", "accept", "concede", "reject", "bare", "hold", "release", "rework", "scrap"]
        ),
    )
    def a_unit_is_decided(self, output: int, units: int, verdict: str) -> None:
        waiting = BuildOutput.objects.exclude(state__in=[OutputState.WITHDRAWN, OutputState.SCRAPPED])
        if verdict == "release":
            waiting = waiting.exclude(waits_for="")
        elif output < 8:  # mostly what nobody decided yet
            waiting = waiting.filter(state=OutputState.IN_PRODUCTION)
        found = self.one(waiting.select_related("build").order_by("state", "pk"), output)
        if found is None:
            return
        decisions = [Decision(found.pk, min(Decimal(units), found.quantity))]
        request: dict[str, Any] = {"build": found.build, "decisions": decisions}
        if verdict == "accept":
            self.do(accept_outputs, **request)
        elif verdict == "concede":
            self.do(accept_outputs, concession="scratched", **request)
        elif verdict == "release":
            self.do(release_outputs, **request)
        elif verdict == "bare":
            self.do(reject_outputs, reason="bare", has_components=False, **request)
        else:
            verbs: dict[str, Callable[..., Any]] = {
                "reject": reject_outputs,
                "hold": hold_outputs,
                "rework": rework_outputs,
                "scrap": scrap_outputs,
            }
            self.do(verbs[verdict], reason="bad", **request)

    @rule(build=PICK, units=UNITS)
    def units_are_scrapped_there(self, build: int, units: int) -> None:
        if found := self.build(build):
            self.do(report_scrap, build=found, units=units, reason="burnt", manufacturer=found.manufacturer)

    @rule(build=PICK, what=st.sampled_from(["issue", "hold", "cancel", "finish", "finish", "reopen", "settle"]))
    def a_build_moves_on(self, build: int, what: str) -> None:
        found = self.build(build)
        if found is None:
            return
        if what == "finish":
            self.do(finish_build, build=found, accept_incomplete=True, accept_unallocated=True)
        elif what == "settle":
            self.do(settle_shortfalls, build=found)
        elif what == "issue":
            self.do(issue_build, build=found)
        else:
            moves: dict[str, Callable[..., Any]] = {"hold": hold_build, "cancel": cancel_build, "reopen": reopen_build}
            self.do(moves[what], build=found, reason="so it is")

    @rule(line=PICK)
    def a_line_is_closed_short(self, line: int) -> None:
        found = self.one(PurchaseLine.objects.select_related("order").order_by("pk"), line)
        if found is not None:
            self.do(close_short, order=found.order, lines=[found.pk], reason="no more come")

    @rule(line=PICK, amount=st.sampled_from(["9.99", "0.01"]))
    def freight_comes_late(self, line: int, amount: str) -> None:
        found = self.one(PurchaseLine.objects.select_related("order").order_by("pk"), line)
        if found is not None and ExtraLine.objects.count() < MANY:
            self.do(add_extra_lines, order=found.order, extras=[NewExtra(ExtraKind.FREIGHT, amount, "late")])

    @rule(build=PICK, line=PICK, quantity=UNITS)
    def a_bom_changes(self, build: int, line: int, quantity: int) -> None:
        found = self.one(BomLine.objects.order_by("pk"), line)
        assert found is not None
        self.do(change, model=BomLine, rows=[{"id": found.pk, "quantity": quantity}])
        if wanted := self.build(build):
            self.do(take_over_bom, build=wanted)

    @rule(build=PICK, line=PICK)
    def a_build_deviates(self, build: int, line: int) -> None:
        found = self.build(build)
        if found is not None and not BuildLine.objects.filter(build=found).exclude(deviation="").exists():
            instead = self.one(BuildLine.objects.filter(build=found, until_revision=None).order_by("pk"), line)
            other = Deviation(self.shop.part("R-9K9"), 2, instead.pk if instead else None)
            self.do(deviate_from_bom, build=found, deviations=[other], reason="not to be had", approved_by="Ada")

    @rule(item=PICK, units=UNITS, purpose=st.sampled_from(list(ReturnPurpose)), is_kept=st.booleans())
    def something_goes_back(self, item: int, units: int, purpose: ReturnPurpose, is_kept: bool) -> None:
        bought = StockItem.objects.filter(purchase_line__isnull=False, quantity__gt=0).order_by("pk")
        found = self.one(bought.select_related("purchase_line__order__supplier"), item)
        if found is None:
            return
        is_credit = purpose is ReturnPurpose.CREDIT
        supplier = found.purchase_line.order.supplier
        rows = [
            ReturnRow(
                one.pk,
                min(Decimal(units), one.quantity),
                credit="1.50" if is_credit else None,
                is_kept=is_credit and is_kept,
            )
            # Now and then with what else of the same line lies about: split, moved, numbered.
            for one in (found, *bought.filter(purchase_line=found.purchase_line).exclude(pk=found.pk)[: units % 3])
        ]
        self.do(create_return, supplier=supplier, purpose=purpose, reason="bad", rows=rows, paid_by=PaidBy.SUPPLIER)

    @rule(line=PICK, amount=st.sampled_from(["0", "0.40", "2.00", "500.00"]))
    def a_credit_is_stated(self, line: int, amount: str) -> None:
        found = self.one(SupplierReturnLine.objects.select_related("document").order_by("pk"), line)
        if found is not None:
            self.do(credit_return, document=found.document, credits=[Credit(found.pk, amount)])

    @rule(item=PICK, other=PICK, units=UNITS, how=st.sampled_from(["split", "merge", "number", "install", "uninstall"]))
    def stock_changes_its_shape(self, item: int, other: int, units: int, how: str) -> None:
        found = self.one(StockItem.objects.on_hand().order_by("pk"), item)
        if how == "uninstall":
            found = self.one(StockItem.objects.filter(place=PlaceKind.INSIDE).order_by("pk"), item)
        if found is None:
            return
        alike = StockItem.objects.on_hand().filter(part=found.part_id).exclude(pk=found.pk).order_by("pk")
        if how == "split":
            self.do(split_stock, rows=[Split(found.pk, units)])
        elif how == "number":
            self.do(serialise_stock, rows=[Serialisation(found.pk, "~+" if units > 1 else "~", units)])
        elif how == "uninstall":
            self.do(uninstall_stock, rows=[Removed(found.pk, None)])
        elif how == "merge" and (into := self.one(alike, other)) is not None:
            mismatched = {"allow_mismatched_suppliers": True, "allow_mismatched_batches": True}
            self.do(merge_stock, items=[into.pk, found.pk], **mismatched)
        elif how == "install" and (into := self.one(StockItem.objects.on_hand().order_by("pk"), other)) is not None:
            self.do(install_stock, rows=[Installation(found.pk, into.pk, min(Decimal(units), found.quantity))])

    @rule(build=PICK, units=UNITS, maker=st.sampled_from([0, 1]), follow_bom=st.booleans())
    def a_build_is_split(self, build: int, units: int, maker: int, follow_bom: bool) -> None:
        found = self.build(build)
        if found is not None and Build.objects.count() <= MANY:
            where = {"manufacturer": self.makers[maker]} if found.is_external else {}
            self.do(split_build, build=found, quantity=units, follow_bom=follow_bom, reason="too much", **where)

    @rule(line=PICK, units=UNITS, cost=st.sampled_from([None, "2.00"]))
    def something_comes_back(self, line: int, units: int, cost: str | None) -> None:
        found = self.one(SupplierReturnLine.objects.order_by("pk"), line)
        if found is not None:
            row = ComingBack(found.pk, min(Decimal(units), found.quantity), cost=cost)
            document = SupplierReturn.objects.get(pk=found.document_id)
            self.do(receive_back, document=document, rows=[row], location=self.places[0])

    @rule(item=PICK, units=UNITS)
    def something_used_is_returned(self, item: int, units: int) -> None:
        found = self.one(StockItem.objects.filter(place=PlaceKind.USED).order_by("pk"), item)
        if found is not None:
            self.do(return_used, rows=[Returned(found.pk, None, units)], reason="left over")

    @rule(back=PICK)
    def something_is_taken_back(self, back: int) -> None:
        standing = Event.objects.filter(kind__in=list(WAYS), reverses=None, reversals=None).order_by("-pk")
        found = self.one(standing, back)
        if found is not None:
            self.do(reverse_event, event=found.pk, reason="a mistake")

    # What must hold

    @invariant()
    def the_ledger_bears_it_out(self) -> None:
        if hasattr(self, "shop"):
            assert [one.text for one in verify()] == []

    @invariant()
    def no_more_is_consumed_than_was_built(self) -> None:
        if not hasattr(self, "shop"):
            return
        for build in Build.objects.all():
            made = units_built(build.pk)
            for line in BuildLine.objects.filter(build=build):
                needed = sum(
                    (required(need_of(line), units) for units in _by_maker(made, line).values()),
                    Decimal(0),
                )
                assert 0 <= line.consumed <= needed, (build.reference, line.part_id, line.consumed, needed)

    @invariant()
    def nothing_is_worth_less_than_nothing(self) -> None:
        if hasattr(self, "shop"):
            assert not StockItem.objects.filter(value__lt=0).exists()

    @invariant()
    def line_and_build_tell_the_same(self) -> None:
        """What a line received, and what went back of it to be replaced, are the units that its build got of it."""
        if not hasattr(self, "shop"):
            return
        cancelled = Event.objects.filter(kind="build.cancelled").values("build")
        for line in PurchaseLine.objects.filter(build__isnull=False).exclude(build__in=cancelled):
            came = BuildOutput.objects.filter(purchase_line=line, item__isnull=False)
            units = came.exclude(state=OutputState.WITHDRAWN).aggregate(Sum("quantity"))["quantity__sum"] or Decimal(0)
            replaced = SupplierReturnLine.objects.filter(
                purchase_line=line, document__purpose=ReturnPurpose.REPLACEMENT
            ).exclude(document__status=ReturnStatus.CANCELLED)
            gone = replaced.aggregate(Sum("quantity"))["quantity__sum"] or Decimal(0)
            assert units == line.received + gone, (line.pk, units, line.received, gone)

    # How

    def do(self, operation: Callable[..., Any], **request: Any) -> Any:
        """Do it, or be refused and have nothing changed."""
        before, refused = self.shop.movements(), None
        try:
            done = operation(**{**self.shop.by_bo, **request})
        except Refusal as refusal:
            refused = refusal
        if refused is not None:
            assert self.shop.movements() == before
            assert all(reason.text() for reason in refused.reasons)
            return None
        self.done.append(operation.__name__)
        return done

    def one(self, found: Any, index: int) -> Any:
        """One of what there is, or None."""
        every: Sequence[Any] = list(found)
        return every[index % len(every)] if every else None

    def build(self, index: int) -> Build | None:
        """One of the builds."""
        found: Build | None = self.one(Build.objects.select_related("part", "manufacturer").order_by("pk"), index)
        return found


def _by_maker(made: dict[tuple[int | None, int], Decimal], line: BuildLine) -> dict[int | None, Decimal]:
    """The units for which a line counts, by who built them."""
    units: dict[int | None, Decimal] = {}
    for (maker, revision), quantity in made.items():
        if line.counts_for(revision):
            units[maker] = units.get(maker, Decimal(0)) + quantity
    return units
