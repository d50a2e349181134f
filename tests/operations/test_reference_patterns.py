"""Each kind of document is numbered as its setting says."""

import pytest

from outwork.models import Build, PurchaseOrder, SupplierReturn
from outwork.operations.creating_order import create_order
from outwork.operations.returning import ReturnRow, create_return
from outwork.rules.returning import ReturnPurpose
from tests.purchases import come, order_of


def a_build(shop):
    return [shop.build(shop.assembly("BOARD"), 1).pk]


def an_order(shop):
    return create_order(supplier=shop.company("Reichelt"), **shop.by_ada).ids


def a_return(shop):
    order, (line,) = order_of(shop, ("R-10K", 4, "1.00", "0"))
    (item,) = come(shop, order, (line, 4))
    return create_return(
        supplier=order.supplier,
        purpose=ReturnPurpose.CREDIT,
        rows=[ReturnRow(item, 4)],
        reason="Wrong reel",
        **shop.by_bo,
    ).ids


@pytest.mark.parametrize(
    ("make", "model", "key", "default"),
    [
        (a_build, Build, "BUILDORDER_REFERENCE_PATTERN", "BO-0001"),
        (an_order, PurchaseOrder, "PURCHASEORDER_REFERENCE_PATTERN", "PO-0001"),
        (a_return, SupplierReturn, "SUPPLIERRETURN_REFERENCE_PATTERN", "RT-0001"),
    ],
)
@pytest.mark.parametrize("is_set", [False, True])
def test_it_works(shop, make, model, key, default, is_set):
    if is_set:
        shop.switch_on(key, "{date:%Y}/{ref:03d}")
    (made,) = make(shop)
    assert model.objects.get(pk=made).reference == ("2026/001" if is_set else default)
