"""Exact numbers in both databases: quantities and money are stored as scaled integers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields

from outwork.rules.quantities import MONEY_PLACES, QUANTITY_PLACES

RATE_PLACES = 10


class _Decimals(dict[int | None, Decimal | None]):
    """The decimals of stored integers, each made once: a list of a thousand lines has the same few numbers over and over."""

    limit = 20_000

    def __init__(self, places: int) -> None:
        super().__init__({None: None})
        self.places = places

    def __missing__(self, steps: int) -> Decimal:
        made = Decimal(steps).scaleb(-self.places)
        if len(self) < self.limit:
            self[steps] = made
        return made


class ScaledField(models.Field):
    """A decimal stored as an integer of its smallest step.

    It derives from `models.Field`, not from IntegerField, so that `F("a") - F("b")` comes back as a
    decimal. Never put a Decimal inside an F() expression: SQL would see an unscaled number.
    """

    places: int
    _known: _Decimals

    def __init_subclass__(cls) -> None:
        cls._known = _Decimals(cls.places)

    def db_type(self, connection: Any) -> str:
        return "bigint"

    def db_check(self, connection: Any) -> str | None:
        """SQLite stores what it is given; the check keeps fractions and text out."""
        if connection.vendor == "sqlite":
            return f"typeof({connection.ops.quote_name(self.column)}) IN ('integer', 'null')"
        return None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return self._known[value]

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.steps(value)

    def steps(self, value: Decimal | int | str) -> int:
        """The stored integer; a float or a finer number than the field holds is a programming error."""
        if isinstance(value, float):
            raise TypeError(f"{self.name}: a float is not exact: {value!r}")
        scaled = Decimal(value).scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{self.name}: {value} has more than {self.places} decimal places")
        return whole


class QuantityField(ScaledField):
    """A quantity in the part's unit, five decimal places."""

    places = QUANTITY_PLACES


class MoneyField(ScaledField):
    """An amount of money, six decimal places."""

    places = MONEY_PLACES


class RateField(ScaledField):
    """An exchange rate, ten decimal places."""

    places = RATE_PLACES


for _field in (QuantityField, MoneyField):
    for _connector in (Combinable.ADD, Combinable.SUB):
        register_combinable_fields(_field, _connector, _field, _field)
