"""Send a kit: the stock allocated to a build moves to its manufacturer, still ours and still allocated."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from outwork.ledger.documents import lock_build
from outwork.ledger.held import Held, item_name
from outwork.ledger.post import About, Posting, new_ids
from outwork.ledger.reserve import Reservations, Reserved, hold_for_build
from outwork.models import Build, BuildLine, BuildOutput, Company, Location, Part, User
from outwork.operations import build_states
from outwork.operations.creating_build import company_facts
from outwork.operations.owning import refuse_of_others
from outwork.operations.recording import Done, operation, record
from outwork.operations.supplying import needed_from_us
from outwork.queries.builds import (
    Booked,
    consumed_so_far,
    lines_of,
    manufacturers_of,
    need_of,
    ordered_from,
    units_built,
)
from outwork.rules import states
from outwork.rules.external import check_manufacturer
from outwork.rules.places import Kind, at_location
from outwork.rules.quantities import ZERO, as_text
from outwork.rules.refusals import Reasons, declare, refuse
from outwork.rules.requirement import required
from outwork.rules.states import OPEN_BUILD, StockStatus

declare(
    build_internal="{build} is built by us: there is nobody to send its parts to",
    manufacturer_missing="{build} has no manufacturer yet: name one, or order the build first",
    location_of_another_company="{location} does not lie at {company}",
    nothing_to_send="{build} has nothing allocated that still lies with us and could go to {company}",
    share_sent_already=(
        "{company} has its share of {build}: {units} of its units are ordered there. Order more there, or take units"
        " off another manufacturer's order, before more is sent"
    ),
    kit_not_usable="{quantity} of {item} are {status}: they do not leave like that",
)


@operation
def send_kit(
    *,
    build: Build,
    actor: User,
    at: datetime.datetime,
    manufacturer: Company | None = None,
    location: Location | None = None,
    lines: Collection[int] | None = None,
    whole_items: bool = False,
    note: str = "",
    expected_version: int | None = None,
    key: str | None = None,
) -> Done:
    """Move what is allocated to an external build to its manufacturer's location; `ids` holds the items there.

    Everything that still lies with us, or only that of the named lines; of a build with several manufacturers what
    the units ordered from this one need and do not have yet, the rest stays where it is, allocated. An item that is
    allocated in part is split; with `whole_items` it travels whole (the reel goes along) unless another build or
    manufacturer has a claim on it. May be back-dated by `at`. A manufacturer without a location of its own gets one. Lines that this manufacturer
    buys stay, and so does, with a word about it, what is quarantined or else not usable. Refuses wrong_state, build_internal, manufacturer_undecided, manufacturer_missing,
    manufacturer_not_of_build, company_not_supplier, company_not_manufacturer, location_of_another_company,
    location_structural, line_unknown, nothing_to_send, share_sent_already, item_of_others, kit_not_usable where that is all there is.
    """
    build = lock_build(build, expected_version=expected_version)
    states.require(build.status, OPEN_BUILD, build.reference)
    makers = manufacturers_of(build)
    company = _manufacturer(build, makers, manufacturer)
    target = _location(company, location)
    known = lines_of(build.pk)
    meant = _lines(build, known, lines, company)
    held, reserved = hold_for_build(build.pk)
    # What lies at another manufacturer of the build is his kit: a transfer takes it from one to the other.
    there = dict(Location.objects.filter(company__isnull=False).values_list("pk", "company"))
    claims: dict[int, list[Reserved]] = defaultdict(list)
    for one in reserved.values():
        if one.build_line_id in meant and held[one.item_id].location_id not in there:
            claims[one.item_id].append(one)
    staying = _not_usable(held, claims)
    if not claims and not staying:
        refuse("nothing_to_send", build=build.reference, company=company.name)
    if not claims:
        reasons = Reasons()
        for numbers in staying:
            reasons.add("kit_not_usable", **numbers)
        reasons.raise_any()
    travels = {item_id: [(one, one.quantity) for one in mine] for item_id, mine in claims.items()}
    if len(makers) > 1:
        units = _units_ordered(build, company)
        lying = [one for one in reserved.values() if there.get(held[one.item_id].location_id or 0) == company.pk]
        travels = _share(_needs(build, known, company, units, lying), claims, held, _of_others(build, company, claims))
        if not travels:
            refuse("share_sent_already", build=build.reference, company=company.name, units=units)
    refuse_of_others([(held[item_id], ("items", item_id)) for item_id in travels], actor)

    event = record("build.kit sent", build, company, actor=actor, at=at, reason=note)
    posting = Posting(event, held)
    sent = _move(posting, Reservations(posting, reserved), travels, target, company, whole_items=whole_items)
    build_states.touch(build)
    said = [{"code": "left_behind", **numbers} for numbers in staying]
    data = {"location": target.pk, "manufacturer": company.pk}
    return Done(event.pk, [item.id for item in sent], said=said, data=data)


def _not_usable(held: dict[int, Held], claims: dict[int, list[Reserved]]) -> list[dict[str, Any]]:
    """Take what may not be used out of the claims: which items, how much of them, and what is wrong with them."""
    bad = [held[item_id] for item_id in sorted(claims) if not held[item_id].is_usable]
    parts = Part.objects.in_bulk([one.part_id for one in bad]) if bad else {}
    return [
        {
            "item": item_name(one, parts),
            "quantity": as_text(sum((claim.quantity for claim in claims.pop(one.id)), ZERO)),
            "status": StockStatus(one.status).word,
        }
        for one in bad
    ]


def _lines(build: Build, known: Sequence[BuildLine], named: Collection[int] | None, company: Company) -> set[int]:
    """The lines whose stock may go to this manufacturer: those named, else all, without those that it buys itself."""
    reasons, ids = Reasons(), {line.pk for line in known}
    for index, line_id in enumerate(named or ()):
        if line_id not in ids:
            reasons.add("line_unknown", build=build.reference, line=line_id, where=(index, "line"))
    reasons.raise_any()
    return needed_from_us(known, {company.pk}) & (ids if named is None else set(named))


def _units_ordered(build: Build, company: Company) -> Decimal:
    """The units that this manufacturer builds; who is intended and has no order yet builds what the others do not."""
    ordered = ordered_from(build.pk)
    if company.pk in ordered or company.pk != build.manufacturer_id:
        return ordered.get(company.pk, ZERO)
    return max(ZERO, build.quantity - sum(ordered.values(), ZERO))


def _needs(
    build: Build, lines: Sequence[BuildLine], company: Company, units: Decimal, lying: Iterable[Reserved]
) -> dict[int, Decimal]:
    """What each line still needs at a manufacturer for so many units, beside what lies there and was consumed; two statements."""
    came = {
        revision: quantity
        for (maker, revision), quantity in units_built(build.pk, waiting=True).items()
        if maker == company.pk
    }
    coming = max(ZERO, units - sum(came.values(), ZERO))
    booked = consumed_so_far(build.pk)
    needs = {}
    for line in lines:
        counted = sum((quantity for revision, quantity in came.items() if line.counts_for(revision)), ZERO)
        if line.counts_for(build.revision):
            counted += coming
        so_far = booked.get((line.pk, company.pk), Booked())
        needs[line.pk] = required(need_of(line), counted) - so_far.used - so_far.lost
    for one in lying:
        needs[one.build_line_id] -= one.quantity
    return needs


def _of_others(build: Build, company: Company, claims: Mapping[int, Iterable[Reserved]]) -> set[int]:
    """The outputs that other manufacturers make, where parts are allocated to single units; one statement at most."""
    named = {one.output_id for mine in claims.values() for one in mine} - {None}
    made = BuildOutput.objects.filter(build=build, pk__any=list(named)).exclude(manufacturer=company)
    return set(made.values_list("pk", flat=True)) if named else set()


def _share(
    needs: dict[int, Decimal],
    claims: Mapping[int, Sequence[Reserved]],
    held: Mapping[int, Held],
    of_others: Collection[int],
) -> dict[int, list[tuple[Reserved, Decimal]]]:
    """So much of each allocation as the lines need, the oldest first; a serial number travels whole or not at all."""
    share: dict[int, list[tuple[Reserved, Decimal]]] = defaultdict(list)
    for one in sorted((one for mine in claims.values() for one in mine), key=lambda one: one.id or 0):
        quantity = min(one.quantity, needs[one.build_line_id])
        is_cut = quantity < one.quantity and held[one.item_id].serial is not None
        if quantity > 0 and not is_cut and one.output_id not in of_others:
            needs[one.build_line_id] -= quantity
            share[one.item_id].append((one, quantity))
    return share


def _move(
    posting: Posting,
    reservations: Reservations,
    travels: Mapping[int, Sequence[tuple[Reserved, Decimal]]],
    target: Location,
    company: Company,
    *,
    whole_items: bool,
) -> list[Held]:
    place, build_id = at_location(target.pk), posting.event.build_id
    split_ids = iter(new_ids(len(travels)))
    sent = []
    for item_id in sorted(travels):
        item, mine = posting.held[item_id], travels[item_id]
        quantity = sum((units for _, units in mine), ZERO)
        line = mine[0][0].build_line_id if len({one.build_line_id for one, _ in mine}) == 1 else None
        about = About(build_id=build_id, build_line_id=line, manufacturer_id=company.pk)
        if quantity == item.quantity or (whole_items and quantity == item.allocated):
            posting.carry(item, place, kind=Kind.SENT, about=about)
            sent.append(item)
            continue
        part = item.part_off(next(split_ids), quantity)
        posting.split(item, quantity, place, into=part, kind=Kind.SENT, about=about)
        for one, units in mine:
            reservations.shift(one, units, part)
        sent.append(part)
    posting.write()
    reservations.write()
    return sent


def _manufacturer(build: Build, makers: Collection[int], named: Company | None) -> Company:
    if not build.is_external:
        refuse("build_internal", build=build.reference)
    if named is not None:
        check_manufacturer(company_facts(named), build.part.label, where=("manufacturer",)).raise_any()
        if makers and named.pk not in makers:
            refuse("manufacturer_not_of_build", company=named.name, build=build.reference)
        return named
    if len(makers) > 1:
        refuse("manufacturer_undecided", build=build.reference, count=len(makers))
    if not makers:
        refuse("manufacturer_missing", build=build.reference)
    return Company.objects.get(pk=next(iter(makers)))


def _location(company: Company, named: Location | None) -> Location:
    if named is not None:
        if named.company_id != company.pk:
            refuse("location_of_another_company", location=named.path or named.name, company=company.name)
        if named.is_structural:
            refuse("location_structural", location=named.path or named.name)
        return named
    own = Location.objects.filter(company=company, is_structural=False).order_by("parent_id", "pk").first()
    return own or make_location_of(company)


def make_location_of(company: Company) -> Location:
    """A location for what of ours lies at a company, named after it."""
    name = company.name[:100]
    taken = Location.objects.filter(parent__isnull=True, name=name).exists()
    name = f"{name[:90]} ({company.pk})" if taken else name
    return Location.objects.create(name=name, path=name, company=company, is_external=True)
