"""Build orders: what they take over from part and BOM, and what cannot be built."""

import datetime
from decimal import Decimal

import pytest

from outwork.models import BomLine, BomSubstitute, Build, Event, Part, ProjectCode
from outwork.operations.build_states import cancel_build
from outwork.operations.creating_build import create_build
from outwork.operations.validating_bom import validate_bom
from outwork.rules.states import BuildStatus
from outwork.rules.supply import ConsumeWhen


@pytest.fixture
def board(shop):
    return shop.assembly("BOARD", {"R-10K": 4, "C-100N": 2.5}, is_trackable=True)


def needs(build):
    """What the lines of a build ask for: part, quantity for the whole build."""
    return [(line.part.number, line.quantity) for line in build.lines.select_related("part")]


def test_it_works(shop, board):
    done = create_build(part=board, quantity=40, title="First forty", **shop.by_ada)
    build = Build.objects.get(pk=done.ids[0])
    assert (build.reference, build.status, build.quantity) == ("BO-0001", BuildStatus.PENDING, 40)
    assert (build.is_external, build.manufacturer, build.consume) == (False, None, ConsumeWhen.FINISH)
    assert needs(build) == [("R-10K", 160), ("C-100N", 100)]
    assert done.data == {"reference": "BO-0001"}
    event = Event.objects.get(pk=done.event_id)
    assert (event.kind, event.actor, event.build, event.at) == ("build.created", shop.ada, build, shop.now)
    shop.recount()


def test_an_external_build_consumes_at_acceptance(shop, board):
    build = shop.external(board, 40)
    assert (build.is_external, build.manufacturer.name, build.consume) == (
        True,
        "Acme Assembly",
        ConsumeWhen.ACCEPTANCE,
    )
    assert shop.external(board, 40, consume=ConsumeWhen.FINISH).consume == ConsumeWhen.FINISH


def test_units_go_where_the_part_belongs_unless_told_otherwise(shop, board):
    board.default_location = shop.location("Boards")
    board.save()
    assert shop.build(board, 1).destination == shop.location("Boards")
    assert shop.build(board, 1, destination=shop.location("Lab")).destination == shop.location("Lab")


def test_lines_need_attrition_set_up_and_whole_reels(shop):
    board = shop.part("BOARD", is_assembly=True)
    facts = [
        {"rounding": 17},
        {"attrition": 5},
        {"attrition": 5, "setup": 10},
        {"attrition": 5, "setup": 10, "rounding": 25},
    ]
    for place, fact in enumerate(facts):
        values = {name: Decimal(value) for name, value in fact.items()}
        BomLine.objects.create(assembly=board, part=shop.part(f"R{place}"), quantity=3, position=place, **values)
    assert [need for _, need in needs(shop.build(board, 21))] == [68, Decimal("66.15"), Decimal("76.15"), 100]


def test_lines_are_what_is_fitted_and_real_with_what_is_inherited(shop):
    family = shop.assembly("FAMILY", {"R-10K": 1, "C-100N": 2})
    variant = shop.assembly("VARIANT", {"U-MCU": 1, "PASTE": 0.5, "DRAWING": 1, "SPARE": 1}, variant_of=family)
    BomLine.objects.filter(part__number="R-10K").update(is_inherited=True)
    BomLine.objects.filter(part__number="SPARE").update(is_fitted=False)
    for number, flags in {
        "DRAWING": {"is_virtual": True},
        "PASTE": {"is_consumable": True},
        "U-MCU": {"is_trackable": True},
    }.items():
        part = shop.part(number)
        for name, value in flags.items():
            setattr(part, name, value)
        part.save()
    build = shop.build(variant, 10)
    assert sorted(needs(build)) == [("PASTE", 5), ("R-10K", 10), ("U-MCU", 10)]
    assert build.lines.get(part__number="PASTE").is_consumable
    assert build.lines.get(part__number="U-MCU").is_tracked


def test_lines_copy_designators_flags_and_substitutes(shop, board):
    line = BomLine.objects.get(part__number="R-10K")
    line.designators, line.is_optional, line.allows_variants = "R1 R2 R3 R4", True, True
    line.save()
    for rank, number in enumerate(["R-10K-1%", "R-9K9"]):
        BomSubstitute.objects.create(bom_line=line, part=shop.part(number), rank=rank)
    copied = shop.build(board, 1).lines.get(part__number="R-10K")
    assert (copied.bom_line, copied.designators, copied.is_optional, copied.allows_variants) == (
        line,
        "R1 R2 R3 R4",
        True,
        True,
    )
    assert [one.part.number for one in copied.substitutes.all()] == ["R-10K-1%", "R-9K9"]
    assert copied.supply is None


def test_a_reference_given_by_hand_is_counted_on_from(shop, board):
    assert shop.build(board, 1, reference="BO-0042").reference == "BO-0042"
    assert shop.build(board, 1).reference == "BO-0043"


def test_a_fraction_of_what_is_not_counted_in_pieces_can_be_built(shop):
    glue = shop.assembly("GLUE", {"RESIN": 0.75})
    assert needs(shop.build(glue, "2.5")) == [("RESIN", Decimal("1.875"))]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (0, "quantity_not_positive"),
        (-3, "quantity_not_positive"),
        ("NaN", "number_invalid"),
        ("1e30", "quantity_too_large"),
        ("0.000001", "quantity_too_fine"),
        ("1.5", "quantity_not_whole"),
        (None, "number_invalid"),
    ],
)
def test_refuses_bad_quantities(shop, board, quantity, code):
    assert shop.refused(create_build, part=board, quantity=quantity) == [(code, ("quantity",))]
    assert not Build.objects.exists()


def test_refuses_more_than_the_lines_can_need(shop, board):
    assert shop.refused(create_build, part=board, quantity=900_000_000) == [("requirement_too_large", ())]


def test_refuses_what_is_no_assembly(shop):
    assert shop.refused(create_build, part=shop.part("R-10K"), quantity=1) == [("part_not_assembly", ("part",))]


@pytest.mark.parametrize(
    ("key", "code", "where"),
    [
        ("BUILDORDER_REQUIRE_ACTIVE_PART", "part_not_active", "part"),
        ("BUILDORDER_REQUIRE_LOCKED_PART", "part_not_locked", "part"),
        ("BUILDORDER_REQUIRE_VALID_BOM", "bom_not_valid", "part"),
        ("BUILDORDER_REQUIRE_RESPONSIBLE", "responsible_missing", "responsible"),
    ],
)
def test_what_the_company_asks_of_a_build(shop, board, key, code, where):
    Part.objects.filter(pk=board.pk).update(is_active=False)
    assert create_build(part=board, quantity=1, **shop.by_ada).ids
    shop.switch_on(key)
    assert shop.refused(create_build, part=board, quantity=1) == [(code, (where,))]
    Part.objects.filter(pk=board.pk).update(is_active=True, is_locked=True)
    validate_bom(parts=[board], **shop.by_ada)
    assert create_build(part=board, quantity=1, responsible=shop.ada, **shop.by_ada).ids
    BomLine.objects.filter(assembly=board).update(quantity=3)
    if key == "BUILDORDER_REQUIRE_VALID_BOM":
        assert shop.refused(create_build, part=board, quantity=1) == [(code, (where,))]


@pytest.mark.parametrize(("is_external", "key"), [(True, "EXTERNAL"), (False, "INTERNAL")])
@pytest.mark.parametrize("when", list(ConsumeWhen))
def test_the_company_says_when_builds_consume(shop, board, is_external, key, when):
    shop.switch_on(f"BUILDORDER_CONSUME_{key}", when.value)
    build = shop.external(board, 1) if is_external else shop.build(board, 1)
    assert build.consume == when


def test_project_link_and_what_it_feeds(shop, board):
    project = ProjectCode.objects.create(code="ROVER")
    parent = shop.build(board, 1)
    build = shop.build(board, 1, project_code=project, link="https://example.org", parent=parent, feeds_parent=True)
    assert (build.project_code, build.link, build.parent, build.feeds_parent) == (
        project, "https://example.org", parent, True
    )  # fmt: skip


def test_refuses_a_closed_project_and_a_parent_that_is_over(shop, board):
    closed = ProjectCode.objects.create(code="OLD", is_active=False)
    parent = shop.build(board, 1)
    cancel_build(build=parent, **shop.by_ada)
    parent.refresh_from_db()
    assert shop.refused(create_build, part=board, quantity=1, project_code=closed, parent=parent) == [
        ("parent_not_open", ("parent",)),
        ("project_not_active", ("project_code",)),
    ]
    assert shop.refused(create_build, part=board, quantity=1, feeds_parent=True) == [("parent_missing", ("parent",))]


def test_refuses_external_builds_while_they_are_switched_off(shop, board):
    assert shop.refused(create_build, part=board, quantity=1, is_external=True) == [
        ("external_builds_off", ("is_external",))
    ]


def test_refuses_an_external_build_of_what_cannot_be_bought(shop):
    shop.switch_on()
    board = shop.assembly("BOARD", {"R-10K": 1}, is_purchaseable=False)
    assert shop.refused(create_build, part=board, quantity=1, is_external=True) == [
        ("part_not_purchaseable", ("is_external",))
    ]
    create_build(part=board, quantity=1, **shop.by_ada)


def test_refuses_a_manufacturer_who_is_none(shop, board):
    shop.switch_on()
    dealer = shop.company("Dealer")
    customer = shop.company("Customer", is_supplier=False)
    request = {"part": board, "quantity": 1, "is_external": True}
    where = ("manufacturer",)
    assert shop.refused(create_build, **request, manufacturer=dealer) == [("company_not_manufacturer", where)]
    assert shop.refused(create_build, **request, manufacturer=customer) == [
        ("company_not_supplier", where),
        ("company_not_manufacturer", where),
    ]


def test_refuses_a_manufacturer_of_an_internal_build(shop, board):
    maker = shop.manufacturer()
    assert shop.refused(create_build, part=board, quantity=1, manufacturer=maker) == [
        ("manufacturer_of_internal_build", ("manufacturer",))
    ]


def test_refuses_dates_and_places_that_cannot_be(shop, board):
    structural = shop.location("Warehouse", is_structural=True)
    day = datetime.date(2026, 4, 1)
    assert shop.refused(
        create_build,
        part=board,
        quantity=1,
        start_date=day,
        target_date=day - datetime.timedelta(days=1),
        destination=structural,
    ) == [("dates_reversed", ("target_date",)), ("location_structural", ("destination",))]
    assert shop.build(board, 1, start_date=day, target_date=day).start_date == day


def test_refuses_a_reference_that_exists(shop, board):
    shop.build(board, 1, reference="BO-0042")
    request = {"part": board, "quantity": 1}
    assert shop.refused(create_build, **request, reference="BO-0042") == [("reference_used", ("reference",))]


def test_refuses_texts_that_are_too_long(shop, board):
    request = {"part": board, "quantity": 1}
    assert shop.refused(create_build, **request, title="x" * 101, batch="y" * 101) == [
        ("text_too_long", ("title",)),
        ("text_too_long", ("batch",)),
    ]


@pytest.mark.parametrize("priority", [-1, 2**31, 10**30, 1.5, None])
def test_refuses_a_priority_that_is_none(shop, board, priority):
    assert shop.refused(create_build, part=board, quantity=1, priority=priority) == [
        ("build_priority_invalid", ("priority",))
    ]


def test_refuses_a_time_to_consume_that_is_none(shop, board):
    assert shop.refused(create_build, part=board, quantity=1, consume="never") == [
        ("build_consume_unknown", ("consume",))
    ]


def test_takes_from_all_that_lies_in_a_structural_location(shop, board):
    warehouse = shop.location("Warehouse", is_structural=True)
    assert shop.build(board, 1, take_from=warehouse).take_from == warehouse
