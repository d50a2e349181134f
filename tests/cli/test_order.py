"""Purchase orders from the command line: what is printed, what is refused, what is wrong use."""

import pytest

from outwork.models import Event, PurchaseLine, PurchaseOrder, StockItem


@pytest.fixture
def mouser(shop):
    """A supplier of resistors in reels and of cases by the piece."""
    mouser = shop.company("Mouser", currency="USD")
    shop.location("Main shelf")
    shop.sells(mouser, shop.part("R-10K"), "20.00", sku="RC0603", pack_quantity="4000", pack_size=4000)
    shop.sells(mouser, shop.part("CASE"), "4.37", sku="HM-1455")
    return mouser


@pytest.fixture
def placed(mouser, program):
    """PO-0001: two reels and thirty cases, placed."""
    program("order", "create", "mouser", "--at", "2026-01-05")
    program("order", "add", "PO-0001", "RC0603", "2", "--discount", "5")
    program("order", "add", "PO-0001", "HM-1455", "30", "--requested", "2026-01-20")
    program("order", "place", "PO-0001", "--at", "2026-01-06")
    return PurchaseOrder.objects.get()


def test_it_works(shop, mouser, program):
    assert program("order", "create", "mouser", "--description", "passives") == ["PO-0001: a draft order to Mouser."]
    assert program("order", "show", "PO-0001")[-1] == "next: add lines   [outwork order add PO-0001 SKU QUANTITY]"
    assert program("order", "add", "PO-0001", "RC0603", "2") == ["PO-0001 line 1: 8000 of R-10K at 20.00 USD."]
    assert program("order", "add", "po-0001", "HM-1455", "30", "--price", "4.1", "--currency", "EUR") == [
        "PO-0001 line 2: 30 of CASE at 4.10 EUR."
    ]
    assert program("order", "place", "PO-0001") == ["PO-0001 is placed with Mouser."]
    arrived = ("1=2", "2=10", "2=20", "--batch", "D2431", "--batch", "-", "--batch", "B7", "--location", "Main shelf")
    assert [line.partition(", item")[0] for line in program("order", "receive", "PO-0001", *arrived)[:-1]] == [
        "Received from Mouser on PO-0001:",
        "  8000 of R-10K, batch D2431",
        "  10 of CASE",
        "  20 of CASE, batch B7",
    ]
    shop.expect("""
        R-10K   batch D2431   Main shelf   8000
        CASE                  Main shelf   10
        CASE    batch B7      Main shelf   20
    """)
    assert program("order", "show", "PO-0001")[-1] == "next: nothing"
    shop.recount()


def test_the_page_and_its_json(shop, placed, program):
    assert program("order", "show", "PO-0001") == [
        "PO-0001 to Mouser",
        "It is placed, created 2026-01-05, placed 2026-01-06.",
        "",
        "  line  SKU      part   ordered  packs      received  open      price  discount       total  expected",
        "     1  RC0603   R-10K     8000  2 of 4000         0  8000  20.00 USD  5 %        38.00 USD",
        "     2  HM-1455  CASE        30                    0    30   4.37 USD            131.10 USD  2026-01-20 late",
        "",
        "Total: 169.10 USD (unknown in EUR)",
        "",
        "next: ask where they stay: CASE (30) are late",
        "next: R-10K (8000), CASE (30) are still to come: receive them, or close them short"
        "   [outwork order receive PO-0001 LINE=QUANTITY]",
    ]
    shown = program.json("order", "show", "PO-0001")
    assert shown["totals"] == {"USD": "169.1"}
    assert [(row["position"], row["packs"], row["open"], row["is_late"]) for row in shown["lines"]] == [
        (1, "2", "8000", False),
        (2, "30", "30", True),
    ]
    assert [step["code"] for step in shown["next"]] == ["chase_lines", "receive"]


def test_the_list_prints_rows_and_json(shop, placed, program):
    program("order", "create", "Mouser", "--target", "2026-02-01", "--supplier-reference", "W-7")
    assert program("order", "list") == [
        "order    supplier  status  lines  open       total  expected",
        "PO-0001  Mouser    placed      2     2  169.10 USD  2026-01-20 late",
        "PO-0002  Mouser    draft       0                    2026-02-01",
    ]
    assert [row["reference"] for row in program.json("order", "list", "--status", "placed")] == ["PO-0001"]
    assert program("order", "list", "--status", "lost") == ["There are no such orders."]


def test_promises_are_kept_with_their_history(shop, placed, program):
    assert program("order", "promise", "PO-0001", "CASE", "2026-02-01", "--confirmation", "AB-7", "--at", "2026-01-07")
    asked = ("order", "promise", "PO-0001", "CASE")
    assert program.codes(*asked, "2026-02-15") == ["promise_slip_without_reason"]
    program(*asked, "2026-02-15", "--reason", "a mould broke", "--at", "2026-01-20")
    assert program(*asked, "none") == ["PO-0001 line 2, CASE: not promised any more."]
    assert program(*asked, "2026-02-30", status=2)
    page = program("order", "show", "PO-0001")
    assert "Line 2 was promised for 2026-02-01 on 2026-01-07" in page
    assert "Line 2 was promised from 2026-02-01 to 2026-02-15 on 2026-01-20: a mould broke" in page


def test_receiving_counts_units_packs_and_all(shop, placed, program):
    program("order", "receive", "PO-0001", "RC0603=3412", "--units", "--location", "Main shelf")
    assert PurchaseLine.objects.get(position=1).received == 3412
    program(
        "order", "receive", "PO-0001", "--all", "--location", "main shelf", "--status", "quarantined", "--batch", "X"
    )
    assert sorted(StockItem.objects.values_list("quantity", "status", "batch"))[0] == (30, 75, "X")
    assert program.codes("order", "receive", "PO-0001", "1=1") == ["wrong_state"]


def test_receiving_is_refused_with_every_reason(shop, placed, program):
    asked = ("order", "receive", "PO-0001", "1=3", "2=31", "--location", "Main shelf")
    assert program(*asked, status=1) == [
        "R-10K: 8000 open, 12000 arrived; receive no more, open the line again if it was closed, or say that"
        " you accept it and why",
        "CASE: 30 open, 31 arrived; receive no more, open the line again if it was closed, or say that you accept it"
        " and why",
    ]
    assert program.codes(*asked, "--accept-overreceipt") == ["over_receipt_reason", "over_receipt_reason"]
    assert program("order", "receive", "PO-0001", "3=1", "BOLT=1", status=1) == [
        "PO-0001 has no line for 3; it has 1: R-10K, 2: CASE",
        "PO-0001 has no line for BOLT; it has 1: R-10K, 2: CASE",
    ]
    assert program.codes("order", "receive", "PO-0001", "1=1") == ["location_missing"]
    assert not StockItem.objects.exists()
    program(*asked, "--accept-overreceipt", "--reason", "a gift")
    assert Event.objects.get(kind="order.received").reason == "a gift"


def test_wrong_use_ends_with_2(shop, placed, program):
    for arguments in (
        ("receive", "PO-0001"),
        ("receive", "PO-0001", "1=2", "--all"),
        ("receive", "PO-0001", "--all", "--key", "k-1"),
        ("receive", "PO-0001", "1"),
        ("receive", "PO-0001", "1=1", "2=1", "--serials", "1-2"),
        ("receive", "PO-0001", "1=1", "2=1", "2=2", "--batch", "A", "--batch", "B"),
        ("close-short", "PO-0001", "1"),
        ("close-short", "PO-0001", "--reason", "none"),
        ("reopen", "PO-0001"),
        ("add", "PO-0001", "HM-1455"),
        ("list", "--status", "late"),
    ):
        assert program("order", *arguments, status=2), arguments


def test_adding_is_refused_with_every_reason(shop, placed, program):
    assert program.codes("order", "add", "PO-0001", "NO-SKU", "1") == ["supplier_part_unknown"]
    assert program.codes("order", "add", "PO-0001", "HM-1455", "1", "--build", "BO-0001") == ["build_unknown"]
    assert program.codes("order", "add", "PO-0001", "HM-1455", "nan") == ["number_invalid"]
    assert program.codes("order", "add", "PO-0001", "HM-1455", "1", "--discount", "101") == [
        "discount_not_a_percentage"
    ]
    shop.switch_on()
    shop.build(shop.assembly("RADIO"), 5, is_external=True)
    assert program.codes("order", "add", "PO-0001", "HM-1455", "1", "--build", "BO-0001") == [
        "build_of_another_part",
        "company_not_manufacturer",
    ]


def test_the_life_of_an_order(shop, placed, program):
    assert program("order", "hold", "PO-0001", "--reason", "too dear") == ["PO-0001 is on hold."]
    assert program("order", "show", "PO-0001")[-1].startswith("next: it is on hold: place it again to go on")
    program("order", "place", "PO-0001")
    assert program("order", "complete", "PO-0001", status=1) == [
        "PO-0001 still waits for R-10K: 8000, CASE: 30. Receive it, close it short, or say that you accept it"
    ]
    assert program("order", "complete", "PO-0001", "--accept-incomplete") == ["PO-0001 is complete."]
    assert program("order", "reopen", "PO-0001", "--reason", "they found it") == ["PO-0001 is placed again."]
    assert program("order", "cancel", "PO-0001", "--reason", "no need") == ["PO-0001 is cancelled."]
    assert program.codes("order", "place", "PO-0001") == ["transition_impossible"]


def test_a_line_is_closed_short_and_opened_again(shop, placed, program):
    program("order", "receive", "PO-0001", "1=1", "2=30", "--location", "Main shelf")
    closed, note = program("order", "close-short", "PO-0001", "RC0603", "--reason", "sold out")
    assert closed == "R-10K: 4000 will not come."
    assert note.startswith("Note: No rate for USD on ")
    assert "closed short" in "\n".join(program("order", "show", "PO-0001"))
    assert program("order", "open-again", "PO-0001", "1", "--reason", "found")[0] == "R-10K: 4000 are on order again."
    assert PurchaseOrder.objects.get().is_open
