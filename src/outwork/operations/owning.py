"""Whose stock it is: where STOCK_OWNERSHIP_CONTROL is on, only its owner's people move or allocate an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import F, Q

from outwork.ledger.held import Held, item_name, read_items
from outwork.models import Event, Location, Movement, Owner, Part, User
from outwork.operations.permitting import may_everything
from outwork.queries.settings import get
from outwork.rules.places import Kind
from outwork.rules.refusals import Reasons, Where, declare

declare(
    item_of_others="{item} belongs to {owner}: only they may move or allocate it",
    owner_unknown="There is no owner {owner}",
)


def check_owners(
    items: Sequence[tuple[Held, Where]], actor: User, reasons: Reasons, *, named: Callable[[int], str], is_on: bool
) -> None:
    """Note `item_of_others` for every item that belongs to somebody whom the actor is not one of.

    `is_on` is what STOCK_OWNERSHIP_CONTROL says. No statement while it is off, three while it is on.
    """
    strange = of_others([item for item, _ in items], actor, is_on=is_on)
    if not strange:
        return
    names = {
        one.pk: str(one) for one in Owner.objects.filter(pk__in=set(strange.values())).select_related("user", "group")
    }
    for item, where in items:
        if item.id in strange:
            reasons.add("item_of_others", item=named(item.id), owner=names[strange[item.id]], where=where)


def refuse_of_others(items: Sequence[tuple[Held, Where]], actor: User) -> None:
    """Refuse `item_of_others`, for those who have not read the settings; no statement for who may do everything."""
    if not items or may_everything(actor) or not get("STOCK_OWNERSHIP_CONTROL"):
        return
    parts = Part.objects.in_bulk({item.part_id for item, _ in items})
    known, reasons = {item.id: item for item, _ in items}, Reasons()
    check_owners(items, actor, reasons, named=lambda item_id: item_name(known[item_id], parts), is_on=True)
    reasons.raise_any()


def refuse_taking_back_of_others(event: Event, actor: User) -> None:
    """Refuse `item_of_others` for what would move if an event were taken back; no statement for who may do everything.

    Of what happened to stock by hand that is all of it, of other events what they moved to another location or sent back
    to a supplier: what was received, or consumed by a build, nobody asked about either.
    """
    if may_everything(actor) or not get("STOCK_OWNERSHIP_CONTROL"):
        return
    moved = Movement.objects.filter(event=event)
    if not event.kind.startswith("stock."):
        elsewhere = Q(source_location__isnull=False, target_location__isnull=False)
        moved = moved.filter(Q(kind=Kind.RETURNED) | elsewhere & ~Q(source_location=F("target_location")))
    ids = {one for row in moved.values_list("source_item", "target_item") for one in row if one is not None}
    ids |= {row["item"] for row in event.data.get("changes", ())}
    refuse_of_others([(item, ("event",)) for item in read_items(ids).values()], actor)


def of_others(items: Iterable[Held], actor: User, *, is_on: bool) -> dict[int, int]:
    """The items that belong to others than the actor, each with its owner; two statements while `is_on`, else none.

    An item belongs to its owner, else to the owner of the nearest location around it that has one; what has none is
    everybody's. Who may do everything may do this too.
    """
    asked = list(items)
    if not is_on or not asked or may_everything(actor):
        return {}
    around = _owners_of_places()
    mine = set(Owner.objects.filter(Q(user=actor) | Q(group__user=actor)).values_list("pk", flat=True))
    whose = {item.id: item.owner_id or around.get(item.location_id or 0) for item in asked}
    return {item_id: owner for item_id, owner in whose.items() if owner is not None and owner not in mine}


def _owners_of_places() -> dict[int, int]:
    """The owner of every location that has one, its own or that of the nearest location around it; one statement."""
    found = {pk: (parent, owner) for pk, parent, owner in Location.objects.values_list("pk", "parent", "owner")}
    owners: dict[int, int] = {}
    for pk in found:
        at: int | None = pk
        while at is not None:
            at, owner = found[at]
            if owner is not None:
                owners[pk] = owner
                break
    return owners


def check_owner_ids(wanted: Sequence[tuple[int | None, Where]], reasons: Reasons) -> None:
    """Note `owner_unknown` for owners that do not exist, given by id; one statement, none if nobody is named."""
    ids = {owner for owner, _ in wanted if owner is not None}
    found = set(Owner.objects.filter(pk__in=sorted(ids)).values_list("pk", flat=True)) if ids else set()
    for owner, where in wanted:
        if owner is not None and owner not in found:
            reasons.add("owner_unknown", owner=owner, where=where)
