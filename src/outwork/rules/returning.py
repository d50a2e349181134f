"""Returns to a supplier: what for, and who pays."""

from __future__ import annotations

from enum import StrEnum


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
