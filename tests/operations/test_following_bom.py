"""The lines of a build follow its BOM until the build is issued (design section 5.5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from outwork.ledger.held import lock_items
from outwork.models import BomLine, BomSubstitute, Build, BuildLineSubstitute, Event, ReportedLot
from outwork.operations import master_data
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import hold_build, issue_build
from outwork.operations.importing_bom import import_bom
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.sending import send_kit
from outwork.queries.bom_difference import bom_difference
from outwork.rules.bomfile import read_bom


@pytest.fixture
def build(shop) -> Build:
    return shop.build(shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1}), 10)


def lines(build: Build) -> list[tuple[str, Decimal]]:
    return [(line.part.number, line.quantity) for line in build.lines.select_related("part")]


def test_it_works(shop, build):
    by = shop.by_ada
    resistor = BomLine.objects.get(part__number="R-10K")
    master_data.change(model=BomLine, rows=[{"id": resistor.pk, "quantity": 2, "attrition": 10}], **by)
    assert lines(build) == [("R-10K", Decimal(22)), ("C-1U", Decimal(10))]
    led = shop.part("LED-RED")
    master_data.create(
        model=BomLine, rows=[{"assembly": build.part_id, "part": led.pk, "quantity": 4, "position": 9}], **by
    )
    assert lines(build) == [("R-10K", Decimal(22)), ("C-1U", Decimal(10)), ("LED-RED", Decimal(40))]


def test_a_line_that_is_removed_frees_its_allocations(shop, build):
    item = shop.put("C-1U", 50)
    allocate(build=build, takes=[Take(build.lines.get(part__number="C-1U").pk, item.pk, 10)], **shop.by_bo)
    capacitor = BomLine.objects.get(part__number="C-1U")
    master_data.remove(model=BomLine, ids=[capacitor.pk], **shop.by_ada)
    assert lines(build) == [("R-10K", Decimal(30))]
    shop.expect("C-1U   Main shelf   50")
    shop.recount()


@pytest.fixture
def sent(shop) -> Build:
    """A pending external build of 10 whose kit is at the manufacturer already."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1}), 10)
    shop.put("R-10K", 30)
    shop.put("C-1U", 10)
    auto_allocate(build=build, **shop.by_bo)
    send_kit(build=build, **shop.by_bo)
    return Build.objects.get(pk=build.pk)


def test_a_line_that_a_kit_was_sent_for_is_closed(shop, sent):
    line = sent.lines.get(part__number="C-1U")
    master_data.remove(model=BomLine, ids=[line.bom_line_id], **shop.by_ada)
    line.refresh_from_db()
    assert (line.quantity, line.until_revision, line.bom_line_id) == (0, 0, None)
    assert not line.counts_for(sent.revision)
    assert sorted(lines(sent)) == [("C-1U", Decimal(0)), ("R-10K", Decimal(30))]
    shop.expect("""
        C-1U    Acme Assembly   10
        R-10K   Acme Assembly   30   for BO-0001
    """)
    shop.recount()
    issue_build(build=sent, **shop.by_ada)
    assert bom_difference(Build.objects.get(pk=sent.pk)) == []


def test_a_closed_line_is_opened_when_its_part_comes_back(shop, sent):
    line = sent.lines.get(part__number="C-1U")
    bom_line, other = BomLine.objects.get(part__number="C-1U"), shop.part("C-2U2")
    master_data.change(model=BomLine, rows=[{"id": bom_line.pk, "part": other.pk}], **shop.by_ada)
    assert sorted(lines(sent)) == [("C-1U", Decimal(0)), ("C-2U2", Decimal(10)), ("R-10K", Decimal(30))]
    master_data.change(model=BomLine, rows=[{"id": bom_line.pk, "part": line.part_id}], **shop.by_ada)
    assert lines(sent) == [("R-10K", Decimal(30)), ("C-1U", Decimal(10))]
    line.refresh_from_db()
    assert (line.bom_line_id, line.until_revision) == (bom_line.pk, None)


def test_a_line_with_a_reported_lot_is_closed(shop, build):
    line = build.lines.get(part__number="R-10K")
    event = Event.objects.latest("pk")
    ReportedLot.objects.create(build_line=line, manufacturer=shop.manufacturer(), lot="L1", event=event)
    master_data.remove(model=BomLine, ids=[line.bom_line_id], **shop.by_ada)
    line.refresh_from_db()
    assert (line.quantity, line.until_revision) == (0, 0)


def test_an_import_that_replaces_closes_them_too(shop, sent):
    bom_file = read_bom(b"Reference,Qty,MPN\nR1 R2 R3,3,R-10K\n", name="bom.csv")
    import_bom(assembly="BOARD", bom_file=bom_file, replace=True, **shop.by_ada)
    assert list(BomLine.objects.values_list("part__number", flat=True)) == ["R-10K"]
    assert ("C-1U", Decimal(0)) in lines(sent)
    shop.recount()


def test_a_line_that_changes_keeps_its_allocations(shop, build):
    item = shop.put("R-10K", 50)
    allocate(build=build, takes=[Take(build.lines.get(part__number="R-10K").pk, item.pk, 30)], **shop.by_bo)
    resistor = BomLine.objects.get(part__number="R-10K")
    master_data.change(model=BomLine, rows=[{"id": resistor.pk, "quantity": 2}], **shop.by_ada)
    shop.expect("""
        R-10K   Main shelf   30   for BO-0001
        R-10K   Main shelf   20
    """)


def test_substitutes_come_along(shop, build):
    resistor = BomLine.objects.get(part__number="R-10K")
    other = shop.part("R-10K-ALT")
    master_data.create(model=BomSubstitute, rows=[{"bom_line": resistor.pk, "part": other.pk}], **shop.by_ada)
    assert list(BuildLineSubstitute.objects.values_list("part__number", flat=True)) == ["R-10K-ALT"]


def test_an_issued_build_is_frozen(shop, build):
    issue_build(build=build, **shop.by_ada)
    resistor = BomLine.objects.get(part__number="R-10K")
    master_data.change(model=BomLine, rows=[{"id": resistor.pk, "quantity": 2}], **shop.by_ada)
    assert lines(build)[0] == ("R-10K", Decimal(30))


def test_a_build_held_before_its_issue_still_follows(shop, build):
    hold_build(build=build, **shop.by_ada)
    resistor = BomLine.objects.get(part__number="R-10K")
    master_data.change(model=BomLine, rows=[{"id": resistor.pk, "quantity": 2}], **shop.by_ada)
    assert lines(build)[0] == ("R-10K", Decimal(20))


def test_variants_follow_what_they_inherit(shop):
    template = shop.assembly("BOARD", {"R-10K": 3}, is_template=True)
    BomLine.objects.update(is_inherited=True)
    variant = shop.assembly("BOARD-EU", variant_of=template)
    build = shop.build(variant, 10)
    assert lines(build) == [("R-10K", Decimal(30))]
    line = BomLine.objects.get()
    master_data.change(model=BomLine, rows=[{"id": line.pk, "quantity": 4}], **shop.by_ada)
    assert lines(build) == [("R-10K", Decimal(40))]


def test_what_a_transfer_carries_off_meanwhile_is_freed_too(shop, build, monkeypatch):
    reel = shop.put("C-1U", 10)
    allocate(build=build, takes=[Take(build.lines.get(part__number="C-1U").pk, reel.pk, 10)], **shop.by_bo)

    def after_a_transfer(ids, **facts):
        monkeypatch.undo()
        transfer_stock(rows=[Transfer(reel.pk, shop.location("Lab").pk, 4)], **shop.by_bo)
        return lock_items(ids, **facts)

    monkeypatch.setattr("outwork.operations.following_bom.lock_items", after_a_transfer)
    master_data.remove(model=BomLine, ids=[BomLine.objects.get(part__number="C-1U").pk], **shop.by_ada)
    shop.expect("""
        C-1U   Lab          4
        C-1U   Main shelf   6
    """)
    shop.recount()


@pytest.mark.parametrize("count", [1, 10])
def test_many_builds_follow_in_as_many_statements_as_one(shop, statements, count):
    """Build by build they would lock stock out of order: two at once wait for each other."""
    board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})
    for _ in range(count):
        build, item = shop.build(board, 10), shop.put("C-1U", 10)
        allocate(build=build, takes=[Take(build.lines.get(part__number="C-1U").pk, item.pk, 10)], **shop.by_bo)
    ids = [BomLine.objects.get(part__number="C-1U").pk]
    with statements() as seen:
        master_data.remove(model=BomLine, ids=ids, **shop.by_ada)
    assert sum('FROM "outwork_stockitem"' in sql for sql in seen.seen) == 1
    lock = connection.vendor == "postgresql"
    assert len(seen) - lock == 25, seen
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_one_and_for_many(shop, statements, count):
    parts = shop.parts(f"R-{number}" for number in range(count))
    board = shop.assembly("BOARD")
    shop.build(board, 10)
    rows = [{"assembly": board.pk, "part": part.pk, "quantity": 1} for part in parts]
    with statements() as seen:
        master_data.create(model=BomLine, rows=rows, **shop.by_ada)
    lock = connection.vendor == "postgresql"
    assert len(seen) - lock == 17, seen
