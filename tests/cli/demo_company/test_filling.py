"""Filling: only an empty company, all of it or nothing, on any day."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from outwork.cli.demo_company import stocking
from outwork.cli.demo_company.clock import Clock
from outwork.cli.demo_company.filling import fill, story
from outwork.cli.demo_company.script import Scene
from outwork.cli.demo_company.stage import Stage
from outwork.ledger.verify import verify
from outwork.models import Company, Event, Movement, Part, User
from outwork.rules.refusals import Refusal

pytestmark = pytest.mark.django_db


def silent(done: int, total: int, title: str) -> None:
    pass


def test_it_works_once() -> None:
    User.objects.create(username="somebody", is_superuser=True)  # users who are there do no harm
    heard: list[tuple[int, int]] = []
    first = fill(lambda done, total, title: heard.append((done, total)))
    count = Movement.objects.count()
    second = fill(silent)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.build_id == second.build_id
    assert Movement.objects.count() == count
    assert heard[0] == (0, len(story()))
    assert heard[-1] == (len(story()), len(story()))


@pytest.mark.parametrize(
    "days",
    [
        1,
        pytest.param(2, marks=pytest.mark.soak),
        pytest.param(3, marks=pytest.mark.soak),
        pytest.param(4, marks=pytest.mark.soak),
    ],
)
def test_it_works_on_other_days(days: int) -> None:
    fill(silent, now=timezone.now() - datetime.timedelta(days=days, hours=5 * days))
    assert verify() == []


def test_interrupted_it_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(stage: Stage) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stocking, "scenes", [*stocking.scenes, Scene(340, "The power fails", interrupt)])
    with pytest.raises(KeyboardInterrupt):
        fill(silent)
    assert [model.objects.count() for model in (Company, Part, Event, Movement, User)] == [0] * 5
    monkeypatch.undo()
    assert fill(silent).is_new


@pytest.mark.parametrize("what", ["company", "part", "login"])
def test_refuses_a_company_that_has_data(what: str) -> None:
    if what == "company":
        Company.objects.create(name="Somebody")
    elif what == "part":
        Part.objects.create(name="Something")
    else:
        User.objects.create(username="buyer")
    with pytest.raises(Refusal) as refusal:
        fill(silent)
    assert refusal.value.codes == ["company_not_empty"]
    assert Event.objects.count() == 0


@pytest.mark.parametrize("hour", [0, 7, 23])
def test_the_clock_goes_on_and_never_into_the_future(hour: int) -> None:
    now = datetime.datetime(2026, 3, 29, hour, 4, tzinfo=ZoneInfo("Europe/Berlin"))
    clock = Clock(now)
    moments = []
    for ago in (9, 3, 2, 1, 0):
        clock.ago = ago
        moments += [clock.moment(9, 30), clock.moment(8, 10)]
    assert moments == sorted(moments)
    assert moments[-1] <= now
    assert [clock.date(ago).weekday() < 5 for ago in range(-9, 9)] == [True] * 18
