"""What builds and orders are booked to, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import ProjectCode

SPOKEN = Spoken(
    ProjectCode,
    "A PROJECT_CODE is named by its code, in any case, or as id=12.",
    ("code", "description", "responsible", ""),
    lambda row, more: (row.code, row.description, row.responsible, "" if row.is_active else "inactive"),
    arguments=("code",),
    helps={
        "code": "What builds and orders are booked to.",
        "description": "What it is.",
        "responsible": "Who answers for it: a user or a group.",
        "is_active": "It is still booked to.",
    },
)
command = group(SPOKEN, "project-code", "Project codes: what builds and orders are booked to.")
