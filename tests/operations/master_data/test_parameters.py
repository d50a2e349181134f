"""Parameters and their templates: units, choices, yes and no; and what they may be said of."""

import pytest

from outwork.models import Category, Comment, Parameter, ParameterTemplate, Tag
from outwork.operations.master_data import change, create


@pytest.fixture
def resistance(make):
    return make(ParameterTemplate, name="Resistance", unit="ohm")


@pytest.fixture
def part(shop):
    return shop.part("R-10K")


@pytest.fixture
def say(make):
    """Say one parameter of something."""

    def said(subject, template, text, kind="part"):
        return make(Parameter, subject_kind=kind, subject_id=subject.pk, template=template, text=text)

    return said


def test_it_works(make, amend, say, part, resistance):
    made = say(part, resistance, " 4k7 ")
    assert (made.text, made.number) == ("4k7", 4700.0)
    made = amend(made, text="10 kohm")
    assert (made.text, made.number) == ("10 kohm", 10_000.0)
    dielectric = make(ParameterTemplate, name="Dielectric", choices=["X5R", " X7R "])
    assert dielectric.choices == ["X5R", "X7R"]
    assert say(part, dielectric, "x7r").text == "X7R"
    lead_free = make(ParameterTemplate, name="Lead free", is_checkbox=True)
    made = say(part, lead_free, "YES")
    assert (made.text, made.number) == ("true", 1.0)
    colour = make(ParameterTemplate, name="Colour")
    assert [(one.text, one.number) for one in (say(part, colour, "blue"),)] == [("blue", None)]
    assert amend(Parameter.objects.get(template=colour), text="7.5").number == 7.5


def test_they_are_said_of_six_kinds_of_things(shop, say, part, resistance):
    radio = shop.assembly("RADIO", {"R-10K": 1})
    line = shop.ordered(shop.external(radio, 5))
    things = {
        "part": part,
        "company": line.order.supplier,
        "supplier part": line.supplier_part,
        "build": line.build,
        "order": line.order,
    }
    for kind, thing in things.items():
        assert say(thing, resistance, "1", kind).subject_kind == kind
    assert Parameter.objects.count() == len(things)


def test_refuses_what_does_not_fit(shop, make, say, refusing, part, resistance):
    checkbox = make(ParameterTemplate, name="Lead free", is_checkbox=True)
    dielectric = make(ParameterTemplate, name="Dielectric", choices=["X5R", "X7R"])
    old = make(ParameterTemplate, name="Old", is_active=False)
    for template, text, code in (
        (resistance, "about ten", "measure_unreadable"),
        (resistance, "10 V", "measure_unit_incompatible"),
        (checkbox, "perhaps", "parameter_not_yes_or_no"),
        (dielectric, "NP0", "parameter_not_a_choice"),
        (old, "1", "template_inactive"),
        (resistance, " ", "value_missing"),
    ):
        assert refusing(say, part, template, text).code == code
    say(part, dielectric, "X5R")
    assert refusing(say, part, dielectric, "X7R").code == "exists_already"
    assert refusing(say, part, resistance, "1", "category").code == "subject_kind_unknown"
    gone = Category(pk=4711)
    assert refusing(say, gone, resistance, "1").code == "subject_unknown"
    moved = refusing(
        change,
        model=Parameter,
        rows=[{"id": Parameter.objects.get().pk, "subject_id": part.pk + 1}],
        **shop.by_ada,
    )
    assert moved.code == "field_fixed"


def test_refuses_a_template_that_cannot_be(make, amend, refusing, say, part, resistance):
    assert refusing(make, ParameterTemplate, name="RESISTANCE").code == "exists_already"
    assert refusing(make, ParameterTemplate, name="X", unit="parsnip").code == "template_unit_unknown"
    both = {"name": "X", "is_checkbox": True, "choices": ["a"]}
    assert refusing(make, ParameterTemplate, **both).code == "template_of_two_sorts"
    for choices in (["a", "A"], ["a,b"], ["a", ""], "a, b", [1], ["\x1b"]):
        assert refusing(make, ParameterTemplate, name="X", choices=choices).code == "list_invalid"
    say(part, resistance, "4k7")
    relied = refusing(amend, resistance, unit="V")
    assert (relied.code, relied.params["count"], relied.params["text"]) == ("template_relied_on", 1, "4k7")
    assert refusing(amend, resistance, choices=["1k", "2k"]).code == "template_relied_on"


def test_what_was_said_is_read_again_in_another_unit(shop, amend, say, part, resistance):
    short, full = say(part, resistance, "4k7"), say(shop.part("R-12K"), resistance, "12 kohm")
    resistance = amend(resistance, unit="kohm")
    assert list(Parameter.objects.order_by("pk").values_list("text", "number")) == [("4.7", 4.7), ("12 kohm", 12.0)]
    amend(resistance, unit="")
    assert list(Parameter.objects.order_by("pk").values_list("text", "number")) == [("4.7", 4.7), ("12 kohm", None)]
    assert (short.pk, full.pk) == tuple(Parameter.objects.order_by("pk").values_list("pk", flat=True))


def test_parameters_of_a_locked_part_stay(shop, make, amend, drop, refusing, say, part, resistance):
    said = say(part, resistance, "4k7")
    part = amend(part, is_locked=True)
    other = make(ParameterTemplate, name="Power", unit="W")
    assert refusing(say, part, other, "1/4 W").code == "part_facts_locked"
    assert refusing(amend, said, text="5k").code == "part_facts_locked"
    assert refusing(drop, said).code == "part_facts_locked"
    shop.switch_on("PART_ENABLE_LOCKING", False)
    amend(said, text="5k")
    drop(said)
    assert not Parameter.objects.exists()


def test_what_was_said_of_a_part_goes_with_it(shop, amend, drop, say, part, resistance):
    say(part, resistance, "4k7")
    company = shop.company("Acme")
    say(company, resistance, "1", "company")
    Tag.objects.create(subject_kind="part", subject_id=part.pk, word="smd")
    Comment.objects.create(subject_kind="part", subject_id=part.pk, text="Hm.", author=shop.ada, written_at=shop.now)
    amend(part, is_active=False)
    drop(part)
    assert (Parameter.objects.get().subject_kind, Tag.objects.count(), Comment.objects.count()) == ("company", 0, 0)


def test_a_template_in_use_is_not_removed(shop, drop, refusing, say, part, resistance):
    say(part, resistance, "4k7")
    assert refusing(drop, resistance).params["counts"] == {"parameters": 1}
    create(model=ParameterTemplate, rows=[{"name": "Resistance (hot)"}], **shop.by_ada)
