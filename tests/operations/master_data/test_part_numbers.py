"""What the settings say of parts: marks of new ones, numbers, revisions, locks; and what customs ask."""

from decimal import Decimal

import pytest

from outwork.models import BomLine, BomSubstitute, Category, Part
from outwork.operations.copying_bom import copy_bom
from outwork.operations.master_data import create
from outwork.rules.refusals import Refusal


@pytest.mark.parametrize(
    ("key", "flag", "default"),
    [
        ("PART_ASSEMBLY", "is_assembly", False),
        ("PART_COMPONENT", "is_component", True),
        ("PART_PURCHASEABLE", "is_purchaseable", True),
        ("PART_SALABLE", "is_salable", False),
        ("PART_TEMPLATE", "is_template", False),
        ("PART_TRACKABLE", "is_trackable", False),
        ("PART_VIRTUAL", "is_virtual", False),
    ],
)
def test_a_new_part_has_the_marks_of_the_settings_unless_it_says_others(shop, make, key, flag, default):
    assert getattr(make(Part, name="A"), flag) is default
    shop.switch_on(key, not default)
    assert getattr(make(Part, name="B"), flag) is not default
    assert getattr(make(Part, name="C", **{flag: default}), flag) is default


def test_a_new_part_is_found_by_the_words_of_its_category(make):
    category = make(Category, name="Resistors", default_keywords="ohm smd")
    assert make(Part, name="A", category=category).keywords == "ohm smd"
    assert make(Part, name="B", category=category, keywords="").keywords == ""


def test_a_number_is_of_one_part_unless_the_setting_lets_two_have_it(shop, make, amend, refusing):
    first = make(Part, number="R-10K", name="First")
    assert refusing(make, Part, number="R-10K", name="Second").code == "part_number_used"
    make(Part, number="R-10K", name="First", revision="B")
    shop.switch_on("PART_ALLOW_DUPLICATE_IPN")
    second = make(Part, number="R-10K", name="Second")
    assert (first.number_key, second.number_key) == ("R-10K/", None)
    rows = [{"number": "C-1", "name": name} for name in ("Third", "Fourth")]
    create(model=Part, rows=rows, **shop.by_ada)
    keys = Part.objects.filter(number="C-1").order_by("pk").values_list("number_key", flat=True)
    assert list(keys) == ["C-1/", None]
    assert amend(second, number="R-11K").number_key == "R-11K/"
    assert refusing(make, Part, number="R-10K", name="First").code == "exists_already"


def test_numbers_look_as_the_setting_says(shop, make, amend, refusing):
    shop.switch_on("PART_IPN_REGEX", r"[A-Z]+-\d{3}")
    assert make(Part, number="R-100", name="A").number == "R-100"
    assert make(Part, name="B").number == ""
    reason = refusing(make, Part, number="R-1000", name="C")
    assert (reason.code, reason.params["pattern"]) == ("part_number_malformed", r"[A-Z]+-\d{3}")
    assert refusing(amend, Part.objects.get(name="A"), number="x").code == "part_number_malformed"


def test_numbers_stay_where_the_setting_says_so(shop, make, amend, refusing):
    part, bare = make(Part, number="R-100", name="A"), make(Part, name="B")
    assert amend(part, number="R-101").number == "R-101"
    shop.switch_on("PART_ALLOW_EDIT_IPN", False)
    assert refusing(amend, part, number="R-102").code == "part_number_stays"
    assert amend(part, name="C", number="R-101").name == "C"
    assert amend(bare, number="R-200").number == "R-200"


def test_revisions_follow_the_settings(shop, make, refusing):
    plain, board = make(Part, name="Plain"), make(Part, name="Board", is_assembly=True)
    make(Part, name="Plain", revision="B", revision_of=plain)
    shop.switch_on("PART_REVISION_ASSEMBLY_ONLY")
    make(Part, name="Board", revision="B", revision_of=board, is_assembly=True)
    reason = refusing(make, Part, name="Plain", revision="C", revision_of=plain)
    assert reason.code == "revision_of_component"
    shop.switch_on("PART_ENABLE_REVISION", False)
    assert refusing(make, Part, name="Board", revision="C", revision_of=board).code == "revisions_off"
    make(Part, name="Other", revision="C")


def test_the_bom_of_a_locked_part_changes_only_where_a_lock_is_a_mark(shop, make, amend, drop, refusing):
    board = shop.assembly("BOARD", {"R-10K": 2})
    line = BomLine.objects.get()
    substitute = make(BomSubstitute, bom_line=line, part=shop.part("R-10K-B"))
    board = amend(board, is_locked=True)
    for operate, arguments, values in (
        (amend, [line], {"quantity": 3}),
        (drop, [line], {}),
        (drop, [substitute], {}),
        (amend, [substitute], {"rank": 3}),
        (make, [BomLine], {"assembly": board, "part": shop.part("C-1"), "quantity": 1}),
        (make, [BomSubstitute], {"bom_line": line, "part": shop.part("C-1")}),
    ):
        assert refusing(operate, *arguments, **values).code == "bom_locked"
    amend(board, is_active=False)
    assert "part_locked" in {refusing(drop, shop.part("LOCKED", is_locked=True, is_active=False)).code}
    shop.switch_on("PART_ENABLE_LOCKING", False)
    amend(line, quantity=3)
    amend(substitute, rank=3)
    drop(substitute)
    drop(line)
    drop(board)
    assert not Part.objects.filter(number="BOARD").exists()


def test_customs_and_weight(make, refusing):
    made = make(Part, name="A", origin_country="cn", harmonised_code="8533.21 00", weight="0.25")
    assert (made.origin_country, made.harmonised_code, made.weight) == ("CN", "8533.21 00", Decimal("0.25"))
    assert refusing(make, Part, name="B", origin_country="XX").code == "country_unknown"
    assert refusing(make, Part, name="B", origin_country="DEU").code == "text_too_long"
    assert refusing(make, Part, name="B", harmonised_code="85a").code == "harmonised_code_invalid"
    assert refusing(make, Part, name="B", weight="0").code == "quantity_not_positive"


def test_the_stage_is_one_of_three(make, amend, refusing):
    part = make(Part, name="A")
    assert part.stage == "released"
    assert amend(part, stage="obsolete").stage == "obsolete"
    reason = refusing(amend, part, stage="forgotten")
    assert (reason.code, reason.params["choices"]) == ("choice_invalid", ["prototype", "released", "obsolete"])
    assert refusing(make, Part, name="B", image=1).code == "field_derived"


def test_a_lock_that_is_a_mark_lets_a_bom_be_copied_onto_the_part(shop):
    source = shop.assembly("SOURCE", {"R-10K": 2})
    target = shop.assembly("TARGET", is_locked=True)
    with pytest.raises(Refusal) as refusal:
        copy_bom(source=source, target=target, **shop.by_ada)
    assert refusal.value.code == "bom_locked"
    assert not target.bom_lines.exists()
    shop.switch_on("PART_ENABLE_LOCKING", False)
    copy_bom(source=source, target=target, **shop.by_ada)
    assert target.bom_lines.count() == 1
