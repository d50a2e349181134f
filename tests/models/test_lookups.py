"""Looking for many ids or texts with one parameter."""

from __future__ import annotations

import pytest

from outwork.ledger.held import lock_items
from outwork.models import Part
from outwork.rules.refusals import Refusal


def test_it_works(shop):
    first, second = shop.part("R-10K"), shop.part("R-22K")
    assert set(Part.objects.filter(pk__any=[first.pk, second.pk, 47110815])) == {first, second}
    assert set(Part.objects.filter(number__any=["R-22K", "R-1M"])) == {second}
    assert list(Part.objects.filter(pk__any=[])) == []


def test_an_id_that_no_row_can_have_is_found_nowhere(shop):
    part = shop.part("R-10K")
    assert list(Part.objects.filter(pk__any=[part.pk, 10**23, -(10**23)])) == [part]
    with pytest.raises(Refusal) as refusal:
        lock_items([10**23])
    assert refusal.value.code == "item_unknown"
