"""The lives of the documents: which state a build, an order or an output may reach from which.

One table of (before, after) pairs per document. Buttons, REST and checks read these tables; nothing else says what
may follow what. The numbers are InvenTree's (semantics B1), so that its clients read them as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum, StrEnum
from typing import NoReturn, TypeVar

from outwork.rules.refusals import declare, refuse

declare(
    transition_impossible="{document} is {before} and cannot become {after}",
    wrong_state="{document} is {state}; this needs it {allowed}{mend}",
    stock_status_unknown="{status} is no stock status",
)


class State(IntEnum):
    """A state with the word that people read for it."""

    @property
    def word(self) -> str:
        """The state as it stands in a sentence: "on hold"."""
        return self.name.lower().replace("_", " ")


class BuildStatus(State):
    """Where a build order stands. Beware: 30 and 40 are the other way round than in a purchase order."""

    PENDING = 10
    PRODUCTION = 20
    ON_HOLD = 25
    CANCELLED = 30
    COMPLETE = 40

    @property
    def word(self) -> str:
        """The state as it stands in a sentence; a build is "in production"."""
        return "in production" if self is BuildStatus.PRODUCTION else super().word


class OrderStatus(State):
    """Where a purchase order stands. DRAFT is what InvenTree calls pending."""

    DRAFT = 10
    PLACED = 20
    ON_HOLD = 25
    COMPLETE = 30
    CANCELLED = 40
    LOST = 50
    RETURNED = 60


class StockStatus(State):
    """In which condition a stock item is. People set it freely, so it has no table."""

    OK = 10
    ATTENTION = 50
    DAMAGED = 55
    DESTROYED = 60
    REJECTED = 65
    LOST = 70
    QUARANTINED = 75
    RETURNED = 85


class OutputState(State):
    """What became of a build output. WITHDRAWN: it was booked by mistake and never built, or its receipt was undone."""

    IN_PRODUCTION = 10
    ACCEPTED = 20
    REJECTED = 30
    SCRAPPED = 40
    WITHDRAWN = 50


class WaitsFor(StrEnum):
    """What an output in production was set aside for; empty is the ordinary queue."""

    INSPECTION = "inspection"
    REWORK = "rework"

    @property
    def word(self) -> str:
        """What an output is that waits for it, as it stands in a sentence."""
        return {"inspection": "held", "rework": "in rework"}[self.value]


class ReturnStatus(State):
    """Where a return to a supplier stands. SENT: it is on its way or there; CLOSED: nothing of it is awaited."""

    SENT = 20
    CLOSED = 30
    CANCELLED = 40


S = TypeVar("S", bound=State)
Table = frozenset[tuple[S, S]]

OPEN_BUILD = frozenset({BuildStatus.PENDING, BuildStatus.PRODUCTION, BuildStatus.ON_HOLD})
# Units are decided on while their build is made, and may turn out bad or be reworked after it is complete.
DECIDABLE_BUILD = frozenset({BuildStatus.PRODUCTION, BuildStatus.ON_HOLD, BuildStatus.COMPLETE})
OPEN_ORDER = frozenset({OrderStatus.DRAFT, OrderStatus.PLACED, OrderStatus.ON_HOLD})
FAILED_ORDER = frozenset({OrderStatus.CANCELLED, OrderStatus.LOST, OrderStatus.RETURNED})
AVAILABLE_STOCK = frozenset({StockStatus.OK, StockStatus.ATTENTION, StockStatus.DAMAGED, StockStatus.RETURNED})

BUILD: Table[BuildStatus] = frozenset(
    {
        (BuildStatus.PENDING, BuildStatus.PRODUCTION),
        (BuildStatus.PENDING, BuildStatus.ON_HOLD),
        (BuildStatus.PENDING, BuildStatus.CANCELLED),
        (BuildStatus.PRODUCTION, BuildStatus.ON_HOLD),
        (BuildStatus.PRODUCTION, BuildStatus.COMPLETE),
        (BuildStatus.PRODUCTION, BuildStatus.CANCELLED),
        (BuildStatus.ON_HOLD, BuildStatus.PRODUCTION),
        (BuildStatus.ON_HOLD, BuildStatus.CANCELLED),
        (BuildStatus.COMPLETE, BuildStatus.PRODUCTION),  # reopened, with a reason; cancelled is the end
    }
)

PURCHASE_ORDER: Table[OrderStatus] = frozenset(
    {
        (OrderStatus.DRAFT, OrderStatus.PLACED),
        (OrderStatus.DRAFT, OrderStatus.ON_HOLD),
        (OrderStatus.DRAFT, OrderStatus.CANCELLED),
        (OrderStatus.PLACED, OrderStatus.ON_HOLD),
        (OrderStatus.PLACED, OrderStatus.COMPLETE),
        (OrderStatus.PLACED, OrderStatus.CANCELLED),
        (OrderStatus.PLACED, OrderStatus.LOST),
        (OrderStatus.PLACED, OrderStatus.RETURNED),
        (OrderStatus.ON_HOLD, OrderStatus.PLACED),
        (OrderStatus.ON_HOLD, OrderStatus.CANCELLED),
        (OrderStatus.COMPLETE, OrderStatus.PLACED),  # reopened, with a reason
        (OrderStatus.COMPLETE, OrderStatus.RETURNED),
        (OrderStatus.LOST, OrderStatus.PLACED),  # the parcel turned up after all
    }
)

OUTPUT: Table[OutputState] = frozenset(
    {
        (OutputState.IN_PRODUCTION, OutputState.ACCEPTED),
        (OutputState.IN_PRODUCTION, OutputState.REJECTED),
        (OutputState.IN_PRODUCTION, OutputState.SCRAPPED),
        (OutputState.IN_PRODUCTION, OutputState.WITHDRAWN),
        (OutputState.ACCEPTED, OutputState.IN_PRODUCTION),  # taken back, or sent to be reworked
        (OutputState.ACCEPTED, OutputState.REJECTED),
        (OutputState.REJECTED, OutputState.IN_PRODUCTION),
        (OutputState.REJECTED, OutputState.ACCEPTED),
        (OutputState.REJECTED, OutputState.SCRAPPED),
        (OutputState.SCRAPPED, OutputState.IN_PRODUCTION),  # the scrapping was a mistake
    }
)


SUPPLIER_RETURN: Table[ReturnStatus] = frozenset(
    {
        (ReturnStatus.SENT, ReturnStatus.CLOSED),
        (ReturnStatus.SENT, ReturnStatus.CANCELLED),  # the sending was taken back
        (ReturnStatus.CLOSED, ReturnStatus.SENT),  # what had come back was taken back
    }
)


def next_states(table: Table[S], state: int) -> list[S]:
    """The states that may follow, in the order of their numbers."""
    return sorted(after for before, after in table if before == state)


def is_repeat(before: int, after: int) -> bool:
    """Whether the move was made already; repeating it changes nothing and is no error (design, section 5)."""
    return before == after


def require_move(table: Table[S], before: int, after: S, *, document: str) -> None:
    """Refuse a move that is not in the table (`transition_impossible`).

    Ask `is_repeat` first: a repeated move is refused here, so that an operation which forgets to ask does not do its
    work twice.
    """
    if (before, after) not in table:
        refuse_move(before, after, document=document)


def refuse_move(before: int, after: State, *, document: str) -> NoReturn:
    """Refuse a move (`transition_impossible`)."""
    refuse("transition_impossible", document=document, before=type(after)(before).word, after=after.word)


def require(state: int, allowed: Collection[S], document: str) -> None:
    """Refuse unless the document is in one of the allowed states (`wrong_state`)."""
    if state not in allowed:
        ordered = sorted(allowed)
        words = [one.word for one in ordered]
        listed = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
        now = type(ordered[0])(state)
        mends = [
            mend for (before, after), mend in _MENDS.get(type(now), {}).items() if before == now and after in allowed
        ]
        mend = f": {mends[0]} first" if mends else ""
        refuse("wrong_state", document=document, state=now.word, allowed=listed, mend=mend)


# What people do to get a document from where it is to where work can go on.
_MENDS: dict[type[State], dict[tuple[int, int], str]] = {
    BuildStatus: {
        (BuildStatus.PENDING, BuildStatus.PRODUCTION): "issue it",
        (BuildStatus.ON_HOLD, BuildStatus.PRODUCTION): "issue it again",
        (BuildStatus.COMPLETE, BuildStatus.PRODUCTION): "reopen it",
    },
    OrderStatus: {
        (OrderStatus.DRAFT, OrderStatus.PLACED): "place it",
        (OrderStatus.ON_HOLD, OrderStatus.PLACED): "place it again",
        (OrderStatus.COMPLETE, OrderStatus.PLACED): "reopen it",
        (OrderStatus.LOST, OrderStatus.PLACED): "place it again",
    },
}
