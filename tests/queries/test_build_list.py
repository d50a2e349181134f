"""Which builds a list shows, and in which order."""

import datetime

import pytest

from outwork.models import Build, ProjectCode, Tag
from outwork.operations.build_states import cancel_build
from outwork.queries.build_list import ORDERS, BuildFilter, list_builds
from outwork.rules.refusals import Refusal
from outwork.rules.states import BuildStatus

TODAY = datetime.date(2026, 3, 2)


def day(number):
    return datetime.date(2026, 3, number)


@pytest.fixture
def builds(shop):
    """Four builds: a late one of ours, one due today outside, one part of the first, and a cancelled one that was late."""
    board = shop.assembly("BOARD", {"R-10K": 1})
    device = shop.assembly("DEVICE", {"BOARD": 1})
    rover = ProjectCode.objects.create(code="ROVER")
    first = shop.build(
        device,
        5,
        target_date=day(1),
        start_date=datetime.date(2026, 2, 1),
        priority=3,
        project_code=rover,
        title="Fair",
    )
    shop.external(board, 9, target_date=day(2), responsible=shop.bo)
    shop.build(board, 1, parent=first, target_date=day(9))
    last = shop.build(device, 2, target_date=day(1))
    cancel_build(build=last, **shop.by_ada)
    Tag.objects.create(subject_kind="build", subject_id=first.pk, word="urgent")
    Tag.objects.create(subject_kind="part", subject_id=last.pk, word="urgent")
    return {one.reference: one for one in Build.objects.all()}


def listed(order="reference", **wanted):
    rows = list_builds(today=TODAY, wanted=BuildFilter(**wanted), order=order)
    return [int(row.reference[-1]) for row in rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"statuses": {BuildStatus.CANCELLED}}, [4]),
        ({"is_external": True}, [2]),
        ({"is_overdue": True}, [1]),
        ({"is_overdue": False}, [2, 3, 4]),
        ({"has_project": True}, [1]),
        ({"has_project": False}, [2, 3, 4]),
        ({"has_target": False}, []),
        ({"target_from": day(2)}, [2, 3]),
        ({"target_until": day(1)}, [1, 4]),
        ({"start_from": datetime.date(2026, 1, 1)}, [1]),
        ({"start_until": datetime.date(2026, 1, 1)}, []),
        ({"priority_from": 3}, [1]),
        ({"tags": ["Urgent"]}, [1]),
        ({"tags": ["urgent", "other"]}, []),
        ({"text": "fair"}, [1]),
        ({"text": "board"}, [2, 3]),
        ({"text": "ROV"}, [1]),
        ({"text": "100%"}, []),
    ],
)
def test_what_is_wanted(builds, wanted, expected):
    assert listed(**wanted) == expected


def test_what_is_wanted_by_row(shop, builds):
    assert listed(part_id=shop.part("BOARD").pk) == [2, 3]
    assert listed(parent_id=builds["BO-0001"].pk) == [3]
    assert listed(manufacturer_id=shop.manufacturer().pk) == [2]
    assert listed(responsible_id=shop.bo.pk) == [2]
    assert listed(project_code_id=ProjectCode.objects.get().pk) == [1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("-reference", [4, 3, 2, 1]),
        ("quantity", [3, 4, 1, 2]),
        ("-priority", [1, 4, 3, 2]),
        ("target", [1, 4, 2, 3]),
        ("-target", [3, 2, 4, 1]),
        ("project", [1, 2, 3, 4]),
        ("-project", [1, 4, 3, 2]),
        ("start", [1, 2, 3, 4]),
        ("part", [2, 3, 1, 4]),
    ],
)
def test_the_order(builds, order, expected):
    """What has no value comes last, either way round."""
    assert listed(order) == expected


def test_every_order_works(builds):
    for order in ORDERS:
        assert len(listed(order)) == len(listed(f"-{order}")) == 4


def test_refuses_an_unknown_order(builds):
    with pytest.raises(Refusal) as refusal:
        listed("colour")
    assert refusal.value.codes == ["build_order_unknown"]
