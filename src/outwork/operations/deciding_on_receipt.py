"""Decide on units as they come: accept, hold or reject them in the same step as their receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from outwork.ledger import rows
from outwork.models import Build, BuildOutput, Event, PurchaseOrder
from outwork.operations.arriving import Lot
from outwork.operations.deciding import accept_whole, reject_whole
from outwork.operations.requiring_tests import tests_are_required
from outwork.operations.verdicts import Decision
from outwork.rules.receiving import Disposition
from outwork.rules.states import BuildStatus, WaitsFor


def decide_on_receipt(
    order: PurchaseOrder,
    lots: Sequence[Lot],
    outputs: Sequence[Sequence[int]],
    builds: Mapping[int, Build],
    event: Event,
    accept: bool | None,
) -> list[dict[str, Any]]:
    """Decide on the outputs that a receipt just made, lot by lot; says shortfalls, and where tests come first.

    The arrival's own disposition goes first, then its `accept`, then that of the request, then the manufacturer's
    default. Units for a build that is complete are accepted unless they are held or rejected. Where tests are required,
    nothing is accepted by default; asked for, it is refused (tests_unmet).
    """
    accepted: dict[int, list[Decision]] = defaultdict(list)
    rejected: dict[tuple[int, str], list[Decision]] = defaultdict(list)
    asked: set[int] = set()
    held = []
    for lot, made in zip(lots, outputs, strict=True):
        if not made or lot.build is None:
            continue
        arrival, build = lot.arrival, lot.build
        if arrival.disposition is Disposition.HOLD:
            held += [(one, WaitsFor.INSPECTION, arrival.disposition_reason) for one in made]
        elif arrival.disposition is Disposition.REJECT:
            rejected[build.pk, arrival.disposition_reason] += [Decision(one) for one in made]
        else:
            wish = _wish(lot, accept)
            if wish:
                asked.add(build.pk)
            if wish or (wish is None and order.supplier.accepts_on_receipt) or build.status == BuildStatus.COMPLETE:
                accepted[build.pk] += [Decision(one, status=arrival.status) for one in made]
    rows.update(BuildOutput, ("waits_for", "reason"), held)
    said: list[dict[str, Any]] = []
    for (build_id, reason), decisions in rejected.items():
        said += reject_whole(builds[build_id], decisions, reason, event)
    for build_id, decisions in accepted.items():
        if build_id not in asked and tests_are_required(builds[build_id]):
            said.append({"code": "tests_come_first", "build": builds[build_id].reference})
            continue
        said += accept_whole(builds[build_id], decisions, event)
    return said


def _wish(lot: Lot, accept: bool | None) -> bool | None:
    if lot.arrival.disposition is Disposition.ACCEPT:
        return True
    return accept if lot.arrival.accept is None else lot.arrival.accept
