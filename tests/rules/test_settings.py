"""What a setting may be."""

import pytest

from outwork.rules.refusals import Refusal
from outwork.rules.settings import SETTINGS, setting

READ = [
    ("BUILDORDER_EXTERNAL_BUILDS", "Yes", True),
    ("BUILDORDER_EXTERNAL_BUILDS", False, False),
    ("PURCHASEORDER_OVERRECEIPT_TOLERANCE", "2.50", "2.5"),
    ("STOCK_STALE_DAYS", "30", 30),
    ("ATTACHMENT_MAX_MB", 1000, 1000),
    ("CLOSED_UNTIL", " 2026-03-31 ", "2026-03-31"),
    ("CLOSED_UNTIL", "", ""),
    ("TIME_ZONE", "Europe/Berlin", "Europe/Berlin"),
    ("PART_IPN_REGEX", r"[A-Z]+-\d{4}", r"[A-Z]+-\d{4}"),
    ("BASE_URL", "https://outwork.example.com/", "https://outwork.example.com"),
    ("BASE_URL", "", ""),
    ("BUILDORDER_CONSUME_EXTERNAL", "finish", "finish"),
]
REFUSED = [
    ("BUILDORDER_EXTERNAL_BUILDS", "maybe", "setting_not_boolean"),
    ("PURCHASEORDER_OVERRECEIPT_TOLERANCE", "101", "setting_not_a_percentage"),
    ("PURCHASEORDER_OVERRECEIPT_TOLERANCE", "NaN", "setting_not_a_percentage"),
    ("STOCK_STALE_DAYS", "-1", "setting_not_a_number"),
    ("STOCK_STALE_DAYS", "1.5", "setting_not_a_number"),
    ("STOCK_STALE_DAYS", True, "setting_not_a_number"),
    ("ATTACHMENT_MAX_MB", 0, "setting_not_a_number"),
    ("CLOSED_UNTIL", "31.3.2026", "setting_not_a_day"),
    ("TIME_ZONE", "Mars/Base", "setting_not_a_time_zone"),
    ("BASE_CURRENCY", "Euro", "setting_not_a_currency"),
    ("PART_IPN_REGEX", "[A-Z", "setting_not_an_expression"),
    ("BASE_URL", "outwork.example.com", "setting_not_an_address"),
    ("BUILDORDER_CONSUME_EXTERNAL", "never", "setting_not_a_choice"),
    ("COMPANY_NAME", "x" * 201, "setting_too_long"),
    ("BUILDORDER_REFERENCE_PATTERN", "BO-{nonsense}", "pattern_unknown_field"),
]


@pytest.mark.parametrize(("key", "given", "value"), READ)
def test_reads_what_people_type(key, given, value) -> None:
    assert setting(key).read(key, given) == value


@pytest.mark.parametrize(("key", "given", "code"), REFUSED)
def test_refuses_what_is_no_value(key, given, code) -> None:
    with pytest.raises(Refusal) as refused:
        setting(key).read(key, given)
    assert refused.value.codes == [code]
    assert refused.value.reasons[0].text()


@pytest.mark.parametrize("key", SETTINGS)
def test_a_default_is_a_value_and_is_explained(key) -> None:
    one = setting(key)
    assert one.read(key, one.default) == one.default
    assert one.key == key
    assert one.group
    assert one.name
    assert one.help.endswith((".", "outwork.example.com"))


def test_refuses_a_setting_that_is_unknown() -> None:
    with pytest.raises(Refusal) as refused:
        setting("NO_SUCH")
    assert refused.value.codes == ["setting_unknown"]
