"""Who supplies a line of a build, and when a build consumes."""

from __future__ import annotations

from enum import StrEnum

from outwork.rules.refusals import Where, declare, refuse

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


class Overallocated(StrEnum):
    """What becomes of stock that is allocated beyond what a line needs, net of what it consumed, when its build ends."""

    TRIM = "trim"  # it is free again
    REJECT = "reject"  # the build is not finished
    ACCEPT = "accept"  # it was used up as well: process loss


UNDECIDED = "undecided"


def read_supply(text: str, *, where: Where = ()) -> Supply | None:
    """A way of supply as people write it ("we send", "we-send"); None is undecided. Refuses supply_unknown."""
    word = text.strip().lower().replace("-", " ").replace("_", " ")
    if word == UNDECIDED:
        return None
    if word not in set(Supply):
        refuse("supply_unknown", value=text, known=[*(way.value for way in Supply), UNDECIDED], where=where)
    return Supply(word)


def is_ours(supply: str | None) -> bool:
    """Whether the line must be covered from our stock; undecided counts as ours until it is decided."""
    return supply not in SUPPLIED_BY_THEM
