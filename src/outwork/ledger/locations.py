"""Locations that stock is to go to: they exist, and they are not structural."""

from __future__ import annotations

from collections.abc import Sequence

from outwork.models import Location
from outwork.rules.refusals import Reasons, Where


def find_locations(wanted: Sequence[tuple[int | None, Where]], reasons: Reasons) -> dict[int, Location]:
    """The locations named by id, each with where the request names it; one statement.

    Notes `location_unknown` and `location_structural`; None (not placed) is passed over.
    """
    ids = {location_id for location_id, _ in wanted if location_id is not None}
    if not ids:
        return {}
    found = {location.pk: location for location in Location.objects.filter(pk__any=ids)}
    for location_id, where in wanted:
        if location_id is None:
            continue
        if location_id not in found:
            reasons.add("location_unknown", location=location_id, where=where)
        elif found[location_id].is_structural:
            reasons.add("location_structural", location=str(found[location_id]), where=where)
    return found
