"""Change the facts of stock items: status, batch, serial number, packaging, expiry, supplier part, note."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outwork.ledger import serials
from outwork.ledger.constraints import naming_constraints
from outwork.ledger.held import Held
from outwork.models import SupplierPart, User
from outwork.operations.adding_stock import check_facts, check_supplier_part
from outwork.operations.owning import check_owner_ids
from outwork.operations.recording import Done, operation, record
from outwork.operations.stock_rows import Hand, take_in_hand
from outwork.rules.quantities import as_text
from outwork.rules.refusals import Reasons, Refusal, declare
from outwork.rules.serials import serial_number
from outwork.rules.states import AVAILABLE_STOCK, StockStatus

declare(
    fact_unknown="A stock item has no {field} that could be changed; there are {choices}",
    serial_of_many="{item} is {quantity} units: only one piece has a serial number",
    serial_fixed="{item} has its serial number for good: STOCK_ALLOW_EDIT_SERIAL is off",
)

FACTS = (
    "status",
    "batch",
    "serial",
    "packaging",
    "expiry_date",
    "supplier_part",
    "owner",
    "link",
    "goes_when_empty",
    "note",
)
_TEXTS = ("status", "batch", "packaging", "link", "note")
_KEYS = {"supplier_part": "supplier_part_id", "owner": "owner_id", "part": "part_id"}


@dataclass(frozen=True, slots=True)
class Change:
    """New facts of an item; those that are not named stay. `supplier_part` and `owner` are ids or None."""

    item: int
    facts: Mapping[str, Any]


@operation
def change_stock(
    *, rows: Sequence[Change], actor: User, at: datetime.datetime, reason: str = "", key: str | None = None
) -> Done:
    """Change facts of items; the event's `data["changes"]` keeps what was before and after.

    A status that builds do not use releases nothing, but is said where something is allocated
    (`allocated_but_not_available`). Quantities are counted, places transferred, values revalued: none of
    them is a fact here. Refuses item_unknown, item_gone, item_repeated, item_not_on_hand, fact_unknown,
    stock_status_unknown, text_too_long, text_invalid, supplier_part_unknown, supplier_part_of_another_part,
    owner_unknown, item_of_others, serial_of_many, serials_not_kept, serials_used, serial_fixed.
    """
    reasons = Reasons()
    hand = take_in_hand([row.item for row in rows], reasons, actor=actor, may_be_in_production=True)
    for index, row in enumerate(rows):
        if unknown := [name for name in row.facts if name not in FACTS]:
            reasons.add("fact_unknown", field=unknown, choices=FACTS, where=(index, unknown[0]))
        plain = {name: row.facts[name] for name in _TEXTS if name in row.facts}
        check_facts(plain, index, reasons)
    _check_supplier_parts(rows, hand, reasons)
    check_owner_ids([(row.facts.get("owner"), (index, "owner")) for index, row in enumerate(rows)], reasons)
    scopes = _check_serials(rows, hand, reasons)
    reasons.raise_any()

    said: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for row in rows:
        item = hand.held[row.item]
        before, after = apply_facts(item, row.facts, scopes.get(item.part_id))
        if after:
            changes.append({"item": item.id, "before": before, "after": after})
        if "status" in after and item.allocated and item.status not in AVAILABLE_STOCK:
            said.append(
                {
                    "code": "allocated_but_not_available",
                    "item": hand.name(item.id),
                    "item_id": item.id,
                    "quantity": as_text(item.allocated),
                    "status": StockStatus(item.status).word,
                }
            )
    event = record("stock.changed", *hand.documents(), actor=actor, at=at, reason=reason, data={"changes": changes})
    posting, _ = hand.open(event)
    for change in changes:
        posting.touch(hand.held[change["item"]])
    with naming_constraints():
        posting.write()
    return Done(event.pk, [row.item for row in rows], said)


def apply_facts(item: Held, facts: Mapping[str, Any], scope: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put facts into a held item; gives what really changed, before and after, as JSON can keep it."""
    before, after = {}, {}
    for name, value in facts.items():
        attribute = attribute_of(name)
        old = getattr(item, attribute)
        new = value or None if name == "serial" else value
        if old == new:
            continue
        before[name], after[name] = plain_fact(old), plain_fact(new)
        setattr(item, attribute, new)
        if name == "serial":
            item.serial_number = serial_number(new) if new else None
            item.serial_scope = scope if new else None
    return before, after


def attribute_of(fact: str) -> str:
    """Where a held item keeps a fact."""
    return _KEYS.get(fact, fact)


def plain_fact(value: Any) -> Any:
    """A fact as an event can keep it."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def _check_supplier_parts(rows: Sequence[Change], hand: Hand, reasons: Reasons) -> None:
    wanted = {row.facts["supplier_part"] for row in rows if row.facts.get("supplier_part") is not None}
    found = {one.pk: one for one in SupplierPart.objects.filter(pk__any=wanted)} if wanted else {}
    for index, row in enumerate(rows):
        if row.facts.get("supplier_part") is not None:
            part = hand.parts[hand.held[row.item].part_id]
            check_supplier_part(row.facts["supplier_part"], found, part, reasons, index)


def _check_serials(rows: Sequence[Change], hand: Hand, reasons: Reasons) -> dict[int, int]:
    """Check the serial numbers that are new to their items; gives the scopes of the parts."""
    if not hand.settings["STOCK_ALLOW_EDIT_SERIAL"]:
        for index, row in enumerate(rows):
            serial = hand.held[row.item].serial
            if serial and "serial" in row.facts and (row.facts["serial"] or None) != serial:
                reasons.add("serial_fixed", item=hand.name(row.item), where=(index, "serial"))
    if not any(row.facts.get("serial") for row in rows):
        return {}
    scopes = serials.scopes(hand.parts.values())
    claims = []
    for index, row in enumerate(rows):
        item, wanted, where = hand.held[row.item], row.facts.get("serial"), (index, "serial")
        if not wanted or wanted == item.serial:
            continue
        part = hand.parts[item.part_id]
        if not part.is_trackable:
            reasons.add("serials_not_kept", part=part.label, where=where)
        if item.quantity != 1:
            reasons.add("serial_of_many", item=hand.name(item.id), quantity=item.quantity, where=where)
        try:
            claims.append(serials.Claim(scopes[part.pk], serials.read_serials([wanted], count=1, where=where), where))
        except Refusal as refusal:
            reasons.found += refusal.reasons
    serials.check_free(claims, reasons)
    return scopes
