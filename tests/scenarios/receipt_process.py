"""A clerk in a process of its own, who can be killed: `python -m tests.scenarios.receipt_process TASK ...`.

`prepare N` makes N placed orders of a thousand boards and prints their ids, one line each. `receive ID` waits for
a line on its input, receives everything on the order and prints each SQL statement just before it is
executed. `look ID` prints, as JSON, what is there, what became of receiving the same again, and what is there then.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

UNITS = 1000


def main(task: str, argument: str) -> None:
    """Do one task on the installation in the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "outwork.config.settings"
    import django

    django.setup()
    {"prepare": prepare, "receive": receive_all, "look": look}[task](int(argument))


def prepare(count: int) -> None:
    """Make so many orders, each of its own build."""
    from tests.shop import Shop

    shop = Shop()
    board = shop.assembly("BOARD", {"R-10K": 2}, is_trackable=True, default_location=shop.location("Main shelf"))
    for _ in range(count):
        print(shop.ordered(shop.external(board, UNITS)).order_id)


def receive_all(order_id: int) -> None:
    """Receive everything, saying each statement before it is executed."""
    from django.db import connection

    def say(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        print(sql[:80], flush=True)
        return execute(sql, params, many, context)

    request = receipt(order_id)
    print("ready", flush=True)
    sys.stdin.readline()
    with connection.execute_wrapper(say):
        _receive(request)


def look(order_id: int) -> None:
    """What is there, the codes of a refusal to receive it (again), and what is there then."""
    from outwork.rules.refusals import Refusal

    before, codes = found(order_id), []
    try:
        _receive(receipt(order_id))
    except Refusal as refusal:
        codes = refusal.codes
    print(json.dumps([before, codes, found(order_id)]))


def receipt(order_id: int) -> dict[str, Any]:
    """The delivery: a thousand serial numbers of the order's own."""
    from outwork.models import PurchaseLine
    from outwork.rules.receiving import Arrival
    from tests.shop import Shop

    line = PurchaseLine.objects.select_related("order").get(order=order_id)
    first = order_id * UNITS
    arrival = Arrival(line.pk, UNITS, serials=f"{first}-{first + UNITS - 1}")
    return {"order": line.order, "arrivals": [arrival], **Shop().by_bo}


def found(order_id: int) -> list[int]:
    """Units received, stock items, movements, outputs and events of the order's delivery."""
    from outwork.models import BuildOutput, Event, Movement, PurchaseLine, StockItem

    line = PurchaseLine.objects.get(order=order_id)
    made = [model.objects.filter(purchase_line=line).count() for model in (StockItem, Movement, BuildOutput)]
    return [int(line.received), *made, Event.objects.filter(kind="order.received", order=order_id).count()]


def _receive(request: dict[str, Any]) -> None:
    from outwork.operations.receiving import receive

    receive(**request)


if __name__ == "__main__":
    main(*sys.argv[1:])
