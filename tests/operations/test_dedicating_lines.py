"""Saying which builds an order line is bought for, and what becomes of it when the line or the build changes."""

from decimal import Decimal

import pytest

from outwork.ledger import rows
from outwork.ledger.documents import lock_builds
from outwork.models import BomLine, Build, Demand, Event, Part
from outwork.operations import dedicating_lines
from outwork.operations.build_states import cancel_build
from outwork.operations.changing_order_lines import LineChange, change_lines, remove_lines
from outwork.operations.creating_build import create_build
from outwork.operations.dedicating_lines import Dedication, dedicate_lines
from outwork.operations.order_states import cancel_order
from outwork.queries.supply_demand import meant_for
from outwork.rules.states import BuildStatus
from tests.purchases import come, order_of


@pytest.fixture
def build(shop):
    return shop.build(shop.assembly("RADIO", {"R-10K": 4, "C-100N": 7}), 10)


@pytest.fixture
def target(build):
    return build.lines.get(part__number="R-10K").pk


@pytest.fixture
def ordered(shop):
    order, [line] = order_of(shop, ("R-10K", 100, "1.00", "0"))
    return order, line


def demands():
    return list(Demand.objects.order_by("pk").values_list("build_line", "quantity"))


def test_it_works(shop, build, target, ordered):
    order, line = ordered
    other = shop.build(build.part, 5).lines.get(part__number="R-10K").pk
    done = dedicate_lines(
        order=order, dedications=[Dedication(line, target, 40), Dedication(line, other, "20.5")], **shop.by_ada
    )
    assert done.ids == [line]
    assert demands() == [(target, 40), (other, Decimal("20.5"))]
    dedicate_lines(order=order, dedications=[Dedication(line, target, 10), Dedication(line, other, 0)], **shop.by_ada)
    assert demands() == [(target, 10)]
    assert meant_for([target, other]) == {target: {True: 10, False: 0}}
    shop.recount()


def test_refuses_a_build_that_was_cancelled_while_we_waited_for_it(shop, build, target, ordered, monkeypatch):
    order, line = ordered

    def lock_late(ids):
        wanted = list(ids)
        Build.objects.filter(pk=build.pk).update(status=BuildStatus.CANCELLED)
        return lock_builds(wanted)

    monkeypatch.setattr(dedicating_lines, "lock_builds", lock_late)
    dedications = [Dedication(line, target, 5)]
    assert shop.refused(dedicate_lines, order=order, dedications=dedications) == [("wrong_state", ())]
    assert demands() == []


def test_refuses_what_does_not_fit(shop, build, target, ordered):
    order, line = ordered
    wrong = build.lines.get(part__number="C-100N").pk
    refused = shop.refused(
        dedicate_lines,
        order=order,
        dedications=[
            Dedication(47110815, target, 1),
            Dedication(line, 47110815, 1),
            Dedication(line, wrong, 1),
            Dedication(line, target, -1),
            Dedication(line, target, 1),
            Dedication(line, target, 1),
        ],
    )
    assert refused == [
        ("line_not_on_order", (0, "line")),
        ("build_line_unknown", (1, "build_line")),
        ("part_does_not_fit_line", (2, "build_line")),
        ("quantity_negative", (3, "quantity")),
        ("dedication_named_twice", (5, "build_line")),
    ]
    assert shop.refused(dedicate_lines, order=order, dedications=[]) == [("rows_missing", ())]
    too_much = [Dedication(line, target, 101)]
    assert shop.refused(dedicate_lines, order=order, dedications=too_much) == [("dedicated_more_than_ordered", ())]
    cancel_build(build=build, **shop.by_ada)
    one = [Dedication(line, target, 1)]
    assert shop.refused(dedicate_lines, order=order, dedications=one) == [("wrong_state", ())]
    cancel_order(order=order, **shop.by_ada)
    assert shop.refused(dedicate_lines, order=order, dedications=one) == [("wrong_state", ())]
    assert demands() == []


def test_a_line_cut_below_what_it_is_for_gives_the_newest_less(shop, build, target, ordered):
    order, line = ordered
    other = shop.build(build.part, 5)
    second = other.lines.get(part__number="R-10K").pk
    meant = [Dedication(line, target, 40), Dedication(line, second, 20)]
    dedicate_lines(order=order, dedications=meant, **shop.by_ada)
    done = change_lines(order=order, changes=[LineChange(line, {"ordered": 50})], **shop.by_ada)
    assert demands() == [(target, 40), (second, 10)]
    assert {"code": "dedication_shrunk", "part": "R-10K", "build": other.reference, "quantity": "10"} in done.said
    change_lines(order=order, changes=[LineChange(line, {"ordered": 40})], **shop.by_ada)
    assert demands() == [(target, 40)]
    change_lines(order=order, changes=[LineChange(line, {"ordered": 90})], **shop.by_ada)
    assert demands() == [(target, 40)]


def test_a_line_taken_off_is_for_nobody_and_the_event_remembers(shop, target):
    order, [line, _] = order_of(shop, ("R-10K", 100, "1.00", "0"), ("C-100N", 1, "1.00", "0"))
    dedicate_lines(order=order, dedications=[Dedication(line, target, 40)], **shop.by_ada)
    done = remove_lines(order=order, lines=[line], **shop.by_ada)
    assert demands() == []
    [gone] = Event.objects.get(pk=done.event_id).data["lines"]
    assert gone["dedicated"] == [{"build_line": target, "quantity": "40"}]


def test_a_build_line_that_follows_the_bom_away_leaves_the_order_line_for_stock(shop, build, target, ordered):
    from outwork.operations.following_bom import follow_boms

    order, line = ordered
    dedicate_lines(order=order, dedications=[Dedication(line, target, 40)], **shop.by_ada)
    BomLine.objects.filter(part__number="R-10K").delete()
    event = Event.objects.latest("pk")
    follow_boms(Build.objects.filter(pk=build.pk), event)
    assert demands() == []


def test_what_came_is_no_longer_on_order_for_the_build(shop, target, ordered):
    order, line = ordered
    dedicate_lines(order=order, dedications=[Dedication(line, target, 40)], **shop.by_ada)
    come(shop, order, (line, 30))
    assert meant_for([target])[target][True] == 10
    cancel_order(order=order, **shop.by_ada)
    assert meant_for([target]) == {}


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, statements, count):
    top = shop.part("TOP", is_assembly=True)
    parts = Part.objects.bulk_create([Part(name=f"P{number}", number=f"P{number}") for number in range(count)])
    rows.insert(
        BomLine,
        ("assembly_id", "part_id", "position", "quantity"),
        [(top.pk, part.pk, place, Decimal(2)) for place, part in enumerate(parts, 1)],
    )
    build = Build.objects.get(pk=create_build(part=top, quantity=10, **shop.by_ada).ids[0])
    targets = dict(build.lines.values_list("part__number", "pk"))
    order, ids = order_of(shop, *((part.number, 50, "1.00", "0") for part in parts), placed=False)
    meant = [Dedication(line, targets[part.number], 20) for line, part in zip(ids, parts, strict=True)]
    with statements() as seen:
        dedicate_lines(order=order, dedications=meant, **shop.by_ada)
    assert seen == 10
    assert Demand.objects.count() == count
