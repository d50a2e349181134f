"""The numbers of parts: known answers, nothing counted twice, and a fixed number of statements."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import Part, StockItem
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.supplying import supply_everything
from outwork.queries.part_numbers import Where, part_numbers
from outwork.rules.states import StockStatus
from outwork.rules.supply import Supply
from tests.purchases import order_of


def at(here: int = 0, there: int = 0, elsewhere: int = 0) -> Where:
    return Where(Decimal(here), Decimal(there), Decimal(elsewhere))


def numbers(part, **given):
    return part_numbers([part.pk], **given)[part.pk]


def flow(part):
    found = numbers(part)
    return found.on_order, found.on_draft, found.in_production, found.scheduled


def test_it_works(shop):
    acme, beta = shop.manufacturer(), shop.manufacturer("Beta Boards")
    radio = shop.assembly("RADIO", {"R-10K": 4})
    build = shop.external(radio, 10, acme)
    shop.given("""
        R-10K    batch A   Main shelf       25
        R-10K    batch B   Acme Assembly    10
        R-10K    batch C   Beta Boards       7
        R-10K    batch D   -                 3
        R-10K    batch E   Main shelf        5
    """)
    StockItem.objects.filter(batch="E").update(status=StockStatus.QUARANTINED)
    auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    order_of(shop, ("R-10K", 100, "1.00", "0"))
    order_of(shop, ("R-10K", 30, "1.00", "0"), placed=False)
    found = numbers(shop.part("R-10K"), manufacturer_ids=[acme.pk])
    assert (found.on_hand, found.available) == (at(33, 10, 7), at(0, 0, 7))
    assert (found.allocated, found.unusable, found.required, found.short) == (38, 5, 40, 0)
    assert (found.on_order, found.on_draft, found.in_production, found.scheduled) == (100, 30, 0, 0)
    assert numbers(shop.part("R-10K"), manufacturer_ids=[beta.pk]).available == at(0, 7, 0)
    assert numbers(shop.part("R-10K")).available == at(0, 0, 7)
    shop.recount()


def test_an_external_build_and_its_order_line_are_counted_once(shop):
    """G6: ten units are ten, whatever they are called on their way."""
    radio = shop.assembly("RADIO", is_trackable=False)
    build = shop.external(radio, 10)
    assert flow(radio) == (0, 0, 0, 10)
    draft = shop.ordered(build, 4, placed=False)
    assert flow(radio) == (0, 4, 0, 6)
    line = shop.ordered(build, 6)
    assert flow(radio) == (6, 4, 0, 0)
    [output] = shop.received(line, 5, batch="A")
    assert flow(radio) == (1, 4, 5, 0)
    accept_outputs(build=build, decisions=[Decision(output.pk)], **shop.by_bo)
    assert flow(radio) == (1, 4, 0, 0)
    assert numbers(radio).on_hand == at(5)
    assert numbers(radio).expected == 1
    draft.is_closed = True
    draft.save()
    assert flow(radio) == (1, 0, 0, 4)
    shop.recount()


def test_what_the_manufacturer_buys_is_not_required(shop):
    build = shop.external(shop.assembly("RADIO", {"R-10K": 4}), 10)
    assert numbers(shop.part("R-10K")).required == 40
    supply_everything(build=build, supply=Supply.THEY_BUY, **shop.by_ada)
    assert numbers(shop.part("R-10K")).required == 0


def test_what_expired_is_not_available_from_that_day_on(shop):
    item = shop.put("GLUE", 5)
    StockItem.objects.filter(pk=item.pk).update(expiry_date=datetime.date(2026, 3, 1))
    glue = shop.part("GLUE")
    assert numbers(glue).available == numbers(glue, today=datetime.date(2026, 3, 1)).available == at(5)
    late = numbers(glue, today=datetime.date(2026, 3, 2))
    assert (late.available, late.unusable, late.on_hand) == (at(), 5, at(5))


def test_variants_have_columns_of_their_own(shop):
    top = shop.part("CASE", is_template=True)
    red = shop.part("CASE-RED", variant_of=top)
    shop.put("CASE", 2)
    shop.put("CASE-RED", 3)
    shop.put(shop.part("CASE-RED-XL", variant_of=red), 4)
    found = numbers(top)
    assert (found.on_hand, found.variants_on_hand, found.variants_available) == (at(2), 7, 7)
    assert numbers(red).variants_available == 4


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    shop.put(parts[0], 5)
    with statements() as seen:
        found = part_numbers([part.pk for part in parts])
    assert seen == 4
    assert len(found) == count
    assert found[parts[0].pk].available.here == Decimal(5)


def test_nothing_is_asked_for_nothing(shop):
    assert part_numbers([]) == {}
