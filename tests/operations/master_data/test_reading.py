"""What a request may say of a field, by the kind of the field."""

import datetime

import pytest

from outwork.models import Parameter, ParameterTemplate, SupplierPart
from outwork.operations.master_data import NOUNS
from outwork.operations.master_data.reading import Reader
from outwork.rules.refusals import Reasons, Refusal

NUMBER = Parameter._meta.get_field("number")
SUBJECT = Parameter._meta.get_field("subject_id")
CHOICES = ParameterTemplate._meta.get_field("choices")
MOMENT = SupplierPart._meta.get_field("available_at")
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


def read(field, value):
    return Reader(NOUNS[Parameter], Reasons()).value(field, value, (0, field.name))


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (NUMBER, "4.5", 4.5),
        (NUMBER, 1e-12, 1e-12),
        (NUMBER, None, None),
        (SUBJECT, 2**62, 2**62),
        (CHOICES, [" a", "B "], ["a", "B"]),
        (CHOICES, (), []),
        (MOMENT, "2026-03-02T13:00+01:00", NOON),
        (MOMENT, NOON, NOON),
        (MOMENT, None, None),
    ],
)
def test_a_value_is_kept_as_its_field_keeps_it(field, value, kept):
    assert read(field, value) == kept


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (NUMBER, "four", "float_invalid"),
        (NUMBER, float("nan"), "float_invalid"),
        (NUMBER, "1e999", "float_invalid"),
        (NUMBER, True, "float_invalid"),
        (SUBJECT, 0, "integer_invalid"),
        (SUBJECT, 2**63, "integer_invalid"),
        (SUBJECT, "1.5", "integer_invalid"),
        (CHOICES, "a, b", "list_invalid"),
        (CHOICES, None, "value_missing"),
        (CHOICES, ["a", "a"], "list_invalid"),
        (CHOICES, [f"{number:0100}" for number in range(60)], "text_too_long"),
        (MOMENT, "2026-03-02T13:00", "time_invalid"),
        (MOMENT, "yesterday", "time_invalid"),
        (MOMENT, 5, "time_invalid"),
    ],
)
def test_refuses_what_the_field_cannot_hold(field, value, code):
    with pytest.raises(Refusal) as refusal:
        read(field, value)
    assert [one.code for one in refusal.value.reasons] == [code]
    assert str(refusal.value)
