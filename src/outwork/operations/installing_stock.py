"""Install stock into another item by hand: a module into a device, a spare part into a unit that came back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from outwork.ledger.held import Held
from outwork.ledger.post import new_ids
from outwork.models import BomSubstitute, Part, User
from outwork.operations.moving_stock import part_off
from outwork.operations.owning import check_owners
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import PLACE_WORDS, Hand, read_part_of, take_in_hand
from outwork.queries.builds import boms_to_build
from outwork.queries.lineage import around
from outwork.rules.places import Kind, PlaceKind, inside
from outwork.rules.quantities import ZERO
from outwork.rules.refusals import Reasons, declare
from outwork.rules.states import AVAILABLE_STOCK, StockStatus

declare(
    install_into_itself="{item} cannot go into {container}: that would be inside itself",
    install_into_many="{container} is {quantity} units: only into one piece something can be installed",
    install_into_elsewhere="{container} is {place}: nothing can be installed into it there",
    install_outside_bom="{part} is not in the bill of materials of {container}; the setting STOCK_ENFORCE_BOM_INSTALLATION asks for that",
    item_status_unusable="{item} is {status}: it cannot be used",
)


@dataclass(frozen=True, slots=True)
class Installation:
    """An item goes into another one, all of it or so much of it, both given by id."""

    item: int
    into: int
    quantity: Any = None


@operation
def install_stock(
    *, rows: Sequence[Installation], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Install items into others by hand; `ids` holds, in the order of the rows, the items that are inside now.

    What they are worth goes along: the container is worth so much more, and they are worth nothing of their own until
    they are taken out (decision paper 0011). No build line counts them; what a build needs is allocated to its units.
    Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, item_empty, item_in_production, item_of_others (also of the container),
    item_status_unusable, item_short, units_not_free, install_into_itself, install_into_many, install_into_elsewhere,
    and install_outside_bom where STOCK_ENFORCE_BOM_INSTALLATION is on, and bad quantities.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor, also={row.into for row in rows})
    containers = [(hand.held[row.into], (index, "into")) for index, row in enumerate(rows)]
    is_owned = hand.settings["STOCK_OWNERSHIP_CONTROL"]
    check_owners(containers, actor, reasons, named=hand.name, is_on=is_owned)
    nearest = _nearest_containers(rows)
    for index, row in enumerate(rows):
        _check(hand, hand.held[row.item], hand.held[row.into], list(_around(row.into, nearest)), index, reasons)
        nearest[row.item] = row.into
    if hand.settings["STOCK_ENFORCE_BOM_INSTALLATION"]:
        _check_boms(rows, hand, reasons)
    quantities = [read_part_of(hand, row.item, row.quantity, index, reasons) for index, row in enumerate(rows)]
    for index, (row, quantity) in enumerate(zip(rows, quantities, strict=True)):
        free = hand.held[row.item].free
        if quantity > free:
            name = hand.name(row.item)
            reasons.add("units_not_free", item=name, free=free, wanted=quantity, where=(index, "quantity"))
    reasons.raise_any()

    event = record("stock.installed", *hand.documents(), actor=actor, at=at, reason=reason)
    posting, book = hand.open(event)
    parts = sum(quantity < hand.held[row.item].quantity for row, quantity in zip(rows, quantities, strict=True))
    fresh = iter(new_ids(parts))
    ids = []
    for row, quantity in zip(rows, quantities, strict=True):
        item, container = hand.held[row.item], hand.held[row.into]
        if quantity < item.quantity:
            item = part_off(hand, posting, book, item, quantity, inside(container.id), next(fresh), kind=Kind.INSTALLED)
        else:
            posting.carry(item, inside(container.id), kind=Kind.INSTALLED)
        if item.value != ZERO:
            posting.revalue(item, container, item.value, corrects=None, kind=Kind.COSTED)
        ids.append(item.id)
    posting.write()
    book.write()
    return Done(event.pk, ids)


def _nearest_containers(rows: Sequence[Installation]) -> dict[int, int]:
    """What each container, and each thing around one, is in by now; one statement."""
    chains = around([row.into for row in rows])
    return {item: out for first, chain in chains.items() for item, out in pairwise([first, *chain])}


def _around(item_id: int, nearest: Mapping[int, int]) -> Iterator[int]:
    """Everything around an item, from within; a circle ends where it was seen before."""
    seen = {item_id}
    while (found := nearest.get(item_id)) is not None and found not in seen:
        seen.add(found)
        item_id = found
        yield item_id


def _check(hand: Hand, item: Held, container: Held, chain: Sequence[int], index: int, reasons: Reasons) -> None:
    where, names = (index, "into"), {"container": hand.name(container.id)}
    if item.status not in AVAILABLE_STOCK:
        word = StockStatus(item.status).word
        reasons.add("item_status_unusable", item=hand.name(item.id), status=word, where=(index, "item"))
    if container.id == item.id or item.id in chain:
        reasons.add("install_into_itself", item=hand.name(item.id), **names, where=where)
    if container.quantity != 1:
        reasons.add("install_into_many", **names, quantity=container.quantity, where=where)
    if container.place not in (PlaceKind.LOCATION, PlaceKind.UNPLACED, PlaceKind.INSIDE):
        reasons.add("install_into_elsewhere", **names, place=PLACE_WORDS[PlaceKind(container.place)], where=where)


def _check_boms(rows: Sequence[Installation], hand: Hand, reasons: Reasons) -> None:
    """Note what the bill of materials of its container does not name: the part, a variant or a substitute."""
    boms = boms_to_build({hand.held[row.into].part_id for row in rows})
    lines = {line.pk: line for bom in boms.values() for line in bom}
    substitutes: dict[int, set[int]] = {}
    for line_id, part_id in BomSubstitute.objects.filter(bom_line__any=list(lines)).values_list("bom_line", "part"):
        substitutes.setdefault(line_id, set()).add(part_id)
    above = _templates_above({hand.held[row.item].part_id for row in rows})
    for index, row in enumerate(rows):
        part_id, assembly_id = hand.held[row.item].part_id, hand.held[row.into].part_id
        fits = any(
            part_id == line.part_id
            or part_id in substitutes.get(line.pk, ())
            or (line.allows_variants and line.part_id in above[part_id])
            for line in boms[assembly_id]
        )
        if not fits:
            names = {"part": hand.parts[part_id].label, "container": hand.name(row.into)}
            reasons.add("install_outside_bom", **names, where=(index, "item"))


def _templates_above(part_ids: set[int]) -> dict[int, set[int]]:
    """What each part is a variant of, up to the top; one statement for the whole forest of variants."""
    parents = dict(Part.objects.filter(variant_of__isnull=False).values_list("pk", "variant_of"))
    above: dict[int, set[int]] = {}
    for part_id in part_ids:
        above[part_id], at = set(), parents.get(part_id)
        while at is not None and at not in above[part_id]:
            above[part_id].add(at)
            at = parents.get(at)
    return above
