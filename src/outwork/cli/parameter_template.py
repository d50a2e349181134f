"""Properties that parts and documents have, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import ParameterTemplate

SPOKEN = Spoken(
    ParameterTemplate,
    "A PARAMETER_TEMPLATE is named by its name, in any case, or as id=12.",
    ("parameter", "unit", "choices", "", "description"),
    lambda row, more: (
        *(row.name, row.unit, ", ".join(row.choices)),
        ", ".join(
            word for word, holds in {"yes or no": row.is_checkbox, "inactive": not row.is_active}.items() if holds
        ),
        row.description,
    ),
    helps={
        "name": "What the property is called.",
        "unit": "What it is counted in: ohm, nF, mm; 4k7 and 4.7 kohm are read as 4700 ohm.",
        "description": "What it says of a thing.",
        "choices": 'What it may be: "X5R, X7R, C0G".',
        "is_checkbox": "It is yes or no.",
        "is_active": "It is still used.",
    },
)
command = group(SPOKEN, "parameter-template", "Parameter templates: properties with their units and choices.")
