"""Stock from the command line: what is printed, and what is refused with status 1."""

import json

import pytest
from click.testing import CliRunner

from outwork.cli.main import main
from outwork.models import StockItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(shop):
    """Run `outwork stock ARGUMENTS` in this process; gives what was printed, and asserts the exit status."""
    for name in ("Main shelf", "Second shelf"):
        shop.location(name)
    shop.part("R-10K")
    shop.part("BOARD", is_trackable=True)

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["stock", *map(str, arguments)])
        assert result.exit_code == status, result.output
        return result.output

    return run


def test_it_works(shop, run):
    out = run("add", "R-10K", "3412", "--location", "Main shelf", "--batch", "A", "--value", "0.0125", "--opening")
    item = StockItem.objects.get()
    assert out == f"Added 3412 of R-10K as item {item.pk}.\n"
    run("add", "BOARD", "3", "--serials", "7-9", "--location", "Second shelf", "--as", "bo")
    run("transfer", f"{item.pk}=412", "--to", "Second shelf", "--reason", "kit")
    run("count", f"{item.pk}=2990")
    run("remove", f"{item.pk}=90")
    run("split", f"{item.pk}=900")
    board = StockItem.objects.get(serial="8")
    assert run("write-off", board.pk, "--reason", "dropped") == f"Wrote off item {board.pk}.\n"
    shop.expect("""
        R-10K   batch A    Main shelf     2900
        R-10K   batch A    Second shelf   412
        BOARD   serial 7   Second shelf   1
        BOARD   serial 9   Second shelf   1
    """)
    shop.recount()


def test_lists_sums_and_history_print_tables_and_json(shop, run):
    shop.put("R-10K", 40, batch="A", value="4.00")
    board = shop.put("BOARD", 1, "Second shelf", serial="7")
    lines = run("list").splitlines()
    assert lines[0].split() == ["Item", "Part", "Batch", "Serial", "Place", "Quantity"]
    assert lines[1].split() == [str(board.pk), "BOARD", "7", "Second", "shelf", "1"]
    (found,) = json.loads(run("list", "--find", "7", "--json"))
    assert (found["id"], found["part"], found["quantity"], found["value"]) == (board.pk, "BOARD", "1", None)
    assert run("list", "--part", "BOARD", "--location", "Main shelf") == "No stock.\n"
    assert run("show").splitlines()[2].split() == ["R-10K", "40", "40", "0", "40", "4"]
    (row,) = json.loads(run("show", "--by", "location", "--part", "R-10K", "--json"))
    assert (row["location"], row["quantity"], row["value"]) == ("Main shelf", "40", "4")
    assert run("show", "--by", "company") == "No stock.\n"
    assert "opening" in run("history", board.pk)
    (step,) = json.loads(run("history", board.pk, "--json"))
    assert (step["kind"], step["change"], step["target"]) == ("opening", "1", "Second shelf")


def test_history_takes_a_serial_number_or_a_batch(shop, run):
    reels = [shop.put("R-10K", count, batch="B107") for count in (40, 60)]
    board = shop.put("BOARD", 1, serial="SN-7")
    lines = run("history", "B107").splitlines()
    assert [line for line in lines if line.startswith("Item ")] == [f"Item {reel.pk}, R-10K" for reel in reels]
    steps = json.loads(run("history", "B107", "--json"))
    assert [(step["item"], step["change"]) for step in steps] == [(reels[0].pk, "40"), (reels[1].pk, "60")]
    (step,) = json.loads(run("history", "SN-7", "--json"))
    assert (step["item"], step["kind"]) == (board.pk, "opening")
    assert run("history", "SN-7") == run("history", board.pk) == run("history", f"#{board.pk}")
    shop.put("CASE", 1, batch="B107")
    assert "B107 may be" in run("history", "B107", status=1)
    (step,) = json.loads(run("history", "B107", "--part", "CASE", "--json"))
    assert step["change"] == "1"
    assert "There is no serial number, batch or item 47110815" in run("history", "47110815", status=1)


def test_more_of_an_item_and_what_was_said(shop, run):
    item = shop.put("R-10K", 40)
    build = shop.build(shop.assembly("ASSY", {"R-10K": 1}), 30)
    shop.allocate(build.reference, item, 30)
    assert run("add", "R-10K", "5", "--to", item.pk) == f"Added 5 to item {item.pk}.\n"
    assert f"10 of R-10K are no longer allocated to {build.reference}" in run("count", f"{item.pk}=20")
    answer = json.loads(run("count", f"{item.pk}=19", "--json"))
    assert answer["data"] == {"differences": {str(item.pk): "-1"}}
    assert [one["code"] for one in answer["said"]] == ["allocation_shrunk"]
    shop.recount()


def test_refuses_with_all_reasons_and_writes_nothing(shop, run):
    item = shop.put("R-10K", 40)
    before = shop.items()
    shop.location("Warehouse", is_structural=True)
    assert "40 there, 41 wanted" in run("remove", f"{item.pk}=41", status=1)
    assert run("remove", f"{item.pk}=41", "47110815=1", status=1) == "There is no stock item 47110815\n"
    assert "structural" in run("transfer", item.pk, "--to", "Warehouse", status=1)
    assert "no location" in run("transfer", item.pk, "--to", "Moon", status=1)
    assert "no part" in run("add", "X", "1", status=1)
    assert "NaN is not a number" in run("add", "R-10K", "NaN", status=1)
    assert "is R-10K, not BOARD" in run("add", "BOARD", "1", "--to", item.pk, status=1)
    refused = json.loads(run("count", f"{item.pk}=-1", "--json", status=1))["refused"]
    assert [one["code"] for one in refused] == ["quantity_negative"]
    run("remove", "many", status=2)
    run("history", 47110815, status=1)
    assert shop.items() == before
