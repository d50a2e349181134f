"""Packs and units: what "100 m" or "4000" on a supplier part or BOM line is in the part's own unit.

A fixed table instead of a units library: these are the units in which parts are sold, each factor is exact by
definition, and a text either converts exactly or is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

from outwork.rules.quantities import QUANTITY_PLACES, QUANTITY_STEP, quantity, rounded_quantity
from outwork.rules.refusals import Where, declare, refuse

declare(
    amount_unreadable='"{text}" is not an amount such as 4000 or 2.5 kg',
    unit_unknown='the unit "{unit}" is not known',
    unit_incompatible="{unit} cannot be counted in {part_unit}",
    amount_too_fine="{text} is {value} {part_unit}, which is finer than the {places} decimal places of a quantity",
    amount_not_exact="{text} has no exact value in {part_unit}",
)

# Dimension and factor to its first unit. Inch, foot, pound and ounce are the international ones of 1959.
_UNITS: dict[str, tuple[str, Decimal]] = {
    unit: (dimension, Decimal(factor))
    for dimension, table in {
        "length": {
            "m": "1",
            "km": "1000",
            "cm": "0.01",
            "mm": "0.001",
            "um": "0.000001",
            "in": "0.0254",
            "ft": "0.3048",
        },
        "mass": {"g": "1", "kg": "1000", "mg": "0.001", "t": "1000000", "lb": "453.59237", "oz": "28.349523125"},
        "volume": {"l": "1", "cl": "0.01", "ml": "0.001"},
        "time": {"s": "1", "min": "60", "h": "3600"},
        "pieces": {"pcs": "1"},
    }.items()
    for unit, factor in table.items()
}

_OTHER_NAMES = {
    other: unit
    for unit, others in {
        "m": "metre metres meter meters",
        "cm": "centimetre centimetres centimeter centimeters",
        "mm": "millimetre millimetres millimeter millimeters",
        "um": "µm μm micrometre micrometer",
        "km": "kilometre kilometres kilometer kilometers",
        "in": 'inch inches "',
        "ft": "foot feet '",
        "g": "gram grams",
        "kg": "kilogram kilograms",
        "mg": "milligram milligrams",
        "t": "tonne tonnes",
        "lb": "lbs pound pounds",
        "oz": "ounce ounces",
        "l": "litre litres liter liters",
        "ml": "millilitre millilitres milliliter milliliters",
        "s": "sec second seconds",
        "min": "minute minutes",
        "h": "hr hour hours",
        "pcs": "pc piece pieces each ea",
    }.items()
    for other in others.split()
}

_AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([^\W\d_].*?|[\"']|)\s*", re.DOTALL)


def unit_name(unit: str) -> str | None:
    """The short name of a unit in any of its spellings ("Metres" -> "m"); pieces for none; None if it is not known."""
    unit = unit.strip()
    for spelling in (unit, unit.lower()):
        name = _OTHER_NAMES.get(spelling, spelling)
        if name in _UNITS:
            return name
    return None if unit else "pcs"


def amount(text: str, part_unit: str, *, where: Where = ()) -> Decimal:
    """Read an amount, with or without a unit, in the part's unit: more than 0, exact, at most five places.

    A bare number is in the part's unit. Refuses `amount_unreadable`, `unit_unknown`, `unit_incompatible` (naming both),
    `amount_too_fine`, `amount_not_exact` and what `quantity` refuses.
    """
    match = _AMOUNT.fullmatch(text)
    if not match:
        refuse("amount_unreadable", text=text[:40], where=where)
    number, unit = match.groups()
    if not unit or unit.casefold() == part_unit.strip().casefold():
        return quantity(number, where=where)
    name, part_name = unit_name(unit), unit_name(part_unit)
    if name is None:
        refuse("unit_unknown", unit=unit[:20], where=where)
    if part_name is None or _UNITS[name][0] != _UNITS[part_name][0]:
        refuse("unit_incompatible", unit=name, part_unit=part_unit.strip() or "pcs", where=where)
    with localcontext(prec=60):
        total = Decimal(number) * _UNITS[name][1]
        value = total / _UNITS[part_name][1]
        is_exact = value * _UNITS[part_name][1] == total
    if not is_exact:
        refuse("amount_not_exact", text=text.strip(), part_unit=part_name, where=where)
    if value != value.quantize(QUANTITY_STEP):
        places = QUANTITY_PLACES
        refuse("amount_too_fine", text=text.strip(), value=value, part_unit=part_name, places=places, where=where)
    return quantity(value, where=where)


def pack_quantity(text: str, part_unit: str, *, where: Where = ()) -> Decimal:
    """How much of the part is in one pack, in the part's unit; nothing written means 1. Refuses as `amount` does."""
    return amount(text, part_unit, where=where) if text.strip() else Decimal(1)


def packs_to_base(packs: Decimal, pack: Decimal) -> Decimal:
    """Packs as a quantity in the part's unit, to five places, half up."""
    with localcontext(prec=60):
        return rounded_quantity(packs * pack)


def base_to_packs(base: Decimal, pack: Decimal) -> Decimal:
    """A quantity in the part's unit as packs: exact where that has an end, else 28 digits.

    39 boards of a pack of 40 are 0.975 packs. Enough digits that `packs_to_base` gives the same quantity back.
    """
    return base / pack
