"""Where ownership is controlled, only its owner's people touch stock."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from outwork.models import Owner, Role, StockItem, SupplierReturn
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.deciding import Decision
from outwork.operations.disposing import hold_outputs
from outwork.operations.installing_stock import Installation, install_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.returning import ReturnRow, create_return
from outwork.operations.sending import send_kit
from outwork.operations.taking_back import reverse_event
from outwork.rules.returning import ReturnPurpose
from tests.purchases import come, order_of


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


@pytest.fixture
def buyer(shop, keeper):
    """Cy may change stock, orders and builds, and Ada's stock is hers alone."""
    for area in ("purchase_order", "build"):
        Role.objects.create(
            group=Group.objects.get(name="Stores"), area=area, may_change=True, may_view=True, may_add=True
        )
    shop.switch_on("STOCK_OWNERSHIP_CONTROL")
    return keeper


def belongs_to_ada(shop, *items):
    StockItem.objects.filter(pk__in=items).update(owner=Owner.objects.get_or_create(user=shop.ada)[0])


def test_refuses_to_send_back_what_belongs_to_others_and_to_fetch_it(shop, buyer):
    order, (line,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line, 100))
    belongs_to_ada(shop, item)
    request: dict[str, Any] = {"supplier": order.supplier, "reason": "Bad", "rows": [ReturnRow(item, 50)]}
    for purpose in ReturnPurpose:
        assert shop.refused(create_return, purpose=purpose, **request, actor=shop.cy) == [
            ("item_of_others", (0, "item"))
        ]
    sent = create_return(purpose="rework", **request, **shop.by_ada)
    document = SupplierReturn.objects.get()
    coming: dict[str, Any] = {
        "document": document,
        "rows": [ComingBack(document.lines.get().pk)],
        "location": shop.location("Lab"),
    }
    assert shop.refused(receive_back, **coming, actor=shop.cy) == [("item_of_others", (0, "line"))]
    assert shop.refused(reverse_event, event=sent.event_id, reason="no", actor=shop.cy)[0] == (
        "item_of_others",
        ("event",),
    )
    receive_back(**coming, **shop.by_ada)
    shop.recount()


def test_refuses_to_take_back_what_happened_to_stock_of_others(shop, buyer):
    item = shop.put("R-10K", 100)
    moved = transfer_stock(rows=[Transfer(item.pk, shop.location("Lab").pk)], **{**buyer, "key": "moved"})
    belongs_to_ada(shop, item.pk)
    asked: dict[str, Any] = {"event": moved.event_id, "reason": "wrong shelf"}
    assert shop.refused(reverse_event, **asked, actor=shop.cy) == [("item_of_others", ("event",))]
    changed = change_stock(rows=[Change(item.pk, {"batch": "B7"})], **shop.by_ada)
    assert shop.refused(reverse_event, event=changed.event_id, reason="no", actor=shop.cy) == [
        ("item_of_others", ("event",))
    ]
    reverse_event(**asked, **shop.by_ada)
    shop.expect("R-10K   batch B7   Main shelf   100")


def test_refuses_to_install_into_what_belongs_to_others(shop, buyer):
    shop.switch_on("STOCK_ENFORCE_BOM_INSTALLATION", False)
    radio, module = shop.put("RADIO", 1), shop.put("MODULE", 1)
    belongs_to_ada(shop, radio.pk)
    rows = [Installation(module.pk, radio.pk)]
    assert shop.refused(install_stock, rows=rows, actor=shop.cy) == [("item_of_others", (0, "into"))]
    install_stock(rows=rows, **shop.by_ada)


def test_refuses_to_send_in_a_kit_or_decide_away_what_belongs_to_others(shop, buyer):
    board = shop.assembly("BOARD", {"R-10K": 1}, is_trackable=True)
    build = shop.external(board, 10)
    reel = shop.put("R-10K", 100)
    shop.allocate(build.reference, reel, 10)
    belongs_to_ada(shop, reel.pk)
    assert shop.refused(send_kit, build=build, actor=shop.cy) == [("item_of_others", ("items", reel.pk))]
    [box] = shop.received(shop.ordered(build), location=shop.location("Lab"))
    belongs_to_ada(shop, box.item_id)
    asked: dict[str, Any] = {
        "build": build,
        "decisions": [Decision(box.pk)],
        "reason": "Look",
        "location": shop.location("Rack"),
    }
    assert shop.refused(hold_outputs, **asked, actor=shop.cy) == [("item_of_others", (0, "output"))]
    hold_outputs(**{**asked, "location": None}, **{**buyer, "key": "held"})
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
    items = shop.put_many("R-10K", 5, count)
    with statements() as seen:
        transfer_stock(rows=[Transfer(item.pk, rack.pk) for item in items], **keeper)
    assert seen == 10
