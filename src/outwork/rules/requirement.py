"""How many components a number of units needs, what of that is due now, and how many units a stock allows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise

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
    total = _total(need, units)
    if total > QUANTITY_LIMIT:
        refuse("requirement_too_large", units=units, per_unit=need.per_unit, limit=QUANTITY_LIMIT)
    return total


def _total(need: Need, units: Decimal | int) -> Decimal:
    """As `required`, however much it is."""
    if units <= 0:
        return ZERO
    with localcontext(prec=_DIGITS, rounding=ROUND_CEILING):
        total = need.per_unit * units
        if need.attrition_percent:
            total *= 1 + need.attrition_percent / _HUNDRED
        total += need.setup
        if need.rounding:
            total = (total / need.rounding).to_integral_value() * need.rounding
        return total.quantize(QUANTITY_STEP)


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


# What a line asks for, and the parts that may go onto it.
Fitted = tuple[Need, Collection[int]]
# How much of each part those took whom exactly these parts fit.
_Taken = defaultdict[int, defaultdict[frozenset[int], Decimal]]


def can_build_from(stock: Mapping[int, Decimal], lines: Iterable[Fitted]) -> int | None:
    """The most whole units for which what is there of the parts suffices for all lines together, each piece used once.

    None where no number of units would use it up. Lines that share no part with another are looked at one by one; for
    the others the stock is shared out, and the number of units is found by halving.
    """
    known = list(lines)
    users = Counter(part for _, parts in known for part in set(parts))
    sharing = [(need, parts) for need, parts in known if any(users[part] > 1 for part in parts)]
    bounds = [can_build(sum((stock.get(part, ZERO) for part in set(parts)), ZERO), need) for need, parts in known]
    most = min((one for one in bounds if one is not None), default=None)
    if not sharing or most == 0:
        return most
    if most is None:  # set-up is wanted all the same
        return None if _suffices(stock, sharing, 1) else 0
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if _suffices(stock, sharing, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _suffices(stock: Mapping[int, Decimal], lines: Iterable[Fitted], units: int) -> bool:
    """Whether the stock can be shared out so that every line has what so many units need: a maximum flow.

    Lines that the same parts fit are one. Who can choose among few parts takes first; where nothing free fits, others
    that took what fits are sent to what fits them, along the shortest such chain.
    """
    wanted: dict[frozenset[int], Decimal] = defaultdict(Decimal)
    for need, parts in lines:
        wanted[frozenset(part for part in parts if stock.get(part, ZERO) > 0)] += _total(need, units)
    free = dict(stock)
    taken: _Taken = defaultdict(lambda: defaultdict(Decimal))
    for parts in sorted(wanted, key=len):
        missing = wanted[parts]
        while missing > 0:
            chain = _chain(parts, free, taken)
            if not chain:
                return False
            last = chain[-1][1]
            passed = [taken[part][after] for (_, part), (after, _) in pairwise(chain)]
            moved = min(missing, free[last], *passed)
            for who, part in chain:
                taken[part][who] += moved
            for (_, part), (after, _) in pairwise(chain):
                taken[part][after] -= moved
            free[last] -= moved
            missing -= moved
    return True


def _chain(start: frozenset[int], free: Mapping[int, Decimal], taken: _Taken) -> Sequence[tuple[frozenset[int], int]]:
    """Who takes which part: the first takes it from the second, and so on; the last takes what is free. Empty if nobody can."""
    chains: list[tuple[tuple[frozenset[int], int], ...]] = [()]
    heads, seen = [start], {start}
    for who, chain in zip(heads, chains, strict=False):  # both grow on the way
        for part in sorted(who):
            if free[part] > 0:
                return (*chain, (who, part))
            for other, units in taken[part].items():
                if units > 0 and other not in seen:
                    seen.add(other)
                    heads.append(other)
                    chains.append((*chain, (who, part)))
    return ()
