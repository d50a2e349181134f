"""What a receipt decided and consumed in the same step, where the receipt is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from outwork.ledger.post import Posting
from outwork.ledger.reserve import Reservations
from outwork.ledger.reverse import Back, Moved, plan_back, post_back, settle_back
from outwork.models import Build, BuildOutput, Event
from outwork.operations.settling_cost import settle
from outwork.operations.undoing_build import allocate_again, count_back, moves_units, note_later_units, units_of
from outwork.rules.places import Kind
from outwork.rules.refusals import Reasons
from outwork.rules.states import OPEN_BUILD, OutputState


class DecidedAtOnce:
    """The units of a receipt that were accepted or rejected with it, and what was consumed for them."""

    def __init__(self, receipt: Event, outputs: Iterable[BuildOutput], builds: Collection[Build]) -> None:
        self.builds = builds
        self.outputs = [
            one for one in outputs if one.decided_event_id == receipt.pk and one.state != OutputState.IN_PRODUCTION
        ]
        self.back: Back | None = plan_back(receipt, goes_back=self._goes_back) if self.outputs else None

    def _goes_back(self, moved: Moved) -> bool:
        if moved.kind is Kind.COSTED:
            return moved.about.output_id in {one.pk for one in self.outputs}
        return moved.kind is not Kind.RECEIVED and moves_units(moved)

    def note(self, reasons: Reasons) -> None:
        """Note what stands in the way of taking the decision back; what came with the receipt is looked at elsewhere."""
        if self.back is None:
            return
        for build in self.builds:
            note_later_units(build, self.back, units_of(one for one in self.outputs if one.build_id == build.pk))
        came = {one.target_id for one in self.back.movements if one.kind in (Kind.ACCEPTED, Kind.REJECTED)}
        names = {self.back.name(item_id) for item_id in came if item_id is not None}
        reasons.found += [one for one in self.back.reasons.found if one.params.get("item") not in names]

    def post(self, posting: Posting, book: Reservations) -> None:
        """Gather the movements back, and allocate what was consumed as it was."""
        if self.back is None:
            return
        post_back(self.back, posting, book)
        if all(build.status in OPEN_BUILD for build in self.builds):
            allocate_again(self.back, book)

    def settle(self, event: Event) -> None:
        """Count what the lines consumed, and let the units that stay bear what they cost now; all is written."""
        if self.back is None:
            return
        count_back(self.back)
        settle_back(self.back)
        settle(event, {}, builds=[build.pk for build in self.builds])
