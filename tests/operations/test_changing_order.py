"""What an order says about itself: people and sites of its supplier, who is responsible, and when it is locked."""

import datetime

import pytest

from outwork.models import Address, Contact, Event, ProjectCode, PurchaseOrder
from outwork.operations.changing_order import change_order
from outwork.operations.creating_order import create_order
from outwork.operations.order_states import cancel_order, complete_order
from tests.purchases import order_of


@pytest.fixture
def acme(shop):
    return shop.company("Acme", payment_terms="30 days net", incoterm="DAP")


@pytest.fixture
def order(shop, acme):
    return PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])


def change(shop, order, **changes):
    return change_order(order=order, changes=changes, **shop.by_ada)


def test_it_works(shop, order, acme):
    assert (order.payment_terms, order.incoterm) == ("30 days net", "DAP")
    contact = Contact.objects.create(company=acme, name="Cy")
    address = Address.objects.create(company=acme, title="Works")
    project = ProjectCode.objects.create(code="P-7")
    day = datetime.date(2026, 5, 1)
    done = change(
        shop,
        order,
        contact=contact,
        address=address,
        project_code=project,
        responsible=shop.ada,
        target_date=day,
        incoterm="EXW",
    )
    order.refresh_from_db()
    assert (order.contact, order.address, order.project_code, order.responsible) == (
        contact,
        address,
        project,
        shop.ada,
    )
    assert (order.target_date, order.incoterm, order.version) == (day, "EXW", 2)
    assert Event.objects.get(pk=done.event_id).data["changes"]["incoterm"] == ["DAP", "EXW"]
    shop.recount()


def test_refuses_people_and_sites_of_another_company(shop, order):
    other = shop.company("Other")
    contact = Contact.objects.create(company=other, name="Cy")
    address = Address.objects.create(company=other, title="Works")
    project = ProjectCode.objects.create(code="P-7", is_active=False)
    wrong = {"contact": contact, "address": address, "project_code": project}
    reasons = [
        ("contact_of_another", ("contact",)),
        ("address_of_another", ("address",)),
        ("project_not_active", ("project_code",)),
    ]
    assert shop.refused(change_order, order=order, changes=wrong) == reasons
    assert shop.refused(create_order, supplier=order.supplier, **wrong) == reasons


def test_refuses_what_is_no_fact_or_cannot_be(shop, order):
    assert shop.refused(change_order, order=order, changes={"status": 30}) == [("order_field_unknown", ("status",))]
    change(shop, order, target_date=datetime.date(2026, 5, 1))
    wrong = {"start_date": datetime.date(2026, 5, 2), "description": "x" * 251}
    assert shop.refused(change_order, order=order, changes=wrong) == [
        ("dates_reversed", ("target_date",)),
        ("text_too_long", ("description",)),
    ]


def test_somebody_is_responsible_where_the_setting_asks_for_it(shop, order, acme):
    change(shop, order, responsible=None)
    shop.switch_on("PURCHASEORDER_REQUIRE_RESPONSIBLE")
    missing = [("order_responsible_missing", ("responsible",))]
    assert shop.refused(create_order, supplier=acme) == missing
    assert shop.refused(change_order, order=order, changes={"responsible": None}) == missing
    create_order(supplier=acme, responsible=shop.ada, **shop.by_ada)
    change(shop, order, description="other facts may change")


def test_a_complete_order_is_locked_unless_the_setting_allows_it(shop):
    order, _ = order_of(shop, ("R-10K", 3, "12", "0"))
    complete_order(order=order, accept_incomplete=True, **shop.by_ada)
    assert shop.refused(change_order, order=order, changes={"note": "x"}) == [("order_locked", ())]
    shop.switch_on("PURCHASEORDER_EDIT_COMPLETED_ORDERS")
    change(shop, order, note="x")
    order.refresh_from_db()
    assert order.note == "x"


def test_refuses_orders_that_failed(shop, order):
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(change_order, order=order, changes={"note": "x"}) == [("wrong_state", ())]
