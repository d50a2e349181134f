"""Split a build and take things back from the command line."""

import pytest

from outwork.models import Build, Event
from outwork.rules.states import BuildStatus


@pytest.fixture
def build(shop, radio):
    """BO-0001: ten radios by Acme."""
    return shop.external(radio, 10, destination=shop.location("Lab"))


def test_split_to_a_second_manufacturer(shop, build, program):
    shop.sells(shop.manufacturer("Bolt Boards"), build.part)
    line = shop.ordered(build, 4)
    assert program("build", "split", "BO-0001", "4", "--line", f"{line.order.reference}/1", "--reason", "Slow") == [
        "BO-0002 at Acme Assembly is for 4 now, BO-0001 for 6.",
    ]
    line.refresh_from_db()
    assert line.build == Build.objects.get(reference="BO-0002")
    answer = program.json("build", "split", "BO-0001", "2", "--manufacturer", "Bolt Boards")
    assert answer["data"]["reference"] == "BO-0003"
    assert program("build", "split", "BO-0001", "1", "--inside") == ["BO-0004 is for 1 now, BO-0001 for 3."]
    assert program.codes("build", "split", "BO-0001", "3") == ["split_leaves_nothing"]
    assert program("build", "split", "BO-0001", "1", "--line", "nonsense", status=2)


def test_events_are_listed_and_taken_back(shop, build, program):
    shop.received(shop.ordered(build), 10)
    program("build", "accept", "BO-0001", "--all")
    program("build", "finish", "BO-0001", "--accept-unallocated")
    listed = program.json("build", "events", "BO-0001")
    kinds = [(one["kind"], one["can_be_taken_back"]) for one in listed]
    assert kinds[:3] == [("build.finished", True), ("build.outputs accepted", True), ("order.received", True)]
    assert ("build.created", False) in kinds
    finish, accept, receipt = [one["id"] for one in listed[:3]]
    assert program.codes("build", "reverse", "BO-0001", str(accept), "--reason", "Wrong") == [
        "units_wait_in_complete_build"
    ]
    back = program("build", "reverse", "BO-0001", str(finish), "--reason", "Too early")
    assert back == [f"Event {finish} of BO-0001 is taken back by event {Event.objects.latest('pk').pk}."]
    build.refresh_from_db()
    assert build.status == BuildStatus.PRODUCTION
    program("build", "reverse", "BO-0001", str(accept), "--reason", "Wrong")
    program("build", "reverse", "BO-0001", str(receipt), "--reason", "Wrong")
    text = program("build", "events", "BO-0001")
    assert "taken back by" in "\n".join(text)
    other = shop.put("R-10K", 5)
    stranger = Event.objects.filter(kind="stock.opened").latest("pk").pk
    assert other.pk
    assert program.codes("build", "reverse", "BO-0001", str(stranger), "--reason", "Wrong") == ["event_not_of_build"]
