"""Noting what a manufacturer says about the lots on his lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from outwork.models import Build, ReportedLot
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.supply import Supply
from tests.shop import Shop
from tests.stories import Stories


@pytest.fixture
def story(shop: Shop) -> Stories:
    return Stories(shop)


@pytest.fixture
def build(story: Stories) -> Build:
    """Two units of MCU (theirs) and R-10K (ours) are received."""
    build = story.outside("GADGET", {"MCU": 1, "R-10K": 1}, 2)
    line = build.lines.get(part__number="MCU")
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY)], **story.shop.by_ada)
    story.receive(build, "1-2", days=1, accept=False)
    build.refresh_from_db()
    return build


def test_it_works(story: Stories, build: Build) -> None:
    line = build.lines.get(part__number="MCU")
    rows = [
        LotReport(line.pk, mpn=" STM32 ", lot="L55", date_code="2531", quantity="2"),
        LotReport(line.pk, build.manufacturer_id, story.output("2").pk, lot="L66"),
    ]
    request = {"build": build, "rows": rows, **story.shop.by_ada, "key": "once"}
    done = report_lots(**request)
    assert report_lots(**request) == done
    found = ReportedLot.objects.filter(pk__in=done.ids).order_by("pk")
    assert [
        (one.build_line_id, one.manufacturer_id, one.output_id, one.mpn, one.lot, one.date_code, one.quantity)
        for one in found
    ] == [
        (line.pk, build.manufacturer_id, None, "STM32", "L55", "2531", Decimal(2)),
        (line.pk, build.manufacturer_id, story.output("2").pk, "", "L66", "", None),
    ]
    version = build.version
    build.refresh_from_db()
    assert build.version == version + 1
    story.shop.recount()


def test_a_line_that_one_manufacturer_buys_may_be_ours_at_another(story: Stories, build: Build) -> None:
    line = build.lines.get(part__number="R-10K")
    theirs = Choice(line.pk, Supply.THEY_BUY, build.manufacturer_id)
    state_supply(build=build, choices=[theirs], **story.shop.by_ada)
    assert report_lots(build=build, rows=[LotReport(line.pk, lot="L1")], **story.shop.by_ada).ids


def test_refuses_an_empty_report(story: Stories, build: Build) -> None:
    line = build.lines.get(part__number="MCU").pk
    assert story.shop.refused(report_lots, build=build, rows=[]) == [("nothing_reported", ("rows",))]
    rows = [LotReport(line, lot="  "), LotReport(line, mpn="M" * 101, date_code="D" * 51)]
    assert story.shop.refused(report_lots, build=build, rows=rows) == [
        ("report_says_nothing", (0,)),
        ("report_too_long", (1, "mpn")),
        ("report_too_long", (1, "date_code")),
    ]


def test_refuses_lines_that_the_manufacturer_did_not_supply(story: Stories, build: Build) -> None:
    ours = build.lines.get(part__number="R-10K").pk
    rows = [LotReport(ours, lot="L"), LotReport(999_999, lot="L")]
    assert story.shop.refused(report_lots, build=build, rows=rows) == [
        ("line_not_supplied_by_manufacturer", (0, "line")),
        ("line_unknown", (1, "line")),
    ]


def test_refuses_companies_outputs_and_quantities_that_do_not_fit(story: Stories, build: Build) -> None:
    line = build.lines.get(part__number="MCU").pk
    other = story.shop.manufacturer("Best Boards").pk
    rows = [
        LotReport(line, other, lot="L"),
        LotReport(line, lot="L", output_id=999_999),
        LotReport(line, lot="L", quantity="-1"),
    ]
    assert story.shop.refused(report_lots, build=build, rows=rows) == [
        ("quantity_not_positive", (2, "quantity")),
        ("reporter_not_of_build", (0, "manufacturer")),
        ("output_unknown", (1, "output")),
    ]


def test_refuses_to_guess_which_of_two_manufacturers_reports(story: Stories) -> None:
    build = story.outside("GADGET", {"MCU": 1}, 4, units=2)
    other = story.shop.manufacturer("Best Boards")
    story.shop.sells(other, build.part, "11.00")
    second = story.order_from(build, other, 2)
    line = build.lines.get()
    state_supply(build=build, choices=[Choice(line.pk, Supply.THEY_BUY)], **story.shop.by_ada)
    story.receive(build, "1-2", days=1)
    story.receive(build, "3-4", days=1, line=second)
    ours = story.output("1")
    rows = [LotReport(line.pk, lot="L"), LotReport(line.pk, other.pk, ours.pk, lot="L")]
    assert story.shop.refused(report_lots, build=build, rows=rows) == [
        ("reporter_undecided", (0, "manufacturer")),
        ("output_of_another_manufacturer", (1, "output")),
    ]
    assert report_lots(build=build, rows=[LotReport(line.pk, None, ours.pk, lot="L")], **story.shop.by_ada).ids


@pytest.mark.parametrize("reports", [1, 10, 1000])
def test_statements_do_not_grow(story: Stories, build: Build, statements: Callable[[], Any], reports: int) -> None:
    line = build.lines.get(part__number="MCU").pk
    rows = [LotReport(line, lot=f"L{number}") for number in range(reports)]
    with statements() as count:
        report_lots(build=build, rows=rows, **story.shop.by_ada)
    assert count == 10
