"""Items go into other items by hand and come out again, with what they are worth."""

from decimal import Decimal

import pytest

from outwork.ledger.held import lock_items
from outwork.models import BomSubstitute, StockItem
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.installing_stock import Installation, install_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.taking_back import reverse_event
from outwork.operations.uninstalling_stock import Removed, uninstall_stock
from outwork.operations.valuing_stock import Valued, value_stock
from outwork.queries import stock
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Refusal
from outwork.rules.states import StockStatus


@pytest.fixture
def radio(shop):
    """A radio with a serial number, whose BOM has a module and screws."""
    part = shop.assembly("RADIO", {"MODULE": 1, "SCREW": 4}, is_trackable=True)
    return shop.put(part, 1, serial="R1", value="100.00")


def worths(*items):
    return [StockItem.objects.get(pk=item.pk).value for item in items]


def test_it_works(shop, radio):
    module, screws = shop.put("MODULE", 1, serial=None, value="20.00"), shop.put("SCREW", 100, value="5.00")
    rows = [Installation(module.pk, radio.pk), Installation(screws.pk, radio.pk, 4)]
    done = install_stock(rows=rows, reason="upgrade", **shop.by_bo)
    inside = list(StockItem.objects.filter(inside=radio).order_by("pk"))
    assert [one.pk for one in inside] == done.ids
    assert [(one.quantity, one.place) for one in inside] == [(1, PlaceKind.INSIDE), (4, PlaceKind.INSIDE)]
    assert worths(radio, screws, *inside) == [Decimal("120.2"), Decimal("4.8"), 0, 0]
    assert [step.kind for step in stock.history(module)] == ["opening", "installed", "costed"]
    assert [(step.kind, step.value, step.other_item) for step in stock.history(radio)[1:]] == [
        ("costed", 20, module.pk),
        ("costed", Decimal("0.2"), inside[1].pk),
    ]
    shop.recount()
    uninstall_stock(rows=[Removed(module.pk, shop.location("Rack").pk)], **shop.by_bo)
    shop.expect("""
        RADIO    serial R1   Main shelf   1
        MODULE   Rack        1
        SCREW    Main shelf   96
    """)
    assert worths(radio, module) == [Decimal("100.2"), 20]
    shop.recount()


def test_both_are_taken_back(shop, radio):
    module = shop.put("MODULE", 1, value="20.00")
    done = install_stock(rows=[Installation(module.pk, radio.pk)], **shop.by_bo)
    rows = [Removed(module.pk, None, StockStatus.DAMAGED)]
    out = uninstall_stock(rows=rows, **shop.by_bo)
    assert StockItem.objects.get(pk=module.pk).status == StockStatus.DAMAGED
    reverse_event(event=out.event_id, reason="still in it", **shop.by_bo)
    module.refresh_from_db()
    assert (module.inside, module.status, module.value) == (radio, StockStatus.OK, 0)
    assert worths(radio) == [120]
    shop.recount()
    reverse_event(event=done.event_id, reason="another radio", **shop.by_bo)
    assert worths(radio, module) == [100, 20]
    shop.expect("""
        RADIO    serial R1   Main shelf   1
        MODULE   Main shelf   1
    """)
    shop.recount()


@pytest.mark.parametrize("comes_out", [False, True])
def test_a_value_that_is_known_late_follows_into_it_and_out_again(shop, radio, comes_out):
    module = shop.put("MODULE", 1)
    install_stock(rows=[Installation(module.pk, radio.pk)], **shop.by_bo)
    assert worths(radio, module) == [None, None]
    if comes_out:
        uninstall_stock(rows=[Removed(module.pk, None)], **shop.by_bo)
    value_stock(rows=[Valued(module.pk, "20.00")], reason="found the invoice", **shop.by_bo)
    assert worths(radio, module) == ([100, 20] if comes_out else [120, 0])
    shop.recount()
    value_stock(rows=[Valued(module.pk, "25.00")], reason="the other invoice", **shop.by_bo)
    assert worths(radio, module) == ([100, 25] if comes_out else [125, 0])
    shop.recount()


def test_a_part_outside_the_bom_goes_in_only_where_that_is_not_asked(shop, radio):
    knob = shop.put("KNOB", 1)
    rows = [Installation(knob.pk, radio.pk)]
    assert shop.refused(install_stock, rows=rows) == [("install_outside_bom", (0, "item"))]
    shop.switch_on("STOCK_ENFORCE_BOM_INSTALLATION", False)
    install_stock(rows=rows, **shop.by_bo)
    assert StockItem.objects.get(pk=knob.pk).inside == radio
    shop.recount()


def test_variants_and_substitutes_of_the_bom_go_in(shop, radio):
    line = radio.part.bom_lines.get(part__number="MODULE")
    line.allows_variants = True
    line.save()
    variant = shop.put(shop.part("MODULE-LN", variant_of=shop.part("MODULE")), 1)
    other = shop.put("OTHER", 1)
    BomSubstitute.objects.create(bom_line=line, part=other.part)
    install_stock(rows=[Installation(one.pk, radio.pk) for one in (variant, other)], **shop.by_bo)
    assert StockItem.objects.filter(inside=radio).count() == 2
    shop.recount()


def test_refuses_what_cannot_be(shop, radio):
    module, bad = shop.put("MODULE", 1), shop.put("MODULE", 1)
    held = shop.put("SCREW", 10)
    build = shop.build(shop.assembly("BOX", {"SCREW": 1}), 8)
    shop.allocate(build.reference, held, 8)
    change_stock(rows=[Change(bad.pk, {"status": StockStatus.REJECTED})], **shop.by_bo)
    many = shop.put(radio.part, 3)
    rows = [
        Installation(bad.pk, radio.pk),
        Installation(held.pk, radio.pk, 3),
        Installation(module.pk, many.pk),
    ]
    assert shop.refused(install_stock, rows=rows) == [
        ("item_status_unusable", (0, "item")),
        ("install_into_many", (2, "into")),
        ("units_not_free", (1, "quantity")),
    ]
    shop.switch_on("STOCK_ENFORCE_BOM_INSTALLATION", False)
    assert shop.refused(install_stock, rows=[Installation(radio.pk, radio.pk)]) == [
        ("install_into_itself", (0, "into"))
    ]
    install_stock(rows=[Installation(module.pk, radio.pk)], **shop.by_bo)
    assert shop.refused(install_stock, rows=[Installation(radio.pk, module.pk)]) == [
        ("install_into_itself", (0, "into"))
    ]
    assert shop.refused(install_stock, rows=[Installation(47110815, radio.pk)]) == [("item_unknown", (0, "item"))]
    assert shop.refused(uninstall_stock, rows=[Removed(held.pk, None, 11)]) == [
        ("item_elsewhere", (0, "item")),
        ("stock_status_unknown", (0, "status")),
    ]
    assert shop.refused(transfer_stock, rows=[Transfer(module.pk, None)]) == [("item_not_on_hand", (0, "item"))]


def test_refuses_rows_that_together_go_round_in_a_circle(shop, radio):
    shop.switch_on("STOCK_ENFORCE_BOM_INSTALLATION", False)
    a, b, c = (shop.put("CASE", 1) for _ in range(3))
    rows = [Installation(a.pk, b.pk), Installation(b.pk, a.pk)]
    assert shop.refused(install_stock, rows=rows) == [("install_into_itself", (1, "into"))]
    rows = [Installation(a.pk, b.pk), Installation(b.pk, c.pk), Installation(c.pk, a.pk)]
    assert shop.refused(install_stock, rows=rows) == [("install_into_itself", (2, "into"))]
    install_stock(rows=rows[:2], **shop.by_bo)
    assert list(StockItem.objects.order_by("pk").filter(part=a.part).values_list("inside", flat=True)) == [
        b.pk,
        c.pk,
        None,
    ]
    shop.recount()


def test_what_went_into_another_container_meanwhile_comes_out_of_that(shop, radio, monkeypatch):
    module, other = shop.put("MODULE", 1, value="20.00"), shop.put(radio.part, 1, serial="R2", value="100.00")
    first = install_stock(rows=[Installation(module.pk, radio.pk)], **shop.by_bo)

    def after_it_went_elsewhere(ids, **options):
        monkeypatch.undo()
        reverse_event(event=first.event_id, reason="wrong radio", **shop.by_bo)
        install_stock(rows=[Installation(module.pk, other.pk)], **shop.by_bo)
        return lock_items(ids, **options)

    monkeypatch.setattr("outwork.ledger.holding.lock_items", after_it_went_elsewhere)
    uninstall_stock(rows=[Removed(module.pk, shop.location("Rack").pk)], **shop.by_bo)
    assert worths(radio, other, module) == [100, 100, 20]
    shop.recount()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, radio, count):
    items = shop.put_many("SCREW", 4, count, value="0.20")
    rows = [Installation(item.pk, radio.pk, 2) for item in items]
    with statements() as seen:
        done = install_stock(rows=rows, **shop.by_bo)
    assert seen == 13
    with statements() as seen:
        uninstall_stock(rows=[Removed(item, None) for item in done.ids], **shop.by_bo)
    assert seen == 18
    assert worths(radio) == [100]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_install_the_same_module_one_has_it(shop, at_once, radio):
    module, other = shop.put("MODULE", 1, value="20.00"), shop.put(radio.part, 1, serial="R2", value="100.00")
    results = at_once(
        *(
            lambda into=into: install_stock(rows=[Installation(module.pk, into.pk)], **shop.by_bo)
            for into in (radio, other)
        )
    )
    assert [one.codes for one in results if isinstance(one, Refusal)] == [["item_not_on_hand"]]
    assert sorted(worths(radio, other)) == [100, 120]
    shop.recount()
