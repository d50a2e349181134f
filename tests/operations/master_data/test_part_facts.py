"""What hangs on parts: related ones, tests; and the small lists, types of location and project codes."""

import pytest

from outwork.models import Location, LocationType, Part, ProjectCode, RelatedPart, TestTemplate
from outwork.operations.master_data import create
from outwork.operations.master_data.testing import test_key as key_of
from outwork.rules.refusals import Refusal


def test_a_pair_of_parts_stands_once_whichever_way_round(shop, make, amend, refusing):
    first, second = shop.part("R-10K"), shop.part("R-12K")
    pair = make(RelatedPart, part=second, other=first, note="next value")
    assert (pair.part, pair.other) == (first, second)
    for part, other in ((first, second), (second, first)):
        assert refusing(make, RelatedPart, part=part, other=other).code == "exists_already"
    assert refusing(make, RelatedPart, part=first, other=first).code == "related_to_itself"
    assert amend(pair, note="").note == ""
    third = shop.part("R-15K")
    rows = [{"part": first, "other": third}, {"part": third, "other": first}]
    with pytest.raises(Refusal) as refusal:
        create(model=RelatedPart, rows=rows, **shop.by_ada)
    assert refusal.value.code == "twice_in_request"


def test_a_pair_goes_with_either_part(shop, make, amend, drop):
    first, second = shop.part("R-10K"), shop.part("R-12K")
    make(RelatedPart, part=first, other=second)
    drop(amend(second, is_active=False))
    assert not RelatedPart.objects.exists()


@pytest.mark.parametrize(
    ("name", "key"),
    [("Leak Test", "leaktest"), ("  LEAK-test_ ", "leaktest"), ("3,3 V rail", "33vrail"), ("Prüfung", "prüfung")],
)
def test_the_key_of_a_test_is_its_name_without_case_and_blanks(name, key):
    assert key_of(name) == key


def test_tests_are_of_testable_parts_and_known_once_in_a_family(shop, make, amend, refusing):
    template = make(Part, name="Radios", is_template=True, is_testable=True)
    radio = make(Part, name="Radio", is_testable=True, variant_of=template)
    plain = shop.part("PLAIN")
    test = make(TestTemplate, part=template, name="Leak Test", choices=["low", "high"])
    assert (test.key, test.is_required, test.choices) == ("leaktest", True, ["low", "high"])
    assert refusing(make, TestTemplate, part=plain, name="Leak Test").code == "part_not_testable"
    assert refusing(make, TestTemplate, part=template, name="leak-test").code == "exists_already"
    reason = refusing(make, TestTemplate, part=radio, name="LEAK TEST")
    assert (reason.code, reason.params) == ("test_known_in_family", {"part": "Radios", "name": "Leak Test"})
    own = make(TestTemplate, part=radio, name="Sound")
    assert refusing(make, TestTemplate, part=template, name="sound").code == "test_known_in_family"
    assert refusing(make, TestTemplate, part=radio, name="--").code == "test_key_missing"
    assert refusing(amend, own, key="x").code == "field_derived"
    assert amend(own, name="Sound check").key == "soundcheck"
    relied = refusing(amend, radio, is_testable=False)
    assert (relied.code, relied.params["reliers"]) == ("flag_relied_on", "test templates")


def test_tests_of_a_locked_part_stay(shop, make, amend, drop, refusing):
    radio = make(Part, name="Radio", is_testable=True)
    test = make(TestTemplate, part=radio, name="Sound")
    radio = amend(radio, is_locked=True)
    assert refusing(make, TestTemplate, part=radio, name="Light").code == "part_facts_locked"
    assert refusing(amend, test, is_required=False).code == "part_facts_locked"
    assert refusing(drop, test).code == "part_facts_locked"
    shop.switch_on("PART_ENABLE_LOCKING", False)
    drop(amend(test, is_required=False))
    assert not TestTemplate.objects.exists()


def test_types_of_location_and_project_codes_have_names_of_their_own(make, amend, drop, refusing):
    rack = make(LocationType, name="Reel rack")
    assert refusing(make, LocationType, name="reel RACK").code == "exists_already"
    place = make(Location, name="Rack 1", location_type=rack)
    assert refusing(drop, rack).params["counts"] == {"locations": 1}
    amend(place, location_type=None)
    drop(rack)
    code = make(ProjectCode, code="Y-26")
    assert refusing(make, ProjectCode, code="y-26").code == "exists_already"
    assert amend(code, code="y-26").code == "y-26"
    drop(code)
    assert (LocationType.objects.count(), ProjectCode.objects.count()) == (0, 0)
