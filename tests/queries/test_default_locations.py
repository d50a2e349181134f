"""Where parts go when nobody says where."""

import datetime

import pytest

from outwork.models import BuildOutput, Category, PurchaseLine
from outwork.operations.making_outputs import make_outputs
from outwork.queries.default_locations import default_locations
from outwork.rules.refusals import Refusal


@pytest.fixture
def drawers(shop):
    """Passives (kept in A) > Resistors > Chips (kept in B), and a drawer that names no place."""
    passives = Category.objects.create(name="Passives", default_location=shop.location("A"))
    resistors = Category.objects.create(name="Resistors", parent=passives)
    chips = Category.objects.create(name="Chips", parent=resistors, default_location=shop.location("B"))
    return {
        "passives": passives,
        "resistors": resistors,
        "chips": chips,
        "other": Category.objects.create(name="Other"),
    }


def test_the_part_goes_before_its_category_and_the_nearest_before_those_above(shop, drawers, statements):
    own = shop.part("OWN", category=drawers["chips"], default_location=shop.location("C"))
    parts = [own, shop.part("NONE")]
    parts += [shop.part(name, category=category) for name, category in drawers.items()]
    with statements() as count:
        found = default_locations(parts)
    places = {part.number: found[part.pk] for part in parts}
    a, b, c = (shop.location(name).pk for name in "ABC")
    assert places == {"OWN": c, "NONE": None, "passives": a, "resistors": a, "chips": b, "other": None}
    assert count == 1
    with statements() as count:
        assert default_locations(parts[:2]) == {own.pk: c, parts[1].pk: None}
    assert count == 0


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_one_statement_for_any_number_of_parts(shop, drawers, statements, count):
    for number in range(count):
        shop.part(f"P-{number}", category=drawers["resistors"])
    parts = list(drawers["resistors"].parts.all())
    with statements() as spent:
        found = default_locations(parts)
    assert set(found.values()) == {shop.location("A").pk}
    assert spent == 1


def test_receipts_and_builds_use_it(shop, drawers):
    radio = shop.assembly("RADIO", {"R-10K": 1}, category=drawers["resistors"], default_expiry_days=30)
    line = shop.ordered(shop.external(radio, 5))
    outputs = shop.received(line, 2, location=None)
    assert {str(shop.item_of(one).location) for one in outputs} == {"A"}
    inside = shop.build(radio, 3)
    assert str(inside.destination) == "A"
    done = make_outputs(build=inside, units=3, **shop.by_bo)
    item = shop.item_of(BuildOutput.objects.get(pk=done.ids[0]))
    assert (str(item.location), item.expiry_date) == ("A", shop.now.date() + datetime.timedelta(days=30))
    shop.recount()


def test_refuses_a_receipt_that_goes_nowhere(shop, drawers):
    radio = shop.assembly("RADIO", {"R-10K": 1}, category=drawers["other"])
    line = shop.ordered(shop.external(radio, 5))
    with pytest.raises(Refusal) as refusal:
        shop.received(line, 2, location=None)
    assert refusal.value.code == "location_missing"
    assert PurchaseLine.objects.get().received == 0
    shop.recount()
