"""An output that something is decided about, and which of its facts a decision changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from outwork.models import BuildOutput
from outwork.rules.states import OutputState

OF_DECISION = ("state", "decided_event_id", "decided_at", "reason", "has_components", "waits_for", "has_concession")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A checked decision: the output, how many of its units, where they go.

    `lies_in` names the item that the units lie in, where they were split off the output's own since.
    """

    output: BuildOutput
    units: Decimal
    location_id: int | None
    status: int | None
    lies_in: int | None = None

    @property
    def was_decided(self) -> bool:
        """Whether it is decided on once more."""
        return self.output.state != OutputState.IN_PRODUCTION

    @property
    def item_id(self) -> int:
        """The item that the units lie in."""
        return self.lies_in or int(self.output.item_id or 0)
