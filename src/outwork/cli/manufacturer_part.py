"""What manufacturers call our parts, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import ManufacturerPart

SPOKEN = Spoken(
    ManufacturerPart,
    "A MANUFACTURER_PART is named by its MPN, by MANUFACTURER/MPN where several have one alike, or as id=12.",
    ("MPN", "manufacturer", "part", "description"),
    lambda row, more: (row.mpn, row.manufacturer, row.part.label, row.description),
    arguments=("manufacturer", "mpn"),
    helps={
        "part": "Which part of ours it is.",
        "manufacturer": "Who makes it.",
        "mpn": "What the manufacturer calls it.",
        "description": "How the manufacturer describes it.",
        "link": "Where the manufacturer shows it.",
    },
)
command = group(SPOKEN, "manufacturer-part", "Manufacturer parts: what the makers of our parts call them.")
