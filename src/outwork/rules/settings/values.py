"""What a setting is, and how text or JSON becomes its value."""

from __future__ import annotations

import datetime
import re
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
    setting_not_a_number="{key} is a whole number from {low} to {high}, not {value}",
    setting_not_a_day="{key} is a date such as 2026-03-31, or empty, not {value}",
    setting_not_an_expression="{key} is a regular expression, and {value} is none: {error}",
    setting_not_an_address="{key} is an address such as https://outwork.example.com, not {value}",
    setting_too_long="{key} has at most {limit} characters, {value} has {length}",
)

_TRUE = frozenset({"1", "y", "yes", "t", "true", "ok", "on"})
_FALSE = frozenset({"0", "n", "no", "f", "false", "off"})

Reader = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `read` turns text or JSON into its value or refuses.

    `differs` says where its default or meaning is another than InvenTree's, and why. `waits_for` names the part
    of Outwork that will read it, where none does yet.
    """

    key: str
    name: str
    help: str
    default: Any
    read: Reader
    choices: tuple[str, ...] = ()
    differs: str = ""
    waits_for: str = ""
    group: str = ""

    @property
    def type(self) -> str:
        """`boolean`, `integer` or `string`, as forms and the API name it."""
        return {bool: "boolean", int: "integer"}.get(type(self.default), "string")


def boolean(key: str, value: Any) -> bool:
    """On or off, in any of the usual words."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        refuse("setting_not_boolean", key=key, value=value)
    return text in _TRUE


def percentage(key: str, value: Any) -> str:
    """0 to 100, kept as text."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        refuse("setting_not_a_percentage", key=key, value=value, limit=100)
    if not number.is_finite() or not 0 <= number <= 100:
        refuse("setting_not_a_percentage", key=key, value=value, limit=100)
    return f"{number.normalize():f}"


def whole(low: int, high: int) -> Reader:
    """A whole number between two others, which are allowed themselves."""

    def read(key: str, value: Any) -> int:
        text = str(value).strip()
        number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
        if number is None or isinstance(value, bool) or not low <= number <= high:
            refuse("setting_not_a_number", key=key, value=value, low=low, high=high)
        return number

    return read


def day(key: str, value: Any) -> str:
    """A date as 2026-03-31, kept as text; empty for none."""
    text = str(value).strip()
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        refuse("setting_not_a_day", key=key, value=value)


def currency(key: str, value: Any) -> str:
    """A currency code such as EUR."""
    text = str(value).strip()
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        refuse("setting_not_a_currency", key=key, value=value)
    return text


def time_zone(key: str, value: Any) -> str:
    """The name of a time zone that this machine knows."""
    text = str(value).strip()
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse("setting_not_a_time_zone", key=key, value=value)
    return text


def pattern(key: str, value: Any) -> str:
    """A reference pattern."""
    Pattern.parse(str(value))
    return str(value)


def text(key: str, value: Any) -> str:
    """A line of at most 200 characters."""
    line = str(value).strip()
    if len(line) > 200:
        refuse("setting_too_long", key=key, value=line[:20] + "...", length=len(line), limit=200)
    return line


def expression(key: str, value: Any) -> str:
    """A regular expression; empty for none."""
    line = text(key, value)
    try:
        re.compile(line)
    except re.error as error:
        refuse("setting_not_an_expression", key=key, value=line, error=str(error))
    return line


def address(key: str, value: Any) -> str:
    """The address of a site, without the slash at its end; empty for none."""
    line = text(key, value).rstrip("/")
    if line and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", line):
        refuse("setting_not_an_address", key=key, value=value)
    return line


def one_of(*choices: str) -> Reader:
    """One of these words."""

    def read(key: str, value: Any) -> str:
        if str(value) not in choices:
            refuse("setting_not_a_choice", key=key, value=value, choices=choices)
        return str(value)

    return read
