"""References: each number is given out once, and never one that somebody took by hand."""

import datetime

import pytest

from outwork.models import Build, PurchaseOrder
from outwork.operations.numbering import take_reference, take_references
from outwork.queries.next_reference import next_reference
from outwork.rules.refusals import Refusal


def test_it_works(shop):
    assert [take_reference(Build, "BO-{ref:04d}", at=shop.now) for _ in range(2)] == [("BO-0001", 1), ("BO-0002", 2)]
    assert take_reference(PurchaseOrder, "PO-{ref:04d}", at=shop.now) == ("PO-0001", 1)
    assert take_reference(Build, "BO-{ref:04d}", at=shop.now, given="BO-0041") == ("BO-0041", 41)
    assert take_reference(Build, "BO-{ref:04d}", at=shop.now, given="BO-0007") == ("BO-0007", 7)
    assert take_reference(Build, "BO-{ref:04d}", at=shop.now) == ("BO-0042", 42)


def test_the_date_may_be_part_of_it(shop):
    assert take_reference(Build, "BO-{date:%Y%m}-{ref:03d}", at=shop.now) == ("BO-202603-001", 1)


def test_a_number_that_exists_is_passed_over(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.build(board, 1)
    Build.objects.filter(pk=build.pk).update(reference="BO-0002")
    assert take_reference(Build, "BO-{ref:04d}", at=shop.now) == ("BO-0003", 3)


def test_it_counts_on_from_the_highest_not_from_the_last(shop):
    """Semantics D1: after BO-0003 and BO-0500 comes BO-0501, whichever was made last."""
    board = shop.assembly("BOARD", {"R-10K": 1})
    for reference in ("BO-0500", "BO-0003"):
        shop.build(board, 1, reference=reference)
    assert next_reference(Build, "BO-{ref:04d}", at=shop.now) == "BO-0501"
    assert shop.build(board, 1).reference == "BO-0501"
    assert next_reference(Build, "BO-{ref:04d}", at=shop.now) == "BO-0502"
    Build.objects.filter(reference="BO-0003").update(reference="BO-0502")
    assert next_reference(Build, "BO-{ref:04d}", at=shop.now) == "BO-0503"


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_many_at_once_cost_as_much_as_one(shop, statements, count):
    with statements() as seen:
        taken = take_references(Build, "BO-{ref:04d}", count, at=shop.now)
    assert seen == 2
    assert taken == [(f"BO-{number:04}", number) for number in range(1, count + 1)]
    assert take_reference(Build, "BO-{ref:04d}", at=shop.now) == (f"BO-{count + 1:04}", count + 1)


def test_many_at_once_pass_over_what_exists(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    Build.objects.filter(pk=shop.build(board, 1).pk).update(reference="BO-0003")
    assert [number for _, number in take_references(Build, "BO-{ref:04d}", 3, at=shop.now)] == [2, 4, 5]


def test_many_at_once_refuse_numbers_behind_which_there_is_none(shop):
    take_reference(Build, "BO-{ref:04d}", at=shop.now, given=f"BO-{2**63 - 3}")
    with pytest.raises(Refusal) as refusal:
        take_references(Build, "BO-{ref:04d}", 2, at=shop.now)
    assert refusal.value.codes == ["reference_number_too_large"]


@pytest.mark.django_db(transaction=True)
def test_of_builds_made_at_once_each_gets_its_own(shop, at_once):
    board = shop.assembly("BOARD", {"R-10K": 1})
    outcomes = at_once(*[lambda: shop.build(board, 1).reference] * 6)
    assert sorted(outcomes) == [f"BO-000{number}" for number in range(1, 7)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("XX-0001", "reference_mismatch"),
        (f"BO-{2**63}", "reference_number_too_large"),
        (f"BO-{'1' * 70}", "reference_too_long"),
    ],
)
def test_refuses_references_that_do_not_fit(shop, given, code):
    with pytest.raises(Refusal) as refusal:
        take_reference(Build, "BO-{ref:04d}", at=shop.now, given=given)
    assert refusal.value.codes == [code]


def test_refuses_a_number_behind_which_there_is_none(shop):
    """The counter would leave 63 bits with the next build."""
    take_reference(Build, "BO-{ref:04d}", at=shop.now, given=f"BO-{2**63 - 2}")
    for _ in range(2):
        with pytest.raises(Refusal) as refusal:
            take_reference(Build, "BO-{ref:04d}", at=shop.now)
        assert refusal.value.codes == ["reference_number_too_large"]


def test_the_date_is_that_of_the_company(shop):
    shop.switch_on("TIME_ZONE", "Europe/Berlin")
    late = datetime.datetime(2026, 3, 31, 22, 30, tzinfo=datetime.UTC)  # half past midnight in April there
    assert take_reference(Build, "BO-{date:%Y%m}-{ref:03d}", at=late) == ("BO-202604-001", 1)
