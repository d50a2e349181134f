"""Parts that people should see together: each pair once, whichever way round it was named."""

from __future__ import annotations

from outwork.operations.master_data.batch import Batch
from outwork.rules.refusals import declare

declare(related_to_itself="{part} is not related to itself")


def check_related_part(batch: Batch) -> None:
    """Put the older part of a pair first, so that the pair is found either way round."""
    for row in batch.changing("part_id", "other_id"):
        part, other = row["part_id"], row["other_id"]
        if part is None or other is None:
            continue
        if part == other:
            one = batch.one(row, "part_id")
            batch.refuse(row, "other", "related_to_itself", part=part if one is None else one.label)
        elif part > other:
            row.values["part_id"], row.values["other_id"] = other, part
