"""Serial numbers from the command line."""

import pytest

from outwork.models import BuildOutput, SerialReservation


@pytest.fixture
def line(shop, radio):
    return shop.ordered(shop.external(radio, 10, destination=shop.location("Finished goods")))


def test_the_next_are_shown_reserved_listed_and_let_go(program, line):
    assert program("serials", "next", "RADIO", "3") == ["1-3"]
    said = program("serials", "reserve", "--order", "PO-0001", "--line", "RADIO")
    pk = SerialReservation.objects.get().pk
    assert said == [f"1 to 10 are reserved for PO-0001 line 1 (reservation {pk})."]
    assert program.json("serials", "next", "RADIO") == {"serials": ["11"]}
    assert program("serials", "list", "RADIO")[-1].split() == [
        str(pk),
        "1",
        "to",
        "10",
        "10",
        "0",
        "PO-0001",
        "line",
        "1",
    ]
    program("order", "receive", "PO-0001", "1=4", "--serials", "~+")
    [row] = program.json("serials", "list", "RADIO")
    assert (row["used"], row["is_standing"]) == (4, True)
    assert program("serials", "void", pk) == ["1 to 10 are free again."]
    assert program("serials", "next", "RADIO") == ["5"]
    assert program("serials", "list", "RADIO") == ["None are reserved."]
    program("serials", "reserve", "--build", "BO-0001", "--count", "2", "--start", "SN-001")
    assert "SN-001 to SN-002" in program("serials", "list", "RADIO", "--all")[-1]
    assert program("serials", "reserve", status=2)
    assert program.codes("serials", "void", 47110815) == ["reservation_unknown"]


def test_units_get_theirs_later(program, line):
    program("order", "receive", "PO-0001", "1=4", "--batch", "B1")
    output = BuildOutput.objects.get().pk
    assert program("serials", "assign", "BO-0001", output, "7-8", "--count", "2") == ["BO-0001: serial numbers 7, 8."]
    assert program("serials", "assign", "BO-0001", output, "9-10") == ["BO-0001: serial numbers 9, 10."]
    assert BuildOutput.objects.count() == 4
    assert program.codes("serials", "assign", "BO-0001", 47110815, "1") == ["output_not_of_build"]
