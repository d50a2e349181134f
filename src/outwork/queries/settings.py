"""What the company decided: every setting with its value."""

from __future__ import annotations

import datetime
from typing import Any

from outwork.models import Setting
from outwork.rules import settings as registry
from outwork.rules.days import day_in


def all_settings() -> dict[str, Any]:
    """Every setting with its value or default; one statement."""
    stored = dict(Setting.objects.values_list("key", "value"))
    return {key: stored.get(key, setting.default) for key, setting in registry.SETTINGS.items()}


def get(key: str) -> Any:
    """The value of one setting; one statement."""
    setting = registry.setting(key)
    stored = Setting.objects.filter(key=key).values_list("value", flat=True).first()
    return setting.default if stored is None else stored


def several(*keys: str) -> dict[str, Any]:
    """The values of these settings; one statement."""
    defaults = {key: registry.setting(key).default for key in keys}
    return {**defaults, **dict(Setting.objects.filter(key__in=keys).values_list("key", "value"))}


def company_day(at: datetime.datetime) -> datetime.date:
    """The day of a moment where the company is (TIME_ZONE): what "today" and the date of a document mean; one statement."""
    return day_in(at, get("TIME_ZONE"))
