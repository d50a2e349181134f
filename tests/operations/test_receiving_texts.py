"""Texts that come with a receipt: what a terminal would obey is not kept."""

from outwork.models import PurchaseOrder, StockItem
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival


def test_refuses_control_characters(shop):
    acme, shelf = shop.company("Acme"), shop.location("Main shelf")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    sold = [shop.sells(acme, shop.part("R-10K")).pk, shop.sells(acme, shop.part("MODULE", is_trackable=True)).pk]
    add_lines(order=order, lines=[NewLine(one, 20) for one in sold], **shop.by_ada)
    place_order(order=order, **shop.by_ada)
    order.refresh_from_db()
    resistors, modules = order.lines.order_by("pk")
    red = "a\x01\x1b[31mb"
    arrivals = [
        Arrival(resistors.pk, 1, batch=red, packaging=red),
        Arrival(modules.pk, 1, serials=red),
        Arrival(modules.pk, 1, serials=[red]),
    ]
    assert sorted(shop.refused(receive, order=order, arrivals=arrivals, location=shelf), key=lambda one: one[1]) == [
        ("text_invalid", (0, "batch")),
        ("text_invalid", (0, "packaging")),
        ("serial_invalid", (1, "serials")),
        ("serial_invalid", (2, "serials")),
    ]
    arrivals = [Arrival(resistors.pk, 1, note=red)]
    assert shop.refused(receive, order=order, arrivals=arrivals, location=shelf) == [("text_invalid", (0, "note"))]
    assert not StockItem.objects.exists()
