"""An expired lot: the glue on the shelf is too old, the build takes the fresh one and says why."""

from __future__ import annotations

import datetime

import pytest

from outwork.models import Part, StockItem
from outwork.operations.adding_stock import NewStock, add_stock
from outwork.operations.allocating import Take, allocate
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.making_outputs import make_outputs
from outwork.rules.refusals import Refusal
from outwork.rules.supply import ConsumeWhen


def glue(shop, batch: str, expiry: datetime.date) -> StockItem:
    row = NewStock(
        shop.part("GLUE").pk, 10, location=shop.location("Main shelf").pk, batch=batch, expiry_date=expiry, value="1.00"
    )
    return StockItem.objects.get(pk=add_stock(rows=[row], **shop.by(shop.bo, days=-30)).ids[0])


def test_the_old_lot_stays_on_the_shelf(shop):
    shop.switch_on("STOCK_ENABLE_EXPIRY")
    old = glue(shop, "OLD", datetime.date(2026, 3, 1))
    fresh = glue(shop, "FRESH", datetime.date(2026, 9, 1))
    probe = shop.assembly("PROBE", {"GLUE": 1})
    build = shop.build(probe, 5, consume=ConsumeWhen.ACCEPTANCE)
    done = auto_allocate(build=build, interchangeable=True, **shop.by_bo)
    assert list(build.lines.get().allocations.values_list("item", "quantity")) == [(fresh.pk, 5)]
    (line,) = done.data["lines"]
    assert "expired on 2026-03-01" in str(line)

    with pytest.raises(Refusal) as refusal:
        allocate(build=build, takes=[Take(build.lines.get().pk, old.pk, 1)], **shop.by_bo)
    assert "2026-03-01" in str(refusal.value)

    made = make_outputs(build=build, units=5, **shop.by_bo)
    assert accept_outputs(build=build, decisions=[Decision(pk) for pk in made.ids], **shop.by_bo).said == []
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.quantity, fresh.quantity) == (10, 5)
    shop.recount()


def test_the_company_may_decide_to_use_it(shop):
    shop.switch_on("STOCK_ENABLE_EXPIRY")
    shop.switch_on("STOCK_ALLOW_EXPIRED_BUILD")
    old = glue(shop, "OLD", datetime.date(2026, 3, 1))
    build = shop.build(shop.assembly("PROBE", {"GLUE": 1}), 5, consume=ConsumeWhen.ACCEPTANCE)
    allocate(build=build, takes=[Take(build.lines.get().pk, old.pk, 5)], **shop.by_bo)
    old.refresh_from_db()
    assert old.allocated == 5
    shop.recount()


def test_a_lot_expires_so_many_days_after_it_came(shop):
    shop.switch_on("STOCK_ENABLE_EXPIRY")
    shop.part("GLUE")
    Part.objects.filter(number="GLUE").update(default_expiry_days=180)
    row = NewStock(shop.part("GLUE").pk, 10, location=shop.location("Main shelf").pk)
    pk = add_stock(rows=[row], **shop.by_bo).ids[0]
    assert StockItem.objects.get(pk=pk).expiry_date == datetime.date(2026, 8, 29)
