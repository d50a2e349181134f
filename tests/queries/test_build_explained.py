"""What stands between a build and its end, read from the database."""

import datetime
from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.models import BomLine, Build, BuildLineSubstitute, Part, TestTemplate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.ordering_shortages import Pick, order_shortages
from outwork.operations.promising import DateChange, state_dates
from outwork.operations.sending import send_kit
from outwork.operations.supplying import supply_everything
from outwork.queries.build_explained import explained
from outwork.queries.naming import build_named
from outwork.rules.supply import Supply

TODAY = datetime.date(2026, 3, 2)


def told(build, today=TODAY):
    found = explained(build_named(build.reference), today=today).obstacles
    return [(one.text(), [mend.text() for mend in one.mends]) for one in found]


def codes(build, today=TODAY):
    return [one.code for one in explained(build_named(build.reference), today=today).obstacles]


def test_it_works(shop):
    """From nothing to done, one obstacle after the other."""
    radio = shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7}, is_testable=True)
    TestTemplate.objects.create(part=radio, name="Leak", key="leak")
    build = shop.external(radio, 10, target_date=datetime.date(2026, 5, 1))
    shop.put("R-10K", 40)
    shop.put("C-100N", 20)
    reel = shop.sells(shop.company("Reichelt"), shop.part("C-100N"), "0.10", lead_time_days=10)
    assert told(build) == [
        ("it is not decided who supplies R-10K, C-100N", ["say who supplies them"]),
        ("R-10K: 40 missing, needed by 2026-05-01", ["allocate 40 that lie with us"]),
        (
            "C-100N: 70 missing, needed by 2026-05-01",
            [
                "allocate 20 that lie with us",
                "order 50 from Reichelt for 5.00 EUR: ordered today they come on 2026-03-12",
            ],
        ),
        ("not ordered: 10 units", ["order them from Acme Assembly"]),
    ]
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    target = build.lines.get(part__number="C-100N").pk
    order_shortages(picks=[Pick(50, part_id=reel.part_id, build_lines={target: 50})], **shop.by_ada)
    auto_allocate(build=build, **shop.by_bo)
    line = shop.ordered(build)
    assert told(build) == [
        ("C-100N: 50 missing, needed by 2026-05-01", ["place PO-0001, which has 50 of it"]),
        ("R-10K (40), C-100N (20) lie with us and are missing at the manufacturer", ["send the kit"]),
        ("Acme Assembly has not confirmed 10 units on PO-0002", ["ask for a confirmation, and note it"]),
    ]
    state_dates(order=line.order, changes=[DateChange(line.pk, "promised", TODAY)], **shop.by_ada)
    shop.put("C-100N", 50)
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    send_kit(build=build, **shop.by_bo)
    assert codes(build) == ["units_coming"]
    assert codes(build, TODAY + datetime.timedelta(days=1)) == ["units_late"]
    [output] = shop.received(line, batch="A")
    assert told(build) == [
        ("not tested: 1 unit (Leak missing)", ["test them and record the results"]),
        ("neither accepted nor rejected: 10 units", ["accept or reject them"]),
    ]
    accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    assert told(build) == [("nothing stands between it and its end", ["finish it"])]
    shop.recount()


def test_stock_that_an_older_need_takes_is_not_offered(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    later = shop.build(radio, 10, start_date=datetime.date(2026, 6, 1))
    shop.build(radio, 10, start_date=datetime.date(2026, 4, 1))
    shop.put("R-10K", 50)
    assert told(later)[1] == (
        "R-10K: 40 missing, needed by 2026-06-01",
        ["allocate 10 that lie with us", "find a supplier: nobody sells it"],
    )


def test_a_bom_that_changed_and_a_substitute_nobody_approved(shop):
    radio = shop.assembly("RADIO", {"R-10K": 4})
    build = shop.external(radio, 10)
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    shop.ordered(build)
    BomLine.objects.update(quantity=Decimal(5))
    substitute = BuildLineSubstitute.objects.create(build_line=build.lines.get(), part=shop.part("R-9K9"))
    shop.put("R-9K9", 40)
    auto_allocate(build=build, **shop.by_bo)
    assert told(build)[:2] == [
        ("nobody approved R-9K9 (40), and they are allocated", ["have them approved"]),
        (
            "the BOM changed since the build was frozen: R-10K (changed)",
            ["take the change over for the units to come, or leave it"],
        ),
    ]
    substitute.approved_by = "Ada"
    substitute.save()
    assert codes(build)[0] == "bom_changed"


def test_nothing_is_said_of_a_build_that_is_over(shop):
    build = shop.build(shop.assembly("RADIO", {"R-10K": 4}), 10)
    cancel_build(build=build, **shop.by_ada)
    assert told(build) == []


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    top = shop.part("TOP", is_assembly=True)
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity"),
        [(top.pk, part.pk, place, Decimal(2)) for place, part in enumerate(parts, 1)],
    )
    build = shop.external(top, 10)
    shop.ordered(build)
    assert Build.objects.count() == 1
    with statements() as seen:
        found = explained(build_named("BO-0001"), today=TODAY)
    assert len(found.obstacles) == count + 2
    assert seen == 40
