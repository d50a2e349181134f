"""What outputs were before an event, kept with it so that it can be taken back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from outwork.ledger.held import Held
from outwork.models import Event
from outwork.operations.chosen import OF_DECISION, Chosen

Before = list[dict[str, Any]]


def before_of(chosen: Sequence[Chosen], held: Mapping[int, Held]) -> Before:
    """The outputs as they are now, with the condition of their items; ask before anything is booked."""
    return [
        {
            "output": one.output.pk,
            "item": one.output.item_id,
            "facts": [_plain(getattr(one.output, name)) for name in OF_DECISION],
            "status": held[one.item_id].status,
            "in_production": held[one.item_id].is_in_production,
        }
        for one in chosen
    ]


def remember(event: Event, before: Before, after: Iterable[tuple[int, Held, Decimal]]) -> None:
    """Keep with the event what the outputs were, and which output each became (another one where it was split).

    `status_before` has the condition in which the units of each came.
    """
    rows = [{**row, "became": output_id} for row, (output_id, _, _) in zip(before, after, strict=True)]
    kept = [*event.data.get("outputs", ()), *rows]
    status_before = {str(row["became"]): row["status"] for row in kept}
    event.data = {**event.data, "outputs": kept, "status_before": status_before}
    event.save(update_fields=["data"])


def facts_before(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The facts of an output as they were, in the order of OF_DECISION."""
    state, event_id, at, *others = row["facts"]
    return (state, event_id, None if at is None else datetime.datetime.fromisoformat(at), *others)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value
