"""Units set aside, tested and sent back, on the command line."""

from __future__ import annotations

import pytest

from outwork.models import BuildOutput, StockItem, SupplierReturn, TestTemplate
from outwork.operations.master_data import create as create_row


@pytest.fixture
def came(program, radio):
    """Five radios came and wait to be decided on."""
    program("build", "create", "RADIO", 5, "--external", "--manufacturer", "Acme Assembly")
    program("build", "supply", "BO-0001", "--all", "we send")
    program("build", "order", "BO-0001")
    program("order", "place", "PO-0001")
    program("build", "auto-allocate", "BO-0001")
    program("order", "receive", "PO-0001", "--all", "--serials", "1-5", "--location", "Finished goods")
    return program


def item_of(serial):
    return StockItem.objects.get(part__number="RADIO", serial=serial)


def test_it_works(came, shop):
    """A sample, a held unit, a rejected one, the rest; then one goes back to be replaced."""
    assert came("build", "accept", "BO-0001", "1") == ["Accepted 1 unit (1) of BO-0001."]
    assert came("build", "hold-units", "BO-0001", "2", "--reason", "Scratched") == ["Held 1 unit (2) of BO-0001."]
    assert came("build", "accept", "BO-0001", "--rest") == ["Accepted 3 units (3-5) of BO-0001."]
    assert came("build", "release", "BO-0001", "2") == ["Released 1 unit (2) of BO-0001."]
    assert came("build", "reject", "BO-0001", "2", "--reason", "Bent") == ["Rejected 1 unit (2) of BO-0001."]
    assert came("build", "concede", "BO-0001", "2", "--reason", "Customer agrees") == [
        "Accepted 1 unit (2) of BO-0001 with a concession."
    ]
    assert came("build", "rework", "BO-0001", "3", "--reason", "Firmware") == ["1 unit (3) of BO-0001 to be reworked."]
    assert came("build", "scrap-units", "BO-0001", "3", "--reason", "Burnt") == ["Scrapped 1 unit (3) of BO-0001."]
    said = came(
        "return", "create", "Acme Assembly", "replacement", item_of("1").pk, "--reason", "Dead", "--tracking", "1Z"
    )
    assert said == [
        f"RT-0001: item {BuildOutput.objects.get(item__serial='1').item_id} to Acme Assembly for replacement.",
        "Note: PO-0001 was complete and is placed again: it is owed what goes back.",
    ]
    listed = came.json("return", "list")
    assert [(one["reference"], one["purpose"], one["awaited"]) for one in listed] == [("RT-0001", "replacement", "1")]
    assert any("RT-0001" in line for line in came("return", "list"))
    shown = came.json("return", "show", "RT-0001")
    assert (shown["supplier"], shown["status"], shown["tracking_number"]) == ("Acme Assembly", "sent", "1Z")
    assert [(one["part"], one["serial"], one["order"], one["build"]) for one in shown["lines"]] == [
        ("RADIO", "1", "PO-0001", "BO-0001")
    ]
    assert "It is sent." in came("return", "show", "RT-0001")[0]
    told = "Went back with RT-0001 for replacement: 1 of RADIO (sent)"
    assert told in came("order", "show", "PO-0001")
    assert told in came("build", "show", "BO-0001")
    assert [one["quantity"] for one in came.json("build", "show", "BO-0001")["returns"]] == ["1"]
    assert came("return", "close", "RT-0001", "--reason", "Settled") == ["RT-0001 is closed."]
    assert came("return", "list") == ["No returns."]
    assert [one["status"] for one in came.json("return", "list", "--all")] == ["closed"]
    shop.recount()


def test_units_are_decided_on_as_they_come(program, radio, shop):
    program("build", "create", "RADIO", 5, "--external", "--manufacturer", "Acme Assembly")
    program("build", "order", "BO-0001")
    program("order", "place", "PO-0001")
    receive = ("order", "receive", "PO-0001", "RADIO=2", "--location", "Finished goods")
    assert program.codes(*receive, "--serials", "1-2", "--disposition", "hold") == ["disposition_without_reason"]
    program(*receive, "--serials", "1-2", "--disposition", "hold", "--reason", "Scratched")
    assert set(BuildOutput.objects.values_list("waits_for", "reason")) == {("inspection", "Scratched")}
    assert "Usage" in program(*receive, "--serials", "3-4", "--disposition", "maybe", status=2)[0]


def test_rework_and_credit(came, shop):
    came("build", "accept", "BO-0001", "--all")
    came(
        "return",
        "create",
        "Acme Assembly",
        "rework",
        item_of("1").pk,
        item_of("2").pk,
        "--reason",
        "LED",
        "--paid-by",
        "us",
    )
    assert [(one["serial"], one["supplier"]) for one in came.json("return", "away")] == [
        ("1", "Acme Assembly"),
        ("2", "Acme Assembly"),
    ]
    assert any("RT-0001" in line for line in came("return", "away"))
    assert came.codes("return", "receive", "RT-0001", "1=1", "--location", "Finished goods") == ["rework_cost_missing"]
    came("return", "receive", "RT-0001", "1=1", "--cost", "1=2.50", "--location", "Finished goods")
    said = came("return", "receive", "RT-0001", "--all", "--cost", "2=2.50", "--location", "Finished goods")
    assert said == [f"RT-0001: item {item_of('2').pk} came back; it is closed."]
    assert came("return", "away") == ["Nothing is away."]
    assert came.codes("return", "receive", "RT-0001", "3=1") == ["return_line_unknown"]
    came("return", "create", "Acme Assembly", "credit", item_of("4").pk, "--reason", "Scratched", "--keep")
    came("return", "credit", "RT-0002", "1=3.00")
    assert SupplierReturn.objects.get(reference="RT-0002").lines.get().credit == 3
    assert came.codes("return", "show", "RT-0009") == ["return_reference_unknown"]
    shop.recount()


def test_tests_are_recorded_and_shown(came, shop, radio, tmp_path):
    type(radio).objects.filter(pk=radio.pk).update(is_testable=True)
    for name in ("Leak test", "Firmware"):
        create_row(model=TestTemplate, rows=[{"part_id": radio.pk, "name": name}], **shop.by_ada)
    assert came("test", "record", "RADIO", "1", "Leak test", "pass", "--value", "0.1 bar") == [
        "Recorded 1 result of RADIO, all passed."
    ]
    sheet = tmp_path / "results.csv"
    sheet.write_text("serial,test,result,station\n1,firmware,pass,Bench 2\n2,Leak test,FAIL,Bench 2\n")
    assert came("test", "record", "RADIO", "--file", sheet) == ["Recorded 2 results of RADIO, 1 failed."]
    assert came("test", "show", "BO-0001")[:3] == [
        "unit  state          Leak test  Firmware",
        "1     in production  passed     passed",
        "2     in production  failed     missing",
    ]
    shown = came.json("test", "show", "BO-0001")
    assert [(one["serial"], [test["lacks"] for test in one["tests"]]) for one in shown[:2]] == [
        ("1", ["", ""]),
        ("2", ["failed", "missing"]),
    ]
    sheet.write_text("serial,test,result\n9,firmware,pass\n1,firmware,maybe\n")
    assert came.codes("test", "record", "RADIO", "--file", sheet) == ["tested_unit_unknown", "test_outcome_unknown"]
    sheet.write_text("serial,result\n1,pass\n")
    assert came.codes("test", "record", "RADIO", "--file", sheet) == ["test_columns_missing"]


@pytest.mark.parametrize(
    "words",
    [
        ("build", "accept", "BO-0001", "--rest", "1"),
        ("build", "scrap-units", "BO-0001", "1", "--reason", "x", "--location", "Finished goods"),
        ("return", "receive", "RT-0001"),
        ("test", "record", "RADIO", "1"),
    ],
)
def test_wrong_use(came, words):
    assert "Usage" in "\n".join(came(*words, status=2))
