"""Reading what a request says about a row: each value by the kind of its field, every mistake named."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    JSONField,
    Model,
    PositiveIntegerField,
)

from outwork.models.fields import MoneyField, QuantityField, RateField
from outwork.operations.master_data.nouns import Noun
from outwork.rules.currency import exchange_rate
from outwork.rules.quantities import ZERO, decimal, money, quantity
from outwork.rules.refusals import Reasons, Refusal, Where, declare, refuse
from outwork.rules.texts import in_short, is_clean

declare(
    field_unknown="A {noun} has no {field}; it has {fields}",
    field_derived="{field} of a {noun} follows from other fields and cannot be given",
    field_fixed="{field} of a {noun} is said when it is made and cannot be changed",
    value_missing="{field} is missing",
    flag_invalid="{field} is true or false, not {value}",
    integer_invalid="{field} is a whole number from {least} to {limit}, not {value}",
    amount_negative="{field} is not negative, as {value} is",
    date_invalid="{field} is a date such as 2026-03-02, not {value}",
    time_invalid="{field} is a date and time with its zone such as 2026-03-02T14:30+01:00, not {value}",
    float_invalid="{field} is a number, not {value}",
    list_invalid="{field} is a list of different texts without commas, not {value}",
    choice_invalid="{field} is one of {choices}, not {value}",
    reference_invalid="{field} is the id of a {noun}, not {value}",
)

INTEGER_LIMIT = 2_147_483_647
BIG_LIMIT = 2**63 - 1
LIST_LIMIT = 5000


class Reader:
    """Reads the rows of one noun; its fields are looked up once."""

    def __init__(self, noun: Noun, reasons: Reasons) -> None:
        self.noun, self.reasons = noun, reasons
        self.fields: dict[str, Field[Any, Any]] = {}
        for field in noun.model._meta.concrete_fields:
            if not field.primary_key and not getattr(field, "auto_now_add", False):
                self.fields[field.name] = self.fields[field.attname] = field
        self.fillings = [
            (
                field.attname,
                field.name,
                field.get_default() if field.has_default() else _stand_in(field),
                field.has_default() or field.null,
            )
            for field in dict.fromkeys(self.fields.values())
        ]

    def read(self, index: int, given: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """The values by attribute name, and the names of those that could not be read."""
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for name, value in given.items():
            field = self.fields.get(name)
            if field is None:
                known = sorted({field.name for field in self.fields.values()} - self.noun.derived)
                self.reasons.add("field_unknown", noun=self.noun.word, field=name, fields=known, where=(index, name))
            elif field.name in self.noun.derived:
                self.reasons.add("field_derived", noun=self.noun.word, field=field.name, where=(index, name))
            else:
                try:
                    values[field.attname] = self.value(field, value, (index, field.name))
                except Refusal as refusal:
                    self.reasons.found += refusal.reasons
                    bad.add(field.attname)
        return values, bad

    def complete(self, index: int, values: dict[str, Any], bad: set[str]) -> None:
        """Fill a new row with defaults and, for what is missing or bad, with stand-ins that no check minds."""
        for attname, name, filling, may_be_left_out in self.fillings:
            if attname in values:
                continue
            if attname not in bad and not may_be_left_out:
                if name in self.noun.filled:
                    continue
                self.reasons.add("value_missing", field=name, where=(index, name))
                bad.add(attname)
            values[attname] = filling

    def value(self, field: Field[Any, Any], value: Any, where: Where) -> Any:
        """One value as its field keeps it; refuses what it cannot be."""
        if value is None:
            if not field.null:
                refuse("value_missing", field=field.name, where=where)
            return None
        if isinstance(field, ForeignKey):
            return _reference(field, value, where)
        if isinstance(field, BooleanField):
            if not isinstance(value, bool):
                refuse("flag_invalid", field=field.name, value=in_short(value), where=where)
            return value
        if isinstance(field, QuantityField):
            return quantity(value, where=where, zero=field.name not in self.noun.positive)
        if isinstance(field, MoneyField):
            return _amount(field, value, where)
        if isinstance(field, RateField):
            return exchange_rate(value, where=where)
        if isinstance(field, PositiveIntegerField):
            return _integer(field, value, 1 if field.name in self.noun.positive else 0, INTEGER_LIMIT, where)
        if isinstance(field, BigIntegerField):
            return _integer(field, value, 1, BIG_LIMIT, where)
        if isinstance(field, FloatField):
            return _float(field, value, where)
        if isinstance(field, JSONField):
            return _list(field, value, where)
        if isinstance(field, DateTimeField):
            return _time(field, value, where)
        if isinstance(field, DateField):
            return _date(field, value, where)
        return self.text(field, value, where)

    def text(self, field: Field[Any, Any], value: Any, where: Where) -> str:
        """A text without blanks around it; one line unless the field is for many."""
        if not isinstance(value, str) or not is_clean(value, is_line=isinstance(field, CharField)):
            refuse("text_invalid", field=field.name, value=in_short(value), where=where)
        text = value.strip()
        if field.max_length is not None and len(text) > field.max_length:
            refuse("text_too_long", field=field.name, length=len(text), limit=field.max_length, where=where)
        if not text and field.name in self.noun.required:
            refuse("value_missing", field=field.name, where=where)
        choices = [one for one, _ in field.flatchoices]
        if choices and text not in choices:
            refuse("choice_invalid", field=field.name, choices=choices, value=in_short(text), where=where)
        return text


def _reference(field: ForeignKey[Any, Any], value: Any, where: Where) -> int:
    model: type[Model] = field.related_model
    pk = value.pk if isinstance(value, model) else value
    if not isinstance(pk, int) or isinstance(pk, bool) or not 0 < pk < 2**63:
        noun = str(model._meta.verbose_name)
        refuse("reference_invalid", field=field.name, noun=noun, value=in_short(value), where=where)
    return pk


def _amount(field: Field[Any, Any], value: Any, where: Where) -> Decimal:
    amount = money(value, where=where)
    if amount < 0:
        refuse("amount_negative", field=field.name, value=amount, where=where)
    return amount


def _integer(field: Field[Any, Any], value: Any, least: int, limit: int, where: Where) -> int:
    try:
        number = decimal(value)
    except Refusal:
        number = None
    if number is None or number != number.to_integral_value() or not least <= number <= limit:
        shown = in_short(value)
        refuse("integer_invalid", field=field.name, value=shown, least=least, limit=limit, where=where)
    return int(number)


def _float(field: Field[Any, Any], value: Any, where: Where) -> float:
    try:
        number = float(decimal(value))
    except Refusal:
        number = math.nan
    if not math.isfinite(number):
        refuse("float_invalid", field=field.name, value=in_short(value), where=where)
    return number


def _list(field: Field[Any, Any], value: Any, where: Where) -> list[str]:
    """Different lines without commas, in their order: "A, B" is how pages and files write such a list."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        refuse("list_invalid", field=field.name, value=in_short(value), where=where)
    texts = [one.strip() for one in value]
    good = all(text and "," not in text and is_clean(text, is_line=True) for text in texts)
    if not good or len({text.casefold() for text in texts}) < len(texts):
        refuse("list_invalid", field=field.name, value=in_short(value), where=where)
    if (length := sum(map(len, texts))) > LIST_LIMIT:
        refuse("text_too_long", field=field.name, length=length, limit=LIST_LIMIT, where=where)
    return texts


def _time(field: Field[Any, Any], value: Any, where: Where) -> datetime.datetime:
    try:
        moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        refuse("time_invalid", field=field.name, value=in_short(value), where=where)
    return moment.astimezone(datetime.UTC)


def _date(field: Field[Any, Any], value: Any, where: Where) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        refuse("date_invalid", field=field.name, value=in_short(value), where=where)


def _stand_in(field: Field[Any, Any]) -> Any:
    if field.null or isinstance(field, ForeignKey):
        return None
    if isinstance(field, (QuantityField, RateField)):
        return Decimal(1)
    if isinstance(field, MoneyField):
        return ZERO
    if isinstance(field, (BigIntegerField, FloatField)):
        return 0
    return datetime.date.min if isinstance(field, DateField) else ""
