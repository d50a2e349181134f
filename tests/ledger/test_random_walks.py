"""Whatever is done to stock in whatever order, the ledger bears out every number, and all of it can be taken back."""

import contextlib
import random
from decimal import Decimal

import pytest

from outwork.models import Event, StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.taking_back import reverse_event
from outwork.operations.writing_off_stock import write_off_stock
from outwork.rules.refusals import Refusal


@pytest.mark.parametrize("seed", range(8))
def test_it_works(shop, seed):
    chance = random.Random(seed)
    part = shop.part("R-10K")
    builds = [shop.build(shop.assembly(f"BOARD-{number}", {"R-10K": 100}), 100) for number in range(3)]
    places = [shop.location(name).pk for name in ("Main shelf", "Second shelf")] + [None]
    shop.put("R-10K", 1000, value="10.00")
    undone = 0
    for _ in range(60):
        items = list(StockItem.objects.on_hand().order_by("pk"))
        try:
            if chance.random() < 0.2:
                _allocate_something(shop, chance, items, chance.choice(builds))
            elif chance.random() < 0.3:
                events = Event.objects.filter(kind__startswith="stock.", reverses__isnull=True).order_by("-pk")[:6]
                reverse_event(event=chance.choice(list(events)).pk, reason="dice", **shop.by_bo)
                undone += 1
            else:
                _do_something(shop, chance, part, items, places)
        except Refusal:
            continue
        shop.recount()
    assert shop.movements() > 10
    assert undone


def test_what_was_done_is_taken_back_in_reverse(shop):
    chance = random.Random(7)
    part = shop.part("R-10K")
    places = [shop.location(name).pk for name in ("Main shelf", "Second shelf")] + [None]
    for value in ("10.00", None, "0.01"):
        shop.put("R-10K", 1000, value=value)
    before = shop.items()
    for _ in range(25):
        _do_something(shop, chance, part, list(StockItem.objects.on_hand().order_by("pk")), places)
    for event in Event.objects.filter(kind__startswith="stock.").order_by("-pk")[:25]:
        with contextlib.suppress(Refusal):  # nothing moved: a transfer to where it lay, a count of what was known
            reverse_event(event=event.pk, reason="all of it", **shop.by_bo)
    assert shop.items()[:3] == before
    assert StockItem.objects.on_hand().count() == 3
    shop.recount()


def _allocate_something(shop, chance, items, build):
    taken = set(build.lines.get().allocations.values_list("item", flat=True))
    free = [one for one in items if one.free > 0 and one.pk not in taken]
    if free:
        one = chance.choice(free)
        shop.allocate(build.reference, one, max(_some(chance, one.free), Decimal("0.00001")))


def _some(chance, most):
    return (most * Decimal(chance.randint(1, 100)) / 100).quantize(Decimal("0.00001"))


def _do_something(shop, chance, part, items, places):
    what = chance.choice(["add", "more", "remove", "count", "transfer", "part", "split", "write off"])
    value = chance.choice([None, Decimal("0.37"), Decimal("0.0011")])
    if what == "add" or not items:
        add_stock(rows=[NewStock(part.pk, chance.randint(1, 500), location=places[0], value=value)], **shop.by_bo)
        return
    chosen = chance.sample(items, min(len(items), chance.randint(1, 3)))
    rows = [(one.pk, _some(chance, one.quantity)) for one in chosen]
    place = chance.choice(places)
    if what == "more":
        add_to_stock(rows=[More(*row, value) for row in rows], **shop.by_bo)
    elif what == "remove":
        remove_stock(rows=[Removal(*row) for row in rows], **shop.by_bo)
    elif what == "count":
        count_stock(rows=[Counted(pk, quantity * chance.randint(0, 2)) for pk, quantity in rows], **shop.by_bo)
    elif what == "transfer":
        transfer_stock(rows=[Transfer(pk, place) for pk, _ in rows], **shop.by_bo)
    elif what == "part":
        transfer_stock(rows=[Transfer(pk, place, quantity) for pk, quantity in rows], **shop.by_bo)
    elif what == "split":
        smaller = [(pk, quantity / 2) for pk, quantity in rows]
        split_stock(rows=[Split(pk, quantity.quantize(Decimal("0.00001"))) for pk, quantity in smaller], **shop.by_bo)
    else:
        write_off_stock(rows=[rows[0][0]], **shop.by_bo)
