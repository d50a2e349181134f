"""Link order lines to external builds; every case of a bad link has its own refusal (design section 5.3)."""

from __future__ import annotations

import pytest

from outwork.models import Build, Event, PurchaseLine, PurchaseOrder
from outwork.operations.adding_order_lines import NewLine, add_lines
from outwork.operations.build_states import cancel_build
from outwork.operations.creating_order import create_order
from outwork.operations.linking_lines import Link, link_lines
from outwork.operations.order_states import place_order
from outwork.operations.receiving import receive
from outwork.rules.receiving import Arrival
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus


def loose_line(shop, part, maker, quantity=10) -> PurchaseLine:
    """A line for a part that delivers no build."""
    order = PurchaseOrder.objects.get(pk=create_order(supplier=maker, **shop.by_ada).ids[0])
    done = add_lines(order=order, lines=[NewLine(shop.sells(maker, part).pk, quantity)], **shop.by_ada)
    return PurchaseLine.objects.select_related("order").get(pk=done.ids[0])


def test_it_works(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    line = loose_line(shop, board, build.manufacturer)
    link_lines(order=line.order, links=[Link(line.pk, build.pk)], **shop.by_ada)
    line.refresh_from_db()
    assert line.build_id == build.pk
    link_lines(order=line.order, links=[Link(line.pk, None)], **shop.by_ada)
    line.refresh_from_db()
    assert line.build_id is None


def test_linking_a_placed_line_issues_the_build(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    line = loose_line(shop, board, build.manufacturer)
    place_order(order=line.order, **shop.by_ada)
    link_lines(order=line.order, links=[Link(line.pk, build.pk)], **shop.by_ada)
    assert Build.objects.get(pk=build.pk).status == BuildStatus.PRODUCTION


def test_more_than_the_build_is_said(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    shop.ordered(build)
    line = loose_line(shop, board, build.manufacturer, 5)
    done = link_lines(order=line.order, links=[Link(line.pk, build.pk)], **shop.by_ada)
    assert done.said == [{"code": "build_overordered", "build": build.reference, "planned": "10", "ordered": "15"}]


def refused(shop, line, build) -> list[str]:
    events = Event.objects.count()
    with pytest.raises(Refusal) as refusal:
        link_lines(order=line.order, links=[Link(line.pk, build.pk if build else None)], **shop.by_ada)
    assert Event.objects.count() == events
    before = line.build_id
    line.refresh_from_db()
    assert line.build_id == before
    return refusal.value.codes


def test_refuses_with_the_setting_off(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    shop.switch_on(value=False)
    assert refused(shop, loose_line(shop, board, build.manufacturer), build) == ["external_builds_off"]


def test_refuses_an_internal_build(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    shop.switch_on()
    assert refused(shop, loose_line(shop, board, shop.manufacturer()), shop.build(board, 5)) == ["build_not_external"]


def test_refuses_a_cancelled_build(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    cancel_build(build=build, **shop.by_ada)
    assert refused(shop, loose_line(shop, board, build.manufacturer), build) == ["build_not_open"]


def test_refuses_another_part(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10)
    other = shop.assembly("OTHER", {"R-10K": 1})
    assert refused(shop, loose_line(shop, other, build.manufacturer), build) == ["build_of_another_part"]


def test_refuses_a_supplier_that_makes_nothing(shop):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    line = loose_line(shop, board, shop.company("Parts Shop"))
    assert refused(shop, line, build) == ["company_not_manufacturer"]


def test_refuses_to_unlink_what_came(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10, destination=shop.location("Main shelf"))
    line = shop.ordered(build)
    receive(order=line.order, arrivals=[Arrival(line.pk, 4)], **shop.by_bo)
    assert refused(shop, line, None) == ["line_received_already"]


def test_refuses_to_unlink_where_a_link_is_required(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10)
    line = shop.ordered(build)
    shop.switch_on("BUILDORDER_EXTERNAL_REQUIRED")
    assert refused(shop, line, None) == ["line_not_linked_to_build"]


def test_refuses_nothing_and_a_line_named_twice(shop):
    build = shop.external(shop.assembly("BOARD", {"R-10K": 1}), 10)
    line = loose_line(shop, build.part, build.manufacturer)
    assert shop.refused(link_lines, order=line.order, links=[]) == [("no_lines_named", ())]
    links = [Link(line.pk, build.pk), Link(line.pk, None)]
    assert shop.refused(link_lines, order=line.order, links=links) == [("line_named_twice", (1, "line"))]
    line.refresh_from_db()
    assert line.build_id is None


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_it_costs_the_same_for_one_and_for_many(shop, statements, count):
    board = shop.assembly("BOARD", {"R-10K": 1})
    build = shop.external(board, 10)
    order = PurchaseOrder.objects.get(pk=create_order(supplier=build.manufacturer, **shop.by_ada).ids[0])
    sold = shop.sells(build.manufacturer, board).pk
    done = add_lines(order=order, lines=[NewLine(sold, 1) for _ in range(count)], merge=False, **shop.by_ada)
    with statements() as seen:
        link_lines(order=order, links=[Link(pk, build.pk) for pk in done.ids], **shop.by_ada)
    assert seen == 10
