"""Locked parts: their bill of materials, parameters and tests do not change."""

from __future__ import annotations

from collections.abc import Callable

from outwork.models import Part
from outwork.operations.master_data.batch import Batch, Row
from outwork.queries.settings import get
from outwork.rules.refusals import Where, declare, refuse

declare(
    bom_locked="{part} is locked: its BOM does not change",
    part_facts_locked="{part} is locked: its parameters and tests do not change",
)


def refuse_locked(batch: Batch, field: str, code: str, part_of: Callable[[Row], Part | None]) -> None:
    """Refuse what changes something of a locked part; one statement, where there is one.

    Switching PART_ENABLE_LOCKING off makes the lock a mark that binds nobody.
    """
    locked = [(row, part) for row in batch.rows if (part := part_of(row)) is not None and part.is_locked]
    if locked and get("PART_ENABLE_LOCKING"):
        for row, part in locked:
            batch.reasons.add(code, part=part.label, where=(row.index, field))


def require_unlocked_bom(assembly: Part, *, where: Where) -> None:
    """Refuse bom_locked for a part that is locked while locks bind; one statement, none for a part that is not."""
    if assembly.is_locked and get("PART_ENABLE_LOCKING"):
        refuse("bom_locked", part=assembly.label, where=where)
