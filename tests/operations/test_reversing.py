"""What was done is taken back exactly, or refused with every reason."""

from decimal import Decimal

import pytest

from outwork.models import Event, Movement, StockItem
from outwork.operations.adding_stock import More, NewStock, add_stock, add_to_stock
from outwork.operations.changing_stock import Change, change_stock
from outwork.operations.counting_stock import Counted, count_stock
from outwork.operations.moving_stock import Transfer, transfer_stock
from outwork.operations.removing_stock import Removal, remove_stock
from outwork.operations.splitting_stock import Split, split_stock
from outwork.operations.taking_back import reverse_event
from outwork.operations.writing_off_stock import write_off_stock
from outwork.rules.places import PlaceKind
from outwork.rules.refusals import Refusal


@pytest.fixture
def item(shop):
    return shop.put("R-10K", 30, batch="A", value="1.00")


@pytest.fixture
def second(shop):
    return shop.location("Second shelf")


def back(shop, done, **more):
    return reverse_event(event=done.event_id, **{"reason": "typing error", **shop.by_bo, **more})


def test_it_works(shop, item, second):
    before = shop.items()
    done = transfer_stock(rows=[Transfer(item.pk, second.pk, 7)], **shop.by_bo)
    undone = back(shop, done)
    assert shop.items()[:1] == before
    assert StockItem.objects.get(pk=done.ids[0]).place == PlaceKind.GONE
    event = Event.objects.get(pk=undone.event_id)
    assert (event.kind, event.reverses_id, event.reason) == ("stock.reversed", done.event_id, "typing error")
    first, second_movement = Movement.objects.filter(kind__in=["split", "reversed"]).order_by("pk")
    assert (second_movement.kind, second_movement.reverses_id) == ("reversed", first.pk)
    assert second_movement.value == first.value == Decimal("0.233333")
    shop.recount()


@pytest.mark.parametrize("value", ["1.00", None])
@pytest.mark.parametrize(
    "do",
    [
        lambda shop, item: add_to_stock(rows=[More(item.pk, 5, value=9)], **shop.by_bo),
        lambda shop, item: remove_stock(rows=[Removal(item.pk, 7)], **shop.by_bo),
        lambda shop, item: remove_stock(rows=[Removal(item.pk, 30)], **shop.by_bo),
        lambda shop, item: count_stock(rows=[Counted(item.pk, 23)], **shop.by_bo),
        lambda shop, item: count_stock(rows=[Counted(item.pk, 37)], **shop.by_bo),
        lambda shop, item: transfer_stock(rows=[Transfer(item.pk, None)], **shop.by_bo),
        lambda shop, item: split_stock(rows=[Split(item.pk, 7)], **shop.by_bo),
        lambda shop, item: write_off_stock(rows=[item.pk], **shop.by_bo),
        lambda shop, item: change_stock(rows=[Change(item.pk, {"status": 75, "batch": "B"})], **shop.by_bo),
    ],
)
def test_every_stock_operation_can_be_taken_back(shop, do, value):
    item = shop.put("R-10K", 30, batch="A", value=value)
    before = shop.items()
    back(shop, do(shop, item))
    assert shop.items()[:1] == before
    shop.recount()


def test_what_was_added_by_mistake_is_gone_and_its_serials_are_free(shop):
    board = shop.part("BOARD", is_trackable=True)
    done = add_stock(rows=[NewStock(board.pk, 3, serials="1-3", value=20)], **shop.by_bo)
    back(shop, done)
    assert not StockItem.objects.existing().exists()
    add_stock(rows=[NewStock(board.pk, 3, serials="1-3")], **shop.by_bo)
    shop.recount()


def test_an_empty_item_that_was_written_off_exists_again(shop, item):
    remove_stock(rows=[Removal(item.pk, 30)], **shop.by_bo)
    before = shop.items()
    back(shop, write_off_stock(rows=[item.pk], **shop.by_bo))
    assert shop.items() == before
    shop.recount()


def test_a_value_that_an_unknown_one_had_spoiled_is_known_again(shop, item):
    unknown = shop.put("R-10K", 10, batch="A")
    event = _merge(shop, unknown, item)
    item.refresh_from_db()
    assert (item.quantity, item.value) == (40, None)
    reverse_event(event=event, reason="wrong reel", **shop.by_bo)
    item.refresh_from_db()
    assert (item.quantity, item.value) == (30, 1)
    shop.recount()


def _merge(shop, source, target):
    """Pour one item into another, as only a posting can."""
    from outwork.ledger.held import lock_items
    from outwork.ledger.post import Posting
    from outwork.operations.recording import record
    from outwork.rules.places import Kind

    posting = Posting(record("stock.moved", **shop.by_bo), lock_items([source.pk, target.pk]))
    held = posting.held
    posting.split(held[source.pk], source.quantity, held[target.pk].where, into=held[target.pk], kind=Kind.MOVED)
    posting.write()
    return posting.event.pk


def test_allocations_follow_units_that_return(shop, item, second):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 20)
    shop.allocate(build.reference, item, 20)
    done = transfer_stock(rows=[Transfer(item.pk, second.pk, 15)], **shop.by_bo)
    back(shop, done)
    shop.expect(f"""
        R-10K   batch A   Main shelf   20   for {build.reference}
        R-10K   batch A   Main shelf   10
    """)
    shop.recount()


def test_refuses_what_went_on(shop, item, second):
    done = transfer_stock(rows=[Transfer(item.pk, second.pk)], **shop.by_bo)
    later = remove_stock(rows=[Removal(item.pk, 4)], **shop.by_bo)
    with pytest.raises(Refusal) as refusal:
        back(shop, done)
    (reason,) = refusal.value.reasons
    assert (reason.code, reason.params["quantity"], reason.params["later"]) == ("units_went_on", 4, later.event_id)
    back(shop, later)
    back(shop, done)
    shop.expect("R-10K   batch A   Main shelf   30")
    shop.recount()


def test_refuses_what_lies_elsewhere_is_allocated_or_gone(shop, item, second):
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 32)
    removed = remove_stock(rows=[Removal(item.pk, 4)], **shop.by_bo)
    added = add_to_stock(rows=[More(item.pk, 10)], **shop.by_bo)
    shop.allocate(build.reference, item, 32)
    assert refusals(shop, added) == [("units_allocated", {"allocated": 32, "left": 26})]
    transfer_stock(rows=[Transfer(item.pk, second.pk)], **shop.by_bo)
    assert refusals(shop, removed) == [("units_elsewhere", {"event": removed.event_id})]
    write_off_stock(rows=[item.pk], **shop.by_bo)
    assert refusals(shop, removed) == [("item_gone_since", {})]
    shop.recount()


def refusals(shop, done):
    before = (shop.movements(), shop.items())
    with pytest.raises(Refusal) as refusal:
        back(shop, done)
    assert (shop.movements(), shop.items()) == before
    return [
        (one.code, {name: value for name, value in one.params.items() if name != "item"})
        for one in refusal.value.reasons
    ]


def test_refuses_a_serial_that_was_given_again(shop):
    board = shop.part("BOARD", is_trackable=True)
    old = shop.put("BOARD", 1, serial="7")
    done = write_off_stock(rows=[old.pk], **shop.by_bo)
    changed = change_stock(rows=[Change(shop.put("BOARD", 1, serial="8").pk, {"serial": "9"})], **shop.by_bo)
    add_stock(rows=[NewStock(board.pk, serials=["7", "8"])], **shop.by_bo)
    assert refusals(shop, done) == [("serials_used", {"serials": ["7"]})]
    assert refusals(shop, changed) == [("serials_used", {"serials": ["8"]})]


def test_refuses_facts_that_changed_since(shop, item):
    done = change_stock(rows=[Change(item.pk, {"batch": "B"})], **shop.by_bo)
    change_stock(rows=[Change(item.pk, {"batch": "C"})], **shop.by_bo)
    assert refusals(shop, done) == [
        ("fact_changed_since", {"field": "batch", "now": "C", "was": "B", "event": done.event_id})
    ]


def test_refuses_twice_a_reversal_the_unknown_and_the_empty(shop, item):
    done = remove_stock(rows=[Removal(item.pk, 4)], **shop.by_bo)
    undone = back(shop, done)
    where = ("event",)
    request = {"reason": "no", "operation": reverse_event}
    assert shop.refused(event=done.event_id, **request) == [("event_reversed_already", where)]
    assert shop.refused(event=undone.event_id, **request) == [("event_is_reversal", where)]
    assert shop.refused(event=47110815, **request) == [("event_unknown", where)]
    same = count_stock(rows=[Counted(item.pk, 30)], **shop.by_bo)
    assert shop.refused(event=same.event_id, **request) == [("event_moved_nothing", where)]
    build = shop.build(shop.assembly("BOARD", {"R-10K": 1}), 1)
    created = Event.objects.get(build=build)
    assert shop.refused(event=created.pk, **request) == [("event_not_reversible", where)]
    assert shop.refused(reverse_event, event=done.event_id, reason=" ") == [("reversal_without_reason", ("reason",))]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_any_number(shop, statements, second, count):
    items = shop.put_many("R-10K", 5, count)
    done = transfer_stock(rows=[Transfer(item.pk, second.pk, 2) for item in items], **shop.by_bo)
    with statements() as seen:
        back(shop, done)
    assert seen == 11
    shop.recount()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_back_one_does(shop, item, at_once):
    done = remove_stock(rows=[Removal(item.pk, 4)], **shop.by_bo)
    outcomes = at_once(lambda: back(shop, done), lambda: back(shop, done, actor=shop.ada))
    codes = sorted(one.code if isinstance(one, Refusal) else "done" for one in outcomes)
    assert codes == ["done", "event_reversed_already"], outcomes
    item.refresh_from_db()
    assert item.quantity == 30
    shop.recount()
