"""Record test results; acceptance asks for them where the company wants that."""

from __future__ import annotations

import datetime

import pytest

from outwork.models import Attachment, BuildOutput, StockItem, TestResult, TestTemplate
from outwork.operations.deciding import Decision, accept_outputs, accept_rest, reject_outputs
from outwork.operations.requiring_tests import SETTING
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.testing import Result, record_results
from outwork.queries.test_results import matrix, units_with_tests, unmet
from outwork.rules.states import OutputState


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {}, is_trackable=True, is_testable=True)


@pytest.fixture
def leak(board):
    return TestTemplate.objects.create(part=board, name="Leak test", key="leaktest")


@pytest.fixture
def flash(board):
    return TestTemplate.objects.create(
        part=board, name="Firmware", key="firmware", needs_value=True, choices=["1.0", "1.1"]
    )


@pytest.fixture
def build(shop, board, leak, flash):
    return shop.external(board, 10)


@pytest.fixture
def line(shop, build):
    return shop.ordered(build)


def test_it_works(shop, build, line, leak, flash):
    one, two = shop.received(line, 2, serials="1-2")
    start = shop.now - datetime.timedelta(minutes=5)
    done = record_results(
        results=[
            Result(one.item_id, "Leak Test", passed=False, note="Drips", station="Bench 2", started_at=start),
            Result(one.item_id, flash.pk, passed=True, value="1.1", finished_at=shop.now),
            Result(two.item_id, "leaktest", passed=True),
        ],
        note="Evening shift",
        **shop.by_bo,
    )
    assert (len(done.ids), done.data) == (3, {"failed": 1})
    result = TestResult.objects.get(pk=done.ids[0])
    assert (result.item, result.template, result.passed, result.note, result.station, result.started_at) == (
        one.item,
        leak,
        False,
        "Drips",
        "Bench 2",
        start,
    )
    assert (result.tested_by, result.tested_at, result.event_id) == (shop.bo, shop.now, done.event_id)
    # The latest counts.
    record_results(results=[Result(one.item_id, leak.pk, passed=True)], **shop.by_bo)
    assert unmet([one.item_id, two.item_id]) == {two.item_id: ["Firmware missing"]}
    cells = matrix([one.item_id])[one.item_id]
    assert [(one.name, one.passed, one.value, one.tested_at) for one in cells] == [
        ("Leak test", True, "", shop.now),
        ("Firmware", True, "1.1", shop.now),
    ]


@pytest.mark.parametrize("enforced", [False, True])
def test_the_setting_decides_whether_acceptance_asks_for_tests(shop, build, line, enforced):
    one, two = shop.received(line, 2, serials="1-2")
    shop.switch_on("PREVENT_BUILD_COMPLETION_HAVING_INCOMPLETED_TESTS", enforced)
    record_results(
        results=[
            Result(one.item_id, "leaktest", passed=True),
            Result(one.item_id, "firmware", passed=False, value="1.0"),
        ],
        **shop.by_bo,
    )
    chosen = [Decision(one.pk), Decision(two.pk)]
    if not enforced:
        accept_outputs(build=build, decisions=chosen, **shop.by_bo)
        return
    assert shop.refused(accept_outputs, build=build, decisions=chosen) == [
        ("tests_unmet", (0, "output")),
        ("tests_unmet", (1, "output")),
    ]
    with pytest.raises(
        Exception, match=r"1: Firmware failed; record the tests.*2: Leak test missing, Firmware missing"
    ):
        accept_rest(build=build, **shop.by_bo)
    record_results(results=[Result(one.item_id, "firmware", passed=True, value="1.1")], **shop.by_bo)
    accept_outputs(build=build, decisions=chosen[:1], **shop.by_bo)
    accept_outputs(build=build, decisions=chosen[1:], concession="Prototype", **shop.by_bo)
    two.refresh_from_db()
    assert (two.state, two.has_concession) == (OutputState.ACCEPTED, True)
    # Nobody tests what is thrown away.
    (three,) = shop.received(line, 1, serials="3")
    reject_outputs(build=build, decisions=[Decision(three.pk)], reason="Bent", **shop.by_bo)
    shop.recount()


def test_tests_that_are_not_required_or_out_of_use_keep_nothing_back(shop, build, line, leak, flash):
    TestTemplate.objects.filter(pk=leak.pk).update(is_required=False)
    TestTemplate.objects.filter(pk=flash.pk).update(is_active=False)
    shop.switch_on(SETTING)
    (one,) = shop.received(line, 1, serials="1")
    accept_outputs(build=build, decisions=[Decision(one.pk)], **shop.by_bo)


def test_variants_go_through_the_tests_of_their_template(shop, board, leak, flash):
    variant = shop.assembly("BOARD-RED", {}, is_trackable=True, variant_of=board)
    item = shop.put(variant, 1, serial="7")
    assert unmet([item.pk]) == {item.pk: ["Leak test missing", "Firmware missing"]}
    record_results(results=[Result(item.pk, "leaktest", passed=True)], **shop.by_bo)
    assert unmet([item.pk]) == {item.pk: ["Firmware missing"]}
    build = shop.external(variant, 1)
    (unit,) = shop.received(shop.ordered(build), 1, serials="8")
    shop.switch_on(SETTING)
    assert shop.refused(accept_outputs, build=build, decisions=[Decision(unit.pk)]) == [("tests_unmet", (0, "output"))]


def test_a_file_may_be_needed(shop, build, line, leak, flash):
    TestTemplate.objects.filter(pk=leak.pk).update(needs_attachment=True)
    TestTemplate.objects.filter(pk=flash.pk).update(is_active=False)
    (one,) = shop.received(line, 1, serials="1")
    done = record_results(results=[Result(one.item_id, "leaktest", passed=True)], **shop.by_bo)
    assert unmet([one.item_id]) == {one.item_id: ["Leak test without its file"]}
    Attachment.objects.create(
        subject_kind="test result", subject_id=done.ids[0], name="curve.pdf", link="x:curve", uploaded_at=shop.now
    )
    assert unmet([one.item_id]) == {}


def test_what_is_split_off_was_tested_with_its_batch(shop, build, line, flash):
    TestTemplate.objects.filter(pk=flash.pk).update(is_active=False)
    (batch,) = shop.received(line, 10, batch="A")
    record_results(results=[Result(batch.item_id, "leaktest", passed=True)], **shop.by_bo)
    done = accept_outputs(build=build, decisions=[Decision(batch.pk, 6)], **shop.by_bo)
    part = shop.item_of(BuildOutput.objects.get(pk=done.ids[0]))
    record_results(results=[Result(batch.item_id, "leaktest", passed=False)], **shop.by_bo)
    (piece,) = split_stock(rows=[Split(part.pk, 2)], **shop.by_bo).ids
    assert unmet([part.pk, piece, batch.item_id]) == {batch.item_id: ["Leak test failed"]}


def test_the_units_of_a_build_with_their_tests(shop, build, line, statements):
    shop.received(line, 3, serials="1-3")
    record_results(
        results=[Result(one.pk, "leaktest", passed=True) for one in StockItem.objects.filter(serial="2")], **shop.by_bo
    )
    with statements() as seen:
        units = units_with_tests(build.pk)
    assert [(one.serial, [cell.lacks for cell in one.cells]) for one in units] == [
        ("1", ["missing", "missing"]),
        ("2", ["", "missing"]),
        ("3", ["missing", "missing"]),
    ]
    assert seen == 2


def test_refuses_what_is_no_result(shop, build, line, leak, flash):
    (one,) = shop.received(line, 1, serials="1")
    late, early = shop.now, shop.now - datetime.timedelta(hours=1)
    item = one.item_id
    results = [
        Result(4711, "leaktest", passed=True),
        Result(item, "smoke", passed=True),
        Result(item, "firmware", passed=True),
        Result(item, "firmware", passed=True, value="2.0"),
        Result(item, "leaktest", passed=True, started_at=late, finished_at=early),
        Result(item, "leaktest", passed=True, started_at=late.replace(tzinfo=None)),
        Result(item, "leaktest", passed=True, note="x" * 501),
    ]
    assert shop.refused(record_results, results=results) == [
        ("item_unknown", (0, "item")),
        ("test_unknown", (1, "test")),
        ("test_value_missing", (2, "value")),
        ("test_value_not_a_choice", (3, "value")),
        ("test_times_reversed", (4, "finished_at")),
        ("time_without_zone", (5, "started_at")),
        ("text_too_long", (6, "note")),
    ]
    assert shop.refused(record_results, results=[]) == [("rows_missing", ())]
    assert TestResult.objects.count() == 0


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, board, leak, statements, count):
    build = shop.external(board, count)
    line = shop.ordered(build)
    outputs = shop.received(line, count, serials=[str(number) for number in range(count)])
    with statements() as seen:
        record_results(results=[Result(one.item_id, "leaktest", passed=True) for one in outputs], **shop.by_bo)
    shop.switch_on(SETTING)
    with statements() as accepting:
        accept_outputs(build=build, decisions=[Decision(one.pk) for one in outputs], **shop.by_bo)
    assert (len(seen), len(accepting)) == (6, 21)
