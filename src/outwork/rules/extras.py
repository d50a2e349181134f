"""Kinds of extra lines on an order, and how their cost bears on the units."""

from __future__ import annotations

from enum import StrEnum


class ExtraKind(StrEnum):
    """What an extra line is for. A deposit is never cost."""

    FREIGHT = "freight"
    DUTY = "duty"
    ENGINEERING = "one-off engineering"
    STENCIL = "stencil"
    TOOLING = "tooling"
    TEST = "test"
    EXPEDITE = "expedite"
    CREDIT = "credit"
    DEPOSIT = "deposit"


class SpreadMode(StrEnum):
    """How an extra line is spread over the units received."""

    BY_VALUE = "by value"
    BY_QUANTITY = "by quantity"
    ON_LINE = "on line"
    OVER_UNITS = "over units"
    NOT_IN_COST = "not in cost"
