"""What stands between a build and its end, in words and in order."""

import datetime
from decimal import Decimal

import pytest

from outwork.rules.explaining import Buyable, Component, Facts, Ordered, Served, explain
from outwork.rules.states import BuildStatus

TODAY = datetime.date(2026, 3, 2)
D = Decimal


def day(number: int) -> datetime.date:
    return datetime.date(2026, 4, number)


def told(**facts) -> list[tuple[str, list[str]]]:
    zeros = dict.fromkeys(("ordered", "accepted", "built", "in_production"), D(0))
    given = {"status": BuildStatus.PRODUCTION, "is_external": True, "planned": D(10), "today": TODAY, **zeros, **facts}
    return [(one.text(), [mend.text() for mend in one.mends]) for one in explain(Facts(**given))]


def test_it_works() -> None:
    part = Component(
        "R-10K",
        D(40),
        day(10),
        served=[
            Served("stock here", "", D(10)),
            Served("order", "PO-0003", D(8), day(15), is_late=True),
            Served("draft", "PO-0004", D(2)),
        ],
        missing=D(20),
        instead=[("R-9K9", "substitute", D(100))],
        elsewhere=[("Beta Boards", D(5))],
        buyable=Buyable("Reichelt", D(100), D("12.50"), "EUR", day(16)),
    )
    assert told(components=[part], ordered=D(10), manufacturer="Acme") == [
        (
            "R-10K: 40 missing, needed by 2026-04-10",
            [
                "allocate 10 that lie with us",
                "8 come on PO-0003 on 2026-04-15, 5 days late",
                "place PO-0004, which has 2 of it",
                "use up to 20 of R-9K9, a substitute",
                "have 5 brought from Beta Boards",
                "order 100 from Reichelt for 12.50 EUR: ordered today they come on 2026-04-16",
            ],
        ),
        ("not ordered: 10 units", ["order them from Acme"]),
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": BuildStatus.ON_HOLD}, "it is on hold"),
        ({"undecided": ["R-10K"]}, "it is not decided who supplies R-10K"),
        ({"unapproved": ["R-9K9 (4)"]}, "nobody approved R-9K9 (4), and they are allocated"),
        ({"bom_changes": ["R-10K (changed)"]}, "the BOM changed since the build was frozen: R-10K (changed)"),
        ({"to_send": ["R-10K (4)"]}, "R-10K (4) lie with us and are missing at the manufacturer"),
        ({"untested": 2, "tests": ["Leak missing"]}, "not tested: 2 units (Leak missing)"),
        ({"not_consumed": ["R-10K (4)"]}, "R-10K (4) are due for what was built and not booked"),
    ],
)
def test_each_obstacle_alone(facts, expected) -> None:
    [(text, mends)] = told(accepted=D(10), built=D(10), **facts)
    assert text == expected
    assert len(mends) == 1


def test_where_its_units_are() -> None:
    lines = [
        Ordered("PO-0001", "Acme", D(1), is_draft=True, is_confirmed=False, expected=None),
        Ordered("PO-0002", "Acme", D(2), is_draft=False, is_confirmed=False, expected=day(1)),
        Ordered("PO-0003", "Beta", D(1), is_draft=False, is_confirmed=True, expected=datetime.date(2026, 3, 1)),
        Ordered("PO-0004", "Beta", D(1), is_draft=False, is_confirmed=True, expected=day(1)),
    ]
    found = told(lines=lines, accepted=D(1), built=D(1), in_production=D(3), set_aside=[("rework", D(1))])
    assert [text for text, _ in found] == [
        "missing, and not on order: 1 unit",
        "PO-0001 is not placed: 1 unit",
        "Acme has not confirmed 2 units on PO-0002",
        "late: 1 unit on PO-0003, expected by 2026-03-01",
        "still to come: 1 unit on PO-0004, expected by 2026-04-01",
        "set aside for rework: 1 unit",
        "neither accepted nor rejected: 2 units",
    ]


def test_what_serves_a_component_is_said_as_it_is() -> None:
    served = [
        Served("stock there", "", D(1)),
        Served("order", "PO-0001", D(2)),
        Served("order", "PO-0002", D(3), TODAY, is_overdue=True),
        Served("build", "BO-0002", D(4), day(1)),
    ]
    [(text, mends)] = told(components=[Component("RADIO", D(12), None, served, D(2), is_assembly=True)], accepted=D(10))
    assert text == "RADIO: 12 missing"
    assert mends == [
        "allocate 1 that lie at the manufacturer",
        "2 come on PO-0001, nobody knows when",
        "ask where 3 on PO-0002 stay: they were expected already",
        "4 come of BO-0002 on 2026-04-01",
        "build 2, or let them be built",
    ]
    [(_, mends)] = told(components=[Component("X", D(1), None, (), D(1))], accepted=D(10))
    assert mends == ["find a supplier: nobody sells it"]


def test_what_is_needed_first_comes_first() -> None:
    parts = [Component(name, D(1), when) for name, when in (("A", None), ("B", day(9)), ("C", day(2)))]
    assert [text[0] for text, _ in told(components=parts, accepted=D(10))] == ["C", "B", "A"]


def test_an_internal_build_and_one_that_nothing_stops() -> None:
    assert told(is_external=False, status=BuildStatus.PENDING) == [
        ("it is not issued", ["issue it"]),
        ("not made: 10 units", ["make them"]),
    ]
    assert told(accepted=D(10), built=D(10)) == [("nothing stands between it and its end", ["finish it"])]


@pytest.mark.parametrize("status", [BuildStatus.COMPLETE, BuildStatus.CANCELLED])
def test_nothing_is_said_of_a_build_that_is_over(status) -> None:
    assert told(status=status, undecided=["R-10K"]) == []
