"""Tracing from the command line: a readable tree, a list, JSON, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import StockItem
from outwork.operations.reporting_lots import LotReport, report_lots
from outwork.operations.supplying import Choice, state_supply
from outwork.rules.supply import Supply
from tests.shop import Shop
from tests.stories import Stories

pytestmark = pytest.mark.django_db
Run = Callable[..., str]


@pytest.fixture
def story(shop: Shop) -> Stories:
    return Stories(shop)


@pytest.fixture
def run() -> Run:
    """Run `outwork trace ARGUMENTS` in this process; gives what was printed, and asserts the exit status."""

    def run(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(main, ["trace", *arguments])
        assert result.exit_code == status, result.output
        return result.output

    return run


@pytest.fixture
def built(story: Stories) -> Stories:
    """Two gadgets of a module made inside, eight of ten resistors, and a chip that the manufacturer buys."""
    story.shop.put("PCB", 2, batch="P1")
    story.inside("MODULE", {"PCB": 1}, 2, batch="M7")
    build = story.outside("GADGET", {"MODULE": 1, "R-10K": 5, "MCU": 1}, 2)
    mcu = build.lines.get(part__number="MCU")
    state_supply(build=build, choices=[Choice(mcu.pk, Supply.THEY_BUY)], **story.shop.by_ada)
    story.take(build, StockItem.objects.get(part__number="MODULE", quantity=2), 2)
    story.take(build, story.shop.put("R-10K", 3, batch="A"), 3)
    story.take(build, story.shop.put("R-10K", 9, batch="B"), 5)
    story.send(build, days=1)
    story.receive(build, "101-102", days=5)
    return story


def test_it_works(built: Stories, run: Run) -> None:
    assert run("101").splitlines() == [
        "GADGET 101: built by Acme Assembly (BO-0002, PO-0001), received 2026-03-07, accepted",
        "  certain   MODULE batch M7: built by us (BO-0001), made 2026-03-02, accepted",
        "    certain   PCB batch P1",
        "  possible  R-10K batch A",
        "  possible  R-10K batch B",
        "  unbooked  R-10K: 2 of 10 not booked",
        "  supplied  MCU by Acme Assembly, lot not reported",
    ]


def test_a_reported_lot_is_shown_and_found(built: Stories, run: Run) -> None:
    build = built.line_of("GADGET").build
    assert build is not None
    row = LotReport(build.lines.get(part__number="MCU").pk, mpn="STM32", lot="L55", date_code="2531")
    report_lots(build=build, rows=[row], **built.shop.by_ada)
    tree = run("102", "--down")
    assert "  certain   MCU reported by Acme Assembly: STM32, lot L55, date code 2531" in tree.splitlines()
    assert run("L55").splitlines()[0] == "MCU batch L55 is in 2 units for certain."
    assert "nothing is known" in run("L55", "--down")


def test_up_lists_the_units_and_what_is_left(built: Stories, run: Run) -> None:
    lines = run("B").splitlines()
    assert lines[0] == "R-10K batch B is in 2 units possibly."
    assert lines[2].split() == ["possible", "GADGET", "101", "BO-0002", "accepted", "1", "R-10K", "Main", "shelf"]
    assert lines[-1] == "Left: 4 Main shelf"
    assert run("P1").splitlines()[0] == "PCB batch P1 is in 4 units for certain."
    assert run("101", "--up") == "GADGET 101 (item {}) is in no unit.\nLeft: 1 Main shelf\n".format(
        built.item("101").pk
    )


def test_json_has_everything(built: Stories, run: Run) -> None:
    [unit] = json.loads(run("101", "--json"))["down"]
    assert (unit["part"], unit["serial"], unit["build"], unit["state"]) == ("GADGET", "101", "BO-0002", "accepted")
    module, resistor, mcu = unit["lines"]
    [lot] = module["lots"]
    assert (lot["certainty"], lot["units"][0]["lines"][0]["lots"][0]["batch"]) == ("certain", "P1")
    assert (resistor["missing"], resistor["needed"], len(resistor["lots"])) == ("2", "10", 2)
    assert (mcu["supplied_by"], mcu["lots"], mcu["reported"]) == ("Acme Assembly", [], [])
    up = json.loads(run("P1", "--json"))
    assert [(one["level"], one["part"], one["serial"], one["certainty"]) for one in up["up"]] == [
        (1, "MODULE", None, "certain"),
        (2, "GADGET", "101", "certain"),
        (2, "GADGET", "102", "certain"),
    ]
    assert up["left"] == []


def test_what_stands_above_is_not_repeated(built: Stories, run: Run) -> None:
    box = built.outside("BOX", {"GADGET": 2}, 1)
    built.receive(box, "9", days=6, accept=False)
    for serial in ("101", "102"):
        built.take(box, built.item(serial), 1, output=built.item("9", "BOX"))
    built.accept(box, days=7)
    out = run("9")
    assert out.count("PCB batch P1") == 1
    assert out.count("(see above)") == 1


def test_refuses_what_is_unknown_or_ambiguous_with_the_choices(built: Stories, run: Run) -> None:
    shop = built.shop
    shop.part("CASE", is_trackable=True)
    case = shop.put("CASE", 1, serial="101")
    shop.put("LED", 5, batch="101")
    gadget = built.item("101")
    out = run("101", status=1)
    assert out == (
        f"101 may be GADGET 101 (item {gadget.pk}), CASE 101 (item {case.pk}), LED batch 101: "
        "name the part, or the item by its number\n"
    )
    assert run("101", "--part", "LED", "--up") == "LED batch 101 is in no unit.\nLeft: 5 Main shelf\n"
    assert run(f"#{case.pk}", "--down") == "CASE 101\n"
    assert "There is no serial number, batch or item nope" in run("nope", status=1)
    assert json.loads(run("nope", "--json", status=1))["refused"][0]["code"] == "lot_unknown"
