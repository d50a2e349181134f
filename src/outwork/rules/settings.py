"""The registry of settings: key, type, default, help and what a value may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outwork.rules.references import Pattern
from outwork.rules.refusals import declare, refuse

declare(
    setting_unknown="There is no setting {key}",
    setting_not_boolean="{key} is on or off, not {value}",
    setting_not_a_choice="{key} is one of {choices}, not {value}",
    setting_not_a_percentage="{key} is a percentage from 0 to {limit}, not {value}",
    setting_not_a_currency="{key} is a currency code of three capital letters, not {value}",
    setting_not_a_time_zone="{key} is a time zone such as Europe/Berlin, not {value}",
    setting_too_long="{key} has at most {limit} characters, {value} has {length}",
)

_TRUE = frozenset({"1", "y", "yes", "t", "true", "ok", "on"})
_FALSE = frozenset({"0", "n", "no", "f", "false", "off"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `read` turns text or JSON into its value or refuses."""

    key: str
    group: str
    name: str
    help: str
    default: Any
    read: Callable[[str, Any], Any]
    choices: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """`boolean`, `integer` or `string`, as forms and the API name it."""
        return {bool: "boolean", int: "integer"}.get(type(self.default), "string")


def _boolean(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        refuse("setting_not_boolean", key=key, value=value)
    return text in _TRUE


def _percentage(key: str, value: Any) -> str:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        refuse("setting_not_a_percentage", key=key, value=value, limit=100)
    if not number.is_finite() or not 0 <= number <= 100:
        refuse("setting_not_a_percentage", key=key, value=value, limit=100)
    return f"{number.normalize():f}"


def _currency(key: str, value: Any) -> str:
    text = str(value).strip()
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        refuse("setting_not_a_currency", key=key, value=value)
    return text


def _time_zone(key: str, value: Any) -> str:
    text = str(value).strip()
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse("setting_not_a_time_zone", key=key, value=value)
    return text


def _pattern(key: str, value: Any) -> str:
    Pattern.parse(str(value))
    return str(value)


def _text(key: str, value: Any) -> str:
    text = str(value).strip()
    if len(text) > 200:
        refuse("setting_too_long", key=key, value=text[:20] + "...", length=len(text), limit=200)
    return text


def _one_of(*choices: str) -> Callable[[str, Any], str]:
    def read(key: str, value: Any) -> str:
        if str(value) not in choices:
            refuse("setting_not_a_choice", key=key, value=value, choices=choices)
        return str(value)

    return read


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting("COMPANY_NAME", "Company", "Company name", "Shown on pages and documents.", "", _text),
        Setting(
            "BASE_CURRENCY",
            "Company",
            "Base currency",
            "What costs are kept in. Set it before the first receipt: the ledger is not converted.",
            "EUR",
            _currency,
        ),
        Setting("TIME_ZONE", "Company", "Time zone", "Decides what is today and what is overdue.", "UTC", _time_zone),
        Setting(
            "BUILDORDER_EXTERNAL_BUILDS",
            "Build orders",
            "External builds",
            "Build orders may be given to outside manufacturers. What exists can be finished when this is off.",
            False,
            _boolean,
        ),
        Setting(
            "BUILDORDER_EXTERNAL_REQUIRED",
            "Build orders",
            "External build required",
            "An order line for an assembly must be linked to an external build order.",
            False,
            _boolean,
        ),
        Setting(
            "BUILDORDER_REFERENCE_PATTERN",
            "Build orders",
            "Reference pattern",
            "How build orders are numbered.",
            "BO-{ref:04d}",
            _pattern,
        ),
        Setting(
            "PURCHASEORDER_REFERENCE_PATTERN",
            "Purchase orders",
            "Reference pattern",
            "How purchase orders are numbered.",
            "PO-{ref:04d}",
            _pattern,
        ),
        Setting(
            "PURCHASEORDER_AUTO_COMPLETE",
            "Purchase orders",
            "Complete by itself",
            "An order becomes complete with the receipt that closes its last line.",
            True,
            _boolean,
        ),
        Setting(
            "PURCHASEORDER_OVERRECEIPT_TOLERANCE",
            "Purchase orders",
            "Tolerated over-receipt (%)",
            "So much more than ordered may be received on a line without saying so.",
            "0",
            _percentage,
        ),
        Setting(
            "SERIAL_NUMBER_SCOPE",
            "Stock",
            "Serial numbers are unique per",
            "A family of variants and revisions, one part, or the whole company.",
            "family",
            _one_of("family", "part", "company"),
            ("family", "part", "company"),
        ),
    )
}


def setting(key: str) -> Setting:
    """The setting of that key; refuses an unknown one."""
    if key not in SETTINGS:
        refuse("setting_unknown", key=key)
    return SETTINGS[key]
