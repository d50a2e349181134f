"""Convert stock into another variant of its part: a board that became the low-noise one, a reel booked on the wrong value."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from outwork.ledger import serials
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.held import Held
from outwork.models import Part, User
from outwork.operations.changing_stock import apply_facts
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, take_in_hand
from outwork.rules.places import Kind
from outwork.rules.refusals import Reasons, declare

declare(
    not_a_variant="{item} cannot become {part}: the two are no variants of one template",
    convert_into_template="{part} is a template: stock is of one of its variants",
    convert_into_inactive="{part} is not active any more",
    converted_already="{item} is {part} already",
    units_allocated_here="{item}: {allocated} are allocated; free them first",
)

# The top of the tree of variants of each part.
_TOPS = """
WITH RECURSIVE up (part_id, id) AS (
    SELECT id, id FROM outwork_part WHERE id {wanted}
    UNION
    SELECT up.part_id, part.variant_of_id FROM up JOIN outwork_part AS part ON part.id = up.id
    WHERE part.variant_of_id IS NOT NULL
)
SELECT up.part_id, up.id FROM up JOIN outwork_part AS part ON part.id = up.id WHERE part.variant_of_id IS NULL
"""
_WANTED = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """A whole item becomes another part, both given by id."""

    item: int
    part: int


@operation
def convert_stock(
    *, rows: Sequence[Conversion], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Convert whole items into another variant of the same tree; `ids` holds them in the order of the rows.

    They keep id, place, batch, serial number and value; the supplier part goes if it is one of the old part. What
    happened before keeps the old part. Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, item_empty,
    item_in_production, item_of_others, part_unknown, part_virtual, not_a_variant, converted_already,
    convert_into_template, convert_into_inactive, units_allocated_here, serials_not_kept, quantity_not_whole,
    serials_used.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor)
    targets = {part.pk: part for part in Part.objects.filter(pk__any={row.part for row in rows})}
    tops = _tops({*targets, *hand.parts})
    for index, row in enumerate(rows):
        _check(hand, hand.held[row.item], row.part, targets, tops, index, reasons)
    scopes = serials.scopes(targets.values())
    _check_serials(rows, hand, scopes, reasons)
    reasons.raise_any()

    documents = hand.documents()
    own = {part_id: hand.parts[part_id].label for part_id in hand.parts}
    changes: list[dict[str, Any]] = []
    for row in rows:
        item, target = hand.held[row.item], targets[row.part]
        before_scope, word = item.serial_scope, own[item.part_id]
        facts: dict[str, Any] = {"part": target.pk, "supplier_part": None}
        before, after = apply_facts(item, facts, None)
        if item.serial is not None:
            item.serial_scope = scopes[target.pk]
        scope = [before_scope, item.serial_scope]
        names = [word, target.label]
        changes.append({"item": item.id, "before": before, "after": after, "scope": scope, "names": names})
    event = record("stock.converted", *documents, actor=actor, at=at, reason=reason, data={"changes": changes})
    posting, _ = hand.open(event)
    for row in rows:
        item = hand.held[row.item]
        posting.carry(item, item.where, kind=Kind.CONVERTED)
    with naming_constraints():
        posting.write()
    return Done(event.pk, [row.item for row in rows])


def _check(
    hand: Hand, item: Held, part_id: int, targets: dict[int, Part], tops: dict[int, int], index: int, reasons: Reasons
) -> None:
    name, where = hand.name(item.id), (index, "part")
    if item.quantity == 0:
        reasons.add("item_empty", item=name, where=(index, "item"))
    if item.allocated:
        reasons.add("units_allocated_here", item=name, allocated=item.allocated, where=(index, "item"))
    target = targets.get(part_id)
    if target is None:
        reasons.add("part_unknown", part=part_id, where=where)
        return
    if target.pk == item.part_id:
        reasons.add("converted_already", item=name, part=target.label, where=where)
    elif tops[target.pk] != tops[item.part_id]:
        reasons.add("not_a_variant", item=name, part=target.label, where=where)
    if target.is_virtual:
        reasons.add("part_virtual", part=target.label, where=where)
    if target.is_template:
        reasons.add("convert_into_template", part=target.label, where=where)
    if not target.is_active:
        reasons.add("convert_into_inactive", part=target.label, where=where)
    if item.serial is not None and not target.is_trackable:
        reasons.add("serials_not_kept", part=target.label, where=where)
    if target.is_trackable and item.quantity != item.quantity.to_integral_value():
        reasons.add("quantity_not_whole", value=item.quantity, where=where)


def _check_serials(rows: Sequence[Conversion], hand: Hand, scopes: dict[int, int], reasons: Reasons) -> None:
    """Where serial numbers are unique per part only, the new part may have them already."""
    claims = []
    for index, row in enumerate(rows):
        item = hand.held[row.item]
        if item.serial is not None and row.part in scopes and scopes[row.part] != item.serial_scope:
            claims.append(serials.Claim(scopes[row.part], [item.serial], (index, "part")))
    serials.check_free(claims, reasons)


def _tops(part_ids: set[int]) -> dict[int, int]:
    wanted = sorted(part_ids)
    given = json.dumps(wanted) if connection.vendor == "sqlite" else wanted
    with connection.cursor() as cursor:
        cursor.execute(_TOPS.format(wanted=_WANTED[connection.vendor]), [given])
        return dict(cursor.fetchall())
