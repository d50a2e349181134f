"""Parts that belong together for people, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import RelatedPart

SPOKEN = Spoken(
    RelatedPart,
    "A RELATED_PART is named by its two parts, as in R-10K/R-12K, or as id=12.",
    ("part", "and", "note"),
    lambda row, more: (row.part.label, row.other.label, row.note),
    arguments=("part", "other"),
    helps={
        "part": "A part.",
        "other": "What should be seen beside it.",
        "note": "Why.",
    },
)
command = group(SPOKEN, "related", "Related parts: what people should see together.")
