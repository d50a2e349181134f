"""Which serial numbers are free, and what the database says when two want the same."""

import pytest
from django.db import IntegrityError, transaction

from outwork.ledger.constraints import naming_constraints
from outwork.ledger.serials import Claim, check_free, find_used, latest, read_serials, scopes
from outwork.models import StockItem
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Reasons, Refusal


@pytest.fixture
def boards(shop):
    board = shop.part("BOARD", is_trackable=True)
    return board, shop.part("BOARD-B", is_trackable=True, variant_of=board, family=board), shop.part("CASE")


def test_it_works(shop, boards):
    board, variant, case = boards
    shop.put("BOARD", 1, serial="7")
    found = scopes(boards)
    assert found == {board.pk: board.pk, variant.pk: board.pk, case.pk: case.pk}
    assert find_used([(board.pk, "7"), (board.pk, "8"), (case.pk, "7")]) == {(board.pk, "7")}
    reasons = Reasons()
    check_free([Claim(found[variant.pk], ["6", "7"], (0, "serials")), Claim(found[case.pk], ["7"], (1,))], reasons)
    (reason,) = reasons.found
    assert (reason.code, reason.params["serials"], reason.where) == ("serials_used", ["7"], (0, "serials"))


@pytest.mark.parametrize(("rule", "same"), [("part", False), ("company", True)])
def test_the_setting_narrows_and_widens_the_scope(shop, boards, rule, same):
    shop.switch_on("SERIAL_NUMBER_SCOPE", rule)
    board, variant, case = boards
    found = scopes(boards)
    assert (found[board.pk] == found[variant.pk] == found[case.pk]) is same
    assert found[board.pk] == (0 if same else board.pk)


def test_two_rows_cannot_have_the_same(boards):
    reasons = Reasons()
    check_free([Claim(1, ["1", "2"], (0,)), Claim(1, ["2", "3"], (1,)), Claim(2, ["1"], (2,))], reasons)
    (reason,) = reasons.found
    assert (reason.code, reason.params["serials"], reason.where) == ("serials_repeated", ["2"], (1,))


def test_what_was_written_off_is_free_again(shop, boards):
    item = shop.put("BOARD", 1, serial="7")
    StockItem.objects.filter(pk=item.pk).update(place=PlaceKind.GONE, location=None)
    assert find_used([(boards[0].pk, "7")]) == set()


def test_the_latest_is_the_highest_number(shop, boards):
    for serial in ("9", "10", "A-3"):
        shop.put("BOARD", 1, serial=serial)
    assert latest([boards[0].pk, 47110815]) == {boards[0].pk: "10"}


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_one_statement(boards, statements, count):
    with statements() as seen:
        check_free([Claim(1, [str(number) for number in range(count)])], Reasons())
    assert seen == 1


@pytest.mark.parametrize(
    ("given", "count", "code"),
    [
        ("1-5", 4, "serials_range_too_long"),
        ("1 2", 3, "serials_count"),
        (["1", "2"], 3, "serials_count"),
        (["1", "1"], 2, "serials_duplicate"),
        (["1", ""], 2, "serial_invalid"),
        (["1\x00"], 1, "serial_invalid"),
        (["1 2"], 1, "serial_invalid"),
        (["x" * 101], 1, "serial_too_long"),
    ],
)
def test_refuses_what_does_not_fit(given, count, code):
    with pytest.raises(Refusal) as refusal:
        read_serials(given, count=count, where=(3, "serials"))
    assert refusal.value.codes == [code]
    assert refusal.value.reasons[0].where == (3, "serials")


def test_reads_the_short_way_and_lists():
    assert read_serials("A08-A10", count=3) == ["A08", "A09", "A10"]
    assert read_serials("~+", count=2, latest="41") == ["42", "43"]
    assert read_serials([" 7 ", "8"], count=2) == ["7", "8"]


def test_the_constraint_has_the_last_word(shop, boards):
    shop.put("BOARD", 1, serial="7")
    other = shop.put("BOARD", 1, serial="8")
    with pytest.raises(Refusal) as refusal, transaction.atomic(), naming_constraints():
        StockItem.objects.filter(pk=other.pk).update(serial="7")
    assert refusal.value.code == "serials_used"
    with pytest.raises(IntegrityError), transaction.atomic(), naming_constraints():
        StockItem.objects.filter(pk=other.pk).update(serial=None)
