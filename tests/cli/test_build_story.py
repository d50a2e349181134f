"""An external build from the first command to the last, as a person would type them."""

from decimal import Decimal

import pytest

from outwork.models import Build, PurchaseOrder, StockItem
from outwork.rules.states import BuildStatus, OrderStatus


def test_a_radio_is_built_outside(shop, radio, program):
    assert program(
        "build", "create", "RADIO", "100", "--external", "--manufacturer", "acme assembly", "--target", "2027-03-01",
        "--destination", "Finished goods", "--at", "2026-01-10", "--as", "ada",
    ) == ["BO-0001: 100 of RADIO, 3 lines."]  # fmt: skip
    assert program("build", "supply", "BO-0001", "--all", "we send", "--line", "CASE=they-buy") == [
        "they buy: CASE",
        "we send: R-10K, C-100N",
    ]
    assert program("build", "order", "BO-0001", "--at", "2026-01-11") == [
        "PO-0001 line 1: 100 of RADIO from Acme Assembly at 12.50 EUR.",
        "next: place PO-0001   [outwork order place PO-0001]",
    ]
    assert program("order", "place", "PO-0001", "--at", "2026-01-12") == [
        "PO-0001 is placed with Acme Assembly.",
        "Note: BO-0001 is in production now, and its lines are frozen.",
    ]
    resistor, capacitor = StockItem.objects.filter(part__number__in=["R-10K", "C-100N"]).order_by("pk")
    assert program("build", "auto-allocate", "BO-0001") == [
        "R-10K: 400 allocated",
        f"    item {resistor.pk} (batch A): 400 of 3412 taken",
        "C-100N: 700 allocated",
        f"    item {capacitor.pk} (batch C): 700 of 5000 taken",
    ]
    sent = program("build", "send", "BO-0001", "--at", "2026-01-13")
    assert sent[0] == "Sent 2 items to Acme Assembly:"
    assert [line.partition(", item")[0] for line in sent[1:]] == ["  400 of R-10K", "  700 of C-100N"]
    shop.expect("""
        R-10K    batch A   Main shelf      3012
        R-10K    batch A   Acme Assembly   400    for BO-0001
        C-100N   batch C   Main shelf      4300
        C-100N   batch C   Acme Assembly   700    for BO-0001
        CASE               Main shelf      90
    """)

    program("order", "promise", "PO-0001", "1", "2026-02-01")
    assert program("order", "promise", "PO-0001", "RADIO", "2026-02-10", status=1) == [
        "RADIO: the promise slips from 2026-02-01 to 2026-02-10; say why"
    ]
    program("order", "promise", "PO-0001", "RADIO", "2026-02-10", "--reason", "a late reel")
    assert program("order", "receive", "PO-0001", "1=40", "--serials", "1-40", "--at", "2026-02-09")[:-1] == [
        "Received from Acme Assembly on PO-0001:",
        "  40 of RADIO, serial numbers 1-40, at Finished goods, in production",
    ]
    assert program("build", "accept", "BO-0001", "1-38") == ["Accepted 38 units (1-38) of BO-0001."]
    assert program("build", "reject", "BO-0001", "39,40", "--reason", "cold joints") == [
        "Rejected 2 units (39, 40) of BO-0001."
    ]
    page = program("build", "show", "BO-0001")
    assert page[:3] == [
        "BO-0001: 100 units of RADIO, made by Acme Assembly",
        "It is in production, created 2026-01-10, issued 2026-01-12, to be done by 2027-03-01.",
        "100 ordered; 40 received; 38 accepted; 2 rejected; 62 good units still open.",
    ]
    assert "     1  R-10K   we send        400        240          240       160          3012" in page
    assert page[-1] == "next: ask where they stay: 60 units on PO-0001 were expected by 2026-02-10"

    program("order", "receive", "PO-0001", "1=58", "--serials", "41+", "--accept", "--at", "2026-02-20")
    assert program("order", "close-short", "PO-0001", "1", "--reason", "two panels broke") == [
        "RADIO: 2 will not come."
    ]
    assert PurchaseOrder.objects.get().status == OrderStatus.COMPLETE
    assert program("build", "show", "BO-0001")[-1] == (
        "next: 4 good units are missing and nothing is on order: order more, or finish it as it is"
        "   [outwork build finish BO-0001 --accept-incomplete]"
    )
    shop.recount()


def test_it_is_finished(shop, radio, program):
    program("build", "create", "RADIO", "2", "--external", "--manufacturer", "Acme Assembly")
    program("build", "supply", "BO-0001", "--all", "they buy")
    program("build", "order", "BO-0001")
    program("order", "place", "PO-0001")
    program("order", "receive", "PO-0001", "--all", "--serials", "1-2", "--accept", "--location", "Finished goods")
    assert program("build", "show", "BO-0001")[-1] == "next: finish it   [outwork build finish BO-0001]"
    assert program("build", "finish", "BO-0001") == ["BO-0001 is complete."]
    assert program("build", "finish", "BO-0001") == ["BO-0001 is complete."]
    assert program("build", "show", "BO-0001")[-1] == "next: nothing"
    program("build", "reopen", "BO-0001", "--reason", "one came back")
    assert Build.objects.get().status == BuildStatus.PRODUCTION
    shop.recount()


def test_a_build_of_ours(shop, radio, program):
    assert program("build", "create", "RADIO", "3", "--consume", "acceptance") == ["BO-0001: 3 of RADIO, 3 lines."]
    items = {item.part.number: item.pk for item in StockItem.objects.select_related("part")}
    takes = (f"R-10K={items['R-10K']}:12", f"2={items['C-100N']}:21", f"CASE={items['CASE']}:2")
    assert program("build", "allocate", "BO-0001", *takes) == ["3 allocations for BO-0001."]
    assert program("build", "issue", "BO-0001") == ["BO-0001 is in production."]
    made = program("build", "make", "BO-0001", "3", "--serials", "~+", "--location", "Finished goods")
    assert made == ["Made 3 units (1-3) for BO-0001."]
    assert program("build", "accept", "BO-0001", "--all") == [
        "Accepted 3 units (1-3) of BO-0001.",
        "Note: CASE: 1 are due for what was built and are not there (allocate stock).",
    ]
    assert "due and missing" in "\n".join(program("build", "show", "BO-0001"))
    program("build", "allocate", "BO-0001", f"CASE={items['CASE']}:1")
    assert program("build", "consume", "BO-0001") == ["Consumed for BO-0001: CASE."]
    assert program.codes("build", "consume", "BO-0001") == ["nothing_due"]
    assert StockItem.objects.get(pk=items["CASE"]).quantity == Decimal(87)
    shop.recount()


@pytest.mark.parametrize("verb", ["hold", "cancel"])
def test_holding_and_cancelling_say_why(shop, radio, program, verb):
    program("build", "create", "RADIO", "3")
    program("build", verb, "BO-0001", "--reason", "the price")
    assert Build.objects.get().events.latest("pk").reason == "the price"
