"""Change a build from the command line: its facts, the BOM it is built to, reported lots."""

import datetime

import pytest

from outwork.models import BomLine, Build, BuildLine, BuildOutput, Company, ReportedLot


@pytest.fixture
def build(shop, radio):
    """BO-0001: ten radios by Acme, all parts ours."""
    build = shop.external(radio, 10)
    BuildLine.objects.filter(build=build).update(supply="we send")
    return build


def test_facts_of_a_build_change(shop, build, program):
    assert program("build", "change", "BO-0001", "--quantity", "12", "--title", "Spring", "--target", "2026-05-01") == [
        "BO-0001 is changed: quantity 12, title Spring, target date 2026-05-01."
    ]
    build.refresh_from_db()
    assert (build.quantity, build.title, build.target_date) == (12, "Spring", datetime.date(2026, 5, 1))
    assert build.lines.get(part__number="R-10K").quantity == 48
    program("build", "change", "BO-0001", "--target", "none", "--manufacturer", "none")
    build.refresh_from_db()
    assert (build.target_date, build.manufacturer) == (None, None)
    assert program("build", "change", "BO-0001", status=2)
    assert program("build", "change", "BO-0001", "--target", "soon", status=2)
    assert program.codes("build", "change", "BO-0001", "--quantity", "0") == ["quantity_not_positive"]


def test_a_changed_bom_is_shown_and_taken_over(shop, build, program):
    shop.ordered(build)
    assert program("build", "bom-difference", "BO-0001") == ["BO-0001 is built to its BOM as it is now."]
    BomLine.objects.filter(part__number="R-10K").update(quantity=5)
    assert program("build", "bom-difference", "BO-0001") == [
        "part            change",
        "R-10K  changed  per unit 4 -> 5",
        "next: take it over for units not yet received   [outwork build take-over-bom BO-0001]",
    ]
    assert program.json("build", "bom-difference", "BO-0001") == [
        {"part": "R-10K", "kind": "changed", "changes": {"per_unit": ["4", "5"]}}
    ]
    assert program("build", "take-over-bom", "BO-0001", "--reason", "ECO 7") == [
        "BO-0001 is at revision 2; 1 line taken over:",
        "  R-10K: changed",
    ]
    assert program.codes("build", "take-over-bom", "BO-0001") == ["nothing_to_take_over"]


def test_lots_that_the_manufacturer_fitted_are_noted(shop, build, program):
    BuildLine.objects.filter(part__number="CASE").update(supply="they buy")
    shop.ordered(build)
    assert program("build", "report-lots", "BO-0001", "CASE=L-77", "--date-code", "2612") == [
        "CASE: lot L-77 is noted."
    ]
    report = ReportedLot.objects.get()
    assert (report.lot, report.date_code, report.build_line.part.number) == ("L-77", "2612", "CASE")
    assert program.codes("build", "report-lots", "BO-0001", "R-10K=L-1") == ["line_not_supplied_by_manufacturer"]


def test_units_made_by_hand_are_of_the_manufacturer_named(shop, build, program):
    other = shop.manufacturer("Best Boards")
    shop.sells(other, build.part)
    shop.ordered(build)
    program("build", "order", "BO-0001", "Best Boards", "--units", "5")
    asked = ("build", "make", "BO-0001", "2", "--accept-manual-output", "--reason", "No papers")
    assert program.codes(*asked) == ["manufacturer_undecided"]
    program(*asked, "--manufacturer", "Best Boards")
    assert BuildOutput.objects.get().manufacturer == Company.objects.get(name="Best Boards")
    assert Build.objects.get().status == 20
