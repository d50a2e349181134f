"""Components and sub-assemblies that two want at the same moment: each goes to one, and nobody waits in a circle."""

from __future__ import annotations

from functools import partial

import pytest

from outwork.models import Allocation, Build, BuildOutput
from outwork.operations.auto_allocating import auto_allocate
from outwork.operations.build_states import cancel_build
from outwork.operations.deciding import Decision, accept_outputs
from outwork.operations.fitting_components import Fit, fit_components
from outwork.operations.making_outputs import make_outputs
from outwork.operations.making_sub_builds import make_sub_builds
from outwork.rules.allocation import Components
from tests.scenarios.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def cores(shop, number):
    """A build of one core of a board each, in production."""
    build = shop.build(shop.assembly("CORE", {"BOARD": 1}, is_trackable=True), 1)
    make_outputs(build=build, units=1, serials=[f"C{number}"], **shop.by_bo)
    return build


def test_eight_units_want_one_component(shop):
    shop.part("BOARD", is_trackable=True)
    shop.put("BOARD", 1, serial="B1")
    builds = [cores(shop, number) for number in range(8)]
    done, refused = race(
        *(
            partial(fit_components, build=build, fits=[Fit(f"C{number}", "B1")], **shop.by_bo)
            for number, build in enumerate(builds)
        )
    )
    assert (len(done), len(refused)) == (1, 7)
    assert {code for one in refused for code in one.codes} == {"item_not_free"}
    assert Allocation.objects.count() == 1
    shop.recount()


def test_eight_units_of_one_serial_number_want_the_component_that_has_it(shop):
    """Each build has a unit 1; there is one board 1."""
    shop.part("BOARD", is_trackable=True)
    shop.put("BOARD", 1, serial="1")
    builds = []
    for number in range(8):
        core = shop.assembly(f"CORE-{number}", {"BOARD": 1}, is_trackable=True)
        builds.append(shop.build(core, 1))
        make_outputs(build=builds[-1], units=1, serials="1", **shop.by_bo)
    done, refused = race(
        *(partial(auto_allocate, build=build, components=Components.TRACKED, **shop.by_bo) for build in builds)
    )
    assert refused == []
    assert sum(bool(one.ids) for one in done) == 1
    assert Allocation.objects.count() == 1
    shop.recount()


def test_sub_builds_are_accepted_while_their_parent_is_cancelled(shop):
    """Whichever comes first: what is cancelled has nothing allocated."""
    for _ in range(4):
        boards = [shop.assembly(f"BOARD-{number}", {"R-10K": 1}) for number in range(3)]
        parent = shop.build(shop.assembly("DEVICE", {board.number: 1 for board in boards}), 1)
        make_sub_builds(build=parent, use_stock=False, **shop.by_ada)
        children = list(Build.objects.filter(parent=parent))
        for child in children:
            make_outputs(build=child, units=1, location=shop.location("Lab"), **shop.by_bo)
        outputs = {output.build_id: output.pk for output in BuildOutput.objects.filter(build__in=children)}
        race(
            partial(cancel_build, build=parent, **shop.by_ada),
            *(
                partial(accept_outputs, build=child, decisions=[Decision(outputs[child.pk])], **shop.by_bo)
                for child in children
            ),
        )
        assert not Allocation.objects.filter(build_line__build=parent).exists()
    shop.recount()
