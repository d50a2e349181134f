"""Purchase orders: from whom, in which currency, under which number."""

import datetime

from outwork.models import Event, PurchaseOrder
from outwork.operations.creating_order import create_order
from outwork.rules.states import OrderStatus


def test_it_works(shop):
    acme = shop.company("Acme", currency="USD")
    done = create_order(supplier=acme, description="First lot", **shop.by_ada)
    order = PurchaseOrder.objects.get(pk=done.ids[0])
    assert (order.reference, order.status, order.currency, order.supplier) == (
        "PO-0001",
        OrderStatus.DRAFT,
        "USD",
        acme,
    )
    assert (order.created_at, order.placed_at, done.data) == (shop.now, None, {"reference": "PO-0001"})
    assert Event.objects.get(pk=done.event_id).order == order
    shop.recount()


def test_another_currency_and_number_may_be_named(shop):
    done = create_order(supplier=shop.company("Acme"), currency="CHF", reference="PO-0100", **shop.by_ada)
    order = PurchaseOrder.objects.get(pk=done.ids[0])
    assert (order.reference, order.currency) == ("PO-0100", "CHF")
    assert create_order(supplier=shop.company("Acme"), **shop.by_ada).data == {"reference": "PO-0101"}


def test_refuses_companies_one_cannot_buy_from(shop):
    customer = shop.company("Customer", is_supplier=False, is_active=False)
    assert shop.refused(create_order, supplier=customer) == [
        ("company_not_supplier", ("supplier",)),
        ("supplier_not_active", ("supplier",)),
    ]


def test_refuses_what_cannot_be(shop):
    acme, day = shop.company("Acme"), datetime.date(2026, 4, 1)
    warehouse = shop.location("Warehouse", is_structural=True)
    assert shop.refused(
        create_order,
        supplier=acme,
        start_date=day,
        target_date=day - datetime.timedelta(days=1),
        destination=warehouse,
        supplier_reference="x" * 65,
        description="y" * 251,
    ) == [
        ("dates_reversed", ("target_date",)),
        ("location_structural", ("destination",)),
        ("text_too_long", ("supplier_reference",)),
        ("text_too_long", ("description",)),
    ]
    assert shop.refused(create_order, supplier=acme, currency="euro") == [("currency_code_invalid", ("currency",))]


def test_refuses_references_that_exist_or_do_not_fit(shop):
    acme = shop.company("Acme")
    create_order(supplier=acme, reference="PO-0007", **shop.by_ada)
    assert shop.refused(create_order, supplier=acme, reference="PO-0007") == [("reference_used", ("reference",))]
    assert shop.refused(create_order, supplier=acme, reference="Order 8") == [("reference_mismatch", ())]
    assert shop.refused(create_order, supplier=acme, reference=f"PO-{2**63}") == [("reference_number_too_large", ())]
    assert PurchaseOrder.objects.count() == 1
