"""Order again what was ordered before."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import PurchaseLine, PurchaseOrder, SupplierPart
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.creating_order import create_order
from outwork.operations.duplicating_order import duplicate_order
from outwork.operations.order_states import cancel_order
from outwork.operations.promising import DateChange, state_dates
from outwork.rules.saying import sentence
from outwork.rules.states import OrderStatus
from tests.purchases import order_of


def copy_of(done):
    return PurchaseOrder.objects.get(pk=done.ids[0])


def test_it_works(shop):
    """Semantics G8: the copy delivers no build; it has received nothing and no dates."""
    build = shop.external(shop.assembly("BOARD", {"R-10K": 4}), 10)
    line = shop.ordered(build, price="11.50")
    shelf = shop.location("Main shelf")
    PurchaseLine.objects.filter(pk=line.pk).update(destination=shelf, discount=5, reference="L1")
    promised = [DateChange(line.pk, "promised", datetime.date(2026, 5, 1), supplier_confirmation="AB-1")]
    state_dates(order=line.order, changes=promised, **shop.by_ada)
    shop.received(line, 4)
    done = duplicate_order(order=line.order, **shop.by_ada)
    order, [copy] = copy_of(done), copy_of(done).lines.all()
    assert (order.reference, order.status, order.supplier, order.target_date) == (
        "PO-0002",
        OrderStatus.DRAFT,
        build.manufacturer,
        None,
    )
    assert (copy.ordered, copy.price, copy.discount, copy.destination, copy.reference) == (
        10,
        Decimal("11.50"),
        5,
        shelf,
        "L1",
    )
    assert (copy.build, copy.received, copy.requested_date, copy.promised_date, copy.supplier_confirmation) == (
        None,
        0,
        None,
        None,
        "",
    )
    assert [sentence(one) for one in done.said] == [
        "The lines are not linked to BO-0001: link them if they are to deliver them again"
    ]
    assert done.data == {"reference": "PO-0002", "lines": [copy.pk]}
    shop.recount()


def test_extra_lines_come_along_if_asked_for(shop):
    order, [line, _] = order_of(shop, ("R-10K", 3, "12", "0"), ("C-100N", 3, "12", "0"))
    extras = [NewExtra("freight", "30"), NewExtra("stencil", "90", spread="on_line", line_id=line)]
    add_extra_lines(order=order, extras=extras, **shop.by_ada)
    assert not copy_of(duplicate_order(order=order, **shop.by_ada)).extra_lines.exists()
    copy = copy_of(duplicate_order(order=order, copy_extra_lines=True, **shop.by_ada))
    freight, stencil = copy.extra_lines.order_by("position")
    assert (freight.kind, freight.price, stencil.kind, stencil.line.part.number) == ("freight", 30, "stencil", "R-10K")
    assert stencil.line.order == copy
    empty = copy_of(duplicate_order(order=order, copy_lines=False, copy_extra_lines=True, **shop.by_ada))
    assert (empty.lines.count(), [one.kind for one in empty.extra_lines.all()]) == (0, ["freight"])


def test_what_is_not_sold_any_more_is_left_out_and_said(shop):
    order, _ = order_of(shop, ("R-10K", 3, "12", "0"), ("C-100N", 3, "12", "0"))
    cancel_order(order=order, **shop.by_ada)
    SupplierPart.objects.filter(part__number="R-10K").update(is_active=False)
    done = duplicate_order(order=order, **shop.by_ada)
    assert [line.part.number for line in copy_of(done).lines.all()] == ["C-100N"]
    assert [one["code"] for one in done.said] == ["line_left_out"]


def test_refuses_a_supplier_one_cannot_buy_from(shop):
    order, _ = order_of(shop, ("R-10K", 3, "12", "0"))
    order.supplier.is_active = False
    order.supplier.save()
    assert shop.refused(duplicate_order, order=order) == [("supplier_not_active", ("supplier",))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, count):
    acme = shop.company("Acme")
    order = PurchaseOrder.objects.get(pk=create_order(supplier=acme, **shop.by_ada).ids[0])
    sold = shop.sells(acme, shop.part("R-10K")).pk
    add_lines(order=order, lines=[NewLine(sold, 1)] * count, merge=False, **shop.by_ada)
    with statements() as seen:
        done = duplicate_order(order=order, copy_extra_lines=True, **shop.by_ada)
    assert seen == 13
    assert copy_of(done).lines.count() == count
