"""Orders changed, duplicated, lost and returned, from the command line."""

import pytest

from outwork.models import Contact, PurchaseLine, PurchaseOrder


@pytest.fixture
def line(shop, radio):
    return shop.ordered(shop.external(radio, 10, destination=shop.location("Finished goods")))


def test_facts_of_an_order_change(shop, program, line):
    Contact.objects.create(company=line.order.supplier, name="Cy")
    assert program("order", "change", "PO-0001", "--contact", "Cy", "--target", "2026-05-01", "--incoterm", "DAP") == [
        "PO-0001 is changed: target date 2026-05-01, contact Cy, incoterm DAP."
    ]
    order = PurchaseOrder.objects.get()
    assert (str(order.contact), str(order.target_date), order.incoterm) == ("Cy", "2026-05-01", "DAP")
    program("order", "change", "PO-0001", "--contact", "none", "--target", "none")
    order.refresh_from_db()
    assert (order.contact, order.target_date) == (None, None)
    assert program("order", "change", "PO-0001", status=2)
    program("order", "create", "Acme Assembly", "--responsible", "ada", "--contact", "Cy", "--terms", "30 days")
    made = PurchaseOrder.objects.get(reference="PO-0002")
    assert (made.responsible, str(made.contact), made.payment_terms) == (shop.ada, "Cy", "30 days")


def test_an_order_is_duplicated(program, line):
    assert program("order", "duplicate", "PO-0001") == [
        "PO-0002: a draft like PO-0001, 1 lines.",
        "Note: The lines are not linked to BO-0001: link them if they are to deliver them again.",
    ]
    assert PurchaseLine.objects.get(order__reference="PO-0002").ordered == 10
    assert program.json("order", "duplicate", "PO-0001", "--no-lines", "--reference", "PO-0100")["data"]["lines"] == []


def test_an_order_is_lost_found_and_returned(program, line):
    assert program("order", "lose", "PO-0001", "--reason", "No trace of it") == ["PO-0001 is lost."]
    program("order", "place", "PO-0001")
    assert program("order", "return", "PO-0001", "--reason", "Wrong revision") == ["PO-0001 is returned."]
    assert program.codes("order", "place", "PO-0001") == ["transition_impossible"]


def test_a_line_is_exact_or_whole_packs_merged_or_not(shop, program, line):
    shop.sells(line.order.supplier, shop.part("R-10K"), "1.00", sku="REEL", pack_size=5000, pack_quantity="5000")
    program("order", "duplicate", "PO-0001", "--no-lines")
    program("order", "add", "PO-0002", "REEL", "7000", "--units")
    program("order", "add", "PO-0002", "REEL", "7000", "--units", "--exact")
    program("order", "add", "PO-0002", "REEL", "1", "--no-merge")
    lines = PurchaseLine.objects.filter(order__reference="PO-0002").order_by("position")
    assert list(lines.values_list("ordered", flat=True)) == [17_000, 5000]


def test_the_orders_of_a_build_or_a_supplier_are_listed(program, line):
    program("order", "duplicate", "PO-0001")
    assert [row["reference"] for row in program.json("order", "list", "--build", "BO-0001")] == ["PO-0001"]
    assert len(program.json("order", "list", "--supplier", "Acme Assembly")) == 2
