"""Make outputs of a build by hand: units in production, before anybody accepts them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from outwork.ledger import rows
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.serial_counting import count_on
from outwork.ledger.serials import Claim, check_free, read_serials, scopes
from outwork.models import Build, BuildLine, BuildOutput, Company, Event, Location, StockItem, User
from outwork.operations import build_states
from outwork.operations.batch_codes import BatchCodes
from outwork.operations.choosing_maker import maker_of
from outwork.operations.recording import Done, operation, record
from outwork.operations.text_limits import check_texts
from outwork.queries.settings import all_settings
from outwork.rules import states
from outwork.rules.days import day_in
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import ZERO, quantity, whole
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.serials import serial_number
from outwork.rules.states import OPEN_BUILD, BuildStatus

declare(
    manual_output="{build} is external: its outputs come by receiving an order line; to correct by hand say so, with a reason",
)


@operation
def make_outputs(
    *,
    build: Build,
    units: Any,
    actor: User,
    at: datetime.datetime,
    serials: str | Sequence[str] | None = None,
    batch: str = "",
    location: Location | None = None,
    manufacturer: Company | None = None,
    accept_manual_output: bool = False,
    reason: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Make units of a build; `ids` holds the outputs. Serial numbers make an output each, else it is one batch.

    The first output issues a pending build. Those of an external build are its manufacturer's. Refuses
    wrong_state, manual_output, manufacturer_undecided and manufacturer_not_of_build for an external build,
    serials_needed where the BOM has tracked components, serials_not_kept, location_structural, used
    serial numbers, bad quantities and long texts.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    if build.is_external and not (accept_manual_output and reason.strip()):
        refuse("manual_output", build=build.reference, where=("accept_manual_output",))
    maker = maker_of(build, manufacturer)
    reasons = Reasons()
    check_texts(StockItem, {"batch": batch}, reasons)
    reasons.raise_any()
    count = quantity(units, where=("quantity",))
    numbers = _numbers(build, count, serials)
    target = location or build.destination
    if target is not None and target.is_structural:
        refuse("location_structural", location=target.path or target.name, where=("location",))

    event = record("build.outputs made", build, actor=actor, at=at, reason=reason)
    known, days = all_settings(), build.part.default_expiry_days
    if build.status == BuildStatus.PENDING:
        build_states.start(build, event)
    else:
        build_states.freeze(build, event)
        build_states.touch(build)
    expiry = day_in(at, known["TIME_ZONE"]) + datetime.timedelta(days=days) if days else None
    code = batch or build.batch
    code = code or BatchCodes.of(known, at).code(part=build.part, quantity=count, location=target, build=build)
    lot = _Lot(build, numbers, count, code, expiry, target, maker)
    item_ids, output_ids = _book(lot, event)
    return Done(event.pk, output_ids, data={"items": item_ids})


@dataclass(frozen=True, slots=True)
class _Lot:
    """What was made: with serial numbers an item each, else one of all the units."""

    build: Build
    serials: Sequence[str | None]
    units: Decimal
    batch: str
    expiry_date: datetime.date | None
    location: Location | None
    manufacturer_id: int | None


def _book(lot: _Lot, event: Event) -> tuple[list[int], list[int]]:
    """Post what was made and write its outputs; gives the items and the outputs."""
    build, numbers = lot.build, lot.serials
    scope = scopes([build.part])[build.part_id]
    item_ids, output_ids = new_ids(len(numbers)), rows.take_ids(BuildOutput, len(numbers))
    posting, made = Posting(event, {}), []
    for item_id, output_id, serial in zip(item_ids, output_ids, numbers, strict=True):
        held = Held(
            id=item_id,
            part_id=build.part_id,
            quantity=lot.units / len(numbers),
            received_at=event.at,
            batch=lot.batch,
            expiry_date=lot.expiry_date,
            serial=serial,
            serial_number=serial_number(serial) if serial else None,
            serial_scope=scope if serial else None,
            build_id=build.pk,
            is_in_production=True,
        )
        held.put(at_location(lot.location.pk if lot.location else None))
        about = About(build_id=build.pk, output_id=output_id, manufacturer_id=lot.manufacturer_id)
        posting.arrive(held, kind=Kind.MADE, value=ZERO, about=about)
        facts = (held.quantity, lot.manufacturer_id, build.revision, event.pk, event.at)
        made.append((output_id, build.pk, item_id, *facts))
    with naming_constraints():
        posting.write()
    rows.insert(BuildOutput, _OUTPUT, made)
    return list(item_ids), list(output_ids)


_OUTPUT = ("id", "build_id", "item_id", "quantity", "manufacturer_id", "revision", "made_event_id", "made_at")


def _numbers(build: Build, count: Any, serials: str | Sequence[str] | None) -> Sequence[str | None]:
    part = build.part
    if serials is None:
        if part.is_trackable:
            whole(count, where=("quantity",))
        if BuildLine.objects.filter(build=build, is_tracked=True, is_consumable=False).exists():
            refuse("serials_needed", part=part.label, where=("serials",))
        return [None]
    if not part.is_trackable:
        refuse("serials_not_kept", part=part.label, where=("serials",))
    scope = scopes([part])[part.pk]
    asks = isinstance(serials, str) and "~" in serials
    newest = count_on([scope]).latest(scope, build_id=build.pk) if asks else None
    numbers = read_serials(serials, count=whole(count, where=("quantity",)), latest=newest, where=("serials",))
    reasons = Reasons()
    check_free([Claim(scope, numbers, ("serials",))], reasons)
    reasons.raise_any()
    return sorted(numbers)
