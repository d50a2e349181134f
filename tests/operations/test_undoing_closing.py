"""A return that was closed by mistake is opened again, and what is away comes back."""

from typing import Any

from outwork.models import StockItem, SupplierReturn
from outwork.operations.coming_back import ComingBack, receive_back
from outwork.operations.returning import ReturnRow, close_return, create_return
from outwork.operations.taking_back import reverse_event
from outwork.rules.states import ReturnStatus
from tests.purchases import come, order_of


def test_it_works(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line, 100))
    rows = [ReturnRow(item, 40)]
    create_return(supplier=order.supplier, purpose="rework", reason="Bad", rows=rows, **shop.by_ada)
    document = SupplierReturn.objects.get()
    coming: dict[str, Any] = {
        "document": document,
        "rows": [ComingBack(document.lines.get().pk)],
        "location": shop.location("Lab"),
    }
    closed = close_return(document=document, reason="Lost", accept_missing=True, **shop.by_ada)
    assert shop.refused(receive_back, **coming) == [("wrong_state", ())]
    reverse_event(event=closed.event_id, reason="They found it", **shop.by_ada)
    document.refresh_from_db()
    assert (document.status, document.closed_at) == (ReturnStatus.SENT, None)
    receive_back(**coming, **shop.by_ada)
    assert StockItem.objects.get(location__name="Lab").quantity == 40
    shop.recount()


def test_refuses_what_changed_nothing_or_went_on(shop):
    order, (line,) = order_of(shop, ("R-10K", 100, "0.10", "0"))
    (item,) = come(shop, order, (line, 100))
    create_return(supplier=order.supplier, purpose="rework", reason="Bad", rows=[ReturnRow(item)], **shop.by_ada)
    document = SupplierReturn.objects.get()
    closing: dict[str, Any] = {"document": document, "reason": "Lost", "accept_missing": True}
    first, again = (close_return(**closing, **{**shop.by_ada, "key": key}) for key in "ab")
    assert shop.refused(reverse_event, event=again.event_id, reason="x") == [("event_moved_nothing", ("event",))]
    reverse_event(event=first.event_id, reason="They found it", **shop.by_ada)
    assert shop.refused(reverse_event, event=first.event_id, reason="x") == [("event_reversed_already", ("event",))]
    document.refresh_from_db()
    assert document.status == ReturnStatus.SENT
