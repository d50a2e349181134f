"""Announced deliveries from the command line."""

import pytest

from outwork.models import AnnouncedDelivery, PurchaseLine


@pytest.fixture
def line(shop, radio):
    return shop.ordered(shop.external(radio, 10, destination=shop.location("Finished goods")))


def test_deliveries_are_announced_listed_and_received(program, line):
    said = program(
        *("order", "announce", "PO-0001", "RADIO=4", "--serials", "1-4", "--mode", "air"),
        *("--expected", "2026-03-04", "--carrier", "DHL", "--tracking", "JD01"),
    )
    air = AnnouncedDelivery.objects.get().pk
    assert said == [f"PO-0001: delivery {air}, 4 of RADIO by air, expected 2026-03-04."]
    program("order", "announce", "PO-0001", "1=6", "--mode", "sea")
    sea = AnnouncedDelivery.objects.get(mode="sea").pk
    listed = program("order", "announcements", "PO-0001")
    assert [row.split()[0] for row in listed[-2:]] == [str(air), str(sea)]
    assert all(text in listed[-2] for text in ("2026-03-04 late", "air DHL JD01", "1-4"))
    [row] = program.json("order", "announcements", "--supplier", "Acme Assembly", "--until", "2026-03-04")
    assert (row["id"], row["serials"], row["state"]) == (air, ["1", "2", "3", "4"], "expected")
    assert "4 of RADIO, serial numbers 1-4, at Finished goods" in "\n".join(
        program("order", "receive", "PO-0001", "--announced", air)
    )
    said = program("order", "receive", "PO-0001", "1=5", "--announced", sea, "--batch", "B1")
    assert said[-1] == f"Note: RADIO: 1 of the 6 announced did not come (delivery {sea})."
    assert PurchaseLine.objects.get().received == 9
    assert program("order", "cancel-announcement", sea, "--reason", "Lost") == [
        f"PO-0001: nothing more of delivery {sea} is expected."
    ]
    assert program("order", "announcements") == ["No such deliveries are announced."]
    assert len(program.json("order", "announcements", "--all")) == 2


def test_a_delivery_is_changed(program, line):
    program("order", "announce", "PO-0001", "1=4")
    pk = AnnouncedDelivery.objects.get().pk
    assert program("order", "change-announcement", pk, "--quantity", "5", "--expected", "2026-06-01") == [
        f"PO-0001: delivery {pk}, 5 of RADIO, expected 2026-06-01."
    ]
    assert program("order", "change-announcement", pk, "--expected", "none") == [f"PO-0001: delivery {pk}, 5 of RADIO."]
    assert program("order", "change-announcement", pk, status=2)
    assert program.codes("order", "change-announcement", 47110815, "--note", "x") == ["delivery_not_on_order"]
    assert program.codes("order", "receive", "PO-0001", "--announced", 47110815) == ["delivery_not_on_order"]


def test_the_record_of_a_supplier(program, line):
    program("order", "promise", "PO-0001", "1", "2026-03-02")
    program("order", "receive", "PO-0001", "1=10", "--batch", "B1", "--at", "2026-03-02T14:00")
    listed = program("order", "delivery-record")
    assert listed[-1].split() == ["Acme", "Assembly", "1", "1", "0", "100.0", "%", "0", "0"]
    [row] = program.json("order", "delivery-record", "Acme Assembly")
    assert (row["on_time"], row["late_now"]) == (1, 0)
