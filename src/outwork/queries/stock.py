"""Stock as one asks for it: what is on hand where and at whom, which items, and what happened to one of them.

Quantities are in the part's unit, values in base currency for the whole quantity; an unknown value is None.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from outwork.models import Event, Movement, StockItem
from outwork.models.fields import QuantityField
from outwork.rules.places import PlaceKind
from outwork.rules.quantities import ZERO
from outwork.rules.states import AVAILABLE_STOCK

_USABLE = Q(status__in=sorted(AVAILABLE_STOCK), is_in_production=False)
_LABEL = Case(When(part__number="", then=F("part__name")), default=F("part__number"), output_field=CharField())

# What changed without anything moving, and counts: of many items at once they name their items inside the event only.
# An item may have been another part then.
_TOLD = """
    SELECT event.id FROM outwork_event AS event
    WHERE event.kind IN ('stock.changed', 'stock.counted', 'stock.brought back', 'stock.converted', 'stock.merged',
                         'stock.uninstalled')
          AND (event.item_id IS NULL OR event.item_id = %s)
          AND (event.part_id IS NULL
               OR event.part_id IN (SELECT part_id FROM outwork_movement WHERE target_item_id = %s))
          AND ({names})
"""
_NAMES = {
    "sqlite": " OR ".join(
        f"EXISTS (SELECT 1 FROM json_each(event.data, '$.{rows}') AS named"
        " WHERE json_extract(named.value, '$.item') = %s)"
        for rows in ("changes", "counts")
    ),
    "postgresql": " OR ".join(
        f"event.data -> '{rows}' @> jsonb_build_array(jsonb_build_object('item', %s::bigint))"
        for rows in ("changes", "counts")
    ),
}


@dataclass(frozen=True, slots=True)
class OnHand:
    """What lies somewhere of a part; `quantity` is all of it, whatever its status.

    `usable` may go into builds, `free` is what of that is not allocated. Grouped by part only, `location`
    and `company` are empty.
    """

    part_id: int
    part: str
    unit: str
    quantity: Decimal
    usable: Decimal
    allocated: Decimal
    in_production: Decimal
    value: Decimal | None
    items: int
    location_id: int | None = None
    location: str = ""
    company_id: int | None = None
    company: str = ""

    @property
    def free(self) -> Decimal:
        """What is usable and not allocated."""
        return max(ZERO, self.usable - self.allocated)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an item: units came, went or moved, its value or a fact about it changed.

    `change` is what the item gained or lost; `quantity` what was there afterwards. `other_item` is where
    the units came from or went to, None for the outside world and for the item itself.
    """

    event_id: int
    event: str
    kind: str
    at: datetime.datetime
    actor: str
    reason: str
    change: Decimal
    quantity: Decimal
    value: Decimal | None
    source: str
    target: str
    other_item: int | None = None
    build: str = ""
    order: str = ""
    reverses: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def by_part(*, part_ids: Collection[int] | None = None, location_ids: Collection[int] | None = None) -> list[OnHand]:
    """What is on hand of each part, everywhere or at some locations; one statement."""
    return _grouped(_on_hand(part_ids, location_ids, None), ())


def by_location(
    *, part_ids: Collection[int] | None = None, location_ids: Collection[int] | None = None
) -> list[OnHand]:
    """What is on hand of each part at each location, what is not placed last; one statement."""
    keys = ("location__path", "location__name", "location", "location__company__name", "location__company")
    return _grouped(_on_hand(part_ids, location_ids, None), keys)


def by_company(*, company_id: int | None = None, part_ids: Collection[int] | None = None) -> list[OnHand]:
    """What of ours lies at each company's locations, or at one company's; one statement."""
    query = _on_hand(part_ids, None, company_id).filter(location__company__isnull=False)
    return _grouped(query, ("location__company__name", "location__company"))


def find_items(
    *,
    part_ids: Collection[int] | None = None,
    location_ids: Collection[int] | None = None,
    company_id: int | None = None,
    text: str | None = None,
    batch: str | None = None,
    serial: str | None = None,
    statuses: Collection[int] | None = None,
    customer_id: int | None = None,
    owner_ids: Collection[int] | None = None,
    inside_id: int | None = None,
    expired_on: datetime.date | None = None,
    stale_before: datetime.date | None = None,
    is_on_hand: bool = True,
) -> list[StockItem]:
    """Items with part and location, by where they are, what they are, whose, and when they expire; one statement.

    `text` is a serial number or a batch, exactly. `expired_on` finds what is expired on that day, `stale_before` what
    expires before one. Without `is_on_hand` also those that are empty, used up, installed or at a customer, but none
    written off; asking for what is at a customer or inside something asks for those.
    """
    elsewhere = customer_id is not None or inside_id is not None
    query = _on_hand(part_ids, location_ids, company_id, is_on_hand=is_on_hand and not elsewhere)
    exactly = {"batch": batch, "serial": serial, "customer": customer_id, "inside": inside_id}
    among = {"status__any": statuses, "owner__any": owner_ids}
    before = {"expiry_date__lt": expired_on or stale_before}
    query = query.filter(**{name: value for name, value in {**exactly, **among, **before}.items() if value is not None})
    if text is not None:
        query = query.filter(Q(serial=text) | Q(batch=text))
    query = query.select_related("part", "location__company", "used_by", "build", "supplier_part", "customer")
    query = query.select_related("owner__user", "owner__group", "inside__part")
    return list(query.order_by("part__number", "part__name", "batch", "serial_number", "serial", "pk"))


def history(item: StockItem) -> list[Step]:
    """All that happened to an item, in the order of the records; three statements."""
    moved = Movement.objects.filter(Q(source_item=item) | Q(target_item=item)).order_by("pk")
    moved = moved.select_related(
        "event__actor", "source_location", "target_location", "build", "purchase_line__order", "customer"
    )
    steps: list[tuple[tuple[int, int], Step]] = []
    there = ZERO
    for one in moved:
        change = ZERO
        if one.source_item_id != one.target_item_id:
            change = one.quantity if one.target_item_id == item.pk else -one.quantity
        there += change
        steps.append(((one.event_id, one.pk), _step(item, one, change, there)))
    with connection.cursor() as cursor:
        cursor.execute(_TOLD.format(names=_NAMES[connection.vendor]), [item.pk] * 4)
        told = [row[0] for row in cursor.fetchall()]
    there_after = [(event_id, step.quantity) for (event_id, _), step in steps]
    moved_by = {event_id for event_id, _ in there_after}
    query = Event.objects.filter(Q(pk__any=told) | Q(reverses__any=told)).select_related("actor", "reverses")
    for event in query:
        quantity = next((after for event_id, after in reversed(there_after) if event_id <= event.pk), ZERO)
        meant = event.reverses or event
        for change in meant.data.get("changes", ()):
            if change["item"] == item.pk:
                steps.append(((event.pk, 0), _fact_step(event, change, quantity)))
        counted = {row["item"] for row in meant.data.get("counts", ())}
        if item.pk in counted and event.pk not in moved_by:
            steps.append(((event.pk, 0), _fact_step(event, {}, quantity, kind="counted")))
    return [step for _, step in sorted(steps, key=lambda entry: entry[0])]


def _on_hand(
    part_ids: Collection[int] | None,
    location_ids: Collection[int] | None,
    company_id: int | None,
    *,
    is_on_hand: bool = True,
) -> QuerySet[StockItem]:
    query = StockItem.objects.on_hand() if is_on_hand else StockItem.objects.existing()
    if part_ids is not None:
        query = query.filter(part__any=part_ids)
    if location_ids is not None:
        query = query.filter(location__any=location_ids)
    if company_id is not None:
        query = query.filter(location__company=company_id)
    return query


def _grouped(query: QuerySet[StockItem], keys: tuple[str, ...]) -> list[OnHand]:
    nothing = Value(ZERO, output_field=QuantityField())
    found = (
        query.values("part", "part__unit", *keys)
        .annotate(
            label=_LABEL,
            units=Sum("quantity"),
            usable=Coalesce(Sum("quantity", filter=_USABLE), nothing),
            reserved=Coalesce(Sum("allocated", filter=_USABLE), nothing),
            made=Coalesce(Sum("quantity", filter=Q(is_in_production=True)), nothing),
            worth=Sum("value"),
            unknown=Count("pk", filter=Q(value__isnull=True)),
            items=Count("pk"),
        )
        .order_by("label", "part", *(F(key).asc(nulls_last=True) for key in keys))
    )
    return [
        OnHand(
            part_id=row["part"],
            part=row["label"],
            unit=row["part__unit"],
            quantity=row["units"],
            usable=row["usable"],
            allocated=row["reserved"],
            in_production=row["made"],
            value=None if row["unknown"] else row["worth"],
            items=row["items"],
            location_id=row.get("location"),
            location=row.get("location__path") or row.get("location__name") or "",
            company_id=row.get("location__company"),
            company=row.get("location__company__name") or "",
        )
        for row in found
    ]


def _step(item: StockItem, one: Movement, change: Decimal, there: Decimal) -> Step:
    other = one.source_item_id if one.target_item_id == item.pk else one.target_item_id
    sign = -1 if one.source_item_id == item.pk and one.target_item_id != item.pk else 1
    return Step(
        event_id=one.event_id,
        event=one.event.kind,
        kind=one.kind,
        at=one.at,
        actor=one.event.actor.get_username(),
        reason=one.event.reason,
        change=change,
        quantity=there,
        value=None if one.value is None else sign * one.value,
        source=_place(one, one.source_place, one.source_location),
        target=_place(one, one.target_place, one.target_location),
        other_item=None if other == item.pk else other,
        build=one.build.reference if one.build else "",
        order=one.purchase_line.order.reference if one.purchase_line else "",
        reverses=one.event.reverses_id,
    )


def _fact_step(event: Event, change: dict[str, Any], quantity: Decimal, *, kind: str = "changed") -> Step:
    """A change of facts, or a count that found what was known; taken back, it went the other way."""
    before, after = change.get("before", {}), change.get("after", {})
    return Step(
        event_id=event.pk,
        event=event.kind,
        kind=kind if event.reverses_id is None else "reversed",
        at=event.at,
        actor=event.actor.get_username(),
        reason=event.reason,
        change=ZERO,
        quantity=quantity,
        value=None,
        source="",
        target="",
        reverses=event.reverses_id,
        before=before if event.reverses_id is None else after,
        after=after if event.reverses_id is None else before,
    )


def _place(one: Movement, kind: int | None, location: Any) -> str:
    """A side of a movement in words; nothing for the outside world."""
    if kind is None:
        return ""
    words = {
        PlaceKind.UNPLACED: "not placed",
        PlaceKind.LOCATION: str(location),
        PlaceKind.INSIDE: f"inside item {one.container_id}",
        PlaceKind.CUSTOMER: f"at {one.customer}",
        PlaceKind.USED: f"used by {one.build}",
        PlaceKind.GONE: "gone",
    }
    return words[PlaceKind(kind)]
