"""One build is built otherwise than its BOM says, on the record: another part, a further one, a substitute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from outwork.models import BomLine, Build, BuildLine, BuildLineSubstitute, BuildOutput, Event
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import issue_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.deviating import (
    Allowed,
    Deviation,
    allow_substitutes,
    deviate_from_bom,
    disallow_substitutes,
)
from outwork.operations.following_bom import follow_pending
from outwork.operations.receiving import receive
from outwork.operations.recording import record
from outwork.operations.taking_over_bom import take_over_bom
from outwork.queries.bom_difference import bom_difference, deviations
from outwork.queries.trace import trace_down
from outwork.rules.receiving import Arrival

WHY: dict[str, Any] = {"reason": "R-10K is not to be had", "approved_by": "Ada"}


@pytest.fixture
def build(shop) -> Build:
    """10 boards of 3 resistors and 1 capacitor, all allocated at the manufacturer, 4 received and accepted."""
    board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})
    build = shop.external(board, 10, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    shop.put("R-10K", 30, "Acme Assembly")
    shop.put("C-1U", 10, "Acme Assembly")
    auto_allocate(build=build, **shop.by_bo)
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
    accept_outputs(build=build, decisions=[Decision(one) for one in done.data["outputs"]], **shop.by_bo)
    return Build.objects.get(pk=build.pk)


def line_of(build: Build, number: str) -> BuildLine:
    return build.lines.get(part__number=number, until_revision=None)


def lines(build: Build) -> list[tuple[str, Decimal, Decimal, int, int | None]]:
    found = build.lines.select_related("part").order_by("pk")
    return [(one.part.number, one.quantity, one.consumed, one.since_revision, one.until_revision) for one in found]


def receive_rest(shop, build: Build):
    line = build.purchase_lines.get()
    done = receive(order=line.order, arrivals=[Arrival(line.pk, 6)], **shop.by_bo)
    return accept_outputs(build=build, decisions=[Decision(one) for one in done.data["outputs"]], **shop.by_bo)


def test_it_works(shop, build):
    new = shop.part("R-9K9")
    shop.put("R-9K9", 18, "Acme Assembly")
    done = deviate_from_bom(
        build=build, deviations=[Deviation(new, instead_of=line_of(build, "R-10K").pk)], **WHY, **shop.by_ada
    )
    assert lines(build) == [
        ("R-10K", 12, 12, 1, 1),
        ("C-1U", 10, 4, 1, None),
        ("R-9K9", 18, 0, 2, None),
    ]
    assert [one["quantity"] for one in done.data["freed"]] == ["18.00000"]
    assert [(one.part.label, one.deviation, one.approved_by) for one in deviations(build)] == [
        ("R-9K9", "R-10K is not to be had", "Ada")
    ]
    auto_allocate(build=build, **shop.by_bo)
    assert receive_rest(shop, build).said == []
    assert lines(build)[2] == ("R-9K9", 18, 18, 2, None)
    shop.recount()


def test_a_further_part_goes_into_what_is_still_to_come(shop, build):
    shop.put("LABEL", 6, "Acme Assembly")
    deviate_from_bom(build=build, deviations=[Deviation(shop.part("LABEL"), 1)], **WHY, **shop.by_ada)
    auto_allocate(build=build, **shop.by_bo)
    assert receive_rest(shop, build).said == []
    assert lines(build) == [
        ("R-10K", 30, 30, 1, None),
        ("C-1U", 10, 10, 1, None),
        ("LABEL", 6, 6, 2, None),
    ]
    shop.recount()


def test_the_trace_says_that_it_deviates(shop, build):
    shop.put("LABEL", 6, "Acme Assembly", batch="L-1")
    deviate_from_bom(build=build, deviations=[Deviation(shop.part("LABEL"), 1)], **WHY, **shop.by_ada)
    auto_allocate(build=build, **shop.by_bo)
    accepted = receive_rest(shop, build).ids
    before, after = (
        {line.part: (line.deviation, [found.lot.batch for found in line.lots]) for line in unit.lines}
        for unit in map(trace_down, (build.outputs.order_by("pk")[0], BuildOutput.objects.get(pk=accepted[0])))
    )
    assert "LABEL" not in before
    assert after["LABEL"] == ("R-10K is not to be had", ["L-1"])


def test_the_bom_does_not_take_it_back(shop, build):
    deviate_from_bom(
        build=build,
        deviations=[Deviation(shop.part("R-9K9"), instead_of=line_of(build, "R-10K").pk)],
        **WHY,
        **shop.by_ada,
    )
    assert bom_difference(build) == []
    BomLine.objects.filter(part__number="C-1U").update(quantity=Decimal(2))
    assert [one.part for one in bom_difference(build)] == ["C-1U"]
    take_over_bom(build=build, **shop.by_ada)
    assert line_of(build, "R-9K9").since_revision == 2
    assert line_of(build, "C-1U").since_revision == 3
    assert bom_difference(Build.objects.get(pk=build.pk)) == []
    shop.recount()


def test_a_build_that_is_not_issued_yet_keeps_it_too(shop):
    board = shop.assembly("BOARD", {"R-10K": 3, "C-1U": 1})
    build = shop.build(board, 10)
    shop.put("R-10K", 30)
    auto_allocate(build=build, **shop.by_bo)
    deviate_from_bom(
        build=build,
        deviations=[Deviation(shop.part("R-9K9"), 4, line_of(build, "R-10K").pk), Deviation(shop.part("LABEL"), 1)],
        **WHY,
        **shop.by_ada,
    )
    BomLine.objects.filter(part__number="C-1U").update(quantity=Decimal(2))
    follow_pending({board.pk}, record("test", **shop.by_ada))
    issue_build(build=build, **shop.by_ada)
    assert lines(build) == [("C-1U", 20, 0, 1, None), ("R-9K9", 40, 0, 1, None), ("LABEL", 10, 0, 1, None)]
    assert bom_difference(Build.objects.get(pk=build.pk)) == []
    shop.recount()


def test_refuses_everything_wrong_at_once(shop, build):
    line = line_of(build, "R-10K")
    given = [
        Deviation(shop.part("R-10K"), instead_of=line.pk),
        Deviation(shop.part("R-9K9"), 1, 47110815),
        Deviation(shop.part("TRACKED", is_trackable=True), "0.5"),
        Deviation(shop.part("NO-COMPONENT", is_component=False), 1),
        Deviation(shop.part("R-9K9"), instead_of=line.pk),
        Deviation(build.part, 1),
    ]
    found = shop.refused(deviate_from_bom, build=build, deviations=given, reason=" ", approved_by="")
    assert found == [
        ("deviation_without_reason", ("reason",)),
        ("deviation_unapproved", ("approved_by",)),
        ("deviation_changes_nothing", (0, "part")),
        ("line_unknown", (1, "line")),
        ("quantity_not_whole", (2, "quantity")),
        ("part_not_component", (3, "part")),
        ("line_named_twice", (4, "line")),
        ("bom_cycle", ("part",)),
    ]
    assert shop.refused(deviate_from_bom, build=build, deviations=[], **WHY) == [("rows_missing", ())]
    assert len(lines(build)) == 2


def test_refuses_it_when_all_have_come(shop, build):
    receive_rest(shop, build)
    given = [Deviation(shop.part("LABEL"), 1)]
    assert shop.refused(deviate_from_bom, build=build, deviations=given, **WHY) == [("deviation_too_late", ())]


def test_a_substitute_is_allowed_for_one_build(shop, build):
    other = shop.part("R-9K9")
    line = line_of(build, "R-10K")
    allow_substitutes(
        build=build, rows_allowed=[Allowed(line.pk, other)], approved_by="Ada", reason="mail of Monday", **shop.by_ada
    )
    stated = BuildLineSubstitute.objects.get()
    assert (stated.is_for_this_build, stated.approved_by, stated.note) == (True, "Ada", "mail of Monday")
    BomLine.objects.filter(part__number="C-1U").update(quantity=Decimal(2))
    take_over_bom(build=build, **shop.by_ada)
    assert BuildLineSubstitute.objects.filter(pk=stated.pk).exists()

    disallow_substitutes(build=build, rows_allowed=[Allowed(line.pk, other)], **shop.by_ada)
    assert not BuildLineSubstitute.objects.exists()


def test_an_allowed_substitute_is_used(shop):
    board = shop.assembly("BOARD", {"R-10K": 3})
    build = shop.build(board, 10)
    issue_build(build=build, **shop.by_ada)
    line = line_of(build, "R-10K")
    shop.put("R-9K9", 30)
    allow_substitutes(
        build=build, rows_allowed=[Allowed(line.pk, shop.part("R-9K9"))], approved_by="Ada", **shop.by_ada
    )
    auto_allocate(build=build, **shop.by_bo)
    assert list(line.allocations.values_list("item__part__number", "quantity")) == [("R-9K9", 30)]
    rows = [Allowed(line.pk, shop.part("R-9K9"))]
    assert shop.refused(disallow_substitutes, build=build, rows_allowed=rows) == [("substitute_in_use", (0, "part"))]
    shop.recount()


def test_refuses_substitutes_that_make_no_sense(shop, build):
    line = line_of(build, "R-10K")
    given = [
        Allowed(line.pk, shop.part("R-10K")),
        Allowed(47110815, shop.part("R-9K9")),
        Allowed(line.pk, shop.part("NO-COMPONENT", is_component=False)),
        Allowed(line.pk, shop.part("R-9K9")),
        Allowed(line.pk, shop.part("R-9K9")),
        Allowed(line.pk, build.part),
    ]
    assert shop.refused(allow_substitutes, build=build, rows_allowed=given, approved_by="") == [
        ("deviation_unapproved", ("approved_by",)),
        ("deviation_changes_nothing", (0, "part")),
        ("line_unknown", (1, "line")),
        ("part_not_component", (2, "part")),
        ("substitute_allowed_already", (4, "part")),
        ("bom_cycle", ("part",)),
    ]
    rows = [Allowed(line.pk, shop.part("R-9K9"))]
    assert shop.refused(disallow_substitutes, build=build, rows_allowed=rows) == [
        ("substitute_not_of_build", (0, "part"))
    ]
    assert not BuildLineSubstitute.objects.exists()
    assert not Event.objects.filter(kind="build.substitutes allowed").exists()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    board = shop.assembly("BOARD", {f"P-{n}": 1 for n in range(count)})
    build = shop.build(board, 10)
    issue_build(build=build, **shop.by_ada)
    current = list(build.lines.order_by("pk"))
    parts = shop.parts(f"Q-{n}" for n in range(count))
    rows = [Allowed(line.pk, part) for line, part in zip(current, parts, strict=True)]
    with statements() as seen:
        allow_substitutes(build=build, rows_allowed=rows, approved_by="Ada", **shop.by_ada)
    assert seen == 7
    with statements() as seen:
        disallow_substitutes(build=build, rows_allowed=rows, **shop.by_ada)
    assert seen == 6
    given = [Deviation(part, instead_of=line.pk) for line, part in zip(current, parts, strict=True)]
    with statements() as seen:
        deviate_from_bom(build=build, deviations=given, **WHY, **shop.by_ada)
    assert seen == 11
    shop.recount()
