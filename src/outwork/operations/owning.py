"""Whose stock it is: where STOCK_OWNERSHIP_CONTROL is on, only its owner's people move or allocate an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q

from outwork.ledger.held import Held
from outwork.models import Location, Owner, User
from outwork.operations.permitting import may_everything
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
