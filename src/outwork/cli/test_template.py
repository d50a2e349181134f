"""Which tests units of a part go through, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import TestTemplate

SPOKEN = Spoken(
    TestTemplate,
    "A TEST_TEMPLATE is named by its name, by PART/NAME where there are several, or as id=12.",
    ("test", "part", "", "description"),
    lambda row, more: (
        *(row.name, row.part.label),
        ", ".join(
            word
            for word, holds in {
                "required": row.is_required,
                "with a value": row.needs_value,
                "with a file": row.needs_attachment,
                "inactive": not row.is_active,
            }.items()
            if holds
        ),
        row.description,
    ),
    arguments=("part", "name"),
    helps={
        "part": "Units of which part go through it, and of its variants.",
        "name": "What it is called.",
        "description": "What is tested.",
        "is_required": "A unit is not good without it.",
        "is_active": "It is still done.",
        "needs_value": "A result has a value.",
        "needs_attachment": "A result has a file.",
        "choices": 'What a value may be: "low, high".',
    },
)
command = group(SPOKEN, "test-template", "Test templates: which tests units of a part go through.")
