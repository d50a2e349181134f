"""Settings: set, checked by the registry, put back, and kept in the history."""

import datetime

import pytest
from django.utils import timezone

from outwork.models import Event, InternalPrice, Setting
from outwork.operations.master_data import create
from outwork.operations.settings import set_settings
from outwork.queries.costs import build_cost
from outwork.queries.settings import all_settings, get
from outwork.rules.refusals import Refusal
from outwork.rules.settings import SETTINGS


def test_it_works(shop):
    done = set_settings(
        values={"BUILDORDER_EXTERNAL_BUILDS": "on", "PURCHASEORDER_OVERRECEIPT_TOLERANCE": "2.50"}, **shop.by_ada
    )
    assert get("BUILDORDER_EXTERNAL_BUILDS") is True
    assert get("PURCHASEORDER_OVERRECEIPT_TOLERANCE") == "2.5"
    assert Event.objects.get(pk=done.event_id).data == {
        "BUILDORDER_EXTERNAL_BUILDS": [False, True],
        "PURCHASEORDER_OVERRECEIPT_TOLERANCE": ["0", "2.5"],
    }
    set_settings(values={"BUILDORDER_EXTERNAL_BUILDS": None}, **shop.by_ada)
    assert list(Setting.objects.values_list("key", flat=True)) == ["PURCHASEORDER_OVERRECEIPT_TOLERANCE"]


def test_refuses_every_bad_value_at_once(shop):
    values = {"NO_SUCH": 1, "BASE_CURRENCY": "Euro", "TIME_ZONE": "Mars/Base", "BUILDORDER_EXTERNAL_BUILDS": "maybe"}
    with pytest.raises(Refusal) as refused:
        set_settings(values={**values, "COMPANY_NAME": "Acme"}, **shop.by_ada)
    assert [(one.code, one.where) for one in refused.value.reasons] == [
        ("setting_unknown", ("NO_SUCH",)),
        ("setting_not_a_currency", ("BASE_CURRENCY",)),
        ("setting_not_a_time_zone", ("TIME_ZONE",)),
        ("setting_not_boolean", ("BUILDORDER_EXTERNAL_BUILDS",)),
    ]
    assert (Setting.objects.count(), Event.objects.count()) == (0, 0)
    with pytest.raises(Refusal):
        set_settings(values={}, **shop.by_ada)


def test_refuses_another_currency_or_scope_once_the_ledger_is_kept_in_it(shop):
    shop.put("BOARD", 1, serial="7", value="12.00")
    events = Event.objects.count()
    with pytest.raises(Refusal) as refused:
        set_settings(values={"BASE_CURRENCY": "USD", "SERIAL_NUMBER_SCOPE": "part"}, **shop.by_ada)
    assert refused.value.codes == ["base_currency_in_use", "serial_scope_in_use"]
    assert (Setting.objects.count(), Event.objects.count()) == (0, events)
    set_settings(values={"BASE_CURRENCY": "EUR"}, **shop.by_ada)


@pytest.mark.parametrize("currency", ["EUR", "CHF"])
def test_costs_are_kept_in_the_currency_of_the_company(shop, currency):
    set_settings(values={"BASE_CURRENCY": currency, "PART_INTERNAL_PRICE": True}, **shop.by_ada)
    board = shop.assembly("BOARD", {"R-10K": 4})
    create(model=InternalPrice, rows=[{"part": board.pk, "quantity": 1, "price": "9.50"}], **shop.by_ada)
    assert InternalPrice.objects.get().currency == currency
    assert build_cost(shop.build(board, 1), at=shop.now).currency == currency


def test_refuses_to_close_a_day_that_is_not_over(shop):
    today = timezone.now().date()
    far = (today + datetime.timedelta(days=40)).isoformat()
    with pytest.raises(Refusal) as refused:
        set_settings(values={"CLOSED_UNTIL": far}, **shop.by_ada)
    assert refused.value.codes == ["closed_until_in_future"]
    assert (Setting.objects.count(), Event.objects.count()) == (0, 0)
    set_settings(values={"CLOSED_UNTIL": "2026-02-28"}, **shop.by_ada)
    assert get("CLOSED_UNTIL") == "2026-02-28"
    set_settings(values={"CLOSED_UNTIL": ""}, **shop.by_ada)
    assert get("CLOSED_UNTIL") == ""


def test_the_cost_does_not_grow_with_the_settings(shop, statements):
    values = {
        key: (not setting.default if isinstance(setting.default, bool) else setting.default)
        for key, setting in SETTINGS.items()
    }
    counts = []
    for chosen in ({"BUILDORDER_EXTERNAL_REQUIRED": True}, values):
        with statements() as seen:
            set_settings(values=chosen, **shop.by_ada)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert set(all_settings()) == set(SETTINGS)
