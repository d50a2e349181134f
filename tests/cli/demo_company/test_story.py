"""The demo company's year: everything that a visitor should find is there, and the ledger bears it out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from outwork.cli.demo_company import tables
from outwork.cli.demo_company.clock import Clock
from outwork.cli.demo_company.filling import TOLD, Filled, fill
from outwork.cli.demo_company.people import LOGINS, PASSWORD
from outwork.cli.demo_company.report import Story, cost_of, story_of
from outwork.ledger.verify import verify
from outwork.models import (
    AnnouncedDelivery,
    Build,
    BuildOutput,
    Company,
    Event,
    ExtraLine,
    ManufacturerPart,
    Movement,
    PromiseChange,
    PurchaseLine,
    PurchaseOrder,
    StockItem,
    SupplierReturn,
)
from outwork.queries.builds import progress
from outwork.queries.trace_up import trace_up
from outwork.rules.places import Kind, PlaceKind
from outwork.rules.states import BuildStatus, OrderStatus, OutputState, ReturnStatus
from outwork.rules.supply import Supply


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Filled]:
    """The demo company, made once for all tests of this file, which only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill(lambda done, total, title: None)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def story(filled: Filled) -> Story:
    return story_of(Build.objects.get(pk=filled.build_id))


def near(first: Decimal | None, second: Decimal | None) -> bool:
    return first is not None and second is not None and abs(first - second) < Decimal("0.01")


def of(title: str) -> Build:
    return Build.objects.get(title=title)


@pytest.mark.django_db
def test_nothing_is_there_before() -> None:
    # Its mark also has the database made when this file runs alone: a fixture of the module cannot ask for that.
    assert not Event.objects.exists()


def test_the_ledger_recounts_and_no_value_is_unknown(filled: Filled) -> None:
    assert [difference.text for difference in verify()] == []
    assert not Movement.objects.filter(value__isnull=True).exists()
    assert not StockItem.objects.existing().filter(value__isnull=True).exists()


def test_it_happened_over_a_year_that_ends_today_in_the_order_of_the_record(filled: Filled) -> None:
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert len(set(moments)) > len(moments) * 0.9
    now = timezone.now()
    assert datetime.timedelta(days=360) < now - moments[0] < datetime.timedelta(days=370)
    assert now - datetime.timedelta(days=1) < moments[-1] <= now
    assert not Movement.objects.filter(at__gt=now).exists()


def test_the_catalogue_is_real(filled: Filled) -> None:
    numbers = ManufacturerPart.objects.all()
    assert 60 <= numbers.count() <= 85
    makers = set(numbers.values_list("manufacturer__name", flat=True))
    assert {"Murata", "Yageo", "Texas Instruments", "ST", "Würth Elektronik"} <= makers
    assert not re.search("widget", " ".join(row["name"] for row in tables.read("own_parts")), re.IGNORECASE)


def test_a_product_is_two_levels_deep(filled: Filled, story: Story) -> None:
    assert story.unit is not None
    assert [name.split()[0] for name in story.unit.inside] == ["FL3-150", "FL3-100"]


def test_builds_are_in_every_state_and_orders_in_four(filled: Filled) -> None:
    builds = dict(Build.objects.values_list("status").annotate(Count("pk")))
    assert set(builds) == set(BuildStatus)
    orders = set(PurchaseOrder.objects.values_list("status", flat=True))
    assert {OrderStatus.DRAFT, OrderStatus.PLACED, OrderStatus.COMPLETE} <= orders


def test_one_build_is_in_production_with_partial_receipts(filled: Filled) -> None:
    made = progress(of("Fenlog 3 boards, third run"))
    assert (made.planned, made.received, made.accepted, made.rejected, made.in_production) == (152, 64, 57, 1, 6)


def test_one_order_is_overdue(filled: Filled) -> None:
    today = Clock(timezone.now()).today
    late = PurchaseLine.objects.on_order().filter(promised_date__lt=today, received__lt=F("ordered"))
    assert set(late.values_list("order__supplier__name", flat=True)) == {"Pellham Electronics"}


def test_promised_dates_slipped_for_reasons(filled: Filled) -> None:
    slips = PromiseChange.objects.filter(which="promised", after__gt=F("before"))
    assert slips.count() >= 3
    assert not slips.filter(reason="").exists()


def test_the_stencil_is_charged_on_the_first_order_only(filled: Filled) -> None:
    stencils = ExtraLine.objects.filter(kind="stencil")
    assert [one.order.lines.get().build_id for one in stencils] == [of("Fenlog 3 boards, first run").pk]
    assert PurchaseLine.objects.filter(part__number="FL3-200", order__supplier__name="Kestrup Elektronik").count() == 4


def test_late_freight_and_duty_changed_costs_after_the_receipt(filled: Filled, story: Story) -> None:
    revalued = Movement.objects.filter(kind=Kind.REVALUED, corrects__kind=Kind.RECEIVED)
    builds = set(revalued.values_list("corrects__build__title", flat=True))
    assert {"Fenlog 3 boards, first run", "Airgrid 2 boards, first run"} <= builds
    late = [one.text for one in story.moments if "worth more now" in one.text]
    assert len(late) == 1
    duty = Event.objects.get(pk=ExtraLineEvent.of("duty"))
    finished = of("Airgrid 2 boards, first run").completed_at
    assert finished is not None
    assert duty.at > finished


class ExtraLineEvent:
    """Which event put an extra line on its order."""

    @staticmethod
    def of(kind: str) -> int:
        extra = ExtraLine.objects.get(kind=kind)
        events = Event.objects.filter(kind="order.extra lines added", order=extra.order).order_by("pk")
        return next(event.pk for event in events if extra.pk in event.data["ids"])


@pytest.mark.parametrize(
    "title", ["Fenlog 3 boards, first run", "Fenlog 3 boards, second run", "Airgrid 2 boards, first run"]
)
def test_what_a_build_cost_is_what_its_good_units_are_worth(filled: Filled, title: str) -> None:
    build = of(title)
    cost = cost_of(build, progress(build))
    assert cost.is_final
    assert near(cost.total, cost.borne)


def test_euros_and_dollars_at_the_rates_of_their_days(filled: Filled) -> None:
    rates = Movement.objects.filter(kind=Kind.RECEIVED, currency="USD").values_list("rate", flat=True).distinct()
    assert len(set(rates)) >= 3
    assert Movement.objects.filter(kind=Kind.RECEIVED, currency="EUR").exists()


def test_the_near_manufacturer_gets_everything_and_the_far_one_buys_most(filled: Filled) -> None:
    near_lines = of("Fenlog 3 boards, first run").lines
    assert set(near_lines.values_list("supply", flat=True)) == {Supply.WE_SEND}
    far = of("Airgrid 2 boards, first run")
    supplies = dict(far.lines.values_list("supply").annotate(Count("pk")))
    assert set(supplies) == {Supply.WE_SEND, Supply.THEY_BUY, Supply.SHIPPED_DIRECT}
    line = PurchaseLine.objects.get(build=far)
    assert (line.pack_size, line.currency, line.received) == (4, "USD", 186)
    direct = Movement.objects.filter(kind=Kind.RECEIVED, target_location__company__name="Harbour Nine Assembly")
    assert direct.exists()


def test_reels_are_begun_and_left_over_at_the_manufacturer(filled: Filled, story: Story) -> None:
    begun = StockItem.objects.on_hand().filter(packaging__contains="reel of")
    assert begun.filter(quantity=3412, packaging="re-reel of 5,000").exists()
    quantities = list(begun.values_list("quantity", flat=True))
    assert len(quantities) >= 10
    assert [quantity for quantity in quantities if quantity % 1000 == 0] == []
    left = [one for one in story.left_over if one.quantity > one.allocated]
    assert len(left) >= 8
    assert all(one.value for one in left)


def test_counts_found_fewer(filled: Filled) -> None:
    fewer = Movement.objects.filter(kind=Kind.COUNTED, target_item__isnull=True)
    assert fewer.filter(source_location__company__name="Kestrup Elektronik").count() >= 3
    assert fewer.filter(source_location__company__isnull=True).exists()


def test_units_were_rejected_scrapped_and_closed_short_for_reasons(filled: Filled) -> None:
    bad = BuildOutput.objects.filter(state__in=[OutputState.REJECTED, OutputState.SCRAPPED])
    assert bad.count() >= 8
    assert not bad.filter(reason="").exists()
    assert PurchaseLine.objects.filter(is_closed=True, received__lt=F("ordered")).exists()


def test_outputs_have_serial_numbers_or_batches(filled: Filled) -> None:
    outputs = BuildOutput.objects.filter(build__is_external=True, item__isnull=False)
    assert outputs.filter(item__serial__isnull=False).count() > 400
    assert outputs.filter(item__serial__isnull=True).exclude(item__batch="").exists()


def test_a_lot_is_traced_up_to_loggers(filled: Filled) -> None:
    reel = StockItem.objects.filter(part__number="R-10K-0402", batch="YA3M1126").order_by("pk")[0]
    parts = {holder.lot.part for holder in trace_up(reel) if holder.lot is not None}
    assert {"FL3-200", "FL3-150", "FL3-100"} <= parts


def test_who_sent_what_is_told_in_order(filled: Filled, story: Story) -> None:
    assert story.reference == Build.objects.get(pk=filled.build_id).reference
    told = " ".join(one.text for one in story.moments)
    for word in ("Planned", "placed", "Promised", "Kit sent", "slips", "received", "rejected", "accepted", "Finished"):
        assert word in told
    assert TOLD == "fenlog-1"


def test_nothing_is_anybody_elses(filled: Filled) -> None:
    names = set(Company.objects.filter(is_supplier=True).values_list("email", flat=True))
    assert all(email.endswith(".example") for email in names)
    people = Event.objects.values_list("actor__first_name", flat=True).distinct()
    assert set(people) <= {"Ada", "Bo", "Cy", "Dee"}
    assert not StockItem.objects.filter(Q(place=PlaceKind.UNPLACED, quantity__gt=0)).exists()


def test_every_story_of_a_real_shop_is_told(filled: Filled) -> None:
    """What goes wrong and is mended, each where the page about the demo says."""
    high, far = of("Tarnlog 1 boards, 868 MHz"), Build.objects.get(split_from__isnull=False)
    low = far.split_from
    assert low is not None
    assert (low.quantity, far.quantity, far.manufacturer_id != low.manufacturer_id) == (50, 30, True)
    assert high.revision == 2
    caps = high.lines.get(part__number="C-10U-0805")
    used = Movement.objects.filter(build_line=caps, kind=Kind.USED).values_list("part__number")
    by_part = dict(used.annotate(Sum("quantity")).order_by())
    assert by_part == {"C-10U-0805": 90, "C-10U-0805-S": 90}
    (document,) = SupplierReturn.objects.all()
    assert (document.purpose, document.status, document.lines.count()) == ("rework", ReturnStatus.CLOSED, 3)
    assert document.created_at > high.completed_at  # type: ignore[operator]
    assert list(AnnouncedDelivery.objects.order_by("pk").values_list("mode", "quantity", "received")) == [
        ("air", 10, 9),
        ("sea", 20, 0),
    ]
    taken_back = Event.objects.get(kind="order.receipt taken back")
    assert taken_back.order is not None
    assert taken_back.order.lines.get().received == 6
    expired = StockItem.objects.get(batch="UR2547")
    assert expired.quantity == 4
    assert StockItem.objects.filter(batch="UR2604", place=PlaceKind.USED).exists()


def test_the_page_about_the_demo_names_what_is_there(filled: Filled) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "demo-company.md").read_text(encoding="utf-8")
    states = {one.reference: one.status for one in Build.objects.all()} | {
        one.reference: one.status for one in PurchaseOrder.objects.all()
    }
    named = {reference: states[reference] for reference in re.findall(r"[BP]O-\d{4}", page)}
    assert named == {
        "BO-0001": BuildStatus.COMPLETE,
        "BO-0002": BuildStatus.COMPLETE,
        "BO-0005": BuildStatus.CANCELLED,
        "BO-0007": BuildStatus.COMPLETE,
        "BO-0009": BuildStatus.COMPLETE,
        "BO-0013": BuildStatus.PRODUCTION,
        "BO-0014": BuildStatus.PRODUCTION,
        "BO-0015": BuildStatus.PRODUCTION,
        "BO-0016": BuildStatus.ON_HOLD,
        "BO-0020": BuildStatus.PENDING,
        "PO-0029": OrderStatus.PLACED,
        "PO-0030": OrderStatus.PLACED,
        "PO-0031": OrderStatus.PLACED,
        "PO-0033": OrderStatus.DRAFT,
        "PO-0034": OrderStatus.DRAFT,
    }
    assert f"`{PASSWORD}`" in page
    assert all(f"| `{login}` | {name} |" in page for login, (name, _) in LOGINS.items())
