"""How many components a number of units needs, what of that is due now, and how many units a stock allows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from outwork.rules.quantities import QUANTITY_LIMIT, QUANTITY_STEP, ZERO
from outwork.rules.refusals import declare, refuse

declare(requirement_too_large="{units} units at {per_unit} each need more than a quantity can be ({limit})")

# 15 digits x 15 digits x 6 digits and their places: nothing is rounded before the end.
_DIGITS = 60
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Need:
    """What one BOM or build line asks for, in the component's unit.

    `per_unit`: pieces in one assembly. `attrition_percent`: lost on the way, of what is used. `setup`: once per job.
    `rounding`: the requirement is a multiple of this; 0 or None for any quantity.
    """

    per_unit: Decimal
    attrition_percent: Decimal = ZERO
    setup: Decimal = ZERO
    rounding: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be consumed now: `used` sits in the units, `lost` went in the process."""

    used: Decimal
    lost: Decimal

    @property
    def total(self) -> Decimal:
        """Used and lost together."""
        return self.used + self.lost


def required(need: Need, units: Decimal | int) -> Decimal:
    """What this many units need, in the component's unit; 0 for no units.

    Per unit x units, x (1 + attrition), + set-up, then up to the rounding multiple (InvenTree, semantics A11); the
    result is rounded up to five places, so that it is never too little. Refuses `requirement_too_large`.
    """
    if units <= 0:
        return ZERO
    with localcontext(prec=_DIGITS, rounding=ROUND_CEILING):
        total = need.per_unit * units
        if need.attrition_percent:
            total *= 1 + need.attrition_percent / _HUNDRED
        total += need.setup
        if need.rounding:
            total = (total / need.rounding).to_integral_value() * need.rounding
        total = total.quantize(QUANTITY_STEP)
    if total > QUANTITY_LIMIT:
        refuse("requirement_too_large", units=units, per_unit=need.per_unit, limit=QUANTITY_LIMIT)
    return total


def due(need: Need, *, built: Decimal | int, consumed_used: Decimal, consumed_lost: Decimal) -> Due:
    """What is to be consumed for the units built so far, less what was consumed for them already.

    `built` is the total so far, not the last receipt: rounding and set-up are borne once, however many receipts there
    are (design, section 5, rule 10). First what sits in the units (per unit x built), the rest is process loss.
    Never negative: too much consumed is a matter for whoever takes it back.
    """
    left = max(ZERO, required(need, built) - consumed_used - consumed_lost)
    inside = required(Need(need.per_unit), built)
    used = min(left, max(ZERO, inside - consumed_used))
    return Due(used=used, lost=left - used)


def can_build(available: Decimal, need: Need) -> int | None:
    """The most whole units whose requirement is available; None where no number of units would use it up."""
    with localcontext(prec=_DIGITS, rounding=ROUND_FLOOR):
        usable = available
        if need.rounding:
            usable = (available / need.rounding).to_integral_value() * need.rounding
        usable -= need.setup
        if usable < 0:
            return 0
        per_unit = need.per_unit * (1 + need.attrition_percent / _HUNDRED)
        return int((usable / per_unit).to_integral_value()) if per_unit else None
