"""Order lines that are written already, from the command line; a receipt taken back."""

import pytest

from outwork.models import Event, PurchaseLine


@pytest.fixture
def build(shop, radio):
    return shop.external(radio, 10, destination=shop.location("Finished goods"))


def test_a_line_is_linked_changed_and_taken_off(shop, build, program):
    line = shop.ordered(build, placed=False)
    assert program("order", "link", "PO-0001", "1", "--build", "none") == ["PO-0001 line 1, RADIO: delivers no build."]
    assert PurchaseLine.objects.get().build is None
    assert program("order", "link", "PO-0001", "RADIO", "--build", "BO-0001") == [
        "PO-0001 line 1, RADIO: delivers BO-0001."
    ]
    assert program("order", "change-line", "PO-0001", "1", "--ordered", "8", "--price", "11.50") == [
        "PO-0001 line 1, RADIO: ordered 8, price 11.50."
    ]
    line.refresh_from_db()
    assert (line.build, line.ordered, str(line.price)) == (build, 8, "11.500000")
    program("order", "change-line", "PO-0001", "1", "--price", "none")
    line.refresh_from_db()
    assert line.price is None
    assert program("order", "change-line", "PO-0001", "1", status=2)
    assert program("order", "remove-line", "PO-0001", "1") == ["PO-0001 line 1, RADIO, is taken off."]
    assert not PurchaseLine.objects.exists()


def test_a_receipt_says_how_to_take_it_back(shop, build, program):
    line = shop.ordered(build)
    said = program("order", "receive", "PO-0001", "1=4", "--serials", "1-4")
    event = Event.objects.get(kind="order.received").pk
    assert said[-1] == f"  To take it back: outwork order unreceive {event} --reason TEXT"
    assert program("order", "unreceive", event, "--reason", "Wrong box") == [
        f"What came with event {event} on PO-0001 is taken back; it is open again."
    ]
    line.refresh_from_db()
    assert line.received == 0
    assert program.codes("order", "unreceive", event, "--reason", "Again") == ["receipt_taken_back"]
    assert program.codes("order", "unreceive", 47110815, "--reason", "Again") == ["event_unknown"]


def test_facts_of_an_item_change(shop, program):
    item = shop.put("R-10K", 40, batch="A")
    asked = ("stock", "change", item.pk, "--status", "quarantined", "--batch", "B", "--expires", "2027-01-31")
    assert program(*asked) == [f"Item {item.pk}, R-10K: batch B, status quarantined, expiry date 2027-01-31."]
    item.refresh_from_db()
    assert (item.status, item.batch, str(item.expiry_date)) == (75, "B", "2027-01-31")
    program("stock", "change", item.pk, "--expires", "none")
    item.refresh_from_db()
    assert item.expiry_date is None
    assert program("stock", "change", item.pk, status=2)
