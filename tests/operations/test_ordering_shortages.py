"""Picks become draft orders, one for each supplier; lines remember the builds they are for."""

import datetime
from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds
from outwork.models import BomLine, BuildLine, Demand, Part, PriceBreak, PurchaseLine, PurchaseOrder, SupplierPart
from outwork.operations import dedicating_lines
from outwork.operations.build_states import cancel_build
from outwork.operations.creating_build import create_build
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.operations.ordering_shortages import Pick, order_shortages
from outwork.queries.to_order import plan
from outwork.rules.refusals import Refusal
from outwork.rules.states import OrderStatus
from tests.races import at_once

TODAY = datetime.date(2026, 3, 2)


@pytest.fixture
def radio(shop):
    return shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7, "CASE": 1})


@pytest.fixture
def build(shop, radio):
    return shop.build(radio, 10, start_date=datetime.date(2026, 5, 1))


@pytest.fixture
def reel(shop):
    return shop.sells(shop.company("Reichelt"), shop.part("R-10K"), "2.00", pack_size=Decimal(15), multiple=2)


def line_of(build, part):
    return build.lines.get(part__number=part)


def demands():
    return [
        (one.line.part.number, one.build_line.build.reference, one.quantity)
        for one in Demand.objects.select_related("line__part", "build_line__build").order_by("pk")
    ]


def test_it_works(shop, build, reel):
    case = shop.sells(shop.company("Caseworks"), shop.part("CASE"), "9.00")
    cap = shop.sells(shop.company("Reichelt"), shop.part("C-100N"), "0.10")
    other = shop.build(build.part, 5, start_date=datetime.date(2026, 4, 1))
    picks = [
        Pick(60, part_id=reel.part_id, build_lines={line_of(build, "R-10K").pk: 40, line_of(other, "R-10K").pk: 20}),
        Pick(70, supplier_part_id=cap.pk, build_lines={line_of(build, "C-100N").pk: 70}),
        Pick(25, part_id=case.part_id),
    ]
    done = order_shortages(picks=picks, **shop.by_ada)
    lines = [PurchaseLine.objects.select_related("order__supplier").get(pk=pk) for pk in done.ids]
    assert [(one.order.reference, one.order.supplier.name, one.ordered, one.price) for one in lines] == [
        ("PO-0001", "Reichelt", 60, 2),
        ("PO-0001", "Reichelt", 70, Decimal("0.10")),
        ("PO-0002", "Caseworks", 25, 9),
    ]
    assert [one.requested_date and one.requested_date.month for one in lines] == [4, 5, None]
    assert {one.order.status for one in lines} == {OrderStatus.DRAFT}
    assert demands() == [("R-10K", "BO-0001", 40), ("R-10K", "BO-0002", 20), ("C-100N", "BO-0001", 70)]
    assert (done.said, done.data["references"]) == ([], ["PO-0001", "PO-0002"])
    shop.recount()


def test_what_is_picked_is_not_to_be_ordered_again(shop, build, reel):
    short = {row.part: row for row in plan(today=TODAY).shortages}["R-10K"]
    picks = [Pick(short.short, part_id=short.part_id, build_lines={one.line_id: one.short for one in short.lines})]
    order_shortages(picks=picks, **shop.by_ada)
    assert "R-10K" not in {row.part for row in plan(today=TODAY).shortages}


def test_whole_packs_are_ordered_and_that_is_said(shop, build, reel):
    PriceBreak.objects.create(supplier_part=reel, quantity=Decimal(4), price=Decimal("1.50"), currency="EUR")
    done = order_shortages(
        picks=[Pick(31, part_id=reel.part_id, build_lines={line_of(build, "R-10K").pk: 31})], **shop.by_ada
    )
    line = PurchaseLine.objects.get(pk=done.ids[0])
    assert (line.ordered, line.price) == (60, Decimal("1.50"))
    assert done.said == [{"code": "rounded_up_to_packs", "part": "R-10K", "asked": "31", "ordered": "60"}]
    assert demands() == [("R-10K", "BO-0001", 31)]


def test_lines_are_added_to_the_draft_named(shop, build, reel):
    draft = PurchaseOrder.objects.get(pk=create_order(supplier=reel.supplier, **shop.by_ada).ids[0])
    done = order_shortages(picks=[Pick(30, part_id=reel.part_id)], orders=[draft], **shop.by_ada)
    assert done.data["orders"] == [draft.pk]
    assert PurchaseOrder.objects.count() == 1


def test_a_line_of_the_draft_that_is_alike_becomes_more_and_is_for_more(shop, build, reel):
    line = line_of(build, "R-10K")
    first = order_shortages(picks=[Pick(30, part_id=reel.part_id, build_lines={line.pk: 20})], **shop.by_ada)
    draft = PurchaseOrder.objects.get(pk=first.data["orders"][0])
    picks = [Pick(30, part_id=reel.part_id, build_lines={line.pk: 15})]
    done = order_shortages(picks=picks, orders=[draft], **shop.by_ada)
    assert done.ids == first.ids
    assert PurchaseLine.objects.get().ordered == 60
    assert demands() == [("R-10K", "BO-0001", 35)]


def test_a_substitute_may_be_bought_for_a_line(shop, build):
    line = line_of(build, "R-10K")
    other = shop.sells(shop.company("Reichelt"), shop.part("R-9K9"))
    assert shop.refused(order_shortages, picks=[Pick(40, supplier_part_id=other.pk, build_lines={line.pk: 40})]) == [
        ("part_does_not_fit_line", (0, "build_lines", line.pk))
    ]
    line.substitutes.create(part=other.part, rank=1)
    order_shortages(picks=[Pick(40, supplier_part_id=other.pk, build_lines={line.pk: 40})], **shop.by_ada)
    assert demands() == [("R-9K9", "BO-0001", 40)]


def test_refuses_more_than_a_line_still_needs(shop, build, reel):
    line = line_of(build, "R-10K")
    order_shortages(picks=[Pick(30, part_id=reel.part_id, build_lines={line.pk: 30})], **shop.by_ada)
    again = [Pick(30, part_id=reel.part_id, build_lines={line.pk: 11})]
    assert shop.refused(order_shortages, picks=again) == [("bought_already", ("build_lines", line.pk))]
    order_shortages(picks=again, accept_more=True, **shop.by_ada)
    assert sum(one.quantity for one in Demand.objects.all()) == 41


def test_refuses_all_that_is_wrong_at_once(shop, build, reel):
    line, sold = line_of(build, "R-10K"), reel.pk
    two = shop.part("TWO")
    for name in ("Reichelt", "Caseworks"):
        shop.sells(shop.company(name), two)
    picks = [
        Pick(0, supplier_part_id=sold),
        Pick(1, supplier_part_id=47110815),
        Pick(1),
        Pick(1, part_id=47110815),
        Pick(1, part_id=shop.part("NONE").pk),
        Pick(1, part_id=two.pk),
        Pick(1, supplier_part_id=sold, build_lines={47110815: 1}),
        Pick(30, supplier_part_id=sold, build_lines={line.pk: 31}),
    ]
    assert shop.refused(order_shortages, picks=picks) == [
        ("quantity_not_positive", (0, "quantity")),
        ("supplier_part_unknown", (1, "supplier_part")),
        ("pick_without_part", (2, "part")),
        ("part_unknown", (3, "part")),
        ("nobody_sells", (4, "part")),
        ("seller_undecided", (5, "part")),
        ("build_line_unknown", (6, "build_lines", 47110815)),
        ("dedicated_more_than_picked", (7, "quantity")),
    ]
    assert shop.refused(order_shortages, picks=[]) == [("rows_missing", ())]
    SupplierPart.objects.filter(part=two, supplier__name="Caseworks").update(is_primary=True)
    done = order_shortages(picks=[Pick(1, part_id=two.pk)], **shop.by_ada)
    assert PurchaseOrder.objects.get(pk=done.data["orders"][0]).supplier.name == "Caseworks"


def test_refuses_builds_that_are_over_and_orders_that_do_not_fit(shop, build, reel):
    line = line_of(build, "R-10K")
    cancel_build(build=build, **shop.by_ada)
    picks = [Pick(30, part_id=reel.part_id, build_lines={line.pk: 30})]
    assert shop.refused(order_shortages, picks=picks) == [("wrong_state", ())]
    other = PurchaseOrder.objects.get(pk=create_order(supplier=shop.company("Other"), **shop.by_ada).ids[0])
    picks = [Pick(30, part_id=reel.part_id)]
    assert shop.refused(order_shortages, picks=picks, orders=[other]) == [("draft_for_nobody", ("orders",))]
    done = order_shortages(picks=picks, **shop.by_ada)
    placed = PurchaseOrder.objects.get(pk=done.data["orders"][0])
    place_order(order=placed, **shop.by_ada)
    assert shop.refused(order_shortages, picks=picks, orders=[placed]) == [("wrong_state", ())]


def test_a_repeated_key_orders_once(shop, build, reel):
    asked = {"picks": [Pick(30, part_id=reel.part_id)], "key": "k", **shop.by_ada}
    assert order_shortages(**asked) == order_shortages(**asked)
    assert PurchaseLine.objects.count() == 1


def test_what_a_line_needs_is_read_once_its_build_is_locked(shop, build, reel, monkeypatch):
    line = line_of(build, "R-10K")

    def lock_late(ids):
        wanted = list(ids)
        BuildLine.objects.filter(pk=line.pk).update(consumed=Decimal(30))
        return lock_builds(wanted)

    monkeypatch.setattr(dedicating_lines, "lock_builds", lock_late)
    picks = [Pick(60, part_id=reel.part_id, build_lines={line.pk: 40})]
    assert shop.refused(order_shortages, picks=picks) == [("bought_already", ("build_lines", line.pk))]
    assert not PurchaseLine.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_buyers_do_not_order_the_same_twice(shop, build, reel):
    line = line_of(build, "R-10K")

    def order():
        return order_shortages(picks=[Pick(60, part_id=reel.part_id, build_lines={line.pk: 40})], **shop.by_ada)

    outcomes = at_once(order, order)
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    assert [one.codes for one in refused] == [["bought_already"]]
    assert demands() == [("R-10K", "BO-0001", 40)]
    assert PurchaseLine.objects.count() == 1


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    top, supplier = shop.part("TOP", is_assembly=True), shop.company("Reichelt")
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    SupplierPart.objects.bulk_create([SupplierPart(part=part, supplier=supplier, sku=part.number) for part in parts])
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity"),
        [(top.pk, part.pk, place, Decimal(2)) for place, part in enumerate(parts, 1)],
    )
    create_build(part=top, quantity=10, **shop.by_ada)
    found = plan(today=TODAY).shortages
    picks = [Pick(one.short, part_id=one.part_id, build_lines={one.lines[0].line_id: one.short}) for one in found]
    with statements() as seen:
        done = order_shortages(picks=picks, **shop.by_ada)
    assert len(done.ids) == Demand.objects.count() == count
    assert seen == 34
    assert plan(today=TODAY).shortages == []
