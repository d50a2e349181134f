"""Returns to a supplier: what for, and who pays."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from outwork.rules.quantities import money
from outwork.rules.refusals import Where, declare, refuse

declare(credit_negative="{credit} is no credit: it must be 0 or more")


class ReturnPurpose(StrEnum):
    """What is to come of a return.

    REPLACEMENT: received goes down, the supplier still owes it. REWORK: received stays, the same units come
    back. CREDIT: received stays, the cost is lowered.
    """

    REPLACEMENT = "replacement"
    REWORK = "rework"
    CREDIT = "credit"


class PaidBy(StrEnum):
    """Who bears what the return costs."""

    US = "us"
    SUPPLIER = "supplier"


def credit_amount(value: Any, *, where: Where = ()) -> Decimal:
    """Read what a supplier credits: an amount of money, 0 or more."""
    amount = money(value, where=where)
    if amount < 0:
        refuse("credit_negative", credit=amount, where=where)
    return amount
