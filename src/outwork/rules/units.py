"""Physical units of parameters: what "4k7", "100 nF" or "25 °C" is as a number in the unit of its template.

Own tables, not a units library (docs/decisions say why): parts are described in few dozen units, each here with the
exponents of its seven base dimensions; prefixes, products, quotients and powers of them are worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from outwork.rules.refusals import Where, declare, refuse

declare(
    measure_unreadable='"{text}" is not a number with a unit, such as 4.7 kohm, 4k7 or 100 nF',
    measure_unit_unknown='the unit "{unit}" is not known',
    measure_unit_incompatible="{unit} cannot be converted into {wanted}",
)

Powers = tuple[int, ...]

# metre, gram, second, ampere, kelvin, candela, mole; then what converts into nothing else: degree of angle, bit, decibel,
# decibel milliwatt, piece.
_BASES = ("m", "g", "s", "A", "K", "cd", "mol", "deg", "bit", "dB", "dBm", "pcs")
_NONE: Powers = (0,) * len(_BASES)


def _powers(**exponents: int) -> Powers:
    return tuple(exponents.get(base, 0) for base in _BASES)


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` base units, counted from `zero` of them; prefixes go before it where `is_prefixed`."""

    factor: Decimal
    powers: Powers
    zero: Decimal = Decimal(0)
    is_prefixed: bool = True


_WATT = _powers(m=2, g=1, s=-3)
_VOLT = _powers(m=2, g=1, s=-3, A=-1)
_OHM = _powers(m=2, g=1, s=-3, A=-2)
# Symbol, other names, factor, powers. The gram is the base, so what is made of kilograms has a factor of 1000.
_PREFIXED: tuple[tuple[str, str, str, Powers], ...] = (
    ("m", "metre meter", "1", _powers(m=1)),
    ("g", "gram gramme", "1", _powers(g=1)),
    ("s", "sec second", "1", _powers(s=1)),
    ("A", "amp ampere", "1", _powers(A=1)),
    ("K", "kelvin", "1", _powers(K=1)),
    ("cd", "candela", "1", _powers(cd=1)),
    ("mol", "mole", "1", _powers(mol=1)),
    ("bit", "", "1", _powers(bit=1)),
    ("B", "byte", "8", _powers(bit=1)),
    ("Hz", "hertz", "1", _powers(s=-1)),
    ("N", "newton", "1000", _powers(m=1, g=1, s=-2)),
    ("Pa", "pascal", "1000", _powers(m=-1, g=1, s=-2)),
    ("bar", "", "100000000", _powers(m=-1, g=1, s=-2)),
    ("J", "joule", "1000", _powers(m=2, g=1, s=-2)),
    ("W", "watt", "1000", _WATT),
    ("VA", "", "1000", _WATT),
    ("Wh", "", "3600000", _powers(m=2, g=1, s=-2)),
    ("Ah", "", "3600", _powers(s=1, A=1)),
    ("C", "coulomb", "1", _powers(s=1, A=1)),
    ("V", "volt", "1000", _VOLT),
    ("ohm", "Ω Ω R", "1000", _OHM),
    ("S", "siemens", "0.001", tuple(-one for one in _OHM)),
    ("F", "farad", "0.001", _powers(m=-2, g=-1, s=4, A=2)),
    ("H", "henry", "1000", _powers(m=2, g=1, s=-2, A=-2)),
    ("T", "tesla", "1000", _powers(g=1, s=-2, A=-1)),
    ("Wb", "weber", "1000", _powers(m=2, g=1, s=-2, A=-1)),
    ("lm", "lumen", "1", _powers(cd=1)),
    ("lx", "lux", "1", _powers(m=-2, cd=1)),
    ("l", "L litre liter", "0.001", _powers(m=3)),
    ("t", "tonne", "1000000", _powers(g=1)),
    ("eV", "", "1.602176634E-16", _powers(m=2, g=1, s=-2)),
)
_PLAIN: tuple[tuple[str, str, str, Powers], ...] = (
    ("min", "minute", "60", _powers(s=1)),
    ("h", "hr hour", "3600", _powers(s=1)),
    ("d", "day", "86400", _powers(s=1)),
    ("week", "", "604800", _powers(s=1)),
    ("year", "a", "31557600", _powers(s=1)),
    ("in", 'inch inches "', "0.0254", _powers(m=1)),
    ("ft", "foot feet '", "0.3048", _powers(m=1)),
    ("mil", "thou", "0.0000254", _powers(m=1)),
    ("lb", "lbs pound", "453.59237", _powers(g=1)),
    ("oz", "ounce", "28.349523125", _powers(g=1)),
    ("psi", "", "6894757.293168", _powers(m=-1, g=1, s=-2)),
    ("deg", "° degree", "1", _powers(deg=1)),
    ("rad", "radian", "57.29577951308232", _powers(deg=1)),
    ("dB", "decibel", "1", _powers(dB=1)),
    ("dBm", "", "1", _powers(dBm=1)),
    ("pcs", "pc piece each ea", "1", _powers(pcs=1)),
    ("%", "percent", "0.01", _NONE),
    ("ppm", "", "0.000001", _NONE),
    ("ppb", "", "0.000000001", _NONE),
)
_SYMBOLS = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2,
    "m": -3, "u": -6, "µ": -6, "μ": -6, "n": -9, "p": -12, "f": -15, "a": -18,
}  # fmt: skip
_WORDS = {"tera": 12, "giga": 9, "mega": 6, "kilo": 3, "deci": -1, "centi": -2, "milli": -3, "micro": -6, "nano": -9}
_WORDS |= {"pico": -12, "femto": -15}


def _table() -> Iterator[tuple[str, Unit]]:
    for rows, is_prefixed in ((_PREFIXED, True), (_PLAIN, False)):
        for symbol, others, factor, powers in rows:
            unit = Unit(Decimal(factor), powers, is_prefixed=is_prefixed)
            for name in (symbol, *others.split()):
                yield name, unit
                if len(name) > 3 and name.isalpha() and not name.endswith("s"):
                    yield f"{name}s", unit
    yield "rpm", Unit(Decimal(1) / 60, _powers(s=-1), is_prefixed=False)
    for name in ("°C", "degC", "celsius"):
        yield name, Unit(Decimal(1), _powers(K=1), zero=Decimal("273.15"), is_prefixed=False)
    for name in ("°F", "degF", "fahrenheit"):
        fahrenheit = Decimal(5) / 9
        yield name, Unit(fahrenheit, _powers(K=1), zero=Decimal("459.67") * fahrenheit, is_prefixed=False)


UNITS = dict(_table())
_LOWER = {name.lower(): unit for name, unit in UNITS.items() if len(name) > 2}
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_MEASURE = re.compile(rf"\s*({_NUMBER})(?:/([0-9]+))?\s*(.*?)\s*", re.DOTALL)
_LETTER_FOR_POINT = re.compile(r"\s*([+-]?[0-9]+)([RkKMGmunpµμ])([0-9]+)\s*(.*?)\s*", re.DOTALL)
_FACTOR = re.compile(r"\s*([*·/]?)\s*([^\s*·/^²³0-9]+)\s*(?:(?:\^|\*\*)?(-?[0-9])|([²³]))?")
_SUPERSCRIPTS = {"²": 2, "³": 3}


@lru_cache(maxsize=1000)
def unit_of(text: str) -> Unit | None:
    """The unit that a text names, such as mW, V/us or mm^2; None if it is not known, a bare number for nothing."""
    text = text.strip()
    if not text:
        return Unit(Decimal(1), _NONE)
    if single := _single(text):
        return single
    at, factor, powers = 0, Decimal(1), _NONE
    with localcontext(prec=40):
        while at < len(text):
            found = _FACTOR.match(text, at)
            one = _single(found[2]) if found else None
            if found is None or one is None or (not at and found[1] in ("*", "·")):
                return None
            power = int(found[3]) if found[3] else _SUPERSCRIPTS.get(found[4] or "", 1)
            power = -power if found[1] == "/" else power
            factor *= one.factor**power
            powers = tuple(had + power * more for had, more in zip(powers, one.powers, strict=True))
            at = found.end()
    return Unit(factor, powers, is_prefixed=False)


def _single(name: str) -> Unit | None:
    """One unit with or without a prefix."""
    if name in UNITS:
        return UNITS[name]
    for prefixes, least in ((_SYMBOLS, 1), (_WORDS, 3)):
        for prefix, exponent in prefixes.items():
            rest = name.removeprefix(prefix)
            unit = UNITS.get(rest) if len(rest) >= least and rest != name else None
            if unit is not None and unit.is_prefixed:
                return Unit(unit.factor.scaleb(exponent), unit.powers)
    return _LOWER.get(name.lower())


def measure(text: str, unit: str, *, where: Where = ()) -> Decimal:
    """Read a value as a number in `unit`, to 20 digits; a bare number is in it already, a bare prefix goes before it.

    "4.7k", "4k7", "4.7 kohm" and "4700" are all 4700 in ohm; "1/4 W" is 0.25 in W. A unit with a letter in common with
    a prefix is a unit where that fits (10 m in metres) and else a prefix (10 m in ohm is 0.01). Refuses
    measure_unreadable, measure_unit_unknown, measure_unit_incompatible.
    """
    target = unit_of(unit)
    if target is None:
        refuse("measure_unit_unknown", unit=unit[:20], where=where)
    number, said = _split(text, where)
    if not said:
        return number
    found = unit_of(said)
    with localcontext(prec=40):
        if found is not None and found.powers == target.powers:
            value = (number * found.factor + found.zero - target.zero) / target.factor
        elif said in _SYMBOLS and unit.strip():
            value = number.scaleb(_SYMBOLS[said])
        elif said == "K" and unit.strip():
            value = number.scaleb(3)
        elif found is None:
            refuse("measure_unit_unknown", unit=said[:20], where=where)
        else:
            wanted = unit.strip() or "a bare number"
            refuse("measure_unit_incompatible", unit=said[:20], wanted=wanted, where=where)
    with localcontext(prec=20):
        return +value


def _split(text: str, where: Where) -> tuple[Decimal, str]:
    """The number and the unit behind it; a letter in the place of the point is a prefix: 4k7, and 4R7 has none."""
    if found := _LETTER_FOR_POINT.fullmatch(text):
        before, letter, after, rest = found.groups()
        prefix = {"R": "", "K": "k"}.get(letter, letter)
        number = Decimal(f"{before}.{after}")
        return (number, f"{prefix}{rest}") if rest else (number, prefix)
    match = _MEASURE.fullmatch(text)
    if match is None:
        refuse("measure_unreadable", text=text[:40], where=where)
    number = Decimal(match[1])
    if abs(number.adjusted()) > 300 or (match[2] and not int(match[2])):
        refuse("measure_unreadable", text=text[:40], where=where)
    with localcontext(prec=40):
        return (number / int(match[2]) if match[2] else number), match[3]
