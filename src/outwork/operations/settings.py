"""Decide how the company works: set settings, or put them back to their defaults."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from outwork.models import Movement, Setting, StockItem, User
from outwork.operations.master_data.writing import lock_master_data
from outwork.operations.recording import Done, operation, record
from outwork.queries.settings import all_settings, company_day
from outwork.rules.refusals import Reason, Reasons, Refusal, declare
from outwork.rules.settings import setting

declare(
    settings_missing="The request names no setting",
    base_currency_in_use="BASE_CURRENCY stays {currency}: movements are valued in it ({count}), and they are not converted",
    closed_until_in_future="CLOSED_UNTIL is {day}, which is not over: today is {today}",
    serial_scope_in_use="SERIAL_NUMBER_SCOPE stays {scope}: {count} serial numbers were given out by it",
)


@operation
def set_settings(*, values: Mapping[str, Any], actor: User, at: datetime.datetime, key: str | None = None) -> Done:
    """Set settings, given as {key: value}; a value is text or what the setting is, None puts it to its default.

    `data` holds what changed: {key: [before, after]}. A setting at its default is not stored. Refuses
    setting_unknown, values that the registry refuses, base_currency_in_use, serial_scope_in_use and
    closed_until_in_future (today is the company's, on the clock and not at `at`).
    """
    lock_master_data()
    reasons = Reasons()
    if not values:
        reasons.add("settings_missing")
    read: dict[str, Any] = {}
    for name, value in values.items():
        try:
            one = setting(name)
            read[name] = one.default if value is None else one.read(name, value)
        except Refusal as refusal:
            reasons.found += [Reason(reason.code, reason.params, (name,)) for reason in refusal.reasons]
    before = all_settings()
    changed = {name: [before[name], value] for name, value in read.items() if before[name] != value}
    _check_in_use(changed, reasons)
    reasons.raise_any()
    event = record("settings.changed", actor=actor, at=at, data=changed)
    Setting.objects.filter(key__any=list(changed)).delete()
    Setting.objects.bulk_create(
        Setting(key=name, value=value) for name, (_, value) in changed.items() if value != setting(name).default
    )
    return Done(event.pk, data=changed)


def _check_in_use(changed: Mapping[str, list[Any]], reasons: Reasons) -> None:
    """What the ledger was kept in cannot be told otherwise afterwards."""
    if "BASE_CURRENCY" in changed and (count := Movement.objects.filter(value__isnull=False).count()):
        currency = changed["BASE_CURRENCY"][0]
        reasons.add("base_currency_in_use", currency=currency, count=count, where=("BASE_CURRENCY",))
    if "SERIAL_NUMBER_SCOPE" in changed:
        count = StockItem.objects.existing().filter(serial__isnull=False).count()
        if count:
            scope = changed["SERIAL_NUMBER_SCOPE"][0]
            reasons.add("serial_scope_in_use", scope=scope, count=count, where=("SERIAL_NUMBER_SCOPE",))
    if closed := changed.get("CLOSED_UNTIL", ("", ""))[1]:
        today = company_day(timezone.now()).isoformat()
        if closed >= today:
            reasons.add("closed_until_in_future", day=closed, today=today, where=("CLOSED_UNTIL",))
