"""Expired lots stay out of builds, or go in, as the settings say."""

import datetime

import pytest

from outwork.models import Build, StockItem
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.queries import stock
from outwork.rules.supply import ConsumeWhen

TODAY = datetime.date(2026, 3, 2)


@pytest.fixture
def build(shop):
    """Two boards, each with a drop of glue."""
    return shop.build(shop.assembly("BOARD", {"GLUE": 1}), 2, consume=ConsumeWhen.ACCEPTANCE)


def lot(shop, days, quantity=5):
    """Glue that expires so many days from today."""
    item = shop.put("GLUE", quantity, batch=f"{days}")
    StockItem.objects.filter(pk=item.pk).update(expiry_date=TODAY + datetime.timedelta(days=days))
    item.refresh_from_db()
    return item


def take(build, item):
    return {"build": build, "takes": [Take(build.lines.get().pk, item.pk, 2)]}


def test_it_works(shop, build):
    old, good = lot(shop, -1), lot(shop, 0)
    assert shop.refused(allocate, **take(build, old)) == [("item_expired", (0, "item"))]
    assert auto_allocate(build=build, **shop.by_bo).ids == [good.pk]
    shop.recount()


@pytest.mark.parametrize(("key", "value"), [("STOCK_ALLOW_EXPIRED_BUILD", True), ("STOCK_ENABLE_EXPIRY", False)])
def test_it_goes_in_where_that_is_allowed_or_nobody_looks(shop, build, key, value):
    old = lot(shop, -1)
    shop.switch_on(key, value)
    assert auto_allocate(build=build, dry_run=True, **shop.by_bo).ids == [old.pk]
    allocate(**take(build, old), **shop.by_bo)
    shop.expect(f"""
        GLUE   batch -1   Main shelf   2   for {build.reference}
        GLUE   batch -1   Main shelf   3
    """)
    shop.recount()


@pytest.mark.parametrize("allowed", [True, False])
def test_what_expired_after_it_was_allocated_is_used_only_where_that_is_allowed(shop, build, allowed):
    shop.switch_on("STOCK_ALLOW_EXPIRED_BUILD", allowed)
    item = lot(shop, 1)
    allocate(**take(build, item), **shop.by_bo)
    late = shop.by(shop.bo, days=2)
    made = make_outputs(build=Build.objects.get(), units=2, **late)
    done = accept_outputs(build=Build.objects.get(), decisions=[Decision(one) for one in made.ids], **late)
    assert build.lines.get().consumed == (2 if allowed else 0)
    assert [one["code"] for one in done.said] == ([] if allowed else ["shortfall"])
    shop.recount()


def test_lists_find_what_is_expired_and_what_is_stale(shop):
    old, soon, good = lot(shop, -1), lot(shop, 5), lot(shop, 40)
    shop.put("GLUE", 5)
    assert [one.pk for one in stock.find_items(expired_on=TODAY)] == [old.pk]
    assert [one.pk for one in stock.find_items(stale_before=TODAY + datetime.timedelta(days=10))] == [old.pk, soon.pk]
    assert good.expiry_date > TODAY
