"""Categories of parts on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import Category

SPOKEN = Spoken(
    Category,
    "A CATEGORY is named by its name, by PARENT/NAME where there are several, or as id=12.",
    ("category", "in", "", "default location", "description"),
    lambda row, more: (
        *(row.name, row.parent, "structural" if row.is_structural else ""),
        *(row.default_location, row.description),
    ),
    helps={
        "name": "What it is called.",
        "parent": "The category that it stands in.",
        "description": "What stands in it.",
        "default_location": "Where its parts are put when nothing else is said.",
        "default_keywords": "Words that new parts in it are found by.",
        "icon": "A picture for it on pages.",
        "is_structural": "It holds other categories only, and no parts.",
    },
)
command = group(SPOKEN, "category", "Categories: the drawers of the catalogue.")
