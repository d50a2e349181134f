"""Where ownership is controlled, only its owner's people touch stock."""

import pytest
from django.contrib.auth.models import Group

from outwork.models import Owner, Role, StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.moving_stock import Transfer, transfer_stock


@pytest.fixture
def keeper(shop):
    """Cy may change stock, but not everything."""
    group = Group.objects.create(name="Stores")
    Role.objects.create(group=group, area="stock", may_change=True, may_view=True)
    shop.cy.is_superuser = False
    shop.cy.save()
    shop.cy.groups.add(group)
    return {**shop.by_bo, "actor": shop.cy}


def test_it_works(shop, keeper):
    mine = Owner.objects.create(group=Group.objects.get(name="Stores"))
    other = Owner.objects.create(user=shop.ada)
    shop.location("Cage", owner=other)
    cell = shop.location("Cell", parent=shop.location("Cage"))
    items = [shop.put("R-10K", 5), shop.put("R-10K", 5), shop.put("R-10K", 5, "Cell"), shop.put("R-10K", 5, "Cell")]
    owners = [mine.pk, other.pk, None, mine.pk]
    change_stock(
        rows=[Change(item.pk, {"owner": owner}) for item, owner in zip(items, owners, strict=True)], **shop.by_ada
    )
    rows = [Transfer(item.pk, shop.location("Rack").pk) for item in items]
    assert shop.refused(transfer_stock, rows=rows[:1], actor=shop.dee) == [("not_permitted", ("actor",))]
    transfer_stock(rows=rows, **{**keeper, "key": "off"})
    shop.expect("R-10K   Rack   20")
    transfer_stock(rows=[Transfer(item.pk, cell.pk) for item in items[2:]], **keeper)
    shop.switch_on("STOCK_OWNERSHIP_CONTROL")
    assert shop.refused(transfer_stock, rows=rows, actor=shop.cy) == [
        ("item_of_others", (1, "item")),
        ("item_of_others", (2, "item")),
    ]
    transfer_stock(rows=[rows[3]], **keeper)
    transfer_stock(rows=rows, **shop.by_ada)
    assert StockItem.objects.filter(location__name="Rack").count() == 4
    shop.recount()


def test_refuses_an_owner_that_does_not_exist(shop):
    item = shop.put("R-10K", 5)
    assert shop.refused(change_stock, rows=[Change(item.pk, {"owner": 47110815})]) == [("owner_unknown", (0, "owner"))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, keeper, count):
    shop.switch_on("STOCK_OWNERSHIP_CONTROL")
    Owner.objects.create(user=shop.cy)
    shop.location("Main shelf", owner=Owner.objects.get())
    rack = shop.location("Rack")
    items = [shop.put("R-10K", 5) for _ in range(count)]
    with statements() as seen:
        transfer_stock(rows=[Transfer(item.pk, rack.pk) for item in items], **keeper)
    assert seen == 10
