"""In which proportion parts that stand in for each other on one line are used up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal, localcontext

from outwork.rules.quantities import QUANTITY_STEP, ZERO

_ONE = Decimal(1)
# 15 digits x 15 digits and their places: nothing is rounded before the end.
_DIGITS = 60


def in_shares(total: Decimal, shares: Mapping[int, Decimal], consumed: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """How much of each part makes up a total, so that all that was consumed comes nearest to the shares told.

    A part that is ahead waits. Whole totals are made of whole pieces; the sum is the total exactly, the larger
    remainders are rounded up first. In the component's unit.
    """
    weight = sum(shares.values(), ZERO)
    if not shares or weight <= 0 or total <= 0:
        return {}
    grain = _ONE if total == total.to_integral_value() else QUANTITY_STEP
    so_far = {part: consumed.get(part, ZERO) for part in shares}
    with localcontext(prec=_DIGITS):
        everything = total + sum(so_far.values(), ZERO)
        behind = {part: max(ZERO, everything * share / weight - so_far[part]) for part, share in shares.items()}
        scale = total / sum(behind.values(), ZERO)
        exact = {part: one * scale for part, one in behind.items()}
        parts = {part: one.quantize(grain, rounding=ROUND_FLOOR) for part, one in exact.items()}
        left = total - sum(parts.values(), ZERO)
        for part in sorted(exact, key=lambda one: (parts[one] - exact[one], one)):
            if left <= 0:
                break
            more = min(left, grain)
            parts[part] += more
            left -= more
    return {part: one for part, one in parts.items() if one}
