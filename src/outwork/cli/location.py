"""Locations on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outwork.cli.master_data import Spoken, group, section
from outwork.models import Location
from outwork.queries import locations, stock


def _stock(row: Location) -> list[stock.OnHand]:
    """What lies there and below; two statements."""
    return stock.by_location(location_ids=locations.subtree(row.pk))


def _facts(row: Location) -> Iterator[str]:
    yield from section(
        "What lies there",
        ("location", "part", "on hand", "allocated", "free", "unit"),
        [(one.location, one.part, one.quantity, one.allocated, one.free, one.unit) for one in _stock(row)],
    )


def _data(row: Location) -> Mapping[str, Any]:
    return {"path": row.path, "stock": _stock(row)}


SPOKEN = Spoken(
    Location,
    "A LOCATION is named by its path (Warehouse/Shelf 3), by its name where there is one such, or as id=12.",
    ("location", "company", "", "description"),
    lambda row, more: (row, row.company, "structural" if row.is_structural else "", row.description),
    more=lambda rows: {row.pk: {"path": row.path} for row in rows},
    helps={
        "name": "What it is called, without what it lies in.",
        "parent": "What it lies in.",
        "description": "What it is.",
        "company": "At whom it is, if not at ours; stock there is still ours.",
        "location_type": "What sort of place it is.",
        "icon": "A picture for it on pages.",
        "owner": "Whose it is: a user or a group.",
        "is_structural": "It holds other locations only, and no stock.",
        "is_external": "It is not in our house. [default: yes, if it is a company's]",
    },
    facts=_facts,
    data=_data,
)
command = group(SPOKEN, "location", "Locations: where stock lies, at us and at companies.")
