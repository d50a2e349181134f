"""Who supplies a line of a build, and when a build consumes."""

from __future__ import annotations

from enum import StrEnum

from outwork.rules.refusals import declare

declare(supply_unknown="{value} is no way of supply; it is one of {known}")


class Supply(StrEnum):
    """Design section 5.9: supply is stated, never inferred; null is undecided."""

    WE_SEND = "we send"
    ALREADY_THERE = "already there"
    THEY_BUY = "they buy"
    SHIPPED_DIRECT = "shipped direct"


# Lines that the manufacturer fills himself are never short and need no allocation.
SUPPLIED_BY_THEM = frozenset({Supply.THEY_BUY})


class ConsumeWhen(StrEnum):
    """When components are booked as used."""

    ACCEPTANCE = "acceptance"
    FINISH = "finish"


def is_ours(supply: str | None) -> bool:
    """Whether the line must be covered from our stock; undecided counts as ours until it is decided."""
    return supply not in SUPPLIED_BY_THEM
