"""Sorts of locations, on the command line."""

from __future__ import annotations

from outwork.cli.master_data import Spoken, group
from outwork.models import LocationType

SPOKEN = Spoken(
    LocationType,
    "A LOCATION_TYPE is named by its name, in any case, or as id=12.",
    ("type", "description"),
    lambda row, more: (row.name, row.description),
    helps={
        "name": "What it is called.",
        "description": "What is kept in such places.",
        "icon": "A picture for it on pages.",
    },
)
command = group(SPOKEN, "location-type", "Types of location: shelf, reel rack, cabinet.")
