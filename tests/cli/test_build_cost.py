"""What a build costs, from the command line."""

from __future__ import annotations

import pytest

from outwork.models import Build, PurchaseLine
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.deciding import Decision, accept_outputs, reject_outputs
from outwork.operations.finishing import finish_build
from outwork.operations.receiving import receive
from outwork.rules.pricing import ExtraKind
from outwork.rules.receiving import Arrival


@pytest.fixture
def build(shop):
    """BO-0001: ten boards at 10.00 from Acme, freight 5.00; the resistors are nobody's yet."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 2}, is_purchaseable=True), 10)
    order = shop.ordered(build).order
    add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "5.00")], **shop.by_ada)
    return build


def squeezed(lines):
    return [" ".join(line.split()) for line in lines if line]


def test_it_works(shop, build, program):
    lines = squeezed(program("build", "cost", build.reference))
    assert lines[0] == "BO-0001: 10 of BOARD. The cost is estimated: nothing came and nothing was used yet."
    assert "service 100.00 EUR 0.00 EUR" in lines
    assert "A unit will cost unknown if all are good." in lines
    assert lines[-1] == "Unknown: R-10K."

    line = PurchaseLine.objects.select_related("order").get()
    receive(order=line.order, arrivals=[Arrival(line.pk, 10)], location=shop.location("Dock"), **shop.by_bo)
    (output,) = build.outputs.all()
    accept_outputs(build=build, decisions=[Decision(output.pk, 8)], **shop.by_bo)
    reject_outputs(build=build, decisions=[Decision(output.pk)], reason="bent", **shop.by_bo)
    finish_build(build=build, accept_incomplete=True, accept_unallocated=True, **shop.by_bo)
    lines = squeezed(program("build", "cost", build.reference))
    assert lines[0] == "BO-0001: 10 of BOARD. The cost is final."
    assert "A good unit costs 13.125 EUR: 8 good ones." in lines
    assert "2 rejected cost 21.00 EUR, 2.625 EUR on each good one." in lines
    assert "freight 5.00 EUR 5.00 EUR" in lines


def test_as_json(shop, build, program):
    data = program.json("build", "cost", build.reference)
    assert (data["state"], data["estimated"]["service"], data["unknown"]) == ("estimated", "100", ["R-10K"])
    assert data["estimated"]["total"] is None
    assert Build.objects.count() == 1


def test_refuses_an_unknown_build(shop, program):
    assert program.codes("build", "cost", "BO-0099") == ["build_unknown"]
