"""Who supplies the lines of a build is stated, never inferred."""

from typing import cast

import pytest

from outwork.models import BomLine, Event, SupplyChoice
from outwork.operations import master_data
from outwork.operations.build_states import cancel_build
from outwork.operations.supplying import Choice, state_supply, supply_at, supply_everything
from outwork.rules.supply import Supply


@pytest.fixture
def build(shop):
    return shop.external(shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2, "U-MCU": 1}), 10)


def supplies(build):
    return list(build.lines.values_list("supply", flat=True))


def test_it_works(shop, build):
    first, second, _ = build.lines.all()
    done = state_supply(
        build=build, choices=[Choice(first.pk, Supply.WE_SEND), Choice(second.pk, Supply.THEY_BUY)], **shop.by_ada
    )
    assert supplies(build) == ["we send", "they buy", None]
    assert done.ids == [first.pk, second.pk]
    assert Event.objects.get(pk=done.event_id).data == {
        "choices": [
            {"line": first.pk, "supply": "we send", "manufacturer": None},
            {"line": second.pk, "supply": "they buy", "manufacturer": None},
        ]
    }
    state_supply(build=build, choices=[Choice(second.pk, None)], **shop.by_ada)
    assert supplies(build) == ["we send", None, None]
    shop.recount()


@pytest.mark.parametrize("supply", Supply)
def test_everything_at_once(shop, build, supply):
    supply_everything(build=build, supply=supply, **shop.by_ada)
    assert supplies(build) == [supply] * 3


def test_a_repeat_after_the_bom_changed_gets_the_first_answer(shop, build):
    request = {"build": build, "supply": Supply.WE_SEND, "key": "K1", **shop.by_ada}
    first = supply_everything(**request)
    part = shop.part("LED-RED")
    row = {"assembly": build.part_id, "part": part.pk, "quantity": 1, "position": 9}
    master_data.create(model=BomLine, rows=[row], **shop.by_ada)
    assert supply_everything(**request) == first
    assert supplies(build) == ["we send"] * 3 + [None]


def test_a_choice_for_one_manufacturer_goes_before_the_line(shop, build):
    other = shop.manufacturer("Best Boards")
    first, second, _ = build.lines.all()
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    choices = [Choice(first.pk, Supply.THEY_BUY, other.pk), Choice(second.pk, Supply.SHIPPED_DIRECT, other.pk)]
    state_supply(build=build, choices=choices, **shop.by_ada)
    state_supply(build=build, choices=[Choice(first.pk, Supply.ALREADY_THERE, other.pk)], **shop.by_ada)
    lines = list(build.lines.all())
    assert list(supply_at(lines, other.pk).values()) == ["already there", "shipped direct", "we send"]
    assert list(supply_at(lines, build.manufacturer_id).values()) == ["we send"] * 3
    assert SupplyChoice.objects.count() == 2


def test_a_line_may_be_stated_for_all_and_for_one_in_one_request(shop, build):
    line = build.lines.first()
    choices = [Choice(line.pk, Supply.WE_SEND), Choice(line.pk, Supply.THEY_BUY, build.manufacturer_id)]
    state_supply(build=build, choices=choices, **shop.by_ada)
    assert supply_at([line], build.manufacturer_id) == {line.pk: "they buy"}


def test_the_build_has_changed(shop, build):
    supply_everything(build=build, supply=Supply.WE_SEND, **shop.by_ada)
    version = build.version
    build.refresh_from_db()
    assert build.version == version + 1


def test_refuses_lines_of_other_builds_and_lines_named_twice(shop, build):
    other = shop.build(build.part, 1)
    line, strange = build.lines.first(), other.lines.first()
    choices = [Choice(strange.pk, None), Choice(47110815, None), Choice(line.pk, None), Choice(line.pk, Supply.WE_SEND)]
    assert shop.refused(state_supply, build=build, choices=choices) == [
        ("line_unknown", (0, "line")),
        ("line_unknown", (1, "line")),
        ("line_named_twice", (3, "line")),
    ]


def test_refuses_what_the_manufacturer_buys_while_ours_is_allocated(shop, build):
    item = shop.put("R-10K", 100)
    shop.allocate(build.reference, item, 40)
    line = build.lines.get(part=item.part)
    choices = [Choice(line.pk, Supply.THEY_BUY)]
    assert shop.refused(state_supply, build=build, choices=choices) == [("line_has_allocations", (0, "supply"))]
    state_supply(build=build, choices=[Choice(line.pk, Supply.ALREADY_THERE)], **shop.by_ada)


def test_refuses_a_way_or_a_manufacturer_that_is_none(shop, build):
    line = build.lines.first()
    choices = [Choice(line.pk, cast(Supply, "by pigeon")), Choice(line.pk, Supply.WE_SEND, 47110815)]
    assert shop.refused(state_supply, build=build, choices=choices) == [
        ("supply_unknown", (0, "supply")),
        ("company_unknown", (1, "manufacturer")),
    ]


def test_refuses_nothing(shop, build):
    assert shop.refused(state_supply, build=build, choices=[]) == [("no_lines_named", ())]


def test_refuses_internal_builds(shop, build):
    internal = shop.build(build.part, 1)
    choices = [Choice(internal.lines.first().pk, Supply.THEY_BUY)]
    assert shop.refused(state_supply, build=internal, choices=choices) == [("supply_of_internal_build", ())]


def test_refuses_builds_that_are_over(shop, build):
    cancel_build(build=build, **shop.by_ada)
    choices = [Choice(build.lines.first().pk, Supply.WE_SEND)]
    assert shop.refused(state_supply, build=build, choices=choices) == [("wrong_state", ())]
