"""People at companies, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import Contact

SPOKEN = Spoken(
    Contact,
    "A CONTACT is named by name, by COMPANY/NAME where there are several, or as id=12.",
    ("name", "company", "role", "mail", "telephone", ""),
    lambda row, more: (
        *(row.name, row.company, row.role, row.email, row.phone),
        "" if row.is_active else "inactive",
    ),
    arguments=("company", "name"),
    helps={
        "company": "Where they work.",
        "name": "What they are called.",
        "role": "What they do there.",
        "email": "Their mail address.",
        "phone": "Their telephone number.",
        "is_active": "They are still there.",
    },
)
command = group(SPOKEN, "contact", "Contacts: people at companies.")
