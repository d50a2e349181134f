"""Extra costs corrected and taken off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from outwork.models import Event, ExtraLine
from outwork.operations.adding_extra_lines import NewExtra, add_extra_lines
from outwork.operations.changing_extra_lines import ExtraChange, change_extra_lines, remove_extra_lines
from outwork.operations.order_states import cancel_order
from outwork.rules.pricing import ExtraKind, SpreadMode
from tests.purchases import come, order_of, values

D = Decimal


@pytest.fixture
def came(shop):
    """Two lines of 10 at 1.00 and 3.00, all there; freight of 8.00 by value. Gives order, items and the extra line."""
    order, (first, second) = order_of(shop, ("BOARD", 10, "1.00", "0"), ("CABLE", 10, "3.00", "0"))
    ids = come(shop, order, (first, 10), (second, 10))
    (extra,) = add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "8.00")], **shop.by_ada).ids
    assert values(ids) == [D(12), D(36)]
    return order, ids, extra


def change(shop, order, extra, **facts):
    return change_extra_lines(order=order, changes=[ExtraChange(extra, facts)], **shop.by_ada)


def test_it_works(shop, came):
    order, ids, extra = came
    done = change(shop, order, extra, price="16.00")
    assert values(ids) == [D(14), D(42)]
    change(shop, order, extra, spread=SpreadMode.BY_QUANTITY, quantity=2, discount=50)
    assert values(ids) == [D(18), D(38)]
    found = ExtraLine.objects.get()
    assert (found.kind, found.price, found.quantity, found.discount) == ("freight", D(16), D(2), D(50))
    told = Event.objects.get(pk=done.event_id).data["changes"]
    assert (told[0]["before"]["price"], told[0]["facts"]) == ("8", ["price"])
    shop.recount()


def test_taken_off_it_is_borne_no_more(shop, came):
    order, ids, extra = came
    remove_extra_lines(order=order, extras=[extra], **shop.by_ada)
    assert values(ids) == [D(10), D(30)]
    assert not ExtraLine.objects.exists()
    shop.recount()


def test_refuses_what_cannot_be(shop, came):
    order, _, extra = came
    refused: list[tuple[dict[str, Any], tuple[str, tuple[Any, ...]]]] = [
        ({"price": "-1"}, ("price_negative", (0, "price"))),
        ({"spread": SpreadMode.ON_LINE}, ("extra_spread_needs_line", (0, "line"))),
        ({"kind": ExtraKind.CREDIT}, ("credit_positive_price", (0, "price"))),
        ({"colour": "red"}, ("extra_fact_unknown", (0, "colour"))),
    ]
    for facts, reason in refused:
        assert shop.refused(change_extra_lines, order=order, changes=[ExtraChange(extra, facts)]) == [reason]
    changes = [ExtraChange(pk, {}) for pk in (extra, extra, 999)]
    wrong = [("extra_named_twice", (1, "extra")), ("extra_not_on_order", (2, "extra"))]
    assert shop.refused(change_extra_lines, order=order, changes=changes) == wrong
    assert shop.refused(remove_extra_lines, order=order, extras=[extra, extra, 999]) == wrong
    assert shop.refused(change_extra_lines, order=order, changes=[]) == [("no_extras_named", ("extras",))]
    assert shop.refused(remove_extra_lines, order=order, extras=[]) == [("no_extras_named", ("extras",))]


def test_refuses_an_order_that_was_cancelled(shop):
    order, _ = order_of(shop, ("BOARD", 10, "1.00", "0"))
    (extra,) = add_extra_lines(order=order, extras=[NewExtra(ExtraKind.FREIGHT, "8.00")], **shop.by_ada).ids
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(remove_extra_lines, order=order, extras=[extra]) == [("wrong_state", ())]


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_statements_do_not_grow(shop, statements, count):
    order, _ = order_of(shop, ("BOARD", 10, "1.00", "0"))
    extras = [NewExtra(ExtraKind.FREIGHT, "8.00")] * count
    ids = add_extra_lines(order=order, extras=extras, **shop.by_ada).ids
    with statements() as seen:
        change_extra_lines(order=order, changes=[ExtraChange(pk, {"price": "1"}) for pk in ids], **shop.by_ada)
    assert seen == 7
    with statements() as seen:
        remove_extra_lines(order=order, extras=ids, **shop.by_ada)
    assert seen == 6
