"""What to do next with a build or an order."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from outwork.rules.next_steps import BuildFacts, OrderFacts, after_build, after_order
from outwork.rules.states import BuildStatus, OrderStatus

TODAY = date(2026, 3, 2)


def build(status: BuildStatus = BuildStatus.PRODUCTION, **facts) -> list[str]:
    zeros = dict.fromkeys(("ordered", "on_order", "in_production", "set_aside", "accepted", "built"), Decimal(0))
    given = {"is_external": True, "manufacturer": "Acme", "planned": Decimal(100), "today": TODAY, **zeros, **facts}
    return [step.text() for step in after_build(BuildFacts(status=status, **given))]


def order(status: OrderStatus, count: int = 1, **facts: Any) -> list[str]:
    return [step.text() for step in after_order(OrderFacts(status, count, **facts))]


def test_it_works() -> None:
    assert build(BuildStatus.PENDING, undecided=["R-10K"], short=["R-10K (40)"]) == [
        "say who supplies R-10K",
        "order 100 units from Acme",
        "allocate stock for R-10K (40)",
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"ordered": 100, "drafts": ["PO-0001"]}, ["place PO-0001"]),
        ({"ordered": 100, "on_order": 60, "orders": ["PO-0001"]}, ["60 units are still to come on PO-0001"]),
        (
            {"ordered": 100, "on_order": 60, "orders": ["PO-0001"], "expected": date(2026, 3, 2)},
            ["60 units are still to come on PO-0001, expected by 2026-03-02"],
        ),
        (
            {"ordered": 100, "on_order": 60, "orders": ["PO-0001"], "expected": date(2026, 3, 1)},
            ["ask where they stay: 60 units on PO-0001 were expected by 2026-03-01"],
        ),
        ({"ordered": 100, "in_production": 100}, ["accept or reject the 100 units in production"]),
        (
            {"ordered": 100, "in_production": 100, "set_aside": 3},
            ["accept or reject the 97 units in production", "look after the 3 units that are held or in rework"],
        ),
        ({"ordered": 100, "accepted": 100, "built": 100}, ["finish it"]),
        (
            {"ordered": 98, "accepted": 98, "built": 98},
            ["2 good units are missing and nothing is on order: order more, or finish it as it is"],
        ),
        (
            {"ordered": 99, "accepted": 99, "built": 99},
            ["1 good unit is missing and nothing is on order: order more, or finish it as it is"],
        ),
        ({"ordered": 100, "to_send": ["R-10K"], "on_order": 100, "orders": ["PO-0001"]}, None),
        (
            {"ordered": 100, "accepted": 100, "built": 100, "to_consume": ["R-10K (8)"]},
            ["consume what was built and not booked yet: R-10K (8)", "finish it"],
        ),
    ],
)
def test_an_external_build_in_production(facts, expected) -> None:
    found = build(**facts)
    if expected is None:
        expected = [
            "send the kit: R-10K are allocated and still lie with us",
            "100 units are still to come on PO-0001",
        ]
    assert found == expected


def test_an_internal_build() -> None:
    assert build(BuildStatus.PENDING, is_external=False) == ["issue it, which freezes its lines"]
    assert build(is_external=False) == ["make 100 units"]
    assert build(is_external=False, accepted=Decimal(100), built=Decimal(100)) == ["finish it"]


def test_a_build_on_hold_goes_on_first() -> None:
    assert build(BuildStatus.ON_HOLD, is_external=False) == ["it is on hold: issue it again to go on"]


@pytest.mark.parametrize("status", [BuildStatus.COMPLETE, BuildStatus.CANCELLED])
def test_nothing_is_to_be_done_for_a_build_that_is_over(status) -> None:
    assert build(status, short=["R-10K (40)"]) == []


def test_an_order() -> None:
    assert order(OrderStatus.DRAFT, 0) == ["add lines"]
    assert order(OrderStatus.DRAFT) == ["place it"]
    assert order(OrderStatus.ON_HOLD) == ["it is on hold: place it again to go on"]
    assert order(OrderStatus.PLACED) == ["everything came: complete it"]
    assert order(OrderStatus.COMPLETE) == order(OrderStatus.CANCELLED) == []
    waiting: dict[str, Any] = {"open": ["BOARD (25)"], "expected": date(2026, 3, 1)}
    assert order(OrderStatus.PLACED, **waiting) == [
        "BOARD (25) are still to come, expected by 2026-03-01: receive them, or close them short"
    ]
    assert order(OrderStatus.PLACED, **waiting, late=["BOARD (25)"]) == [
        "ask where they stay: BOARD (25) are late",
        "BOARD (25) are still to come: receive them, or close them short",
    ]
