"""A part like another: what comes along, what stays behind, what it costs."""

from typing import Any

import pytest
from django.db import connection

from outwork.models import BomLine, BomSubstitute, Event, Parameter, ParameterTemplate, Part, TestTemplate
from outwork.operations.master_data import create
from outwork.operations.master_data.duplicating import duplicate_parts
from outwork.rules.refusals import Refusal


@pytest.fixture
def radio(shop):
    """A locked radio with a BOM, a substitute, a parameter, a test and a note."""
    radio = shop.assembly(
        "RADIO", {"R-10K": 4, "CASE": 1}, is_testable=True, is_locked=True, note="Careful.", revision="A"
    )
    line = BomLine.objects.get(part__number="R-10K")
    BomLine.objects.update(checksum="old")
    BomSubstitute.objects.create(bom_line=line, part=shop.part("R-10K-B"), approved_by="Cy")
    template = ParameterTemplate.objects.create(name="Band", choices=["FM", "AM"], is_active=False)
    Parameter.objects.create(subject_kind="part", subject_id=radio.pk, template=template, text="FM")
    Parameter.objects.create(subject_kind="company", subject_id=radio.pk, template=template, text="AM")
    TestTemplate.objects.create(part=radio, name="Leak Test", key="leaktest", choices=["low", "high"])
    return radio


def test_it_works(shop, radio):
    rows = [{"original": radio, "number": "RADIO-2", "name": "Second radio"}]
    done = duplicate_parts(rows=rows, **shop.by_ada)
    copy = Part.objects.get(pk=done.ids[0])
    assert (copy.number, copy.number_key, copy.name, copy.revision) == ("RADIO-2", "RADIO-2/", "Second radio", "")
    assert (copy.is_assembly, copy.is_testable, copy.is_locked, copy.note) == (True, True, False, "Careful.")
    lines = copy.bom_lines.values_list("part__number", "position", "quantity", "checksum")
    assert list(lines) == [("R-10K", 1, 4, ""), ("CASE", 2, 1, "")]
    substitute = BomSubstitute.objects.get(bom_line__assembly=copy)
    assert (substitute.part.number, substitute.approved_by) == ("R-10K-B", "Cy")
    assert [one.text for one in Parameter.objects.filter(subject_id=copy.pk)] == ["FM"]
    test = TestTemplate.objects.get(part=copy)
    assert (test.name, test.key, test.choices) == ("Leak Test", "leaktest", ["low", "high"])
    event = Event.objects.get()
    assert (event.kind, event.part, event.data["rows"]) == (
        "part.duplicated",
        copy,
        [{"id": copy.pk, "original": radio.pk}],
    )
    shop.recount()


def test_what_is_not_asked_for_stays_behind(shop, radio):
    rows = [{"original": radio.pk, "name": "Bare", "is_testable": False}]
    done = duplicate_parts(rows=rows, copy_bom=False, copy_parameters=False, copy_notes=False, **shop.by_ada)
    bare = Part.objects.get(pk=done.ids[0])
    assert (bare.note, bare.bom_lines.count(), TestTemplate.objects.filter(part=bare).count()) == ("", 0, 0)
    assert not Parameter.objects.filter(subject_id=bare.pk, subject_kind="part").exists()


def test_settings_say_what_comes_along(shop, radio):
    for key in ("PART_COPY_BOM", "PART_COPY_PARAMETERS", "PART_COPY_TESTS"):
        shop.switch_on(key, False)
    bare = Part.objects.get(pk=duplicate_parts(rows=[{"original": radio, "name": "Bare"}], **shop.by_ada).ids[0])
    assert (bare.bom_lines.count(), TestTemplate.objects.filter(part=bare).count()) == (0, 0)
    assert not Parameter.objects.filter(subject_id=bare.pk, subject_kind="part").exists()
    full = duplicate_parts(rows=[{"original": radio, "name": "Full"}], copy_bom=True, **shop.by_ada).ids[0]
    assert BomLine.objects.filter(assembly=full).count() == 2


def test_a_revision_is_a_copy_of_one_family(shop, radio):
    rows = [{"original": radio, "number": "RADIO", "revision": "B", "revision_of": radio}]
    copy = Part.objects.get(pk=duplicate_parts(rows=rows, **shop.by_ada).ids[0])
    assert (copy.number_key, copy.revision_of, copy.family) == ("RADIO/B", radio, radio)


def test_refuses_what_cannot_be_made_and_writes_nothing(shop, radio):
    before = (Part.objects.count(), BomLine.objects.count(), TestTemplate.objects.count())
    template = shop.part("TEMPLATE", is_template=True, is_testable=True)
    create(model=TestTemplate, rows=[{"part": template, "name": "leak test"}], **shop.by_ada)
    requests: dict[str, list[dict[str, Any]]] = {
        "original_unknown": [{"original": 4711, "name": "X"}, {"name": "Y"}],
        "exists_already": [{"original": radio, "number": "RADIO", "revision": "A"}],
        "test_known_in_family": [{"original": radio, "name": "Z", "variant_of": template}],
        "field_unknown": [{"original": radio, "name": "Z", "colour": "red"}],
        "rows_missing": [],
    }
    for code, rows in requests.items():
        with pytest.raises(Refusal) as refusal:
            duplicate_parts(rows=rows, **shop.by_ada)
        assert code in [one.code for one in refusal.value.reasons], code
        assert str(refusal.value)
    assert (Part.objects.count(), BomLine.objects.count(), TestTemplate.objects.count()) == (
        before[0] + 1,
        before[1],
        before[2] + 1,
    )
    assert not Event.objects.filter(kind="part.duplicated").exists()


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_costs_the_same_for_one_and_for_many(shop, radio, statements, count):
    rows = [{"original": radio, "name": f"Copy {number}"} for number in range(count)]
    with statements() as spent:
        duplicate_parts(rows=rows, **shop.by_ada)
    assert len(spent) - (connection.vendor == "postgresql") == 22, spent
